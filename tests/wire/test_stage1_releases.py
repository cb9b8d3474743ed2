"""A claim keeps the release it was created under: its schemas, its process version, its rows (T7, T8, T21, T24)."""

from collections.abc import Callable

import pytest
from client import document
from story import Story
from world import COMP1, COMP2, CR1, Party, World

from gateway.config import Settings
from gateway.wsgi import Gateway

RTA_FORMS = {"R3": "r3-adult-driver.xml", "R5": "r5-adult-driver.xml", "R6": "r6-adult-driver.xml", "R7": "adult-driver.xml"}
RTA_CORRECTED = {release: form.replace(".xml", "-to-another-compensator.xml") for release, form in RTA_FORMS.items()}
RTA_VERSIONS = {"R3": (3, 3), "R5": (5, 0), "R6": (6, 0), "R7": (7, 0)}
ELPL_FORMS = {"R3": "r3-el-adult.xml", "R5": "r3-el-adult.xml", "R6": "el-adult.xml"}
ELPL_VERSIONS = {"R3": (1, 0), "R5": (5, 0), "R6": (6, 0)}
INTEGRATION = {("rta", "R3"): (5, 5), ("rta", "R5"): (7, 0), ("rta", "R6"): (8, 0), ("rta", "R7"): (9, 0), ("elpl", "R6"): (5, 1)}


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The release in force, and the numbering where a test asks for it."""
    asked = {name: request.getfixturevalue(name) for name in ("process", "release", "numbering") if name in request.fixturenames}
    chosen = {f"release_{asked['process']}": asked["release"]} if asked else {}
    return Settings(sandbox=True, sqlite_synchronous="NORMAL", numbering=asked.get("numbering", "production"), **chosen)


def _versions(claim: Story) -> set[tuple[int, int]]:
    """As the work lists of both sides tell them."""
    rows = [row for party in (CR1, COMP1) for row in claim.client(party).call("getClaimsList").ok().payload["claimsList"]]
    return {(row["versionMajor"], row["versionMinor"]) for row in rows if row["applicationId"] == claim.number}


@pytest.mark.parametrize("process", ["rta"])
@pytest.mark.parametrize("release", RTA_FORMS)
def test_an_rta_claim_of_any_release_is_admitted(world: World, process: str, release: str) -> None:
    claim = Story(world, process, release=release)
    claim.opens(RTA_FORMS[release], at=COMP1, limit="2026-12-15", shows={})
    assert _versions(claim) == {RTA_VERSIONS[release]}
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/26/1")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    response = claim.document("sendLiabilityDecision", "admitted-everything-filled.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response)
    for paid in (True, False):  # T24: no release that is kept asks for the stage 1 payment here
        claim.refuses(CR1, "setStage1Payment", "LiabilityAdmitted", "acknowledgeLiabilityAdmitted", isStage1Paid=paid)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@pytest.mark.parametrize("process", ["elpl"])
@pytest.mark.parametrize("release", ELPL_FORMS)
def test_an_el_claim_of_any_release_is_admitted(world: World, process: str, release: str) -> None:
    claim = Story(world, process, release=release)
    claim.opens(ELPL_FORMS[release], at=COMP1, limit="2026-12-31", shows={})
    assert _versions(claim) == {ELPL_VERSIONS[release]}
    claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
    claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision", insurerClaimReferenceNumber="TI/EL/1")
    response = claim.document("sendLiabilityDecision", "admitted-everything-filled.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


@pytest.mark.parametrize("process", ["rta"])
@pytest.mark.parametrize("release", ["R5", "R6"])
def test_an_rta_claim_of_release_5_or_6_is_resent(world: World, process: str, release: str) -> None:
    claim = Story(world, process, release=release)
    claim.opens(RTA_FORMS[release], at=COMP1, limit="2026-12-15", shows={})
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="2")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    corrected = claim.document("resendRejectedClaim", RTA_CORRECTED[release])
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP2)


@pytest.mark.parametrize(("process", "form"), [("rta", RTA_FORMS["R3"]), ("elpl", ELPL_FORMS["R3"])])
@pytest.mark.parametrize("release", ["R3"])
@pytest.mark.parametrize("code", ["", "1"])
def test_before_release_5_a_claim_came_back_without_reason_and_acknowledgement(
    world: World, process: str, form: str, release: str, code: str
) -> None:
    """T8: straight to ClaimRejectedToCR. A reason that is given all the same is not kept: getClaim had no place for it."""
    claim = Story(world, process, release=release)
    claim.opens(form, at=COMP1, limit={"rta": "2026-12-15", "elpl": "2026-12-31"}[process], shows={})
    unseen = {"ApplicationData/Rejection/@RejectionReasonCode": None}
    claim.goes("T8", COMP1, "rejectClaimToCR", "ClaimRejectedToCR", rejectionReasonCode=code, shows=unseen)
    claim.refuses(CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR (Claim Rejected to CR)", "resendRejectedClaim")
    claim.refuses(CR1, "exitRejectedClaim", "ClaimRejectedToCR (Claim Rejected to CR)")  # that came with release 5, too
    corrected = {"rta": RTA_CORRECTED["R3"], "elpl": "el-adult-to-another-compensator.xml"}[process]
    limit = {"rta": "2026-12-15", "elpl": "2027-01-07"}[process]
    document = claim.document("resendRejectedClaim", corrected)
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=document, holder=COMP2, limit=limit)


def test_old_claims_live_on_beside_new_ones(world: World, make_gateway: Callable[[Settings], Gateway]) -> None:
    """Created under R5, the claim is answered, resent and shown as one of R5 after R7 has come."""
    old = Settings(sandbox=True, sqlite_synchronous="NORMAL", release_rta="R5")
    claim = Story(World(make_gateway(old), world.store), "rta", release="R5")
    claim.opens(RTA_FORMS["R5"], at=COMP1, limit="2026-12-15", shows={})
    claim.world = world
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="0")
    claim.goes("T9", CR1, "acknowledgeRejectedClaim", "ClaimRejectedToCR")
    claim.refuses(
        CR1, "resendRejectedClaim", "ResendRejectedClaim_ClaimData-v3.3", claimXML=claim.document("resendRejectedClaim", RTA_CORRECTED["R7"])
    )
    corrected = claim.document("resendRejectedClaim", RTA_CORRECTED["R5"])
    claim.goes("T10", CR1, "resendRejectedClaim", "ClaimSubmitted", claimXML=corrected, holder=COMP2)
    new = Story(world, "rta").begins()
    rows = {row["applicationId"]: row for row in new.client(CR1).call("getClaimsList").ok().payload["claimsList"]}
    assert (rows[claim.number]["versionMajor"], rows[new.number]["versionMajor"]) == (5, 7)


@pytest.mark.parametrize(
    ("process", "release", "form"),
    [("rta", "R3", RTA_FORMS["R5"]), ("rta", "R5", RTA_FORMS["R6"]), ("rta", "R6", RTA_FORMS["R7"]), ("rta", "R7", RTA_FORMS["R5"])],
)
def test_the_form_of_another_release_is_refused(world: World, process: str, release: str, form: str) -> None:
    reply = world.client(CR1, f"{process}-token").call("addClaim", claimXML=document(process, "addClaim", form)).refused("not valid against AddClaim")
    assert reply.details


@pytest.mark.parametrize(
    ("process", "release", "numbering", "version"),
    [
        *[("rta", release, "production", version) for release, version in RTA_VERSIONS.items()],
        *[("elpl", release, "production", version) for release, version in ELPL_VERSIONS.items()],
        *[(process, release, "integration", version) for (process, release), version in INTEGRATION.items()],
    ],
)
@pytest.mark.parametrize("party", [CR1, COMP1], ids=["sender", "compensator"])
def test_the_process_version_is_that_of_the_release(
    world: World, process: str, release: str, numbering: str, version: tuple[int, int], party: Party
) -> None:
    for generation in ("token", "userauth"):
        reply = world.client(party, f"{process}-{generation}").call("getSystemProcessVersion").ok()
        names = {"rta": "RTA", "elpl": "ELPL"}
        assert reply.payload["systemProcessVersion"] == {
            "processName": names[process],
            "versionMajor": version[0],
            "versionMinor": version[1],
        }
