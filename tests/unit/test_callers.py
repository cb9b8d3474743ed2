"""Who calls, when proxies stand in between: only trusted ones are believed."""

from ipaddress import ip_network

import pytest

from gateway.seeing.callers import REQUEST_ID, Networks, is_from, look_behind

PROXIES = Networks([ip_network("10.0.0.0/24"), ip_network("fd00::/8")])
HOME = Networks([ip_network("127.0.0.0/8"), ip_network("192.0.2.0/24")])


def behind(peer, **headers):
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "inside:8000", **headers}
    look_behind(environ, PROXIES)
    return environ


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),  # the first is what the caller claimed to be
        ("10.0.0.1", "198.51.100.1, 192.0.2.7, 10.0.0.2", "192.0.2.7"),  # two proxies of ours
        ("10.0.0.1", "192.0.2.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("192.0.2.9", "10.0.0.1", "192.0.2.9"),  # no proxy of ours
        ("", "192.0.2.7", ""),
    ],
)
def test_the_caller(peer, forwarded, client):
    assert behind(peer, HTTP_X_FORWARDED_FOR=forwarded)["REMOTE_ADDR"] == client


def test_scheme_host_and_id():
    headers = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "a2a.example.com", "HTTP_X_REQUEST_ID": "abc-1"}
    there = behind("10.0.0.1", **headers)
    assert (there["wsgi.url_scheme"], there["HTTP_HOST"], there[REQUEST_ID]) == ("https", "a2a.example.com", "abc-1")
    elsewhere = behind("10.0.9.1", **headers)
    assert (elsewhere["wsgi.url_scheme"], elsewhere["HTTP_HOST"], REQUEST_ID in elsewhere) == ("http", "inside:8000", False)


@pytest.mark.parametrize("request_id", ["", "x" * 65, "a b", "a\nb", 'x","level":"error'])
def test_an_id_that_would_spoil_a_line_is_not_taken(request_id):
    assert REQUEST_ID not in behind("10.0.0.1", HTTP_X_REQUEST_ID=request_id)


def test_an_odd_scheme_is_not_taken():
    assert behind("10.0.0.1", HTTP_X_FORWARDED_PROTO="javascript")["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize(
    ("environ", "allowed"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, True),
        ({"REMOTE_ADDR": "203.0.113.1"}, False),
        ({}, False),
        (behind("10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.7"), True),
        (behind("10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.1"), False),
        # a proxy on the same machine that nobody told the gateway of: all the world would be at home
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, False),
    ],
)
def test_who_is_at_home(environ, allowed):
    assert is_from(environ, HOME) is allowed
