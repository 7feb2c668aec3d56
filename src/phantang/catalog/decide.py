"""A person's decisions on columns: accept, decide otherwise, say no, and agree to what another person lowered."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phantang.catalog.node import normalised, shown
from phantang.catalog.propose import ABSENT, SCAN, adopt
from phantang.catalog.raising import COMBINATION
from phantang.catalog.vocabulary import strictest, tag_of
from phantang.model.catalog import Asset, Awaiting, ColumnEntry, Status
from phantang.model.errors import InputError
from phantang.model.tier import UNCLASSIFIED_TIER, Tier, protects_less

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from phantang.model.catalog import Tag
    from phantang.model.finding import Evidence
    from phantang.model.schema import Generation


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a person said no to: the `claim` (a tag, or the id of a raise rule) and the evidence it rested on."""

    column: str
    type: str
    claim: str
    evidence: tuple[Evidence, ...]


def accept(
    asset: Asset, by: str, columns: Sequence[str] | None = None, reason: str | None = None, *, two_person: bool = False
) -> Asset:
    """Return `asset` with proposals accepted in the name of `by`.

    With `columns` left out, everything that nobody had decided on and that has a tag is accepted; a person's earlier
    decision is not touched. A column named in `columns` is accepted whatever stands: a scan's disagreement replaces the
    decision, an absent column goes; one already accepted stays as it is. With `two_person`, what lowers a tier waits.
    Raises `InputError`: `catalog_decider_required`; `catalog_unknown_column`; `catalog_nothing_to_accept` for a named
    column without a tag.
    """
    require_decider(by)
    for name in columns or ():
        if _entry(asset, name).tag is None:
            raise InputError("catalog_nothing_to_accept", column=shown(name))
    kept = [_accepted(entry, by, reason, columns, two_person) for entry in asset.columns]
    return _without_lost_columns(replace(asset, columns=tuple(entry for entry in kept if entry is not None)))


def _accepted(
    entry: ColumnEntry, by: str, reason: str | None, columns: Collection[str] | None, two_person: bool
) -> ColumnEntry | None:
    named = columns is not None and entry.name in columns
    if entry.status is Status.PROPOSED:
        wanted = entry.tag is not None and entry.awaiting is None and (columns is None or named)
        return _decide(entry, Status.ACCEPTED, by, reason or entry.reason) if wanted else entry
    if named and entry.type == ABSENT:
        return None
    if named and entry.proposal is not None:
        return _settle(entry, _decide(adopt(entry, entry.proposal), Status.ACCEPTED, by, reason), two_person)
    return entry


def override(
    asset: Asset,
    column: str,
    tag: str,
    tags: Mapping[str, Tag],
    by: str,
    reason: str | None,
    tier: Tier | None = None,
    *,
    two_person: bool = False,
) -> Asset:
    """Return `asset` with `column` tagged `tag` by decision of `by`; tier and class are the tag's, or `tier`.

    The scan's evidence spoke for the scan's tag and is dropped unless the tag is the same. With `two_person`, what
    lowers the tier that stands waits for a second person. A generated column is made less than what it is computed from
    with a `reason` only, and then until its expression changes.
    Raises `InputError`: `catalog_decider_required`, `catalog_unknown_column`, `catalog_unknown_tag`, and
    `catalog_reason_required` when `tier` is below the tag's own, `catalog_generated_reason` when the decision is below
    what a generated column is computed from, and `reason` is blank.
    """
    require_decider(by)
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
        awaiting=None,
    )
    if entry.generated is not None:
        judged = bool(reason and reason.strip())
        decided = replace(decided, generated=replace(entry.generated, judged=judged))
        if not judged and decided.below_sources:
            raise InputError("catalog_generated_reason", column=shown(column), reads=_named(entry.generated.reads))
    decided = _settle(entry, _decide(decided, Status.OVERRIDDEN, by, reason), two_person)
    return _with(asset, decided)


def _named(columns: Sequence[str]) -> str:
    return ", ".join(shown(name) for name in columns)


