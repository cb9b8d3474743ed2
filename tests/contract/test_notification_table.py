"""What is posted, to whom, and what posts it: the whole table against lists written by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.contract.load import TABLES, BadTable, contract
from gateway.contract.model import PROCESSES, RELEASES
from gateway.contract.notifications import EVENTS, FIELDS, RECIPIENTS, load, notifications

CR, COMP, OTHER, HOLDER, FORMER = "claimant-representative", "compensator", "other-side", "holder", "former"
TABLE = notifications()

# Stated by a source, letter by letter: those of the time limits, the acceptance and the transfer.
STATED = {
    "Liability decision for claim {id}: 5 days left",
    "Liability decision for claim {id}: 1 day left",
    "Liability decision for claim {id}: time limit reached",
    "Stage 2.1 Interim Payment needed for claim {id}: 3 days left",
    "Stage 2.1 Interim Payment needed for claim {id}: 1 day left",
    "Stage 2.1 Interim Payment needed for claim {id}: time limit reached",
    "Stage 2 Settlement Pack response needed for claim {id}: 3 days left",
    "Stage 2 Settlement Pack response needed for claim {id}: 1 day left",
    "Stage 2 Settlement Pack response needed for claim {id}: time limit reached",
    "Stage 2 Settlement Pack counter offer needed for claim {id}: 3 days left",
    "Stage 2 Settlement Pack counter offer needed for claim {id}: 1 day left",
    "Stage 2 Settlement Pack counter offer needed for claim {id}: time limit reached",
    "Stage 2 Additional Damages decision needed for claim {id}: 3 days left",
    "Stage 2 Additional Damages decision needed for claim {id}: 1 day left",
    "Stage 2 Additional Damages decision needed for claim {id}: time limit reached",
    "Claim {id} accepted by Compensator",
    "The claim {id} was transferred from {from} to {to}",
}
# clock: what stands before the colon, who is warned, days left
CLOCKS = {
    **dict.fromkeys(("K1", "K2", "K3", "K4"), ("Liability decision for claim {id}", COMP, 5)),
    **dict.fromkeys(("K6", "K7"), ("Stage 2.1 Interim Payment needed for claim {id}", COMP, 3)),
    "K9": ("Stage 2 Settlement Pack response needed for claim {id}", COMP, 3),
    **dict.fromkeys(("K10", "K11"), ("Stage 2 Settlement Pack counter offer needed for claim {id}", HOLDER, 3)),
    "K12": ("Stage 2 Additional Damages decision needed for claim {id}", COMP, 3),
}
SILENT_CLOCKS = {"K13"}
# row: text, recipients
ROWS = {
    "T1": ("New Claim Notification Form for claim {id}", {COMP}),
    "T2": ("Acknowledgement by Compensator for claim {id}", {CR}),
    **dict.fromkeys(("T3", "T4", "T5"), ("Claim {id} accepted by Compensator", {CR})),
    "T7": ("Claim {id} rejected by Compensator: {rejection_reason}", {CR}),
    "T8": ("Claim {id} rejected by Compensator", {CR}),
    "T10": ("Corrected Claim Notification Form for claim {id}", {COMP}),
    "T11": ("Exit Rejected Claim for claim {id}", {COMP}),
    "T12": ("Claim {id} re-assigned to another Compensator", {CR, COMP}),
    "T14": ("Article 75 applied for claim {id}", {CR}),
    **dict.fromkeys(("T15", "T16", "T17", "T18"), ("Liability decision sent for claim {id}", {CR})),
    "T23": ("Exit process for claim {id}: Stage 1 costs not paid on time", {COMP}),
    "T33": ("Interim Settlement Pack for claim {id}", {COMP}),
    **dict.fromkeys(("T34", "T35"), ("Interim Settlement Pack response for claim {id}", {CR})),
    "T36": ("Interim Settlement Pack rejected for claim {id}", {CR}),
    "T38": ("Stage 2.1 Interim Payment time limit extended for claim {id}", {OTHER}),
    **dict.fromkeys(("T43", "T44"), ("Partial Interim Payment decision for claim {id}", {COMP})),
    "T50": ("Interim Payment not received for claim {id}", {COMP}),
    "T60": ("Stage 2 Settlement Pack for claim {id}", {COMP}),
    "T61": ("Stage 2 Settlement Pack confirmation for claim {id}", {CR}),
    "T63": ("Stage 2 Settlement Pack repudiation for claim {id}", {CR}),
    "T64": ("Stage 2 Settlement Pack response time limit extended for claim {id}", {OTHER}),
    **dict.fromkeys(("T62", "T74", "T75", "T77", "T78"), ("Stage 2 Settlement Pack counter offer for claim {id}", {OTHER})),
    "T79": ("Stage 2 Settlement Pack counter offer time limit extended for claim {id}", {OTHER}),
    **dict.fromkeys(("T76", "T80", "T83"), ("Stage 2 Settlement Pack agreed for claim {id}", {OTHER})),
    **dict.fromkeys(("T81", "T82", "T84"), ("Stage 2 Settlement Pack not agreed for claim {id}", {OTHER})),
    "T102": ("Stage 2 Additional Damages for claim {id}", {COMP}),
    "T103": ("Stage 2 all damages agreed for claim {id}", {CR}),
    "T104": ("Stage 2 Additional Damages counter offer for claim {id}", {CR}),
    "T105": ("Stage 2 Additional Damages decision time limit extended for claim {id}", {OTHER}),
    "T110": ("Stage 2 Additional Damages agreed for claim {id}", {COMP}),
    "T111": ("Stage 2 Additional Damages not agreed for claim {id}", {COMP}),
    "T120": ("Court Proceedings Pack for claim {id}", {COMP}),
    "T121": ("Court Proceedings Pack response for claim {id}", {CR}),
    "T124": ("Exit process for claim {id}: {exit_reason}", {OTHER}),
    "T126": ("Fraud stated for claim {id}", {CR}),
}
# Acknowledgements, and steps after which the same side acts again: nobody has to act or to know.
SILENT_ROWS = {
    *("T9", "T13", "T20", "T21", "T22", "T25", "T26", "T27"),
    *("T30", "T32", "T37", "T40", "T41", "T42", "T45", "T46", "T47", "T48"),
    *("T66", "T67", "T68", "T69", "T70", "T71", "T73", "T85", "T86", "T87", "T88", "T89"),
    *("T100", "T101", "T107", "T108", "T109", "T112", "T113", "T114", "T123", "T125", "T127"),
}
ROWS_OF_THE_TABLE = {move.row: move for operation in contract().operations.values() for move in operation.moves}


def test_the_texts_that_are_stated() -> None:
    assert {one.text for one in TABLE.all.values() if one.basis.startswith(("text S", "text and end with R6 S", "S"))} == STATED


def test_every_step_tells_somebody_or_is_known_not_to() -> None:
    assert ROWS.keys() | SILENT_ROWS == ROWS_OF_THE_TABLE.keys()
    assert not ROWS.keys() & SILENT_ROWS
    assert {row for one in TABLE.all.values() for row in one.rows} == ROWS.keys()


@pytest.mark.parametrize("row", ROWS)
def test_what_a_step_posts(row: str) -> None:
    """Wherever the step exists, that notice and no other."""
    move = ROWS_OF_THE_TABLE[row]
    for process in move.processes:
        for release in RELEASES:
            posted = [(one.text, set(one.to)) for one in TABLE.of_row(process, release, row)]
            if release in move.releases:
                assert posted == [ROWS[row]], (process, release)
            else:
                assert posted in ([], [ROWS[row]])


def test_clocks_with_and_without_notices() -> None:
    assert CLOCKS.keys() | SILENT_CLOCKS == contract().variants.keys()
    assert {row for one in TABLE.all.values() for row in (*one.warns, *one.reached)} == CLOCKS.keys()


@pytest.mark.parametrize("row", CLOCKS)
def test_what_a_clock_posts(row: str) -> None:
    """A warning, and before release 6 a second one; at the end both sides are told."""
    what, warned, days = CLOCKS[row]
    for process in contract().variants[row].processes:
        for release in RELEASES:
            warnings = [(one.text, one.to, one.days_left) for one in TABLE.warnings(process, release, row)]
            second = [(f"{what}: 1 day left", (warned,), 1)] if release < "R6" else []
            assert warnings == [(f"{what}: {days} days left", (warned,), days), *second]
            (reached,) = TABLE.of_limit(process, release, row)
            assert (reached.text, set(reached.to)) == (f"{what}: time limit reached", {CR, COMP})


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("release", RELEASES)
def test_what_is_no_step(process: str, release: str) -> None:
    posted = {event: [(one.text, set(one.to)) for one in TABLE.of_event(process, release, event)] for event in EVENTS}
    assert posted == {
        "attachment-added": [("Attachment added for claim {id}", {OTHER})],
        "claim-transferred": [("The claim {id} was transferred from {from} to {to}", {FORMER, CR, COMP})],
    }


def test_no_text_stands_twice() -> None:
    texts = [one.text for one in TABLE.all.values()]
    assert len(texts) == len(set(texts))


def test_everything_allowed_is_used() -> None:
    assert {field for one in TABLE.all.values() for field in one.fields} == set(FIELDS)
    assert {recipient for one in TABLE.all.values() for recipient in one.to} == set(RECIPIENTS)


GOOD = """
[accepted]
text = "Claim {id} accepted"
to = ["compensator"]
rows = ["T3"]
basis = "S"
"""
CLOCK = """
[warned]
text = "Claim {id}: 3 days left"
to = ["holder"]
warns = ["K12"]
days-left = 3
basis = "S"

