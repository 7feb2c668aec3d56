"""Reading the ledger: list decisions, show one, verify the whole."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.catalog import parse_snapshot
from phantang.ledger import Checkpoint, Entry
from phantang.model.errors import InputError, LedgerError
from phantang.model.near import near

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.ledger import Verification
    from phantang.store import Workspace

#: Characters of a decision id that are enough to name it.
_PREFIX = 8


def list_entries(workspace: Workspace, *, subject: str | None = None, table: str | None = None) -> Iterator[Entry]:
    """Yield ledger entries, oldest first; with `subject` or `table` only decisions on them, and how they ended.

    `table` is a table's name, `schema.table`, or `source.schema.table`; letter case does not count.
    """
    listed: set[str] = set()
    for entry in workspace.ledger().entries():
        body = entry.body
        if entry.kind == "outcome" and entry.decision_id in listed:
            yield entry
            continue
        if subject is not None and body.get("requested_by") != subject:
            continue
        if table is not None and _compared(table) not in map(_compared, _names_of(entry)):
            continue
        if entry.decision_id is not None:
            listed.add(entry.decision_id)
        yield entry


@dataclass(frozen=True, slots=True)
class Unmet:
    """A filter that nothing can meet: neither the ledger nor the catalog has the `name`; `near` has what is like it."""

    kind: str
    name: str
    near: tuple[str, ...]


def unmet_filters(workspace: Workspace, *, subject: str | None = None, table: str | None = None) -> tuple[Unmet, ...]:
    """Return which of the filters of `list_entries` name a `subject` or a `table` that occurs nowhere."""
    snapshot = parse_snapshot(workspace.catalog_files())
    subjects, tables = set(snapshot.agencies), {part for name in snapshot.assets for part in _parts(str(name))}
    for entry in workspace.ledger().entries():
        subjects |= {str(entry.body["requested_by"])} if entry.body.get("requested_by") else set()
        tables |= set(_names_of(entry))
    unmet = []
    if subject is not None and subject not in subjects:
        unmet.append(Unmet("subject", subject, near(subject, subjects)))
    if table is not None and _compared(table) not in map(_compared, tables):
        unmet.append(Unmet("table", table, near(table, tables)))
    return tuple(unmet)


def tables_of(entry: Entry) -> tuple[str, ...]:
    """Return the tables that an entry is about, by their full names `source.schema.table`."""
    tables, source = entry.body.get("tables"), entry.body.get("source")
    named = [str(name) for name in tables] if isinstance(tables, list) else []
    return tuple(named if source is None else (f"{source}.{name}" for name in named))


def _names_of(entry: Entry) -> list[str]:
    return [part for name in tables_of(entry) for part in _parts(name)]


def _parts(name: str) -> tuple[str, str, str]:
    """Return a full name as it is, without its source, and without its schema."""
    local = name.partition(".")[2]
    return name, local, local.partition(".")[2]


def _compared(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


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
