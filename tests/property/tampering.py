"""Every way to tamper with a finished statement, applied wherever it fits: each result must be noticed by the guard.

Only what the guard promises is tampered with: derived tables (what they show, which rows they hold, which table they
read), the relations beside them, reserved names, and obligations. What the query says around them is its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp, parse_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision, Obligations
    from phantang.model.plan import Plan

Edit = tuple[str, "Callable[[], object]"]


def ways(plan: Plan, allowed: Decision, assets: Sequence[Asset], schema: str) -> list[str]:
    """Name every way to tamper with a plan, in order of place."""
    by_name = {asset.name.local: asset for asset in assets}
    return [what for what, _ in _edits(parse_one(plan.sql, read=plan.dialect), allowed, by_name, schema)]


def tamper(plan: Plan, allowed: Decision, assets: Sequence[Asset], schema: str, position: int) -> str | None:
    """Return the statement tampered with in that way, or `None` if it says what it said before."""
    tree = parse_one(plan.sql, read=plan.dialect)
    original = tree.sql(plan.dialect, identify=True)
    by_name = {asset.name.local: asset for asset in assets}
    list(_edits(tree, allowed, by_name, schema))[position][1]()
    sql = tree.sql(plan.dialect, identify=True)
    return None if sql == original else sql


def bodies(tree: exp.Expr) -> list[exp.Select]:
    """Return our derived tables: selects that read a base table and nothing else, but not those inside row filters."""
    found: list[exp.Select] = []
    for node in tree.find_all(exp.Select):
        source = node.args.get("from_")
        if source is not None and isinstance(source.this, exp.Table) and source.this.args.get("db"):
            above = node.find_ancestor(exp.Where)
            if above is None or not any(above is body.args.get("where") for body in found):
                found.append(node)
    return found


def _edits(tree: exp.Expr, allowed: Decision, assets: dict[str, Asset], schema: str) -> Iterator[Edit]:
    """Yield edits of `tree`; only one of them may be made."""
    for body in bodies(tree):
        table = body.args["from_"].this
        asset = assets[f"{table.db}.{table.name}"]
        decided = allowed.columns[asset.name.local]
        yield from _shown(body, asset, [name for name, one in decided.items() if one.mask is not None])
        yield from _rows(body)
        yield from _read(body, schema)
    yield from _around(tree, schema)
    yield from _owed(tree, allowed.obligations)


def _column(asset: Asset, name: str) -> exp.Column:
    return exp.column(name, table=asset.name.table, quoted=True)


def _shown(body: exp.Select, asset: Asset, masked: list[str]) -> Iterator[Edit]:
    shown = {item.alias_or_name for item in body.expressions}
    hidden = [name for name in masked if name not in shown]
    for item in body.expressions:
        if not isinstance(item, exp.Alias):
            other = next((entry.name for entry in asset.columns if entry.name != item.name), "")
            swapped = exp.alias_(_column(asset, other), item.name, quoted=True)
            yield "clear column swapped", partial(item.replace, swapped)
            continue
        name, value = item.alias, item.this
        if not name.startswith("__phantang"):
            yield "mask dropped", partial(item.replace, _column(asset, name))
            yield (
                "mask beside the value",
                partial(item.set, "this", exp.func("coalesce", item.this.copy(), _column(asset, name))),
            )
            yield (
                "mask for some rows",
                partial(
                    item.set,
                    "this",
                    exp.Case(ifs=[exp.If(this=exp.true(), true=_column(asset, name))], default=item.this.copy()),
                ),
            )
        for column in list(value.find_all(exp.Column)) if not isinstance(value, exp.Column) else [value]:
            other = next(entry.name for entry in asset.columns if entry.name != column.name)
            yield (
                "masked column swapped",
                partial(column.set, "this", exp.to_identifier(other, quoted=True)),
            )
        for literal in list(value.find_all(exp.Literal)):
            yield "mask parameter changed", partial(literal.replace, _changed(literal))
        for constant in list(value.find_all(exp.Boolean)):
            yield "mask turned over", partial(constant.replace, exp.true())
        for call in list(value.find_all(exp.Anonymous)):
            yield "mask function swapped", partial(call.set, "this", "lower")
        for parameter in list(value.find_all(exp.Parameter, exp.Placeholder)):
            yield "token key told", partial(parameter.replace, exp.Literal.string("k"))
    if hidden:
        yield "column added", partial(body.append, "expressions", _column(asset, hidden[0]))
    yield "star added", partial(body.append, "expressions", exp.Star())


def _changed(literal: exp.Literal) -> exp.Expr:
    if literal.is_string:
        return exp.Literal.string(literal.this + "7")
    return exp.Literal.number(f"{literal.this}1")


def _rows(body: exp.Select) -> Iterator[Edit]:
    where = body.args.get("where")
    if where is None:
        yield "condition added", partial(body.set, "where", exp.Where(this=exp.true()))
        return
    filtered = where.this
    copies = []
    while isinstance(filtered, exp.And):  # copies of the query's own conditions follow the row filter
        copies.append(filtered.expression)
        filtered = filtered.this
    yield "row filter dropped", partial(body.set, "where", None)
    yield "row filter true", partial(filtered.replace, exp.true())
    yield "row filter widened", partial(where.set, "this", exp.Or(this=where.this.copy(), expression=exp.true()))
    yield "row filter negated", partial(filtered.replace, exp.Not(this=exp.Paren(this=filtered.copy())))
    yield "fence dropped", partial(body.set, "offset", None)
    yield "fence moved", partial(body.args["offset"].set, "expression", exp.Literal.number(1))
    for node in list(filtered.walk()):
        if isinstance(node, exp.Literal):
            yield "row filter literal", partial(node.replace, _changed(node))
        elif isinstance(node, exp.Or):
            yield "row filter arm dropped", partial(node.replace, node.this)
        elif isinstance(node, (exp.EQ, exp.GTE)):
            turned = exp.LTE if isinstance(node, exp.EQ) else exp.NEQ
            yield (
                "row filter operator",
                partial(node.replace, turned(this=node.this.copy(), expression=node.expression.copy())),
            )
        elif isinstance(node, exp.Column):
            yield "row filter column", partial(node.set, "this", exp.to_identifier("ghi_chu", quoted=True))
        elif isinstance(node, exp.Select):
            yield "membership for all", partial(node.set, "where", None)
            yield (
                "membership united",
                partial(node.replace, exp.Union(this=node.copy(), expression=node.copy(), distinct=False)),
            )
        elif isinstance(node, exp.Table):
            yield (
                "membership in another table",
                partial(node.set, "this", exp.to_identifier("ho_gia_dinh", quoted=True)),
            )
    for one in copies:
        for literal in list(one.find_all(exp.Literal)):
            yield "copied condition changed", partial(literal.replace, _changed(literal))


def _read(body: exp.Select, schema: str) -> Iterator[Edit]:
    table = body.args["from_"].this
    other = "ho_gia_dinh" if table.name != "ho_gia_dinh" else "phan_cong"
    beside = exp.table_(other, db=schema, quoted=True)
    if body.find(exp.Column) is not None:  # else rows are counted, alike in both
        yield "another table", partial(table.set, "this", exp.to_identifier(other, quoted=True))
    yield "another schema", partial(table.set, "db", exp.to_identifier("kho", quoted=True))
    yield "no schema", partial(table.set, "db", None)
    yield "another database", partial(table.set, "catalog", exp.to_identifier("khac", quoted=True))
    yield "join inside", partial(body.append, "joins", exp.Join(this=beside))
    yield "distinct inside", partial(body.set, "distinct", exp.Distinct())
    yield "limit inside", partial(body.set, "limit", exp.Limit(expression=exp.Literal.number(1)))
    yield "order inside", partial(body.set, "order", exp.Order(expressions=[exp.Literal.number(1)]))
    yield "sample inside", partial(table.set, "sample", exp.TableSample(percent=exp.Literal.number(1)))
    yield (
        "united with raw rows",
        partial(
            body.replace, exp.Union(this=body.copy(), expression=exp.select("*").from_(table.copy()), distinct=False)
        ),
    )
    subquery = body.parent
    if isinstance(subquery, exp.Subquery):
        raw = exp.alias_(table.copy(), subquery.alias, table=True, quoted=True)
        yield "table in the open", partial(subquery.replace, raw)


def _around(tree: exp.Expr, schema: str) -> Iterator[Edit]:
    raw = exp.table_("cong_dan", db=schema, quoted=True)
    for select in list(tree.find_all(exp.Select)):
        source = select.args.get("from_")
        if source is not None and isinstance(source.this, exp.Table) and source.this.args.get("db"):
            continue
        inner = exp.Subquery(this=exp.select('"ton_giao"').from_(raw.copy()))
        if source is not None:
            yield "table beside", partial(select.append, "joins", exp.Join(this=raw.copy()))
        yield "raw scalar", partial(select.append, "expressions", inner.copy())
        yield (
            "raw condition",
            partial(select.set, "where", exp.Where(this=exp.Exists(this=inner.this.copy()))),
        )
        yield (
            "unknown function",
            partial(
                select.append, "expressions", exp.Anonymous(this="pg_read_file", expressions=[exp.Literal.string("x")])
            ),
        )
        yield (
            "reserved name",
            partial(select.append, "expressions", exp.column("__phantang_unit0", quoted=True)),
        )
    keys = [node for node in tree.find_all(exp.Column) if node.name.startswith("__phantang_key")]
    for node in keys:
        yield "raw key shown", partial((node.parent_select or tree).append, "expressions", node.copy())


def _owed(tree: exp.Expr, owed: Obligations) -> Iterator[Edit]:
    limit, having = tree.args.get("limit"), tree.args.get("having")
    if owed.max_rows is not None and limit is not None:
        yield "limit dropped", partial(tree.set, "limit", None)
        yield "limit raised", partial(limit.replace, exp.Limit(expression=exp.Literal.number(1000)))
    if owed.min_group_size is not None and having is not None:
        yield "group size dropped", partial(tree.set, "having", None)
        yield (
            "group size for none",
            partial(tree.set, "having", exp.Having(this=exp.Or(this=having.this.copy(), expression=exp.true()))),
        )
        for values in [one for one in having.find_all(exp.Paren) if isinstance(one.this, exp.Or) and _counts(one.this)]:
            yield "people of a value dropped", partial(values.replace, exp.true())
            yield "people of a value not counted", partial(values.this.expression.replace, exp.true())
            for known in list(values.find_all(exp.Is))[:1]:
                yield "rows of a value changed", partial(known.replace, exp.false())
        for count in list(tree.find_all(exp.Count)):
            if isinstance(count.this, exp.Column):
                yield "count made a value", partial(count.replace, exp.Max(this=count.this.copy()))
        number = next(having.find_all(exp.Literal))
        yield "group size lowered", partial(number.replace, exp.Literal.number(1))


def _counts(either: exp.Or) -> bool:
    """Tell whether a condition of HAVING is one of ours: no row, or enough people."""
    return isinstance(either.this, exp.EQ) and isinstance(either.expression, exp.GTE)
