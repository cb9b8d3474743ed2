"""`gateway serve` as a process: its signals, TLS, the settings file, and that workers come and go unnoticed."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from client import PASSWORD, document
from letters import RTA_PATH, branches, soap
from live import LiveWorld, serving
from psutil import NoSuchProcess
from story import Story
from world import COMP1, CR1

from gateway.commands.tls import Certificate
from gateway.seeing.reading import parse

WSDL = f"{RTA_PATH}?wsdl"


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "gateway.toml"


@pytest.fixture
def own(tmp_path: Path, settings_file: Path) -> Iterator[LiveWorld]:
    """A server for one test, with a settings file."""
    settings_file.write_text('workers = 1\nlog_level = "INFO"\n', encoding="utf-8")
    with serving(tmp_path, GATEWAY_CONFIG=str(settings_file)) as world:
        yield world


def until(true: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def pids(world: LiveWorld) -> set[int]:
    found = set()
    for worker in world.workers():
        try:
            if worker.status() != "zombie":
                found.add(worker.pid)
        except NoSuchProcess:
            pass
    return found


class Held:
    """A call that cannot go on, since somebody else holds the store; and its answer once it is let go."""

    def __init__(self, world: LiveWorld) -> None:
        client = world.client(CR1, "rta-token")
        self._lock = sqlite3.connect(world.store.engine.url.database, isolation_level=None)
        self._lock.execute("BEGIN IMMEDIATE")
        self.code: str | None = None
        self._thread = threading.Thread(target=self._call, args=(client,))
        self._thread.start()
        time.sleep(0.5)  # it is with the server now

    def _call(self, client: object) -> None:
        self.code = client.call("addClaim", claimXML=document("rta", "addClaim", "adult-driver.xml")).code  # type: ignore[attr-defined]

    def let_go(self) -> str | None:
        with closing(self._lock):
            self._lock.execute("ROLLBACK")
        self._thread.join(20)
        return self.code


class HalfSent:
    """A call of which the server has the first half: it is in hand, and nothing of the store is held by it."""

    def __init__(self, world: LiveWorld) -> None:
        self._body = soap(branches(world.client(CR1, "rta-token").credentials["accessToken"])).encode()
        self._line = world.door.connect()
        self._line.putrequest("POST", RTA_PATH)
        for header in (("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(self._body)))):
            self._line.putheader(*header)
        self._line.endheaders(self._body[:50])
        time.sleep(0.5)  # it is with a worker now

    def answer(self) -> bytes:
        with closing(self._line):
            self._line.send(self._body[50:])
            return self._line.getresponse().read()


def is_refused(world: LiveWorld) -> bool:
    """Whether nobody listens at the server's address."""
    try:
        socket.create_connection(("127.0.0.1", world.port), timeout=10).close()
    except ConnectionRefusedError:
        return True
    return False


def test_sigterm_answers_the_calls_in_hand_first(own: LiveWorld) -> None:
    """And nobody else gets a connection, which would be cut off in the end: a proxy is to turn elsewhere at once."""
    held = Held(own)
    own.process.send_signal(signal.SIGTERM)
    until(lambda: is_refused(own))
    assert own.process.poll() is None
    assert held.let_go() == "Ok"
    assert own.process.wait(20) == 0
    told = [json.loads(text) for text in own.log().splitlines() if text.startswith("{")]
    assert [line["event"] for line in told if line["event"] != "call"] == ["serving", "stopped"]
    (first,) = (line for line in told if line["event"] == "serving")
    assert (first["at"], first["workers"], first["store"]) == ([own.url], 1, str(own.store.engine.url.database))


def test_workers_without_their_master_answer_and_leave_the_port_to_the_next(tmp_path: Path) -> None:
    """What only kill -9 does to a master. Each call in hand is answered; a connection that is kept gets one more answer and is closed."""
    with serving(tmp_path, GATEWAY_WORKERS="1") as world:
        with closing(world.door.connect()) as kept:
            kept.request("GET", "/health/live")
            assert kept.getresponse().read() == b"ok\n"
            call = HalfSent(world)
            world.process.kill()
            until(lambda: is_refused(world))
            kept.request("GET", "/health/live")
            assert kept.getresponse().getheader("Connection") == "close"
        with serving(tmp_path, world.port) as fresh:
            assert fresh.door.send("GET", "/health/live").status == 200
            assert b"<code>Ok</code>" in call.answer()


