"""Which liability dates a claim gets. Dates counted by hand on the calendar of England and Wales, Christmas 2026 included."""

from datetime import date

import pytest

from gateway.contract.load import contract
from gateway.domain import deadlines
from gateway.domain.calendar import BusinessCalendar

# 25 Dec is a Friday; Boxing Day falls on a Saturday and moves to Monday 28; New Year's Day 2027 is a Friday
CALENDAR = BusinessCalendar(1, frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}))
SENT = date(2026, 12, 1)  # a Tuesday; day 1 is Wednesday 2 December

# business days: 2-4 (3), 7-11 (8), 14-18 (13), 21-24 (17), 29-31 (20), 4-8 Jan (25), 11-15 (30), 18-22 (35), 25-29 (40)
DAY_15 = date(2026, 12, 22)
DAY_30 = date(2027, 1, 15)
DAY_40 = date(2027, 1, 29)


def after(day):
    return date.fromordinal(day.toordinal() + 1)


@pytest.mark.parametrize(
    ("process", "claim_type", "expected"),
    [
        ("rta", "RTA", {"K1": after(DAY_15), "K2": after(DAY_30)}),
        ("elpl", "EL", {"K3": after(DAY_30)}),
        ("elpl", "ELD", {"K3": after(DAY_30)}),
        ("elpl", "PL", {"K4": after(DAY_40)}),
    ],
)
def test_the_dates_stored_at_sending(process, claim_type, expected):
    assert deadlines.at_sending(contract(), process, claim_type, SENT, CALENDAR) == expected


@pytest.mark.parametrize(
    ("process", "claim_type", "compensator_type", "row"),
    [
        ("rta", "RTA", "I", "K1"),
        ("rta", "RTA", "S", "K1"),
        ("rta", "RTA", "M", "K2"),
        ("elpl", "EL", "I", "K3"),
        ("elpl", "ELD", "S", "K3"),
        ("elpl", "PL", "M", "K4"),
    ],
)
def test_the_one_that_runs(process, claim_type, compensator_type, row):
    assert deadlines.running_at_sending(contract(), process, claim_type, compensator_type) == row


def test_article_75_means_the_longer_one():
    assert deadlines.after_article_75(contract(), "rta") == "K2"
