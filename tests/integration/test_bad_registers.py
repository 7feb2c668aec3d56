"""Registers that people write wrongly: found by `policy check` or `doctor`, with file and line, and never widening."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from phantang.catalog import parse_snapshot
from phantang.flow.workspace.doctor_catalog import (
    circles,
    misplaced_agencies,
    unbound_databases,
    unknown_registers,
    unregistered_approvals,
)
from phantang.model.errors import WorkspaceError
from phantang.pdp import Bundle, check_files

from ..unit.pdp.conftest import ROOT, bundle_files

CATALOG = {
    str(path.relative_to(ROOT / "catalog")): path.read_text(encoding="utf-8")
    for path in Path(ROOT / "catalog").rglob("*.yaml")
}
POPULATION = "sources/dan_cu.yaml"
CATALOG[POPULATION] = str(
    yaml.safe_load((ROOT / "src/phantang/flow/workspace/demo.yaml").read_text(encoding="utf-8"))["sources"]["dan_cu"]
)
CATALOG["consents.yaml"] = """consents:
  DY-1: {business: ngan-hang, sources: [dan_cu], valid_until: 2027-01-31}
"""
CATALOG["approvals.yaml"] = """approvals:
  C06-1: {agency: c06, source: dan_cu, tiers: [T3], valid_until: 2027-01-31, revoked_on: 2026-10-01}
"""
OFFICER = "agencies/xa-ba-dinh.yaml"
TABLE = """source: kho
schema: main
table: {name}
foreign_keys:
- {{columns: [a], refers_to: {{source: kho, schema: main, table: {to}}}, to: [a]}}
columns:
- {{name: a, type: VARCHAR, status: proposed}}
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("law/masks/data.yaml", "person.name: MASK", "person.name: MASQUE", "person.name: MASQUE"),
        ("law/matrix/data.yaml", "min_group_size: 20, ", "min_group_size: 0, ", "min_group_size: 0"),
        ("law/limits/data.yaml", "sample_rows: 100", "sample_rows: .nan", "sample_rows"),
        ("law/requesters/data.yaml", "any: subject_self", "any: subject_sel", "S1"),
        ("rules/limit/sample/sample.rego", "facts.tables", "facts.tablse(1)", "facts.tablse"),
        ("rules/limit/sample/sample.rego", "facts.tables", "facts.tablse", "facts.tablse"),
        ("rules/limit/sample/sample.rego", "limits.sample_rows", "limits.sample_row", "limits.sample_row"),
        ("rules/mask/clearance/clearance.rego", "subject.clearance", "subject.claerance", "subject.claerance"),
        ("law/limits/data.yaml", "sample_rows: 100", "sample_rows: 0", "sample_rows: 0"),
        ("law/limits/data.yaml", "business_consent: 5", "business_consent: -1", "business_consent: -1"),
        ("law/limits/data.yaml", "subject_self: 50", "subject_selv: 50", "subject_selv"),
        ("law/combinations/data.yaml", "[person.occupation]]", "[]]", "linkage_occupation:"),
        ("law/combinations/data.yaml", "measured: {to: T2", "measured: {to: T9", "measured: {to: T9"),
    ],
)
def test_a_wrong_policy_is_named_with_file_and_line(file: str, old: str, new: str, line: str) -> None:
    files = bundle_files()
    assert old in files[file]
    files[file] = files[file].replace(old, new, 1)
    places = {(problem.file, problem.line) for problem in check_files(files)}
    lines = files[file].split("\n")
    assert any(name == file and number and line in lines[number - 1] for name, number in places), places


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("purposes.yaml", "    valid_until: 2027-12-31\n", "", "catalog_missing_key"),
        ("purposes.yaml", "valid_until: 2027-12-31", "valid_until: mai sau", "catalog_wrong_type"),
        (OFFICER, "can_bo_mot_cua_xa", "can_bo_nao_do", "catalog_unknown_value"),
        (OFFICER, "level: commune", "level: commune\nlevel: province", None),
        (OFFICER, 'commune: "00004"', 'commune: ["00004", "00008"]', None),
        (POPULATION, "recoded: true", "recoded: rồi", "catalog_unknown_value"),
        (POPULATION, "recoded: true", "recodde: true", "catalog_unknown_key"),
        (POPULATION, "id: dan_cu", "id: dan_so", "catalog_id_mismatch"),
        ("consents.yaml", "business: ngan-hang", "business: ngan-hangg", "catalog_unknown_value"),
        ("consents.yaml", "valid_until: 2027-01-31", "valid_until: mai", "catalog_wrong_type"),
        ("consents.yaml", "sources: [dan_cu]", "sources: []", "catalog_wrong_type"),
        ("approvals.yaml", "tiers: [T3]", "tiers: [T9]", "catalog_unknown_value"),
        ("approvals.yaml", "agency: c06", "agency: c60", "catalog_unknown_value"),
        ("approvals.yaml", "revoked_on", "revoked_in", "catalog_unknown_key"),
        (POPULATION, "id: dan_cu", "id: dan_cu\ncase_number: yes", "catalog_unknown_value"),
        (POPULATION, "about: [so_cccd]", "about: []", "catalog_wrong_type"),
        (POPULATION, "about: [so_cccd]", "about: [so_cccd, so_cccd]", "catalog_duplicate_id"),
        (POPULATION, "  officer: can_bo_xu_ly", "  officers: can_bo_xu_ly", "catalog_unknown_key"),
    ],
)
def test_a_wrong_register_is_named_with_file_and_line(file: str, old: str, new: str, code: str | None) -> None:
    assert old in CATALOG[file]
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**CATALOG, file: CATALOG[file].replace(old, new, 1)})
    assert code is None or caught.value.code == code
    assert file in str(caught.value)
    assert int(caught.value.params["line"]) > 0


