"""The phases of one process and the ways between them, as a graph; and that graph for people who have graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gateway.contract.model import ACTORS, OTHER, SELF, Contract, Move, Operation, Phase, Span
from gateway.xml import schemas

PROCESS_NAMES = {"rta": "RTA", "elpl": "EL/PL"}
PROCESS_TITLES = {"rta": "road traffic accident (RTA)", "elpl": "employers' and public liability (EL/PL)"}
STAGES = {
    "1": ("Stage 1", "notification and liability"),
    "2.1": ("Stage 2.1", "interim payment"),
    "2": ("Stage 2", "settlement pack"),
    "2 AD": ("Stage 2", "additional damages"),
    "3": ("Stage 3", "court proceedings pack"),
    "exits": ("Ways out", "exit and fraud"),
}
START = ""
CLOCK = "clock"
_LINES = {"claimant-representative": "#2364a8", "compensator": "#b3560f", OTHER: "#35783d", CLOCK: "#7b3fa0"}
WHO = {
    **{actor: actor.replace("-", " ") for actor in ACTORS},
    "either": "either side",
    "holder": "the side whose turn it is",
    OTHER: "the other side",
    "any-user": "any user",
    "anonymous": "anybody",
    CLOCK: "the clock",
}


@dataclass(frozen=True, slots=True)
class Arrow:
    """One row of the table in one process: an operation, or a clock that has run out (`operation` is then None).

    `turn`: open only while it is that side's turn. `old`: only for claims of releases that are no longer kept.
    """

    row: str
    operation: str | None
    clock: str | None
    actor: str
    outcome: str | None
    sources: tuple[str, ...]
    target: str
    releases: Span
    when: str
    turn: str | None = None
    old: bool = False

    @property
    def label(self) -> str:
        """What makes the claim move."""
        return self.operation or f"{self.clock} limit passed"


@dataclass(frozen=True, slots=True)
class Graph:
    """The graph of one process.

    `limits`: how long each clock runs. `longer`: what can be added to that. `turns`: in which phases after which rows which other side acts.
    """

    process: str
    phases: tuple[Phase, ...]
    arrows: tuple[Arrow, ...]
    limits: Mapping[str, str]
    longer: Mapping[str, str]
    turns: Mapping[str, str]

    @property
    def stages(self) -> tuple[str, ...]:
        """In the order of the process; stages nobody has described come last."""
        found = dict.fromkeys(phase.stage for phase in self.phases)
        return tuple(sorted(found, key=lambda stage: list(STAGES).index(stage) if stage in STAGES else len(STAGES)))


def phase_graph(contract: Contract, process: str) -> Graph:
    """The graph of `process`."""
    phases = tuple(phase for phase in contract.phases.values() if process in phase.processes)
    arrows = (*_moves(contract, process), *_expiries(contract, process))
    limits = {name: days(contract, process, name) for name in contract.clocks}
    longer = {name: extensions(contract, process, name) for name in contract.clocks}
    return Graph(process, phases, arrows, limits, longer, _turns(contract, process))


def days(contract: Contract, process: str, clock: str) -> str:
    """How long a clock runs in a process: "15 or 30 business days"."""
    lengths = sorted({variant.days for variant in contract.clocks[clock].variants if process in variant.processes and not variant.after})
    return f"{' or '.join(map(str, lengths))} business days" if lengths else ""


def extensions(contract: Contract, process: str, clock: str) -> str:
    """How much longer it can become by itself or by one fixed extension: "30 when extended", "5 more at the end"."""
    variants = [variant for variant in contract.clocks[clock].variants if process in variant.processes]
    parts = [f"{variant.extended_days} when extended" for variant in variants if variant.extended_days]
    return ", ".join([*parts, *(f"{variant.days} more at the end" for variant in variants if variant.after)])


def is_old(process: str, releases: Span) -> bool:
    """Whether a row is for no claim of a release that is kept."""
    return not any(release.name in releases for release in schemas.releases(process))


def stage_title(stage: str) -> tuple[str, str]:
    """A stage's name and what happens there."""
    return STAGES.get(stage, (f"Stage {stage}" if stage[:1].isdigit() else stage.capitalize(), ""))


def releases_text(span: Span) -> str:
    """The claims a row is for: "", "from R5", "until R3"."""
    parts = (f"from {span.since}" if span.since else "", f"until {span.until}" if span.until else "")
    return " ".join(part for part in parts if part)


def turn_text(arrow: Arrow) -> str:
    """Whose turn it must be, where a step is bound to that."""
    return f"{WHO[arrow.turn]}'s turn" if arrow.turn else ""


def acts_text(phase: Phase) -> str:
    """Who has to act in a phase."""
    return "ended" if phase.end else WHO.get(phase.acts or "", phase.acts or "nobody")


