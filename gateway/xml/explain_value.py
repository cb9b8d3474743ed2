"""Why a value is not of its type, in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gateway.xml.labels import INFERRED, UNPUBLISHED

if TYPE_CHECKING:
    from xmlschema.validators import XsdSimpleType

_ENUMERATION = "{http://www.w3.org/2001/XMLSchema}enumeration"
_LONGEST_QUOTE = 40

# where xmlschema is more lenient than lxml: Python's int and Decimal read 1_0 and digits of other scripts, and lxml wants no blank at a date
_ANYTHING = re.compile(r"(?s).*")
_LITERALS = {
    "date": re.compile(r"\S*"),
    "integer": re.compile(r"\s*[+-]?\d+\s*", re.ASCII),
    "decimal": re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*", re.ASCII),
}

_FORMS = {
    "integer": "a whole number",
    "decimal": "a number; write it like 1234.50",
    "date": "a date; write it as YYYY-MM-DD",
    "dateTime": "a date and time; write it as YYYY-MM-DDThh:mm:ss",
    "boolean": "true or false",
}

# what a pattern means, where its own text would not tell a reader
_HINTS = {
    "ST_NationalInsuranceNumber": "two letters, six digits and A, B, C, D or a blank, like AB123456C",
    "ST_Time": "hh:mm or hh:mm:ss, from 00:00 to 23:59",
    "ST_AskCUEPIReference": "ASKCUEPI followed by up to 10 digits",
    "ST_MedCoCaseID": "up to 9 digits, a slash and one digit, like 123456/1",
    "ST_CRUReferenceNumber": "three letters and three digits, like ABC123",
    "ST_MOJCMCAuthorisationNumber": "up to 7 digits",
    "ST_OICReferenceNumber": "OIC- followed by digits",
    "ST_OtherTitle": "up to 9 letters, digits, blanks and full stops, not ending in a blank",
    "ST_ReferenceNumber": "letters, digits, blanks and \\ / . -; it must not be empty",
    "ST_INPUT_ReferenceNumber": "letters, digits, blanks and \\ / . -; it must not be empty",
}


def what_is_wrong(text: str, kind: XsdSimpleType, *, required: bool) -> str | None:
    """What is wrong with `text` as a value of type `kind`; None if nothing is. One thing, the one to mend first."""
    form = _form(kind)
    facets: dict[str, Any] = {type(error.validator).__name__: error.validator for error in kind.iter_errors(text)}
    readable = all(name in _FACETS for name in facets) and _LITERALS.get(form, _ANYTHING).fullmatch(text) is not None
    if readable and not facets:
        return None
    labels = _labels(kind)
    if not text.strip():
        return _empty(labels, required=required)
    if labels:
        return f"{quoted(text)} is not allowed; one of: {labels}"
    if not readable:
        return f"{quoted(text)} is not {_FORMS.get(form, 'allowed here')}"
    return next(words(text, facets[name], kind) for name, words in _FACETS.items() if name in facets)


def quoted(text: str) -> str:
    """The text in quotation marks, on one line, and cut short: a finding must not carry whole statements about."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= _LONGEST_QUOTE else flat[: _LONGEST_QUOTE - 1] + "…"}"'


def _form(kind: XsdSimpleType) -> str:
    """The name of the built-in type a type comes from, as far as it is one of those in words above."""
    found: Any = kind
    while found is not None and found.local_name not in _FORMS:
        found = found.base_type
    return str(found.local_name) if found is not None else ""


def _labels(kind: XsdSimpleType) -> str:
    """The allowed values with the meaning the schema documents: `P (Personal), A (As Address)`; empty if the type has no such list."""
    found: Any = kind
    while found is not None:
        values = list(found.elem.iter(_ENUMERATION))
        if values:
            return ", ".join(_label(str(value.get("value")), " ".join("".join(value.itertext()).split())) for value in values)
        found = found.base_type
    return ""


def _label(value: str, meaning: str) -> str:
    meaning = meaning.removesuffix(INFERRED)
    return value if meaning in ("", value, UNPUBLISHED) else f"{value} ({meaning})"


def _empty(labels: str, *, required: bool) -> str:
    if required:
        return f"is empty; one of: {labels}" if labels else "is empty; something must be given"
    return "is empty; leave it out if there is nothing to say"


def _not_listed(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"{quoted(text)} is not allowed"


def _too_long(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"is {len(text)} characters long; at most {facet.value} are allowed"


def _too_short(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"is {len(text)} characters long; at least {facet.value} are needed"


def _length(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"is {len(text)} characters long; exactly {facet.value} are needed"


def _pattern(text: str, facet: Any, kind: XsdSimpleType) -> str:
    hint = _HINTS.get(kind.local_name or "")
    if hint is None:
        about = " ".join(str(kind.annotation).split()) if kind.annotation is not None else ""
        hint = " or ".join(facet.regexps) + (f" ({about.rstrip('.')})" if about else "")
    return f"{quoted(text)} does not match the form: {hint}"


def _too_low(text: str, facet: Any, kind: XsdSimpleType) -> str:
    too, first = ("early", "first") if _form(kind) == "date" else ("low", "least")
    return f"{quoted(text)} is too {too}; {facet.value} is the {first} allowed"


def _too_high(text: str, facet: Any, kind: XsdSimpleType) -> str:
    too, last = ("late", "last") if _form(kind) == "date" else ("high", "most")
    return f"{quoted(text)} is too {too}; {facet.value} is the {last} allowed"


def _digits(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"{quoted(text)} has too many digits; at most {facet.value} are allowed"


def _decimals(text: str, facet: Any, kind: XsdSimpleType) -> str:
    return f"{quoted(text)} has too many decimal places; at most {facet.value} are allowed"


# by class of xmlschema; the first that fits is said
_FACETS: dict[str, Callable[[str, Any, XsdSimpleType], str]] = {
    "XsdEnumerationFacets": _not_listed,
    "XsdMaxLengthFacet": _too_long,
    "XsdMinLengthFacet": _too_short,
    "XsdLengthFacet": _length,
    "XsdPatternFacets": _pattern,
    "XsdMinInclusiveFacet": _too_low,
    "XsdMaxInclusiveFacet": _too_high,
    "XsdTotalDigitsFacet": _digits,
    "XsdFractionDigitsFacet": _decimals,
}
