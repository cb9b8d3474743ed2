"""What the fixtures of these tests give."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from gateway.jobs.work import Done
from gateway.store.claims import Claim

AddClaims = Callable[..., list[Claim]]
Do = Callable[..., dict[str, int]]
Command = Callable[..., subprocess.Popen[str]]


def told(done: tuple[Done, ...]) -> dict[str, int]:
    """What a job did and how often, zeros left out."""
    return {one.what: one.count for one in done if one.count}
