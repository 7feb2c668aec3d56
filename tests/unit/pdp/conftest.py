"""Policy inputs built from the compact fixtures, and the repository's own bundle."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from phantang.pdp import Bundle, EmbeddedEngine

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "pdp"

Document = dict[str, Any]


@cache
def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))
    return loaded


def bundle_files() -> dict[str, str]:
    root = ROOT / "policies"
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file()}


def _column(name: str, known: list[str | None], uses: str, case: dict[str, Any]) -> Document:
    tag, tier = known
    tag = case.get("tag", {}).get(name, tag)
    tier = case.get("tier", {}).get(name, "T3" if tier is None else tier)
    personal = {"T2": "basic", "T3": "sensitive"}.get(tier, "none")
    return {
        "name": name,
        "type": "VARCHAR",
        "tier": tier,
        "tags": [] if tag is None else [tag],
        "personal_class": case.get("class", {}).get(name, personal),
        "classified": tag is not None,
        "uses": sorted(uses.split()),
        **({"own": True} if name in case.get("own", []) else {}),
        **({"consented": True} if name in case.get("consented", []) else {}),
    }


def _table(full: str, uses: dict[str, str] | str, case: dict[str, Any]) -> Document:
    source, name = full.split(".")
    table = load("tables.yaml")[source][name]
    if uses == "*":
        uses = dict.fromkeys(table["columns"], "output")
    assert isinstance(uses, dict)
    columns = table["columns"]
    return {
        "name": f"main.{name}",
        "tier": max((tier or "T3") for _, tier in table["columns"].values()),
        "tags": [],
        "privacy_unit": table.get("privacy_unit"),
        "scope": {} if "jurisdiction" in case else table.get("scope", {}),
        **({"jurisdiction": case["jurisdiction"]} if "jurisdiction" in case else {}),
        "subjects": case.get("people", {}).get(full),
        "singled_out_by": [
            [{"column": name, "tags": [tag] if (tag := columns[name][0]) else []} for name in names]
            for names in case.get("measured", {}).get(full, [])
        ],
        "columns": [_column(name, columns[name], uses[name], case) for name in sorted(uses)],
        **({"differential_privacy": case["noisy"][full]} if full in case.get("noisy", {}) else {}),
    }


def build(case: dict[str, Any]) -> Document:
    """Return the input document of one case."""
    subject = load("subjects.yaml")[case["as"]]
    statistics = case.get("statistics", False)
    tables = [_table(full, uses, case) for full, uses in sorted(case["read"].items())]
    return {
        "subject": {
            "id": case["as"],
            "roles": [],
            "approvals": [],
            "officer": None,
            **subject,
            **case.get("subject", {}),
        },
        "action": {"name": "query"},
        "resource": {
            "source": case.get("source") or next(iter(case["read"])).split(".")[0],
            "recoded": case.get("recoded", True),
            "cases": case.get("cases"),
            "case_required": case.get("case_required", False),
            "statement": "select",
            "tables": tables,
            "shape": {
                "aggregate_only": statistics,
                "grouped": statistics,
                "distinct": False,
                "limit": None,
                "joins": len(tables) - 1,
                "subqueries": 0,
                "set_operations": 0,
            },
        },
        "context": {
            "purpose": case.get("purpose", subject["purposes"][0]),
            "purpose_valid_until": "2027-12-31",
            "legal_ref": None,
            "case_id": None,
            "consent_id": None,
            "consent_valid_until": None,
            "consent_status": "unchecked",
            "channel": "test",
            "time": "2026-11-22T03:00:00Z",
            "catalog_revision": "sha256:0000",
            "quality": None,
            **case.get("context", {}),
        },
    }


def documents() -> dict[str, Document]:
    """Return every recorded input by name: the cases, and the six subjects reading every sample table whole."""
    found = {name: build(case) for name, case in load("cases.yaml").items()}
    for subject in list(load("subjects.yaml"))[:6]:
        for source, tables in load("tables.yaml").items():
            for table in tables:
                case = {"as": subject, "read": {f"{source}.{table}": "*"}}
                found[f"all--{subject}--{source}.{table}"] = build(case)
    return found


@pytest.fixture(scope="session")
def policy_files() -> dict[str, str]:
    return bundle_files()


@pytest.fixture(scope="session")
def bundle(policy_files: dict[str, str]) -> Bundle:
    return Bundle.from_files(policy_files)


@pytest.fixture(scope="session")
def engine(bundle: Bundle) -> EmbeddedEngine:
    return EmbeddedEngine(bundle)


@pytest.fixture(scope="session")
def inputs() -> dict[str, Document]:
    return documents()


@pytest.fixture
def document(inputs: dict[str, Document]) -> Document:
    """Return an allowed request to change at will."""
    return copy.deepcopy(inputs["one-citizen"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case_id" in metafunc.fixturenames:
        metafunc.parametrize("case_id", list(load("cases.yaml")))


@pytest.fixture
def cases() -> dict[str, Any]:
    return load("cases.yaml")
