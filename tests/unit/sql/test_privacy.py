"""Under differential privacy the guard sees one count of people, of one table, or it is a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.decision import ColumnDecision, Effect, Mask, Obligations, Privacy
from phantang.model.errors import GuardError, Refused
from phantang.model.noise import Measure, NoisePlan
from phantang.sql import DIALECTS, guard, plan, resolve
from phantang.sql.rewriting.passes.differential_privacy import differential_privacy
from phantang.sql.rewriting.plan import PASSES

from ...property.twins import SCHEMA, assets, decision

if TYPE_CHECKING:
    from phantang.model.catalog import Asset


def at(place: int, shown: int) -> NoisePlan:
    return NoisePlan((Measure(place, 1),), place, shown)


OWED = Obligations(aggregate_only=True, min_group_size=10, differential_privacy=Privacy(0.5, 5))
GROUPS = "SELECT ma_xa, count(*) AS n FROM cong_dan WHERE ma_tinh = '01' GROUP BY ma_xa"


def catalog_of(dialect: str) -> list[Asset]:
    return [
        replace(one, privacy_unit="so_cccd", primary_key=("so_cccd",)) if one.name.table == "cong_dan" else one
        for one in assets(dialect)
    ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_planned_passes_the_guard_and_says_where_noise_goes(dialect: str) -> None:
    catalog, allowed = catalog_of(dialect), decision(dialect, obligations=OWED)
    for sql, place in ((GROUPS, 1), ("SELECT count(DISTINCT so_cccd) FROM cong_dan", 0)):
        made = plan(resolve(sql, dialect, catalog), allowed, catalog)
        guard(made, allowed, catalog)
        assert made.noise == at(place, 1 + place)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        f"{GROUPS} ORDER BY n",
        f"{GROUPS} HAVING count(*) > 50",
        f"{GROUPS} LIMIT 3",
        "SELECT ma_xa, count(*), count(*) FROM cong_dan GROUP BY ma_xa",
        "SELECT ma_xa, count(ma_tinh) FROM cong_dan GROUP BY ma_xa",
        "SELECT ma_xa, 1, count(*) FROM cong_dan GROUP BY ma_xa",
        "SELECT count(*) FROM cong_dan WHERE length(ma_xa) = 5",
        "SELECT count(*) FROM cong_dan a, cong_dan b",
    ],
)
def test_the_guard_refuses_what_the_pass_would(dialect: str, sql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, allowed = catalog_of(dialect), decision(dialect, obligations=OWED)
    query = resolve(sql, dialect, catalog)
    with pytest.raises(Refused) as refused:
        plan(query, allowed, catalog)
    assert refused.value.code == "dp_unsupported"
    left = tuple(one for one in PASSES if one is not differential_privacy)
    monkeypatch.setattr("phantang.sql.rewriting.plan.PASSES", left)
    made = plan(query, allowed, catalog)
    for noise in (None, at(0, 2), at(1, 2), at(1, 3)):
        with pytest.raises(GuardError):
            guard(replace(made, noise=noise), allowed, catalog)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_guard_wants_the_noise_in_its_place(dialect: str) -> None:
    catalog, allowed = catalog_of(dialect), decision(dialect, obligations=OWED)
    made = plan(resolve(GROUPS, dialect, catalog), allowed, catalog)
    for noise in (None, at(0, 2), at(2, 2), at(1, 0), NoisePlan((Measure(1, 0),), 1, 2), NoisePlan((), 1, 2)):
        with pytest.raises(GuardError):
            guard(replace(made, noise=noise), allowed, catalog)
    exact = replace(allowed, obligations=replace(OWED, differential_privacy=None))
    with pytest.raises(GuardError):
        guard(made, exact, catalog)
    # Without the key, one person may be in several groups.
    several = [replace(one, primary_key=()) for one in catalog]
    with pytest.raises(GuardError):
        guard(made, allowed, several)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_masked_column_shapes_nothing(dialect: str) -> None:
    catalog, allowed = catalog_of(dialect), decision(dialect, obligations=OWED)
    table = f"{SCHEMA[dialect]}.cong_dan"
    masked = {**allowed.columns[table], "ma_xa": ColumnDecision(Effect.MASK, Mask.TOKEN)}
    allowed = replace(allowed, columns={**allowed.columns, table: masked})
    with pytest.raises(Refused) as refused:
        plan(resolve(GROUPS, dialect, catalog), allowed, catalog)
    assert refused.value.code == "dp_unsupported"
