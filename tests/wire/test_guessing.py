"""Whoever guesses learns nothing: what exists and is not the guesser's is answered, letter by letter, like what does not exist.

How long the answers take is measured by `python -m bench guessing`.
"""

from __future__ import annotations

import secrets
import string
import uuid
from typing import Any

import pytest
from client import PASSWORD, Client, Reply, document
from sqlalchemy import func, select, update
from world import COMP1, COMP2, CR1, CR2, Party, World

from gateway.store import tables as t

BAD_LOGIN = "User name or password is not right."
LOCKED = (
    "User name or password is not right, or too many wrong passwords were given in a row; the account is then locked, and whoever runs this gateway "
    "can release it."
)
BAD_ACCESS = "The access token is not valid or has expired."
BAD_REFRESH = "The refresh token is not valid or has expired."
LEADER = Party("CR00002", "cr2-a2a", "cr2-leader")
GUESSES = 1000

both_generations = pytest.mark.parametrize("service", ["rta-token", "rta-userauth"])


@pytest.fixture
def hidden(world: World) -> dict[str, str]:
    """A claim of others with an attachment, printable documents and notices; what all that is called."""
    one = world.client(CR1, "rta-token")
    claim = one.call("addClaim", claimXML=document("rta", "addClaim", "adult-driver.xml")).ok().claim
    file = {"applicationId": claim["applicationId"], "dataAttachmentFileName": "sketch.pdf", "dataAttachmentFileZip": b"%PDF-1.7\n%%EOF"}
    parts = {part.name: file.get(part.name, "a sketch") for part in one.contract.type("attachmentInput")}
    attachment = one.call("addAttachment", attachment=parts).ok().payload["value"]
    printable = one.call("getPrintableDocumentsList", applicationId=claim["applicationId"]).ok().payload
    notices = world.client(COMP1, "rta-token").call("getNotificationsList").ok().payload
    return {**claim, "attachment": attachment, "printable": _id_in(printable), "notice": _id_in(notices)}


def _id_in(payload: dict[str, Any]) -> str:
    """The id of the first thing in a list."""
    (rows,) = [value for value in payload.values() if isinstance(value, list)]
    return next(value for name, value in rows[0].items() if name.lower().endswith(("guid", "documentid")) and value)


def said(reply: Reply, *given: str) -> tuple[str, str | None, str | None]:
    """All that a refusal says, without what the guesser gave."""
    text = reply.refused().message or ""
    for each in given:
        text = text.replace(each.zfill(16) if each.isdigit() else each, "…")
    return text, reply.details, reply.trace


def random_text(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits + "-_") for _ in range(length))


def test_access_tokens(world: World) -> None:
    """Also those that were good once, or are of the other kind, or of somebody who is shut out now."""
    client = world.nobody("rta-token")
    pairs = [log_in(client, party) for party in (CR1, CR2, COMP1)]
    with world.store.writing() as connection:
        connection.execute(update(t.users).where(t.users.c.id == CR2.user).values(enabled=False))
        connection.execute(update(t.identities).where(t.identities.c.id == COMP1.identity).values(suspended=True))
    near = [pair["accessToken"][:-1] + other for pair in pairs for other in "AB" if not pair["accessToken"].endswith(other)]
    known = [pairs[0]["refreshToken"], pairs[1]["accessToken"], pairs[2]["accessToken"], *near, *(pair["accessToken"].swapcase() for pair in pairs)]
    guesses = [*known, *(random_text(43) for _ in range(GUESSES))]
    assert {said(client.call("getClaimsList", accessToken=guess)) for guess in guesses} == {(BAD_ACCESS, None, None)}


def log_in(client: Client, party: Party) -> dict[str, str]:
    return client.call("getToken", userID=party.identity, userAsID=party.user, password=PASSWORD).ok().payload


