"""Tables about people that name nobody themselves: who is behind a row, along declared foreign keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phantang.catalog.propose import ABSENT
from phantang.model.schema import Followed, Link
from phantang.model.tier import PersonalClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.names import TableName

_LONGEST = 4


def follow_units(assets: Sequence[Asset]) -> list[Asset]:
    """Return the assets, with the way to a person for those without a privacy unit that have exactly one.

    Only tables with a column that is personal, or that nobody classified, are about people: a list of communes is not,
    though each may name its chairman elsewhere. Each step is one column that holds the whole primary key of another
    table. Where several ways lead to people, as from a marriage to two, nobody can say whose row it is: there is none.
    """
    by_name = {asset.name: asset for asset in assets}
    return [replace(asset, followed=_followed(asset, by_name)) if _needs(asset) else asset for asset in assets]


def _needs(asset: Asset) -> bool:
    personal = any(entry.effective_class is not PersonalClass.NONE for entry in asset.columns)
    return asset.privacy_unit is None and bool(asset.foreign_keys) and personal


def _followed(asset: Asset, by_name: Mapping[TableName, Asset]) -> Followed | None:
    ways = list(_ways(asset, by_name, ()))
    return ways[0] if len(ways) == 1 else None


def _ways(asset: Asset, by_name: Mapping[TableName, Asset], links: tuple[Link, ...]) -> Iterator[Followed]:
    seen = {asset.name, *(link.table for link in links)}
    present = {entry.name for entry in asset.columns if entry.type != ABSENT}
    for key in asset.foreign_keys:
        target = by_name.get(key.table)
        if target is None or target.name in seen or len(key.columns) != 1 or key.columns[0] not in present:
            continue
        if target.primary_key != key.to or target.name.source != asset.name.source or len(links) >= _LONGEST:
            continue
        onward = (*links, Link(key.columns[0], target.name, key.to[0]))
        if target.privacy_unit is not None:
            yield Followed(onward, target.privacy_unit)
        else:
            yield from _ways(target, by_name, onward)
