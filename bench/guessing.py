"""How long refusals take: what exists and is not the guesser's, beside what does not exist, in turns over HTTP against one server.

What is compared are medians. The noise of a run is how far the two halves of each series, taken in turns as well, are apart; a difference is
told from it when it is more than three times that and more than a twentieth of the median.
"""

from __future__ import annotations

import re
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.calls import OK, PASSWORD, SERVICE, Post, call, envelope, over_http, token, value
from gateway.resources import folder

FACTOR = 3.0
SHARE = 0.05
SLOW_SHARE = 20  # a password costs a few hundred times what a token does; there are fewer guesses at them, by this factor

Guess = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Question:
    """Two kinds of guesses at the same thing: at what is there, and at what is not."""

    what: str
    there: Guess
    not_there: Guess
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Medians in seconds; `texts` are the different answers that came, without what was guessed."""

    question: Question
    guesses: int
    there: float
    not_there: float
    noise: float
    texts: int

    @property
    def told_apart(self) -> bool:
        """Whether the answers or their times differ."""
        apart = abs(self.there - self.not_there)
        return self.texts > 1 or apart > max(FACTOR * self.noise, SHARE * min(self.there, self.not_there))


def run(port: int, guesses: int, console: Console) -> bool:
    """Guess so many times, print the table, and say whether nothing was told apart."""
    post = over_http(port, SERVICE.path)
    questions = list(_questions(post))
    quick = guesses // sum(1 for one in questions if not one.slow)
    answers = [_ask(post, one, quick // SLOW_SHARE if one.slow else quick) for one in questions]
    console.print(_table(answers))
    return not any(answer.told_apart for answer in answers)


def _questions(post: Post) -> Iterator[Question]:
    form = (folder("fixtures") / "rta" / "valid" / "addClaim" / "adult-driver.xml").read_text(encoding="utf-8")
    one, other = token(post, "cr1"), token(post, "cr2")
    pair = call(post, "getToken", userID="cr1-a2a", userAsID="cr1-handler", password=PASSWORD)
    sent = call(post, "addClaim", claimXML=form, accessToken=one)
    number, guid = value(sent, "applicationId"), value(sent, "activityEngineGuid")
    printable = value(call(post, "getPrintableDocumentsList", applicationId=number, accessToken=one), "dataAttachmentGuid")
    holder = token(post, "comp1")

    def asking(operation: str, **arguments: str) -> bytes:
        return envelope(operation, arguments)

    def unknown() -> str:
        return f"{secrets.randbelow(10**12) + 10**6:016d}"

    def token_guess(text: str) -> bytes:
        return asking("getClaimsList", accessToken=text)

    def renewal(text: str) -> bytes:
        return asking("refreshToken", userID="cr2-a2a", userAsID="cr2-handler", refreshToken=text)

    def login(name: str) -> bytes:
        return asking("getToken", userID=name, userAsID="cr2-handler", password=secrets.token_urlsafe(12))

    def change(name: str) -> bytes:
        return asking("changePassword", userID=name, oldPassword=secrets.token_urlsafe(12), newPassword="Larch-Row-12-Quill")

    def status(claim: str) -> bytes:
        return asking("getClaimsStatus", applicationId=claim, accessToken=other)

    def accept(claim: str, activity: str, who: str) -> bytes:
        data = f"<applicationId>{claim}</applicationId><activityEngineGuid>{activity}</activityEngineGuid>"
        return asking("exitProcess", exitReasonCode="10", claimData="DATA", accessToken=who).replace(b"DATA", data.encode())

    def file(id: str) -> bytes:
        return asking("getPrintableDocument", printableDocumentId=id, accessToken=other)

    refresh = value(pair, "refreshToken")
    yield Question("access token: a refresh token | none", lambda: token_guess(refresh), lambda: token_guess(secrets.token_urlsafe(32)))
    yield Question("refresh token: another's | none", lambda: renewal(refresh), lambda: renewal(secrets.token_urlsafe(32)))
    yield Question("claim to read: another's | none", lambda: status(number), lambda: status(unknown()))
    yield Question("claim to change: another's | none", lambda: accept(number, guid, other), lambda: accept(unknown(), guid, other))
    yield Question("guid: last digit wrong | any", lambda: accept(number, _near(guid), holder), lambda: accept(number, str(uuid.uuid4()), holder))
    yield Question("document: another's | none", lambda: file(printable), lambda: file(str(uuid.uuid4())))
    yield Question("getToken: wrong password | no account", lambda: login("cr2-a2a"), lambda: login("nobody-a2a"), slow=True)
    yield Question("changePassword: the same", lambda: change("cr2-a2a"), lambda: change("nobody-a2a"), slow=True)


def _near(guid: str) -> str:
    return guid[:-1] + ("0" if guid[-1] != "0" else "1")


def _ask(post: Post, question: Question, number: int) -> Answer:
    times: tuple[list[float], list[float]] = ([], [])
    texts = set()
    for round_ in range(max(number // 2, 10)):
        order = ((0, question.there), (1, question.not_there))
        for kind, guess in order if round_ % 2 else order[::-1]:
            body = guess()
            begin = time.perf_counter()
            reply = post(body)
            times[kind].append(time.perf_counter() - begin)
            if OK in reply:
                raise ValueError(f"{question.what}: a guess was right")
            texts.add(re.sub(rb"[0-9]{16}", b"", reply))
    noise = max(abs(median(spent[::2]) - median(spent[1::2])) for spent in times)
    return Answer(question, sum(map(len, times)), median(times[0]), median(times[1]), noise, len(texts))


def _table(answers: list[Answer]) -> Table:
    table = Table(title="Guesses, in turns over HTTP", title_justify="left", pad_edge=False)
    table.add_column("guess: there | not there", no_wrap=True)
    for heading in ("guesses", "texts", "there", "not, ms", "apart", "noise"):
        table.add_column(heading, justify="right")
    table.add_column("", no_wrap=True)
    for one in answers:
        apart, least = one.there - one.not_there, min(one.there, one.not_there)
        table.add_row(
            one.question.what,
            f"{one.guesses:,}",
            str(one.texts),
            f"{one.there * 1e3:.3f}",
            f"{one.not_there * 1e3:.3f}",
            f"{apart / least:+.1%}",
            f"{one.noise / least:.1%}",
            "TOLD" if one.told_apart else "alike",
        )
    return table
