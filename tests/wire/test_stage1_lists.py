"""Work lists, and the calls that read the directory: getClaimsList, getOrganisation, getBranchesList, searchCompensators."""

from datetime import UTC, datetime

import pytest
from client import document
from story import Story
from world import COMP1, COMP2, COMP3, CR1, CR2, MIB, Party, World

SERVICES = ["rta-token", "rta-userauth", "elpl-token", "elpl-userauth"]
every_service = pytest.mark.parametrize("service", SERVICES)
both_generations = pytest.mark.parametrize("generation", ["token", "userauth"])


@both_generations
def test_a_work_list_tells_of_each_claim_in_progress(world: World, generation: str) -> None:
    """What the type `claim` has, as each side sees it: the reference is one's own."""
    claim = Story(world, "rta", generation).begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/119008")
    expected = {
        "activityEngineGuid": claim.guid,
        "applicationId": claim.number,
        "attachmentsCount": 0,
        "creationTime": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        "currentUserID": "comp1-handler",
        "gdprClaimDeleted": 0,
        "lockStatus": 0,
        "lockUserId": None,
        "phaseCacheId": "Article75Decision",
        "phaseCacheName": "Article 75 decision",
        "printableDocumentsCount": 2,  # the CNF and the form for the defendant alone
        "versionMajor": 7,
        "versionMinor": 0,
    }
    for party, reference in ((CR1, "QF/2026/04417"), (COMP1, "TI/26/119008")):
        (row,) = claim.client(party).call("getClaimsList").ok().payload["claimsList"]
        assert row == {**expected, "applicationReferences": reference}


def test_a_work_list_holds_ones_own_claims_of_the_process_oldest_first(world: World) -> None:
    stories = [
        Story(world, "rta").begins(),
        Story(world, "rta", representative=CR2).opens("pedestrian.xml", at=COMP2, limit="2026-12-15", shows={}),
        Story(world, "rta").opens("cyclist.xml", at=COMP1, limit="2026-12-15", shows={}),
        Story(world, "elpl").begins(),
    ]
    first, others, third, el = (story.number for story in stories)
    expected = {
        (CR1, "rta"): [first, third],
        (CR2, "rta"): [others],
        (COMP1, "rta"): [first, third],
        (COMP2, "rta"): [others],
        (COMP3, "rta"): [],
        (CR1, "elpl"): [el],
        (COMP1, "elpl"): [el],
        (CR2, "elpl"): [],
    }
    for (party, process), numbers in expected.items():
        for generation in ("token", "userauth"):
            listed = world.client(party, f"{process}-{generation}").call("getClaimsList").ok().payload["claimsList"]
            assert [row["applicationId"] for row in listed] == numbers


@every_service
def test_an_organisation_is_found_by_its_path(world: World, service: str) -> None:
    """Names and addresses are those of the demo directory."""
    client = world.client(CR1, service)
    thistledown = client.call("getOrganisation", organisationPath="/COMP001").ok().payload["organisation"]
    address = thistledown.pop("address")
    assert thistledown == {"organisationId": "COMP001", "organisationName": "Thistledown Insurance plc", "organisationPath": "/COMP001"}
    assert {name: value for name, value in address.items() if value is not None} == {
        "addressType": "F",
        "houseName": "Thistledown Court",
        "houseNumber": "100",
        "street1": "Kiln Road",
        "city": "Westhaven",
        "county": "Loamshire",
        "country": "England",
        "postCode": "ZZ99 3CC",
    }
    branch = client.call("getOrganisation", organisationPath="/COMP001/002").ok().payload["organisation"]
    assert (branch["organisationName"], branch["address"]["city"]) == ("Saltmouth claims centre", "Saltmouth")
    for path in ("/COMP999", "COMP001", "/comp001", "/"):
        client.call("getOrganisation", organisationPath=path).refused("organisationPath names no organisation or branch; a path is like /COMP001")
    for path in (" ", "", None):
        client.call("getOrganisation", organisationPath=path).refused("organisationPath must be given")


@every_service
@pytest.mark.parametrize(
    ("party", "branches"),
    [(CR1, {"/CR00001/001": "Head office"}), (COMP1, {"/COMP001/001": "Central point", "/COMP001/002": "Saltmouth claims centre"})],
    ids=["representative", "compensator"],
)
def test_branches_are_those_of_ones_own_organisation(world: World, service: str, party: Party, branches: dict[str, str]) -> None:
    listed = world.client(party, service).call("getBranchesList").ok().payload["organisationInfosList"]
    assert {row["organisationPath"]: row["organisationName"] for row in listed} == branches


