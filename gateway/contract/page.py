"""OPERATIONS.md: the contract table as a page for people who know claims, not programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gateway.contract import profiles_page, walks
from gateway.contract.graph import PROCESS_NAMES, PROCESS_TITLES, WHO, Graph, acts_text, is_old, phase_graph, releases_text, stage_title
from gateway.contract.model import PROCESSES, SELF, ClockVariant, Contract, Move, Operation, Phase
from gateway.contract.tabular import markdown_table

CHAPTERS = {
    "session": "Credentials",
    "claims": "Sending a claim, taking it on, passing it on, sending it back",
    "liability": "Article 75 and the liability decision",
    "interim": "Interim settlement packs (stage 2.1)",
    "stage2": "Stage 2 settlement pack",
    "damages": "Additional damages",
    "court": "Court proceedings pack",
    "exits": "Leaving the process, fraud",
    "allocation": "Who works on a claim",
    "attachments": "Attachments and printable documents",
    "notices": "Notifications",
    "search": "Reading and finding claims",
    "directory": "Organisations, users and other directories",
}

_HEAD = """# Operations, phases and time limits

Written by `make contract` from the contract table (`gateway/contract/tables/`), by which the gateway itself decides; do not edit.

How to read it:

- **Who may call it**: the claimant representative (CR), the compensator (CM), either side, the side whose turn it is, any user, or anybody
  (no credentials needed yet).
- **Steps** are numbered T1, T2 and so on, time limits K1, K2 and so on. A step leads from each of its phases to the next phase; where an
  operation can end in several ways, *outcome* says which one, and *when* under which condition. In a phase that none of its steps names,
  an operation is refused. A step that *stays* leaves the claim in its phase. Operations without steps change no phase.
- **Releases**: R0 (2010) to R7 (2021) of the portal's interface. A claim keeps the release it was sent under. *Since R0* means from the
  beginning, which for EL/PL is R3.
- **Document** is the element of the request that carries a claim document (XML); it must be valid against the schema of the claim's release.
- **Basis** tells what is known from what is chosen: S = stated by a source, I = inferred from names, schemas or a parallel, U = unknown and
  chosen here. What follows is the source, by the short names of [docs/SOURCES.md](docs/SOURCES.md).
