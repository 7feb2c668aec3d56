"""The noise that leaves: as wide as promised, above the threshold, and nothing of the order of the data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from phantang.flow.query.noise import DELTA, draws_of, noised, thousandths, threshold
from phantang.model.noise import Bounds, Measure, NoisePlan

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = NoisePlan((Measure(0, 1),), 0, 2)


@pytest.mark.parametrize("epsilon", [0.001, 0.1, 0.3, 0.5, 0.7, 1.0, 3.0, 10.0])
def test_a_group_that_one_person_makes_is_shown_with_delta_at_most(epsilon: float) -> None:
    least = threshold(ONE, epsilon, 10)
    alpha = math.exp(-epsilon)
    assert alpha ** (least - 10) / (1 + alpha) <= DELTA * (1 + 1e-9)
    assert least == 10 or alpha ** (least - 11) / (1 + alpha) > DELTA
    assert isinstance(draws_of(ONE, epsilon)[0](100), int)  # OpenDP confirms epsilon, or it raises


def test_noise_is_discrete_laplace_of_scale_one_over_epsilon() -> None:
    draw = draws_of(ONE, 0.5)[0]
    drawn = [draw(1000) - 1000 for _ in range(2000)]
    # Variance 2a/(1-a)^2 is 7.84 for a = e^-0.5; bounds are more than eight standard errors away.
    assert abs(sum(drawn) / 2000) < 0.6
    assert 4 < sum(one * one for one in drawn) / 2000 < 12
    assert 0.15 < drawn.count(0) / 2000 < 0.35  # (1-a)/(1+a) is 0.245


def test_rows_below_the_threshold_go_and_the_rest_is_in_the_order_of_its_keys() -> None:
    table = pa.table({"n": [50, 10, 40, 60], "k": ["c", "b", None, "a"]})
    shown = noised(table, ONE, {0: lambda count: count + 1}, 41)
    assert shown.to_pylist() == [{"n": 41, "k": None}, {"n": 61, "k": "a"}, {"n": 51, "k": "c"}]
    assert noised(table, ONE, {0: lambda count: min(count, 0)}, 41).num_rows == 0


def test_spending_is_rounded_against_the_spender() -> None:
    assert (thousandths(0.3, up=True), thousandths(0.3), thousandths(1000.0)) == (300, 300, 1_000_000)
    assert (thousandths(0.0004, up=True), thousandths(0.0009)) == (1, 0)


def exact(plan: NoisePlan) -> dict[int, Callable[[int], int]]:
    return {one.place: int for one in plan.measures}


def test_every_measure_has_its_share_and_the_width_of_its_reach() -> None:
    """Two measures halve epsilon; the one that a person moves by 300 has noise three hundred times as wide."""
    plan = NoisePlan((Measure(0, 1), Measure(1, 300)), 0, 2)
    draws = draws_of(plan, 1.0)
    narrow = sum(abs(draws[0](0)) for _ in range(2000)) / 2000
    wide = sum(abs(draws[1](0)) for _ in range(2000)) / 2000
    # The mean of |X| is about the scale b: 2 and 600; six standard errors of either are below a fifth of it.
    assert 1.5 < narrow < 2.5
    assert 480 < wide < 720


@pytest.mark.parametrize(("reach", "measures"), [(1, 1), (3, 1), (3, 4), (20, 2)])
def test_the_threshold_covers_every_group_of_one_person(reach: int, measures: int) -> None:
    plan = NoisePlan((Measure(0, reach), *(Measure(place, 5) for place in range(1, measures))), 0, measures)
    scale, least = reach * measures / 0.5, threshold(plan, 0.5, 10)
    alpha = math.exp(-1 / scale)
    assert reach * alpha ** (least - 10) / (1 + alpha) <= DELTA * (1 + 1e-9)


def test_sums_means_and_counts_come_out_in_their_own_units() -> None:
    bounds = Bounds(0, 1000, 0.5)
    plan = NoisePlan(
        (Measure(1, 6000, bounds), Measure(2, 6000, bounds, 4), Measure(4, 3), Measure(3, 1)), 3, 4, ((0, ("a", "b")),)
    )
    table = pa.table(
        {
            "k": ["b", "a", "c", "a"],
            "sum": pa.array([30, 7, 9, None], pa.decimal128(38, 0)),
            "avg": [30, 7, 9, None],
            "n": [50, 60, 70, 2],
            "beside": [10, 0, 3, 0],
        }
    )
    shown = noised(table, plan, exact(plan), 40)
    assert shown.to_pylist() == [
        {"k": "a", "sum": 3.5, "avg": None, "n": 60},  # nothing to divide by
        {"k": "b", "sum": 15.0, "avg": 1.5, "n": 50},
    ]
    assert [str(field.type) for field in shown.schema] == ["string", "double", "double", "int64"]
    whole = NoisePlan((Measure(0, 10, Bounds(0, 10)), Measure(1, 1)), 1, 2)
    assert (
        str(
            noised(pa.table({"s": pa.array([2**70], pa.decimal128(38, 0)), "n": [50]}), whole, draws_of(whole, 1.0), 0)
            .schema.field(0)
            .type
        )
        == "int64"
    )


def test_a_mean_stays_within_its_bounds() -> None:
    plan = NoisePlan((Measure(0, 10, Bounds(-5, 10), 1), Measure(1, 1), Measure(2, 1)), 2, 1)
    table = pa.table({"avg": [900, -900], "beside": [1, 1], "n": [50, 50]})
    assert [row["avg"] for row in noised(table, plan, exact(plan), 0).to_pylist()] == [10, -5]


def test_nothing_answers_nothing() -> None:
    table = pa.table({"n": pa.array([], pa.int64()), "k": pa.array([], pa.string())})
    assert noised(table, ONE, draws_of(ONE, 0.5), 30).num_rows == 0
