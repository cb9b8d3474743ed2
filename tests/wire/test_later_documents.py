"""The packs of the fixtures over the wire: every flow that its index tells is lived to its end, in one release after the other; every wrong
document is refused, with the place and the code that the index names, and changes nothing."""

import tomllib
from collections import defaultdict
from collections.abc import Callable
from itertools import cycle
from typing import Any, NamedTuple

import pytest
from client import ROOT, document
from life import PAYLOADS, STEPS, Life
from world import COMP1, CR1, World

from gateway.config import Settings
from gateway.wsgi import Gateway

INDEX = {process: tomllib.loads((ROOT / "fixtures" / process / "index.toml").read_text(encoding="utf-8")) for process in ("rta", "elpl")}
DECISIONS = {
    "addStage2SPFResponse": {"C": "T61", "CO": "T62", "R": "T63"},
    "addStage2SPFCounterOfferByCM": {"ACO": "T76", "NEWCO": "T77"},
    "addS2SPFAdditionalDamagesResponse": {"A": "T103", "CO": "T104"},
}
ROWS = {
    "addInterimSPFRequest": "T33",
    "addStage2SPFRequest": "T60",
    "addStage2SPFCounterOfferByCR": "T74",
    "addS2SPFAdditionalDamagesRequest": "T102",
    "addCPPFRequest": "T120",
    "addCPPFResponse": "T121",
}
OFFERED = "Stage2SettlementPackCounterOfferDecision"
# what goes without documents from where the claim is to the next document
BETWEEN = {
    ("StartOfStage21", "addInterimSPFRequest"): "T30",
    ("StartOfStage21", "addStage2SPFRequest"): "T32",
    ("WaitingForInterimPayment", "addStage2SPFRequest"): "T47 T32",
    ("AcceptanceOfPartialInterimPayment", "addStage2SPFRequest"): "T43 T45 T47 T32",
    (OFFERED, "addStage2SPFCounterOfferByCR"): "T71",
    (OFFERED, "addS2SPFAdditionalDamagesRequest"): "T73 T81 T100",
    (OFFERED, "addCPPFRequest"): {"rta": "T73 T81 T101", "elpl": "T73 T82"},
    ("Stage2AdditionalDamagesAgreementDecision", "addCPPFRequest"): "T111",
    ("Stage2SettlementPackConfirmation", "addCPPFRequest"): {"rta": "T68 T101", "elpl": "T69"},
}
ENDS = {
    "AcceptanceOfPartialInterimPayment": "T44 T46",
    "Stage2SettlementPackConfirmation": "T67",
    "Stage2SettlementPackRepudiation": "T70",
    "Stage2SettlementPackAgreed": "T85",
    "Stage2SettlementPackAllDamagesAgreed": "T108",
    "EndOfStage2": "T123",
}


def _flows() -> list[tuple[str, str, str]]:
    """Each flow in one of its releases, in turn, so that all have some. A child's form is there for the later ones only."""
    found = []
    for process in INDEX:
        for number, (name, row) in enumerate(INDEX[process]["flow"].items()):
            releases = [one for one in row["releases"] if "child" not in name or one in ("R6", "R7")]
            found.append((process, name, releases[number % len(releases)]))
    return found


FLOWS = _flows()


