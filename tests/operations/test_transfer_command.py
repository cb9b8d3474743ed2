"""`gateway transfer`: what it shows, refuses and leaves behind, also when it is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from claim_rows import SENT, add_claim
from sqlalchemy import func, select, update
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.__main__ import app
from gateway.commands import transfer as command
from gateway.operations.transfer import order, transfer
from gateway.store import claims, notices, sandbox
from gateway.store.claims import Claim
from gateway.store.engine import Store
from gateway.store.tables import audit, branches, events, organisations, transfers, users
from gateway.store.tables import claims as claims_table

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
WAITING = {"running": None, "acts": "claimant-representative"}

Type = Callable[..., Result]


def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


@pytest.fixture
def type_(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Types `gateway transfer …`; the clock stands still."""
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    monkeypatch.setenv("GATEWAY_DATABASE_URL", url(seeded_store))
    monkeypatch.setenv("GATEWAY_ADMIN", "desk")
    return lambda *words: CliRunner().invoke(app, ["transfer", *words], env={"COLUMNS": "160"})


def put(store: Store, count: int = 1, **values: object) -> list[Claim]:
    with store.writing() as connection:
        return [add_claim(connection, **values) for _ in range(count)]


def held_by(store: Store, column: str = "cm_organisation") -> Counter[str]:
    with store.reading() as connection:
        return Counter(connection.scalars(select(claims_table.c[column])))


def test_a_dry_run_shows_and_changes_nothing(type_: Type, seeded_store: Store) -> None:
    put(seeded_store, 3)
    put(seeded_store, 2, phase="StartOfStage21", **WAITING)
    put(seeded_store, 1, phase="ExitProcessEnd", running=None, acts=None, ended=True)
    put(seeded_store, 1, deleted_at=SENT, gone_at=datetime(2026, 12, 7, tzinfo=UTC))
    put(seeded_store, 1, phase="ClaimRejectedToCR", gone_at=NOW, **WAITING)
    put(seeded_store, 1, cm_organisation="COMP003")
    shown = type_("COMP001", "COMP002")
    assert shown.exit_code == 0
    assert [line.split() for line in shown.stdout.splitlines() if line] == [
        ["From", "COMP001", "Thistledown", "Insurance", "plc", "to", "COMP002", "Copperfen", "Mutual", "Insurance", "Society,", "branch", "001"],
        ["Allocated", "to", "nobody"],
        ["phase", "claims"],
        ["ClaimSubmitted", "3"],
        ["StartOfStage21", "2"],
        ["together", "5"],
        [
            "(The",
            "portal",
            "transfers",
            "about",
            "100",
            "claims",
            "or",
            "more",
            "at",
            "a",
            "time.",
            "Fewer",
            "are",
            "transferred",
            "here",
            "all",
            "the",
            "same.)",
        ],
        ["Nothing", "was", "changed.", "--do", "transfers", "them."],
    ]
    assert held_by(seeded_store) == {"COMP001": 8, "COMP003": 1}
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(audit)) == 0