def reject(
    asset: Asset, column: str, by: str, reason: str, *, two_person: bool = False
) -> tuple[Asset, Rejection | None]:
    """Return `asset` with what is pending on `column` turned down, and what was turned down, for the rules to learn.

    A decision that waits for a second person goes, and what stood stays; a scan's disagreement goes, and is not made
    again; a claim that nobody had decided on goes, and the column has no tag, so that it counts as sensitive until
    somebody says what it is. Raises `InputError`: `catalog_decider_required`, `catalog_reject_reason`,
    `catalog_unknown_column`, `catalog_nothing_to_reject`; with `two_person` `catalog_reject_lowers` for a claim above
    what a column without a tag counts as, such as a suspicion of state secrets.
    """
    require_decider(by)
    if not reason.strip():
        raise InputError("catalog_reject_reason", column=shown(column))
    entry = _entry(asset, column)
    if entry.awaiting is not None:
        return _with(asset, replace(entry, awaiting=None)), None
    if entry.status is not Status.PROPOSED and (claim := entry.proposal) is not None:
        raises = [found.rule for found in claim.evidence if found.kind == COMBINATION and found not in entry.evidence]
        claims = (claim.tag,) if claim.tag != entry.tag else tuple(raises)
        evidence = claim.evidence
        kept = replace(entry, proposal=None)
    elif entry.status is Status.PROPOSED and entry.tag is not None:
        if two_person and entry.tier is not None and entry.tier > UNCLASSIFIED_TIER:
            raise InputError("catalog_reject_lowers", column=shown(column), tier=entry.tier)
        claims, evidence = (entry.tag,), entry.evidence
        kept = replace(
            entry, tag=None, tags=(), tier=None, personal_class=None, confidence=None, evidence=(), decided_by=SCAN
        )
    else:
        raise InputError("catalog_nothing_to_reject", column=shown(column))
    kept = replace(kept, rejected=tuple(dict.fromkeys((*entry.rejected, *claims))))
    return _with(asset, kept), Rejection(entry.name, entry.type, claims[0] if claims else "", evidence)


def approve(asset: Asset, by: str, columns: Sequence[str] | None = None) -> Asset:
    """Return `asset` with decisions that waited for a second person settled in the name of `by` as well.

    Raises `InputError`: `catalog_decider_required`, `catalog_unknown_column`, `catalog_same_person` for whoever made
    the decision, `catalog_nothing_to_approve` for a named column on which nothing waits.
    """
    require_decider(by)
    for name in columns or ():
        if _entry(asset, name).awaiting is None:
            raise InputError("catalog_nothing_to_approve", column=shown(name))
    return replace(asset, columns=tuple(_approved(entry, by, columns) for entry in asset.columns))


def _approved(entry: ColumnEntry, by: str, columns: Collection[str] | None) -> ColumnEntry:
    asked = entry.awaiting
    if asked is None or (columns is not None and entry.name not in columns):
        return entry
    if same_person(by, asked.by):
        raise InputError("catalog_same_person", column=shown(entry.name), person=shown(by))
    agrees = entry.tag == asked.tag
    return replace(
        entry,
        tag=asked.tag,
        tags=asked.tags,
        tier=asked.tier,
        personal_class=asked.personal_class,
        confidence=entry.confidence if agrees else None,
        evidence=entry.evidence if agrees else (),
        status=asked.status,
        decided_by=asked.by,
        reason=asked.reason,
        approved_by=normalised(by),
        proposal=None,
        awaiting=None,
        generated=_judged(entry, asked),
    )


def _judged(entry: ColumnEntry, asked: Awaiting) -> Generation | None:
    if entry.generated is None:
        return None
    reasoned = asked.status is Status.OVERRIDDEN and bool((asked.reason or "").strip())
    return replace(entry.generated, judged=reasoned and asked.expression == entry.generated.expression)


def _settle(before: ColumnEntry, after: ColumnEntry, two_person: bool) -> ColumnEntry:
    """Return `after`, or, if it lowers what stands and needs a second person, `before` with the decision waiting."""
    if not two_person or not _lowers(before, after) or after.tag is None or after.decided_by is None:
        return after
    if after.tier is None or after.personal_class is None:
        return after
    expression = after.generated.expression if after.generated else None
    waiting = Awaiting(
        after.tag,
        after.tags,
        after.tier,
        after.personal_class,
        after.status,
        after.decided_by,
        after.reason,
        expression,
    )
    return replace(before, awaiting=waiting)


def _lowers(before: ColumnEntry, after: ColumnEntry) -> bool:
    """Tell whether less is protected `after`; who turned a claim down does not alone say that it was less instead."""
    tier, personal_class = before.tier, before.personal_class
    if before.tag is None and before.rejected:
        tier, personal_class = before.effective_tier, before.effective_class
    if tier is None or personal_class is None or after.tier is None or after.personal_class is None:
        return False
    if before.inherited is not None and after.below_sources:
        return True
    return protects_less((after.tier, after.personal_class), (tier, personal_class))


def _decide(entry: ColumnEntry, status: Status, by: str, reason: str | None) -> ColumnEntry:
    written = normalised(reason) if reason and reason.strip() else None
    return replace(entry, status=status, decided_by=normalised(by), reason=written, approved_by=None)


def require_decider(by: str) -> None:
    """Raise `InputError` `catalog_decider_required` unless `by` names somebody."""
    if not by.strip():
        raise InputError("catalog_decider_required")


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are spellings of one person's."""
    return _person(one) == _person(other)


def _person(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _entry(asset: Asset, column: str) -> ColumnEntry:
    entry = asset.column(column)
    if entry is None:
        raise InputError("catalog_unknown_column_named", table=shown(str(asset.name)), column=shown(column))
    return entry


def _with(asset: Asset, entry: ColumnEntry) -> Asset:
    return replace(asset, columns=tuple(entry if other.name == entry.name else other for other in asset.columns))


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
