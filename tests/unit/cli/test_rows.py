"""Answers as text: whatever a database returns, JSON stays JSON and CSV stays text."""

from __future__ import annotations

import csv
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from phantang.cli.rows import json_rows, write_rows
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pa.table(
    {
        "so": [math.nan, math.inf, 1.5],
        "tep": [b"\x00\xff", b"", None],
        "ds": pa.array([["á", None], [], None], pa.list_(pa.string())),
        "cap": pa.array([{"x": b"\x01"}, {"x": None}, None], pa.struct([("x", pa.binary())])),
        "tien": [Decimal("1.50"), Decimal("0.00"), None],
        "ngay": [date(2026, 1, 2), None, None],
        "luc": [datetime(2026, 1, 2, tzinfo=UTC), None, None],
    }
)


def test_json_holds_what_json_can(tmp_path: Path) -> None:
    out = tmp_path / "rows.json"
    write_rows(TABLE, "json", str(out))
    first, second, third = (
        json.loads(line, parse_constant=pytest.fail) for line in out.read_text("utf-8").splitlines()
    )
    assert first == {
        "so": "NaN", "tep": r"\x00ff", "ds": ["á", None], "cap": {"x": r"\x01"},
        "tien": "1.50", "ngay": "2026-01-02", "luc": "2026-01-02 00:00:00+00:00",
    }  # fmt: skip
    assert (second["so"], second["tep"], second["ds"]) == ("Infinity", r"\x", [])
    assert third == {"so": 1.5, "tep": None, "ds": None, "cap": None, "tien": None, "ngay": None, "luc": None}


def test_csv_takes_bytes_and_nested_values(tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    write_rows(TABLE.select(["tep", "ds", "cap"]), "csv", str(out))
    assert out.read_text("utf-8").splitlines() == [
        '"tep","ds","cap"', r'"\x00ff","[""á"", null]","{""x"": ""\\x01""}"', r'"\x","[]","{""x"": null}"', ",,",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a", "a_1"]),
        (["a", "a", "a_1", "a"], ["a", "a_2", "a_1", "a_3"]),
        ([], []),
    ],
)
def test_no_column_of_a_name_is_lost(names: list[str], expected: list[str]) -> None:
    table = pa.Table.from_arrays([pa.array([position]) for position in range(len(names))], names=names)
    rows = list(json_rows(table))
    assert rows == ([dict(zip(expected, range(len(names)), strict=True))] if names else [])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        write_rows(TABLE, "json", str(tmp_path / "khong" / "co"))
    assert error.value.code == "output_unwritable"


FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
]
PLAIN = ["Nguyễn Văn =", "", "-12", "+84 912 345 678", "-1.234,5", "'=1", " =1", "Ấp 3", None]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_spreadsheet_runs_no_cell(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({"=x": pa.array([*FORMULAS, *PLAIN]).cast(kind), "so": [-1] * (len(FORMULAS) + len(PLAIN))})
    out, raw = tmp_path / "rows.csv", tmp_path / "raw.csv"
    write_rows(table, "csv", str(out))
    write_rows(table, "csv", str(raw), raw=True)
    with out.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["'=x", "so"]
    assert [row[0] for row in rows] == [f"'{cell}" for cell in FORMULAS] + [cell or "" for cell in PLAIN]
    assert {row[1] for row in rows} == {"-1"}
    with raw.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["=x", "so"]
    assert [row[0] for row in rows] == [cell or "" for cell in (*FORMULAS, *PLAIN)]


def test_only_csv_is_for_spreadsheets(tmp_path: Path) -> None:
    table = pa.table({"x": ["=1"]})
    write_rows(table, "json", str(tmp_path / "x.json"))
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"x": "=1"}
    write_rows(pa.table({"x": pa.array([None], pa.string())}), "csv", str(tmp_path / "y.csv"))
    write_rows(pa.table({"x": pa.array([], pa.string())}), "csv", str(tmp_path / "z.csv"))
    assert (tmp_path / "z.csv").read_text(encoding="utf-8") == '"x"\n'
