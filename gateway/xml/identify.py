"""Which message a claim document is, where its sender does not say."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.xml.explain import explain
from gateway.xml.schemas import Schema, releases, schema_named

PROCESSES = ("rta", "elpl")


@dataclass(frozen=True, slots=True)
class Message:
    """The claim document of an operation in a release, and the schema it is judged by."""

    process: str
    release: str
    operation: str
    schema: Schema

    def __str__(self) -> str:
        return f"{self.process} {self.release} {self.operation} ({self.schema.name})"


def messages(process: str | None = None, release: str | None = None, operation: str | None = None) -> list[Message]:
    """The known messages of those names, newest release first; None stands for any."""
    return [
        Message(name, one.name, found, schema_named(name, schema))
        for name in PROCESSES
        if process in (None, name)
        for one in reversed(releases(name))
        if release in (None, one.name)
        for found, schema in one.messages.items()
        if operation in (None, found)
    ]


def identify(root: etree._Element, among: list[Message]) -> Message | None:
    """The message that the document fits best.

    The newest release of each process is asked first; an older one only if no message of the newest has that root. Several messages share a
    root, the claim notification forms of both processes and of both operations: the first that accepts the document is it, or the one that
    has the least to say against it.
    """
    name = etree.QName(root).localname
    fitting = [message for message in among if name in message.schema.root_names]
    newest: dict[str, str] = {}
    for message in fitting:
        newest.setdefault(message.process, message.release)
    candidates = [message for message in fitting if message.release == newest[message.process]]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    accepting = (message for message in candidates if message.schema.is_valid(root))
    return next(accepting, None) or min(candidates, key=lambda message: len(explain(root, message.schema)))


def accepting_release(root: etree._Element, message: Message) -> Message | None:
    """The newest other release whose schema for the same operation accepts the document."""
    others = messages(message.process, operation=message.operation)
    return next((other for other in others if other.schema != message.schema and other.schema.is_valid(root)), None)
