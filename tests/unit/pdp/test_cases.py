"""What each requester gets, case by case, from the repository's own bundle."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phantang.model.decision import Effect, FieldPredicate, LookupPredicate, MembershipPredicate, Predicate

if TYPE_CHECKING:
    from phantang.model.decision import Decision
    from phantang.pdp import Bundle, EmbeddedEngine

RECORDED = Path(__file__).parents[2] / "fixtures" / "pdp" / "inputs"


def _predicate(predicate: Predicate) -> str:
    if isinstance(predicate, LookupPredicate):
        return f"lookup {predicate.field}"
    if isinstance(predicate, MembershipPredicate):
        where = ", ".join(map(_predicate, predicate.where))
        return f"{predicate.field} among {predicate.table}.{predicate.column} where {where}"
    assert isinstance(predicate, FieldPredicate)
    return f"{predicate.field} {predicate.operator} {predicate.value}"


def _masked(decision: Decision) -> dict[str, str]:
    return {
        f"{table}.{name}": str(column.mask)
        for table, columns in decision.columns.items()
        for name, column in columns.items()
        if column.effect is Effect.MASK
    }


def test_case(case_id: str, cases: dict[str, Any], inputs: dict[str, Any], engine: EmbeddedEngine) -> None:
    expect = cases[case_id]["expect"]
    decision = engine.decide(inputs[case_id])
    assert sorted({reason.rule for reason in decision.reasons if reason.effect == "deny"}) == expect.get("deny", [])
    assert decision.allow is ("deny" not in expect)
    if decision.allow:
        assert _masked(decision) == expect.get("mask", {})
        rows = {table: sorted(map(_predicate, found)) for table, found in decision.rows.items() if found}
        assert rows == {table: sorted(found) for table, found in expect.get("rows", {}).items()}
        obligations = {"aggregate_only": False, "min_group_size": None, "max_rows": None} | expect.get(
            "obligations", {}
        )
        assert {slot: getattr(decision.obligations, slot) for slot in obligations} == obligations


def test_every_denial_has_a_remedy_that_passes(
    case_id: str, cases: dict[str, Any], inputs: dict[str, Any], engine: EmbeddedEngine
) -> None:
    case = cases[case_id]
    if "deny" in case["expect"]:
        assert case.get("hopeless") or engine.decide(inputs[case["remedy"]]).allow


def test_every_reason_is_told_in_both_languages_with_its_law(
    case_id: str, inputs: dict[str, Any], engine: EmbeddedEngine
) -> None:
    for reason in engine.decide(inputs[case_id]).reasons:
        assert reason.legal_basis
        for text in (*reason.message.values(), *reason.remedy.values()):
            assert text
            assert "{" not in text
        assert reason.message.keys() == reason.remedy.keys() == {"vi", "en"}


def test_every_rule_fires_on_the_cases(inputs: dict[str, Any], bundle: Bundle, engine: EmbeddedEngine) -> None:
    fired = {reason.rule for document in inputs.values() for reason in engine.decide(document).reasons}
    rules = {"/".join(path.split("/")[1:3]) for path in bundle.modules if path.startswith("rules/")}
    assert rules <= fired


def test_recorded_inputs_are_those_of_the_cases(inputs: dict[str, Any]) -> None:
    """`PHANTANG_RECORD=1` writes them anew; other implementations are compared on the recorded files."""
    texts = {
        f"{name}.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n" for name, document in inputs.items()
    }
    if os.environ.get("PHANTANG_RECORD") == "1":
        RECORDED.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (RECORDED / name).write_text(text, encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in RECORDED.glob("*.json")} == texts
