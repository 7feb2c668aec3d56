"""What SQLAlchemy's inspector says, as `TableInfo`."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import CompileError, SQLAlchemyError

from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo, digested, structure_digest

if TYPE_CHECKING:
    from sqlalchemy.engine.reflection import Inspector

    from phantang.engines.relational.kinds import Kind

#: What the inspector raises for one object it cannot describe.
_ODD = (SQLAlchemyError, AssertionError, LookupError, UnicodeError)


def read(source: str, kind: Kind, connection: sa.Connection) -> tuple[TableInfo, ...]:
    """Return every table and view of the schemas that `kind` looks at, ordered by schema and name."""
    inspector = sa.inspect(connection)
    found: list[TableInfo] = []
    for schema in kind.schemas(inspector):
        counts = kind.counts(connection, schema)
        tables, views = inspector.get_table_names(schema), inspector.get_view_names(schema)
        views += [view for view in kind.materialised(inspector, schema) if view not in views]
        for word, names in (("table", tables), ("view", views)):
            found += [_table(source, kind, inspector, schema, name, word, counts.get(name)) for name in names]
    return tuple(sorted(found, key=lambda table: table.name))


def _table(
    source: str, kind: Kind, inspector: Inspector, schema: str | None, name: str, word: str, rows: int | None
) -> TableInfo:
    shown = TableName(source, kind.shown(schema), name)
    try:
        columns = tuple(_column(one, inspector.dialect) for one in kind.columns(inspector, name, schema))
    except _ODD:
        # A view over something that is gone, or a table the account may not look at: `draw` will say which.
        return TableInfo(shown, (), word)
    comment, primary, foreign = None, (), ()
    definition = None
    if word == "table":
        primary = _quietly(lambda: tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"]), ())
        foreign = _quietly(lambda: _foreign(source, kind, inspector, name, schema), ())
    else:
        definition = _quietly(lambda: inspector.get_view_definition(name, schema), None)
    if kind.capabilities.comments:
        comment = _quietly(lambda: inspector.get_table_comment(name, schema)["text"], None)
    structure = structure_digest(word, map(digested, columns), definition)
    return TableInfo(shown, columns, word, comment or None, primary, foreign, rows, structure)


def _quietly(ask: Any, otherwise: Any) -> Any:
    """Return what the inspector answers, or what stands for an answer it does not have: none of these is needed."""
    try:
        return ask()
    except (*_ODD, NotImplementedError):
        return otherwise


def _column(one: Any, dialect: sa.Dialect) -> ColumnInfo:
    spelling = one.get("spelling") or type_name(one["type"], dialect)
    generated = (one.get("computed") or {}).get("sqltext")
    return ColumnInfo(one["name"], spelling, bool(one["nullable"]), one.get("comment") or None, generated)


def _foreign(source: str, kind: Kind, inspector: Inspector, name: str, schema: str | None) -> tuple[ForeignKey, ...]:
    keys = inspector.get_foreign_keys(name, schema)
    return tuple(
        ForeignKey(
            tuple(key["constrained_columns"]),
            TableName(source, kind.shown(key["referred_schema"] or schema), key["referred_table"]),
            tuple(key["referred_columns"]),
        )
        for key in keys
        if len(key["constrained_columns"]) == len(key["referred_columns"])
    )


def type_name(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    """Return the dialect's spelling of a type in upper case, without collation and without the labels of an ENUM."""
    if isinstance(kind, sa.Enum) or type(kind).__name__ in ("ENUM", "SET"):
        return type(kind).__name__.upper()
    plain = copy.copy(kind)
    for detail in ("collation", "charset"):
        if getattr(plain, detail, None) is not None:
            setattr(plain, detail, None)
    try:
        return plain.compile(dialect=dialect).upper()
    except (CompileError, NotImplementedError):
        return "" if isinstance(kind, sa.types.NullType) else type(kind).__name__.upper()
