"""Credentials: what replaces userAuth in the token generation."""

from __future__ import annotations

from typing import Any

from gateway.operations.call import Call, operation
from gateway.store import credentials
from gateway.store.credentials import TokenPair


@operation("getToken")
def get_token(call: Call) -> dict[str, Any]:
    """A pair of tokens for an A2A identity acting as one user."""
    # the password is checked before the write begins: argon2 is slow on purpose and must not hold the store
    caller = credentials.by_password(call.connection, call.text("userID"), call.arguments["password"], call.text("userAsID"), call.text("clientID"))
    call.session.write()
    return _reply(credentials.issue(call.connection, caller))


@operation("refreshToken")
def refresh_token(call: Call) -> dict[str, Any]:
    """A new pair for the old refresh token, which ends."""
    call.session.write()
    bound_to = (call.text("userID"), call.text("userAsID"), call.text("clientID"))
    return _reply(credentials.refresh(call.connection, *bound_to, call.text("refreshToken")))


def _reply(pair: TokenPair) -> dict[str, Any]:
    return {
        "accessToken": pair.access,
        "refreshToken": pair.refresh,
        "accessTokenExpiresIn": str(pair.access_expires_in),
        "refreshTokenExpiresIn": str(pair.refresh_expires_in),
    }
