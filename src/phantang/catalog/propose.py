"""A scan's findings to a proposal: what nobody decided is replaced, what a person decided stands (FINDINGS: drift)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from phantang.catalog.node import normalised
from phantang.catalog.raising import raise_tiers
from phantang.catalog.vocabulary import strictest, tag_of
from phantang.model.catalog import Asset, ColumnEntry, Proposal, Status
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.catalog.raising import Measured
    from phantang.model.catalog import Tag
    from phantang.model.finding import Finding
    from phantang.model.raising import RaiseRule
    from phantang.model.schema import ColumnInfo, TableInfo

#: `decided_by` of an entry that only a scan stands behind.
SCAN = "scan"
#: Types whose values hold others, or bytes, that rules on whole values say nothing about.
_OPAQUE = re.compile(
    r"\]$|^(STRUCT|MAP|UNION|ROW|ARRAY|\w*LIST|JSONB?|VARIANT|XML(TYPE)?|HSTORE"
    r"|\w*BLOB|\w*BINARY|BYTEA|(LONG )?RAW|IMAGE)\b"
)
#: `type` of a column that a person decided on and the database no longer has: kept until somebody accepts its removal.
ABSENT = "ABSENT"


def propose(
    existing: Asset | None,
    info: TableInfo,
    findings: Sequence[Finding],
    tags: Mapping[str, Tag],
    privacy_unit: str | None,
    scope: Mapping[str, str],
    rules: Sequence[RaiseRule] = (),
    measured: Measured | None = None,
) -> Asset:
    """Return what the catalog should say of a table after a scan. It never undoes a person's decision.

    Columns come in the order of `info`, each with type and comment as introspected:

    * new, or only proposed before: `proposed` with the new claim; without a finding, proposed with no tag at all;
    * accepted or overridden: kept; when the scan claims another tag the claim stands beside it as `proposal`, and goes
      when the scan agrees again or claims nothing;
    * what waits for a second person goes on waiting;
    * a claim that a person rejected is not made again; a suspicion of state secrets stands until a person decides;
    * gone from the database: dropped if only proposed; if a person decided on it, kept at the end with type `ABSENT`
      and shown by `changes`, so that a decision is never lost unseen (and stands again if the column returns).

    Tier and class are the strictest among all tags of a finding. `privacy_unit` and `scope` are the scan's guess; what
    an existing asset says stands if a person decided anything in it and it still names columns of the table, and a
    privacy unit is never replaced by none. Keys, row count and structure
    follow the database.
    Then `rules` raise what columns are together, with what the scan `measured` (`raise_tiers`).
    Raises `InputError` `catalog_unknown_tag`.
    """
    claims = _claims(findings, info, tags)
    columns = [_column(existing.column(column.name) if existing else None, column, claims) for column in info.columns]
    present = {column.name for column in info.columns}
    absent = [
        replace(entry, type=ABSENT, proposal=None)
        for entry in (existing.columns if existing else ())
        if entry.name not in present and entry.status is not Status.PROPOSED
    ]
    asset = Asset(
        name=info.name,
        columns=(*columns, *absent),
        comment=_nfc(info.comment),
        privacy_unit=_privacy_unit(existing, privacy_unit, present),
        scope=_scope(existing, scope, present),
        primary_key=info.primary_key,
        foreign_keys=info.foreign_keys,
        rows=info.rows,
        structure=info.structure,
        subjects=existing.subjects if existing else None,
        raised=existing.raised if existing else (),
        waived=existing.waived if existing else (),
        differential_privacy=existing.differential_privacy if existing else None,
        contributions=existing.contributions if existing else None,
    )
    return raise_tiers(asset, rules, measured)


def _claims(findings: Sequence[Finding], info: TableInfo, tags: Mapping[str, Tag]) -> dict[str, Proposal]:
    """Return the claim for each column; of several for one column the strictest, then the most confident."""
    claims: dict[str, Proposal] = {}
    for finding in findings:
        if finding.column.table != info.name:
            continue
        all_tags = tuple(dict.fromkeys((tag_of(finding.tag, tags).id, *finding.tags)))
        tier, personal_class = strictest(all_tags, tags)
        claim = Proposal(finding.tag, all_tags, tier, personal_class, finding.confidence, finding.evidence)
        rival = claims.get(finding.column.column)
        if rival is None or (claim.tier, claim.confidence) > (rival.tier, rival.confidence):
            claims[finding.column.column] = claim
    return claims


def _column(existing: ColumnEntry | None, column: ColumnInfo, claims: Mapping[str, Proposal]) -> ColumnEntry:
    claim = claims.get(column.name)
    rejected = existing.rejected if existing is not None else ()
    if claim is not None and claim.tag in rejected:
        claim = None
    comment = _nfc(column.comment)
    if existing is not None and existing.status is not Status.PROPOSED:
        pending = claim if claim is not None and claim.tag != existing.tag else None
        return replace(existing, type=column.type, comment=comment, proposal=pending)
    if existing is not None and existing.tier is Tier.T5 and (claim is None or claim.tier < Tier.T5):
        return replace(existing, type=column.type, comment=comment)  # not read again, and not for a scan to clear
    entry = ColumnEntry(
        column.name,
        column.type,
        Status.PROPOSED,
        decided_by=SCAN,
        comment=comment,
        rejected=rejected,
        awaiting=existing.awaiting if existing is not None else None,
    )
    return entry if claim is None or _unread(column, claim) else adopt(entry, claim)


def _unread(column: ColumnInfo, claim: Proposal) -> bool:
    """Tell whether a harmless claim rests on values nobody looked into: it is left for a person to make."""
    return claim.personal_class is PersonalClass.NONE and claim.tier < Tier.T2 and bool(_OPAQUE.search(column.type))


def adopt(entry: ColumnEntry, claim: Proposal) -> ColumnEntry:
    """Return `entry` saying what `claim` says; status and who decided are left as they are."""
    return replace(
        entry,
        tag=claim.tag,
        tags=claim.tags,
        tier=claim.tier,
        personal_class=claim.personal_class,
        confidence=claim.confidence,
        evidence=claim.evidence,
        proposal=None,
    )


def _privacy_unit(existing: Asset | None, guess: str | None, present: set[str]) -> str | None:
    if existing is None or existing.privacy_unit not in present:
        return guess
    return existing.privacy_unit if guess is None or _decided(existing) else guess


def _scope(existing: Asset | None, guess: Mapping[str, str], present: set[str]) -> dict[str, str]:
    if existing is None or not _decided(existing):
        return dict(guess)
    return {**guess, **{unit: column for unit, column in existing.scope.items() if column in present}}


def _decided(asset: Asset) -> bool:
    return any(entry.status is not Status.PROPOSED for entry in asset.columns)


def _nfc(text: str | None) -> str | None:
    return None if text is None else normalised(text)
