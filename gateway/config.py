"""All settings, read once from the environment and a file (gateway/setting.py). The README's table lists the same names; a test keeps them equal."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from gateway.setting import DEFAULT, BadSetting, read
from gateway.setting import setting as _setting
from gateway.week import Week
from gateway.week import parse as parse_week

__all__ = ("Address", "BadSetting", "Network", "Settings")

Address = str | tuple[str, int]  # the path of a Unix socket, or host and port
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# What stands for a number left empty: in a sandbox, where people send one fixture many times, and elsewhere.
_UNSAID = {"calls_per_minute": (0, 600), "repeat_seconds": (0, 600)}
_POSTGRESQL = "postgresql+psycopg://"
_DATABASES = ("sqlite", "postgres", "postgresql", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Times in seconds, sizes in bytes."""

    data: Path = _setting("GATEWAY_DATA", Path("var"), "Folder of the store (SQLite file) when no database URL is given")
    database_url: str = _setting(
        "GATEWAY_DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in GATEWAY_DATA. PostgreSQL: postgresql+psycopg://…", secret=True
    )
    host: str = _setting("HOST", "127.0.0.1", "Address to listen on")
    port: int = _setting("PORT", 8000, "Port to listen on", least=0, most=65_535)
    server: str = _setting("GATEWAY_SERVER", "gunicorn", "gunicorn; or granian, which needs a2a-gateway[granian]", choices=("gunicorn", "granian"))
    workers: int = _setting("GATEWAY_WORKERS", 2, "Worker processes")
    threads: int = _setting("GATEWAY_THREADS", 4, "Threads in each worker; more than one also keeps connections alive between calls")
    timeout_seconds: int = _setting("GATEWAY_TIMEOUT_SECONDS", 60, "A worker process that has not shown itself for so long is ended and replaced")
    graceful_seconds: int = _setting(
        "GATEWAY_GRACEFUL_SECONDS", 30, "How long calls in hand may take to be answered when the server stops or reloads"
    )
    keepalive_seconds: int = _setting(
        "GATEWAY_KEEPALIVE_SECONDS", 15, "How long a connection may wait for its next call; longer than that of a proxy in front", least=0
    )
    backlog: int = _setting("GATEWAY_BACKLOG", 512, "Connections that may wait to be accepted")
    max_calls: int = _setting(
        "GATEWAY_MAX_CALLS", 100_000, "A worker process is replaced after so many calls, give or take a tenth; 0: never", least=0
    )
    tls_cert: str = _setting("GATEWAY_TLS_CERT", "", "File of the certificate (PEM, with those between it and the root); empty: plain HTTP")
    tls_key: str = _setting("GATEWAY_TLS_KEY", "", "File of the certificate's private key (PEM)")
    trusted_proxies: str = _setting(
        "GATEWAY_TRUSTED_PROXIES", "", "Addresses or networks of proxies whose X-Forwarded-For, -Proto, -Host and X-Request-Id are believed"
    )
    monitoring: str = _setting(
        "GATEWAY_MONITORING", "", "host:port of an own address for /metrics and /health; empty: they are where the services are"
    )
    monitors: str = _setting("GATEWAY_MONITORS", "127.0.0.0/8,::1", "Addresses or networks that may read /metrics")
    gauge_seconds: int = _setting("GATEWAY_GAUGE_SECONDS", 15, "How old what /metrics tells of the store may be")
    otel: bool = _setting("GATEWAY_OTEL", False, "Send traces by OpenTelemetry, to where OTEL_EXPORTER_OTLP_ENDPOINT says; needs a2a-gateway[otel]")
    sandbox: bool = _setting("GATEWAY_SANDBOX", False, "Allow the process clock to be moved (never in production)")
    release_rta: str = _setting(
        "GATEWAY_RELEASE_RTA", "R7", "Release under which RTA claims are created now: R3, R5, R6 or R7", choices=("R3", "R5", "R6", "R7")
    )
    release_elpl: str = _setting(
        "GATEWAY_RELEASE_ELPL", "R6", "Release under which EL/PL claims are created now: R3, R5 or R6", choices=("R3", "R5", "R6")
    )
    numbering: str = _setting(
        "GATEWAY_NUMBERING",
        "production",
        "Process version numbers claims are stamped with: production or integration (the portal's test site)",
        choices=("production", "integration"),
    )
    access_token_seconds: int = _setting("GATEWAY_ACCESS_TOKEN_SECONDS", 3600, "Life of an access token; keep it above 300, clients renew that early")
    refresh_token_seconds: int = _setting("GATEWAY_REFRESH_TOKEN_SECONDS", 86400, "Life of a refresh token; keep it above 900")
    credential_cache_seconds: int = _setting(
        "GATEWAY_CREDENTIAL_CACHE_SECONDS", 300, "How long a verified userAuth password is remembered by a worker", least=0
    )
    login_tries: int = _setting("GATEWAY_LOGIN_TRIES", 5, "Wrong passwords in a row that lock an A2A account")
    password_history: int = _setting("GATEWAY_PASSWORD_HISTORY", 5, "A new A2A password must not be one of so many last ones")
    client_ids: str = _setting(
        "GATEWAY_CLIENT_IDS",
        "any",
        "any; or registered: clientID must be a registered software house, the own id, or left out",
        choices=("any", "registered"),
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
        "GATEWAY_SQLITE_SYNCHRONOUS",
        "FULL",
        "FULL: an answered Ok survives a power cut; NORMAL: it survives a crash of the process only",
        choices=("FULL", "NORMAL"),
    )
    clamd: str = _setting(
        "GATEWAY_CLAMD", "", "Virus scanner for attachments: clamd's host:port, or the path of its socket; empty: nothing is scanned"
    )
    clamd_seconds: int = _setting("GATEWAY_CLAMD_SECONDS", 30, "How long the scanner may take for a file; then the call is answered with Error")
    retention: bool = _setting(
        "GATEWAY_RETENTION", True, "Jobs acknowledge, archive and delete claims whose time is over, once a day; off: they stay"
    )
    calls_per_minute: int = _setting(
        "GATEWAY_CALLS_PER_MINUTE",
        None,
        "Most calls of an A2A account in a minute; 0: no limit; empty: 600, in a sandbox no limit",
        least=0,
        number=True,
    )
    concurrent_calls: int = _setting(
        "GATEWAY_CONCURRENT_CALLS", 0, "Most calls of an A2A account under way at the same time; 0: no limit", least=0, most=1000
    )
    poll_seconds: int = _setting(
        "GATEWAY_POLL_SECONDS",
        0,
        "How long a user waits before the same list can be asked for again with the same arguments; 0: not at all",
        least=0,
        most=86_400,
    )
    repeat_seconds: int = _setting(
        "GATEWAY_REPEAT_SECONDS",
        None,
        "How long an addClaim that is sent again unchanged is answered with the first claim; 0: never; empty: 600, in a sandbox 0",
        least=0,
        most=86_400,
        number=True,
    )
    opening_hours: str = _setting(
        "GATEWAY_OPENING_HOURS",
        "always",
        "When calls are served, London time; always, or like mon-fri 07:00-19:00, sat 08:00-14:00 (no bank holidays)",
    )
    admin: str = _setting("GATEWAY_ADMIN", "", "Who makes changes from the command line, for the audit log; empty: the operating system's user name")
    log_level: str = _setting("GATEWAY_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    log_format: str = _setting("GATEWAY_LOG_FORMAT", "json", "json, or console for people", choices=("json", "console"))

    def __post_init__(self) -> None:
        for name, (in_a_sandbox, elsewhere) in _UNSAID.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, in_a_sandbox if self.sandbox else elsewhere)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the environment, and the file that GATEWAY_CONFIG names. Raises BadSetting, which tells everything that is wrong."""
        return cls.explained(environment)[0]

    @classmethod
    def explained(cls, environment: Mapping[str, str] | None = None) -> tuple[Settings, Mapping[str, str]]:
        """The same, and for each setting by its name where its value is from. Raises BadSetting."""
        found = read(fields(cls), os.environ if environment is None else environment)
        settings = cls(**found.values)
        problems = (*found.problems, *settings._problems())
        if problems:
            raise BadSetting(*problems)
        return settings, {one.name: found.origins.get(one.name, DEFAULT) for one in fields(cls)}

    def _problems(self) -> list[str]:
        """What is wrong with values that are right each by itself or have a form of their own."""
        problems: list[str] = []
        for look in ("clamd_address", "trusted_networks", "monitor_networks", "monitoring_address", "opening_week"):
            try:
                getattr(self, look)
            except BadSetting as problem:
                problems.extend(problem.problems)
        if self.monitoring.endswith(f":{self.port}"):
            problems.append(f"GATEWAY_MONITORING is {self.monitoring!r}; a port is needed that is not the one of the services")
        if self.server == "granian" and self.monitoring:
            problems.append("GATEWAY_SERVER is granian, which listens at one address, and GATEWAY_MONITORING asks for another; one of them must go")
        if bool(self.tls_cert) != bool(self.tls_key):
            problems.append("GATEWAY_TLS_CERT and GATEWAY_TLS_KEY go together; one of them is not set")
        if self.database_url and self.database_url.partition("://")[0] not in _DATABASES:
            problems.append(f"GATEWAY_DATABASE_URL begins with what this gateway does not know; allowed: {_POSTGRESQL}… or sqlite:///…")
        return problems

    def release(self, process: str) -> str:
        """The release in force now for claims of `process` ("rta" or "elpl")."""
        return self.release_rta if process == "rta" else self.release_elpl

    def last_day(self, generation: str) -> date | None:
        """The last day of the services of that generation ("userauth" or "token"), in London; None: no end."""
        return self.userauth_until if generation == "userauth" else self.token_until

    @property
    def store_url(self) -> str:
        """The database URL in effect."""
        kind, mark, rest = self.database_url.partition("://")
        if kind in ("postgres", "postgresql"):
            return f"{_POSTGRESQL}{rest}"  # as other programs write it; the driver is always psycopg
        return f"{kind}{mark}{rest}" or f"sqlite:///{(self.data / 'gateway.db').resolve()}"

    @property
    def clamd_address(self) -> Address | None:
        """Where the virus scanner is; None if there is none. Raises BadSetting."""
        if not self.clamd or "/" in self.clamd:
            return self.clamd or None
        return _host_and_port("GATEWAY_CLAMD", self.clamd, "host:port, or the path of a socket (with a / in it)")

    @property
    def opening_week(self) -> Week | None:
        """The hours in which calls are served; None: always. Raises BadSetting."""
        return parse_week("GATEWAY_OPENING_HOURS", self.opening_hours)

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """The proxies whose X-Forwarded-… and X-Request-Id are believed. Raises BadSetting."""
        return _networks("GATEWAY_TRUSTED_PROXIES", self.trusted_proxies)

    @property
    def monitor_networks(self) -> tuple[Network, ...]:
        """Who may read /metrics. Raises BadSetting."""
        return _networks("GATEWAY_MONITORS", self.monitors)

    @property
    def monitoring_address(self) -> tuple[str, int] | None:
        """The own address of /metrics and /health; None: they are where the services are. Raises BadSetting."""
        return _host_and_port("GATEWAY_MONITORING", self.monitoring, "host:port") if self.monitoring else None


def _host_and_port(variable: str, text: str, allowed: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise BadSetting(f"{variable} is {text!r}; allowed: {allowed}")
    return host.strip("[]"), int(port)


def _networks(variable: str, text: str) -> tuple[Network, ...]:
    found, problems = [], []
    for one in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ipaddress.ip_network(one))
        except ValueError:
            problems.append(f"{variable} has {one!r}; an address or a network is needed, as 10.0.0.7 or 10.0.0.0/24, with commas between several")
    if problems:
        raise BadSetting(*problems)
    return tuple(found)
