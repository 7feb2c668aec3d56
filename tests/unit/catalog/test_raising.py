from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from phantang.catalog import Measured, accept, changes, measure, parse_asset, parse_snapshot, propose, render_asset
from phantang.catalog.raising import bears
from phantang.catalog.uniqueness import UniqueSet, singling_out
from phantang.model.catalog import Asset, Status, Subjects
from phantang.model.errors import WorkspaceError
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.raising import Waiver
from phantang.model.schema import ColumnInfo, TableInfo
from phantang.model.tier import PersonalClass, Tier

ROOT = Path(__file__).parents[3] / "catalog"
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in ROOT.rglob("*.yaml")
    if "assets" not in path.parts
}
SNAPSHOT = parse_snapshot(FILES)


def test_a_tag_counts_as_a_wider_one_and_not_as_one_spelled_alike() -> None:
    assert bears(["person.name.family"], ["person.name"])
    assert not bears(["person.names", "person"], ["person.name"])


def scan(
    table: str,
    columns: dict[str, str],
    *,
    existing: Asset | None = None,
    measured: Measured | None = None,
    comment: str | None = None,
    unit: str | None = None,
) -> Asset:
    name = TableName("s", "main", table)
    info = TableInfo(name, tuple(ColumnInfo(column, "VARCHAR") for column in columns), comment=comment)
    evidence = (Evidence("r", "name"),)
    found = [Finding(ColumnName(name, column), tag, (tag,), 0.9, evidence) for column, tag in columns.items()]
    return propose(existing, info, found, SNAPSHOT.tags, unit, {}, rules=SNAPSHOT.raise_rules, measured=measured)


def tiers(asset: Asset) -> dict[str, Tier | None]:
    return {entry.name: entry.tier for entry in asset.columns}


TRIP = {"bien_so": "person.vehicle_plate", "vi_do": "sensitive.location", "toc_do": "none"}


def test_a_plate_beside_a_place_makes_the_rows_sensitive_with_the_law_that_says_so() -> None:
    asset = scan("hanh_trinh", TRIP)
    (found,) = asset.raised
    assert (found.rule, found.scope, found.tier) == ("location", "table", Tier.T3)
    assert found.columns == ("bien_so", "vi_do")
    assert (found.basis, found.status) == ("Decree 356/2025/NĐ-CP Art 4(1)(h)", "verified")
    assert scan("xe", {"bien_so": "person.vehicle_plate", "toc_do": "none"}).raised == ()
    # Whoever reads the plate without the place reads a plate.
    assert tiers(asset)["bien_so"] is Tier.T2


@pytest.mark.parametrize(
    "name", ["anh_cccd", "AnhMatTruocCMND", "ẢNH_CĂN_CƯỚC", "url_giay_to_tuy_than", "id_card_front"]
)
def test_card_images_are_known_by_their_names(name: str) -> None:
    asset = scan("nguoi", {"ho_ten": "person.name", name: "person.other"})
    assert tiers(asset)[name] is Tier.T3


@pytest.mark.parametrize("name", ["anh_san_pham", "so_cccd", "canh_bao_cccd", "profile_cccd"])
def test_what_only_looks_like_a_card_image_is_not(name: str) -> None:
    assert tiers(scan("nguoi", {"ho_ten": "person.name", name: "person.other"}))[name] is Tier.T2


@pytest.mark.parametrize(
    ("table", "comment"), [("ds_ho_ngheo", None), ("dsHoNgheo", None), ("bang_1", "Người khuyết tật")]
)
def test_a_benefit_list_says_something_of_each_person(table: str, comment: str | None) -> None:
    columns = {"ho_ten": "person.name", "ma_xa": "admin.unit_code"}
    assert tiers(scan(table, columns, comment=comment)) == {"ho_ten": Tier.T3, "ma_xa": Tier.T0}
    assert tiers(scan("ho_khau", columns))["ho_ten"] is Tier.T2


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("tre_em_bi_xam_hai", "inference_case"),
        ("domestic_violence_cases", "inference_case"),
        ("pham_nhan", "inference_offence"),
        ("dsDangVien", "inference_belief"),
        ("don_to_cao", "inference_denunciation"),
    ],
)
def test_a_list_that_tells_something_secret_of_each_person_is_raised_but_not_who_handles_it(
    table: str, rule: str
) -> None:
    asset = scan(table, {"ho_ten": "person.name", "can_bo_thu_ly": "person.name", "ngay_lap": "none"})
    assert tiers(asset) == {"ho_ten": Tier.T3, "can_bo_thu_ly": Tier.T2, "ngay_lap": Tier.T1}
    assert [(one.rule, one.columns) for one in asset.raised] == [(rule, ("ho_ten",))]


