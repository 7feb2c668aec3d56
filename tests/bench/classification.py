"""Classification on the held-out columns, and Presidio alone in the same run: tags, tiers, look-alikes, reliability.

`python -m tests.bench.classification dev` prints the tables of one split.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from presidio_analyzer import RecognizerRegistry
from rich.console import Console
from rich.table import Table

from phantang.catalog.strict_yaml import read_yaml
from phantang.catalog.vocabulary import read_tags, strictest
from phantang.classify import Classifier
from phantang.classify.builtin import builtin_classifier
from phantang.model.catalog import Tag
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo
from phantang.model.tier import Tier

from .heldout import Column, System, systems

MODES = ("both", "schema only", "values only")
_ROWS = 200
_BINS = ((0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.001))
#: What an entity of Presidio's own recognisers stands for.
_ENTITIES = {
    "CREDIT_CARD": "sensitive.payment_card", "CRYPTO": "sensitive.bank_account", "DATE_TIME": "person.birth_date",
    "EMAIL_ADDRESS": "person.email", "IBAN_CODE": "sensitive.bank_account", "IP_ADDRESS": "person.account",
    "MAC_ADDRESS": "person.account", "PHONE_NUMBER": "person.phone", "US_BANK_NUMBER": "sensitive.bank_account",
    "US_DRIVER_LICENSE": "person.driver_licence", "US_ITIN": "person.tax_code", "US_PASSPORT": "person.passport",
    "US_SSN": "person.national_id", "UK_NHS": "person.health_insurance", "MEDICAL_LICENSE": "person.other",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """One column: what it is, what was said of it, and how surely; `tags` holds every tag that was said to apply."""

    column: Column
    language: str
    tag: str
    confidence: float
    tags: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the tag, or the tag it refines, is one of the labels."""
        return any(self.tag == tag or self.tag.startswith(f"{tag}.") for tag in self.column.tags)

    @property
    def flagged(self) -> bool:
        """Whether it was called personal or sensitive."""
        return _personal(self.tag)

    def tiers(self, tags: Mapping[str, Tag]) -> tuple[Tier, frozenset[Tier]]:
        """Return the tier that the catalog would give it, and the tiers of its labels: any of them is right."""
        return strictest(self.tags, tags)[0], frozenset(strictest([tag], tags)[0] for tag in self.column.tags)


def judge(classifier: Classifier, split: str, mode: str) -> list[Judged]:
    """Classify every column of a split: names and values, names alone, or values under names that say nothing."""
    found: list[Judged] = []
    for system in systems(split):
        tables = [samples_of(system, place, mode) for place in range(len(system.tables))]
        findings = [one for info, samples, _ in tables for one in classifier.classify(info, samples)]
        labels = {(info.name, name): column for info, _, columns in tables for name, column in columns.items()}
        for one in classifier.propagate([info for info, _, _ in tables], findings):
            column = labels[one.column.table, one.column.column]
            if mode != "values only" or column.recipe is not None:
                found.append(Judged(column, system.language, one.tag, one.confidence, one.tags))
    return found


def samples_of(
    system: System, place: int, mode: str, rows: int = _ROWS
) -> tuple[TableInfo, dict[str, list[str | None]], dict[str, Column]]:
    """Return one table as a run of `mode` reads it, its samples, and its labels by the names they were given."""
    table, opaque = system.tables[place], mode == "values only"
    names = {column.name: f"c{number}" if opaque else column.name for number, column in enumerate(table.columns, 1)}
    columns = tuple(
        ColumnInfo(names[one.name], one.type, comment=None if opaque else one.comment) for one in table.columns
    )
    samples: dict[str, list[str | None]] = {}
    for one in table.columns:
        values = None if mode == "schema only" else table.values(one, rows)
        if values is not None:
            samples[names[one.name]] = [None if value is None else str(value) for value in values]
    name = TableName(system.name, "main", f"t{place}" if opaque else table.name)
    keys = () if opaque else tuple(_keys(system, table.foreign_keys))
    info = TableInfo(name, columns, comment=None if opaque else table.comment, foreign_keys=keys)
    return info, samples, {names[one.name]: one for one in table.columns}


def _keys(system: System, keys: dict[str, str]) -> Iterator[ForeignKey]:
    for column, target in keys.items():
        table, _, to = target.partition(".")
        yield ForeignKey((column,), TableName(system.name, "main", table), (to,))


def presidio_alone(split: str) -> list[Judged]:
    """Let Presidio's predefined recognisers for English read the values: the entity of most values is the tag."""
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    own = [one for one in registry.recognizers if not set(one.supported_entities) & {"URL", "EMAIL_ADDRESS"}]
    found: list[Judged] = []
    for system in systems(split):
        for table in system.tables:
            for column in table.columns:
                values = table.values(column, _ROWS) or []
                lines = list(dict.fromkeys(" ".join(str(value).split()) for value in values if value is not None))
                tag, share = _presidio_tag(own, lines)
                found.append(Judged(column, system.language, tag, share, (tag,)))
    return found


