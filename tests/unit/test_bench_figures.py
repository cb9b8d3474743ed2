"""What `make bench` makes of its measurements: percentiles, ratios, verdicts. Nothing is timed here."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.__main__ import cases_of
from bench.calls import Request
from bench.host import Server
from bench.load import Outcome, complete, percentile, right
from bench.measure import Case, Ratio, Round, Target, ratios, whole
from bench.profile import Spans
from bench.report import all_met, show, show_worker, write_json
from bench.worker import ENOUGH_CALLS, Worker, resident, thirds
from gateway.config import Settings

HTTP = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nokay"


def case(name: str, *rates: float, targets: tuple[Target, ...] = (), p99: float = 0.004, most_spread: float | None = None) -> Case:
    """Rounds of those rates, with a p50 of a millisecond."""
    rounds = [Round(rate, 0.001, p99, 0.0001, 0.0005) for rate in rates]
    return Case(name, Request("ask", "/", b"", b"ok"), Server(0, 0), targets, most_spread, rounds)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.51, 6), (0.99, 10), (0.0, 1), (1.0, 10)])
def test_a_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile(range(1, 11), share) == expected


def test_of_nothing_there_is_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_an_answer_is_whole_when_as_much_has_come_as_was_announced() -> None:
    assert [complete(HTTP[:end]) for end in (10, len(HTTP) - 1, len(HTTP))] == [False, False, True]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (HTTP, True),
        (HTTP.replace(b"okay", b"nope"), False),
        (HTTP.replace(b"200 OK", b"500 Internal Server Error"), False),
        (HTTP.replace(b"Content-Length", b"X-Length"), False),
        (b"", False),
    ],
)
def test_only_a_right_answer_counts(answer: bytes, expected: bool) -> None:
    assert right(answer, b"okay") is expected


def test_a_ratio_is_taken_round_by_round() -> None:
    """0.5, 2 and 1: their median is 1, though that of the rates is 20 to 30."""
    mine, theirs = case("gateway", 10, 20, 30, targets=(Target("echo ask", 1.5), Target("nobody ask", 1.0))), case("echo", 20, 10, 30)
    (found,) = ratios(mine, [mine, theirs])
    assert found == Ratio("echo ask", 1.0, 0.5, 2.0, 1.5)
    assert found.met is False


def test_a_round_is_made_of_its_slices() -> None:
    """Three answers in two seconds of the first slice and one in one of the second: 4 in 3 s, 1.2 s of processor time."""
    slices = [(Outcome(2.0, 0.2, [0.1, 0.2, 0.4]), 0.9), (Outcome(1.0, 0.2, [0.3]), 0.3)]
    assert whole(slices) == Round(rate=4 / 3, p50=0.2, p99=0.4, generator_cpu=pytest.approx(0.1), server_cpu=pytest.approx(0.3))
    assert whole([slices[0], (slices[1][0], None)]).server_cpu is None


@pytest.mark.parametrize(("least", "met"), [(2.0, True), (2.01, False), (None, None)])
def test_a_target_is_met_when_it_is_reached(least: float | None, met: bool | None) -> None:
    mine, theirs = case("gateway", 20, targets=(Target("echo ask", least),)), case("echo", 10)
    assert ratios(mine, [mine, theirs])[0].met is met
    assert all_met([mine, theirs]) is (met is not False)


@pytest.mark.parametrize(("p99", "met"), [(0.004, True), (0.0041, False)])
def test_a_tail_may_be_four_times_the_middle(p99: float, met: bool) -> None:
    mine = case("gateway", 10, p99=p99, most_spread=4.0)
    assert mine.spread_met is met
    assert all_met([mine]) is met


def test_each_store_is_compared_with_the_floor_on_the_same_and_both_with_one_echo() -> None:
    request = {name: Request(name, "/", b"", b"ok") for name in ("addClaim", "getClaimsStatus", "getClaim")}
    servers = ("gateway", "gateway on PostgreSQL", "floor", "floor on PostgreSQL", "echo", "canned")
    found = cases_of(tuple(request), {name: Server(0, 0) for name in servers}, {"": request, " on PostgreSQL": request})
    assert {one.title: one.targets for one in found if one.targets} == {
        "gateway addClaim": (Target("floor addClaim", 0.8), Target("echo addClaim", 1.0)),
        "gateway on PostgreSQL addClaim": (Target("floor on PostgreSQL addClaim", 0.8), Target("echo addClaim", 1.0)),
        "gateway getClaimsStatus": (Target("echo getClaimsStatus", 2.0),),
        "gateway on PostgreSQL getClaimsStatus": (Target("echo getClaimsStatus", 2.0),),
        "gateway getClaim": (Target("echo getClaimsStatus"),),
        "gateway on PostgreSQL getClaim": (Target("echo getClaimsStatus"),),
    }
    assert sorted(one.title for one in found if not one.targets) == [
        *("canned getClaimsStatus", "echo addClaim", "echo getClaimsStatus", "floor addClaim", "floor on PostgreSQL addClaim"),
    ]


def test_by_granian_two_operations_are_compared_and_nothing_is_asked() -> None:
    request = {name: Request(name, "/", b"", b"ok") for name in ("addClaim", "getClaimsStatus", "getClaim")}
    servers = ("gateway", "gateway by granian", "floor", "echo", "canned")
    found = cases_of(tuple(request), {name: Server(0, 0) for name in servers}, {"": request, " by granian": request})
    assert {one.title: one.targets for one in found if "granian" in one.title} == {
        "gateway by granian addClaim": (Target("gateway addClaim"), Target("echo addClaim")),
        "gateway by granian getClaimsStatus": (Target("gateway getClaimsStatus"), Target("echo getClaimsStatus")),
    }


def test_memory_is_read_from_what_the_system_says() -> None:
    assert resident("Name:\tpython\nVmHWM:\t  120000 kB\nVmRSS:\t  100000 kB\n") == 102_400_000
    assert resident("") is None


def test_thirds() -> None:
    assert thirds([1, 2, 3, 4, 5, 6, 7, 8]) == ([1, 2], [3, 4, 5], [6, 7, 8])


@pytest.mark.parametrize(
    ("memory", "calls", "flat"),
    [
        ([90, 99, 100, 100, 100, 100], ENOUGH_CALLS, True),  # it grew at first
        ([100, 100, 100, 100, 102, 103], ENOUGH_CALLS, True),
        ([100, 100, 100, 100, 104, 104], ENOUGH_CALLS, False),
        ([100, 100, 100, 100, 104, 104], ENOUGH_CALLS - 1, None),
        ([100, 104], ENOUGH_CALLS, None),
    ],
)
def test_memory_is_flat_when_it_hardly_grows_after_a_third_of_many_calls(memory: list[int], calls: int, flat: bool | None) -> None:
    worker = Worker(calls, memory)
    assert worker.flat is flat
    assert all_met([], worker) is (flat is not False)


@pytest.mark.parametrize(
    ("worker", "met"),
    [
        (Worker(10, [150_000_000], [3.0, 1.0, 2.0]), True),
        (Worker(10, [150_000_001, 1], [1.0]), False),
        (Worker(10, [1], [2.1, 1.0, 2.1]), False),
        (Worker(), True),  # where the system does not tell, nothing is missed
    ],
)
def test_what_a_worker_may_need(worker: Worker, met: bool) -> None:
    assert all_met([], worker) is met


def test_time_spent_in_a_part_is_not_that_of_the_part_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outer from 0 to 10, and in it inner from 2 to 5."""
    clock = iter([0.0, 2.0, 5.0, 10.0])
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    spans = Spans()
    inner = spans.timed("inner", lambda: None)
    spans.timed("outer", inner)()
    assert spans.spent == {"inner": [3.0], "outer": [7.0]}
    assert spans.per_request(1) == {"inner": 3.0, "outer": 7.0}


def test_what_is_shown_names_what_was_missed(tmp_path: Path) -> None:
    mine = case("gateway", 10, targets=(Target("echo ask", 2.0),), p99=0.003, most_spread=4.0)
    cases, worker, text = [mine, case("echo", 10), case("canned", 40)], Worker(60_000, [120_000_000] * 3, [2.5]), io.StringIO()
    console = Console(file=text, width=200)
    show(cases, Settings(), console)
    show_worker(worker, console)
    for line in ("≥ 2 × missed", "p99 ≤ 4 × p50 met", "120 MB at most, ≤ 150 MB met", "flat: met", "≤ 2 s missed"):
        assert line in text.getvalue()
    write_json(cases, Settings(), worker, {"rounds": 1}, tmp_path / "out.json")
    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert written["all_met"] is False
    assert written["cases"][0]["ratios"] == [{"than": "echo ask", "middle": 1.0, "least": 1.0, "most": 1.0, "target": 2.0, "met": False}]
    assert written["worker"]["starts"] == [2.5]
