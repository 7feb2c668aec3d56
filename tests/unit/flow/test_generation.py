"""Columns that a database computes from others: which tables they reach, and what of a secret they hold."""

from __future__ import annotations

from phantang.flow.scan.generation import generations, made_of, marked, reading, tables_read
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import UNKNOWN, ColumnInfo, TableInfo

DAN, NHIN, NUA, LA = (TableName("s", "main", name) for name in ("dan", "nhin", "nua", "la"))
INFOS = (
    TableInfo(DAN, (ColumnInfo("so", "VARCHAR"), ColumnInfo("duoi", "VARCHAR", generated='"right"(so, 4)'))),
    TableInfo(
        NHIN,
        (ColumnInfo("x", "VARCHAR"), ColumnInfo("y", "VARCHAR")),
        "view",
        definition="SELECT so, duoi || '.' FROM dan",
    ),
    TableInfo(NUA, (ColumnInfo("z", "VARCHAR"),), "view", definition="SELECT y FROM nhin"),
    TableInfo(LA, (ColumnInfo("z", "VARCHAR"),), "view", definition="SELECT so || che() FROM dan"),
)


def test_a_secret_reaches_what_is_computed_from_it_through_views() -> None:
    found = generations(INFOS, "duckdb")
    made = made_of(found, INFOS)
    assert found[LA]["z"].reads == ("main.dan.so", UNKNOWN)
    assert [one.unchanged for one in found[NHIN].values()] == [True, False]
    assert tables_read(made) == {DAN: {DAN}, NHIN: {NHIN, DAN}, NUA: {NUA, NHIN, DAN}, LA: {LA, DAN}}
    reached = reading({DAN: frozenset({"duoi"})}, made)
    assert reached == {DAN: {"duoi"}, NHIN: {"y"}, NUA: {"z"}}
    assert made[ColumnName(NHIN, "x")] == (ColumnName(DAN, "so"),)


def test_views_of_a_source_that_is_only_scanned_are_not_read() -> None:
    assert generations(INFOS, "mysql")[NHIN] == {}


def test_a_column_handed_on_is_not_marked() -> None:
    found = generations(INFOS, "duckdb")
    assert [one.generated for one in marked(INFOS[1], found[NHIN]).columns] == [None, ""]
    assert marked(INFOS[0], found[DAN]) == INFOS[0]
