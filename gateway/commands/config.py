"""`gateway config`: the settings in effect."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Annotated, Any

import typer

from gateway.commands import output
from gateway.commands.opening import refuse
from gateway.commands.output import Json
from gateway.commands.serve import make_server
from gateway.config import BadSetting, Settings
from gateway.setting import DEFAULT, FILE, rule
from gateway.store.whereabouts import place

app = typer.Typer(
    help=f"""Look at the settings, and check them before a start.

They come from the environment and from one TOML file, named by {FILE} or by --config before the command; the environment wins. In the file a
setting bears the name of its variable in small letters without GATEWAY_: workers = 4
""",
    no_args_is_help=True,
)


@app.command()
def show(
    changed: Annotated[bool, typer.Option("--changed", help="Only those that are not as they come.")] = False,
    *,
    json: Json = False,
) -> None:
    """Show every setting with its value, and where it was set. Passwords are masked.

    Example: gateway config show --changed
    """
    settings, origins = _read()
    rows = [
        {"setting": one.metadata["variable"], "value": _shown(settings, one), "from": origins[one.name], "about": one.metadata["about"]}
        for one in fields(Settings)
        if not (changed and origins[one.name] == DEFAULT)
    ]
    if json:
        output.as_json(rows)
        return
    output.as_table(("setting", "value", "from"), [(row["setting"], row["value"], row["from"]) for row in rows], "Everything is as it comes.")


@app.command()
def check() -> None:
    """Say whether a server could start with the settings; if not, everything that is wrong. Exit code 0: it could, 2: not.

    Example: gateway --config /etc/a2a-gateway/gateway.toml config check
    """
    settings, origins = _read()
    try:
        make_server(settings)
    except BadSetting as problem:
        refuse(str(problem), 2)
    changed = sum(origin != DEFAULT for origin in origins.values())
    typer.echo(f"The settings can be used; {output.counted(changed, 'is', 'are')} not as they come. Store: {place(settings.store_url)}")


def _read() -> tuple[Settings, Any]:
    try:
        return Settings.explained()
    except BadSetting as problem:
        refuse(str(problem), 2)


def _shown(settings: Settings, one: Any) -> str:
    value = getattr(settings, one.name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if rule(one).secret and value:
        return place(value)
    return value.isoformat() if isinstance(value, date) else str(value)
