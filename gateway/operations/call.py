"""One call on its way through the pipeline, and the register of handlers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.clock import Moment
from gateway.config import Settings
from gateway.contract.model import Contract, Move, Operation, Service
from gateway.store import Connection
from gateway.store.claims import Claim
from gateway.store.credentials import Caller
from gateway.store.engine import Session
from gateway.xml.node import Node


@dataclass(slots=True)
class Call:
    """What a handler may look at.

    `named` is what the call names its claim by, in the words of a refusal: "claim 0000000000000001". `document` is the payload once it has been
    found valid, `body` the same as sent. A handler of a changing operation puts columns of the claim that it decides on into `changes`, facts
    for the history into `detail`, and returns the outcome's name; a reading one returns the reply's body. `sent` stands for what came with
    addClaim, `first` is the claim that the same made a moment ago, `instead_of` such a claim that does not count any more.
    """

    service: Service
    operation: Operation
    arguments: Mapping[str, Any]
    contract: Contract
    settings: Settings
    moment: Moment
    session: Session
    caller: Caller = field(init=False)
    claim: Claim | None = None
    named: str = ""
    document: Node | None = None
    body: bytes | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    sent: bytes | None = None
    first: Claim | None = None
    instead_of: int | None = None

    @property
    def connection(self) -> Connection:
        """The open connection."""
        return self.session.connection

    @property
    def process(self) -> str:
        """Rta or elpl."""
        return self.service.process

    @property
    def held(self) -> Claim:
        """The claim the call is about; a defect if there is none."""
        assert self.claim is not None, f"{self.operation.name} has no claim"
        return self.claim

    @property
    def payload(self) -> Node:
        """The claim document that came with the call; a defect if there is none."""
        assert self.document is not None, f"{self.operation.name} has no payload"
        return self.document

    @property
    def open_moves(self) -> tuple[Move, ...]:
        """The rows that are open to the operation where the claim is, while it is the turn it is."""
        claim = self.held
        return self.contract.moves(claim.process, claim.release, claim.phase, self.operation.name, claim.acts)

    @property
    def deadlines(self) -> Mapping[str, str]:
        """The stored dates as they will be after the call."""
        dates: Mapping[str, str] = self.changes.get("deadlines", self.held.deadlines)
        return dates

    def recall(self, key: str) -> Any:
        """What was remembered of the claim under `key`; None if nothing was."""
        return self.changes.get("state", self.held.state).get(key)

    def remember(self, key: str, value: Any) -> None:
        """Keep a fact with the claim; `view.py` shows it in getClaim."""
        self.changes["state"] = {**self.changes.get("state", self.held.state), key: value}

    def text(self, argument: str) -> str:
        """A string argument, blanks stripped; "" when absent."""
        return (self.arguments.get(argument) or "").strip()


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the claim of something that is kept with it and that callers name by its id alone. What is seen of it is what is seen of the claim.

    `what` it is, in the words of a refusal; `told_by` the operation that tells the ids; `claim_of` gives the claim's id for a given id that is
    not empty, None if it can be of no claim.
    """

    what: str
    told_by: str
    claim_of: Callable[[Connection, str], int | None]


FINDERS: dict[str, Finder] = {}  # by the argument's name
Handler = Callable[[Call], Any]
HANDLERS: dict[str, Handler] = {}
BRIEF: set[str] = set()  # operations for which a claim is read in brief (store/claims.py)
EXAMINATIONS: dict[str, Callable[[Call], None]] = {}  # by operation: a look at what was sent that may take long, before anything is locked


def operation(name: str, *, brief: bool = False) -> Callable[[Handler], Handler]:
    """Registers the handler of the operation of that name. `brief`: it only needs to know where its claim stands, and changes nothing."""

    def register(handler: Handler) -> Handler:
        if name in HANDLERS:
            raise ValueError(f"{name} has two handlers")
        HANDLERS[name] = handler
        if brief:
            BRIEF.add(name)
        return handler

    return register
