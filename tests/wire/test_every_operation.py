"""Every operation of every service, called as its WSDL says: no Fault, no Error, both envelopes valid (the client sees to that)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from client import FILES, PASSWORD, Client, Part, contract, document
from world import COMP1, COMP2, CR1, CR2, Party, World

from gateway.contract.load import contract as contract_table

COUNTS = {"rta-token": 81, "rta-userauth": 78, "elpl-token": 72, "elpl-userauth": 69}
EVERY_OPERATION = [(service, operation) for service in FILES for operation in contract(service).operations]
every_operation = pytest.mark.parametrize(("service", "operation"), EVERY_OPERATION, ids=["-".join(pair) for pair in EVERY_OPERATION])

FORMS = {"rta": "adult-driver.xml", "elpl": "el-adult.xml"}
CORRECTED = {"rta": "adult-driver-to-another-compensator.xml", "elpl": "el-adult-to-another-compensator.xml"}
# who may call what (process notes 3); all other operations are the claimant representative's, or anybody's
BY_COMPENSATOR = {
    *("acceptClaim", "acknowledgeClaim", "applyArticle75", "reassignToAnotherCM", "rejectClaimToCR", "sendLiabilityDecision", "stateFraud"),
    *("addInterimSPFResponse", "rejectInterimSettlementPack", "extendInterimPaymentDecisionTimeout", "acknowledgePartialPaymentDecision"),
    *("addStage2SPFResponse", "addStage2SPFCounterOfferByCM", "extendStage2SPFDecisionTimeout"),
    *("addS2SPFAdditionalDamagesResponse", "extendAdditionalDamagesDecisionTimeout", "addCPPFResponse", "allocateClaimToBranch"),
}
BY_TEAM_LEADERS = {"allocateUser", "deallocateUser", "forceUnlockClaim"}
CR1_LEADER = Party("CR00001", "cr1-a2a", "cr1-leader")
CR2_LEADER = Party("CR00002", "cr2-a2a", "cr2-leader")
OPEN_TO_A_NEW_CLAIM = {
    "rta": {"acceptClaim", "exitProcess", "rejectClaimToCR", "reassignToAnotherCM", "stateFraud"},
    "elpl": {"acknowledgeClaim", "exitProcess", "rejectClaimToCR", "reassignToAnotherCM", "stateFraud"},
}
WITHOUT_A_CLAIM = {
    *("addClaim", "getBranchesList", "getClaimsList", "getNotificationsList", "getOrganisation", "getSystemProcessVersion", "getToken"),
    *("refreshToken", "searchCompensators", "getHospitalsList", "getMyUsersList", "getClaim", "getClaimsStatus"),
    *("addAttachment", "getAttachmentsList", "getPrintableDocumentsList", "searchClaims"),
}
IN_ANY_PHASE = {"allocateClaimToBranch", "allocateUser", "deallocateUser", "lockClaim"}
ALONE = {
    *("getBranchesList", "getClaimsList", "getNotificationsList", "getSystemProcessVersion", "getToken", "refreshToken", "searchCompensators"),
    *("getHospitalsList", "getMyUsersList", "searchClaims"),
}
AWAITED = {name for name, operation in contract_table().operations.items() if operation.awaits}


def test_there_are_three_hundred_operations() -> None:
    assert {service: len(set(contract(service).operations)) for service in FILES} == COUNTS
    assert len(EVERY_OPERATION) == 300


@pytest.fixture
def caller(shared_world: World, service: str, operation: str) -> Client:
    party = COMP1 if operation in BY_COMPENSATOR else CR1_LEADER if operation in BY_TEAM_LEADERS else CR1
    return shared_world.client(party, service)


@pytest.fixture
def new_claim(shared_world: World, service: str) -> dict[str, str]:
    """claimData of a claim that was just sent."""
    process, _ = service.split("-")
    sent = shared_world.client(CR1, service).call("addClaim", claimXML=document(process, "addClaim", FORMS[process])).ok().claim
    return {name: sent[name] for name in ("activityEngineGuid", "applicationId")}


@every_operation
def test_with_all_arguments(shared_world: World, service: str, operation: str, caller: Client, new_claim: dict[str, str]) -> None:
    process, _ = service.split("-")
    reply = caller.call(operation, **_plausible(caller, operation, new_claim, required_only=False))
    if operation in AWAITED:
        reply.refused("not yet available")
    elif operation in OPEN_TO_A_NEW_CLAIM[process] | WITHOUT_A_CLAIM:
        reply.ok()
    elif "claimData" in {part.name for part in caller.contract.message(operation)} and operation not in IN_ANY_PHASE:
        reply.refused("ClaimSubmitted (Claim submitted)", operation)
    else:
        assert reply.code in ("Ok", "Failure"), reply.message


@every_operation
def test_with_required_arguments_only(shared_world: World, service: str, operation: str, caller: Client, new_claim: dict[str, str]) -> None:
    """What a caller may leave out may be left out: the answer says what is missing, or does without."""
    required = {part.name for part in caller.contract.message(operation) if part.required}
    reply = caller.call(operation, **_plausible(caller, operation, new_claim, required_only=True))
    if operation in AWAITED:
        reply.refused("not yet available")
    elif operation in ALONE or (operation == "addClaim" and "claimXML" in required):
        reply.ok()
    elif "claimData" in required:
        reply.refused("ClaimSubmitted (Claim submitted)")
    elif "claimData" in {part.name for part in caller.contract.message(operation)}:
        reply.refused("applicationId")
    else:
        missing = {"addClaim": "claimXML", "getOrganisation": "organisationPath", "getAttachment": "attachmentGuid"}
        missing |= dict.fromkeys(("getClaim", "getClaimsStatus", "addAttachment", "getAttachmentsList"), "applicationId")
        assert reply.code in ("Ok", "Failure"), reply.message
        assert missing.get(operation, "") in (reply.message or "")


@every_operation
def test_with_credentials_that_are_wrong(shared_world: World, service: str, operation: str, caller: Client, new_claim: dict[str, str]) -> None:
    """The same text for every operation: nobody learns what is served without the key to it."""
    arguments = _plausible(caller, operation, new_claim, required_only=False)
    if operation == "changePassword":  # has no caller, only an old password
        caller.call(operation, **arguments).refused("User name or password is not right")
    elif caller.generation == "userauth":
        wrong = {"asUser": "cr1-handler", "password": "guessed", "username": "cr1-a2a"}
        caller.call(operation, **{**arguments, "userAuth": wrong}).refused("User name or password is not right.")
        caller.call(operation, **{**arguments, "userAuth": {}}).refused("User name or password is not right")  # tried too often by now, perhaps
        nobody = shared_world.nobody(service)
        nobody.send(nobody.request(operation, **arguments)).refused("userAuth")
    elif operation == "getToken":
        caller.call(operation, **{**arguments, "password": "guessed"}).refused("User name or password is not right.")
    elif operation == "refreshToken":
        caller.call(operation, **{**arguments, "refreshToken": "guessed"}).refused("The refresh token is not valid or has expired.")
    else:
        for token in ("guessed", ""):
            caller.call(operation, **{**arguments, "accessToken": token}).refused("The access token is not valid or has expired.")


NAMES_NO_CLAIM = {
    *("getToken", "refreshToken", "changePassword", "addClaim", "getClaimsList", "searchClaims", "getNotificationsList", "removeNotification"),
    *("getOrganisation", "getBranchesList", "getMyUsersList", "getHospitalsList", "searchCompensators", "searchCompensatorsByInsurerIndex"),
    "getSystemProcessVersion",
}
NOBODYS = {"attachmentGuid": "0" * 32, "printableDocumentId": "0" * 32}


@every_operation
def test_with_a_claim_that_others_have(shared_world: World, service: str, operation: str, caller: Client, new_claim: dict[str, str]) -> None:
    """Every operation that names a claim, or something kept with one, asks whether the caller sees it, and tells nothing if not."""
    if operation in NAMES_NO_CLAIM:
        names = {part.name for part in caller.contract.message(operation)}
        assert names.isdisjoint({"claimData", "applicationId", "attachment", *NOBODYS})
        return
    party = COMP2 if operation in BY_COMPENSATOR else CR2_LEADER if operation in BY_TEAM_LEADERS else CR2
    stranger = shared_world.client(party, service)
    unseen = {**_plausible(caller, operation, new_claim, required_only=False), **_kept_with(shared_world, service, new_claim, caller, operation)}
    unknown_claim = {**new_claim, "applicationId": "0000000099999999"}
    unknown = {**_plausible(caller, operation, unknown_claim, required_only=False), **{name: NOBODYS[name] for name in NOBODYS if name in unseen}}
    first, second = (stranger.call(operation, **arguments).refused("There is no") for arguments in (unseen, unknown))
    assert first.message.replace(new_claim["applicationId"], "") == second.message.replace(unknown_claim["applicationId"], "")
    assert (first.details, first.trace) == (second.details, second.trace)


def _kept_with(world: World, service: str, claim: dict[str, str], caller: Client, operation: str) -> dict[str, str]:
    """The id of a file of the claim, where the operation asks for one."""
    names = {part.name for part in caller.contract.message(operation)}
    owner = world.client(CR1, service)
    if "attachmentGuid" in names:
        sketch = {"applicationId": claim["applicationId"], "dataAttachmentFileName": "sketch.pdf", "dataAttachmentFileZip": b"%PDF-1.7"}
        return {"attachmentGuid": owner.call("addAttachment", attachment=sketch).ok().payload["value"]}
    if "printableDocumentId" in names:
        listed = owner.call("getPrintableDocumentsList", applicationId=claim["applicationId"]).ok().payload["attachemntsList"]
        return {"printableDocumentId": listed[0]["dataAttachmentGuid"]}
    return {}


def _plausible(caller: Client, operation: str, claim: dict[str, str], *, required_only: bool) -> dict[str, Any]:
    """Arguments of an operation, by the names and types in the WSDL; credentials are the client's business."""
    if operation == "refreshToken":
        pair = caller.call("getToken", userID=CR1.identity, userAsID=CR1.user, password=PASSWORD).ok()
        return {"userID": CR1.identity, "userAsID": CR1.user, "refreshToken": pair.payload["refreshToken"]}
    parts = [part for part in caller.contract.message(operation) if part.name not in caller.credentials]
    return {part.name: _value(caller, operation, part, claim) for part in parts if part.required or not required_only}


