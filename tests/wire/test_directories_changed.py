"""The calls that read the directory after it was changed: empty lists, users and branches that are disabled."""

import pytest
from sqlalchemy import delete
from world import COMP1, CR1, World, on_both_databases

from gateway.store.tables import hospitals

SERVICES = ["rta-token", "rta-userauth", "elpl-token", "elpl-userauth"]
every_service = pytest.mark.parametrize("service", SERVICES)


@on_both_databases
def test_a_list_with_nothing_in_it_is_absent(world: World) -> None:
    with world.store.writing() as connection:
        connection.execute(delete(hospitals))
    for service in SERVICES:
        reply = world.client(CR1, service).call("getHospitalsList").ok()
        assert reply.payload["hospitalsList"] == []
        assert b"hospitalsList>" not in reply.answer.body
    reply = world.client(CR1, "rta-token").call("searchCompensatorsByInsurerIndex", organisationName="nobody").ok()
    assert b"insurerInfoList" not in reply.answer.body
    reply = world.client(CR1, "rta-token").call("searchCompensators", organisationName="nobody").ok()
    assert b"organisationInfosList>" not in reply.answer.body


@every_service
def test_users_are_those_of_ones_own_organisation(world: World, service: str) -> None:
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE users SET second_name = 'Iris' WHERE id = 'cr1-admin'")
        connection.exec_driver_sql("UPDATE users SET enabled = false WHERE id = 'cr1-leader'")
    listed = world.client(CR1, service).call("getMyUsersList").ok().payload["userInfosList"]
    common = {"userBranchId": "001", "userOrganisationId": "CR00001", "userSecondName": None, "userEnabled": True}
    assert sorted(listed, key=lambda user: user["userId"]) == [
        {**common, "userId": "cr1-admin", "userName": "Nell", "userSurname": "Ashgrove", "userProfile": "CR Administrator", "userSecondName": "Iris"},
        {
            **common,
            "userId": "cr1-handler",
            "userName": "Ada",
            "userSurname": "Thornbury",
            "userProfile": "CR RTA Claim Handler, CR ELPL Claim Handler",
        },
        {
            **common,
            "userId": "cr1-leader",
            "userName": "Piers",
            "userSurname": "Wexcombe",
            "userProfile": "CR RTA Team Leader, CR ELPL Team Leader",
            "userEnabled": False,
        },
    ]


@on_both_databases
@pytest.mark.parametrize("column", ["enabled", "active"])
def test_a_user_who_cannot_be_acted_for_is_told_as_not_enabled(world: World, column: str) -> None:
    with world.store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE users SET {column} = false WHERE id = 'comp1-branch2'")
        connection.exec_driver_sql("UPDATE users SET profiles = '[]' WHERE id = 'comp1-branch2'")
    listed = world.client(COMP1, "rta-token").call("getMyUsersList").ok().payload["userInfosList"]
    enabled = {user["userId"]: user["userEnabled"] for user in listed}
    assert enabled.pop("comp1-branch2") is False
    assert enabled == dict.fromkeys(("comp1-admin", "comp1-dispatcher", "comp1-handler", "comp1-leader"), True)
    (one,) = [user for user in listed if user["userId"] == "comp1-branch2"]
    assert (one["userBranchId"], one["userProfile"]) == ("002", None)


@every_service
def test_a_disabled_branch_is_not_listed(world: World, service: str) -> None:
    with world.store.writing() as connection:
        connection.exec_driver_sql("UPDATE branches SET enabled = false WHERE path = '/COMP001/002'")
    client = world.client(COMP1, service)
    listed = client.call("getBranchesList").ok().payload["organisationInfosList"]
    assert [row["organisationPath"] for row in listed] == ["/COMP001/001"]
    assert client.call("getOrganisation", organisationPath="/COMP001/002").ok().payload["organisation"]["organisationName"]  # claims may be in it
