"""Reading a directory file (TOML; fixtures/directory/demo.toml shows all there is) into rows, and saying what is wrong with one."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gateway.contract.profiles import holds

CENTRAL_POINT = "001"  # of a compensator: every CNF arrives there (portal notes 1.8)

ADDRESS = {"addressType", "houseName", "houseNumber", "street1", "street2", "district", "city", "county", "country", "postCode"}
_TEXT, _TEXTS, _LIST, _TABLE, _FLAG = "text", "list of texts", "list", "table", "true or false"
_FILE_MORE = {"password": _TEXT, "permanent": _FLAG, "agreement": _TABLE}
_AGREEMENT = {"version": _TEXT, "title": _TEXT, "text": _TEXT}
_ORGANISATION = {"id": _TEXT, "name": _TEXT, "kind": _TEXT, "processes": _TEXTS, "address": _TABLE, "branches": _LIST}
_ORGANISATION_MORE = {"path": _TEXT, "compensator_type": _TEXT, "identities": _TEXTS, "users": _LIST}
_BRANCH = {"id": _TEXT, "name": _TEXT, "kind": _TEXT}
_BRANCH_MORE = {"path": _TEXT, "address": _TABLE}
_USER = {"id": _TEXT, "name": _TEXT, "surname": _TEXT, "branch": _TEXT, "profiles": _TEXTS}
_USER_MORE = {"second_name": _TEXT, "email": _TEXT, "phone": _TEXT}
_TYPES: dict[str, type[Any]] = {_TEXT: str, _TEXTS: list, _LIST: list, _TABLE: dict, _FLAG: bool}
_LONGEST = {"id": 50, "name": 100, "path": 200, "surname": 50, "second_name": 50, "email": 254, "phone": 50, "version": 50, "title": 200}


class BadDirectory(ValueError):
    """A directory file that cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Described:
    """One organisation as rows of the store. `identities`: name to password. `permanent`: its users and passwords do not expire.

    `agreement`: the user agreement it has accepted, version, title and text, through the user `accepted_by`; None: the file has none.
    """

    organisation: Mapping[str, Any]
    branches: list[dict[str, Any]]
    users: list[dict[str, Any]]
    identities: Mapping[str, str]
    permanent: bool
    agreement: Mapping[str, str] | None
    accepted_by: str


