"""What each column of a view is made of: the base columns behind it, and whether it is one of them unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from phantang.model.errors import Refused
from phantang.model.names import ColumnName
from phantang.sql.binding.resolve import resolve
from phantang.sql.binding.tables import DEFAULT_SCHEMA
from phantang.sql.language.lexis import dialect_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset
    from phantang.model.footprint import OutputColumn


def view_columns(
    definition: str, dialect: str, schema: str, assets: Sequence[Asset]
) -> tuple[OutputColumn, ...] | None:
    """Return the columns of a view in `schema`, in order; `None` where its text is not understood.

    `definition` is the text as the database keeps it, `assets` the tables and views of its source.
    """
    body = _body(definition, dialect)
    if body is None or (schema != DEFAULT_SCHEMA[dialect] and _unqualified(body, dialect)):
        return None
    try:
        return resolve(body, dialect, assets).footprint.outputs
    except Refused:
        return None


def mentioned(definition: str, dialect: str, assets: Sequence[Asset]) -> tuple[ColumnName, ...]:
    """Return every column whose name, and whose table's, is a word of `definition`; with a `*` all of such a table.

    Rather a column too many than one too few: of a text that is not understood.
    """
    try:
        tokens = dialect_of(dialect).tokenize(definition)
    except SqlglotError:
        tokens = []
    words = {token.text.casefold() for token in tokens if token.token_type is not TokenType.STRING}
    tables = [asset for asset in assets if asset.name.table.casefold() in words]
    return tuple(
        ColumnName(asset.name, entry.name)
        for asset in tables
        for entry in asset.columns
        if "*" in words or entry.name.casefold() in words
    )


def _body(definition: str, dialect: str) -> str | None:
    """Return the query of a view: what follows the first AS of `CREATE VIEW ... AS`, or the text itself."""
    try:
        tokens = dialect_of(dialect).tokenize(definition)
    except SqlglotError:
        return None
    if not tokens or tokens[0].token_type is not TokenType.CREATE:
        return definition
    start = next((token for token in tokens if token.token_type is TokenType.ALIAS), None)
    return None if start is None else definition[start.end + 1 :]


def _unqualified(body: str, dialect: str) -> bool:
    """Tell whether a table of a query is named without its schema: which one that is, the view's schema decides."""
    try:
        trees = dialect_of(dialect).parse(body)
    except (SqlglotError, RecursionError):
        return True
    return any(not table.db for tree in trees if tree is not None for table in tree.find_all(exp.Table))