def test_refresh_tokens(world: World) -> None:
    """A good one of another binding is like none at all, for accounts and users that exist or not."""
    client = world.nobody("rta-token")
    good, other = log_in(client, CR1)["refreshToken"], log_in(client, CR2)["refreshToken"]
    bound = [(CR1.identity, CR1.user), (CR1.identity, "nobody"), ("nobody-a2a", CR1.user), (CR2.identity, CR1.user), (COMP1.identity, COMP1.user)]
    guesses = [(pair, random_text(43)) for pair in bound for _ in range(GUESSES // 5)]
    guesses += [(pair, other) for pair in bound] + [(pair, good) for pair in bound[1:]]
    answers = {said(client.call("refreshToken", userID=identity, userAsID=user, refreshToken=token)) for (identity, user), token in guesses}
    assert answers == {(BAD_REFRESH, None, None)}
    client.call("refreshToken", userID=CR1.identity, userAsID=CR1.user, refreshToken=good).ok()


@both_generations
def test_names_and_passwords(world: World, service: str) -> None:
    """Before and after the account is locked, disabled or suspended; and whoever the user is meant to be."""
    client = world.nobody(service)
    names = [CR1.identity, "nobody-a2a", CR1.user, "", COMP1.identity, CR2.identity]
    with world.store.writing() as connection:
        connection.execute(update(t.identities).where(t.identities.c.id == COMP1.identity).values(enabled=False))
        connection.execute(update(t.identities).where(t.identities.c.id == CR2.identity).values(suspended=True, suspended_for="a reason"))

    def guess(name: str, password: str, user: str) -> Reply:
        if service == "rta-token":
            return client.call("getToken", userID=name, password=password, userAsID=user)
        return client.call("getBranchesList", userAuth={"username": name, "password": password, "asUser": user})

    guesses = [(random_text(16), user) for user in (CR1.user, "nobody", "") for _ in range(GUESSES // 18)]
    for name in names:
        assert [said(guess(name, *one)) for one in guesses] == _told_a_guesser(len(guesses)), name


def test_passwords_to_change(world: World) -> None:
    """What is wrong with the new one is told only to who has the old one."""
    client = world.nobody("elpl-token")
    guesses = [new for new in ("", "pwd", PASSWORD, "Larch-Row-12-Quill") for _ in range(GUESSES // 50)]
    for name in (CR1.identity, "nobody-a2a", ""):
        answers = [said(client.call("changePassword", userID=name, oldPassword=random_text(16), newPassword=new)) for new in guesses]
        assert answers == _told_a_guesser(len(guesses)), name


def _told_a_guesser(times: int) -> list[tuple[str, None, None]]:
    """Five guesses are wrong; then every name is locked, whether or not it is anybody's."""
    return [(BAD_LOGIN, None, None)] * 5 + [(LOCKED, None, None)] * (times - 5)


BY_NUMBER = ("getClaim", "getClaimsStatus", "getAttachmentsList", "getPrintableDocumentsList", "unlockClaim")


@both_generations
@pytest.mark.parametrize("outsider", [CR2, LEADER, COMP2], ids=lambda party: party.user)
def test_application_ids(world: World, service: str, outsider: Party, hidden: dict[str, str]) -> None:
    client = world.client(outsider, service)
    numbers = [hidden["applicationId"], *(f"{secrets.randbelow(10**9) + 100:016d}" for _ in range(GUESSES // 30))]
    for operation in BY_NUMBER:
        answers = {said(client.call(operation, applicationId=number), number) for number in numbers}
        assert len(answers) == 1, operation
        assert "There is no claim … that you can see." in next(iter(answers))[0] or operation == "unlockClaim"


def test_application_ids_one_by_one(world: World, hidden: dict[str, str]) -> None:
    client = world.client(CR2, "rta-token")
    answers = {said(client.call("getClaimsStatus", applicationId=str(number)), str(number)) for number in range(GUESSES)}
    assert answers == {("There is no claim … that you can see.", None, None)}


def test_claims_of_the_other_process(world: World, hidden: dict[str, str]) -> None:
    """Not even one's own: a service has the claims of its kind."""
    client = world.client(CR1, "elpl-token")
    numbers = (hidden["applicationId"], f"{10**9:016d}")
    assert len({said(client.call("getClaim", applicationId=number), number) for number in numbers}) == 1


@both_generations
def test_guids_of_claims_of_others(world: World, service: str, hidden: dict[str, str]) -> None:
    """The right guid of a claim that is not seen helps nothing."""
    client = world.client(COMP2, service)
    numbers = (hidden["applicationId"], f"{10**9:016d}")
    for operation in ("exitProcess", "acceptClaim", "stateFraud", "lockClaim"):
        required = {part.name for part in client.contract.message(operation)} & {"exitReasonCode", "reasonCode"}
        answers = {
            said(client.call(operation, claimData={"applicationId": number, "activityEngineGuid": guid}, **dict.fromkeys(required, "10")), number)
            for number in numbers
            for guid in (hidden["activityEngineGuid"], str(uuid.uuid4()), "")
        }
        assert answers == {("There is no claim … that you can see.", None, None)}


def test_guids_of_ones_own_claim(world: World, hidden: dict[str, str]) -> None:
    """Wrong ones are answered alike however near they are, and change nothing."""
    client = world.client(COMP1, "rta-token")
    good, number = hidden["activityEngineGuid"], hidden["applicationId"]
    before = world.snapshot(number)
    near = [good[:-1] + other for other in "0123456789abcdef" if other != good[-1]] + [good[1:], good + "0", good.replace("-", "")]
    guesses = [*near, *(str(uuid.uuid4()) for _ in range(GUESSES))]
    answers = {said(client.call("acceptClaim", claimData={"applicationId": number, "activityEngineGuid": guess})) for guess in guesses}
    assert len(answers) == 1
    assert good not in next(iter(answers))[0]
    assert world.snapshot(number) == before


BY_ID = {"getAttachment": ("attachmentGuid", "attachment"), "getPrintableDocument": ("printableDocumentId", "printable")}


@pytest.mark.parametrize("operation", BY_ID)
@pytest.mark.parametrize("outsider", [CR2, COMP2], ids=lambda party: party.user)
def test_ids_of_files(world: World, operation: str, outsider: Party, hidden: dict[str, str]) -> None:
    argument, kind = BY_ID[operation]
    world.client(CR1, "rta-token").call(operation, **{argument: hidden[kind]}).ok()
    client = world.client(outsider, "rta-token")
    last = hidden[kind][-1]
    near = [hidden[kind][:-1] + other for other in "0123456789abcdef" if other != last]
    guesses = [hidden[kind], hidden[kind].upper(), *near, *(str(uuid.uuid4()) for _ in range(GUESSES // 4))]
    answers = {said(client.call(operation, **{argument: guess}), guess) for guess in guesses}
    assert len(answers) == 1, answers


def test_ids_of_notices(world: World, hidden: dict[str, str]) -> None:
    client = world.client(COMP2, "rta-token")
    guesses = [hidden["notice"], *(str(uuid.uuid4()) for _ in range(GUESSES // 4))]
    assert len({said(client.call("removeNotification", notificationGuid=guess), guess) for guess in guesses}) == 1
    world.client(COMP1, "rta-token").call("removeNotification", notificationGuid=hidden["notice"]).ok()


def test_ids_of_users(world: World, hidden: dict[str, str]) -> None:
    """Neither asUser nor whom a claim is to be allocated to tells of another organisation's users."""
    client = world.nobody("rta-token")
    users = (CR2.user, COMP1.user, CR2.identity, "nobody", "cr9-handler")
    answers = {said(client.call("getToken", userID=CR1.identity, password=PASSWORD, userAsID=user), user) for user in users}
    assert len(answers) == 1
    leader = world.client(Party("CR00001", "cr1-a2a", "cr1-leader"), "rta-token")
    claim = {name: hidden[name] for name in ("applicationId", "activityEngineGuid")}
    assert len({said(leader.call("allocateUser", claimData=claim, targetUserID=user), user) for user in users}) == 1


def test_guesses_leave_nothing_but_counts(world: World, hidden: dict[str, str]) -> None:
    before = world.snapshot(hidden["applicationId"])
    client = world.nobody("rta-token")
    for number in range(100):
        client.call("getToken", userID=f"guess-{number}", password="guess", userAsID="guess").refused(BAD_LOGIN)
    with world.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(t.login_failures)) == 100
        assert connection.scalar(select(func.count()).select_from(t.identities)) == 6
    assert world.snapshot(hidden["applicationId"]) == before
