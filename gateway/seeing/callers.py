"""Who calls, and by which address, when proxies stand in between.

Anybody can send X-Forwarded-…; they are believed only from the proxies that GATEWAY_TRUSTED_PROXIES names, and otherwise ignored.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from gateway.config import Network

REQUEST_ID = "gateway.request_id"
_BELIEVED = "gateway.believed"
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")
_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_SCHEMES = ("http", "https")

Environ = dict[str, Any]


class Networks:
    """Some addresses and networks."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._networks = tuple(networks)
        self.holds = lru_cache(4096)(self._holds)

    def __bool__(self) -> bool:
        return bool(self._networks)

    def _holds(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:  # no address, such as that of a Unix socket
            return False
        mapped = getattr(parsed, "ipv4_mapped", None)  # an IPv4 caller of a socket that speaks both
        return any((mapped or parsed) in network for network in self._networks)


def look_behind(environ: Environ, proxies: Networks) -> None:
    """Put into the environ what a trusted proxy says of its caller: REMOTE_ADDR, scheme, host, and the id of the request.

    Of several addresses in X-Forwarded-For the last one that is no proxy of ours is the caller's; those before it are only the caller's word.
    """
    if not proxies.holds(environ.get("REMOTE_ADDR", "")):
        return
    environ[_BELIEVED] = True
    told = [one.strip() for one in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    for address in reversed(told):
        if not _is_address(address):
            break
        environ["REMOTE_ADDR"] = address
        if not proxies.holds(address):
            break
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").strip().lower()
    if scheme in _SCHEMES:
        environ["wsgi.url_scheme"] = scheme
    host = environ.get("HTTP_X_FORWARDED_HOST", "").strip()
    if host:
        environ["HTTP_HOST"] = host  # checked where it is used, as the caller's own is
    request = environ.get("HTTP_X_REQUEST_ID", "")
    if _ID.fullmatch(request):
        environ[REQUEST_ID] = request


def is_believed(environ: Environ) -> bool:
    """Whether the request comes from a trusted proxy, by what `look_behind` found."""
    return _BELIEVED in environ


def is_from(environ: Environ, networks: Networks) -> bool:
    """Whether the caller is one of `networks`. Who comes through a proxy that is not trusted is nobody's neighbour, wherever that proxy stands."""
    if not is_believed(environ) and any(name in environ for name in _FORWARDED):
        return False
    return bool(networks.holds(environ.get("REMOTE_ADDR", "")))


@lru_cache(4096)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
