"""The load generator: keep-alive connections that each send a request, wait for the answer, check it, and send the next.

It shares the machine with the servers, so it does as little as it can: one thread, raw sockets, the request's bytes made beforehand. Only a
right answer counts, by HTTP status and by a marker in the body; anything else is an error.
"""

from __future__ import annotations

import math
import multiprocessing
import re
import selectors
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SAMPLES = 3
_HEAR_OUT_SECONDS = 2.0
_MOST = 1 << 18
_HEAD = 1000  # bytes in which the headers of an answer are


@dataclass(slots=True)
class Outcome:
    """What one run of the generator saw. Latencies in seconds, sorted."""

    seconds: float
    cpu_seconds: float
    latencies: list[float]
    errors: int = 0
    samples: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Right answers in a second."""
        return len(self.latencies) / self.seconds


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    started: float = 0.0
    received: bytes = b""


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); `ordered` ascends."""
    if not ordered:
        raise ValueError("there are no values to take a percentile of")
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def complete(received: bytes) -> bool:
    """Whether the bytes hold a whole answer. One without Content-Length counts as whole, and then as wrong."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(received, 0, end)
    return length is None or len(received) >= end + 4 + int(length.group(1))


def right(received: bytes, marker: bytes) -> bool:
    """Whether a whole answer is the one that was wanted."""
    return received.startswith(b"HTTP/1.1 200 ") and marker in received and _LENGTH.search(received) is not None


def drive(port: int, message: bytes, marker: bytes, connections: int, seconds: float, kept: bool = True) -> Outcome:
    """Load the server at `port` in this very process and thread. Not `kept`: a new connection for every call; else one is opened anew where the
    server closed it.
    """
    clock = time.perf_counter
    selector = selectors.DefaultSelector()
    outcome = Outcome(0.0, 0.0, [])
    latencies = outcome.latencies
    for _ in range(connections):
        _open(selector, port)
    cpu, begin = time.process_time(), clock()
    for key in list(selector.get_map().values()):
        _send(key.data, message)
    end = begin + seconds
    while (left := end - clock()) > 0:
        for key, _ in selector.select(left):
            connection: _Connection = key.data
            received = _receive(connection)
            if received is None:
                continue
            if right(received, marker):
                latencies.append(clock() - connection.started)
            else:
                outcome.errors += 1
                if len(outcome.samples) < _SAMPLES:
                    outcome.samples.append(received[:600].decode(errors="replace"))
            started = 0.0
            if not kept or not received or b"\r\nconnection: close" in received[:_HEAD].lower():
                started = clock()  # to open it is part of the call
                selector.unregister(connection.socket)
                connection.socket.close()
                connection = _open(selector, port)
            _send(connection, message)
            connection.started = started or connection.started
    outcome.seconds, outcome.cpu_seconds = clock() - begin, time.process_time() - cpu
    _hear_out(selector)
    selector.close()
    latencies.sort()
    return outcome


def _hear_out(selector: selectors.BaseSelector) -> None:
    """Wait for the answers under way, for a while, so that the server does not work on them while another is measured; close the connections."""
    end = time.perf_counter() + _HEAR_OUT_SECONDS
    while selector.get_map() and (left := end - time.perf_counter()) > 0:
        for key, _ in selector.select(left):
            if _receive(key.data) is not None:
                selector.unregister(key.data.socket)
                key.data.socket.close()
    for key in list(selector.get_map().values()):
        key.data.socket.close()


def _open(selector: selectors.BaseSelector, port: int) -> _Connection:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = _Connection(made)
    selector.register(made, selectors.EVENT_READ, connection)
    return connection


def _send(connection: _Connection, message: bytes) -> None:
    connection.started = time.perf_counter()
    connection.socket.sendall(message)


def _receive(connection: _Connection) -> bytes | None:
    """The whole answer, b"" if the server closed the connection instead, None if more is to come."""
    try:
        part = connection.socket.recv(_MOST)
    except ConnectionError:
        part = b""
    if not part:
        connection.received = b""
        return b""
    received = connection.received + part if connection.received else part
    if not complete(received):
        connection.received = received
        return None
    connection.received = b""
    return received


class Generator:
    """The generator in a process of its own, so that neither its work nor its garbage is in the way of whoever measures."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def run(self, port: int, message: bytes, marker: bytes, connections: int, seconds: float) -> Outcome:
        """Load the server at `port`; an answer is right when it is HTTP 200 and holds `marker`."""
        return self._pool.submit(drive, port, message, marker, connections, seconds).result()

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()
