"""The ledger on disk: receipts, several writers, and what it refuses."""

from __future__ import annotations

import errno
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from phantang.ledger import Checkpoint, Line, verify_ledger
from phantang.model.errors import LedgerError, PhantangError, WorkspaceError
from phantang.model.request import Receipt
from phantang.store import KeyFolder, LedgerStore

WRITER = Path(__file__).with_name("writer.py")
BODY = {"requested_by": "xa-ba-dinh", "purpose": "L2", "lý do": "tra cứu một công dân"}


def open_ledger(folder: Path) -> LedgerStore:
    return LedgerStore(folder / ".phantang" / "ledger", KeyFolder(folder / ".phantang" / "keys"))


def code_of(ledger: LedgerStore) -> str:
    with pytest.raises(PhantangError) as caught:
        ledger.append("intent", BODY, "refused")
    return caught.value.code


def test_an_unused_ledger_verifies_and_writes_nothing(ledger: LedgerStore, tmp_path: Path) -> None:
    assert ledger.verify().ok
    assert list(ledger.entries()) == []
    assert list(tmp_path.iterdir()) == []


def test_append_returns_what_a_receipt_needs(ledger: LedgerStore) -> None:
    for index in range(5):
        done = ledger.append("intent", BODY, f"d-{index}")
        assert (done.index, done.tree_size) == (index, index + 1)
        receipt = Receipt(
            f"d-{index}", done.index, done.entry_hash, done.root_hash, done.tree_size, done.checkpoint, "c", "p"
        )
        assert ledger.verify(receipt).ok
    assert [entry.decision_id for entry in ledger.entries()] == [f"d-{index}" for index in range(5)]
    assert [entry.index for entry in ledger.find("d-3")] == [3]
    assert [entry.index for entry in ledger.find("d-")] == [0, 1, 2, 3, 4]
    assert ledger.find("-3") == ()
    assert ledger.entry(3) == ledger.find("d-3")[0]
    assert ledger.entry(5) is None


def test_reopening_continues_the_same_tree(ledger: LedgerStore, tmp_path: Path) -> None:
    pins = []
    for _ in range(9):
        note = open_ledger(tmp_path).append("scan", BODY).checkpoint
        pins.append(Checkpoint.parse(note))
    assert all(open_ledger(tmp_path).verify(pin).ok for pin in pins)


def test_proofs_hold_for_an_outsider(ledger: LedgerStore, tmp_path: Path) -> None:
    for index in range(7):
        ledger.append("intent", BODY, f"d-{index}")
    public = KeyFolder(tmp_path / ".phantang" / "keys").verifier()
    assert public is not None
    for index in range(7):
        assert ledger.prove(index).verify(public).size == 7
    for index in (-1, 7):
        with pytest.raises(LedgerError) as caught:
            ledger.prove(index)
        assert caught.value.code == "ledger_entry_not_found"


def test_a_body_that_is_no_json_leaves_no_trace(ledger: LedgerStore) -> None:
    ledger.append("scan", BODY)
    with pytest.raises(LedgerError) as caught:
        ledger.append("scan", {"v": {1, 2}})
    assert caught.value.code == "ledger_entry_invalid"
    assert ledger.verify().entries == 1


# Several writers.


def start_writer(folder: Path, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, WRITER, "append", folder, str(count)])


def test_four_processes_append_to_one_ledger(ledger: LedgerStore, tmp_path: Path) -> None:
    workers = [start_writer(tmp_path, 50) for _ in range(4)]
    assert [worker.wait(120) for worker in workers] == [0] * 4
    result = ledger.verify()
    assert (result.ok, result.entries, result.size) == (True, 200, 200)
    by_worker: dict[str, list[int]] = {}
    for entry in ledger.entries():
        worker_id, _, number = (entry.decision_id or "").partition("-")
        by_worker.setdefault(worker_id, []).append(int(number))
    assert sorted(by_worker.values()) == [list(range(50))] * 4


