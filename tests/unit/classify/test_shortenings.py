"""Names cut short by rule: what they stand for, what stays unread, and tables in which guesses support each other."""

from __future__ import annotations

import pytest

from phantang.classify import Classifier
from phantang.classify.names.own_roles import OwnRoles
from phantang.classify.names.shortenings import Shortenings
from phantang.classify.text.words import words_of
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo


def _tags(classifier: Classifier, table: str, *columns: str) -> dict[str, str]:
    info = TableInfo(TableName("s", "main", table), tuple(ColumnInfo(name, "VARCHAR") for name in columns))
    return {found.column.column: found.tag for found in classifier.classify(info, {})}


def _read(short: Shortenings, name: str) -> tuple[str, bool]:
    words, _ = short.at(words_of(name), 0)
    return " ".join(word.folded for word in words), any(word.guessed for word in words)


@pytest.fixture(scope="module")
def short() -> Shortenings:
    concepts = [words_of(text) for text in ("địa chỉ", "tiền sự", "gender", "ngày sinh", "năm sinh")]
    return Shortenings(concepts, {("tien", "su"), ("di", "cho")}, {"dia", "chi", "gene", "so"})


@pytest.mark.parametrize(
    ("name", "stands_for", "guessed"),
    [
        ("dchi", "dia chi", False),
        ("d_chi", "dia chi", True),
        ("dia_ch", "dia chi", True),
        ("ng_sinh", "ngay sinh", False),
        ("ngsinh", "ngay sinh", False),
        ("nsinh", "ngay sinh", False),
        ("gndr", "gender", True),
        ("dich", "", False),
        ("gene", "", False),
        ("so", "", False),
    ],
)
def test_forms_stand_for_the_commonest_concept(short: Shortenings, name: str, stands_for: str, guessed: bool) -> None:
    assert _read(short, name) == (stands_for, guessed)


def test_a_form_of_another_phrase_too_is_a_guess() -> None:
    concept = [words_of("quốc tịch")]
    assert _read(Shortenings(concept, set(), set()), "qtich") == ("quoc tich", False)
    assert _read(Shortenings(concept, {("quan", "tich")}, set()), "qtich") == ("quoc tich", True)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("d_thoai", "person.phone"),
        ("q_tich", "person.nationality"),
        ("th_tru", "person.address"),
        ("ch_vu_ht", "person.occupation"),
        ("dien_th", "person.phone"),
        ("dchi_ttru_me", "person.address"),
        ("ngsinhcha", "person.birth_date"),
    ],
)
def test_cut_names_in_a_table_of_people(classifier: Classifier, name: str, tag: str) -> None:
    assert _tags(classifier, "benh_nhan", "ma_bn", name)[name] == tag


@pytest.mark.parametrize("name", ["d_thoai", "c_cao", "occup", "h_kiem"])
def test_a_guess_says_nothing_of_a_table_of_things(classifier: Classifier, name: str) -> None:
    assert _tags(classifier, "san_pham", "ma_sp", name)[name] == "none"


def test_many_guesses_make_a_table_of_people(classifier: Classifier) -> None:
    alone = _tags(classifier, "bang_7", "qualif", "passp")
    together = _tags(classifier, "bang_7", "qualif", "passp", "teleph", "surn")
    assert set(alone.values()) == {"none"}
    assert together["qualif"] == "person.education"


def test_letters_beside_what_only_people_have_are_a_role(classifier: Classifier) -> None:
    found = _tags(classifier, "thua_dat", "nam_sinh_zkx", "dc_zkx", "ten_zkx", "loai_dat")
    assert found == {
        "nam_sinh_zkx": "person.birth_date",
        "dc_zkx": "person.address",
        "ten_zkx": "person.name",
        "loai_dat": "none",
    }
    assert _tags(classifier, "thiet_bi", "nam_sx_zkx", "dc_zkx", "ten_zkx")["ten_zkx"] == "none"


