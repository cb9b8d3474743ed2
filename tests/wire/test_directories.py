"""The calls that read the directory as the sandbox begins with it: hospitals and compensators. Expected names are those of fixtures/directory."""

import csv

import pytest
from client import ROOT
from world import COMP1, CR1, MIB, World

SERVICES = ["rta-token", "rta-userauth", "elpl-token", "elpl-userauth"]
every_service = pytest.mark.parametrize("service", SERVICES)
both_generations = pytest.mark.parametrize("generation", ["token", "userauth"])
INDEX = ROOT / "fixtures/directory/insurer-index.csv"


# hospitals


@every_service
def test_a_hospital(shared_world: World, service: str) -> None:
    reply = shared_world.client(CR1, service).call("getHospitalsList", hospitalName="walk-in").ok()
    assert reply.payload["hospitalsList"] == [
        {
            "addressLine1": "Unit 9",
            "addressLine2": "Foundry Park",
            "addressLine3": "Ironford",
            "addressLine4": "Downshire",
            "name": "Ironford Walk-in Centre",
            "postCode": "ZZ99 4CD",
        }
    ]
    (royal,) = shared_world.client(COMP1, service).call("getHospitalsList", hospitalName="Northbridge Royal").ok().payload["hospitalsList"]
    assert (royal["addressLine3"], royal["addressLine4"]) == ("Midshire", None)


@every_service
@pytest.mark.parametrize(
    ("name", "post_code", "found"),
    [
        ("SALTMOUTH", None, ["Saltmouth Infirmary", "Saltmouth Minor Injuries Unit"]),
        (None, "zz99 7l", ["Caer Wern Hospital", "Ysbyty Llanfaen", "Ysbyty Môr Glas"]),
        (" ysbyty  ", "ZZ997L", ["Ysbyty Llanfaen", "Ysbyty Môr Glas"]),
        ("ysbyty mÔr", "", ["Ysbyty Môr Glas"]),
        ("ysbyty", "ZZ99 1", []),
        ("%", None, []),
        (None, "99", []),
    ],
)
def test_hospitals_by_name_and_postcode(shared_world: World, service: str, name: str | None, post_code: str | None, found: list[str]) -> None:
    reply = shared_world.client(CR1, service).call("getHospitalsList", hospitalName=name, postCode=post_code).ok()
    assert [row["name"] for row in reply.payload["hospitalsList"]] == found


@every_service
def test_all_hospitals_for_a_copy(shared_world: World, service: str) -> None:
    with (ROOT / "fixtures/directory/hospitals.csv").open(encoding="utf-8") as file:
        rows = [{name: text or None for name, text in row.items()} for row in csv.DictReader(file)]
    for arguments in ({}, {"hospitalName": " ", "postCode": ""}):
        listed = shared_world.client(CR1, service).call("getHospitalsList", **arguments).ok().payload["hospitalsList"]
        assert sorted(listed, key=str) == sorted(({name: row[name] for name in listed[0]} for row in rows), key=str)
        assert len(listed) == 40


# compensators


@both_generations
def test_a_row_of_the_insurer_index(shared_world: World, generation: str) -> None:
    """What to print in the CNF, and where to send it."""
    reply = shared_world.client(CR1, f"rta-{generation}").call("searchCompensatorsByInsurerIndex", organisationName="QUICKSTEP scooter").ok()
    assert reply.payload["insurerInfoList"] == [
        {
            "contactName": "Quickstep Underwriting Agency",
            "insurerName": "Quickstep Scooter Cover",
            "rapidInsurerId": "COMP002",
            "rapidInsurerName": "Copperfen Mutual Insurance Society",
            "rapidInsurerPath": "/COMP002",
        }
    ]


@both_generations
@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("S", None, ["Larkspur Vale Borough Council", "Larkspur Vale Buses"]),
        ("s", "buses", ["Larkspur Vale Buses"]),
        (" M ", "vehicle", ["Foreign vehicle, green card", "Unidentified vehicle"]),
        (None, "gorse & heather", ["Gorse & Heather Motor", "Gorse & Heather Motor"]),
        ("", "marlpit", ["Gorse & Heather Motor"]),  # the contact's name
        ("I", "mutual", ["Copperfen Mutual Insurance Society", "Copperfen Van and Taxi", "Harvest Moon Farmers' Mutual", "Quickstep Scooter Cover"]),
        ("I", "éCLAT", ["Éclat Motor Policies"]),
        ("I", "larkspur", []),
        (None, "quillfeather", []),
        (None, "%", []),
    ],
)
def test_the_insurer_index_by_type_and_name(shared_world: World, generation: str, kind: str | None, name: str | None, found: list[str]) -> None:
    client = shared_world.client(CR1, f"rta-{generation}")
    reply = client.call("searchCompensatorsByInsurerIndex", compensatorType=kind, organisationName=name).ok()
    assert [row["insurerName"] for row in reply.payload["insurerInfoList"]] == found


@both_generations
def test_the_whole_insurer_index(shared_world: World, generation: str) -> None:
    with INDEX.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(list(file)[3:]))
    listed = shared_world.client(MIB, f"rta-{generation}").call("searchCompensatorsByInsurerIndex").ok().payload["insurerInfoList"]
    names = ("MIDInsurerName", "MIDContactInsurerName", "OrganizationId", "RAPIDInsurerName", "OrganizationPath")
    fields = ("insurerName", "contactName", "rapidInsurerId", "rapidInsurerName", "rapidInsurerPath")
    assert sorted(tuple(row[name] for name in fields) for row in listed) == sorted(tuple(row[name] for name in names) for row in rows)
    assert len(listed) == 15


@both_generations
def test_the_insurer_index_is_not_for_elpl(shared_world: World, generation: str) -> None:
    """An empty answer would say that there is no such compensator."""
    for arguments in ({}, {"compensatorType": "I", "organisationName": "Thistledown"}):
        reply = shared_world.client(CR1, f"elpl-{generation}").call("searchCompensatorsByInsurerIndex", **arguments)
        reply.refused("may not be used for EL/PL claims", "searchCompensators")


@every_service
@pytest.mark.parametrize("operation", ["searchCompensators", "searchCompensatorsByInsurerIndex"])
def test_a_type_that_is_none(shared_world: World, service: str, operation: str) -> None:
    if service.startswith("rta") or operation == "searchCompensators":
        for kind in ("X", "IM", "insurer"):
            shared_world.client(CR1, service).call(operation, compensatorType=kind).refused("compensatorType", repr(kind), "I, M, S")


@every_service
@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        ("i", None, ["COMP002", "COMP001"]),
        (" S ", " larkspur   VALE ", ["COMP003"]),
        (None, "insurers\u2019 bureau", ["COMP900"]),
        (None, "copperfen\n mutual", ["COMP002"]),
    ],
)
def test_compensators_whatever_the_case_and_blanks(shared_world: World, service: str, kind: str | None, name: str | None, found: list[str]) -> None:
    reply = shared_world.client(CR1, service).call("searchCompensators", compensatorType=kind, organisationName=name).ok()
    assert [row["organisationId"] for row in reply.payload["organisationInfosList"]] == found
