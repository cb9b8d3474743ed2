"""Checks on the whiplash tariff in the packs (road traffic, from release 7), beyond the schemas."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.domain.money import TARIFF
from gateway.domain.rules.packs_common import Pack
from gateway.domain.rules.read import finding, flag
from gateway.errors import Finding
from gateway.xml.node import Node

_UPLIFT, _PERCENT, _NOTE = "@ExcepCircumstancesUplift", "@ExcepCircumstancesUpliftPerc", "@ExcepCircumstancesUpliftNote"
_NONE = "0"
_REQUIRED = ("@TariffType", "@SelectDurationOfTheInjury")


def fields(pack: Pack) -> Iterator[Finding]:
    """V9: a tariff head (16) says its type and duration (I); any other head says nothing of the tariff (I), or 0, which is nothing (U)."""
    for node in pack.nodes:
        if node.get("@LossType") == TARIFF:
            for path in _REQUIRED:
                if node.get(path) is None:
                    yield finding(node, path, "MustBeProvided", "must be given for the whiplash tariff (LossType 16)")
        else:
            for path in (*_REQUIRED, _UPLIFT, _PERCENT, _NOTE):
                if node.get(path) not in (None, _NONE):
                    yield finding(node, path, "MustNotBeProvided", "must not be given unless LossType is 16")


def uplift_claimed(pack: Pack) -> Iterator[Finding]:
    """V9, C21: an uplift has its percentage, and the claimant's a note why; without uplift there is neither. I"""
    yield from _uplift(pack, (_PERCENT, _NOTE))


def uplift_offered(pack: Pack) -> Iterator[Finding]:
    """V9, C21: an uplift has its percentage; the compensator's has no note. I"""
    yield from _uplift(pack, (_PERCENT,))


def _uplift(pack: Pack, paths: tuple[str, ...]) -> Iterator[Finding]:
    for node in pack.nodes:
        if node.get("@LossType") == TARIFF:
            yield from _one_uplift(node, paths)


def _one_uplift(node: Node, paths: tuple[str, ...]) -> Iterator[Finding]:
    uplift = flag(node, _UPLIFT)
    for path in paths:
        given = node.get(path) is not None
        if uplift and not given:
            yield finding(node, path, "MustBeProvided", "must be given when ExcepCircumstancesUplift is 1")
        if not uplift and given:
            yield finding(node, path, "MustNotBeProvided", "must not be given unless ExcepCircumstancesUplift is 1")
