"""`gateway serve` with GATEWAY_SERVER=granian: what is asked of the gateway under gunicorn is asked of it here too, and what is granian's own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from letters import Poster
from live import USUAL, LiveWorld, serving
from test_envelopes_http import (  # noqa: F401
    test_content_types_that_are_not,
    test_content_types_that_are_taken,
    test_other_methods_are_shown_the_door,
)
from test_legacy_programs import test_and_over_http  # noqa: F401
from test_live_server import (  # noqa: F401
    connection,
    poster,
    test_a_body_in_chunks,
    test_a_body_in_too_many_chunks,
    test_a_body_that_is_too_large_is_told_so,
    test_a_call_that_breaks_off_is_nobodys_loss,
    test_a_client_that_waits_for_100_continue,
    test_a_connection_serves_many_calls,
    test_a_length_that_is_no_number,
    test_http_1_0_without_keeping_the_connection,
    test_twenty_callers_at_once,
)
from test_serving import (  # noqa: F401
    HalfSent,
    certificate,
    is_refused,
    own,
    pids,
    settings_file,
    test_figures_outlive_workers,
    test_settings_that_cannot_be_used_leave_the_server_as_it_is,
    test_sighup_takes_new_settings_and_no_call_is_lost,
    test_sigterm_answers_the_calls_in_hand_first,
    test_the_service_manager_is_told_when_it_listens,
    test_workers_are_replaced_after_so_many_calls,
    until,
)
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.seeing.reading import parse


@pytest.fixture(scope="module", autouse=True)
def by_granian() -> Iterator[None]:
    """It is what every server of this module is served by."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(USUAL, "GATEWAY_SERVER", "granian")
        yield


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveWorld]:
    """One server, behind a proxy on this machine, for what needs none of its own."""
    with serving(tmp_path_factory.mktemp("granian"), GATEWAY_TRUSTED_PROXIES="127.0.0.1") as world:
        yield world


def test_it_is_granian(live: LiveWorld) -> None:
    """Or everything else here would say nothing. It says where it serves, and its welcome is that of gunicorn."""
    assert live.door.send("GET", "/health/live").headers["server"] == "granian"
    told = [json.loads(text) for text in live.log().splitlines() if text.startswith("{")]
    (line,) = [line for line in told if line["event"] == "serving"]
    assert (line["at"], line["workers"]) == ([live.url], 2)
    assert f"{live.url}/PIP.WSTK/PIPWSTK" in live.log()


