"""What counts as narrowed and what as widened, one part of a decision at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.flow.policy.flips import differences, differing_parts
from phantang.model.decision import (
    ColumnDecision,
    Decision,
    Effect,
    FieldPredicate,
    LookupPredicate,
    Mask,
    Obligations,
    Reason,
)

CLEAR = ColumnDecision(Effect.CLEAR)
NULL = ColumnDecision(Effect.MASK, Mask.NULL)
LAST_4 = ColumnDecision(Effect.MASK, Mask.SHOW_LAST_4)
YEAR = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "year"})
MONTH = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "month"})
FINE = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "grid", "step": 0.01})
COARSE = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "grid", "step": 0.05})
SHIFTED = ColumnDecision(Effect.MASK, Mask.GENERALIZE, {"kind": "grid", "step": 0.015})


def decision(column: ColumnDecision = CLEAR, **parts: object) -> Decision:
    whole = Decision(True, {"main.t": {"a": column}}, {"main.t": ()}, Obligations(), (), "sha256:1")
    return replace(whole, **parts)  # type: ignore[arg-type]


def reason(rule: str, effect: str, on: str) -> Reason:
    return Reason(rule, effect, on, (), {}, {})


def verdicts(before: Decision | str, after: Decision | str) -> list[tuple[str, str, str]]:
    return [(one.what, one.on, one.verdict) for one in differences(before, after)]


@pytest.mark.parametrize(
    ("loose", "strict"), [(CLEAR, NULL), (CLEAR, YEAR), (LAST_4, NULL), (MONTH, YEAR), (FINE, COARSE)]
)
def test_a_stricter_mask_narrows_and_the_way_back_widens(loose: ColumnDecision, strict: ColumnDecision) -> None:
    assert verdicts(decision(loose), decision(strict)) == [("column", "main.t.a", "narrowed")]
    assert verdicts(decision(strict), decision(loose)) == [("column", "main.t.a", "widened")]


@pytest.mark.parametrize(("one", "other"), [(FINE, SHIFTED), (SHIFTED, FINE), (FINE, YEAR)])
def test_what_does_not_compare_is_never_called_narrower(one: ColumnDecision, other: ColumnDecision) -> None:
    assert verdicts(decision(one), decision(other)) == [("column", "main.t.a", "changed")]


def test_two_denials_are_the_same() -> None:
    denied = decision(NULL, allow=False)
    assert verdicts(denied, decision(CLEAR, allow=False)) == []
    assert verdicts(denied, "policy_failed") == []


def test_a_denial_names_the_rules_and_the_places_they_deny() -> None:
    reasons = (
        reason("hard/x", "deny", "main.t.a"),
        reason("base/matrix", "deny", "main.t"),
        reason("mask/y", "mask", "main.t.a"),
    )
    denied = decision(allow=False, reasons=reasons)
    found = list(differences(decision(), denied))
    assert [(one.on, one.verdict, one.rules) for one in found] == [
        ("main.t", "narrowed", ("base/matrix",)),
        ("main.t.a", "narrowed", ("hard/x",)),
    ]
    assert {one.verdict for one in differences(denied, decision())} == {"widened"}
    assert [one.rules for one in differences(decision(), "policy_failed")] == [("policy_failed",)]


def test_rows_widen_only_when_no_predicate_still_holds_them() -> None:
    one = FieldPredicate("ma_xa", "eq", "00004")
    two = FieldPredicate("ma_xa", "in", ("00004", "00008"))
    other = FieldPredicate("ma_tinh", "eq", "01")
    cases = [
        ((), (one,), "narrowed"),
        ((one,), (), "widened"),
        ((one,), (two,), "widened"),
        ((two,), (one,), "narrowed"),
        ((one,), (other,), "changed"),
        ((one,), (LookupPredicate("so"),), "changed"),
        ((one, other), (other,), "widened"),
    ]
    for before, after, verdict in cases:
        found = verdicts(decision(rows={"main.t": before}), decision(rows={"main.t": after}))
        assert found == [("rows", "main.t", verdict)]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (Obligations(), Obligations(aggregate_only=True), "narrowed"),
        (Obligations(min_group_size=10), Obligations(min_group_size=20), "narrowed"),
        (Obligations(min_group_size=10), Obligations(), "widened"),
        (Obligations(max_rows=100), Obligations(max_rows=10), "narrowed"),
        (Obligations(max_rows=100), Obligations(max_rows=1000), "widened"),
    ],
)
def test_obligations(before: Obligations, after: Obligations, verdict: str) -> None:
    [found] = differences(decision(obligations=before), decision(obligations=after))
    assert found.verdict == verdict


def test_the_rules_behind_a_mask_are_those_that_came_or_went() -> None:
    before = decision(CLEAR, reasons=(reason("purpose/x", "note", "query"),))
    after = decision(NULL, reasons=(reason("purpose/x", "note", "query"), reason("mask/new", "mask", "main.t.a")))
    [found] = differences(before, after)
    assert found.rules == ("mask/new",)


def test_parts_of_recorded_answers() -> None:
    assert differing_parts({"allow": True, "rows": {}}, {"allow": True, "rows": {"t": []}}) == ("rows",)
    assert differing_parts(None, None) == ()
    assert differing_parts({}, None) == ("result",)
