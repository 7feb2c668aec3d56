"""The guard's check of obligations: row limit, aggregate shape, group size, and the privacy of the reserved names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.errors import GuardError
from phantang.sql.guarding import choices, inputs, statistics
from phantang.sql.guarding.syntax import hands_on, is_aggregate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.model.decision import Obligations
    from phantang.sql.guarding.guarded import Guarded

_PREFIX = "__phantang"
#: What may stand inside an aggregate that owes a group size: nothing by which some rows count and others do not.
_ARITHMETIC = frozenset({"Add", "Sub", "Mul"})
_CALENDAR = frozenset({"Year", "Month", "Quarter", "Extract", "DateTrunc", "TimestampTrunc", "date_part", "date_trunc"})
_PLAIN = frozenset({"Column", "Identifier", "Star", "Distinct", "Literal", "Paren", "Neg", "Coalesce", "Cast", "Var"})


def check(
    tree: exp.Query, outside: Sequence[exp.Expr], tables: Sequence[Guarded], owed: Obligations, dialect: str
) -> None:
    """Raise `GuardError` unless the statement pays every obligation."""
    _limit(tree, owed)
    ours = _ours(tree) if owed.min_group_size is not None else None
    if ours is not None:  # compared word for word below
        inside = {id(node) for node in ours.walk()}
        outside = [node for node in outside if id(node) not in inside]
    if owed.aggregate_only or owed.min_group_size is not None:
        _aggregate(tree, outside, dialect, parted=owed.min_group_size is not None)
    keys = {name for table in tables for name in table.keys}  # looked at in `keys.py`
    reserved = [
        node
        for node in outside
        if isinstance(node, exp.Identifier) and node.name.lower().startswith(_PREFIX) and node.name not in keys
    ]
    if owed.differential_privacy is not None:  # `privacy.py` looks at every output and condition
        reserved = [node for node in reserved if node.find_ancestor(exp.Having) is not None]
    if reserved or (owed.min_group_size is None and any(table.unit for table in tables)):
        raise GuardError("guard_failed", name="reserved name")
    if owed.min_group_size is None:
        return
    statistics.check(outside, tables, dialect, noisy=owed.differential_privacy is not None)
    chosen = choices.conditions(outside, dialect)
    if chosen and (owed.differential_privacy is not None or not choices.sound(chosen, tables, outside, dialect)):
        raise GuardError("guard_failed", name="condition in an aggregate")
    if not all(_counts_all(node) for node in outside if is_aggregate(node, dialect)):
        raise GuardError("guard_failed", name="aggregate")
    if isinstance(tree, exp.Select) and not all(_even(*one, tables) for one in _conditions(outside)):
        raise GuardError("guard_failed", name="condition over two tables")
    units = [table for table in tables if table.asset.privacy_unit or table.asset.followed]
    if units and any(hands_on(node, dialect) for node in outside):
        raise GuardError("guard_failed", name="value of one row")
    if len({table.unit for table in units}) != len(units) or not all(table.unit for table in units):
        raise GuardError("guard_failed", name="privacy unit")
    taken_in = [] if owed.differential_privacy is not None else inputs.parts(outside, dialect)
    wanted = inputs.conditions(taken_in, [_unit(table) for table in units], owed.min_group_size, len(chosen))
    if not choices.agree(list(_conjuncts(ours)), wanted, chosen):
        raise GuardError("guard_failed", name="group size")


def _limit(tree: exp.Query, owed: Obligations) -> None:
    if owed.max_rows is not None:
        limit = tree.args.get("limit")
        rows = limit.expression if isinstance(limit, exp.Limit) else None
        if not (isinstance(rows, exp.Literal) and rows.this.isdigit() and int(rows.this) <= owed.max_rows):
            raise GuardError("guard_failed", name="limit")


def _ours(tree: exp.Query) -> exp.Expr | None:
    """Return the condition on the size of groups: all of HAVING, or what lets the query's own HAVING be evaluated."""
    having = tree.args.get("having")
    condition: exp.Expr | None = having.this if having is not None else None
    if isinstance(condition, exp.Case) and condition.args.get("this") is None and len(condition.args["ifs"]) == 1:
        if condition.args.get("default") != exp.false():
            raise GuardError("guard_failed", name="group size")
        condition = condition.args["ifs"][0].this
    return condition


def _unit(table: Guarded) -> str:
    return f'"{table.alias.replace(chr(34), chr(34) * 2)}"."{table.unit}"'


def _conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    if isinstance(node, exp.And):
        yield from _conjuncts(node.this)
        yield from _conjuncts(node.expression)
    elif node is not None:
        yield node


