"""A virus scanner that speaks as clamd does: INSTREAM over TCP or a Unix socket, from its manual page."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

OK = (b"stream: OK\0",)


class Clamd:
    """Listens until `stop`. Each connection is answered with the parts of `answer`, one by one; `files` are the streams it was given.

    `hangs`: it takes the file and says nothing. `deaf`: it takes the connection and reads nothing. `ends_after`: it hangs up after so many
    bytes of a file, with its answer. `meanwhile` is done between the file and the answer.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._stopped = threading.Event()
        self.reset()
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def reset(self) -> None:
        """As if it had just begun."""
        self.answer: Sequence[bytes] = OK
        self.hangs = self.deaf = False
        self.ends_after: int | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.files: list[bytes] = []

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=10)
        self._line.close()

    def _serve(self) -> None:
        self._line.settimeout(0.02)
        while not self._stopped.is_set():
            try:
                caller, _ = self._line.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._talk, args=(caller,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, caller: socket.socket) -> None:
        caller.settimeout(10)
        with caller, suppress(ConnectionError):  # a caller may lose its patience
            if self.deaf:
                self._stopped.wait()
                return
            assert self._take(caller, 10) == b"zINSTREAM\0"
            file = bytearray()
            while size := struct.unpack("!I", self._take(caller, 4))[0]:
                file += self._take(caller, size)
                if self.ends_after is not None and len(file) > self.ends_after:
                    break
            self.files.append(bytes(file))
            if self.hangs:
                self._stopped.wait()
                return
            self.meanwhile()
            for part in self.answer:
                caller.sendall(part)
                time.sleep(0.01)  # so that they arrive one by one

    @staticmethod
    def _take(caller: socket.socket, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            part = caller.recv(size - len(taken))
            assert part, "the caller hung up"
            taken += part
        return taken


@contextmanager
def clamd_over_tcp() -> Iterator[tuple[str, Clamd]]:
    """A running scanner, and its address as the setting has it."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        clamd = Clamd(line)
        yield f"127.0.0.1:{line.getsockname()[1]}", clamd
        clamd.stop()


@contextmanager
def clamd_over_unix(folder: Path) -> Iterator[tuple[str, Clamd]]:
    """The same at a socket in a folder."""
    path = str(folder / "clamd.ctl")
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(path)
        line.listen()
        clamd = Clamd(line)
        yield path, clamd
        clamd.stop()
