"""`gateway validate`: judge claim documents as the gateway would, without sending them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from gateway.clock import Moment
from gateway.commands.verdicts import Format, Verdict, show
from gateway.domain.rules import check_cnf, check_liability_response
from gateway.domain.rules.packs_check import check_pack
from gateway.domain.rules.packs_common import PackFacts
from gateway.errors import Finding
from gateway.xml.explain import explain
from gateway.xml.identify import Message, accepting_release, identify, messages
from gateway.xml.node import Node
from gateway.xml.parser import CLAIM_DOCUMENT, NotXml, parse

_MANY_FILES = 20  # from here on a progress bar is worth its line
_STDIN = "-"
_NOT_A_NEW_CLAIM = "not valid as a new claim; --message addClaim says why"


class Process(StrEnum):
    """The two processes of the portal."""

    rta = "rta"
    elpl = "elpl"


def validate(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Files, folders (every *.xml below them), or - for standard input.")],
    *,
    process: Annotated[Process | None, typer.Option(help="Road traffic accident (rta) or employers' and public liability (elpl).")] = None,
    release: Annotated[str | None, typer.Option(help="Release whose schemas judge, like R7. Default: the newest one.")] = None,
    message: Annotated[str | None, typer.Option(help="Operation the document belongs to, like addClaim.")] = None,
    output: Annotated[Format, typer.Option("--format", help="text to read, json for programs, junit for build servers.")] = Format.text,
    rules: Annotated[bool, typer.Option(help="Also check what the schemas cannot say (ages, dates, what needs what).")] = True,
) -> None:
    """Check claim documents against the published schemas and the rules beyond them.

    What is not said is found out from the document: process and message from its root element and structure, the release is the newest.
    The output names what was guessed. Nothing is sent or stored.

    Exit code: 0 all valid, 1 some not valid, 2 wrong use or a file that cannot be read.

    For example:

      gateway validate claim.xml

      gateway validate --process rta --release R6 --message addClaim claim.xml

      gateway validate --format junit outgoing/ > report.xml

      cat claim.xml | gateway validate -
    """
    wanted = _wanted(process, release.upper() if release else None, message)
    paths = list(_expanded(files))
    judge = _judge(wanted, tuple(name for name, given in (("process", process), ("release", release), ("message", message)) if not given), rules)
    verdicts = [judge(path) if isinstance(path, str) else path for path in _with_progress(paths)]
    show(verdicts, output)
    raise typer.Exit(2 if any(verdict.error for verdict in verdicts) else int(any(verdict.findings for verdict in verdicts)))


def _wanted(process: str | None, release: str | None, operation: str | None) -> list[Message]:
    if found := messages(process, release, operation):
        return found
    known = messages(process)
    names = dict.fromkeys(one.operation for one in known)
    if operation and operation not in names:
        raise typer.BadParameter(f"{operation} has no claim document; known: {', '.join(names)}", param_hint="--message")
    numbers = sorted({one.release for one in known if operation in (None, one.operation)})
    raise typer.BadParameter(f"{release} is not known here; known: {', '.join(numbers)}", param_hint="--release")


def _expanded(files: list[str]) -> Iterator[str | Verdict]:
    """Every file to read; a verdict at once for what is no file."""
    for name in files:
        path = Path(name)
        if name == _STDIN or not path.is_dir():
            yield name
            continue
        below = sorted(str(file) for file in path.rglob("*") if file.suffix.lower() == ".xml" and file.is_file())
        yield from below
        if not below:
            yield Verdict(name, error="there is no .xml file in this folder")


def _with_progress(paths: list[str | Verdict]) -> Iterator[str | Verdict]:
    errors = Console(stderr=True)
    if len(paths) < _MANY_FILES or not errors.is_terminal:
        yield from paths
    else:
        yield from track(paths, "Validating", console=errors, transient=True)


def _judge(wanted: list[Message], guessed: tuple[str, ...], rules: bool) -> Callable[[str], Verdict]:
    limits = CLAIM_DOCUMENT

    def judge(name: str) -> Verdict:
        try:
            data = _read(name, limits.max_bytes + 1)
        except OSError as error:
            return Verdict(name, error=error.strerror or str(error))
        if not data.strip():
            return Verdict(name, findings=(Finding("NotXml", "/", "The file is empty."),))
        try:
            root = parse(data, limits)
        except NotXml as error:
            return Verdict(name, findings=(Finding("NotXml", "/", str(error), error.line),))
        message = wanted[0] if len({one.schema.name for one in wanted}) == 1 else identify(root, wanted)
        if message is None:
            return Verdict(name, findings=(_unknown_root(Node(root), wanted),))
        if message.schema.is_valid(root):
            note = _NOT_A_NEW_CLAIM if "message" in guessed and message.operation == "resendRejectedClaim" else None
            return Verdict(name, message, guessed, tuple(_broken_rules(message, Node(root)) if rules else ()), note)
        other = accepting_release(root, message) if "release" in guessed else None
        return Verdict(name, message, guessed, tuple(explain(root, message.schema)), f"valid in another release: {other}" if other else None)

    return judge


def _read(name: str, most: int) -> bytes:
    if name == _STDIN:
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _unknown_root(root: Node, wanted: list[Message]) -> Finding:
    known = ", ".join(dict.fromkeys(message.schema.root_name for message in wanted))
    hint = "; this is a SOAP message, and only the document inside is checked here" if root.name == "Envelope" else ""
    return Finding("Schema", f"/{root.name}", f"no message has this root element{hint}; known: {known}", root.line)


def _broken_rules(message: Message, document: Node) -> list[Finding]:
    today = Moment.now().today
    if message.operation in ("addClaim", "resendRejectedClaim"):
        return check_cnf(message.process, message.release, document, today)
    if message.operation == "sendLiabilityDecision":
        return check_liability_response(message.process, message.release, document, today=today)
    return check_pack(message.operation, message.process, message.release, document, PackFacts(None))
