"""A report that an officer can hand in: sections of plain tables, in one language, for a page or a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.catalog import changes
from phantang.flow.catalog.review import CATALOG_KINDS, history
from phantang.flow.clock import local_time, timestamp
from phantang.flow.report import sections
from phantang.flow.report.texts import speaker, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.catalog import Pair
    from phantang.flow.report.sections import Cell
    from phantang.ledger import Entry
    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.names import ColumnName
    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report. `heads` are its columns by key; `group` is how many first columns name a part of it."""

    key: str
    title: str
    note: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    group: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A report in the language `lang`: its heading, what it says of itself, and its sections."""

    lang: str
    title: str
    subtitle: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    words: Mapping[str, str]


def workspace_report(
    workspace: Workspace,
    snapshot: Snapshot,
    assets: Sequence[Asset],
    lang: str,
    samples: Mapping[ColumnName, str] | None = None,
    *,
    unsampled: Sequence[str] = (),
) -> Report:
    """Return the report on `assets` of a workspace, with its progress as the ledger tells it.

    `unsampled` are the tables and sources of which samples were asked for in vain.
    """
    entries = [entry for entry in history(workspace, assets) if entry.kind in CATALOG_KINDS]
    settings = workspace.settings
    holder = settings.title or speaker(lang)("workspace", name=settings.name)
    return make_report(holder, snapshot, assets, lang, entries=entries, samples=samples, unsampled=unsampled)


def make_report(
    holder: str,
    snapshot: Snapshot,
    assets: Sequence[Asset],
    lang: str,
    *,
    entries: Sequence[Entry] = (),
    samples: Mapping[ColumnName, str] | None = None,
    unsampled: Sequence[str] = (),
) -> Report:
    """Return the report on `assets`, judged by the vocabulary of `snapshot`.

    `holder` is whose they are. `samples` are masked already.
    """
    say = speaker(lang)
    assets = sorted(assets, key=lambda asset: asset.name)
    parts = {
        "summary": sections.summary(assets),
        "tables": sections.tables(assets, say),
        "thresholds": sections.thresholds(assets, snapshot.raise_rules, say, lang),
        "holdings": sections.held(assets, snapshot.raise_rules, snapshot.tags, say, lang),
        "raised": sections.raised(assets, snapshot.raise_rules, say, lang),
        "checklist": sections.checklist(assets, snapshot.tags, say),
        "unclassified": sections.unclassified(changes(assets), say),
        "columns": sections.columns(assets, snapshot.tags, say, lang, samples),
        "progress": sections.progress(entries, say, lang),
    }
    made = []
    for key, (heads, rows, group) in parts.items():
        note = say(f"note.{key}") if f"note.{key}" in texts() else ""
        named = tuple((head, say(head)) for head in heads)
        made.append(Section(key, say(f"section.{key}"), note, named, tuple(rows), group))
    names = ", ".join(dict.fromkeys(asset.name.source for asset in assets))
    notes = [say("extent", tables=len(assets), names=names or "-")]
    notes += [say("with_samples" if samples else "no_values"), say("catalog", digest=snapshot.digest)]
    notes += [say("unsampled", names=", ".join(unsampled))] if unsampled else []
    words = {key: say(key) for key in ("skip", "contents", "nothing")}
    return Report(lang, say("title"), say("subtitle", holder=holder, time=_now(lang)), tuple(notes), tuple(made), words)


def compare_report(one: str, two: str, snapshot: Snapshot, pairs: Sequence[Pair], lang: str) -> Report:
    """Return the report on a comparison: pairs of columns that differ, what one side lacks, and what agrees."""
    say = speaker(lang)
    heads, rows, group = sections.compared(pairs, say)
    named = tuple((head, say(head)) for head in heads)
    section = Section("compared", say("section.compared"), say("note.compared"), named, tuple(rows), group)
    words = {key: say(key) for key in ("skip", "contents", "nothing")}
    notes = (say("no_values"), say("catalog", digest=snapshot.digest))
    subtitle = say("compared_subtitle", one=one, two=two, time=_now(lang))
    return Report(lang, say("compared_title"), subtitle, notes, (section,), words)


def _now(lang: str) -> str:
    return local_time(timestamp(), lang)[:-3]
