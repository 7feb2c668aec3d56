"""The equation of least people among linear forms: a search that ends, and says yes where it would take too long."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from phantang.sql.disclosure.linear import Form, Solved, Work, circuit, direction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

#: Nodes of the search for one set of answers.
_NODES = 2_000
#: Numbers of forms, and how many people are in each of these and in no other.
Crowds = list[tuple[frozenset[int], int]]


class Search:
    """Looks for factors that leave other than 0 some forms, of fewer than `size` people together."""

    def __init__(self, size: int, work: Work) -> None:
        self._size, self._nodes, self._work = size, 0, work

    def finds(self, forms: Sequence[Form], crowds: Crowds, solved: Solved, wanted: Form) -> bool:
        """Tell whether there are such factors that leave `wanted` other than 0 as well, given what is known to be 0."""
        return any(self._in_part(*part) for part in _parts(*merged(forms, crowds, solved)[:2], wanted))

    def _in_part(self, forms: Sequence[Form], crowds: Crowds, wanted: Form) -> bool:
        """Take one form after the other, the heaviest first, to be other than 0; then it is 0 for those that follow."""
        solved = Solved(self._work)
        while solved.reduce(wanted):
            classes, inside, places = merged([*forms, wanted], crowds, solved)
            if sum(people for _, people in inside) < self._size:
                return True
            people = weights(inside, len(classes))
            first = max(range(len(classes)), key=people.__getitem__)
            if people[first] < self._size and self._from(classes, inside, sorted({first, places[len(forms)]})):
                return True
            solved.require([classes[first]])
        return False

    def _from(self, forms: Sequence[Form], crowds: Crowds, chosen: Sequence[int]) -> bool:
        """Tell whether a small support has all forms of `chosen`, which are other than 0."""
        self._nodes += 1
        if self._nodes > _NODES:
            return True
        touched = sum(people for members, people in crowds if not members.isdisjoint(chosen))
        if touched >= self._size:
            return False
        room = spare(crowds, chosen)
        free = sorted((number for number in range(len(forms)) if number not in chosen), key=lambda one: -room[one])
        found = next((made for one in chosen if (made := circuit(forms, one, free, self._work))), None)
        if found is None:  # all others can be 0 at once, and leave every chosen one
            return True
        if self._at_least(forms, chosen, room, self._size - touched):
            return False
        # One of those that add up to a chosen form is other than 0: the first such, those before it being 0.
        zero: list[Form] = []
        for branch in found:
            solved = Solved(self._work)
            solved.require(zero)
            classes, inside, places = merged(forms, crowds, solved)
            kept = {places[number] for number in (*chosen, branch) if number in places}
            if all(number in places for number in (*chosen, branch)) and self._from(classes, inside, sorted(kept)):
                return True
            zero.append(forms[branch])
        return False

    def _at_least(self, forms: Sequence[Form], chosen: Sequence[int], room: Mapping[int, int], people: int) -> bool:
        """Tell whether a support with the chosen forms has so many `people` beside theirs.

        Of forms that add up to a chosen one, one at least is other than 0 with it. So people who can be set aside for
        such sums, none of them twice, are no more than those of any support: the largest flow and the least cut.
        """
        left = dict(room)
        for one in chosen:
            while people > 0:
                usable = sorted((number for number, spare_ in left.items() if spare_ > 0), key=lambda n: -left[n])
                found = circuit(forms, one, usable, self._work)
                if not found:
                    break
                least = min(left[number] for number in found)
                people -= least
                for number in found:
                    left[number] -= least
        return people <= 0


def merged(forms: Sequence[Form], crowds: Crowds, solved: Solved) -> tuple[list[Form], Crowds, dict[int, int]]:
    """Return forms that are not 0, multiples of one another as one, their crowds, and where each form went."""
    classes: list[Form] = []
    of: dict[tuple[tuple[int, int], ...], int] = {}
    places: dict[int, int] = {}
    for number, one in enumerate(forms):
        if form := solved.reduce(one):
            places[number] = of.setdefault(direction(form), len(classes))
            if places[number] == len(classes):
                classes.append(form)
    found: defaultdict[frozenset[int], int] = defaultdict(int)
    for members, people in crowds:
        inside = frozenset(places[number] for number in members if number in places)
        if inside:
            found[inside] += people
    return classes, list(found.items()), places


def weights(crowds: Crowds, forms: int) -> list[int]:
    """Count the people of each form."""
    found = [0] * forms
    for members, people in crowds:
        for number in members:
            found[number] += people
    return found


def spare(crowds: Crowds, chosen: Collection[int]) -> dict[int, int]:
    """Count everybody who is in no chosen form for one of his forms, that with the fewest so far."""
    found: defaultdict[int, int] = defaultdict(int)
    for members, people in sorted(crowds, key=lambda crowd: len(crowd[0])):
        if members.isdisjoint(chosen):
            found[min(members, key=lambda number: (found[number], number))] += people
    return found


def _parts(forms: Sequence[Form], crowds: Crowds, wanted: Form) -> Iterator[tuple[list[Form], Crowds, Form]]:
    """Yield forms that have unknowns in common, with their crowds and `wanted`'s part: others are other equations."""
    parent: dict[int, int] = {}

    def root(unknown: int) -> int:
        while parent.setdefault(unknown, unknown) != unknown:
            parent[unknown] = parent[parent[unknown]]
            unknown = parent[unknown]
        return unknown

    for form in forms:
        first, *rest = form
        for unknown in rest:
            parent[root(unknown)] = root(first)
    of = [root(next(iter(form))) for form in forms]
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number, part in enumerate(of):
        members[part].append(number)
    inside: defaultdict[int, Crowds] = defaultdict(list)
    for atoms, people in crowds:
        for part in {of[number] for number in atoms}:
            inside[part].append((atoms, people))
    for part, numbers in members.items():
        place = {number: at for at, number in enumerate(numbers)}
        kept = [(frozenset(place[one] for one in atoms if one in place), people) for atoms, people in inside[part]]
        yield [forms[number] for number in numbers], kept, {one: of for one, of in wanted.items() if root(one) == part}
