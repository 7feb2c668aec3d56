"""The pitfalls seen in other tools, one by one, and what must hold for every finding."""

from __future__ import annotations

import gc
import random
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence

import pytest

from phantang.classify import Classifier
from phantang.model.finding import Finding
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

Generators = dict[str, Callable[[random.Random], str]]


def _one(
    classifier: Classifier,
    name: str,
    values: Sequence[str | None] = (),
    *,
    table: str = "bang_1",
    type_name: str = "VARCHAR",
    comment: str | None = None,
    beside: Sequence[str] = (),
) -> Finding:
    columns = (ColumnInfo(name, type_name, comment=comment), *(ColumnInfo(other, "VARCHAR") for other in beside))
    info = TableInfo(TableName("s", "main", table), columns)
    return classifier.classify(info, {name: values} if values else {})[0]


def _draw(generators: Generators, name: str, count: int = 60) -> list[str]:
    draw = random.Random(name)
    return [generators[name](draw) for _ in range(count)]


def test_twelve_digits_are_told_apart(classifier: Classifier, generators: Generators) -> None:
    assert _one(classifier, "c1", _draw(generators, "national_id")).tag == "person.national_id"
    for other in ("order_number", "order_number_dmy", "customs", "licence"):
        assert _one(classifier, "c1", _draw(generators, other)).tag == "none", other
    one_year = [f"001204{n:06d}" for n in range(60)]
    assert _one(classifier, "c1", one_year).tag == "none"


def test_the_name_decides_a_driving_licence(classifier: Classifier, generators: Generators) -> None:
    assert _one(classifier, "gplx", _draw(generators, "licence")).tag == "person.driver_licence"


def test_tax_codes_of_people_and_companies(classifier: Classifier, generators: Generators) -> None:
    person, company = _draw(generators, "tax_person"), _draw(generators, "tax_company")
    assert _one(classifier, "ma_so_thue", person, table="nhan_vien").tag == "person.tax_code"
    assert _one(classifier, "ma_so_thue", company, table="doanh_nghiep").tag == "organisation.id"
    assert _one(classifier, "c5", company).tag == "organisation.id"
    assert _one(classifier, "c5", _draw(generators, "digits10")).tag == "none"


def test_lost_leading_zeros_support_a_name(classifier: Classifier, generators: Generators) -> None:
    numbers = _draw(generators, "national_id_no_zero")
    phones = _draw(generators, "phone_no_zero")
    assert _one(classifier, "so_cccd", numbers, type_name="BIGINT").confidence > 0.93
    assert _one(classifier, "sdt", phones, type_name="BIGINT").confidence > 0.92
    assert _one(classifier, "sdt", [f"{phone}.0" for phone in phones], type_name="DOUBLE").confidence > 0.92


def test_old_and_new_numbers_mixed(classifier: Classifier, generators: Generators) -> None:
    finding = _one(classifier, "so_giay_to", _draw(generators, "old_or_new_id"))
    assert finding.tag == "person.national_id"
    assert finding.confidence > 0.93


def test_versions_are_not_addresses_and_ibans_not_health_cards(classifier: Classifier, generators: Generators) -> None:
    assert _one(classifier, "c1", _draw(generators, "version")).tag == "none"
    assert _one(classifier, "c1", _draw(generators, "ip")).tag == "person.account"
    ibans = ["GB29NWBK60161331926819", "DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300"]
    assert _one(classifier, "c1", ibans).tag == "sensitive.bank_account"


@pytest.mark.parametrize(
    ("name", "type_name"),
    [("email_verified", "BOOLEAN"), ("phone_verified_at", "TIMESTAMP"), ("gt_the_tu_ngay_cap", "DATE"),
     ("stbhxh", "DECIMAL"), ("mat_do_dan_so", "DOUBLE"), ("created_at", "TIMESTAMP"),
     ("thongTin", "VARCHAR"), ("ngayDangKy", "DATE"), ("so_luong", "INTEGER")],
)  # fmt: skip
def test_look_alike_names(classifier: Classifier, name: str, type_name: str) -> None:
    assert _one(classifier, name, type_name=type_name, table="nhan_vien").tag == "none"


