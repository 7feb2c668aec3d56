"""Counters that several processes share: never over the limit, and an unusable file is no limit at all."""

from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import Answered, UsageStore

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-11-25"


def test_processes_together_never_pass_the_limit(tmp_path: Path) -> None:
    directory = tmp_path / ".phantang" / "usage"
    script = f"""
from pathlib import Path
from phantang.store import UsageStore
store = UsageStore(Path({str(directory)!r}))
print(sum(store.count_lookup("a", {DAY!r}, 25) for _ in range(15)))
"""
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    counted = [int(process.communicate(timeout=120)[0]) for process in running]
    assert sum(counted) == 25
    assert UsageStore(directory).lookups("a", DAY) == 25


def test_days_and_subjects_are_counted_apart(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    assert store.count_lookup("a", DAY, 1)
    assert not store.count_lookup("a", DAY, 1)
    assert store.count_lookup("b", DAY, 1)
    assert store.count_lookup("a", "2026-11-26", 1)


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    store.count_lookup("a", DAY, 1)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.directory.stat().st_mode) == 0o700


def test_a_damaged_file_counts_nothing(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    store.count_lookup("a", DAY, 5)
    store.path.write_bytes(b"not a database" * 100)
    with pytest.raises(WorkspaceError) as caught:
        store.count_lookup("a", DAY, 5)
    assert caught.value.code == "usage_unusable"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / ".phantang").write_text("", encoding="utf-8")
    with pytest.raises(WorkspaceError) as caught:
        UsageStore(tmp_path / ".phantang" / "usage").count_lookup("a", DAY, 5)
    assert caught.value.code == "usage_unusable"


def test_each_of_two_answers_sees_the_other(tmp_path: Path) -> None:
    store = UsageStore(tmp_path / ".phantang" / "usage")
    assert store.remember("a", "s", Answered("1", "x")) == (True, ())
    assert store.remember("a", "s", Answered("2", "y")) == (True, (Answered("1", "x"),))
    assert store.remember("b", "s", Answered("1", "x")) == (True, ())
    store.forget("a", "s", "2")
    assert store.remember("a", "s", Answered("3", "z")) == (True, (Answered("1", "x"),))


def test_the_same_asked_while_it_is_compared_is_compared_too(tmp_path: Path) -> None:
    # Or the second of two would be answered before the first is refused, and so would one asked after a crash.
    store, answer = UsageStore(tmp_path / ".phantang" / "usage"), Answered("1", "x")
    assert store.remember("a", "s", answer) == (True, ())
    assert store.remember("a", "s", answer) == (True, ())
    store.confirm("a", "s", answer)
    assert store.remember("a", "s", answer) == (False, ())
    store.forget("a", "s", "1")  # by the other one, which was stopped
    assert store.remember("a", "s", Answered("2", "y")) == (True, (answer,))
    assert store.remember("b", "s", answer) == (True, ())
