"""Joins that repeat some people's rows: a table in which nobody is told apart must match each row at most once.

`FROM people p JOIN list l ON p.id = l.id` with a thousand rows of one person in `list` has everybody behind its count
and tells of one. A table without people that is joined by its whole primary key repeats nothing; of another the
database is asked. One that is not linked at all repeats everybody alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.sql.comparisons import bare
from phantang.sql.draft import Draft, identifier
from phantang.sql.names import key
from phantang.sql.passes.isolate_tables import isolate_tables
from phantang.sql.refusal import refuse
from phantang.sql.selection import text_of
from phantang.sql.selects import Names, conjuncts, joins_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.sql.resolve import ResolvedQuery

_INJECTIVE = (None, Mask.NONE, Mask.TOKEN, Mask.HASH)


def repetitions(query: ResolvedQuery, decision: Decision, assets: Sequence[Asset]) -> list[tuple[str, str]]:
    """Return each table joined by columns that are not known to be a key, with SQL that yields a row if they are none.

    Raises `Refused` `group_size_repeats` where a mask makes several keys one, and for NATURAL joins.
    """
    draft = Draft.of(query, decision, {asset.name.local: asset for asset in assets})
    if not isinstance(draft.tree, exp.Select):
        return []
    isolate_tables(draft)
    tables = draft.tables
    reached = {number for number, derived in enumerate(tables) if derived.asset.countable}
    if not reached or len(reached) == len(tables):
        return []
    links = list(_links(draft, draft.tree))
    checks: list[tuple[str, str]] = []
    while True:
        found = {number: _linked(links, number, reached) for number in range(len(tables)) if number not in reached}
        number = next((number for number, columns in found.items() if columns), None)
        if number is None:
            return checks
        asset, columns = tables[number].asset, found[number] | _fixed(links, number)
        if any(draft.decided(asset, name).mask not in _INJECTIVE for name in columns):
            raise refuse("group_size_repeats", asset.name.local)
        if not asset.primary_key or not set(asset.primary_key) <= columns:
            checks.append((asset.name.local, _repeated(asset, sorted(columns), draft.dialect)))
        reached.add(number)


_Side = tuple[int, str] | None


def _links(draft: Draft, select: exp.Select) -> Iterator[tuple[_Side, _Side]]:
    """Yield both sides of every equality: a column of a table, or `None` for a constant."""
    names = [Names(draft, derived, select) for derived in draft.tables]

    def side(node: exp.Expr) -> _Side:
        if not isinstance(node, exp.Column):
            return None
        found = ((number, known.column(node)) for number, known in enumerate(names))
        known = next(((number, name) for number, name in found if name is not None), None)
        # An output may be called as a column is, which still is the one that a condition speaks of.
        return known or (None if node.table else next(iter(_holders(draft, node.name)), None))

    where = select.args.get("where")
    conditions = list(conjuncts(where.this if where is not None else None))
    for join in joins_of(select):
        conditions += conjuncts(join.args.get("on"))
        if str(join.args.get("method") or "").upper() == "NATURAL":  # which columns it compares, only the engine says
            raise refuse("group_size_repeats", "NATURAL JOIN")
        for name in join.args.get("using") or ():
            holders = _holders(draft, name.name)
            yield from ((one, other) for one in holders for other in holders if one < other)
    for one in conditions:
        if isinstance(one, exp.EQ):
            left, right = bare(one.left), bare(one.right)
            if all(isinstance(node, (exp.Column, exp.Literal)) for node in (left, right)):
                yield side(left), side(right)


def _holders(draft: Draft, name: str) -> list[tuple[int, str]]:
    return [
        (number, entry.name)
        for number, derived in enumerate(draft.tables)
        for entry in derived.asset.columns
        if key(entry.name, draft.dialect) == key(name, draft.dialect)
    ]


def _linked(links: Sequence[tuple[_Side, _Side]], number: int, reached: set[int]) -> set[str]:
    pairs = [*links, *((right, left) for left, right in links)]
    return {mine[1] for mine, other in pairs if mine and other and mine[0] == number and other[0] in reached}


def _fixed(links: Sequence[tuple[_Side, _Side]], number: int) -> set[str]:
    pairs = [*links, *((right, left) for left, right in links)]
    return {mine[1] for mine, other in pairs if mine and other is None and mine[0] == number}


def _repeated(asset: Asset, columns: Sequence[str], dialect: str) -> str:
    keys: list[exp.Expr] = [exp.Column(this=identifier(name)) for name in columns]
    several = exp.GT(this=exp.Count(this=exp.Star(), big_int=True), expression=exp.Literal.number(1))
    known = [exp.Not(this=exp.Is(this=one.copy(), expression=exp.Null())) for one in keys]
    tree = exp.Select(
        expressions=[exp.Alias(this=exp.Literal.number(1), alias=identifier("found"))],
        from_=exp.From(this=exp.Table(this=identifier(asset.name.table), db=identifier(asset.name.schema))),
        where=exp.Where(this=exp.and_(*known, copy=False)),
        group=exp.Group(expressions=keys),
        having=exp.Having(this=several),
        limit=exp.Limit(expression=exp.Literal.number(1)),
    )
    return text_of(tree, dialect)
