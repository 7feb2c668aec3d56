"""A table that is gone: out of the live catalog in a person's name, kept as a record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phantang import catalog, engines
from phantang.flow.catalog.publish import publish_texts
from phantang.flow.catalog.states import differences, find_table
from phantang.flow.clock import timestamp
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from phantang.catalog import Retired
    from phantang.model.catalog import Snapshot
    from phantang.model.names import TableName
    from phantang.store import Workspace


def retire_table(workspace: Workspace, table: str, *, by: str, reason: str) -> Retired:
    """Move a table that its database does not have any more out of the live catalog; return its record.

    Where the workspace asks for two people it may wait, see `catalog.retire`. Raises `InputError`: `table_not_found`,
    `catalog_table_present` for one that is still there; `EngineError` where the database cannot be asked. A source that
    phantang.toml does not name any more has no tables.
    """
    files = workspace.catalog_files()
    snapshot = catalog.parse_snapshot(files)
    asset = find_table(snapshot, table)
    if _is_present(workspace, asset.name):
        raise InputError("catalog_table_present", table=str(asset.name))
    record = catalog.retire(asset, by, reason, timestamp(), two_person=workspace.settings.review_two_person)
    body = {"by": by, "reason": reason, "tables": [str(asset.name)], "waits": record.waits}
    body |= {"tier": asset.tier, "level": asset.level}
    _publish(workspace, snapshot, record, "retire", body)
    return record


def approve_retirements(workspace: Workspace, tables: Collection[TableName], *, by: str) -> tuple[Retired, ...]:
    """Agree, as a second person, to the retirement of those of `tables` that wait for it; return their records."""
    settled = []
    for record in waiting_retirements(workspace):
        if record.asset.name in tables:
            snapshot = catalog.parse_snapshot(workspace.catalog_files())
            agreed = catalog.approve_retirement(record, by)
            body = {"by": by, "reason": record.reason, "tables": [str(record.asset.name)], "retired_by": record.by}
            _publish(workspace, snapshot, agreed, "approve", body)
            settled.append(agreed)
    return tuple(settled)


def retired(workspace: Workspace) -> Mapping[TableName, Retired]:
    """Return the last record of each retired table, and of those whose retirement waits for a second person."""
    return {record.asset.name: record for record in retired_records(workspace)}


def retired_records(workspace: Workspace) -> tuple[Retired, ...]:
    """Return every record, by table and then by time."""
    files = workspace.catalog_files()
    return catalog.retired_records(files, catalog.parse_snapshot(files).tags)


def waiting_retirements(workspace: Workspace) -> tuple[Retired, ...]:
    """Return the retirements that wait for a second person."""
    records = retired(workspace)
    return tuple(records[name] for name in sorted(records) if records[name].waits)


def with_retired(workspace: Workspace, snapshot: Snapshot) -> Snapshot:
    """Return `snapshot` with the retired tables among its assets, to look up what was."""
    gone = {name: record.asset for name, record in retired(workspace).items()}
    return replace(snapshot, assets={**gone, **snapshot.assets})


def _publish(workspace: Workspace, snapshot: Snapshot, record: Retired, kind: str, body: Mapping[str, object]) -> None:
    name = record.asset.name
    earlier = retired(workspace).get(name)
    texts: dict[str, str | None] = {catalog.retired_path(name): catalog.render_retired(record)}
    if earlier is not None and not earlier.waits:
        texts[catalog.retired_path(name, earlier.at)] = catalog.render_retired(earlier)
    changes = []
    if not record.waits:
        texts[catalog.asset_path(name)] = None
        changes = differences(snapshot, [replace(record.asset, columns=())])
    publish_texts(workspace, texts, kind, {**body, "changes": changes})


def _is_present(workspace: Workspace, name: TableName) -> bool:
    if name.source not in workspace.sources:
        return False
    with engines.connect(workspace.source_url(name.source), name.source) as engine:
        return any(info.name == name for info in engine.introspect())