def test_done_and_done_again(type_: Type, seeded_store: Store) -> None:
    given = put(seeded_store, 120)
    (ended,) = put(seeded_store, 1, phase="ExitProcessEnd", running=None, acts=None, ended=True)
    done = type_("COMP001", "COMP002", "--do")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "      120  transferred"
    assert "about 100" not in done.stdout
    assert held_by(seeded_store) == {"COMP002": 120, "COMP001": 1}
    with seeded_store.reading() as connection:
        rows = connection.execute(select(transfers)).all()
        assert {(row.number, row.from_organisation, row.to_organisation, row.at, row.by) for row in rows} == {(1, "COMP001", "COMP002", NOW, "desk")}
        assert {row.claim_id for row in rows} == {claim.id for claim in given}
        after = claims.load(connection, given[0].id)
        assert after is not None
        before = given[0]
        assert (after.phase, after.acts, after.deadlines, after.running, after.due_at, after.next_at) == (
            *(before.phase, before.acts, before.deadlines, before.running, before.due_at, before.next_at),
        )
        assert (after.event_number, after.updated_at, after.current_user) == (2, NOW, None)
        text = f"The claim {before.application_id} was transferred from COMP001 to COMP002"
        assert sorted(notices.of_claim(connection, before.id)) == [
            (organisation, "claim-transferred", text, NOW) for organisation in ("COMP001", "COMP002", "CR00001")
        ]
        assert notices.of_claim(connection, ended.id) == []
        (entry,) = connection.execute(select(audit)).all()
    assert (entry.who, entry.what, entry.subject, entry.detail) == (
        *("desk", "claim.transfer", "COMP001"),
        {"to": "COMP002", "claims": 120, "branch": "001", "user": None},
    )
    again = type_("COMP001", "COMP002", "--do")
    assert again.exit_code == 0
    assert again.stdout.splitlines()[-1] == "There is nothing to transfer."
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(transfers)) == 120


def test_claimant_representatives_have_no_branches(type_: Type, seeded_store: Store) -> None:
    put(seeded_store, 2, cr_user="cr1-handler", lock_user="cr1-handler", lock_side="claimant-representative", cm_user="comp1-handler")
    assert type_("CR00001", "CR00002", "--branch", "001").stderr == "A claimant representative's claims are in no branch.\n"
    assert type_("CR00001", "CR00002", "--do", "--user", "cr2-handler").exit_code == 0
    assert held_by(seeded_store, "cr_organisation") == {"CR00002": 2}
    assert held_by(seeded_store, "cr_user") == {"cr2-handler": 2}
    assert held_by(seeded_store, "cm_user") == {"comp1-handler": 2}
    assert held_by(seeded_store, "lock_user") == {None: 2}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["COMP001", "CR00001"],
            "COMP001 is a compensator and CR00001 is a claimant representative; claims pass between organisations of one type only.",
        ),
        (["COMP001", "COMP001"], "COMP001 has its claims already."),
        (["COMP001", "COMP077"], "There is no organisation COMP077."),
        (["COMP077", "COMP001"], "There is no organisation COMP077."),
        (["COMP001", "COMP002", "--phase", "ExitProcessEnd"], "Claims in ExitProcessEnd have ended; only claims in progress can be transferred."),
        (["COMP001", "COMP002", "--phase", "Nowhere"], "There is no phase Nowhere."),
        (["COMP001", "COMP002", "--phase", "ClaimSubmited"], "There is no phase ClaimSubmited; did you mean ClaimSubmitted"),
        (["COMP001", "COMP002", "--process", "el"], "--process is 'el'; allowed: rta, elpl."),
        (["COMP001", "COMP002", "--branch", "007"], "COMP002 has no enabled branch 007; its enabled branches: 001, 002."),
        (["COMP001", "COMP002", "--user", "comp1-handler"], "comp1-handler is no active user of COMP002."),
        (["COMP001", "COMP002", "--user", "comp2-admin"], "User comp2-admin has no profile to work on every RTA claim that would be transferred."),
        (
            ["COMP001", "COMP002", "--user", "comp2-branch2"],
            "User comp2-branch2 has no profile to work on every RTA claim that would be transferred.",
        ),
        (["COMP001", "COMP002", "--user", "comp2-dispatcher"], "User comp2-dispatcher has no profile to work on every RTA claim"),
    ],
)
def test_what_cannot_be(type_: Type, seeded_store: Store, words: list[str], told: str) -> None:
    put(seeded_store)
    refused = type_(*words, "--do")
    assert refused.exit_code == 2
    assert refused.stderr.startswith(told)
    assert held_by(seeded_store) == {"COMP001": 1}


def test_ids_in_either_case(type_: Type, seeded_store: Store) -> None:
    """As for all other commands."""
    put(seeded_store)
    assert type_("comp001", "Comp002", "--do").exit_code == 0
    assert held_by(seeded_store) == {"COMP002": 1}


