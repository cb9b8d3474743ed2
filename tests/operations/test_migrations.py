"""The steps lead to the tables the program uses, on both databases, also when several servers start at once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text, update

from gateway.clock import Moment
from gateway.store import calendars as calendar_file
from gateway.store import demo, migrations
from gateway.store.engine import Store
from gateway.store.tables import calendars, metadata, users
from gateway.store.upgrade import is_current, revision, upgrade
from gateway.store.whereabouts import exists, place, row_counts

UPGRADE = """
import sys
from gateway.store.engine import Store
from gateway.store.upgrade import upgrade
upgrade(Store(sys.argv[1]))
"""


def url(store: Store) -> str:
    return store.engine.url.render_as_string(hide_password=False)


def test_the_steps_lead_to_the_tables(store: Store) -> None:
    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_from_nothing(bare_store: Store) -> None:
    assert revision(bare_store) is None
    assert not is_current(bare_store)
    upgrade(bare_store)
    assert is_current(bare_store)
    assert revision(bare_store) == "0001"


def test_upgrading_what_is_current_changes_nothing(seeded_store: Store) -> None:
    with seeded_store.reading() as connection:
        before = row_counts(connection)
    upgrade(seeded_store)
    with seeded_store.reading() as connection:
        assert row_counts(connection) == before
    assert before["identities"] == 6


def test_asking_makes_no_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/none.db")
    assert revision(store) is None
    assert not is_current(store)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_odd_characters(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/50 %(here)s/ä.db")
    upgrade(store)
    assert is_current(store)
    store.engine.dispose()


def test_a_store_of_another_version(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(store)
    assert revision(store) == "9999"


def test_all_or_nothing(bare_store: Store) -> None:
    with bare_store.writing() as connection:  # stands in the way of a later step
        connection.execute(text("CREATE TABLE tokens (id INTEGER)"))
    with pytest.raises(Exception, match="tokens"):
        upgrade(bare_store)
    with bare_store.reading() as connection:
        assert inspect(connection).get_table_names() == ["tokens"]


def test_several_servers_start_at_once(bare_store: Store) -> None:
    servers = [subprocess.Popen([sys.executable, "-c", UPGRADE, url(bare_store)], stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [(server.communicate(timeout=60)[1], server.returncode) for server in servers]
    assert [code for _, code in ended] == [0] * 4, ended
    assert is_current(bare_store)


def test_the_start_waits_for_a_writer(bare_store: Store) -> None:
    """Of two servers that find no tables, the second finds those of the first."""
    upgrade(bare_store)
    with bare_store.writing() as connection:
        connection.execute(insert(calendars).values(version=1, holidays=[]))
        server = subprocess.Popen([sys.executable, "-c", UPGRADE, url(bare_store)], stderr=subprocess.PIPE, text=True)
    errors = server.communicate(timeout=60)[1]
    assert server.returncode == 0, errors
    with bare_store.reading() as connection:
        assert connection.scalar(select(calendars.c.version)) == 1


def test_where_it_is(tmp_path: Path) -> None:
    assert place(f"sqlite:///{tmp_path}/a.db") == f"{tmp_path}/a.db"
    assert place("postgresql+psycopg://user:secret@host/name") == "postgresql+psycopg://user:***@host/name"
    assert not exists(f"sqlite:///{tmp_path}/a.db")
    assert exists("postgresql+psycopg://user:secret@host/name")


def test_the_newest_step_is_the_one_the_program_asks_for() -> None:
    script = Config()
    script.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(script).get_current_head() == migrations.NEWEST


def test_a_start_on_a_current_store_does_without_alembic(store: Store) -> None:
    """Loading it would be a tenth of the time until the first answer."""
    program = UPGRADE + "assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", program, url(store)], check=True, timeout=60)


# A step as the next version may bring one: a column that has to be filled, and values that move into another table.
NEXT_STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade():
    op.add_column("organisations", sa.Column("city", sa.String(50), nullable=False, server_default="nowhere"))
    op.create_table(
        "telephones",
        sa.Column("user_id", sa.String(50), sa.ForeignKey("users.id", name="fk_telephones_user_id_users"), nullable=False),
        sa.Column("number", sa.String(50), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_telephones"),
    )
    op.execute("INSERT INTO telephones (user_id, number) SELECT id, '0' || phone FROM users WHERE phone <> ''")
    op.drop_column("users", "phone")
    FAILS
"""


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Makes this program one that has that step; what is given is done at its end."""
    folder = tmp_path / "next-version"
    shutil.copytree(Path(migrations.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def has(end: str) -> None:
        (folder / "versions" / "0002_next.py").write_text(NEXT_STEP.replace("FAILS", end), encoding="utf-8")
        monkeypatch.setattr("gateway.store.upgrade.migrations", SimpleNamespace(__file__=str(folder / "__init__.py"), NEWEST="0002"))

    yield has
    sys.modules.pop("0002_next_py", None)


def content(store: Store, without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for one column of users."""
    kept = {table.name: [column for column in table.columns if (table.name, column.name) != ("users", without)] for table in metadata.sorted_tables}
    with store.reading() as connection:
        return {name: sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr) for name, columns in kept.items()}


