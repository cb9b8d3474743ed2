"""What the calls that matter most read in short forms says the same as the long ones, and is never older than the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from claim_rows import add_claim
from sqlalchemy import Table, update

from gateway.store import claims, credentials, tokens
from gateway.store import tables as t
from gateway.store.claims import Claim
from gateway.store.credentials import Caller
from gateway.store.engine import Store

BRIEF = (
    "id",
    "process",
    "cr_organisation",
    "cm_organisation",
    "cm_branch",
    "cr_user",
    "cm_user",
    "phase",
    "guid",
    "next_at",
    "gone_at",
    "deleted_at",
)
LATE = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
PASSWORD = "Sandbox-Key-2026!"


def test_a_claim_in_brief_says_what_the_whole_one_says(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        add_claim(connection)
        number = add_claim(connection, cr_user="cr1-handler", cm_user="comp1-handler", cm_branch="002", gone_at=LATE, deleted_at=LATE).id
    with seeded_store.reading() as connection:
        whole, brief = claims.load(connection, number), claims.load_brief(connection, number)
    assert brief is not None
    assert {name: getattr(brief, name) for name in BRIEF} == {name: getattr(whole, name) for name in BRIEF}
    assert brief.application_id == f"{number:016d}"
    assert brief.gone_at == LATE
    for name in set(Claim.__slots__) - set(BRIEF):
        with pytest.raises(AttributeError):
            getattr(brief, name)


def test_of_a_claim_that_is_not_there_nothing_is_given_in_brief(seeded_store: Store) -> None:
    with seeded_store.writing() as connection:
        assert claims.load_brief(connection, 1) is None
        number = add_claim(connection).id
        assert [claims.load_brief(connection, other) for other in (0, number + 1)] == [None, None]


@pytest.mark.parametrize(
    ("table", "row", "values", "expected"),
    [
        (t.users, "comp1-handler", {"profiles": ["COMP_VIEWER"]}, ("001", "Thistledown Insurance plc", ("COMP_VIEWER",))),
        (t.users, "comp1-handler", {"branch_id": "002"}, ("002", "Thistledown Insurance plc", None)),
        (t.organisations, "COMP001", {"name": "Thistledown Mutual"}, ("001", "Thistledown Mutual", None)),
    ],
)
def test_a_caller_who_called_a_moment_ago_is_seen_as_the_store_has_it_now(
    seeded_store: Store, table: Table, row: str, values: Mapping[str, object], expected: tuple[str, str, tuple[str, ...] | None]
) -> None:
    with seeded_store.session() as session:
        caller = credentials.log_in(session, "rta", "comp1-a2a", PASSWORD, "comp1-handler", "")
    with seeded_store.writing() as connection:
        access = tokens.issue(connection, caller).access
    branch, name, profiles = expected

    def use() -> Caller:
        with seeded_store.reading() as connection:
            return tokens.by_access_token(connection, "rta", access)

    before = use()
    assert use() == before
    with seeded_store.writing() as connection:
        connection.execute(update(table).where(table.c.id == row).values(values))
    after = use()
    assert (after.user_branch, after.organisation.name, after.profiles) == (branch, name, profiles or before.profiles)
    assert after != before
