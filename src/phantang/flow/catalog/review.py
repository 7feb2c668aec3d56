"""A person's part in the catalog: see what is proposed, accept it, decide otherwise. Every step leaves an entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.catalog.feedback import add_near_miss
from phantang.flow.catalog.publish import publish_assets
from phantang.flow.catalog.retire import approve_retirements
from phantang.flow.catalog.states import differences, find_assets, find_column, find_table, is_pattern, named_columns
from phantang.model.catalog import Status
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phantang.catalog import Change, Retired
    from phantang.ledger import Entry
    from phantang.model.catalog import Asset, ColumnEntry, Snapshot
    from phantang.model.names import TableName
    from phantang.model.raising import Waiver
    from phantang.model.tier import Tier
    from phantang.store import Workspace

#: Kinds of ledger entries that change the catalog.
CATALOG_KINDS = ("scan", "accept", "override", "reject", "approve", "retire", "undo")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which pending columns are meant: of these tags (or finer), and with a claim at least so sure. All by default."""

    tag: str | None = None
    min_confidence: float | None = None

    def takes(self, change: Change) -> bool:
        """Tell whether a pending change is selected."""
        tag = change.proposed_tag or ""
        if self.tag is not None and tag != self.tag and not tag.startswith(f"{self.tag}."):
            return False
        return self.min_confidence is None or (change.confidence or 0.0) >= self.min_confidence


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of accepting: changes that are `settled`, and those that now wait for a second person.

    `before` counts, where nothing was left to accept, the columns meant that people had decided on.
    """

    settled: tuple[Change, ...]
    awaiting: tuple[Change, ...]
    before: int = 0


@dataclass(frozen=True, slots=True)
class Approved:
    """What a second person agreed to: changes of columns, tables whose raises are rejected, tables that are retired."""

    changes: tuple[Change, ...]
    raises: tuple[TableName, ...]
    retired: tuple[Retired, ...]


def read_catalog(workspace: Workspace) -> Snapshot:
    """Read the workspace's catalog. Raises `WorkspaceError` naming file and line of what is wrong."""
    return catalog.parse_snapshot(workspace.catalog_files())


def pending_changes(snapshot: Snapshot) -> tuple[Change, ...]:
    """Return what scans propose and nobody decided yet."""
    return catalog.changes(tuple(snapshot.assets[key] for key in sorted(snapshot.assets)))


def accept_proposals(
    workspace: Workspace,
    names: Sequence[str],
    *,
    by: str,
    reason: str | None = None,
    selection: Selection | None = None,
) -> Accepted:
    """Accept what is proposed, in the name of `by`; return what is settled by it.

    A name is a source, a table, or a pattern (`*`, `?`) of full column names, whose undecided and selected columns are
    accepted, or one column in full, which is accepted even against an earlier decision. No name means every undecided
    column. Raises `InputError`, `catalog_nothing_selected` if a pattern or selection takes none.
    """
    snapshot = read_catalog(workspace)
    chosen = selection or Selection()
    wanted: dict[TableName, list[str]] = {}
    for column in _selected(snapshot, names, chosen):
        wanted.setdefault(column.table, []).append(column.column)
    if not wanted and (selection or any(is_pattern(name) for name in names)):
        raise InputError("catalog_nothing_selected")
    two_person = workspace.settings.review_two_person
    after = [
        catalog.accept(snapshot.assets[table], by, columns, reason, two_person=two_person)
        for table, columns in wanted.items()
    ]
    changed = [asset for asset in after if asset != snapshot.assets[asset.name]]
    before = catalog.changes([snapshot.assets[asset.name] for asset in changed])
    still = catalog.changes(changed)
    waiting = {change.column for change in still}
    settled = tuple(change for change in before if change.column not in waiting)
    awaiting = tuple(one for one in still if one.kind is catalog.ChangeKind.AWAITING and one not in before)
    body = {"by": by, "reason": reason, "columns": [str(change.column) for change in settled]}
    publish_assets(workspace, changed, "accept", {**body, "changes": differences(snapshot, changed)})
    return Accepted(settled, awaiting, 0 if settled or awaiting else _decided(snapshot, names))


def _selected(snapshot: Snapshot, names: Sequence[str], selection: Selection) -> Iterator[ColumnName]:
    undecided = [
        change.column
        for change in pending_changes(snapshot)
        if change.kind is catalog.ChangeKind.PROPOSED and selection.takes(change)
    ]
    if not names:
        yield from undecided
    for name in names:
        named = named_columns(snapshot, name, undecided)
        if named is None:
            tables = {asset.name for asset in find_assets(snapshot, name)}
            named = [column for column in undecided if column.table in tables]
        yield from named


def _decided(snapshot: Snapshot, names: Sequence[str]) -> int:
    """Return how many of the columns that `names` mean (all without one) a person has decided on."""
    columns = {
        ColumnName(asset.name, entry.name): entry.status is not Status.PROPOSED
        for asset in snapshot.assets.values()
        for entry in asset.columns
    }
    meant: set[ColumnName] = set() if names else set(columns)
    for name in names:
        found = named_columns(snapshot, name, columns)
        tables = {asset.name for asset in find_assets(snapshot, name)} if found is None else set()
        meant |= {column for column in columns if column.table in tables or column in (found or ())}
    return sum(columns[column] for column in meant)


