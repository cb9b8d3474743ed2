"""Two servers on one PostgreSQL behave as one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from client import PASSWORD, ROOT, Client, document
from live import LiveWorld, serving
from sqlalchemy import update
from story import Story
from world import COMP1, CR1, at_once

from gateway.store.tables import identities, users

CLAIMS = 10
Nodes = tuple[LiveWorld, LiveWorld]


@pytest.fixture(scope="module")
def database(postgresql: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql.new("bare", tmp_path_factory.mktemp("nodes")) as url:
        yield url


@pytest.fixture(scope="module")
def nodes(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Both start at the same time, on a database without tables."""
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        servers = [serving(tmp_path_factory.mktemp(name), GATEWAY_DATABASE_URL=database) for name in ("one", "other")]
        started = [pool.submit(server.__enter__) for server in servers]
        for server in servers:
            stack.push(server.__exit__)
        one, other = (future.result(timeout=60) for future in started)
        yield one, other


def _login(node: LiveWorld) -> dict[str, Any]:
    return node.nobody("rta-token").call("getToken", userID=CR1.identity, userAsID=CR1.user, password=PASSWORD).ok().payload


def test_a_token_of_one_is_good_at_the_other(nodes: Nodes) -> None:
    one, other = nodes
    tokens = _login(one)
    Client(other.door, "rta-token", {"accessToken": tokens["accessToken"]}).call("getClaimsList").ok()
    who = {"userID": CR1.identity, "userAsID": CR1.user, "refreshToken": tokens["refreshToken"]}
    renewed = other.nobody("rta-token").call("refreshToken", **who).ok().payload
    one.nobody("rta-token").call("refreshToken", **who).refused()  # used at the other
    Client(one.door, "rta-token", {"accessToken": renewed["accessToken"]}).call("getClaimsList").ok()


def test_what_one_writes_the_other_reads(nodes: Nodes) -> None:
    one, other = nodes
    claim = Story(one, "rta").begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    claim.world = other
    claim.read_by_both_sides()
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)


def test_at_both_one_has_its_way(nodes: Nodes) -> None:
    for _ in range(5):
        claim = Story(nodes[0], "rta").begins()
        insurers = [node.client(COMP1, "rta-token") for node in nodes]
        replies = at_once(*[lambda one=one, data=claim.data: one.call("acceptClaim", claimData=data) for one in insurers * 4])
        assert sorted(reply.code for reply in replies) == ["Failure"] * 7 + ["Ok"]
        assert [event.row for event in nodes[1].history(claim.number)] == ["T1", "T3"]


@pytest.mark.parametrize(("table", "name"), [(identities, CR1.identity), (users, CR1.user)], ids=["account", "user"])
def test_who_is_disabled_is_so_at_both_at_once(nodes: Nodes, table: Any, name: str) -> None:
    """Also who has just been let in: by a token, and by a password that the servers remember."""
    callers = [node.client(CR1, service) for node in nodes for service in ("rta-token", "rta-userauth")]
    for caller in callers * 2:
        caller.call("getClaimsList").ok()
    for enabled in (False, True):
        with nodes[0].store.writing() as connection:
            connection.execute(update(table).where(table.c.id == name).values(enabled=enabled))
        for caller in callers * 2:
            reply = caller.call("getClaimsList")
            assert reply.code == ("Ok" if enabled else "Failure"), reply


def test_the_clock_is_that_of_both(nodes: Nodes) -> None:
    one, other = nodes
    claim = Story(one, "rta").begins()
    one.set_clock("2026-12-15T00:00:30")
    try:
        replies = at_once(
            *[lambda node=node: node.client(CR1, "rta-token").call("getClaimsStatus", applicationId=claim.number).ok() for node in nodes * 2]
        )
        assert {reply.claim["phaseCacheId"] for reply in replies} == {"LiabilityDecisionTimeout"}
        assert [event.row for event in other.history(claim.number)] == ["T1", "T19"]
    finally:
        one.set_clock("2026-11-23T10:00:00")


def test_jobs_are_shared(nodes: Nodes, database: str, tmp_path: Path) -> None:
    """Two workers at the same time: every limit runs out once, and together they did all of it."""
    one, _ = nodes
    client = one.client(CR1, "rta-token")
    text = document("rta", "addClaim", "adult-driver.xml")
    numbers = [client.call("addClaim", claimXML=text).ok().claim["applicationId"] for _ in range(CLAIMS)]
    one.set_clock("2026-12-15T00:00:30")
    try:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        environment |= {"GATEWAY_DATABASE_URL": database, "GATEWAY_SANDBOX": "on", "GATEWAY_RETENTION": "off", "GATEWAY_DATA": str(tmp_path)}
        command = [sys.executable, "-m", "gateway", "jobs", "run"]
        workers = [subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        told = [worker.communicate(timeout=120)[0] for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0]
    finally:
        one.set_clock("2026-11-23T10:00:00")
    for number in numbers:
        assert [event.row for event in one.history(number)] == ["T1", "T19"]
    ran_out = sum(int(found.replace(",", "")) for text in told for found in re.findall(r"^ *([\d,]+) +time limits run out", text, re.MULTILINE))
    assert ran_out >= CLAIMS, told  # and those of the tests before
