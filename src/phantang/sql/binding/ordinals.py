"""GROUP BY and ORDER BY: expressions, and the ordinals and names by which they mean outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.binding import expressions
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.binding.context import Context
    from phantang.sql.binding.relations import Bound, Scope


def group(context: Context, node: exp.Select, scope: Scope, outputs: list[Bound]) -> None:
    """Bind GROUP BY."""
    clause = node.args.get("group")
    if clause is None:
        return
    if clause.args.get("all"):
        for output in outputs:
            context.mark(output, Use.GROUP)
    for item in clause.expressions:
        _positional(context, item, scope, outputs, Use.GROUP)


def order(context: Context, node: exp.Expr, scope: Scope, outputs: list[Bound]) -> None:
    """Bind ORDER BY."""
    clause = node.args.get("order")
    for item in clause.expressions if clause is not None else ():
        if isinstance(item.this, exp.Var):
            if item.this.name.upper() != "ALL":
                raise refuse("sql_construct", item.this.name)
            for output in outputs:
                context.mark(output, Use.ORDER)
        else:
            _positional(context, item.this, scope, outputs, Use.ORDER, node.expressions)


def _positional(
    context: Context,
    item: exp.Expr,
    scope: Scope,
    outputs: list[Bound],
    use: Use,
    items: Sequence[exp.Expr] = (),
) -> None:
    """GROUP BY and ORDER BY take ordinals and output names too; a number deeper inside is taken for every output.

    `items` are the expressions behind `outputs`, if they sort: an aggregate among them sorts groups.
    """

    def mark(position: int) -> None:
        behind = items[position].unalias() if len(items) == len(outputs) else None
        if behind is not None and _of_groups(context, behind):
            expressions.expression(context, behind, scope, (use,), aliases=scope.dialect == "duckdb", of_groups=True)
        else:
            context.mark(outputs[position], use)

    if isinstance(item, exp.Literal) and not item.is_string:
        position = int(item.this) if item.this.isdigit() else 0
        if not 1 <= position <= len(outputs):
            raise refuse("sql_construct", f"position {item.this}")
        mark(position - 1)
        return
    if isinstance(item, (exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple)) and item.find(exp.Literal):
        for output in outputs:
            context.mark(output, use)
    if isinstance(item, exp.Column) and not item.table:
        wanted = key(item.name, scope.dialect)
        named = [place for place, output in enumerate(outputs) if key(output.name, scope.dialect) == wanted]
        for place in named:
            mark(place)
        if named and not any(wanted in relation.by_key for relation in scope.relations):
            return
    expressions.expression(context, item, scope, (use,), aliases=True, of_groups=use is Use.ORDER)


def _of_groups(context: Context, item: exp.Expr) -> bool:
    """Tell whether an output is made of aggregates: sorting by it sorts groups."""
    nodes = list(item.walk())
    plain = not any(isinstance(node, (exp.Window, *expressions.QUERIES)) for node in nodes)
    return plain and any(context.allow.is_aggregate(node) for node in nodes)
