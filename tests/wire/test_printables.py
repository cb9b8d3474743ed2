"""Printable documents over the wire: what each step makes, what is in it, who sees it, and that it is the same ever after."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from life import CHILDREN, Life
from pypdf import PdfReader
from sqlalchemy import update
from story import INSURER_LIMIT, NOTIFIED
from world import COMP1, COMP2, CR1, CR2, START, Party, World, at_once, on_both_databases

from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.documents.print import NotPrinted
from gateway.jobs.printables import print_ahead
from gateway.jobs.work import Work
from gateway.operations import printing
from gateway.store.tables import organisations

SERVICES = ("rta-token", "rta-userauth", "elpl-token", "elpl-userauth")
LIST, GET = "getPrintableDocumentsList", "getPrintableDocument"
CNF, DEFENDANT_ONLY, RESPONSE = "Claim Notification Form", "Defendant Only Claim Notification Form", "Claim Notification Form with Response"
INTERIM, SETTLEMENT, COURT = "Interim Settlement Pack", "Stage 2 Settlement Pack", "Court Proceedings Pack"
DAMAGES = "Stage 2 Settlement Pack with Additional Damages"
UNSEEN = "There is no printable document of that id that you can see."
# rows of a life in order, and what each makes by process notes 7; whatever stands between them makes nothing
LIVES = {
    "rta": (
        "T3 T13 T15 T21 T30 T33 T35 T43 T45 T47 T30 T33 T36 T37 T32 T60 T62 T71 T74 T77 T71 T74 T77 T73 T81 T100 T102 T104 T111 T120 T121 T123",
        {
            "T15": f"{RESPONSE} (RTA1)",
            **dict.fromkeys(("T33", "T35"), f"{INTERIM} (RTA4)"),
            **dict.fromkeys(("T60", "T62", "T74", "T77"), f"{SETTLEMENT} (RTA5)"),
            **dict.fromkeys(("T102", "T104", "T111"), f"{DAMAGES} (RTA5)"),
            **dict.fromkeys(("T120", "T121"), f"{COURT} (RTA6)"),
        },
    ),
    "elpl": (
        "T7 T9 T10 T2 T5 T15 T21 T30 T33 T34 T47 T32 T60 T62 T73 T82 T120 T121",
        {
            "T10": f"{CNF} (EL1)",
            "T15": f"{RESPONSE} (EL1)",
            **dict.fromkeys(("T33", "T34"), f"{INTERIM} (EPL4)"),
            **dict.fromkeys(("T60", "T62"), f"{SETTLEMENT} (EPL5)"),
            **dict.fromkeys(("T120", "T121"), f"{COURT} (EPL6)"),
        },
    ),
}
OTHER_ENDS = {
    "confirmed": ("T32 T60 T61 T67", {"T60": 1, "T61": 1}),
    "repudiated": ("T32 T60 T63 T70", {"T60": 1, "T63": 1}),
    "agreed by a counter offer": ("T32 T60 T62 T71 T74 T76 T85", {"T60": 1, "T62": 1, "T74": 1, "T76": 1}),
    "agreed": ("T32 T60 T62 T73 T80", {"T60": 1, "T62": 1, "T80": 1}),
    "not agreed in the last days": ("T32 T60 T62 T71 2027-01-08 T75 T84", {"T60": 1, "T62": 1, "T75": 1, "T84": 1}),
}
FIRST = {"rta": [f"{CNF} (RTA1)", f"{DEFENDANT_ONLY} (RTA2)"], "elpl": [f"{CNF} (EL1)", f"{DEFENDANT_ONLY} (EL2)"]}


def listed(claim: Life, party: Party = CR1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = claim.client(party).call(LIST, applicationId=claim.number).ok().payload["attachemntsList"]
    return found


def titles(claim: Life, party: Party = CR1) -> list[str]:
    return [one["dataAttachmentTitle"] for one in listed(claim, party)]


def fetched(claim: Life, guid: str, party: Party = CR1) -> dict[str, Any]:
    found: dict[str, Any] = claim.client(party).call(GET, printableDocumentId=guid).ok().payload["attachment"]
    return found


def body(claim: Life, guid: str, party: Party = CR1) -> bytes:
    found: bytes = fetched(claim, guid, party)["dataAttachmentFileZip"]
    return found


def text_of(pdf: bytes) -> str:
    pages = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", pages.replace("\u200b", ""))


def count(claim: Life, party: Party) -> int:
    (row,) = [one for one in claim.client(party).call("getClaimsList").ok().payload["claimsList"] if one["applicationId"] == claim.number]
    found: int = row["printableDocumentsCount"]
    return found


def walks(claim: Life, row: str) -> None:
    """As Life does it, and T10: the corrected form goes to COMP2."""
    if row != "T10":
        claim.walks(row)
        return
    text = claim.document("resendRejectedClaim", "el-adult-to-another-compensator.xml")
    anew = {NOTIFIED: "2026-11-20", INSURER_LIMIT: "2027-01-07"}
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", holder=COMP2, limit="2027-01-07", shows=anew, claimXML=text)


@pytest.mark.parametrize("process", LIVES)
@on_both_databases
def test_a_whole_life(world: World, process: str) -> None:
    """After each step both sides have what it made and all that was made before, and the work list counts as much."""
    rows, makes = LIVES[process]
    claim = Life(world, process, "token", "userauth").sent()
    expected = [*FIRST[process]]
    bodies: dict[str, bytes] = {}
    for row in ["T1", *rows.split()]:
        if row != "T1":
            walks(claim, row)
        expected += [makes[row]] if row in makes else []
        assert titles(claim, CR1) == expected, row
        if claim.phase != "EndOfStage2End":
            assert count(claim, CR1) == count(claim, claim.holder) == len(expected)
        for one in listed(claim, claim.holder):
            guid = one["dataAttachmentGuid"]
            assert body(claim, guid, claim.holder) == bodies.setdefault(guid, body(claim, guid)), f"{one['dataAttachmentTitle']} changed with {row}"
    assert len(bodies) == len(expected)
    for pdf in bodies.values():
        check_form(pdf, claim.number)


def check_form(pdf: bytes, number: str) -> None:
    """Tagged, and on each page the number of the claim and which page of how many it is."""
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "en-GB"
    for page, sheet in enumerate(reader.pages, 1):
        text = re.sub(r"\s+", " ", sheet.extract_text())
        assert f"Claim {number}" in text
        assert f"Page {page} of {len(reader.pages)}" in text
        assert "Created on 23/11/2026" in text


@pytest.mark.parametrize("way", OTHER_ENDS)
def test_other_ways_through_stage_2(world: World, way: str) -> None:
    rows, makes = OTHER_ENDS[way]
    claim = Life(world, "rta").to_stage21()
    before = len(listed(claim))
    for row in rows.split():
        claim.walks(row)
        before += makes.get(row, 0)
        assert len(listed(claim)) == before, row


@pytest.mark.parametrize(
    ("process", "form", "claim_type"), [("rta", "adult-driver.xml", "RTA"), ("elpl", "el-adult.xml", "EL"), ("elpl", CHILDREN["elpl"], "EL")]
)
def test_an_entry(world: World, process: str, form: str, claim_type: str) -> None:
    at = COMP2 if "child" in form else COMP1
    claim = Life(world, process).sent(form, at)
    first, second = listed(claim)
    assert first == {
        "applicationId": claim.number,
        "dataAttachmentDesc": None,
        "dataAttachmentFileName": f"{claim_type}1-{claim.number}-1.pdf",
        "dataAttachmentFileZip": None,
        "dataAttachmentGuid": first["dataAttachmentGuid"],
        "dataAttachmentTitle": f"{CNF} ({claim_type}1)",
        "dataAttachmentDate": "23/11/2026 10:00",
        "dataAttachmentOwner": "Quillfeather Injury Law LLP",
    }
    assert second["dataAttachmentFileName"] == f"{claim_type}2-{claim.number}-1.pdf"
    whole = fetched(claim, first["dataAttachmentGuid"])
    assert whole.pop("dataAttachmentFileZip").startswith(b"%PDF-")
    assert whole.items() <= first.items()


def test_the_owner_is_who_took_the_step_and_the_time_is_londons(world: World) -> None:
    claim = Life(world, "rta").sent()
    world.set_clock("2026-12-01T23:30:00")
    claim.walks("T3", "T13", "T15")
    entry = listed(claim)[-1]
    assert (entry["dataAttachmentOwner"], entry["dataAttachmentDate"]) == ("Thistledown Insurance plc", "01/12/2026 23:30")
    assert "Created on 01/12/2026" in text_of(body(claim, entry["dataAttachmentGuid"]))


@pytest.mark.parametrize("service", SERVICES)
def test_each_service(world: World, service: str) -> None:
    process, generation = service.split("-")
    claim = Life(world, process, generation).sent()
    for party in (CR1, COMP1):
        for entry in listed(claim, party):
            assert body(claim, entry["dataAttachmentGuid"].upper(), party).startswith(b"%PDF-")


def test_facts_of_the_claim(world: World) -> None:
    """What the fixtures say, by hand."""
    claim = Life(world, "rta").to_stage21()
    cnf, defendant, response = (text_of(body(claim, one["dataAttachmentGuid"])) for one in listed(claim))
    for text in (cnf, response):
        for fact in ("Mr Daniel James Whitcombe", "Mrs Karen Sutcliffe", "14/03/1985", "QF/2026/04417", "Quillfeather Injury Law LLP"):
            assert fact in text
    assert "JR482913B" in cnf
    assert "JR482913B" not in defendant
    assert "Thistledown Insurance plc" in response


@on_both_databases
def test_later_steps_and_names_change_nothing(world: World) -> None:
    """Neither of what was printed before nor of what is printed only then; a later document has the new name."""
    claim = Life(world, "rta", "token", "userauth").sent()
    cnf, defendant = (one["dataAttachmentGuid"] for one in listed(claim))
    printed = body(claim, cnf)
    rename(world, {"CR00001": "Another Firm LLP", "COMP001": "Another Insurer plc"})
    claim.walks("T3", "T13", "T15", "T21", "T30", "T33")
    assert body(claim, cnf) == printed
    later = text_of(body(claim, defendant))
    assert "Another" not in later
    assert "Thistledown Insurance plc" in later
    assert [one["dataAttachmentOwner"] for one in listed(claim)] == [*["Quillfeather Injury Law LLP"] * 2, "Another Insurer plc", "Another Firm LLP"]
    assert "Another Insurer plc" in text_of(body(claim, listed(claim)[-1]["dataAttachmentGuid"]))


def test_printed_late_is_printed_the_same(world: World) -> None:
    """Two claims alike but for their number, one printed at once and one when all is over."""
    early, late = Life(world, "rta"), Life(world, "rta")
    seen: dict[str, str] = {}
    for claim in (early, late):
        claim.to_stage21().walks("T32")
        if claim is early:
            seen |= texts(claim)
        claim.walks("T60", "T62")
        if claim is early:
            seen |= texts(claim)
        claim.walks("T73", "T81", "T101", "T120", "T121")
    for name, text in texts(late).items():
        if name in seen:
            assert text.replace(late.number, early.number) == seen[name]
    assert len(seen) == 5


def texts(claim: Life) -> dict[str, str]:
    return {
        one["dataAttachmentFileName"].replace(claim.number, ""): text_of(body(claim, one["dataAttachmentGuid"])).replace(claim.number, "")
        for one in listed(claim)
    }


def test_reassigned_to_another_compensator(world: World) -> None:
    """It sees what was made before, which still names the first; that one sees nothing any more."""
    claim = Life(world, "rta").sent()
    guids = [one["dataAttachmentGuid"] for one in listed(claim)]
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", holder=COMP2, organisationPath="/COMP002")
    assert [one["dataAttachmentGuid"] for one in listed(claim, COMP2)] == guids
    assert "Thistledown Insurance plc" in text_of(body(claim, guids[0], COMP2))
    claim.client(COMP1).call(GET, printableDocumentId=guids[0]).refused(UNSEEN)
    assert claim.client(COMP1).call(LIST, applicationId=claim.number).refused().message == f"There is no claim {claim.number} that you can see."


def test_unseen_and_unknown_look_alike(world: World) -> None:
    claim = Life(world, "rta").sent()
    guid = listed(claim)[0]["dataAttachmentGuid"]
    last = "0" if guid[-1] != "0" else "1"
    asked = [
        (CR2, "rta-token", guid),
        (COMP2, "rta-userauth", guid),
        (CR1, "elpl-token", guid),  # a claim of the other process
        (CR1, "rta-token", guid[:-1] + last),
        (CR1, "rta-token", "0b6e7a52-9f4c-4d0a-9d0e-5a1b2c3d4e5f"),
        (CR1, "rta-token", claim.number),
        (CR1, "rta-token", "é" * 100),
    ]
    assert {world.client(party, service).call(GET, printableDocumentId=text).refused().message for party, service, text in asked} == {UNSEEN}
    for nothing in (None, "", "  "):
        claim.client(CR1).call(GET, printableDocumentId=nothing).refused("printableDocumentId must be given", LIST)


def test_the_guid_of_another_event_opens_no_document(world: World) -> None:
    """An id is made of its event's guid: that of a document is no other's."""
    claim = Life(world, "rta").to_stage21()
    guids = [one["dataAttachmentGuid"] for one in listed(claim)]
    assert len(set(guids)) == 3
    assert len({body(claim, guid) for guid in guids}) == 3


@on_both_databases
def test_first_asked_for_by_several_at_once(world: World) -> None:
    claim = Life(world, "rta").sent()
    guid = listed(claim)[0]["dataAttachmentGuid"]
    clients = [world.client(party, f"rta-{generation}") for party in (CR1, COMP1) for generation in ("token", "userauth")]
    found = at_once(*(lambda client=client: client.call(GET, printableDocumentId=guid).ok().payload["attachment"] for client in clients))
    assert len({one["dataAttachmentFileZip"] for one in found}) == 1


def test_the_first_body_is_the_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where another version of the program would print it otherwise."""
    claim = Life(world, "rta").sent()
    guid = listed(claim)[0]["dataAttachmentGuid"]
    first = body(claim, guid)
    monkeypatch.setattr(printing, "to_pdf", lambda _document: b"%PDF-other")
    assert body(claim, guid) == first
    assert body(claim, listed(claim)[1]["dataAttachmentGuid"]) == b"%PDF-other"


