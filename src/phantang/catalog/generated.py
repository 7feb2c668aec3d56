"""Generated columns: none counts as less than what it is computed from, unless a person said why (ADR 0012)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from phantang.model.catalog import ColumnEntry, Inherited, Status
from phantang.model.tier import UNCLASSIFIED_CLASS, UNCLASSIFIED_TIER, PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.names import TableName
    from phantang.model.schema import Generation

#: A column of a table.
_Place = tuple["TableName", str]
#: What a column counts as that is not in the catalog, such as one that the account may not read.
_UNKNOWN = Inherited((), UNCLASSIFIED_TIER, UNCLASSIFIED_CLASS, classified=False, computed=True)


def inherit(assets: Sequence[Asset]) -> list[Asset]:
    """Return `assets` with what each generated column inherits from those it reads, in its table or another."""
    if not any(entry.generated or entry.inherited for asset in assets for entry in asset.columns):
        return list(assets)
    columns = {(asset.name, entry.name): entry for asset in assets for entry in asset.columns}
    called: dict[tuple[str, str], list[_Place]] = defaultdict(list)
    for table, column in columns:
        called[table.source, f"{table.local}.{column}"].append((table, column))
    reads: dict[_Place, list[list[_Place]]] = {}
    for (table, column), entry in columns.items():
        if entry.generated is None or _judged(entry):
            columns[table, column] = replace(entry, inherited=None) if entry.inherited else entry
            continue
        reads[table, column] = [
            [*([(table, name)] if (table, name) in columns else []), *called.get((table.source, name), [])]
            for name in entry.generated.reads
        ]
    changed = True
    while changed:  # each round adds tags or raises a tier, and there are so many
        changed = False
        for place, named in reads.items():
            sources = [_as_source(columns[one]) for found in named for one in found if one != place]
            inherited = _of([*sources, *([] if all(named) else [_UNKNOWN])])
            if inherited != columns[place].inherited:
                columns[place] = replace(columns[place], inherited=inherited)
                changed = True
    return [
        replace(asset, columns=tuple(columns[asset.name, entry.name] for entry in asset.columns)) for asset in assets
    ]


def computed(asset: Asset, generations: Mapping[str, Generation]) -> Asset:
    """Return `asset` with its columns computed as the database says now.

    What a person said of another expression says nothing of this one.
    """
    return replace(asset, columns=tuple(_computed(entry, generations.get(entry.name)) for entry in asset.columns))


def _computed(entry: ColumnEntry, now: Generation | None) -> ColumnEntry:
    before = entry.generated
    same = now is not None and before is not None and replace(before, judged=False) == now
    return entry if same else replace(entry, generated=now)


def _judged(entry: ColumnEntry) -> bool:
    """Tell whether a person decided what this very expression shows, and wrote down why."""
    decided = entry.status is Status.OVERRIDDEN and bool((entry.reason or "").strip())
    return decided and entry.generated is not None and entry.generated.judged


def _as_source(entry: ColumnEntry) -> Inherited:
    return Inherited(
        entry.effective_tags, entry.effective_tier, entry.effective_class, entry.effectively_classified, entry.computed
    )


def _of(sources: list[Inherited]) -> Inherited:
    tags = {tag for one in sources for tag in one.tags} - {"none"}
    return Inherited(
        tags=tuple(sorted(tags)),
        tier=Tier.highest(one.tier for one in sources),
        personal_class=PersonalClass.highest(one.personal_class for one in sources),
        classified=all(one.classified for one in sources),
        computed=any(one.computed for one in sources),
    )
