"""Who sees a claim: its sender, and the compensator that holds it now. For everybody else there is no such claim, and nothing in the answer
tells an unseen claim from one that never was."""

from typing import Any

import pytest
from client import Reply, document
from story import Story
from world import COMP1, COMP2, COMP3, CR1, CR2, MIB, Party, World, on_both_databases

NO_SUCH = "0000000000999999"


def _told(reply: Reply, number: str) -> tuple[Any, ...]:
    """All that a refusal tells, but for the number the caller gave."""
    return reply.code, reply.message.replace(number, "NUMBER"), reply.details, reply.trace, reply.payload, len(reply.answer.body) - len(number)


@pytest.fixture(params=["rta", "elpl"])
def claim(request: pytest.FixtureRequest, world: World) -> Story:
    return Story(world, request.param).begins()


def _looks_like_nothing(claim: Story, party: Party, process: str | None = None) -> None:
    for generation in ("token", "userauth"):
        client = claim.world.client(party, f"{process or claim.process}-{generation}")
        for operation in ("getClaim", "getClaimsStatus"):
            unseen, unknown = (client.call(operation, applicationId=number).refused() for number in (claim.number, NO_SUCH))
            assert _told(unseen, claim.number) == _told(unknown, NO_SUCH)
        listed = client.call("getClaimsList").ok().payload["claimsList"]
        assert claim.number not in [row["applicationId"] for row in listed]
        by_side = {True: "rejectClaimToCR", False: "resendRejectedClaim"}[party.is_compensator]
        arguments = {"rejectionReasonCode": "1"} if party.is_compensator else {"claimXML": document("rta", "addClaim", "minimal.xml")}
        before = claim.world.snapshot(claim.number)
        unseen, unknown = (
            client.call(by_side, claimData={"activityEngineGuid": claim.guid, "applicationId": number}, **arguments).refused()
            for number in (claim.number, NO_SUCH)
        )
        assert _told(unseen, claim.number) == _told(unknown, NO_SUCH)
        assert claim.world.snapshot(claim.number) == before


@pytest.mark.parametrize("party", [CR2, COMP2, COMP3, MIB], ids=lambda party: party.organisation)
def test_an_organisation_that_has_no_part_in_it(claim: Story, party: Party) -> None:
    _looks_like_nothing(claim, party)


@pytest.mark.parametrize("party", [CR1, COMP1], ids=["sender", "holder"])
def test_its_own_parties_at_the_service_of_the_other_process(claim: Story, party: Party) -> None:
    _looks_like_nothing(claim, party, {"rta": "elpl", "elpl": "rta"}[claim.process])


@on_both_databases
def test_the_compensator_that_passed_it_on(claim: Story) -> None:
    claim.goes("T12", COMP1, "reassignToAnotherCM", "ClaimSubmitted", organisationPath="/COMP002", holder=COMP2)
    _looks_like_nothing(claim, COMP1)


@on_both_databases
def test_the_compensator_that_sent_it_back_sees_it_until_it_goes_elsewhere(claim: Story) -> None:
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    name = {"rta": "adult-driver-to-another-compensator.xml", "elpl": "el-adult-to-another-compensator.xml"}[claim.process]
    limit = {"rta": "2026-12-15", "elpl": "2027-01-07"}[claim.process]
    corrected = claim.document("resendRejectedClaim", name)
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP2, limit=limit)
    _looks_like_nothing(claim, COMP1)


def test_an_ended_claim_is_read_by_both_sides_and_by_nobody_else(claim: Story) -> None:
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    claim.goes("T11", CR1, "exitRejectedClaim", "ExitRejectedClaim")
    _looks_like_nothing(claim, CR2)
    _looks_like_nothing(claim, COMP2)


def test_another_user_of_the_same_organisation_sees_it(world: World, claim: Story) -> None:
    for party in (CR1, COMP1):
        colleague = Party(party.organisation, party.identity, party.user.replace("handler", "leader"))
        assert claim.status(colleague)["activityEngineGuid"] == claim.guid


def _ways_to_write(number: str) -> list[str]:
    plain = number.lstrip("0")
    return [number, plain, f"00{plain}", f" {number} ", f"\n\t{plain}\n"]


@pytest.mark.parametrize("generation", ["token", "userauth"])
def test_the_number_with_and_without_leading_zeros_and_blanks(claim: Story, generation: str) -> None:
    client = claim.world.client(CR1, f"{claim.process}-{generation}")
    for text in _ways_to_write(claim.number):
        assert client.call("getClaimsStatus", applicationId=text).ok().claim["applicationId"] == claim.number
        assert claim.number in client.call("getClaim", applicationId=text).ok().payload["value"]
    for text in _ways_to_write(claim.number):
        data = {"activityEngineGuid": claim.guid, "applicationId": text}
        operation = {"rta": "acceptClaim", "elpl": "acknowledgeClaim"}[claim.process]
        client = claim.world.client(COMP1, f"{claim.process}-{generation}")
        reply = client.call(operation, claimData=data)
        if text == claim.number:
            assert reply.ok().claim["applicationId"] == claim.number
        else:
            reply.refused(f"claim {claim.number} has changed since")


@pytest.mark.parametrize("text", ["abc", "0x1", "-1", "+1", "1.0", "1e3", "00000000000000001", "١", "１", "1 2", "1; DROP TABLE claims", "%", "null"])
def test_what_is_no_number(claim: Story, text: str) -> None:
    claim.client(CR1).call("getClaimsStatus", applicationId=text).refused("applicationId must be a number of up to 16 digits.")


@on_both_databases
@pytest.mark.parametrize("text", ["0", "9999999999999999"])
def test_numbers_nobody_has(claim: Story, text: str) -> None:
    claim.client(CR1).call("getClaimsStatus", applicationId=text).refused(f"There is no claim {text:0>16} that you can see.")


@pytest.mark.parametrize("text", ["", "   ", None])
def test_without_a_number(claim: Story, text: str | None) -> None:
    claim.client(CR1).call("getClaimsStatus", applicationId=text).refused("applicationId must be given.")
