"""The id of a printable document: it looks like any other guid, and says where the document is found, so that no index is needed for it.

Of its 122 bits 54 are the number of the claim, 20 that of the event, and 48 are a digest of the event's guid and the kind of document, which
also veils the others. Whoever does not know the guid, which only the parties see, cannot make an id up; and it opens nothing by itself, for the
claim must be visible all the same.
"""

from __future__ import annotations

import hashlib
import uuid

_VERSION = 8  # RFC 9562: bits of the application's own
_NUMBER_BITS, _PLACE_BITS, _DIGEST_BITS = 20, 74, 48


def printable_id(claim_id: int, number: int, guid: str, kind: str) -> str:
    """The id of the document of that kind made by event `number` of a claim, whose guid is `guid`."""
    assert number < 1 << _NUMBER_BITS, "a claim with a million events"
    digest = _bits(f"{guid}/{kind}".encode(), _DIGEST_BITS)
    bits = ((claim_id << _NUMBER_BITS | number) ^ _veil(digest)) << _DIGEST_BITS | digest
    high, middle, low = bits >> 74, bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return str(uuid.UUID(int=high << 80 | _VERSION << 76 | middle << 64 | 0b10 << 62 | low))


def place(text: str) -> tuple[int, int] | None:
    """The claim and the event that an id speaks of, in whatever case it is written; None if it is no such id."""
    try:
        given = uuid.UUID(text)
    except ValueError:
        return None
    if given.version != _VERSION:
        return None
    whole = given.int
    bits = (whole >> 80) << 74 | (whole >> 64 & 0xFFF) << 62 | whole & (1 << 62) - 1
    where = bits >> _DIGEST_BITS ^ _veil(bits & (1 << _DIGEST_BITS) - 1)
    return where >> _NUMBER_BITS, where & (1 << _NUMBER_BITS) - 1


def _veil(digest: int) -> int:
    return _bits(digest.to_bytes(_DIGEST_BITS // 8), _PLACE_BITS)


def _bits(data: bytes, count: int) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()) >> 256 - count
