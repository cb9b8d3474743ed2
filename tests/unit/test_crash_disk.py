"""The full disk of the crash harness: what it says where it cannot be tried, and what it finds wrong."""

from __future__ import annotations

import io
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bench.crash_clients import BROKEN, ERROR, OK
from bench.crash_compare import Verdict
from bench.crash_disk import Filled, show, small_disk
from bench.crash_servers import NotRun

SAID = "The store cannot be reached at the moment; try again later."


def test_where_nothing_can_be_mounted_it_says_what_was_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(command: list[str], **_: Any) -> None:
        if command[0] == "mkfs.ext4":
            raise FileNotFoundError("No such file or directory: 'mkfs.ext4'")
        raise subprocess.CalledProcessError(32, command, stderr="mount: permission denied\n")

    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(NotRun) as told, small_disk(tmp_path / "disk", 1 << 20):
        pass
    text = str(told.value)
    assert text.startswith("A full disk cannot be tried here")
    assert f"mount -t tmpfs -o size=1048576,mode=0755 tmpfs {tmp_path}/disk: mount: permission denied." in text
    assert "mkfs.ext4 -q -m 0" in text
    assert "No such file or directory" in text


def test_a_file_is_mounted_where_memory_cannot_be_and_unmounted_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def run(command: list[str], **_: Any) -> None:
        if "tmpfs" in command:
            raise subprocess.CalledProcessError(1, command, stderr="no")
        done.append(command[0])
        if command[0] == "mkfs.ext4":
            assert (tmp_path / "disk.img").stat().st_size == 1 << 20

    monkeypatch.setattr(subprocess, "run", run)
    with small_disk(tmp_path / "disk", 1 << 20) as place:
        assert place.is_dir()
    assert done == ["mkfs.ext4", "mount", "umount"]
    assert not (tmp_path / "disk.img").exists()


def filled(**more: Any) -> Filled:
    counted = {"outcomes": Counter({OK: 3, ERROR: 40}), "messages": Counter({SAID: 41}), "reads": Counter({OK: 6})}
    return Filled("postgresql-data", **{**counted, **more})


def test_what_should_not_have_been_is_seen() -> None:
    assert filled().problems == []
    assert filled(outcomes=Counter({BROKEN: 2})).problems == ["2 calls were not answered while the disk was full"]
    assert filled(messages=Counter({"could not extend file: No space left": 1})).problems[0].startswith("this tells of the inside: ")
    assert filled(reads=Counter({OK: 6, ERROR: 1})).problems == ["reading did not go on: {'Ok': 6, 'Error': 1}"]
    assert filled(verdict=Verdict(lost=["claim 9"])).problems == ["claim 9"]
    log_full = filled(reads=Counter({ERROR: 6}))
    log_full.where = "postgresql-wal"
    assert log_full.problems == [], "without its log PostgreSQL ends itself"


def test_what_is_told_in_the_end() -> None:
    console = Console(file=io.StringIO(), width=200)
    show(filled(recovery=0.5, seconds=3.25, ended=True, verdict=Verdict(oks=1234)), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for line in ("Full for 3.2 s. Changes meanwhile: 3 Ok, 0 Failure, 40 Error, 0 no answer. Lists: 6 Ok.", f"Error 41 times: {SAID}"):
        assert line in text
    assert "Next Ok 0.50 s after there was room, without a restart of the gateway. PostgreSQL had ended itself" in text
    assert "1,234 Oks compared: 0 lost, 0 doubled or unsent, 0 problems." in text
