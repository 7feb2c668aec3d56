"""The decision log outlives the contract of the policy input: old entries are put to the policies of today."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from phantang.flow.policy import contract
from phantang.flow.policy.contract import CONTRACT, brought_up, is_older
from phantang.pdp import Bundle, EmbeddedEngine

from ...pdp.conftest import ROOT, bundle_files, documents

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDER = sorted((ROOT / "tests/fixtures/pdp/older").glob("*.json"))
ADDED = yaml.safe_load(Path(contract.__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
#: The parts of the input schema that a recorded input must have, by the version of the contract.
REQUIRED = {6: "bfd1081bc02b4d50"}


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    return EmbeddedEngine(Bundle.from_files(bundle_files()))


def _required(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in sorted(schema.items()):
            if key == "required":
                yield ",".join(sorted(value))
            yield from _required(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from _required(one)


def test_what_the_schema_requires_is_this_version() -> None:
    """A part that becomes required leaves every log behind, unless `contract.yaml` says what stands for it."""
    schema = json.loads((ROOT / "policies/schemas/input.schema.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256("\n".join(_required(schema)).encode()).hexdigest()[:16]
    assert {CONTRACT: digest} == REQUIRED


@pytest.mark.parametrize("path", OLDER, ids=lambda path: path.stem)
def test_what_was_recorded_under_each_version_is_decided_today(path: Path, engine: EmbeddedEngine) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    before = copy.deepcopy(recorded)
    answer = engine.decide(brought_up(recorded))
    assert answer.allow
    assert recorded == before


def test_nothing_that_was_recorded_changes(engine: EmbeddedEngine) -> None:
    for document in documents().values():
        assert brought_up(document) == document
        stripped = copy.deepcopy(document)
        for part in ("subject", "resource", "context"):
            for name, default in ADDED[part].items():
                if stripped[part][name] == default:
                    del stripped[part][name]
        assert brought_up(stripped) == document


@pytest.mark.parametrize("junk", [{}, {"subject": 1}, {"subject": {}, "resource": {}, "context": {}}, {"resource": []}])
def test_what_is_no_input_stays_what_it_is(junk: dict[str, Any]) -> None:
    assert brought_up(junk) == junk


def test_a_version_that_nobody_wrote_is_an_earlier_one() -> None:
    assert is_older({"input": {}})
    assert is_older({"input": {}, "input_contract": "6"})
    assert not is_older({"input": {}, "input_contract": CONTRACT})
    assert not is_older({"input": None})
