"""Organisations, branches, users, hospitals and compensators (portal notes 1.9, 2.1, 7)."""

from __future__ import annotations

from typing import Any

from gateway.errors import Refused
from gateway.operations.call import Call, operation
from gateway.store import directory, hospitals, insurer_index

_COMPENSATOR_TYPES = ("I", "M", "S")


class NoSuchPath(Refused):
    """No path, or one at which there is nothing."""


class NoSuchType(Refused):
    """A compensatorType that is none of the three (portal notes 1.2)."""


class NotForThisProcess(Refused):
    """The insurer index is one of motor insurers and may not be used for EL/PL (portal notes 7.2).

    The EL/PL services offer the call all the same (S: WSDL); what they answer is U. No rows would read as "not in the portal", and the claim would
    be sent to nobody.
    """


@operation("getOrganisation")
def get_organisation(call: Call) -> dict[str, Any]:
    """The organisation or branch at a path, with its address."""
    path = call.text("organisationPath")
    if not path:
        raise NoSuchPath("organisationPath must be given, such as /COMP001.")
    found = directory.organisation_by_path(call.connection, path) or directory.branch_by_path(call.connection, path)
    if found is None:
        raise NoSuchPath("organisationPath names no organisation or branch; a path is like /COMP001, or /COMP001/001 for a branch.")
    return {"organisation": {**_info(found), "address": dict(found.address) or None}}


@operation("getBranchesList")
def get_branches_list(call: Call) -> dict[str, Any]:
    """The enabled branches of the user's own organisation: the list has no flag to tell the others by (U)."""
    branches = directory.branches(call.connection, call.caller.organisation.id)
    return {"organisationInfosList": [_info(branch) for branch in branches if branch.enabled]}


@operation("getMyUsersList")
def get_my_users_list(call: Call) -> dict[str, Any]:
    """The users of the user's own organisation, those that may not log in too."""
    return {"userInfosList": [_user(one) for one in directory.users_of(call.connection, call.caller.organisation.id)]}


@operation("getHospitalsList")
def get_hospitals_list(call: Call) -> dict[str, Any]:
    """NHS hospitals by a part of the name and the beginning of the postcode; an argument left out does not narrow."""
    found = hospitals.search(call.connection, call.text("hospitalName"), call.text("postCode"))
    return {"hospitalsList": [_hospital(one) for one in found]}


@operation("searchCompensators")
def search_compensators(call: Call) -> dict[str, Any]:
    """Compensators that take claims of this kind, by type and by a part of the name; an argument left out does not narrow."""
    found = directory.search_compensators(call.connection, _compensator_type(call), call.text("organisationName") or None, call.process)
    return {"organisationInfosList": [_info(organisation) for organisation in found]}


@operation("searchCompensatorsByInsurerIndex")
def search_compensators_by_insurer_index(call: Call) -> dict[str, Any]:
    """Rows of the insurer index: the insurer's name for the CNF, and the compensator to send it to. RTA only."""
    if call.process != "rta":
        raise NotForThisProcess("The insurer index holds motor insurers and may not be used for EL/PL claims; use searchCompensators.")
    found = insurer_index.search(call.connection, _compensator_type(call), call.text("organisationName"))
    return {"insurerInfoList": [_insurer(one) for one in found]}


def _compensator_type(call: Call) -> str | None:
    """I, M or S, in either case; None if it is left out."""
    given = call.text("compensatorType")
    if given and given.upper() not in _COMPENSATOR_TYPES:
        raise NoSuchType(f"compensatorType is {given[:10]!r}; allowed: {', '.join(_COMPENSATOR_TYPES)}.")
    return given.upper() or None


def _info(found: directory.Organisation | directory.Branch) -> dict[str, Any]:
    return {"organisationId": found.id, "organisationName": found.name, "organisationPath": found.path}


def _user(one: directory.User) -> dict[str, Any]:
    return {
        "userBranchId": one.branch_id,
        "userEnabled": one.enabled and one.active,  # "may be used" is both (I)
        "userId": one.id,
        "userName": one.name,
        "userOrganisationId": one.organisation_id,
        "userProfile": ", ".join(one.profiles) or None,  # one text, though a user may have several since R5 (U)
        "userSecondName": one.second_name or None,
        "userSurname": one.surname,
    }


def _hospital(one: hospitals.Hospital) -> dict[str, Any]:
    lines = {f"addressLine{number}": line or None for number, line in enumerate(one.address, 1)}
    return {**lines, "name": one.name, "postCode": one.post_code}


def _insurer(one: insurer_index.Entry) -> dict[str, Any]:
    return {
        "contactName": one.contact_name,
        "insurerName": one.insurer_name,
        "rapidInsurerId": one.organisation_id,
        "rapidInsurerName": one.organisation_name,
        "rapidInsurerPath": one.organisation_path,
    }