@pytest.mark.parametrize(
    "table", ["san_pham", "products", "dm_xa", "thong_ke", "dan_lon", "tram_quan_trac", "tuyen_dung"]
)
def test_a_name_in_a_table_of_things_is_no_person(classifier: Classifier, table: str) -> None:
    assert _one(classifier, "ten", table=table).tag == "none"
    assert _one(classifier, "gioi_tinh", table="dan_lon").tag == "none"


def test_coordinates_need_a_person_or_a_vehicle(classifier: Classifier, generators: Generators) -> None:
    values = _draw(generators, "lat")
    assert _one(classifier, "vi_do", values, table="hanh_trinh", beside=["bien_so"]).tag == "sensitive.location"
    assert _one(classifier, "vi_do", values, table="hanh_trinh").tag == "none"
    assert _one(classifier, "vi_do", values, table="tram_khi_tuong", beside=["ten"]).tag == "none"


def test_strong_values_overrule_a_name_and_the_name_stays(classifier: Classifier, generators: Generators) -> None:
    finding = _one(classifier, "ten_dang_nhap", _draw(generators, "email"))
    assert "person.email" in finding.tags
    assert "person.account" in finding.tags
    assert _one(classifier, "mat_khau", _draw(generators, "email")).tags == ("sensitive.credential", "person.email")
    assert _one(classifier, "ma_don_hang", _draw(generators, "national_id")).tag == "person.national_id"
    assert _one(classifier, "ma_don_hang", _draw(generators, "phone")).tag == "none"


@pytest.mark.parametrize(
    ("name", "comment", "tag"),
    [
        ("V108", "Have you, or not: age at first intercourse", "sensitive.sexual_life"),
        ("c7", "Trong 4 tuần qua có ốm đau không", "sensitive.health"),
        ("ghi_nhan", "Trong 4 tuần qua có ốm đau không", "none"),
    ],
)
def test_the_question_beside_an_opaque_name_is_heard_to_its_end(
    classifier: Classifier, name: str, comment: str, tag: str
) -> None:
    assert _one(classifier, name, comment=comment).tag == tag


def test_comments_speak(classifier: Classifier) -> None:
    assert _one(classifier, "cot_9", comment="Số CCCD của chủ hộ").tag == "person.national_id"
    assert _one(classifier, "cot_9", comment=unicodedata.normalize("NFD", "Địa chỉ thường trú")).tag == "person.address"
    assert {item.kind for item in _one(classifier, "cot_9", comment="Họ và tên").evidence} == {"comment"}


def test_decomposed_names_are_names(classifier: Classifier) -> None:
    assert _one(classifier, unicodedata.normalize("NFD", "Số điện thoại")).tag == "person.phone"


def test_an_ambiguous_word_proposes_both_for_a_person_to_decide(classifier: Classifier) -> None:
    finding = _one(classifier, "tien_su")
    assert set(finding.tags) == {"sensitive.health", "sensitive.criminal"}
    assert finding.confidence < 0.7


def test_a_secret_is_suspected_and_reading_stops(classifier: Classifier, generators: Generators) -> None:
    values = [*_draw(generators, "email"), "Công văn số 5 (TUYỆT MẬT)"]
    finding = _one(classifier, "ghi_chu", values)
    assert finding.tags == ("secrecy.suspected",)
    assert len(finding.evidence) == 1
    for innocent in ("MẬT ĐỘ DÂN SỐ", "MẬT ONG RỪNG", "NGUYỄN THỊ MẬT", "Mật khẩu"):
        assert _one(classifier, "ghi_chu", [innocent] * 3).tag == "none"


