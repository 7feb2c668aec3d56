"""Two catalogs of the same matter, as after a merger of communes: one concept under different names, and what lacks.

Tables are paired first, by the words of their names, the tags they hold and what tells their people apart; then columns
within a pair, by tag, words and type. Each column is in one pair at most, the most alike first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from phantang.catalog.phrases import folded_words
from phantang.catalog.propose import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from phantang.model.catalog import Asset, ColumnEntry
    from phantang.model.tier import Tier

#: How alike two tables, or two columns, must be to be one matter (0 to 1).
_TABLES_ALIKE, _COLUMNS_ALIKE = 0.35, 0.5
T = TypeVar("T")


class Difference(StrEnum):
    """How the two sides of a pair differ; a pair may have several."""

    SAME = "same"
    NAME = "name"
    TYPE = "type"
    TIER = "tier"
    TAG = "tag"
    ONLY_A = "only_a"
    ONLY_B = "only_b"


@dataclass(frozen=True, slots=True)
class Side:
    """A table, or a column of it, as one of the two catalogs has it."""

    table: str
    column: str | None = None
    type: str | None = None
    tag: str | None = None
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One concept: where `a` and `b` have it (`None`: not at all), how they differ, and by what they were paired."""

    a: Side | None
    b: Side | None
    differences: tuple[Difference, ...]
    by: tuple[str, ...] = ()


def compare(one: Sequence[Asset], two: Sequence[Asset]) -> tuple[Pair, ...]:
    """Return every concept of either side: pairs of columns, then columns and tables that only one side has."""
    pairs = _paired(one, two, _tables_alike, _TABLES_ALIKE)
    found: list[Pair] = []
    for a, b in pairs:
        found.extend(_columns(a, b))
    matched_a, matched_b = {a.name for a, _ in pairs}, {b.name for _, b in pairs}
    found.extend(Pair(_table(a), None, (Difference.ONLY_A,)) for a in one if a.name not in matched_a)
    found.extend(Pair(None, _table(b), (Difference.ONLY_B,)) for b in two if b.name not in matched_b)
    return tuple(found)


def _columns(a: Asset, b: Asset) -> Iterator[Pair]:
    ours, theirs = _present(a), _present(b)

    def alike(x: ColumnEntry, y: ColumnEntry) -> float:
        unit = x.name == a.privacy_unit and y.name == b.privacy_unit
        return _columns_alike(x, y) + (0.3 if unit else 0.0)

    pairs = _paired(ours, theirs, alike, _COLUMNS_ALIKE)
    for x, y in pairs:
        by = _by(x, y)
        if x.name == a.privacy_unit and y.name == b.privacy_unit:
            by = (*by, "privacy_unit")
        yield Pair(_side(a, x), _side(b, y), _differences(x, y), by)
    matched_a, matched_b = {x.name for x, _ in pairs}, {y.name for _, y in pairs}
    yield from (Pair(_side(a, x), _table(b), (Difference.ONLY_A,)) for x in ours if x.name not in matched_a)
    yield from (Pair(_table(a), _side(b, y), (Difference.ONLY_B,)) for y in theirs if y.name not in matched_b)


def _paired(one: Sequence[T], two: Sequence[T], alike: Callable[[T, T], float], least: float) -> list[tuple[T, T]]:
    """Return pairs, each member in one at most, the most alike first, in the order of `one`."""
    scored = [(alike(a, b), i, j) for i, a in enumerate(one) for j, b in enumerate(two)]
    taken_a: dict[int, int] = {}
    taken_b: set[int] = set()
    for score, i, j in sorted(scored, key=lambda item: (-item[0], item[1], item[2])):
        if score >= least and i not in taken_a and j not in taken_b:
            taken_a[i] = j
            taken_b.add(j)
    return [(one[i], two[taken_a[i]]) for i in sorted(taken_a)]


def _tables_alike(a: Asset, b: Asset) -> float:
    names = _overlap(set(folded_words(a.name.table)), set(folded_words(b.name.table)))
    tags = _overlap(_tags(a), _tags(b))
    unit_a, unit_b = _unit_tag(a), _unit_tag(b)
    return 0.45 * names + 0.4 * tags + (0.15 if unit_a is not None and unit_a == unit_b else 0.0)


def _columns_alike(x: ColumnEntry, y: ColumnEntry) -> float:
    names = (
        1.0 if _joined(x.name) == _joined(y.name) else _overlap(set(folded_words(x.name)), set(folded_words(y.name)))
    )
    same_tag = x.tag is not None and x.tag == y.tag and x.tag != "none"
    score = max(0.55 + 0.25 * names if same_tag else 0.0, 0.8 * names)
    return score + (0.1 if _family(x.type) == _family(y.type) else 0.0)


def _by(x: ColumnEntry, y: ColumnEntry) -> tuple[str, ...]:
    found = []
    if x.tag is not None and x.tag == y.tag and x.tag != "none":
        found.append("tag")
    if set(folded_words(x.name)) & set(folded_words(y.name)) or _joined(x.name) == _joined(y.name):
        found.append("name")
    if _family(x.type) == _family(y.type):
        found.append("type")
    return tuple(found)


def _differences(x: ColumnEntry, y: ColumnEntry) -> tuple[Difference, ...]:
    found = []
    if x.name != y.name:
        found.append(Difference.NAME)
    if _plain_type(x.type) != _plain_type(y.type):
        found.append(Difference.TYPE)
    if x.tag != y.tag:
        found.append(Difference.TAG)
    if x.effective_tier != y.effective_tier:
        found.append(Difference.TIER)
    return tuple(found) or (Difference.SAME,)


def _side(asset: Asset, entry: ColumnEntry) -> Side:
    return replace(_table(asset), column=entry.name, type=entry.type, tag=entry.tag, tier=entry.effective_tier)


def _table(asset: Asset) -> Side:
    return Side(str(asset.name))


def _present(asset: Asset) -> list[ColumnEntry]:
    return [entry for entry in asset.columns if entry.type != ABSENT]


def _tags(asset: Asset) -> set[str]:
    return {entry.tag for entry in asset.columns if entry.tag is not None and entry.tag != "none"}


def _unit_tag(asset: Asset) -> str | None:
    entry = asset.column(asset.privacy_unit) if asset.privacy_unit is not None else None
    return entry.tag if entry else None


def _overlap(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _joined(name: str) -> str:
    return "".join(folded_words(name))


def _plain_type(kind: str) -> str:
    """Return a type so that two spellings of it are one: `VARCHAR` and `CHARACTER VARYING`, `TEXT`."""
    name = kind.upper().replace("CHARACTER VARYING", "VARCHAR").replace("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP")
    name = name.replace("DOUBLE PRECISION", "DOUBLE")
    return "VARCHAR" if name == "TEXT" else name


def _family(kind: str) -> str:
    name = _plain_type(kind).split("(")[0].strip()
    if name in {"VARCHAR", "CHAR", "BPCHAR", "CHARACTER", "NVARCHAR", "VARCHAR2", "NVARCHAR2", "STRING", "CLOB"}:
        return "text"
    if "INT" in name or name in {"DECIMAL", "NUMERIC", "NUMBER", "DOUBLE", "REAL", "FLOAT"}:
        return "number"
    return "time" if name.startswith(("DATE", "TIME")) else name
