"""Statistics over plain sub-selects are flat ones, and what could hide a choice of rows is judged as if written so."""

from __future__ import annotations

import pytest

from phantang.model.decision import Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.footprint import Use
from phantang.sql import DIALECTS, guard, plan, resolve
from phantang.sql.disclosure.selecting import selection

from ...property.twins import assets, corpus, decision

OWED = Obligations(aggregate_only=True, min_group_size=3)
#: How many of the corpus stay as they are written: joins that move no filter, and what is no flat statement at all.
STAY = 7


def planned(text: str, dialect: str) -> str:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    made = plan(resolve(text, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made.sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_statistics_of_bi_tools_are_answered(dialect: str) -> None:
    stay = []
    for case in corpus("honest"):
        if case.file == "bi_statistics":
            try:
                planned(case.sql, dialect)
            except Refused:
                stay.append(case.number)
    assert len(stay) == STAY, stay


#: Each owes groups of people and would answer for a few of them if a sub-select were taken at its word.
HOSTILE = {
    "SELECT sum(f) FROM (SELECT CASE WHEN ho_ten = 'A' THEN 1 ELSE thu_nhap END AS f FROM cong_dan) s": (
        "group_size_unsupported"
    ),
    "SELECT sum(s.f) FROM (SELECT strpos(ho_ten, 'An') AS f FROM cong_dan) s": "group_size_unsupported",
    "SELECT count(f) FROM (SELECT nullif(ma_xa, '00001') AS f FROM cong_dan) s": "group_size_unsupported",
    "WITH a AS (SELECT thu_nhap - 1 AS d FROM cong_dan) SELECT sum(a.d * a.d) FROM a": "group_size_unsupported",
    "SELECT count(*) FROM (SELECT a.ma_xa FROM cong_dan a, cong_dan b WHERE a.ton_giao = 'x' OR b.ma_tinh = '1') s": (
        "group_size_unsupported"
    ),
    "SELECT count(*) FROM (SELECT ton_giao = 'x' AS f, ma_ho FROM cong_dan) a JOIN (SELECT ma_ho h, ma_xa = '1' AS g "
    "FROM ho_gia_dinh) b ON a.ma_ho = b.h WHERE a.f OR b.g": "group_size_unsupported",
    "SELECT max(x.t) FROM (SELECT thu_nhap AS t FROM cong_dan) x": "group_size_value",
    "SELECT x.m FROM (SELECT max(thu_nhap) AS m FROM cong_dan) x": "group_size_value",
    **dict.fromkeys(
        [
            "SELECT count(*) FROM (SELECT 1 AS f FROM cong_dan LIMIT 1) s",
            "SELECT count(*) FROM (SELECT so_cccd FROM cong_dan ORDER BY thu_nhap DESC LIMIT 1) s",
            "SELECT sum(n) FROM (SELECT count(*) AS n FROM cong_dan GROUP BY ma_xa) s",
            "SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY thu_nhap) AS r FROM cong_dan) s WHERE r = 1",
            "SELECT count(*) FROM (SELECT ma_xa FROM cong_dan UNION SELECT ma_xa FROM ho_gia_dinh) s",
            "SELECT s.so_cccd FROM (SELECT so_cccd, ma_xa FROM cong_dan) s",
            "SELECT s.n FROM (SELECT count(*) AS n FROM cong_dan GROUP BY ma_xa) s WHERE EXISTS (SELECT 1)",
            "SELECT s.n FROM (SELECT count(*) AS n FROM cong_dan) s, ho_gia_dinh h",
            "SELECT sum(1) FROM cong_dan LEFT JOIN (SELECT ma_ho k FROM ho_gia_dinh WHERE ma_xa > '') h ON k = ma_ho",
            "SELECT count(s) FROM (SELECT ma_xa FROM cong_dan) s",
        ],
        "aggregate_required",
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_sub_select_hides_no_choice_of_rows(dialect: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(text, dialect)
    assert refused.value.code == HOSTILE[text]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_policy_sees_what_the_flat_statement_does_with_columns(dialect: str) -> None:
    text = "SELECT s.x, avg(s.t) FROM (SELECT ma_xa AS x, thu_nhap AS t, ho_ten FROM cong_dan) s GROUP BY s.x"
    [table] = resolve(text, dialect, assets(dialect)).footprint.tables
    assert dict(table.columns) == {"ma_xa": {Use.OUTPUT, Use.GROUP}, "thu_nhap": {Use.AGGREGATE}}
    hidden = "SELECT s.x, count(*) FROM (SELECT ho_ten || ma_xa AS x FROM cong_dan) s GROUP BY s.x"
    [table] = resolve(hidden, dialect, assets(dialect)).footprint.tables
    assert dict(table.columns)["ho_ten"] == {Use.OUTPUT, Use.GROUP}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_question_is_the_same_answer_however_it_is_wrapped(dialect: str) -> None:
    catalog, allowed = assets(dialect), decision(dialect, obligations=OWED)
    texts = (
        "SELECT ma_xa, count(*) FROM cong_dan WHERE ma_tinh = '01' GROUP BY ma_xa",
        "SELECT s.x, count(*) FROM (SELECT ma_xa AS x FROM cong_dan WHERE ma_tinh = '01') s GROUP BY 1",
        "SELECT t.x FROM (SELECT s.x FROM (SELECT ma_xa AS x FROM cong_dan WHERE ma_tinh = '01') s GROUP BY s.x) t",
    )
    found = {selection(resolve(text, dialect, catalog), allowed, catalog) for text in texts}
    assert len({one.rows for one in found if one is not None}) <= 2
    assert {one.keys for one in found if one is not None} == {next(one.keys for one in found if one is not None)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ctes_that_double_with_each_other_stop(dialect: str) -> None:
    steps = ["a0 AS (SELECT thu_nhap AS x FROM cong_dan)"]
    steps += [f"a{step + 1} AS (SELECT x + x AS x FROM a{step})" for step in range(30)]
    with pytest.raises(Refused):
        planned(f"WITH {', '.join(steps)} SELECT sum(x) FROM a30", dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_takes_no_sub_select_for_granted(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave everything but the guard out: a statement that was not flattened is refused there too."""
    monkeypatch.setattr("phantang.sql.rewriting.passes.group_size._chooses_rows", lambda *_: False)
    for text in list(HOSTILE)[:4]:
        with pytest.raises(GuardError):
            planned(text, dialect)
