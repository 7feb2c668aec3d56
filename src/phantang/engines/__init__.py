"""Databases behind one small protocol: introspect, sample, fetch, run. Drivers are imported only when one is opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from phantang.engines.base import Capabilities, Engine
from phantang.engines.sampling import SECONDS, SEED, Sample, Sampling
from phantang.engines.spelling import as_stored
from phantang.engines.urls import (
    SPARK,
    DuckDBTarget,
    FileTarget,
    PostgresTarget,
    ServerTarget,
    absolute_url,
    dialect_of,
    is_place,
    parse,
    platform_of,
    source_name,
)
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

__all__ = [
    "SECONDS",
    "SEED",
    "Capabilities",
    "Engine",
    "Sample",
    "Sampling",
    "absolute_url",
    "connect",
    "dialect_of",
    "is_place",
    "open_frame",
    "platform_of",
    "source_name",
    "write_duckdb",
]


def connect(url: str, source: str, *, base: Path | None = None) -> Engine:
    """Open the source at a SQLAlchemy `url`, or a path, read-only, named `source`; use it as a context manager.

    `docs/sources.md` lists the URLs. A relative file name is taken from `base`, by default the working directory,
    and found however its letters are composed (NFC, NFD).
    Raises `InputError` (`url_invalid`, `engine_unsupported`, `source_missing`, `driver_missing`) or `EngineError`
    (`source_locked`, `source_not_a_database`, `source_unreadable`, `source_unreachable`, `source_auth`,
    `source_database_missing`, `source_files_many`). No message ever holds the URL or a password.
    """
    target = parse(url, source, base)
    if isinstance(target, DuckDBTarget | FileTarget):
        target = replace(target, path=as_stored(target.path))
    if isinstance(target, DuckDBTarget):
        from phantang.engines.duckdb.engine import DuckDBEngine

        return DuckDBEngine(target)
    if isinstance(target, PostgresTarget):
        from phantang.engines.postgres.engine import PostgresEngine

        return PostgresEngine(target)
    if isinstance(target, ServerTarget) or target.kind == "sqlite":
        from phantang.engines.relational.engine import RelationalEngine, kind_of

        return RelationalEngine(source, kind_of(target))
    if target.kind in SPARK:
        return _spark(target)
    from phantang.engines.files.engine import FileEngine

    return FileEngine(target)


def open_frame(frame: object) -> Engine:
    """Open a Spark DataFrame as the table `dataframe` of a source `spark`.

    Raises `InputError` `frame_unknown` for anything else.
    """
    if not type(frame).__module__.startswith("pyspark.sql."):
        raise InputError("frame_unknown", kind=type(frame).__name__)
    from phantang.engines.spark import SparkEngine

    return SparkEngine("spark", {"dataframe": frame})


def _spark(target: FileTarget) -> Engine:
    from importlib.util import find_spec

    if find_spec("pyspark") is None:
        raise InputError("driver_missing", source=target.source, kind="spark", driver="pyspark")
    from phantang.engines.spark import open_files

    return open_files(target)


def write_duckdb(
    path: Path, statements: Sequence[str], tables: Mapping[str, pa.Table], *, overwrite: bool = False
) -> None:
    """Build a DuckDB file; see `phantang.engines.duckdb.file.write`."""
    from phantang.engines.duckdb.file import write

    write(path, statements, tables, overwrite=overwrite)