def test_threads_share_one_store(ledger: LedgerStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda n: ledger.append("intent", BODY, f"d-{n}").index, range(40)))
    assert sorted(done) == list(range(40))
    assert ledger.verify().ok


@pytest.mark.parametrize("moment", [0.15, 0.3, 0.45])
def test_killed_while_appending(ledger: LedgerStore, tmp_path: Path, moment: float) -> None:
    worker = start_writer(tmp_path, 100_000)
    while not (ledger.directory / "entries.jsonl").exists() and worker.poll() is None:
        time.sleep(0.005)
    time.sleep(moment)
    assert worker.poll() is None
    worker.kill()
    worker.wait(30)
    before = ledger.verify().entries
    ledger.append("scan", BODY)
    result = ledger.verify()
    assert result.ok
    assert result.entries in (before + 1, before + 2), "one more for a recovery, if a line was torn"


# What a crash leaves behind.


def filled(ledger: LedgerStore, count: int = 4) -> Path:
    for index in range(count):
        ledger.append("intent", BODY, f"d-{index}")
    return ledger.directory


@pytest.mark.parametrize("torn", [b'{"entry":{"bo', b"\0" * 300, b'{"entry":{"body"' + b"\0" * 50 + b"\n"])
def test_a_torn_line_is_set_aside_and_recorded(ledger: LedgerStore, torn: bytes) -> None:
    folder = filled(ledger)
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(torn)
    assert not ledger.verify().ok
    assert ledger.append("intent", BODY, "next").index == 5
    assert ledger.verify().ok
    recovery = list(ledger.entries())[4]
    assert recovery.kind == "recovery"
    assert recovery.body["bytes"] == len(torn)
    assert (folder / recovery.body["file"]).read_bytes() == torn


@pytest.mark.parametrize("lost", [("checkpoint",), ("tree.json",), ("checkpoint", "tree.json")])
def test_a_synced_entry_is_kept_when_the_rest_is_behind(ledger: LedgerStore, lost: tuple[str, ...]) -> None:
    folder = filled(ledger, 2)
    old = {name: (folder / name).read_bytes() for name in lost}
    filled(ledger, 3)
    for name, data in old.items():
        (folder / name).write_bytes(data)
    assert ledger.verify().ok
    assert ledger.append("intent", BODY, "next").index == 5
    assert ledger.verify().ok
    assert {entry.kind for entry in ledger.entries()} == {"intent"}


@pytest.mark.parametrize("content", [b"", b"\0" * 64])
def test_files_emptied_by_a_power_failure_are_rebuilt(ledger: LedgerStore, content: bytes) -> None:
    folder = filled(ledger)
    (folder / "tree.json").write_bytes(content)
    (folder / "checkpoint").write_bytes(content)
    assert ledger.append("intent", BODY, "next").index == 5
    assert ledger.verify().ok
    assert list(ledger.entries())[4].body == {"what": "checkpoint_lost", "size": 4}


# What nothing but tampering leaves behind: nothing may run.


def test_a_flipped_byte_is_located(ledger: LedgerStore) -> None:
    entries = filled(ledger) / "entries.jsonl"
    lines = entries.read_bytes().splitlines(keepends=True)
    data = bytearray(entries.read_bytes())
    data[len(lines[0]) + len(lines[1]) + 30] ^= 1
    entries.write_bytes(data)
    assert [(problem.code, problem.entry) for problem in ledger.verify().problems] == [("ledger_entry_altered", 2)]
    with pytest.raises(LedgerError) as caught:
        list(ledger.entries())
    assert caught.value.code == "ledger_line_damaged"


def test_an_altered_last_entry_stops_everything(ledger: LedgerStore) -> None:
    entries = filled(ledger) / "entries.jsonl"
    data = entries.read_bytes()
    entries.write_bytes(data[:-300] + bytes([data[-300] ^ 1]) + data[-299:])
    assert code_of(ledger) == "ledger_tampered"
    assert entries.stat().st_size == len(data)


