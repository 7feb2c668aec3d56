"""Reading the ledger: list decisions, show one, verify the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.ledger import Checkpoint
from phantang.model.errors import InputError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.ledger import Verification
    from phantang.store import Workspace

#: Characters of a decision id that are enough to name it.
_PREFIX = 8


def list_entries(workspace: Workspace, *, subject: str | None = None, table: str | None = None) -> Iterator[Any]:
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


def show_decision(workspace: Workspace, decision_id: str) -> list[Any]:
    """Return the entries of one decision (what was decided, and how it ended). Raises `InputError` if there is none.

    A prefix of at least eight characters is enough when it is the only one; a shorter number is that of an entry, such
    as a scan, which may be of no decision.
    """
    if len(decision_id) < _PREFIX and decision_id.isascii() and decision_id.isdigit():
        entry = next((one for one in workspace.ledger().entries() if one.index == int(decision_id)), None)
        if entry is None or entry.decision_id is None:
            return _found([entry] if entry else [], decision_id)
        decision_id = entry.decision_id
    enough = len(decision_id) >= _PREFIX
    return _found(
        [
            entry
            for entry in workspace.ledger().entries()
            if entry.decision_id == decision_id
            or (enough and entry.decision_id is not None and entry.decision_id.startswith(decision_id))
        ],
        decision_id,
    )


def _found(entries: list[Any], decision_id: str) -> list[Any]:
    if len({entry.decision_id for entry in entries}) != 1:
        raise InputError("decision_not_found", decision_id=decision_id)
    return entries


def verify_ledger(workspace: Workspace, pinned: Checkpoint | None = None) -> Verification:
    """Check every entry, the tree over them and the signature; against a `pinned` outside checkpoint if given."""
    return workspace.ledger().verify(pinned)


def parse_pin(text: str) -> Checkpoint:
    """Parse a checkpoint that an auditor kept outside. Raises `InputError` `checkpoint_invalid` if it is not one."""
    try:
        return Checkpoint.parse(text)
    except LedgerError:
        raise InputError("checkpoint_invalid") from None
