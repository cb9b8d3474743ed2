"""The generated page and pictures: up to date, complete, and readable by measure."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gateway.contract import walks
from gateway.contract.coverage import ledger, steps_text
from gateway.contract.graph import phase_graph
from gateway.contract.lettering import width, wrapped
from gateway.contract.load import contract
from gateway.contract.page import CHAPTERS
from gateway.contract.render import generated, operations_markdown, phase_graph_dot, phase_graph_svg

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
PROCESSES = ("rta", "elpl")
every_picture = pytest.mark.parametrize("process", PROCESSES)

SERVED_IN_ALL = {
    *("addClaim", "acceptClaim", "rejectClaimToCR", "acknowledgeRejectedClaim", "resendRejectedClaim", "exitRejectedClaim", "reassignToAnotherCM"),
    *("sendLiabilityDecision", "acknowledgeLiabilityDecisionTimeout", "acknowledgeLiabilityAdmitted", "acknowledgeLiabilityAdmittedForChild"),
    *("acknowledgeLiabilityAdmittedWithNeg", "acknowledgeDeniedLiability"),
    *("setInterimPaymentNeeded", "addInterimSPFRequest", "addInterimSPFResponse", "rejectInterimSettlementPack"),
    *("acknowledgeRejectedInterimSettlementPack", "extendInterimPaymentDecisionTimeout", "acknowledgeInterimPaymentDecisionTimeout"),
    *("returnToStartOfStage21", "acceptPartialInterimPayment", "acknowledgePartialPaymentDecision", "setStage21Payment"),
    *("addStage2SPFRequest", "addStage2SPFResponse", "extendStage2SPFDecisionTimeout", "acknowledgeStage2SPFDecisionTimeout"),
    *("acknowledgeStage2SPFConfirmation", "acknowledgeStage2SPFRepudiation", "setStage2SPFCounterOfferNeeded", "addStage2SPFCounterOfferByCR"),
    *("addStage2SPFCounterOfferByCM", "extendStage2SPFCounterOfferTimeout", "setStage2SPFAgreementDecision"),
    *("acknowledgeStage2SPFAgreed", "acknowledgeStage2SPFNotAgreed"),
    *("addCPPFRequest", "addCPPFResponse", "acknowledgeCPPFResponse"),
    *("exitProcess", "acknowledgeExitProcess", "stateFraud", "acknowledgeFraudStated"),
    *("getNotificationsList", "removeNotification"),
    *("addAttachment", "getAttachmentsList", "getAttachment", "getPrintableDocumentsList", "getPrintableDocument"),
    *("getClaim", "getClaimsStatus", "getClaimsList", "searchClaims", "getSystemProcessVersion"),
    *("allocateClaimToBranch", "allocateUser", "deallocateUser", "lockClaim", "unlockClaim", "forceUnlockClaim"),
    *("getOrganisation", "getBranchesList", "getMyUsersList", "getHospitalsList", "searchCompensators", "searchCompensatorsByInsurerIndex"),
}
SERVED_IN_RTA = SERVED_IN_ALL | {
    *("applyArticle75", "setStage1Payment"),
    *("setAdditionalDamagesExistence", "addS2SPFAdditionalDamagesRequest", "addS2SPFAdditionalDamagesResponse"),
    *("extendAdditionalDamagesDecisionTimeout", "acknowledgeAdditionalDamagesDecisionTimeout", "acknowledgeAllDamagesAgreed"),
    *("setS2SPFAdditionalDamagesDecision", "acknowledgeAdditionalDamagesAgreement"),
}
SERVED = {
    "rta-token": SERVED_IN_RTA | {"getToken", "refreshToken", "changePassword"},
    "rta-userauth": SERVED_IN_RTA,
    "elpl-token": SERVED_IN_ALL | {"acknowledgeClaim", "getToken", "refreshToken", "changePassword"},
    "elpl-userauth": SERVED_IN_ALL | {"acknowledgeClaim"},
}
OFFERED = {"rta-token": 81, "rta-userauth": 78, "elpl-token": 72, "elpl-userauth": 69}
# what changes no claim's phase: it needs no step
WITHOUT_STEPS = {
    *("getToken", "refreshToken", "changePassword"),
    *("allocateClaimToBranch", "allocateUser", "deallocateUser", "lockClaim", "unlockClaim", "forceUnlockClaim"),
    *("addAttachment", "getAttachment", "getAttachmentsList", "getPrintableDocument", "getPrintableDocumentsList"),
    *("getNotificationsList", "removeNotification"),
    *("getClaim", "getClaimsStatus", "getClaimsList", "searchClaims", "getSystemProcessVersion"),
    *("getOrganisation", "getBranchesList", "getMyUsersList", "getHospitalsList", "searchCompensators", "searchCompensatorsByInsurerIndex"),
}


def test_the_generated_files_are_up_to_date():
    files = generated(contract(), ROOT)
    assert set(files) == {"OPERATIONS.md", *(f"docs/phases-{process}.{kind}" for process in PROCESSES for kind in ("svg", "dot"))}
    assert [name for name, text in files.items() if (ROOT / name).read_bytes() != text.encode()] == [], "run: make contract"


def test_the_same_table_gives_the_same_files():
    assert generated(contract(), ROOT) == generated(contract(), ROOT)


# the ledger


@pytest.mark.parametrize("service", SERVED)
def test_coverage(service):
    found = ledger(contract())
    assert {entry.operation.name for entry in found.entries if entry.status[service] == "served"} == SERVED[service]
    assert found.offered(service) == OFFERED[service]
    assert found.count(service, "served") + found.count(service, "awaits") == OFFERED[service]


def test_coverage_of_one_process():
    found = ledger(contract(), "elpl")
    assert found.services == ("elpl-token", "elpl-userauth")
    assert len(found.entries) == 72
    assert "applyArticle75" not in {entry.operation.name for entry in found.entries}


def test_every_operation_that_moves_a_claim_has_steps():
    assert {entry.operation.name for entry in ledger(contract()).entries if not entry.steps} == WITHOUT_STEPS


@pytest.mark.parametrize(
    ("steps", "text"),
    [((), ""), (("T1",), "T1"), (("T3", "T4", "T5"), "T3-T5"), (("T22", "T7", "T8", "T10"), "T7-T8, T10, T22")],
)
def test_steps_are_told_in_runs(steps, text):
    assert steps_text(steps) == text


# the page


def test_the_page_tells_every_operation_with_its_state():
    page = operations_markdown(contract())
    rows = {row[0].strip("` "): [cell.strip() for cell in row] for row in cells(page) if len(row) == 7}
    rows.pop("Operation")
    rows.pop("---")
    assert set(rows) == set(contract().operations)
    assert {name for name, row in rows.items() if row[5] == "served"} == set().union(*SERVED.values())
    assert rows["applyArticle75"][:6] == ["`applyArticle75`", "RTA", "compensator", "", "R0", "served"]
    assert rows["addCPPFRequest"][3:6] == ["`CPPFRequestXML`", "R0", "served"]
    assert rows["exitProcess"][1:3] == ["both", "either side"]
    assert rows["acknowledgeStage2SPFAgreed"][2] == "the side whose turn it is"
    assert "Of 82 operations 82 are served." in page


def test_the_page_tells_every_step_phase_and_limit():
    rows = [[cell.strip() for cell in row] for row in cells(operations_markdown(contract()))]
    assert {row[0] for row in rows if re.fullmatch(r"T\d+", row[0])} == {
        move.row for operation in contract().operations.values() for move in operation.moves
    }
    (t17,) = [row for row in rows if row[0] == "T17"]
    assert t17[1:6] == ["`sendLiabilityDecision`", "both", "Liability decision", "admitted-with-negligence", "Liability admitted with negligence"]
    (t8,) = [row for row in rows if row[0] == "T8"]
    assert t8[3:8:4] == ["Claim submitted, Claim acknowledged", "until R4"]
    (t48,) = [row for row in rows if row[0] == "T48"]
    assert t48[7] == "until R2; not reachable: the oldest release kept is R3"
    assert [row[0] for row in rows if "not reachable" in " ".join(row)] == ["T22", "T23", "T48"]
    (t64,) = [row for row in rows if row[0] == "T64"]
    assert t64[5] == "stays"
    (t80,) = [row for row in rows if row[0] == "T80"]
    assert t80[6].startswith("in the claimant representative's turn: ")
    (t75,) = [row for row in rows if row[0] == "T75"]
    assert t75[6].endswith("; then it is the turn of the compensator")
    agreement = [row for row in rows if len(row) == 8 and row[1] == "`Stage2SettlementPackAgreementDecision`"]
    assert [row[3] for row in agreement] == ["claimant representative; after T75 the compensator acts"] * 2
    assert [row[4] for row in agreement] == ["negotiation: 35 business days, 5 more at the end"] * 2
    assert [row[1] for row in rows if len(row) == 8].count("`Article75Decision`") == 1
    assert [row[1] for row in rows if len(row) == 8].count("`LiabilityDecision`") == 2
    k4 = next(row for row in rows if row[0] == "K4")
    assert k4[2:7] == ["EL/PL", "PL", "40", "the notification date", "T19: Liability Decision Timeout"]
    limits = {row[0]: row for row in rows if re.fullmatch(r"K\d+", row[0])}
    assert set(limits) == {"K1", "K2", "K3", "K4", "K6", "K7", "K9", "K10", "K11", "K12", "K13"}
    assert limits["K7"][4] == "15 (30 when extended)"
    assert limits["K11"][5] == "the end of K10"
    assert (limits["K12"][7], limits["K13"][7]) == ("3 days left", "none")


def test_every_chapter_has_a_title_and_its_link_leads_somewhere():
    assert set(CHAPTERS) == {operation.chapter for operation in contract().operations.values()}
    page = operations_markdown(contract())
    headings = {re.sub(r"[^a-z0-9-]", "", title.lower().replace(" ", "-")) for title in re.findall(r"^## (.*)$", page, re.MULTILINE)}
    assert set(re.findall(r"^- \[.*\]\(#(.*)\)$", page, re.MULTILINE)) == headings


def test_tables_of_the_page_are_even():
    for block in operations_markdown(contract()).split("\n\n"):
        if block.startswith("|"):
            assert len({len(row) for row in cells(block)}) == 1


WALKED = {
    "rta": {
        "T1": ["tests/a.py::test_a", "tests/a.py::test_b[x-1]", "tests/a.py::test_b[x-2]", "tests/b.py::test_c", "tests/b.py::test_d"],
        "T3": ["tests/a.py::test_a", "tests/a.py::test_b[x-1]", "tests/b.py::test_d"],
        "T19": ["tests/a.py::test_a"],
    },
    "elpl": {"T1": ["tests/a.py::test_e"]},
}


def test_the_page_tells_which_test_walks_which_row():
    page = operations_markdown(contract(), WALKED)
    part = page.partition("\n## Which test walks which row\n")[2]
    rows = {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells(part)}
    assert list(rows)[2:] == sorted(set(rows) - {"Step", "---"}, key=lambda row: int(row[1:]))
    assert {row[1:] for row in rows if row.startswith("T")} == {
        str(number) for number in {*range(1, 28), *range(30, 51), *range(60, 90), *range(100, 115), *range(120, 128)} - {6, 24, 31, 49, 72}
    }
    c, b, d = "[test_c](tests/b.py)", "[test_b](tests/a.py)", "[test_d](tests/b.py)"  # those that walk one row, two rows …
    assert rows["T1"] == ["`addClaim`", f"{c}, {b} and 2 more", "[test_e](tests/a.py)"]
    assert rows["T3"] == ["`acceptClaim`", f"{b}, {d} and 1 more", "–"]
    assert rows["T19"] == ["*the clock*", "[test_a](tests/a.py)", "**none**"]
    assert rows["T48"] == ["`setStage21Payment`", "not reachable: the oldest release kept is R3", "–"]
    assert rows["T83"][0] == "`addStage2SPFCounterOfferByCM`, `setStage2SPFAgreementDecision`"
    assert rows["T106"] == ["*the clock*", "**none**", "–"]


def test_without_the_file_of_the_tests_the_page_says_nothing_of_them(tmp_path):
    assert "Which test" not in generated(contract(), tmp_path)["OPERATIONS.md"]
    assert "Which test" not in operations_markdown(contract())


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"rta": {"T48": [], "T6": [], "T2": []}}', "rta has no T2, T6"), ('{"elpl": {"T3": []}}', "elpl has no T3"), ('{"el": {}}', "rta, elpl")],
)
def test_the_file_of_the_tests_must_fit_the_table(tmp_path, text, said):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/rows-walked.json").write_text(text)
    with pytest.raises(walks.BadWalks, match=said):
        generated(contract(), tmp_path)


def cells(markdown: str) -> list[list[str]]:
    """The cells of all table rows; no text of the tables has a bar in it."""
    return [line.strip("|").split("|") for line in markdown.splitlines() if line.startswith("|")]


# the picture


@cache
def drawn(process: str) -> ET.Element:
    return ET.fromstring(phase_graph_svg(contract(), process))


def area(element: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a rectangle."""
    x, y, width, height = (float(element.get(key)) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def boxes(svg: ET.Element) -> dict[str, tuple[float, ...]]:
    """Of each phase and each step, by its name or rows."""
    found = {}
    for group in svg.iter(f"{SVG}g"):
        name = group.get("data-phase") or f"{group.get('data-rows')} {group.get('data-from')}"
        assert name not in found
        found[name] = area(group.find(f"{SVG}rect"))
    return found


SIZES = {"title": 20, "stage": 15, "note": 12, "name": 12, "key": 11, "action": 10.5, "fact": 10, "detail": 10, "way": 9.5, "id": 9}


def text_area(text: ET.Element) -> tuple[float, float, float, float]:
    """As wide as in a wide font: a plain guess, not the one the drawing uses."""
    kind = text.get("class")
    per_character = [
        0.42 if character in " ijltfr.,:;()-'/·I" else 1.0 if character in "mwMW" else 0.75 if character.isupper() else 0.63
        for character in text.text
    ]
    width = 0.62 * len(text.text) if kind == "id" else sum(per_character) * (1.12 if kind in ("name", "action", "title", "stage") else 1)
    width *= SIZES[kind]
    x, y = float(text.get("x")), float(text.get("y"))
    left = x if kind in ("title", "stage", "note", "key") else x - width / 2
    return left, y - 0.76 * SIZES[kind], left + width, y + 0.22 * SIZES[kind]


@every_picture
def test_every_phase_and_every_step_is_in_the_picture(process):
    svg = drawn(process)
    phases = {phase.id for phase in contract().phases.values() if process in phase.processes}
    assert {group.get("data-phase") for group in svg.iter(f"{SVG}g")} - {None} == phases
    steps = {move.row for one in contract().operations.values() for move in one.moves if process in move.processes}
    clocks = {clock.row for name, clock in contract().clocks.items() if any(contract().phases[phase].clock == name for phase in phases)}
    words = " ".join(text.text for text in svg.iter(f"{SVG}text"))
    assert set(re.findall(r"T\d+\b", words)) == steps | clocks
    assert len(steps | clocks) == {"rta": 90, "elpl": 70}[process]


IN_WORDS = {  # steps that have no line: those that leave the claim where it is, and those that lead far away from many places
    "rta": ({"T12", "T38", "T64", "T79", "T105"}, {"T23", "T124", "T126"}),
    "elpl": ({"T12", "T38", "T64", "T79"}, {"T124", "T126"}),
}


@every_picture
def test_lines_join_what_the_table_joins(process):
    graph = phase_graph(contract(), process)
    told = {(arrow.row, source, arrow.target) for arrow in graph.arrows for source in arrow.sources}
    lines = set()
    for group in drawn(process).iter(f"{SVG}g"):
        for row in (group.get("data-rows") or "").split():
            lines |= {(row, source, group.get("data-to")) for source in group.get("data-from").split() or [""]}
    assert lines <= told
    stays, away = IN_WORDS[process]
    assert {row for row, source, target in told - lines if source == target} == stays
    assert {row for row, source, target in told - lines if source != target} == away
    assert not away & {row for row, _, _ in lines}


@every_picture
def test_the_ways_out_stand_on_their_cards(process):
    exits, frauds = {"rta": (25, 7), "elpl": (21, 6)}[process]
    words = {name: " ".join(text.text for text in group.iter(f"{SVG}text")) for name, group in cards(process).items()}
    assert sum("exitProcess (T124)" in text for text in words.values()) == exits
    assert sum("stateFraud (T126)" in text for text in words.values()) == frauds
    assert f"from {exits} phases: exitProcess by either side (T124)" in words["ExitProcess"]
    assert f"from {frauds} phases: stateFraud by the compensator (T126)" in words["FraudStated"]
    assert "also:" not in words["LiabilityDecisionTimeout"]


def cards(process: str) -> dict[str, ET.Element]:
    return {group.get("data-phase"): group for group in drawn(process).iter(f"{SVG}g") if group.get("data-phase")}


def pills(process: str) -> dict[str, ET.Element]:
    """By rows, then a blank and where from if there are two."""
    return {group.get("data-rows"): group for group in drawn(process).iter(f"{SVG}g") if group.get("data-rows")}


def test_the_lines_of_stage_1():
    groups = pills("rta")
    assert groups["T15"].get("data-from") == "LiabilityDecision"
    assert groups["T15"].get("data-to") == "LiabilityAdmitted"
    assert groups["T13 T14"].get("data-to") == "LiabilityDecision"  # two outcomes, one way
    assert groups["T19"].get("data-from").split() == ["ClaimSubmitted", "Article75Decision", "LiabilityDecision"]
    assert groups["T1"].get("data-from") == ""
    words = [text.text for text in groups["T19"].iter(f"{SVG}text")]
    assert words == ["liability limit passed", "15 or 30 business days", "T19"]


@every_picture
def test_a_step_has_the_colour_of_the_side_that_makes_it(process):
    sides = {row: group.find(f"{SVG}rect").get("class").removeprefix("pill ") for row, group in pills(process).items()}
    refused = "T81" if process == "rta" else "T82"
    assert {row: sides[row] for row in ("T60", "T61", "T65", "T80", refused, "T83", "T84", "T85", "T125")} == {
        "T60": "cr",
        "T61": "cm",
        "T65": "clock",
        "T80": "cr",
        refused: "cr",
        "T83": "cm",
        "T84": "cm",
        "T85": "other",
        "T125": "other",
    }
    assert {row for row, side in sides.items() if side == "old"} == ({"T22", "T48"} if process == "rta" else set())
    assert {row for row, side in sides.items() if side == "clock"} == {"T19", "T39", "T65", "T122"} | ({"T106"} if process == "rta" else set())
    if process == "rta":
        assert (sides["T112"], sides["T113"], sides["T114"]) == ("cm", "cm", "cr")


@every_picture
def test_the_turn_is_shown(process):
    def said(group):
        return " ".join(text.text for text in group.iter(f"{SVG}text"))

    assert "after T75 the compensator acts" in said(cards(process)["Stage2SettlementPackAgreementDecision"])
    assert said(pills(process)["T80"]).endswith("T80 claimant representative's turn")
    t83 = said(pills(process)["T83"])
    assert t83.endswith("agreed · T83 compensator's turn")
    assert t83.replace(" ", "").startswith("addStage2SPFCounterOfferByCMorsetStage2SPFAgreementDecision")  # two operations make one step


@every_picture
def test_what_can_make_a_limit_longer_is_on_the_cards(process):
    words = {name: " ".join(text.text for text in group.iter(f"{SVG}text")) for name, group in cards(process).items()}
    assert "limit: 10 or 15 business days, 30 when extended" in words["InterimPaymentDecision"]
    assert "limit: 15 business days stays" in words["Stage2SettlementPackDecision"]
    assert "limit: 35 business days, 5 more at the end" in words["Stage2SettlementPackCounterOffer"]
    assert "gone 60 days later" in words["ClaimRejectedToCR"]


def test_a_legend_explains_what_is_there():
    assert "for releases that are no longer kept" in phase_graph_svg(contract(), "rta")
    assert "for releases that are no longer kept" not in phase_graph_svg(contract(), "elpl")


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("also: exitProcess (T124), stateFraud (T126)", 160, ("also: exitProcess (T124),", "stateFraud (T126)")),
        ("acknowledgeRejectedClaim", 100, ("acknowledge", "RejectedClaim")),
        ("stays: acknowledgeRejectedClaim", 110, ("stays: acknowledge", "RejectedClaim")),
        ("a", 1, ("a",)),
        ("", 100, ("",)),
    ],
)
def test_words_are_broken_only_where_they_must(text, limit, lines):
    assert wrapped(text, 10, limit) == lines
    assert all(width(line, 10) <= limit for line in lines) or limit == 1


