"""Combinations: what columns are together may be more than what each of them is (`raised_by` of `tiers.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phantang.catalog.phrases import has_phrase
from phantang.catalog.uniqueness import singling_out
from phantang.model.catalog import Asset, ColumnEntry, Proposal, Status
from phantang.model.finding import Evidence
from phantang.model.raising import Raise
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from phantang.catalog.uniqueness import UniqueSet
    from phantang.model.catalog import Subjects
    from phantang.model.finding import Finding
    from phantang.model.raising import RaiseRule, Waiver

#: Kind of evidence of a raised column.
COMBINATION = "combination"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a scan counted in the data: sets of columns that single people out, by rule, and how many people."""

    singled_out: Mapping[str, tuple[UniqueSet, ...]]
    subjects: Subjects | None = None


def measure(
    findings: Iterable[Finding],
    samples: Mapping[str, Sequence[str | None]],
    rules: Sequence[RaiseRule],
    rows: int | None = None,
) -> dict[str, tuple[UniqueSet, ...]]:
    """Return for each rule that measures the sets of columns of one table of `rows` that it finds."""
    tags = {finding.column.column: finding.tags for finding in findings}
    found = {}
    for rule in rules:
        if rule.share is not None:
            among = [name for name in samples if bears(tags.get(name, ()), rule.among)]
            found[rule.id] = singling_out(samples, among, rows=rows, columns=rule.columns, share=rule.share)
    return found


def bears(tags: Iterable[str], wanted: Collection[str]) -> bool:
    """Tell whether one of `tags` is one of `wanted` or finer."""
    return any(tag == one or tag.startswith(f"{one}.") for tag in tags for one in wanted)


def raise_tiers(asset: Asset, rules: Sequence[RaiseRule], measured: Measured | None) -> Asset:
    """Return `asset` with every raise that holds, each with its rule, columns, counts and law.

    A raise of columns is a proposal like any other: it raises what nobody decided, and stands as `proposal` beside a
    decision that did not know of it; a raise of the table that a person rejected is left out. Without `measured` what
    an earlier scan measured stands.
    """
    raised: list[Raise] = []
    columns = {entry.name: entry for entry in asset.columns}
    subjects = measured.subjects if measured and measured.subjects else asset.subjects
    about_people = asset.privacy_unit is not None or any(_personal(entry) for entry in asset.columns)
    for rule in rules:
        if rule.share is not None:
            if measured is None:
                raised.extend(found for found in asset.raised if found.rule == rule.id)
            elif about_people:
                raised.extend(_singled_out(rule, one) for one in measured.singled_out.get(rule.id, ()))
        elif rule.at_least is not None:
            raised.extend(_counted(rule, asset, subjects))
        elif rule.beside:
            raised.extend(_together(rule, asset))
        elif about_people:
            names = tuple(entry.name for entry in asset.columns if _meets(rule, entry, asset))
            for name in names:
                columns[name] = _raise(columns[name], rule)
            if names:
                raised.append(Raise(rule.id, rule.tier, "columns", names, rule.basis, rule.status))
    stands = standing(raised, asset.waived)
    return replace(asset, columns=tuple(columns.values()), subjects=subjects, raised=stands)


def standing(raised: Iterable[Raise], waived: Iterable[Waiver]) -> tuple[Raise, ...]:
    """Return what is left of `raised` after the rejections that are settled."""
    settled = {identity(one.raised) for one in waived if not one.waits}
    return tuple(found for found in raised if found.scope == "columns" or identity(found) not in settled)


def identity(found: Raise) -> tuple[str, frozenset[str]]:
    """Return what makes two raises of one table the same: the rule and the columns, not the counts."""
    return found.rule, frozenset(found.columns)


def _singled_out(rule: RaiseRule, one: UniqueSet) -> Raise:
    counts = {"unique": one.unique, "sampled": one.sampled}
    return Raise(rule.id, rule.tier, "table", one.columns, rule.basis, rule.status, counts=counts)


def _together(rule: RaiseRule, asset: Asset) -> list[Raise]:
    ones = [entry.name for entry in asset.columns if bears(entry.tags, rule.raises)]
    others = [entry.name for entry in asset.columns if bears(entry.tags, rule.beside) and entry.name not in ones]
    if not ones or not others:
        return []
    return [Raise(rule.id, rule.tier, "table", (*ones, *others), rule.basis, rule.status)]


def _counted(rule: RaiseRule, asset: Asset, subjects: Subjects | None) -> list[Raise]:
    if subjects is None or rule.at_least is None or subjects.count < rule.at_least:
        return []
    held = [entry.name for entry in asset.columns if holds(rule, entry)]
    if not held or (rule.below is not None and subjects.count >= rule.below):
        return []
    counts = {"subjects": subjects.count, "at_least": rule.at_least}
    return [Raise(rule.id, rule.tier, "dataset", tuple(held), rule.basis, rule.status, rule.level, counts)]


def holds(rule: RaiseRule, entry: ColumnEntry) -> bool:
    """Tell whether a column holds the kind of data that a counting rule counts the people of."""
    if rule.tags:
        return bears(entry.tags, rule.tags)
    return entry.personal_class is rule.personal_class


def _meets(rule: RaiseRule, entry: ColumnEntry, asset: Asset) -> bool:
    if not all(_has_one(entry.name, phrases) for phrases in rule.names):
        return False
    if not rule.raises:
        return True
    called = f"{asset.name.table} {asset.comment or ''}"
    return bears(entry.tags, rule.raises) and _has_one(called, rule.table) and not _has_one(entry.name, rule.unless)


def _has_one(text: str, phrases: Iterable[str]) -> bool:
    return any(has_phrase(text, phrase) for phrase in phrases)


def _personal(entry: ColumnEntry) -> bool:
    return entry.personal_class in (PersonalClass.BASIC, PersonalClass.SENSITIVE)


def _raise(entry: ColumnEntry, rule: RaiseRule) -> ColumnEntry:
    seen = Evidence(rule.id, COMBINATION)
    if entry.tier is None or entry.tag is None or entry.tier >= rule.tier or rule.id in entry.rejected:
        return entry
    sensitive = PersonalClass.SENSITIVE if rule.tier >= Tier.T3 else entry.personal_class
    if entry.status is Status.PROPOSED:
        evidence = (*entry.evidence, *(() if seen in entry.evidence else (seen,)))
        return replace(entry, tier=rule.tier, personal_class=sensitive, evidence=evidence)
    if seen in entry.evidence or entry.proposal is not None or sensitive is None:
        return entry
    evidence = (*entry.evidence, seen)
    claim = Proposal(entry.tag, entry.tags, rule.tier, sensitive, entry.confidence or 1.0, evidence)
    return replace(entry, proposal=claim)
