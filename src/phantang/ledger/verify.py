"""Verification of a whole ledger, offline, with nothing but its lines, a checkpoint and the public key.

The steps:

1. The checkpoint is a note that the ledger's own key signed.
2. Each line agrees with itself: its entry's bytes have the leaf hash that stands beside them.
3. Each entry stands at its own index: none missing, moved or twice.
4. Each line's seal is the key's signature of the tree that ends with this entry. A line that was changed together with
   its leaf hash fails here and nowhere earlier, and the first such line is the changed one.
5. The tree reaches the size of the checkpoint, and has its root at that size.
6. The tree agrees with what the caller pinned: an outside checkpoint, or the receipt of one query.

Lines after the checkpoint with valid seals are no problem: the process stopped between writing an entry and replacing
the checkpoint, and only the key's holder could have sealed them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.ledger.checkpoint import Checkpoint
from phantang.ledger.report import Problem, Verification
from phantang.ledger.walk import Walk
from phantang.model.errors import LedgerError
from phantang.model.request import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.ledger.note import Verifier


def verify_ledger(
    lines: Iterable[bytes], checkpoint: str | None, verifier: Verifier, *, pinned: Checkpoint | Receipt | None = None
) -> Verification:
    """Verify a ledger and name each entry at which something is wrong.

    `lines` are the raw lines with their newlines, as iterating a binary file gives them. `checkpoint` is the signed
    note kept beside them. `pinned` comes from outside the ledger's disk, and is what shows a rollback of the whole
    folder; a pinned `Checkpoint` is trusted as it is, a `Receipt` is first checked with `verifier`.
    Raises nothing for a bad ledger: that is what the result says.
    """
    problems: list[Problem] = []

    # 1. The checkpoint is a note that the ledger's own key signed.
    signed = _open(checkpoint, verifier, problems, missing="ledger_checkpoint_missing")
    pin, receipt = _pin(pinned, verifier, problems)
    marks = {tree_head.size for tree_head in (signed, pin) if tree_head is not None}

    # 2.-4. Lines agree with themselves, stand at their index, and are sealed.
    sealed = all(problem.code != "ledger_key_unknown" for problem in problems)
    walk = Walk(verifier, marks, receipt.index if receipt else None, sealed=sealed)
    for raw in lines:
        walk.line(raw)

    # 5. The tree reaches the checkpoint.
    walk.finish(signed)
    problems += walk.problems
    if signed and walk.roots.get(signed.size, signed.root) != signed.root:
        problems.append(Problem("ledger_checkpoint_disagrees", None, {"size": signed.size}))

    # 6. The tree agrees with the pin.
    if pin and walk.next_index < pin.size:
        params = {"size": walk.next_index, "pinned": pin.size}
        problems.append(Problem("ledger_rolled_back", walk.next_index, params))
    elif pin and walk.roots.get(pin.size, pin.root) != pin.root:
        problems.append(Problem("ledger_rewritten", None, {"pinned": pin.size}))
    if receipt and walk.marked_leaf is not None and walk.marked_leaf.hex() != receipt.entry_hash:
        problems.append(Problem("ledger_receipt_disagrees", receipt.index))

    problems.sort(key=lambda problem: (problem.entry is None, problem.entry or 0))
    return Verification(walk.entries, signed.size if signed else None, signed.root if signed else None, tuple(problems))


def _open(note: str | None, verifier: Verifier, problems: list[Problem], *, missing: str) -> Checkpoint | None:
    if note is None:
        problems.append(Problem(missing))
        return None
    try:
        return Checkpoint.verify(note, verifier)
    except LedgerError as error:
        problems.append(Problem(error.code, None, error.params))
        return None


def _pin(
    pinned: Checkpoint | Receipt | None, verifier: Verifier, problems: list[Problem]
) -> tuple[Checkpoint | None, Receipt | None]:
    """Return what the pin says of the tree; a receipt must be consistent with the note it carries."""
    if not isinstance(pinned, Receipt):
        return pinned, None
    try:
        head = Checkpoint.verify(pinned.checkpoint, verifier)
    except LedgerError:
        head = None
    stated = (pinned.tree_size, pinned.root_hash)
    if head is None or stated != (head.size, head.root.hex()) or not 0 <= pinned.index < head.size:
        problems.append(Problem("ledger_receipt_invalid"))
        return None, None
    return head, pinned
