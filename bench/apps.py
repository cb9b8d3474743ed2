"""What the gateway is measured against: WSGI applications that do the least, and one that does it the way Spyne does it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree

from bench.calls import NAMESPACE
from gateway.config import Settings
from gateway.soap import compat
from gateway.xml.schemas import schema_for

assert compat  # makes Spyne importable; the rest of gateway.soap changes how Spyne behaves and stays out of here

Wsgi = Callable[..., Iterable[bytes]]

_INFO = (
    "<claimInfo><activityEngineGuid>5f0c0b52-3f6e-4f43-9a5e-0d6c3c1f7a10</activityEngineGuid><applicationId>0000000000000001</applicationId>"
    "<phaseCacheId>ClaimSubmitted</phaseCacheId><phaseCacheName>Claim submitted</phaseCacheName></claimInfo>"
)


def _reply(operation: str, wrapper: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        f'<w:{operation}Response xmlns:w="{NAMESPACE}"><{wrapper}><code>Ok</code>{_INFO}</{wrapper}></w:{operation}Response></S:Body></S:Envelope>'
    ).encode()


def _send(start_response: Callable[..., Any], reply: bytes) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(reply)))])
    return [reply]


def canned(_settings: Settings) -> Wsgi:
    """Reads the request and answers the same bytes: what HTTP, gunicorn and the load generator cost."""
    reply = _reply("getClaimsStatus", "claimInfo2Response")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return _send(start_response, reply)

    return application


def floor(settings: Settings) -> Wsgi:
    """The least an addClaim can be: parse the envelope, parse the claim, validate it, one INSERT, COMMIT, a canned reply.

    No authentication, no rules, no history. In the kind of store that the settings name, as durable as the gateway's (SQLite: WAL, the same
    `synchronous`).
    """
    schema = schema_for("rta", settings.release("rta"), "addClaim").compiled
    reply = _reply("addClaim", "claimInfoResponse")
    mine = threading.local()
    is_sqlite = settings.store_url.startswith("sqlite")
    insert = f"INSERT INTO bench_floor (body) VALUES ({'?' if is_sqlite else '%s'})"
    _open(settings, make=True).close()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), parser)
        text = (root.findtext(".//claimXML") or "").encode()
        if not schema.validate(etree.fromstring(text, parser)):
            raise ValueError("the floor was sent a claim that is not valid")
        if not hasattr(mine, "store"):
            mine.store = _open(settings)
        mine.store.execute(insert, (text,))
        mine.store.commit()
        return _send(start_response, reply)

    return application


def _open(settings: Settings, *, make: bool = False) -> Any:
    if settings.store_url.startswith("sqlite"):
        store: Any = sqlite3.connect(settings.data / "floor.db", timeout=20)
        store.execute("PRAGMA journal_mode=WAL")
        store.execute(f"PRAGMA synchronous={settings.sqlite_synchronous}")
        table = "id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL"
    else:
        import psycopg

        store = psycopg.connect(settings.store_url.replace("postgresql+psycopg://", "postgresql://", 1))
        table = "id BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL"
    if make:
        store.execute(f"CREATE TABLE IF NOT EXISTS bench_floor ({table})")
        store.commit()
    return store


def echo(_settings: Settings) -> Wsgi:
    """Stock Spyne: two strings in, one of them a whole claim with addClaim, and a complex type of four strings out. Neither validation nor a
    store, nor is the claim looked at.
    """
    from spyne import Application, ComplexModel, ServiceBase, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    class ClaimInfo(ComplexModel):
        __namespace__ = NAMESPACE
        _type_info = [("activityEngineGuid", Unicode), ("applicationId", Unicode), ("phaseCacheId", Unicode), ("phaseCacheName", Unicode)]

    class Echo(ServiceBase):
        @rpc(Unicode, Unicode, _returns=ClaimInfo)
        def getClaimsStatus(ctx, applicationId, accessToken):  # noqa: N803, N805  Spyne takes the element names from here
            return info(applicationId, accessToken)

        @rpc(Unicode, Unicode, _returns=ClaimInfo)
        def addClaim(ctx, claimXML, accessToken):  # noqa: N803, N805
            return info("0000000000000001", accessToken)

    def info(number: str, token: str) -> ClaimInfo:
        return ClaimInfo(activityEngineGuid=token[:36], applicationId=number, phaseCacheId="ClaimSubmitted", phaseCacheName="Claim submitted")

    return WsgiApplication(Application([Echo], tns=NAMESPACE, in_protocol=Soap11(), out_protocol=Soap11()))


APPLICATIONS: dict[str, Callable[[Settings], Wsgi]] = {"canned": canned, "floor": floor, "echo": echo}
