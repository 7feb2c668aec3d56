"""The held-out labelled columns are well formed, as many as promised, and their values are the same every time."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from ...bench.heldout import FOLDER, SPLITS, System, _column, systems
from ...bench.heldout_text import fold, to_mojibake, to_tcvn3, to_vni
from ...bench.heldout_values import values

ALL = tuple(systems())
COLUMNS = tuple(column for system in ALL for column in system.columns)
TAGS = frozenset(yaml.safe_load((Path(__file__).parents[3] / "catalog" / "tags.yaml").read_text("utf-8"))["tags"])
FILES = sorted(FOLDER.glob("*/*.yaml"))


def test_there_are_as_many_as_promised() -> None:
    assert len(ALL) >= 60
    assert len(COLUMNS) >= 1200
    assert {system.split for system in ALL} == set(SPLITS)
    vietnamese = sum(len(system.columns) for system in ALL if system.language == "vi") / len(COLUMNS)
    assert 0.6 < vietnamese < 0.75


@pytest.mark.parametrize(
    ("splits", "size", "width", "least"), [({"blind", "blind2"}, 120, 2700, 5), ({"blind2"}, 80, 1800, 4)]
)
def test_the_blind_splits_stand_alone(splits: set[str], size: int, width: int, least: int) -> None:
    blind = [system for system in ALL if system.split in splits]
    columns = [column for system in blind for column in system.columns]
    assert len(blind) >= size
    assert len(columns) >= width
    assert sum(column.resembles is not None for column in columns) > len(columns) / 4
    best = Counter(column.tags[0] for column in columns)
    assert {tag: best[tag] for tag in TAGS if not tag.startswith("importance.") and best[tag] < least} == {}


def test_every_tag_is_met_and_look_alikes_are_many() -> None:
    best = Counter(column.tags[0] for column in COLUMNS)
    # What makes a register important or core is decided by people, not seen in a column.
    seen = {tag for tag in TAGS if not tag.startswith("importance.")}
    assert {tag: best[tag] for tag in seen if best[tag] < 8} == {}
    assert sum(column.resembles is not None for column in COLUMNS) >= 200


def test_labels_are_tags_of_the_vocabulary() -> None:
    used = {tag for column in COLUMNS for tag in (*column.tags, column.resembles or "none")}
    assert used <= TAGS


def test_look_alikes_are_not_personal() -> None:
    alike = [column for column in COLUMNS if column.resembles]
    assert [column for column in alike if column.personal or column.resembles in column.tags] == []


def test_labels_name_a_tag_once() -> None:
    assert [column for column in COLUMNS if len(set(column.tags)) < len(column.tags)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_key_is_written_twice(path: Path) -> None:
    waiting = [yaml.compose(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert [key for key, count in Counter(keys).items() if count > 1] == []
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


@pytest.mark.parametrize("system", ALL, ids=lambda system: f"{system.split}/{system.path.stem}")
def test_every_recipe_gives_values_and_every_key_leads_somewhere(system: System) -> None:
    names = {f"{table.name}.{column.name}" for table in system.tables for column in table.columns}
    for table in system.tables:
        assert {f"{table.name}.{name}" for name in table.foreign_keys} <= names
        assert set(table.foreign_keys.values()) <= names
        for column in table.columns:
            made = table.values(column, 20)
            assert (made is None) == (column.recipe is None)
            assert made == table.values(column, 20)


def test_the_columns_of_a_row_speak_of_one_person() -> None:
    births = values("birth", "register", "ngay_sinh", 50)
    numbers = values("cccd", "register", "so_cccd", 50)
    cards = values("health_card", "register", "ma_the", 50)
    codes = values("social", "register", "ma_so_bhxh", 50)
    for born, number in zip(births, numbers, strict=True):
        assert isinstance(born, date)
        assert str(number)[4:6] == f"{born.year % 100:02d}"
    assert [str(card)[5:] for card in cards] == codes


def test_numbers_pass_the_checks_real_ones_pass() -> None:
    def made(recipe: str) -> list[str]:
        return [str(value) for value in values(recipe, "numbers", "so", 50)]

    for code in made("company_tax") + made("personal_tax(old)"):
        weights = (31, 29, 23, 19, 17, 13, 7, 5, 3, 1)
        assert sum(weight * int(digit) for weight, digit in zip(weights, code, strict=True)) % 11 == 10
    for card in made("card(4111, 16)"):
        doubled = [int(digit) * 2 for digit in card[-2::-2]]
        assert sum(double - 9 if double > 9 else double for double in doubled) % 10 == -sum(map(int, card[::-2])) % 10
    for account in made("iban"):
        assert int(account[4:] + "1314" + account[2:4]) % 97 == 1


def test_a_sparse_recipe_fills_its_share() -> None:
    made = values("cccd sparse=.005", "notes", "ghi_chu", 400)
    assert len([value for value in made if value is not None]) == 2


def test_forms_and_sentences_speak_of_the_person_of_the_row() -> None:
    names = values("name", "forms", "ho_ten", 20)
    forms = values("fields(hoTen name, benh list diagnosis)", "forms", "du_lieu", 20)
    elements = values("elements(congDan, hoTen name)", "forms", "goi_tin", 20)
    for name, form, element in zip(names, forms, elements, strict=True):
        assert json.loads(str(form))["hoTen"] == name
        assert element == f"<congDan><hoTen>{name}</hoTen></congDan>"
    told = [str(value) for value in values("told(case_facts)", "forms", "noi_dung", 20)]
    assert all(str(name) in text and "{" not in text for name, text in zip(names, told, strict=True))


def test_roles_have_their_age_and_sex() -> None:
    assert {str(born)[:2] for born in values("birth(young)", "forms", "ngay_sinh", 50)} == {"19", "20"}
    assert set(values("gender(Nam, Nữ, young_woman)", "forms", "gioi_tinh", 50)) == {"Nữ"}


@pytest.mark.parametrize("recipe", ["nmae", "name uper", "name nulls", "list(", "cccd sparse=.1 else=nothing"])
def test_a_recipe_nobody_knows_is_refused(recipe: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        values(recipe, "seed", "column", 1)


def test_text_as_old_systems_hold_it() -> None:
    assert to_tcvn3("Nguyễn Thị Đặng") == "NguyÔn ThÞ §Æng"
    assert to_vni("Nguyễn Thị Ánh Vượng") == "Nguyeãn Thò AÙnh Vöôïng"
    assert to_mojibake("Nguyễn") == "Nguyá»…n"
    assert fold("Đặng Thị Ước") == "Dang Thi Uoc"


def test_a_malformed_column_is_named() -> None:
    with pytest.raises(ValueError, match="ho_ten"):
        _column("ho_ten", "person.name")
