"""/health, /metrics, `gateway top` and traces, as whoever runs the gateway meets them; and what they must not tell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from client import PASSWORD, document
from story import Story
from typer.testing import CliRunner
from world import COMP1, CR1, World

from gateway.__main__ import app
from gateway.commands import top
from gateway.config import Settings
from gateway.seeing.reading import parse
from gateway.wsgi import Gateway

HOME = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.fixture
def fresh(world: World) -> World:
    """An application of its own, whose counts begin at nothing."""
    return World(Gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL"), world.app.store), world.store)


def metrics(world: World) -> str:
    answer = world.door.send("GET", "/metrics", **HOME)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return answer.body.decode()


def test_health(world: World) -> None:
    for path in ("/health", "/health/live", "/health/ready"):
        answer = world.door.send("GET", path)
        assert (answer.status, answer.body, answer.headers["cache-control"]) == (200, b"ok\n", "no-store")
        assert world.door.send("HEAD", path).body == b""


def test_a_process_without_its_store_lives_and_is_not_ready(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def __getattr__(self, name: str) -> Any:
            raise ConnectionError("host=db7 password=hunter2")

    kept = world.store
    world.use(Gone())
    assert world.door.send("GET", "/health/live").status == 200
    answer = world.door.send("GET", "/health/ready")
    assert (answer.status, answer.body) == (503, b"store: does not answer as it should; see the log\n")
    world.use(kept)


def test_calls_are_counted_by_operation_and_code(fresh: World) -> None:
    story = Story(fresh, "rta").begins()
    fresh.client(CR1, "rta-token").call("getClaim", applicationId="4711").refused()
    fresh.door.send("POST", "/PIP.WSTK/PIPWSTK", b"junk")
    found = parse(metrics(fresh))
    assert found.calls["rta-token", "addClaim", "Ok"] == 1
    assert found.calls["rta-token", "getClaim", "Failure"] >= 1
    assert found.calls["rta-token", "addClaim", "Error"] == 0
    assert found.faults["rta-token", "Client"] == 1
    assert found.buckets["rta-token", "addClaim"][float("inf")] == 1
    assert found.open_claims == {("rta", "ClaimSubmitted"): 1}
    assert (found.plain["gateway_store_up"], found.plain["gateway_due_deadlines"]) == (1, 0)
    assert story.number


def test_figures_tell_nothing_of_claims_and_callers(fresh: World) -> None:
    claim = Story(fresh, "rta").begins()
    claim.goes("T7", COMP1, "rejectClaimToCR", "AcknowledgeRejectedClaim", rejectionReasonCode="1")
    token = fresh.client(CR1, "rta-token").credentials["accessToken"]
    text = metrics(fresh)
    for word in (PASSWORD, token, claim.number, "cr1-", "CR00001", "COMP001", "Whitcombe"):
        assert word not in text


def test_the_number_of_series_does_not_depend_on_callers(fresh: World) -> None:
    """Made-up operations and paths get no series of their own."""
    before = len(metrics(fresh).splitlines())
    for number in range(20):
        fresh.door.send("POST", "/PIP.WSTK/PIPWSTK", document("rta", "addClaim", "adult-driver.xml").encode().replace(b"Whitcombe", b"X%d" % number))
        fresh.door.send("GET", f"/nothing/{number}")
    assert len(metrics(fresh).splitlines()) == before


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 403),
        ({}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),  # through a proxy nobody told us of
    ],
)
def test_who_may_read_the_figures(world: World, environ: dict[str, str], status: int) -> None:
    assert world.door.send("GET", "/metrics", **environ).status == status


def test_an_address_of_their_own(world: World) -> None:
    settings = Settings(sandbox=True, sqlite_synchronous="NORMAL", monitoring="127.0.0.1:9100")
    apart = World(Gateway(settings, world.app.store), world.store)
    for port, path, status in [
        ("9100", "/metrics", 200),
        ("9100", "/health/ready", 200),
        ("9100", "/PIP.WSTK/PIPWSTK?wsdl", 404),
        ("8000", "/metrics", 404),
        ("8000", "/health/ready", 200),
        ("8000", "/PIP.WSTK/PIPWSTK?wsdl", 200),
    ]:
        assert apart.door.send("GET", path, SERVER_PORT=port, **HOME).status == status, (port, path)


def test_the_caller_behind_a_proxy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the address of the contract, in the log and in the answer's id; only from a proxy that is trusted."""
    lines: list[dict[str, Any]] = []
    monkeypatch.setattr("gateway.soap.server.logger.info", lambda _event, **line: lines.append(line), raising=False)
    settings = Settings(sandbox=True, sqlite_synchronous="NORMAL", trusted_proxies="10.0.0.1")
    behind = World(Gateway(settings, world.app.store), world.store)
    headers = {"X-Forwarded-For": "198.51.100.4", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a2a.example.com", "X-Request-Id": "edge-17"}
    for peer, address, client, request in [
        ("10.0.0.1", "https://a2a.example.com/PIP.WSTK/PIPWSTK", "198.51.100.4", "edge-17"),
        ("10.0.0.2", "http://gateway.example:8000/PIP.WSTK/PIPWSTK", "10.0.0.2", "[0-9a-f]{32}"),
    ]:
        contract = behind.door.send("GET", "/PIP.WSTK/PIPWSTK?wsdl", b"", headers, REMOTE_ADDR=peer).body.decode()
        assert f'location="{address}"' in contract
        answer = behind.door.send("POST", "/PIP.WSTK/PIPWSTK", b"junk", headers, REMOTE_ADDR=peer)
        assert re.fullmatch(request, answer.headers["x-request-id"])
        assert (lines[-1]["client"], lines[-1]["request"]) == (client, answer.headers["x-request-id"])


def test_top_prints_what_metrics_tells(fresh: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Story(fresh, "rta").begins()
    monkeypatch.setattr(top, "_fetch", lambda *_: parse(metrics(fresh)))
    shown = CliRunner().invoke(app, ["top", "--once"], env={"COLUMNS": "140"})
    assert shown.exit_code == 0
    row = next(line for line in shown.stdout.splitlines() if "addClaim" in line)
    assert row.split()[:6] == ["rta-token", "addClaim", "1", "1", "0", "0"]
    assert re.search(r"RTA +.* 1\n", shown.stdout)
    assert "jobs never ran" in shown.stdout


def test_top_looks_into_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Story(world, "elpl").begins()
    url = world.store.engine.url.render_as_string(hide_password=False)
    shown = CliRunner().invoke(app, ["top", "--once", "--store"], env={"GATEWAY_DATABASE_URL": url, "COLUMNS": "140"})
    assert shown.exit_code == 0
    assert re.search(r"EL/PL +.* 1\n", shown.stdout)


@pytest.mark.parametrize(("url", "said"), [("http://127.0.0.1:1/metrics", "cannot be read"), ("file:///etc/passwd", "is no address")])
def test_top_says_why_there_is_nothing_to_see(url: str, said: str) -> None:
    shown = CliRunner().invoke(app, ["top", url, "--once"])
    assert (shown.exit_code, said in shown.stderr) == (1, True)


def test_rates_between_two_looks() -> None:
    key = ("rta-token", "getClaim")
    looks = [
        parse(
            f'gateway_store_up 1\ngateway_calls_total{{service="rta-token",operation="getClaim",code="Ok"}} {count}\n'
            f'gateway_call_seconds_bucket{{service="rta-token",operation="getClaim",le="0.01"}} {count}\n'
            f'gateway_call_seconds_bucket{{service="rta-token",operation="getClaim",le="+Inf"}} {count}\n'
        )
        for count in (100, 140)
    ]
    assert looks[0].calls[(*key, "Ok")] == 100
    cells = top._figures({"Ok": 40.0}, looks[1].since(looks[0]).buckets[key], 2.0)
    assert cells == ["20.0", "40", "0", "0", "5.0", "9.9"]  # half and 99 in a hundred of the way to 10 ms


def test_a_call_leaves_a_span_and_one_for_each_step(world: World) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from gateway.seeing.tracing import Tracing

    exporter = InMemorySpanExporter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gateway.wsgi.tracing", lambda _settings: Tracing(exporter))
        made = Gateway(Settings(sandbox=True, sqlite_synchronous="NORMAL", trusted_proxies="10.0.0.1"), world.app.store)
    traced = World(made, world.store)
    Story(traced, "rta").begins()
    traced.client(COMP1, "rta-token").call("getClaim", applicationId="4711").refused()
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for peer in ("10.0.0.1", "10.0.0.2"):
        traced.door.send("POST", "/PIP.WSTK/PIPWSTK", b"junk", {"traceparent": parent}, REMOTE_ADDR=peer)
    made._tracing.provider.force_flush()
    spans = exporter.get_finished_spans()
    sent = next(span for span in spans if span.name == "addClaim")
    assert sent.attributes["gateway.code"] == "Ok"
    assert sent.attributes["gateway.service"] == "rta-token"
    steps = [span.name for span in spans if span.parent and span.parent.span_id == sent.context.span_id]
    assert {"authenticate", "check_side", "read_payload", "handle"} <= set(steps)
    refused = next(span for span in spans if span.name == "getClaim" and span.attributes["gateway.code"] == "Failure")
    (ended,) = (span for span in spans if span.parent and span.parent.span_id == refused.context.span_id and "gateway.ended_by" in span.attributes)
    assert ended.attributes["gateway.ended_by"] == "NoSuchClaim"
    believed, other = [span for span in spans if span.attributes.get("gateway.fault")]
    assert f"{believed.context.trace_id:032x}" == "0af7651916cd43dd8448eb211c80319c"
    assert other.parent is None
    text = json.dumps([json.loads(span.to_json()) for span in spans])
    for word in (PASSWORD, "Whitcombe", traced.client(CR1, "rta-token").credentials["accessToken"]):
        assert word not in text
    made._tracing.provider.shutdown()


def test_traces_without_the_package_are_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In words that say what to install."""
    import sys

    monkeypatch.delitem(sys.modules, "gateway.seeing.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.setattr("gateway.log.configure", lambda _settings: None)  # the other tests' log stays theirs
    shown = CliRunner().invoke(app, ["serve"], env={"GATEWAY_OTEL": "on", "GATEWAY_DATA": str(tmp_path / "data")})
    assert (shown.exit_code, "pip install 'a2a-gateway[otel]'" in shown.stderr) == (2, True)
    assert not (tmp_path / "data").exists()
