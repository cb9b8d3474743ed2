"""The same over real HTTP: gunicorn with two workers of four threads. What only a server can get wrong: connections, lengths, memory."""

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from letters import RTA_PATH, Poster, branches, fault_in, soap
from live import LiveWorld
from story import Story
from world import COMP1, CR1, at_once

HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
MEGABYTE = 1024 * 1024


@pytest.fixture
def poster(live: LiveWorld) -> Iterator[Poster]:
    """Whatever was sent, the server answers a good call afterwards."""
    one = Poster(live.door, live.client(CR1, "rta-token").credentials["accessToken"])
    yield one
    one.reply(one.good).ok()


@pytest.fixture
def connection(live: LiveWorld) -> Iterator[http.client.HTTPConnection]:
    one = live.door.connect()
    yield one
    one.close()


def _said(connection: http.client.HTTPConnection, body: str, **options: object) -> tuple[int, bytes]:
    connection.request("POST", RTA_PATH, body, HEADERS, **options)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("process", ["rta", "elpl"])
def test_the_life_of_a_claim(live: LiveWorld, process: str) -> None:
    """Both generations, two workers: what one has written the other reads."""
    claim = Story(live, process, "token", "userauth")
    if process == "rta":
        claim.begins()
        claim.goes("T3", COMP1, "acceptClaim", "Article75Decision", insurerClaimReferenceNumber="TI/1")
        claim.goes("T13", COMP1, "applyArticle75", "LiabilityDecision", isArticle75=False)
    else:
        claim.begins()
        claim.goes("T2", COMP1, "acknowledgeClaim", "ClaimAcknowledged")
        claim.goes("T5", COMP1, "acceptClaim", "LiabilityDecision")
    response = claim.document("sendLiabilityDecision", "admitted.xml")
    claim.goes("T15", COMP1, "sendLiabilityDecision", "LiabilityAdmitted", insurerResponseXml=response)
    claim.goes("T21", CR1, "acknowledgeLiabilityAdmitted", "StartOfStage21")


def test_two_workers_race_for_one_claim(live: LiveWorld) -> None:
    """In processes of their own, and still exactly one has its way."""
    token, userauth = live.client(COMP1, "rta-token"), live.client(COMP1, "rta-userauth")
    for _ in range(8):
        claim = Story(live, "rta").begins()
        replies = at_once(
            lambda data=claim.data: token.call("acceptClaim", claimData=data),
            lambda data=claim.data: userauth.call("rejectClaimToCR", claimData=data, rejectionReasonCode="1"),
            lambda data=claim.data: token.call("reassignToAnotherCM", claimData=data, organisationPath="/COMP002"),
        )
        assert sorted(reply.code for reply in replies) == ["Failure", "Failure", "Ok"]
        assert len(live.history(claim.number)) == 2


def test_a_connection_serves_many_calls(poster: Poster, connection: http.client.HTTPConnection) -> None:
    """Also after a Fault, a refusal and a page that is not there."""
    connection.connect()
    opened = connection.sock
    for _ in range(10):
        assert _said(connection, poster.good)[0] == 200
        assert _said(connection, "junk")[0] == 500
        connection.request("GET", "/nothing")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (404, True)
        connection.request("HEAD", f"{RTA_PATH}?wsdl")
        assert connection.getresponse().read() == b""
    assert connection.sock is opened


def test_a_client_that_waits_for_100_continue(live: LiveWorld, poster: Poster) -> None:
    """As .NET and curl do: the body goes out only after the server has said so."""
    body = poster.good.encode()
    head = f"POST {RTA_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    with socket.create_connection(live.door.netloc.split(":"), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 100 Continue\r\n")
        line.sendall(body)
        answer = b""
        while part := line.recv(10_000):
            answer += part
    assert b"HTTP/1.1 200 OK" in answer
    assert b"<code>Ok</code>" in answer


