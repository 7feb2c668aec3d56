"""Counts, sums and averages of which one person changes a bounded part: few rows, and values moved into bounds.

Both are done at the source, inside the derived table: `__phantang_nth` numbers each person's rows,
`__phantang_steps<n>` has a column's value in whole steps. Called by `differential_privacy` for a table whose catalog
entry gives bounds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect
from phantang.model.noise import Bounds, Contributions, Measure, NoisePlan
from phantang.sql.language.names import RESERVED, key
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.draft import identifier
from phantang.sql.rewriting.passes.group_size import UNIT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from phantang.model.catalog import Asset, ColumnEntry
    from phantang.sql.rewriting.draft import Derived, Draft

NTH, STEPS = f"{RESERVED}_nth", f"{RESERVED}_steps"
#: Types whose every value becomes a double without an error.
_NUMBER = re.compile(
    r"(SMALLINT|INTEGER|BIGINT|REAL|FLOAT|DOUBLE|DOUBLE PRECISION|(DECIMAL|NUMERIC)\(\d+(, ?\d+)?\))", re.IGNORECASE
)


def noisy_measures(draft: Draft, asset: Asset, keys: Collection[str], places: Sequence[int]) -> None:
    """Rewrite the outputs at `places`. Raises `Refused` `dp_unsupported` for a measure or key that has no bounds."""
    given = asset.contributions
    if given is None or (missing := sorted(set(keys) - given.keys.keys())):
        raise refuse("dp_unsupported", asset.name.local if given is None else missing[0])
    measures = _Measures(draft, asset, given)
    _limit_rows(draft, measures.derived, given)
    items, shown = draft.tree.expressions, len(draft.tree.expressions)
    for place in places:
        name = identifier(draft.query.footprint.outputs[place].name)
        items[place].replace(exp.Alias(this=measures.rewritten(items[place].unalias(), place), alias=name))
    people = measures.people_at()
    for number, one in enumerate(measures.hidden):
        draft.tree.append("expressions", exp.Alias(this=one, alias=identifier(f"{RESERVED}_n{number}")))
    allowed = tuple(
        (place, given.keys[_entry(draft, asset, item.unalias()).name])
        for place, item in enumerate(draft.tree.expressions[:shown])
        if place not in places
    )
    draft.noise = NoisePlan(tuple(measures.found), people, shown, allowed)


class _Measures:
    """The measures of one statement: `found` so far, and the `hidden` outputs behind those of the query."""

    def __init__(self, draft: Draft, asset: Asset, given: Contributions) -> None:
        self._draft, self._asset, self._given = draft, asset, given
        self.derived = draft.tables[0]
        self._alias = identifier(self.derived.occurrence.alias)
        self._shown = len(draft.tree.expressions)
        self._steps: dict[str, exp.Expr] = {}
        self._people: int | None = None
        self.found: list[Measure] = []
        self.hidden: list[exp.Expr] = []

    def rewritten(self, item: exp.Expr, place: int) -> exp.Expr:
        """Return what stands at `place` instead of a measure of the query, and note how far one person moves it."""
        what = item.this if isinstance(item, (exp.Count, exp.Sum, exp.Avg)) and not item.expressions else None
        if isinstance(item, exp.Count) and isinstance(what, exp.Star):
            self.found.append(Measure(place, self._given.rows))
            return item.copy()
        if isinstance(item, exp.Count) and isinstance(what, exp.Distinct):
            if [_entry(self._draft, self._asset, one).name for one in what.expressions] != [self._asset.privacy_unit]:
                raise refuse("dp_unsupported", item.sql())
            return self._count_people(place)
        if not isinstance(what, exp.Column):
            raise refuse("dp_unsupported", item.sql())
        return self._of_column(item, what, place)

    def people_at(self) -> int:
        """Return the place of the count of people, which is added where the query has none."""
        if self._people is None:
            self.hidden.append(self._count_people(self._shown + len(self.hidden)))
        return self._people or 0

    def _count_people(self, place: int) -> exp.Expr:
        grouped = self._draft.tree.args.get("group") is not None
        self._people = place if self._people is None else self._people
        self.found.append(Measure(place, self._given.rows if grouped else 1))
        unit = _column(f"{UNIT}{self.derived.occurrence.index}", self._alias)
        return exp.Count(this=exp.Distinct(expressions=[unit]), big_int=True)

    def _of_column(self, item: exp.Expr, column: exp.Column, place: int) -> exp.Expr:
        entry = _entry(self._draft, self._asset, column)
        bounds = self._given.bounds.get(entry.name)
        if bounds is None or not _NUMBER.fullmatch(entry.type):
            raise refuse("dp_unsupported", entry.name)
        if entry.name not in self._steps:
            name = _stepped(self._draft, self.derived, entry, bounds, len(self._steps))
            self._steps[entry.name] = _column(name, self._alias)
        value = self._steps[entry.name]
        if isinstance(item, exp.Count):
            self.found.append(Measure(place, self._given.rows))
            return exp.Count(this=value.copy(), big_int=True)
        beside = None
        if isinstance(item, exp.Avg):
            beside = self._shown + len(self.hidden)
            self.hidden.append(exp.Count(this=value.copy(), big_int=True))
            self.found.append(Measure(beside, self._given.rows))
        self.found.append(Measure(place, self._given.rows * bounds.reach, bounds, beside))
        return exp.Sum(this=value.copy())


def _limit_rows(draft: Draft, derived: Derived, given: Contributions) -> None:
    """Take the first rows of each person by primary key, and none of nobody."""
    asset = derived.asset
    named = asset.primary_key or (("tableoid", "ctid") if draft.dialect == "postgres" else ("rowid",))
    order = exp.Order(expressions=[exp.Ordered(this=derived.column(name)) for name in named])
    number = exp.Window(
        this=exp.RowNumber(), partition_by=[derived.column(asset.privacy_unit or "")], order=order, over="OVER"
    )
    derived.select.append("expressions", exp.Alias(this=number, alias=identifier(NTH)))
    alias = identifier(derived.occurrence.alias)
    few = exp.LTE(this=_column(NTH, alias), expression=exp.Literal.number(given.rows))
    unit = _column(f"{UNIT}{derived.occurrence.index}", alias)
    bound = exp.And(this=few, expression=exp.Not(this=exp.Is(this=unit, expression=exp.Null())))
    where = draft.tree.args.get("where")
    condition = bound if where is None else exp.And(this=bound, expression=exp.Paren(this=where.this))
    draft.tree.set("where", exp.Where(this=condition))


def _stepped(draft: Draft, derived: Derived, entry: ColumnEntry, bounds: Bounds, number: int) -> str:
    """Show a column's value, moved into its bounds, in whole steps; NULL and NaN stay out. Return the name it gets."""
    value = "CAST(x AS DOUBLE PRECISION)"
    text = (
        f"CAST(FLOOR(CASE WHEN {value} = CAST('NaN' AS DOUBLE PRECISION) THEN NULL "
        f"WHEN {value} < {bounds.low!r} THEN {bounds.low!r} WHEN {value} > {bounds.high!r} THEN {bounds.high!r} "
        f"ELSE {value} END / {bounds.step!r}) AS BIGINT)"
    )
    made: exp.Expr = exp.maybe_parse(text, dialect=draft.dialect)
    for column in list(made.find_all(exp.Column)):
        column.replace(derived.column(entry.name))
    derived.select.append("expressions", exp.Alias(this=made, alias=identifier(f"{STEPS}{number}")))
    return f"{STEPS}{number}"


def _column(name: str, table: exp.Identifier) -> exp.Expr:
    return exp.Column(this=identifier(name), table=table.copy())


def _entry(draft: Draft, asset: Asset, node: exp.Expr) -> ColumnEntry:
    if isinstance(node, exp.Column):
        for entry in asset.columns:
            if key(entry.name, draft.dialect) == key(node.name, draft.dialect):
                unit = entry.name == asset.privacy_unit
                if unit or draft.decided(asset, entry.name).effect is Effect.CLEAR:
                    return entry
    raise refuse("dp_unsupported", node.sql())
