"""DuckDB's catalog as `TableInfo`. Enum labels are left out of type names: they may be values of the data."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from phantang.engines.base import qualified
from phantang.engines.duckdb.session import ALIAS
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo, digested, structure_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    Rows = Callable[[str], list[dict[str, Any]]]

_HERE = f"database_name = '{ALIAS}' AND NOT internal"

#: Called as one of DuckDB's own views: the name means that one (see `search_path`), so such a table cannot be read.
_SHADOWED = "({schema}, {name}) IN (SELECT (schema_name, view_name) FROM duckdb_views() WHERE database_name = 'system')"
_SHADOWED_TABLE = _SHADOWED.format(schema="schema_name", name="table_name")
_SHADOWED_VIEW = _SHADOWED.format(schema="schema_name", name="view_name")

RELATIONS = f"""
SELECT schema_name, table_name, comment, 'table' AS kind, NULL AS definition FROM duckdb_tables()
WHERE {_HERE} AND NOT temporary AND NOT {_SHADOWED_TABLE}
UNION ALL
SELECT schema_name, view_name, comment, 'view', sql FROM duckdb_views()
WHERE {_HERE} AND NOT temporary AND NOT {_SHADOWED_VIEW}
"""  # noqa: S608 - constants only

UNREADABLE = f"""
SELECT schema_name, table_name FROM duckdb_tables() WHERE {_HERE} AND {_SHADOWED_TABLE}
UNION ALL
SELECT schema_name, view_name FROM duckdb_views() WHERE {_HERE} AND {_SHADOWED_VIEW}
"""  # noqa: S608 - constants only

#: What a view may call that is not DuckDB's own.
MACROS = f"""
SELECT schema_name, function_name, to_json(parameters)::text || ' ' || macro_definition AS definition
FROM duckdb_functions() WHERE {_HERE} AND macro_definition IS NOT NULL
"""  # noqa: S608 - constants only

COLUMNS = f"""
SELECT schema_name, table_name, column_name, data_type, is_nullable, comment,
  CASE WHEN is_generated THEN coalesce(generation_expression, '') END AS generated
FROM duckdb_columns() WHERE {_HERE}
ORDER BY column_index
"""  # noqa: S608 - constants only

#: The columns of tables, not of views, with their types as DuckDB spells them, and how many rows a table stores:
#: deleted ones are among them until their place is given away.
TYPES = f"""
SELECT schema_name, table_name, column_name, data_type, estimated_size FROM duckdb_columns()
JOIN (SELECT schema_name, table_name, estimated_size FROM duckdb_tables() WHERE {_HERE}) USING (schema_name, table_name)
WHERE {_HERE} ORDER BY column_index
"""  # noqa: S608 - constants only

KEYS = f"""
SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names
FROM duckdb_constraints()
WHERE database_name = '{ALIAS}' AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
ORDER BY constraint_index
"""  # noqa: S608 - constants only

#: Where the data of a table lies. Statistics of DuckDB's own, which hold values, are left out.
_STORAGE = "SELECT column_path, segment_type, start, count, persistent, block_id, block_offset FROM pragma_storage_info"
_TABLES = f"""
SELECT schema_name, table_name FROM duckdb_tables() WHERE {_HERE} AND NOT temporary AND NOT {_SHADOWED_TABLE}
"""  # noqa: S608 - constants only

_WORD = re.compile(r'"(?:[^"]|"")+"|[^\W\d]\w*')
_ENUM = re.compile(r"ENUM\((?:'(?:[^']|'')*'(?:, )?)*\)")


def type_name(spelling: str) -> str:
    """Return DuckDB's spelling of a type in upper case, with `ENUM('a', 'b')` cut to `ENUM`."""
    return _ENUM.sub("ENUM", spelling).upper()


def statistics(source: str, rows: Callable[[str], list[tuple[Any, ...]]]) -> dict[TableName, str]:
    """Return a digest of where each table's data lies; blocks are never written in place, so new data lies elsewhere.

    A table with data that only the write-ahead log has is left out: it has no place yet.
    """
    digests = {}
    for schema, table in rows(_TABLES):
        name = TableName(source, schema, table)
        literal = qualified(name, source).replace("'", "''")
        # Deleted rows keep their place; only the count tells.
        storage = rows(f"{_STORAGE}('{literal}')")
        count = rows(f"SELECT count(*) FROM {qualified(name, source)}")  # noqa: S608 - quoted
        if all(place[4] for place in storage):
            digests[name] = hashlib.sha256(repr((count, storage)).encode()).hexdigest()
    return digests


