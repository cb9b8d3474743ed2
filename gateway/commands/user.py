"""`gateway user`: the people for whom calls are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

import typer

from gateway.clock import Moment
from gateway.commands import output
from gateway.commands.admin import NOTHING, By, Change, changing, looking, parse_day, told
from gateway.commands.opening import refuse
from gateway.commands.output import Json, counted
from gateway.contract.profiles import holds
from gateway.domain import accounts
from gateway.store import organisations, users
from gateway.store.users import Account

app = typer.Typer(
    help="""Look after the users of organisations: the people for whom programs call (asUser, userAsID).

A user ID is unique in the whole portal, whatever its case, and stays as it is. Profiles say what a user may do and which claims the user sees.
A user is good for two years; the gateway itself disables one who is used after the last day, or after 90 days without use.
""",
    no_args_is_help=True,
)

_Id = Annotated[str, typer.Argument(metavar="USER", help="The user ID, in either case.")]
_Profiles = Annotated[list[str], typer.Option("--profile", metavar="PROFILE", help="A profile, several times, like COMP Claim Handler.")]
_UntilOption = Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day, like 2027-06-14. Default: two years from today.")]
_WHY = {accounts.IDLE: "not used for 90 days", accounts.EXPIRED: "expired", accounts.ADMINISTRATOR: ""}


class State(StrEnum):
    """What can be asked for, as in the portal's search for users (portal notes 3.3)."""

    all = "all"
    enabled = "enabled"
    disabled = "disabled"
    inactive = "inactive"


@app.command()
def add(
    id: Annotated[str, typer.Argument(metavar="USER", help="The user ID: no e-mail address, and never changed.")],
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Whose user, like COMP001.")],
    name: Annotated[str, typer.Option(metavar="NAME", help="First name.")],
    surname: Annotated[str, typer.Option(metavar="NAME", help="Surname.")],
    profile: _Profiles,
    second_name: Annotated[str, typer.Option(metavar="NAME", help="Second name.")] = "",
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="E-mail address, unique within the organisation.")] = "",
    phone: Annotated[str, typer.Option(metavar="NUMBER", help="Telephone number.")] = "",
    branch: Annotated[str, typer.Option(metavar="BRANCH", help="The user's branch.")] = "001",
    until: _UntilOption = None,
    *,
    by: By = "",
    json: Json = False,
) -> None:
    """Add a user.

    Example: gateway user add jsmith COMP001 --name Jane --surname Smith --profile "COMP Claim Handler" --email jane@example.com
    """
    last = parse_day(until)
    with changing(by) as change:
        of = organisations.by_id(change.connection, organisation).id
        more = {"second_name": second_name.strip(), "email": email.strip(), "phone": phone.strip(), "branch_id": branch}
        made = users.add(change.connection, id, of, name=name.strip(), surname=surname.strip(), profiles=profile, expires_on=last, **more)
        change.note("user.add", made.id, of, profiles=made.profiles, branch=made.branch_id, expires_on=made.expires_on)
    if json:
        output.as_json(made)
    else:
        typer.echo(f"User {made.id} of {of} is added: {', '.join(made.profiles)}; good until {output.day(made.expires_on)}.")


@app.command("list")
def list_(
    organisation: Annotated[str | None, typer.Argument(metavar="ORGANISATION", help="Only the users of this one.")] = None,
    state: Annotated[
        State, typer.Option(help="enabled; disabled: by the gateway, still active; inactive: disabled by an administrator.")
    ] = State.all,
    expiring: Annotated[
        int | None, typer.Option(metavar="DAYS", min=0, max=36500, help="Only those enabled whose last day comes within so many days.")
    ] = None,
    *,
    json: Json = False,
) -> None:
    """List users; those whose last day is less than 14 days off are marked.

    Example: gateway user list COMP001 --expiring 30
    """
    today = Moment.now().today
    with looking() as connection:
        of = None if organisation is None else organisations.by_id(connection, organisation).id
        found = [one for one in users.all_of_them(connection, of) if _is(one, state) and (expiring is None or _expires_within(one, today, expiring))]
    if json:
        output.as_json([_fields(one, today) for one in found])
        return
    rows = [(one.id, one.organisation_id, _full_name(one), ", ".join(one.profiles), _state(one, today), _last_day(one, today)) for one in found]
    output.as_table(("id", "of", "name", "profiles", "state", "last day"), rows, "There are no such users.")


@app.command()
def show(id: _Id, *, json: Json = False) -> None:
    """Show a user, and how many open claims are allocated to the user.

    Example: gateway user show comp1-handler
    """
    today = Moment.now().today
    with looking() as connection:
        one = users.by_id(connection, id)
        claims = users.allocated(connection, one)
    if json:
        output.as_json({**_fields(one, today), "claims": claims})
        return
    output.as_lines(
        {
            "User": f"{one.id}, {_full_name(one)}",
            "Of": f"{one.organisation_id}, branch {one.branch_id}",
            "Profiles": ", ".join(one.profiles),
            "State": _state(one, today),
            "Last day": _last_day(one, today) or "none",
            "Last used": output.day(one.used_on) or "does not count",
            "E-mail": one.email,
            "Telephone": one.phone,
            "Claims": f"{claims} open allocated",
        }
    )


