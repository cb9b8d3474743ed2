"""Structured log lines on standard error. Claim content never gets here: bodies are not logged, and secrets by any name are masked."""

from __future__ import annotations

import json
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

import structlog

from gateway.clock import wall
from gateway.config import Settings

_SECRET = ("password", "token", "secret", "authorization")
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40}

_ENCODER = json.JSONEncoder(default=repr)  # made once: json.dumps makes one for each line

logger: Any = structlog.get_logger("gateway")


def configure(settings: Settings) -> None:
    """Set level and format for this process."""
    people = settings.log_format == "console"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        mask,
        structlog.processors.add_log_level,
        stamp,
    ]
    rendering: list[Any] = (
        # the plain one: others print the variables of every frame, tokens and claims among them
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)]
        if people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_to_json)]
    )
    structlog.configure(
        processors=shared + rendering,
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def stamp(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the time."""
    event["timestamp"] = wall().isoformat()[: -len("+00:00")] + "Z"
    return event


def _to_json(event: MutableMapping[str, Any], **_options: Any) -> str:
    return _ENCODER.encode(event)


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every key that names a secret."""
    for key in event:
        if _is_secret(key):
            event[key] = "***"
    return event


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRET)
