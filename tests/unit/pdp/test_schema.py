"""Faults are found where the reference implementation finds them, and nothing outside the bundle is fetched."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, EmbeddedEngine
from phantang.pdp.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What is put in the place of every part, one at a time.
WRONG: tuple[Any, ...] = (None, True, -1, 1.5, "", "x" * 5000, [], [{}], {"x": 1}, "T9")


def _mutants(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths: list[tuple[Any, ...]] = []

    def visit(node: object, path: tuple[Any, ...]) -> None:
        children: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in children:
            paths.append((*path, key))
            visit(value, (*path, key))

    visit(document, ())
    for path in paths:
        for wrong in (..., *WRONG):
            mutant = copy.deepcopy(document)
            place: Any = mutant
            for part in path[:-1]:
                place = place[part]
            if wrong is ...:
                del place[path[-1]]
            else:
                place[path[-1]] = wrong
            yield mutant


@pytest.mark.parametrize("sample", ["one-citizen", "congestion", "names-on-a-dashboard"])
def test_faults_are_placed_as_by_the_reference(
    sample: str, bundle: Bundle, inputs: dict[str, Any], engine: EmbeddedEngine
) -> None:
    answer = copy.deepcopy(dict(engine.decide(inputs[sample]).raw))
    answer["rows"][next(iter(answer["rows"]))].append(
        {
            "type": "compound",
            "operator": "not",
            "value": [{"type": "field", "operator": "eq", "field": "a", "value": 1}],
        }
    )
    found = 0
    for name, value in (("input.schema.json", inputs[sample]), ("decision.schema.json", answer)):
        schema, reference = Schema(bundle, name), Draft202012Validator(bundle.schemas[name])
        for mutant in _mutants(value):
            expected = best_match(reference.iter_errors(mutant))
            fault = schema.fault(mutant)
            assert (fault and fault.place) == (expected and expected.json_path)
            found += fault is not None
    assert found > 500


@pytest.mark.parametrize("value", [10**400, {"a": 10**30}, [[[]]]])
def test_numbers_no_engine_could_hold_are_a_fault(value: Any, bundle: Bundle) -> None:
    assert Schema(bundle, "input.schema.json").fault(value) is not None


def test_a_nested_answer_costs_no_more_than_its_size(bundle: Bundle) -> None:
    """What took twice as long a level would never end at this depth."""
    deep: Any = {}
    for _ in range(600):
        deep = {"value": [deep]}
    assert Schema(bundle, "decision.schema.json").fault({"rows": {"main.t": [deep]}}) is not None


@pytest.mark.parametrize(
    "schema",
    ['{"type": "objet"}', '{"$ref": "https://example.org/x.json"}', '{"$ref": "#/$defs/none"}', '{"pattern": "("}'],
)
def test_what_is_no_schema_of_its_own_is_refused(schema: str, policy_files: dict[str, str]) -> None:
    files = {**policy_files, "schemas/input.schema.json": schema}
    with pytest.raises(PolicyError) as caught:
        Schema(Bundle.from_files(files), "input.schema.json")
    assert caught.value.params["file"] == "schemas/input.schema.json"
