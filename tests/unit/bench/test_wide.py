"""The columns judged by value stay as well told as they are: a floor under what is found, a ceiling over look-alikes.

The halves `b` of each round were not learnt from; a change that loses one of them has lost generality.
"""

from __future__ import annotations

import pytest

from phantang.classify.builtin import builtin_classifier

from ...bench.classification import judge


@pytest.mark.parametrize(
    ("split", "mode", "precision", "recall", "right", "alike"),
    [
        ("wide1a", "values only", 0.96, 0.91, 0.94, 1),
        ("wide1a", "both", 0.95, 0.89, 0.92, 1),
        ("wide1b", "values only", 0.93, 0.72, 0.78, 3),
        ("wide1b", "both", 0.93, 0.74, 0.80, 3),
        ("wide2a", "values only", 0.98, 0.81, 0.87, 1),
        ("wide2b", "values only", 0.98, 0.69, 0.78, 1),
        ("wide3a", "values only", 0.98, 0.85, 0.91, 1),
        ("wide3b", "values only", 0.98, 0.69, 0.80, 1),
    ],
)
def test_what_values_tell_is_still_told(
    split: str, mode: str, precision: float, recall: float, right: float, alike: int
) -> None:
    judged = judge(builtin_classifier(), split, mode)
    flagged = [one for one in judged if one.flagged]
    personal = [one for one in judged if one.column.personal]
    both = sum(one.column.personal for one in flagged)
    assert both / len(flagged) >= precision
    assert both / len(personal) >= recall
    assert 2 * sum(one.agrees for one in flagged) / (len(flagged) + len(personal)) >= right
    assert sum(one.column.resembles is not None for one in flagged) <= alike
