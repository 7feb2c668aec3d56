"""How a table names its columns: shared prefixes, its own initials, types in front."""

from __future__ import annotations

import pytest

from phantang.classify import Classifier
from phantang.classify.names.naming import is_opaque, numbered, spoken_names
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo


def _table(name: str, *columns: str) -> TableInfo:
    return TableInfo(TableName("s", "main", name), tuple(ColumnInfo(column, "VARCHAR") for column in columns))


def test_a_prefix_of_all_columns_says_nothing() -> None:
    table = _table("dt_bao_tro", "dt_ho_ten", "dt_muc_tro_cap", "dt_ngay_sinh", "dt_cccd", "id")
    assert list(spoken_names(table).values()) == ["ho_ten", "muc_tro_cap", "ngay_sinh", "cccd", "id"]


@pytest.mark.parametrize("columns", [("so_cccd", "so_nha", "so_dien_thoai", "so_the"), ("dt_a", "dt_b", "c", "d", "e")])
def test_words_are_not_taken_for_prefixes(columns: tuple[str, ...]) -> None:
    assert list(spoken_names(_table("t", *columns)).values()) == list(columns)


def test_initials_of_the_table_and_types_are_read(classifier: Classifier) -> None:
    found = classifier.classify(_table("laiXe", "maLX", "tenLX", "strDiaChi", "xe"), {})
    assert [item.tag for item in found[:3]] == ["person.other", "person.name", "person.address"]
    assert [item.column.column for item in found] == ["maLX", "tenLX", "strDiaChi", "xe"]


@pytest.mark.parametrize("name", ["tblThanNhan", "THANNHAN"])
def test_initials_are_read_behind_a_word_for_tables_and_in_capitals(classifier: Classifier, name: str) -> None:
    found = classifier.classify(_table(name, "TENTN", "NGSINH", "QUANHE"), {})
    assert [item.tag for item in found] == ["person.name", "person.birth_date", "person.family"]


@pytest.mark.parametrize(
    ("name", "opaque"),
    [("c7", True), ("field_12", True), ("cot_3", True), ("", True), ("dtv", False), ("x_ray", False), ("hoten", False)],
)
def test_names_that_say_nothing(name: str, opaque: bool) -> None:
    assert is_opaque(name) is opaque


def test_initials_of_a_shortened_table_are_read_without_marks(classifier: Classifier) -> None:
    """`bnhan` is written out with its marks; `mabn` in it has none."""
    assert classifier.classify(_table("bnhan", "mabn", "tuoi"), {})[0].tag == "person.other"


def test_a_table_ending_in_dm_is_no_list_of_codes(classifier: Classifier) -> None:
    names = ("phone", "gender", "code")
    tags = {name: [one.tag for one in classifier.classify(_table(name, *names), {})] for name in ("user_dm", "dm_user")}
    assert tags == {"user_dm": ["person.phone", "person.gender", "none"], "dm_user": ["none"] * 3}


def test_names_told_apart_by_a_number_alone_say_nothing(classifier: Classifier) -> None:
    assert numbered(["thong_tin_5", "f1", "F2", "f3", "f_4", "phone1", "x1", "thong_tin"]) == {
        "thong_tin_5", "f1", "F2", "f3", "f_4",
    }  # fmt: skip
    assert is_opaque("noi_dung_2")
    assert not is_opaque("noi_dung")
    # `tin` is a tax number, and `f1` somebody who met the ill: not in a row of such names.
    found = classifier.classify(_table("ds_nguoi_nop_thue", "ho_ten", "thong_tin_1", "f1", "f2", "f3", "f4"), {})
    assert [item.tag for item in found] == ["person.name"] + ["none"] * 5


def test_a_letter_for_the_type_and_the_number_of_a_question_say_nothing() -> None:
    typed = _table("tblKhoDuoc", "sMaThuoc", "sThuKho", "iTon", "dHanDung", "ghiChu")
    assert list(spoken_names(typed).values()) == ["MaThuoc", "ThuKho", "Ton", "HanDung", "ghiChu"]
    asked = _table("p1_ho", "p1_tuoi", "p1_dan_toc", "p1_gioi", "p2_tdhv", "id")
    assert list(spoken_names(asked).values()) == ["tuoi", "dan_toc", "gioi", "tdhv", "id"]


@pytest.mark.parametrize(
    "columns",
    [
        ("tTong", "tThuoc", "tGiuong", "tKham"),  # one letter only: the money of a bill
        ("q1_age", "q2_age", "q3_sex", "q4_job"),  # two names are told apart by it
        ("sTen", "iTon", "ghiChu", "ngay", "gia"),  # too few
    ],
)
def test_what_tells_names_apart_stays(columns: tuple[str, ...]) -> None:
    assert list(spoken_names(_table("t", *columns)).values()) == list(columns)


def test_single_letters_of_a_tables_name_are_no_initials(classifier: Classifier) -> None:
    """`D03-TS` is the number of a form: `ĐT` in it is a telephone."""
    assert classifier.classify(_table("D03-TS", "Họ và tên", "Số ĐT"), {})[1].tag == "person.phone"


def test_roles_of_mainframes_are_taken_off_the_field(classifier: Classifier) -> None:
    found = classifier.classify(_table("CUSTMAST", "CUSTDOB", "CUSTINCM", "CUSTMMN", "CUSTXQZ"), {})
    assert [one.tag for one in found] == ["person.birth_date", "sensitive.finance", "person.name", "none"]
