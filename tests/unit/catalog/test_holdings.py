"""Different people of a whole source: tables tied to one person's key count once, others only bound the number."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from phantang.catalog import holdings, parse_snapshot, waive
from phantang.model.catalog import Asset, ColumnEntry, Status, Subjects
from phantang.model.names import TableName
from phantang.model.raising import Raise
from phantang.model.schema import ForeignKey
from phantang.model.tier import PersonalClass, Tier

ROOT = Path(__file__).parents[3] / "catalog"
RULES = parse_snapshot(
    {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in ROOT.rglob("*.yaml")
        if "assets" not in path.parts
    }
).raise_rules
EXACT = "distinct"


def table(name: str, count: int | None, by: str = EXACT, to: str | None = None, source: str = "s") -> Asset:
    columns = tuple(
        ColumnEntry(column, "VARCHAR", Status.ACCEPTED, tag, (tag,), tier, personal_class)
        for column, tag, tier, personal_class in (
            ("so_cccd", "person.national_id", Tier.T2, PersonalClass.BASIC),
            ("ho_ten", "person.name", Tier.T2, PersonalClass.BASIC),
        )
    )
    keys = (ForeignKey(("so_cccd",), TableName(source, "main", to), ("so_cccd",)),) if to else ()
    subjects = None if count is None else Subjects(count, by)
    return Asset(TableName(source, "main", name), columns, privacy_unit="so_cccd", foreign_keys=keys, subjects=subjects)


def bounds(*assets: Asset) -> tuple[int, int, str | None, str | None]:
    (found,) = holdings(assets, RULES)
    reached, possible = (rule.level if rule else None for rule in (found.reached, found.possible))
    return found.at_least, found.at_most, reached, possible


def test_tables_tied_to_one_register_count_its_people_once() -> None:
    register, card, visit = (
        table("dan", 120_000, "key"),
        table("the", 90_000, to="dan"),
        table("kham", 80_000, to="the"),
    )
    assert bounds(register, card, visit) == (120_000, 120_000, "T4a", "T4a")


def test_tables_without_a_common_key_bound_the_number_from_both_sides() -> None:
    assert bounds(table("a", 600_000), table("b", 700_000)) == (700_000, 1_300_000, "T4a", "T4b")
    assert bounds(table("a", 60_000), table("b", 50_000)) == (60_000, 110_000, None, "T4a")


def test_rows_are_no_more_than_an_upper_bound() -> None:
    assert bounds(table("a", 200_000, "rows")) == (0, 200_000, None, "T4a")
    assert bounds(table("dan", 70_000, "key"), table("nhat_ky", 900_000, "rows", to="dan")) == (
        70_000,
        70_000,
        None,
        None,
    )


def test_what_cannot_be_counted_is_said() -> None:
    (found,) = holdings((table("a", 5), table("khung_nhin", None)), RULES)
    assert (found.tables, found.uncounted) == (1, 1)


def test_keys_in_a_circle_end() -> None:
    assert bounds(table("a", 10, to="b"), table("b", 10, to="a"))[1] <= 20


def test_sources_are_apart_and_a_rejected_count_is_left_out() -> None:
    one, two = table("a", 150_000, source="x"), table("a", 5, source="y")
    assert [(found.source, found.at_most) for found in holdings((one, two), RULES)] == [("x", 150_000), ("y", 5)]
    counted = Raise("count_basic_important", Tier.T4, "dataset", ("so_cccd",), "x", "verified", "T4a", {"subjects": 1})
    rejected = waive(replace(one, raised=(counted,)), "count_basic_important", "An", "dữ liệu thử")
    assert [found.source for found in holdings((rejected, two), RULES)] == ["y"]


@pytest.mark.parametrize("rules", [(), [rule for rule in RULES if rule.at_least is None]])
def test_nothing_is_counted_without_a_threshold(rules: list[object]) -> None:
    assert holdings((table("a", 5),), rules) == ()  # type: ignore[arg-type]
