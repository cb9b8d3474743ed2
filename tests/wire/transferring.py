"""`gateway transfer` beside a gateway that serves: the command on the store of the world."""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner, Result
from world import World

from gateway.__main__ import app
from gateway.clock import Moment
from gateway.contract.load import contract
from gateway.operations.transfer import order, transfer
from gateway.store import sandbox


def gateway(world: World, *words: str, **more: Any) -> Result:
    """Type `gateway …` on the machine where the store is."""
    url = world.store.engine.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, words, env={"GATEWAY_DATABASE_URL": url, "GATEWAY_SQLITE_SYNCHRONOUS": "NORMAL", "COLUMNS": "160"}, **more)


def transferred(world: World, source: str, target: str, *options: str) -> Result:
    """Carry a transfer out; it must be done in full."""
    done = gateway(world, "transfer", source, target, "--do", "--by", "desk", *options)
    assert done.exit_code == 0, done.output
    return done


def passes(world: World, source: str, target: str, number: str) -> str:
    """The same for one claim without the command, which cannot be given twice at a time in one process."""
    with world.store.reading() as connection:
        ordered = order(connection, contract(), source, target, by="desk")
    with world.store.writing() as connection:
        return transfer(connection, contract(), ordered, int(number), Moment.now(sandbox.offset(connection)))
