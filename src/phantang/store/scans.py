"""What scans of one source found so far: a file of JSON lines that a crash can cut short and no crash can spoil.

One line a table, appended as soon as it is done; the next scan takes what is still true from there. Lines hold digests,
counts and rule ids, never a value. When a scan ends, the file is written anew in one step.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from phantang.model.errors import WorkspaceError
from phantang.store.files import locked, make_state_folder, replace_file, write_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

#: Seconds after which the tables of a scan that never ended are read again, if nothing shows that they are unchanged.
INTERRUPTED_FOR = 24 * 3600.0
#: Seconds to wait for another scan of the same source.
PATIENCE = 2.0


class ScanState:
    """The remembered tables of one source, by `schema.table`. Entries are JSON objects with at least `table`.

    An entry with `lasting` is remembered until it is replaced. Another one is good only for going on with a scan that
    did not end. `interrupted` tells whether the last scan did not end.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: dict[str, dict[str, Any]] = {}
        self.interrupted = False

    @classmethod
    @contextmanager
    def open(cls, folder: Path, source: str, *, forget: bool = False) -> Iterator[ScanState]:
        """Open the state of `source` in `folder` for one scan alone, without its entries if `forget`.

        Raises `WorkspaceError` `state_busy` while another scan of the source runs, `workspace_unwritable`.
        """
        try:
            make_state_folder(folder)
            with locked(folder / f"{source}.lock", WorkspaceError, seconds=PATIENCE):
                state = cls(folder / f"{source}.jsonl")
                if forget:
                    replace_file(state._path, b"", durable=False)
                else:
                    state._load()
                # A blank line first: what a crash cut short stays a line of its own.
                state._append(b"\n" + _line({"begin": time.time()}))
                yield state
        except OSError as error:
            raise WorkspaceError("workspace_unwritable", path=folder, reason=error) from None

    def record(self, entry: dict[str, Any]) -> None:
        """Remember a table now: what is recorded survives the end of this process, however it comes."""
        self.entries[entry["table"]] = entry
        self._append(_line(entry))

    def finish(self, present: Collection[str]) -> None:
        """Say that the scan came to its end; forget tables that are not `present` any more."""
        kept = {table: one for table, one in self.entries.items() if one["lasting"] and table in present}
        self.entries = kept
        replace_file(self._path, b"".join([*map(_line, kept.values()), _line({"end": time.time()})]), durable=False)

    def _append(self, data: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def _load(self) -> None:
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        begun = 0.0
        for line in lines:
            record = _record(line)
            if "begin" in record:
                # An earlier scan that never ended is gone on with once, and while that is not long ago.
                self.interrupted, begun = True, float(record["begin"])
            elif "end" in record:
                self.interrupted = False
            elif isinstance(record.get("table"), str) and isinstance(record.get("lasting"), bool):
                self.entries[record["table"]] = {**record, "begun": begun}
        usable = time.time() - INTERRUPTED_FOR
        self.entries = {
            table: one
            for table, one in self.entries.items()
            if one["lasting"] or (self.interrupted and one["begun"] > usable)
        }


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:  # cut short, or not ours
        return {}
    return record if isinstance(record, dict) else {}
