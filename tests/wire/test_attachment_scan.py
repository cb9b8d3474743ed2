"""Attachments and the virus scanner: asked before anything is locked; what it flags is refused, and without its word nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attached import SERVICES, attach, attached, read
from clamd import Clamd, clamd_over_tcp, clamd_over_unix
from file_samples import EXE, PDF
from story import Story
from structlog.testing import capture_logs
from world import COMP1, COMP2, CR1, World, on_both_databases

from gateway.config import Settings
from gateway.wsgi import Gateway

NOBODY = "/nowhere/clamd.ctl"


@pytest.fixture(scope="module")
def over_tcp() -> Iterator[tuple[str, Clamd]]:
    with clamd_over_tcp() as running:
        yield running


@pytest.fixture(scope="module")
def over_unix() -> Iterator[tuple[str, Clamd]]:
    with TemporaryDirectory() as folder, clamd_over_unix(Path(folder)) as running:  # pytest's own can be too long for a socket
        yield running


@pytest.fixture
def clamd(request: pytest.FixtureRequest) -> tuple[str, Clamd]:
    """Where the scanner is, and the scanner as it was in the beginning."""
    running: tuple[str, Clamd] = request.getfixturevalue(getattr(request, "param", "over_tcp"))
    running[1].reset()
    return running


@pytest.fixture
def scanner(clamd: tuple[str, Clamd]) -> Clamd:
    return clamd[1]


def _scanned(world: World, address: str, make_gateway: Callable[[Settings], Gateway]) -> World:
    """A gateway with a scanner over the store of `world`, which has none."""
    return World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL", clamd=address, clamd_seconds=2)), world.store)


@pytest.fixture
def scanned(world: World, clamd: tuple[str, Clamd], make_gateway: Callable[[Settings], Gateway]) -> World:
    return _scanned(world, clamd[0], make_gateway)


@on_both_databases
@pytest.mark.parametrize("clamd", ["over_tcp", "over_unix"], indirect=True)
@pytest.mark.parametrize("service", SERVICES)
def test_a_clean_file_is_scanned_and_kept(scanned: World, scanner: Clamd, service: str) -> None:
    process, generation = service.split("-")
    claim = Story(scanned, process, generation).begins()
    guid = attach(claim.client(CR1), claim.number).ok().payload["value"]
    assert scanner.files == [PDF]
    assert read(claim.client(COMP1), guid)["dataAttachmentFileZip"] == PDF
    assert scanner.files == [PDF]


@on_both_databases
@pytest.mark.parametrize("service", ["rta-token", "elpl-userauth"])
def test_a_file_it_flags_is_refused(scanned: World, scanner: Clamd, service: str) -> None:
    process, generation = service.split("-")
    claim = Story(scanned, process, generation).begins()
    before = scanned.snapshot(claim.number)
    scanner.answer = [b"stream: Win.Test.EICAR_HDB-1 FOUND\0"]
    attach(claim.client(COMP1), claim.number).refused("The virus scanner found Win.Test.EICAR_HDB-1 in the file; it was not added.")
    assert scanned.snapshot(claim.number) == before
    assert attached(claim.client(CR1), claim.number) == []


@pytest.mark.parametrize("how", ["hangs", "says something else", "is not there"])
def test_without_its_word_nothing_is_kept(world: World, clamd: tuple[str, Clamd], how: str, make_gateway: Callable[[Settings], Gateway]) -> None:
    address, scanner = clamd
    scanner.hangs = how == "hangs"
    scanner.answer = [b"UNKNOWN COMMAND\0"]
    scanned = _scanned(world, NOBODY if how == "is not there" else address, make_gateway)
    claim = Story(scanned, "rta").begins()
    before = scanned.snapshot(claim.number)
    reply = attach(claim.client(CR1), claim.number)
    assert (reply.code, reply.message) == ("Error", "The virus scanner cannot be asked at the moment; nothing was added. Try again later.")
    assert reply.trace
    assert not reply.payload["value"]
    assert scanned.snapshot(claim.number) == before
    assert attached(claim.client(CR1), claim.number) == []


def test_the_log_knows_the_problem_and_nothing_of_the_file(scanned: World, scanner: Clamd) -> None:
    claim = Story(scanned, "rta").begins()
    scanner.answer = [b"UNKNOWN COMMAND\0"]
    with capture_logs() as lines:
        attach(claim.client(CR1), claim.number, PDF, "secret-name.pdf", Title="secret title", Desc="secret words")
    assert {"event": "virus scanner", "problem": "answer not understood", "log_level": "error"} in lines
    assert "secret" not in str(lines)
    assert "PDF" not in str(lines)


def test_what_is_refused_anyway_is_not_scanned(scanned: World, scanner: Clamd) -> None:
    claim = Story(scanned, "rta").begins()
    attach(claim.client(CR1), claim.number, EXE).refused()
    attach(claim.client(CR1), claim.number, name="a.txt").refused()
    attach(scanned.client(COMP2, "rta-token"), claim.number).refused("There is no claim")
    assert scanner.files == []


@on_both_databases
def test_nobody_waits_for_the_scanner(scanned: World, scanner: Clamd) -> None:
    """While it looks, the same claim moves on; the attachment then finds it as it is now."""
    claim = Story(scanned, "rta").begins()
    holder = claim.client(COMP1)
    moved: list[Any] = []
    scanner.meanwhile = lambda: moved.append(holder.call("acceptClaim", claimData=claim.data))
    attach(claim.client(CR1), claim.number).ok()
    assert moved[0].ok().claim["phaseCacheId"] == "Article75Decision"
    assert [event.row for event in scanned.history(claim.number)] == ["T1", "T3"]
    assert len(attached(holder, claim.number)) == 1


@on_both_databases
def test_nor_does_the_clock(scanned: World, scanner: Clamd) -> None:
    """Also when the call itself was the first to see that a limit had passed."""
    claim = Story(scanned, "rta").begins()
    other = Story(scanned, "rta").begins()
    scanned.set_clock("2026-12-15T00:00:00")
    moved: list[Any] = []
    scanner.meanwhile = lambda: moved.append(other.client(COMP1).call("getClaimsStatus", applicationId=other.number))
    attach(claim.client(CR1), claim.number).ok()
    assert moved[0].ok().claim["phaseCacheId"] == "LiabilityDecisionTimeout"
    assert [event.row for event in scanned.history(claim.number)] == ["T1", "T19"]


@on_both_databases
def test_a_claim_that_goes_elsewhere_while_it_looks(scanned: World, scanner: Clamd) -> None:
    claim = Story(scanned, "rta").begins()
    holder = claim.client(COMP1)
    scanner.meanwhile = lambda: holder.call("reassignToAnotherCM", claimData=claim.data, organisationPath="/COMP002").ok()
    attach(holder, claim.number).refused(f"There is no claim {claim.number} that you can see.")
    assert attached(claim.client(CR1), claim.number) == []


@on_both_databases
def test_a_claim_that_ends_while_it_looks(scanned: World, scanner: Clamd) -> None:
    claim = Story(scanned, "rta").begins()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    sender = claim.client(CR1)
    scanner.meanwhile = lambda: sender.call("exitRejectedClaim", claimData=claim.data).ok()
    attach(sender, claim.number).refused("has ended, in phase ExitRejectedClaim")
    assert attached(sender, claim.number) == []