def test_a_dropped_last_entry_stops_everything(ledger: LedgerStore) -> None:
    folder = filled(ledger)
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "entries.jsonl").write_bytes(b"".join(lines[:3]))
    assert code_of(ledger) == "ledger_tampered"
    (folder / "tree.json").unlink()
    assert code_of(ledger) == "ledger_tampered"


@pytest.mark.parametrize("tail", [b"garbage\n", b"a\nb", b"\n", b'{"entry":{}}\n'])
def test_lines_after_the_end_stop_everything(ledger: LedgerStore, tail: bytes) -> None:
    with (filled(ledger) / "entries.jsonl").open("ab") as file:
        file.write(tail)
    assert code_of(ledger) == "ledger_tampered"


def test_an_entry_appended_without_the_key_stops_everything(ledger: LedgerStore, tmp_path: Path) -> None:
    folder = filled(ledger)
    other = open_ledger(tmp_path / "other")
    (tmp_path / "other").mkdir()
    for index in range(5):
        other.append("intent", BODY, f"d-{index}")
    foreign = (other.directory / "entries.jsonl").read_bytes().splitlines(keepends=True)[4]
    assert Line.read(foreign).sound()
    with (folder / "entries.jsonl").open("ab") as file:
        file.write(foreign)
    assert code_of(ledger) == "ledger_tampered"


@pytest.mark.parametrize("name", ["checkpoint", "entries.jsonl"])
def test_a_missing_file_stops_everything(ledger: LedgerStore, name: str) -> None:
    (filled(ledger) / name).unlink()
    assert code_of(ledger) == "ledger_tampered"
    assert not ledger.verify().ok


def test_a_removed_ledger_is_not_begun_anew(ledger: LedgerStore) -> None:
    shutil.rmtree(filled(ledger))
    assert code_of(ledger) == "ledger_tampered"
    assert not ledger.verify().ok


@pytest.mark.parametrize("change", ["size", "far", "frontier", "last", "end"])
def test_an_edited_tree_is_never_believed(ledger: LedgerStore, change: str) -> None:
    tree = filled(ledger) / "tree.json"
    text = tree.read_text()
    edited = {
        "size": text.replace('"size": 4', '"size": 7'),
        "frontier": re.sub(r"\[\"....", '["0000', text),
        "far": text.replace('"last": ', '"last": 1'),
        "last": re.sub(r'"last": \d+', '"last": 0', text),
        "end": text.replace('"end": ', '"end": 9'),
    }[change]
    assert edited != text
    tree.write_text(edited)
    if change in ("size", "far"):
        # It contradicts itself, so it is a lost one: rebuilt from the sealed lines.
        assert ledger.append("intent", BODY, "next").index == 4
        assert ledger.verify().ok
    else:
        assert code_of(ledger) == "ledger_tampered"
        assert ledger.verify().entries == 4


def test_a_checkpoint_of_another_ledger_stops_everything(ledger: LedgerStore, tmp_path: Path) -> None:
    folder = filled(ledger)
    (tmp_path / "other").mkdir()
    other = open_ledger(tmp_path / "other")
    other.append("scan", BODY)
    shutil.copy(other.directory / "checkpoint", folder / "checkpoint")
    assert code_of(ledger) == "ledger_tampered"


def test_another_history_of_the_same_length_stops_everything(ledger: LedgerStore) -> None:
    folder = filled(ledger)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ledger.append("intent", BODY, "one")
    told = (folder / "checkpoint").read_bytes()
    for name, content in before.items():
        (folder / name).write_bytes(content)
    ledger.append("intent", BODY, "other")  # a copy that was put back knows nothing of the one
    (folder / "checkpoint").write_bytes(told)
    assert code_of(ledger) == "ledger_tampered"


