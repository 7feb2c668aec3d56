"""The JSON Schemas that editors may use describe the same files as the readers do."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from phantang.catalog import render_asset
from phantang.model.catalog import Asset, ColumnEntry, Proposal, Status
from phantang.model.finding import Evidence
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey
from phantang.model.tier import PersonalClass, Tier

ROOT = Path(__file__).parents[3]


def validator(name: str) -> Draft202012Validator:
    text = resources.files("phantang.catalog").joinpath(f"schemas/{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted((ROOT / "catalog/agencies").glob("*.yaml")), ids=lambda path: path.stem)
def test_agencies_of_the_repository(path: Path) -> None:
    validator("agency").validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sorted((ROOT / "catalog/sources").glob("*.yaml")), ids=lambda path: path.stem)
def test_sources_of_the_repository(path: Path) -> None:
    entry = yaml.safe_load(path.read_text(encoding="utf-8"))
    validator("source").validate(entry)
    assert not validator("source").is_valid({**entry, "recodde": True})
    assert not validator("source").is_valid({**entry, "cases": {"table": "t", "about": ["a"]}})


def test_a_rendered_asset_with_everything_in_it() -> None:
    evidence = (Evidence("r", "value", 1, 2), Evidence("n", "name"))
    claim = Proposal("none", ("none", "none.x"), Tier.T1, PersonalClass.NONE, 0.5, evidence)
    entry = ColumnEntry(
        "a",
        "INT",
        Status.ACCEPTED,
        "none",
        ("none",),
        Tier.T1,
        PersonalClass.NONE,
        1.0,
        "an",
        "vì",
        evidence,
        claim,
        "c",
    )
    bare = ColumnEntry("b", "INT", Status.PROPOSED)
    key = ForeignKey(("a",), TableName("s", "m", "u"), ("b",))
    asset = Asset(TableName("s", "m", "t"), (entry, bare), "c", "a", {"commune": "b"}, ("a",), (key,), 3)
    validator("asset").validate(yaml.safe_load(render_asset(asset)))


@pytest.mark.parametrize(
    "case",
    ["unknown_key", "jurisdiction_key", "commune_lost_zeros", "unknown_clearance", "purposes_as_text", "id_with_path"],
)
def test_what_the_reader_refuses_the_agency_schema_refuses(case: str) -> None:
    text = (ROOT / f"tests/fixtures/catalog/invalid/{case}.yaml").read_text(encoding="utf-8")
    assert not validator("agency").is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("case", ["unknown_tier", "unknown_status", "scope_key", "rows", "null_name", "half_a_name"])
def test_what_the_reader_refuses_the_asset_schema_refuses(case: str) -> None:
    text = (ROOT / f"tests/fixtures/catalog/invalid/{case}.yaml").read_text(encoding="utf-8")
    assert not validator("asset").is_valid(yaml.safe_load(text))
