"""Facts about the statement as a whole, and whether a group-size condition can be attached to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Shape
from phantang.sql.language.names import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.sql.binding.context import Context

_NEVER_FLAT = (exp.Window, exp.Subquery, exp.Select, exp.Explode, exp.Rollup, exp.Cube, exp.GroupingSets)


def shape(context: Context, tree: exp.Expr) -> Shape:
    """Return the shape of a bound statement."""
    group = tree.args.get("group")
    limit = tree.args.get("limit")
    return Shape(
        aggregate_only=_aggregate_only(context, tree),
        grouped=group is not None,
        distinct=bool(tree.args.get("distinct")),
        limit=int(limit.expression.this) if isinstance(limit, exp.Limit) else None,
        joins=context.joins,
        subqueries=context.subqueries,
        set_operations=context.set_operations,
    )


def _aggregate_only(context: Context, tree: exp.Expr) -> bool:
    if not isinstance(tree, exp.Select) or context.subqueries or context.set_operations or not context.occurrences:
        return False
    if tree.args.get("qualify") or any(isinstance(node, _NEVER_FLAT) for node in _below(tree)):
        return False
    group = tree.args.get("group")
    if group is None and not any(_is_aggregate(context, node) for item in tree.expressions for node in item.walk()):
        return False
    keys = _keys(tree, group, context.dialect)
    everything = group is not None and bool(group.args.get("all"))
    if any(item.is_star for item in tree.expressions):
        return False
    return all(everything or _covered(context, item, keys) for item in tree.expressions)


def _below(tree: exp.Expr) -> Iterator[exp.Expr]:
    nodes = tree.walk()
    next(nodes)
    return nodes


def _is_aggregate(context: Context, node: exp.Expr) -> bool:
    return context.allow.is_aggregate(node)


def _keys(tree: exp.Select, group: exp.Expr | None, dialect: str) -> list[exp.Expr]:
    """Return the group keys as expressions: ordinals and output aliases stand for what they name."""
    keys: list[exp.Expr] = []
    aliased = {key(item.alias, dialect): item.this for item in tree.expressions if isinstance(item, exp.Alias)}
    for item in group.expressions if group is not None else ():
        if isinstance(item, exp.Literal):
            if not item.is_string and 1 <= int(item.this) <= len(tree.expressions):
                keys.append(tree.expressions[int(item.this) - 1].unalias())
            continue
        keys.append(item)
        if isinstance(item, exp.Column) and not item.table:
            named = aliased.get(key(item.name, dialect))
            if named is not None:
                keys.append(named)
    return keys


def _covered(context: Context, item: exp.Expr, keys: list[exp.Expr]) -> bool:
    """Tell whether `item` is built from aggregates, group keys and constants only."""
    columns = {context.meanings[id(node)].base for node in keys if id(node) in context.meanings}
    stack = [item.unalias()]
    while stack:
        node = stack.pop()
        if _is_aggregate(context, node) or any(node is one or node == one for one in keys):
            continue
        if isinstance(node, exp.WithinGroup):
            continue
        if isinstance(node, exp.Filter):
            stack.append(node.this)
        elif isinstance(node, exp.Column):
            meaning = context.meanings.get(id(node))
            if meaning is None or meaning.base is None or meaning.base not in columns:
                return False
        elif isinstance(node, exp.Star):
            return False
        else:
            stack.extend(node.iter_expressions())
    return True
