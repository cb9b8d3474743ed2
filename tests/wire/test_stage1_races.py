"""Programs that call at the same moment: of several that saw the same state exactly one has its way, and the others are told."""

from client import PASSWORD, Reply, document
from story import Story
from world import COMP1, CR1, World, at_once, on_both_databases

pytestmark = on_both_databases

ROUNDS = 8


def _one_won(replies: list[Reply]) -> Reply:
    assert sorted(reply.code for reply in replies) == ["Failure"] * (len(replies) - 1) + ["Ok"], replies
    for reply in replies:
        if reply.code == "Failure":
            assert "has changed since" in reply.message or "was changed by another caller" in reply.message
    return next(reply for reply in replies if reply.code == "Ok")


def test_two_programs_of_a_compensator_accept_and_reject_at_once(world: World) -> None:
    for _ in range(ROUNDS):
        claim = Story(world, "rta").begins()
        token, userauth = world.client(COMP1, "rta-token"), world.client(COMP1, "rta-userauth")
        won = _one_won(
            at_once(
                lambda data=claim.data, client=token: client.call("acceptClaim", claimData=data),
                lambda data=claim.data, client=userauth: client.call("rejectClaimToCR", claimData=data, rejectionReasonCode="1"),
            )
        )
        assert [event.row for event in world.history(claim.number)] == ["T1", {"acceptClaim": "T3", "rejectClaimToCR": "T7"}[won.operation]]
        assert claim.status(CR1) == won.claim


def test_four_programs_acknowledge_at_once(world: World) -> None:
    claim = Story(world, "elpl").begins()
    client = world.client(COMP1, "elpl-token")
    won = _one_won(at_once(*[lambda: client.call("acknowledgeClaim", claimData=claim.data)] * 4))
    assert [event.row for event in world.history(claim.number)] == ["T1", "T2"]
    assert claim.status(CR1) == won.claim


def test_a_response_is_kept_once(world: World) -> None:
    """The loser's document is not on the claim."""
    claim = Story(world, "rta").begins()
    claim.goes("T3", COMP1, "acceptClaim", "Article75Decision")
    claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    client = world.client(COMP1, "rta-token")
    texts = {name: claim.document("sendLiabilityDecision", f"{name}.xml") for name in ("admitted", "denied")}
    calls = [lambda text=text: client.call("sendLiabilityDecision", claimData=claim.data, insurerResponseXml=text) for text in texts.values()]
    won = _one_won(at_once(*calls))
    kept = {"LiabilityAdmitted": "admitted", "DeniedLiability": "denied"}[won.claim["phaseCacheId"]]
    assert world.documents(claim.number)["sendLiabilityDecision"].decode() == texts[kept]


def test_many_claims_at_once_have_numbers_of_their_own(world: World) -> None:
    client = world.client(CR1, "rta-token")
    text = document("rta", "addClaim", "adult-driver.xml")
    replies = at_once(*[lambda: client.call("addClaim", claimXML=text).ok()] * 6)
    numbers = {reply.claim["applicationId"] for reply in replies}
    assert len(numbers) == 6
    listed = {row["applicationId"] for row in client.call("getClaimsList").ok().payload["claimsList"]}
    assert listed == numbers


def test_a_limit_that_many_see_pass_passes_once(world: World) -> None:
    claim = Story(world, "rta").begins()
    sender, holder = world.client(CR1, "rta-token"), world.client(COMP1, "rta-token")
    world.set_clock("2026-12-15T00:00:00")
    replies = at_once(
        lambda: holder.call("getClaimsStatus", applicationId=claim.number).ok().claim,
        lambda: sender.call("getClaimsStatus", applicationId=claim.number).ok().claim,
        lambda: sender.call("getClaimsList").ok().payload["claimsList"][0],
        lambda: holder.call("getClaimsList").ok().payload["claimsList"][0],
    )
    assert {reply["phaseCacheId"] for reply in replies} == {"LiabilityDecisionTimeout"}
    assert len({reply["activityEngineGuid"] for reply in replies}) == 1
    assert [event.row for event in world.history(claim.number)] == ["T1", "T19"]


def test_a_call_and_the_clock(world: World) -> None:
    """At midnight the compensator's acceptance and the sender's look arrive together: the claim is over for both."""
    claim = Story(world, "rta").begins()
    sender, holder = world.client(CR1, "rta-token"), world.client(COMP1, "rta-token")
    world.set_clock("2026-12-15T00:00:00")
    looked, accepted = at_once(
        lambda: sender.call("getClaimsStatus", applicationId=claim.number).ok(),
        lambda: holder.call("acceptClaim", claimData=claim.data),
    )
    assert looked.claim["phaseCacheId"] == "LiabilityDecisionTimeout"
    accepted.refused("LiabilityDecisionTimeout")
    assert [event.row for event in world.history(claim.number)] == ["T1", "T19"]


def test_a_refresh_token_is_used_once(world: World) -> None:
    nobody = world.nobody("rta-token")
    who = {"userID": CR1.identity, "userAsID": CR1.user}
    token = nobody.call("getToken", password=PASSWORD, **who).ok().payload["refreshToken"]
    replies = at_once(*[lambda: nobody.call("refreshToken", refreshToken=token, **who)] * 4)
    assert sorted(reply.code for reply in replies) == ["Failure", "Failure", "Failure", "Ok"]
