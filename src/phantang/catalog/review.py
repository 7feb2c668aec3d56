"""What waits for a person in a catalog."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from phantang.catalog.propose import ABSENT
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.names import ColumnName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.model.tier import Tier


class ChangeKind(StrEnum):
    """Why a column waits for a person."""

    #: A scan claims a tag for a column that nobody has decided on.
    PROPOSED = "proposed"
    #: No scan could say anything, and nobody has decided: the column counts as sensitive.
    UNCLASSIFIED = "unclassified"
    #: What a person decided of a generated column is less than the columns it is computed from, and counts for nothing
    #: until it is decided again, with a reason: the expression changed, or nobody knew of it (ADR 0012).
    COMPUTED = "computed"
    #: A later scan disagrees with what a person decided; the decision stands.
    DISAGREES = "disagrees"
    #: One person lowered a tier, and a second one has to agree.
    AWAITING = "awaiting"
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
    if (asked := entry.awaiting) is not None:
        return Change(column, ChangeKind.AWAITING, entry.tag, entry.tier, asked.tag, asked.tier, None)
    if entry.status is Status.PROPOSED:
        kind = ChangeKind.UNCLASSIFIED if entry.tag is None else ChangeKind.PROPOSED
        return Change(column, kind, None, None, entry.tag, entry.tier, entry.confidence)
    if entry.type == ABSENT:
        return Change(column, ChangeKind.ABSENT, entry.tag, entry.tier, None, None, None)
    if entry.inherited is not None and entry.inherited.classified and entry.below_sources:
        return Change(column, ChangeKind.COMPUTED, entry.tag, entry.tier, None, entry.effective_tier, None)
    if (claim := entry.proposal) is not None:
        return Change(column, ChangeKind.DISAGREES, entry.tag, entry.tier, claim.tag, claim.tier, claim.confidence)
    return None
