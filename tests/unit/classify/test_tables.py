from __future__ import annotations

import pytest

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo


def _kinds(classifier: Classifier, name: str, *columns: str, comment: str | None = None) -> frozenset[str]:
    info = TableInfo(TableName("s", "main", name), tuple(ColumnInfo(c, "VARCHAR") for c in columns), comment=comment)
    return classifier._tables.read(info).kinds


@pytest.mark.parametrize(
    ("name", "columns", "kind"),
    [("nhan_vien", ("he_so_tang_ca",), "thing"), ("ton_kho", ("so_luong_ton",), "payroll")],
)
def test_what_a_column_does_not_make_of_a_table(
    classifier: Classifier, name: str, columns: tuple[str, ...], kind: str
) -> None:
    assert kind not in _kinds(classifier, name, *columns)


@pytest.mark.parametrize(
    ("name", "columns", "kind"),
    [
        ("BENH_NHAN", ("x",), "person"),
        ("tblHocSinh", ("x",), "person"),
        ("employees", ("x",), "person"),
        ("bang_1", ("ho_ten", "x"), "person"),
        ("doanh_nghiep", ("x",), "organisation"),
        ("dm_xa", ("x",), "reference"),
        ("loai_khach_hang", ("ma_loai", "ten_khach_hang"), "reference"),
        ("benh", ("ma_icd", "ten_benh", "trieu_chung"), "thing"),
        ("TuyenDungUngVien", ("x",), "person"),
        ("benh_cay_trong", ("x",), "animal"),
        ("DM_BENH", ("MA_BENH", "TEN_BENH"), "reference"),
        ("dan_toc", ("ma_dan_toc", "ten_dan_toc"), "reference"),
        ("thong_ke_dan_so", ("x",), "statistics"),
        ("dan_lon", ("x",), "animal"),
        ("products", ("x",), "thing"),
        ("phuong_tien", ("x",), "vehicle"),
        ("KhaiSinh", ("x",), "civil_status"),
        ("branches", ("x",), "organisation"),
        ("accident_reports", ("x",), "person"),
        ("job_applications", ("x",), "person"),
        ("drug_orders", ("patient_id",), "clinical"),
    ],
)
def test_what_a_table_is_about(classifier: Classifier, name: str, columns: tuple[str, ...], kind: str) -> None:
    assert kind in _kinds(classifier, name, *columns)


@pytest.mark.parametrize("name", ["thong_ke_benh_nhan", "dm_nhan_vien", "bao_cao_hoc_sinh", "tuyen_dung_nhan_vien"])
def test_lists_and_statistics_of_people_are_not_about_people(classifier: Classifier, name: str) -> None:
    assert "person" not in _kinds(classifier, name, "gioi_tinh", "so_luong")


@pytest.mark.parametrize(
    ("name", "columns", "kind"),
    [
        ("job_applications", ("x",), "requirement"),
        ("accident_reports", ("x",), "statistics"),
        ("loan_products", ("x",), "person"),
        ("drug_orders", ("patient_id",), "thing"),
        ("software", ("license_no",), "person"),
        ("Danh sách học sinh", ("x",), "thing"),
        ("danh_sach_hoc_sinh", ("x",), "thing"),
        ("cuu_chien_binh", ("x",), "animal"),
        ("ho_so_cho_vay", ("x",), "animal"),
        ("de_nghi_cap_the", ("x",), "animal"),
        ("don_de_nghi", ("x",), "no_kind"),
    ],
)
def test_words_inside_a_longer_phrase_do_not_count(
    classifier: Classifier, name: str, columns: tuple[str, ...], kind: str
) -> None:
    assert kind not in _kinds(classifier, name, *columns)


def test_a_comment_helps_a_name_that_says_nothing(classifier: Classifier) -> None:
    assert "person" in _kinds(classifier, "t_07", "x", comment="Danh sách công dân")
    assert _kinds(classifier, "t_07", "x") == frozenset()


def test_a_user_table_of_two_columns_is_no_code_list(classifier: Classifier) -> None:
    assert "reference" not in _kinds(classifier, "users", "id", "name")
    assert "reference" in _kinds(classifier, "colours", "id", "name")


@pytest.mark.parametrize("others", [("dien_thoai",), ("so_cccd", "x"), ("ngay_sinh",)])
def test_a_full_name_with_a_number_of_its_own_is_somebody_whatever_the_table_is_called(
    classifier: Classifier, others: tuple[str, ...]
) -> None:
    assert "person" in _kinds(classifier, "muon_thiet_bi", "ho_ten", *others)
    assert "person" not in _kinds(classifier, "muon_thiet_bi", "ten", *others[1:], "so_seri")


def test_an_owner_makes_no_person_of_an_animal(classifier: Classifier) -> None:
    assert "person" not in _kinds(classifier, "cho_meo", "ten", "ngay_sinh", "ten_chu", "cccd_chu")