@every_picture
def test_no_two_boxes_overlap_and_none_is_cut(process):
    svg = drawn(process)
    wide, tall = float(svg.get("width")), float(svg.get("height"))
    places = boxes(svg)
    assert [(one, other) for one, other in combinations(places, 2) if not apart(places[one], places[other])] == []
    assert all(left >= 0 and top >= 0 and right <= wide and bottom <= tall for left, top, right, bottom in places.values())


@every_picture
def test_text_fits_its_box_and_meets_no_other_text(process):
    svg = drawn(process)
    for group in svg.iter(f"{SVG}g"):
        left, top, right, bottom = area(group.find(f"{SVG}rect"))
        for text in group.iter(f"{SVG}text"):
            place = text_area(text)
            assert left <= place[0], text.text
            assert place[2] <= right, text.text
            assert top <= place[1], text.text
            assert place[3] <= bottom, text.text
    for text in svg.findall(f"{SVG}text"):  # titles, names of stages, legend
        assert [name for name, box in boxes(svg).items() if not apart(text_area(text), box)] == [], text.text
    texts = [(text.text, text_area(text)) for text in svg.iter(f"{SVG}text")]
    wide, tall = float(svg.get("width")), float(svg.get("height"))
    assert [text for text, place in texts if place[0] < 0 or place[2] > wide or place[3] > tall] == []
    assert [(one[0], other[0]) for one, other in combinations(texts, 2) if not apart(one[1], other[1])] == []