def test_for_programs(type_: Type, seeded_store: Store) -> None:
    claims_of_one = [claim.application_id for claim in put(seeded_store, 2)]
    (other,) = (claim.application_id for claim in put(seeded_store, 1, phase="StartOfStage21", **WAITING))
    expected = {
        "from": "COMP001",
        "to": "COMP002",
        "branch": "001",
        "user": None,
        "claims": [*claims_of_one, other],
        "phases": {"ClaimSubmitted": 2, "StartOfStage21": 1},
        "left": {},
        "done": None,
    }
    assert json.loads(type_("COMP001", "COMP002", "--json").stdout) == expected
    assert held_by(seeded_store) == {"COMP001": 3}
    assert json.loads(type_("COMP001", "COMP002", "--json", "--do").stdout) == {**expected, "done": {"transferred": 3}}
    assert held_by(seeded_store) == {"COMP002": 3}
    nothing = {**expected, "claims": [], "phases": {}}
    assert json.loads(type_("COMP001", "COMP002", "--json", "--do").stdout) == nothing


def test_its_help_tells_what_is_usual(type_: Type) -> None:
    """Square brackets would be taken for markup, and not be shown."""
    shown = " ".join(type_("--help").stdout.split())
    assert "Default: its central point" in shown
    assert "Default: nobody" in shown


def test_a_user_of_the_branch_may_have_them(type_: Type, seeded_store: Store) -> None:
    put(seeded_store)
    assert type_("COMP001", "COMP002", "--branch", "002", "--user", "comp2-branch2", "--do").exit_code == 0
    assert held_by(seeded_store, "cm_branch") == {"002": 1}


@pytest.mark.parametrize(
    ("table", "values", "words", "told"),
    [
        (organisations, {"enabled": False}, [], "COMP002 is disabled.\n"),
        (organisations, {"rta": False}, [], "COMP002 is not registered for RTA claims, and 2 would be such.\n"),
        (branches, {"enabled": False}, ["--branch", "002"], "COMP002 has no enabled branch 002; its enabled branches: none.\n"),
        (users, {"enabled": False}, ["--user", "comp2-handler"], "comp2-handler is no active user of COMP002.\n"),
        (users, {"expires_on": date(2026, 11, 23)}, ["--user", "comp2-handler"], "comp2-handler is no active user of COMP002.\n"),
    ],
)
def test_a_destination_that_may_not_have_them(
    type_: Type, seeded_store: Store, table: object, values: dict[str, object], words: list[str], told: str
) -> None:
    put(seeded_store, 2)
    key = table.c.id if table is organisations else table.c.organisation_id  # type: ignore[attr-defined]
    with seeded_store.writing() as connection:
        connection.execute(update(table).where(key == "COMP002").values(values))  # type: ignore[arg-type]
    refused = type_("COMP001", "COMP002", "--do", *words)
    assert (refused.exit_code, refused.stderr) == (2, told)
    assert held_by(seeded_store) == {"COMP001": 2}


def test_only_some(type_: Type, seeded_store: Store) -> None:
    put(seeded_store, 2)
    put(seeded_store, 3, phase="StartOfStage21", **WAITING)
    put(seeded_store, 4, process="elpl", claim_type="EL", release="R6", running=None)
    assert type_("COMP001", "COMP002", "--process", "elpl", "--do").stdout.splitlines()[-1].split() == ["4", "transferred"]
    assert type_("COMP001", "COMP002", "--phase", "StartOfStage21", "--do").stdout.splitlines()[-1].split() == ["3", "transferred"]
    assert held_by(seeded_store) == {"COMP002": 7, "COMP001": 2}


