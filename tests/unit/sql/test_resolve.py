"""Resolving: footprints, refusals, names, hostile text."""

from __future__ import annotations

import unicodedata
from typing import Any, Literal

import pytest
import yaml
from sqlglot import parse_one
from sqlglot.errors import ParseError

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import Refused, messages
from phantang.model.names import TableName
from phantang.model.tier import Tier
from phantang.sql import DIALECTS, resolve
from phantang.sql.guarding.syntax import permitted
from phantang.sql.language.allowlist import allow_list

from ...property.twins import FIXTURES, assets


def _read(name: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))
    return cases


def _both(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(case, dialect, id=f"{number}-{dialect}")
        for number, case in enumerate(cases, start=1)
        for dialect in (DIALECTS if "dialect" not in case else (case["dialect"],))
    ]


@pytest.mark.parametrize(("case", "dialect"), _both(_read("footprints.yaml")))
def test_footprints(case: dict[str, Any], dialect: str) -> None:
    footprint = resolve(case["sql"], dialect, assets(dialect)).footprint
    uses = {use.table.table: {name: sorted(roles) for name, roles in use.columns} for use in footprint.tables}
    assert uses == {
        table: {name: sorted(roles) for name, roles in columns.items()} for table, columns in case["uses"].items()
    }
    outputs = {
        output.name: [f"{one.table.table}.{one.column}" for one in output.sources] for output in footprint.outputs
    }
    assert outputs == case.get("outputs", outputs)
    shape = {name: getattr(footprint.shape, name) for name in case.get("shape", {})}
    assert shape == case.get("shape", {})


@pytest.mark.parametrize(("case", "dialect"), _both(_read("refusals.yaml")))
def test_refusals_name_what_was_not_understood(case: dict[str, Any], dialect: str) -> None:
    with pytest.raises(Refused) as caught:
        resolve(case["sql"], dialect, assets(dialect))
    assert caught.value.code == case["code"]
    if "name" in case:
        assert caught.value.params["name"] == case["name"]
    for lang in ("vi", "en"):
        assert "<" not in caught.value.message(lang) + caught.value.remedy(lang)
        assert "\n" not in caught.value.message(lang)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("SELECT " + "(" * 10_000 + "1" + ")" * 10_000, id="parentheses"),
        pytest.param("SELECT * FROM " + "(SELECT * FROM " * 5_000 + "cong_dan" + ")" * 5_000, id="sub-queries"),
        pytest.param("SELECT " + "NOT " * 10_000 + "true", id="prefixes"),
        pytest.param("SELECT " + "- " * 10_000 + "1", id="signs"),
        pytest.param("SELECT * FROM cong_dan " + "JOIN cong_dan " * 9_000 + "ON true " * 9_000, id="joins"),
        pytest.param("SELECT " + "FROM " * 10_000 + "cong_dan", id="from"),
        pytest.param("FROM " * 10_000 + "cong_dan", id="from first"),
        pytest.param("SELECT " + "CASE WHEN " * 5_000 + "1", id="case"),
        pytest.param("SELECT 1" + "::int" * 10_000, id="casts"),
        pytest.param("SELECT a" + ".a" * 10_000 + " FROM cong_dan", id="dots"),
        pytest.param("SELECT " + "[" * 10_000, id="brackets"),
        pytest.param("SELECT '" + "x" * 1_000_000 + "'", id="megabyte literal"),
        pytest.param("SELECT " + "ho_ten, " * 150_000 + "1 FROM cong_dan", id="megabyte list"),
        pytest.param("SELECT 1 BETWEEN 1 AND 1" + " BETWEEN 1 AND 1" * 5_000, id="between"),
        pytest.param("SELECT 1 /* " + "/* " * 20_000, id="comments"),
        pytest.param("SELECT \ud800", id="lone surrogate"),
        pytest.param("SELECT 1 \x00", id="nul"),
        pytest.param("\ufeff\u200b", id="invisible"),
        pytest.param("SELECT '" + "\\" * 100_001, id="backslashes"),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_text_is_refused_cleanly(sql: str, dialect: str) -> None:
    with pytest.raises(Refused) as caught:
        resolve(sql, dialect, assets(dialect))
    assert len(caught.value.message("vi")) < 300


