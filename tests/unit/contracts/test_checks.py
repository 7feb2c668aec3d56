"""Hand-counted figures: `tests/fixtures/contracts/checks.yaml`, and checks that need more than one column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from phantang.contracts import QualityCard, ReferenceLists, assess
from phantang.model.catalog import Asset

CASES = yaml.safe_load((Path(__file__).parents[2] / "fixtures/contracts/checks.yaml").read_text(encoding="utf-8"))
Table = Callable[..., Asset]


def counts(card: QualityCard, check: str, column: str) -> tuple[int, int] | None:
    return next(((c.assessed, c.satisfied) for c in card.checks if (c.id, c.column) == (check, column)), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['name']}-{case['tag']}")
def test_counted_by_hand(case: dict[str, Any], table: Table, lists: ReferenceLists, today: date) -> None:
    frame = pl.DataFrame({case["name"]: case["values"]}, schema={case["name"]: pl.String})
    card = assess(table([(case["name"], case["tag"])]), frame, lists, today)
    found = {check: counts(card, check, case["name"]) for check in case["expect"]}
    assert found == {check: tuple(pair) for check, pair in case["expect"].items()}


def test_a_personal_number_against_birth_date_and_gender(table: Table, lists: ReferenceLists, today: date) -> None:
    tags = {"so_cccd": "person.national_id", "ngay_sinh": "person.birth_date", "gioi_tinh": "person.gender"}
    asset = table(list(tags.items()))
    frame = pl.DataFrame(
        {
            "so_cccd": ["001090000001", "001190000001", "001202000001", "001202000001", "001202000001", "bad"],
            "ngay_sinh": [
                date(1990, 1, 1),
                date(1991, 1, 1),
                date(2002, 5, 5),
                None,
                date(1902, 5, 5),
                date(2000, 1, 1),
            ],
            "gioi_tinh": ["Nam", "Nam", "nam", "Nữ", None, "Nam"],
        }
    )
    card = assess(asset, frame, lists, today)
    assert counts(card, "dung.national_id.birth_year", "so_cccd") == (4, 2)
    assert counts(card, "dung.national_id.gender", "so_cccd") == (4, 2)


def test_gender_as_numbers(table: Table, lists: ReferenceLists, today: date) -> None:
    asset = table([("SO_CCCD", "person.national_id"), ("GIOI_TINH", "person.gender")])
    ids = ["001090000001", "001190000001", "001190000002"]
    one_two = assess(asset, pl.DataFrame({"SO_CCCD": ids, "GIOI_TINH": [1, 2, 1]}), lists, today)
    assert counts(one_two, "dung.national_id.gender", "SO_CCCD") == (3, 2)
    zero_one = assess(asset, pl.DataFrame({"SO_CCCD": ids, "GIOI_TINH": [1, 0, 1]}), lists, today)
    assert counts(zero_one, "dung.national_id.gender", "SO_CCCD") == (0, 0)


def test_another_persons_birth_date_is_not_compared(table: Table, lists: ReferenceLists, today: date) -> None:
    asset = table([("meSoGiayToTuyThan", "person.national_id"), ("nksNgaySinh", "person.birth_date")])
    frame = pl.DataFrame({"meSoGiayToTuyThan": ["001190000001"], "nksNgaySinh": ["2020-01-01"]})
    card = assess(asset, frame, lists, today)
    assert counts(card, "dung.national_id.birth_year", "meSoGiayToTuyThan") is None


def test_a_commune_must_lie_in_the_stated_province(table: Table, lists: ReferenceLists, today: date) -> None:
    asset = table([("ma_xa", "admin.unit_code"), ("ma_tinh", "admin.unit_code")])
    frame = pl.DataFrame({"ma_xa": ["00004", "00004", "00013"], "ma_tinh": ["01", "79", "01"]})
    card = assess(asset, frame, lists, today)
    assert counts(card, "dung.unit_code.commune_in_province", "ma_xa") == (2, 1)


def test_a_reused_code_means_the_old_unit_in_an_old_record(table: Table, lists: ReferenceLists, today: date) -> None:
    asset = table([("ma_xa", "admin.unit_code"), ("ngay_cap_nhat", "none")])
    reused, kept = min(lists.reassigned), "00004"
    assert kept not in lists.reassigned
    moments = [datetime(2025, 6, 30), datetime(2025, 7, 1), datetime(2025, 6, 30), None]  # noqa: DTZ001
    frame = pl.DataFrame({"ma_xa": [reused, reused, kept, reused], "ngay_cap_nhat": moments})
    card = assess(asset, frame, lists, today)
    assert counts(card, "song.unit_code.commune_current", "ma_xa") == (4, 3)


@pytest.mark.parametrize(
    ("key", "check", "column", "expected"),
    [
        (("a",), "sach.primary_key.unique", "a", (3, 2)),
        (("a", "b"), "sach.primary_key.unique", "*", (4, 3)),
        ((), "sach.row.unique", "*", (4, 3)),
        (("gone",), "sach.row.unique", "*", (4, 3)),
    ],
)
def test_duplicates(
    key: tuple[str, ...],
    check: str,
    column: str,
    expected: tuple[int, int],
    table: Table,
    lists: ReferenceLists,
    today: date,
) -> None:
    frame = pl.DataFrame({"a": ["1", "1", "2", None], "b": ["x", "x", "x", "y"]})
    card = assess(table([("a", "none"), ("b", "none")], *key), frame, lists, today)
    assert counts(card, check, column) == expected
