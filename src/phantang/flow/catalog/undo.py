"""A person takes decisions back, on columns and on tables: what was before stands again, and the ledger keeps both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.catalog.feedback import forget_near_misses
from phantang.flow.catalog.publish import publish_texts
from phantang.flow.catalog.retire import retired
from phantang.flow.catalog.review import CATALOG_KINDS
from phantang.flow.catalog.states import differences, named_columns, nfc
from phantang.model.catalog import Status
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phantang.catalog import Retired
    from phantang.model.catalog import Asset, ColumnEntry, Snapshot
    from phantang.model.names import TableName
    from phantang.store import Workspace

#: Kinds of ledger entries that decide on columns.
_DECISIONS = frozenset(CATALOG_KINDS) - {"scan"}


@dataclass(frozen=True, slots=True)
class _Decision:
    """One decision on a column: the number of its ledger entry, and the change that is recorded there."""

    index: int
    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Undone:
    """What stands again: entries of columns, of which some may wait for a second person, and tables."""

    columns: Mapping[ColumnName, ColumnEntry]
    tables: tuple[TableName, ...]


def undo_decisions(workspace: Workspace, names: Sequence[str], *, by: str, reason: str) -> Undone:
    """Put what is named back as it was before the last decision on it.

    A name is a column in full, a pattern (`*`, `?`) of full column names, which takes those that somebody decided on,
    or a table that was retired, or is to be: it is in the catalog again as it was, with nobody to agree, since every
    decision on it had been agreed to. Raises `InputError`: `column_not_found`; `catalog_nothing_selected` for a pattern
    that takes none; what `catalog.undo` raises.
    """
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    standing, gone = _standing(workspace, snapshot), _gone(workspace, snapshot)
    tables = list(dict.fromkeys(gone[nfc(name)].asset.name for name in names if nfc(name) in gone))
    columns = list(dict.fromkeys(_meant(snapshot, standing, [name for name in names if nfc(name) not in gone])))
    changed = {**{table: catalog.restore(gone[nfc(str(table))], by, reason) for table in tables}, **snapshot.assets}
    undoes: dict[str, int | None] = {}
    for column in columns:
        last = standing.get(column)
        was = last.change.get("was") if last else None
        changed[column.table] = catalog.undo(
            changed[column.table], column.column, was, by, reason, two_person=workspace.settings.review_two_person
        )
        undoes[str(column)] = last.index if last else None
    assets = [changed[table] for table in dict.fromkeys([*tables, *(column.table for column in columns)])]
    texts: dict[str, str | None] = {catalog.asset_path(one.name): catalog.render_asset(one) for one in assets}
    texts |= {catalog.retired_path(table): None for table in tables}
    changes = [{**one, "undoes": undoes.get(one["column"])} for one in differences(snapshot, assets)]
    body = {"by": by, "reason": reason, "columns": [*undoes], "tables": list(map(str, tables)), "changes": changes}
    publish_texts(workspace, texts, "undo", body)
    back = {column: _entry(changed, column) for column in columns}
    for column, entry in back.items():
        learnt = set(_entry(snapshot.assets, column).rejected).difference(entry.rejected)
        forget_near_misses(workspace, column, learnt)
    return Undone(back, tuple(tables))


def _gone(workspace: Workspace, snapshot: Snapshot) -> dict[str, Retired]:
    """Return, by the table's name, what was retired and did not come back by itself, or waits to be retired."""
    records = retired(workspace)
    return {nfc(str(name)): one for name, one in records.items() if one.waits or name not in snapshot.assets}


def _standing(workspace: Workspace, snapshot: Snapshot) -> dict[ColumnName, _Decision]:
    """Return the last decision on each column that nobody took back and that is what stands."""
    stacks: dict[str, list[_Decision]] = {}
    gone: dict[str, list[_Decision]] = {}
    for entry in workspace.ledger().entries():
        for change in entry.body.get("changes", ()) if entry.kind in _DECISIONS else ():
            column, stack = change["column"], stacks.setdefault(change["column"], [])
            if change["to"] is None:
                gone[column] = stacks.pop(column)  # a column or table of that name that comes back is another
            elif entry.kind == "undo" and change["from"] is None:
                stacks[column] = gone.pop(column, [])
            elif entry.kind == "undo" and "awaiting" not in change["to"]:
                if change["undoes"] is not None:
                    stack.pop()
            else:
                stack.append(_Decision(entry.index, change))
    columns = (ColumnName(name, entry.name) for name, asset in snapshot.assets.items() for entry in asset.columns)
    return {
        column: stack[-1]
        for column in columns
        if (stack := stacks.get(str(column), [])) and _stands(stack[-1].change["to"], _entry(snapshot.assets, column))
    }


def _stands(made: Mapping[str, Any], entry: ColumnEntry) -> bool:
    """Tell whether a column is as the decision `made` it; a file edited by hand, or a scan, may say otherwise since."""
    if made["status"] != entry.status or ("awaiting" in made) != (entry.awaiting is not None):
        return False
    return entry.status is Status.PROPOSED or (made["tag"], made["tier"]) == (entry.tag, entry.tier)


def _meant(snapshot: Snapshot, standing: Mapping[ColumnName, _Decision], names: Sequence[str]) -> Iterable[ColumnName]:
    decided = [
        column
        for table in sorted(snapshot.assets)
        for entry in snapshot.assets[table].columns
        if (column := ColumnName(table, entry.name)) in standing or entry.status is Status.ACCEPTED
    ]
    for name in names:
        found = named_columns(snapshot, name, decided)
        if found is None:
            raise InputError("column_not_found", column=name)
        if not found:
            raise InputError("catalog_nothing_selected")
        yield from found


def _entry(assets: Mapping[TableName, Asset], column: ColumnName) -> ColumnEntry:
    return next(entry for entry in assets[column.table].columns if entry.name == column.column)
