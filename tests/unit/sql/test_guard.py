"""The guard: every tampering with a finished statement is noticed, and so is every pass that was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.decision import Decision, FieldPredicate, LookupPredicate, Obligations
from phantang.model.errors import GuardError
from phantang.sql import DIALECTS, guard, plan, resolve
from phantang.sql.language.allowlist import allow_list
from phantang.sql.rewriting.passes.differential_privacy import differential_privacy
from phantang.sql.rewriting.passes.join_raw_keys import join_raw_keys
from phantang.sql.rewriting.passes.push_predicates import push_predicates
from phantang.sql.rewriting.plan import PASSES

from ...property.twins import MASKS, SCHEMA, assets, corpus, decision

if TYPE_CHECKING:
    from phantang.model.plan import Plan

ROWS = "SELECT ho_ten, ton_giao, ma_xa FROM cong_dan c WHERE so_cccd = '001085000001' ORDER BY ho_ten"
GROUPS = "SELECT ma_xa, count(*) AS n FROM cong_dan GROUP BY ma_xa HAVING count(*) > 3"


def _decision(dialect: str, *, max_rows: int | None = None, min_group_size: int | None = None) -> Decision:
    owed = Obligations(max_rows=max_rows, min_group_size=min_group_size)
    allowed = decision(dialect, masks=MASKS, obligations=owed)
    predicates = (FieldPredicate("ma_tinh", "in", ("01", "02")), LookupPredicate("so_cccd"))
    return replace(allowed, rows={f"{SCHEMA[dialect]}.cong_dan": predicates if max_rows else predicates[:1]})


def _planned(sql: str, allowed: Decision, dialect: str) -> Plan:
    catalog = assets(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made


TAMPERING = [
    ("mask dropped", "CASE WHEN FALSE THEN {t}.\"ton_giao\" END AS \"ton_giao\"", '{t}."ton_giao"'),
    ("mask dropped under its alias", 'CASE WHEN FALSE THEN {t}."ton_giao" END', '{t}."ton_giao"'),
    ("mask turned over", "WHEN FALSE THEN", "WHEN TRUE THEN"),
    ("column swapped in a mask", 'FALSE THEN {t}."ton_giao"', 'FALSE THEN {t}."ho_ten"'),
    ("clear column swapped", '{t}."ma_xa", ', '{t}."ngay_sinh", '),
    ("column swapped under an alias", '{t}."ma_xa", ', '{t}."ghi_chu" AS "ma_xa", '),
    ("column added", '{t}."ma_xa", ', '{t}."ma_xa", {t}."ghi_chu" AS "x", '),
    ("star", '{t}."ma_xa", ', "*, "),
    ("filter widened", "IN ('01', '02')", "IN ('01', '02', '79')"),
    ("filter changed", "IN ('01', '02')", "NOT IN ('01', '02')"),
    ("filter removed", "{t}.\"ma_tinh\" IN ('01', '02') AND ", ""),
    ("filter made optional", "IN ('01', '02') AND", "IN ('01', '02') OR"),
    ("filter emptied", "IN ('01', '02')", "IN ('01', '02') OR TRUE"),
    ("lookup widened", "{t}.\"so_cccd\" = '001085000001' OFFSET", "{t}.\"so_cccd\" >= '001085000001' OFFSET"),
    ("lookup of another", "{t}.\"so_cccd\" = '001085000001' OFFSET", "{t}.\"so_cccd\" = '001190000002' OFFSET"),
    ("fence removed", " OFFSET 0)", ")"),
    ("fence moved", " OFFSET 0)", " OFFSET 1)"),
    ("limit removed", " LIMIT 9", ""),
    ("limit raised", " LIMIT 9", " LIMIT 10"),
    ("limit of another kind", " LIMIT 9", " LIMIT ALL"),
    ("table added", ' AS "c" WHERE', ' AS "c", "{s}"."ho_gia_dinh" WHERE'),
    ("unqualified table", ' AS "c" WHERE', ' AS "c", "ho_gia_dinh" WHERE'),
    ("another table", '"{s}"."cong_dan"', '"{s}"."ho_gia_dinh"'),
    ("another schema", '"{s}"."cong_dan"', '"kho"."cong_dan"'),
    ("another catalog", '"{s}"."cong_dan"', '"x"."{s}"."cong_dan"'),
    ("function", 'ORDER BY "ho_ten"', "ORDER BY pg_sleep(1)"),
    ("file", ' AS "c" WHERE', ' AS "c", read_csv(\'x\') WHERE'),
    ("union", "SELECT \"ho_ten\"", 'SELECT "a" FROM "{s}"."cong_dan" UNION SELECT "ho_ten"'),
    ("sub-query", "SELECT \"ho_ten\"", 'SELECT (SELECT min("ton_giao") FROM "{s}"."cong_dan"), "ho_ten"'),
    ("two statements", "SELECT \"ho_ten\"", 'DELETE FROM "{s}"."cong_dan"; SELECT "ho_ten"'),
    ("another statement", "SELECT \"ho_ten\"", 'CREATE TABLE x AS SELECT "ho_ten"'),
    ("parameter", 'ORDER BY "ho_ten"', "ORDER BY $1"),
    ("reserved name", 'ORDER BY "ho_ten"', 'ORDER BY "__phantang_unit0"'),
    ("raw unit shown", '{t}."ma_xa", ', '{t}."ma_xa", {t}."so_cccd" AS "__phantang_unit0", '),
    ("syntax", "SELECT", "SELECT SELECT"),
    ("one row of those that are hidden", " OFFSET 0)", " LIMIT 1 OFFSET 0)"),
    ("an order by what is hidden", " OFFSET 0)", ' ORDER BY {t}."ton_giao" OFFSET 0)'),
    ("different rows only", "FROM (SELECT CAST", "FROM (SELECT DISTINCT CAST"),
    ("columns renamed", ' AS "c" WHERE', ' AS "c"("so_cccd", "ma_xa", "ho_ten", "ton_giao") WHERE'),
    ("table named as a later WITH", 'SELECT "ho_ten"',
     'WITH "x" AS (SELECT 1 FROM "ho_gia_dinh"), "ho_gia_dinh" AS (SELECT 1) SELECT "ho_ten"'),
    ("table in the WHERE of a WITH", 'SELECT "ho_ten"',
     'WITH "x" AS (SELECT 1) SELECT (SELECT 1 FROM "x" WHERE EXISTS (SELECT 1 FROM "{s}"."cong_dan")), "ho_ten"'),
]  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("what", "old", "new"), TAMPERING)
def test_tampering_with_rows_is_noticed(what: str, old: str, new: str, dialect: str) -> None:
    allowed = _decision(dialect, max_rows=9)
    made = _planned(ROWS, allowed, dialect)
    old, new = (text.replace("{t}", '"cong_dan"').replace("{s}", SCHEMA[dialect]) for text in (old, new))
    assert old in made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=made.sql.replace(old, new, 1)), allowed, assets(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("row", ['"cong_dan"."ton_giao"', '"cong_dan"."ma_xa", 1'])
def test_where_no_column_is_read_none_is_shown(row: str, dialect: str) -> None:
    allowed = decision(dialect, masks=MASKS)
    made = _planned("SELECT count(*) AS n FROM cong_dan", allowed, dialect)
    assert '(SELECT 1 AS "__phantang_row" FROM' in made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=made.sql.replace("(SELECT 1 AS", f"(SELECT {row} AS")), allowed, assets(dialect))


COPIES = """SELECT ma_ho FROM cong_dan WHERE ma_xa = '00001' AND ngay_sinh < '1990-01-01' AND thu_nhap IN (1, 2)"""


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{t}.\"ma_xa\" = '00001'", "{t}.\"ton_giao\" = '00001'"),  # a masked column
        ("{t}.\"ma_xa\" = '00001'", "{t}.\"ma_xa\" = '00002'"),  # not what the query says
        ("{t}.\"ma_xa\" = '00001'", '{t}."ma_xa" = 1'),  # casts the column
        ("{t}.\"ma_xa\" = '00001'", '{t}."ma_xa" = {t}."ma_ho"'),
        ("{t}.\"ma_xa\" = '00001'", "({t}.\"ma_xa\" = '00001' OR TRUE)"),
        ("{t}.\"ma_xa\" = '00001'", 'CAST({t}."ma_xa" AS INTEGER) = 1'),
        ("{t}.\"ma_xa\" = '00001'", "{t}.\"ma_xa\" LIKE '00001'"),
        ("{t}.\"ma_xa\" = '00001'", "EXISTS (SELECT 1)"),
        ("{t}.\"ngay_sinh\" < '1990-01-01'", "{t}.\"ngay_sinh\" < '1990-02-30'"),
        ("{t}.\"ngay_sinh\" < '1990-01-01'", "{t}.\"ngay_sinh\" < 'x'"),
        ('{t}."thu_nhap" IN (1, 2)', '{t}."thu_nhap" IN (1, 2.5)'),
        ('{t}."thu_nhap" IN (1, 2)', '{t}."thu_nhap" IN (SELECT 1)'),
        ('{t}."thu_nhap" IN (1, 2)', '1 / {t}."thu_nhap" IN (1, 2)'),
    ],
)
def test_tampering_with_a_copied_condition_is_noticed(old: str, new: str, dialect: str) -> None:
    masks = {"cong_dan": {"ton_giao": MASKS["cong_dan"]["ton_giao"]}}
    allowed = decision(dialect, masks=masks, hide_rows=True)
    made = _planned(COPIES, allowed, dialect)
    old, new = (text.replace("{t}", '"cong_dan"') for text in (old, new))
    assert old in made.sql
    with pytest.raises(GuardError):
        guard(replace(made, sql=made.sql.replace(old, new, 1)), allowed, assets(dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">= 5", ">= 4"),
        (">= 5", "> 5"),
        ("COUNT(DISTINCT ", "COUNT("),
        ('"cong_dan"."so_cccd" AS "__phantang_unit0"', '"cong_dan"."ma_xa" AS "__phantang_unit0"'),
        ("THEN COUNT(*) > 3 ELSE FALSE", "THEN COUNT(*) > 3 ELSE TRUE"),
        ("WHEN COUNT", "WHEN TRUE OR COUNT"),
        ("HAVING CASE", "HAVING TRUE OR CASE"),
        ('SELECT "ma_xa", ', 'SELECT "ma_xa", "cong_dan"."__phantang_unit0", '),
        ('SELECT "ma_xa", COUNT(*)', 'SELECT "ma_xa", min("cong_dan"."__phantang_unit0")'),
        ('SELECT "ma_xa", ', 'SELECT "ma_xa", "ma_ho", '),
        (' GROUP BY "ma_xa"', ""),
        ("SELECT", "SELECT * FROM (SELECT"),
        ("SELECT", "SELECT (SELECT 1), "),
        ("SELECT", "SELECT ROW_NUMBER() OVER (), "),
        ("SELECT", 'WITH "x" AS (SELECT 1) SELECT'),
    ],
)
def test_tampering_with_groups_is_noticed(old: str, new: str, dialect: str) -> None:
    allowed = _decision(dialect, min_group_size=5)
    made = _planned(GROUPS, allowed, dialect)
    assert old in made.sql
    sql = made.sql.replace(old, new, 1) + (") t" if new.endswith("(SELECT") else "")
    with pytest.raises(GuardError):
        guard(replace(made, sql=sql), allowed, assets(dialect))


def test_rows_without_an_aggregate_are_noticed() -> None:
    allowed = decision("duckdb", masks=MASKS, obligations=Obligations(aggregate_only=True))
    made = _planned("SELECT count(*) FROM cong_dan", allowed, "duckdb")
    for sql in ("SELECT 1", 'SELECT 1 AS "x"'):
        with pytest.raises(GuardError):
            guard(replace(made, sql=made.sql.replace("SELECT COUNT(*)", sql)), allowed, assets("duckdb"))


def test_a_missing_having_is_noticed() -> None:
    allowed = _decision("duckdb", min_group_size=5)
    made = _planned(GROUPS, allowed, "duckdb")
    sql = made.sql[: made.sql.index(" HAVING")]
    with pytest.raises(GuardError):
        guard(replace(made, sql=sql), allowed, assets("duckdb"))


@pytest.mark.parametrize(
    "left_out",
    [one for one in PASSES if one not in (push_predicates, join_raw_keys, differential_privacy)],  # see test_privacy
    ids=lambda one: one.__name__,
)
def test_a_pass_left_out_is_noticed(left_out: object, monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr("phantang.sql.rewriting.plan.PASSES", tuple(one for one in PASSES if one is not left_out))
    catalog = assets("duckdb")
    caught = 0
    for sql, allowed in ((ROWS, _decision("duckdb", max_rows=9)), (GROUPS, _decision("duckdb", min_group_size=5))):
        made = plan(resolve(sql, "duckdb", catalog), allowed, catalog)
        try:
            guard(made, allowed, catalog)
        except GuardError:
            caught += 1
    assert caught


def test_a_plan_made_for_one_decision_does_not_pass_under_another() -> None:
    catalog = assets("duckdb")
    lax, strict = decision("duckdb"), decision("duckdb", masks=MASKS, hide_rows=True)
    made = plan(resolve("SELECT ho_ten FROM cong_dan", "duckdb", catalog), lax, catalog)
    guard(made, lax, catalog)
    for other in (strict, replace(lax, allow=False), replace(lax, columns={}), decision("duckdb", hide_rows=True)):
        with pytest.raises(GuardError):
            guard(made, other, catalog)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_knows_every_honest_query(dialect: str) -> None:
    for case in corpus("honest"):
        if dialect in case.dialects:
            _planned(case.sql.replace("main.", f"{SCHEMA[dialect]}."), decision(dialect, masks=MASKS), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_lists_have_no_construct_twice_and_reasons_everywhere(dialect: str) -> None:
    from importlib import resources

    import yaml

    for file in ("common", dialect):
        content = yaml.safe_load(resources.files("phantang.sql").joinpath("allow", f"{file}.yaml").read_text("utf-8"))
        groups = [group for section in content.values() if isinstance(section, list) for group in section]
        assert all(group["reason"] for group in groups)
    assert allow_list(dialect).counting.isdisjoint(allow_list(dialect).revealing)
