"""What comes in is XML of a bounded size, in UTF-8 or UTF-16, without a DTD; everything else gets a Fault. After each case a good call is made."""

import socket
from collections.abc import Callable
from contextlib import closing

import pytest
from client import document, envelope
from letters import RTA, Poster, branches, soap
from world import CR1, World

FILE_ENTITY = '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
NESTED = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE s [<!ENTITY l0 "ha">{NESTED}]>'
QUADRATIC = f'<!DOCTYPE s [<!ENTITY x "{"A" * 100_000}">]>'
PARAMETER = '<!DOCTYPE s [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-8"?>', "<!-- first -->", "<?php?>\n "], ids=str)
@pytest.mark.parametrize(
    ("dtd", "value"),
    [
        ("<!DOCTYPE s>", "x"),
        ('<!DOCTYPE s SYSTEM "http://127.0.0.1:9/s.dtd">', "x"),
        (FILE_ENTITY, "&x;"),
        (LAUGHS, "&l9;"),
        (QUADRATIC, "&x;" * 1000),
        (PARAMETER, "x"),
        ('<!DOCTYPE s [<!ATTLIST s a CDATA "b">]>', "x"),
    ],
    ids=["empty", "external", "file entity", "billion laughs", "quadratic", "parameter entity", "attribute default"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_declaration(poster: Poster, declaration: str, dtd: str, value: str, encoding: str) -> None:
    """SOAP forbids it. Nothing it declares is expanded, read or fetched."""
    text = f"{declaration if encoding == 'utf-8' else ''}{dtd}{soap(branches(value))}"
    fault = poster.fault(text.encode(encoding), "text/xml")
    assert (fault.status, fault.code) == (500, "Client")
    assert "DTD" in fault.text
    assert b"root:" not in fault.answer.body
    assert len(fault.answer.body) < 1000


def test_nothing_is_fetched(poster: Poster) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/secret"
        poster.fault(f'<!DOCTYPE s [<!ENTITY x SYSTEM "{url}">]>{soap(branches("&x;"))}')
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>'
        poster.reply(soap(branches(include))).refused("accessToken")
        hint = f'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="{RTA} {url}"'
        poster.reply(poster.good.replace("<s:Envelope", f"<s:Envelope {hint}")).ok()
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.parametrize("entity", ["&xxe;", "&#0;", "&#xFFFF;", "&amp", "&"], ids=str)
def test_entities_that_are_none(poster: Poster, entity: str) -> None:
    assert poster.fault(soap(branches(entity))).code == "Client"


@pytest.mark.parametrize(
    "dtd", ["<!DOCTYPE DocumentInput>", FILE_ENTITY, LAUGHS, QUADRATIC, PARAMETER], ids=["empty", "file", "laughs", "quadratic", "parameter"]
)
def test_a_document_type_declaration_in_the_claim(poster: Poster, shared_world: World, dtd: str) -> None:
    """In the claim, which is the caller's text, it is a Failure with the place."""
    claim = document("rta", "addClaim", "adult-driver.xml").partition("?>")[2].replace("Daniel", "&x;&l9;")
    client = shared_world.client(CR1, "rta-token")
    for declaration in ("", '<?xml version="1.0" encoding="utf-16"?>'):
        reply = client.call("addClaim", claimXML=f"{declaration}{dtd}{claim}").refused("claimXML is not XML.")
        assert "DTD" in reply.details
        assert "root:" not in reply.details
        assert len(reply.answer.body) < 1000


DEEP = "<a>" * 10_000 + "</a>" * 10_000


def test_ten_thousand_levels(poster: Poster, shared_world: World) -> None:
    for body in (DEEP, branches(DEEP), f"{branches('x')}</s:Body></s:Envelope>" + "<a>" * 10_000):
        fault = poster.fault(soap(body))
        assert (fault.status, fault.code) == (500, "Client")
    assert "too deeply" in poster.fault(soap(branches(DEEP))).text
    reply = shared_world.client(CR1, "rta-token").call("addClaim", claimXML="<a>" * 2000 + "</a>" * 2000).refused("claimXML is not XML.")
    assert "too deeply" in reply.details


def test_more_elements_than_any_message_has(poster: Poster, shared_world: World) -> None:
    """250,000 elements in a few hundred kilobytes."""
    crowd = "<a/>" * 250_000
    assert "elements" in poster.fault(soap(branches("x").replace("<access", f"{crowd}<access"))).text
    reply = shared_world.client(CR1, "rta-token").call("addClaim", claimXML=f"<DocumentInput>{crowd}</DocumentInput>").refused("is not XML")
    assert "elements" in reply.details


def test_as_many_attributes(poster: Poster) -> None:
    attributes = " ".join(f'a{n}="1"' for n in range(100_000))
    answer = poster.post(soap(branches("x").replace("<t:get", f"<t:get {attributes} ", 1)))
    assert answer.status in (200, 500)


def test_eight_megabytes_are_taken_and_no_byte_more(poster: Poster) -> None:
    """The limit is on the body as sent; what is larger is refused by its length alone."""
    limit = 8 * 1024 * 1024
    padding = " " * (limit - len(poster.good))
    assert poster.reply(poster.good + padding).ok()
    fault = poster.fault(poster.good + padding + " ")
    assert (fault.status, fault.code) == (413, "Client")
    assert str(limit) in fault.text


def test_a_long_text(poster: Poster, shared_world: World) -> None:
    """5 MB in one value: read as what it is."""
    poster.reply(soap(branches("A" * 5_000_000))).refused("access token")
    shared_world.client(CR1, "rta-token").call("addClaim", claimXML="A" * 5_000_000).refused("claimXML is not XML.")
    long_name = document("rta", "addClaim", "adult-driver.xml").replace('Name="Daniel"', f'Name="{"D" * 1_000_000}"')
    reply = shared_world.client(CR1, "rta-token").call("addClaim", claimXML=long_name).refused()
    assert len(reply.answer.body) < 10_000


@pytest.mark.parametrize("content_type", ["text/xml; charset=klingon", 'text/xml; charset="utf-32"', "text/xml; charset=", "text/xml; charset=utf-7"])
def test_a_charset_nobody_knows(poster: Poster, content_type: str) -> None:
    answer = poster.post(poster.good, content_type)
    if content_type.endswith("="):
        assert answer.status == 200  # nothing is said
    else:
        assert answer.status == 415
        assert "not supported" in answer.body.decode()


@pytest.mark.parametrize("encoding", ["klingon", "utf-32", "ebcdic-cp-be", "EUC-JP"])
def test_a_declaration_nobody_knows(poster: Poster, encoding: str) -> None:
    fault = poster.fault(f'<?xml version="1.0" encoding="{encoding}"?>{poster.good}', "text/xml")
    assert (fault.status, fault.code) == (415, "Client")
    assert "UTF-8" in fault.text


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe" + soap(branches("x")).encode("utf-16-le")[:-1],
        b"\xff\xfe" + soap(branches("x")).encode("utf-16-le")[:-6],
        b"\xfe\xff",
        b"\xff\xfe\x00",
        b"\xff\xfe\x00\xd8",
        soap(branches("x")).encode("utf-16-le")[1:],
        soap(branches("\xe4")).encode("latin-1"),
        soap(branches("x")).encode().replace(b"x<", b"\xc3<"),
        soap(branches("x")).encode().replace(b"x<", b"\xed\xa0\x80<"),
        soap(branches("x")).encode().replace(b"x<", b"\x00<"),
        soap(branches("x")).encode().replace(b"x<", b"\x0b<"),
        bytes(range(256)),
        b"\x00" * 100,
        b"\x1f\x8b\x08\x00" + b"\x00" * 50,
        b"{}",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
@pytest.mark.parametrize("content_type", ["text/xml", "text/xml; charset=utf-8", "text/xml; charset=utf-16"])
def test_bytes_that_are_no_text(poster: Poster, data: bytes, content_type: str) -> None:
    fault = poster.fault(data, content_type)
    assert fault.status in (415, 500)
    assert fault.code == "Client"


@pytest.mark.parametrize(
    ("content_type", "encode"),
    [
        ("text/xml", lambda text: text.encode("utf-16")),
        ("text/xml; charset=utf-16", lambda text: text.encode("utf-16")),
        ("text/xml; charset=UTF-16", lambda text: b"\xfe\xff" + text.encode("utf-16-be")),
        ("text/xml; charset=utf-16le", lambda text: text.encode("utf-16-le")),
        ('text/xml; charset="utf-16be"', lambda text: text.encode("utf-16-be")),
        ("text/xml", lambda text: text.encode("utf-16-le")),
        ("text/xml; charset=utf-8", lambda text: text.encode("utf-16")),
        ("text/xml", lambda text: f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")),
        ("text/xml; charset=utf-16", lambda text: f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode("utf-16")),
        ("text/xml; charset=utf-8", lambda text: f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode()),
        ("text/xml", lambda text: f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode()),
        ("text/xml", lambda text: b"\xef\xbb\xbf" + text.encode()),
        ("text/xml; charset=utf-8", lambda text: b"\xef\xbb\xbf" + f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()),
        ("text/xml; charset=UTF8", lambda text: text.encode()),
        ("text/xml; charset=us-ascii", lambda text: text.encode()),
        ("text/xml;charset='utf-8'", lambda text: text.encode()),
        ("text/xml; action=x; Charset = utf-8", lambda text: text.encode()),
        ("text/xml", lambda text: f"\n\n  {text}\n\n".encode()),
    ],
)
def test_utf_8_and_utf_16_however_they_are_labelled(poster: Poster, content_type: str, encode: Callable[[str], bytes]) -> None:
    assert poster.reply(encode(poster.good), content_type).ok()


def test_letters_of_all_lands_arrive_as_they_were_sent(shared_world: World) -> None:
    """In the claim, through both encodings, and back through getClaim."""
    client = shared_world.client(CR1, "rta-token")
    names = ("Zoë Łukasz", "O’Neill", "Ğ\U0001f511")
    for encoding in ("utf-8", "utf-16"):
        for name in names:
            form = document("rta", "addClaim", "adult-driver.xml").replace("Warehouse supervisor", name)
            data = envelope(client.request("addClaim", claimXML=form)).decode().partition("?>")[2].encode(encoding)
            sent = client.post(data, "addClaim", {"Content-Type": f"text/xml; charset={encoding}"}).ok()
            value = client.call("getClaim", applicationId=sent.claim["applicationId"]).ok().payload["value"]
            assert f'Occupation="{name}"' in value
