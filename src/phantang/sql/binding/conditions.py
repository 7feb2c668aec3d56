"""Conjunctions: join equalities and equalities with a literal are told apart from every other filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.binding import expressions

if TYPE_CHECKING:
    from phantang.sql.binding.context import Context
    from phantang.sql.binding.relations import Bound, Ref, Scope


@dataclass(slots=True)
class Conjuncts:
    """What holds for every row a SELECT returns: columns equal to each other, columns equal to a literal."""

    equal: list[tuple[Ref, Ref]] = field(default_factory=list)
    constant: list[tuple[Ref, exp.Literal]] = field(default_factory=list)


def condition(context: Context, root: exp.Expr, scope: Scope, known: Conjuncts | None, *, aliases: bool) -> None:
    """Record the uses in a WHERE or ON. `known` is `None` where the condition need not hold for every row."""
    stack = [root]
    while stack:
        node = _bare(stack.pop())
        if isinstance(node, exp.And):
            stack += (node.right, node.left)
            continue
        if isinstance(node, exp.EQ) and _equality(context, node, scope, known, aliases=aliases):
            continue
        expressions.expression(context, node, scope, (Use.FILTER,), aliases=aliases)


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _equality(context: Context, node: exp.EQ, scope: Scope, known: Conjuncts | None, *, aliases: bool) -> bool:
    left, right = _bare(node.this), _bare(node.expression)
    if isinstance(left, exp.Column) and isinstance(right, exp.Column):
        return _join(context, (left, right), scope, known, aliases=aliases)
    if isinstance(left, exp.Literal):
        left, right = right, left
    if known is None or not (isinstance(left, exp.Column) and isinstance(right, exp.Literal)):
        return False
    found = expressions.column(context, left, scope, aliases=aliases)
    base = _only(found)
    if base is None or not any(r.occurrence and r.occurrence.index == base[0] for r in scope.relations):
        for bound in found:
            context.mark(bound, Use.FILTER)
        return True
    known.constant.append((base, right))
    context.constants.append(base)
    context.touched.add(base)
    return True


def _join(
    context: Context, sides: tuple[exp.Column, exp.Column], scope: Scope, known: Conjuncts | None, *, aliases: bool
) -> bool:
    left, right = (expressions.column(context, side, scope, aliases=aliases) for side in sides)
    tables_left, tables_right = _occurrences(left), _occurrences(right)
    use = Use.JOIN if tables_left and tables_right and tables_left.isdisjoint(tables_right) else Use.FILTER
    for bound in (*left, *right):
        context.mark(bound, use)
    first, second = _only(left), _only(right)
    if known is not None and first is not None and second is not None:
        known.equal.append((first, second))
    return True


def _only(found: list[Bound]) -> Ref | None:
    """Return the base column all meanings agree on."""
    first = found[0].base
    return first if all(bound.base == first for bound in found) else None


def _occurrences(found: list[Bound]) -> set[int]:
    return {index for bound in found for index, _ in bound.sources}
