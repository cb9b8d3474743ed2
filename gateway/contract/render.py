"""The files that are made from the contract table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.contract import walks
from gateway.contract.graph import phase_graph_dot
from gateway.contract.model import PROCESSES, Contract
from gateway.contract.page import operations_markdown
from gateway.contract.picture import phase_graph_svg

__all__ = ["generated", "operations_markdown", "phase_graph_dot", "phase_graph_svg"]


def generated(contract: Contract, repository: Path) -> Mapping[str, str]:
    """Each generated file by its path in the repository. Raises BadWalks."""
    files = {"OPERATIONS.md": operations_markdown(contract, walks.read(repository, contract))}
    for process in PROCESSES:
        files[f"docs/phases-{process}.svg"] = phase_graph_svg(contract, process)
        files[f"docs/phases-{process}.dot"] = phase_graph_dot(contract, process)
    return files
