"""What columns of views are made of: bound like a question, or else whatever the text mentions."""

from __future__ import annotations

import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.names import TableName
from phantang.sql import mentioned, view_columns

TABLES = {"main.dan": "so ten nam", "main.xa": "ma ten", "khac.dan": "so bi_mat"}
ASSETS = [
    Asset(
        TableName("s", *name.split(".")),
        tuple(ColumnEntry(one, "VARCHAR", Status.PROPOSED) for one in columns.split()),
    )
    for name, columns in TABLES.items()
]
#: The text as the database keeps it, and of each column what is behind it, with `=` before one that is unchanged.
UNDERSTOOD = {
    "SELECT so, right(so, 4) AS duoi FROM dan": ["=main.dan.so", "main.dan.so"],
    "CREATE VIEW v AS SELECT so FROM dan;": ["=main.dan.so"],
    'CREATE VIEW main."as" (a, b) AS (SELECT ten AS x, 1 FROM dan)': ["=main.dan.ten", ""],
    "WITH t AS (SELECT so || ten AS x, so FROM dan) SELECT x, so FROM t": [
        "main.dan.so main.dan.ten", "=main.dan.so",
    ],
    "SELECT x.ten, count(*), max(dan.nam) FROM dan JOIN xa AS x ON dan.ten = x.ma GROUP BY x.ten": [
        "=main.xa.ten", "", "main.dan.nam",
    ],
    "SELECT so FROM dan UNION ALL SELECT bi_mat FROM khac.dan": ["khac.dan.bi_mat main.dan.so"],
    "SELECT (SELECT max(bi_mat) FROM khac.dan) AS x FROM xa": ["khac.dan.bi_mat"],
    "SELECT CASE WHEN nam = '1' THEN 'a' END AS x FROM dan": ["main.dan.nam"],
    "SELECT * FROM xa": ["=main.xa.ma", "=main.xa.ten"],
}  # fmt: skip
OBSCURE = [
    "SELECT so FROM dan WHERE random() > 0",
    "CREATE VIEW v",
    "",
    "SELECT so FROM khong_co",
    "SELECT che(so) FROM dan",
]


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_each_column_names_what_is_behind_it(text: str) -> None:
    found = view_columns(text, "duckdb", "main", ASSETS)
    assert found is not None
    told = [
        ("=" if one.unchanged else "") + " ".join(f"{it.table.local}.{it.column}" for it in one.sources)
        for one in found
    ]
    assert told == UNDERSTOOD[text]


@pytest.mark.parametrize("text", OBSCURE)
def test_what_is_not_understood_says_so(text: str) -> None:
    assert view_columns(text, "duckdb", "main", ASSETS) is None


def test_a_table_without_schema_is_that_of_the_views_schema() -> None:
    assert view_columns("SELECT so FROM dan", "duckdb", "khac", ASSETS) is None
    assert view_columns("SELECT so FROM khac.dan", "duckdb", "khac", ASSETS) is not None


def test_of_an_obscure_text_everything_it_mentions_counts() -> None:
    def told(text: str) -> set[str]:
        return {f"{one.table.local}.{one.column}" for one in mentioned(text, "duckdb", ASSETS)}

    assert told("SELECT che(SO) FROM Dan") == {"main.dan.so", "khac.dan.so"}
    assert told("SELECT * FROM che(xa)") == {"main.xa.ma", "main.xa.ten"}
    assert told("SELECT 'dan'") == set()
    assert told("SELECT 'chưa hết") == set()
