"""The document that getClaim returns: the whole claim as it stands, valid against the getClaim schema of the claim's release.

The shape comes from the schema (get_claim_plan.py), most of the content from the documents that the parties sent (project.py), the
departures from "same name, same path" from get_claim_table.py, and what the gateway itself knows from a module for each chapter of the
claim. A further chapter is: fields in ClaimView, sources, rows and deadlines in the table, and a function in CHAPTERS.
What needs computing is computed by the caller (gateway/operations/view_packs.py) and comes in the view.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lxml import etree

from gateway.xml import get_claim_ends, get_claim_packs, get_claim_stage1
from gateway.xml.get_claim_plan import Element, plan
from gateway.xml.get_claim_sent import Sent
from gateway.xml.get_claim_table import ROWS, SOURCES
from gateway.xml.get_claim_view import ClaimView, Party, User, Viewer
from gateway.xml.project import Part, project
from gateway.xml.schemas import schema_for

__all__ = ["ClaimView", "Party", "Sent", "User", "build"]

CHAPTERS: tuple[Callable[[ClaimView, Part], None], ...] = (get_claim_stage1.fill, get_claim_packs.fill, get_claim_ends.fill)


def build(view: ClaimView) -> str:
    """The getClaim document, without XML declaration: it travels as text inside another document, where an encoding means nothing."""
    claim = Part(sources=_sources(view))
    for chapter in CHAPTERS:
        chapter(view, claim)
    return project(_plan(view.process, view.release, view.viewer), claim)


def _sources(view: ClaimView) -> dict[str, etree._Element]:
    latest = {sent.operation: sent for sent in view.documents}
    sources: dict[str, etree._Element] = {}
    for name, operations in SOURCES.items():
        for operation in operations:
            if operation in latest:
                sources[name] = latest[operation].root
                break
    return sources


@cache
def _plan(process: str, release: str, viewer: Viewer) -> Element:
    schema = schema_for(process, release, "getClaim")
    places = [
        row.place for row in ROWS if row.process in ("", process) and (not row.releases or release in row.releases) and row.viewer in (None, viewer)
    ]
    return plan(schema.path, schema.root_name, places)


def can_hold(process: str, release: str, place: str, value: str) -> bool:
    """Whether the document could show `value`, uncut, at `place` (`A/B/@C` below the root). For values that come outside a claim document."""
    path, _, attribute = place.rpartition("/@")
    element = next(one for one in _plan(process, release, "compensator").walk() if one.path == path)
    return element.attributes[attribute].type.fit(value) == value
