"""How the bench judges: any label is right, and a tier too low is told from one too high."""

from __future__ import annotations

import pytest

from phantang.classify.builtin import builtin_classifier
from phantang.model.tier import Tier

from ...bench.classification import Judged, vocabulary
from ...bench.heldout import Column
from ...bench.tiers import tiered


@pytest.mark.parametrize(
    ("labels", "found", "tier", "right"),
    [
        (("person.name",), ("person.name",), Tier.T2, {Tier.T2}),
        (("none", "sensitive.health"), ("sensitive.health",), Tier.T3, {Tier.T1, Tier.T3}),
        (("person.name",), ("person.name", "sensitive.health"), Tier.T3, {Tier.T2}),
    ],
)
def test_the_tier_is_the_strictest_of_what_was_found(
    labels: tuple[str, ...], found: tuple[str, ...], tier: Tier, right: set[Tier]
) -> None:
    judged = Judged(Column("x", "text", labels, None, None, None), "en", found[0], 0.9, found)
    assert judged.tiers(vocabulary()) == (tier, frozenset(right))


def test_tiers_written_from_the_law_are_those_a_scan_proposes() -> None:
    judged = list(tiered(builtin_classifier()))
    wrong = [f"{one.place}: {one.tier}" for one in judged if one.verdict != "right"]
    assert len(judged) >= 280
    assert len(wrong) <= 0.06 * len(judged), wrong
