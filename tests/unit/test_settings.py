"""Settings come from the environment, once, and an unusable one is named."""

from datetime import date
from pathlib import Path

import pytest

from gateway.config import BadSetting, Settings


def test_nothing_set_gives_a_private_server_on_sqlite():
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.sandbox) == ("127.0.0.1", 8000, False)
    assert settings.store_url == f"sqlite:///{(Path('var') / 'gateway.db').resolve()}"
    assert (settings.release("rta"), settings.release("elpl")) == ("R7", "R6")


def test_values_are_converted():
    settings = Settings.from_environment({"PORT": "9001", "GATEWAY_SANDBOX": "on", "GATEWAY_DATA": "/srv/x", "GATEWAY_LOG_LEVEL": "debug"})
    assert (settings.port, settings.sandbox, settings.data, settings.log_level) == (9001, True, Path("/srv/x"), "DEBUG")


def test_a_database_url_wins_over_the_folder():
    assert Settings.from_environment({"GATEWAY_DATABASE_URL": "postgresql+psycopg://db/g"}).store_url == "postgresql+psycopg://db/g"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("GATEWAY_SANDBOX", "perhaps"),
        ("GATEWAY_RELEASE_RTA", "R8"),
        ("GATEWAY_RELEASE_ELPL", "R7"),  # there is no R7 of EL/PL
        ("GATEWAY_WORKERS", "0"),
        ("GATEWAY_NUMBERING", "roman"),
        ("GATEWAY_SQLITE_SYNCHRONOUS", "OFF"),
        ("GATEWAY_ACCESS_TOKEN_SECONDS", "-1"),
        ("GATEWAY_LOGIN_TRIES", "0"),
        ("GATEWAY_CLIENT_IDS", "some"),
        ("GATEWAY_USERAUTH_UNTIL", "7 February 2023"),
        ("GATEWAY_TOKEN_UNTIL", "2023-02-30"),
    ],
)
def test_an_unusable_value_names_its_variable(variable, value):
    with pytest.raises(BadSetting, match=variable):
        Settings.from_environment({variable: value})


def test_the_last_day_of_a_generation():
    settings = Settings.from_environment({"GATEWAY_USERAUTH_UNTIL": "2023-02-07", "GATEWAY_TOKEN_UNTIL": ""})
    assert (settings.last_day("userauth"), settings.last_day("token")) == (date(2023, 2, 7), None)