EVERY_COMPENSATOR = ["COMP002", "COMP003", "COMP900", "COMP001"]  # by name: Copperfen, Larkspur, Motor …, Thistledown


@every_service
@pytest.mark.parametrize(
    ("kind", "name", "found"),
    [
        (None, None, EVERY_COMPENSATOR),
        ("", "", EVERY_COMPENSATOR),
        ("I", None, ["COMP002", "COMP001"]),
        ("S", None, ["COMP003"]),
        ("M", None, ["COMP900"]),
        (None, "INSURANCE", ["COMP002", "COMP001"]),
        ("I", "thistle", ["COMP001"]),
        ("S", "thistle", []),
        (None, "bureau'", []),
        (None, "bureaux", []),
        (None, "%", []),
        (None, "_", []),
        (None, "Insurers' Bureau", ["COMP900"]),
        (None, "Quillfeather", []),
    ],
)
def test_compensators_are_found_by_type_and_part_of_the_name(
    world: World, service: str, kind: str | None, name: str | None, found: list[str]
) -> None:
    reply = world.client(CR1, service).call("searchCompensators", compensatorType=kind, organisationName=name).ok()
    assert [row["organisationId"] for row in reply.payload["organisationInfosList"]] == found


@every_service
def test_a_compensator_type_that_is_none(world: World, service: str) -> None:
    world.client(CR1, service).call("searchCompensators", compensatorType="X").refused("compensatorType", "I, M, S")


def test_a_disabled_compensator_is_not_found_and_gets_no_claims(world: World) -> None:
    """V27, at addClaim, resendRejectedClaim and reassignToAnotherCM. What it holds already it still holds."""
    back = Story(world, "rta").begins()
    back.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    back.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    new = Story(world, "rta").begins()
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE organisations SET enabled = false WHERE id = 'COMP002'")
    client = world.client(CR1, "rta-token")
    form = document("rta", "addClaim", "pedestrian.xml")
    place = "/DocumentInput/ClaimAndClaimantDetails/DefendantDetails/InsurerInformation/@InsurerOrganizationPath"
    assert place in client.call("addClaim", claimXML=form).refused("InsurerNotSelected").details
    corrected = new.document("resendRejectedClaim", "adult-driver-to-another-compensator.xml")
    back.refuses(CR1, "resendRejectedClaim", "InsurerNotSelected", claimXML=corrected)
    new.refuses(COMP1, "reassignToAnotherCM", "names no enabled compensator", organisationPath="/COMP002")
    found = client.call("searchCompensators").ok().payload["organisationInfosList"]
    assert "COMP002" not in [row["organisationId"] for row in found]
    world.nobody("rta-token").call("getToken", userID=COMP2.identity, userAsID=COMP2.user, password="Sandbox-Key-2026!").refused("disabled")


def test_an_organisation_works_in_the_processes_it_is_registered_for(world: World) -> None:
    rta_only = {CR2: "CR00002", MIB: "COMP900"}
    with world.store.writing() as connection:
        for organisation in rta_only.values():
            connection.exec_driver_sql(f"UPDATE organisations SET elpl = false WHERE id = '{organisation}'")
    for party in rta_only:
        world.client(party, "rta-token").call("getClaimsList").ok()
        for operation in ("getClaimsList", "getBranchesList", "getSystemProcessVersion", "searchCompensators"):
            world.client(party, "elpl-token").call(operation).refused("not registered for claims of this kind")
    found = world.client(CR1, "elpl-token").call("searchCompensators").ok().payload["organisationInfosList"]
    assert "COMP900" not in [row["organisationId"] for row in found]
    claim = Story(world, "elpl").begins()
    claim.refuses(COMP1, "reassignToAnotherCM", "names no enabled compensator", organisationPath="/COMP900")


@pytest.mark.parametrize("name", ["InsurerOrganizationID", "InsurerOrganizationPath"])
def test_a_form_must_name_one_compensator_and_not_two(world: World, name: str) -> None:
    form = document("rta", "addClaim", "adult-driver.xml")
    wrong = {"InsurerOrganizationID": ("COMP001", "COMP002"), "InsurerOrganizationPath": ("/COMP001", "/COMP002")}[name]
    form = form.replace(f'{name}="{wrong[0]}"', f'{name}="{wrong[1]}"')
    world.client(CR1, "rta-token").call("addClaim", claimXML=form).refused("breaks the rules of the process")
