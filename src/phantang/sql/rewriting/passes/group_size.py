"""Return only groups with enough data subjects behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language import choices
from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.comparisons import bare
from phantang.sql.language.names import RESERVED, key
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.draft import identifier
from phantang.sql.rewriting.group_statistics import require_certain, require_fit
from phantang.sql.rewriting.inputs import between, inputs_of
from phantang.sql.rewriting.selects import Names, conjuncts, joins_of
from phantang.sql.rewriting.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.sql.rewriting.draft import Derived, Draft

#: Under this name and its number a derived table shows its raw privacy unit to our HAVING. No query can spell it, and
#: no two tables share one, so that NATURAL never joins on it.
UNIT = f"{RESERVED}_unit"
_UNSOUND = (exp.Window, exp.Rollup, exp.Cube, exp.GroupingSets)
#: All that an aggregate may hold. Anything else, `sum(CAST(starts_with(x, 'a') AS INTEGER))` no less than a CASE, can
#: choose rows of a group, so that a large group answers for a small one.
_WHOLE = (exp.Column, exp.Identifier, exp.Star, exp.Distinct, exp.Literal, exp.Paren, exp.Neg)
_CALENDAR = {"Year", "Month", "Quarter", "Extract", "DateTrunc", "TimestampTrunc", "date_part", "date_trunc"}
_UNIT = re.compile(r"[A-Za-z]+")


def group_size(draft: Draft) -> None:
    """Attach `count(DISTINCT unit) >= k` for every table that has a privacy unit, `count(*) >= k` if none has.

    NULL takes rows out of an aggregate, so that those who have a value, those who have none, and those who have one
    value but not another that is asked beside it are nobody or at least k people too: see `inputs.between`.

    Conditions inside aggregates part a group: each part, by all of them together, has nobody or enough people too.

    Raises `Refused` `aggregate_required` when rows rather than groups would be returned, `group_size_value` for MIN,
    MAX, a percentile, a list or any other aggregate that returns what one row held, and what `require_fit` does.
    """
    obligations = draft.decision.obligations
    size = obligations.min_group_size
    if not obligations.aggregate_only and size is None:
        return
    if not draft.query.footprint.shape.aggregate_only:
        raise refuse("aggregate_required")
    ours = {id(derived.select) for derived in draft.tables}
    written = list(draft.tree.walk(prune=lambda node: id(node) in ours))
    if size is None:
        if any(_selects(node, draft.dialect) for node in written):
            raise refuse("group_size_unsupported")
        return
    require_fit(draft, written)
    if any(_unsound(node, draft.dialect) or _chooses_rows(node, draft.dialect) for node in written):
        raise refuse("group_size_unsupported")
    chosen = choices.conditions(written, draft.dialect)
    if chosen and (obligations.differential_privacy is not None or not _known(draft, chosen)):
        raise refuse("group_size_unsupported")
    if isinstance(draft.tree, exp.Select) and len(draft.tables) > 1 and any(_weighs(draft, draft.tree, chosen)):
        raise refuse("group_size_unsupported")
    if any(derived.asset.countable for derived in draft.tables):
        _require_no_single_value(draft)
    if obligations.differential_privacy is None and any(derived.asset.countable for derived in draft.tables):
        require_certain(draft, written)
    units = [_unit(derived) for derived in draft.tables if derived.asset.countable]
    counts = [_distinct(unit) for unit in units] or [exp.Count(this=exp.Star(), big_int=True)]
    conditions: list[exp.Expr] = [_at_least(count, size) for count in counts]
    if obligations.differential_privacy is None:
        conditions += _inside(size, list(between(inputs_of(written, draft.dialect))), chosen, units)
    condition = exp.and_(*conditions, copy=False)
    draft.tree.set("having", exp.Having(this=_guarded(condition, draft.tree.args.get("having"))))


def _inside(
    size: int, told: Sequence[list[exp.Expr]], chosen: Sequence[exp.Expr], units: Sequence[exp.Column]
) -> Iterator[exp.Expr]:
    """Yield what the rows inside a group owe: each part by the conditions, and in it those with values and without."""
    for part in choices.parts(chosen):
        for rows in [*([[]] if part else []), *told]:
            yield from (_nobody_or(size, [*part, *rows], unit, units) for unit in units)
        if part and not units:
            yield _no_row_or(size, part)


def _known(draft: Draft, chosen: Sequence[exp.Expr]) -> bool:
    """Tell whether the conditions inside aggregates are few, and each is about columns of the tables."""
    tree = draft.tree
    if len(chosen) > choices.MOST or not isinstance(tree, exp.Select):
        return False
    names = [Names(draft, derived, tree) for derived in draft.tables]
    read = [list(one.find_all(exp.Column)) for one in chosen]
    return all(read) and all(any(known.column(one) for known in names) for columns in read for one in columns)


def _unsound(node: exp.Expr, dialect: str) -> bool:
    if isinstance(node, exp.Filter) and not allow_list(dialect).is_aggregate(node.this):
        return True
    # The hidden side of a SEMI or ANTI join has no unit to count.
    return isinstance(node, _UNSOUND) or (isinstance(node, exp.Join) and node.kind in {"SEMI", "ANTI"})


def _chooses_rows(node: exp.Expr, dialect: str) -> bool:
    if not allow_list(dialect).is_aggregate(node):
        return False
    choice = choices.inside(node)
    return not all(_is_whole(part) for part in (node.iter_expressions() if choice is None else choice.values))


def _selects(node: exp.Expr, dialect: str) -> bool:
    """Tell whether an aggregate takes in some rows only: without a size, nobody says how few they may be."""
    inside = (exp.Case, exp.If, exp.Nullif, exp.Predicate, exp.Connector)
    return isinstance(node, exp.Filter) or (allow_list(dialect).is_aggregate(node) and node.find(*inside) is not None)


def _is_whole(node: exp.Expr) -> bool:
    """Tell whether an argument is a whole column, a sum or product of two, or a calendar part of one.

    A constant inside could be a threshold (rounding is one as well), so there is none but NULL's stand-in in COALESCE,
    which tells no more than `count(column)` does.
    """
    parts = list(node.iter_expressions())
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        return all(_column(part) for part in parts)
    if type(node) is exp.Cast:
        return _column(node)
    if isinstance(node, exp.Coalesce):
        return _column(parts[0]) and all(isinstance(part, (exp.Literal, exp.Neg)) for part in parts[1:])
    if listed_name(node) in _CALENDAR:
        return any(_column(part) for part in parts) and all(_column(part) or _is_unit(part) for part in parts)
    return isinstance(node, _WHOLE) and all(_is_whole(part) for part in parts)


def _column(node: exp.Expr) -> bool:
    return type(node) is exp.Column or (type(node) is exp.Cast and type(node.this) is exp.Column)


def _is_unit(node: exp.Expr) -> bool:
    return isinstance(node, (exp.Var, exp.Literal)) and _UNIT.fullmatch(node.name) is not None


def _weighs(draft: Draft, select: exp.Select, chosen: Sequence[exp.Expr]) -> Iterator[bool]:
    """Tell of each condition and key whether it makes some people's rows count more often than others'.

    `FROM a, b WHERE a.x = 'few' OR b.y = 'many'` has every person of `a` behind it, and tells how many are 'few'. So a
    condition speaks of one table, or it is an equality of two columns; an outer join has the latter only.
    """
    names = [(number, Names(draft, derived, select)) for number, derived in enumerate(draft.tables)]

    def owners(node: exp.Expr) -> set[int | str]:
        return {
            next((number for number, known in names if known.column(one) is not None), one.name)
            for one in node.find_all(exp.Column)
        }

    def joins(node: exp.Expr) -> bool:
        return isinstance(node, exp.EQ) and all(isinstance(bare(side), exp.Column) for side in (node.left, node.right))

    where = select.args.get("where")
    free = [*conjuncts(where.this if where is not None else None), *_keys(select, draft.dialect)]
    for join in joins_of(select):
        on = list(conjuncts(join.args.get("on")))
        if join.side:
            yield from (bool(found := owners(one)) and not (joins(one) and len(found) > 1) for one in on)
        else:
            free += on
    yield from (len(owners(one)) > 1 and not joins(one) for one in free)
    yield from (len(owners(one)) > 1 for one in chosen)


def _keys(select: exp.Select, dialect: str) -> Iterator[exp.Expr]:
    """Yield the group keys, and the outputs that ALL, an ordinal or an alias may stand for."""
    group = select.args.get("group")
    if group is None:
        return
    yield from group.expressions
    named = {key(one.name, dialect) for one in group.expressions if isinstance(one, exp.Column) and not one.table}
    positions = {one.this for one in group.expressions if isinstance(one, exp.Literal)}
    for number, item in enumerate(select.expressions, start=1):
        if group.args.get("all"):
            if not any(allow_list(dialect).is_aggregate(node) for node in item.walk()):
                yield item
        elif str(number) in positions or (item.alias and key(item.alias, dialect) in named):
            yield item


def _require_no_single_value(draft: Draft) -> None:
    """Refuse aggregates that hand on a value: however many people are behind a group, it is one person's."""
    revealing = allow_list(draft.dialect).revealing
    for node in draft.tree.walk():
        whole = node.parent if isinstance(node.parent, exp.WithinGroup) else node
        if (name := listed_name(node)) in revealing and whole.find(exp.Column):
            raise refuse("group_size_value", name)