def test_of_secrets_no_value_after_the_first_is_counted(classifier: Classifier) -> None:
    values = ["Kế hoạch năm", "Báo cáo quý", *(f"Phương án {n} (TỐI MẬT)" for n in range(50))]
    finding = _one(classifier, "ghi_chu", values)
    assert [(part.rule, part.hits, part.sampled) for part in finding.evidence] == [("special.secrecy_marker", 1, 3)]


def test_an_identifier_inside_text_is_found(classifier: Classifier, generators: Generators) -> None:
    finding = _one(classifier, "noi_dung", _draw(generators, "text_with_id"))
    assert finding.tag == "person.national_id"
    assert 0.5 <= finding.confidence < 0.9


def test_birth_dates_by_value_are_of_generations(classifier: Classifier, generators: Generators) -> None:
    births = _draw(generators, "birth_dmy")
    assert _one(classifier, "c3", births, table="benh_nhan").tag == "person.birth_date"
    assert _one(classifier, "c3", births, table="nhat_ky").tag == "person.birth_date"
    assert _one(classifier, "c3", births, table="thong_ke_thang").tag == "none"
    assert _one(classifier, "c3", _draw(generators, "recent"), table="benh_nhan").tag == "none"


def test_every_column_gets_a_finding_with_sound_numbers(classifier: Classifier, generators: Generators) -> None:
    columns = tuple(ColumnInfo(name, "VARCHAR") for name in (*generators, "", "ệ", "x" * 300, "'; DROP TABLE t;--"))
    info = TableInfo(TableName("s", "main", "t"), columns)
    found = classifier.classify(info, {name: _draw(generators, name, 30) for name in generators})
    assert [item.column.column for item in found] == [column.name for column in columns]
    for item in found:
        assert 0.0 <= item.confidence <= 1.0
        assert item.tags[0] == item.tag
        assert all(0 <= part.hits <= part.sampled for part in item.evidence)
        assert all(
            part.kind in {"name", "comment", "value", "partial", "path", "context", "foreign_key"}
            for part in item.evidence
        )


def test_no_value_is_ever_in_a_finding(classifier: Classifier, generators: Generators) -> None:
    samples = {f"c_{name}": _draw(generators, name, 40) for name in generators}
    long = {name: [value for value in values if len(value) >= 5] for name, values in samples.items()}
    info = TableInfo(TableName("s", "main", "t"), tuple(ColumnInfo(name, "VARCHAR") for name in samples))
    text = repr(classifier.classify(info, samples))
    assert [value for values in long.values() for value in values if value in text] == []


def test_findings_do_not_depend_on_the_order_of_values(classifier: Classifier, generators: Generators) -> None:
    values = [*_draw(generators, "old_or_new_id"), *_draw(generators, "word")]
    assert _one(classifier, "so_giay_to", values) == _one(classifier, "so_giay_to", values[::-1])


def test_an_empty_table_has_no_findings(classifier: Classifier) -> None:
    assert classifier.classify(TableInfo(TableName("s", "main", "t"), ()), {}) == ()


def test_no_value_is_remembered_once_its_table_was_looked_at(classifier: Classifier) -> None:
    def look() -> None:
        days = [f"{day} tháng 9 năm 1971" for day in range(1, 29)]
        families, middles = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng"), ("Văn", "Thị", "Đức", "Minh")
        people = [f"{family} {middle} Quoánh" for family in families for middle in middles]
        for column, values in (("ngay_sinh", days), ("ho_ten", people), ("ghi_chu", [*people, *days])):
            _one(classifier, column, values)

    look()
    modules = [module for name, module in sys.modules.items() if name.startswith("phantang.classify")]
    known = [one for module in modules for one in vars(module).values() if type(one) is dict]
    remembered = [one for module in modules for one in vars(module).values() if hasattr(one, "cache_info")]
    texts = [*map(repr, known), *(repr(gc.get_referents(one)) for one in remembered)]
    assert len(remembered) > 10
    assert [text for text in texts if re.search(r"tháng 9 năm 1971| Quoánh", text)] == []
