"""What a generation expression reads: rather a column too many than one too few."""

from __future__ import annotations

import pytest

from phantang.sql import columns_read

COLUMNS = ("so_cccd", "Số thẻ", "ngay_sinh", "diem", "ho", "ten")
#: Dialect, expression as the database spells it, and what of COLUMNS it reads.
READ = [
    ("duckdb", 'CAST("right"(so_cccd, 12) AS VARCHAR)', ["so_cccd"]),
    ("duckdb", 'CAST(("Số thẻ" + 1) AS INTEGER)', ["Số thẻ"]),
    ("duckdb", "CAST(date_trunc('year', ngay_sinh) AS DATE)", ["ngay_sinh"]),
    ("duckdb", "CAST(upper(SO_CCCD) AS VARCHAR)", ["so_cccd"]),
    ("duckdb", "CAST(NULL AS INTEGER)", []),
    ("postgres", '"right"((so_cccd)::text, 12)', ["so_cccd"]),
    ("postgres", "(((ho)::text || ' diem '::text) || (ten)::text)", ["ho", "ten"]),
    ("postgres", "EXTRACT(year FROM ngay_sinh)", ["ngay_sinh"]),
    ("postgres", "lower((ten)::text COLLATE \"C\")", ["ten"]),
    ("postgres", "(diem OPERATOR(khac.+) 1)", ["diem"]),
    ("mysql", "right(`so_cccd`,12)", ["so_cccd"]),
    ("mysql", "concat(`ho`,_utf8mb4'ten')", ["ho"]),
    ("sqlite", "substr(so_cccd, -12)", ["so_cccd"]),
    ("oracle", 'SUBSTR("TEN",1,2)', ["ten"]),
]  # fmt: skip
OBSCURE = [
    ("duckdb", "((("),
    ("duckdb", ""),
    ("duckdb", "ten; ho"),
    ("duckdb", "'chưa hết"),
    ("duckdb", "CAST(che(ten) AS VARCHAR)"),
    ("duckdb", "(SELECT max(ten) FROM khac)"),
    ("postgres", "public.che(ten)"),
    ("mysql", "che(`ten`)"),
    ("khong-co", "che(ten)"),
    ("duckdb", "(" * 3_000 + "ten" + ")" * 3_000),
    ("duckdb", "ten || " * 4_000 + "ten"),
]


@pytest.mark.parametrize(("dialect", "expression", "reads"), READ)
def test_words_called_like_columns_are_read(dialect: str, expression: str, reads: list[str]) -> None:
    assert columns_read(expression, dialect, COLUMNS) == tuple(reads)


@pytest.mark.parametrize(("dialect", "expression"), OBSCURE)
def test_what_nobody_can_read_may_read_everything(dialect: str, expression: str) -> None:
    assert columns_read(expression, dialect, COLUMNS) == COLUMNS
