"""Every vector of the 29 Vietnamese identifiers against the rule that recognises it, by value or by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from phantang.classify import Classifier
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

FACTS: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "fixtures/identifiers/vn.yaml").read_text("utf-8"))
IDENTIFIERS = {entry["id"]: entry for entry in FACTS["identifiers"]}
#: The rule that recognises values of each identifier; those without vectors are recognised by name.
RULES = {
    "so_dinh_danh_ca_nhan": "vn.national_id", "cmnd_9": "vn.national_id", "mst": "vn.organisation_tax_code",
    "so_bhxh": "vn.social_insurance", "so_the_bhyt": "vn.health_insurance", "ho_chieu": "vn.passport",
    "gplx": "vn.driver_licence", "bien_so_xe": "vn.vehicle_plate", "phone_mobile": "vn.phone",
    "phone_landline": "vn.phone", "the_ngan_hang": "intl.payment_card", "email": "intl.email",
    "gcn_qsdd_serial": "vn.case.land_certificate", "khai_sinh_so": "vn.subject.civil_status_number",
    "ma_ho_so_tthc": "vn.case.dossier_code", "ma_tthc": "vn.none.procedure_code",
    "ma_don_vi_hanh_chinh_xa": "vn.commune_code", "ma_tinh": "vn.province_code", "icd10": "vn.health",
}  # fmt: skip
NAMES = {
    "mst_ca_nhan": ("mst_ca_nhan", "nhan_vien", "person.tax_code"),
    "so_tai_khoan": ("so_tai_khoan", "khach_hang", "sensitive.bank_account"),
    "ma_so_bi_mat": ("mat_khau", "nguoi_dung", "sensitive.credential"),
    "ma_gcn": ("ma_gcn", "gcn", "person.other"),
    "thua_dat": ("so_thua", "thua_dat", "none"),
    "so_ho_so_cu_tru": ("so_ho_so_cu_tru", "nhan_khau", "person.family"),
    "ma_huyen_cu": ("ma_huyen", "dan_cu", "admin.unit_code.district"),
    "vneid_account": ("tai_khoan_dinh_danh", "cong_dan", "sensitive.credential"),
    "toa_do": ("toa_do", "khach_hang", "sensitive.location"),
    "so_dkkd_ho": ("so_dkkd", "ho_kinh_doanh", "organisation.id"),
}


def test_no_identifier_is_left_out() -> None:
    assert set(RULES) | set(NAMES) == set(IDENTIFIERS)


@pytest.mark.parametrize("name", RULES)
def test_vectors(name: str, classifier: Classifier) -> None:
    number = next(n for n, rule in enumerate(classifier.rules) if rule.id == RULES[name])
    test = classifier.rules[number].values
    assert test is not None

    def known(value: str) -> bool:
        value = value.strip()
        return classifier.values.accepts(number, value)

    def agrees(value: str) -> bool:
        return any(re.fullmatch(form, value) for form in test.also if form not in {"[^\\n]+", "[^\\n\\d]+"})

    for value in IDENTIFIERS[name]["valid"]:
        assert known(value) or agrees(value), value
    for value in IDENTIFIERS[name].get("invalid", ()):
        assert not known(value), value


@pytest.mark.parametrize("name", NAMES)
def test_identifiers_without_vectors_are_known_by_name(name: str, classifier: Classifier) -> None:
    column, table, tag = NAMES[name]
    info = TableInfo(TableName("s", "main", table), (ColumnInfo(column, "VARCHAR"),))
    assert classifier.classify(info, {})[0].tag == tag
