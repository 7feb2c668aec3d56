"""Finding where a ledger ends before anything is appended: after a crash, and after somebody touched the files.

1. The saved state must be the one that the last line's seal signs; a lost one is rebuilt from the first line.
2. Genuine lines after it were written by a process that then stopped: they are taken up.
3. What is left of a line that was cut off is set aside. Anything else there is tampering.
4. The checkpoint must be neither ahead of the lines nor of another tree.

What was repaired in 3 and 4 becomes an entry of the ledger itself: nothing is put right silently.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from phantang.ledger import Checkpoint, Line
from phantang.ledger.entry import MAX_LINE
from phantang.model.errors import LedgerError
from phantang.store.ledger_files import State, is_torn, lines_of

if TYPE_CHECKING:
    from phantang.ledger import Verifier
    from phantang.store.ledger_files import LedgerFiles


def recover(files: LedgerFiles, entries: int, verifier: Verifier) -> tuple[State, list[dict[str, Any]]]:
    """Return where the ledger ends, and the bodies of the `recovery` entries owed. The caller holds the lock.

    `entries` is a descriptor of `entries.jsonl`. The cost does not depend on the length of the ledger, unless the
    saved state was lost. Raises `LedgerError` `ledger_tampered`, whose `what` is a code of `verify_ledger`; `OSError`.
    """
    size = os.fstat(entries).st_size
    # 1. Start from the saved state.
    state = files.read_state() or State()
    if state.end > size:
        raise LedgerError("ledger_tampered", what="ledger_truncated")
    if not _is_sealed(entries, state, verifier):
        raise LedgerError("ledger_tampered", what=f"ledger_entry_altered {state.tree.size - 1}")
    # 2. Take up genuine lines.
    state, rest = _take_up(entries, state, size, verifier)
    # 3. Set a cut-off line aside.
    repaired: list[dict[str, Any]] = []
    if rest:
        if len(rest) > MAX_LINE or not is_torn(rest):
            raise LedgerError("ledger_tampered", what=f"ledger_entry_altered {state.tree.size}")
        repaired.append(files.set_aside(entries, state, rest))
    # 4. Compare with the checkpoint.
    if not _compare(files, state, verifier):
        repaired.append({"what": "checkpoint_lost", "size": state.tree.size})
    return state, repaired


def _is_sealed(entries: int, state: State, verifier: Verifier) -> bool:
    """Tell whether the line that `state` ends with is signed for exactly this tree."""
    if state.tree.size == 0:
        return state.end == 0
    line = Line.read(os.pread(entries, state.end - state.last, state.last))
    text = Checkpoint.of(verifier.name, state.tree).text
    return line.sound() and line.index == state.tree.size - 1 and verifier.accepts(text, line.seal or b"")


def _take_up(entries: int, state: State, size: int, verifier: Verifier) -> tuple[State, bytes]:
    """Return the state after the genuine lines that follow, and what stands after them."""
    if state.end == size:
        return state, b""
    with os.fdopen(os.dup(entries), "rb") as file:
        file.seek(state.end)
        for raw in lines_of(file, size):
            grown = state.grown(Line.read(raw), raw, verifier)
            if grown is None:
                return state, raw + file.read(MAX_LINE + 1)
            state = grown
    return state, b""


def _compare(files: LedgerFiles, state: State, verifier: Verifier) -> bool:
    """Tell whether the checkpoint is there; an empty one is what a power failure can leave of it."""
    note = files.read_checkpoint()
    if note is None:
        raise LedgerError("ledger_tampered", what="ledger_checkpoint_missing")
    if not note.strip("\0"):
        return False
    try:
        checkpoint = Checkpoint.verify(note, verifier)
    except LedgerError as error:
        raise LedgerError("ledger_tampered", what=error.code) from None
    if checkpoint.size > state.tree.size:
        raise LedgerError("ledger_tampered", what="ledger_truncated")
    if checkpoint.size == state.tree.size and checkpoint.root != state.tree.root:
        raise LedgerError("ledger_tampered", what="ledger_checkpoint_disagrees")
    return True