def points(path: str) -> list[tuple[float, float]]:
    """Points along a line, close to each other; M, V and C are all it is made of."""
    found = []
    x = y = 0.0
    for command, numbers in re.findall(r"([MVC])([^MVC]*)", path):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "V":
            found += [(x, y + (values[0] - y) * step / 40) for step in range(41)]
            y = values[0]
        else:
            ax, ay, bx, by, cx, cy = values
            for step in range(41):
                t = step / 40
                weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
                found.append(
                    (
                        sum(w * v for w, v in zip(weights, (x, ax, bx, cx), strict=True)),
                        sum(w * v for w, v in zip(weights, (y, ay, by, cy), strict=True)),
                    )
                )
            x, y = cx, cy
    return found


@every_picture
def test_no_line_runs_through_a_box_or_a_text(process):
    svg = drawn(process)
    obstacles = boxes(svg)
    free_texts = {text.text: text_area(text) for text in svg.findall(f"{SVG}text")}
    for group in svg.iter(f"{SVG}g"):
        if not group.get("data-rows"):
            continue
        for x, y in points(group.find(f"{SVG}path").get("d")):
            through = [
                name
                for name, (left, top, right, bottom) in {**obstacles, **free_texts}.items()
                if left + 0.5 < x < right - 0.5 and top + 0.5 < y < bottom - 0.5
            ]
            assert through == [], group.get("data-rows")