- **Status**: an operation still to be built answers `Failure` and says so."""


_WALKED = "Which test walks which row"


def operations_markdown(contract: Contract, walked: walks.Walks | None = None) -> str:
    """The page; with what the tests walk, if that is known."""
    served = sum(not operation.awaits for operation in contract.operations.values())
    parts = [_HEAD, f"Of {len(contract.operations)} operations {served} are served.", _contents(contract, walked=walked is not None)]
    for chapter, operations in chapters(contract):
        parts += [f"## {chapter_title(chapter)}", _operations(operations)]
        if any(operation.moves for operation in operations):
            parts.append(_steps(contract, operations))
    for process in PROCESSES:
        parts += [f"## Phases: {PROCESS_TITLES[process]}", _phases(contract, process)]
    parts += ["## Time limits", _clocks(contract), f"## {profiles_page.TITLE}", profiles_page.section(contract)]
    if walked is not None:
        parts += [f"## {_WALKED}", _tests(contract, walked)]
    return "\n\n".join(parts) + "\n"


def chapters(contract: Contract) -> Iterator[tuple[str, tuple[Operation, ...]]]:
    """The chapters in the order of the process, each with its operations; chapters nobody has described come last."""
    found = dict.fromkeys(operation.chapter for operation in contract.operations.values())
    known = list(CHAPTERS)
    for chapter in sorted(found, key=lambda name: known.index(name) if name in known else len(known)):
        yield chapter, tuple(operation for operation in contract.operations.values() if operation.chapter == chapter)


def chapter_title(chapter: str) -> str:
    """What a chapter is called for people."""
    return CHAPTERS.get(chapter, chapter.capitalize())


def processes_text(processes: Sequence[str]) -> str:
    """RTA, EL/PL, or both."""
    return "both" if len(processes) == len(PROCESSES) else ", ".join(PROCESS_NAMES[process] for process in processes)


def _contents(contract: Contract, *, walked: bool) -> str:
    titles = [chapter_title(chapter) for chapter, _ in chapters(contract)]
    titles += [*(f"Phases: {PROCESS_TITLES[process]}" for process in PROCESSES), "Time limits", profiles_page.TITLE, *([_WALKED] if walked else [])]
    return "\n".join(f"- [{title}](#{_anchor(title)})" for title in titles)


def _anchor(title: str) -> str:
    """As GitHub makes it."""
    return "".join(character for character in title.lower().replace(" ", "-") if character.isalnum() or character == "-")


def _operations(operations: Iterable[Operation]) -> str:
    rows = [
        (
            f"`{operation.name}`",
            processes_text(operation.processes),
            WHO[operation.actor],
            f"`{operation.payload}`" if operation.payload else "",
            operation.since,
            f"awaits {operation.awaits}" if operation.awaits else "served",
            operation.basis,
        )
        for operation in operations
    ]
    return markdown_table(("Operation", "Process", "Who may call it", "Document", "Since", "Status", "Basis"), rows)


def _steps(contract: Contract, operations: Iterable[Operation]) -> str:
    rows = []
    for operation in operations:
        for move in operation.moves:
            sources = ", ".join(contract.phases[source].name for source in move.sources) or "no claim yet"
            row = (
                move.row,
                f"`{operation.name}`",
                processes_text(move.processes),
                sources,
                move.outcome or "",
                "stays" if move.to == SELF else contract.phases[move.to].name,
            )
            rows.append((*row, _when(move), _claims(move), move.basis))
    return markdown_table(("Step", "Operation", "Process", "Phase", "Outcome", "Next phase", "When", "Claims", "Basis"), rows)


def _when(move: Move) -> str:
    turn = f"in the {WHO[move.turn]}'s turn: " if move.turn else ""
    return f"{turn}{move.when}{f'; then it is the turn of the {WHO[move.acts]}' if move.acts else ''}"


def _claims(move: Move) -> str:
    old = next((walks.not_reachable(process) for process in move.processes if is_old(process, move.releases)), "")
    return "; ".join(filter(None, (releases_text(move.releases), old)))


def _phases(contract: Contract, process: str) -> str:
    graph = phase_graph(contract, process)
    rows = []
    for phase in sorted(graph.phases, key=lambda phase: graph.stages.index(phase.stage)):
        who = "; ".join(filter(None, (acts_text(phase) if phase.acts else "", graph.turns.get(phase.id))))
        row = (phase.name, f"`{phase.id}`", stage_title(phase.stage)[0], who, _limit(graph, phase))
        rows.append((*row, releases_text(phase.releases), _ways(graph, phase), phase.basis))
    head = ("Phase", "Id", "Stage", "Who acts", "Time limit", "Claims", "Steps from here", "Basis (of id, of name)")
    picture = f"![The phases and the steps between them](docs/phases-{process}.svg)"
    return f"{picture}\n\n{markdown_table(head, rows)}"


def _limit(graph: Graph, phase: Phase) -> str:
    if phase.clock:
        return ", ".join(filter(None, (f"{phase.clock}: {graph.limits[phase.clock]}", graph.longer[phase.clock])))
    return f"gone {phase.vanishes_after} days after coming here" if phase.vanishes_after else ""


def _ways(graph: Graph, phase: Phase) -> str:
    if phase.end:
        return "**end**"
    ways: dict[str, list[str]] = {}
    for arrow in graph.arrows:
        if phase.id in arrow.sources:
            ways.setdefault(f"`{arrow.operation}`" if arrow.operation else "time limit passed", []).append(arrow.row)
    return ", ".join(f"{way} ({', '.join(dict.fromkeys(numbers))})" for way, numbers in ways.items())


def _clocks(contract: Contract) -> str:
    rows = []
    for clock in contract.clocks.values():
        for variant in clock.variants:
            end = f"{clock.row}: {contract.phases[clock.expires_to].name}"
            row = (variant.row, clock.name, processes_text(variant.processes), variant.applies, _days(variant), variant.counted_from)
            warning = f"{clock.days_left_warning} days left" if clock.days_left_warning else "none"
            rows.append((*row, end, warning, f"{variant.basis}; {clock.row}: {clock.basis}"))
    text = "The day on which a limit falls is worked out when the document is sent, with the calendar known then, and does not change afterwards."
    return f"{text}\n\n" + markdown_table(
        ("Limit", "Clock", "Process", "For", "Business days", "Counted from", "When it has passed", "Warning", "Basis"), rows
    )


def _days(variant: ClockVariant) -> str:
    return f"{variant.days} ({variant.extended_days} when extended)" if variant.extended_days else str(variant.days)


def _tests(contract: Contract, walked: walks.Walks) -> str:
    text = (
        f"Tests over the wire, as they wrote it down themselves ([all of them]({walks.FILE.as_posix()})); here stand the two that walk the fewest"
        " rows. Beside them `tests/operations/test_every_move.py` makes and refuses each row in each release, and random walks go any way there is."
    )
    head = ("Step", "Made by", *(PROCESS_NAMES[process] for process in PROCESSES))
    return f"{text}\n\n{markdown_table(head, walks.section(contract, walked))}"
