"""SQLite files, opened so that neither they nor anything beside them is written."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL

from phantang.engines.base import Capabilities
from phantang.engines.relational.kinds import POOL, Kind
from phantang.model.errors import EngineError, InputError
from phantang.model.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.engine.reflection import Inspector

_MAGIC = b"SQLite format 3\0"
#: Instructions of SQLite's virtual machine between two looks at the clock.
_STEPS = 20_000


class SQLite(Kind):
    """One SQLite file."""

    dialect = "sqlite"
    driver = "sqlite3"
    capabilities = Capabilities(statistics=True, views=True, keys=True, timeout=True)

    def __init__(self, source: str, path: Path) -> None:
        """Check that there is such a file. Raises `InputError` `source_missing`, `EngineError` `source_*`."""
        super().__init__(URL.create("sqlite"))
        self._path = path
        if not path.exists():
            raise InputError("source_missing", source=source)
        if not path.is_file():  # a pipe would never end
            raise EngineError("source_not_a_database", source=source)
        header = _header(path)
        if header is None:
            raise EngineError("source_unreadable", source=source)
        if header[:16] != _MAGIC:  # SQLite itself takes an empty file for an empty database
            raise EngineError("source_not_a_database", source=source)
        # In write-ahead mode a reader makes a file of shared memory beside the database. If there is no log there is
        # nobody to share with, and `immutable` leaves the folder as it is.
        log = path.with_name(path.name + "-wal")
        alone = header[18] == 2 and not (log.exists() and log.stat().st_size)
        self._uri = f"file:{quote(str(path.absolute()))}?mode=ro" + ("&immutable=1" if alone else "")

    def create(self) -> sa.Engine:
        """See `Kind.create`."""
        return sa.create_engine(self.url, creator=self._connect, **POOL)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._uri, uri=True, check_same_thread=False, timeout=5.0)
        connection.text_factory = lambda data: data.decode("utf-8", "replace")
        # A view in a file somebody sent may call functions; only harmless ones then.
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def limit(self, connection: sa.Connection, seconds: float) -> None:
        """End statements once the time is over."""
        raw: Any = connection.connection.dbapi_connection
        deadline = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)

    def probe(self, connection: sa.Connection) -> None:
        """Read the first page."""
        connection.execute(sa.text("SELECT count(*) FROM sqlite_schema")).all()

    def schemas(self, inspector: Inspector) -> Sequence[str | None]:  # noqa: ARG002
        """Return the one there is."""
        return [None]

    def shown(self, schema: str | None) -> str:
        """See `Kind.shown`."""
        return schema or "main"

    def schema(self, shown: str) -> str | None:  # noqa: ARG002
        """See `Kind.schema`."""
        return None

    def counts(self, connection: sa.Connection, schema: str | None) -> Mapping[str, int]:  # noqa: ARG002
        """Return how many rows there were when the file was last analysed."""
        if not sa.inspect(connection).has_table("sqlite_stat1"):
            return {}
        rows = connection.execute(sa.text("SELECT tbl, max(CAST(stat AS INTEGER)) FROM sqlite_stat1 GROUP BY tbl"))
        return {table: int(count) for table, count in rows if count is not None}

    def statistics(self, source: str, connection: sa.Connection) -> dict[TableName, str]:
        """Return the same digest for every table: size and time of the file, and of its log."""
        states = []
        for suffix in ("", "-wal", "-journal"):
            try:
                found = self._path.with_name(self._path.name + suffix).stat()
            except FileNotFoundError:
                continue
            states.append((suffix, found.st_ino, found.st_size, found.st_mtime_ns))
        digest = hashlib.sha256(repr(states).encode()).hexdigest()
        return {TableName(source, "main", table): digest for table in sa.inspect(connection).get_table_names()}

    def key(self, inspector: Inspector, table: str, schema: str | None) -> sa.ColumnElement[int] | None:
        """Return the row id, unless a column hides it or the table has none."""
        names = {one["name"].lower() for one in self.columns(inspector, table, schema)}
        if "rowid" in names or table in inspector.get_view_names():
            return None
        options = inspector.get_table_options(table, schema)
        return None if options.get("sqlite_with_rowid") is False else sa.literal_column("rowid", sa.Integer)

    def text(self, column: sa.ColumnElement[Any], kind: sa.types.TypeEngine[Any], length: int) -> Any:  # noqa: ARG002
        """See `Kind.text`: any column may hold any type, so each value is asked."""
        binary = sa.func.typeof(column) == "blob"
        return sa.case((binary, sa.null()), else_=sa.func.substr(sa.cast(column, sa.Text), 1, length))


def _header(path: Path) -> bytes | None:
    """Return the first bytes of a file, or `None` if it may not be read."""
    try:
        with path.open("rb") as file:
            return file.read(20)
    except OSError:
        return None