def test_login_names_of_electronic_identities_and_bank_accounts_are_sensitive_and_their_devices_are_not() -> None:
    columns = {"ten_dang_nhap": "person.account", "id_thiet_bi": "person.account", "so_du": "sensitive.finance"}
    wanted = {"ten_dang_nhap": Tier.T3, "id_thiet_bi": Tier.T2, "so_du": Tier.T3}
    assert tiers(scan("tai_khoan", columns, comment="Tài khoản định danh điện tử")) == wanted
    assert tiers(scan("khach_hang_ebanking", columns)) == wanted
    assert tiers(scan("dien_dan", columns))["ten_dang_nhap"] is Tier.T2


def test_nothing_is_raised_in_a_table_that_is_about_nobody() -> None:
    assert scan("dm_loai_ho", {"loai_ho": "none", "ten": "none"}).raised == ()
    assert tiers(scan("nguoi", {"ho_ten": "person.name", "loai_ho": "none"}))["loai_ho"] is Tier.T3


def test_a_raise_of_a_decided_column_is_a_proposal_and_a_decision_about_it_stands() -> None:
    columns = {"ho_ten": "person.name", "ma_xa": "admin.unit_code"}
    before = accept(scan("ds", columns), "an")
    poor = "Danh sách hộ nghèo"
    after = scan("ds", columns, existing=before, comment=poor)
    name = after.columns[0]
    assert (name.tier, name.status) == (Tier.T2, Status.ACCEPTED)
    assert name.proposal is not None
    assert (name.proposal.tag, name.proposal.tier) == ("person.name", Tier.T3)
    agreed = accept(after, "bình", ["ho_ten"])
    assert (agreed.columns[0].tier, agreed.columns[0].personal_class) == (Tier.T3, PersonalClass.SENSITIVE)
    assert Evidence("inference", "combination") in agreed.columns[0].evidence
    assert scan("ds", columns, existing=agreed, comment=poor).columns[0].proposal is None
    refused = replace(before, columns=(replace(before.columns[0], rejected=("inference",)), *before.columns[1:]))
    again = scan("ds", columns, existing=refused, comment=poor)
    assert (again.columns[0].tier, again.columns[0].proposal) == (Tier.T2, None)
    assert changes([again]) == ()


@pytest.mark.parametrize(
    ("columns", "count", "rules", "level"),
    [
        ({"ho_ten": "person.name"}, 99_999, [], None),
        ({"ho_ten": "person.name"}, 100_000, ["count_basic_important"], "T4a"),
        ({"ho_ten": "person.name"}, 1_000_000, ["count_basic_core"], "T4b"),
        ({"ho_ten": "person.name", "benh": "sensitive.health"}, 9_999, [], None),
        ({"ho_ten": "person.name", "benh": "sensitive.health"}, 10_000, ["count_sensitive_important"], "T4a"),
        (
            {"ho_ten": "person.name", "benh": "sensitive.health"},
            100_000,
            ["count_basic_important", "count_sensitive_core"],
            "T4b",
        ),
        ({"tk": "sensitive.bank_account"}, 10_000, ["count_sensitive_important", "count_bank_important"], "T4a"),
        ({"gia": "none"}, 5_000_000, [], None),
    ],
)
def test_counts_against_decision_20(columns: dict[str, str], count: int, rules: list[str], level: str | None) -> None:
    asset = scan("bang", columns, measured=Measured({}, Subjects(count, "distinct")))
    assert [found.rule for found in asset.raised] == rules
    assert asset.level == level
    assert all(found.counts["subjects"] == count for found in asset.raised)
    assert all(found.basis.startswith("Decision 20/2025") for found in asset.raised)
    # A holding's level is not the tier of one person's row.
    assert asset.tier < Tier.T4
    # What was counted stands until somebody counts again, and survives the file.
    again = scan("bang", columns, existing=asset)
    assert (again.subjects, again.raised) == (asset.subjects, asset.raised)
    assert parse_asset("assets/s/main.bang.yaml", render_asset(again), SNAPSHOT.tags) == again


def people(count: int) -> dict[str, list[str | None]]:
    draw = random.Random(7)
    return {
        "ngay_sinh": [str(draw.randrange(365 * 70)) for _ in range(count)],
        "ma_xa": [str(draw.randrange(300)) for _ in range(count)],
        "gioi_tinh": [draw.choice("NW") for _ in range(count)],
        "trong": [None] * count,
        "mot": ["x"] * count,
    }


def test_the_smallest_sets_that_single_people_out_are_found_and_the_estimate_is_near_the_truth() -> None:
    everybody = people(40_000)
    sample = {name: values[:1000] for name, values in everybody.items()}
    sets = singling_out(sample, list(sample), rows=40_000, columns=3, share=0.5)
    assert [one.columns for one in sets] == [("ma_xa", "ngay_sinh")]
    (found,) = sets
    pairs = list(zip(everybody["ma_xa"], everybody["ngay_sinh"], strict=True))
    truth = sum(count == 1 for count in Counter(pairs).values()) / len(pairs)
    assert found.unique / found.sampled == pytest.approx(truth, abs=0.05)