def test_what_gunicorn_says_is_a_line_of_the_log_without_what_it_could_not_read(own: LiveWorld) -> None:
    """A body that is longer than its Content-Length goes on as if it were the next request: the rest of a call, passwords and all."""
    with socket.create_connection(("127.0.0.1", own.port), timeout=10) as line:
        line.sendall(b"<password>hunter2</password></getToken>\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
    os.kill(next(iter(pids(own))), signal.SIGKILL)
    until(lambda: "SIGKILL" in own.log())
    told = [json.loads(text) for text in own.log().splitlines() if text.startswith("{")]
    unread = next(line for line in told if line["event"] == "no HTTP request")
    assert (unread["level"], unread["client"], unread["problem"]) == ("warning", "127.0.0.1", "InvalidRequestLine")
    killed = next(line for line in told if "SIGKILL" in line["event"])
    assert killed["level"] == "error"
    assert "hunter2" not in own.log()
    assert not [text for text in own.log().splitlines() if text.startswith("[")]


def test_sighup_takes_new_settings_and_no_call_is_lost(own: LiveWorld, settings_file: Path) -> None:
    before = pids(own)
    assert len(before) == 1
    held = Held(own)
    settings_file.write_text("workers = 2\nmax_request_bytes = 20000\n", encoding="utf-8")
    own.process.send_signal(signal.SIGHUP)
    until(lambda: len(pids(own) - before) == 2)
    assert held.let_go() == "Ok"
    until(lambda: not pids(own) & before)
    answer = own.door.send("POST", RTA_PATH, soap("<x/>" + " " * 30_000).encode())
    assert answer.status == 413
    assert "settings read again" in own.log()
    assert "Overwriting" not in own.log()  # Spyne's, of the services that were made anew


def test_settings_that_cannot_be_used_leave_the_server_as_it_is(own: LiveWorld, settings_file: Path) -> None:
    settings_file.write_text('workers = "many"\n', encoding="utf-8")
    own.process.send_signal(signal.SIGHUP)
    until(lambda: "the settings cannot be used" in own.log())
    assert "'many'; a whole number is needed" in own.log()
    assert own.door.send("GET", "/health/ready").status == 200
    assert len(pids(own)) >= 1


def test_figures_outlive_workers(own: LiveWorld) -> None:
    """They are of all workers together, whoever of them answers; also of one that was killed, and of those before a reload."""
    Story(own, "rta").begins()

    def sent() -> float:
        return parse(own.door.send("GET", "/metrics").body.decode()).calls["rta-token", "addClaim", "Ok"]

    assert sent() == 1
    before = pids(own)
    os.kill(next(iter(before)), signal.SIGKILL)
    until(lambda: pids(own) - before)
    until(lambda: own.door.send("GET", "/health/live").status == 200)
    assert sent() == 1
    Story(own, "rta").begins()
    own.process.send_signal(signal.SIGHUP)
    until(lambda: "settings read again" in own.log())
    Story(own, "rta").begins()
    assert sent() == 3


def test_workers_are_replaced_after_so_many_calls(tmp_path: Path) -> None:
    with serving(tmp_path, GATEWAY_WORKERS="1", GATEWAY_MAX_CALLS="20") as world:
        before = pids(world)
        client = world.client(COMP1, "rta-token")
        for _ in range(60):
            client.call("getClaimsList").ok()
        until(lambda: pids(world) and not pids(world) & before)
        found = parse(world.door.send("GET", "/metrics").body.decode())
        assert found.calls["rta-token", "getClaimsList", "Ok"] == 60


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], tuple[Path, Path]]:
    """Makes a self-signed certificate for localhost by that name."""

    def make(name: str) -> tuple[Path, Path]:
        cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"),
                *("-keyout", key, "-out", cert, "-addext", "subjectAltName=DNS:localhost"),
            ],
            check=True,
            capture_output=True,
        )
        return cert, key

    return make