def _unit(derived: Derived) -> exp.Column:
    name = f"{UNIT}{derived.occurrence.index}"
    unit = exp.Alias(this=unit_of(derived), alias=identifier(name))
    derived.select.append("expressions", unit)
    return exp.Column(this=identifier(name), table=identifier(derived.occurrence.alias))


def _distinct(unit: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[unit.copy()]), big_int=True)


def _at_least(count: exp.Expr, size: int) -> exp.Expr:
    return exp.GTE(this=count, expression=exp.Literal.number(size))


def _nobody_or(size: int, rows: Sequence[exp.Expr], unit: exp.Column, units: Sequence[exp.Column]) -> exp.Expr:
    """Require that no row of a group, or enough people, are as `rows` says.

    A row without the table's person is nobody's of that table if an outer join left it out, which is so where another
    table has a person for it; else it is a row of somebody who is not known.
    """
    enough = _at_least(_distinct(_case(rows, unit)), size)
    others = [_unknown(other) for other in units if other is not unit]
    somebody = [exp.or_(exp.Not(this=_unknown(unit)), exp.and_(*others, copy=False), copy=False)] if others else []
    count = exp.Count(this=_case([*rows, *somebody], exp.Literal.number(1)), big_int=True)
    return exp.Paren(this=exp.Or(this=exp.EQ(this=count, expression=exp.Literal.number(0)), expression=enough))


def _no_row_or(size: int, part: Sequence[exp.Expr]) -> exp.Expr:
    """Require that no row of a group, or enough rows, are as `part` says, where rows are all that can be counted."""
    count = exp.Count(this=_case(part, exp.Literal.number(1)), big_int=True)
    none = exp.EQ(this=count, expression=exp.Literal.number(0))
    return exp.Paren(this=exp.Or(this=none, expression=_at_least(count.copy(), size)))


def _case(conditions: Sequence[exp.Expr], value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=exp.and_(*conditions), true=value.copy())])


def _unknown(unit: exp.Expr) -> exp.Expr:
    return exp.Is(this=unit.copy(), expression=exp.Null())


def _guarded(condition: exp.Expr, having: exp.Expr | None) -> exp.Expr:
    """Evaluate the query's own HAVING for large enough groups only: an error in it must not tell of small ones."""
    if having is None:
        return condition
    return exp.Case(ifs=[exp.If(this=condition, true=having.this)], default=exp.false())