def unreadable(source: str, rows: Callable[[str], list[tuple[Any, ...]]]) -> dict[TableName, int | None]:
    """Return every table and view that cannot be read because DuckDB has one of its own under that name."""
    return {TableName(source, schema, table): None for schema, table in rows(UNREADABLE)}


def read(source: str, rows: Rows) -> tuple[TableInfo, ...]:
    """Return every table and view of the attached file; `rows` runs SQL and returns one dict a row."""
    columns = _columns(rows)
    primary: dict[tuple[str, str], tuple[str, ...]] = {}
    foreign: dict[tuple[str, str], list[ForeignKey]] = defaultdict(list)
    for row in rows(KEYS):
        key = row["schema_name"], row["table_name"]
        if row["constraint_type"] == "PRIMARY KEY":
            primary[key] = tuple(row["constraint_column_names"])
        else:  # DuckDB allows no foreign key across schemas
            to = TableName(source, row["schema_name"], row["referenced_table"])
            names = tuple(row["constraint_column_names"])
            foreign[key].append(ForeignKey(names, to, tuple(row["referenced_column_names"])))
    tables = []
    relations = rows(RELATIONS)
    below = _below(relations, rows)
    for row in relations:
        key = row["schema_name"], row["table_name"]
        name = TableName(source, *key)
        count = None
        if row["kind"] == "table":  # answered from metadata, without reading the data
            count = rows(f"SELECT count(*) AS n FROM {qualified(name, source)}")[0]["n"]  # noqa: S608 - quoted
        tables.append(
            TableInfo(
                name=name,
                columns=tuple(columns[key]),
                kind=row["kind"],
                comment=row["comment"],
                primary_key=primary.get(key, ()),
                foreign_keys=tuple(foreign[key]),
                rows=count,
                structure=_structure(row, columns[key], below(row)),
                definition=row["definition"],
            )
        )
    return tuple(sorted(tables, key=lambda table: table.name))


def structures(source: str, rows: Rows) -> dict[TableName, str]:
    """Return the structure digest of every table and view, as `read` gives it, without counting rows."""
    columns = _columns(rows)
    found = {}
    relations = rows(RELATIONS)
    below = _below(relations, rows)
    for row in relations:
        key = row["schema_name"], row["table_name"]
        found[TableName(source, *key)] = _structure(row, columns[key], below(row))
    return found


def _columns(rows: Rows) -> dict[tuple[str, str], list[ColumnInfo]]:
    columns: dict[tuple[str, str], list[ColumnInfo]] = defaultdict(list)
    for row in rows(COLUMNS):
        kind = type_name(row["data_type"])
        info = ColumnInfo(row["column_name"], kind, row["is_nullable"], row["comment"], row["generated"])
        columns[row["schema_name"], row["table_name"]].append(info)
    return columns


def _below(relations: list[dict[str, Any]], rows: Rows) -> Callable[[dict[str, Any]], list[list[str]]]:
    """Return a function that lists the views and macros below a view: `[schema, name, definition]` each, sorted.

    DuckDB keeps no record of what a view reads, so everything counts whose name stands in its text, and in theirs.
    """
    named: dict[str, list[list[str]]] = defaultdict(list)
    operators: list[list[str]] = []
    if any(row["kind"] == "view" for row in relations):
        for row in relations:
            if row["kind"] == "view":
                named[row["table_name"].lower()].append([row["schema_name"], row["table_name"], row["definition"]])
        for row in rows(MACROS):
            macro = [row["schema_name"], row["function_name"], row["definition"]]
            if _WORD.fullmatch(row["function_name"]):
                named[row["function_name"].lower()].append(macro)
            else:
                operators.append(macro)

    def below(relation: dict[str, Any]) -> list[list[str]]:
        if relation["kind"] != "view":
            return []
        itself = [relation["schema_name"], relation["table_name"], relation["definition"]]
        found, waiting = [*operators], [itself, *operators]
        while waiting:
            for word in {word.strip('"').replace('""', '"').lower() for word in _WORD.findall(waiting.pop()[2] or "")}:
                for one in named.get(word, ()):
                    if one not in found and one != itself:
                        found.append(one)
                        waiting.append(one)
        return sorted(found)

    return below


def _structure(row: dict[str, Any], columns: list[ColumnInfo], below: list[list[str]]) -> str:
    return structure_digest(row["kind"], map(digested, columns), row["definition"], below)
