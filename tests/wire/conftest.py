"""The gateway as its callers meet it: `world` has the whole application over a store of the test's own, with a clock that stands still.

A test runs on SQLite; `on_both_databases` makes it run on PostgreSQL too.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import rows_walked
import structlog

sys.path.insert(0, str(Path(__file__).parent))  # the helpers beside this file
pytest.register_assert_rewrite("client", "letters", "life", "live", "story", "world")

from letters import Poster  # noqa: E402
from live import LiveWorld, serving  # noqa: E402
from world import CR1, START, CurrentStore, World  # noqa: E402

import gateway.clock  # noqa: E402
from gateway.config import Settings  # noqa: E402
from gateway.store import sandbox  # noqa: E402
from gateway.store.engine import Store  # noqa: E402
from gateway.wsgi import Gateway  # noqa: E402

logging.getLogger("spyne").setLevel(logging.ERROR)  # it remarks on a second application in one process

_current = CurrentStore()


@cache
def _gateway(settings: Settings) -> Gateway:
    """One application for each set of settings: it takes half a second to build, and asks the current store anew for each call."""
    return Gateway(settings, _current)  # type: ignore[arg-type]


@pytest.fixture(scope="session", autouse=True)
def quiet_log() -> None:
    """Lines nobody reads cost half of a small call, and a traceback a second. test_log.py looks at what is written."""
    structlog.configure(processors=[lambda _logger, _method, _event: ""], logger_factory=structlog.ReturnLoggerFactory())


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Any:
    """SQLite, unless a test asks for more (`on_both_databases`)."""
    return request.getfixturevalue(getattr(request, "param", "sqlite"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock stands at START; the process clock is moved by the sandbox's offset."""
    monkeypatch.setattr(gateway.clock, "wall", lambda: START)


@pytest.fixture
def settings() -> Settings:
    """Those of the tests; a module or test replaces the fixture for others."""
    return Settings(sandbox=True, sqlite_synchronous="NORMAL")


@pytest.fixture
def world(seeded_store: Any, settings: Settings, clock: None, request: pytest.FixtureRequest) -> Iterator[World]:
    with seeded_store.writing() as connection:
        sandbox.mark(connection)
    _current.store = seeded_store
    yield World(_gateway(settings), seeded_store)
    _current.store = None
    rows_walked.note(request.node, seeded_store)


@pytest.fixture(scope="module")
def shared_world(sqlite: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all tests of a module, on SQLite: for many small calls that do not mind each other. Not together with `world`."""
    with sqlite.new("seeded", tmp_path_factory.mktemp("shared")) as url, pytest.MonkeyPatch.context() as patch:
        store = Store(url, sqlite_synchronous="NORMAL")
        with store.writing() as connection:
            sandbox.mark(connection)
        patch.setattr(gateway.clock, "wall", lambda: START)
        _current.store = store
        yield World(_gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL")), store)
        _current.store = None
        store.engine.dispose()


@pytest.fixture
def poster(shared_world: World) -> Iterator[Poster]:
    """Sends requests written by hand into `shared_world`. Whatever it sent, a good call must go through afterwards."""
    token = shared_world.client(CR1, "rta-token").credentials["accessToken"]
    one = Poster(shared_world.door, token)
    yield one
    one.reply(one.good).ok()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWorld]:
    """A real server, for what only HTTP and gunicorn can show."""
    with serving(tmp_path_factory.mktemp("live")) as world:
        yield world


@pytest.fixture
def make_gateway() -> Any:
    """The application for settings, over the store of `world`."""
    return _gateway
