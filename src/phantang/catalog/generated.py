"""Generated columns: none counts as less than what it is computed from, unless a person said why (ADR 0012)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phantang.model.catalog import ColumnEntry, Inherited, Status
from phantang.model.tier import UNCLASSIFIED_CLASS, UNCLASSIFIED_TIER, PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.catalog import Asset
    from phantang.model.schema import Generation

_NOTHING = PersonalClass.NONE
#: What a column counts as that is not in the catalog, such as one that the account may not read.
_UNKNOWN = Inherited((), UNCLASSIFIED_TIER, UNCLASSIFIED_CLASS, classified=False)


def inherit(asset: Asset) -> Asset:
    """Return `asset` with what each generated column inherits from those it reads."""
    if not any(entry.generated or entry.inherited for entry in asset.columns):
        return asset
    known = {entry.name: entry for entry in asset.columns}
    return replace(asset, columns=tuple(_inheriting(entry, known, ()) for entry in asset.columns))


def computed(asset: Asset, generations: Mapping[str, Generation]) -> Asset:
    """Return `asset` with its columns computed as the database says now.

    What a person said of another expression says nothing of this one.
    """
    return replace(asset, columns=tuple(_computed(entry, generations.get(entry.name)) for entry in asset.columns))


def _computed(entry: ColumnEntry, now: Generation | None) -> ColumnEntry:
    before = entry.generated
    same = now is not None and before is not None and (now.reads, now.expression) == (before.reads, before.expression)
    return entry if same else replace(entry, generated=now)


def _inheriting(entry: ColumnEntry, known: Mapping[str, ColumnEntry], above: tuple[str, ...]) -> ColumnEntry:
    if entry.generated is None or _judged(entry):
        return replace(entry, inherited=None) if entry.inherited else entry
    names = [name for name in entry.generated.reads if name not in above]
    return replace(entry, inherited=_of([_source(name, known, (*above, entry.name)) for name in names]))


def _judged(entry: ColumnEntry) -> bool:
    """Tell whether a person decided what this very expression shows, and wrote down why."""
    decided = entry.status is Status.OVERRIDDEN and bool((entry.reason or "").strip())
    return decided and entry.generated is not None and entry.generated.judged


def _source(name: str, known: Mapping[str, ColumnEntry], above: tuple[str, ...]) -> Inherited:
    if name not in known:
        return _UNKNOWN
    entry = _inheriting(known[name], known, above)
    return Inherited(entry.effective_tags, entry.effective_tier, entry.effective_class, entry.effectively_classified)


def _of(sources: list[Inherited]) -> Inherited:
    tags = {tag for one in sources for tag in one.tags} - {"none"}
    return Inherited(
        tags=tuple(sorted(tags)),
        tier=Tier.highest(one.tier for one in sources),
        personal_class=max((one.personal_class for one in sources), key=list(PersonalClass).index, default=_NOTHING),
        classified=all(one.classified for one in sources),
    )
