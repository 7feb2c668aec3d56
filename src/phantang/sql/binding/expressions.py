"""Uses and lineage of expressions: which base columns an expression reads, and in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.language import choices
from phantang.sql.language.allowlist import listed_name
from phantang.sql.language.names import key, nfc
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from phantang.sql.binding.context import Context, Uses
    from phantang.sql.binding.relations import Bound, Ref, Scope

QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)
_OUTPUT: Uses = (Use.OUTPUT,)


def column(context: Context, node: exp.Column, scope: Scope, *, aliases: bool) -> list[Bound]:
    """Bind one column reference and bring its spelling to the catalog's.

    Raises `Refused` as `Scope.column` does.
    """
    if isinstance(node.this, exp.Star):
        raise refuse("whole_row_reference", node.table)
    found = scope.column(node.name, node.table or None, node.text("db") or None, aliases=aliases)
    if node.args.get("db"):
        node.set("db", None)  # the derived table that will stand there has no schema
    first = found[0]
    if first.name != node.name and nfc(first.name) == nfc(node.name):
        node.this.set("this", first.name)
    if len(found) == 1 or (first.base is not None and all(other.base == first.base for other in found)):
        context.meanings[id(node)] = first
    return found


def expression(
    context: Context, root: exp.Expr, scope: Scope, uses: Uses, *, aliases: bool = False, of_groups: bool = False
) -> frozenset[Ref]:
    """Record the uses of every column under `root` and return the base columns that influence its value.

    `of_groups` says that `root` filters or sorts groups: by what a counting aggregate tells of one, which is no more
    than showing it would.
    """
    influences: set[Ref] = set()
    stack: list[tuple[exp.Expr, Uses]] = [(root, uses)]
    while stack:
        node, roles = stack.pop()
        if isinstance(node, exp.Column):
            for bound in column(context, node, scope, aliases=aliases):
                context.mark(bound, *roles)
                influences |= bound.sources
        elif isinstance(node, exp.Exists):
            _forget_star(node)
            stack.append((node.this, roles))
        elif isinstance(node, QUERIES):
            influences |= _subquery(context, node, scope, roles)
        elif isinstance(node, exp.Star):
            raise refuse("whole_row_reference", "*")
        elif isinstance(node, exp.Window):
            influences |= _named_window(node, scope)
            stack.extend(_window(node, roles))
        elif isinstance(node, exp.Filter):
            stack.append((node.this, roles))
            stack.append((node.expression.this, (Use.FILTER,)))
        elif _aggregate(context, node) is not None:
            stack.extend(_arguments(context, node, roles, of_groups=of_groups))
        elif isinstance(node, exp.WithinGroup):
            inner = _inside(_aggregate(context, node.this), roles)
            stack.append((node.this, roles))
            stack.extend((ordered, inner) for ordered in node.expression.expressions)
        elif not isinstance(node, (exp.DataType, exp.Identifier)):
            stack.extend((child, roles) for child in node.iter_expressions())
    return frozenset(influences)


def _forget_star(node: exp.Exists) -> None:
    """Replace the star of `EXISTS (SELECT * ...)`, which asks for rows and not for columns."""
    query = node.this
    if (
        isinstance(query, exp.Select)
        and query.args.get("from_") is not None
        and all(isinstance(item, exp.Star) and not any(item.args.values()) for item in query.expressions)
    ):
        query.set("expressions", [exp.Literal.number(1)])
        query.set("distinct", None)


def _aggregate(context: Context, node: exp.Expr) -> Use | None:
    """Return `AGGREGATE` for a counting aggregate, `OUTPUT` for a revealing one, `None` for anything else."""
    name = listed_name(node)
    if name in context.allow.counting:
        return Use.AGGREGATE
    return Use.OUTPUT if name in context.allow.revealing else None


def _inside(kind: Use | None, roles: Uses, *, of_groups: bool = False) -> Uses:
    """Return the roles of an aggregate's arguments, given the roles of its result."""
    if kind is not Use.AGGREGATE:
        return roles
    if of_groups:
        return (Use.AGGREGATE,)
    return (*(role for role in roles if role is not Use.OUTPUT), Use.AGGREGATE)


def _arguments(context: Context, node: exp.Expr, roles: Uses, *, of_groups: bool) -> list[tuple[exp.Expr, Uses]]:
    kind = _aggregate(context, node)
    choice = choices.inside(node) if kind is Use.AGGREGATE else None
    if choice is not None:
        taken = _inside(kind, roles, of_groups=of_groups)
        met: list[tuple[exp.Expr, Uses]] = [(one, (Use.FILTER,)) for one in choice.conditions]
        return [*met, *((one, taken) for one in choice.values)]
    inner = _inside(kind, roles, of_groups=of_groups) if _plain(node) else roles
    children: list[tuple[exp.Expr, Uses]] = []
    for child in node.iter_expressions():
        if isinstance(child, exp.Star):
            if not isinstance(node, exp.Count):
                raise refuse("whole_row_reference", "*")
        elif isinstance(child, exp.Order):
            if child.this is not None:
                children.append((child.this, inner))
            children.extend((ordered, (Use.ORDER, *inner)) for ordered in child.expressions)
        else:
            children.append((child, inner))
    return children


def _plain(node: exp.Expr) -> bool:
    """Tell whether an aggregate takes whole columns only.

    `sum(CASE WHEN id = 'x' THEN pay END)` counts as many rows as `sum(pay)` does, and tells one person's pay.
    """
    parts = [
        part
        for child in node.iter_expressions()
        for part in (child.expressions if isinstance(child, exp.Distinct) else [child])
    ]
    return all(isinstance(part, (exp.Column, exp.Star, exp.Literal)) for part in parts)


def _window(node: exp.Window, roles: Uses) -> list[tuple[exp.Expr, Uses]]:
    """Return the parts of a window; a frame can be one row, so what an aggregate over it sees counts as output."""
    children: list[tuple[exp.Expr, Uses]] = []
    function = node.this
    if not isinstance(function, exp.Identifier):
        if isinstance(function, exp.Filter):
            children.append((function.expression.this, (Use.FILTER,)))
            function = function.this
        arguments = [child for child in function.iter_expressions() if not isinstance(child, exp.Star)]
        children.extend((child, roles) for child in arguments)
    children.extend((child, (Use.GROUP,)) for child in node.args.get("partition_by") or ())
    order = node.args.get("order")
    if order is not None:
        children.extend((child, (Use.ORDER,)) for child in order.expressions)
    spec = node.args.get("spec")
    if spec is not None:
        children.extend((child, roles) for child in spec.iter_expressions())
    return children


def _named_window(node: exp.Window, scope: Scope) -> frozenset[Ref]:
    name = node.args.get("alias")
    if name is None:
        return frozenset()
    try:
        return scope.windows[key(name.name, scope.dialect)]
    except KeyError:
        raise refuse("sql_construct", f"window {name.name}") from None


def _subquery(context: Context, node: exp.Expr, scope: Scope, roles: Uses) -> frozenset[Ref]:
    """Everything a sub-query touches influences its value, its own filters included."""
    before, context.touched = context.touched, set()
    context.subqueries += 1
    context.bind_query(context, node, scope, roles, context.ctes)
    inside = frozenset(context.touched)
    context.touched = before | inside
    return inside
