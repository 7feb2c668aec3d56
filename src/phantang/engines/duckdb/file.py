"""Building a DuckDB file in one step that either happened or did not."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from phantang.engines.base import quoted
from phantang.model.errors import EngineError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def write(path: Path, statements: Sequence[str], tables: Mapping[str, pa.Table], *, overwrite: bool = False) -> None:
    """Build the file at `path`: run `statements`, then insert `tables` in order, all in one transaction.

    A table is named as in its schema `main`; Arrow columns are matched by name, so a missing one gets its default. The
    file appears complete or not at all. Raises `InputError` `file_exists` without `overwrite`, `EngineError`
    `write_failed` when a statement, a row or the disk is at fault.
    """
    path = path.absolute()
    if path.exists() and not overwrite:
        raise InputError("file_exists", file=path.name)
    if not _write(path, statements, tables):
        raise EngineError("write_failed", file=path.name)


def _write(path: Path, statements: Sequence[str], tables: Mapping[str, pa.Table]) -> bool:
    """Return whether it worked. The driver's exception ends here: its text may quote a row."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
            draft = Path(scratch) / "draft.duckdb"
            with duckdb.connect(str(draft), config={"python_enable_replacements": False}) as connection:
                connection.begin()
                for statement in statements:
                    connection.execute(statement)
                for name, table in tables.items():
                    connection.register("phantang_rows", table)
                    connection.execute(f"INSERT INTO main.{quoted(name, '')} BY NAME SELECT * FROM phantang_rows")  # noqa: S608 - quoted
                    connection.unregister("phantang_rows")
                connection.commit()
                connection.execute("CHECKPOINT")
            with draft.open("rb") as finished:
                os.fsync(finished.fileno())
            # A write-ahead log left by the file we replace would be replayed into the new one.
            path.with_name(path.name + ".wal").unlink(missing_ok=True)
            draft.replace(path)
    except (duckdb.Error, OSError, pa.ArrowException):
        return False
    return True