@pytest.mark.parametrize(
    ("name", "columns"),
    [("campaign_contacts", ("x",)), ("school_students", ("x",)), ("vet_clinic_clients", ("pet_name", "breed"))],
)
def test_english_names_end_in_what_they_are_about(classifier: Classifier, name: str, columns: tuple[str, ...]) -> None:
    kinds = _kinds(classifier, name, *columns)
    assert "person" in kinds
    assert not kinds & {"thing", "organisation", "animal"}


def test_a_vietnamese_name_begins_with_what_it_is_about(classifier: Classifier) -> None:
    assert "thing" in _kinds(classifier, "san_pham_khach_hang", "x")


def _info(table: str, **columns: str) -> TableInfo:
    return TableInfo(TableName("s", "main", table), tuple(ColumnInfo(one, kind) for one, kind in columns.items()))


def test_numbers_and_counts_that_name_nobody_are_statistics(classifier: Classifier) -> None:
    counts = _info(
        "gv_nam_2026", tong_gv="INTEGER", gv_nu="INTEGER", tong_lop="INTEGER", gv_dan_toc="INTEGER", x="TEXT"
    )
    assert "statistics" in classifier._tables.read(counts).kinds
    named = _info("gv_nam_2026", ho_ten="TEXT", tong_gio="INTEGER", tong_lop="INTEGER", gv_nu="INTEGER", x="INTEGER")
    assert "statistics" not in classifier._tables.read(named).kinds


def test_an_organisation_before_what_the_table_is_about_says_whose_it_is(classifier: Classifier) -> None:
    visits = _info("school_discipline", pupil_forename="TEXT", gender="TEXT", phone="TEXT")
    assert "person" in classifier._tables.read(visits).kinds
    for name in ("school_info", "schools", "business_licenses"):
        kinds = classifier._tables.read(_info(name, name="TEXT", owner="TEXT", phone="TEXT")).kinds
        assert "organisation" in kinds


def test_the_key_of_a_row_is_not_what_the_row_is_about(classifier: Classifier) -> None:
    table = _info("Violation", ViolationID="INTEGER", ViolationText="TEXT")
    tags = {found.column.column: found.tag for found in classifier.classify(table, {})}
    assert tags["ViolationID"] == "none"
    staff = _info("NhanVien", MaNhanVien="TEXT", HoTen="TEXT")
    assert classifier.classify(staff, {})[0].tag == "person.other"


@pytest.mark.parametrize("name", ["kho_lanh", "KhuCongNghiep", "ubnd", "trung_tam", "co_so_xa_thai", "ho_chua"])
def test_a_place_has_a_phone_and_is_nobody(classifier: Classifier, name: str) -> None:
    table = TableInfo(
        TableName("s", "main", name), tuple(ColumnInfo(one, "VARCHAR") for one in ("ten", "dia_chi", "dien_thoai"))
    )
    assert not [one for one in classifier.classify(table, {}) if one.tag.startswith(("person.", "sensitive."))]


@pytest.mark.parametrize("name", ["nhan_vien_kho", "factory_workers", "hoc_vien_trung_tam"])
def test_who_works_in_a_place_is_somebody(classifier: Classifier, name: str) -> None:
    assert "person" in _kinds(classifier, name, "ten", "dien_thoai")


@pytest.mark.parametrize("name", ["thu_kho", "ho_kho_khan"])
def test_a_store_keeper_and_a_hard_life_are_no_store(classifier: Classifier, name: str) -> None:
    assert "thing" not in _kinds(classifier, name, "ten", "dien_thoai")


def test_who_has_a_birth_date_a_nationality_and_a_post_is_no_organisation(classifier: Classifier) -> None:
    own = ("dob", "nationality", "occupation", "phone")
    assert "person" in _kinds(classifier, "partner", *own)
    assert "person" not in _kinds(classifier, "partner", "name", "phone", "director_dob", "director_nationality")


@pytest.mark.parametrize(
    ("name", "columns", "people"),
    [
        ("ticket_agency", ("religion", "passport_no", "no_of_children"), True),
        ("ticket_agency", ("religion", "opening_hours", "fee"), False),
        ("run_sheet", ("passport_no", "religion", "blood_type"), True),
        ("asset", ("passport_no", "religion", "blood_type"), False),
    ],
)
def test_several_things_that_only_people_have_make_it_one_about_them(
    classifier: Classifier, name: str, columns: tuple[str, ...], people: bool
) -> None:
    assert ("person" in _kinds(classifier, name, *columns)) is people


def test_who_answers_for_a_thing_is_named_and_reached_there(classifier: Classifier) -> None:
    """A longer phrase that fits the name but not the table takes nothing from a shorter one of the same tag."""
    columns = (ColumnInfo("so_gpxd", "VARCHAR"), ColumnInfo("Cán bộ thụ lý", "VARCHAR"))
    found = classifier.classify(TableInfo(TableName("s", "main", "cong_trinh"), columns), {})
    assert found[1].tag == "person.name"
