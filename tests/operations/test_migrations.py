"""The steps lead to the tables the program uses, on both databases, also when several servers start at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from gateway.store import migrations
from gateway.store.engine import Store
from gateway.store.tables import calendars, metadata
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
