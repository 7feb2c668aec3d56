"""How many different people a whole source holds data of, as the thresholds of `raised_by` count them.

Tables whose people are told apart by a key of one and the same table (followed along foreign keys, as declared) count
them once: they have no people whom that table has not. People of tables without such a common identifier may or may not
be the same: between the largest and the sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.catalog.raising import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.names import TableName
    from phantang.model.raising import RaiseRule

_Person = tuple["TableName", str | None]


@dataclass(frozen=True, slots=True)
class Holding:
    """Data of one kind in one source: of `at_least` and `at_most` so many people, in so many `tables`.

    `kind` is any of the rules that count this kind. `uncounted` tables hold it too, of unknown numbers (views): with
    them `at_most` is no bound. `reached` is the highest threshold that `at_least` reaches, `possible` the one that
    `at_most` does; `None` for none.
    """

    source: str
    kind: RaiseRule
    tables: int
    uncounted: int
    at_least: int
    at_most: int
    reached: RaiseRule | None
    possible: RaiseRule | None


def holdings(assets: Sequence[Asset], rules: Iterable[RaiseRule]) -> tuple[Holding, ...]:
    """Return what every source holds of each kind that a rule counts, in order of source; a table alone is one too.

    A table of which a person rejected a count of that kind is left out.
    """
    kinds: dict[tuple[object, ...], list[RaiseRule]] = defaultdict(list)
    for rule in rules:
        if rule.at_least is not None:
            kinds[(rule.personal_class, rule.tags)].append(rule)
    by_name = {asset.name: asset for asset in assets}
    found: list[Holding] = []
    for source in sorted({asset.name.source for asset in assets}):
        for counted in kinds.values():
            held = [asset for asset in assets if asset.name.source == source and _holds(asset, counted)]
            if held:
                found.append(_holding(source, held, counted, by_name))
    return tuple(found)


def _holds(asset: Asset, rules: Sequence[RaiseRule]) -> bool:
    rejected = {one.raised.rule for one in asset.waived if not one.waits}
    return not rejected & {rule.id for rule in rules} and any(holds(rules[0], entry) for entry in asset.columns)


def _holding(
    source: str, held: Sequence[Asset], rules: Sequence[RaiseRule], by_name: Mapping[TableName, Asset]
) -> Holding:
    groups: dict[_Person, list[Asset]] = defaultdict(list)
    for asset in held:
        if asset.subjects is not None:
            groups[_identified_by(asset, by_name)].append(asset)
    bounds = [_bounds(person, members, by_name) for person, members in groups.items()]
    at_least, at_most = max((low for low, _ in bounds), default=0), sum(high for _, high in bounds)
    counted = sum(map(len, groups.values()))
    reached, possible = _reached(rules, at_least), _reached(rules, at_most)
    return Holding(source, rules[0], counted, len(held) - counted, at_least, at_most, reached, possible)


def _bounds(person: _Person, members: Sequence[Asset], by_name: Mapping[TableName, Asset]) -> tuple[int, int]:
    counts = [(one.subjects.count, one.subjects.by != "rows") for one in members if one.subjects is not None]
    high = sum(count for count, _ in counts)
    root = by_name.get(person[0])
    if root is not None and root.subjects is not None and root.privacy_unit == person[1]:
        high = min(high, root.subjects.count)
    return min(high, max((count for count, exact in counts if exact), default=0)), high


def _identified_by(asset: Asset, by_name: Mapping[TableName, Asset]) -> _Person:
    """Return the table and column whose values tell this table's people apart, at the end of its foreign keys."""
    person: _Person = (asset.name, asset.privacy_unit)
    seen = {person}
    while True:
        table = by_name.get(person[0])
        keys = table.foreign_keys if table is not None and person[1] is not None else ()
        onward = next((key for key in keys if key.columns == (person[1],) and len(key.to) == 1), None)
        if onward is None or (onward.table, onward.to[0]) in seen:
            return person
        person = (onward.table, onward.to[0])
        seen.add(person)


def _reached(rules: Iterable[RaiseRule], count: int) -> RaiseRule | None:
    reached = [rule for rule in rules if rule.at_least is not None and count >= rule.at_least]
    return max(reached, key=lambda rule: rule.at_least or 0, default=None)
