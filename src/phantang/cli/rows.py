"""Answers as files: CSV, JSON lines, Arrow IPC and Parquet."""

from __future__ import annotations

import json
import math
import sys
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def write_rows(table: Any, form: str, out: str | None) -> None:
    r"""Write an Arrow table as CSV, JSON lines, Arrow IPC or Parquet, to `out` or standard output.

    In the text forms bytes are written as PostgreSQL does, `\x00ff`.
    """
    import pyarrow as pa
    from pyarrow import csv, parquet

    stdout = nullcontext(sys.stdout.buffer)
    try:
        with stdout if out is None else Path(out).open("wb") as sink:
            if form in {"csv", "table"}:
                csv.write_csv(_flat(table), sink)
            elif form == "json":
                for row in json_rows(table):
                    sink.write((json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode())
            elif form == "parquet":
                parquet.write_table(table, sink)
            else:
                with pa.ipc.new_file(sink, table.schema) as writer:
                    writer.write_table(table)
    except OSError as error:
        raise InputError("output_exists", path=out or "-", what=error.strerror or "I/O error") from None


def json_rows(table: Any) -> Iterator[dict[str, Any]]:
    """Yield one object a row, of what JSON can hold: other values are texts, `NaN` and the infinities too.

    A second column of one name gets `_1` after it, as an object could not hold both.
    """
    names = _distinct(table.column_names)
    for batch in table.to_batches():
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield dict(zip(names, map(_plain, row), strict=True))


def _distinct(names: Sequence[str]) -> list[str]:
    taken = set(names)
    found: list[str] = []
    for name in names:
        fresh = (spelling for number in count(1) if (spelling := f"{name}_{number}") not in taken)
        found.append(next(fresh) if name in found else name)
        taken.add(found[-1])
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)  # the text NaN, Infinity or -Infinity
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return _hex(value)
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else str(value)


def _flat(table: Any) -> Any:
    """Return `table` with bytes and nested values, for which CSV has no form, as text."""
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type):
            values = map(_plain, table.column(position).to_pylist())
            texts = [v if isinstance(v, str | None) else json.dumps(v, ensure_ascii=False) for v in values]
            table = table.set_column(position, field.name, pa.array(texts, pa.string()))
    return table


def _hex(value: bytes) -> str:
    return rf"\x{value.hex()}"
