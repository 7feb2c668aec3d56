"""Laws of the decision: rules narrow and never widen, deny wins, tiers are monotone, parsing order does not matter."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phantang.model.decision import ColumnDecision, Decision, Effect, Mask
from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, EmbeddedEngine

ORDER = list(Mask)
SAMPLES = ("one-citizen", "auditor-sample", "congestion", "export-of-names", "investigation", "count-by-commune")
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NARROWINGS = st.one_of(
    st.fixed_dictionaries({"effect": st.sampled_from(["deny", "note", "permit", "clear", "allow"])}),
    st.fixed_dictionaries(
        {
            "effect": st.just("mask"),
            "table": st.sampled_from(["main.cong_dan", "main.hanh_trinh", "main.la"]),
            "column": st.sampled_from(["ho_ten", "so_cccd", "ton_giao", "vi_do", "khong_co"]),
            "mask": st.sampled_from([*(mask.value for mask in Mask), "NONE", "CLEAR"]),
            "params": st.sampled_from([{}, {"kind": "grid", "step": 0.00001}, {"kind": "grid", "step": 5}]),
        }
    ),
    st.fixed_dictionaries(
        {
            "effect": st.just("filter"),
            "table": st.sampled_from(["main.cong_dan", "main.hanh_trinh"]),
            "predicate": st.sampled_from(
                [{"type": "field", "operator": "eq", "field": "ma_xa", "value": "1"}, {"type": "sql", "value": "1=1"}]
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "effect": st.just("oblige"),
            "obligation": st.sampled_from(
                [
                    {"min_group_size": 2},
                    {"min_group_size": -1},
                    {"max_rows": 10**9},
                    {"max_rows": 1},
                    {"aggregate_only": False},
                ]
            ),
        }
    ),
)


def _strength(column: ColumnDecision) -> tuple[int, int]:
    effects = list(Effect)
    return effects.index(column.effect), ORDER.index(column.mask) if column.mask else 0


def _narrower(after: Decision, before: Decision) -> bool:
    return (
        after.allow <= before.allow
        and all(
            _strength(after.columns[table][name]) >= _strength(column)
            for table, columns in before.columns.items()
            for name, column in columns.items()
        )
        and all(set(after.rows[table]) >= set(predicates) for table, predicates in before.rows.items())
        and after.obligations.aggregate_only >= before.obligations.aggregate_only
        and (after.obligations.min_group_size or 0) >= (before.obligations.min_group_size or 0)
        and (after.obligations.max_rows or 10**12) <= (before.obligations.max_rows or 10**12)
    )


@FEW
@given(narrowings=st.lists(NARROWINGS, min_size=1, max_size=4), sample=st.sampled_from(SAMPLES))
def test_a_rule_dropped_in_narrows_and_never_widens(
    narrowings: list[Any], sample: str, policy_files: dict[str, str], engine: EmbeddedEngine, inputs: dict[str, Any]
) -> None:
    text = "# METADATA\n# title: Extra\npackage phantang.rules.extra.dropped\n\n" + "".join(
        f"narrow contains {json.dumps(item)}\n\n" for item in narrowings
    )
    wider = EmbeddedEngine(Bundle.from_files({**policy_files, "rules/extra/dropped/dropped.rego": text}))
    before = engine.decide(inputs[sample])
    try:
        after = wider.decide(inputs[sample])
    except PolicyError:
        return  # refused: narrower than anything
    assert _narrower(after, before)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rules/extra/wide/wide.rego", "package phantang\n\nallow := true\n"),
        ("rules/extra/wide/wide.rego", 'package phantang.main.permits\n\ngranted contains "T5"\n'),
        ("rules/extra/wide/wide.rego", 'package phantang.lib.facts\n\nrequester := "police"\n'),
        ("rules/extra/wide/wide.rego", "package phantang.rules.case.single_person\n\nhint(_) := true\n"),
        ("rules/extra/wide/data.yaml", "law: {}\n"),
        ("extra.rego", "package phantang.extra\n\nx := 1\n"),
    ],
)
def test_a_module_outside_its_place_is_not_loaded(
    path: str, text: str, policy_files: dict[str, str], engine: EmbeddedEngine, document: dict[str, Any]
) -> None:
    document["subject"]["purposes"] = []
    if path.endswith(".yaml"):
        assert not EmbeddedEngine(Bundle.from_files({**policy_files, path: text})).decide(document).allow
    else:
        with pytest.raises(PolicyError) as caught:
            EmbeddedEngine(Bundle.from_files({**policy_files, path: text}))
        assert caught.value.code == "policy_bundle_invalid"


@pytest.mark.parametrize("lost", ["case/single_person", "scope/jurisdiction", "case/procedure_fields"])
def test_a_bundle_that_lost_a_rule_permits_less(
    lost: str, policy_files: dict[str, str], inputs: dict[str, Any]
) -> None:
    kept = {path: text for path, text in policy_files.items() if not path.startswith(f"rules/{lost}/")}
    assert not EmbeddedEngine(Bundle.from_files(kept)).decide(inputs["one-citizen"]).allow


@pytest.mark.parametrize("sample", SAMPLES)
def test_raising_a_tier_never_reveals_more(sample: str, engine: EmbeddedEngine, inputs: dict[str, Any]) -> None:
    document = inputs[sample]
    before = engine.decide(document)
    for table in range(len(document["resource"]["tables"])):
        for column in range(len(document["resource"]["tables"][table]["columns"])):
            for tier in ("T2", "T3", "T4", "T5"):
                raised = copy.deepcopy(document)
                place = raised["resource"]["tables"][table]
                if place["columns"][column]["tier"] >= tier:
                    continue
                place["columns"][column]["tier"] = tier
                place["tier"] = max(place["tier"], tier)
                after = engine.decide(raised)
                assert after.allow <= before.allow
                name = place["columns"][column]["name"]
                assert _strength(after.columns[place["name"]][name]) >= _strength(before.columns[place["name"]][name])


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_order_of_tables_and_columns_does_not_matter(
    sample: str, engine: EmbeddedEngine, inputs: dict[str, Any]
) -> None:
    turned = copy.deepcopy(inputs[sample])
    turned["resource"]["tables"].reverse()
    for table in turned["resource"]["tables"]:
        table["columns"].reverse()
    assert engine.decide(turned) == engine.decide(inputs[sample])


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_unclassified_column_is_at_least_as_restricted(
    sample: str, engine: EmbeddedEngine, inputs: dict[str, Any]
) -> None:
    before = engine.decide(inputs[sample])
    changed = copy.deepcopy(inputs[sample])
    for table in changed["resource"]["tables"]:
        for column in table["columns"]:
            column.update(classified=False, tags=[])
    after = engine.decide(changed)
    assert after.allow <= before.allow
    assert any(reason.rule == "catalog/unclassified" for reason in after.reasons)
    for table, columns in before.columns.items():
        for name, column in columns.items():
            assert _strength(after.columns[table][name]) >= _strength(column)
