"""Statements of ours about one table, and how every one of ours is spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from phantang.sql.language.lexis import dialect_of
from phantang.sql.rewriting.draft import identifier

if TYPE_CHECKING:
    from phantang.model.catalog import Asset


def text_of(tree: exp.Expr, dialect: str) -> str:
    """Return a statement of ours as SQL."""
    generator = dialect_of(dialect).generator(
        identify=True, comments=False, unsupported_level=ErrorLevel.RAISE, normalize_functions=False
    )
    return generator.generate(tree)


def repeated_people(asset: Asset, dialect: str) -> str:
    """Return SQL that yields a row if some person has several rows in a table, and none if nobody has."""
    unit = exp.Column(this=identifier(asset.privacy_unit or ""))
    several = exp.GT(this=exp.Count(this=exp.Star(), big_int=True), expression=exp.Literal.number(1))
    tree = exp.Select(
        expressions=[exp.Alias(this=exp.Literal.number(1), alias=identifier("found"))],
        from_=exp.From(this=exp.Table(this=identifier(asset.name.table), db=identifier(asset.name.schema))),
        group=exp.Group(expressions=[unit]),
        having=exp.Having(this=several),
        limit=exp.Limit(expression=exp.Literal.number(1)),
    )
    return text_of(tree, dialect)


def listed(asset: Asset, column: str, dialect: str) -> str:
    """Return SQL for the different values of a column of a code list."""
    tree = exp.Select(
        expressions=[exp.Column(this=identifier(column))],
        distinct=exp.Distinct(),
        from_=exp.From(this=exp.Table(this=identifier(asset.name.table), db=identifier(asset.name.schema))),
    )
    return text_of(tree, dialect)