def _moves(contract: Contract, process: str) -> Iterator[Arrow]:
    for operation in contract.operations.values():
        for move in operation.moves:
            if process not in move.processes:
                continue
            there = tuple(source for source in move.sources if process in contract.phases[source].processes)
            arrow = Arrow(
                row=move.row,
                operation=operation.name,
                clock=None,
                actor=operation.actor,
                outcome=move.outcome,
                sources=there or (START,),
                target=move.to,
                releases=move.releases,
                when=move.when,
                turn=move.turn,
                old=is_old(process, move.releases),
            )
            for part in _split(arrow):
                yield replace(part, actor=_actor(contract, process, operation, part))


def _split(arrow: Arrow) -> Iterator[Arrow]:
    """A row that leaves phases as they are is one thing for each; one that leads back to one of its own is staying, and going there."""
    if arrow.target == SELF:
        for source in arrow.sources:
            yield replace(arrow, sources=(source,), target=source)
    elif arrow.target in arrow.sources and len(arrow.sources) > 1:
        yield replace(arrow, sources=(arrow.target,))
        yield replace(arrow, sources=tuple(source for source in arrow.sources if source != arrow.target))
    else:
        yield arrow


def _actor(contract: Contract, process: str, operation: Operation, arrow: Arrow) -> str:
    """Who makes a step; where that is whoever has the claim, the side that this is there, if it is always the same."""
    if operation.actor != "holder" or arrow.turn:
        return arrow.turn or operation.actor
    there = {contract.phases[source].acts or "" for source in arrow.sources}
    there |= {side for source in arrow.sources for move in _into(contract, process, source) if (side := move.acts)}
    return there.pop() if len(there) == 1 else operation.actor


def _into(contract: Contract, process: str, phase: str) -> Iterator[Move]:
    for operation in contract.of_process(process):
        yield from (move for move in operation.moves if process in move.processes and move.to == phase)


def _turns(contract: Contract, process: str) -> dict[str, str]:
    """Where a row, not the phase, says who acts: "after T75 the compensator acts"."""
    found: dict[str, str] = {}
    for phase in contract.phases.values():
        told = {move.row: move.acts for move in _into(contract, process, phase.id) if move.acts and move.acts != phase.acts}
        if told:
            found[phase.id] = "; ".join(f"after {row} the {WHO[acts]} acts" for row, acts in told.items())
    return found


def _expiries(contract: Contract, process: str) -> Iterator[Arrow]:
    for clock in contract.clocks.values():
        sources = tuple(phase.id for phase in contract.phases.values() if phase.clock == clock.name and process in phase.processes)
        if sources:
            when = f"{days(contract, process, clock.name)} have passed"
            yield Arrow(clock.row, None, clock.name, CLOCK, None, sources, clock.expires_to, Span(), when)


def phase_graph_dot(contract: Contract, process: str) -> str:
    """The graph in graphviz' language: `dot -Tsvg`."""
    graph = phase_graph(contract, process)
    lines = [
        f"// Phases of a claim: {PROCESS_TITLES[process]}. Written by make contract from the contract table; do not edit.",
        f"digraph {process} {{",
        '  graph [rankdir=TB, newrank=true, fontname="Helvetica"]',
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica"]',
        '  edge [fontname="Helvetica", fontsize=10]',
        '  "" [shape=circle, style=filled, fillcolor=black, label="", width=0.2, xlabel="no claim yet"]',
    ]
    for number, stage in enumerate(graph.stages):
        title = ": ".join(filter(None, stage_title(stage)))
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(title)}"]
        lines += [f"    {_dot_node(phase)}" for phase in graph.phases if phase.stage == stage]
        lines.append("  }")
    for arrow in graph.arrows:
        limit = graph.limits[arrow.clock] if arrow.clock is not None else None
        label = _quoted("\n".join(filter(None, (arrow.label, limit, arrow.outcome, turn_text(arrow), releases_text(arrow.releases), arrow.row))))
        style = f", color={_quoted(_LINES.get(arrow.actor, _LINES[OTHER]))}{', style=dashed' if arrow.actor == CLOCK else ''}"
        lines += [f"  {_quoted(source)} -> {_quoted(arrow.target)} [label={label}{style}]" for source in arrow.sources]
    return "\n".join([*lines, "}", ""])


def _dot_node(phase: Phase) -> str:
    label = _quoted(f"{phase.name}\n{acts_text(phase)}")
    colour = "#e4e4e7" if phase.end else {"claimant-representative": "#dbeafe", "compensator": "#ffedd5"}.get(phase.acts or "", "#dcfce7")
    border = ", peripheries=2" if phase.end else ""
    return f"{_quoted(phase.id)} [label={label}, fillcolor={_quoted(colour)}{border}]"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
