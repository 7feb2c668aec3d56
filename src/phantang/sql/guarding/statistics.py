"""The guard's own look at what statistics of people call: aggregates of a known kind, DISTINCT of people, no clock."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.errors import GuardError
from phantang.sql.guarding import certain, choices
from phantang.sql.guarding.syntax import is_aggregate, permitted, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.guarding.guarded import Guarded


@cache
def _lists(dialect: str) -> tuple[dict[str, str], frozenset[str], frozenset[str], re.Pattern[str] | None]:
    """Return the kinds of aggregates, the names of the clock, those that are it with one argument, and its words."""
    kinds: dict[str, str] = {}
    names: dict[str, set[str]] = {"allow": set(), "plain": set(), "alone": set(), "words": set()}
    for content in (read("common"), read(dialect)):
        for group in content["aggregates"]["counting"]:
            for name in (*group.get("allow", ()), *group.get("plain", ())):
                if group.get("kind"):
                    kinds[name] = group["kind"]
        for group in content["clock"]:
            for place, found in names.items():
                found.update(group.get(place, ()))
    words = "|".join(sorted(names["words"]))
    pattern = re.compile(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])", re.IGNORECASE) if words else None
    return kinds, frozenset(names["allow"] | names["plain"]), frozenset(names["alone"]), pattern


def kind_of(aggregate: exp.Expr, dialect: str) -> str:
    """Return the kind of an aggregate, its own name if it has none."""
    name = str(aggregate.this).lower() if isinstance(aggregate, exp.Anonymous) else type(aggregate).__name__
    return _lists(dialect)[0].get(name, name)


def check(outside: Sequence[exp.Expr], tables: Sequence[Guarded], dialect: str, *, noisy: bool) -> None:
    """Raise `GuardError` for a clock, an aggregate that is not fit, and DISTINCT over anything but people.

    `privacy.py` looks at what a `noisy` statement counts.
    """
    kinds, clock, alone, words = _lists(dialect)
    people = any(table.asset.privacy_unit or table.asset.followed for table in tables)
    for node in outside:
        name = str(node.this).lower() if isinstance(node, exp.Anonymous | exp.Var) else type(node).__name__
        text = node.this if isinstance(node, exp.Literal) and node.is_string else ""
        single = name in alone and sum(1 for _ in node.iter_expressions()) == 1
        if name in clock or single or (words is not None and words.search(text)):
            raise GuardError("guard_failed", name="clock")
        if not is_aggregate(node, dialect) or name in permitted(dialect)["revealing"]:
            continue
        if name not in kinds:
            raise GuardError("guard_failed", name="aggregate of no kind")
        if noisy:
            continue
        distinct = next(node.find_all(exp.Distinct), None)
        if distinct is not None and not (name == "Count" and (not people or _counts_people(distinct, tables))):
            raise GuardError("guard_failed", name="DISTINCT")
        values = (choices.taken(node) or ([], [node]))[1]
        columns = [column for value in values for column in value.find_all(exp.Column)]
        if name != "Count" and any(_type(*one).startswith("BOOL") for column in columns for one in _of(column, tables)):
            raise GuardError("guard_failed", name="sum of conditions")
    if people and not noisy and not certain.holds(outside, tables, dialect):
        raise GuardError("guard_failed", name="may fail")


def _counts_people(distinct: exp.Expr, tables: Sequence[Guarded]) -> bool:
    values = [one.unnest() for one in distinct.expressions]
    if len(values) == 1 and isinstance(values[0], exp.Case):
        values = (choices.taken(distinct.parent) or ([], []))[1] if distinct.parent is not None else []
    owners = _of(values[0], tables) if len(values) == 1 and isinstance(values[0], exp.Column) else []
    return bool(owners) and all(_is_person(*one) for one in owners)


def _is_person(table: Guarded, name: str) -> bool:
    asset = table.asset
    people = [asset.privacy_unit]
    if asset.privacy_unit or asset.followed:
        people += asset.primary_key if len(asset.primary_key) == 1 else ()
    if asset.followed and len(asset.followed.links) == 1:
        [link] = asset.followed.links
        people += [link.column] if link.key == asset.followed.unit else []
    return name in people and name in table.apart


def _of(column: exp.Column, tables: Sequence[Guarded]) -> list[tuple[Guarded, str]]:
    """Return the tables that show a column of this name, each with the name as the table spells it."""
    return [
        (table, name)
        for table in tables
        if column.table.lower() in {"", table.alias.lower()}
        for name in table.body.named_selects
        if name.lower() == column.name.lower()
    ]


def _type(table: Guarded, name: str) -> str:
    entry = table.asset.column(name)
    return entry.type.upper() if entry is not None else ""
