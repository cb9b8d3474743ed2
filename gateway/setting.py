"""How one setting is declared, and how values are read: from the environment, which wins, and from one TOML file.

In the file a setting has the name of its variable in small letters without GATEWAY_: `database_url`, `port`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

FILE = "GATEWAY_CONFIG"  # the variable that names the file
DEFAULT = "default"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}
_PREFIX = "GATEWAY_"
# Kubernetes tells every pod of a service called "gateway" in variables that begin like ours.
_SERVICE_LINK = re.compile(r"GATEWAY_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")
_LINK_VALUE = re.compile(r"(tcp|udp|sctp)://|\d+$|[0-9a-f.:]+$|(tcp|udp|sctp)$", re.IGNORECASE)


class BadSetting(ValueError):
    """Settings that cannot be used. `problems`: for each one line that says which, where it was set and what is allowed."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _Unusable(ValueError):
    """What would be allowed in the place of a value."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting allows. `least` and `most` are for numbers; `secret`: the value is never shown; `number`: it is one, though the default is None."""

    choices: tuple[str, ...] = ()
    least: int = 1
    most: int | None = None
    secret: bool = False
    number: bool = False

    def check(self, value: Any) -> None:
        """Raises _Unusable."""
        if self.choices and value not in self.choices:
            raise _Unusable(f"allowed: {', '.join(self.choices)}")
        if isinstance(value, int) and not isinstance(value, bool) and (value < self.least or (self.most is not None and value > self.most)):
            raise _Unusable(f"a number from {self.least} to {self.most} is needed" if self.most else f"it must be {self.least} or more")


def setting(
    variable: str,
    default: Any,
    about: str,
    *,
    choices: tuple[str, ...] = (),
    least: int = 1,
    most: int | None = None,
    secret: bool = False,
    number: bool = False,
) -> Any:
    """A dataclass field for the setting that `variable` sets. The default says what it is: text, number, bool, Path, or None for a day, or
    with `number` for a number.
    """
    return field(default=default, metadata={"variable": variable, "about": about, "rule": Rule(choices, least, most, secret, number)})


def rule(one: Field[Any]) -> Rule:
    """What a setting allows."""
    found: Rule = one.metadata["rule"]
    return found


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read: values by the settings' names, and for each of them where it was set; problems, one line each."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    problems: tuple[str, ...]


def read(known: Iterable[Field[Any]], environment: Mapping[str, str]) -> Readings:
    """Read the file that the environment names, if it names one, and then the environment. Nothing is raised: everything wrong is a problem."""
    fields = {one.name: one for one in known}
    found = _Reading(fields)
    path = environment.get(FILE, "").strip()
    if path:
        found.file(Path(path).expanduser())
    found.variables(environment)
    return Readings(found.values, found.origins, tuple(found.problems))


class _Reading:
    def __init__(self, fields: Mapping[str, Field[Any]]) -> None:
        self.fields = fields
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.problems: list[str] = []

    def file(self, path: Path) -> None:
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            self.problems.append(f"The settings file {path} cannot be read: {error.strerror}.")
            return
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(f"The settings file {path} is no TOML: {error}.")
            return
        for key, value in content.items():
            if key in self.fields:
                self._take(key, value, f"{key} in {path}", str(path))
            else:
                self.problems.append(f"{key} in {path} is no setting.{_meant(key, self.fields)}")

    def variables(self, environment: Mapping[str, str]) -> None:
        names = {one.metadata["variable"]: one.name for one in self.fields.values()}
        for variable, text in environment.items():
            if variable in names:
                if text.strip():  # an empty variable counts as not set: compose files and units pass them on so
                    self._take(names[variable], text.strip(), variable, f"environment, {variable}")
            elif variable.startswith(_PREFIX) and variable != FILE and not (_SERVICE_LINK.fullmatch(variable) and _LINK_VALUE.match(text)):
                self.problems.append(f"{variable} is no setting.{_meant(variable, [*names, FILE])}")

    def _take(self, name: str, value: Any, where: str, origin: str) -> None:
        one = self.fields[name]
        try:
            converted = _convert(value, one.default, rule(one))
            rule(one).check(converted)
        except _Unusable as allowed:
            shown = "no value that can be used" if rule(one).secret else repr(value)
            self.problems.append(f"{where} is {shown}; {allowed}")
            return
        self.values[name], self.origins[name] = converted, origin


def _meant(word: str, known: Iterable[str]) -> str:
    by_core = {name.removeprefix(_PREFIX): name for name in known}  # what all have in common likens nothing
    close = difflib.get_close_matches(word.removeprefix(_PREFIX), by_core, 1, 0.7)
    return f" Did you mean {by_core[close[0]]}?" if close else ""


def _convert(value: Any, default: Any, allowed: Rule) -> Any:
    """A value of the file, or the text of a variable, as the type of the default. Raises _Unusable."""
    if default is None and not allowed.number:
        return _day(value)
    if isinstance(default, bool):
        return _switch(value)
    if isinstance(default, int) or allowed.number:
        return _number(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value)
    if not isinstance(value, str):
        raise _Unusable("a text is needed, in quotes")
    if isinstance(default, Path):
        return Path(value).expanduser()
    by_folded = {choice.lower(): choice for choice in allowed.choices}
    return by_folded.get(value.lower(), value)


def _day(value: Any) -> date | None:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value) if value.strip() else None
    except (AttributeError, TypeError, ValueError):
        raise _Unusable("a day is needed, as 2023-02-07") from None


def _switch(value: Any) -> bool:
    text = str(value).lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    raise _Unusable("allowed: on, off")


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise _Unusable("a whole number is needed")
    if isinstance(value, int):
        return value
    try:
        return int(value) if isinstance(value, str) else int("no number")
    except ValueError:
        raise _Unusable("a whole number is needed") from None