def _value(caller: Client, operation: str, part: Part, claim: dict[str, str]) -> Any:
    if part.type == "claimData":
        return claim
    if part.type == "attachmentInput":
        return {"applicationId": claim["applicationId"], "dataAttachmentFileName": "sketch.pdf", "dataAttachmentFileZip": b"%PDF-1.7"}
    if part.type == "searchClaimCriteria":
        return {"phaseCacheId": "ClaimSubmitted", "sortField": "StartDate", "sortOrder": "Asc", "startDateFrom": datetime(2026, 11, 1, tzinfo=UTC)}
    if part.type in ("boolean", "dateTime"):
        return True if part.type == "boolean" else datetime(2026, 12, 31, tzinfo=UTC)
    assert part.type == "string", part
    texts = {
        "applicationId": claim["applicationId"],
        "claimXML": document(caller.process, operation, FORMS[caller.process] if operation == "addClaim" else CORRECTED[caller.process])
        if part.name == "claimXML"
        else "",
        "compensatorType": "I",
        "exitReasonCode": "10",
        "insurerClaimReferenceNumber": "TI/26/119008",
        "insurerResponseXml": document(caller.process, "sendLiabilityDecision", "admitted.xml"),
        "organisationName": "Thistledown",
        "organisationPath": "/COMP002" if operation == "reassignToAnotherCM" else "/COMP001",
        "password": PASSWORD,
        "reasonCode": "0",
        "rejectionReasonCode": "1",
        "userAsID": CR1.user,
        "userID": CR1.identity,
    }
    return texts.get(part.name, "some text & <markup>")
