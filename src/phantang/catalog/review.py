"""What a data officer does with a catalog: see what is pending, accept it, decide otherwise, read the difference."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from phantang.catalog.asset_writer import render_asset
from phantang.catalog.node import normalised, shown
from phantang.catalog.paths import asset_path
from phantang.catalog.propose import ABSENT, adopt
from phantang.catalog.vocabulary import strictest, tag_of
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import InputError
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from phantang.model.catalog import Tag
    from phantang.model.tier import Tier


class ChangeKind(StrEnum):
    """Why a column waits for a person."""

    #: A scan claims a tag for a column that nobody has decided on.
    PROPOSED = "proposed"
    #: No scan could say anything, and nobody has decided: the column counts as sensitive.
    UNCLASSIFIED = "unclassified"
    #: A later scan disagrees with what a person decided; the decision stands.
    DISAGREES = "disagrees"
    #: A person decided on it and the database no longer has it.
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Change:
    """One pending decision: what stands now (`None` where nobody decided) and what is proposed instead."""

    column: ColumnName
    kind: ChangeKind
    tag: str | None
    tier: Tier | None
    proposed_tag: str | None
    proposed_tier: Tier | None
    confidence: float | None

    @property
    def before(self) -> str:
        """Return one line saying what stands; empty where nobody decided."""
        return f"{self.column}: {self.tag} {self.tier}" if self.tag else ""

    @property
    def after(self) -> str:
        """Return one line saying what is proposed instead, and how sure the scan is."""
        if self.proposed_tag is None:
            return f"{self.column}: ({self.kind})"
        sure = "" if self.confidence is None else f" {self.confidence:.2f}"
        return f"{self.column}: {self.proposed_tag} {self.proposed_tier}{sure}"


def changes(assets: Iterable[Asset]) -> tuple[Change, ...]:
    """Return every pending decision, ordered by table and then as the columns stand in it."""
    return tuple(
        change
        for asset in sorted(assets, key=lambda asset: asset.name)
        for entry in asset.columns
        if (change := _pending(asset, entry)) is not None
    )


def _pending(asset: Asset, entry: ColumnEntry) -> Change | None:
    column = ColumnName(asset.name, entry.name)
    if entry.status is Status.PROPOSED:
        kind = ChangeKind.UNCLASSIFIED if entry.tag is None else ChangeKind.PROPOSED
        return Change(column, kind, None, None, entry.tag, entry.tier, entry.confidence)
    if entry.type == ABSENT:
        return Change(column, ChangeKind.ABSENT, entry.tag, entry.tier, None, None, None)
    if (claim := entry.proposal) is not None:
        return Change(column, ChangeKind.DISAGREES, entry.tag, entry.tier, claim.tag, claim.tier, claim.confidence)
    return None


def diff_text(before: Asset | None, after: Asset | None) -> str:
    """Return a unified diff of two states of one asset's file (`None`: no file); empty when nothing changed.

    The paths are relative to the workspace, so `git apply` takes the text.
    """
    if before == after:
        return ""
    return "".join(difflib.unified_diff(_lines(before), _lines(after), _side("a", before), _side("b", after)))


def _side(side: str, asset: Asset | None) -> str:
    return "/dev/null" if asset is None else f"{side}/catalog/{asset_path(asset.name)}"


def _lines(asset: Asset | None) -> list[str]:
    return [] if asset is None else [f"{line}\n" for line in render_asset(asset).removesuffix("\n").split("\n")]


def accept(asset: Asset, by: str, columns: Sequence[str] | None = None, reason: str | None = None) -> Asset:
    """Return `asset` with proposals accepted in the name of `by`.

    With `columns` left out, everything that nobody had decided on and that has a tag is accepted; a person's earlier
    decision is not touched. A column named in `columns` is accepted whatever stands: a scan's disagreement replaces the
    decision, an absent column goes; one already accepted stays as it is.
    Raises `InputError`: `catalog_decider_required`; `catalog_unknown_column`; `catalog_nothing_to_accept` for a named
    column without a tag.
    """
    _require_decider(by)
    for name in columns or ():
        if _entry(asset, name).tag is None:
            raise InputError("catalog_nothing_to_accept", column=shown(name))
    kept = [_accepted(entry, by, reason, columns) for entry in asset.columns]
    return _without_lost_columns(replace(asset, columns=tuple(entry for entry in kept if entry is not None)))


def _accepted(entry: ColumnEntry, by: str, reason: str | None, columns: Collection[str] | None) -> ColumnEntry | None:
    named = columns is not None and entry.name in columns
    if entry.status is Status.PROPOSED:
        wanted = entry.tag is not None and (columns is None or named)
        return _decide(entry, Status.ACCEPTED, by, reason or entry.reason) if wanted else entry
    if named and entry.type == ABSENT:
        return None
    if named and entry.proposal is not None:
        return _decide(adopt(entry, entry.proposal), Status.ACCEPTED, by, reason)
    return entry


def override(
    asset: Asset,
    column: str,
    tag: str,
    tags: Mapping[str, Tag],
    by: str,
    reason: str | None,
    tier: Tier | None = None,
) -> Asset:
    """Return `asset` with `column` tagged `tag` by decision of `by`; tier and class are the tag's, or `tier`.

    The scan's evidence spoke for the scan's tag and is dropped unless the tag is the same.
    Raises `InputError`: `catalog_decider_required`, `catalog_unknown_column`, `catalog_unknown_tag`, and
    `catalog_reason_required` when `tier` is below the tag's own and `reason` is blank.
    """
    _require_decider(by)
    entry = _entry(asset, column)
    chosen = tag_of(tag, tags)
    own_tier, personal_class = strictest([chosen.id], tags)
    if tier is not None and tier < own_tier and not (reason and reason.strip()):
        raise InputError("catalog_reason_required", column=shown(column), tag=chosen.id, tier=own_tier)
    agrees = entry.tag == chosen.id
    decided = replace(
        entry,
        tag=chosen.id,
        tags=(chosen.id,),
        tier=own_tier if tier is None else tier,
        personal_class=personal_class,
        confidence=entry.confidence if agrees else None,
        evidence=entry.evidence if agrees else (),
        proposal=None,
    )
    decided = _decide(decided, Status.OVERRIDDEN, by, reason)
    return replace(asset, columns=tuple(decided if other.name == column else other for other in asset.columns))


def _decide(entry: ColumnEntry, status: Status, by: str, reason: str | None) -> ColumnEntry:
    written = normalised(reason) if reason and reason.strip() else None
    return replace(entry, status=status, decided_by=normalised(by), reason=written)


def _require_decider(by: str) -> None:
    if not by.strip():
        raise InputError("catalog_decider_required")


def _entry(asset: Asset, column: str) -> ColumnEntry:
    entry = asset.column(column)
    if entry is None:
        raise InputError("catalog_unknown_column_named", table=shown(str(asset.name)), column=shown(column))
    return entry


def _without_lost_columns(asset: Asset) -> Asset:
    """Return `asset` naming only columns that it still has as privacy unit, scope and keys."""
    known = {entry.name for entry in asset.columns}
    return replace(
        asset,
        privacy_unit=asset.privacy_unit if asset.privacy_unit in known else None,
        scope={unit: column for unit, column in asset.scope.items() if column in known},
        primary_key=asset.primary_key if known.issuperset(asset.primary_key) else (),
        foreign_keys=tuple(key for key in asset.foreign_keys if known.issuperset(key.columns)),
    )