def read(path: Path) -> list[Described]:
    """All organisations of the file. Raises BadDirectory."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadDirectory(f"{path}: {error}") from None
    _check(str(path), data, {"organisation": _LIST}, _FILE_MORE)
    if "agreement" in data:
        _check(f"{path}: agreement", data["agreement"], _AGREEMENT)
    described = [_organisation(f"{path}: organisation {number}", one, data) for number, one in enumerate(data["organisation"], 1)]
    for what, ids in {
        "organisation": [one.organisation["id"] for one in described],
        "user": [user["id"] for one in described for user in one.users],
        "identity": [name for one in described for name in one.identities],
        "path": [row["path"] for one in described for row in (one.organisation, *one.branches)],
    }.items():
        if repeated := [id for id, count in Counter(ids).items() if count > 1]:
            raise BadDirectory(f"{path}: {what} {', '.join(repeated)} occurs more than once.")
    return described


def _organisation(where: str, one: Any, file: Mapping[str, Any]) -> Described:
    _check(where, one, _ORGANISATION, _ORGANISATION_MORE)
    where = f"{where} ({one['id']})"
    path = one.get("path", f"/{one['id']}")
    _allow(where, "kind", [one["kind"]], ("CR", "COMP"))
    _allow(where, "compensator_type", [one.get("compensator_type")], ("I", "S", "M") if one["kind"] == "COMP" else (None,))
    _allow(where, "processes", one["processes"], ("rta", "elpl"))
    organisation = {
        "id": one["id"],
        "path": path,
        "name": one["name"],
        "kind": one["kind"],
        "compensator_type": one.get("compensator_type"),
        "rta": "rta" in one["processes"],
        "elpl": "elpl" in one["processes"],
        "address": _address(where, one["address"]),
    }
    branches = [_branch(f"{where}: branch {number}", branch, organisation) for number, branch in enumerate(one["branches"], 1)]
    _check_branches(where, one["kind"], branches)
    users = [_user(f"{where}: user {number}", user, organisation, branches) for number, user in enumerate(one.get("users", []), 1)]
    names = one.get("identities", [])
    if names and "password" not in file:
        raise BadDirectory(f"{where}: has identities, but the file states no password.")
    for name in names:
        if not 0 < len(name) <= _LONGEST["id"]:
            raise BadDirectory(f"{where}: {name!r} is no identity; up to {_LONGEST['id']} characters are allowed.")
    agreement = file.get("agreement")
    administrators = [user["id"] for user in users if holds(user["profiles"], "administer")]
    if agreement and not administrators:
        raise BadDirectory(f"{where}: has no user with an administrator's profile, who could accept the agreement.")
    passwords = {name.lower(): file["password"] for name in names}
    accepted_by = administrators[0] if agreement else ""
    return Described(organisation, branches, users, passwords, file.get("permanent", False), agreement, accepted_by)


def _branch(where: str, branch: Any, organisation: Mapping[str, Any]) -> dict[str, Any]:
    _check(where, branch, _BRANCH, _BRANCH_MORE)
    _allow(where, "kind", [branch["kind"]], ("central", "handling"))
    if len(branch["id"]) != 3 or not branch["id"].isdecimal():
        raise BadDirectory(f"{where}: id is {branch['id']!r}; three digits are needed.")
    return {
        "organisation_id": organisation["id"],
        "id": branch["id"],
        "path": branch.get("path", f"{organisation['path']}/{branch['id']}"),
        "name": branch["name"],
        "kind": branch["kind"],
        "address": _address(where, branch["address"]) if "address" in branch else organisation["address"],
    }


def _check_branches(where: str, kind: str, branches: list[dict[str, Any]]) -> None:
    """001 is there; it is a compensator's central point and there is no other (portal notes 1.8)."""
    if CENTRAL_POINT not in (branch["id"] for branch in branches):
        raise BadDirectory(f"{where}: has no branch {CENTRAL_POINT}.")
    central = [branch["id"] for branch in branches if branch["kind"] == "central"]
    if central != ([CENTRAL_POINT] if kind == "COMP" else []):
        raise BadDirectory(f"{where}: a compensator's branch {CENTRAL_POINT} is its only central point; a claimant representative has none.")


def _user(where: str, user: Any, organisation: Mapping[str, Any], branches: list[dict[str, Any]]) -> dict[str, Any]:
    _check(where, user, _USER, _USER_MORE)
    _allow(where, "branch", [user["branch"]], tuple(branch["id"] for branch in branches))
    return {
        "id": user["id"].lower(),
        "organisation_id": organisation["id"],
        "branch_id": user["branch"],
        "name": user["name"],
        "second_name": user.get("second_name", ""),
        "surname": user["surname"],
        "email": user.get("email", ""),
        "phone": user.get("phone", ""),
        "profiles": user["profiles"],
    }


def _address(where: str, address: Mapping[str, Any]) -> Mapping[str, Any]:
    _check(f"{where}: address", address, {}, dict.fromkeys(ADDRESS, _TEXT))
    return address


def _check(where: str, table: Any, needed: dict[str, str], more: Mapping[str, str] = MappingProxyType({})) -> None:
    if not isinstance(table, dict):
        raise BadDirectory(f"{where}: a table is needed.")
    if missing := sorted(needed.keys() - table):
        raise BadDirectory(f"{where}: {', '.join(missing)} is missing.")
    if unknown := sorted(table.keys() - {**needed, **more}):
        raise BadDirectory(f"{where}: {', '.join(unknown)} is not known here; allowed: {', '.join(sorted({**needed, **more}))}.")
    for name, kind in {**needed, **more}.items():
        if name not in table:
            continue
        value = table[name]
        fits = isinstance(value, _TYPES[kind]) and (kind != _TEXTS or all(isinstance(one, str) for one in value))
        if not fits or (name in needed and not value):
            raise BadDirectory(f"{where}: {name} is {value!r}; a {kind} is needed.")
        if name in _LONGEST and len(value) > _LONGEST[name]:
            raise BadDirectory(f"{where}: {name} is longer than {_LONGEST[name]} characters.")


def _allow(where: str, name: str, values: list[Any], allowed: tuple[str | None, ...]) -> None:
    if wrong := [value for value in values if value not in allowed]:
        raise BadDirectory(f"{where}: {name} is {wrong[0]!r}; allowed: {', '.join(str(one or '(none)') for one in allowed)}.")
