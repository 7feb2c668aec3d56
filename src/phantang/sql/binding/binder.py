"""Binding of queries: SELECT, set operations, sub-queries and CTEs, clause by clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.binding import expressions, lookups, ordinals
from phantang.sql.binding.conditions import Conjuncts, condition
from phantang.sql.binding.dependents import group_dependents
from phantang.sql.binding.joins import bind_from, rename
from phantang.sql.binding.relations import Bound, Relation, Scope
from phantang.sql.language.labels import label
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.sql.binding.context import Context, Uses


def bind_query(
    context: Context, node: exp.Expr, parent: Scope | None, uses: Uses, ctes: Mapping[str, Sequence[Bound]]
) -> list[Bound]:
    """Bind a query whose output enters its surroundings as `uses`; return its output columns in order."""
    outer = context.ctes
    context.ctes = ctes = _with(context, node, parent, ctes)
    try:
        if isinstance(node, exp.Select):
            return _select(context, node, parent, uses)
        if isinstance(node, exp.SetOperation):
            outputs = _set_operation(context, node, parent, uses)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, expressions.QUERIES):
            if node.args.get("joins"):
                raise refuse("sql_construct", "JOIN of a query")  # joins stand in FROM, where `bind_from` takes them
            outputs = bind_query(context, node.this, parent, uses, ctes)
        else:
            raise refuse("sql_construct", type(node).__name__)
        scope = Scope(context.dialect, None)
        scope.add(Relation(None, outputs, context.dialect))
        ordinals.order(context, node, scope, outputs)
        return outputs
    finally:
        context.ctes = outer


def _with(
    context: Context, node: exp.Expr, parent: Scope | None, ctes: Mapping[str, Sequence[Bound]]
) -> Mapping[str, Sequence[Bound]]:
    """Bind the CTEs of a WITH in order; each sees those before it, and a name of its own stands for a base table."""
    clause = node.args.get("with_")
    if clause is None:
        return ctes
    visible = dict(ctes)
    own: set[str] = set()
    names = [key(cte.alias, context.dialect) for cte in clause.expressions]
    for position, cte in enumerate(clause.expressions):
        name = names[position]
        if name in own:
            raise refuse("alias_duplicate", cte.alias)
        # Under RECURSIVE PostgreSQL lets a member read a later one; here a name means what stands before it.
        if clause.args.get("recursive") and any(
            _refers_to(cte.this, later, context.dialect) for later in names[position + 1 :]
        ):
            raise refuse("sql_construct", "WITH RECURSIVE")
        own.add(name)
        if clause.args.get("recursive") and _refers_to(cte.this, name, context.dialect):
            outputs: Sequence[Bound] = _recursive(context, cte, parent, visible)
        else:
            outputs = bind_query(context, cte.this, parent, (Use.OUTPUT,), visible)
        context.subqueries += 1
        visible[name] = rename(outputs, cte.args["alias"])
    return visible


def _refers_to(node: exp.Expr, name: str, dialect: str) -> bool:
    tables = node.find_all(exp.Table)
    return any(
        isinstance(t.this, exp.Identifier) and not t.args.get("db") and key(t.name, dialect) == name for t in tables
    )


def _recursive(
    context: Context, cte: exp.Expr, parent: Scope | None, visible: Mapping[str, Sequence[Bound]]
) -> Sequence[Bound]:
    """Bind a CTE that reads itself: a UNION whose left arm starts it off and does not see its name.

    Rows flow round, so everything either arm touches may influence every column, and whatever any column of it is
    used for, every column is.
    """
    body, alias = cte.this, cte.args["alias"]
    name = key(cte.alias, context.dialect)
    if not isinstance(body, exp.Union) or body.args.get("with_") or _refers_to(body.this, name, context.dialect):
        raise refuse("sql_construct", "WITH RECURSIVE")
    before, context.touched = context.touched, set()
    started = rename(bind_query(context, body.this, parent, (Use.OUTPUT,), visible), alias)
    again = bind_query(context, body.expression, parent, (Use.OUTPUT,), {**visible, name: started})
    if len(again) != len(started):
        raise refuse("sql_construct", "set operation over different numbers of columns")
    context.set_operations += 1
    touched = frozenset(context.touched)
    roles = {role for index, column in touched for role in context.occurrences[index].uses.get(column, ())}
    everything = [Bound(column.name, touched) for column in started]
    for column in everything:
        context.mark(column, *roles)
    context.touched |= before
    outputs = Scope(context.dialect, None)
    outputs.add(Relation(None, everything, context.dialect))
    ordinals.order(context, body, outputs, everything)
    return everything


def _set_operation(context: Context, node: exp.SetOperation, parent: Scope | None, uses: Uses) -> list[Bound]:
    """Bind both arms; a long chain is left-deep, so it is walked in a loop."""
    arms: list[tuple[exp.Expr, bool]] = []
    operand: exp.Expr = node
    while isinstance(operand, exp.SetOperation) and (operand is node or not _decorated(operand)):
        arms.append((operand.expression, bool(operand.args.get("by_name"))))
        operand = operand.this
        context.set_operations += 1
    outputs = bind_query(context, operand, parent, uses, context.ctes)
    for arm, by_name in reversed(arms):
        others = bind_query(context, arm, parent, uses, context.ctes)
        outputs = _by_name(outputs, others, context) if by_name else _by_position(outputs, others)
    return outputs


def _decorated(node: exp.Expr) -> bool:
    return any(node.args.get(clause) for clause in ("with_", "order", "limit", "offset"))


def _by_position(left: list[Bound], right: list[Bound]) -> list[Bound]:
    if len(left) != len(right):
        raise refuse("sql_construct", "set operation over different numbers of columns")
    return [Bound(a.name, a.sources | b.sources) for a, b in zip(left, right, strict=True)]


def _by_name(left: list[Bound], right: list[Bound], context: Context) -> list[Bound]:
    others = {key(column.name, context.dialect): column for column in right}
    merged = []
    for column in left:
        other = others.pop(key(column.name, context.dialect), None)
        merged.append(Bound(column.name, column.sources | (other.sources if other else frozenset())))
    return merged + [Bound(column.name, column.sources) for column in others.values()]


def _select(context: Context, node: exp.Select, parent: Scope | None, uses: Uses) -> list[Bound]:
    anywhere = context.dialect == "duckdb"  # DuckDB lets an output alias stand in every later clause
    scope = Scope(context.dialect, parent)
    known = Conjuncts()
    first = len(context.occurrences)
    source = node.args.get("from_")
    if source is not None:
        bind_from(context, node, scope, known)
    own = {r.occurrence.index for r in scope.relations if r.occurrence is not None and r.occurrence.index >= first}
    for window in node.args.get("windows") or ():
        influences = expressions.expression(context, window, scope, (Use.OUTPUT,))
        scope.windows[key(window.name, context.dialect)] = influences
    outputs = _projections(context, node, scope, uses, anywhere=anywhere)
    where = node.args.get("where")
    if where is not None:
        condition(context, where.this, scope, known, aliases=anywhere)
    ordinals.group(context, node, scope, outputs)
    for clause in ("having", "qualify"):
        part = node.args.get(clause)
        if part is not None:
            expressions.expression(
                context, part.this, scope, (Use.FILTER,), aliases=anywhere, of_groups=clause == "having"
            )
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        expressions.expression(context, distinct.args["on"], scope, (Use.GROUP,), aliases=True)
    ordinals.order(context, node, scope, outputs)
    group_dependents(context, node, scope, outputs)
    lookups.propagate(context, known, own)
    return outputs


def _projections(context: Context, node: exp.Select, scope: Scope, uses: Uses, *, anywhere: bool) -> list[Bound]:
    outputs: list[Bound] = []
    for item in node.expressions:
        if isinstance(item, exp.Star):
            outputs += _star(context, item, scope, scope.star, uses)
        elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            relation = scope.relation(item.table, item.text("db") or None)
            if relation is None or relation.hidden:
                raise refuse("table_unknown", item.table)
            item.set("db", None)
            outputs += _star(context, item.this, scope, relation.columns, uses)
        else:
            inner = item.this if isinstance(item, exp.Alias) else item
            sources = expressions.expression(context, inner, scope, uses, aliases=anywhere)
            meaning = context.meanings.get(id(inner))
            if isinstance(item, exp.Alias):
                bound = Bound(item.alias, sources, meaning.base if meaning else None, meaning.same if meaning else None)
                scope.aliases.setdefault(key(item.alias, context.dialect), bound)
            elif meaning is not None:
                bound = Bound(meaning.name, sources, meaning.base, meaning.same)
            else:
                bound = Bound(label(inner, context.dialect), sources)
            outputs.append(bound)
    return outputs


def _star(context: Context, star: exp.Expr, scope: Scope, columns: Sequence[Bound], uses: Uses) -> list[Bound]:
    """Expand a star; EXCLUDE hides names, REPLACE puts an expression under one."""
    if not columns:
        raise refuse("sql_construct", "*")
    dialect = context.dialect
    hidden = {key(column.name, dialect) for column in star.args.get("except_") or ()}
    replaced = {key(item.alias, dialect): item.this for item in star.args.get("replace") or ()}
    renamed = {key(item.this.name, dialect): item.alias for item in star.args.get("rename") or ()}
    outputs = []
    for column in columns:
        name = key(column.name, dialect)
        # EXCLUDE names must exist in the derived table, so an excluded column is read, if to no effect.
        context.mark(column, *uses)
        if name in replaced:
            outputs.append(Bound(column.name, expressions.expression(context, replaced[name], scope, uses)))
        elif name in renamed:
            outputs.append(Bound(renamed[name], column.sources, same=column.same))
        elif name not in hidden:
            outputs.append(column)
    return outputs
