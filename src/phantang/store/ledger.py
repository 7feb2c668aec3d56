"""The ledger on disk: append with one disk sync, recover from crashes, refuse to go on after tampering."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phantang.ledger import (
    Checkpoint,
    ConsistencyProof,
    Entry,
    InclusionProof,
    Line,
    Tree,
    Verification,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_ledger,
)
from phantang.ledger.canonical import canonical
from phantang.model.errors import LedgerError
from phantang.store.files import locked, make_state_folder
from phantang.store.ledger_files import LedgerFiles, State, append_line, lines_of
from phantang.store.ledger_recovery import recover

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from phantang.ledger import Signer
    from phantang.model.request import Receipt
    from phantang.store.keys import KeyFolder


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an entry went. Hashes are hexadecimal; `checkpoint` is the signed note of the tree that ends with it."""

    index: int
    entry_hash: str
    root_hash: str
    tree_size: int
    checkpoint: str


class LedgerStore:
    """The ledger in `directory`, signed with the key in `keys`. Safe for threads and for processes at once."""

    def __init__(self, directory: Path, keys: KeyFolder) -> None:
        self.directory = directory
        self._files = LedgerFiles(directory)
        self._keys = keys

    def append(self, kind: str, body: Mapping[str, Any], decision_id: str | None = None) -> Appended:
        """Record one event; when this returns, the entry is on disk and signed.

        Costs one disk sync, whatever the length of the ledger. Raises `LedgerError`: `ledger_unwritable`,
        `ledger_tampered`, `ledger_entry_invalid`, `ledger_entry_too_big`, `state_busy`; `WorkspaceError` for a key that
        is missing or unsafe. After any of them nothing may run.
        """
        try:
            make_state_folder(self.directory)
            with locked(self._files.lock, LedgerError):
                signer = self._signer()
                entries = self._files.open_entries()
                try:
                    state, recovered = recover(self._files, entries, signer.verifier)
                    for event in recovered:
                        state, _ = self._write(entries, state, signer, "recovery", event, None)
                    return self._write(entries, state, signer, kind, body, decision_id)[1]
                finally:
                    os.close(entries)
        except OSError as error:
            raise LedgerError("ledger_unwritable", reason=error) from None

    def entries(self) -> Iterator[Entry]:
        """Yield the entries, oldest first, without verifying signatures.

        A half-written last line is left out. Raises `LedgerError`: `ledger_line_damaged`, `ledger_unreadable`.
        """
        for number, line in self._lines():
            yield _sound(number, line)

    def entry(self, index: int) -> Entry | None:
        """Return the entry of a number, `None` if there is none. Raises as `entries`."""
        line = next((line for number, line in self._lines() if number == index), None)
        return _sound(index, line) if line is not None else None

    def find(self, beginning: str) -> tuple[Entry, ...]:
        """Return the entries of decisions whose id begins so, oldest first. Raises as `entries`.

        Only lines that may be theirs are parsed.
        """
        needle = canonical(beginning).removesuffix(b'"')
        found = (_sound(number, line) for number, line in self._lines() if needle in line.data)
        return tuple(entry for entry in found if entry.decision_id and entry.decision_id.startswith(beginning))

    def prove(self, index: int) -> InclusionProof:
        """Return the proof that entry `index` is in the tree of the newest checkpoint.

        Raises `LedgerError`: `ledger_entry_not_found`, `ledger_tampered` if the lines do not make that tree.
        """
        verifier = self._keys.verifier()
        note, leaves, entry = self._note(), list[bytes](), b""
        checkpoint = Checkpoint.verify(note, verifier) if note and verifier else None
        for number, line in self._lines():
            leaves.append(line.leaf)
            entry = line.data if number == index else entry
        size = checkpoint.size if checkpoint else 0
        if note is None or not 0 <= index < min(size, len(leaves)):
            raise LedgerError("ledger_entry_not_found", index=index)
        proof = InclusionProof(index, entry.decode("utf-8", "replace"), inclusion_proof(leaves[:size], index), note)
        try:
            if verifier:
                proof.verify(verifier)
        except LedgerError:
            raise LedgerError("ledger_tampered", what="root") from None
        return proof

    def prove_growth(self, earlier: Checkpoint, checkpoint: str) -> ConsistencyProof:
        """Return the proof that the tree of the signed note `checkpoint` grew from that of `earlier`.

        Raises `LedgerError` `ledger_rolled_back` if `earlier` is of a bigger tree, `ledger_rewritten` if it is of
        another history than the lines here.
        """
        newest = Checkpoint.parse(checkpoint)
        leaves = [line.leaf for _, line in self._lines()][: newest.size]
        if earlier.size > newest.size:
            raise LedgerError("ledger_rolled_back", pinned=earlier.size, size=newest.size)
        path = consistency_proof(leaves, earlier.size) if earlier.size else ()
        proof = ConsistencyProof(earlier.size, earlier.root, path)
        try:
            proof.verify(newest)
        except LedgerError:
            raise LedgerError("ledger_rewritten", pinned=earlier.size) from None
        return proof

    def verify(self, pinned: Checkpoint | Receipt | None = None) -> Verification:
        """Verify every line, offline, against the checkpoint and whatever was `pinned` outside.

        The public key is the one beside the ledger; an auditor who does not trust this disk calls
        `ledger.verify_ledger` with a key of his own. Raises `LedgerError` `ledger_unreadable`, `WorkspaceError` for an
        unreadable public key.
        """
        verifier = self._keys.verifier()
        if verifier is None:
            if not self._files.entries.exists() and not self._files.checkpoint.exists() and pinned is None:
                return Verification(0, 0, Tree().root, ())
            raise LedgerError("ledger_unreadable", reason="ledger.pub: ENOENT")
        try:
            with locked(self._files.lock, LedgerError, shared=True):
                note = self._files.read_checkpoint()
                end = self._files.entries.stat().st_size if self._files.entries.exists() else 0
            if not self._files.entries.exists():
                return verify_ledger((), note, verifier, pinned=pinned)
            with self._files.entries.open("rb") as file:
                return verify_ledger(lines_of(file, end), note, verifier, pinned=pinned)
        except OSError as error:
            raise LedgerError("ledger_unreadable", reason=error) from None

    def _signer(self) -> Signer:
        """Return the signing key; make key and ledger when both do not exist. The caller holds the lock."""
        signer = self._keys.signer()
        begun = self._keys.published or self._size() > 0 or self._files.checkpoint.exists()
        if signer is not None and self._keys.published:
            return signer
        if signer is None and begun:
            raise LedgerError("key_missing", path=self._keys.folder / "ledger.key")
        signer = signer or self._keys.create_signer()
        if not begun:
            self._files.save(State(), Checkpoint.of(signer.name, Tree()).sign(signer), durable=True)
        self._keys.publish(signer.verifier)
        return signer

    def _write(
        self, entries: int, state: State, signer: Signer, kind: str, body: Mapping[str, Any], decision_id: str | None
    ) -> tuple[State, Appended]:
        index = state.tree.size
        data = Entry(index, _now(), kind, decision_id, body).canonical()
        leaf = leaf_hash(data)
        tree = state.tree.append(leaf)
        checkpoint = Checkpoint.of(signer.name, tree)
        seal = checkpoint.seal(signer)
        raw, note = Line.write(data, seal), checkpoint.note(seal)
        append_line(entries, state, raw)
        grown = State(tree, state.end, state.end + len(raw))
        self._files.save(grown, note)
        return grown, Appended(index, leaf.hex(), tree.root.hex(), tree.size, note)

    def _note(self) -> str | None:
        try:
            with locked(self._files.lock, LedgerError, shared=True):
                return self._files.read_checkpoint()
        except OSError as error:
            raise LedgerError("ledger_unreadable", reason=error) from None

    def _lines(self) -> Iterator[tuple[int, Line]]:
        try:
            with locked(self._files.lock, LedgerError, shared=True):
                end = self._size()
            if not end:
                return
            with self._files.entries.open("rb") as file:
                for number, raw in enumerate(lines_of(file, end)):
                    if not raw.endswith(b"\n") and file.tell() == end:
                        return
                    yield number, Line.read(raw)
        except OSError as error:
            raise LedgerError("ledger_unreadable", reason=error) from None

    def _size(self) -> int:
        try:
            return self._files.entries.stat().st_size
        except FileNotFoundError:
            return 0


def _sound(number: int, line: Line) -> Entry:
    if not line.sound():
        raise LedgerError("ledger_line_damaged", index=number)
    return Entry.parse(line.data)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
