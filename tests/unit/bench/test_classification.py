"""How the bench judges: any label is right, and a tier too low is told from one too high."""

from __future__ import annotations

import pytest

from phantang.model.tier import Tier

from ...bench.classification import Judged, vocabulary
from ...bench.heldout import Column


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
