"""Answers as files: CSV, JSON lines, Arrow IPC and Parquet."""

from __future__ import annotations

import json
import math
import sys
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phantang.cli.output import STDOUT, writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


#: A text that a spreadsheet takes for a formula, unless it is nothing but a number; full-width signs count too.
_FORMULA = r"^[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_NUMBER = r"^[+\-]?[0-9][0-9 .,]*$"


def write_rows(table: Any, form: str, out: str | None, *, raw: bool = False) -> None:
    r"""Write an Arrow table as CSV, JSON lines, Arrow IPC or Parquet, to `out` or standard output.

    In the text forms bytes are written as PostgreSQL does, `\x00ff`. In CSV a text cell or column name that a
    spreadsheet would run as a formula gets an apostrophe before it, unless `raw`. Raises `InputError`
    `output_unwritable`, `ReaderLeftError`.
    """
    import pyarrow as pa
    from pyarrow import csv, parquet

    stdout = nullcontext(sys.stdout.buffer)
    with writing(out or STDOUT), stdout if out is None else Path(out).open("wb") as sink:
        if form in {"csv", "table"}:
            flat = _flat(table)
            csv.write_csv(flat if raw else _inert(flat), sink)
        elif form == "json":
            for row in json_rows(table):
                sink.write((json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n").encode())
        elif form == "parquet":
            parquet.write_table(table, sink)
        else:
            with pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table)


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


def _inert(table: Any) -> Any:
    """Return `table` with an apostrophe before every text that a spreadsheet would run; numbers stay as they are."""
    import pyarrow as pa
    from pyarrow import compute

    for position, field in enumerate(table.schema):
        column = table.column(position)
        if pa.types.is_dictionary(field.type):
            column = column.cast(field.type.value_type)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            text = column.cast(pa.large_string())
            runs = compute.match_substring_regex(text, _FORMULA)
            if compute.any(runs).as_py():
                number = compute.match_substring_regex(text, _NUMBER)
                mark, glue = pa.scalar("'", pa.large_string()), pa.scalar("", pa.large_string())
                marked = compute.binary_join_element_wise(mark, text, glue)
                text = compute.if_else(compute.and_not(runs, number), marked, text)
                table = table.set_column(position, field.name, text)
    names = compute.match_substring_regex(pa.array(table.column_names, pa.string()), _FORMULA).to_pylist()
    return table.rename_columns(
        [f"'{name}" if runs else name for name, runs in zip(table.column_names, names, strict=True)]
    )


def _hex(value: bytes) -> str:
    return rf"\x{value.hex()}"