def _aggregate(tree: exp.Query, outside: Sequence[exp.Expr], dialect: str, *, parted: bool) -> None:
    """One flat SELECT whose outputs are built from aggregates, group keys and constants.

    With `parted` the conditions inside aggregates are held to a group size each, in `choices.py`.
    """
    failure = GuardError("guard_failed", name="aggregate")
    if any(is_aggregate(node, dialect) and _selects(node) and not (parted and choices.taken(node)) for node in outside):
        raise failure
    if not isinstance(tree, exp.Select):
        raise failure
    if any(isinstance(node, (exp.Window, exp.Select, exp.SetOperation)) for node in outside if node is not tree):
        raise failure
    if any(item.is_star for item in tree.expressions):
        raise failure
    group = tree.args.get("group")
    if group is None and not any(is_aggregate(node, dialect) for item in tree.expressions for node in item.walk()):
        raise failure
    if group is not None and group.args.get("all"):
        return
    keys = {item.sql() for item in group.expressions} if group is not None else set()
    names = (
        {item.name.lower() for item in group.expressions if isinstance(item, exp.Column)}
        if group is not None
        else set()
    )
    for position, item in enumerate(tree.expressions, start=1):
        if str(position) in keys or item.alias.lower() in names:
            continue
        if not all(column.name.lower() in names for column in _loose_columns(item.unalias(), keys, dialect)):
            raise failure


def _selects(aggregate: exp.Expr) -> bool:
    """Tell whether an aggregate holds a condition, by which a large group could answer for a small one."""
    parts = aggregate.walk()
    next(parts)
    return any(isinstance(part, exp.Case | exp.If | exp.Nullif | exp.Predicate | exp.Connector) for part in parts)


def _counts_all(aggregate: exp.Expr) -> bool:
    """Tell whether an aggregate holds columns and constants only, with at most one operator over columns."""
    if choices.taken(aggregate) is not None:
        return True
    for part in aggregate.walk(prune=lambda node: isinstance(node, exp.DataType)):
        kind = str(part.this).lower() if isinstance(part, exp.Anonymous) else type(part).__name__
        if part is aggregate or isinstance(part, exp.DataType):
            continue
        operands = [one for one in part.iter_expressions() if not isinstance(one, exp.DataType)]
        if kind in _ARITHMETIC or kind == "Cast":
            fine = all(isinstance(one.this if type(one) is exp.Cast else one, exp.Column) for one in operands)
        elif kind in _CALENDAR:
            fine = not any(isinstance(one, exp.Literal) and not one.this.isalpha() for one in operands)
        elif kind == "Coalesce":
            fine = isinstance(part.this, exp.Column | exp.Cast)
        else:
            fine = kind in _PLAIN
        if not fine:
            return False
    return True


def _conditions(outside: Sequence[exp.Expr]) -> Iterator[tuple[exp.Expr, bool]]:
    """Yield the parts of each WHERE, ON and GROUP BY outside our derived tables, and whether an outer join has it."""
    for node in outside:
        if isinstance(node, exp.Where):
            yield from ((one, False) for one in _conjuncts(node.this.unnest()))
        elif isinstance(node, exp.Join):
            on = node.args.get("on")
            yield from ((one, bool(node.side)) for one in _conjuncts(on.unnest() if on is not None else None))
        elif isinstance(node, exp.Group):
            yield from ((one, False) for one in node.expressions)


def _even(condition: exp.Expr, outer: bool, tables: Sequence[Guarded]) -> bool:
    """Tell whether a condition cannot make some people's rows count more often: see `passes.group_size`."""
    owners = {
        frozenset(
            table.alias
            for table in tables
            if (not column.table or column.table.lower() == table.alias.lower())
            and column.name.lower() in {name.lower() for name in table.body.named_selects}
        )
        for column in condition.find_all(exp.Column)
    }
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return all(_even(one, outer, tables) for one in (condition.this, condition.expression))
    sides = (condition.this, condition.expression) if isinstance(condition, exp.EQ) else ()
    joined = len(owners) > 1 and bool(sides) and all(isinstance(side.unnest(), exp.Column) for side in sides)
    return joined or len(owners) <= (0 if outer else 1)


def _loose_columns(item: exp.Expr, keys: set[str], dialect: str) -> Iterator[exp.Expr]:
    """Return the columns (and stars) of an output that are under no aggregate and no group key."""
    stack = [item]
    while stack:
        node = stack.pop()
        if isinstance(node, (exp.Column, exp.Star)) and node.sql() not in keys:
            yield node
        elif isinstance(node, exp.Filter):
            stack.append(node.this)
        elif not is_aggregate(node, dialect) and not isinstance(node, exp.WithinGroup) and node.sql() not in keys:
            stack.extend(node.iter_expressions())
