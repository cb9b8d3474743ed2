"""A virus scanner: clamd, asked over its socket with INSTREAM. Where no clamd is set, nothing is scanned.

zINSTREAM, then pieces each behind its length in four bytes, then a length of zero; clamd answers one line that ends in a zero byte:
"stream: OK", "stream: <name> FOUND", or "<reason> ERROR" (clamd(8)).
"""

from __future__ import annotations

import re
import socket
import struct
import time

from gateway.config import Address
from gateway.errors import Broken, Refused
from gateway.log import logger

_PIECE = 64 * 1024
_LONGEST_ANSWER = 1024
_FOUND = re.compile(r"stream: ([!-~]{1,200}) FOUND")


class Infected(Refused):
    """The scanner found something in a file."""


class ScannerBroken(Broken):
    """The scanner could not be asked, or said nothing one could rely on."""


def scan(data: bytes, clamd: Address | None, seconds: float) -> None:
    """Ask the scanner at `clamd` about a file; it has so many seconds in all. Raises Infected or ScannerBroken."""
    if clamd is None:
        return
    try:
        answer = _ask(data, clamd, time.monotonic() + seconds)
    except (OSError, UnicodeError) as error:  # a timeout is the one, a host name nobody can have the other
        raise _broken(type(error).__name__) from None
    if answer == "stream: OK":
        return
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise _broken("answer not understood")
    raise Infected(f"The virus scanner found {found.group(1)} in the file; it was not added.")


def _ask(data: bytes, clamd: Address, until: float) -> str:
    with _connected(clamd, _left(until)) as line:
        line.sendall(b"zINSTREAM\0")
        whole = memoryview(data)
        for at in range(0, len(data), _PIECE):
            piece = whole[at : at + _PIECE]
            line.settimeout(_left(until))
            line.sendall(struct.pack("!I", len(piece)))
            line.sendall(piece)
        line.sendall(struct.pack("!I", 0))
        return _answer(line, until)


def _connected(clamd: Address, seconds: float) -> socket.socket:
    if not isinstance(clamd, str):
        return socket.create_connection(clamd, seconds)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(seconds)
        line.connect(clamd)
    except BaseException:
        line.close()
        raise
    return line


def _answer(line: socket.socket, until: float) -> str:
    """The line clamd says, which may come in pieces; "" if it hangs up before its end."""
    told = b""
    while not told.endswith(b"\0"):
        line.settimeout(_left(until))
        part = line.recv(_LONGEST_ANSWER)
        told += part
        if not part or len(told) > _LONGEST_ANSWER:
            return ""
    return told[:-1].decode("utf-8", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _broken(problem: str) -> ScannerBroken:
    logger.error("virus scanner", problem=problem)
    return ScannerBroken("The virus scanner cannot be asked at the moment; nothing was added. Try again later.")
