"""The files of deploy/ and docs/running.md name only what there is: settings, commands, figures, files."""

import configparser
import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.main import get_command

from gateway.__main__ import app
from gateway.config import Settings
from gateway.seeing.counts import Counts
from gateway.seeing.gauges import Look
from gateway.seeing.metrics import exposition
from gateway.setting import FILE
from gateway.store.figures import Figures, Run

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
RUNNING = ROOT / "docs" / "running.md"
UNITS = sorted(DEPLOY.glob("*.service"))
VARIABLES = {one.metadata["variable"] for one in fields(Settings)} | {FILE}
ALL = [*sorted(path for path in DEPLOY.iterdir() if path.is_file()), RUNNING]


def unit(path):
    parser = configparser.RawConfigParser(strict=False)  # systemd lets a key be given several times
    parser.optionxform = str
    parser.read(path)
    return parser


def command_of(words):
    """The command that is meant by words after `gateway`; fails if there is none."""
    command = get_command(app)
    words = [*words]
    while words and words[0] == "--config":
        del words[:2]
    while words and hasattr(command, "commands"):
        word = words.pop(0)
        assert word in command.commands, f"gateway has no command {word}"
        command = command.commands[word]
    assert not hasattr(command, "commands"), "a command is missing"
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    return command


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_every_setting_named_is_one(path):
    named = set(re.findall(r"\bGATEWAY_[A-Z_]+[A-Z]\b", path.read_text()))
    assert named <= VARIABLES


def test_the_settings_file_can_be_used():
    settings = Settings.from_environment({FILE: str(DEPLOY / "gateway.toml")})
    assert settings.monitoring_address == ("127.0.0.1", 8001)
    assert tomllib.loads((DEPLOY / "gateway.toml").read_text())


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_run_commands_that_exist(path):
    service = unit(path)["Service"]
    for key in ("ExecStartPre", "ExecStart"):
        if key in service:
            program, *words = service[key].split()
            assert program.endswith("/bin/gateway")
            command_of(words)
    assert service["User"] != "root"
    assert int(service["TimeoutStopSec"]) > Settings().graceful_seconds


def test_units_differ_in_what_they_run_only():
    """What one is not allowed the other is not either."""
    hardening = [
        {key: value for key, value in unit(path)["Service"].items() if key.startswith(("Protect", "Private", "Restrict", "No", "System", "Cap"))}
        for path in UNITS
    ]
    assert len(hardening) == 2
    assert hardening[0] == hardening[1]
    assert len(hardening[0]) >= 15


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    """But that the program is not where it is going to be."""
    for path in UNITS:
        text = re.sub(r"/opt/a2a-gateway/.venv/bin/gateway", "/bin/true", path.read_text())
        (tmp_path / path.name).write_text(text)
    verified = subprocess.run(["systemd-analyze", "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False, timeout=60)
    assert [line for line in verified.stderr.splitlines() if "gateway" in line] == []


def test_the_image_runs_the_server_and_not_as_root():
    text = (DEPLOY / "Containerfile").read_text()
    (entry,) = re.findall(r'^ENTRYPOINT \["(\w+)"\]$', text, re.MULTILINE)
    (words,) = re.findall(r'^CMD \["(\w+)"\]$', text, re.MULTILINE)
    assert entry == "gateway"
    command_of([words])
    assert re.findall(r"^USER (\d+)$", text, re.MULTILINE)[-1] != "0"
    extras = configparser.ConfigParser()
    extras.read(ROOT / "setup.cfg")
    for extra in re.findall(r"\.\[(\w+)\]", text):
        assert extra in extras["options.extras_require"]


def test_the_administrators_command_is_that_of_the_services():
    """The same program, user and settings; and it is a script that a shell can read."""
    text = (DEPLOY / "gatewayctl").read_text()
    service = unit(DEPLOY / "gateway.service")["Service"]
    assert f'exec runuser -u {service["User"]} -- {service["ExecStart"].split()[0]} "$@"' in text
    assert f"export {service['Environment']} " in text
    assert f"secrets={service['EnvironmentFile'].removeprefix('-')}" in text
    assert subprocess.run(["sh", "-n", str(DEPLOY / "gatewayctl")], check=False).returncode == 0


def test_compose_runs_commands_that_exist():
    text = (DEPLOY / "compose.yaml").read_text()
    for words in re.findall(r"^ +command: \[(.+)\]$", text, re.MULTILINE):
        command_of(words.split(", "))
    assert (DEPLOY / re.search(r"dockerfile: deploy/(\w+)", text).group(1)).is_file()
    assert re.search(r"\./?health/ready|/health/ready", text)


def test_the_proxy_hides_the_figures_and_keeps_connections_for_less_long():
    text = (DEPLOY / "nginx.conf").read_text()
    assert "location = /metrics { return 404; }" in text
    (kept,) = re.findall(r"^ +keepalive_timeout (\d+)s; +#", text, re.MULTILINE)
    assert int(kept) < Settings().keepalive_seconds
    (body,) = re.findall(r"client_max_body_size (\d+)m", text)
    assert int(body) * 1024 * 1024 == Settings().max_request_bytes


def test_every_command_of_the_page_exists():
    text = RUNNING.read_text()
    named = re.findall(r"(?:^|`|bin/|=\S* |sudo |root )gateway(?:ctl)? ((?:--config \S+ )?[a-z][a-z -]*[a-z](?: --[a-z]+)*)", text, re.MULTILINE)
    assert len(named) >= 8
    for words in named:
        command_of(words.split())


def test_every_figure_of_the_page_is_given():
    """And the page tells of all."""
    counts = Counts({"rta-token": ["addClaim"]})
    counts.observer("rta-token")({"operation": "addClaim", "code": "Ok"}, 0.1)
    now = Look(None, Figures({("rta", "A"): 1}, 0, None, 0, Run(datetime.now(UTC), 1, 0)))
    given = set(re.findall(r"^# TYPE (\S+) ", exposition(counts, now).decode(), re.MULTILINE))
    named = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bgateway_[a-z_]+\b", RUNNING.read_text())}
    assert {name.removesuffix("_total") for name in named} == {name.removesuffix("_total") for name in given}


def test_every_file_the_page_points_to_is_there():
    for target in re.findall(r"\]\(((?!http)[^)#]+)[^)]*\)", RUNNING.read_text()):
        assert (RUNNING.parent / target).exists(), target
