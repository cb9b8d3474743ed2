"""A gateway without its wire: calls go straight into the dispatcher, over a store of the test's own, with a clock that stands still."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import gateway.clock
from gateway.clock import start_of_day
from gateway.config import Settings
from gateway.contract.load import contract
from gateway.dispatch import Dispatcher
from gateway.store import claims, sandbox
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.xml.wsdl import published

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday; the fixtures take the day before for "today"
PASSWORD: str = tomllib.loads((ROOT / "fixtures/directory/demo.toml").read_text(encoding="utf-8"))["password"]
KEPT = {"rta": ("R3", "R5", "R6", "R7"), "elpl": ("R3", "R5", "R6")}
CR, CM = "claimant-representative", "compensator"
OTHER_SIDE = {CR: CM, CM: CR}
PARTIES = {
    "CR00001": ("cr1-a2a", "cr1-handler"),
    "CR00002": ("cr2-a2a", "cr2-handler"),
    "COMP001": ("comp1-a2a", "comp1-handler"),
    "COMP002": ("comp2-a2a", "comp2-handler"),
    "COMP003": ("comp3-a2a", "comp3-handler"),
    "COMP900": ("mib-a2a", "mib-handler"),
}


@dataclass(frozen=True)
class Answer:
    """What the dispatcher answered."""

    operation: str
    values: Mapping[str, Any]

    @property
    def code(self) -> str:
        return str(self.values["code"])

    @property
    def message(self) -> str:
        return f"{self.values.get('message')}\n{self.values.get('details') or ''}"

    @property
    def claim(self) -> dict[str, str]:
        assert self.code == "Ok", f"{self.operation}: {self.code}: {self.message}"
        return dict(self.values["claimInfo"])


class Portal:
    """Dispatchers for each process and release over one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tokens: dict[str, str] = {}
        self._dispatchers = {
            (process, release): Dispatcher(store, Settings(sandbox=True, **{f"release_{process}": release}), contract())
            for process, releases in KEPT.items()
            for release in releases
        }
        with store.writing() as connection:
            sandbox.mark(connection)
        self.now = START

    def set_clock(self, now: datetime) -> None:
        """Move the process clock."""
        self.now = now
        with self.store.writing() as connection:
            sandbox.set_offset(connection, now - START, "a test")

    def call(self, process: str, release: str, organisation: str, operation: str, **arguments: Any) -> Answer:
        """One call for an organisation. Arguments that are not given are absent; `release` is the one in force."""
        token = self._tokens.get(organisation) or self._log_in(organisation)
        return self._answer(process, release, operation, {"accessToken": token, **arguments})

    def _log_in(self, organisation: str) -> str:
        identity, user = PARTIES[organisation]
        answer = self._answer("rta", "R7", "getToken", {"userID": identity, "userAsID": user, "password": PASSWORD})
        assert answer.code == "Ok", answer.message
        self._tokens[organisation] = answer.values["accessToken"]
        return self._tokens[organisation]

    def _answer(self, process: str, release: str, operation: str, arguments: Mapping[str, Any]) -> Answer:
        service = contract().services[f"{process}-token"]
        fields = published(service.wsdl).requests[operation].fields
        unknown = arguments.keys() - {field.name for field in fields}
        assert not unknown, f"{operation} has no {', '.join(unknown)}"
        given = {field.name: arguments.get(field.name) for field in fields}
        dispatcher = self._dispatchers[process, release]
        return Answer(operation, dispatcher.answer(service, operation, lambda: given, details=True, reference="a-test").values)

    def claim(self, number: int) -> Claim:
        """The row of a claim."""
        with self.store.reading() as connection:
            found = claims.load(connection, number)
        assert found is not None
        return found

    def history(self, number: int) -> list[Any]:
        """Its events, oldest first."""
        with self.store.reading() as connection:
            return list(claims.history(connection, number))


@contextmanager
def portal_over(store: Store) -> Iterator[Portal]:
    """A portal whose wall clock stands at START."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway.clock, "wall", lambda: START)
        yield Portal(store)


def data(claim: Claim) -> dict[str, str]:
    """claimData as it is right now."""
    return {"activityEngineGuid": claim.guid, "applicationId": claim.application_id}


def organisation_of(claim: Claim, side: str) -> str:
    """The organisation that acts for a side of the claim."""
    return claim.cr_organisation if side == CR else claim.cm_organisation


# documents


@cache
def index(process: str) -> dict[str, Any]:
    """What the fixtures say about themselves."""
    return tomllib.loads((ROOT / "fixtures" / process / "index.toml").read_text(encoding="utf-8"))


def named(process: str, release: str, operation: str, **facts: str) -> list[str]:
    """The valid documents of an operation in a release of which these facts are told."""
    found = index(process)["valid"][operation].items()
    return [name for name, told in found if release in told["releases"] and all(told.get(key) == value for key, value in facts.items())]


@cache
def document(process: str, operation: str, name: str) -> str:
    """A valid document of the fixtures."""
    return (ROOT / "fixtures" / process / "valid" / operation / name).read_text(encoding="utf-8")


@cache
def get_claim_schema(process: str, release: str) -> etree.XMLSchema:
    """The published schema of what getClaim answers in a release."""
    folder = ROOT / "schemas" / process
    name = tomllib.loads((folder / "releases.toml").read_text(encoding="utf-8"))[release]["messages"]["getClaim"]
    return etree.XMLSchema(etree.parse(str(folder / f"{name}.xsd")))


def days(number: float) -> timedelta:
    return timedelta(days=number)


# what must hold of every claim


def check_claim(claim: Claim, history: list[Any] | None = None) -> None:
    """The row of a claim agrees with its phase, and with its whole history if that is given."""
    phase = contract().phases[claim.phase]
    assert claim.process in phase.processes
    assert claim.release in phase.releases
    assert claim.ended == phase.end
    assert (claim.acts is None) == phase.end
    assert claim.acts in (CR, CM, None)
    assert (claim.gone_at is None) == (phase.vanishes_after is None)
    assert (claim.running is None, claim.due_at is None) == (phase.clock is None, phase.clock is None)
    if claim.running is not None:
        variant = contract().variants[claim.running]
        assert variant.clock == phase.clock
        assert claim.process in variant.processes
        assert claim.due_at == start_of_day(date.fromisoformat(claim.deadlines[claim.running]))
    if history is None:
        return
    assert [event.number for event in history] == list(range(1, claim.event_number + 1))
    assert [event.from_phase for event in history] == ["", *(event.to_phase for event in history[:-1])]
    assert (history[-1].to_phase, history[-1].guid) == (claim.phase, claim.guid)
    assert len({event.guid for event in history}) == len(history)
