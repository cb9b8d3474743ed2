"""One question to some stores, in a process of its own: `python -m bench.scale_child` reads what to do from its input and prints what it measured.

A first answer is one over a new connection, a warm one the next over the same. The stores answer in turns, each as often first as the others.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

from bench import calls
from gateway import log
from gateway.config import Settings
from gateway.store import prepared
from gateway.store.engine import Store
from gateway.wsgi import Gateway, make

SUBJECT = "FROM claims"


_COUNTED = Path("/proc/self/io")  # of Linux


@dataclass(frozen=True, slots=True)
class Asked:
    """A store, and the question to it."""

    gateway: Gateway
    answer: Callable[[], bytes]
    marker: bytes

    def timed(self, *, anew: bool = False) -> tuple[float, bytes]:
        """Seconds, and the reply; `anew`: over a new connection. Raises NotOk."""
        if anew:
            self.gateway.store.engine.dispose()
        begin = time.perf_counter()
        reply = self.answer()
        seconds = time.perf_counter() - begin
        if self.marker not in reply:
            raise calls.NotOk(f"What was asked was answered: {reply[:1000].decode()}")
        return seconds, reply


def main() -> None:
    """Measure what the input asks for: {stores: {name: {url, party, operation, arguments, marker}}, times, explain}."""
    asked = json.load(sys.stdin)
    with mock.patch("sys.stderr", StringIO()):
        log.configure(Settings())
    gateways = {name: make(Settings(database_url=store["url"], calls_per_minute=0)) for name, store in asked["stores"].items()}
    json.dump(measure(gateways, asked), sys.stdout)


def measure(gateways: Mapping[str, Gateway], asked: dict[str, Any]) -> dict[str, Any]:
    """By store {new, first: [...], warm: [...], read: [...], bytes, rows, plans: [...]}, times in seconds, `read` in bytes.

    `new` is the time of the very first answer, in which Python has much to do for the first time, too; of several stores it is no use.
    """
    stores = {name: _asked(gateways[name], store) for name, store in asked["stores"].items()}
    found: dict[str, dict[str, Any]] = {}
    for name, store in stores.items():
        new, reply = store.timed(anew=True)
        found[name] = {"new": new, "first": [], "warm": [], "read": [], "bytes": len(reply), "rows": reply.count(b"<claimsList>"), "plans": []}
    for turn in range(asked["times"]):
        for name in sorted(stores, reverse=turn % 2 == 1):
            before = _bytes_read()
            found[name]["first"].append(stores[name].timed(anew=True)[0])
            found[name]["read"].append(_bytes_read() - before)
            found[name]["warm"].append(stores[name].timed()[0])
    for name, store in stores.items():
        if asked["explain"]:
            found[name]["plans"] = explain(store.gateway.store, store.answer)
        store.gateway.store.engine.dispose()
    return found


def _asked(gateway: Gateway, store: Mapping[str, Any]) -> Asked:
    post = calls.in_process(gateway, calls.SERVICE.path)
    body = calls.envelope(store["operation"], {**store["arguments"], "accessToken": calls.token(post, store["party"])})
    return Asked(gateway, lambda: post(body), store["marker"].encode())


def _bytes_read() -> int:
    """By this process so far, from files whether cached by the system or not; 0 where the system does not count it."""
    if not _COUNTED.exists():
        return 0
    return int(_COUNTED.read_text().partition("rchar:")[2].split()[0])


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