@every_picture
def test_a_line_begins_at_its_phase_and_ends_at_the_next(process):
    svg = drawn(process)
    places = boxes(svg)
    for group in svg.iter(f"{SVG}g"):
        if not group.get("data-rows"):
            continue
        tip = [float(number) for number in re.findall(r"-?[\d.]+", group.find(f"{SVG}path[2]").get("d"))][:2]
        left, top, right, bottom = places[group.get("data-to")]
        assert left < tip[0] < right
        assert tip[1] == pytest.approx(top, abs=0.2) or tip[1] == pytest.approx(bottom, abs=0.2)
        dots = [(float(dot.get("cx")), float(dot.get("cy"))) for dot in group.iter(f"{SVG}circle")]
        for source in group.get("data-from").split():
            left, top, right, bottom = places[source]
            assert any(left < x < right and (abs(y - top) < 0.2 or abs(y - bottom) < 0.2) for x, y in dots), (group.get("data-rows"), source)


@every_picture
def test_a_picture_can_be_read_aloud(process):
    svg = drawn(process)
    title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert svg.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"
    told = {line.split(":")[0] for line in description.text.splitlines()[1:]}
    assert told == {arrow.row for arrow in phase_graph(contract(), process).arrows}


@pytest.mark.parametrize("process", PROCESSES)
def test_who_acts_is_shown_by_colour_and_by_word(process):
    for group in drawn(process).iter(f"{SVG}g"):
        if name := group.get("data-phase"):
            phase = contract().phases[name]
            kind = group.find(f"{SVG}rect").get("class").split()[1]
            words = " ".join(text.text for text in group.iter(f"{SVG}text"))
            expected = "end" if phase.end else {"claimant-representative": "cr", "compensator": "cm"}.get(phase.acts, "other")
            assert kind == expected
            assert {"end": "ended", "cr": "claimant representative acts", "cm": "compensator acts", "other": "the other side acts"}[kind] in words


