"""A file on a claim as the wire has it: a printed document or an attachment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gateway.clock import spoken


def file_entry(
    *,
    application_id: str,
    guid: str,
    title: str,
    file_name: str,
    description: str,
    at: datetime,
    owner: str,
    body: bytes | None,
) -> dict[str, Any]:
    """The WSDL's type attachment. In spite of the word Zip the bytes are those of the file (portal notes 8.2); in a list `body` is None.

    `owner` is the name of an organisation; an empty description is left out.
    """
    return {
        "applicationId": application_id,
        "dataAttachmentDate": spoken(at),
        "dataAttachmentDesc": description or None,
        "dataAttachmentFileName": file_name,
        "dataAttachmentFileZip": body,
        "dataAttachmentGuid": guid,
        "dataAttachmentOwner": owner,
        "dataAttachmentTitle": title,
    }
