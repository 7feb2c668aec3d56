"""Registers keyed by `CHAR(n)`: looked up and filtered as text is, on a real server too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang import engines
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import (
    ColumnDecision,
    Decision,
    Effect,
    FieldPredicate,
    LookupPredicate,
    Obligations,
)
from phantang.model.footprint import Use
from phantang.model.names import TableName
from phantang.sql import guard, plan, resolve

if TYPE_CHECKING:
    from phantang.model.plan import Plan

PEOPLE = Asset(
    TableName("dan_cu", "public", "nguoi"),
    tuple(ColumnEntry(name, kind, Status.PROPOSED) for name, kind in (("so", "CHAR(12)"), ("ma_xa", "CHARACTER(5)"))),
)
CLEAR = ColumnDecision(Effect.CLEAR)
DECISION = Decision(
    allow=True,
    columns={"public.nguoi": {"so": CLEAR, "ma_xa": CLEAR}},
    rows={"public.nguoi": (LookupPredicate("so"), FieldPredicate("ma_xa", "eq", "00004"))},
    obligations=Obligations(),
    reasons=(),
    revision="r",
)
ONE = "SELECT so, ma_xa FROM nguoi WHERE so = '001090000003'"


def planned(sql: str, decision: Decision = DECISION) -> Plan:
    made = plan(resolve(sql, "postgres", [PEOPLE]), decision, [PEOPLE])
    guard(made, decision, [PEOPLE])
    return made


def test_an_equality_is_a_lookup() -> None:
    [table] = resolve(ONE, "postgres", [PEOPLE]).footprint.tables
    assert Use.LOOKUP in dict(table.columns)["so"]


def test_both_filters_stand_inside() -> None:
    inside = planned(ONE).sql.partition("OFFSET 0")[0]
    assert '"nguoi"."so" = \'001090000003\'' in inside
    assert '"nguoi"."ma_xa" = \'00004\'' in inside


@pytest.mark.parametrize("unit", ["00004", "00008"])
def test_the_server_finds_the_row_of_the_own_unit_only(postgres_database: str, unit: str) -> None:
    import psycopg
    from sqlalchemy.engine import make_url

    url = make_url(postgres_database)
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE nguoi (so char(12), ma_xa char(5))")
        connection.execute("INSERT INTO nguoi VALUES ('001090000003', '00004'), ('001090000004', '00004')")
    rows = (LookupPredicate("so"), FieldPredicate("ma_xa", "eq", unit))
    made = planned(ONE, replace(DECISION, rows={"public.nguoi": rows}))
    with engines.connect(postgres_database, "dan_cu") as engine:
        assert engine.run(made.sql, timeout=10).num_rows == (unit == "00004")
