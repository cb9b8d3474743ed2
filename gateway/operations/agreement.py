"""Whether the table, the handlers, the schemas and the releases tell the same story. Asked at every start: a gateway of two minds must not serve.

That the WSDL names the same operations and payload elements is checked where the services are made of both (gateway/soap/services.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import product

from gateway.contract.model import PROCESSES, RELEASES, SELF, Contract, Move, Operation, release_number
from gateway.xml import schemas

REPLY_DOCUMENTS = frozenset({"getClaim"})  # has a schema per release too, for what it answers


class Disagreement(ValueError):
    """Table, handlers, schemas or releases contradict each other; one line for each place."""


def check(contract: Contract, handlers: Collection[str]) -> None:
    """Raise Disagreement unless everything served can be served as the table says."""
    found = dict.fromkeys((*_handlers(contract, handlers), *_phases(contract), *_doubles(contract), *_documents(contract)))
    if found:
        raise Disagreement("The contract does not hold together:\n" + "\n".join(f"- {line}" for line in found))


def exists_in(operation: Operation, release: str) -> bool:
    """Whether a release has the operation; one that came with a generation of services instead is in all."""
    return operation.since not in RELEASES or release_number(operation.since) <= release_number(release)


def _handlers(contract: Contract, handlers: Collection[str]) -> Iterator[str]:
    for name in handlers:
        operation = contract.operations.get(name)
        if operation is None:
            yield f"{name} has a handler and is not in the table"
        elif operation.awaits:
            yield f"{name} has a handler, and {operation.chapter}.toml says that it awaits {operation.awaits}"
    for operation in contract.operations.values():
        if operation.awaits or operation.name in handlers:
            continue
        decided = ", ".join(move.row for move in operation.moves if move.outcome is not None)
        if not operation.moves:
            yield f"{operation.name} ({operation.chapter}.toml) is served, moves nothing and has no handler to answer it"
        elif decided:
            yield f"{operation.name} ({operation.chapter}.toml) has no handler to decide the outcomes of {decided}"


def _phases(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for move in operation.moves:
            for process in move.processes:
                yield from _move(contract, operation, move, process)
    for phase in contract.phases.values():
        if phase.clock is None:
            continue
        clock = contract.clocks[phase.clock]
        for process in phase.processes:
            if process not in contract.phases[clock.expires_to].processes:
                yield f"clock {clock.name} leads from {phase.id} to {clock.expires_to}, which {process} does not have"
            if not any(process in variant.processes for variant in clock.variants):
                yield f"clock {clock.name} runs in {phase.id} and has no length in {process}"


def _move(contract: Contract, operation: Operation, move: Move, process: str) -> Iterator[str]:
    where = f"{operation.name} {move.row} ({operation.chapter}.toml)"
    known = {phase.id for phase in contract.phases.values() if process in phase.processes}
    if move.to == SELF:
        return
    if move.to not in known:
        yield f"{where} leads to {move.to}, which {process} does not have"
        return
    if move.sources and not known.intersection(move.sources):
        yield f"{where} starts from {', '.join(move.sources)}; {process} has none of them"
    target = contract.phases[move.to]
    for release in RELEASES:
        if release in move.releases and exists_in(operation, release) and release not in target.releases:
            yield f"{where} leads to {target.id}, which release {release} does not have"
            break


def _doubles(contract: Contract) -> Iterator[str]:
    """One outcome must lead to one place."""
    for process, release in product(PROCESSES, RELEASES):
        for operation in contract.of_process(process):
            told: dict[tuple[str, str | None, str | None], str] = {}
            for move in operation.moves:
                if process in move.processes and release in move.releases:
                    for source in move.sources or ("",):
                        other = told.setdefault((source, move.outcome, move.turn), move.row)
                        if other != move.row:
                            yield f"{operation.name} ({operation.chapter}.toml): {other} and {move.row} are both for {source or 'no claim'} in {process}"


def _documents(contract: Contract) -> Iterator[str]:
    for process in PROCESSES:
        names = frozenset(schemas.schema_names(process))
        for release in schemas.releases(process):
            expected = {one.name for one in contract.of_process(process) if one.payload and exists_in(one, release.name)} | REPLY_DOCUMENTS
            for name in sorted(expected.symmetric_difference(release.messages)):
                has = (
                    "no schema, and the table says that it has a document" if name in expected else "a schema, and the table knows no document of it"
                )
                yield f"{name} in release {release.name} of {process} (releases.toml) has {has}"
            for name, schema in release.messages.items():
                if schema not in names:
                    yield f"{name} in release {release.name} of {process}: there is no {schema}.xsd"
