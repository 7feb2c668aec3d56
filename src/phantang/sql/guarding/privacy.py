"""The guard's check of differential privacy: statistics of one table, of which one person changes a known part.

It reads every output, works out how far one person can move it, and compares that with what is to get noise.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect
from phantang.model.errors import GuardError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.model.noise import Bounds, Measure
    from phantang.model.plan import Plan
    from phantang.sql.guarding.guarded import Guarded

#: Names of a derived table that number a person's rows, or hold a value in steps.
SHOWN = re.compile(r"__phantang_(nth|steps\d+)")
_OWN = frozenset(["expressions", "from_", "where", "group", "having"])
_CONDITION = (
    exp.And,
    exp.Or,
    exp.Not,
    exp.Paren,
    exp.EQ,
    exp.NEQ,
    exp.In,
    exp.Is,
    exp.Null,
    exp.Literal,
    exp.Column,
    exp.Identifier,
)
_FAILURE = "differential privacy"


def shown(asset: Asset, name: str, dialect: str, quoted: Mapping[str, str]) -> Iterator[tuple[str | None, str]]:
    """Yield what a reserved name may show: `(column, text)`; `quoted` has the spelling of columns."""
    given = asset.contributions
    if given is None:
        return
    if name == "__phantang_nth":
        own = ("tableoid", "ctid") if dialect == "postgres" else ("rowid",)
        order = ", ".join(quoted[one] for one in asset.primary_key or own)
        yield None, f"ROW_NUMBER() OVER (PARTITION BY {quoted[asset.privacy_unit or '']} ORDER BY {order})"
        return
    for column, bounds in given.bounds.items():
        value = f"CAST({quoted[column]} AS DOUBLE PRECISION)"
        cases = f"WHEN {value} < {bounds.low!r} THEN {bounds.low!r} WHEN {value} > {bounds.high!r} THEN {bounds.high!r}"
        inside = f"CASE WHEN {value} = CAST('NaN' AS DOUBLE PRECISION) THEN NULL {cases} ELSE {value} END"
        yield column, f"CAST(FLOOR({inside} / {bounds.step!r}) AS BIGINT)"


def check(tree: exp.Query, tables: Sequence[Guarded], decision: Decision, plan: Plan) -> None:
    """Raise `GuardError` unless every output is a group key or gets noise as wide as one person's part of it."""
    failure = GuardError("guard_failed", name=_FAILURE)
    if decision.obligations.differential_privacy is None:
        if plan.noise is not None:
            raise failure
        return
    if not isinstance(tree, exp.Select) or len(tables) != 1 or any(v for k, v in tree.args.items() if k not in _OWN):
        raise failure
    table, having, noise = tables[0], tree.args.get("having"), plan.noise
    if table.asset.privacy_unit is None or having is None or having.find(exp.Case) or noise is None:
        raise failure
    where = _conditions(tree, table)
    if where is not None and not all(isinstance(node, _CONDITION) for node in where.walk()):
        raise failure
    keys = [place for place, item in enumerate(tree.expressions) if isinstance(item.unalias(), exp.Column)]
    effects = {name: one.effect for name, one in decision.columns.get(table.asset.name.local, {}).items()}
    for clause in (*(tree.expressions[place] for place in keys), tree.args.get("group"), where):
        for column in clause.find_all(exp.Column) if clause is not None else ():
            known = [effect for name, effect in effects.items() if name.lower() == column.name.lower()]
            if known != [Effect.CLEAR]:
                raise failure
    _measures(tree, table, plan, keys)


