"""What is registered at the command line can call, and what is changed there counts in the next call, with a token that was issued before too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from administrator import NEWTOWN, OAK, Administrator
from client import PASSWORD, Client, document
from world import COMP1, START, Party, World, on_both_databases

import gateway.clock
from gateway.store import audit


@pytest.fixture
def admin(world: World, monkeypatch: pytest.MonkeyPatch) -> Administrator:
    return Administrator(world.store, monkeypatch, START)


def _registers(admin: Administrator, words: tuple[str, ...], name: str, profile: str) -> tuple[Party, str]:
    """An organisation that has accepted the agreement, with a handler and an A2A account, whose password is given too."""
    made = admin.json(*words, "--a2a", f"{name}-a2a", "--accept-agreement")
    admin.does("user", "add", f"{name}-handler", made["id"], "--name", "Han", "--surname", "Dler", "--profile", profile)
    return Party(made["id"], f"{name}-a2a", f"{name}-handler"), made["identity"]["password"]


@on_both_databases
def test_from_nothing_to_a_claim(world: World, admin: Administrator) -> None:
    oak, oak_password = _registers(admin, OAK, "oak", "CR RTA Claim Handler")
    newtown, newtown_password = _registers(admin, NEWTOWN, "newtown", "COMP RTA Claim Handler")
    assert (oak.organisation, newtown.organisation) == ("CR00003", "COMP004")
    sender = world.nobody("rta-token").as_(oak.identity, oak.user, oak_password)
    receiver = world.nobody("rta-userauth").as_(newtown.identity, newtown.user, newtown_password)
    (found,) = sender.call("searchCompensators", organisationName="newtown").ok().payload["organisationInfosList"]
    assert found == {"organisationId": "COMP004", "organisationName": "Newtown Mutual", "organisationPath": "/COMP004"}
    (branch,) = receiver.call("getBranchesList").ok().payload["organisationInfosList"]
    assert branch["organisationPath"] == "/COMP004/001"
    address = sender.call("getOrganisation", organisationPath="/COMP004").ok().payload["organisation"]["address"]
    assert (address["street1"], address["city"], address["postCode"]) == ("1 High Street", "Newtown", "ZZ99 1AA")

    form = document("rta", "addClaim", "adult-driver.xml").replace("COMP001", "COMP004")
    claim = sender.call("addClaim", claimXML=form).ok().claim
    (listed,) = receiver.call("getClaimsList").ok().payload["claimsList"]
    assert listed["applicationId"] == claim["applicationId"]
    data = {name: claim[name] for name in ("activityEngineGuid", "applicationId")}
    receiver.call("acceptClaim", claimData=data, insurerClaimReferenceNumber="N-1").ok()

    admin.does("branch", "add", "COMP004", "Quay")
    assert len(receiver.call("getBranchesList").ok().payload["organisationInfosList"]) == 2
    admin.does("branch", "disable", "COMP004", "002")
    assert len(receiver.call("getBranchesList").ok().payload["organisationInfosList"]) == 1


OUT = "The access token is not valid or has expired."


@on_both_databases
@pytest.mark.parametrize(
    ("off", "on", "says"),
    [
        (("user", "disable", COMP1.user), ("user", "enable", COMP1.user), OUT),
        (("user", "expire", COMP1.user), ("user", "extend", COMP1.user), OUT),
        (("user", "profiles", COMP1.user, "COMP Administrator"), ("user", "profiles", COMP1.user, "COMP Claim Handler"), "is not permitted"),
        (("identity", "disable", COMP1.identity), ("identity", "enable", COMP1.identity), OUT),
        (("identity", "suspend", COMP1.identity), ("identity", "unsuspend", COMP1.identity), OUT),
        (("identity", "dates", COMP1.identity, "--until", "2026-11-22"), ("identity", "dates", COMP1.identity, "--until", "none"), OUT),
        (("identity", "dates", COMP1.identity, "--from", "2026-11-24"), ("identity", "dates", COMP1.identity, "--from", "none"), OUT),
        (("identity", "edit", COMP1.identity, "--services", "elpl"), ("identity", "edit", COMP1.identity, "--services", "both"), "not for the RTA"),
        (("org", "disable", COMP1.organisation), ("org", "enable", COMP1.organisation), OUT),
        (("org", "claim-types", COMP1.organisation, "elpl"), ("org", "claim-types", COMP1.organisation, "both"), "not registered for claims"),
    ],
    ids=lambda words: (
        " ".join(word for word in words if word not in (COMP1.user, COMP1.identity, COMP1.organisation)) if isinstance(words, tuple) else ""
    ),
)
def test_a_change_counts_at_once(world: World, admin: Administrator, off: tuple[str, ...], on: tuple[str, ...], says: str) -> None:
    """And its opposite too: a token outlives what it was out for."""
    token, old = world.client(COMP1, "rta-token"), world.client(COMP1, "rta-userauth")
    for client in (token, old):
        client.call("getClaimsList").ok()
    admin.does(*off)
    token.call("getClaimsList").refused(says)
    old.call("getClaimsList").refused()
    admin.does(*on)
    for client in (token, old):
        client.call("getClaimsList").ok()
    assert [what for who, what, *_ in admin.log() if who == "ops"] == [f"{off[0]}.{off[1]}", f"{on[0]}.{on[1]}"]


@on_both_databases
def test_a_new_password_ends_the_tokens(world: World, admin: Administrator) -> None:
    token = world.client(COMP1, "rta-token")
    fresh = admin.json("identity", "reset", COMP1.identity)["password"]
    token.call("getClaimsList").refused(OUT)
    nobody = world.nobody("rta-token")
    nobody.call("getToken", userID=COMP1.identity, userAsID=COMP1.user, password=PASSWORD).refused("not right")
    nobody.as_(COMP1.identity, COMP1.user, fresh).call("getClaimsList").ok()


def test_a_suspension_tells_its_reason(world: World, admin: Administrator) -> None:
    admin.does("identity", "suspend", COMP1.identity, "--reason", "two firms share it")
    world.nobody("rta-token").call("getToken", userID=COMP1.identity, userAsID=COMP1.user, password=PASSWORD).refused("two firms share it")


@on_both_databases
def test_the_agreement(world: World, admin: Administrator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until its day is over nobody minds; then everybody does, until an administrator of the organisation accepts."""
    client = world.client(COMP1, "rta-token")
    admin.does("agreement", "publish", "2026-2", "--title", "Agreement", "--due", "2026-11-23", "--file", "-", given="Be good.")
    client.call("getClaimsList").ok()
    tomorrow = START + timedelta(days=1)
    monkeypatch.setattr(gateway.clock, "wall", lambda: tomorrow)
    client = world.nobody("rta-userauth").as_(COMP1.identity, COMP1.user)
    client.call("getClaimsList").refused("has not accepted the Agreement (version 2026-2)")
    assert "nobody can call" in admin.does("org", "show", COMP1.organisation)
    admin.does("agreement", "accept", "--organisation", COMP1.organisation, "--by-user", "comp1-admin")
    client.call("getClaimsList").ok()


