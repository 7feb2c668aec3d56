"""Sensitivity tiers and personal classes: two small ordered sets with a join.

The six tiers are this project's own mapping; each cites the legal classes it stands for in `catalog/tiers.yaml`.
Personal classes follow Law 91/2025/QH15 Art 2 and Decree 356/2025/NĐ-CP Art 3-4.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Tier(StrEnum):
    """`T0` (open) to `T5` (suspected state secret). The names sort in order of sensitivity."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"

    @staticmethod
    def highest(tiers: Iterable[Tier]) -> Tier:
        """Return the join (the highest) of `tiers`; `T0`, the bottom of the lattice, for none."""
        return max(tiers, default=Tier.T0)


class PersonalClass(StrEnum):
    """Whether a column is personal data in the sense of the personal-data law."""

    NONE = "none"
    DEIDENTIFIED = "deidentified"
    BASIC = "basic"
    SENSITIVE = "sensitive"

    @staticmethod
    def highest(classes: Iterable[PersonalClass]) -> PersonalClass:
        """Return the join (the most protected) of `classes`; `none`, the bottom of the lattice, for none."""
        return max(classes, key=_RANKS.__getitem__, default=PersonalClass.NONE)


_RANKS = {one: rank for rank, one in enumerate(PersonalClass)}


def protects_less(one: tuple[Tier, PersonalClass], other: tuple[Tier, PersonalClass]) -> bool:
    """Tell whether `one` has a lower tier or a less protected class than `other`."""
    return one[0] < other[0] or _RANKS[one[1]] < _RANKS[other[1]]


#: What a column counts as until a person has accepted its classification (invariant 1, fail closed).
UNCLASSIFIED_TIER = Tier.T3
UNCLASSIFIED_CLASS = PersonalClass.SENSITIVE