@app.command()
def edit(
    id: _Id,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="First name.")] = None,
    second_name: Annotated[str | None, typer.Option(metavar="NAME", help="Second name.")] = None,
    surname: Annotated[str | None, typer.Option(metavar="NAME", help="Surname.")] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="E-mail address, unique within the organisation.")] = None,
    phone: Annotated[str | None, typer.Option(metavar="NUMBER", help="Telephone number.")] = None,
    branch: Annotated[str | None, typer.Option(metavar="BRANCH", help="The user's branch.")] = None,
    *,
    by: By = "",
) -> None:
    """Change what is known of a user. The user ID stays as it is; for profiles there is: gateway user profiles.

    Example: gateway user edit comp1-handler --branch 002 --phone "0161 496 0000"
    """
    given = {"name": name, "second_name": second_name, "surname": surname, "email": email, "phone": phone, "branch_id": branch}
    known = {field: text.strip() for field, text in given.items() if text is not None}
    _make("edit", id, by, lambda change, one: users.edit(change.connection, one.id, **known), "is changed")


@app.command()
def profiles(
    id: _Id,
    profile: Annotated[list[str], typer.Argument(metavar="PROFILE…", help="All profiles the user is to have, like COMP Claim Handler.")],
    *,
    by: By = "",
) -> None:
    """Exchange the profiles of a user, with effect on the next call.

    Example: gateway user profiles comp1-handler "COMP Claim Handler" "COMP Administrator"
    """
    _make("profiles", id, by, lambda change, one: users.set_profiles(change.connection, one.id, profile), "now has: {profiles}")


@app.command()
def enable(id: _Id, *, by: By = "") -> None:
    """Enable a user, also one that the gateway has disabled. For one who has expired there is: gateway user extend.

    Example: gateway user enable comp1-handler
    """

    def again(change: Change, one: Account) -> None:
        if not (one.enabled and one.active):
            users.enable(change.connection, one.id)

    _make("enable", id, by, again, "is enabled")


@app.command()
def disable(
    id: _Id,
    *,
    force: Annotated[bool, typer.Option("--force", help="Even if open claims are allocated to the user.")] = False,
    by: By = "",
) -> None:
    """Disable a user: no call is made for the user any more, with a token that was issued neither. Claims should be reallocated before.

    Example: gateway user disable comp1-handler
    """

    def off(change: Change, one: Account) -> None:
        claims = users.allocated(change.connection, one)
        if claims and not force:
            still = f"{counted(claims, 'open claim is', 'open claims are')} still allocated to user {one.id}"
            refuse(f"{still}. Let a team leader allocate them to others first (allocateUser), or say --force. {NOTHING}", 2)
        users.disable(change.connection, one.id)

    _make("disable", id, by, off, "is disabled")


@app.command()
def expire(
    id: _Id,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The last day, like 2027-06-14. Default: yesterday.")] = None,
    *,
    by: By = "",
) -> None:
    """Set the last day of a user; unless another is given yesterday, so that the user has expired now.

    Example: gateway user expire comp1-handler --on 2027-06-14
    """
    last = parse_day(on)
    _make("expire", id, by, lambda change, one: users.expire(change.connection, one.id, last), "is good until {last} and no longer")


@app.command()
def extend(id: _Id, until: _UntilOption = None, *, by: By = "") -> None:
    """Put off the last day of a user, and enable one who had expired.

    Example: gateway user extend comp1-handler --until 2029-06-14
    """
    last = parse_day(until)
    _make("extend", id, by, lambda change, one: users.extend(change.connection, one.id, last), "is good until {last}")


def _make(word: str, id: str, by: str, change_it: Callable[[Change, Account], object], done: str) -> None:
    """Make a change and say so; in `done`, {last} is the last day and {profiles} what they are now."""
    with changing(by) as change:
        one = users.by_id(change.connection, id)

        def read() -> Account:
            return users.by_id(change.connection, one.id)

        changed = change.make(f"user.{word}", one.id, one.organisation_id, read, lambda: change_it(change, one))
        now, claims = read(), users.allocated(change.connection, one)
        administrators = [each.id for each in users.all_of_them(change.connection, one.organisation_id) if _administers(each)]
    told(changed, f"User {now.id} {done.format(last=output.day(now.expires_on), profiles=', '.join(now.profiles))}.")
    if claims and not changed.keys().isdisjoint(("branch_id", "profiles")):
        still = counted(claims, "open claim is", "open claims are")
        typer.echo(f"{still} still allocated to user {now.id}, who may not see all that any more; a team leader can allocate anew (allocateUser).")
    if _administers(one) and not administrators:
        typer.echo(f"{one.organisation_id} has no enabled administrator left.")


def _fields(one: Account, today: date) -> dict[str, object]:
    return {**output.fields_of(one), "about_to_expire": one.is_about_to_expire(today), "state": _state(one, today)}


def _is(one: Account, state: State) -> bool:
    is_in = {State.enabled: one.enabled and one.active, State.disabled: one.active and not one.enabled, State.inactive: not one.active}
    return is_in.get(state, True)


def _expires_within(one: Account, today: date, days: int) -> bool:
    return one.enabled and one.expires_on is not None and timedelta() <= one.expires_on - today <= timedelta(days=days)


def _administers(one: Account) -> bool:
    good = accounts.is_good(one.enabled, one.active, one.expires_on, one.used_on, Moment.now().today)
    return good and holds(one.profiles, "administer")


def _state(one: Account, today: date) -> str:
    if one.enabled and one.active:
        if one.expires_on is not None and one.expires_on < today:
            return "expired"
        return "idle" if accounts.is_idle(one.used_on, today) else "enabled"
    why = _WHY.get(one.disabled_for, "")
    return f"disabled{f' ({why})' if why else ''}"


def _last_day(one: Account, today: date) -> str:
    if one.is_about_to_expire(today) and one.expires_on is not None:
        return f"{output.day(one.expires_on)} (in {counted((one.expires_on - today).days, 'day')})"
    return output.day(one.expires_on)


def _full_name(one: Account) -> str:
    return " ".join(filter(None, (one.name, one.second_name, one.surname)))
