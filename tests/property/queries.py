"""Random queries over the twins: joins, sub-queries, groups and windows around predicates on hidden columns."""

from __future__ import annotations

from hypothesis import strategies as st

TEXT = ("so_cccd", "ho_ten", "ton_giao", "ghi_chu", "ma_xa", "ma_tinh", "ma_ho")
SHAPES = ("plain", "star", "join", "self", "group", "window", "derived", "cte", "union", "scalar")
LITERALS = ("'Phật giáo'", "'Nguyễn Văn An'", "'001085000001'", "'5'", "'H1'", "''", "NULL")


def _column(alias: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TEXT).map(lambda name: f"{alias}.{name}")


def _text(alias: str) -> st.SearchStrategy[str]:
    leaf = st.one_of(_column(alias), st.sampled_from(LITERALS[:-1]))
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(["upper", "lower", "reverse", "md5", "trim"]), inner).map(
                lambda p: f"{p[0]}({p[1]})"
            ),
            st.tuples(inner, inner).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
            st.tuples(inner, inner).map(lambda p: f"({p[0]} || {p[1]})"),
            st.tuples(inner, st.integers(1, 9)).map(lambda p: f"substring({p[0]}, {p[1]}, 2)"),
            st.tuples(inner, inner).map(lambda p: f"CASE WHEN {p[0]} > {p[1]} THEN {p[0]} ELSE {p[1]} END"),
        ),
        max_leaves=4,
    )


def _number(alias: str) -> st.SearchStrategy[str]:
    return st.one_of(
        st.just(f"{alias}.thu_nhap"),
        _text(alias).map(lambda text: f"length({text})"),
        _text(alias).map(lambda text: f"CAST({text} AS INTEGER)"),
        st.just(f"extract(month FROM {alias}.ngay_sinh)"),
        st.integers(-3, 12345678).map(str),
    )


def predicate(alias: str) -> st.SearchStrategy[str]:
    """Return conditions over one table; some of them fail on some values."""
    simple = st.one_of(
        st.tuples(_text(alias), st.sampled_from(["=", "<>", "<", ">=", "LIKE"]), _text(alias)).map(" ".join),
        st.tuples(_number(alias), st.sampled_from(["=", "<", ">="]), _number(alias)).map(" ".join),
        _text(alias).map(lambda text: f"{text} IS NULL"),
        st.tuples(_column(alias), _column("d")).map(
            lambda p: f"EXISTS (SELECT 1 FROM cong_dan d WHERE {p[0]} = {p[1]} AND d.ton_giao IS NOT NULL)"
        ),
        _column(alias).map(lambda name: f"{name} IN (SELECT e.ma_ho FROM cong_dan e WHERE e.ho_ten > 'M')"),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
            inner.map(lambda one: f"NOT ({one})"),
        ),
        max_leaves=3,
    )


@st.composite
def query(draw: st.DrawFn) -> str:
    """Return one SELECT over `cong_dan`, its shape and its pieces at random, unordered."""
    where = draw(predicate("a"))
    shape = draw(st.sampled_from(SHAPES))
    one, two = draw(_text("a")), draw(_text("a"))
    if shape == "plain":
        return f"SELECT {one} AS x, {two} AS y FROM cong_dan a WHERE {where}"
    if shape == "star":
        return f"SELECT a.*, {one} AS x FROM cong_dan a WHERE {where}"
    if shape == "join":
        kind = draw(st.sampled_from(["JOIN", "LEFT JOIN", "FULL JOIN"]))
        return (
            f"SELECT {one} AS x, h.so_nhan_khau FROM cong_dan a {kind} ho_gia_dinh h ON a.ma_ho = h.ma_ho WHERE {where}"
        )
    if shape == "self":
        on = draw(st.sampled_from(TEXT))
        return f"SELECT {one} AS x, b.ma_ho FROM cong_dan a JOIN cong_dan b ON a.{on} = b.{on} WHERE {where}"
    if shape == "group":
        return f"SELECT {one} AS x, count(*) AS n, max({two}) AS m FROM cong_dan a WHERE {where} GROUP BY {one}"
    if shape == "window":
        return f"SELECT a.ma_ho, rank() OVER (PARTITION BY {one} ORDER BY {two}) AS r FROM cong_dan a WHERE {where}"
    if shape == "derived":
        return f"SELECT t.x FROM (SELECT {one} AS x, {two} AS y FROM cong_dan a WHERE {where}) t WHERE t.x <= t.y"
    if shape == "cte":
        return f"WITH c AS (SELECT {one} AS x FROM cong_dan a WHERE {where}) SELECT x, count(*) AS n FROM c GROUP BY x"
    if shape == "union":
        return f"SELECT {one} AS x FROM cong_dan a WHERE {where} UNION ALL SELECT ma_ho FROM ho_gia_dinh"
    inner = f"SELECT max({one}) FROM cong_dan a WHERE a.ma_ho = h.ma_ho AND {where}"
    return f"SELECT h.ma_ho, ({inner}) AS x FROM ho_gia_dinh h"
