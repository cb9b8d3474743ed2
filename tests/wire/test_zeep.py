"""zeep, which knows of the gateway only its address: from ?wsdl to a claim, at all four services of a running server."""

from collections.abc import Iterator
from typing import Any

import pytest
import zeep
import zeep.exceptions
from client import FILES, PASSWORD, contract, document
from live import LiveWorld
from lxml import etree
from world import COMP1, CR1, Party

FORMS = {"rta": "adult-driver.xml", "elpl": "el-adult.xml"}


class Program:
    """A program of an organisation, written against the real portal's contract: only the address is ours."""

    def __init__(self, url: str, service: str, party: Party) -> None:
        self.process, self.generation = service.split("-")
        self.client = zeep.Client(f"{url}{contract(service).path}?wsdl")
        self.address: str = next(iter(next(iter(self.client.wsdl.services.values())).ports.values())).binding_options["address"]
        if self.generation == "token":
            pair = self.client.service.getToken(userID=party.identity, userAsID=party.user, password=PASSWORD)
            assert (pair.code, pair.accessTokenExpiresIn) == ("Ok", "3600")
            self.credentials: dict[str, Any] = {"accessToken": pair.accessToken}
        else:
            self.credentials = {"userAuth": {"asUser": party.user, "password": PASSWORD, "username": party.identity}}

    def call(self, operation: str, **arguments: Any) -> Any:
        return getattr(self.client.service, operation)(**arguments, **self.credentials)

    def close(self) -> None:
        self.client.transport.session.close()


@pytest.fixture(params=FILES)
def programs(request: pytest.FixtureRequest, live: LiveWorld) -> Iterator[tuple[Program, Program]]:
    """Sender and compensator at one service."""
    both = Program(live.url, request.param, CR1), Program(live.url, request.param, COMP1)
    yield both
    for program in both:
        program.close()


def test_from_the_contract_to_a_claim(live: LiveWorld, programs: tuple[Program, Program]) -> None:
    sender, holder = programs
    assert sender.address.startswith(live.url), "the contract leads back to where it came from"
    sent = sender.call("addClaim", claimXML=document(sender.process, "addClaim", FORMS[sender.process]))
    assert (sent.code, sent.claimInfo.phaseCacheId, sent.claimInfo.phaseCacheName) == ("Ok", "ClaimSubmitted", "Claim submitted")
    number = sent.claimInfo.applicationId
    for program in programs:
        status = program.call("getClaimsStatus", applicationId=number)
        assert (status.code, status.gdprClaimDeleted) == ("Ok", 0)
        assert status.claimInfo.activityEngineGuid == sent.claimInfo.activityEngineGuid
        listed = program.call("getClaimsList").claimsList
        assert [row.phaseCacheId for row in listed if row.applicationId == number] == ["ClaimSubmitted"]
        claim = etree.fromstring(program.call("getClaim", applicationId=number).value.encode())
        assert claim.xpath("string(ApplicationData/ApplicationIDs/@ClaimID)") == number
    step = {"rta": "acceptClaim", "elpl": "acknowledgeClaim"}[sender.process]
    data = {"activityEngineGuid": sent.claimInfo.activityEngineGuid, "applicationId": number}
    moved = holder.call(step, claimData=data)
    assert (moved.code, moved.claimInfo.phaseCacheId) == ("Ok", {"rta": "Article75Decision", "elpl": "ClaimAcknowledged"}[sender.process])
    late = holder.call(step, claimData=data)
    assert late.code == "Failure"
    assert "has changed since" in late.message


def test_lists_records_and_refusals(programs: tuple[Program, Program]) -> None:
    sender, _ = programs
    found = sender.call("searchCompensators", compensatorType="S")
    assert [row.organisationId for row in found.organisationInfosList] == ["COMP003"]
    assert not sender.call("searchCompensators", organisationName="nobody").organisationInfosList
    assert sender.call("getOrganisation", organisationPath="/COMP001").organisation.address.city == "Westhaven"
    version = sender.call("getSystemProcessVersion").systemProcessVersion
    assert (version.processName, version.versionMajor) == {"rta": ("RTA", 7), "elpl": ("ELPL", 6)}[sender.process]
    refused = sender.call("addClaim", claimXML="<DocumentInput/>")
    assert refused.code == "Failure"
    assert "ApplicationData" in (refused.details if sender.generation == "token" else refused.message)
    awaited = sender.call("getNotificationsList", A2ANotification=True) if sender.generation == "token" else sender.call("getNotificationsList")
    assert awaited.code in ("Ok", "Failure")


def test_a_fault_is_a_fault_for_zeep(live: LiveWorld, programs: tuple[Program, Program]) -> None:
    """The right message at the address of the other process."""
    sender, _ = programs
    other = f"{ {'rta': 'elpl', 'elpl': 'rta'}[sender.process] }-{sender.generation}"
    port = next(iter(next(iter(sender.client.wsdl.services.values())).ports.values()))
    elsewhere = sender.client.create_service(port.binding.name, f"{live.url}{contract(other).path}")
    with pytest.raises(zeep.exceptions.Fault, match="There is no operation") as caught:
        elsewhere.getClaimsList(**sender.credentials)
    assert caught.value.code.endswith(":Client")
