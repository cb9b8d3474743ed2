"""Settings from the environment and a file: which wins, and that everything wrong is told at once."""

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.__main__ import app
from gateway.config import BadSetting, Settings
from gateway.setting import DEFAULT


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Writes a settings file; the environment that names it."""

    def written(text: str) -> dict[str, str]:
        path = tmp_path / "gateway.toml"
        path.write_text(text, encoding="utf-8")
        return {"GATEWAY_CONFIG": str(path)}

    return written


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSetting) as caught:
        Settings.from_environment(environment)
    return str(caught.value).splitlines()


def test_in_the_file_a_setting_has_the_variables_name_in_small_letters():
    for one in fields(Settings):
        assert one.name == one.metadata["variable"].removeprefix("GATEWAY_").lower()


def test_every_type_of_the_file(file):
    text = 'data = "/srv/a"\nport = 9001\nsandbox = true\nuserauth_until = 2027-01-31\nmonitors = ["10.0.0.0/8", "::1"]\nlog_level = "debug"\n'
    settings = Settings.from_environment(file(text))
    assert (settings.data, settings.port, settings.sandbox) == (Path("/srv/a"), 9001, True)
    assert (settings.userauth_until, settings.log_level) == (date(2027, 1, 31), "DEBUG")
    assert [str(one) for one in settings.monitor_networks] == ["10.0.0.0/8", "::1/128"]


def test_the_environment_wins_and_it_is_told_where_a_value_is_from(file):
    environment = {**file("workers = 3\nthreads = 5\n"), "GATEWAY_WORKERS": "7"}
    settings, origins = Settings.explained(environment)
    assert (settings.workers, settings.threads, settings.port) == (7, 5, 8000)
    assert origins["workers"] == "environment, GATEWAY_WORKERS"
    assert origins["threads"] == environment["GATEWAY_CONFIG"]
    assert origins["port"] == DEFAULT


def test_an_empty_variable_is_not_set(file):
    settings = Settings.from_environment({**file("workers = 3\n"), "GATEWAY_WORKERS": "", "GATEWAY_RETENTION": " "})
    assert (settings.workers, settings.retention) == (3, True)


def test_everything_wrong_is_told_at_once(file):
    environment = file('workers = "many"\nport = 70000\nthreds = 4\nretention = "perhaps"\nadmin = 5\ndata = true\n')
    path = environment["GATEWAY_CONFIG"]
    environment |= {"GATEWAY_RELEASE_RTA": "R8", "GATEWAY_THREADS": "0", "GATEWAY_WORKERZ": "2", "GATEWAY_CLAMD": "nowhere", "GATEWAY_TLS_CERT": "/a"}
    assert problems(environment) == [
        f"workers in {path} is 'many'; a whole number is needed",
        f"port in {path} is 70000; a number from 0 to 65535 is needed",
        f"threds in {path} is no setting. Did you mean threads?",
        f"retention in {path} is 'perhaps'; allowed: on, off",
        f"admin in {path} is 5; a text is needed, in quotes",
        f"data in {path} is True; a text is needed, in quotes",
        "GATEWAY_RELEASE_RTA is 'R8'; allowed: R3, R5, R6, R7",
        "GATEWAY_THREADS is '0'; it must be 1 or more",
        "GATEWAY_WORKERZ is no setting. Did you mean GATEWAY_WORKERS?",
        "GATEWAY_CLAMD is 'nowhere'; allowed: host:port, or the path of a socket (with a / in it)",
        "GATEWAY_TLS_CERT and GATEWAY_TLS_KEY go together; one of them is not set",
    ]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.1, nginx", "GATEWAY_TRUSTED_PROXIES has 'nginx'"),
        ("GATEWAY_MONITORS", "10.0.0.1/8", "GATEWAY_MONITORS has '10.0.0.1/8'"),  # neither an address nor a network
        ("GATEWAY_MONITORING", "9000", "GATEWAY_MONITORING is '9000'; allowed: host:port"),
        ("GATEWAY_MONITORING", "127.0.0.1:8000", "that is not the one of the services"),
        ("GATEWAY_USERAUTH_UNTIL", "soon", "GATEWAY_USERAUTH_UNTIL is 'soon'; a day is needed, as 2023-02-07"),
        ("GATEWAY_DATABASE_URL", "mysql://gateway:hunter2@db/x", "GATEWAY_DATABASE_URL begins with what this gateway does not know"),
    ],
)
def test_values_with_a_form_of_their_own(variable, value, said):
    (problem,) = problems({variable: value})
    assert said in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(("text", "said"), [("workers = ", "is no TOML"), ("[server]\nworkers = 2\n", "server in")])
def test_a_file_that_is_none(file, text, said):
    assert said in problems(file(text))[0]


def test_a_file_that_is_not_there(tmp_path):
    assert problems({"GATEWAY_CONFIG": str(tmp_path / "none.toml")}) == [
        f"The settings file {tmp_path}/none.toml cannot be read: No such file or directory."
    ]


def test_what_kubernetes_tells_of_a_service_called_gateway_is_no_setting():
    told = {
        "GATEWAY_SERVICE_HOST": "10.1.2.3",
        "GATEWAY_SERVICE_PORT_HTTP": "80",
        "GATEWAY_PORT": "tcp://10.1.2.3:80",
        "GATEWAY_PORT_80_TCP_PROTO": "tcp",
    }
    assert Settings.from_environment(told) == Settings()
    assert problems({"GATEWAY_X": "9000"}) == ["GATEWAY_X is no setting."]
    assert problems({"GATEWAY_PORT": "nine"}) == ["GATEWAY_PORT is no setting. Did you mean PORT?"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_url_as_other_programs_write_it(scheme):
    assert Settings.from_environment({"GATEWAY_DATABASE_URL": f"{scheme}://u:p@db/g"}).store_url == "postgresql+psycopg://u:p@db/g"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    for name in ("GATEWAY_CONFIG", "GATEWAY_WORKERS", "GATEWAY_DATABASE_URL"):
        monkeypatch.setenv(name, "")  # and after the test as it was, whatever a command sets
    return lambda *words, **env: CliRunner().invoke(app, words, env=env)


def test_config_show_masks_passwords(typed, file):
    path = file("workers = 3\n")["GATEWAY_CONFIG"]
    url = "postgresql+psycopg://gateway:hunter2@db/g?password=hunter2&connect_timeout=3"
    shown = typed("--config", path, "config", "show", "--changed", "--json", GATEWAY_DATABASE_URL=url)
    assert shown.exit_code == 0
    assert '"GATEWAY_WORKERS"' in shown.stdout
    assert path in shown.stdout
    assert "gateway:***@db/g" in shown.stdout
    assert "connect_timeout=3" in shown.stdout
    assert "hunter2" not in shown.stdout
    assert '"PORT"' not in shown.stdout
    assert '"PORT"' in typed("config", "show", "--json").stdout


def test_config_check(typed, tmp_path):
    good = typed("config", "check", GATEWAY_WORKERS="3", GATEWAY_DATABASE_URL="postgresql://gateway:hunter2@db/g")
    assert (good.exit_code, "hunter2" in good.stdout) == (0, False)
    bad = typed("config", "check", GATEWAY_WORKERS="x", GATEWAY_THREADS="y")
    assert (bad.exit_code, bad.stderr.splitlines()) == (
        2,
        ["GATEWAY_WORKERS is 'x'; a whole number is needed", "GATEWAY_THREADS is 'y'; a whole number is needed"],
    )
    (tmp_path / "cert.pem").write_text("no certificate")
    path = str(tmp_path / "cert.pem")
    tls = typed("config", "check", GATEWAY_TLS_CERT=path, GATEWAY_TLS_KEY=path)
    assert (tls.exit_code, "GATEWAY_TLS_CERT" in tls.stderr) == (2, True)
    gone = typed("config", "check", GATEWAY_TLS_CERT=f"{path}x", GATEWAY_TLS_KEY=path)
    assert (gone.exit_code, "cannot be read: No such file" in gone.stderr) == (2, True)
