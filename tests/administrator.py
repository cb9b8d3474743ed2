"""Whoever runs the gateway, at the command line: types `gateway …` over a store, and looks at what was written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from gateway import clock
from gateway.__main__ import app
from gateway.store import audit
from gateway.store.engine import Store
from gateway.store.tables import acceptances, agreements, branches, identities, organisations, password_history, software_houses, users
from gateway.store.tables import audit as audit_table

REAL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday
TABLES = (organisations, branches, users, identities, password_history, software_houses, agreements, acceptances, audit_table)

NEWTOWN = (
    *("org", "register", "Newtown Mutual", "--kind", "COMP", "--type", "I"),
    *("--address", "street1=1 High Street", "--address", "city=Newtown", "--address", "postCode=ZZ99 1AA"),
    *("--admin-id", "Newtown-Admin", "--admin-name", "Ann", "--admin-surname", "Lee"),
)
OAK = (
    *("org", "register", "Oak & Partners", "--kind", "CR", "--address", "city=Oakham"),
    *("--admin-id", "oak-admin", "--admin-name", "Olga", "--admin-surname", "Oak"),
)


class Administrator:
    """Says `--by` nothing: the environment says who it is. The real time stands still."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch, now: datetime = REAL) -> None:
        self.store = store
        monkeypatch.setattr(clock, "wall", lambda: now)
        monkeypatch.setenv("GATEWAY_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("GATEWAY_ADMIN", "ops")

    def types(self, *words: str, given: str | None = None) -> Result:
        """Whatever comes of it."""
        return CliRunner().invoke(app, words, input=given)

    def does(self, *words: str, given: str | None = None) -> str:
        """What is told of something that is done."""
        done = self.types(*words, given=given)
        assert (done.exit_code, done.stderr) == (0, ""), done.output
        return done.stdout

    def json(self, *words: str) -> Any:
        """The same for programs."""
        return json.loads(self.does(*words, "--json"))

    def lines(self, *words: str) -> list[str]:
        """The lines of a table, without the blanks that fill it up."""
        return [line.rstrip() for line in self.does(*words).splitlines()]

    def refused(self, *words: str) -> str:
        """The sentence that refuses something, of which nothing was done."""
        before = self.everything()
        refused = self.types(*words)
        assert (refused.exit_code, refused.stdout) == (2, ""), refused.output
        assert self.everything() == before
        return refused.stderr.rstrip("\n")

    def everything(self) -> dict[str, list[Any]]:
        """All rows of those who take part, and of the log."""
        with self.store.reading() as connection:
            return {table.name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table))) for table in TABLES}

    def log(self) -> list[tuple[str, str, str, str | None, dict[str, Any]]]:
        """Every entry of the audit log, oldest first; all are of now."""
        with self.store.reading() as connection:
            found = audit.entries(connection)
        assert {one.at for one in found} <= {clock.wall()}
        return [(one.who, one.what, one.subject, one.organisation_id, dict(one.detail)) for one in found]

    def last(self) -> tuple[str, str, str, str | None, dict[str, Any]]:
        """The newest entry of the audit log."""
        return self.log()[-1]


def was(before: Any, after: Any) -> dict[str, Any]:
    """How the log tells that a field was changed."""
    return {"from": before, "to": after}