@pytest.mark.parametrize("dialect", DIALECTS)
def test_long_flat_statements_are_fine(dialect: str) -> None:
    values = ", ".join(f"'{n}'" for n in range(5_000))
    chain = " OR ".join(f"ma_xa = '{n}'" for n in range(1_000))
    resolve(f"SELECT ho_ten FROM cong_dan WHERE so_cccd IN ({values}) AND ({chain})", dialect, assets(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_unicode_forms_of_an_identifier_are_one_name(dialect: str, form: Literal["NFC", "NFD"]) -> None:
    sql = unicodedata.normalize(form, 'SELECT "Họ tên mẹ" FROM "KhaiSinh"')
    (use,) = resolve(sql, dialect, assets(dialect)).footprint.tables
    assert use.columns[0][0] == unicodedata.normalize("NFC", "Họ tên mẹ")


def test_identifiers_fold_as_the_engine_folds_them() -> None:
    for sql in ("SELECT HO_TEN FROM CONG_DAN", 'SELECT "Ho_Ten" FROM "CONG_DAN"'):
        assert resolve(sql, "duckdb", assets("duckdb")).footprint.tables[0].columns[0][0] == "ho_ten"
    assert (
        resolve("SELECT HO_TEN FROM CONG_DAN", "postgres", assets("postgres")).footprint.tables[0].columns[0][0]
        == "ho_ten"
    )
    with pytest.raises(Refused):
        resolve('SELECT "Ho_Ten" FROM cong_dan', "postgres", assets("postgres"))


def test_the_fingerprint_ignores_literals_and_nothing_else() -> None:
    def of(sql: str) -> str:
        return resolve(sql, "duckdb", assets("duckdb")).footprint.fingerprint

    assert of("SELECT ho_ten FROM cong_dan WHERE so_cccd = '1'") == of(
        "select HO_TEN from cong_dan  where so_cccd = '22' -- x"
    )
    assert of("SELECT ho_ten FROM cong_dan LIMIT 1") != of("SELECT ma_xa FROM cong_dan LIMIT 1")
    assert of("SELECT ho_ten FROM cong_dan LIMIT 1").startswith("sha256:")


def test_the_footprint_holds_no_literal() -> None:
    footprint = resolve(
        "SELECT ho_ten FROM cong_dan WHERE so_cccd = '001085000001'", "duckdb", assets("duckdb")
    ).footprint
    assert "001085000001" not in repr(footprint)


def test_every_code_raised_here_has_its_texts() -> None:
    for code, entry in messages().items():
        assert set(entry) - {"remedy_near"} == {"sqlstate", "exit", "message", "remedy"}, code


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        resolve("SELECT 1", "oracle", ())
    assert caught.value.code == "sql_dialect"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_reads_every_function_called_by_a_plain_name(dialect: str) -> None:
    """The guard parses without our marks: what sqlglot makes of a listed name must be listed for the guard, too."""
    strange = set()
    for name in allow_list(dialect).plain:
        for arguments in ("a", "a, b", "a, b, c", "'x', 1", ""):
            try:
                tree = parse_one(f"SELECT {name}({arguments})", read=dialect)
            except ParseError:
                continue
            kinds = {type(node).__name__ for node in tree.walk()} - {"Anonymous"}
            strange |= {(name, kind) for kind in kinds - permitted(dialect)["nodes"]}
    assert not strange


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_limit_is_a_number_known_before_the_query_runs(dialect: str) -> None:
    def limit(clause: str) -> int | None:
        return resolve(f"SELECT ho_ten FROM cong_dan LIMIT {clause}", dialect, assets(dialect)).footprint.shape.limit

    assert (limit("5"), limit("2 * (3 + 4)"), limit("ALL" if dialect == "postgres" else "NULL")) == (5, 14, None)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_recursive_cte_is_influenced_by_all_it_touches(dialect: str) -> None:
    sql = (
        "WITH RECURSIVE t(ten, n) AS (SELECT ho_ten, 1 FROM cong_dan UNION ALL "
        "SELECT ten, n + 1 FROM t JOIN ho_gia_dinh h ON h.so_nhan_khau > t.n WHERE n < 3) SELECT n FROM t"
    )
    footprint = resolve(sql, dialect, assets(dialect)).footprint
    assert {source.column for source in footprint.outputs[0].sources} == {"ho_ten", "so_nhan_khau"}
    assert not footprint.shape.aggregate_only


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT ho_ten" + "[1]" * 8000 + " FROM cong_dan", "sql_too_deep"),
        ("SELECT 1 FROM " + ", ".join(f"cong_dan a{i}" for i in range(8000)), "sql_too_deep"),
        (
            "WITH a0 AS (SELECT ho_ten FROM cong_dan), "
            + ", ".join(f"a{i} AS (SELECT * FROM a{i - 1} x, a{i - 1} y)" for i in range(1, 23))
            + " SELECT 1 FROM a22",
            "sql_too_large",
        ),
    ],
    ids=["subscripts", "comma joins", "stars that double"],
)
def test_what_would_exhaust_the_resolver_is_refused(sql: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve(sql, "duckdb", assets("duckdb"))
    assert refused.value.code == code


_TABLES = tuple(
    Asset(TableName("hk", schema, table), (ColumnEntry("HoTen", "text", Status.ACCEPTED, tier=Tier(tier)),))
    for schema, table, tier in (
        ("hk", "NhanKhau", "T2"), ("cu", "NhanKhau", "T2"), ("public", "ho_gia_dinh", "T2"), ("hk", "NhanKhauMat", "T5")
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "code", "near"),
    [
        ('SELECT 1 FROM "NhanKhau"', "table_unknown", 'hk."NhanKhau", cu."NhanKhau"'),
        ("SELECT 1 FROM nhankhau", "table_unknown", 'hk."NhanKhau", cu."NhanKhau"'),
        ("SELECT 1 FROM hogiadinh", "table_unknown", "ho_gia_dinh"),
        ("SELECT 1 FROM NhanKhauMat", "table_unknown", 'hk."NhanKhau", cu."NhanKhau"'),
        ("SELECT 1 FROM xe_may", "table_unknown", ""),
        ("SELECT ho_ten FROM ho_gia_dinh", "column_unknown", '"HoTen"'),
        ("SELECT x.ho_ten FROM ho_gia_dinh x", "column_unknown", '"HoTen"'),
        ("SELECT dia_chi FROM ho_gia_dinh", "column_unknown", ""),
    ],
)
def test_an_unknown_name_comes_with_what_may_have_been_meant(sql: str, code: str, near: str) -> None:
    with pytest.raises(Refused) as caught:
        resolve(sql, "postgres", _TABLES)
    assert (caught.value.code, caught.value.params["near"]) == (code, near)
    for lang in ("vi", "en"):
        assert near in caught.value.remedy(lang)
        assert "<" not in caught.value.remedy(lang)
