"""Everything known about one operation or one phase, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway.contract.graph import CLOCK, PROCESS_NAMES, START, WHO, Arrow, acts_text, phase_graph, releases_text, stage_title
from gateway.contract.model import SELF, Contract, Move, Operation, Phase
from gateway.contract.page import chapter_title, processes_text
from gateway.xml import schemas
from gateway.xml.wsdl import Field, Message, Wsdl, published

_LABEL = 12


def operation_text(contract: Contract, name: str) -> str:
    """Who may call it, when, where it leads, what it carries."""
    operation = contract.operations[name]
    lines = [
        f"{name} - {chapter_title(operation.chapter)}",
        "",
        _fact("status", f"awaits {operation.awaits}" if operation.awaits else "served"),
        _fact("who", WHO[operation.actor]),
        _fact("process", processes_text(operation.processes)),
        _fact("since", operation.since),
        _fact("basis", operation.basis),
        *_document(operation),
    ]
    if operation.moves:
        lines += ["", "steps"]
        lines += [line for move in operation.moves for line in _step(contract, move)]
    for kind in ("request", "response"):
        for services, shape in _shapes(contract, name, kind):
            lines += ["", f"{kind} ({', '.join(services)})", *shape]
    return "\n".join(lines)


def phase_text(contract: Contract, name: str) -> str:
    """What it is, what can be called in it, how a claim gets there."""
    phase = contract.phases[name]
    lines = [
        f"{name} - {phase.name}",
        "",
        _fact("stage", ": ".join(filter(None, stage_title(phase.stage)))),
        _fact("process", processes_text(phase.processes)),
        _fact("who acts", "nobody, the claim has ended" if phase.end else _acts(contract, phase)),
    ]
    if claims := releases_text(phase.releases):
        lines.append(_fact("claims", claims))
    if phase.clock is not None:
        clock = contract.clocks[phase.clock]
        lines.append(_fact("limit", f"{phase.clock}; when it has passed: {clock.expires_to} ({clock.row})"))
        for variant in clock.variants:
            if set(variant.processes) & set(phase.processes):
                lines += [_fact("", f"{variant.row}  {variant.days} business days from {variant.counted_from} ({variant.applies})")]
    if phase.vanishes_after is not None:
        lines.append(_fact("limit", f"gone {phase.vanishes_after} days after coming here"))
    lines.append(_fact("basis", f"{phase.basis} (of the id, of the name)"))
    for process in phase.processes:
        arrows = phase_graph(contract, process).arrows
        out = [arrow for arrow in arrows if name in arrow.sources]
        into = [arrow for arrow in arrows if name == arrow.target and arrow.sources != (name,)]
        lines += ["", f"{PROCESS_NAMES[process]}: what can happen here"]
        lines += [f"  {_way(arrow)} -> {arrow.target}" for arrow in out] or ["  nothing"]
        lines += [f"{PROCESS_NAMES[process]}: how a claim gets here"]
        lines += [f"  {_way(arrow)} <- {', '.join(_name(source) for source in arrow.sources)}" for arrow in into]
    return "\n".join(lines)


def _acts(contract: Contract, phase: Phase) -> str:
    turns = phase_graph(contract, phase.processes[0]).turns
    return "; ".join(filter(None, (acts_text(phase), turns.get(phase.id))))


def _fact(label: str, text: str) -> str:
    return f"{label:{_LABEL}}{text}".rstrip()


def _document(operation: Operation) -> Iterator[str]:
    which = [(process, release) for process in operation.processes for release in schemas.releases(process) if operation.name in release.messages]
    if which:
        yield _fact("document", f"{operation.payload or 'in the reply'}, valid against the schema of the claim's release:")
    for process, release in which:
        schema = release.messages[operation.name]
        root = schemas.schema_named(process, schema).root_name
        yield _fact("", f"{f'{PROCESS_NAMES[process]} {release.name}':10}schemas/{process}/{schema}.xsd ({root})")


def _step(contract: Contract, move: Move) -> Iterator[str]:
    sources = ", ".join(move.sources) or _name(START)
    outcome = f" - {move.outcome}" if move.outcome else ""
    yield f"  {move.row}  {sources}{outcome} -> {'the same' if move.to == SELF else move.to}"
    turn = f"in the {WHO[move.turn]}'s turn" if move.turn else ""
    then = f"then it is the turn of the {WHO[move.acts]}" if move.acts else ""
    yield f"      {'; '.join(filter(None, (processes_text(move.processes), releases_text(move.releases), turn, f'when: {move.when}', then)))}"
    yield f"      basis: {move.basis}"


def _way(arrow: Arrow) -> str:
    who = "" if arrow.actor == CLOCK else f" ({WHO[arrow.actor]})"
    claims = releases_text(arrow.releases)
    return f"{arrow.row}  {arrow.label}{who}{f' - {arrow.outcome}' if arrow.outcome else ''}{f', claims {claims}' if claims else ''}"


def _name(phase: str) -> str:
    return phase or "no claim yet"


def _shapes(contract: Contract, name: str, kind: str) -> Iterable[tuple[list[str], tuple[str, ...]]]:
    """Each shape of a message with the services that have it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for service in contract.services.values():
        wsdl = published(service.wsdl)
        messages: Mapping[str, Message] = wsdl.requests if kind == "request" else wsdl.responses
        if name in messages:
            shape = (f"  {messages[name].element}", *(line for field in messages[name].fields for line in _field(wsdl, field, 2)))
            found.setdefault(shape, []).append(service.name)
    return [(services, shape) for shape, services in found.items()]


def _field(wsdl: Wsdl, field: Field, depth: int, within: tuple[str, ...] = ()) -> Iterator[str]:
    many = f"{field.minimum}..n" if field.many else f"{field.minimum}..1" if not field.minimum else ""
    notes = ", ".join(filter(None, (field.type, many, "nillable" if field.nillable else "", "|".join(wsdl.enums.get(field.type, ())))))
    yield f"{'  ' * depth}{field.name}  {notes}"
    if field.type in wsdl.types and field.type not in within:
        for child in wsdl.types[field.type]:
            yield from _field(wsdl, child, depth + 1, (*within, field.type))
