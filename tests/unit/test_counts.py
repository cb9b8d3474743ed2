"""Counts of calls: of all processes together, kept when one of them ends; and what can be read out of them."""

import os
from math import inf

import pytest

from gateway.seeing.counts import BOUNDS, Counts
from gateway.seeing.gauges import Look
from gateway.seeing.metrics import exposition
from gateway.seeing.reading import NoFigures, Reading, parse, quantile, together

OPERATIONS = {"rta-token": ["addClaim", "getClaim"], "elpl-token": ["addClaim"]}


def in_a_child(counts: Counts, place: int | None, *lines: tuple[dict[str, str], float]) -> None:
    """Count in a forked process, as a worker does."""
    pid = os.fork()
    if pid == 0:
        counts.use(place)
        for line, seconds in lines:
            counts.observer("rta-token")(line, seconds)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_what_workers_count_is_seen_by_all_and_stays_when_they_end():
    counts = Counts(OPERATIONS)
    place = counts.reserve()
    in_a_child(counts, place, ({"operation": "addClaim", "code": "Ok"}, 0.003), ({"operation": "addClaim", "code": "Failure"}, 20.0))
    counts.release(place)
    assert counts.reserve() == place
    in_a_child(counts, place, ({"operation": "addClaim", "code": "Ok"}, 0.001))
    (found,) = counts.calls()
    assert (found.service, found.operation, found.codes) == ("rta-token", "addClaim", {"Ok": 2, "Failure": 1, "Error": 0})
    assert found.seconds == pytest.approx(20.004)
    # 0.001 is within the first bound, 0.003 within 0.005, 20 beyond all
    assert found.buckets == tuple(1 if number in (0, BOUNDS.index(0.005), len(BOUNDS)) else 0 for number in range(len(BOUNDS) + 1))


def test_a_worker_without_a_place_counts_for_itself():
    counts = Counts(OPERATIONS, places=2)
    assert [counts.reserve(), counts.reserve()] == [1, None]
    in_a_child(counts, None, ({"operation": "addClaim", "code": "Ok"}, 0.003))
    assert list(counts.calls()) == []


def test_faults_and_what_is_no_call_of_ours():
    counts = Counts(OPERATIONS)
    observe = counts.observer("elpl-token")
    observe({"fault": "Client"}, 0.1)
    observe({"operation": "addClaim", "fault": "Whatever"}, 0.1)
    observe({}, 0.1)
    assert [one for one in counts.faults() if one[2]] == [("elpl-token", "Client", 1), ("elpl-token", "Server", 1)]
    assert list(counts.calls()) == []


def test_what_metrics_gives_can_be_read_back():
    counts = Counts(OPERATIONS)
    for seconds in (0.0005, 0.002, 0.002, 3.0):
        counts.observer("rta-token")({"operation": "getClaim", "code": "Ok"}, seconds)
    text = exposition(counts, Look(None, None)).decode()
    assert 'gateway_calls_total{code="Ok",operation="getClaim",service="rta-token"} 4.0' in text
    reading = parse(text)
    assert reading.calls["rta-token", "getClaim", "Ok"] == 4
    buckets = reading.buckets["rta-token", "getClaim"]
    assert (buckets[0.001], buckets[0.0025], buckets[2.5], buckets[5.0], buckets[inf]) == (1, 3, 3, 4, 4)
    assert reading.plain["gateway_store_up"] == 0


@pytest.mark.parametrize("text", ["", "<html>", "some_other_program 1\n", "gateway_calls_total{x} 1"])
def test_what_is_no_figures_of_ours(text):
    with pytest.raises(NoFigures):
        parse(text)


def test_quantiles():
    """Ten calls: four up to 1 s, four between 1 and 2 s, two longer."""
    buckets = {1.0: 4, 2.0: 8, inf: 10}
    assert quantile(buckets, 0.2) == 0.5
    assert quantile(buckets, 0.5) == 1.25  # the fifth: a quarter of the way through the second bucket
    assert quantile(buckets, 0.99) == 2.0
    assert quantile({1.0: 0, inf: 0}, 0.5) is None
    assert together([buckets, {1.0: 1, 2.0: 1, inf: 1}]) == {1.0: 5, 2.0: 9, inf: 11}


def test_between_two_looks():
    key = ("rta-token", "getClaim")
    before = Reading({(*key, "Ok"): 3}, {key: {1.0: 3, inf: 3}}, {("rta-token", "Client"): 1}, {}, {})
    after = Reading({(*key, "Ok"): 8}, {key: {1.0: 4, inf: 8}}, {("rta-token", "Client"): 1}, {}, {})
    since = after.since(before)
    assert (since.calls[(*key, "Ok")], since.buckets[key], since.faults["rta-token", "Client"]) == (5, {1.0: 1, inf: 5}, 0)
    assert before.since(after) is before, "the server was started anew, and has counted three since"
