"""`gateway branch`: the branches of organisations."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from gateway.commands import output
from gateway.commands.admin import Addressed, By, Change, address_fields, changing, looking, told
from gateway.commands.output import Json, counted
from gateway.store import branches, directory, organisations
from gateway.store.directory import Branch

app = typer.Typer(
    help="""Look after the branches of organisations.

A compensator's claims arrive in its one central point, branch 001; all other branches are handling points. A claimant representative has handling
points only. Numbers are given by the gateway; number and kind stay, and a branch is never deleted.
""",
    no_args_is_help=True,
)

_Organisation = Annotated[str, typer.Argument(metavar="ORGANISATION", help="The organisation, like COMP001.")]
_Id = Annotated[str, typer.Argument(metavar="BRANCH", help="The branch, like 002.")]
_KINDS = {"central": "central point", "handling": "handling point"}


class Kind(StrEnum):
    """The two kinds of branch."""

    handling = "handling"
    central = "central"


@app.command()
def add(
    organisation: _Organisation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, which may not be that of a person.")],
    address: Addressed = None,
    kind: Annotated[Kind, typer.Option(help="A further branch can only be a handling point.")] = Kind.handling,
    *,
    by: By = "",
    json: Json = False,
) -> None:
    """Add a branch, at the organisation's address unless another is given.

    Example: gateway branch add COMP001 "Saltmouth claims centre" --address street1="7 Ropewalk" --address city=Saltmouth
    """
    with changing(by) as change:
        made = branches.add(change.connection, organisation, name, kind=kind.value, address=address_fields(address) or None)
        change.note("branch.add", made.path, made.organisation_id, name=made.name, kind=made.kind)
    if json:
        output.as_json(made)
    else:
        typer.echo(f"Branch {made.id} of {made.organisation_id}, {made.name}, is added as a {_KINDS[made.kind]}.")


@app.command("list")
def list_(organisation: _Organisation, *, json: Json = False) -> None:
    """List the branches of an organisation.

    Example: gateway branch list COMP001
    """
    with looking() as connection:
        found = directory.branches(connection, organisations.by_id(connection, organisation).id)
    if json:
        output.as_json(found)
        return
    rows = [(one.id, one.name, _KINDS[one.kind], "enabled" if one.enabled else "disabled", output.address(one.address)) for one in found]
    output.as_table(("id", "name", "kind", "state", "address"), rows, "There are no branches.")


@app.command()
def show(organisation: _Organisation, id: _Id, *, json: Json = False) -> None:
    """Show a branch, and how many users and open claims it has.

    Example: gateway branch show COMP001 002
    """
    with looking() as connection:
        one = branches.by_id(connection, organisation, id)
        people, claims = branches.occupancy(connection, one)
    if json:
        output.as_json({**output.fields_of(one), "users": people, "claims": claims})
        return
    output.as_lines(
        {
            "Branch": f"{one.id} {one.name}",
            "Organisation": one.organisation_id,
            "Kind": _KINDS[one.kind],
            "Path": one.path,
            "State": "enabled" if one.enabled else "disabled",
            "Address": output.address(one.address),
            "Users": f"{people} enabled",
            "Claims": f"{claims} open",
        }
    )


@app.command()
def edit(
    organisation: _Organisation,
    id: _Id,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="Another name.")] = None,
    address: Addressed = None,
    *,
    by: By = "",
) -> None:
    """Change the name or the address of a branch, the address field by field; FIELD= without a text removes one.

    Example: gateway branch edit COMP001 002 --name "Saltmouth" --address street1="9 Ropewalk"
    """
    given = address_fields(address)

    def exchange(change: Change, one: Branch) -> None:
        branches.edit(change.connection, one.organisation_id, one.id, name=name, address={**one.address, **given} if given else None)

    _make("edit", organisation, id, by, exchange)


@app.command()
def enable(organisation: _Organisation, id: _Id, *, by: By = "") -> None:
    """Enable a branch that was disabled.

    Example: gateway branch enable COMP001 002
    """
    _make("enable", organisation, id, by, lambda change, one: branches.set_enabled(change.connection, one.organisation_id, one.id, True))


@app.command()
def disable(organisation: _Organisation, id: _Id, *, by: By = "") -> None:
    """Disable a branch, so that no claim can be allocated to it any more; a compensator's central point cannot be. What is in it stays there.

    Example: gateway branch disable COMP001 002
    """
    people, claims = _make(
        "disable", organisation, id, by, lambda change, one: branches.set_enabled(change.connection, one.organisation_id, one.id, False)
    )
    if people or claims:
        typer.echo(f"It still has {counted(people, 'enabled user')} and {counted(claims, 'open claim')}.")


def _make(word: str, organisation: str, id: str, by: str, change_it: Callable[[Change, Branch], None]) -> tuple[int, int]:
    """Make a change and say so; how many users and claims the branch has."""
    with changing(by) as change:
        one = branches.by_id(change.connection, organisation, id)

        def read() -> Branch:
            return branches.by_id(change.connection, one.organisation_id, one.id)

        changed = change.make(f"branch.{word}", one.path, one.organisation_id, read, lambda: change_it(change, one))
        now, occupancy = read(), branches.occupancy(change.connection, one)
    done = {"edit": "changed"}.get(word, f"{word}d")
    told(changed, f"Branch {now.id} of {now.organisation_id}, {now.name}, is {done}.")
    return occupancy
