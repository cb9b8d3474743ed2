"""Credentials: what replaces userAuth in the token generation. Whose call it is they find out themselves, so they ask for its limits themselves."""

from __future__ import annotations

from typing import Any

from gateway.operations.call import Call, operation
from gateway.operations.throttle import admit
from gateway.store import credentials, tokens
from gateway.store.directory import id_of
from gateway.store.tokens import TokenPair


@operation("getToken")
def get_token(call: Call) -> dict[str, Any]:
    """A pair of tokens for an A2A identity acting as one user."""
    # the password is checked before the write begins: argon2 is slow on purpose and must not hold the store
    given = (call.text("userID"), call.arguments["password"], call.text("userAsID"), call.text("clientID"))
    caller = credentials.log_in(call.session, call.process, *given)
    admit(call, caller.identity_id)
    call.session.write()
    return _reply(tokens.issue(call.connection, caller))


@operation("refreshToken")
def refresh_token(call: Call) -> dict[str, Any]:
    """A new pair for the old refresh token, which ends."""
    bound_to = (call.text("userID"), call.text("userAsID"), call.text("clientID"))
    pair = tokens.refresh(call.session, call.process, *bound_to, call.text("refreshToken"))
    admit(call, id_of(call.text("userID")))
    return _reply(pair)


@operation("changePassword")
def change_password(call: Call) -> dict[str, Any]:
    """A new password for an A2A identity, which ends its tokens; the reply tells the last day it is good (U: what the portal tells there)."""
    last = credentials.change_password(call.session, call.process, call.text("userID"), call.arguments["oldPassword"], call.arguments["newPassword"])
    admit(call, id_of(call.text("userID")))
    return {"value": last.isoformat()}


def _reply(pair: TokenPair) -> dict[str, Any]:
    return {
        "accessToken": pair.access,
        "refreshToken": pair.refresh,
        "accessTokenExpiresIn": str(pair.access_expires_in),
        "refreshTokenExpiresIn": str(pair.refresh_expires_in),
    }
