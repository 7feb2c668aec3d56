"""What `algebra.yaml` says of each mask, checked on both engines with generated values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any
from uuid import UUID

import duckdb
import psycopg
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phantang.model.decision import Mask

from .test_masks import planned

if TYPE_CHECKING:
    from collections.abc import Callable

    Shown = Callable[[str, Mask, dict[str, Any], list[Any], str], list[Any]]

MASKS = yaml.safe_load(resources.files("phantang.sql.rewriting.masking").joinpath("algebra.yaml").read_text("utf-8"))[
    "masks"
]
TYPES = {
    "text": "VARCHAR", "integer": "INTEGER", "bigint": "BIGINT", "uuid": "UUID", "date": "DATE",
    "timestamp": "TIMESTAMP", "float": "DOUBLE PRECISION", "decimal": "DECIMAL(18,4)",
}  # fmt: skip
LETTERS = "abzAZ09 .,-%_|='ÀđỨữ日Ω😀"
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.one_of(
        st.text(LETTERS, max_size=12),
        st.sampled_from(["00004", "26734", "99999", "Hà Nội", "x, tỉnh Hà Giang", "001085000001", "001085000002"]),
    ),
    "integer": st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-50, 32_300)),
    "bigint": st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-50, 32_300)),
    "uuid": st.uuids(),
    "date": st.one_of(st.dates(), st.dates(date(1950, 1, 1), date(2000, 1, 1))),
    "timestamp": st.one_of(st.datetimes(), st.datetimes(datetime(1990, 1, 1), datetime(1990, 3, 1))),  # noqa: DTZ001
    "float": st.one_of(st.floats(), st.floats(-180, 180)),
    "decimal": st.decimals(-(10**13), 10**13, places=4),
}
#: Values that show a claim of `weak` or `none` to be no understatement, and numbers too small for an engine to divide.
CLASHES: dict[str, list[Any]] = {
    "text": [
        "Nguyễn Văn An", "Nguyễb Văn An", "00004", "00025", "11111111", "22222222", "11112222", "33332222", "11113333",
        "abcd9", "abcdA", "00688", "04927",
    ],
    "integer": [11, 12, 4, 25, 27_004], "bigint": [11, 12, 4, 25, 27_004],
    "uuid": [UUID(int=number) for number in range(1, 40)],
    "date": [date(1985, 3, 2), date(1985, 3, 9)],
    "timestamp": [datetime(1985, 3, 2, 1, tzinfo=UTC).replace(tzinfo=None), datetime(1985, 3, 9)],  # noqa: DTZ001
    "float": [0.011, 0.012, 11.0, 12.0, 5e-324, -5e-324],
    "decimal": [Decimal("0.0110"), Decimal("0.0120"), Decimal(11), Decimal(12)],
}  # fmt: skip
CASES = [
    (entry, family)
    for entry in MASKS
    if entry["mask"] != "LOOKUP"
    for family in (TYPES if entry["types"] == "all" else entry["types"])
]


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def shown(request: pytest.FixtureRequest) -> Shown:
    """Return a function that masks a column of values, in order, and checks that the type is kept."""
    dialect = str(request.param)
    server = request.getfixturevalue("postgres_server") if dialect == "postgres" else None
    connection: Any = server.connect() if server is not None else duckdb.connect()
    request.addfinalizer(connection.close)  # noqa: PT021 - closes for both engines

    def run(kind: str, mask: Mask, params: dict[str, Any], values: list[Any], key: str) -> list[Any]:
        made = planned(kind, mask, params, dialect, "SELECT n, c FROM t ORDER BY n", {"n": "INTEGER"})
        connection.execute("DROP TABLE IF EXISTS t")
        connection.execute(f"CREATE TEMPORARY TABLE t (n INTEGER, c {kind})")
        cursor = connection.cursor() if dialect == "postgres" else connection
        mark = "%s, %s" if dialect == "postgres" else "?, ?"
        cursor.executemany(f"INSERT INTO t VALUES ({mark})", list(enumerate(values)))
        sql = made.sql.replace('"main"."t"', '"t"').replace('"public"."t"', '"t"')
        asked = psycopg.RawCursor(connection) if dialect == "postgres" else connection
        result = asked.execute(sql, [key] if made.parameters else [])
        got = [one[1] for one in result.description or ()]
        rows = result.fetchall()
        assert [one[1] for one in connection.execute("SELECT n, c FROM t LIMIT 0").description] == got
        return [row[1] for row in rows]

    return run


@pytest.mark.parametrize(("entry", "family"), CASES, ids=[f"{e['mask']}-{e.get('params', {}).get('kind', '')}-{f}" for e, f in CASES])  # fmt: skip  # noqa: E501
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_claims(entry: dict[str, Any], family: str, data: st.DataObject, shown: Shown) -> None:
    mask, params = Mask(entry["mask"]), entry.get("params", {})
    values = data.draw(st.lists(VALUES[family], max_size=20)) + CLASHES[family]
    values = [*values, *values[::-1], None]
    results = shown(TYPES[family], mask, params, values, "khoá")
    assert results[-1] is None
    known: dict[str, Any] = {}
    for value, result in zip(values, results, strict=True):
        assert known.setdefault(repr(value), result) == result  # repeatable
    pairs = [(v, r) for v, r in zip(values, results, strict=True) if r is not None and v == v]  # noqa: PLR0124 - NaN
    if entry["join"] == "none":
        assert not pairs
    elif entry["join"] == "exact":
        assert len(pairs) == len([value for value in values if value is not None])
        assert len({r for _, r in pairs}) == len({v for v, _ in pairs})
    else:
        assert len({r for _, r in pairs}) < len({v for v, _ in pairs})  # some clash
    ordered = [result for _, result in sorted(pairs, key=lambda pair: pair[0])] if pairs else []
    if entry["order"] == "weak":
        assert ordered == sorted(ordered)
    elif entry["join"] != "none":
        assert ordered != sorted(ordered) or family in {"integer", "bigint"}
    if entry["repeatable"] == "one key":
        other = shown(TYPES[family], mask, params, values, "khoá khác")
        assert {r for r in other if r is not None}.isdisjoint(r for _, r in pairs)


def test_every_mask_is_described() -> None:
    assert {entry["mask"] for entry in MASKS} == {mask.value for mask in Mask} - {"MASK_NONE"}
    kinds = {entry["params"]["kind"] for entry in MASKS if entry["mask"] == "GENERALIZE"}
    assert kinds == {"grid", "bucket", "month", "year", "age_band", "place"}
