"""What `gateway validate` found, for people, programs and build servers."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree as ET

import typer
from rich.console import Console
from rich.text import Text

from gateway.errors import Finding
from gateway.xml.identify import Message

_COLOURS = {"OK": "green", "INVALID": "red", "UNREADABLE": "yellow"}
_INDENT = 12


class Format(StrEnum):
    """How to say it."""

    text = "text"
    json = "json"
    junit = "junit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file. `guessed` names what of process, release and message was not given."""

    file: str
    message: Message | None = None
    guessed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    note: str | None = None
    error: str | None = None

    @property
    def word(self) -> str:
        """OK, INVALID or UNREADABLE."""
        if self.error:
            return "UNREADABLE"
        return "INVALID" if self.findings else "OK"


def show(verdicts: Sequence[Verdict], form: Format) -> None:
    """Write the verdicts to standard output."""
    {Format.text: _text, Format.json: _json, Format.junit: _junit}[form](verdicts)


def _text(verdicts: Sequence[Verdict]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for verdict in verdicts:
        console.print(Text.assemble((f"{verdict.word:<{_INDENT}}", _COLOURS[verdict.word]), _printable(verdict.file)))
        for line in _details(verdict):
            console.print(Text(" " * _INDENT + line))
        for finding in verdict.findings:
            console.print(Text.assemble(" " * _INDENT, (_printable(_place(finding)), "bold")))
            console.print(Text(f"{' ' * _INDENT}  {_printable(_said(finding))}"))
    console.print(Text(_summary(verdicts)))


def _details(verdict: Verdict) -> list[str]:
    if verdict.error:
        return [_printable(verdict.error)]
    lines = []
    if verdict.message:
        lines.append(f"{verdict.message}{'; guessed: ' + ', '.join(verdict.guessed) if verdict.guessed else ''}")
    if verdict.note:
        lines.append(verdict.note)
    return lines


def _place(finding: Finding) -> str:
    return f"line {finding.line}  {finding.at}" if finding.line else finding.at


def _said(finding: Finding) -> str:
    return finding.message if finding.code == "Schema" else f"{finding.code}: {finding.message}"


def _summary(verdicts: Sequence[Verdict]) -> str:
    words = [verdict.word for verdict in verdicts]
    parts = [f"{words.count('OK')} valid", f"{words.count('INVALID')} invalid"]
    if "UNREADABLE" in words:
        parts.append(f"{words.count('UNREADABLE')} unreadable")
    return f"{len(words)} {'file' if len(words) == 1 else 'files'}: {', '.join(parts)}"


def _json(verdicts: Sequence[Verdict]) -> None:
    """The shape is promised: new keys may come, none goes or changes its meaning while `format` is 1."""
    words = [verdict.word for verdict in verdicts]
    report = {
        "format": 1,
        "files": [_as_data(verdict) for verdict in verdicts],
        "summary": {
            "files": len(words),
            "valid": words.count("OK"),
            "invalid": words.count("INVALID"),
            "unreadable": words.count("UNREADABLE"),
        },
    }
    typer.echo(json.dumps(report, indent=2))


def _as_data(verdict: Verdict) -> dict[str, Any]:
    message = verdict.message
    return {
        "file": verdict.file,
        "verdict": {"OK": "valid", "INVALID": "invalid", "UNREADABLE": "unreadable"}[verdict.word],
        "process": message.process if message else None,
        "release": message.release if message else None,
        "message": message.operation if message else None,
        "schema": message.schema.name if message else None,
        "guessed": list(verdict.guessed),
        "note": verdict.note,
        "error": verdict.error,
        "findings": [asdict(finding) for finding in verdict.findings],
    }


def _junit(verdicts: Sequence[Verdict]) -> None:
    words = [verdict.word for verdict in verdicts]
    counts = {"tests": str(len(words)), "failures": str(words.count("INVALID")), "errors": str(words.count("UNREADABLE"))}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": "gateway validate", **counts})
    for verdict in verdicts:
        message = verdict.message
        group = f"{message.process}.{message.release}.{message.operation}" if message else "unknown"
        case = ET.SubElement(suite, "testcase", {"classname": group, "name": _printable(verdict.file)})
        if verdict.error:
            ET.SubElement(case, "error", {"message": _printable(verdict.error)})
        elif verdict.findings:
            count = len(verdict.findings)
            failure = ET.SubElement(case, "failure", {"message": "1 finding" if count == 1 else f"{count} findings"})
            failure.text = "\n".join([*_details(verdict), *(_printable(str(finding)) for finding in verdict.findings)])
    ET.indent(suites)
    typer.echo('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode"))


def _printable(text: str) -> str:
    """Without what could steer a terminal or break XML: a document, and even the name of a file, may hold control characters."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
