"""Masks on real engines: values, types, NULLs, and no value that makes one fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.errors import GuardError
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import guard, plan, resolve

from ...property.twins import SCHEMA

if TYPE_CHECKING:
    from phantang.model.plan import Plan

GRID = {"kind": "grid", "step": 0.01}
BUCKET = {"kind": "bucket", "width": 10}
PROVINCE = {"kind": "place", "level": "province"}
CASES: list[tuple[str, Mask, dict[str, Any], str, Any]] = [
    ("VARCHAR", Mask.NONE, {}, "'An'", "An"),
    ("VARCHAR", Mask.NULL, {}, "'An'", None),
    ("VARCHAR", Mask.MASK, {}, "'Đỗ Thị Ánh, 12/3 Phố X'", "Xx Xxx Xxx, nn/n Xxx X"),
    ("VARCHAR", Mask.MASK, {}, "'日本 Ω'", "xx x"),
    ("VARCHAR", Mask.MASK, {}, "''", ""),
    ("VARCHAR", Mask.SHOW_LAST_4, {}, "'001085012345'", "nnnnnnnn2345"),
    ("VARCHAR", Mask.SHOW_LAST_4, {}, "'2345'", "nnnn"),
    ("VARCHAR", Mask.SHOW_FIRST_4, {}, "'001085012345'", "0010nnnnnnnn"),
    ("VARCHAR", Mask.SHOW_FIRST_4, {}, "'abc'", "xxx"),
    ("VARCHAR", Mask.HASH, {}, "'abc'", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("VARCHAR", Mask.GENERALIZE, GRID, "'abc'", None),
    ("VARCHAR", Mask.DATE_SHOW_YEAR, {}, "'19850302'", None),
    ("DATE", Mask.DATE_SHOW_YEAR, {}, "'1985-03-02'", "1985-01-01"),
    ("DATE", Mask.GENERALIZE, {"kind": "month"}, "'1985-03-02'", "1985-03-01"),
    ("DATE", Mask.DATE_SHOW_YEAR, {}, "'infinity'", None),
    ("DATE", Mask.DATE_SHOW_YEAR, {}, "'-infinity'", None),
    ("DATE", Mask.MASK, {}, "'1985-03-02'", None),
    ("TIMESTAMP", Mask.GENERALIZE, {"kind": "year"}, "'1985-03-02 10:11:12'", "1985-01-01 00:00:00"),
    ("TIMESTAMP", Mask.GENERALIZE, {"kind": "month"}, "'infinity'", None),
    ("TIMESTAMP WITH TIME ZONE", Mask.GENERALIZE, {"kind": "year"}, "'infinity'", None),
    ("DOUBLE PRECISION", Mask.GENERALIZE, GRID, "105.8547", 105.85),
    ("DOUBLE PRECISION", Mask.GENERALIZE, GRID, "-0.001", -0.01),
    ("DOUBLE PRECISION", Mask.GENERALIZE, {"kind": "grid", "step": 0.3}, "1.0", 0.8999999999999999),
    ("DOUBLE PRECISION", Mask.GENERALIZE, GRID, "'NaN'", None),
    ("DOUBLE PRECISION", Mask.GENERALIZE, GRID, "'Infinity'", None),
    ("DOUBLE PRECISION", Mask.GENERALIZE, GRID, "1e308", None),
    ("REAL", Mask.GENERALIZE, BUCKET, "1234.5", 1230.0),
    ("DECIMAL(9,2)", Mask.GENERALIZE, BUCKET, "123.45", 120.0),
    ("DECIMAL(4,2)", Mask.GENERALIZE, BUCKET, "-12.34", -20.0),
    ("INTEGER", Mask.GENERALIZE, BUCKET, "37", 30),
    ("INTEGER", Mask.GENERALIZE, BUCKET, "-1", -10),
    ("INTEGER", Mask.GENERALIZE, BUCKET, "-2147483648", None),
    ("INTEGER", Mask.GENERALIZE, BUCKET, "2147483647", 2147483640),
    ("BIGINT", Mask.GENERALIZE, BUCKET, "-9223372036854775808", None),
    ("SMALLINT", Mask.GENERALIZE, BUCKET, "32767", 32760),
    ("SMALLINT", Mask.GENERALIZE, {"kind": "bucket", "width": 30_000}, "5", None),
    ("INTEGER", Mask.MASK, {}, "5", None),
    ("INTEGER", Mask.HASH, {}, "5", None),
    ("SMALLINT", Mask.TOKEN, {}, "5", None),
    ("BIGINT", Mask.HASH, {}, "5", 0xEF2D127DE37B942),
    ("BIGINT", Mask.HASH, {}, "-9223372036854775808", 0x85386477F3AF47E),
    ("UUID", Mask.HASH, {}, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "0aca198e-e797-9a67-105e-1a1f69ddbff1"),
    ("DATE", Mask.GENERALIZE, {"kind": "age_band", "width": 10}, "'1989-12-31'", "1980-01-01"),
    ("DATE", Mask.GENERALIZE, {"kind": "age_band", "width": 7}, "'1985-03-02'", "1981-01-01"),
    ("DATE", Mask.GENERALIZE, {"kind": "age_band", "width": 10}, "'infinity'", None),
    ("DATE", Mask.GENERALIZE, {"kind": "age_band", "width": 10}, "'0009-05-05'", None),
    ("TIMESTAMP", Mask.GENERALIZE, {"kind": "age_band", "width": 5}, "'1989-12-31 23:59:59'", "1985-01-01 00:00:00"),
    ("INTEGER", Mask.GENERALIZE, {"kind": "age_band", "width": 5}, "1985", None),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'00004'", "01"),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'26734'", "79"),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'32249'", None),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'4'", None),
    ("TEXT", Mask.GENERALIZE, PROVINCE, "'Số 1, phường Cửa Đông, Thành phố Hà Nội.'", "01"),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'Thôn 3, xã Đồng Văn, tỉnh Hà Giang'", "08"),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'12 Lê Lợi, Q.1, TP.HCM'", "79"),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'Hà Nội, quê của tôi'", None),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "'x, =01|Hà Giang'", None),
    ("VARCHAR", Mask.GENERALIZE, PROVINCE, "''", None),
    ("INTEGER", Mask.GENERALIZE, PROVINCE, "4", 1),
    ("BIGINT", Mask.GENERALIZE, PROVINCE, "32248", 96),
    ("SMALLINT", Mask.GENERALIZE, PROVINCE, "0", None),
    ("DOUBLE PRECISION", Mask.GENERALIZE, PROVINCE, "4", None),
    ("BOOLEAN", Mask.MASK, {}, "true", None),
    ("BOOLEAN", Mask.GENERALIZE, GRID, "true", None),
    ("UUID", Mask.MASK, {}, "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", None),
    ("INTEGER[]", Mask.NULL, {}, "NULL", None),
]


def planned(
    kind: str,
    mask: Mask,
    params: dict[str, Any],
    dialect: str,
    sql: str = "SELECT c FROM t",
    others: dict[str, str] | None = None,
) -> Plan:
    """Return the guarded plan of a query over `t`, whose column `c` is masked; `others` are its clear columns."""
    kinds = {**(others or {}), "c": kind}
    entries = tuple(
        ColumnEntry(name, spelled, Status.ACCEPTED, "x", tier=Tier.T2, personal_class=PersonalClass.BASIC)
        for name, spelled in kinds.items()
    )
    catalog = (Asset(TableName("s", SCHEMA[dialect], "t"), entries),)
    clear = dict.fromkeys(others or {}, ColumnDecision(Effect.CLEAR))
    columns = {f"{SCHEMA[dialect]}.t": {**clear, "c": ColumnDecision(Effect.MASK, mask, params)}}
    allowed = Decision(True, columns, {}, Obligations(), (), "r")
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made


def _check(got: Any, wanted: Any) -> None:
    if isinstance(wanted, float):
        assert float(got) == pytest.approx(wanted, abs=1e-12)
    else:
        assert (None if got is None else type(wanted)(str(got))) == wanted if wanted is not None else got is None


@pytest.mark.parametrize(("kind", "mask", "params", "value", "wanted"), CASES)
def test_on_duckdb(kind: str, mask: Mask, params: dict[str, Any], value: str, wanted: Any) -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t (c {kind})")
    connection.execute(f"INSERT INTO t VALUES ({value}), (NULL)")
    made = planned(kind, mask, params, "duckdb")
    result = connection.execute(made.sql)
    original = connection.execute("SELECT c FROM t").description
    assert [column[:2] for column in connection.execute(made.sql).description] == [column[:2] for column in original]
    rows = connection.execute(made.sql).fetchall()
    _check(rows[0][0], wanted)
    assert rows[1][0] is None
    assert result is not None


@pytest.mark.postgres
@pytest.mark.parametrize(("kind", "mask", "params", "value", "wanted"), CASES)
def test_on_postgres(
    kind: str, mask: Mask, params: dict[str, Any], value: str, wanted: Any, postgres_server: Any
) -> None:
    with postgres_server.connect() as connection, connection.transaction(force_rollback=True):
        connection.execute(f"CREATE TABLE t (c {kind})")
        connection.execute(f"INSERT INTO t VALUES ({value}), (NULL)")
        result = connection.execute(planned(kind, mask, params, "postgres").sql)
        assert result.description[0].type_code == connection.execute("SELECT c FROM t").description[0].type_code
        rows = result.fetchall()
    _check(rows[0][0], wanted)
    assert rows[1][0] is None


def test_a_mask_that_does_not_fit_is_noted() -> None:
    assert planned("INTEGER", Mask.HASH, {}, "duckdb").notes == ("mask_fallback:main.t.c:MASK_NULL",)
    assert planned("INTEGER", Mask.NULL, {}, "duckdb").notes == ()
    assert planned("INTEGER", Mask.HASH, {}, "duckdb").columns[0].mask is Mask.NULL


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"kind": "khac"},
        {"kind": "grid"},
        {"kind": "grid", "step": 0},
        {"kind": "grid", "step": -1},
        {"kind": "bucket", "width": "10"},
        {"kind": "bucket", "width": float("nan")},
        {"kind": "place"},
        {"kind": "place", "level": "commune"},
    ],
)
def test_parameters_outside_the_contract_stop_the_query(params: dict[str, Any]) -> None:
    with pytest.raises(GuardError):
        planned("DOUBLE", Mask.GENERALIZE, params, "duckdb")


def test_tokens_join_under_one_key_and_the_key_is_not_in_the_text() -> None:
    made = planned(
        "VARCHAR", Mask.TOKEN, {}, "duckdb", "SELECT a.c, count(*) FROM t a JOIN t b ON a.c = b.c GROUP BY 1"
    )
    assert made.parameters == ("token_key",)
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('1'), ('1'), ('2')) v(c)")
    one, other = (sorted(connection.execute(made.sql, [key]).fetchall()) for key in ("khoá 1", "khoá 2"))
    assert [count for _, count in one] == [count for _, count in other] or len(one) == len(other) == 2
    assert {token for token, _ in one}.isdisjoint(token for token, _ in other)
    assert all(token.startswith("tk_") and len(token) == 35 for token, _ in one)


@pytest.mark.postgres
def test_tokens_are_the_same_on_both_engines(postgres_server: Any) -> None:
    import psycopg

    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'Đỗ' AS c")
    (mine,) = connection.execute(planned("VARCHAR", Mask.TOKEN, {}, "duckdb").sql, ["k"]).fetchall()
    with postgres_server.connect() as server, server.transaction(force_rollback=True):
        server.execute("CREATE TABLE t AS SELECT 'Đỗ'::varchar AS c")
        made = planned("VARCHAR", Mask.TOKEN, {}, "postgres")
        assert psycopg.RawCursor(server).execute(made.sql, ["k"]).fetchone() == mine


def test_lookup_shows_the_value_asked_for_and_no_other() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('1'), ('2')) v(c)")
    looked_up = planned("VARCHAR", Mask.LOOKUP, {}, "duckdb", "SELECT c FROM t WHERE c = '1'")
    assert connection.execute(looked_up.sql).fetchall() == [("1",)]
    without = planned("VARCHAR", Mask.LOOKUP, {}, "duckdb")
    assert connection.execute(without.sql).fetchall() == [(None,), (None,)]


@pytest.mark.parametrize("width", [0, 101, 2.5, True, "5", None])
def test_bands_outside_the_contract_stop_the_query(width: Any) -> None:
    with pytest.raises(GuardError):
        planned("DATE", Mask.GENERALIZE, {"kind": "age_band", "width": width}, "duckdb")


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["BIGINT", "UUID"])
@pytest.mark.parametrize("mask", [Mask.TOKEN, Mask.HASH])
def test_masked_keys_join_and_are_the_same_on_both_engines(kind: str, mask: Mask, postgres_server: Any) -> None:
    import psycopg

    keys = "'1e0dd1cd-0000-4000-8000-%012d'" if kind == "UUID" else "%d"
    values = ", ".join(f"({keys % number})" for number in range(1, 40))
    sql = "SELECT a.c FROM t a JOIN t b ON a.c = b.c"
    secrets = ["khoá"] if mask is Mask.TOKEN else []
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t (c {kind})")
    connection.execute(f"INSERT INTO t VALUES {values}, (NULL)")
    mine = sorted(connection.execute(planned(kind, mask, {}, "duckdb", sql).sql, secrets).fetchall())
    assert len(set(mine)) == 39
    with postgres_server.connect() as server, server.transaction(force_rollback=True):
        server.execute(f"CREATE TABLE t (c {kind})")
        server.execute(f"INSERT INTO t VALUES {values}, (NULL)")
        theirs = psycopg.RawCursor(server).execute(planned(kind, mask, {}, "postgres", sql).sql, secrets).fetchall()
    assert sorted(theirs) == mine
