"""A person takes decisions on columns back: what was before stands again, and both stay in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.catalog.feedback import forget_near_misses
from phantang.flow.catalog.publish import publish_assets
from phantang.flow.catalog.review import CATALOG_KINDS
from phantang.flow.catalog.states import differences, find_column, is_pattern
from phantang.model.catalog import Status
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


def undo_decisions(
    workspace: Workspace, names: Sequence[str], *, by: str, reason: str
) -> dict[ColumnName, ColumnEntry]:
    """Put the named columns back as they were before the last decision on each; return their entries.

    A name is a column in full, or a pattern (`*`, `?`) of full column names, which takes those that somebody decided
    on. An entry returned may wait for a second person. Raises `InputError`: `column_not_found`;
    `catalog_nothing_selected` for a pattern that takes none; what `catalog.undo` raises.
    """
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    standing = _standing(workspace, snapshot)
    changed = dict(snapshot.assets)
    undoes: dict[str, int | None] = {}
    for column in (columns := list(dict.fromkeys(_meant(snapshot, standing, names)))):
        last = standing.get(column)
        was = last.change.get("was") if last else None
        changed[column.table] = catalog.undo(
            changed[column.table], column.column, was, by, reason, two_person=workspace.settings.review_two_person
        )
        undoes[str(column)] = last.index if last else None
    assets = [changed[table] for table in dict.fromkeys(column.table for column in columns)]
    changes = [{**one, "undoes": undoes.get(one["column"])} for one in differences(snapshot, assets)]
    publish_assets(workspace, assets, "undo", {"by": by, "reason": reason, "columns": [*undoes], "changes": changes})
    back = {column: _entry(changed, column) for column in columns}
    for column, entry in back.items():
        learnt = set(_entry(snapshot.assets, column).rejected).difference(entry.rejected)
        forget_near_misses(workspace, column, learnt)
    return back


def _standing(workspace: Workspace, snapshot: Snapshot) -> dict[ColumnName, _Decision]:
    """Return the last decision on each column that nobody took back and that is what stands."""
    stacks: dict[str, list[_Decision]] = {}
    for entry in workspace.ledger().entries():
        for change in entry.body.get("changes", ()) if entry.kind in _DECISIONS else ():
            stack = stacks.setdefault(change["column"], [])
            if change["to"] is None:
                stack.clear()  # a column or table of that name that comes back is another
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


def _meant(snapshot: Snapshot, standing: Mapping[ColumnName, _Decision], names: Sequence[str]) -> Sequence[ColumnName]:
    found: list[ColumnName] = []
    for name in names:
        if column := find_column(snapshot, name):
            found.append(column)
        elif is_pattern(name):
            matching = [
                column
                for table in sorted(snapshot.assets)
                for entry in snapshot.assets[table].columns
                if fnmatchcase(str(column := ColumnName(table, entry.name)), name)
                and (column in standing or entry.status is Status.ACCEPTED)
            ]
            if not matching:
                raise InputError("catalog_nothing_selected")
            found += matching
        else:
            raise InputError("column_not_found", column=name)
    return found


def _entry(assets: Mapping[TableName, Asset], column: ColumnName) -> ColumnEntry:
    return next(entry for entry in assets[column.table].columns if entry.name == column.column)
