"""The person behind a row of a derived table: its privacy unit, or the one its foreign keys lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.names import RESERVED
from phantang.sql.rewriting.draft import base_table, identifier

if TYPE_CHECKING:
    from phantang.model.names import TableName
    from phantang.sql.rewriting.draft import Derived


def unit_of(derived: Derived) -> exp.Expr:
    """Return the expression that tells the people of a derived table apart, over its base table.

    Along foreign keys it is a scalar sub-query. A key that is NULL, or that no row has, gives NULL: nobody, who counts
    for no group. A key is the whole primary key of its table, so that there is one row at most.
    """
    followed = derived.asset.followed
    if derived.asset.privacy_unit is not None or followed is None:
        return derived.column(derived.asset.privacy_unit or "")
    names = [identifier(f"{RESERVED}_p{number}") for number in range(len(followed.links))]
    first = followed.links[0]
    joins = [
        exp.Join(
            this=_table(link.table, names[number]),
            on=exp.EQ(this=_column(link.key, names[number]), expression=_column(link.column, names[number - 1])),
        )
        for number, link in enumerate(followed.links)
        if number
    ]
    query = exp.Select(
        expressions=[_column(followed.unit, names[-1])],
        from_=exp.From(this=_table(first.table, names[0])),
        joins=joins,
        where=exp.Where(this=exp.EQ(this=_column(first.key, names[0]), expression=derived.column(first.column))),
    )
    return exp.Subquery(this=query)


def _table(name: TableName, alias: exp.Identifier) -> exp.Expr:
    table = base_table(name)
    table.set("alias", exp.TableAlias(this=alias.copy()))
    return table


def _column(name: str, table: exp.Identifier) -> exp.Expr:
    return exp.Column(this=identifier(name), table=table.copy())
