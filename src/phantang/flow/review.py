"""A person's part in the catalog: see what is proposed, accept it, decide otherwise. Every step leaves an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang import catalog
from phantang.flow.publish import publish_assets
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.catalog import Change
    from phantang.model.catalog import Asset, Snapshot
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
    """Accept what is proposed for the named tables or sources (all by default); return what changed."""
    snapshot = read_catalog(workspace)
    chosen = {asset.name: asset for name in (names or [None]) for asset in find_assets(snapshot, name)}
    before = catalog.changes(tuple(chosen.values()))
    touched = {change.column.table for change in before}
    accepted = [catalog.accept(asset, by=by, reason=reason) for key, asset in chosen.items() if key in touched]
    body = {"by": by, "reason": reason, "columns": [str(change.column) for change in before]}
    publish_assets(workspace, accepted, "accept", body)
    return before


def override_column(workspace: Workspace, column: str, *, tag: str, by: str, reason: str | None) -> Asset:
    """Set the tag of one column (`source.schema.table.column`) by a person's decision."""
    snapshot = read_catalog(workspace)
    for asset in snapshot.assets.values():
        prefix = f"{asset.name}."
        entry = asset.column(column.removeprefix(prefix)) if column.startswith(prefix) else None
        if entry is not None:
            changed = catalog.override(asset, entry.name, tag, snapshot.tags, by=by, reason=reason)
            body = {"by": by, "reason": reason, "column": column, "tag": tag}
            publish_assets(workspace, [changed], "override", body)
            return changed
    raise InputError("column_not_found", column=column)