def test_letters_that_mean_something_are_left() -> None:
    names = {"ngay_sinh_kh": "ngay_sinh_kh", "ten_kh": "ten_kh"}
    assert OwnRoles({"kh"}, lambda _: True).apply(names) == names


def test_known_letters_are_a_role_behind_three_fields(classifier: Classifier) -> None:
    found = _tags(classifier, "bao_tro", "HT_DT", "NGS_DT", "GT_DT", "LOAI_DT")
    assert found == {
        "HT_DT": "person.name",
        "NGS_DT": "person.birth_date",
        "GT_DT": "person.gender",
        "LOAI_DT": "none",
    }
    assert _tags(classifier, "khao_sat", "ten_dn", "dc_dn", "ma_dn")["dc_dn"] == "none"


def test_letters_are_taken_off_the_word_they_are_written_behind(classifier: Classifier) -> None:
    found = _tags(classifier, "cha_me_con", "hotenzkx", "dantoczkx", "sogiaytozkx", "noicapgtzkx", "trangthai")
    assert found == {
        "hotenzkx": "person.name",
        "dantoczkx": "sensitive.ethnicity",
        "sogiaytozkx": "person.national_id",
        "noicapgtzkx": "person.other",
        "trangthai": "none",
    }
    assert _tags(classifier, "khao_sat", "tenzkx", "diachizkx", "emailzkx")["diachizkx"] == "none"


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("HT_BO", "person.name"),
        ("me_ngs", "person.birth_date"),
        ("qhch", "person.family"),
        ("dc_nlh", "person.address"),
        ("con_1_ht", "person.name"),
        ("ngs_nuq", "person.birth_date"),
    ],
)
def test_letters_of_a_field_beside_letters_of_a_role(classifier: Classifier, name: str, tag: str) -> None:
    assert _tags(classifier, "ho_so", "ho_ten", "ngay_sinh", name)[name] == tag


@pytest.mark.parametrize("name", ["ht", "ht_mau", "ngs", "sgt_kho", "nsnn"])
def test_letters_of_a_field_alone_are_none(classifier: Classifier, name: str) -> None:
    assert _tags(classifier, "du_an", name, "ten_du_an")[name] == "none"


@pytest.mark.parametrize(
    ("name", "table", "tag"),
    [
        ("nh_tho", "benh_nhan", "sensitive.health"),
        ("con_ls", "hoc_sinh", "sensitive.private_life"),
        ("so_nguoi_pt", "nhan_vien", "person.family"),
        ("bpnchan", "bi_can", "sensitive.criminal"),
    ],
)
def test_names_cut_from_a_phrase_count_in_tables_of_people(
    classifier: Classifier, name: str, table: str, tag: str
) -> None:
    assert _tags(classifier, table, "ho_ten", "ngay_sinh", name)[name] == tag
    assert _tags(classifier, "thiet_bi", "model", name)[name] == "none"


def test_what_phrases_of_two_kinds_could_be_cut_to_stays_unread(classifier: Classifier) -> None:
    """`NGAY_QD` is ngày qua đời as well as ngày quyết định."""
    assert _tags(classifier, "ho_so", "ho_ten", "ngay_sinh", "NGAY_QD")["NGAY_QD"] == "none"


def test_a_customer_number_is_no_password(classifier: Classifier) -> None:
    assert _tags(classifier, "hoa_don_nuoc", "ho_ten", "ma_kh")["ma_kh"] == "person.other"


def test_a_list_of_people_is_no_list_of_codes(classifier: Classifier) -> None:
    assert _tags(classifier, "DM_BenhNhan", "MaBenhNhan", "TenBenhNhan", "NamSinh", "NgheNghiep")["NgheNghiep"] == (
        "person.occupation"
    )
    assert set(_tags(classifier, "dm_nghe_nghiep", "ma", "ten", "nghe_nghiep").values()) == {"none"}


def test_numbers_in_a_name_are_read_over(classifier: Classifier) -> None:
    assert _tags(classifier, "students", "emergency2Number2")["emergency2Number2"] == "person.phone"
