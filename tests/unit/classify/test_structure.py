from __future__ import annotations

from phantang.classify import propose_structure
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, TableInfo

TABLE = TableName("s", "main", "t")


def _propose(columns: dict[str, str], key: tuple[str, ...] = ()) -> tuple[str | None, dict[str, str]]:
    """Columns map to `tag` or `tag rule`."""
    info = TableInfo(TABLE, tuple(ColumnInfo(name, "VARCHAR") for name in columns), primary_key=key)
    findings = []
    for name, text in columns.items():
        tag, _, rule = text.partition(" ")
        findings.append(Finding(ColumnName(TABLE, name), tag, (tag,), 0.9, (Evidence(rule or "r", "name"),)))
    return propose_structure(info, findings)


def test_a_primary_key_that_identifies_a_person_wins() -> None:
    assert _propose({"so_cccd": "person.national_id", "ma_bn": "person.other vn.subject.x"}, ("ma_bn",))[0] == "ma_bn"
    assert (
        _propose({"cccd_chu_xe": "person.national_id", "bien_so": "person.vehicle_plate"}, ("bien_so",))[0] == "bien_so"
    )


def test_a_key_of_papers_yields_to_its_subject() -> None:
    columns = {"ma_ho_so": "person.other vn.case.x", "sdt": "person.phone", "so_giay_to_tuy_than": "person.national_id"}
    assert _propose(columns, ("ma_ho_so",))[0] == "so_giay_to_tuy_than"
    assert _propose({"ma_lk": "person.other vn.case.x", "ma_bn": "person.other vn.subject.x"}, ("ma_lk",))[0] == "ma_bn"


def test_relatives_are_not_the_subject() -> None:
    columns = {"meSoGiayToTuyThan": "person.national_id", "so_dang_ky": "person.other vn.subject.x"}
    assert _propose(columns, ("so_dang_ky",))[0] == "so_dang_ky"
    assert _propose({"cccd_me": "person.national_id", "the_bhyt": "person.health_insurance"})[0] == "the_bhyt"
    assert _propose({"meSoGiayToTuyThan": "person.national_id"})[0] == "meSoGiayToTuyThan"


def test_no_person_no_privacy_unit() -> None:
    assert _propose({"ma": "none", "ten": "none"}, ("ma",)) == (None, {})


def test_scope_prefers_residence() -> None:
    commune = "admin.unit_code.commune"
    columns = {"ma_xa_sinh": commune, "ma_xa": commune, "maxa_cu_tru": commune, "ma_tinh": "admin.unit_code.province"}
    assert _propose(columns)[1] == {"commune": "maxa_cu_tru", "province": "ma_tinh"}
