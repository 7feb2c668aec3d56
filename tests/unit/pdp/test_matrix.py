"""Every cell of the matrix, asked: requester by tier, with and without what the cell wants, and the table in README."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from phantang.model.decision import Effect, Mask

from .conftest import FIXTURES, build, load

if TYPE_CHECKING:
    from phantang.pdp import EmbeddedEngine

README = Path(__file__).parents[3] / "policies" / "README.md"
BEGIN, END = "<!-- observed -->\n", "<!-- /observed -->\n"
ROWS: dict[str, Any] = yaml.safe_load((FIXTURES / "matrix.yaml").read_text(encoding="utf-8"))
CLASSES = ("T0", "T1", "T2", "T3", "T4a", "T4b", "T5")
#: A column of each class: tier, tag.
SUBJECT_OF = {
    "T0": ("T0", "organisation.name"),
    "T1": ("T1", "none"),
    "T2": ("T2", "person.gender"),
    "T3": ("T3", "sensitive.religion"),
    "T4a": ("T4", "importance.important"),
    "T4b": ("T4", "importance.core"),
    "T5": ("T5", "secrecy.suspected"),
}
APPROVALS = [
    {"ref": f"A-{tier}", "source": "dan_cu", "tier": tier, "valid_until": "2026-12-31", "status": "registered"}
    for tier in ("T3", "T4a", "T4b")
]


def _question(row: dict[str, Any], tier: str, form: str, *, approved: bool) -> dict[str, Any]:
    """Return the question of one cell: one person's value, a value in aggregates, or a match."""
    personal = tier not in {"T0", "T1"}
    use = {"rows": "output", "groups": "aggregate", "match": "lookup"}[form]
    asked = "ho_ten" if form == "match" else "nhom_mau"
    read = {asked: use}
    case = {**row, "read": {"dan_cu.cong_dan": read}, "statistics": form != "rows"}
    by_person = row["as"] in {"cong-dan", "xa-ba-dinh", "so-tu-phap", "ngan-hang"}
    if personal and by_person and row.get("purpose", "") is not None:
        read["so_cccd"] = "lookup"
        case["own"] = ["so_cccd"]
    if form == "match":
        read["ngay_sinh"] = "lookup"
    case["subject"] = {"clearance": "T5", "approvals": APPROVALS if approved or row.get("approved") else []}
    document = build(case)
    (table,) = document["resource"]["tables"]
    if not personal:
        table.update(tier=tier, privacy_unit=None)
    (column,) = [column for column in table["columns"] if column["name"] == asked]
    column["tier"], tag = SUBJECT_OF[tier]
    column["personal_class"] = {"T2": "basic", "T3": "sensitive"}.get(tier, "none")
    if form != "match":  # a name stays one: it is what a match compares
        column["tags"] = [tag]
    return document


def _answer(engine: EmbeddedEngine, row: dict[str, Any], tier: str) -> tuple[str, int | None]:
    """Return what the requester gets at best, and how many people must stand behind a group of it."""
    for approved in (False, True):
        for form in ("rows", "groups", "match"):
            decision = engine.decide(_question(row, tier, form, approved=approved))
            if not decision.allow:
                continue
            column = decision.columns["main.cong_dan"]["ho_ten" if form == "match" else "nhom_mau"]
            size = decision.obligations.min_group_size
            shown = "masked" if column.effect is Effect.MASK and column.mask is not Mask.LOOKUP else "clear"
            return (shown if form == "rows" else form) + ("+approval" if approved else ""), size
    return "none", None


@pytest.fixture(scope="module")
def observed(engine: EmbeddedEngine) -> dict[str, dict[str, tuple[str, int | None]]]:
    return {name: {tier: _answer(engine, row, tier) for tier in CLASSES} for name, row in ROWS.items()}


@pytest.mark.parametrize("name", list(ROWS))
def test_every_cell_is_what_the_facts_owe(name: str, observed: dict[str, Any]) -> None:
    assert {tier: answer for tier, (answer, _) in observed[name].items()} == ROWS[name]["owed"]


def test_groups_are_of_many_people(observed: dict[str, Any]) -> None:
    sizes = {
        tier: {size for row in observed.values() for answer, size in [row[tier]] if answer.startswith("groups")}
        for tier in CLASSES
    }
    assert sizes == {"T0": set(), "T1": set(), "T2": {10}, "T3": {20}, "T4a": {20}, "T4b": {20}, "T5": set()}


def test_every_requester_of_the_law_is_asked(engine: EmbeddedEngine, bundle: Any) -> None:
    asked, law = set(), bundle.data["law"]
    for row in ROWS.values():
        subject = load("subjects.yaml")[row["as"]]
        levels = law["requesters"].get(row.get("purpose", subject["purposes"][0]), {})
        asked.add(levels.get(subject["level"], levels.get("any", "public_citizen")))
    assert asked == law["matrix"].keys()


def _table(observed: dict[str, Any]) -> str:
    lines = [f"| who | {' | '.join(CLASSES)} |", "|" + " --- |" * (len(CLASSES) + 1)]
    for name, row in observed.items():
        cells = (f"{answer} ≥ {size}" if size else answer for answer, size in row.values())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def test_the_readme_shows_what_people_get(observed: dict[str, Any]) -> None:
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    wanted = _table(observed)
    if os.environ.get("PHANTANG_RECORD") == "1":
        README.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        table = wanted
    assert table == wanted