def _guesses(client: Client, times: int) -> None:
    for _ in range(times):
        client.call("getToken", userID=COMP1.identity, userAsID=COMP1.user, password="wrong").refused("not right")


@on_both_databases
def test_what_happens_over_the_wire_is_in_the_log(world: World, admin: Administrator) -> None:
    """And an account that was locked is let in again."""
    nobody = world.nobody("rta-token")
    nobody.call("changePassword", userID=COMP1.identity, oldPassword=PASSWORD, newPassword="Fresh-Key-2027!!").ok()
    nobody.call("changePassword", userID=COMP1.identity, oldPassword=PASSWORD, newPassword="Other-Key-2027!!").refused()
    _guesses(nobody, 5)
    nobody.call("getToken", userID=COMP1.identity, userAsID=COMP1.user, password="Fresh-Key-2027!!").refused("locked")
    admin.does("identity", "release", COMP1.identity)
    nobody.as_(COMP1.identity, COMP1.user, "Fresh-Key-2027!!").call("getClaimsList").ok()
    with world.store.reading() as connection:
        found = audit.entries(connection, subject=COMP1.identity)
    assert [(one.who, one.what, one.organisation_id) for one in found] == [
        (COMP1.identity, "identity.change-password", COMP1.organisation),
        ("gateway", "identity.lock", COMP1.organisation),
        ("ops", "identity.release", COMP1.organisation),
    ]
    assert not any(secret in repr(found) for secret in (PASSWORD, "Fresh-Key", "Other-Key", "wrong'"))