def _texts(options: dict[str, Any]) -> list[str]:
    return sorted(f"{name}: {value}" for name, value in options.items())


def shape(store: Store) -> dict[str, Any]:
    """The tables as the database tells them."""
    with store.reading() as connection:
        look = inspect(connection)
        return {
            table: (
                [(one["name"], str(one["type"]), one["nullable"], one["default"]) for one in look.get_columns(table)],
                look.get_pk_constraint(table),
                sorted(look.get_foreign_keys(table), key=repr),
                sorted((one["name"], one["column_names"], one["unique"], _texts(one["dialect_options"])) for one in look.get_indexes(table)),
            )
            for table in sorted(look.get_table_names())
        }


@pytest.fixture
def old_store(bare_store: Store) -> Store:
    """A store of this version with data: one that no other test is given afterwards."""
    upgrade(bare_store)
    with bare_store.writing() as connection:
        calendar_file.seed(connection)
        demo.seed(connection, Moment(datetime(2026, 11, 2, 9, 0, tzinfo=UTC)))
    return bare_store


def test_an_old_store_with_data_becomes_what_a_new_one_is(
    old_store: Store, databases: Any, tmp_path: Path, next_version: Callable[[str], None]
) -> None:
    """Nothing is lost on the way, and afterwards nobody can tell which of the two is the old one."""
    with old_store.writing() as connection:
        connection.execute(update(users).where(users.c.id == "cr1-handler").values(phone="20 7946 0999"))
    before = content(old_store, "phone")
    next_version("")
    assert not is_current(old_store)
    upgrade(old_store)
    assert revision(old_store) == "0002"
    assert is_current(old_store)
    assert content(old_store, "phone") == before
    with old_store.reading() as connection:
        assert connection.execute(text("SELECT user_id, number FROM telephones")).all() == [("cr1-handler", "020 7946 0999")]
        assert set(connection.scalars(text("SELECT city FROM organisations"))) == {"nowhere"}
    with databases.new("bare", tmp_path) as fresh_url:
        fresh = Store(fresh_url)
        upgrade(fresh)
        assert shape(fresh) == shape(old_store)
        fresh.engine.dispose()


def test_a_step_that_fails_at_its_end_leaves_the_old_store(old_store: Store, next_version: Callable[[str], None]) -> None:
    """Also its tables: they are part of the same transaction."""
    before, tables = content(old_store, ""), shape(old_store)
    next_version('op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(Exception, match="nowhere"):
        upgrade(old_store)
    assert revision(old_store) == "0001"
    assert (content(old_store, ""), shape(old_store)) == (before, tables)
