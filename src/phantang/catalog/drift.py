"""How a database, or a new judgement of it, differs from what the catalog says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from phantang.catalog.propose import ABSENT
from phantang.model.catalog import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from phantang.model.catalog import Asset, ColumnEntry
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo


class DriftKind(StrEnum):
    """What is different."""

    TABLE_NEW = "table_new"
    TABLE_GONE = "table_gone"
    COLUMN_NEW = "column_new"
    COLUMN_GONE = "column_gone"
    TYPE = "type"
    #: Order, kind or view text: queries on the table are denied until it is scanned again.
    STRUCTURE = "structure"
    #: The packs, or the data, would now give another tag or tier.
    TAG = "tag"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference: `before` is the catalog, `after` the database or the new judgement; empty where there is none."""

    table: TableName
    column: str | None
    kind: DriftKind
    before: str = ""
    after: str = ""
    decided: bool = False


def schema_drift(assets: Iterable[Asset], tables: Iterable[TableInfo]) -> Iterator[Drift]:
    """Yield how the tables of a database differ from the catalogued ones, ordered by table."""
    known = {asset.name: asset for asset in assets}
    live = {info.name: info for info in tables}
    for name in sorted(known.keys() | live.keys()):
        asset, info = known.get(name), live.get(name)
        if info is None:
            yield Drift(name, None, DriftKind.TABLE_GONE, before=str(len(asset.columns)) if asset else "")
        elif asset is None:
            yield Drift(name, None, DriftKind.TABLE_NEW, after=str(len(info.columns)))
        else:
            found = list(_columns(asset, {column.name: column.type for column in info.columns}))
            yield from found
            # A table that another session has locked has no digest for now.
            if not found and None not in (asset.structure, info.structure) and asset.structure != info.structure:
                yield Drift(name, None, DriftKind.STRUCTURE)


def judgement_drift(before: Mapping[TableName, Asset], after: Collection[Asset]) -> Iterator[Drift]:
    """Yield what a new judgement would change: schema, and the tag or tier that scans claim. Ordered by table."""
    for asset in sorted(after, key=lambda asset: asset.name):
        known = before.get(asset.name)
        if known is None:
            yield Drift(asset.name, None, DriftKind.TABLE_NEW, after=str(len(asset.columns)))
            continue
        live = {entry.name: entry.type for entry in asset.columns if entry.type != ABSENT}
        yield from _columns(known, live)
        for entry in asset.columns:
            old = known.column(entry.name)
            if old is not None and (flip := _flip(asset.name, old, entry)):
                yield flip


def _columns(asset: Asset, live: Mapping[str, str]) -> Iterator[Drift]:
    known = {entry.name: entry for entry in asset.columns if entry.type != ABSENT}
    for name, entry in known.items():
        decided = entry.status is not Status.PROPOSED
        if name not in live:
            yield Drift(asset.name, name, DriftKind.COLUMN_GONE, before=entry.type, decided=decided)
        elif live[name] != entry.type:
            yield Drift(asset.name, name, DriftKind.TYPE, entry.type, live[name], decided)
    for name, kind in live.items():
        if name not in known:
            yield Drift(asset.name, name, DriftKind.COLUMN_NEW, after=kind)


def _flip(table: TableName, old: ColumnEntry, new: ColumnEntry) -> Drift | None:
    """Return what is claimed otherwise: of a decided column only a new disagreement counts, for the decision stands."""
    decided = old.status is not Status.PROPOSED
    claim_tag, claim_tier = new.tag, new.tier
    if decided:
        if new.proposal is None or new.proposal == old.proposal:
            return None
        claim_tag, claim_tier = new.proposal.tag, new.proposal.tier
    if claim_tag != old.tag:
        kind = DriftKind.TAG
    elif claim_tier != old.tier:
        kind = DriftKind.TIER
    else:
        return None
    return Drift(table, new.name, kind, _says(old.tag, old.tier), _says(claim_tag, claim_tier), decided)


def _says(tag: str | None, tier: str | None) -> str:
    return f"{tag} {tier}" if tag else ""