def test_the_claims_of_a_file(type_: Type, seeded_store: Store, tmp_path: Path) -> None:
    wanted, also, _other, ended, elsewhere = (
        *put(seeded_store, 3),
        *put(seeded_store, 1, phase="ExitProcessEnd", running=None, acts=None, ended=True),
        *put(seeded_store, 1, cm_organisation="COMP003"),
    )
    file = tmp_path / "claims.txt"
    file.write_text(f"# agreed on Monday\n{wanted.application_id}\n\n  {also.id}  # padded by hand\n{ended.id}\n{also.id}\n")
    done = type_("COMP001", "COMP002", "--claims", str(file), "--do")
    assert done.exit_code == 0, done.output
    assert "1 of those asked for not: ended" in done.stdout
    assert held_by(seeded_store) == {"COMP002": 2, "COMP001": 2, "COMP003": 1}
    again = type_("COMP001", "COMP002", "--claims", str(file))
    assert "2 of those asked for not: transferred before" in again.stdout
    assert again.stdout.splitlines()[-1] == "There is nothing to transfer."

    for text, told in (
        (f"{elsewhere.id}\n", f"Claim {elsewhere.application_id} is no claim of COMP001.\n"),
        ("999\n", "Claim 0000000000000999 is no claim of COMP001.\n"),
        ("1\nabc\n", f"{file}, line 2: applicationId must be a number of up to 16 digits.\n"),
    ):
        file.write_text(text)
        refused = type_("COMP001", "COMP002", "--claims", str(file), "--do")
        assert (refused.exit_code, refused.stderr) == (2, told)
    assert type_("COMP001", "COMP002", "--claims", str(tmp_path / "none")).exit_code == 2


def test_what_is_no_longer_to_be_transferred_is_not(seeded_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the list and its turn a claim ends, goes elsewhere, or leaves the phase by its limit, which then is kept."""
    monkeypatch.setattr(clock, "wall", lambda: NOW)
    ended, elsewhere, late = put(seeded_store, 3)
    with seeded_store.writing() as connection:
        some = order(connection, command.contract(), "COMP001", "COMP002", by="desk", phases=["ClaimSubmitted"])
        assert claims.change(connection, ended, {"ended": True})
        assert claims.change(connection, elsewhere, {"cm_organisation": "COMP003"})
        after = clock.Moment(datetime(2026, 12, 15, 9, 0, tzinfo=UTC))
        reasons = [transfer(connection, command.contract(), some, claim_id, after) for claim_id in (ended.id, elsewhere.id, late.id, 999)]
    assert reasons == ["ended", "of another organisation", "in another phase", "not there any more"]
    with seeded_store.reading() as connection:
        moved = claims.load(connection, late.id)
        assert moved is not None
        assert (moved.phase, moved.cm_organisation) == ("LiabilityDecisionTimeout", "COMP001")


def count_events(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(events)) or 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_in_the_middle_and_gone_on(seeded_store: Store, how: signal.Signals) -> None:
    """Every claim is whole: it is the destination's with event, record and three notices, or the source's with none of them."""
    put(seeded_store, 300)
    with seeded_store.writing() as connection:
        sandbox.set_offset(connection, SENT - clock.wall(), "a test")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")} | {"GATEWAY_DATABASE_URL": url(seeded_store)}
    words = [sys.executable, "-m", "gateway", "transfer", "COMP001", "COMP002", "--do", "--by", "desk"]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while count_events(seeded_store) < 5:
        assert time.monotonic() < end, "it does not begin"
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    with seeded_store.reading() as connection:
        passed = set(connection.scalars(select(claims_table.c.id).where(claims_table.c.cm_organisation == "COMP002")))
        assert 5 <= len(passed) <= 300
        assert set(connection.scalars(select(transfers.c.claim_id))) == set(connection.scalars(select(events.c.claim_id))) == passed
        assert all(len(notices.of_claim(connection, claim_id)) == 3 for claim_id in passed)
    if how is not signal.SIGKILL and len(passed) < 300:
        assert process.returncode == 1
        assert errors.endswith("Stopped before all were transferred; what was transferred is. Give the command again to go on.\n")
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert held_by(seeded_store) == {"COMP002": 300}
    with seeded_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(transfers)) == connection.scalar(select(func.count()).select_from(events)) == 300
