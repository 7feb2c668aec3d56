from __future__ import annotations

from phantang.catalog import Difference, compare
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier

A, S = Status.ACCEPTED, PersonalClass.BASIC


def table(source: str, name: str, unit: str | None, **columns: tuple[str, str]) -> Asset:
    entries = tuple(
        ColumnEntry(column, kind, A, tag, (tag,), Tier.T1 if tag == "none" else Tier.T2, S)
        for column, (kind, tag) in columns.items()
    )
    return Asset(TableName(source, "main", name), entries, privacy_unit=unit)


OLD = table(
    "cu",
    "ho_so_cong_dan",
    "so_cmnd",
    so_cmnd=("VARCHAR", "person.national_id"),
    ho_ten=("VARCHAR", "person.name"),
    ngay_sinh=("DATE", "person.birth_date"),
    dien_tich=("DOUBLE", "none"),
    ghi_chu=("TEXT", "none"),
)
NEW = table(
    "moi",
    "CongDan",
    "soDinhDanh",
    soDinhDanh=("TEXT", "person.national_id"),
    hoTenDayDu=("VARCHAR", "person.name"),
    NgaySinh=("VARCHAR", "person.birth_date"),
    dienTich=("DOUBLE PRECISION", "none"),
    email=("VARCHAR", "person.email"),
)


def names(one: Asset, two: Asset) -> dict[str, tuple[str | None, tuple[Difference, ...]]]:
    return {
        pair.a.column: (pair.b.column if pair.b else None, pair.differences)
        for pair in compare([one], [two])
        if pair.a and pair.a.column
    }


def test_one_concept_under_two_names_is_paired_by_tag_words_type_and_role() -> None:
    found = names(OLD, NEW)
    assert found["so_cmnd"] == ("soDinhDanh", (Difference.NAME,))
    assert found["ho_ten"] == ("hoTenDayDu", (Difference.NAME,))
    assert found["ngay_sinh"] == ("NgaySinh", (Difference.NAME, Difference.TYPE))
    assert found["dien_tich"] == ("dienTich", (Difference.NAME,))
    assert found["ghi_chu"] == (None, (Difference.ONLY_A,))
    lacking = [pair.b.column for pair in compare([OLD], [NEW]) if pair.b and pair.differences == (Difference.ONLY_B,)]
    assert lacking == ["email"]


def test_a_comparison_reads_the_same_from_the_other_side() -> None:
    there = {(a, b) for a, (b, _) in names(OLD, NEW).items() if b}
    back = {(b, a) for a, (b, _) in names(NEW, OLD).items() if b}
    assert there == back


def test_a_catalog_compared_with_itself_differs_in_nothing() -> None:
    pairs = compare([OLD, NEW], [OLD, NEW])
    assert {pair.differences for pair in pairs} == {(Difference.SAME,)}
    assert len(pairs) == len(OLD.columns) + len(NEW.columns)


def test_tables_of_different_matters_are_not_paired() -> None:
    other = table("moi", "kho_vat_tu", None, ma_hang=("VARCHAR", "none"), so_luong=("INTEGER", "none"))
    assert [pair.differences for pair in compare([OLD], [other])] == [(Difference.ONLY_A,), (Difference.ONLY_B,)]
    assert compare([], []) == ()


def test_of_two_columns_called_alike_the_one_of_the_same_kind_of_type_is_paired() -> None:
    people = {"so_cmnd": ("VARCHAR", "person.national_id"), "ho_ten": ("VARCHAR", "person.name")}
    for kind in ("NUMERIC(12,2)", "FLOAT", "BIGINT"):
        one = table("cu", "ho_so_cong_dan", "so_cmnd", **people, dien_tich=(kind, "none"))
        other = table(
            "moi",
            "ho_so_cong_dan",
            "so_cmnd",
            **people,
            dien_tich_a=("VARCHAR", "none"),
            dien_tich_b=("INTEGER", "none"),
            dien_tich_c=("TIMESTAMP", "none"),
        )
        assert names(one, other)["dien_tich"][0] == "dien_tich_b"
