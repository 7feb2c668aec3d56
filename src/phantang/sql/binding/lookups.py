"""Lookups: which table occurrences can only yield rows whose column equals one literal the requester already holds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phantang.model.footprint import Use
from phantang.sql.language.comparisons import is_moment
from phantang.sql.language.families import Family, compared_as

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot import exp

    from phantang.sql.binding.conditions import Conjuncts
    from phantang.sql.binding.context import Context
    from phantang.sql.binding.relations import Occurrence, Ref

_MAX_DIGITS = 18


def propagate(context: Context, known: Conjuncts, own: set[int]) -> None:
    """Give every column that equals a literal, directly or through join equalities, its literal.

    `own` are the occurrences that belong to the SELECT whose conjuncts `known` holds; an equality with a column of an
    enclosing query says nothing about the rows of either table on its own.
    """
    if not known.constant:
        return
    parents: dict[Ref, Ref] = {}

    def root(ref: Ref) -> Ref:
        while parents.get(ref, ref) != ref:
            ref = parents[ref]
        return ref

    for left, right in known.equal:
        if left[0] in own and right[0] in own:
            parents.setdefault(left, left)
            parents.setdefault(right, right)
            parents[root(left)] = root(right)
    literals: defaultdict[Ref, dict[tuple[bool, str], exp.Literal]] = defaultdict(dict)
    for ref, literal in known.constant:
        literals[root(ref)][literal.is_string, literal.this] = literal
    for ref in {*parents, *(ref for ref, _ in known.constant)}:
        values = literals.get(root(ref), {})
        if len(values) == 1:
            (literal,) = values.values()
            occurrence = context.occurrences[ref[0]]
            if _fits(occurrence, ref[1], literal):
                occurrence.lookups[ref[1]] = literal


def settle(context: Context) -> None:
    """Turn lookups into uses once the whole query is known.

    A column is looked up only if every occurrence of its table is looked up by it with the same literal: otherwise
    rows of other subjects are in reach through another occurrence. What is left over is an ordinary filter.
    """
    tables: defaultdict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in context.occurrences:
        tables[occurrence.asset.name.local].append(occurrence)
    for occurrences in tables.values():
        for name in {name for occurrence in occurrences for name in occurrence.lookups}:
            if _agree(occurrence.lookups.get(name) for occurrence in occurrences):
                for occurrence in occurrences:
                    occurrence.uses.setdefault(name, set()).add(Use.LOOKUP)
            else:
                for occurrence in occurrences:
                    occurrence.lookups.pop(name, None)
    for index, name in context.constants:
        occurrence = context.occurrences[index]
        if name not in occurrence.lookups:
            occurrence.uses.setdefault(name, set()).add(Use.FILTER)


def _agree(literals: Iterable[exp.Literal | None]) -> bool:
    seen = {(literal.is_string, literal.this) if literal is not None else None for literal in literals}
    return len(seen) == 1 and None not in seen


def _fits(occurrence: Occurrence, name: str, literal: exp.Literal) -> bool:
    """Accept literals of the column's own kind only: `text = 1` compares numbers in one engine and fails in another."""
    entry = occurrence.asset.column(name)
    kind = compared_as(entry.type) if entry is not None else Family.OTHER
    if kind is Family.TEXT:
        return bool(literal.is_string)
    if kind is Family.DATE:
        return bool(literal.is_string and is_moment("DATE", literal.this))
    return (
        kind is Family.INTEGER and not literal.is_string and literal.this.isdigit() and len(literal.this) <= _MAX_DIGITS
    )
