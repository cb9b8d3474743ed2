"""`gateway org`: the organisations."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer

from gateway.commands import output
from gateway.commands.admin import Addressed, By, Change, Claims, address_fields, changing, looking, told
from gateway.commands.output import Json
from gateway.contract.profiles import administrator
from gateway.store import Connection, agreements, directory, identities, organisations, users
from gateway.store.agreements import Standing
from gateway.store.directory import Organisation

app = typer.Typer(
    help="""Register organisations and look after them.

Id, name, kind and type are fixed once and for all; an organisation is never deleted, but can be disabled.
""",
    no_args_is_help=True,
)

_KINDS = {"CR": "claimant representative", "COMP": "compensator"}
_Id = Annotated[str, typer.Argument(metavar="ID", help="The organisation, like COMP001.")]


class Kind(StrEnum):
    """The two kinds of account (portal notes 1.1)."""

    cr = "CR"
    comp = "COMP"


class Type(StrEnum):
    """What a compensator is (portal notes 1.2)."""

    insurer = "I"
    mib = "M"
    self_insured = "S"


@app.command()
def register(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, which stays as it is.")],
    kind: Annotated[Kind, typer.Option(case_sensitive=False, help="Claimant representative or compensator.")],
    admin_id: Annotated[str, typer.Option(metavar="USER", help="User ID of its first administrator, unique in the whole portal.")],
    admin_name: Annotated[str, typer.Option(metavar="NAME", help="The administrator's first name.")],
    admin_surname: Annotated[str, typer.Option(metavar="NAME", help="The administrator's surname.")],
    address: Addressed = None,
    type_: Annotated[
        Type | None, typer.Option("--type", case_sensitive=False, help="Of a compensator: I insurer, M the MIB (only one), S self-insured.")
    ] = None,
    claims: Annotated[Claims, typer.Option(help="Claims of which kinds.")] = Claims.both,
    id: Annotated[str | None, typer.Option(metavar="ID", help="An id of that kind, instead of the first that is free.")] = None,
    admin_email: Annotated[str, typer.Option(metavar="ADDRESS", help="The administrator's e-mail address.")] = "",
    a2a: Annotated[str | None, typer.Option(metavar="NAME", help="Also an A2A account of that name; its password is shown this once.")] = None,
    software_house: Annotated[str | None, typer.Option(metavar="ID", help="Whose program uses the A2A account, like SH0001.")] = None,
    *,
    accept_agreement: Annotated[
        bool, typer.Option("--accept-agreement", help="Accept the newest user agreement in the administrator's name. For sandboxes.")
    ] = False,
    by: By = "",
    json: Json = False,
) -> None:
    """Register an organisation: with branch 001 at its address, its first administrator and, if asked for, an A2A account.

    An administrator of it must accept the user agreement before anybody can call: gateway agreement accept.

    Example: gateway org register "Newtown Mutual" --kind COMP --type I --address street1="1 High Street" --address city=Newtown
    --address postCode="ZZ99 1AA" --admin-id newtown-admin --admin-name Ann --admin-surname Lee --a2a newtown-a2a
    """
    password = accepted = None
    with changing(by) as change:
        connection, kinds, letter = change.connection, claims.processes, None if type_ is None else type_.value
        fields = address_fields(address)
        made = organisations.register(connection, name, kind.value, address=fields, compensator_type=letter, processes=kinds, id=id)
        change.note("org.register", made.id, made.id, name=made.name, kind=made.kind, type=letter, claims=kinds)
        profile = administrator(organisations.side_of(made))
        user = users.add(
            connection, admin_id, made.id, name=admin_name.strip(), surname=admin_surname.strip(), profiles=[profile], email=admin_email.strip()
        )
        change.note("user.add", user.id, made.id, profiles=user.profiles, branch=user.branch_id, expires_on=user.expires_on)
        if a2a is not None:
            house = None if software_house is None else software_house.upper()
            password = identities.add(connection, a2a, made.id, processes=kinds, software_house=house)
            change.note("identity.add", directory.id_of(a2a), made.id, software_house=house, services=kinds)
        newest, shut_out = agreements.all_of_them(connection)[-1:], _standing(connection, made.id).shut_out
        if accept_agreement and newest:
            accepted = newest[0].version
            agreements.accept(connection, accepted, user.id)
            change.note("agreement.accept", accepted, made.id, user=user.id)
    identity = None if password is None else {"id": directory.id_of(a2a), "password": password}
    if json:
        output.as_json({**output.fields_of(made), "administrator": user.id, "identity": identity, "agreement": accepted})
        return
    typer.echo(f"{made.id} {made.name} is registered, with branch 001 and administrator {user.id}.")
    if identity is not None:
        typer.echo(f"A2A account {identity['id']}, password (shown this once): {identity['password']}")
    if accepted:
        typer.echo(f"User agreement {accepted} is accepted.")
    elif newest:
        when = "before anybody can call" if shut_out else f"by {output.day(newest[0].due_on)}"
        typer.echo(f"The user agreement must be accepted {when}: gateway agreement accept --organisation {made.id} --by-user {user.id}")


@app.command("list")
def list_(
    kind: Annotated[Kind | None, typer.Option(case_sensitive=False, help="Only those of one kind.")] = None,
    *,
    json: Json = False,
) -> None:
    """List the organisations.

    Example: gateway org list --kind COMP
    """
    with looking() as connection:
        found = organisations.all_of_them(connection, None if kind is None else kind.value)
    if json:
        output.as_json(found)
        return
    rows = [(one.id, one.name, _short_kind(one), output.processes(one), "enabled" if one.enabled else "disabled") for one in found]
    output.as_table(("id", "name", "kind", "claims", "state"), rows, "There are no organisations. Run: gateway org register")


@app.command()
def show(id: _Id, *, json: Json = False) -> None:
    """Show an organisation with its branches, users, A2A accounts, and where it stands with the user agreement.

    Example: gateway org show COMP001
    """
    with looking() as connection:
        one = organisations.by_id(connection, id)
        branches, people = directory.branches(connection, one.id), users.all_of_them(connection, one.id)
        accounts, standing = identities.all_of_them(connection, one.id), _standing(connection, one.id)
    names = [account.id for account in accounts]
    if json:
        more = {"branches": [branch.id for branch in branches], "users": [user.id for user in people], "identities": names}
        output.as_json({**output.fields_of(one), **more, "agreement": output.fields_of(standing)})
        return
    output.as_lines(
        {
            "Organisation": f"{one.id} {one.name}",
            "Kind": _long_kind(one),
            "Claims": output.processes(one),
            "Path": one.path,
            "State": "enabled" if one.enabled else "disabled",
            "Address": output.address(one.address),
            "Branches": ", ".join(f"{branch.id} {branch.name}{'' if branch.enabled else ' (disabled)'}" for branch in branches),
            "Users": f"{len(people)}, of whom {sum(user.enabled for user in people)} enabled",
            "A2A accounts": ", ".join(names) or "none",
            "Agreement": _spoken(standing),
        }
    )


@app.command()
def enable(id: _Id, *, by: By = "") -> None:
    """Enable an organisation that was disabled.

    Example: gateway org enable COMP001
    """
    _set_enabled(id, by, True)


@app.command()
def disable(id: _Id, *, by: By = "") -> None:
    """Disable an organisation: nobody can call for it any more, with a token that was issued neither.

    Example: gateway org disable COMP001
    """
    _set_enabled(id, by, False)


@app.command()
def address(id: _Id, address: Addressed = None, *, by: By = "") -> None:
    """Change the address, field by field; FIELD= without a text removes one. Branch 001 has an address of its own: gateway branch edit.

    Example: gateway org address COMP001 --address street1="2 High Street" --address street2=
    """
    given = address_fields(address)
    with changing(by) as change:
        one = organisations.by_id(change.connection, id)
        changed = _make(change, "org.address", one, lambda: organisations.set_address(change.connection, one.id, {**one.address, **given}))
        now = organisations.by_id(change.connection, one.id)
    told(changed, f"The address of {now.id} is now: {output.address(now.address)}")


@app.command("claim-types")
def claim_types(
    id: _Id,
    claims: Annotated[Claims, typer.Argument(help="Claims of which kinds it is registered for from now on.")],
    *,
    by: By = "",
) -> None:
    """Change the kinds of claims that an organisation is registered for.

    Example: gateway org claim-types COMP001 rta
    """
    with changing(by) as change:
        one = organisations.by_id(change.connection, id)
        changed = _make(change, "org.claim-types", one, lambda: organisations.set_processes(change.connection, one.id, claims.processes))
        now = organisations.by_id(change.connection, one.id)
    told(changed, f"{now.id} is now registered for {output.processes(now)} claims.")


def _set_enabled(id: str, by: str, enabled: bool) -> None:
    word = "enable" if enabled else "disable"
    with changing(by) as change:
        one = organisations.by_id(change.connection, id)
        changed = _make(change, f"org.{word}", one, lambda: organisations.set_enabled(change.connection, one.id, enabled))
    told(changed, f"{one.id} {one.name} is {word}d.")


def _make(change: Change, what: str, one: Organisation, made: Callable[[], None]) -> dict[str, Any]:
    return change.make(what, one.id, one.id, lambda: organisations.by_id(change.connection, one.id), made)


def _standing(connection: Connection, id: str) -> Standing:
    return next(one for one in agreements.standings(connection) if one.organisation_id == id)


def _short_kind(one: Organisation) -> str:
    return " ".join(filter(None, (one.kind, one.compensator_type)))


def _long_kind(one: Organisation) -> str:
    return f"{_KINDS[one.kind]}{f' ({organisations.TYPES[one.compensator_type]})' if one.compensator_type else ''}"


def _spoken(standing: Standing) -> str:
    accepted = f"{standing.version} accepted by {standing.user_id} on {output.time(standing.at)}" if standing.version else "none accepted"
    return f"{accepted}{'; a newer one is due, so nobody can call' if standing.shut_out else ''}"
