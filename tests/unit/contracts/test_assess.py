from __future__ import annotations

import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date

import polars as pl
import pytest

from phantang.contracts import ReferenceLists, assess, contract_for, parse_lists
from phantang.contracts.card import light_of
from phantang.model.catalog import Asset
from phantang.model.errors import InputError

Table = Callable[..., Asset]
SECRET = "001299bímật"  # looks like nothing; must never come out
PEOPLE = [("so_cccd", "person.national_id"), ("ho_ten", "person.name"), ("ma_xa", "admin.unit_code")]


def people(*rows: tuple[str | None, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={name: pl.String for name, _ in PEOPLE}, orient="row")


def test_scores_are_weighted_means_of_what_they_are_made_of(table: Table, lists: ReferenceLists, today: date) -> None:
    frame = people(
        ("001090000001", "An", "00004"),
        ("001090000002", None, "00004"),
        ("001090000003", "An ", "00013"),
        ("1090000004", "An", None),
    )
    card = assess(table(PEOPLE, "so_cccd"), frame, lists, today)
    scores = {score.criterion: score for score in card.criteria}
    # du 4/4 3/4 3/4 · sach: format 3/4, tidy 2/3, format 3/3, key 4/4 · dung: born 3/3, known 3/3 · song: current 2/3
    assert scores["du"].value == pytest.approx((100 + 75 + 75) / 3)
    assert scores["sach"].value == pytest.approx((75 + 200 / 3 + 100 + 100) / 4)
    assert scores["dung"].value == pytest.approx(100)
    assert scores["song"].value == pytest.approx(200 / 3)
    assert [scores[name].light for name in ("du", "sach", "dung", "song")] == ["yellow", "yellow", "green", "red"]
    assert (scores["du"].assessed, scores["du"].satisfied) == (12, 10)
    fields = {field.column: field.value for field in card.fields}
    assert fields["so_cccd"] == pytest.approx((100 + (75 + 100) / 2 + 100) / 3)
    assert fields["ho_ten"] == pytest.approx((75 + 200 / 3) / 2)
    assert fields["ma_xa"] == pytest.approx((100 + 75 + 100 + 200 / 3) / 4)
    assert card.value == pytest.approx(sum(value for value in fields.values() if value) / 3)
    assert card.rows == 4


def test_an_identifier_below_100_is_an_alert(table: Table, lists: ReferenceLists, today: date) -> None:
    frame = people(*[("001090000001", None, "00004")] * 999, ("1090000001", None, "00004"))
    card = assess(table(PEOPLE), frame, lists, today)
    (alert,) = card.identifier_alerts
    assert (alert.column, alert.criterion, alert.assessed, alert.satisfied) == ("so_cccd", "sach", 1000, 999)


@pytest.mark.parametrize(
    ("value", "light"),
    [(100, "green"), (90, "green"), (89.999, "yellow"), (75, "yellow"), (74.999, "red"), (0, "red"), (None, None)],
)
def test_lights(value: float | None, light: str | None) -> None:
    assert light_of(value) == light


def test_an_empty_table_has_no_score(table: Table, lists: ReferenceLists, today: date) -> None:
    card = assess(table(PEOPLE, "so_cccd"), people(), lists, today)
    assert (card.rows, card.value, card.light, card.identifier_alerts) == (0, None, None, ())
    assert {score.value for score in card.criteria} == {None}
    assert all(check.assessed == check.satisfied == 0 for check in card.checks)


def test_a_criterion_nothing_speaks_of_has_no_score(table: Table, lists: ReferenceLists, today: date) -> None:
    card = assess(table([("ghi_chu", "none")]), pl.DataFrame({"ghi_chu": ["x"]}), lists, today)
    assert {score.criterion: score.value for score in card.criteria} == {
        "dung": None,
        "du": 100.0,
        "sach": 100.0,
        "song": None,
    }


def test_no_value_reaches_the_card(table: Table, lists: ReferenceLists, today: date) -> None:
    card = assess(table(PEOPLE, "so_cccd"), people(*[(SECRET, SECRET, SECRET)] * 3), lists, today)
    assert card.identifier_alerts
    assert SECRET not in repr(card)
    assert SECRET not in repr(asdict(card))


def test_no_value_reaches_panderas_own_errors(table: Table, lists: ReferenceLists, today: date) -> None:
    from pandera.errors import SchemaErrors

    with pytest.raises(SchemaErrors) as caught:
        contract_for(table(PEOPLE), lists, today).validate(people((SECRET, SECRET, SECRET)), lazy=True)
    assert "sach.national_id.format" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.failure_cases.is_empty()


def test_no_value_reaches_an_error(
    table: Table, lists: ReferenceLists, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    from phantang.contracts import values

    monkeypatch.setattr(
        values, "fits", lambda value, _: value.cast(pl.Int64) > 0
    )  # polars quotes the value it fails on
    with pytest.raises(InputError) as caught:
        assess(table(PEOPLE), people((SECRET, SECRET, SECRET)), lists, today)
    assert caught.value.code == "contracts_check_failed"
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


def test_the_environment_cannot_switch_validation_off(
    table: Table, lists: ReferenceLists, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandera.config

    monkeypatch.setattr(pandera.config.CONFIG, "validation_enabled", False)
    with pandera.config.config_context(validation_enabled=False, validation_depth="SCHEMA_ONLY"):
        card = assess(table(PEOPLE), people((SECRET, SECRET, SECRET)), lists, today)
    assert card.identifier_alerts


def test_any_type_of_column_can_be_measured(table: Table, lists: ReferenceLists, today: date) -> None:
    frame = pl.DataFrame(
        {
            "a": [[1], None],
            "b": [b"\xff\x00", None],
            "c": [{"x": 1}, None],
            "d": [1.5, None],
            "e": [True, None],
            "f": [date(2020, 1, 1), None],
            "g": [None, None],
            "h": pl.Series(["x", None], dtype=pl.Categorical),
        }
    )
    card = assess(table([(name, "person.birth_date") for name in frame.columns]), frame, lists, today)
    present = {check.column: check.satisfied for check in card.checks if check.criterion == "du"}
    assert present == {**dict.fromkeys("abcdefh", 1), "g": 0}


def test_a_number_that_lost_its_zero_is_not_padded(table: Table, lists: ReferenceLists, today: date) -> None:
    card = assess(table(PEOPLE[:1]), pl.DataFrame({"so_cccd": [1090000001, 79303000000]}), lists, today)
    assert [(check.assessed, check.satisfied) for check in card.checks if check.id == "sach.national_id.format"] == [
        (2, 0)
    ]


def test_a_column_the_table_lacks_is_an_error(table: Table, lists: ReferenceLists, today: date) -> None:
    with pytest.raises(InputError) as caught:
        assess(table(PEOPLE), people().drop("ma_xa"), lists, today)
    assert (caught.value.code, caught.value.params["column"]) == ("contracts_column_missing", "ma_xa")


def test_an_absent_column_is_not_measured(table: Table, lists: ReferenceLists, today: date) -> None:
    asset = table(PEOPLE)
    asset = replace(asset, columns=(*asset.columns[:2], replace(asset.columns[2], type="ABSENT")))
    card = assess(asset, people(("001090000001", "An", "x")).drop("ma_xa"), lists, today)
    assert {field.column for field in card.fields} == {"so_cccd", "ho_ten"}


@pytest.mark.parametrize("name", ["*", "^.*$", ""])
def test_a_name_that_polars_takes_for_a_pattern_is_refused(
    name: str, table: Table, lists: ReferenceLists, today: date
) -> None:
    with pytest.raises(InputError, match="contracts_column_unsupported"):
        assess(table([(name, "none")]), pl.DataFrame({name: ["x"]}), lists, today)


def test_lists_know_what_a_reused_code_is(lists: ReferenceLists) -> None:
    assert (len(lists.communes), len(lists.provinces)) == (3321, 34)
    assert lists.communes["00004"] == "01"
    assert "00013" in lists.legacy
    assert not lists.legacy & lists.communes.keys()
    assert lists.reassigned < lists.communes.keys()
    assert "" not in lists.legacy
    assert lists.legacy_provinces.isdisjoint(lists.provinces)
    assert len(lists.legacy_provinces) == 63 - 34


@pytest.mark.parametrize("name", ["communes_2025.csv", "provinces_2025.csv", "commune_merge_map.csv"])
@pytest.mark.parametrize(
    ("text", "code"), [(None, "missing"), ("", "invalid"), ("a,b\n1,2\n", "invalid"), ('"half\n', "invalid")]
)
def test_a_list_that_is_not_one(name: str, text: str | None, code: str, list_files: dict[str, str]) -> None:
    files = {key: value for key, value in list_files.items() if key != name}
    if text is not None:
        files[name] = text
    with pytest.raises(InputError) as caught:
        parse_lists(files)
    assert (caught.value.code, caught.value.params["file"]) == (f"contracts_list_{code}", name)


def test_importing_the_room_is_cheap() -> None:
    code = (
        "import sys, phantang.contracts; sys.exit(any(name in sys.modules for name in ('pandera', 'polars', 'pandas')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