def _conditions(tree: exp.Select, table: Guarded) -> exp.Expr | None:
    """Return the query's own WHERE, after the condition that limits the rows of a person, if that is owed."""
    where = tree.args.get("where")
    condition = where.this if where is not None else None
    given = table.asset.contributions
    if given is None:
        return condition
    alias = '"' + table.alias.replace('"', '""') + '"'
    wanted = [f'{alias}."__phantang_nth" <= {given.rows}', f'NOT {alias}."{table.unit}" IS NULL']
    if "__phantang_nth" not in table.steps or not isinstance(condition, exp.And):
        raise GuardError("guard_failed", name=_FAILURE)
    found, rest = condition, None
    if isinstance(condition.this, exp.And):
        found, rest = condition.this, condition.expression
        if not isinstance(rest, exp.Paren):
            raise GuardError("guard_failed", name=_FAILURE)
    if [part.sql(identify=True) for part in (found.this, found.expression)] != wanted:
        raise GuardError("guard_failed", name=_FAILURE)
    return rest


def _measures(tree: exp.Select, table: Guarded, plan: Plan, keys: Sequence[int]) -> None:
    failure = GuardError("guard_failed", name=_FAILURE)
    noise, asset = plan.noise, table.asset
    if noise is None or not 0 < noise.shown <= len(tree.expressions):
        raise failure
    measured = {one.place: one for one in noise.measures}
    places = [place for place in range(len(tree.expressions)) if place not in keys]
    if sorted(measured) != places or len(measured) != len(noise.measures) or any(key >= noise.shown for key in keys):
        raise failure
    if asset.contributions is None and len(places) != 1:
        raise failure
    for place in places:
        if not _far_enough(tree.expressions[place].unalias(), measured[place], table, tree, measured):
            raise failure
    if noise.people not in measured or not _is_people(tree.expressions[noise.people].unalias(), table):
        raise failure
    if asset.contributions is None:
        return
    grouped = tree.args.get("group")
    public = {name.lower(): values for name, values in asset.contributions.keys.items()}
    wanted = tuple((place, public.get(tree.expressions[place].unalias().name.lower())) for place in keys)
    if noise.keys != wanted or any(values is None for _, values in wanted):
        raise failure
    for item in grouped.expressions if grouped is not None else ():
        if not isinstance(item, exp.Column) or item.name.lower() not in public:
            raise failure


def _far_enough(
    item: exp.Expr, measure: Measure, table: Guarded, tree: exp.Select, measured: Mapping[int, Measure]
) -> bool:
    """Tell whether a measure's reach covers what one person can change of `item` in all groups together."""
    given, grouped = table.asset.contributions, bool(tree.args.get("group"))
    by_key = table.asset.primary_key == (table.asset.privacy_unit,)
    rows = given.rows if given is not None else 1 if by_key else math.inf
    if _is_people(item, table):
        return measure.bounds is None and measure.reach >= (rows if grouped else 1)
    if isinstance(item, exp.Count) and not item.expressions:
        counted = isinstance(item.this, exp.Star) or _bounds(item.this, table) is not None
        return counted and measure.bounds is None and measure.reach >= rows
    bounds = _bounds(item.this, table) if isinstance(item, exp.Sum) else None
    if bounds is None or measure.bounds != bounds:
        return False
    beside = measured.get(measure.beside) if measure.beside is not None else None
    if measure.beside is not None and (beside is None or beside.bounds is not None):
        return False
    most = max(abs(math.floor(bounds.low / bounds.step)), abs(math.floor(bounds.high / bounds.step)))
    return measure.reach >= rows * most


def _bounds(node: exp.Expr, table: Guarded) -> Bounds | None:
    given = table.asset.contributions
    column = table.steps.get(node.name) if isinstance(node, exp.Column) and node.table == table.alias else None
    return given.bounds.get(column) if given is not None and column is not None else None


def _is_people(item: exp.Expr, table: Guarded) -> bool:
    """Tell whether an output counts people: its table's privacy unit, or rows where each is another person's."""
    what = item.this if isinstance(item, exp.Count) and not item.expressions else None
    by_key = table.asset.primary_key == (table.asset.privacy_unit,)
    if isinstance(what, exp.Star):
        return by_key and table.asset.contributions is None
    if not isinstance(what, exp.Distinct):
        return False
    wanted = table.unit if table.asset.contributions is not None else table.asset.privacy_unit
    return [one.name for one in what.expressions] == [wanted]
