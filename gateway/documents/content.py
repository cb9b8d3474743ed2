"""The values of a claim document as a person reads them: labels of codes, dates, amounts, names, addresses. declared.py lays them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gateway.contract.printables import printables
from gateway.domain.cnf import plain_date
from gateway.xml.get_claim_sent import Sent
from gateway.xml.get_claim_view import ClaimView
from gateway.xml.labels import Kind, Sort, kinds
from gateway.xml.node import Node

TITLED = ("TitleType", "OtherTitle", "Name", "MiddleName", "Surname")
PLAIN = ("Name", "MiddleName", "Surname")
CONTACT = ("ContactName", "ContactMiddleName", "ContactSurname")
ADDRESS = ("HouseName", "HouseNumber", "Street1", "Street2", "District", "City", "County", "PostCode", "Country")
NOTIFICATIONS = ("addClaim", "resendRejectedClaim")
OTHER = "Other"
_DATE = re.compile(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?", re.ASCII)


def title(kind: str) -> str:
    """What documents of that kind are called, as documents.toml has it."""
    return printables().all[kind].title


# values


def day(value: date) -> str:
    """22/11/2026"""
    return f"{value:%d/%m/%Y}"


def pounds(value: Decimal) -> str:
    """£1,234.50; -£0.50"""
    return f"{'-' if value < 0 else ''}£{abs(value):,.2f}"


def percent(value: Decimal) -> str:
    """12.5%, without needless zeros."""
    text = f"{value:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def yes_no(value: bool) -> str:
    """A fact that the portal knows, in the words of a flag."""
    return "Yes" if value else "No"


def _written_day(text: str) -> str:
    # one field that is always a day has a schema that admits any text
    return day(plain_date(text)) if _DATE.fullmatch(text) else text


_WRITTEN: Mapping[Sort, Callable[[str], str]] = {
    "text": str,
    "code": str,  # a code that its schema does not know cannot come in
    "date": _written_day,
    "time": lambda text: text[:5],
    "amount": lambda text: pounds(Decimal(text)),
    "percent": lambda text: percent(Decimal(text)),
    "number": lambda text: str(int(text)),
}


def written(raw: str, kind: Kind) -> str:
    """A value as a person reads it."""
    # a numeric code may be written as 01 or +1 and is the same to the schema
    return kind.labels.get(raw) or kind.labels.get(raw.lstrip("+0") or "0") or _WRITTEN[kind.sort](raw)


# documents


@dataclass(frozen=True, slots=True)
class Source:
    """A claim document, or an element of it at the path `at`, whose values are to be printed.

    `earlier` is the same place of a document that it replaced: it answers for the attributes for which the schema of this one has no room.
    """

    node: Node
    kinds: Mapping[str, Kind]
    at: str = ""
    earlier: Source | None = None

    @classmethod
    def of(cls, view: ClaimView, sent: Sent) -> Source:
        """The document `sent`, one of those of the view."""
        return cls(Node(sent.root), kinds(view.process, view.release, sent.operation))

    def _owner(self, path: str) -> Source:
        return self if self.earlier is None or self._full(path) in self.kinds else self.earlier

    def _full(self, path: str) -> str:
        return f"{self.at}/{path}" if self.at else path

    def raw(self, path: str) -> str | None:
        """The value at `path` as it was sent, None when there is none."""
        return self._owner(path).node.get(path)

    def kind(self, path: str) -> Kind | None:
        """What stands at `path`; None when the schema of the document has no such attribute."""
        owner = self._owner(path)
        return owner.kinds.get(owner._full(path))

    def value(self, path: str) -> str | None:
        """The value at `path` as a person reads it, None when there is none."""
        raw, kind = self.raw(path), self.kind(path)
        return None if raw is None or kind is None else written(raw, kind)

    def is_set(self, path: str) -> bool:
        """Whether the flag at `path` is given and says yes."""
        return self.value(path) == yes_no(True)

    def amount(self, path: str) -> Decimal | None:
        """The number at `path`."""
        raw = self.raw(path)
        return None if raw is None else Decimal(raw)

    def each(self, path: str) -> list[Source]:
        """Every element at `path`, in the order of the document."""
        return [replace(self, node=found, at=self._full(path), earlier=None) for found in self.node.all(path)]

    def joined(self, paths: Iterable[str], by: str = ", ") -> str | None:
        """The values at `paths` in one, without those that are missing."""
        return by.join(value for value in map(self.value, paths) if value) or None

    def person(self, path: str, names: Sequence[str] = TITLED) -> str | None:
        """The person whom the element at `path` names ("" for this element); "Other" as a title gives way to the one spelled out."""
        values = {name: self.value(under(path, name)) for name in names}
        if values.get("TitleType") == OTHER or values.get("OtherTitle"):
            values["TitleType"] = None
        return " ".join(value for value in values.values() if value) or None

    def address(self, path: str) -> str | None:
        """The address at `path` in one line, the number of the house before its street."""
        values = [(name, self.value(under(path, name))) for name in ADDRESS]
        text = ""
        for name, value in values:
            text += f"{value}{' ' if name == 'HouseNumber' else ', '}" if value else ""
        return text.strip(" ,") or None


def under(path: str, attribute: str) -> str:
    return f"{path}/@{attribute}" if path else f"@{attribute}"


def latest(view: ClaimView, operation: str) -> Source | None:
    """The document that `operation` sent last, None when it sent none."""
    found = [sent for sent in view.documents if sent.operation == operation]
    return Source.of(view, found[-1]) if found else None


def notification(view: ClaimView) -> Source:
    """The claim notification form: the one that resent the claim, where there is one, with what only the first has room for."""
    first, resent = (latest(view, operation) for operation in NOTIFICATIONS)
    assert first is not None, "a claim begins with its form"
    return first if resent is None else replace(resent, earlier=first)


# what heads every document


_DETAILS = "ClaimAndClaimantDetails"
_FIRM = f"{_DETAILS}/ClaimantRepresentative/CompanyDetails"
_DEFENDANT = f"{_DETAILS}/DefendantDetails"


def defendant(form: Source) -> str | None:
    """Whom the claim is against: the business, or the person, as the form says which; the other one if that is all there is."""
    named = {"B": form.value(f"{_DEFENDANT}/CompanyDetails/@CompanyName"), "P": form.person(f"{_DEFENDANT}/PersonalDetails")}
    return named.get(form.raw(f"{_DEFENDANT}/@DefendantStatus") or "") or named["P"] or named["B"]


def parties(view: ClaimView) -> tuple[tuple[str, str], ...]:
    """Who stands on the first page, by the form and by whom the claim is with."""
    form = notification(view)
    found = (
        ("Claimant", form.person(f"{_DETAILS}/ClaimantDetails/PersonalDetails")),
        ("Claimant's representative", view.claimant_representative.name),
        ("Defendant", defendant(form)),
        ("Compensator", view.compensator.name),
    )
    return tuple((label, name) for label, name in found if name)


def references(view: ClaimView) -> tuple[tuple[str, str], ...]:
    """The references of the two sides."""
    found = (
        ("Representative's reference", notification(view).value(f"{_FIRM}/@ReferenceNumber")),
        ("Compensator's reference", view.insurer_claim_reference_number),
    )
    return tuple((label, reference) for label, reference in found if reference)
