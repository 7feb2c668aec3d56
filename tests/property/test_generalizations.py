"""Of two generalisations of one column the coarser holds: told by the policy and, apart from it, by the reference."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from phantang.pdp import Bundle, EmbeddedEngine

from ..reference.decision import decide
from ..unit.pdp.conftest import build, bundle_files

WAYS: list[dict[str, Any]] = [
    {"kind": "month"},
    {"kind": "year"},
    {"kind": "grid", "step": 0.01},
    {"kind": "grid", "step": 0.05},
    {"kind": "grid", "step": 0.03},
    {"kind": "bucket", "width": 10},
    {"kind": "bucket", "width": 25},
    {"kind": "bucket", "width": 50},
    {"kind": "age_band", "width": 5},
    {"kind": "age_band", "width": 10},
    {"kind": "age_band", "width": 4},
    {"kind": "place", "level": "province"},
]
#: A tag of its own for each way.
GENERALIZE = {f"person.way_{number}": params for number, params in enumerate(WAYS)}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    files = bundle_files()
    law = Bundle.from_files(files).data["law"]["masks"]
    del files["law/masks/data.yaml"]
    return Bundle.from_files({**files, "law/masks/data.json": json.dumps({**law, "generalize": GENERALIZE})})


def test_two_or_three_ways_at_once(bundle: Bundle) -> None:
    engine, met = EmbeddedEngine(bundle), set()
    for tags in [*combinations(GENERALIZE, 2), *list(combinations(GENERALIZE, 3))[::4]]:
        asked = build({"as": "ioc-ha-noi", "statistics": True, "read": {"dan_cu.cong_dan": {"ngay_sinh": "group"}}})
        asked["resource"]["tables"][0]["columns"][0]["tags"] = list(tags)
        ours = dict(engine.decide(asked).raw)["columns"]
        assert ours == decide(asked, bundle.data["law"])["columns"], tags
        shown = ours["main.cong_dan"]["ngay_sinh"]
        met.add((shown["mask"], shown["params"].get("kind")))
    assert met == {
        ("MASK_NULL", None),
        ("GENERALIZE", "year"),
        ("GENERALIZE", "grid"),
        ("GENERALIZE", "bucket"),
        ("GENERALIZE", "age_band"),
    }
