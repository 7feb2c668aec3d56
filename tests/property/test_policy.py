"""Laws of the decision, on drawn inputs."""

from __future__ import annotations

import copy
import json
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phantang.model.decision import ColumnDecision, Decision, Effect, Mask
from phantang.pdp import Bundle, EmbeddedEngine

from ..reference.decision import decide
from ..reference.inputs import generate
from ..unit.pdp.conftest import bundle_files, load

if TYPE_CHECKING:
    from collections.abc import Mapping

DRAWN = settings(max_examples=40, deadline=None)
SEEDS = st.integers(0, 2**32)
ORDER, EFFECTS = list(Mask), list(Effect)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.from_files(bundle_files())


@pytest.fixture(scope="module")
def engine(bundle: Bundle) -> EmbeddedEngine:
    return EmbeddedEngine(bundle)


def _drawn(seed: int, bundle: Bundle, engine: EmbeddedEngine | None = None) -> dict[str, Any]:
    """Return an input with a column, preferably one that is allowed: of a denial little can be lost."""
    found = generate(Random(seed), load("subjects.yaml"), bundle.data["law"])
    inputs = [one for one in islice(found, 40) if any(table["columns"] for table in one["resource"]["tables"])]
    return next((one for one in inputs if decide(one, bundle.data["law"])["allow"]), inputs[0])


def _strength(column: ColumnDecision) -> tuple[int, int, bool]:
    lookup = column.mask is Mask.LOOKUP
    return EFFECTS.index(column.effect), ORDER.index(column.mask) if column.mask else 0, not lookup


def _no_wider(after: Decision, before: Decision) -> bool:
    return after.allow <= before.allow and all(
        _strength(after.columns[table][name]) >= _strength(column)
        for table, columns in before.columns.items()
        for name, column in columns.items()
    )


@DRAWN
@given(seed=SEEDS, data=st.data())
def test_raising_a_tier_never_reveals_more(
    seed: int, data: st.DataObject, bundle: Bundle, engine: EmbeddedEngine
) -> None:
    before = _drawn(seed, bundle)
    after = copy.deepcopy(before)
    table = data.draw(st.sampled_from([table for table in after["resource"]["tables"] if table["columns"]]))
    column = data.draw(st.sampled_from(table["columns"]))
    column["tier"] = data.draw(
        st.sampled_from([tier for tier in ("T1", "T2", "T3", "T4", "T5") if tier >= column["tier"]] or ["T5"])
    )
    table["tier"] = max(table["tier"], column["tier"])
    assert _no_wider(engine.decide(after), engine.decide(before))


@DRAWN
@given(seed=SEEDS, data=st.data())
def test_an_unknown_column_counts_as_the_highest_personal_tier(
    seed: int, data: st.DataObject, bundle: Bundle, engine: EmbeddedEngine
) -> None:
    before = _drawn(seed, bundle)
    after, sensitive = copy.deepcopy(before), copy.deepcopy(before)
    at = data.draw(st.sampled_from([i for i, table in enumerate(before["resource"]["tables"]) if table["columns"]]))
    number = data.draw(st.integers(0, len(before["resource"]["tables"][at]["columns"]) - 1))
    for document, change in (
        (after, {"classified": False, "tags": []}),
        (sensitive, {"tier": "T3", "tags": ["sensitive.other"]}),
    ):
        table = document["resource"]["tables"][at]
        table["columns"][number].update(change, personal_class="sensitive")
        table["tier"] = max(table["tier"], "T3")
    unknown, known = engine.decide(after), engine.decide(sensitive)
    assert _no_wider(unknown, known)
    assert any(reason.rule == "catalog/unclassified" for reason in unknown.reasons)


@DRAWN
@given(seed=SEEDS, data=st.data())
def test_order_does_not_matter(seed: int, data: st.DataObject, bundle: Bundle, engine: EmbeddedEngine) -> None:
    document = _drawn(seed, bundle)
    turned = copy.deepcopy(document)
    turned["resource"]["tables"] = data.draw(st.permutations(turned["resource"]["tables"]))
    for part in [turned["subject"]["approvals"], *(table["columns"] for table in turned["resource"]["tables"])]:
        part[:] = data.draw(st.permutations(part))
    assert engine.decide(turned) == engine.decide(document)


@DRAWN
@given(seed=SEEDS)
def test_repeating_a_fact_changes_nothing(seed: int, bundle: Bundle, engine: EmbeddedEngine) -> None:
    document = _drawn(seed, bundle)
    repeated = copy.deepcopy(document)
    repeated["subject"]["approvals"] *= 2
    repeated["subject"]["purposes"] *= 2
    for table in repeated["resource"]["tables"]:
        table["tags"] *= 2
        for column in table["columns"]:
            column["tags"] *= 2
    assert engine.decide(repeated) == engine.decide(document)


@DRAWN
@given(seed=SEEDS)
def test_a_denial_anywhere_denies(seed: int, bundle: Bundle, engine: EmbeddedEngine) -> None:
    """Two questions in one: allowed only if each is, since what is asked beside a column cannot excuse it."""
    document = _drawn(seed, bundle)
    secret = copy.deepcopy(document)
    table = next(table for table in secret["resource"]["tables"] if table["columns"])
    table["columns"][0].update(tier="T5", tags=["secrecy.suspected"])
    denied = engine.decide(secret)
    assert not denied.allow
    assert denied.columns[table["name"]][table["columns"][0]["name"]].effect is Effect.DENY


@pytest.mark.parametrize("emptied", ["matrix", "letters", "requesters"])
def test_without_a_permit_everything_is_denied(emptied: str, bundle: Bundle) -> None:
    """The only permits are the cells: with none of them, no rule's silence allows anything."""
    law: Mapping[str, Any] = {**bundle.data["law"], emptied: {}}
    modules = bundle.modules
    schemas = {f"schemas/{name}": json.dumps(schema) for name, schema in bundle.schemas.items()}
    data = {f"law/{name}/data.json": json.dumps(document) for name, document in law.items()}
    engine = EmbeddedEngine(Bundle.from_files({**modules, **schemas, **data}))
    for document in islice(generate(Random(7), load("subjects.yaml"), bundle.data["law"]), 60):
        decision = engine.decide(document)
        open_data = {column["tier"] for table in document["resource"]["tables"] for column in table["columns"]} <= {
            "T0"
        }
        assert not decision.allow or (emptied == "requesters" and open_data)
