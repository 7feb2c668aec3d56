"""What every engine promises, and how none of them lets a driver's words out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import pyarrow as pa

    from phantang.engines.sampling import Sample, Sampling
    from phantang.model.errors import PhantangError
    from phantang.model.names import TableName
    from phantang.model.schema import TableInfo

P = ParamSpec("P")
R = TypeVar("R")

#: Seconds allowed to one query of our own: reading a catalog, counting, sampling.
HOUSEKEEPING_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of source can do beyond being introspected and sampled; `docs/sources.md` shows them all."""

    #: Questions are answered through the gateway, and rows fetched with their types.
    query: bool = False
    #: The source can tell cheaply whether a table may have changed, so that unchanged ones are skipped.
    statistics: bool = False
    #: Views, primary and foreign keys, and comments are part of the introspection.
    views: bool = False
    keys: bool = False
    comments: bool = False
    #: The source itself stops a statement at the time limit.
    timeout: bool = False


class Engine(Protocol):
    """One open database, read-only. Methods may be called from several threads; calls may wait for each other."""

    source: str
    dialect: str
    capabilities: Capabilities

    def introspect(self) -> tuple[TableInfo, ...]:
        """Return every table and view outside the system schemas, ordered by schema and name.

        `rows` is exact on DuckDB, the planner's estimate on PostgreSQL (exact for a small table never analysed), and
        `None` for views. Raises `EngineError`.
        """
        ...

    def unreadable(self) -> dict[TableName, int | None]:
        """Return what is there and the account may not read, as far as it is told so, and is no part of `introspect`.

        `None` for a table or view as a whole, or the number of its columns. Only PostgreSQL tells; elsewhere there are
        none. Raises `EngineError`.
        """
        ...

    def statistics(self) -> dict[TableName, str]:
        """Return a digest for every table whose content can be told to be the same without reading it.

        Equal digests mean the table was not written to in between; a table that is not there must be read. A digest
        holds no value. Raises `EngineError`.
        """
        ...

    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """Return a sample as text, spread over the table, the same every time for the same seed.

        Columns come in the table's order; those `without`, and those the account may not read, are left out. Binary
        values come back as `None`. Raises `EngineError`.
        """
        ...

    def sample(self, name: TableName, limit: int) -> dict[str, list[str | None]]:
        """Return the values of `draw` for at most `limit` rows and the default seed. Raises `EngineError`."""
        ...

    def fetch(self, name: TableName, limit: int | None, without: Collection[str] = ()) -> pa.Table:
        """Return typed rows, all of them or at most `limit` picked as `sample` picks them. Raises `EngineError`.

        Columns called as in `without` are not read; one other must be there.
        """
        ...

    def run(
        self, sql: str, parameters: Sequence[bytes | str] = (), *, timeout: float, max_rows: int | None = None
    ) -> pa.Table:
        """Run one SELECT with `$1`, `$2`, ... bound to `parameters`, and return at most `max_rows` rows.

        Only where `capabilities.query`; elsewhere raises `source_scan_only`. Tables must be written `schema.table`: on
        PostgreSQL nothing but its own functions is found without a schema.
        Runs in a read-only transaction for at most `timeout` seconds. Raises `EngineError`: `query_failed` (with the
        SQLSTATE class only), `query_timeout`, `query_resources`, `table_vanished`, `table_locked`,
        `source_permission`, `source_unreachable`. An error depends on its class alone, never on a value or a driver's
        text.
        """
        ...

    def structures(self, names: Collection[TableName]) -> dict[TableName, str]:
        """Return the structure digest of those of `names` that are there, as `introspect` would give it now.

        Reads the database's catalog only. Raises `EngineError`.
        """
        ...

    def count_distinct(self, name: TableName, column: str, timeout: float) -> int | None:
        """Return how many distinct values other than NULL `column` has; `None` if that takes over `timeout` seconds.

        Raises `EngineError`.
        """
        ...

    def ping(self) -> None:
        """Return if the database answers; raise `EngineError` if not."""
        ...

    def close(self) -> None:
        """Close the connection; harmless when closed already."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Closing(ABC):
    """What is closed at the end of its `with` block."""

    @abstractmethod
    def close(self) -> None:
        """See `Engine.close`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def shielded(
    drivers_errors: tuple[type[BaseException], ...], classify: Callable[[str, BaseException], PhantangError]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Replace a driver's exceptions by `classify(source, error)`, and forget them.

    The new error is raised outside the `except` block: even as its `__context__`, the driver's exception, whose text
    may quote a value, would reach tracebacks and logs. The first argument of the method must have a `source`.
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(*args, **kwargs)
            except drivers_errors as error:
                problem = classify(str(getattr(args[0], "source", "")), error)
            raise problem

        return call

    return decorate


def failure(source: str, sqlstate: str) -> EngineError:
    """Return `query_failed` with the class of `sqlstate` only: the exact data error could tell hidden values apart."""
    return EngineError("query_failed", source=source, state=f"{sqlstate[:2]}000")


def quoted(identifier: str, source: str) -> str:
    """Return `identifier` in double quotes. One that no database can hold (NUL, lone surrogates) names no table."""
    try:
        identifier.encode("utf-8")
    except UnicodeEncodeError:
        identifier = "\0"
    if "\0" in identifier:
        raise EngineError("table_vanished", source=source)
    return '"' + identifier.replace('"', '""') + '"'


def qualified(name: TableName, source: str) -> str:
    """Return the quoted `schema.table` of `name`."""
    return f"{quoted(name.schema, source)}.{quoted(name.table, source)}"


def count_distinct(engine: Engine, name: TableName, column: str, timeout: float) -> int | None:
    """Return `Engine.count_distinct` for an engine that quotes names as standard SQL does."""
    counted = f"SELECT count(DISTINCT {quoted(column, engine.source)}) AS n FROM {qualified(name, engine.source)}"  # noqa: S608 - quoted
    try:
        return int(engine.run(counted, timeout=timeout).column("n")[0].as_py())
    except EngineError as error:
        if error.code not in {"query_timeout", "query_resources"}:
            raise
    return None


def clean_sql(sql: str, source: str) -> str:
    """Return `sql` if it can be sent at all; raise `query_failed` for text that is not Unicode or holds a NUL."""
    try:
        encoded = sql.encode("utf-8")
    except UnicodeEncodeError:
        encoded = b"\0"
    if b"\0" in encoded:
        raise failure(source, "22021")
    return sql
