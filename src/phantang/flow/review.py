"""A person's part in the catalog: see what is proposed, accept it, decide otherwise. Every step leaves an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang import catalog
from phantang.flow.publish import publish_assets
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.catalog import Change
    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.names import TableName
    from phantang.store import Workspace


def read_catalog(workspace: Workspace) -> Snapshot:
    """Read the workspace's catalog. Raises `WorkspaceError` naming file and line of what is wrong."""
    return catalog.parse_snapshot(workspace.catalog_files())


def find_assets(snapshot: Snapshot, name: str | None) -> tuple[Asset, ...]:
    """Return the assets called `name`: a source, `source.schema.table` or, where it is the only one, a bare table.

    All assets for `None`. Raises `InputError` if there is none.
    """
    assets = [snapshot.assets[key] for key in sorted(snapshot.assets)]
    if name is None:
        return tuple(assets)
    exact = [a for a in assets if name in {a.name.source, str(a.name), f"{a.name.source}.{a.name.table}"}]
    bare = [a for a in assets if name in {a.name.local, a.name.table}]
    found = exact or (bare if len(bare) == 1 else [])
    if not found:
        raise InputError("table_not_found", table=name)
    return tuple(found)


def pending_changes(snapshot: Snapshot) -> tuple[Change, ...]:
    """Return what scans propose and nobody decided yet."""
    return catalog.changes(tuple(snapshot.assets[key] for key in sorted(snapshot.assets)))


def accept_proposals(
    workspace: Workspace, names: Sequence[str], *, by: str, reason: str | None = None
) -> tuple[Change, ...]:
    """Accept what is proposed, in the name of `by`; return the changes that are settled by it.

    A name is a source or a table, whose undecided columns are accepted, or one column in full, which is accepted even
    against an earlier decision. No name means every undecided column.
    """
    snapshot = read_catalog(workspace)
    after: dict[TableName, Asset] = {}
    chosen: Sequence[str | None] = names or [None]
    for name in chosen:
        column = _find_column(snapshot, name) if name else None
        if column:
            asset = after.get(column.table, snapshot.assets[column.table])
            after[column.table] = catalog.accept(asset, by, [column.column], reason)
        else:
            for asset in find_assets(snapshot, name):
                after[asset.name] = catalog.accept(after.get(asset.name, asset), by, None, reason)
    changed = [asset for name, asset in after.items() if asset != snapshot.assets[name]]
    waiting = {change.column for change in catalog.changes(changed)}
    settled = tuple(
        change
        for change in catalog.changes([snapshot.assets[asset.name] for asset in changed])
        if change.column not in waiting
    )
    body = {"by": by, "reason": reason, "columns": [str(change.column) for change in settled]}
    publish_assets(workspace, changed, "accept", body)
    return settled


def override_column(workspace: Workspace, column: str, *, tag: str, by: str, reason: str | None) -> Asset:
    """Set the tag of one column (`source.schema.table.column`) by a person's decision."""
    snapshot = read_catalog(workspace)
    found = _find_column(snapshot, column)
    if found is None:
        raise InputError("column_not_found", column=column)
    changed = catalog.override(snapshot.assets[found.table], found.column, tag, snapshot.tags, by=by, reason=reason)
    publish_assets(workspace, [changed], "override", {"by": by, "reason": reason, "column": column, "tag": tag})
    return changed


def _find_column(snapshot: Snapshot, name: str) -> ColumnName | None:
    """Return the column called exactly `source.schema.table.column`; names may hold dots, so tables are tried."""
    for table, asset in snapshot.assets.items():
        if name.startswith(f"{table}.") and asset.column(name.removeprefix(f"{table}.")):
            return ColumnName(table, name.removeprefix(f"{table}."))
    return None
