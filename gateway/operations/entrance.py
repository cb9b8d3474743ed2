"""The first steps of the pipeline: whether the service is in use, who is calling, and whether the organisation may."""

from __future__ import annotations

from gateway.clock import Moment
from gateway.contract.model import Service
from gateway.domain.rules.read import british
from gateway.errors import Refused
from gateway.operations.call import Call
from gateway.store import agreements, credentials, tokens


class SwitchedOff(Refused):
    """The service's generation is no longer in use (portal notes 4.1, 4.2)."""


def check_generation(call: Call) -> None:
    """Either generation can be switched off; then callers are told where to go. By the wall clock."""
    last = call.settings.last_day(call.service.generation)
    if last is None or (today := Moment.now().today) <= last:
        return
    told = f"The service {_name(call.service)} was switched off; {british(last)} was its last day."
    for other in call.contract.services.values():
        until = call.settings.last_day(other.generation)
        if other.process == call.process and other is not call.service and (until is None or today <= until):
            told += f" Use the service {_name(other)} at {other.path} instead."
    raise SwitchedOff(told)


def _name(service: Service) -> str:
    return service.wsdl.removesuffix(".wsdl")


def authenticate(call: Call) -> None:
    """By the access token, or by userAuth; asUser decides what is seen, the A2A identity only opens the door."""
    if call.operation.actor == "anonymous":
        return
    if call.service.generation == "token":
        call.caller = tokens.by_access_token(call.connection, call.process, call.text("accessToken"))
        return
    given = call.arguments.get("userAuth")
    if given is None:
        raise Refused("userAuth is missing; it must hold asUser, password and username.")
    name, password, as_user = ((given[key] or "") for key in ("username", "password", "asUser"))
    call.caller = credentials.by_password(call.session, call.process, name.strip(), password, as_user.strip())


def check_agreement(call: Call) -> None:
    """An organisation that has not accepted the user agreement in time is shut out until an administrator of it does (portal notes 3.1)."""
    if call.operation.actor != "anonymous":
        agreements.check(call.connection, call.caller.organisation.name, call.caller.owes)
