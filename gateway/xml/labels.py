"""What the values of a claim document mean to a reader: the sort of each attribute and the documented label of each code, out of its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Literal

from gateway.xml.get_claim_plan import Type, plan
from gateway.xml.schemas import Schema, schema_for

Sort = Literal["code", "date", "time", "amount", "percent", "number", "text"]

# how the schemas mark the meaning of a code that we inferred, and one that nobody knows
INFERRED = " (inferred)"
UNPUBLISHED = "Meaning not published"
# by name where the built-in type says too little
_NAMED: Mapping[str, Sort] = {"ST_Time": "time", "ST_Percent": "percent"}
_BUILT_IN: Mapping[str, Sort] = {"xs:date": "date", "xs:decimal": "amount", "xs:integer": "number"}


@dataclass(frozen=True, slots=True)
class Kind:
    """What stands in an attribute. `labels` are those of a code, in the order of the schema; a flag is a code whose labels are Yes and No."""

    sort: Sort
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@cache
def kinds(process: str, release: str, operation: str) -> Mapping[str, Kind]:
    """The kinds of all attributes of the document that `operation` carries in `release`, by path below the root: `A/B/@C`."""
    return of_schema(schema_for(process, release, operation))


@cache
def of_schema(schema: Schema) -> Mapping[str, Kind]:
    """As `kinds`, of a schema; several releases may share one."""
    found: dict[str, Kind] = {}
    for element in plan(schema.path, schema.root_name).walk():
        for attribute in element.attributes.values():
            found[f"{element.path}/@{attribute.name}".lstrip("/")] = _kind(attribute.type)
    return MappingProxyType(found)


def _kind(type_: Type) -> Kind:
    if type_.labels:
        return Kind("code", MappingProxyType({value: _label(value, meaning) for value, meaning in type_.labels}))
    return Kind(_NAMED.get(type_.name) or _BUILT_IN.get(type_.base, "text"))


def _label(value: str, meaning: str) -> str:
    """That a meaning is inferred is for the maker of a schema to know, not for the reader of a form."""
    if meaning in ("", UNPUBLISHED):
        return f"Choice {value} (meaning not published)"
    return meaning.removesuffix(INFERRED)
