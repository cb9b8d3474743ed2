"""What a sandbox begins with: invented organisations, hospitals and an insurer index."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from gateway.clock import Moment
from gateway.resources import folder
from gateway.store import directory, hospitals, insurer_index

PEOPLE = "organisations, branches, users and identities"


def directory_file() -> Path:
    """The demo directory."""
    return folder("fixtures") / "directory" / "demo.toml"


def seed(connection: Connection, moment: Moment) -> dict[str, int]:
    """Put in what is not there yet; how many rows of what. What is there stays as it is."""
    return {
        PEOPLE: directory.seed(connection, directory_file()),
        "hospitals": hospitals.seed(connection, directory_file().with_name("hospitals.csv")),
        "insurer index": insurer_index.seed(connection, directory_file().with_name("insurer-index.csv"), moment),
    }
