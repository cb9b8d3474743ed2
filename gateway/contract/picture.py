"""The phase graph of a process as a picture (SVG): what a claim can go through, who acts, and what each step is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from gateway.contract.diagram import PADDING, Card, Diagram, Line, Pill, diagram
from gateway.contract.graph import CLOCK, PROCESS_TITLES, START, WHO, Arrow, Graph, phase_graph, releases_text, stage_title, turn_text
from gateway.contract.layout import Box, arrange
from gateway.contract.lettering import width, wrapped
from gateway.contract.model import Contract

_GUTTER = 132.0  # left of everything: the names of the stages
_EDGE = 24.0
_HEAD = 126.0
_STAGE_HEIGHT = 90.0
_ARROW = 7.0
_NEW_LINE = "\n"
_SIDES = {"claimant-representative": "cr", "compensator": "cm", CLOCK: "clock"}
_LEGEND = (
    ("card cr", "the claimant representative acts"),
    ("line cr", "step of the claimant representative"),
    ("card cm", "the compensator acts"),
    ("line cm", "step of the compensator"),
    ("card other", "the side acts that did not bring the claim here"),
    ("line other", "step of that side"),
    ("card end", "the claim has ended"),
    ("line clock", "a time limit has passed"),
)
_OLD = ("line old", "for releases that are no longer kept")
_CSS = """
text { font-family: "DejaVu Sans", Verdana, Arial, Helvetica, sans-serif; fill: #1c1c22; text-anchor: middle; font-size: 10px }
.title { font-size: 20px; font-weight: bold; text-anchor: start }
.note { font-size: 12px; text-anchor: start; fill: #4a4a55 }
.key { font-size: 11px; text-anchor: start }
.stage { font-size: 15px; font-weight: bold; text-anchor: start }
.band { fill: #fafafb; stroke: #d9d9e0 }
.name { font-size: 12px; font-weight: bold }
.id { font-size: 9px; font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #4a4a55 }
.fact { font-size: 10px }
.way { font-size: 9.5px; fill: #4a4a55 }
.action { font-size: 10.5px; font-weight: bold }
.detail { font-size: 10px }
.card { stroke-width: 1.4 }
.inner { fill: none; stroke: #6b6b76 }
.pill { fill: #ffffff; stroke-width: 1.1 }
.line { fill: none; stroke-width: 1.5 }
.card.cr { fill: #e0edfb } .card.cm { fill: #fde9d3 } .card.other { fill: #e2f3e4 } .card.end { fill: #ececf0; stroke: #6b6b76 }
.cr { stroke: #2364a8 } .cm { stroke: #b3560f } .other { stroke: #35783d } .clock { stroke: #7b3fa0 } .old { stroke: #9a9aa4 }
.line.clock, .pill.clock { stroke-dasharray: 5 3 }
.point { stroke: none } .point.cr { fill: #2364a8 } .point.cm { fill: #b3560f } .point.other { fill: #35783d } .point.clock { fill: #7b3fa0 } .point.old { fill: #9a9aa4 }
.start { fill: #1c1c22 }
"""


def phase_graph_svg(contract: Contract, process: str) -> str:
    """The picture for `process`."""
    drawing = diagram(phase_graph(contract, process))
    arrange(drawing.rows)
    bands = _place(drawing)
    legend, legend_width = _legend(drawing.graph)
    wide = round(max(_GUTTER + max(box.right for row in drawing.rows for box in row) + _EDGE, legend_width))
    tall = round(bands[-1][1] + _EDGE)
    title = f"Phases of a claim: {PROCESS_TITLES[process]}"
    note = (
        "A box is a phase of a claim; a label between boxes is the step that leads on, with its row in OPERATIONS.md. Lines lead from dot to arrow;"
        " steps that lead far away stand on their boxes in words (also: …)."
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" viewBox="0 0 {wide} {tall}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(_description(drawing.graph))}</desc>',
            "<!-- Written by make contract from the contract table; do not edit. -->",
            f"<style>{_CSS}</style>",
            f'<rect width="{wide}" height="{tall}" fill="#ffffff"/>',
            _text(title, _EDGE, 38, "title"),
            _text(note, _EDGE, 60, "note"),
            *legend,
            *_bands(drawing, bands, wide),
            *(part for card in drawing.cards.values() for part in _card(card)),
            *(part for pill in drawing.pills for part in _way(pill, drawing)),
            "</svg>",
            "",
        ]
    )


def _place(drawing: Diagram) -> list[tuple[float, float]]:
    """Give each box its y, and make room for the gutter; the top and bottom of each band."""
    for row in drawing.rows:
        for box in row:
            box.x += _GUTTER
    bands = []
    bottom = _HEAD
    for band in drawing.bands:
        y = top = bottom
        for number in range(band.first, band.last + 1):
            row = drawing.rows[number]
            if not row:
                continue
            y += _gap(row)
            tall = max(box.height for box in row)
            for box in row:
                if box.bend:
                    box.height = tall
                box.y = y if number % 2 == 0 else y + (tall - box.height) / 2
                box.row_top, box.row_bottom = y, y + tall
            y += tall
        bottom = max(y + _EDGE, top + _STAGE_HEIGHT)
        bands.append((top, bottom))
    return bands


def _gap(row: Sequence[Box]) -> float:
    """Room above a row: more for lines that go far aside."""
    reach = max((abs(box.x - upper.x) for box in row for upper in box.up), default=0.0)
    return 26 + min(44.0, reach / 9)


def _bands(drawing: Diagram, places: Sequence[tuple[float, float]], wide: float) -> Iterator[str]:
    for band, (top, bottom) in zip(drawing.bands, places, strict=True):
        name, about = stage_title(band.stage)
        yield f'<rect class="band" x="8" y="{top:.1f}" width="{wide - 16}" height="{bottom - top:.1f}"/>'
        yield _text(name, _EDGE, top + 28, "stage")
        for number, line in enumerate(wrapped(about, 12, _GUTTER - _EDGE)):
            yield _text(line, _EDGE, top + 47 + 15 * number, "note")


def _card(card: Card) -> Iterator[str]:
    box = card.box
    if card.phase is None:
        yield f'<circle class="start" cx="{box.x:.1f}" cy="{box.y + box.height / 2:.1f}" r="{box.height / 2:.1f}"/>'
        yield _text("no claim yet", box.right + 8, box.y + 15, "note")
        return
    side = "end" if card.phase.end else _SIDES.get(card.phase.acts or "", "other")
    yield f'<g data-phase="{escape(card.phase.id)}"><title>{escape(f"{card.phase.name} ({card.phase.id})")}</title>'
    yield _rectangle(box, f"card {side}", 7)
    if card.phase.end:
        yield _rectangle(Box("", box.width - 6, box.height - 6, x=box.x, y=box.y + 3), "inner", 5)
    yield from _lettering(card.lines, box.x, box.y + PADDING - 2)
    yield "</g>"


def _way(pill: Pill, drawing: Diagram) -> Iterator[str]:
    first, box = pill.arrows[0], pill.box
    side = "old" if first.old else _SIDES.get(first.actor, "other")
    target = drawing.cards[first.target].box
    path = " ".join(_curve(start, end, _ARROW if end is target else 0) for start, end in pill.stretches)
    rows = " ".join(arrow.row for arrow in pill.arrows)
    yield f'<g data-rows="{escape(rows)}" data-from="{escape(" ".join(first.sources))}" data-to="{escape(first.target)}">'
    yield f"<title>{escape(_NEW_LINE.join(_sentence(drawing.graph, arrow) for arrow in pill.arrows))}</title>"
    yield f'<path class="line {side}" d="{path}"/>'
    for start, end in pill.stretches:
        if any(start is drawing.cards[source].box for source in first.sources if source != START):
            yield f'<circle class="point {side}" cx="{_port(start, end):.1f}" cy="{start.bottom if end in start.down else start.y:.1f}" r="2.8"/>'
    before = pill.stretches[-1][0]
    x = _port(target, before)
    tip, base = (target.y, target.y - _ARROW) if before in target.up else (target.bottom, target.bottom + _ARROW)
    yield f'<path class="point {side}" d="M{x:.1f} {tip:.1f} L{x - 4.2:.1f} {base:.1f} L{x + 4.2:.1f} {base:.1f} Z"/>'
    yield _rectangle(box, f"pill {side}", 14)
    yield from _lettering(pill.lines, box.x, box.y + 4)
    yield "</g>"


def _curve(start: Box, end: Box, short: float) -> str:
    """From box to box: straight through the rows of both, so that it passes beside other boxes, and bending in the gap between."""
    from_x, to_x = _port(start, end), _port(end, start)
    if end in start.down:
        leave, out, into, reach = (start.y if start.bend else start.bottom), start.row_bottom, end.row_top, end.y - short
    else:
        leave, out, into, reach = (start.bottom if start.bend else start.y), start.row_top, end.row_bottom, end.bottom + short
    if abs(into - end.y) < 0.01 or abs(into - end.bottom) < 0.01:
        into = reach
    middle = (out + into) / 2
    way = f"M{from_x:.1f} {leave:.1f} V{out:.1f} C{from_x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {into:.1f}"
    return way if into == reach else f"{way} V{reach:.1f}"


def _port(box: Box, other: Box) -> float:
    """Where on its edge a box is joined to another: lines do not meet there unless they belong together."""
    if box.bend:
        return box.x
    side = sorted(box.down if other in box.down else box.up, key=lambda one: one.x)
    step = min(20.0, (box.width - 30) / len(side))
    return box.x + (side.index(other) - (len(side) - 1) / 2) * step


def _sentence(graph: Graph, arrow: Arrow) -> str:
    names = {phase.id: phase.name for phase in graph.phases} | {START: "no claim yet"}
    sources = ", ".join(names[source] for source in arrow.sources)
    what = ", ".join(filter(None, (f"{arrow.label} ({WHO[arrow.actor]})", turn_text(arrow), arrow.outcome, releases_text(arrow.releases))))
    return f"{arrow.row}: {sources} – {what} – {names[arrow.target]}: {arrow.when}"


def _description(graph: Graph) -> str:
    return "\n".join(["Row: phases – step – next phase: condition.", *(_sentence(graph, arrow) for arrow in graph.arrows)])


def _legend(graph: Graph) -> tuple[list[str], float]:
    entries = (*_LEGEND, _OLD) if any(arrow.old for arrow in graph.arrows) else _LEGEND
    column = max(width(text, 11) for _, text in entries) + 56
    parts = []
    for number, (kind, text) in enumerate(entries):
        x, y = _EDGE + number // 2 * column, 80 + number % 2 * 22
        if kind.startswith("card"):
            parts.append(_rectangle(Box("", 26, 14, x=x + 13, y=y - 3), kind, 4))
            if kind == "card end":
                parts.append(_rectangle(Box("", 21, 9, x=x + 13, y=y - 0.5), "inner", 3))
        else:
            parts.append(f'<path class="{kind}" d="M{x:.1f} {y + 4} h19"/>')
            parts.append(f'<path class="{kind.replace("line", "point")}" d="M{x + 26:.1f} {y + 4} l-7 -4.2 v8.4 Z"/>')
        parts.append(_text(text, x + 34, y + 8, "key"))
    return parts, _EDGE + (len(entries) + 1) // 2 * column


def _lettering(lines: Iterable[Line], x: float, y: float) -> Iterator[str]:
    for text, style in lines:
        y += style.height
        yield _text(text, x, y - 1, style.name)


def _rectangle(box: Box, kind: str, radius: float) -> str:
    place = f'x="{box.left:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect class="{kind}" {place} rx="{radius:.0f}"/>'


def _text(text: str, x: float, y: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
