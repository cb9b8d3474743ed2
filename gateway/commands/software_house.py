"""`gateway software-house`: who makes the programs that call."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.commands import output
from gateway.commands.admin import By, changing, looking, told
from gateway.commands.output import Json
from gateway.store import software_houses
from gateway.store.software_houses import BadSoftwareHouse, SoftwareHouse

app = typer.Typer(
    help="""Look after the software houses, whose ids travel as clientID.

They have no claims. With GATEWAY_CLIENT_IDS=registered nobody gets a token with the clientID of one that is not registered here, or disabled.
""",
    no_args_is_help=True,
)

_Id = Annotated[str, typer.Argument(metavar="ID", help="The software house, like SH0001.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    id: Annotated[str | None, typer.Option(metavar="ID", help="SH and four digits, instead of the next number.")] = None,
    *,
    by: By = "",
    json: Json = False,
) -> None:
    """Register a software house.

    Example: gateway software-house add "Casework Systems Ltd"
    """
    with changing(by) as change:
        number = software_houses.next_id(change.connection) if id is None else id.upper()
        software_houses.add(change.connection, number, name.strip())
        change.note("software-house.add", number, name=name.strip())
    if json:
        output.as_json({"id": number, "name": name.strip(), "enabled": True})
    else:
        typer.echo(f"{number} {name.strip()} is registered.")


@app.command("list")
def list_(*, json: Json = False) -> None:
    """List the software houses.

    Example: gateway software-house list
    """
    with looking() as connection:
        found = software_houses.all_of_them(connection)
    if json:
        output.as_json(found)
        return
    rows = [(one.id, one.name, "enabled" if one.enabled else "disabled") for one in found]
    output.as_table(("id", "name", "state"), rows, "There are no software houses. Run: gateway software-house add")


@app.command()
def enable(id: _Id, *, by: By = "") -> None:
    """Enable a software house that was disabled.

    Example: gateway software-house enable SH0001
    """
    _set_enabled(id, by, True)


@app.command()
def disable(id: _Id, *, by: By = "") -> None:
    """Disable a software house: no new tokens for its clientID, where only registered ones are let in.

    Example: gateway software-house disable SH0001
    """
    _set_enabled(id, by, False)


def _set_enabled(id: str, by: str, enabled: bool) -> None:
    word, number = "enable" if enabled else "disable", id.upper()
    with changing(by) as change:

        def read() -> SoftwareHouse:
            found = software_houses.by_id(change.connection, number)
            if found is None:
                raise BadSoftwareHouse(f"There is no software house {id[:50]}.")
            return found

        changed = change.make(f"software-house.{word}", number, None, read, lambda: software_houses.set_enabled(change.connection, number, enabled))
    told(changed, f"{number} is {word}d.")