def override_column(
    workspace: Workspace, column: str, *, tag: str, by: str, reason: str | None, tier: Tier | None = None
) -> ColumnEntry:
    """Set the tag of one column (`source.schema.table.column`) by a person's decision; return its entry."""
    snapshot, found = _named(workspace, column)
    changed = catalog.override(
        snapshot.assets[found.table],
        found.column,
        tag,
        snapshot.tags,
        by=by,
        reason=reason,
        tier=tier,
        two_person=workspace.settings.review_two_person,
    )
    body = {"by": by, "reason": reason, "column": str(found), "tag": tag}
    publish_assets(workspace, [changed], "override", {**body, "changes": differences(snapshot, [changed])})
    return _entry(changed, found)


def reject_column(workspace: Workspace, column: str, *, by: str, reason: str) -> ColumnEntry:
    """Say no to what is pending on one column; return its entry. The rules that claimed it get a near miss."""
    snapshot, found = _named(workspace, column)
    two_person = workspace.settings.review_two_person
    changed, rejection = catalog.reject(snapshot.assets[found.table], found.column, by, reason, two_person=two_person)
    claim = rejection.claim if rejection else None
    body = {"by": by, "reason": reason, "column": str(found), "claim": claim}
    publish_assets(workspace, [changed], "reject", {**body, "changes": differences(snapshot, [changed])})
    if rejection:
        add_near_miss(workspace, changed, rejection, by=by, reason=reason)
    return _entry(changed, found)


def reject_raise(workspace: Workspace, table: str, rule: str, *, by: str, reason: str) -> Asset:
    """Say no to what `rule` makes of one table as a whole; return the table, where it may wait for a second person."""
    snapshot = read_catalog(workspace)
    asset = find_table(snapshot, table)
    changed = catalog.waive(asset, rule, by, reason, two_person=workspace.settings.review_two_person)
    body = {"by": by, "reason": reason, "tables": [str(asset.name)], "rule": rule, **_tiers(asset, changed)}
    publish_assets(workspace, [changed], "reject", {**body, "changes": differences(snapshot, [changed])})
    return changed


def accept_raise(workspace: Workspace, table: str, rule: str, *, by: str) -> Asset:
    """Take back that somebody said no to what `rule` makes of one table; return the table."""
    snapshot = read_catalog(workspace)
    asset = find_table(snapshot, table)
    changed = catalog.unwaive(asset, rule, by)
    body = {"by": by, "tables": [str(asset.name)], "rule": rule, **_tiers(asset, changed)}
    publish_assets(workspace, [changed], "accept", {**body, "changes": differences(snapshot, [changed])})
    return changed


def waiting_raises(snapshot: Snapshot) -> tuple[tuple[TableName, Waiver], ...]:
    """Return the rejections of raises that wait for a second person."""
    assets = (snapshot.assets[key] for key in sorted(snapshot.assets))
    return tuple((asset.name, one) for asset in assets for one in asset.waived if one.waits)


def approve_decisions(workspace: Workspace, names: Sequence[str], *, by: str) -> Approved:
    """Agree, as a second person, to decisions that lower a tier and to retiring tables; return what is settled by it.

    A name is a source, a table or one column in full; no name means everything that waits.
    """
    snapshot = read_catalog(workspace)
    wanted: dict[TableName, list[str] | None] = {}
    chosen: Sequence[str | None] = names or [None]
    for name in chosen:
        column = find_column(snapshot, name) if name else None
        if column:
            wanted[column.table] = [*(wanted.get(column.table) or ()), column.column]
        else:
            wanted.update(dict.fromkeys((asset.name for asset in find_assets(snapshot, name)), None))
    gone = approve_retirements(workspace, [table for table, columns in wanted.items() if columns is None], by=by)
    for record in gone:
        del wanted[record.asset.name]
    after = []
    for table, columns in wanted.items():
        asset = catalog.approve(snapshot.assets[table], by, columns)
        after.append(asset if columns is not None else catalog.approve_waivers(asset, by))
    changed = [asset for asset in after if asset != snapshot.assets[asset.name]]
    still = {change.column for change in _waiting(changed)}
    settled = tuple(
        change for change in _waiting(snapshot.assets[one.name] for one in changed) if change.column not in still
    )
    raises = tuple(asset.name for asset in changed if asset.waived != snapshot.assets[asset.name].waived)
    body = {"by": by, "columns": [str(change.column) for change in settled], "tables": list(map(str, raises))}
    publish_assets(workspace, changed, "approve", {**body, "changes": differences(snapshot, changed)})
    return Approved(settled, raises, gone)


def _waiting(assets: Iterable[Asset]) -> list[Change]:
    return [change for change in catalog.changes(list(assets)) if change.kind is catalog.ChangeKind.AWAITING]


def history(workspace: Workspace, assets: Iterable[Asset]) -> Iterator[Entry]:
    """Yield the ledger entries that changed one of `assets`, oldest first."""
    names = [str(asset.name) for asset in assets]
    for entry in workspace.ledger().entries():
        if entry.kind in CATALOG_KINDS:
            body = entry.body
            columns = body.get("columns", ())  # a scan only counts them
            touched = [*body.get("tables", ()), *(columns if isinstance(columns, list) else ()), body.get("column")]
            touched += [change["column"] for change in body.get("changes", ())]
            if any(one == name or str(one).startswith(f"{name}.") for one in touched for name in names):
                yield entry


def _tiers(before: Asset, after: Asset) -> dict[str, Any]:
    return {"from": {"tier": before.tier, "level": before.level}, "to": {"tier": after.tier, "level": after.level}}


def _named(workspace: Workspace, column: str) -> tuple[Snapshot, ColumnName]:
    snapshot = read_catalog(workspace)
    found = find_column(snapshot, column)
    if found is None:
        raise InputError("column_not_found", column=column)
    return snapshot, found


def _entry(asset: Asset, column: ColumnName) -> ColumnEntry:
    return next(entry for entry in asset.columns if entry.name == column.column)
