"""Lines of the log, one by one; what a conversation leaves there is in tests/wire/test_log.py."""

from __future__ import annotations

import errno
import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from gateway import log
from gateway.config import Settings


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def listen(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> io.StringIO:
    """A log of its own from now on."""
    text = io.StringIO()
    monkeypatch.setattr("sys.stderr", text)
    log.configure(Settings(**settings))
    return text


def test_a_line_for_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    text = listen(monkeypatch)
    log.logger.warning("late", minutes=7, accessToken="abc", of={1})
    line = json.loads(text.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line.pop("timestamp"))
    assert line == {"event": "late", "level": "warning", "minutes": 7, "accessToken": "***", "of": "{1}"}


def test_what_libraries_say_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    text = listen(monkeypatch)
    log.configure(Settings())  # with every reload; it is told once
    logging.getLogger("sqlalchemy.pool").info("nothing that matters")
    try:
        raise OSError("the line was cut")
    except OSError:
        logging.getLogger("sqlalchemy.pool").exception("Exception during reset or similar")
    (line,) = [json.loads(one) for one in text.getvalue().splitlines()]
    assert (line["event"], line["level"], line["source"]) == ("Exception during reset or similar", "error", "sqlalchemy.pool")
    assert line["exception"].endswith("OSError: the line was cut")


class Full(io.StringIO):
    """A file on a full disk: sometimes it is the writing that fails, sometimes only the flushing."""

    def __init__(self, fails: str) -> None:
        super().__init__()
        self._fails = fails

    def write(self, text: str) -> int:
        if self._fails == "write":
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(text)

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fails", ["write", "flush"])
def test_a_log_that_cannot_be_written_is_no_trouble_for_whoever_writes(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    monkeypatch.setattr("sys.stderr", Full(fails))
    log.configure(Settings())
    log.logger.info("call")
    log.logger.error("it")


@pytest.mark.parametrize(("method", "level"), [("info", "info"), ("warn", "warning"), ("error", "error"), ("exception", "error")])
def test_the_level_is_that_of_the_method(monkeypatch: pytest.MonkeyPatch, method: str, level: str) -> None:
    text = listen(monkeypatch)
    getattr(log.logger, method)("it")
    assert json.loads(text.getvalue())["level"] == level


def test_an_exception_comes_with_its_place_and_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    text = listen(monkeypatch)
    secret = "hunter2"
    try:
        raise ZeroDivisionError(len(secret))
    except ZeroDivisionError:
        log.logger.exception("defect", request="x")
    line = json.loads(text.getvalue())
    assert "test_log_lines.py" in line["exception"]
    assert "ZeroDivisionError: 7" in line["exception"]
    assert secret not in text.getvalue()
    assert "exc_info" not in line


def test_a_level_below_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = listen(monkeypatch, log_level="WARNING")
    log.logger.info("it")
    assert text.getvalue() == ""


def test_a_new_configuration_holds_for_the_next_line(monkeypatch: pytest.MonkeyPatch) -> None:
    first = listen(monkeypatch)
    log.logger.info("one")
    second = listen(monkeypatch, log_format="console")
    log.logger.info("two")
    assert ("one" in first.getvalue(), "two" in first.getvalue()) == (True, False)
    assert "two" in second.getvalue()
    assert not second.getvalue().startswith("{")


def test_what_structlog_offers_for_tests_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    text = listen(monkeypatch)
    log.logger.info("before")
    with structlog.testing.capture_logs() as lines:
        log.logger.info("caught", number=1)
    assert lines == [{"event": "caught", "number": 1, "log_level": "info"}]
    assert "caught" not in text.getvalue()
