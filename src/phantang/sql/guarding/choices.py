"""The guard's own account of conditions inside aggregates, and of the parts of a group that each of them makes."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

from phantang.sql.guarding.syntax import is_aggregate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.sql.guarding.guarded import Guarded

_MOST = 3


def taken(aggregate: exp.Expr) -> tuple[list[exp.Expr], list[exp.Expr]] | None:
    """Return the conditions inside an aggregate and what it takes where they hold; `None` if it holds no condition.

    Known are `agg([DISTINCT] CASE WHEN p THEN column or constant [ELSE constant] END)`, `agg(CAST(p AS type))`, which
    is NULL where `p` is, and `count_if(p)`.
    """
    if isinstance(aggregate, exp.CountIf):
        return [aggregate.this.unnest()], []
    operands = [one for one in aggregate.args.values() if isinstance(one, exp.Expr)]
    lists = [one for one in aggregate.args.values() if isinstance(one, list) and one]
    if len(operands) != 1 or lists:
        return None
    one = operands[0]
    if isinstance(one, exp.Distinct):
        if len(one.expressions) != 1:
            return None
        one = one.expressions[0]
    one = one.unnest()
    if type(one) is exp.Cast and isinstance(one.this.unnest(), exp.Predicate | exp.Connector | exp.Not):
        condition = one.this.unnest()
        return [condition, exp.Is(this=exp.Paren(this=condition.copy()), expression=exp.Null())], []
    if type(one) is not exp.Case or one.args.get("this") is not None or len(one.args["ifs"]) != 1:
        return None
    branch, default = one.args["ifs"][0], one.args.get("default")
    counted = isinstance(aggregate, exp.Count)
    if default is not None and not isinstance(default, exp.Null) and (counted or not isinstance(default, exp.Literal)):
        return None
    if type(branch.args["true"]) not in {exp.Column, exp.Literal}:
        return None
    return [branch.this.unnest()], [branch.args["true"]]


def conditions(outside: Sequence[exp.Expr], dialect: str) -> list[exp.Expr]:
    """Return every condition by which an aggregate, or its FILTER, takes rows in, each once."""
    found: list[exp.Expr] = []
    for node in outside:
        if isinstance(node, exp.Filter):
            met = [node.expression.this.unnest()]
        elif is_aggregate(node, dialect):
            met = (taken(node) or ([], []))[0]
        else:
            continue
        found += [one for one in met if one not in found]
    return found


def sound(found: Sequence[exp.Expr], tables: Sequence[Guarded], outside: Sequence[exp.Expr], dialect: str) -> bool:
    """Tell whether conditions are few, each of columns of one table, and FILTER stands behind aggregates only."""
    filtered = all(is_aggregate(node.this, dialect) for node in outside if isinstance(node, exp.Filter))
    return filtered and len(found) <= _MOST and all(_of_one_table(one, tables) for one in found)


def agree(ours: Sequence[exp.Expr], wanted: Sequence[str], found: Sequence[exp.Expr]) -> bool:
    """Tell whether HAVING consists of what is wanted for some order of the conditions, which `{0}`, `{1}` stand for."""
    written = sorted(_named(one.copy(), found) for one in ours)
    for order in permutations(range(len(found))):
        names = [f'"__phantang_c{place}"' for place in order]
        if sorted(_named(parse_one(text.format(*names)), found) for text in wanted) == written:
            return True
    return False


def parts(number: int) -> Iterator[list[str]]:
    """Yield the parts of a group, each of `number` conditions or its opposite, as texts of what all holds."""
    for bits in range(2**number):
        yield [f"{'NOT ' if bits >> place & 1 else ''}COALESCE({{{place}}}, FALSE)" for place in range(number)]


def _named(one: exp.Expr, found: Sequence[exp.Expr]) -> str:
    """Return the text of `one` with names in the place of conditions, from the outside in; `one` is used up."""

    def name(node: exp.Expr) -> exp.Expr:
        place = next((number for number, condition in enumerate(found) if node == condition), None)
        return node if place is None else exp.Column(this=exp.to_identifier(f"__phantang_c{place}", quoted=True))

    return one.transform(name, copy=False).sql(identify=True, copy=False)


def _of_one_table(condition: exp.Expr, tables: Sequence[Guarded]) -> bool:
    columns = list(condition.find_all(exp.Column))
    owners = {
        next(
            (
                table.alias
                for table in tables
                if column.table.lower() in {"", table.alias.lower()}
                and column.name.lower() in {name.lower() for name in table.body.named_selects}
            ),
            None,
        )
        for column in columns
    }
    return len(owners) == 1 and None not in owners
