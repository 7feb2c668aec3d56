"""The files of a ledger, and what a crash can leave of them.

    entries.jsonl   the lines, append only; synced before anything else happens
    checkpoint      the newest signed note, replaced in one step
    tree.json       the Merkle frontier and where the last line stands; a cache that the lines can rebuild
    torn-*          what a crash left of a line that was never acknowledged
    lock            held while one process appends

Only `entries.jsonl` is synced at an append. Every line carries its own seal, so the other two files can be behind, or
empty after a power failure, and are brought up from the lines.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phantang.ledger import Checkpoint, Line, Tree
from phantang.ledger.entry import MAX_LINE
from phantang.ledger.note import MAX_NOTE
from phantang.model.errors import LedgerError
from phantang.store.files import replace_file, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from phantang.ledger import Verifier


@dataclass(frozen=True, slots=True)
class State:
    """A tree and where it ends in `entries.jsonl`: the last line is the bytes from `last` to `end`."""

    tree: Tree = field(default_factory=Tree)
    last: int = 0
    end: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the content of `tree.json`."""
        return {**self.tree.to_json(), "last": self.last, "end": self.end}

    @classmethod
    def from_json(cls, value: object) -> State:
        """Return the state of `to_json`. Raises `LedgerError` `ledger_state_invalid`."""
        match value:
            case {"last": int() as last, "end": int() as end} if 0 <= last <= end <= last + MAX_LINE:
                return cls(Tree.from_json(value), last, end)
        raise LedgerError("ledger_state_invalid")

    def grown(self, line: Line, raw: bytes, verifier: Verifier) -> State | None:
        """Return the state after `raw` if it is the genuine next line, else `None`."""
        if not line.sound() or line.index != self.tree.size:
            return None
        tree = self.tree.append(line.leaf)
        if not verifier.accepts(Checkpoint.of(verifier.name, tree).text, line.seal or b""):
            return None
        return State(tree, self.end, self.end + len(raw))


class LedgerFiles:
    """Paths and whole-file operations of one ledger folder. Methods raise `OSError` as the system does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries = folder / "entries.jsonl"
        self.checkpoint = folder / "checkpoint"
        self.tree = folder / "tree.json"
        self.lock = folder / "lock"

    def read_checkpoint(self) -> str | None:
        """Return the note, `None` if there is no file; text that cannot be a note if it is not UTF-8."""
        try:
            with self.checkpoint.open("rb") as file:
                return file.read(MAX_NOTE + 1).decode("utf-8", "replace")
        except FileNotFoundError:
            return None

    def read_state(self) -> State | None:
        """Return the saved state, or `None` if it is missing or was lost half-way."""
        try:
            return State.from_json(json.loads(self.tree.read_bytes()))
        except (FileNotFoundError, ValueError, RecursionError, LedgerError):
            return None

    def save(self, state: State, note: str, *, durable: bool = False) -> None:
        """Replace `tree.json` and `checkpoint`."""
        replace_file(self.tree, json.dumps(state.to_json()).encode(), durable=durable)
        replace_file(self.checkpoint, note.encode(), durable=durable)

    def open_entries(self) -> int:
        """Return a descriptor of `entries.jsonl` for reading and appending, creating the file."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(self.entries, flags, 0o644)

    def set_aside(self, entries: int, state: State, torn: bytes) -> dict[str, Any]:
        """Move `torn`, everything after `state`, to a file of its own; return what to record of it.

        The copy is durable before the original is cut off. After a crash in between, the same name is written again.
        """
        digest = hashlib.sha256(torn).hexdigest()
        copy = self.folder / f"torn-{state.tree.size}-{digest[:16]}"
        replace_file(copy, torn)
        os.ftruncate(entries, state.end)
        os.fdatasync(entries)
        return {"what": "torn_line", "file": copy.name, "bytes": len(torn), "sha256": digest}


def append_line(entries: int, state: State, raw: bytes) -> None:
    """Append `raw` and wait for the disk. If that fails, take back what was written, as far as the disk lets us."""
    try:
        write_all(entries, raw)
        os.fdatasync(entries)
    except OSError:
        with suppress(OSError):
            os.ftruncate(entries, state.end)
        raise


def lines_of(file: BinaryIO, end: int) -> Iterator[bytes]:
    """Yield the lines of `file` up to byte `end`, never more than `MAX_LINE` and one byte at a time."""
    while (left := end - file.tell()) > 0:
        raw = file.readline(min(left, MAX_LINE + 1))
        if not raw:
            return
        yield raw


def is_torn(rest: bytes) -> bool:
    """Tell whether `rest`, what follows the last genuine line, is what a crash leaves of one append.

    One append writes one line. A crash keeps a beginning of it, or leaves blocks of zeros in it; it never makes a
    complete line that is wrong, and never two.
    """
    return b"\n" not in rest[:-1] and (not rest.endswith(b"\n") or b"\0" in rest)
