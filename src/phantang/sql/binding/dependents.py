"""PostgreSQL lets a column stand outside GROUP BY when the primary key of its table stands in it.

The derived table that replaces the base table has no key, so such columns are added to GROUP BY: they depend on the key
and change no group. SQL:1999, functional dependency; PostgreSQL, check_functional_grouping() in pg_constraint.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.language.names import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.sql.binding.context import Context
    from phantang.sql.binding.relations import Bound, Ref, Scope


def group_dependents(context: Context, select: exp.Select, scope: Scope, outputs: Sequence[Bound]) -> None:
    """Add to GROUP BY, in place, the columns that depend on a primary key in it."""
    group = select.args.get("group")
    if context.dialect != "postgres" or group is None or any(_is_set(item) for item in group.expressions):
        return
    grouped = {base for item in group.expressions if (base := _base(context, item, outputs)) is not None}
    keyed = {
        relation.occurrence.index
        for relation in scope.relations
        if relation.occurrence is not None
        and relation.occurrence.asset.primary_key
        and all((relation.occurrence.index, name) in grouped for name in relation.occurrence.asset.primary_key)
    }
    if not keyed:
        return
    named = [(column.copy(), context.meanings.get(id(column))) for column in _outside_aggregates(context, select)]
    for column, meaning in [*named, *_starred(select, scope)]:
        if meaning is None or meaning.base is None or meaning.base[0] not in keyed or meaning.base in grouped:
            continue
        grouped.add(meaning.base)
        context.mark(meaning, Use.GROUP)
        group.append("expressions", column)
        context.meanings[id(column)] = meaning  # it is part of the tree from here on


def _starred(select: exp.Select, scope: Scope) -> Iterator[tuple[exp.Column, Bound]]:
    """Yield the columns that `*` and `t.*` stand for."""
    everything = any(isinstance(item, exp.Star) for item in select.expressions)
    named = {item.table for item in select.expressions if isinstance(item, exp.Column) and item.is_star}
    for relation in scope.relations:
        if relation.alias is not None and (everything or relation.alias in {key(name, "postgres") for name in named}):
            for column in relation.columns:
                parts = (exp.Identifier(this=name, quoted=True) for name in (column.name, relation.alias))
                yield exp.Column(this=next(parts), table=next(parts)), column


def _is_set(item: exp.Expr) -> bool:
    return isinstance(item, (exp.Rollup, exp.Cube, exp.GroupingSets))


def _base(context: Context, item: exp.Expr, outputs: Sequence[Bound]) -> Ref | None:
    if isinstance(item, exp.Literal) and item.this.isdigit() and 1 <= int(item.this) <= len(outputs):
        return outputs[int(item.this) - 1].base
    meaning = context.meanings.get(id(item))
    return None if meaning is None else meaning.base


def _outside_aggregates(context: Context, select: exp.Select) -> Iterator[exp.Column]:
    order, having = select.args.get("order"), select.args.get("having")
    stack = [*select.expressions, *(part for part in (order, having) if part is not None)]
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Column):
            yield node
        elif not context.allow.is_aggregate(node):
            stack.extend(node.iter_expressions())