def test_a_sample_that_is_the_whole_table_is_counted_exactly() -> None:
    whole: dict[str, list[str | None]] = {"a": ["1", "1", "2", "3", None], "b": ["x", "y", "x", "x", "z"]}
    assert singling_out(whole, ["a", "b"], rows=5, columns=2, share=0.1)[0] == UniqueSet(("a",), 2, 5)
    assert singling_out(whole, ["a", "b"], rows=None, columns=2, share=0.7) == (UniqueSet(("a", "b"), 4, 5),)
    assert singling_out({}, ["a"], rows=0, columns=2, share=0.1) == ()
    assert singling_out({"a": []}, ["a"], rows=0, columns=2, share=0.1) == ()


def test_a_set_that_singles_people_out_makes_the_rows_personal() -> None:
    columns = {"ma_xa": "admin.unit_code", "nam": "person.birth_date", "ho_ten": "person.name"}
    name = TableName("s", "main", "bang")
    draws = people(500)
    samples = {"ma_xa": draws["ma_xa"], "nam": draws["ngay_sinh"], "ho_ten": draws["ngay_sinh"]}
    findings = [Finding(ColumnName(name, c), tag, (tag,), 0.9, ()) for c, tag in columns.items()]
    measured = Measured(measure(findings, samples, SNAPSHOT.raise_rules, 500))
    asset = scan("bang", columns, measured=measured, unit="ho_ten")
    assert [(found.rule, found.scope, found.columns) for found in asset.raised] == [("linkage", "table", ("nam",))]
    # Somebody calls every column harmless: the rows are still what they are together.
    harmless = replace(
        asset, columns=tuple(replace(entry, tier=Tier.T0, status=Status.ACCEPTED) for entry in asset.columns)
    )
    assert harmless.tier is Tier.T2


def test_what_was_measured_stands_until_it_is_measured_again() -> None:
    columns = {"ma_xa": "admin.unit_code", "gioi_tinh": "person.gender"}
    asset = scan("bang", columns, measured=Measured({"linkage": (UniqueSet(tuple(columns), 30, 100),)}))
    assert [found.rule for found in asset.raised] == ["linkage"]
    assert scan("bang", columns, existing=asset).raised == asset.raised
    assert scan("bang", columns, existing=asset, measured=Measured({})).raised == ()


def test_a_raise_takes_the_place_of_no_disagreement_and_no_waiver_ends_that_of_a_column() -> None:
    columns, poor = {"ho_ten": "person.name"}, "Danh sách hộ nghèo"
    before = accept(scan("ds", columns), "an")
    after = scan("ds", {"ho_ten": "sensitive.health"}, existing=before, comment=poor)
    assert [entry.proposal and entry.proposal.tag for entry in after.columns] == ["sensitive.health"]
    raised = scan("ds", columns, comment=poor)
    waived = replace(raised, waived=tuple(Waiver(found, "an", "x") for found in raised.raised))
    again = scan("ds", columns, existing=waived, comment=poor)
    assert (again.raised, tiers(again)) == (raised.raised, {"ho_ten": Tier.T3})


def test_a_suspicion_of_state_secrets_stands_until_a_person_decides() -> None:
    asset = scan("van_ban", {"do_mat": "secrecy.suspected", "so": "none"})
    name = TableName("s", "main", "van_ban")
    info = TableInfo(name, (ColumnInfo("do_mat", "VARCHAR"), ColumnInfo("so", "VARCHAR")))
    again = propose(
        asset, info, [Finding(ColumnName(name, "do_mat"), "none", ("none",), 0.9, ())], SNAPSHOT.tags, None, {}
    )
    assert (again.columns[0].tag, again.columns[0].status) == ("secrecy.suspected", Status.PROPOSED)
    assert again.columns[1].tag is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("beside: [sensitive.location]", "note: x", "catalog_unknown_key"),
        ("beside: [sensitive.location]", "below: 3", "catalog_raise_incomplete"),
        ("beside: [sensitive.location]", "beside: [sensitive.nowhere]", "catalog_unknown_tag_at"),
        ("singles_out: {columns: 3, share: 0.2}", "singles_out: {columns: 3, share: 2}", "catalog_wrong_type"),
        ("class: basic, at_least: 100000", "at_least: 100000", "catalog_raise_incomplete"),
        ("- id: card_image", "- id: location", "catalog_duplicate_id"),
        ("table: [phạm nhân", "beside: [sensitive.health]\n      table: [phạm nhân", "catalog_raise_incomplete"),
        ("raises: [person.account]", "note: x", "catalog_unknown_key"),
    ],
)
def test_a_broken_rule_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    assert old in FILES["tiers.yaml"]
    with pytest.raises(WorkspaceError) as refused:
        parse_snapshot({**FILES, "tiers.yaml": FILES["tiers.yaml"].replace(old, new, 1)})
    assert refused.value.code == code
    assert refused.value.params["file"] == "tiers.yaml"


def test_a_note_without_a_condition_is_no_rule() -> None:
    text = FILES["tiers.yaml"].replace("- id: linkage", "- {id: note, rule: as before}\n    - id: linkage")
    assert parse_snapshot({**FILES, "tiers.yaml": text}).raise_rules == SNAPSHOT.raise_rules
