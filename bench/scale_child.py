"""One question to one store, in a process of its own: `python -m bench.scale_child` reads what to do from its input and prints what it measured.

A first answer is one over a new connection, of a process that has answered nothing but getToken.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from unittest import mock

from bench import calls
from gateway import log
from gateway.config import Settings
from gateway.store import prepared
from gateway.store.engine import Store
from gateway.wsgi import Gateway, make

SUBJECT = "FROM claims"


def main() -> None:
    """Measure what the input asks for: {url, party, operation, arguments, marker, warm, explain}."""
    asked = json.load(sys.stdin)
    settings = Settings(database_url=asked["url"], calls_per_minute=0)
    with mock.patch("sys.stderr", StringIO()):
        log.configure(settings)
    json.dump(measure(make(settings), asked), sys.stdout)


def measure(gateway: Gateway, asked: dict[str, Any]) -> dict[str, Any]:
    """{first, warm: [...], bytes, rows, plans: [...]}, times in seconds."""
    post = calls.in_process(gateway, calls.SERVICE.path)
    body = calls.envelope(asked["operation"], {**asked["arguments"], "accessToken": calls.token(post, asked["party"])})
    gateway.store.engine.dispose()
    taken = []
    for _ in range(1 + asked["warm"]):
        begin = time.perf_counter()
        reply = post(body)
        taken.append(time.perf_counter() - begin)
        if asked["marker"].encode() not in reply:
            raise calls.NotOk(f"{asked['operation']} was answered: {reply[:1000].decode()}")
    plans = explain(gateway.store, lambda: post(body)) if asked["explain"] else []
    gateway.store.engine.dispose()
    return {"first": taken[0], "warm": taken[1:], "bytes": len(reply), "rows": reply.count(b"<claimsList>"), "plans": plans}


def explain(store: Store, run: Any) -> list[str]:
    """What the database says about each statement on claims that `run` sends: the statement, and its plan."""
    with _recorded() as sent:
        run()
    word = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN (ANALYZE, BUFFERS) "
    found = []
    with store.reading() as connection:
        for sql, parameters in sent:
            rows = prepared.send(connection, word + sql, parameters).fetchall()
            found.append("\n".join([_short(sql), *(f"    {row[-1]}" for row in rows)]))
    return found


@contextmanager
def _recorded() -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []
    send = prepared.send

    def recording(connection: Any, sql: str, parameters: Any = ()) -> Any:
        if SUBJECT in sql:
            sent.append((sql, parameters))
        return send(connection, sql, parameters)

    with mock.patch.object(prepared, "send", recording):
        yield sent


def _short(sql: str) -> str:
    """Without the columns, which are the same in all."""
    return "SELECT … " + " ".join(sql[sql.index(SUBJECT) :].replace("claims.", "").split())


if __name__ == "__main__":
    main()