[ended]
text = "Claim {id}: time limit reached"
to = ["holder"]
reached = ["K12"]
basis = "S"
"""
BAD = [
    (('to = ["compensator"]', 'to = ["compensator"]\ncolour = "red"'), "notices.toml [accepted]: nobody knows colour"),
    (('rows = ["T3"]', 'rows = ["T3", "T333"]'), "notices.toml [accepted]: rows has T333, which nobody knows"),
    (('rows = ["T3"]', 'events = ["wedding"]'), "notices.toml [accepted]: events has wedding, which nobody knows"),
    (('rows = ["T3"]', 'reached = ["K99"]'), "notices.toml [accepted]: reached has K99, which nobody knows"),
    (('rows = ["T3"]', 'rows = "T3"'), "notices.toml [accepted]: rows must be list"),
    (('rows = ["T3"]', 'rows = ["T3", "T3"]'), "notices.toml [accepted]: rows says something twice"),
    (('rows = ["T3"]\n', ""), "notices.toml [accepted]: nothing posts it; one of rows, warns, reached, events is needed"),
    (('to = ["compensator"]\n', ""), "notices.toml [accepted]: to is missing"),
    (('["compensator"]', "[]"), f"notices.toml [accepted]: to must name some of {', '.join(RECIPIENTS)}"),
    (('["compensator"]', '["everybody"]'), f"notices.toml [accepted]: to must name some of {', '.join(RECIPIENTS)}"),
    (("Claim {id}", "Claim"), f"notices.toml [accepted]: text must have {{id}}, and no other fields than {', '.join(FIELDS)}"),
    (("Claim {id}", "Claim {id} of {name}"), f"notices.toml [accepted]: text must have {{id}}, and no other fields than {', '.join(FIELDS)}"),
    (("Claim {id}", "Claim {id} {"), f"notices.toml [accepted]: text must have {{id}}, and no other fields than {', '.join(FIELDS)}"),
    (('basis = "S"', ""), "notices.toml [accepted]: basis is missing"),
    (('basis = "S"', 'only = "uk"\nbasis = "S"'), "notices.toml [accepted]: only is 'uk'; allowed: rta, elpl"),
    (('basis = "S"', 'until = "R9"\nbasis = "S"'), f"notices.toml [accepted]: there is no release R9; known: {', '.join(RELEASES)}"),
    (("days-left = 3\n", ""), "notices.toml [warned]: warns and days-left go together"),
    (('rows = ["T3"]', 'rows = ["T3"]\ndays-left = 3'), "notices.toml [accepted]: warns and days-left go together"),
    (("3 days left", "4 days left"), "notices.toml [warned]: text does not say that 3 days are left"),
    (('["holder"]', '["other-side"]'), "notices.toml [warned]: where a clock posts it there is no other side"),
    (("days-left = 3", "days-left = 2"), "notices.toml [warned]: text does not say that 2 days are left"),
    (("3", "2"), "notices.toml: clock K12 warns at [2] days left in rta; clocks.toml has 3"),
    (('basis = "S"\n\n[ended]', 'until = "R5"\nbasis = "S"\n\n[ended]'), "notices.toml: clock K12 warns at [] days left in rta; clocks.toml has 3"),
    (
        ('reached = ["K12"]', 'events = ["attachment-added"]'),
        "notices.toml: clock K12 has no text for its end in rta, against its warning in clocks.toml",
    ),
]


def read(text: str, folder: Path) -> None:
    path = folder / "notices.toml"
    path.write_text(text, encoding="utf-8")
    table = contract()
    load(path, replace(table, clocks={"additional-damages": table.clocks["additional-damages"]}) if "K12" in text else replace(table, clocks={}))


def test_the_good_ones_are_good(tmp_path: Path) -> None:
    read(GOOD, tmp_path)
    read(GOOD + CLOCK, tmp_path)


@pytest.mark.parametrize(("change", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_a_bad_table_is_refused(change: tuple[str, str], problem: str, tmp_path: Path) -> None:
    text = GOOD if change[0] in GOOD and "notices.toml: clock" not in problem and "warned" not in problem else CLOCK
    assert change[0] in text
    with pytest.raises(BadTable) as caught:
        read(text.replace(change[0], change[1]), tmp_path)
    assert str(caught.value) == problem


def test_a_clock_that_ends_without_warning(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_text('[ended]\ntext = "Claim {id}"\nto = ["compensator"]\nreached = ["K13"]\nbasis = "S"\n', encoding="utf-8")
    with pytest.raises(BadTable, match=r"clock K13 has a text for its end in rta, against its warning in clocks\.toml"):
        load(path, replace(contract(), clocks={"court": contract().clocks["court"]}))


def test_the_file_is_the_one_that_is_served() -> None:
    assert load(TABLES / "notifications.toml", contract()) == TABLE
