"""Which operations are lists that programs ask for again and again."""

from gateway.contract.load import contract


def test_which_operations_are_lists() -> None:
    assert {name for name, operation in contract().operations.items() if operation.poll} == {
        *("getClaimsList", "searchClaims", "getNotificationsList", "getBranchesList", "getMyUsersList", "getHospitalsList"),
        *("searchCompensators", "searchCompensatorsByInsurerIndex"),
    }