def test_what_cannot_be_printed_is_an_error_and_leaves_nothing(world: World) -> None:
    claim = Life(world, "rta").sent()
    guid = listed(claim)[0]["dataAttachmentGuid"]

    def broken(_document: Any) -> bytes:
        raise NotPrinted("A printable document could not be made.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "to_pdf", broken)
        reply = claim.client(CR1).call(GET, printableDocumentId=guid)
    assert (reply.code, reply.message) == ("Error", "A printable document could not be made.")
    assert reply.trace
    assert body(claim, guid).startswith(b"%PDF-")


@on_both_databases
def test_printed_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the job: nothing is left to be printed when somebody asks, and it is what would have been printed then."""
    claim = Life(world, "rta").to_stage21()
    asked_first = body(claim, listed(claim)[0]["dataAttachmentGuid"])
    assert run(world) == [1, 0]  # the forms of T1 were asked for before; the second is printed when it is
    monkeypatch.setattr(printing, "to_pdf", lambda _document: pytest.fail("printed again"))
    first, _, response = (one["dataAttachmentGuid"] for one in listed(claim))
    assert body(claim, first) == asked_first
    assert "admit" in text_of(body(claim, response)).lower()
    assert run(world) == [0, 0]


def test_the_job_and_the_caller_print_the_same(world: World) -> None:
    bodies = []
    for by_job in (True, False):
        claim = Life(world, "rta").sent()
        if by_job:
            assert run(world) == [2, 0]
        bodies.append({one["dataAttachmentFileName"].replace(claim.number, ""): body(claim, one["dataAttachmentGuid"]) for one in listed(claim)})
    ours, theirs = ({name: re.sub(r"\d{16}", "", text_of(pdf)) for name, pdf in one.items()} for one in bodies)
    assert ours == theirs


def test_one_defect_stops_no_other_document(world: World) -> None:
    first, second = Life(world, "rta").sent(), Life(world, "elpl").sent()
    make = printing.make

    def broken(connection: Any, table: Any, claim: Any, *rest: Any) -> bytes:
        if claim.application_id == first.number:
            raise RuntimeError("a defect")
        return make(connection, table, claim, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(printing, "make", broken)
        assert run(world) == [2, 1]
    assert run_at(world, START) == [2, 0]
    assert body(second, listed(second)[0]["dataAttachmentGuid"]).startswith(b"%PDF-")


def test_what_is_older_is_left_until_it_is_asked_for(world: World) -> None:
    claim = Life(world, "rta").sent()
    assert run_at(world, START + timedelta(days=1, seconds=1)) == [0, 0]
    assert run_at(world, START + timedelta(days=1)) == [2, 0]
    assert len(listed(claim)) == 2


@on_both_databases
def test_several_workers_print(world: World) -> None:
    """Each document is kept once, and there are no more of them than there should be."""
    for _ in range(4):
        Life(world, "rta").sent()
    assert sum(printed for printed, _ in at_once(*[lambda: run(world)] * 3)) == 8
    assert run(world) == [0, 0]


def test_it_stops_when_told(world: World) -> None:
    for _ in range(3):
        Life(world, "rta").sent()
    answers: Iterator[bool] = iter([False, False, True, True])
    done = print_ahead(Work(world.store, contract(), Moment(START), lambda: next(answers)))
    assert [one.count for one in done] == [2, 0]


def run(world: World) -> list[int]:
    return run_at(world, START)


def run_at(world: World, at: Any) -> list[int]:
    """Documents printed and documents that could not be."""
    return [one.count for one in print_ahead(Work(world.store, contract(), Moment(at)))]


def rename(world: World, names: dict[str, str]) -> None:
    with world.store.writing() as connection:
        for organisation, name in names.items():
            connection.execute(update(organisations).where(organisations.c.id == organisation).values(name=name))
