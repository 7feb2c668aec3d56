"""Conditions inside aggregates: `count(*) FILTER (WHERE p)`, `sum(CASE WHEN p THEN x END)`, `avg(CAST(p AS INT))`.

Such an answer is worked out from that of a finer grouping, by the same keys and by whether each condition holds. So it
owes what that one owes: every part of a group, be it by all conditions together, has nobody or enough people in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.allowlist import allow_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Conditions that the aggregates of one statement may hold: a group has 2 to this power parts.
MOST = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """The conditions by which an aggregate takes rows in, and what it takes of them: a column, a constant, nothing."""

    conditions: tuple[exp.Expr, ...]
    values: tuple[exp.Expr, ...]


def inside(aggregate: exp.Expr) -> Choice | None:
    """Return the choice that the one argument of an aggregate makes, `None` if it makes none of a known form."""
    parts = list(aggregate.iter_expressions())
    if len(parts) != 1:
        return None
    argument = parts[0]
    if isinstance(argument, exp.Distinct) and len(argument.expressions) == 1:
        argument = argument.expressions[0]
    argument = argument.unnest()
    if isinstance(aggregate, exp.CountIf):
        return Choice((argument,), ())
    if type(argument) is exp.Cast and _is_condition(argument.this.unnest()):
        # NULL where the condition is: an average tells of those as well.
        condition = argument.this.unnest()
        unknown = exp.Is(this=exp.Paren(this=condition.copy()), expression=exp.Null())
        return Choice((condition, unknown), ())
    if not isinstance(argument, exp.Case) or argument.this is not None or len(argument.args["ifs"]) != 1:
        return None
    value, default = argument.args["ifs"][0].args["true"], argument.args.get("default")
    constant = default is None or isinstance(default, exp.Null)
    constant = constant or (isinstance(default, exp.Literal) and not isinstance(aggregate, exp.Count))
    if not constant or not isinstance(value, (exp.Column, exp.Literal)):
        return None
    return Choice((argument.args["ifs"][0].this,), (value,))


def conditions(nodes: Iterable[exp.Expr], dialect: str) -> list[exp.Expr]:
    """Return the conditions of the aggregates among `nodes`, each once, in the order in which they are met."""
    found: dict[str, exp.Expr] = {}
    for node in nodes:
        if isinstance(node, exp.Filter):
            met: tuple[exp.Expr, ...] = (node.expression.this,)
        elif allow_list(dialect).is_aggregate(node) and (choice := inside(node)) is not None:
            met = choice.conditions
        else:
            continue
        for one in met:
            found.setdefault(one.unnest().sql(identify=True), one.unnest())
    return list(found.values())


def holds(condition: exp.Expr) -> exp.Expr:
    """Build whether a condition holds, FALSE where it is NULL."""
    return exp.Coalesce(this=condition.copy(), expressions=[exp.false()])


def parts(found: Iterable[exp.Expr]) -> Iterator[list[exp.Expr]]:
    """Yield the parts of a group as conditions that all hold: each of `found`, or its opposite."""
    both = [(holds(one), exp.Not(this=holds(one))) for one in found]
    yield from (list(signs) for signs in product(*both))


def _is_condition(node: exp.Expr) -> bool:
    return isinstance(node, (exp.Predicate, exp.Connector, exp.Not))
