"""A claim document that a party sent, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from lxml import etree

from gateway.xml.parser import STORED, parse_text

Side = Literal["claimant-representative", "compensator"]


@dataclass(frozen=True)
class Sent:
    """A document as sent: by which operation, on which day in London, and its place in the claim's history.

    Bytes are UTF-8 whatever their XML declaration says.
    """

    operation: str
    body: bytes | str
    on: date
    number: int

    @cached_property
    def root(self) -> etree._Element:
        """The document, parsed once however many look into it."""
        return parse_text(self.body.decode() if isinstance(self.body, bytes) else self.body, STORED)
