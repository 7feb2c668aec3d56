"""Reading the ledger: list decisions, show one, verify the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.ledger import Checkpoint, Entry
from phantang.model.errors import InputError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.ledger import Verification
    from phantang.store import Workspace

#: Characters of a decision id that are enough to name it.
_PREFIX = 8


def list_entries(workspace: Workspace, *, subject: str | None = None, table: str | None = None) -> Iterator[Entry]:
    """Yield ledger entries, oldest first; with `subject` or `table` only decisions that concern them.

    `table` is `schema.table`, or `source.schema.table`.
    """
    for entry in workspace.ledger().entries():
        body = entry.body
        if subject is not None and body.get("requested_by") != subject:
            continue
        names = {name for local in body.get("tables", []) for name in (local, f"{body.get('source')}.{local}")}
        if table is not None and table not in names:
            continue
        yield entry


def show_decision(workspace: Workspace, decision_id: str) -> tuple[Entry, ...]:
    """Return the entries of one decision (what was decided, and how it ended). Raises `InputError` if there is none.

    A prefix of at least eight characters is enough when it is the only one; a shorter number is that of an entry, such
    as a scan, which may be of no decision.
    """
    ledger, found = workspace.ledger(), tuple[Entry, ...]()
    if len(decision_id) >= _PREFIX:
        found = ledger.find(decision_id)
    elif decision_id.isascii() and decision_id.isdigit() and (entry := ledger.entry(int(decision_id))):
        found = ledger.find(entry.decision_id) if entry.decision_id else (entry,)
    if len({entry.decision_id for entry in found}) != 1:
        raise InputError("decision_not_found", decision_id=decision_id)
    return found


def verify_ledger(workspace: Workspace, pinned: Checkpoint | None = None) -> Verification:
    """Check every entry, the tree over them and the signature; against a `pinned` outside checkpoint if given."""
    return workspace.ledger().verify(pinned)


def parse_pin(text: str) -> Checkpoint:
    """Parse a checkpoint that an auditor kept outside. Raises `InputError` `checkpoint_invalid` if it is not one."""
    try:
        return Checkpoint.parse(text)
    except LedgerError:
        raise InputError("checkpoint_invalid") from None
