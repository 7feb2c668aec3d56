"""The rows whose values an aggregate takes in: those in which none of the columns it reads is NULL."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language import choices
from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.names import ascii_lower

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(slots=True)
class Inputs:
    """The columns some aggregates read, each once, in order of their text; none for `count(*)`, which takes every row.

    `averaged` tells whether nothing but `avg` reads them: of an average alone nobody learns how many had no value.
    `counted` tells whether it is taken to be known how many have a value: by a count, by two `kinds`, as a sum and an
    average, or by one of which an average may be asked for elsewhere.
    """

    columns: tuple[exp.Expr, ...]
    averaged: bool
    kinds: set[str] = field(default_factory=set)

    @property
    def counted(self) -> bool:
        """Tell whether the number of rows with a value follows from the aggregates, or from an average asked next."""
        return not self.averaged or len(self.kinds) > 1

    @property
    def summed(self) -> bool:
        """Tell whether more is told of the values than how many there are."""
        return self.kinds != {"count"}


def inputs_of(nodes: Iterable[exp.Expr], dialect: str) -> list[Inputs]:
    """Return the different inputs of the aggregates among `nodes`, that of `count(*)` first whether or not it is there.

    COALESCE takes in rows in which its column is NULL, so that beside another column each is an input by itself.
    """
    found: dict[tuple[str, ...], Inputs] = {(): Inputs((), averaged=False)}
    kinds: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    allow = allow_list(dialect)
    for node in nodes:
        if not allow.is_aggregate(node):
            continue
        choice = choices.inside(node)
        read = [node] if choice is None else choice.values
        columns = {column.sql(identify=True): column for one in read for column in one.find_all(exp.Column)}
        replaced = node.find(exp.Coalesce) is not None
        averaged = isinstance(node, exp.Avg) and not replaced
        for texts in (tuple(sorted(columns)), *((text,) for text in sorted(columns) if replaced)):
            read = tuple(columns[text] for text in texts)
            one = found.setdefault(texts, Inputs(read, averaged, kinds[names(read)]))
            one.averaged &= averaged
            one.kinds.add(allow.kinds.get(listed_name(node), listed_name(node)))
    return [found[texts] for texts in sorted(found)]


def between(inputs: Iterable[Inputs]) -> Iterator[list[exp.Expr]]:
    """Yield which rows the answers of one group tell of, each as conditions that all hold.

    They tell of them by themselves, and subtracted from one another where the names of one's columns are among the
    other's: a count of everybody and of those who have a value, a sum over the latter and over those who have another
    value as well. Of counts over other columns they tell of those who have a value of the one or of the other only.
    """
    known = list(inputs)
    yield from (present(one) for one in known if one.columns)
    for one, other in product(known, known):
        if one is not other and nested(one, other) and (one.columns or not other.averaged):
            yield [*present(one), _lacking(other)]
    for one, other in combinations(known, 2):
        if one.counted and other.counted and not nested(one, other) and not nested(other, one):
            sides = (
                exp.and_(*present(has), _lacking(lacks), copy=False) for has, lacks in ((one, other), (other, one))
            )
            yield [exp.or_(*sides, copy=False)]


def nested(one: Inputs, other: Inputs) -> bool:
    """Tell whether the names of the columns of `one` are among those of `other`."""
    return names(one.columns) <= names(other.columns)


def names(columns: Iterable[exp.Expr]) -> frozenset[str]:
    """Return the names of columns, whatever their tables are called."""
    return frozenset(ascii_lower(column.name) for column in columns)


def present(inputs: Inputs) -> list[exp.Expr]:
    """Build the conditions that none of some columns is NULL."""
    return [exp.Not(this=_absent(column)) for column in inputs.columns]


def _lacking(inputs: Inputs) -> exp.Expr:
    return exp.or_(*(_absent(column) for column in inputs.columns), copy=False)


def _absent(column: exp.Expr) -> exp.Expr:
    return exp.Is(this=column.copy(), expression=exp.Null())
