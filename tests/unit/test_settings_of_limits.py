"""What stands for limits that nobody set, in a sandbox and elsewhere."""

import pytest

from gateway.config import BadSetting, Settings


def read(**given: str) -> Settings:
    return Settings.from_environment({f"GATEWAY_{name}": text for name, text in given.items()})


def told(settings: Settings) -> tuple[int, ...]:
    return settings.calls_per_minute, settings.concurrent_calls, settings.poll_seconds, settings.repeat_seconds


def test_outside_a_sandbox() -> None:
    assert told(read()) == told(Settings()) == (600, 0, 0, 600)


def test_in_a_sandbox() -> None:
    assert told(read(SANDBOX="on")) == told(Settings(sandbox=True)) == (0, 0, 0, 0)


def test_what_is_said_holds_everywhere() -> None:
    for sandbox in ("on", "off"):
        said = read(SANDBOX=sandbox, CALLS_PER_MINUTE="60", CONCURRENT_CALLS="4", POLL_SECONDS="30", REPEAT_SECONDS="120")
        assert told(said) == (60, 4, 30, 120)
        assert told(read(SANDBOX=sandbox, CALLS_PER_MINUTE="0", REPEAT_SECONDS="0")) == (0, 0, 0, 0)


def test_empty_is_not_said() -> None:
    assert told(read(CALLS_PER_MINUTE="", REPEAT_SECONDS=" ")) == (600, 0, 0, 600)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("CALLS_PER_MINUTE", "-1"), ("CALLS_PER_MINUTE", "many"), ("CONCURRENT_CALLS", "1001"), ("POLL_SECONDS", "86401")),
        *(("REPEAT_SECONDS", "86401"), ("REPEAT_SECONDS", "2027-01-01"), ("OPENING_HOURS", "mon 9-5")),
    ],
)
def test_what_cannot_be(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"GATEWAY_{name}"):
        read(**{name: text})


def test_hours() -> None:
    assert read().opening_week is None
    week = read(OPENING_HOURS="mon-fri 07:00-19:00, sat 08:00-14:00").opening_week
    assert week is not None
    assert week.days[5:] == (((480, 840),), ())
