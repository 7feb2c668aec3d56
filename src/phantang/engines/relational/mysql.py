"""MySQL and MariaDB, through PyMySQL."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import NoSuchTableError

from phantang.engines.base import Capabilities
from phantang.engines.relational.kinds import CONNECT_TIMEOUT, Kind
from phantang.model.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine.reflection import Inspector

_TABLES = sa.text(
    "SELECT table_schema, table_name, table_rows, engine, data_length, auto_increment, create_time, update_time "
    "FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
)
_COLUMNS = sa.text(
    "SELECT column_name, data_type, column_type, is_nullable, column_comment, column_key, "
    "generation_expression "
    "FROM information_schema.columns WHERE table_schema = :schema AND table_name = :name ORDER BY ordinal_position"
)
#: The labels of an ENUM or SET, which may be values of the data.
_LABELS = re.compile(r"(?<=enum)\(.*|(?<=set)\(.*", re.DOTALL)
#: Types whose text would be bytes.
_BYTES = (mysql.BIT,)


class MySQL(Kind):
    """A server of MySQL or MariaDB; the database of the URL, or every database of the account if it names none."""

    dialect = "mysql"
    driver = "pymysql"
    capabilities = Capabilities(statistics=True, views=True, keys=True, comments=True, timeout=True)
    system_schemas = frozenset({"information_schema", "mysql", "performance_schema", "sys"})

    def arguments(self) -> Mapping[str, Any]:
        """Return what keeps the driver from reading files, waiting for ever, and writing."""
        return {
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_TIMEOUT,
            "read_timeout": 3600,
            "local_infile": False,
            "read_default_file": None,
            "init_command": "SET SESSION TRANSACTION READ ONLY",
        }

    def limit(self, connection: sa.Connection, seconds: float) -> None:
        """Let the server end statements: MariaDB counts in seconds, MySQL in milliseconds."""
        if getattr(connection.dialect, "is_mariadb", False):
            connection.execute(sa.text(f"SET SESSION max_statement_time = {max(seconds, 0.001):.3f}"))
        else:
            connection.execute(sa.text(f"SET SESSION max_execution_time = {max(1, round(seconds * 1000))}"))
            connection.execute(sa.text("SET SESSION information_schema_stats_expiry = 0"))

    def schemas(self, inspector: Inspector) -> Sequence[str | None]:
        """See `Kind.schemas`."""
        return [self.url.database] if self.url.database else super().schemas(inspector)

    def columns(self, inspector: Inspector, table: str, schema: str | None) -> Sequence[Any]:
        """See `Kind.columns`: from the server's own tables, as `SHOW CREATE` needs more than SELECT for a view."""
        connection: Any = inspector.bind
        found = connection.execute(_COLUMNS, {"schema": schema, "name": table}).mappings()
        known = inspector.dialect.ischema_names  # type: ignore[attr-defined] # every dialect that reflects has it
        columns = [
            {
                "name": row["column_name"],
                "type": known.get(row["data_type"], sa.types.NullType)(),
                "spelling": _LABELS.sub("", row["column_type"]).upper(),
                "nullable": row["is_nullable"] == "YES",
                "comment": row["column_comment"],
                "in_key": row["column_key"] == "PRI",
                "computed": {"sqltext": row["generation_expression"]} if row["generation_expression"] else None,
            }
            for row in _lower(found)
        ]
        if not columns:
            raise NoSuchTableError(table)
        return columns

    def counts(self, connection: sa.Connection, schema: str | None) -> Mapping[str, int]:
        """Return the server's estimates."""
        rows = connection.execute(_TABLES).mappings()
        return {row["table_name"]: int(row["table_rows"] or 0) for row in _lower(rows) if row["table_schema"] == schema}

    def statistics(self, source: str, connection: sa.Connection) -> dict[TableName, str]:
        """Return a digest of sizes and the time of the last write; a table without such a time has none.

        InnoDB keeps that time in memory, to the second: it is unknown after a restart until the next write, and a
        write within the last two seconds may not be the last one of its second.
        """
        now = connection.execute(sa.text("SELECT now()")).scalar_one()
        digests = {}
        for row in _lower(connection.execute(_TABLES).mappings()):
            updated = row["update_time"]
            if row["table_schema"] in self.system_schemas or updated is None or (now - updated).total_seconds() < 2:
                continue
            state = repr((row["engine"], row["data_length"], row["auto_increment"], row["create_time"], updated))
            name = TableName(source, row["table_schema"], row["table_name"])
            digests[name] = hashlib.sha256(state.encode()).hexdigest()
        return digests

    def key(self, inspector: Inspector, table: str, schema: str | None) -> sa.ColumnElement[int] | None:
        """See `Kind.key`; a view has none, and asking the inspector for it needs more than SELECT."""
        parts = [one for one in self.columns(inspector, table, schema) if one["in_key"]]
        if len(parts) != 1 or not isinstance(parts[0]["type"], sa.Integer):
            return None
        return sa.column(sa.sql.quoted_name(parts[0]["name"], quote=True), sa.Integer)

    def text(self, column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any], length: int) -> Any:
        """See `Kind.text`."""
        if isinstance(kind, _BYTES):
            column = column + 0
        elif isinstance(kind, (sa.types._Binary, sa.types.NullType)):  # noqa: SLF001 - the base of all binary types
            return None
        return sa.func.left(sa.cast(column, mysql.CHAR), length)


def _lower(rows: Any) -> list[dict[str, Any]]:
    """Return rows with their column names in lower case: MySQL 8 spells those of its own tables in capitals."""
    return [{key.lower(): value for key, value in row.items()} for row in rows]
