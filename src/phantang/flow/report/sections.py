"""The sections of a report: for each the keys of its columns, its rows, and how many first columns group them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from phantang.catalog import holdings, identity, tag_of
from phantang.flow.clock import local_time
from phantang.flow.report.texts import cited, texts
from phantang.model.catalog import Status
from phantang.model.names import ColumnName
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phantang.catalog import Change, Pair, Side
    from phantang.flow.report.texts import Say
    from phantang.ledger import Entry
    from phantang.model.catalog import Asset, ColumnEntry, Tag
    from phantang.model.finding import Evidence
    from phantang.model.raising import Raise, RaiseRule

    Cell = str | int | float | None
    Part = tuple[tuple[str, ...], list[tuple[Cell, ...]], int]

#: What a tag's legal basis says of an item of Decree 356/2025/NĐ-CP Art 3.
_ITEM = re.compile(r"Decree 356/2025/NĐ-CP Art 3 item (\d+)")
_ITEMS = range(1, 12)
#: Names shown of a longer list.
_NAMES = 12


def summary(assets: Sequence[Asset]) -> Part:
    """Return one row a source: how much there is, how sensitive, how far people have come."""
    by_source: dict[str, list[Asset]] = defaultdict(list)
    for asset in assets:
        by_source[asset.name.source].append(asset)
    heads = ("source", "tables", "columns", *Tier, "basic", "sensitive", "untagged", "decided", "share")
    rows: list[tuple[Cell, ...]] = []
    for source, held in sorted(by_source.items()):
        entries = [entry for asset in held for entry in asset.columns]
        tiers = [sum(entry.tier is tier for entry in entries) for tier in Tier]
        decided = sum(entry.classified for entry in entries)
        rows.append(
            (
                source,
                len(held),
                len(entries),
                *tiers,
                sum(entry.personal_class is PersonalClass.BASIC for entry in entries),
                sum(entry.personal_class is PersonalClass.SENSITIVE for entry in entries),
                sum(entry.tag is None for entry in entries),
                decided,
                _percent(decided, len(entries)),
            )
        )
    return heads, rows, 0


def tables(assets: Sequence[Asset], say: Say) -> Part:
    """Return one row a table."""
    heads = ("source", "table", "rows", "tier", "level", "columns", "decided", "share", "privacy_unit")
    rows: list[tuple[Cell, ...]] = []
    for asset in assets:
        decided = sum(entry.classified for entry in asset.columns)
        share = _percent(decided, len(asset.columns))
        level = say(f"value.{asset.level}") if asset.level in {"T4a", "T4b"} else asset.level
        where = (asset.name.source, asset.name.local)
        rows.append((*where, asset.rows, asset.tier, level, len(asset.columns), decided, share, asset.privacy_unit))
    return heads, rows, 0


def thresholds(assets: Sequence[Asset], rules: Sequence[RaiseRule], say: Say, lang: str) -> Part:
    """Return one row a table of people: how many, how counted, and which thresholds of the decision that reaches."""
    heads = ("source", "table", "subjects", "counted", "basic", "sensitive", "level", "rule", "basis", "basis_status")
    labels = {rule.id: rule.label[lang] for rule in rules}
    rows: list[tuple[Cell, ...]] = []
    for asset in assets:
        basic = sum(entry.personal_class is PersonalClass.BASIC for entry in asset.columns)
        sensitive = sum(entry.personal_class is PersonalClass.SENSITIVE for entry in asset.columns)
        if asset.subjects is None or not basic + sensitive:
            continue
        reached = [found for found in asset.raised if found.scope == "dataset"]
        counted = say(f"value.{asset.subjects.by}")
        head = (asset.name.source, asset.name.local, asset.subjects.count, counted, basic, sensitive)
        rows.extend((*head, *_law(found, labels, say, lang)) for found in reached)
        if not reached:
            rows.append((*head, None, None, None, None))
    return heads, rows, 0


def held(assets: Sequence[Asset], rules: Sequence[RaiseRule], tags: Mapping[str, Tag], say: Say, lang: str) -> Part:
    """Return one row a source and kind of data: of how many different people, and which threshold that reaches."""
    heads = (
        "source",
        "kind",
        "tables",
        "uncounted",
        "at_least",
        "at_most",
        "level",
        "level_possible",
        "basis",
        "basis_status",
    )
    rows: list[tuple[Cell, ...]] = []
    for one in holdings(assets, rules):
        named = ", ".join(tag_of(tag, tags).label[lang] for tag in one.kind.tags)
        kind = say(f"value.{one.kind.personal_class}") if one.kind.personal_class else named
        sure, may = (say(f"value.{rule.level}") if rule else None for rule in (one.reached, one.possible))
        law = one.possible or one.reached or one.kind
        counts = (one.tables, one.uncounted, one.at_least, one.at_most)
        rows.append((one.source, kind, *counts, sure, may, cited(law.basis, lang), say(f"value.{law.status}")))
    return heads, rows, 0


def _law(found: Raise, labels: Mapping[str, str], say: Say, lang: str) -> tuple[Cell, ...]:
    label = labels.get(found.rule, found.rule)
    return (say(f"value.{found.level}"), label, cited(found.basis, lang), say(f"value.{found.status}"))


def raised(assets: Sequence[Asset], rules: Sequence[RaiseRule], say: Say, lang: str) -> Part:
    """Return one row a raise: rule, columns, counts, law; and who rejected it, why, and whether that waits."""
    law_heads = ("basis", "basis_status", "rejected_by", "reason")
    heads = ("source", "table", "tier", "level", "rule", "column_names", "counts", *law_heads)
    labels = {rule.id: rule.label[lang] for rule in rules}
    rows: list[tuple[Cell, ...]] = []
    for asset in assets:
        waived = {identity(one.raised): one for one in asset.waived}
        settled = [one.raised for one in asset.waived if not one.waits]
        for found in (*asset.raised, *settled):
            no = waived.get(identity(found))
            who = None if no is None else f"{no.by} ({say('value.waits')})" if no.waits else no.by
            rule = f"{labels.get(found.rule, found.rule)} [{found.rule}]"
            counts = ", ".join(f"{_word(say, key)}: {_number(count, lang)}" for key, count in found.counts.items())
            where = (asset.name.source, asset.name.local, found.tier, found.level)
            law = (cited(found.basis, lang), say(f"value.{found.status}"))
            rows.append((*where, rule, ", ".join(found.columns), counts, *law, who, no.reason if no else None))
    return heads, rows, 0


def checklist(assets: Sequence[Asset], tags: Mapping[str, Tag], say: Say) -> Part:
    """Return one row an item of Decree 356/2025/NĐ-CP Art 3: whether it is held, and in which columns."""
    held: dict[int, list[str]] = defaultdict(list)
    for asset in assets:
        for entry in asset.columns:
            for item in {_item_of(tag, tags) for tag in entry.tags}:
                held[item].append(f"{asset.name.source}.{asset.name.table}.{entry.name}")
    rows: list[tuple[Cell, ...]] = []
    for item in _ITEMS:
        names = held.get(item, [])
        former = texts()[f"item.{item}"]["decree_13"]
        found = say("value.yes" if names else "value.no")
        rows.append((item, say(f"item.{item}"), former, found, len(names), _shortened(names)))
    return ("item", "content", "decree_13", "found", "columns", "column_names"), rows, 0


def _item_of(tag: str, tags: Mapping[str, Tag]) -> int:
    match = _ITEM.search(tag_of(tag, tags).basis or "")
    return int(match[1]) if match else 0


def unclassified(pending: Iterable[Change], say: Say) -> Part:
    """Return one row a column that waits for a person."""
    rows: list[tuple[Cell, ...]] = []
    for change in pending:
        name = change.column
        stands = f"{change.tag} {change.tier}" if change.tag else None
        proposed = f"{change.proposed_tag} {change.proposed_tier}" if change.proposed_tag else None
        kind = say(f"value.{change.kind}")
        rows.append((name.table.source, name.table.local, name.column, kind, stands, proposed, change.confidence))
    return ("source", "table", "column", "pending", "tag", "proposed", "confidence"), rows, 0


def columns(
    assets: Sequence[Asset], tags: Mapping[str, Tag], say: Say, lang: str, samples: Mapping[ColumnName, str] | None
) -> Part:
    """Return one row a column, grouped by table."""
    heads = ["source", "table", "column", "type", "tag", "meaning", "tier", "personal_class", "basis", "basis_status"]
    heads += ["confidence", "status", "decided_by", "reason", "evidence"]
    if samples is not None:
        heads.append("samples")
    rows: list[tuple[Cell, ...]] = []
    for asset in assets:
        for entry in asset.columns:
            row = (asset.name.source, asset.name.local, *_column(entry, tags, say, lang))
            more = () if samples is None else (samples.get(ColumnName(asset.name, entry.name), ""),)
            rows.append((*row, *more))
    return tuple(heads), rows, 2


def _column(entry: ColumnEntry, tags: Mapping[str, Tag], say: Say, lang: str) -> tuple[Cell, ...]:
    tag = tag_of(entry.tag, tags) if entry.tag else None
    status = say("value.suspected") if entry.tier is Tier.T5 else say(f"value.{entry.status}")
    people = entry.decided_by if entry.status is not Status.PROPOSED else None
    if people and entry.approved_by:
        people = f"{people}, {entry.approved_by}"
    return (
        entry.name,
        entry.type,
        ", ".join(entry.tags) or entry.tag,
        tag.label[lang] if tag else None,
        entry.tier,
        say(f"value.{entry.personal_class}") if entry.personal_class else None,
        cited(tag.basis, lang) if tag and tag.basis else None,
        say(f"value.{tag.status}") if tag and tag.status else None,
        entry.confidence,
        status,
        people,
        entry.reason,
        "; ".join(_evidence(one, say) for one in entry.evidence),
    )


def _evidence(one: Evidence, say: Say) -> str:
    counts = f" {one.hits}/{one.sampled}" if one.sampled else ""
    return f"{one.rule} ({_word(say, one.kind)}{counts})"


def progress(entries: Iterable[Entry], say: Say, lang: str) -> Part:
    """Return one row a change of the catalog: how much of it was tagged and decided afterwards."""
    rows: list[tuple[Cell, ...]] = []
    for entry in entries:
        state = entry.body.get("progress")
        if isinstance(state, dict):
            who = entry.body.get("by") or entry.body.get("accepted_by")
            share = _percent(state["decided"], state["columns"])
            event = (local_time(entry.time, lang), say(f"kind.{entry.kind}"), who)
            rows.append((*event, state["tables"], state["columns"], state["tagged"], state["decided"], share))
    return ("time", "event", "who", "tables", "columns", "tagged", "decided", "share"), rows, 0


def compared(pairs: Iterable[Pair], say: Say) -> Part:
    """Return one row a concept of two catalogs, those that differ first."""
    heads = ("table_a", "column_a", "type_a", "tier_a", "table_b", "column_b", "type_b", "tier_b")
    rows: list[tuple[Cell, ...]] = []
    for pair in sorted(pairs, key=lambda pair: "same" in pair.differences):
        kinds = ", ".join(say("other_name" if kind == "name" else f"value.{kind}") for kind in pair.differences)
        by = ", ".join(say(f"by.{reason}") for reason in pair.by)
        tag = next((side.tag for side in (pair.a, pair.b) if side is not None and side.tag), None)
        rows.append((*_side(pair.a), *_side(pair.b), kinds, tag, by))
    return (*heads, "difference", "tag", "paired_by"), rows, 0


def _side(side: Side | None) -> tuple[Cell, ...]:
    return (None,) * 4 if side is None else (side.table, side.column, side.type, side.tier)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "-"


def _shortened(names: Sequence[str]) -> str:
    more = f", … (+{len(names) - _NAMES})" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def _number(count: int, lang: str) -> str:
    """Return a count with its thousands apart, as `lang` sets them."""
    return f"{count:,}".replace(",", "." if lang == "vi" else ",")


def _word(say: Say, key: str) -> str:
    """Return the word for a value of an open set, or the value itself."""
    try:
        return say(f"value.{key}")
    except KeyError:
        return key
