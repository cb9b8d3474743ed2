"""How long claims are kept: the table against the published rules (portal notes 11.1, 11.2), by hand, and when the time of a claim is over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.contract.load import TABLES, BadTable, contract
from gateway.contract.retention import load, retention
from gateway.domain.retention import due_on, months_later, shadow_ends, vanishes_at

# phase: what becomes of its claims, after how many days from what
SETTLED = ("delete", 30, "end")
KEPT = {
    "Stage2SettlementPackConfirmationEnd": SETTLED,
    "Stage2SettlementPackAgreedEnd": SETTLED,
    "Stage2SettlementPackAllDamagesAgreedEnd": SETTLED,
    "FraudStated": ("delete", 30, "last-update"),
    "FraudStatedEnd": ("delete", 30, "last-update"),
    "EndOfStage2End": ("archive", 30, "end"),
    "ExitRejectedClaim": SETTLED,
    "LiabilityDecisionTimeoutEnd": SETTLED,
    "LiabilityAdmittedWithNegEnd": SETTLED,
    "DeniedLiabilityEnd": SETTLED,
    "InterimPaymentNotReceivedEnd": SETTLED,
    "PartialPaymentNotAcceptedEnd": SETTLED,
    "Stage2SettlementPackRepudiationEnd": SETTLED,
    "Stage2SettlementPackDecisionTimeoutEnd": SETTLED,
    "Stage2AdditionalDamagesAgreementEnd": SETTLED,
    "Stage2AdditionalDamagesDecisionTimeoutEnd": SETTLED,
    "ExitProcessEnd": SETTLED,
}
ACKNOWLEDGED = {
    "LiabilityDecisionTimeout",
    "LiabilityAdmittedWithNeg",
    "DeniedLiability",
    "PartialPaymentDecision",
    "Stage2SettlementPackConfirmation",
    "Stage2SettlementPackRepudiation",
    "Stage2SettlementPackAgreed",
    "Stage2SettlementPackDecisionTimeout",
    "Stage2SettlementPackAllDamagesAgreed",
    "Stage2AdditionalDamagesAgreement",
    "Stage2AdditionalDamagesDecisionTimeout",
    "EndOfStage2",
    "ExitProcess",
    "FraudStated",
}


def test_every_phase_with_its_rule():
    assert {phase: (rule.then, rule.days, rule.counted_from) for phase, rule in retention().removals.items()} == KEPT
    assert all(rule.children_exempt for rule in retention().removals.values())
    assert retention().removals["EndOfStage2End"].kept_months == 12


def test_the_rest_of_the_table():
    assert {phase: (rule.days, rule.children_exempt) for phase, rule in retention().vanishing.items()} == {"ClaimRejectedToCR": (60, True)}
    assert (retention().shadow.days, retention().shadow.children_exempt) == (14, False)
    assert set(retention().acknowledgement.phases) == ACKNOWLEDGED
    assert retention().acknowledgement.days == 30


def test_each_acknowledgement_is_a_step_that_acknowledges():
    """The ends that wait for a click are just those from which an acknowledgement leads to an end."""
    ends = {
        source
        for operation in contract().operations.values()
        if operation.name.startswith("acknowledge")
        for move in operation.moves
        if contract().phases[move.to].end
        for source in move.sources
    }
    assert ends == ACKNOWLEDGED


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('"ExitRejectedClaim", ', "", "nothing is said about claims in ExitRejectedClaim"),
        ('["EndOfStage2End"]', '["EndOfStage2End", "ExitProcessEnd"]', "ExitProcessEnd is in court-pack and in ended-otherwise"),
        ('phases = ["ClaimRejectedToCR"]', 'phases = ["ClaimSubmitted"]', "must have the same vanishes-after in phases.toml"),
        ("kept-months = 12", "", "kept-months is missing"),
        ("days = 14", "days = 0", "days must be at least 1"),
        ('then = "shadow"', 'then = "delete"\nphases = []\ncounted-from = "end"', "exactly one row must have then = 'shadow'"),
        ('counted-from = "end"', 'counted-from = "start"', "allowed: end, last-update"),
        ('then = "archive"', 'then = "keep"', "kept-months"),
        ('"acknowledgeExitProcess"', '"acknowledgeClaim"', "acknowledgeClaim ends no claim in ExitProcess"),
        ('"FraudStatedEnd"]', '"FraudStatedEnd", "Fraud"]', "there is no phase Fraud"),
        ("days = 30", "days = 30\nyears = 1", "nobody knows years"),
    ],
)
def test_a_table_that_does_not_hold_together(tmp_path: Path, before: str, after: str, problem: str):
    text = (TABLES / "retention.toml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "retention.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadTable, match=problem):
        load(tmp_path / "retention.toml", contract())


def test_thirty_days_and_eighteen_years():
    settled = retention().all["settled"]
    assert due_on(settled, date(2026, 3, 1), date(1980, 1, 1)) == date(2026, 3, 31)
    assert due_on(settled, date(2026, 3, 1), date(2008, 3, 31)) == date(2026, 3, 31)
    assert due_on(settled, date(2026, 3, 1), date(2008, 4, 1)) == date(2026, 4, 1)
    assert due_on(settled, date(2026, 3, 1), date(2008, 2, 29)) == date(2026, 3, 31)
    assert due_on(retention().acknowledgement, date(2026, 3, 1), date(2020, 1, 1)) == date(2026, 3, 31)


def test_sixty_days_from_midnight_in_london():
    rejected = retention().all["rejected"]
    assert vanishes_at(rejected, date(2026, 3, 1), date(1980, 1, 1)) == datetime(2026, 4, 29, 23, 0, tzinfo=UTC)
    assert vanishes_at(rejected, date(2026, 3, 1), date(2009, 1, 5)) == datetime(2027, 1, 5, 0, 0, tzinfo=UTC)


def test_two_weeks_at_the_same_hour_in_london():
    """Across the end of summer time on 25 October 2026."""
    assert shadow_ends(retention().shadow, datetime(2026, 10, 20, 9, 30, tzinfo=UTC)) == datetime(2026, 11, 3, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-11-23", 12, "2027-11-23"), ("2028-02-29", 12, "2029-02-28"), ("2026-12-31", 2, "2027-02-28"), ("2026-12-01", 1, "2027-01-01")],
)
def test_months_later(day: str, months: int, later: str):
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)
