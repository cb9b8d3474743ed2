"""All settings, read from the environment once. The README's table lists the same names; a test keeps them equal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


Address = str | tuple[str, int]  # the path of a Unix socket, or host and port


class BadSetting(ValueError):
    """A setting that cannot be used; the text names the variable and says what is allowed."""


def _setting(variable: str, default: Any, about: str) -> Any:
    return field(default=default, metadata={"variable": variable, "about": about})


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Times in seconds, sizes in bytes."""

    data: Path = _setting("GATEWAY_DATA", Path("var"), "Folder of the store (SQLite file) when no database URL is given")
    database_url: str = _setting("GATEWAY_DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in GATEWAY_DATA. PostgreSQL: postgresql+psycopg://…")
    host: str = _setting("HOST", "127.0.0.1", "Address to listen on")
    port: int = _setting("PORT", 8000, "Port to listen on")
    workers: int = _setting("GATEWAY_WORKERS", 2, "Worker processes")
    threads: int = _setting("GATEWAY_THREADS", 4, "Threads in each worker; more than one also keeps connections alive between calls")
    sandbox: bool = _setting("GATEWAY_SANDBOX", False, "Allow the process clock to be moved (never in production)")
    release_rta: str = _setting("GATEWAY_RELEASE_RTA", "R7", "Release under which RTA claims are created now: R3, R5, R6 or R7")
    release_elpl: str = _setting("GATEWAY_RELEASE_ELPL", "R6", "Release under which EL/PL claims are created now: R3, R5 or R6")
    numbering: str = _setting(
        "GATEWAY_NUMBERING", "production", "Process version numbers claims are stamped with: production or integration (the portal's test site)"
    )
    access_token_seconds: int = _setting("GATEWAY_ACCESS_TOKEN_SECONDS", 3600, "Life of an access token; keep it above 300, clients renew that early")
    refresh_token_seconds: int = _setting("GATEWAY_REFRESH_TOKEN_SECONDS", 86400, "Life of a refresh token; keep it above 900")
    credential_cache_seconds: int = _setting(
        "GATEWAY_CREDENTIAL_CACHE_SECONDS", 300, "How long a verified userAuth password is remembered by a worker"
    )
    login_tries: int = _setting("GATEWAY_LOGIN_TRIES", 5, "Wrong passwords in a row that lock an A2A account")
    password_history: int = _setting("GATEWAY_PASSWORD_HISTORY", 5, "A new A2A password must not be one of so many last ones")
    client_ids: str = _setting(
        "GATEWAY_CLIENT_IDS", "any", "any; or registered: clientID must be a registered software house, the own id, or left out"
    )
    userauth_until: date | None = _setting(
        "GATEWAY_USERAUTH_UNTIL", None, "Last day (London, as 2023-02-07) of the services with userAuth; empty: no end"
    )
    token_until: date | None = _setting("GATEWAY_TOKEN_UNTIL", None, "Last day of the services with accessToken; empty: no end")
    max_request_bytes: int = _setting("GATEWAY_MAX_REQUEST_BYTES", 8 * 1024 * 1024, "Largest request body accepted")
    max_elements: int = _setting("GATEWAY_MAX_ELEMENTS", 100_000, "Most markup (tags) in one document; bounds memory")
    lock_seconds: int = _setting("GATEWAY_LOCK_SECONDS", 1800, "How long a lock on a claim holds (lockClaim) if nobody ends it before")
    search_rows: int = _setting("GATEWAY_SEARCH_ROWS", 1000, "Most claims in one answer of searchClaims; a search that finds more is refused")
    sqlite_synchronous: str = _setting(
        "GATEWAY_SQLITE_SYNCHRONOUS", "FULL", "FULL: an answered Ok survives a power cut; NORMAL: it survives a crash of the process only"
    )
    clamd: str = _setting(
        "GATEWAY_CLAMD", "", "Virus scanner for attachments: clamd's host:port, or the path of its socket; empty: nothing is scanned"
    )
    clamd_seconds: int = _setting("GATEWAY_CLAMD_SECONDS", 30, "How long the scanner may take for a file; then the call is answered with Error")
    retention: bool = _setting(
        "GATEWAY_RETENTION", True, "Jobs acknowledge, archive and delete claims whose time is over, once a day; off: they stay"
    )
    admin: str = _setting("GATEWAY_ADMIN", "", "Who makes changes from the command line, for the audit log; empty: the operating system's user name")
    log_level: str = _setting("GATEWAY_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR")
    log_format: str = _setting("GATEWAY_LOG_FORMAT", "json", "json, or console for people")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; an unusable value raises BadSetting."""
        source = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for one in fields(cls):
            variable = one.metadata["variable"]
            if variable in source:
                values[one.name] = _convert(variable, source[variable], one.default)
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        allowed = {
            "GATEWAY_RELEASE_RTA": (self.release_rta, ("R3", "R5", "R6", "R7")),
            "GATEWAY_RELEASE_ELPL": (self.release_elpl, ("R3", "R5", "R6")),
            "GATEWAY_NUMBERING": (self.numbering, ("production", "integration")),
            "GATEWAY_CLIENT_IDS": (self.client_ids, ("any", "registered")),
            "GATEWAY_SQLITE_SYNCHRONOUS": (self.sqlite_synchronous, ("FULL", "NORMAL")),
            "GATEWAY_LOG_LEVEL": (self.log_level, ("DEBUG", "INFO", "WARNING", "ERROR")),
            "GATEWAY_LOG_FORMAT": (self.log_format, ("json", "console")),
        }
        for variable, (value, choices) in allowed.items():
            if value not in choices:
                raise BadSetting(f"{variable} is {value!r}; allowed: {', '.join(choices)}")
        _ = self.clamd_address
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, int) and not isinstance(value, bool) and value < (0 if one.name in ("port", "credential_cache_seconds") else 1):
                raise BadSetting(f"{one.metadata['variable']} is {value}; it must be positive")

    def release(self, process: str) -> str:
        """The release in force now for claims of `process` ("rta" or "elpl")."""
        return self.release_rta if process == "rta" else self.release_elpl

    def last_day(self, generation: str) -> date | None:
        """The last day of the services of that generation ("userauth" or "token"), in London; None: no end."""
        return self.userauth_until if generation == "userauth" else self.token_until

    @property
    def store_url(self) -> str:
        """The database URL in effect."""
        return self.database_url or f"sqlite:///{(self.data / 'gateway.db').resolve()}"

    @property
    def clamd_address(self) -> Address | None:
        """Where the virus scanner is; None if there is none. Raises BadSetting."""
        if not self.clamd or "/" in self.clamd:
            return self.clamd or None
        host, _, port = self.clamd.rpartition(":")
        if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise BadSetting(f"GATEWAY_CLAMD is {self.clamd!r}; allowed: host:port, or the path of a socket (with a / in it)")
        return host.strip("[]"), int(port)


def _convert(variable: str, text: str, default: Any) -> Any:
    if default is None:
        try:
            return date.fromisoformat(text) if text.strip() else None
        except ValueError:
            raise BadSetting(f"{variable} is {text!r}; a day is needed, as 2023-02-07") from None
    if isinstance(default, bool):
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise BadSetting(f"{variable} is {text!r}; allowed: on, off")
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise BadSetting(f"{variable} is {text!r}; a whole number is needed") from None
    if isinstance(default, Path):
        return Path(text).expanduser()
    return text.upper() if variable in ("GATEWAY_SQLITE_SYNCHRONOUS", "GATEWAY_LOG_LEVEL") else text