def test_a_value_nobody_defined_comes_with_those_there_are() -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**CATALOG, OFFICER: CATALOG[OFFICER].replace("can_bo_mot_cua_xa", "can_bo_mot_cua")})
    for lang in ("vi", "en"):
        assert "can_bo_mot_cua_xa" in caught.value.remedy(lang)
        assert "catalog/actors.yaml" in caught.value.remedy(lang)
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**CATALOG, OFFICER: CATALOG[OFFICER].replace("can_bo_mot_cua_xa", "zzz")})
    assert "can_bo_mot_cua_xa" in caught.value.remedy("en")


def test_a_subject_in_two_provinces_is_found() -> None:
    communes = Bundle.from_files(bundle_files()).data["law"]["units"]["communes"]
    assert list(misplaced_agencies(parse_snapshot(CATALOG), CATALOG, communes)) == []
    moved = {**CATALOG, OFFICER: CATALOG[OFFICER].replace('province: "01"', 'province: "79"')}
    ((place, agency),) = misplaced_agencies(parse_snapshot(moved), moved, communes)
    assert agency == "xa-ba-dinh"
    line = int(place.rpartition(":")[2])
    assert 'province: "79"' in moved[OFFICER].split("\n")[line - 1]


def test_foreign_keys_in_a_circle_are_found() -> None:
    names = {"mot": "hai", "hai": "ba", "ba": "mot", "bon": "bon"}
    tables = {f"assets/kho/main.{name}.yaml": TABLE.format(name=name, to=to) for name, to in names.items()}
    files = {**CATALOG, **tables}
    ((place, path),) = circles(parse_snapshot(files), files)
    assert place == "catalog/assets/kho/main.ba.yaml:4"
    assert path == "main.ba -> main.mot -> main.hai -> main.ba"


def test_a_register_of_cases_needs_an_officer_or_a_number() -> None:
    kept = [line for line in CATALOG[POPULATION].split("\n") if not line.startswith(("  officer:", "  case:"))]
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**CATALOG, POPULATION: "\n".join(kept)})
    assert caught.value.code == "catalog_missing_key"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("table: ho_so_mot_cua", "table: ho_so_mot_cau", "ho_so_mot_cau"),
        ("about: [so_cccd]", "about: [so_cmnd]", "ho_so_mot_cua.so_cmnd"),
        ("officer: can_bo_xu_ly", "officer: can_bo", "ho_so_mot_cua.can_bo"),
        ("case: ma_ho_so", "case: so_ho_so", "ho_so_mot_cua.so_ho_so"),
    ],
)
def test_a_register_of_cases_that_the_catalog_lacks_is_found(old: str, new: str, named: str) -> None:
    names = ("ma_ho_so", "so_cccd", "can_bo_xu_ly")
    columns = "".join(f"- {{name: {name}, type: VARCHAR}}\n" for name in names)
    files = {**CATALOG, "assets/dan_cu/main.ho_so_mot_cua.yaml": f"columns:\n{columns}"}
    assert list(unknown_registers(parse_snapshot(files), files)) == []
    assert old in files[POPULATION]
    wrong = {**files, POPULATION: files[POPULATION].replace(old, new, 1)}
    ((place, name),) = unknown_registers(parse_snapshot(wrong), wrong)
    assert name == named
    assert place.startswith("catalog/sources/dan_cu.yaml:")
    assert new in wrong[POPULATION].split("\n")[int(place.rpartition(":")[2]) - 1]


@pytest.mark.parametrize(
    ("source", "tier", "found"), [("dan_cu", "T3", False), ("dan_cu", "T4b", True), ("y_te", "T3", True)]
)
def test_an_approval_that_the_register_lacks_is_found(source: str, tier: str, found: bool) -> None:
    agency = "agencies/c06.yaml"
    claim = f"approvals: [{{ref: C06-1, source: {source}, tier: {tier}, valid_until: 2027-01-31}}]"
    files = {**CATALOG, agency: f"{CATALOG[agency].rstrip()}\n{claim}\n"}
    line = len(files[agency].rstrip().split("\n"))
    wanted = [(f"catalog/{agency}:{line}", "C06-1")] if found else []
    assert list(unregistered_approvals(parse_snapshot(files), files)) == wanted
    assert list(unregistered_approvals(parse_snapshot({**files, "approvals.yaml": "approvals: {}"}), files))
    del files["approvals.yaml"]
    assert list(unregistered_approvals(parse_snapshot(files), files)) == []


def test_databases_bound_to_sources_that_are_none_are_named() -> None:
    law = {"procedures": {"databases": {"DANCU": ["dan_cu", "nk"], "HOTICH": ["ho_tich"], "THUE": []}}}
    assert unbound_databases(law, ("nk", "kho")) == ({"DANCU": ["dan_cu"], "HOTICH": ["ho_tich"]}, ("kho",))
    assert unbound_databases(law, ("dan_cu", "nk", "ho_tich")) == ({}, ())
