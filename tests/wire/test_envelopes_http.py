"""HTTP around the envelope: methods, lengths, types, and the contract at ?wsdl."""

import io
from typing import Any

import pytest
from client import FILES, ROOT, Client, contract
from letters import RTA_PATH, Poster, fault_in
from lxml import etree
from world import World

LOCATION = "{http://schemas.xmlsoap.org/wsdl/soap/}address"


@pytest.mark.parametrize("content_type", ["text/xml", "TEXT/XML", "text/xml;charset=utf-8", "application/xml", "text/xml; foo=bar", None, ""])
def test_content_types_that_are_taken(poster: Poster, content_type: str | None) -> None:
    poster.reply(poster.good, content_type).ok()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "text/html; charset=utf-8", "multipart/related; type=text/xml", "text/xmlx", "x" * 5000, "<script>"],
)
def test_content_types_that_are_not(poster: Poster, content_type: str) -> None:
    fault = poster.fault(poster.good, content_type)
    assert (fault.status, fault.code) == (415, "Client")
    assert "text/xml" in fault.text
    assert ("MTOM" in fault.text) == content_type.startswith("multipart/related")
    assert len(fault.text) < 300


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", "0x10", "1.5", "١٢", "+5"])
def test_a_length_that_is_no_number(poster: Poster, length: str) -> None:
    answer = _plain_post(poster, CONTENT_LENGTH=length)
    assert (answer[0], "Content-Length" in answer[1]) == (400, True)


@pytest.mark.parametrize(("length", "status"), [("0", 500), ("", 500), ("10", 500), ("999999999999999999999", 413), ("8388609", 413)])
def test_a_length_that_is_not_that_of_the_body(poster: Poster, length: str, status: int) -> None:
    assert _plain_post(poster, CONTENT_LENGTH=length)[0] == status


def test_a_body_that_ends_early(poster: Poster) -> None:
    status, text = _plain_post(poster, CONTENT_LENGTH=str(len(poster.good) + 1))
    assert status == 400
    assert "ends after" in text


def _plain_post(poster: Poster, **environ: Any) -> tuple[int, str]:
    """Past wsgiref's validator, which would not let such lengths through."""
    started: list[Any] = []
    given = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": RTA_PATH,
        "SERVER_NAME": "x",
        "SERVER_PORT": "1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(poster.good.encode()),
        "CONTENT_TYPE": "text/xml",
        **environ,
    }
    body = b"".join(poster.door.bare(given, lambda *start: started.extend(start)))
    assert b":Fault>" in body
    return int(started[0][:3]), body.decode()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD"])
@pytest.mark.parametrize("query", ["", "?", "?x=1", "?wsdlx", "?singleWsdl"])
def test_other_methods_are_shown_the_door(poster: Poster, method: str, query: str) -> None:
    answer = poster.door.send(method, f"{RTA_PATH}{query}")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"
    assert (answer.body == b"") == (method == "HEAD")
    if method != "HEAD":
        assert f"{RTA_PATH}?wsdl" in answer.body.decode()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_the_contract_is_read_by_get_alone(poster: Poster, method: str) -> None:
    assert poster.door.send(method, f"{RTA_PATH}?wsdl").status == 405


@pytest.mark.parametrize("path", ["/PIP.WSTK", "/PIP.WSTK/PIPWSTK/x", "/pip.wstk/pipwstk", "/../etc/passwd", "/PIP.WSTK/%50IPWSTK", "/favicon.ico"])
def test_other_addresses_are_not_found(poster: Poster, path: str) -> None:
    for method in ("GET", "POST"):
        assert poster.door.send(method, path, b"x" if method == "POST" else b"").status == 404


def test_the_door_says_what_is_behind_it(poster: Poster) -> None:
    answer = poster.door.send("GET", "/")
    assert answer.status == 200
    assert all(contract(service).path in answer.body.decode() for service in FILES)
    assert poster.door.send("GET", "/health").body == b"ok\n"


@pytest.mark.parametrize("service", FILES)
@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?Wsdl", "?x=1&wsdl"])
def test_the_contract_is_the_file_but_for_the_address(shared_world: World, service: str, query: str) -> None:
    file = (ROOT / "wsdl" / FILES[service]).read_bytes()
    answer = shared_world.door.send("GET", f"{contract(service).path}{query}")
    placeholder = f"http://localhost:8000{contract(service).path}".encode()
    assert file.count(placeholder) == 1
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.body == file.replace(placeholder, f"http://gateway.example:8000{contract(service).path}".encode())
    head = shared_world.door.send("HEAD", f"{contract(service).path}{query}")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(answer.body)))


def _location(poster: Poster, host: str | None, **environ: Any) -> str:
    answer = poster.door.send("GET", f"{RTA_PATH}?wsdl", headers={"Host": host}, **environ)
    assert answer.status == 200
    return etree.fromstring(answer.body).find(f".//{LOCATION}").get("location")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("portal.example.org", "http://portal.example.org"),
        ("portal.example.org:8443", "http://portal.example.org:8443"),
        ("10.0.0.7:80", "http://10.0.0.7:80"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("LOCALHOST", "http://LOCALHOST"),
    ],
)
def test_the_address_is_the_one_the_caller_used(poster: Poster, host: str, shown: str) -> None:
    assert _location(poster, host) == f"{shown}{RTA_PATH}"


@pytest.mark.parametrize(
    "host",
    [
        '"><script>alert(1)</script>',
        "<script>",
        "a b",
        "a'b",
        "evil.example/path?",
        "evil.example#",
        "user@evil.example",
        "a&b",
        "&lt;",
        "a\u00e4",
        "a:b",
        "",
        None,
    ],
)
def test_a_host_that_is_none_is_not_repeated(poster: Poster, host: str | None) -> None:
    """The server's own name stands in its place."""
    assert _location(poster, host) == f"http://gateway.example:8000{RTA_PATH}"


def test_behind_a_proxy_under_a_prefix(poster: Poster) -> None:
    address = _location(poster, "portal.example.org", **{"wsgi.url_scheme": "https", "SCRIPT_NAME": "/a2a"})
    assert address == f"https://portal.example.org/a2a{RTA_PATH}"


def test_every_answer_has_a_number_of_its_own(poster: Poster) -> None:
    numbers = {poster.post(text).headers["x-request-id"] for text in (poster.good, poster.good, "junk")}
    assert len(numbers) == 3


def test_a_fault_is_valid_and_has_no_empty_parts(poster: Poster) -> None:
    answer = poster.post("junk & <more>")
    assert fault_in(answer).status == 500
    assert "faultactor" not in answer.body.decode()


def test_a_slash_at_the_end_is_forgiven(poster: Poster) -> None:
    answer = poster.door.send("POST", f"{RTA_PATH}/", poster.good.encode())
    assert Client(poster.door, "rta-token").read("getBranchesList", answer).ok()