def test_http_1_0_without_keeping_the_connection(live: LiveWorld, poster: Poster) -> None:
    body = poster.good.encode()
    with socket.create_connection(live.door.netloc.split(":"), timeout=10) as line:
        line.sendall(f"POST {RTA_PATH} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while part := line.recv(10_000):
            answer += part
    assert b" 200 OK\r\n" in answer
    assert answer.endswith(b"</S:Envelope>")


@pytest.mark.parametrize("length", ["abc", "-1", "1, 1", "+5", "0x10"])
def test_a_length_that_is_no_number(live: LiveWorld, poster: Poster, length: str) -> None:
    """gunicorn itself refuses it, in few words."""
    with socket.create_connection(live.door.netloc.split(":"), timeout=10) as line:
        line.sendall(f"POST {RTA_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = b""
        while part := line.recv(10_000):
            answer += part
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Traceback" not in answer


def test_a_body_in_chunks(poster: Poster, connection: http.client.HTTPConnection) -> None:
    """Without a length, as some Java and .NET programs send."""
    body = poster.good.encode()
    for size in (1, 7, 1000):
        pieces = iter([body[start : start + size] for start in range(0, len(body), size)])
        connection.request("POST", RTA_PATH, pieces, {**HEADERS, "Transfer-Encoding": "chunked"}, encode_chunked=True)
        answer = connection.getresponse()
        assert (answer.status, b"<code>Ok</code>" in answer.read()) == (200, True)


def test_a_body_in_too_many_chunks(poster: Poster, connection: http.client.HTTPConnection) -> None:
    """The limit holds without a length, too."""
    pieces = iter([poster.good.encode(), *[b" " * MEGABYTE] * 8])
    try:
        connection.request("POST", RTA_PATH, pieces, {**HEADERS, "Transfer-Encoding": "chunked"}, encode_chunked=True)
    except (BrokenPipeError, ConnectionResetError):
        pytest.fail("the server hung up before it was told everything, and its answer is lost")
    answer = connection.getresponse()
    assert (answer.status, b":Fault>" in answer.read()) == (413, True)


def test_a_body_that_is_too_large_is_told_so(poster: Poster) -> None:
    """The answer reaches a caller who sends everything first."""
    answer = poster.post(poster.good + " " * (9 * MEGABYTE))
    assert answer.status == 413
    assert "8388608" in fault_in(answer).text


def test_a_call_that_breaks_off_is_nobodys_loss(live: LiveWorld, poster: Poster) -> None:
    for _ in range(20):
        with socket.create_connection(live.door.netloc.split(":"), timeout=10) as line:
            line.sendall(f"POST {RTA_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n\r\n{poster.good}".encode())


def test_twenty_callers_at_once(live: LiveWorld, poster: Poster) -> None:
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: poster.reply(poster.good), range(200)))
    assert {reply.code for reply in replies} == {"Ok"}
    assert len(live.workers()) == 2


NESTED = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LIMIT = 8 * MEGABYTE


def _large(kind: str) -> str:
    """Just under the limit, each made to cost as much as it can."""
    room = LIMIT - 2000
    if kind == "billion laughs":
        return f'<!DOCTYPE s [<!ENTITY l0 "{"ha" * 1000}">{NESTED}]>{soap(branches("&l9;"))}'
    if kind == "one text":
        return soap(branches("x" * room))
    if kind == "elements":
        return soap("<t>" + "<a/>" * (room // 4) + "</t>")
    if kind == "as many elements as are allowed":
        return soap("<t>" + ("<a>" + "x" * 70 + "</a>") * 99_000 + "</t>")
    if kind == "attributes":
        return soap("<t " + " ".join(f'a{n}=""' for n in range(room // 12)) + "/>")
    if kind == "comments":
        return soap(branches("x") + "<!---->" * (room // 7))
    if kind == "character references":
        return soap(branches("&#65;" * (room // 5)))
    claim = "&lt;a&gt;" * (room // 9) if kind == "a claim of elements" else "&lt;a " + "".join(f"a{n}='' " for n in range(room // 12)) + "/&gt;"
    return soap(branches("x").replace("getBranchesList", "addClaim").replace("<access", f"<claimXML>{claim}</claimXML><access"))


KINDS = [
    *("billion laughs", "one text", "elements", "as many elements as are allowed", "attributes", "comments", "character references"),
    *("a claim of elements", "a claim of attributes"),
]


def test_no_request_makes_a_worker_large(live: LiveWorld, poster: Poster) -> None:
    """Each of them several times, at both workers: none ever holds 256 MB more than it did after its first call."""
    for _ in range(8):
        poster.reply(poster.good).ok()
    before = live.largest_worker()
    for kind in KINDS:
        data = _large(kind).encode()
        assert len(data) <= LIMIT
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _, data=data: poster.post(data), range(2)))
        assert {answer.status for answer in answers} <= {200, 500}
    assert live.largest_worker() - before < 256 * MEGABYTE
    assert len(live.workers()) == 2