@every_picture
def test_dot_has_every_phase_and_every_way(process):
    text = phase_graph_dot(contract(), process)
    graph = phase_graph(contract(), process)
    assert set(re.findall(r'^    "(\w+)" \[', text, re.MULTILINE)) == {phase.id for phase in graph.phases}
    assert len(re.findall(r'^  "\w*" -> "\w+" \[', text, re.MULTILINE)) == sum(len(arrow.sources) for arrow in graph.arrows)
    assert len(re.findall(r"-> .*, style=dashed\]$", text, re.MULTILINE)) == sum(len(arrow.sources) for arrow in graph.arrows if not arrow.operation)
    assert text.count("{") == text.count("}")
    assert text.count('"') % 2 == 0


def test_the_page_tells_what_each_profile_may():
    rows = [[cell.strip() for cell in row] for row in cells(operations_markdown(contract()))]
    profile = {row[0]: row for row in rows if len(row) == 6 and row[1] in ("claimant representative", "compensator")}
    assert len(profile) == 13
    dispatcher = profile["COMP RTA Claim Dispatcher, COMP ELPL Claim Dispatcher, COMP Claim Dispatcher"]
    assert dispatcher[1:5] == ["compensator", "claims received and not yet taken on, in whatever branch", "look-up, read, first-line, allocate", ""]
    assert profile["CR Administrator"][2:5] == ["no claim", "look-up", "users, branches, agreement"]
    right = {row[0]: row[1] for row in rows if len(row) == 2}
    assert right["unlock"] == "`forceUnlockClaim`"
    assert right["allocate"] == "`allocateUser`, `deallocateUser`"
    assert "`addClaim`" in right["work"]
