"""What the gateway is measured against: WSGI applications that do the least, and one that does it the way Spyne does it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
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
_TABLE = "CREATE TABLE IF NOT EXISTS claims (id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL)"


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

    No authentication, no rules, no history. The store is as durable as the gateway's: WAL, the same `synchronous`.
    """
    schema = schema_for("rta", settings.release("rta"), "addClaim").compiled
    reply = _reply("addClaim", "claimInfoResponse")
    path = settings.data / "floor.db"
    mine = threading.local()
    _open(path, settings).close()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        root = etree.fromstring(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), parser)
        text = (root.findtext(".//claimXML") or "").encode()
        if not schema.validate(etree.fromstring(text, parser)):
            raise ValueError("the floor was sent a claim that is not valid")
        if not hasattr(mine, "store"):
            mine.store = _open(path, settings)
        mine.store.execute("INSERT INTO claims (body) VALUES (?)", (text,))
        mine.store.commit()
        return _send(start_response, reply)

    return application


def _open(path: Path, settings: Settings) -> sqlite3.Connection:
    store = sqlite3.connect(path, timeout=20)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute(f"PRAGMA synchronous={settings.sqlite_synchronous}")
    store.execute(_TABLE)
    store.commit()
    return store


def echo(_settings: Settings) -> Wsgi:
    """Stock Spyne: two strings in, a complex type of four strings out. Neither validation nor a store."""
    from spyne import Application, ComplexModel, ServiceBase, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    class ClaimInfo(ComplexModel):
        __namespace__ = NAMESPACE
        _type_info = [("activityEngineGuid", Unicode), ("applicationId", Unicode), ("phaseCacheId", Unicode), ("phaseCacheName", Unicode)]

    class Echo(ServiceBase):
        @rpc(Unicode, Unicode, _returns=ClaimInfo)
        def getClaimsStatus(ctx, applicationId, accessToken):  # noqa: N803, N805  Spyne takes the element names from here
            guid = accessToken[:36]
            return ClaimInfo(activityEngineGuid=guid, applicationId=applicationId, phaseCacheId="ClaimSubmitted", phaseCacheName="Claim submitted")

    return WsgiApplication(Application([Echo], tns=NAMESPACE, in_protocol=Soap11(), out_protocol=Soap11()))


APPLICATIONS: dict[str, Callable[[Settings], Wsgi]] = {"canned": canned, "floor": floor, "echo": echo}
