"""The one door for XML: what comes in, and what does not."""

import pytest

from gateway.xml.parser import Limits, NotXml, parse, parse_text

LIMITS = Limits(max_bytes=100_000, max_elements=1_000)


def bytes_in(encoding, declared, bom=b""):
    return bom + f'<?xml version="1.0" encoding="{declared}"?><a b="é£"/>'.encode(encoding)


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (bytes_in("utf-8", "UTF-8"), None),
        (bytes_in("utf-8", "UTF-8", b"\xef\xbb\xbf"), None),
        (bytes_in("utf-8", "utf-16"), None),  # a declaration that was copied along
        (bytes_in("utf-8", "utf-16"), "utf-8"),
        (bytes_in("utf-8", "iso-8859-1"), "UTF-8"),  # the transport wins
        (bytes_in("utf-16", "utf-16"), None),
        (bytes_in("utf-16", "utf-16"), "utf-8"),  # a BOM wins over everything
        (bytes_in("utf-16-le", "utf-16"), None),
        (bytes_in("utf-16-be", "utf-16"), None),
        (bytes_in("utf-16-be", "utf-16"), "utf-16"),
        (bytes_in("utf-16-le", "utf-16"), '"UTF-16LE"'),
        (b"<a b='\xc3\xa9\xc2\xa3'/>", "us-ascii"),
    ],
)
def test_utf8_and_utf16_however_labelled(data, charset):
    assert parse(data, LIMITS, charset).get("b") == "é£"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<a/>", "klingon"),
        (b"<a/>", "iso-8859-1"),
        (bytes_in("iso-8859-1", "iso-8859-1"), None),
        (b"\xff\xfe<\x00a\x00/", None),  # half a character
        (b"<ab/>", "utf-16"),  # an odd number of bytes
    ],
)
def test_other_encodings_are_refused_as_such(data, charset):
    with pytest.raises(NotXml) as problem:
        parse(data, LIMITS, charset)
    assert problem.value.encoding


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE a><a/>",
        '<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_dtd_is_refused_before_it_is_read(text, encoding):
    with pytest.raises(NotXml, match="DTD"):
        parse(text.encode(encoding), LIMITS)


def test_the_word_doctype_inside_a_text_is_only_a_word():
    assert parse(b"<a><![CDATA[<!DOCTYPE a>]]></a>", LIMITS).text == "<!DOCTYPE a>"


def test_an_unknown_entity_is_refused():
    with pytest.raises(NotXml, match="Entity"):
        parse(b"<a>&nbsp;</a>", LIMITS)


def test_size_and_markup_are_bounded_at_the_limit():
    assert parse(b"<a>" + b"x" * (LIMITS.max_bytes - 7) + b"</a>", LIMITS) is not None
    with pytest.raises(NotXml, match="larger than"):
        parse(b"<a>" + b"x" * (LIMITS.max_bytes - 6) + b"</a>", LIMITS)
    assert parse(b"<a>" + b"<b/>" * 1_998 + b"</a>", LIMITS) is not None
    with pytest.raises(NotXml, match="more than 1000 elements"):
        parse(b"<a>" + b"<b/>" * 1_999 + b"</a>", LIMITS)


def test_depth_is_bounded():
    with pytest.raises(NotXml, match="nested too deeply"):
        parse(b"<a>" * 300 + b"</a>" * 300, Limits())


def test_what_is_wrong_has_a_place():
    with pytest.raises(NotXml) as problem:
        parse(b"<a>\n  <b>\n</a>", LIMITS)
    assert problem.value.line == 3


def test_a_claim_in_a_text_keeps_the_senders_line_numbers():
    document = '\ufeff<?xml version="1.0"\n encoding="utf-16"?>\n<a>\n<b/></a>'
    assert parse_text(document, LIMITS)[0].sourceline == 4
