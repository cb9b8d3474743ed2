"""The notices of an organisation: reading and removing them. What posts them is in notify.py."""

from __future__ import annotations

from typing import Any

from gateway.clock import spoken
from gateway.errors import Refused
from gateway.operations import access
from gateway.operations.call import Call, operation
from gateway.store import notices


class NoSuchNotice(Refused):
    """There is no such notice in that set, it was removed before, or it is another organisation's: one text for all."""


@operation("getNotificationsList")
def get_notifications_list(call: Call) -> dict[str, Any]:
    """What the organisation is told about those of its claims that the user sees, newest first. A2ANotification asks for the set that is kept for programs."""
    found = notices.list_for(call.connection, access.scope(call), call.moment.utc, a2a=_a2a(call))
    return {
        "notificationsList": [
            {
                "applicationId": f"{notice.claim_id:016d}",
                "formattedDate": spoken(notice.at),
                "notificationDateTime": notice.at,
                "notificationGuid": notice.guid,
                "notificationMessage": notice.text,
            }
            for notice in found
        ]
    }


@operation("removeNotification")
def remove_notification(call: Call) -> dict[str, Any]:
    """Take a notice out of one of the two sets, for the whole organisation; in the other it stays."""
    guid = call.text("notificationGuid").lower()
    if not guid:
        raise NoSuchNotice("notificationGuid must be given; getNotificationsList tells it.")
    call.session.write()
    if not notices.remove(call.connection, guid, access.scope(call), call.moment.utc, a2a=_a2a(call)):
        raise NoSuchNotice("There is no such notification.")
    return {}


def _a2a(call: Call) -> bool:
    return bool(call.arguments["A2ANotification"])
