"""The noise that leaves: as wide as promised, above the threshold, and nothing of the order of the data."""

from __future__ import annotations

import math

import pyarrow as pa
import pytest

from phantang.flow.noise import DELTA, noise_of, noised, thousandths, threshold


@pytest.mark.parametrize("epsilon", [0.001, 0.1, 0.3, 0.5, 0.7, 1.0, 3.0, 10.0])
def test_a_group_that_one_person_makes_is_shown_with_delta_at_most(epsilon: float) -> None:
    least = threshold(epsilon, 10)
    alpha = math.exp(-epsilon)
    assert alpha ** (least - 10) / (1 + alpha) <= DELTA * (1 + 1e-9)
    assert least == 10 or alpha ** (least - 11) / (1 + alpha) > DELTA
    assert isinstance(noise_of(epsilon)(100), int)  # OpenDP confirms epsilon, or it raises


def test_noise_is_discrete_laplace_of_scale_one_over_epsilon() -> None:
    draw = noise_of(0.5)
    drawn = [draw(1000) - 1000 for _ in range(2000)]
    # Variance 2a/(1-a)^2 is 7.84 for a = e^-0.5; bounds are more than eight standard errors away.
    assert abs(sum(drawn) / 2000) < 0.6
    assert 4 < sum(one * one for one in drawn) / 2000 < 12
    assert 0.15 < drawn.count(0) / 2000 < 0.35  # (1-a)/(1+a) is 0.245


def test_rows_below_the_threshold_go_and_the_rest_is_in_the_order_of_its_keys() -> None:
    table = pa.table({"n": [50, 10, 40, 60], "k": ["c", "b", None, "a"]})
    shown = noised(table, 0, lambda count: count + 1, 41)
    assert shown.to_pylist() == [{"n": 41, "k": None}, {"n": 61, "k": "a"}, {"n": 51, "k": "c"}]
    assert noised(table, 0, lambda count: min(count, 0), 41).num_rows == 0


def test_spending_is_rounded_against_the_spender() -> None:
    assert (thousandths(0.3, up=True), thousandths(0.3), thousandths(1000.0)) == (300, 300, 1_000_000)
    assert (thousandths(0.0004, up=True), thousandths(0.0009)) == (1, 0)
