"""One column without a telling name: what its values are, and what only looks like it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

Draw = Callable[[random.Random], str]
_ROWS = 150


def _born(r: random.Random) -> date:
    return date(1945, 1, 1) + timedelta(r.randrange(365 * 55))


def _number(*provinces: str) -> Draw:
    def draw(r: random.Random) -> str:
        return f"{r.choice(provinces)}{r.randrange(2)}{_born(r).year % 100:02d}{r.randrange(10**6):06d}"

    return draw


def _digits(low: int, high: int) -> Draw:
    return lambda r: str(r.randrange(10**low, 10**high))


_EVERYWHERE, _CAPITAL = _number("001", "048", "079", "092"), _number("001")


def _stripped(draw: Draw, ending: str = "") -> Draw:
    return lambda r: f"{int(draw(r))}{ending}"


@pytest.mark.parametrize(
    ("tag", "kind", "draw"),
    [
        ("person.national_id", "BIGINT", _stripped(_EVERYWHERE)),
        ("person.national_id", "BIGINT", _stripped(_CAPITAL)),
        ("person.national_id", "DOUBLE", _stripped(_EVERYWHERE, ".0")),
        ("person.national_id", "VARCHAR", _stripped(_CAPITAL, ".0")),
        ("none", "BIGINT", _digits(9, 10)),
        ("none", "BIGINT", _digits(10, 11)),
        ("none", "BIGINT", lambda r: f"1{r.randrange(10**9):09d}"),
        ("person.birth_date", "VARCHAR", lambda r: f"{_born(r):%Y%m%d}"),
        ("none", "VARCHAR", lambda r: f"{date(2020, 1, 1) + timedelta(r.randrange(2000)):%Y%m%d}"),
        ("none", "VARCHAR", lambda r: f"{r.randrange(1, 300)}/20{r.randrange(10, 25)}/QĐ-UBND"),
        ("none", "VARCHAR", lambda r: f"Sản phẩm mã 09{r.randrange(10**8):08d}"),
        ("person.phone", "VARCHAR", lambda r: f"Giao hàng, gọi 09{r.randrange(10**8):08d} trước {r.choice('89')} giờ"),
        ("person.national_id", "VARCHAR", lambda r: f"đã xem CMND {r.randrange(10**8, 10**9)} bản gốc"),
        ("person.driver_licence", "VARCHAR", lambda r: f"tạm giữ GPLX {r.randrange(10**11, 10**12)} 7 ngày"),
        ("person.account", "VARCHAR", lambda r: f"login from 113.161.{r.randrange(9, 200)}.{r.randrange(9, 200)} ok"),
        ("none", "VARCHAR", lambda r: f"{r.randrange(9)}.{r.randrange(9)}.{r.randrange(30)}.{r.randrange(900)}"),
        ("none", "VARCHAR", lambda r: r.choice(("Nguyễn Trãi", "Lê Hồng Phong", "Nguyễn Thị Minh Khai", "Trần Phú"))),
        ("sensitive.criminal", "VARCHAR", lambda r: f"{r.randrange(2, 20):02d} {r.choice(('năm', 'tháng'))} tù"),
        ("none", "VARCHAR", lambda r: f"{r.randrange(2, 20):02d} năm kinh nghiệm"),
        ("sensitive.genetic", "VARCHAR", lambda r: f"BRCA{r.randrange(1, 3)} c.{r.randrange(9, 999)}A>G"),
        ("none", "VARCHAR", lambda r: f"SKU{r.randrange(1, 3)} c.{r.randrange(9, 999)}"),
        ("sensitive.sexual_life", "VARCHAR", lambda r: r.choice(("Dị tính", "Đồng tính", "Song tính", "Khác"))),
        ("person.blood_type", "VARCHAR", lambda r: r.choice(("A", "B", "AB", "O", "O+"))),
        ("none", "VARCHAR", lambda r: r.choice(("A", "B", "C", "D"))),
        ("none", "VARCHAR", lambda r: r.choice(("Âm tính", "Dương tính"))),
    ],
)
def test_a_column_is_what_its_values_are(classifier: Classifier, tag: str, kind: str, draw: Draw) -> None:
    r = random.Random(17)
    samples = {"c1": [draw(r) for _ in range(_ROWS)]}
    info = TableInfo(TableName("s", "main", "t1"), (ColumnInfo("c1", kind),))
    assert classifier.classify(info, samples)[0].tag == tag
