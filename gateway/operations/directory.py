"""Organisations, branches and compensators."""

from __future__ import annotations

from typing import Any

from gateway.errors import Refused
from gateway.operations.call import Call, operation
from gateway.store import directory

_COMPENSATOR_TYPES = ("I", "M", "S")


@operation("getOrganisation")
def get_organisation(call: Call) -> dict[str, Any]:
    """The organisation or branch at a path, with its address."""
    path = call.text("organisationPath")
    found = directory.organisation_by_path(call.connection, path) or directory.branch_by_path(call.connection, path)
    if not path or found is None:
        raise Refused("organisationPath names no organisation or branch.")
    return {"organisation": {**_info(found), "address": dict(found.address) or None}}


@operation("getBranchesList")
def get_branches_list(call: Call) -> dict[str, Any]:
    """The branches of the user's own organisation."""
    return {"organisationInfosList": [_info(branch) for branch in directory.branches(call.connection, call.caller.organisation.id)]}


@operation("searchCompensators")
def search_compensators(call: Call) -> dict[str, Any]:
    """Compensators that take claims of this kind, by type and by a part of the name; an argument left out does not narrow."""
    kind = call.text("compensatorType")
    if kind and kind not in _COMPENSATOR_TYPES:
        raise Refused(f"compensatorType is {kind[:10]!r}; allowed: {', '.join(_COMPENSATOR_TYPES)}.")
    found = directory.search_compensators(call.connection, kind or None, call.text("organisationName") or None, call.process)
    return {"organisationInfosList": [_info(organisation) for organisation in found]}


def _info(found: directory.Organisation | directory.Branch) -> dict[str, Any]:
    return {"organisationId": found.id, "organisationName": found.name, "organisationPath": found.path}
