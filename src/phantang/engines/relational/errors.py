"""Errors of drivers as codes of ours: by number where the driver has numbers, and never with its words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phantang.engines.base import failure
from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from phantang.model.errors import PhantangError

#: Error numbers by driver. MySQL and MariaDB: sql/share/errmsg-utf8.txt and client errors from 2000 on. SQL Server:
#: sys.messages, and 2000x of FreeTDS. Oracle: ORA- numbers, and DPY- of the driver (6xxx: connecting).
_NUMBERS: dict[str, dict[str, frozenset[int]]] = {
    "pymysql": {
        "source_auth": frozenset({1044, 1045, 1251, 1698, 2059, 2061, 3118, 4151}),
        "source_database_missing": frozenset({1049}),
        "source_permission": frozenset({1142, 1143, 1227, 1345, 1370}),
        "table_vanished": frozenset({1054, 1059, 1102, 1103, 1146, 1356, 1449}),
        "query_timeout": frozenset({1317, 1969, 3024}),
        "query_resources": frozenset({1021, 1038, 1041, 1104, 1114, 1116, 3015}),
        "source_unreachable": frozenset({1040, 1053, 1129, 1130, 1203, 1226, 1927, 2002, 2003, 2005, 2006, 2013, 2026}),
    },
    "pymssql": {
        "source_auth": frozenset({18452, 18456, 18470, 18486, 18487, 18488}),
        "source_database_missing": frozenset({911, 4060}),
        "source_permission": frozenset({229, 230, 262, 300, 916}),
        "table_vanished": frozenset({207, 208}),
        "query_timeout": frozenset({1222, 20003}),
        "query_resources": frozenset({701, 8645, 8657}),
        "source_unreachable": frozenset({17142, 20002, 20004, 20006, 20009, 20017}),
    },
    "oracledb": {
        "source_auth": frozenset({1005, 1017, 28000, 28001, 4001}),
        "source_database_missing": frozenset({12505, 12514, 6001, 6003}),
        "source_permission": frozenset({1031, 1045}),
        "table_vanished": frozenset({904, 942, 4063}),
        "query_timeout": frozenset({1013, 4024}),
        "query_resources": frozenset({1652, 4030, 4031}),
        "source_unreachable": frozenset({1033, 1034, 3113, 3114, 3135, 12170, 12541, 12543, 6000, 6005, 4011}),
    },
}

#: SQLite has primary result codes and, for what matters here, words of its own that hold no data.
_SQLITE = (
    ("interrupted", "query_timeout"),
    ("no such table", "table_vanished"),
    ("no such column", "table_vanished"),
    ("locked", "source_locked"),
    ("not a database", "source_not_a_database"),
    ("malformed", "source_not_a_database"),
    ("unable to open", "source_unreadable"),
    ("disk I/O", "source_unreadable"),
)
_CODE = re.compile(r"(?:ORA|DPY)-0*(\d+)")


def query_error(source: str, error: BaseException) -> PhantangError:
    """Return our error for what a driver, or SQLAlchemy itself, raised."""
    cause = getattr(error, "orig", None) or error
    driver = type(cause).__module__.partition(".")[0]
    if driver == "sqlite3":
        text = str(cause)
        code = next((code for words, code in _SQLITE if words in text), None)
        return EngineError(code, source=source) if code else failure(source, "XX000")
    number = _number(cause)
    for code, numbers in _NUMBERS.get(driver, {}).items():
        if number in numbers:
            return EngineError(code, source=source)
    if isinstance(cause, OSError):  # a socket's own error
        return EngineError("source_unreachable", source=source)
    if type(error).__name__ in ("NoSuchTableError", "UnreflectableTableError"):
        return _unreflectable(source, error)
    return failure(source, "XX000")


def _unreflectable(source: str, error: BaseException) -> PhantangError:
    """Return why a table could not be described: SQLAlchemy keeps the driver's error as the cause."""
    cause = error.__cause__ or error.__context__
    if cause is None or type(cause) is type(error):
        return EngineError("table_vanished", source=source)
    return query_error(source, cause)


def _number(cause: BaseException) -> int | None:
    """Return the error number a driver gives as its first argument, in its text, or in a tuple inside."""
    first = cause.args[0] if cause.args else None
    while isinstance(first, tuple) and first:
        first = first[0]
    if isinstance(first, int):
        return first
    found = _CODE.search(str(first))
    return int(found[1]) if found else None