def test_every_release_has_a_life() -> None:
    assert {(process, release) for process, _, release in FLOWS} == {
        *(("rta", release) for release in ("R3", "R5", "R6", "R7")),
        *(("elpl", release) for release in ("R3", "R5", "R6")),
    }


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The release in force."""
    process, release = (request.getfixturevalue(name) for name in ("process", "release"))
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", **{f"release_{process}": release})


def _row(process: str, operation: str, name: str) -> str:
    if operation == "addInterimSPFResponse":
        # what is agreed in full, less a contribution that the claimant itself states, is a part of the gross sum asked for
        return "T35" if "partial" in name or "contribution" in name else "T34"
    told = INDEX[process]["valid"][operation][name]
    return DECISIONS[operation][told["decision"]] if operation in DECISIONS else ROWS[operation]


def _between(claim: Life, operation: str) -> list[str]:
    rows: Any = BETWEEN.get((claim.phase, operation), "")
    return (rows if isinstance(rows, str) else rows[claim.process]).split()


@pytest.mark.parametrize(("process", "name", "release"), FLOWS)
def test_a_life(world: World, process: str, name: str, release: str) -> None:
    claim = Life(world, process, "token", "userauth", release=release)
    if "child" in name:
        claim.childs_to_stage2()
    else:
        claim.to_stage21()
    for path in INDEX[process]["flow"][name]["documents"]:
        operation, file = path.split("/")
        claim.walks(*_between(claim, operation))
        claim.steps(f"{_row(process, operation, file)}:{file}")
    claim.steps(*ENDS[claim.phase].split())


@pytest.mark.parametrize(("process", "release"), [("rta", "R3"), ("rta", "R6"), ("elpl", "R3")])
def test_a_claim_keeps_its_release_to_the_end(world: World, process: str, release: str, make_gateway: Callable[[Settings], Gateway]) -> None:
    """Begun under an old release it is finished as one of it, after a newer one has come."""
    claim = Life(world, process, "token", "userauth", release=release).to_stage21()
    claim.world = World(make_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL")), world.store)
    newest = {"rta": "R7", "elpl": "R6"}[process]
    assert Life(claim.world, process, release=newest).sent().phase == "ClaimSubmitted"
    if process == "rta":
        claim.walks("T30")
        later = document("rta", "addInterimSPFRequest", {"R3": "plain.xml", "R6": "everything-filled.xml"}[release])
        claim.refuses(CR1, "addInterimSPFRequest", "not valid against AddInterimSPFRequest", ISPFRequestXML=later)
        claim.walks("T42")
    claim.steps("T30", "T33", "T34", "T47", "T32", "T60")
    if release == "R3":  # the reference of the Compensation Recovery Unit came later
        later = document(process, "addStage2SPFResponse", "confirm-to-plain.xml")
        claim.refuses(COMP1, "addStage2SPFResponse", "not valid against AddStage2SPFResponse", S2SPFResponseXML=later)
    claim.steps("T61", "T67")


class Place(NamedTuple):
    """How a claim comes to where a document of an operation is awaited. `answered` is the last step, with the document that is answered."""

    before: dict[str, str] | str
    answered: str = ""


_NEGOTIATES = "T32 T60 T62 T71"
_COURT = {"rta": "T32 T60 T62 T73 T81 T101", "elpl": "T32 T60 T62 T73 T82"}
PLACES = {
    "addInterimSPFRequest": Place("T30"),
    "addInterimSPFResponse": Place("T30", "T33"),
    "addStage2SPFRequest": Place("T32"),
    "addStage2SPFResponse": Place("T32", "T60"),
    "addStage2SPFCounterOfferByCR": Place(_NEGOTIATES),
    "addStage2SPFCounterOfferByCM": Place(_NEGOTIATES, "T74"),
    "addS2SPFAdditionalDamagesRequest": Place("T32 T60 T62 T73 T81 T100"),
    "addS2SPFAdditionalDamagesResponse": Place("T32 T60 T62 T73 T81 T100", "T102"),
    "addCPPFRequest": Place(_COURT),
    "addCPPFResponse": Place(_COURT, "T120"),
}


def _wrong() -> dict[tuple[str, str, str, str], list[str]]:
    """The wrong documents by process, operation, release, and the document they answer."""
    found = defaultdict(list)
    for process in INDEX:
        for operation, place in PLACES.items():
            for name, row in INDEX[process]["invalid"].get(operation, {}).items():
                usual = "r3-plain.xml" if row["release"] == "R3" and process == "rta" and operation == "addInterimSPFResponse" else "plain.xml"
                found[process, operation, row["release"], row.get("answers", usual) if place.answered else ""].append(name)
    return dict(found)


WRONG = _wrong()


ALTERNATING = [pytest.param(*key, generation, id="-".join((*key, generation))) for key, generation in zip(WRONG, cycle(("token", "userauth")))]


@pytest.mark.parametrize(("process", "operation", "release", "answers", "generation"), ALTERNATING)
def test_a_pack_that_is_wrong_changes_nothing(world: World, process: str, operation: str, release: str, answers: str, generation: str) -> None:
    """The findings are lines of `details`; the older generation has no such element, so there they follow the sentence in `message`."""
    place = PLACES[operation]
    before = place.before if isinstance(place.before, str) else place.before[process]
    claim = Life(world, process, generation, release=release).to_stage21().walks(*before.split())
    if place.answered:
        claim.walks(f"{place.answered}:{answers}")
    by_compensator = place.answered != "" and not STEPS[place.answered].by_compensator
    who = COMP1 if by_compensator else claim.representative
    for name in WRONG[process, operation, release, answers]:
        told = INDEX[process]["invalid"][operation][name]
        text = document(process, operation, name, "invalid")
        reply = claim.refuses(who, operation, PAYLOADS[operation], **{PAYLOADS[operation]: text})
        sentence, *lines = reply.message.splitlines()
        assert sentence.endswith(".")
        assert (reply.details is None) == (generation == "userauth")
        lines = (reply.details or "\n".join(lines)).splitlines()
        code = told.get("code")
        places = [line.partition(": ")[2].partition(": ")[0].split(" (line ")[0] for line in lines if code is None or line.startswith(f"{code}: ")]
        assert told["at"] in places, "\n".join([f"{name}: not found: {code} {told['at']}", *lines])


def test_all_wrong_packs_of_the_fixtures_are_tried() -> None:
    packs = {(process, operation, name) for process in INDEX for operation in PLACES for name in INDEX[process]["invalid"].get(operation, {})}
    tried = {(process, operation, name) for (process, operation, *_), names in WRONG.items() for name in names}
    assert tried == packs
    assert len(packs) > 150