def _name(context: ssl.SSLContext, port: int) -> str:
    with socket.create_connection(("localhost", port), timeout=10) as line, context.wrap_socket(line, server_hostname="localhost") as secure:
        assert secure.version() in ("TLSv1.2", "TLSv1.3")
        return str(dict(part[0] for part in secure.getpeercert()["subject"])["commonName"])


def test_tls(tmp_path: Path, certificate: Callable[[str], tuple[Path, Path]]) -> None:
    """Calls, the https address in the contract, and a renewed certificate without a restart."""
    cert, key = certificate("first")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    environment |= {"GATEWAY_DATA": str(tmp_path), "PORT": str(port), "HOST": "localhost", "GATEWAY_WORKERS": "1"}
    environment |= {"GATEWAY_TLS_CERT": str(cert), "GATEWAY_TLS_KEY": str(key)}
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "gateway", "serve", "--demo"], env=environment, stdout=output, stderr=output)
    try:
        trusting = ssl.create_default_context(cafile=str(cert))

        def answers() -> bool:
            assert process.poll() is None, (tmp_path / "log").read_text()
            try:
                return urllib.request.urlopen(f"https://localhost:{port}/health/ready", timeout=5, context=trusting).status == 200
            except OSError:
                return False

        until(answers)
        contract = urllib.request.urlopen(f"https://localhost:{port}{WSDL}", timeout=10, context=trusting).read().decode()
        assert f'location="https://localhost:{port}{RTA_PATH}"' in contract
        body = f'<w:getToken xmlns:w="http://wstk.pip.crif.com/"><userID>{CR1.identity}</userID><userAsID>{CR1.user}</userAsID>'
        request = urllib.request.Request(
            f"https://localhost:{port}{RTA_PATH}", soap(f"{body}<password>{PASSWORD}</password></w:getToken>").encode(), {"Content-Type": "text/xml"}
        )
        assert b"<code>Ok</code>" in urllib.request.urlopen(request, timeout=10, context=trusting).read()
        assert _name(trusting, port) == "first"
        watched = subprocess.run([sys.executable, "-m", "gateway", "top", "--once"], check=False, env=environment, capture_output=True, text=True)
        assert "getToken" in watched.stdout, watched.stderr
        certificate("second")
        assert _name(ssl.create_default_context(cafile=str(cert)), port) == "second"
    finally:
        process.terminate()
        process.wait(20)


def test_a_certificate_that_is_half_written_changes_nothing(certificate: Callable[[str], tuple[Path, Path]]) -> None:
    cert, key = certificate("first")
    present = Certificate(cert, key)
    before = present.context()
    assert before.minimum_version == ssl.TLSVersion.TLSv1_2
    whole = cert.read_text()
    cert.write_text(whole[:200])
    assert present.context() is before
    cert.write_text(whole)
    os.utime(cert, ns=(1, 1))
    assert present.context() is not before


def test_a_store_that_cannot_be_reached_is_said_without_its_password() -> None:
    environment = {**os.environ, "GATEWAY_DATABASE_URL": "postgresql://gateway:hunter2@127.0.0.1:1/none"}
    ended = subprocess.run([sys.executable, "-m", "gateway", "serve"], check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The store at postgresql+psycopg://gateway:***@127.0.0.1:1/none cannot be used: ")
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_service_manager_is_told_when_it_listens(tmp_path: Path) -> None:
    """What Type=notify of gateway.service waits for."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        with serving(tmp_path, GATEWAY_WORKERS="1", NOTIFY_SOCKET=str(tmp_path / "notify")):
            assert b"READY=1" in manager.recv(1000).splitlines()


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command in (("serve",), ("db", "upgrade")):
        environment = {**os.environ, "GATEWAY_DATA": str(tmp_path / "file")}
        ended = subprocess.run([sys.executable, "-m", "gateway", *command], check=False, env=environment, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 1
        assert ended.stderr == f"The store at {tmp_path}/file/gateway.db cannot be used: {tmp_path}/file: File exists\n"
