"""Binding of FROM: base tables, CTE references, derived tables, and every kind of join we understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.footprint import Use
from phantang.sql.binding import expressions
from phantang.sql.binding.conditions import Conjuncts, condition
from phantang.sql.binding.relations import Bound, Occurrence, Relation, Scope
from phantang.sql.binding.tables import find_table
from phantang.sql.language.allowlist import listed_name
from phantang.sql.language.lexis import MAX_JOINS
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.binding.context import Context

#: `meta` key that ties a table node to its occurrence; it survives copying.
OCCURRENCE = "phantang_occurrence"


def bind_from(context: Context, node: exp.Select, scope: Scope, known: Conjuncts) -> None:
    """Bring everything in FROM into `scope`; what inner joins establish goes to `known`."""
    scope.star = _item(context, node.args["from_"].this, scope, known)
    scope.star = _joins(context, node.args.get("joins") or (), scope, scope.star, known)


def rename(columns: Sequence[Bound], alias: exp.Expr) -> Sequence[Bound]:
    """Apply `AS name(column, ...)`; missing trailing names keep the old ones."""
    names = [identifier.name for identifier in alias.args.get("columns") or ()]
    if len(names) > len(columns):
        raise refuse("sql_construct", f"{alias.name} with too many column names")
    renamed = [Bound(name, column.sources, same=column.same) for name, column in zip(names, columns, strict=False)]
    return [*renamed, *(Bound(one.name, one.sources, same=one.same) for one in columns[len(names) :])]


def _item(context: Context, node: exp.Expr, scope: Scope, known: Conjuncts) -> list[Bound]:
    """Bind one member of FROM and return the columns `*` shows of it."""
    if isinstance(node, exp.Table) and _renames_columns(context, node):
        node = _as_subquery(node)
    if isinstance(node, exp.Table):
        columns = _table(context, node, scope)
    elif isinstance(node, exp.Subquery):
        if isinstance(node.this, (exp.Table, exp.Subquery)) and not _is_query(node.this):
            if node.args.get("alias"):
                raise refuse("sql_construct", "alias of a parenthesised join")
            columns = _item(context, node.this, scope, known)
        else:
            columns = _derived(context, node, scope, lateral=context.dialect == "duckdb")
    elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
        columns = _derived(context, node, scope, lateral=True)
    elif isinstance(node, exp.Values):
        columns = _values(context, node, scope)
    elif isinstance(node, (exp.Unnest, exp.Lateral)):
        columns = _rows(context, node, scope)
    else:
        raise refuse("sql_construct", f"FROM {type(node).__name__}")
    return _joins(context, node.args.get("joins") or (), scope, columns, known)


def _renames_columns(context: Context, node: exp.Table) -> bool:
    alias = node.args.get("alias")
    if alias is None or not alias.args.get("columns") or not isinstance(node.this, exp.Identifier):
        return False
    return bool(node.args.get("db")) or key(node.name, context.dialect) not in context.ctes


def _as_subquery(node: exp.Table) -> exp.Subquery:
    """Read `t AS x(a, b)` as `(SELECT * FROM t) AS x(a, b)`: the names then stand for columns known to be there."""
    table = exp.Table(this=node.this, db=node.args.get("db"))
    select = exp.Select(expressions=[exp.Star()], from_=exp.From(this=table))
    derived = exp.Subquery(this=select, alias=node.args.get("alias"), joins=node.args.get("joins"))
    node.replace(derived)
    return derived


def _is_query(node: exp.Expr) -> bool:
    while isinstance(node, exp.Subquery):
        if node.args.get("alias") or node.args.get("joins"):
            return False
        node = node.this
    return not isinstance(node, exp.Table)


def _add(
    context: Context, scope: Scope, alias: exp.Expr | None, default: str | None, columns: Sequence[Bound]
) -> list[Bound]:
    if alias is not None:
        columns = rename(columns, alias)
    name = alias.name if alias is not None and alias.name else default
    scope.add(Relation(name, columns, context.dialect))
    return list(columns)


def _table(context: Context, node: exp.Table, scope: Scope) -> list[Bound]:
    alias = node.args.get("alias")
    if not isinstance(node.this, exp.Identifier):
        return _rows(context, node, scope)
    schema = node.text("db") or None
    cte = context.ctes.get(key(node.name, context.dialect)) if schema is None else None
    if cte is not None:
        return _add(context, scope, alias, node.name, cte)
    asset = find_table(context.assets, node.name, schema, context.dialect)
    name = alias.name if alias is not None else node.name
    occurrence = Occurrence(len(context.occurrences), asset, name)
    if len(context.occurrences) >= MAX_JOINS:
        raise refuse("sql_too_deep")
    context.occurrences.append(occurrence)
    node.meta[OCCURRENCE] = occurrence.index
    columns = []
    for entry in asset.columns:
        ref = (occurrence.index, entry.name)
        columns.append(Bound(entry.name, frozenset((ref,)), ref, ref))
    scope.add(Relation(name, columns, context.dialect, occurrence))
    return columns


def _derived(context: Context, node: exp.Expr, scope: Scope, *, lateral: bool) -> list[Bound]:
    """Bind a derived table; it sees its left siblings when LATERAL, which DuckDB makes it where it must."""
    context.subqueries += 1
    query = node.this
    outputs = _query(context, query, scope if lateral else scope.parent)
    return _add(context, scope, node.args.get("alias"), None, outputs)


def _query(context: Context, query: exp.Expr, parent: Scope | None) -> list[Bound]:
    """Bind a query in FROM: whatever it returns may reach the answer."""
    return context.bind_query(context, query, parent, (Use.OUTPUT,), context.ctes)


def _values(context: Context, node: exp.Values, scope: Scope) -> list[Bound]:
    context.subqueries += 1
    sources: frozenset[tuple[int, str]] = frozenset()
    for row in node.expressions:
        sources |= expressions.expression(context, row, scope, (Use.OUTPUT,))
    first = node.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    names = (f"column{i + 1}" if context.dialect == "postgres" else f"col{i}" for i in range(width))
    return _add(context, scope, node.args.get("alias"), None, [Bound(name, sources) for name in names])


def _rows(context: Context, node: exp.Expr, scope: Scope) -> list[Bound]:
    """Bind a table function over literals and columns of its left siblings, in PostgreSQL's and DuckDB's naming."""
    context.subqueries += 1
    function = node if isinstance(node, exp.Unnest) else node.this
    arguments = function.expressions if isinstance(function, exp.Unnest) else [function]
    sources: frozenset[tuple[int, str]] = frozenset()
    for argument in arguments:
        sources |= expressions.expression(context, argument, scope, (Use.OUTPUT,))
    name = _function_name(function)
    alias = node.args.get("alias")
    names = list(context.allow.table_functions.get(listed_name(function), ()))
    if not names:
        scalar = len(arguments) == 1 and alias is not None and alias.name and not alias.args.get("columns")
        names = [alias.name] if scalar and alias is not None else [name] * len(arguments)
    offset = function.args.get("offset") or node.args.get("ordinality")
    if offset:
        names.append(offset.name if isinstance(offset, exp.Identifier) else "ordinality")
    columns = _add(context, scope, alias, name, [Bound(column, sources) for column in names])
    if context.dialect == "duckdb":  # under an alias the column answers to the name of the function, too
        scope.relations[-1].by_key.setdefault(name, columns[:1])
    return columns


def _function_name(function: exp.Expr) -> str:
    if isinstance(function, exp.Unnest):
        return "unnest"
    if isinstance(function, exp.Anonymous):
        return function.name.lower()
    return "range" if function.args.get("is_end_exclusive") else "generate_series"


def _joins(
    context: Context, joins: Sequence[exp.Expr], scope: Scope, left: list[Bound], known: Conjuncts
) -> list[Bound]:
    for join in joins:
        context.joins += 1
        before = len(scope.relations)
        right = _item(context, join.this, scope, known)
        kind, side, method = ((join.args.get(name) or "").upper() for name in ("kind", "side", "method"))
        inner = not side and kind in {"", "INNER", "CROSS"} and method != "ASOF"
        using = [identifier.name for identifier in join.args.get("using") or ()]
        if method == "NATURAL":
            using = _common(left, right, context)
        condition_node = join.args.get("on")
        if condition_node is not None:
            condition(context, condition_node, scope, known if inner else None, aliases=False)
        merged = _merge(context, scope, using, (left, right), known if inner else None)
        if kind in {"SEMI", "ANTI"}:
            for relation in scope.relations[before:]:
                relation.hidden = True
            continue
        left = _shown(context, left, right, merged)
    return left


def _common(left: list[Bound], right: list[Bound], context: Context) -> list[str]:
    names = {key(column.name, context.dialect) for column in right}
    return [column.name for column in left if key(column.name, context.dialect) in names]


def _merge(
    context: Context, scope: Scope, using: list[str], sides: tuple[list[Bound], list[Bound]], known: Conjuncts | None
) -> dict[str, Bound]:
    merged: dict[str, Bound] = {}
    for name in using:
        wanted = key(name, context.dialect)
        pair = []
        for side in sides:
            found = [column for column in side if key(column.name, context.dialect) == wanted]
            if len(found) != 1:
                raise refuse("column_ambiguous" if found else "column_unknown", name)
            pair.append(found[0])
        for column in pair:
            context.mark(column, Use.JOIN)
        if known is not None and pair[0].base is not None and pair[1].base is not None:
            known.equal.append((pair[0].base, pair[1].base))
        merged[wanted] = Bound(pair[0].name, pair[0].sources | pair[1].sources)
        scope.merged[wanted] = [*scope.merged.get(wanted, [pair[0]]), pair[1]]
    return merged


def _shown(context: Context, left: list[Bound], right: list[Bound], merged: dict[str, Bound]) -> list[Bound]:
    """Return what `*` shows of a join: PostgreSQL puts merged columns first, DuckDB leaves them on the left side."""
    if not merged:
        return [*left, *right]

    def rest(side: list[Bound]) -> list[Bound]:
        return [column for column in side if key(column.name, context.dialect) not in merged]

    if context.dialect == "postgres":
        return [*merged.values(), *rest(left), *rest(right)]
    return [*(merged.get(key(c.name, context.dialect), c) for c in left), *rest(right)]
