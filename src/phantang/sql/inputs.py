"""The rows whose values an aggregate takes in: those in which none of the columns it reads is NULL."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.allowlist import allow_list
from phantang.sql.names import ascii_lower

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(slots=True)
class Inputs:
    """The columns some aggregates read, each once, in order of their text; none for `count(*)`, which takes every row.

    `averaged` tells whether nothing but `avg` reads them: of an average alone nobody learns how many had no value.
    """

    columns: tuple[exp.Expr, ...]
    averaged: bool


def inputs_of(nodes: Iterable[exp.Expr], dialect: str) -> list[Inputs]:
    """Return the different inputs of the aggregates among `nodes`, that of `count(*)` first whether or not it is there.

    COALESCE takes in rows in which its column is NULL, so that beside another column each is an input by itself.
    """
    found: dict[tuple[str, ...], Inputs] = {(): Inputs((), averaged=False)}
    for node in nodes:
        if not allow_list(dialect).is_aggregate(node):
            continue
        columns = {column.sql(identify=True): column for column in node.find_all(exp.Column)}
        replaced = node.find(exp.Coalesce) is not None
        averaged = isinstance(node, exp.Avg) and not replaced
        for texts in (tuple(sorted(columns)), *((text,) for text in sorted(columns) if replaced)):
            one = found.setdefault(texts, Inputs(tuple(columns[text] for text in texts), averaged))
            one.averaged &= averaged
    return [found[texts] for texts in sorted(found)]


def between(inputs: Iterable[Inputs]) -> Iterator[list[exp.Expr]]:
    """Yield which rows the answers of one group tell of, each as conditions that all hold.

    They tell of them by themselves, and subtracted from one another where the names of one's columns are among the
    other's: a count of everybody and of those who have a value, a sum over the latter and over those who have another
    value as well.
    """
    known = list(inputs)
    yield from (present(one) for one in known if one.columns)
    for one, other in product(known, known):
        if one is not other and nested(one, other) and (one.columns or not other.averaged):
            yield [*present(one), exp.or_(*(_absent(column) for column in other.columns), copy=False)]


def nested(one: Inputs, other: Inputs) -> bool:
    """Tell whether the names of the columns of `one` are among those of `other`."""
    return {ascii_lower(column.name) for column in one.columns} <= {
        ascii_lower(column.name) for column in other.columns
    }


def present(inputs: Inputs) -> list[exp.Expr]:
    """Build the conditions that none of some columns is NULL."""
    return [exp.Not(this=_absent(column)) for column in inputs.columns]


def _absent(column: exp.Expr) -> exp.Expr:
    return exp.Is(this=column.copy(), expression=exp.Null())
