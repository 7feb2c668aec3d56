"""Which people the sums and differences of shown groups single out: linear algebra over who is in the same groups.

Whoever holds answers holds one equation for each group that was shown. Adding and subtracting them, with any factors,
gives an equation about the people in whom the factors do not cancel. Those are its *support*; if there are fewer than k
of them, the group size was of no use. `refuted` tells whether new answers add such an equation to earlier ones.

People in exactly the same groups, an *atom*, cannot be told apart by any equation. Let y be the factors of the groups.
What an equation says of an atom is the sum of y over its groups, each as often as it counts the atom: a linear form.
So it is asked whether there is a y for which some form is not 0, and those that are not have fewer than k people. For
two answers that is the least cut of a graph; for more, the least weight of a codeword, for which no fast way is known.
Here forms that cannot be part of a small support are found to be 0, one after the other, until mostly none is left
(`_tie`); `Search` looks at the rest.

Earlier answers may single out a few by themselves, on the data of today or where fewer people were enough. Asked is
then for an equation that they alone do not give: for a y for which one form more is not 0, see `_news`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.disclosure.linear import PRIME, Form, Solved, TooMuch, Work, drawn
from phantang.sql.disclosure.search import Crowds, Search, merged, spare, weights

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

#: Terms that may be added up for one new answer; it is refused where that does not do.
_TERMS = 50_000_000
#: Atoms looked at in one go, the largest first.
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Counted:
    """People by the groups they are in.

    `groups` has a row for each atom and a column for each answer: the number of the group there, 0 where it is in none.
    Where an atom is in several groups of one answer, that has several columns, and `answers` says whose each column is.
    `times` is how often the group counts each of the atom, once where it is `None`. `people` counts each atom's.
    `crowds` says who is in several: numbers of atoms, and people who are in all of these and in no other, 0 where
    nobody knows whose rows they are; `None` where everybody is in one atom.
    """

    groups: NDArray[np.int64]
    people: NDArray[np.int64]
    crowds: Crowds | None = None
    times: NDArray[np.int64] | None = None
    answers: tuple[int, ...] = ()

    @property
    def columns(self) -> tuple[int, ...]:
        """The answer of each column of `groups`."""
        return self.answers or tuple(range(self.groups.shape[1]))

    def of(self, answers: Collection[int]) -> Counted:
        """Return the people as they are where only some answers were given."""
        other = [number for number, answer in enumerate(self.columns) if answer not in answers]
        kept = self.groups.copy()
        kept[:, other] = 0
        told = [kept]
        if self.times is not None:
            times = self.times.copy()
            times[:, other] = 0
            told.append(times)
        rows, places = np.unique(np.concatenate(told, axis=1), axis=0, return_inverse=True)
        places = places.reshape(-1)
        width = kept.shape[1]
        groups, shown = rows[:, :width], np.array(rows[:, :width].sum(axis=1) > 0)
        rest = None if self.times is None else rows[shown, width:]
        if self.crowds is None:
            people = np.bincount(places, weights=self.people, minlength=len(groups)).astype(np.int64)
            return Counted(groups[shown], people[shown], None, rest, self.answers)
        number = np.cumsum(shown) - 1
        found: defaultdict[frozenset[int], int] = defaultdict(int)
        for atoms, people_of in self.crowds:
            inside = frozenset(int(number[places[atom]]) for atom in atoms if shown[places[atom]])
            if inside:
                found[inside] += people_of
        crowds = list(found.items())
        people = np.array(weights(crowds, int(shown.sum())), dtype=np.int64)
        return Counted(groups[shown], people, crowds, rest, self.answers)


def refuted(counted: Counted, size: int, new: Collection[int]) -> bool:
    """Tell whether the answers numbered `new` add an equation with a support of fewer than `size` people.

    What follows from the others alone is known already, and no reason to refuse these: data have changed since, or it
    was shown where fewer people are enough. Also where there is more work than allowed to find out.
    """
    factors = _numbered(counted.groups, counted.columns)
    earlier = [number for number, answer in enumerate(counted.columns) if answer not in new]
    try:
        return _adds(counted, size, factors, frozenset(factors[:, earlier].ravel().tolist()), Work(_TERMS))
    except TooMuch:
        return True


def _adds(counted: Counted, size: int, factors: NDArray[np.int64], known: frozenset[int], work: Work) -> bool:
    """Tell whether there is such an equation that is no sum of groups whose factors are `known`."""
    solved, limit = Solved(work), _AT_ONCE
    required: list[Form] = []
    left = np.argsort(-counted.people, kind="stable")
    while len(left := left[_other_than_zero(factors[left], _of_some(counted.times, left), solved)]):
        whole = counted.crowds is not None or limit >= len(left)
        some = left if whole else left[:limit]
        forms = _forms(factors[some], _of_some(counted.times, some))
        crowds = _inside(counted, some)
        zero = _tie(forms, crowds, size, solved, work)
        required += zero
        if not zero and whole:
            return Search(size, work).finds(forms, crowds, solved, _news(forms, solved, required, known, work))
        limit *= 2
    return False


def _news(forms: Sequence[Form], solved: Solved, required: Sequence[Form], known: frozenset[int], work: Work) -> Form:
    """Return a form that is 0 for what the `known` factors alone can make of the others, and for nothing else.

    It is drawn at random from all that are 0 for these, so that it is 0 for anything else by chance only.
    """
    before = Solved(work)
    before.require(_of(form, known) for form in required)
    pairs = ((solved.reduce(form), before.reduce(_of(form, known))) for form in forms)
    return drawn({tuple(map(_spelt, pair)): pair for pair in pairs}.values(), work)


def _of(form: Form, known: frozenset[int]) -> Form:
    return {factor: times for factor, times in form.items() if factor in known}


def _spelt(form: Form) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(form.items()))


def _tie(forms: Sequence[Form], crowds: Crowds, size: int, solved: Solved, work: Work) -> list[Form]:
    """Require to be 0 what is not 0 in supports of `size` people and more only; return these forms.

    A form of so many people is. So is one that follows from each of `size` sets of forms, if nobody is counted in two
    sets: where it is not 0, some form of each set is not. The sets are filled one after the other, with forms that do
    not follow from what is in there; each follows from all sets before its own, and is in as many as it has people.
    """
    classes, inside, _ = merged(forms, crowds, solved)
    people, room = weights(inside, len(classes)), spare(inside, ())
    found = [form for number, form in enumerate(classes) if people[number] >= size]
    solved.require(found)
    sets: list[Solved] = []
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
            found.append(form)
    return found


def _numbered(groups: NDArray[np.int64], columns: Sequence[int]) -> NDArray[np.int64]:
    """Give the groups of all answers different numbers; 0 stays none."""
    many: defaultdict[int, int] = defaultdict(int)
    for answer, last in zip(columns, groups.max(axis=0, initial=0).tolist(), strict=True):
        many[answer] = max(many[answer], last)
    before, taken = dict[int, int](), 0
    for answer, last in many.items():
        before[answer], taken = taken, taken + last
    return np.where(groups > 0, groups + np.array([before[answer] for answer in columns], dtype=np.int64), 0)


def _of_some(times: NDArray[np.int64] | None, atoms: NDArray[np.int64]) -> NDArray[np.int64] | None:
    return None if times is None else times[atoms]


def _forms(factors: NDArray[np.int64], times: NDArray[np.int64] | None) -> list[Form]:
    many = np.ones_like(factors) if times is None else times
    return [
        {factor: often for factor, often in zip(row, of_row, strict=True) if factor}
        for row, of_row in zip(factors.tolist(), many.tolist(), strict=True)
    ]


def _other_than_zero(factors: NDArray[np.int64], times: NDArray[np.int64] | None, solved: Solved) -> NDArray[np.bool_]:
    """Tell which forms are not 0: for free factors drawn at random, a form of 61 bits is 0 by chance once in 10^18."""
    drawn: defaultdict[int, int] = defaultdict(lambda: secrets.randbelow(PRIME - 1) + 1)
    values = np.zeros(int(factors.max(initial=0)) + 1, dtype=np.uint64)
    for factor in np.unique(factors).tolist():
        if factor:
            values[factor] = sum(of * drawn[free] for free, of in solved.reduce({factor: 1}).items()) % PRIME
    total = np.zeros(len(factors), dtype=np.uint64)
    for number, column in enumerate(factors.T):
        found = values[column] if times is None else _product(values[column], times[:, number])
        total = (total + found) % np.uint64(PRIME)
    return total > 0


def _product(values: NDArray[np.uint64], times: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Multiply numbers of 61 bits by smaller ones, bit for bit of these: a product of 64 bits would not do."""
    total, doubled, left = np.zeros_like(values), values, times.copy()
    while left.any():
        total = np.where(left & 1, (total + doubled) % np.uint64(PRIME), total)
        doubled, left = (doubled + doubled) % np.uint64(PRIME), left >> 1
    return total


def _inside(counted: Counted, some: NDArray[np.int64]) -> Crowds:
    """Return the crowds of some atoms, by their places among these."""
    if counted.crowds is None:
        return [(frozenset([place]), people) for place, people in enumerate(counted.people[some].tolist())]
    places = {atom: place for place, atom in enumerate(some.tolist())}
    found = ((frozenset(places[atom] for atom in atoms if atom in places), people) for atoms, people in counted.crowds)
    return [(atoms, people) for atoms, people in found if atoms]