def _presidio_tag(recognisers: list[object], lines: list[str]) -> tuple[str, float]:
    text, hits = "\n".join(lines), Counter[str]()
    for recogniser in recognisers:
        per_entity: dict[str, set[int]] = defaultdict(set)
        for item in recogniser.analyze(text, list(recogniser.supported_entities), None) or ():  # type: ignore[attr-defined]
            if item.score >= 0.3:
                per_entity[item.entity_type].add(text.count("\n", 0, item.start))
        for entity, places in per_entity.items():
            hits[entity] = max(hits[entity], len(places))
    hits["EMAIL_ADDRESS"] = sum(
        "@" in line and "." in line.partition("@")[2] for line in lines
    )  # its own needs a network
    if not hits or not lines:
        return "none", 0.0
    entity, count = hits.most_common(1)[0]
    share = count / len(lines)
    return (_ENTITIES.get(entity, "person.other"), share) if share >= 0.3 else ("none", 1 - share)


def vocabulary() -> dict[str, Tag]:
    """Return the tags of the repository's catalog, each with its tier."""
    return read_tags(read_yaml("tags.yaml", (Path(__file__).parents[2] / "catalog/tags.yaml").read_text("utf-8")))


def quality(classifier: Classifier, splits: tuple[str, ...] = ("dev", "test", "cells")) -> Iterator[Table]:
    """Yield the tables of agreement, of tiers and of reliability, for each split."""
    tags = vocabulary()
    for split in splits:
        runs = {mode: judge(classifier, split, mode) for mode in MODES}
        runs["Presidio alone (values)"] = presidio_alone(split)
        table = Table(title=f"held-out columns, {split}", title_justify="left")
        for name in (
            "run",
            "columns",
            "P",
            "R",
            "F1 personal",
            "F1 vi",
            "F1 en",
            "tag micro-F1",
            "agreement",
            "look-alikes",
        ):
            table.add_column(name, justify="left" if name == "run" else "right")
        for name, judged in runs.items():
            table.add_row(name, *_row(judged))
        yield table
        yield _tiers(split, runs, tags)
        yield _reliability(split, [one for mode in MODES for one in runs[mode]])


def _row(judged: list[Judged]) -> list[str]:
    precision, recall, f1 = _scores(judged)
    languages = [_scores([one for one in judged if one.language == language])[2] for language in ("vi", "en")]
    right = sum(one.agrees and one.flagged for one in judged)
    said, wanted = sum(one.flagged for one in judged), sum(one.column.personal for one in judged)
    micro = 2 * right / max(1, said + wanted)
    alike = [one for one in judged if one.column.resembles]
    agreement = sum(one.agrees for one in judged) / max(1, len(judged))
    figures = [f"{value:.3f}" for value in (precision, recall, f1, *languages, micro, agreement)]
    return [str(len(judged)), *figures, f"{sum(one.flagged for one in alike)} of {len(alike)}"]


def _tiers(split: str, runs: Mapping[str, list[Judged]], tags: Mapping[str, Tag]) -> Table:
    """Agreement on the tier, in all and by language; `too low` is below every tier that the labels allow."""
    table = Table(title=f"tiers, {split}", title_justify="left")
    for name in ("run", "columns", "tier agreement", "vi", "en", "too low", "too high"):
        table.add_column(name, justify="left" if name == "run" else "right")
    for name, judged in runs.items():
        parts = (judged, *([one for one in judged if one.language == language] for language in ("vi", "en")))
        both = [[one.tiers(tags) for one in part] for part in parts]
        agreed = [sum(found in right for found, right in part) / max(1, len(part)) for part in both]
        low = sum(found < min(right) for found, right in both[0])
        high = sum(found not in right and not found < min(right) for found, right in both[0])
        table.add_row(name, str(len(judged)), *(f"{share:.3f}" for share in agreed), str(low), str(high))
    return table


def _scores(judged: list[Judged]) -> tuple[float, float, float]:
    both = sum(one.flagged and one.column.personal for one in judged)
    said, wanted = sum(one.flagged for one in judged), sum(one.column.personal for one in judged)
    return both / max(1, said), both / max(1, wanted), 2 * both / max(1, said + wanted)


def _reliability(split: str, judged: list[Judged]) -> Table:
    """Of the columns given a confidence, how many are right: tagged ones, and those called `none`."""
    table = Table(title=f"reliability, {split}: names, values and both", title_justify="left")
    for name in ("confidence", "tagged", "right", "none", "right "):
        table.add_column(name, justify="right")
    for low, high in _BINS:
        inside = [one for one in judged if low <= one.confidence < high]
        cells: list[str] = []
        for part in ([one for one in inside if one.tag != "none"], [one for one in inside if one.tag == "none"]):
            cells += [str(len(part)), f"{sum(one.agrees for one in part) / len(part):.2f}" if part else "-"]
        table.add_row(f"{low:.2f}-{min(high, 1):.2f}", *cells)
    return table


def _personal(tag: str) -> bool:
    return tag.startswith(("person.", "sensitive."))


if __name__ == "__main__":
    for one in quality(builtin_classifier(), tuple(sys.argv[1:]) or ("dev",)):
        Console(width=150).print(one)
