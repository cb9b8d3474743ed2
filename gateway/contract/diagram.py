"""What the picture of a process consists of: a card for each phase, a pill for each way out of it, in rows, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.contract.graph import START, WHO, Arrow, Graph, acts_text, releases_text, turn_text
from gateway.contract.layout import Box, join
from gateway.contract.lettering import width, wrapped
from gateway.contract.model import SIDES, Phase

CARD_WIDTH = 186.0
PADDING = 10.0
_PILL_LIMIT = 150.0
_MOST_SOURCES = 5


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of text is set; `name` is its class in the picture."""

    name: str
    size: float
    height: float
    font: str = ""


NAME = Style("name", 12, 15.5, "bold")
ID = Style("id", 9, 11.5, "mono")
FACT = Style("fact", 10, 13)
WAY = Style("way", 9.5, 12)
ACTION = Style("action", 10.5, 13, "bold")
DETAIL = Style("detail", 10, 13)

Line = tuple[str, Style]


@dataclass(eq=False)
class Card:
    """A phase. `phase` is None for the point at which there is no claim yet."""

    phase: Phase | None
    row: int
    box: Box
    lines: list[Line]


@dataclass(eq=False)
class Pill:
    """A way from phases to a phase, with the stretches of its line in order; the last one ends at the target.

    Several arrows when only their outcomes differ.
    """

    arrows: tuple[Arrow, ...]
    row: int
    box: Box
    lines: list[Line]
    stretches: list[tuple[Box, Box]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Band:
    """The rows of a stage, first and last."""

    stage: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Diagram:
    """Everything to be drawn; the boxes have sizes, but no places yet. `told` are arrows that stand as words on the cards of their ends."""

    graph: Graph
    cards: Mapping[str, Card]
    pills: tuple[Pill, ...]
    told: tuple[Arrow, ...]
    bands: tuple[Band, ...]
    rows: list[list[Box]]


def diagram(graph: Graph) -> Diagram:
    """Cards and pills of a graph, put into rows and joined."""
    stage_of = {phase.id: graph.stages.index(phase.stage) for phase in graph.phases}
    drawn: list[Arrow] = []
    told: list[Arrow] = []
    for arrow in graph.arrows:
        steps = [abs(stage_of[source] - stage_of[arrow.target]) for source in arrow.sources if source != START]
        apart = len(arrow.sources) > _MOST_SOURCES or any(step > 1 for step in steps)
        (told if apart or arrow.sources == (arrow.target,) else drawn).append(arrow)
    row_of, bands = _rows(graph, drawn)
    cards = {phase.id: _card(graph, phase, row_of[phase.id], told) for phase in graph.phases}
    if START in row_of:
        cards[START] = Card(None, row_of[START], Box(START, 22, 22, margin=60), [])
    rows: list[list[Box]] = [[] for _ in range(bands[-1].last + 1)]
    for name, card in sorted(cards.items(), key=lambda item: item[0] != START):
        rows[row_of[name]].append(card.box)
    alike: dict[tuple[object, ...], list[Arrow]] = {}
    for arrow in _told_once(drawn):
        for part in _parts(arrow, row_of):
            alike.setdefault((part.label, part.actor, part.old, part.sources, part.target), []).append(part)
    pills = tuple(_pill(graph, arrows, cards, rows) for arrows in alike.values())
    return Diagram(graph, cards, pills, tuple(told), bands, rows)


def _rows(graph: Graph, drawn: Iterable[Arrow]) -> tuple[dict[str, int], tuple[Band, ...]]:
    """Phases on even rows, as far down as the longest way that leads to them within their stage; pills come between.

    The order of the phases in the table says which way is forwards.
    """
    stage_of = {phase.id: phase.stage for phase in graph.phases}
    order = {phase.id: index for index, phase in enumerate(graph.phases)} | {START: -1}
    arrows = tuple(drawn)
    for arrow in arrows:
        if arrow.sources == (START,):
            stage_of[START] = stage_of[arrow.target]
    row_of: dict[str, int] = {}
    bands = []
    first = 0
    for stage in graph.stages:
        here = [name for name in sorted(stage_of, key=order.__getitem__) if stage_of[name] == stage]
        for name in here:
            before = [
                row_of[source]
                for arrow in arrows
                if arrow.target == name
                for source in arrow.sources
                if source in here and order[source] < order[name]
            ]
            row_of[name] = max(before, default=first - 2) + 2
        last = max(row_of[name] for name in here) + 1
        bands.append(Band(stage, first, last))
        first = last + 1
    return row_of, tuple(bands)


def _told_once(arrows: Iterable[Arrow]) -> Iterable[Arrow]:
    """A row that can be made by several operations is one arrow, with all their names."""
    found: dict[tuple[object, ...], Arrow] = {}
    for arrow in arrows:
        key = (arrow.row, arrow.sources, arrow.target)
        same = found.get(key)
        found[key] = replace(same, operation=f"{same.operation} or {arrow.operation}") if same and arrow.operation else arrow
    return found.values()


def _parts(arrow: Arrow, row_of: Mapping[str, int]) -> Iterable[Arrow]:
    """An arrow for the sources above its target, one for those level with it, one for those below."""
    target = row_of[arrow.target]
    groups = (
        tuple(source for source in arrow.sources if row_of[source] < target),
        tuple(source for source in arrow.sources if row_of[source] == target),
        tuple(source for source in arrow.sources if row_of[source] > target),
    )
    return (replace(arrow, sources=group) for group in groups if group)


def _card(graph: Graph, phase: Phase, row: int, told: Iterable[Arrow]) -> Card:
    facts = [acts_text(phase) if phase.end or phase.acts is None else f"{acts_text(phase)} acts"]
    if phase.id in graph.turns:
        facts.append(graph.turns[phase.id])
    if phase.clock is not None:
        facts.append(", ".join(filter(None, (f"limit: {graph.limits[phase.clock]}", graph.longer[phase.clock]))))
    if phase.vanishes_after is not None:
        facts.append(f"gone {phase.vanishes_after} days later")
    if releases := releases_text(phase.releases):
        facts.append(f"for claims {releases}")
    lines = [*_set(phase.name, NAME), *_set(phase.id, ID), *(line for fact in facts for line in _set(fact, FACT))]
    lines += [line for text in _words(told, phase.id) for line in _set(text, WAY)]
    height = sum(style.height for _, style in lines) + 2 * PADDING - 3
    return Card(phase, row, Box(phase.id, CARD_WIDTH, height, margin=16), lines)


def _words(told: Iterable[Arrow], phase: str) -> Iterable[str]:
    """The arrows that have no line, on the card of a phase: what leaves the claim here, what leads away, what comes from afar."""
    stays, leaves, comes = [], [], []
    for arrow in told:
        notes = ", ".join(filter(None, (arrow.outcome, arrow.row, releases_text(arrow.releases))))
        if arrow.sources == (phase,) == (arrow.target,):
            stays.append(f"{arrow.label} ({notes})")
        elif phase in arrow.sources:
            leaves.append(f"{arrow.label} ({notes})")
        elif phase == arrow.target:
            source = f"{len(arrow.sources)} phases" if len(arrow.sources) > 1 else arrow.sources[0]
            comes.append(f"from {source}: {arrow.label} by {'the ' if arrow.actor in SIDES else ''}{WHO[arrow.actor]} ({notes})")
    return [*(f"{intro}{', '.join(texts)}" for intro, texts in (("stays here: ", stays), ("also: ", leaves)) if texts), *comes]


def _set(text: str, style: Style) -> Iterable[Line]:
    return ((line, style) for line in wrapped(text, style.size, CARD_WIDTH - 2 * PADDING, style.font))


def _pill(graph: Graph, arrows: Sequence[Arrow], cards: Mapping[str, Card], rows: list[list[Box]]) -> Pill:
    first = arrows[0]
    lines = [(line, ACTION) for line in wrapped(first.label, ACTION.size, _PILL_LIMIT, ACTION.font)]
    for arrow in arrows:
        number = " · ".join(filter(None, (arrow.row, releases_text(arrow.releases))))
        turn = turn_text(arrow)
        outcome = graph.limits[arrow.clock] if arrow.clock is not None else arrow.outcome
        both = f"{outcome} · {number}" if outcome else number
        fits = width(both, DETAIL.size) <= _PILL_LIMIT
        lines += [(line, DETAIL) for line in ((both,) if fits else (*wrapped(outcome or "", DETAIL.size, _PILL_LIMIT), number))]
        lines += [(line, DETAIL) for line in wrapped(turn, DETAIL.size, _PILL_LIMIT) if line]
    widest = max(width(line, style.size, style.font) for line, style in lines)
    box = Box(first.row, widest + 2 * PADDING, sum(style.height for _, style in lines) + 10, margin=10)
    sources = [cards[source] for source in first.sources]
    target = cards[first.target]
    beside = [card.row for card in sources]
    row = max(beside) + 1 if min(beside) <= target.row else min(beside) - 1  # next to its sources, on the way
    rows[row].append(box)
    pill = Pill(tuple(arrows), row, box, lines)
    _trunk(pill, sources, rows)
    _run(pill, target, rows)
    return pill


def _trunk(pill: Pill, sources: list[Card], rows: list[list[Box]]) -> None:
    """The lines from all sources to the pill: the one farthest away leads, the others join it on its way."""
    step = 1 if sources[0].row < pill.row else -1
    row = min(card.row * step for card in sources) * step
    heads = [card.box for card in sources if card.row == row]
    while row != pill.row:
        row += step
        stop = pill.box if row == pill.row else _bend(pill, row, rows)
        for head in heads:
            _stretch(pill, head, stop, step)
        heads = [stop, *(card.box for card in sources if card.row == row)]


def _run(pill: Pill, target: Card, rows: list[list[Box]]) -> None:
    step = 1 if pill.row < target.row else -1
    row, head = pill.row, pill.box
    while row != target.row:
        row += step
        stop = target.box if row == target.row else _bend(pill, row, rows)
        _stretch(pill, head, stop, step)
        head = stop


def _bend(pill: Pill, row: int, rows: list[list[Box]]) -> Box:
    box = Box(pill.box.name, 0, 0, margin=12, bend=True)
    rows[row].append(box)
    return box


def _stretch(pill: Pill, start: Box, end: Box, step: int) -> None:
    join(*((start, end) if step > 0 else (end, start)))
    pill.stretches.append((start, end))
