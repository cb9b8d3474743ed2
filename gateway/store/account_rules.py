"""The settings in force for accounts in this process, and the passwords found right under them."""

from __future__ import annotations

from gateway.config import Settings
from gateway.domain.password_cache import PasswordCache


class Rules:
    """What can be set about logging in. Times in seconds."""

    def __init__(self, settings: Settings) -> None:
        self.access_seconds = settings.access_token_seconds
        self.refresh_seconds = settings.refresh_token_seconds
        self.tries = settings.login_tries
        self.history = settings.password_history
        self.registered_clients_only = settings.client_ids == "registered"
        self.verified = PasswordCache(settings.credential_cache_seconds)


_in_force: Rules | None = None


def configure(settings: Settings) -> None:
    """Take the rules from `settings`, and forget the passwords. Without it they come from the environment."""
    global _in_force
    _in_force = Rules(settings)


def in_force() -> Rules:
    """The rules."""
    if _in_force is None:
        configure(Settings.from_environment())
    assert _in_force is not None
    return _in_force
