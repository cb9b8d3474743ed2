"""The claim-document schemas, and which of them is in force for which operation in which release.

Processes are named "rta" and "elpl". `releases.toml` beside the schemas of a process says what is in force; a claim
keeps the release of the process version it was created under.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lxml import etree

from gateway.resources import folder

_XS = "{http://www.w3.org/2001/XMLSchema}"
_NUMBERINGS = ("production", "integration")
_compiling = threading.Lock()


@dataclass(frozen=True, slots=True)
class Version:
    """A process version.

    Versions compare as the decimal number major.minor, so 4.10 is 4.1: that is how known clients read them.
    """

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """The version written as "major.minor"."""
        major, dot, minor = text.partition(".")
        if not (dot and major.isdecimal() and minor.isdecimal()):
            raise ValueError(f"{text!r} is no process version; expected major.minor")
        return cls(int(major), int(minor))

    @property
    def number(self) -> Decimal:
        """What clients compare."""
        if self.major < 0 or self.minor < 0:
            raise ValueError(f"{self} is no process version")
        return Decimal(str(self))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Versions:
    """Process versions of one release in one numbering: the first that means it, and the one new claims are given."""

    first: Version
    stamp: Version


@dataclass(frozen=True, slots=True)
class Release:
    """A release of one process.

    `messages` maps an operation to the name of the schema in force; `basis` says what is known and what is chosen.
    """

    process: str
    name: str
    in_force_from: date
    production: Versions
    integration: Versions
    basis: str
    messages: Mapping[str, str]

    def versions(self, numbering: str = "production") -> Versions:
        """The versions in `numbering`: those of the live portal (production) or of its test site (integration)."""
        if numbering not in _NUMBERINGS:
            raise LookupError(f"There is no numbering {numbering!r}; known: {', '.join(_NUMBERINGS)}.")
        return self.production if numbering == "production" else self.integration


@dataclass(frozen=True, slots=True)
class Schema:
    """A claim-document schema under its published name, compiled when it is first needed."""

    name: str
    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def root_names(self) -> tuple[str, ...]:
        """Every element the schema admits as a document's root; only a getClaim schema has more than one."""
        return _root_names(self.path)

    @property
    def root_name(self) -> str:
        """The root element of the message itself."""
        return self.root_names[0]

    @property
    def compiled(self) -> etree.XMLSchema:
        """The compiled schema, one for all threads. Its `error_log` is not to be read while others validate."""
        with _compiling:
            return _compile(self.path)

    def is_valid(self, root: etree._Element) -> bool:
        """Whether the document that has `root` as its root is valid. Any thread may ask."""
        # An XMLSchema holds a single error log, which threads that validate at once fill and reset for each other; verdicts
        # came out right all the same when measured, but lxml does not promise it. A lock costs little (a claim form takes
        # 0.04 ms, so busy threads rarely meet); a copy for each thread would cost 0.6 MiB, 2 MiB for a getClaim schema.
        compiled = self.compiled
        with self._lock:
            return bool(compiled.validate(root))


@cache
def releases(process: str) -> tuple[Release, ...]:
    """The releases of `process`, oldest first."""
    path = _folder(process) / "releases.toml"
    with path.open("rb") as file:
        tables = tomllib.load(file)
    found = [_release(process, name, table) for name, table in tables.items()]
    return tuple(sorted(found, key=lambda release: release.in_force_from))


def release_named(process: str, name: str) -> Release:
    """The release `name` of `process`."""
    for release in releases(process):
        if release.name == name:
            return release
    known = ", ".join(release.name for release in releases(process))
    raise LookupError(f"There is no release {name!r} of {process}; known: {known}.")


def version_to_release(process: str, major: int, minor: int, numbering: str = "production") -> str:
    """The name of the release that a process version means."""
    version = Version(major, minor)
    meant = [release for release in releases(process) if release.versions(numbering).first.number <= version.number]
    if not meant:
        raise LookupError(f"No release kept here means the {process} process version {version} ({numbering}).")
    return meant[-1].name


def schema_for(process: str, release: str, operation: str) -> Schema:
    """The schema in force for the claim document of `operation` in `release`."""
    messages = release_named(process, release).messages
    if operation not in messages:
        raise LookupError(f"The operation {operation!r} has no claim document in release {release} of {process}.")
    return schema_named(process, messages[operation])


def schema_named(process: str, name: str) -> Schema:
    """The schema published as `name`, in force or not."""
    schemas = _schemas(process)
    if name not in schemas:
        raise LookupError(f"There is no schema {name!r} for {process}.")
    return schemas[name]


def schema_names(process: str) -> tuple[str, ...]:
    """The names of all schemas of `process`."""
    return tuple(_schemas(process))


@cache
def _compile(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(_read(path))


@cache
def _root_names(path: Path) -> tuple[str, ...]:
    return tuple(str(element.get("name")) for element in _read(path).getroot().findall(f"{_XS}element"))


def _read(path: Path) -> etree._ElementTree:
    return etree.parse(str(path), etree.XMLParser(no_network=True))


@cache
def _schemas(process: str) -> Mapping[str, Schema]:
    paths = sorted(_folder(process).glob("*.xsd"))
    return MappingProxyType({path.stem: Schema(path.stem, path) for path in paths})


def _folder(process: str) -> Path:
    if process not in ("rta", "elpl"):
        raise LookupError(f"There is no process {process!r}; known: rta, elpl.")
    return folder("schemas") / process


def _release(process: str, name: str, table: Mapping[str, Any]) -> Release:
    return Release(
        process=process,
        name=name,
        in_force_from=table["in-force-from"],
        production=_versions(table["production"]),
        integration=_versions(table["integration"]),
        basis=table["basis"],
        messages=MappingProxyType(dict(table["messages"])),
    )


def _versions(table: Mapping[str, str]) -> Versions:
    return Versions(first=Version.parse(table["from"]), stamp=Version.parse(table["stamp"]))
