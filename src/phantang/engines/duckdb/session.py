"""Opening a DuckDB file so that nothing else can be reached, and telling its errors apart."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from phantang.engines.base import failure
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from phantang.model.errors import PhantangError

ALIAS = "phantang_source"

CONFIG: dict[str, Any] = {
    "allow_community_extensions": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "memory_limit": "2GB",  # for what must be held at once; plain scans need little
    "python_enable_replacements": False,
    "temp_directory": "",
    "threads": min(4, os.cpu_count() or 1),
}

#: What reading may raise: DuckDB's own errors, and Arrow's when a stream breaks off.
ERRORS = (duckdb.Error, OSError, pa.ArrowException)

#: DuckDB says what kind an error is in its first words, also where Arrow passes it on as an `OSError`.
_STATES = {
    "Parser": "42601",
    "Syntax": "42601",
    "Catalog": "42000",
    "Binder": "42000",
    "Permission": "42501",
    "Not implemented": "0A000",
    "Conversion": "22000",
    "Mismatch Type": "22000",
    "Out of Range": "22000",
    "Invalid Input": "22000",
    "Constraint": "23000",
    "IO": "58000",
}
_VANISHED = re.compile(
    r"Catalog Error: Table with name|schema \S+ does not exist|Referenced (column|table) |does not have a column named"
    r"|Contents of view were altered"
)


def attach(path: str) -> duckdb.DuckDBPyConnection:
    """Return a locked in-memory instance with the file at `path` attached read-only as `ALIAS`."""
    instance = duckdb.connect(":memory:", config=CONFIG)
    try:
        literal = path.replace("'", "''")
        instance.execute(f"ATTACH '{literal}' AS {ALIAS} (READ_ONLY, TYPE duckdb)")
        instance.execute("SET enable_external_access = false; SET lock_configuration = true")
    except BaseException:
        instance.close()
        raise
    return instance


def search_path(instance: duckdb.DuckDBPyConnection) -> str:
    """Return the statement after which DuckDB's own functions and operators come first, then the file's schemas.

    On the usual path a macro of the file is called in their place: one named `regexp_replace`, or even `||`, would undo
    a mask (CVE-2018-1058 is PostgreSQL's case of it). A schema that is not on the path would not be found at all.
    """
    schemas = instance.execute(
        "SELECT schema_name FROM duckdb_schemas() WHERE database_name = ? AND NOT internal ORDER BY schema_name",
        [ALIAS],
    ).fetchall()
    own = ["main", *(name for (name,) in schemas if name != "main")]
    path = ["system.main", "system.pg_catalog", *(f'{ALIAS}."{name.replace(chr(34), chr(34) * 2)}"' for name in own)]
    return "SET search_path = '{}'".format(",".join(path).replace("'", "''"))


def open_error(source: str, error: BaseException) -> PhantangError:
    """Return our error for a file that could not be attached."""
    text = str(error)
    if "lock on file" in text or "file handle conflict" in text:
        return EngineError("source_locked", source=source)
    if "Permission denied" in text:
        return EngineError("source_unreadable", source=source)
    return EngineError("source_not_a_database", source=source)


def query_error(source: str, error: BaseException) -> PhantangError:
    """Return our error for a statement that failed."""
    text = str(error)
    kind = text.partition(" Error:")[0]
    if kind == "INTERRUPT":
        return EngineError("query_timeout", source=source)
    if kind == "Out of Memory":
        return EngineError("query_resources", source=source)
    if kind in ("Catalog", "Binder") and _VANISHED.search(text):
        return EngineError("table_vanished", source=source)
    if kind == "Connection":
        return EngineError("source_unreachable", source=source)
    return failure(source, _STATES.get(kind, "XX000"))
