"""Both ends of the call: what may go in, and which answers are believed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from phantang.model.decision import FieldPredicate, MembershipPredicate
from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, EmbeddedEngine
from phantang.pdp.contract import Contract

GENERALIZED = {"effect": "mask", "mask": "GENERALIZE"}
MEMBERSHIP = {
    "type": "membership",
    "operator": "in",
    "field": "so_cccd",
    "table": "main.ho_so",
    "column": "so_cccd",
    "where": [{"type": "field", "operator": "eq", "field": "don_vi", "value": "A"}],
}


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("subject",), None),
        (("subject", "clearance"), "T9"),
        (("subject", "extra"), 1),
        (("subject", "jurisdiction"), {"commune": "4"}),
        (("subject", "id"), "\ud800"),
        (("subject", "id"), "x" * 3_000_000),
        (("subject", "roles"), _nested(100_000)),
        (("subject", "roles"), float("nan")),
        (("subject", "roles"), {1, 2}),
        (("action", "name"), "delete"),
        (("resource", "tables"), [{}]),
        (("resource", "tables"), [{}] * 65),
        (("resource", "shape", "limit"), -1),
        (("context", "time"), "2026-11-22T03:00:00+07:00"),
        (("context", "time"), "hôm nay"),
        (("context", "purpose_valid_until"), "2026-13-01"),
        (("context", "quality"), _nested(3)),
    ],
)
def test_bad_input_is_a_denial(
    path: tuple[str, ...], value: Any, document: dict[str, Any], engine: EmbeddedEngine
) -> None:
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(PolicyError) as caught:
        engine.decide(document)
    assert caught.value.code == "policy_input_invalid"


@pytest.mark.parametrize("key", ["subject", "action", "resource", "context"])
def test_missing_input_is_a_denial(key: str, document: dict[str, Any], engine: EmbeddedEngine) -> None:
    del document[key]
    with pytest.raises(PolicyError, match="policy_input_invalid"):
        engine.decide(document)


def test_an_input_that_holds_itself_is_a_denial(document: dict[str, Any], engine: EmbeddedEngine) -> None:
    document["context"]["quality"] = document
    with pytest.raises(PolicyError, match="policy_input_invalid"):
        engine.decide(document)


def test_repeated_names_are_a_denial(document: dict[str, Any], engine: EmbeddedEngine) -> None:
    tables = document["resource"]["tables"]
    tables[0]["columns"].append(copy.deepcopy(tables[0]["columns"][0]))
    with pytest.raises(PolicyError, match="policy_input_invalid"):
        engine.decide(document)
    tables[0]["columns"].pop()
    tables.append(copy.deepcopy(tables[0]))
    with pytest.raises(PolicyError, match="policy_input_invalid"):
        engine.decide(document)


def test_the_error_shows_no_value(document: dict[str, Any], engine: EmbeddedEngine) -> None:
    document["subject"]["level"] = {"secret": "079123456789"}
    with pytest.raises(PolicyError) as caught:
        engine.decide(document)
    assert "079123456789" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("allow",), "true"),
        (("allow",), None),
        (("extra",), 1),
        (("columns", "main.cong_dan", "ho_ten"), {"effect": "show"}),
        (("columns", "main.cong_dan", "ho_ten"), {"effect": "mask", "mask": "UPPER"}),
        (("columns", "main.cong_dan", "ho_ten"), {"effect": "mask", "mask": "GENERALIZE"}),
        (("columns", "main.cong_dan", "ho_ten"), {"effect": "clear", "sql": "ho_ten"}),
        (("columns", "main.cong_dan", "ho_ten"), {"effect": "deny"}),
        (("columns", "main.cong_dan", "la"), {"effect": "clear"}),
        (("columns", "main.la"), {}),
        (("columns", "main.cong_dan"), {}),
        (("rows", "main.cong_dan"), [{"type": "sql", "value": "1=1"}]),
        (("rows", "main.cong_dan"), [{"type": "field", "operator": "in", "field": "a", "value": []}]),
        (("rows", "main.cong_dan"), [{"type": "compound", "operator": "and", "value": []}]),
        (
            ("rows", "main.cong_dan"),
            [{"type": "membership", "operator": "in", "field": "a", "table": "s.t", "where": []}],
        ),
        (("rows", "main.cong_dan"), [{**MEMBERSHIP, "operator": "nin"}]),
        (("rows", "main.cong_dan"), [{**MEMBERSHIP, "where": [{"type": "sql", "value": "1=1"}]}]),
        (("rows", "main.cong_dan"), [{**MEMBERSHIP, "sql": "1=1"}]),
        (("columns", "main.cong_dan", "ho_ten"), {**GENERALIZED, "params": {"kind": "age_band", "width": 0}}),
        (("columns", "main.cong_dan", "ho_ten"), {**GENERALIZED, "params": {"kind": "age_band", "width": 2.5}}),
        (("columns", "main.cong_dan", "ho_ten"), {**GENERALIZED, "params": {"kind": "place", "level": "commune"}}),
        (("rows",), {}),
        (("obligations",), {"min_group_size": 0}),
        (("obligations",), {"max_rows": 0}),
        (("obligations",), {"noise": 1}),
        (("reasons",), [{}]),
    ],
)
def test_a_malformed_answer_is_a_denial(
    path: tuple[str, ...], value: Any, document: dict[str, Any], engine: EmbeddedEngine, bundle: Bundle
) -> None:
    answer = copy.deepcopy(dict(engine.decide(document).raw))
    place = answer
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(PolicyError) as caught:
        Contract(bundle).decode(answer, document)
    assert caught.value.code == "policy_malformed"


@pytest.mark.parametrize("answer", [None, "<undefined>", True, 1, [], "{}"])
def test_no_object_is_no_decision(answer: object, document: dict[str, Any], bundle: Bundle) -> None:
    with pytest.raises(PolicyError, match="policy_undefined"):
        Contract(bundle).decode(answer, document)


def test_an_answer_of_another_bundle_is_a_denial(
    document: dict[str, Any], engine: EmbeddedEngine, bundle: Bundle
) -> None:
    answer = {**engine.decide(document).raw, "revision": "sha256:old"}
    with pytest.raises(PolicyError, match="policy_revision_mismatch"):
        Contract(bundle).decode(answer, document)


def test_memberships_are_read(document: dict[str, Any], engine: EmbeddedEngine, bundle: Bundle) -> None:
    answer = copy.deepcopy(dict(engine.decide(document).raw))
    answer["rows"]["main.cong_dan"] = [{**MEMBERSHIP, "where": [MEMBERSHIP]}]
    answer["columns"]["main.cong_dan"]["ho_ten"] = {**GENERALIZED, "params": {"kind": "place", "level": "province"}}
    decision = Contract(bundle).decode(answer, document)
    inner = MembershipPredicate("so_cccd", "main.ho_so", "so_cccd", (FieldPredicate("don_vi", "eq", "A"),))
    assert decision.rows["main.cong_dan"] == (MembershipPredicate("so_cccd", "main.ho_so", "so_cccd", (inner,)),)
    assert decision.columns["main.cong_dan"]["ho_ten"].params == {"kind": "place", "level": "province"}


def test_compound_predicates_are_read(document: dict[str, Any], engine: EmbeddedEngine, bundle: Bundle) -> None:
    leaf = {"type": "field", "operator": "in", "field": "ma_xa", "value": ["00004", "00008"]}
    tree = {"type": "compound", "operator": "not", "value": [{"type": "compound", "operator": "or", "value": [leaf]}]}
    answer = {**engine.decide(document).raw, "rows": {"main.cong_dan": [tree]}}
    (predicate,) = Contract(bundle).decode(answer, document).rows["main.cong_dan"]
    assert predicate.operator == "not"  # type: ignore[union-attr]


def test_a_bundle_needs_both_schemas(policy_files: dict[str, str]) -> None:
    for name in ("input", "decision"):
        kept = {path: text for path, text in policy_files.items() if path != f"schemas/{name}.schema.json"}
        with pytest.raises(PolicyError, match="policy_bundle_invalid"):
            EmbeddedEngine(Bundle.from_files(kept))
