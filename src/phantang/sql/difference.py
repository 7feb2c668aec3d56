"""Which people the sums and differences of shown groups single out: linear algebra over who is in the same groups.

Whoever holds answers holds one equation for each group that was shown. Adding and subtracting them, with any factors,
gives an equation about the people in whom the factors do not cancel. Those are its *support*; if there are fewer than k
of them, the group size was of no use. `isolates` tells whether there is such an equation among all the answers given.

People in exactly the same groups, an *atom*, cannot be told apart by any equation. Let y be the factors of the groups.
What an equation says of an atom is the sum of y over its groups, a linear form. So it is asked whether there is a y
for which some form is not 0, and those that are not have fewer than k people. For two answers that is the least cut of
a graph; for more, the least weight of a codeword, for which no fast way is known. Here forms that cannot be part of a
small support are found to be 0, one after the other, until mostly none is left (`_tie`); `Search` looks at the rest.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.linear import PRIME, Form, Solved, TooMuch, Work
from phantang.sql.search import Crowds, Search, merged, spare, weights

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

#: Terms that may be added up for one new answer; it is refused where that does not do.
_TERMS = 50_000_000
#: Atoms looked at in one go, the largest first.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Counted:
    """People by the groups they are in.

    `groups` has a row for each atom and a column for each answer: the number of the group there, 0 where it is in none.
    `people` counts each atom's. `crowds` says who is in several: numbers of atoms, and people who are in all of these
    and in no other, 0 where nobody knows whose rows they are; `None` where everybody is in one atom.
    """

    groups: NDArray[np.int64]
    people: NDArray[np.int64]
    crowds: Crowds | None = None

    def of(self, answers: Collection[int]) -> Counted:
        """Return the people as they are where only some answers were given."""
        kept = self.groups.copy()
        kept[:, [one for one in range(kept.shape[1]) if one not in answers]] = 0
        groups, places = np.unique(kept, axis=0, return_inverse=True)
        places = places.reshape(-1)
        shown = np.array(groups.sum(axis=1) > 0)
        if self.crowds is None:
            people = np.bincount(places, weights=self.people, minlength=len(groups)).astype(np.int64)
            return Counted(groups[shown], people[shown])
        number = np.cumsum(shown) - 1
        found: defaultdict[frozenset[int], int] = defaultdict(int)
        for atoms, people_of in self.crowds:
            inside = frozenset(int(number[places[atom]]) for atom in atoms if shown[places[atom]])
            if inside:
                found[inside] += people_of
        crowds = list(found.items())
        return Counted(groups[shown], np.array(weights(crowds, int(shown.sum())), dtype=np.int64), crowds)


def refuted(counted: Counted, size: int, new: Collection[int]) -> bool:
    """Tell whether the answers numbered `new` single out fewer than `size` people together with the others.

    Others that did not do so on the day they were given may do so on the data of today. What they tell without the new
    ones is no reason to refuse these: each is compared as one of as many as agree.
    """
    work = Work(_TERMS)
    if not isolates(counted, size, work):
        return False
    earlier = [number for number in range(counted.groups.shape[1]) if number not in new]
    missing = list(earlier)
    while missing:
        agreed: list[int] = []
        for number in (missing[0], *(one for one in earlier if one != missing[0])):
            if not isolates(counted.of({*agreed, number}), size, work):
                agreed.append(number)
        if isolates(counted.of({*agreed, *new}), size, work):
            return True
        missing = [number for number in missing[1:] if number not in agreed]
    return not earlier


def isolates(counted: Counted, size: int, work: Work | None = None) -> bool:
    """Tell whether some equation that follows from the groups has a support of fewer than `size` people.

    Also where there is more `work` than allowed to find out.
    """
    try:
        return _isolates(counted, size, work or Work(_TERMS))
    except TooMuch:
        return True


def _isolates(counted: Counted, size: int, work: Work) -> bool:
    factors = _numbered(counted.groups)
    solved, limit = Solved(work), _AT_ONCE
    left = np.argsort(-counted.people, kind="stable")
    while len(left := left[_other_than_zero(factors[left], solved)]):
        whole = counted.crowds is not None or limit >= len(left)
        some = left if whole else left[:limit]
        forms = [_form(row) for row in factors[some].tolist()]
        crowds = _inside(counted, some)
        if not _tie(forms, crowds, size, solved, work) and whole:
            return Search(size, work).finds(forms, crowds, solved)
        limit *= 2
    return False


def _tie(forms: Sequence[Form], crowds: Crowds, size: int, solved: Solved, work: Work) -> bool:
    """Require to be 0 what is not 0 in supports of `size` people and more only; tell whether there was any.

    A form of so many people is. So is one that follows from each of `size` sets of forms, if nobody is counted in two
    sets: where it is not 0, some form of each set is not. The sets are filled one after the other, with forms that do
    not follow from what is in there; each follows from all sets before its own, and is in as many as it has people.
    """
    classes, inside, _ = merged(forms, crowds, solved)
    people, room = weights(inside, len(classes)), spare(inside, ())
    large = [form for number, form in enumerate(classes) if people[number] >= size]
    solved.require(large)
    found, sets = bool(large), list[Solved]()
    for number in sorted(range(len(classes)), key=lambda number: -room[number]):
        form = solved.reduce(classes[number])
        if not form:
            continue
        low, high = 0, len(sets)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if sets[middle].reduce(form) else (middle + 1, high)
        for place in range(low, min(low + room[number], size)):
            if place == len(sets):
                sets.append(Solved(work))
            sets[place].require([form])
        if low + room[number] >= size:
            solved.require([form])
            found = True
    return found


def _numbered(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the groups of all answers different numbers; 0 stays none."""
    before = np.concatenate(([0], np.cumsum(groups.max(axis=0, initial=0))[:-1]))
    return np.where(groups > 0, groups + before, 0)


def _form(factors: Iterable[int]) -> Form:
    return {factor: 1 for factor in factors if factor}


def _other_than_zero(factors: NDArray[np.int64], solved: Solved) -> NDArray[np.bool_]:
    """Tell which forms are not 0: for free factors drawn at random, a form of 61 bits is 0 by chance once in 10^18."""
    drawn: defaultdict[int, int] = defaultdict(lambda: secrets.randbelow(PRIME - 1) + 1)
    values = np.zeros(int(factors.max(initial=0)) + 1, dtype=np.uint64)
    for factor in np.unique(factors).tolist():
        if factor:
            values[factor] = sum(of * drawn[free] for free, of in solved.reduce({factor: 1}).items()) % PRIME
    total = np.zeros(len(factors), dtype=np.uint64)
    for column in factors.T:
        total = (total + values[column]) % np.uint64(PRIME)
    return total > 0


def _inside(counted: Counted, some: NDArray[np.int64]) -> Crowds:
    """Return the crowds of some atoms, by their places among these."""
    if counted.crowds is None:
        return [(frozenset([place]), people) for place, people in enumerate(counted.people[some].tolist())]
    places = {atom: place for place, atom in enumerate(some.tolist())}
    found = ((frozenset(places[atom] for atom in atoms if atom in places), people) for atoms, people in counted.crowds)
    return [(atoms, people) for atoms, people in found if atoms]