# Keys.


@pytest.mark.parametrize("left", ["checkpoint", "entries.jsonl"])
def test_a_ledger_without_its_keys_is_not_begun_anew(ledger: LedgerStore, tmp_path: Path, left: str) -> None:
    folder = filled(ledger)
    shutil.rmtree(tmp_path / ".phantang" / "keys")
    for path in folder.iterdir():
        if path.name != left:
            path.unlink()
    content = (folder / left).read_bytes()
    assert code_of(ledger) == "key_missing"
    assert (folder / left).read_bytes() == content


def test_a_lost_key_is_never_replaced(ledger: LedgerStore, tmp_path: Path) -> None:
    filled(ledger)
    (tmp_path / ".phantang" / "keys" / "ledger.key").unlink()
    with pytest.raises(LedgerError) as caught:
        ledger.append("scan", BODY)
    assert caught.value.code == "key_missing"
    assert ledger.verify().ok, "verifying needs the public key only"


def test_an_exchanged_key_stops_everything(ledger: LedgerStore, tmp_path: Path) -> None:
    filled(ledger)
    (tmp_path / "other").mkdir()
    open_ledger(tmp_path / "other").append("scan", BODY)
    shutil.copy(tmp_path / "other/.phantang/keys/ledger.key", tmp_path / ".phantang/keys/ledger.key")
    with pytest.raises(WorkspaceError) as caught:
        ledger.append("scan", BODY)
    assert caught.value.code == "key_mismatch"


# Disks that do not take it.


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes: what a full disk does, for root too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_no_half_line(ledger: LedgerStore) -> None:
    entries = filled(ledger) / "entries.jsonl"
    before = entries.read_bytes()
    with file_size_limit(len(before) + 100), pytest.raises(LedgerError) as caught:
        ledger.append("intent", BODY, "too much")
    assert caught.value.code == "ledger_unwritable"
    assert caught.value.params["reason"] == errno.errorcode[errno.EFBIG]
    assert entries.read_bytes() == before
    assert ledger.append("intent", BODY, "again").index == 4
    assert ledger.verify().ok


def test_a_disk_full_after_the_entry_keeps_the_entry(ledger: LedgerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(ledger)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("phantang.store.ledger_files.replace_file", refuse)
        assert code_of(ledger) == "ledger_unwritable"
    assert ledger.verify().ok
    assert ledger.append("intent", BODY, "next").index == 5
    assert [entry.decision_id for entry in ledger.entries()][-2:] == ["refused", "next"]
    assert not list(folder.glob("torn-*"))


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / ".phantang").write_text("")
    assert code_of(open_ledger(tmp_path)) == "ledger_unwritable"


def test_a_link_in_place_of_the_entries_is_not_followed(ledger: LedgerStore, tmp_path: Path) -> None:
    folder = filled(ledger)
    (folder / "entries.jsonl").rename(tmp_path / "elsewhere")
    (folder / "entries.jsonl").symlink_to(tmp_path / "elsewhere")
    assert code_of(ledger) == "ledger_unwritable"


def test_verification_reads_line_by_line_and_survives_a_monster(ledger: LedgerStore, tmp_path: Path) -> None:
    entries = filled(ledger) / "entries.jsonl"
    with entries.open("ab") as file:
        file.truncate(entries.stat().st_size + 64 * 1024 * 1024)
    result = ledger.verify()
    assert not result.ok
    assert result.problems[0].entry == 4
    assert code_of(ledger) == "ledger_tampered"


def test_an_auditor_needs_three_files_and_no_store(ledger: LedgerStore, tmp_path: Path) -> None:
    folder = filled(ledger)
    public = KeyFolder(tmp_path / ".phantang" / "keys").verifier()
    assert public is not None
    with (folder / "entries.jsonl").open("rb") as lines:
        assert verify_ledger(lines, (folder / "checkpoint").read_text(), public).ok
