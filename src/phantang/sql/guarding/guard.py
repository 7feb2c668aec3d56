"""The last look before SQL runs: parse the finished text again and check it against the decision.

Nothing here is shared with the passes: only the model, sqlglot and the allow-lists, which are data. A statement that
does not have exactly the shape the decision asks for is a denial, whoever is at fault.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp, parse
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from phantang.model.decision import Effect, LookupPredicate, Mask
from phantang.model.errors import GuardError
from phantang.sql.guarding import keys, masks, obligations, predicates, privacy, rows, syntax, units
from phantang.sql.guarding.guarded import Guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.generator import Generator

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.model.plan import Plan

ROW = "__phantang_row"
_BODY = {"expressions", "from_", "where", "offset"}


def guard(plan: Plan, decision: Decision, assets: Sequence[Asset]) -> None:
    """Check `plan.sql` against `decision`.

    Raises `GuardError` `guard_failed`, naming what is wrong: a table out of place, a column that is not what was
    decided, a missing row filter, limit or group-size condition, a construct outside the allow-list.
    """
    try:
        _guard(plan, decision, assets)
    except RecursionError:
        raise failed("depth") from None


def failed(what: str) -> GuardError:
    """Build the error for one violated check."""
    return GuardError("guard_failed", name=what[:80])


def _guard(plan: Plan, decision: Decision, assets: Sequence[Asset]) -> None:
    if not decision.allow:
        raise failed("decision")
    tree = _statement(plan)
    by_name = {asset.name.local: asset for asset in assets}
    tables = [
        _derived_table(node, by_name)
        for node in tree.find_all(exp.Table)
        if isinstance(node.this, exp.Identifier)
        and not (_is_cte(node, plan.dialect) or _in_row_filter(node) or units.is_inside(node))
    ]
    for table in tables:
        _literals(table, decision)
        _projections(table, decision, plan)
        _rows(table, decision, plan, by_name)
    outside = syntax.outside(tree, {id(table.body) for table in tables}, plan.dialect)
    for table in tables:
        for name, literal in table.literals.items():
            if not syntax.looks_up(outside, literal, plan.dialect):
                raise failed(f"lookup {name}")
        if not all(predicates.copied(one, outside) for one in table.copies):
            raise failed(f"condition on {table.asset.name.table}")
    keys.check(outside, tables, plan.dialect)
    obligations.check(tree, outside, tables, decision.obligations, plan.dialect)
    privacy.check(tree, tables, decision, plan)


def _statement(plan: Plan) -> exp.Query:
    try:
        # The line's end: after a parameter ($1), sqlglot's tokenizer loses a quoted quote that ends the text.
        trees = parse(f"{plan.sql}\n", read=plan.dialect)
    except SqlglotError:
        raise failed("syntax") from None
    if len(trees) != 1 or not isinstance(trees[0], (exp.Select, exp.SetOperation)):
        raise failed("statement")
    return trees[0]


def _is_cte(node: exp.Table, dialect: str) -> bool:
    """Tell whether an unqualified name is a CTE in scope: of an enclosing WITH, and there only of an earlier member."""
    if node.args.get("db") or node.args.get("catalog"):
        return False
    wanted = _folded(node.name, dialect)
    inside: exp.Expr = node
    parent = node.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            last = next(i for i, one in enumerate(parent.expressions) if one is inside)
            members = parent.expressions[: last + bool(parent.args.get("recursive"))]  # such a member may read itself
        else:
            clause = parent.args.get("with_")
            members = clause.expressions if clause is not None and clause is not inside else []
        if any(_folded(one.alias, dialect) == wanted for one in members):
            return True
        inside, parent = parent, parent.parent
    return False


def _in_row_filter(node: exp.Table) -> bool:
    """Tell whether a table is read by the WHERE of what reads a base table.

    That is a derived table of ours or a fault: `_rows` compares such a WHERE, with all tables in it, word for word.
    """
    where = node.find_ancestor(exp.Where)
    while where is not None:
        source = where.parent.args.get("from_") if isinstance(where.parent, exp.Select) else None
        if source is not None and isinstance(source.this, exp.Table) and source.this.args.get("db"):
            return True
        where = where.find_ancestor(exp.Where)
    return False


def _folded(name: str, dialect: str) -> str:
    """Fold as the engine compares: DuckDB ignores the case of A to Z, quoted PostgreSQL names are exact."""
    return name if dialect == "postgres" else "".join(c.lower() if c.isascii() else c for c in name)


def _derived_table(node: exp.Table, assets: Mapping[str, Asset]) -> Guarded:
    clause = node.parent
    body = clause.parent if isinstance(clause, exp.From) else None
    subquery = body.parent if isinstance(body, exp.Select) else None
    if not isinstance(subquery, exp.Subquery) or not isinstance(body, exp.Select) or subquery.this is not body:
        raise failed(f"table {node.name}")
    if not isinstance(subquery.parent, (exp.From, exp.Join, exp.Subquery)) or not subquery.alias:
        raise failed(f"table {node.name}")
    if {name for name, value in body.args.items() if value} - _BODY or set_args(node) != {"this", "db"}:
        raise failed(f"derived table {node.name}")
    if set_args(subquery) - {"this", "alias", "joins"} or set_args(subquery.args["alias"]) != {"this"}:
        raise failed(f"derived table {node.name}")
    asset = assets.get(f"{node.text('db')}.{node.name}")
    if asset is None:
        raise failed(f"table {node.name}")
    return Guarded(asset, subquery.alias, body)


def set_args(node: exp.Expr) -> set[str]:
    """Return the names of the arguments that carry something."""
    return {name for name, value in node.args.items() if value not in (None, False, [])}


def _literals(table: Guarded, decision: Decision) -> None:
    """Find the literal of every lookup: in the row filter, or in the mask of a column shown by LOOKUP."""
    decided = decision.columns.get(table.asset.name.local, {})
    wanted = {name for name, one in decided.items() if one.mask is Mask.LOOKUP}
    wanted |= {one.field for one in decision.rows.get(table.asset.name.local, ()) if isinstance(one, LookupPredicate)}
    for equality in table.body.find_all(exp.EQ):
        column, literal = equality.this, equality.expression
        if equality.find_ancestor(exp.Select) is not table.body:
            continue
        if isinstance(column, exp.Column) and isinstance(literal, exp.Literal) and column.name in wanted:
            table.literals.setdefault(column.name, literal.sql())  # both uses must be of this one


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _raw(table: Guarded, name: str) -> str:
    return f"{_quoted(table.asset.name.table)}.{_quoted(name)}"


def _projections(table: Guarded, decision: Decision, plan: Plan) -> None:
    names = [item.alias_or_name for item in table.body.expressions]
    if not names or len(set(names)) != len(names):
        raise failed(f"derived table {table.asset.name.table}")
    people = [name for name in names if units.UNIT.fullmatch(name)]
    table.unit = people[0] if len(people) == 1 else None
    unit = units.expected(table)
    for name, item in zip(names, table.body.expressions, strict=True):
        if name == ROW:
            others = {one for one in names if not privacy.SHOWN.fullmatch(one)}
            fine = others <= {ROW, table.unit} and item.this == exp.Literal.number(1)
        elif name == table.unit:
            fine = unit is not None and _same(item.this, unit, plan)
        elif keys.KEY.fullmatch(name):
            fine = _key(table, item, name, decision, plan)
        elif privacy.SHOWN.fullmatch(name):
            fine = decision.obligations.differential_privacy is not None and _noisy(table, item, name, plan)
        else:
            fine = _allowed(table, item, name, decision, plan)
        if not fine:
            raise failed(f"column {table.asset.name.table}.{name}")


def _key(table: Guarded, item: exp.Expr, name: str, decision: Decision, plan: Plan) -> bool:
    """Accept the raw bytes of a column whose mask tells equal from unequal exactly as they do."""
    raw = item.find(exp.Column)
    decided = decision.columns.get(table.asset.name.local, {}).get(raw.name) if raw is not None else None
    if raw is None or decided is None or decided.effect is not Effect.MASK:
        return False
    entry = table.asset.column(raw.name)
    if entry is None or not keys.is_injective(decided, entry.type):
        return False
    table.keys[name] = (decided.mask, tuple(sorted(decided.params.items())))
    return isinstance(item, exp.Alias) and _same(item.this, keys.shown(_raw(table, raw.name), plan.dialect), plan)


def _noisy(table: Guarded, item: exp.Expr, name: str, plan: Plan) -> bool:
    names = [*(entry.name for entry in table.asset.columns), "tableoid", "ctid", "rowid"]
    quoted = {one: _raw(table, one) for one in names}
    for column, text in privacy.shown(table.asset, name, plan.dialect, quoted):
        if isinstance(item, exp.Alias) and _same(item.this, text, plan):
            table.steps[name] = column
            return True
    return False


def _allowed(table: Guarded, item: exp.Expr, name: str, decision: Decision, plan: Plan) -> bool:
    decided = decision.columns.get(table.asset.name.local, {}).get(name)
    entry = table.asset.column(name)
    if decided is None or entry is None or decided.effect is Effect.DENY:
        return False
    raw = _raw(table, name)
    if decided.mask in {None, Mask.NONE, Mask.TOKEN, Mask.HASH}:
        table.apart.add(name)
    if decided.effect is Effect.CLEAR or decided.mask is Mask.NONE:
        return _same(item, raw, plan)
    texts = masks.expected(decided, entry.type, plan.dialect, raw, table.literals.get(name))
    return isinstance(item, exp.Alias) and any(_same(item.this, text, plan) for text in texts)


def _rows(table: Guarded, decision: Decision, plan: Plan, assets: Mapping[str, Asset]) -> None:
    owed = decision.rows.get(table.asset.name.local, ())
    wanted = rows.expected(owed, table.asset, table.literals, assets, plan.dialect)
    where = table.body.args.get("where")
    offset = table.body.args.get("offset")
    if (where is not None) != bool(wanted) or (offset is not None) != bool(wanted):
        raise failed(f"row filter of {table.asset.name.table}")
    if where is None or offset is None:
        return
    filtered = where.this
    while not _same(filtered, wanted, plan):  # what follows the row filter was copied from the query
        if not isinstance(filtered, exp.And):
            raise failed(f"row filter of {table.asset.name.table}")
        text = _generator(plan.dialect).generate(filtered.expression, copy=False)
        if not predicates.harmless(filtered.expression, text, table.asset, decision):
            raise failed(f"condition on {table.asset.name.table}")
        table.copies.append(filtered.expression)
        filtered = filtered.this
    if offset.expression != exp.Literal.number(0):
        raise failed(f"fence of {table.asset.name.table}")


def _same(node: exp.Expr, text: str, plan: Plan) -> bool:
    if isinstance(node, exp.Column):  # the common case, without going through text
        parts = [part for part in (node.args.get("table"), node.this) if isinstance(part, exp.Identifier)]
        return set_args(node) == {"this", "table"} and ".".join(_quoted(part.this) for part in parts) == text
    return _generator(plan.dialect).generate(node, copy=False) == _normal(text, plan.dialect)


def _generator(dialect: str) -> Generator:
    return Dialect.get_or_raise(dialect).generator(identify=True, comments=False)


@lru_cache(maxsize=4096)
def _normal(text: str, dialect: str) -> str:
    return _generator(dialect).generate(exp.maybe_parse(text, dialect=dialect), copy=False)
