"""The kinds of database behind `RelationalEngine`, and what is particular to each beyond SQL.

Read-only is asked for in each way there is: of the driver, of the session, of the transaction. The account should hold
nothing but SELECT all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from phantang.engines.base import Capabilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import URL
    from sqlalchemy.engine.reflection import Inspector

    from phantang.model.names import TableName

CONNECT_TIMEOUT = 10
#: One connection a source, and nothing in a log.
POOL: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0, "hide_parameters": True}


class Kind:
    """A kind of database: one object for each source that is opened."""

    dialect: str
    capabilities = Capabilities(views=True, keys=True, comments=True, timeout=True)
    #: The module of the driver.
    driver: str
    system_schemas: frozenset[str] = frozenset()

    def __init__(self, url: URL) -> None:
        self.url = url

    def arguments(self) -> Mapping[str, Any]:
        """Return what the driver is opened with beside the URL."""
        return {}

    def create(self) -> sa.Engine:
        """Return an engine that is not connected yet."""
        return sa.create_engine(self.url, connect_args=dict(self.arguments()), **POOL)

    def limit(self, connection: sa.Connection, seconds: float) -> None:
        """Make the statements that follow read-only and no longer than `seconds`."""

    def probe(self, connection: sa.Connection) -> None:
        """Ask something that any usable source answers."""
        connection.execute(sa.select(sa.literal(1)))

    def schemas(self, inspector: Inspector) -> Sequence[str | None]:
        """Return the schemas to look at; `None` is the connection's own."""
        names = inspector.get_schema_names()
        return [name for name in names if name.lower() not in self.system_schemas]

    def shown(self, schema: str | None) -> str:
        """Return the name of a schema as it stands in a table's full name."""
        return schema or self.dialect

    def schema(self, shown: str) -> str | None:
        """Return the inverse of `shown`."""
        return shown

    def materialised(self, inspector: Inspector, schema: str | None) -> Sequence[str]:  # noqa: ARG002
        """Return the views that hold data of their own, where the inspector lists them apart."""
        return ()

    def columns(self, inspector: Inspector, table: str, schema: str | None) -> Sequence[Any]:
        """Return the columns of a table or view as `Inspector.get_columns` does."""
        return inspector.get_columns(table, schema)

    def counts(self, connection: sa.Connection, schema: str | None) -> Mapping[str, int]:  # noqa: ARG002
        """Return the number of rows of each table, as far as the source knows it without counting."""
        return {}

    def statistics(self, source: str, connection: sa.Connection) -> dict[TableName, str]:  # noqa: ARG002
        """See `Engine.statistics`."""
        return {}

    def key(self, inspector: Inspector, table: str, schema: str | None) -> sa.ColumnElement[int] | None:
        """Return a column of whole numbers that an index makes quick to find rows by."""
        names = inspector.get_pk_constraint(table, schema)["constrained_columns"]
        if len(names) != 1:
            return None
        types = {one["name"]: one["type"] for one in self.columns(inspector, table, schema)}
        if not isinstance(types.get(names[0]), sa.Integer):
            return None
        return sa.column(sa.sql.quoted_name(names[0], quote=True), sa.Integer)

    def text(self, column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any], length: int) -> Any:
        """Return the expression for the first `length` characters of a value; `None` for a binary column."""
        if isinstance(kind, (sa.types._Binary, sa.types.NullType)):  # noqa: SLF001 - the base of all binary types
            return None
        return sa.func.substring(sa.cast(column, sa.String), 1, length)


class SQLServer(Kind):
    """Microsoft SQL Server, through pymssql. Tested without a server: see docs/sources.md."""

    dialect = "mssql"
    driver = "pymssql"
    system_schemas = frozenset(
        {"sys", "information_schema", "guest"}
        | {f"db_{name}" for name in ("owner", "accessadmin", "securityadmin", "ddladmin", "backupoperator")}
        | {"db_datareader", "db_datawriter", "db_denydatareader", "db_denydatawriter"}
    )

    def arguments(self) -> Mapping[str, Any]:
        """Return time limits: the driver ends a statement that takes longer."""
        return {"login_timeout": CONNECT_TIMEOUT, "timeout": 60, "read_only": True}

    def limit(self, connection: sa.Connection, seconds: float) -> None:
        """Wait for nobody's lock, hold up nobody."""
        connection.execute(sa.text(f"SET LOCK_TIMEOUT {round(seconds * 1000)}"))
        connection.execute(sa.text("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED"))

    def text(self, column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any], length: int) -> Any:
        """See `Kind.text`: a VARCHAR without a length would be cut at 30 characters."""
        if isinstance(kind, (sa.types._Binary, sa.types.NullType)):  # noqa: SLF001
            return None
        return sa.func.left(sa.cast(column, sa.Unicode()), length)


class Oracle(Kind):
    """Oracle Database, through python-oracledb in its thin form. Tested without a server: see docs/sources.md."""

    dialect = "oracle"
    driver = "oracledb"

    def arguments(self) -> Mapping[str, Any]:
        """Return the time limit of connecting."""
        return {"tcp_connect_timeout": float(CONNECT_TIMEOUT)}

    def limit(self, connection: sa.Connection, seconds: float) -> None:
        """Start a read-only transaction; a call to the server ends after `seconds`."""
        raw: Any = connection.connection.dbapi_connection
        raw.call_timeout = round(seconds * 1000)
        connection.execute(sa.text("SET TRANSACTION READ ONLY"))

    def probe(self, connection: sa.Connection) -> None:
        """Ask for nothing: the transaction has begun, which is answer enough."""

    def schemas(self, inspector: Inspector) -> Sequence[str | None]:
        """Return the schema of the account; the others of a server are mostly Oracle's own."""
        return [inspector.default_schema_name]

    def materialised(self, inspector: Inspector, schema: str | None) -> Sequence[str]:
        """See `Kind.materialised`."""
        return inspector.get_materialized_view_names(schema)

    def text(self, column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any], length: int) -> Any:
        """See `Kind.text`: text and CLOB as they are, anything else through TO_CHAR."""
        if isinstance(kind, (sa.types._Binary, sa.types.NullType)):  # noqa: SLF001
            return None
        return sa.func.substr(column if isinstance(kind, sa.String) else sa.func.to_char(column), 1, length)