def test_figures_are_of_both_workers(live: LiveWorld, poster: Poster) -> None:  # noqa: F811
    """Each of forty calls is counted once, whoever of the two it went to."""

    def counted() -> float:
        return parse(live.door.send("GET", "/metrics").body.decode()).calls.get(("rta-token", "getBranchesList", "Ok"), 0)

    before = counted()
    for _ in range(40):
        poster.reply(poster.good).ok()
    assert counted() - before == 40
    command = [sys.executable, "-m", "gateway", "top", "--once", f"{live.url}/metrics"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert any("getBranchesList" in line and f"{before + 40:.0f}" in line.split() for line in shown.stdout.splitlines())


def test_the_address_of_a_caller_behind_a_proxy(live: LiveWorld, poster: Poster) -> None:  # noqa: F811
    """What the proxy says, in as many lines as it likes; what comes before its word is only the caller's."""
    with closing(live.door.connect()) as line:
        line.putrequest("POST", "/PIP.WSTK/PIPWSTK")
        body = poster.good.encode()
        for name, value in (("Content-Type", "text/xml"), ("Content-Length", str(len(body))), ("X-Request-Id", "asked-for-by-a-proxy")):
            line.putheader(name, value)
        for address in ("198.51.100.1", "203.0.113.7"):
            line.putheader("X-Forwarded-For", address)
        line.endheaders(body)
        answer = line.getresponse()
        assert (answer.status, answer.getheader("X-Request-Id")) == (200, "asked-for-by-a-proxy")
    told = [json.loads(text) for text in live.log().splitlines() if "asked-for-by-a-proxy" in text]
    assert [(one["client"], one["code"]) for one in told] == [("203.0.113.7", "Ok")]


def test_a_stop_in_the_middle_of_a_reload_waits_for_old_and_new(own: LiveWorld) -> None:  # noqa: F811
    before, call = pids(own), HalfSent(own)
    own.process.send_signal(signal.SIGHUP)
    until(lambda: len(pids(own) - before) == 1)
    own.process.send_signal(signal.SIGTERM)
    until(lambda: is_refused(own))
    assert own.process.poll() is None
    assert b"<code>Ok</code>" in call.answer()
    assert own.process.wait(20) == 0


def test_workers_without_their_master_answer_and_leave_the_port(tmp_path: Path) -> None:
    with serving(tmp_path, GATEWAY_WORKERS="1") as world:
        call = HalfSent(world)
        (worker,) = world.workers()
        world.process.kill()
        until(lambda: is_refused(world))
        with serving(tmp_path, world.port) as fresh:
            assert fresh.door.send("GET", "/health/live").status == 200
            assert b"<code>Ok</code>" in call.answer()
        until(lambda: not worker.is_running())


def test_a_worker_that_does_not_show_itself_is_replaced(tmp_path: Path) -> None:
    """Nor is one that was killed missed for long, again and again."""
    with serving(tmp_path, GATEWAY_WORKERS="1", GATEWAY_TIMEOUT_SECONDS="2") as world:
        for number in (signal.SIGSTOP, signal.SIGKILL, signal.SIGKILL):
            (before,) = pids(world)
            os.kill(before, number)
            until(lambda before=before: pids(world) - {before})
            assert world.door.send("GET", "/health/live").status == 200
        assert "does not show itself" in world.log()


def test_a_connection_that_waits_longer_than_it_may(tmp_path: Path) -> None:
    with serving(tmp_path, GATEWAY_KEEPALIVE_SECONDS="1", GATEWAY_MAX_CALLS="0") as world, closing(world.door.connect()) as line:
        line.request("GET", "/health/live")
        assert line.getresponse().read() == b"ok\n"
        assert line.sock.recv(1) == b"", "closed by the server"
    with serving(tmp_path, GATEWAY_KEEPALIVE_SECONDS="0") as world, closing(world.door.connect()) as line:
        line.request("GET", "/health/live")
        assert line.getresponse().getheader("Connection") == "close"


def test_tls(tmp_path: Path, certificate: Callable[[str], tuple[Path, Path]]) -> None:  # noqa: F811
    """From version 1.2 on; a renewed certificate comes with new workers, and nobody needs to do anything for it."""
    cert, key = certificate("first")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode, context.maximum_version = False, ssl.CERT_NONE, ssl.TLSVersion.TLSv1_2

    def shown() -> bytes:
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
        with closing(line):
            line.connect()
            return line.sock.getpeercert(binary_form=True)

    with serving(tmp_path) as plain:
        port = plain.port
    environment = {**os.environ, **USUAL, "GATEWAY_DATA": str(tmp_path), "PORT": str(port), "GATEWAY_WORKERS": "1"}
    environment |= {"GATEWAY_TLS_CERT": str(cert), "GATEWAY_TLS_KEY": str(key)}
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "gateway", "serve"], env=environment, stdout=output, stderr=output)
    try:
        until(lambda: b"serving" in (tmp_path / "log").read_bytes())
        answer = urllib.request.urlopen(f"https://127.0.0.1:{port}/PIP.WSTK/PIPWSTK?wsdl", timeout=10, context=context).read().decode()
        assert f'location="https://127.0.0.1:{port}/PIP.WSTK/PIPWSTK"' in answer
        before = shown()
        assert ssl.DER_cert_to_PEM_cert(before) in cert.read_text()
        certificate("second")
        until(lambda: shown() != before)
        assert ssl.DER_cert_to_PEM_cert(shown()) in cert.read_text()
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_a_port_that_is_taken_is_said(live: LiveWorld, tmp_path: Path) -> None:
    """Although many processes could listen at one port."""
    environment = {**os.environ, **USUAL, "GATEWAY_DATA": str(tmp_path), "PORT": str(live.port)}
    ended = subprocess.run([sys.executable, "-m", "gateway", "serve"], check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (1, f"Nobody can listen at 127.0.0.1:{live.port}: Address already in use\n")


def test_what_it_cannot_do_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gateway.log.configure", lambda _settings: None)  # the other tests' log stays theirs
    settings = {"GATEWAY_SERVER": "granian", "GATEWAY_DATA": str(tmp_path / "data")}
    shown = CliRunner().invoke(app, ["serve"], env={**settings, "GATEWAY_MONITORING": "127.0.0.1:8001"})
    assert (shown.exit_code, shown.stderr.startswith("GATEWAY_SERVER is granian, which listens at one address")) == (2, True)
    monkeypatch.delitem(sys.modules, "gateway.commands.serve_granian", raising=False)
    monkeypatch.setitem(sys.modules, "granian.server.mp", None)
    for command in (["serve"], ["config", "check"]):
        shown = CliRunner().invoke(app, command, env=settings)
        assert (shown.exit_code, "pip install 'a2a-gateway[granian]'" in shown.stderr) == (2, True)
    assert not (tmp_path / "data").exists()
