"""Statements of ours about one table, and how every one of ours is spelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from phantang.sql.language.lexis import dialect_of
from phantang.sql.rewriting.draft import base_table, identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset


def text_of(tree: exp.Expr, dialect: str) -> str:
    """Return a statement of ours as SQL."""
    generator = dialect_of(dialect).generator(
        identify=True, comments=False, unsupported_level=ErrorLevel.RAISE, normalize_functions=False
    )
    return generator.generate(tree)


def repeated_people(asset: Asset, dialect: str) -> str:
    """Return SQL that yields a row if some person has several rows in a table, and none if nobody has."""
    return text_of(_repeated(asset, [asset.privacy_unit or ""]), dialect)


def repeated_keys(asset: Asset, columns: Sequence[str], dialect: str) -> str:
    """Return SQL that yields a row if several rows of a table are alike in `columns`, NULLs aside, and else none."""
    tree = _repeated(asset, columns)
    known = [exp.Not(this=exp.Is(this=exp.Column(this=identifier(one)), expression=exp.Null())) for one in columns]
    tree.set("where", exp.Where(this=exp.and_(*known, copy=False)))
    return text_of(tree, dialect)


def _repeated(asset: Asset, columns: Sequence[str]) -> exp.Select:
    several = exp.GT(this=exp.Count(this=exp.Star(), big_int=True), expression=exp.Literal.number(1))
    return exp.Select(
        expressions=[exp.Alias(this=exp.Literal.number(1), alias=identifier("found"))],
        from_=exp.From(this=base_table(asset.name)),
        group=exp.Group(expressions=[exp.Column(this=identifier(one)) for one in columns]),
        having=exp.Having(this=several),
        limit=exp.Limit(expression=exp.Literal.number(1)),
    )


def listed(asset: Asset, column: str, dialect: str) -> str:
    """Return SQL for the different values of a column of a code list."""
    tree = exp.Select(
        expressions=[exp.Column(this=identifier(column))],
        distinct=exp.Distinct(),
        from_=exp.From(this=base_table(asset.name)),
    )
    return text_of(tree, dialect)
