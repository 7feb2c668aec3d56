"""Households and the people in them: who is whose parent and spouse, born when. Numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from phantang.samples.draws import Bools, Ints, Rng, chosen, weighted

AS_OF: Final = date(2026, 11, 1)
"""The day the sample databases were 'extracted'. Nothing in them is later, and nothing reads the clock."""

TODAY: Final = (AS_OF - date(1970, 1, 1)).days
YEAR: Final = 365.25

HEAD, SPOUSE, CHILD, ELDER = range(4)

_SIZES: Final = (11, 20, 23, 26, 13, 5, 2)  # shares of households of 1, 2, .. 7 people, per cent
_OLDEST: Final = TODAY - int(103 * YEAR)


@dataclass(frozen=True, slots=True, eq=False)
class Families:
    """People in household order. Positions of people; -1 where there is none.

    Args:
        household: row of the household, ascending.
        role: HEAD, SPOUSE, CHILD or ELDER (a parent of the head).
        female: sex.
        born: day of birth in days since 1970-01-01.
        mother, father, spouse: positions inside the same household.
        first: position of each household's head.
        sizes: people in each household.

    """

    household: Ints
    role: Ints
    female: Bools
    born: Ints
    mother: Ints
    father: Ints
    spouse: Ints
    first: Ints
    sizes: Ints


def form(rng: Rng, people: int) -> Families:
    """Return `people` people in households. The first household is a couple of middle age with the wife as its head."""
    sizes = 1 + weighted(rng, _SIZES, people)
    sizes[0] = 4
    ends = np.cumsum(sizes)
    households = int(np.searchsorted(ends, people)) + 1
    sizes = sizes[:households]
    sizes[-1] -= ends[households - 1] - people
    first = np.cumsum(sizes) - sizes

    couple = (sizes > 1) & chosen(rng, households, 0.88)
    couple[0] = True
    head_female = chosen(rng, households, 0.35)
    head_female[0] = True
    head_born, spouse_born = _couples(rng, sizes, couple, head_female)
    with_elder = (sizes > 3) & chosen(rng, households, 0.3) & (head_born > TODAY - 70 * YEAR)
    with_elder[0] = False

    household = np.repeat(np.arange(households), sizes)
    place = np.arange(people) - first[household]
    last = place == sizes[household] - 1
    role = np.full(people, CHILD)
    role[place == 0] = HEAD
    role[(place == 1) & couple[household]] = SPOUSE
    role[last & with_elder[household]] = ELDER

    female = chosen(rng, people, 0.47)  # 111 boys are born for 100 girls
    female = np.where(role == ELDER, chosen(rng, people, 0.7), female)
    female = np.where(role == HEAD, head_female[household], female)
    female = np.where(role == SPOUSE, ~head_female[household], female)

    head, partner = first[household], np.where(couple, first + 1, -1)[household]
    mother, father, spouse = (np.full(people, -1) for _ in range(3))
    child = role == CHILD
    mother[child] = np.where(female[head], head, partner)[child]
    father[child] = np.where(female[head], partner, head)[child]
    spouse[(role == HEAD) & couple[household]] = partner[(role == HEAD) & couple[household]]
    spouse[role == SPOUSE] = head[role == SPOUSE]

    parent_born = np.where(couple[household] & ~female[head], spouse_born[household], head_born[household])
    longest = np.minimum(38 * YEAR, TODAY - parent_born)
    born = parent_born + np.floor(20 * YEAR + rng.random(people) * np.maximum(longest - 20 * YEAR, 0)).astype(np.int64)
    elder_born = head_born[household] - rng.integers(int(20 * YEAR), int(36 * YEAR), people)
    born = np.where(role == ELDER, np.maximum(elder_born, _OLDEST), born)
    born = np.where(role == HEAD, head_born[household], born)
    born = np.where(role == SPOUSE, spouse_born[household], born)
    born = np.minimum(born, TODAY - 1)
    return Families(household, role, female, born, mother, father, spouse, first, sizes)


def _couples(rng: Rng, sizes: Ints, couple: Bools, head_female: Bools) -> tuple[Ints, Ints]:
    """Return the days of birth of heads and of their spouses, adults all of them."""
    count = len(sizes)
    family = rng.normal(44, 12.5, count).clip(22, 84)
    alone = rng.uniform(20, 88, count)
    head_born = TODAY - np.floor(np.where(sizes == 1, alone, family) * YEAR).astype(np.int64)
    gap = np.floor(rng.normal(2.6, 3.0, count).clip(-8, 14) * YEAR).astype(np.int64)
    spouse_born = head_born + np.where(head_female, -gap, gap)  # the husband is the elder by 2.6 years on average
    spouse_born = spouse_born.clip(_OLDEST, TODAY - int(20.5 * YEAR))
    head_born[0], spouse_born[0] = _day(1990, 3, 15), _day(1988, 9, 2)
    return head_born, np.where(couple, spouse_born, head_born)


def _day(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days
