"""Structured log lines on standard error. Claim content never gets here: bodies are not logged, and secrets by any name are masked.

The interface is structlog's. A line for each call must not cost more than what it tells of, so the logger is bound once and not for each line,
and a line of JSON is made in one step. Each line is written when it is made: none is lost when a worker dies.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import structlog

from gateway.clock import wall
from gateway.config import Settings

_SECRET = ("password", "token", "secret", "authorization")
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}
_NAMES = {"warn": "warning", "exception": "error"}  # methods that are not named as their level

_encode = json.JSONEncoder(default=repr).encode  # made once: json.dumps makes one for each line


class _Logger:
    """structlog's logger under the configuration in force."""

    def __init__(self) -> None:
        self._bound: tuple[Any, Any, Any] = (None, None, None)

    def __getattr__(self, method: str) -> Any:
        """Its methods: info, warning, exception …"""
        config = structlog.get_config()
        factory, processors, bound = self._bound
        if factory is not config["logger_factory"] or processors is not config["processors"]:
            factory, processors = config["logger_factory"], config["processors"]
            bound = structlog.get_logger("gateway").bind()
            self._bound = factory, processors, bound
        return getattr(bound, method)


logger: Any = _Logger()


class _Writer(structlog.WriteLogger):
    """Writes lines to a file. One that cannot be written (the disk is full, nobody reads the pipe any more) is lost; the call it tells of is not."""

    def msg(self, message: str) -> None:
        try:  # noqa: SIM105  suppress() costs more, and this is done for each call
            super().msg(message)
        except OSError:
            pass

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


class FromLibraries(logging.Handler):
    """Makes lines of ours of what libraries tell Python's own logging, from warnings on: SQLAlchemy's pool of a line that was cut, for one."""

    def emit(self, record: logging.LogRecord) -> None:
        trace = {"exc_info": record.exc_info} if record.exc_info else {}
        logger.log(record.levelno, record.getMessage(), **self.more(record), **trace)

    def more(self, record: logging.LogRecord) -> dict[str, Any]:
        """What else the line says."""
        return {"source": record.name}


def configure(settings: Settings) -> None:
    """Set level and format for this process."""
    if not any(isinstance(one, FromLibraries) for one in logging.root.handlers):
        logging.root.addHandler(FromLibraries())
    errors = sys.stderr
    people: list[Any] = [
        mask,
        structlog.processors.add_log_level,
        stamp,
        # the plain one: others print the variables of every frame, tokens and claims among them
        structlog.dev.ConsoleRenderer(colors=errors.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
    structlog.configure(
        processors=people if settings.log_format == "console" else [to_json],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=lambda *_: _Writer(errors),
        cache_logger_on_first_use=False,
    )


def to_json(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    """A whole line for programs: the event without its secrets, with level, time and the traceback of an exception."""
    mask(logger, method, event)
    if event.get("exc_info"):
        event = structlog.processors.format_exc_info(logger, method, event)
    event["level"] = _NAMES.get(method, method)
    stamp(logger, method, event)
    return _encode(event)


def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the time."""
    event["timestamp"] = wall().isoformat()[: -len("+00:00")] + "Z"
    return event


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that names a secret."""
    for key in event:
        if _is_secret(key):
            event[key] = "***"
    return event


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET)
