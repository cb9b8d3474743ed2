"""What is written to the log while claims are sent and read: who called what and how it went; never a password, a token, or claim content."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from client import PASSWORD, document
from letters import Poster, soap
from live import LiveWorld
from story import Story
from world import COMP1, CR1, World

from gateway import log
from gateway.config import Settings

CONTENT = [
    *("Whitcombe", "Daniel", "1985-03-14", "JR482913B", "ASKCUEPI3300417", "LS31", "Larkfield", "QF/2026/04417"),  # the claimant
    *("Sutcliffe", "Karen", "YK39", "TI-7710482", "Tannery"),  # the defendant
    *("satnav", "Whiplash", "DocumentInput", "InsurerResponseA2A", "TI/26/119008"),
]


@pytest.fixture(params=["json", "console"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log of this process, at its most talkative, in both formats."""
    before = structlog.get_config()
    text = io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    log.configure(Settings(log_format=request.param, log_level="DEBUG"))
    yield text
    structlog.configure(**before)


def _converse(world: World, process: str) -> list[str]:
    """A conversation with everything that may go wrong in it; gives the secrets that were used."""
    form = {"rta": "adult-driver.xml", "elpl": "el-adult.xml"}[process]
    claim = Story(world, process, "token", "userauth").begins()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    client = world.client(CR1, f"{process}-token")
    client.call("addClaim", claimXML=document(process, "addClaim", "wrong-order.xml", "invalid")).refused()
    client.call("addClaim", claimXML=document(process, "addClaim", "ni-number-and-comment.xml", "invalid")).refused()
    client.call("addClaim", claimXML=document(process, "addClaim", form)[:-20]).refused()
    client.call("resendRejectedClaim", claimData=claim.data, claimXML=document(process, "addClaim", form)).refused()
    nobody = world.nobody(f"{process}-token")
    pair = nobody.call("getToken", userID=CR1.identity, userAsID=CR1.user, password=PASSWORD).ok().payload
    nobody.call("getToken", userID=CR1.identity, userAsID=CR1.user, password="guess-4711").refused()
    nobody.call("refreshToken", userID=CR1.identity, userAsID=CR1.user, refreshToken=pair["refreshToken"]).ok()
    nobody.call("changePassword", userID=CR1.identity, oldPassword=PASSWORD, newPassword="fresh-4712").refused()
    nobody.call("getClaimsList", accessToken="token-4713").refused()
    poster = Poster(world.door, pair["accessToken"])
    poster.fault(poster.good[:-10])
    poster.fault(poster.good.replace("getBranchesList", "Sutcliffe"))
    poster.fault(poster.good, "application/Whiplash")
    poster.fault(soap(poster.good, f"<s:Header><x s:mustUnderstand='1'>{pair['accessToken']}</x></s:Header>"))
    credentials = [world.client(party, f"{process}-token").credentials["accessToken"] for party in (CR1, COMP1)]
    return [PASSWORD, "guess-4711", "fresh-4712", "token-4713", pair["accessToken"], pair["refreshToken"], *credentials]


def _nothing_of(words: list[str], text: str) -> None:
    assert [word for word in words if word.lower() in text.lower()] == []


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_a_conversation(world: World, written: io.StringIO, process: str) -> None:
    secrets = _converse(world, process)
    text = written.getvalue()
    assert len(text.splitlines()) > 20
    _nothing_of([*secrets, *CONTENT], text)
    assert "0000000000000001" in text  # it does say which claim
    assert "comp1-handler" in text


def test_a_defect_is_logged_with_its_place_and_without_what_was_in_hand(world: World, written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a claim is being read, deep inside; the traceback names lines of code and no values."""
    client = world.client(CR1, "rta-token")
    secrets = [PASSWORD, client.credentials["accessToken"]]

    def broken(_process: str, document: Any) -> None:
        names = document.get("ClaimAndClaimantDetails/ClaimantDetails/PersonalDetails/@Surname")
        assert names == "Whitcombe"
        raise ZeroDivisionError

    monkeypatch.setattr("gateway.domain.cnf.read", broken)
    reply = client.call("addClaim", claimXML=document("rta", "addClaim", "adult-driver.xml"))
    assert reply.code == "Error"
    text = written.getvalue()
    assert "ZeroDivisionError" in text
    assert reply.trace in text, "the reference in the reply leads to the line in the log"
    _nothing_of([*secrets, *(word for word in CONTENT if word != "Whitcombe")], text)
    assert "DateOfBirth" not in text


@pytest.fixture
def lines(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    before = structlog.get_config()
    text = io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    log.configure(Settings())
    yield text
    structlog.configure(**before)


def test_a_line_says_who_called_what_and_how_it_went(world: World, lines: io.StringIO) -> None:
    reply = Story(world, "rta").begins()
    calls = [json.loads(line) for line in lines.getvalue().splitlines()]
    (sent,) = [call for call in calls if call.get("operation") == "addClaim"]
    expected = {
        "event": "call",
        "level": "info",
        "service": "rta-token",
        "operation": "addClaim",
        "status": 200,
        "code": "Ok",
        "organisation": "CR00001",
        "user": "cr1-handler",
        "claim": reply.number,
        "phase": "ClaimSubmitted",
    }
    assert sent.items() >= expected.items()
    assert sent["ms"] > 0
    assert re.fullmatch("[0-9a-f]{32}", sent["request"])


def test_the_log_of_a_running_server(live: LiveWorld) -> None:
    secrets = [word for process in ("rta", "elpl") for word in _converse(live, process)]
    text = live.log()
    assert "addClaim" in text
    # the demo password is shown once, where the server says how to log in; after that never
    assert text.count(PASSWORD) == 1
    _nothing_of([*(word for word in secrets if word != PASSWORD), *CONTENT], text)


def test_what_is_named_a_secret_is_masked(written: io.StringIO) -> None:
    """The last line of defence, should somebody log an argument one day."""
    log.logger.info("careless", oldPassword="hunter2", access_token="hunter2", clientSecret="hunter2", Authorization="hunter2")
    text = written.getvalue()
    assert "careless" in text
    _nothing_of(["hunter2"], text)
