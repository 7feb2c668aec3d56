"""Reading what `combination.memberships` has the database count: who is in the same groups of all answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.disclosure.difference import Counted
from phantang.sql.disclosure.search import weights

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

#: Numbers that a table of atoms may have.
_CELLS = 20_000_000
#: The groups of an atom: the number of the answer, that of the group, how often it counts the atom.
_Terms = tuple[tuple[int, int, int], ...]


def counted(columns: Sequence[NDArray[np.generic]], answers: int) -> Counted | None:
    """Read the columns of `memberships` for so many answers; `None` where some rows are missing, or it is too much."""
    *groups, people, total = columns
    if len(total) and int(str(total[0])) != len(total):
        return None
    if len(groups) == answers and groups[0].dtype.kind in "iu":
        return Counted(np.stack(groups, axis=1).astype(np.int64), people.astype(np.int64))
    places: dict[_Terms, int] = {}
    known: dict[str, int] = {}
    found: defaultdict[frozenset[int], int] = defaultdict(int)
    for text, number in zip(groups[0].tolist(), people.tolist(), strict=True):
        inside = []
        for atom in str(text).split(";"):
            if atom not in known:
                known[atom] = places.setdefault(_terms(atom), len(places))
            inside.append(known[atom])
        found[frozenset(inside)] += int(number)
    return _tabled(list(places), list(found.items()), answers)


def _terms(atom: str) -> _Terms:
    """Return the groups of an atom; one that all of them count so many times more often is the same."""
    found = sorted((int(answer), int(group), int(often)) for answer, group, often in map(_split, atom.split("|")))
    common = gcd(*(often for _, _, often in found))
    return tuple((answer, group, often // common) for answer, group, often in found)


def _split(term: str) -> tuple[str, str, str]:
    answer, group, often = term.split(":")
    return answer, group, often


def _tabled(atoms: Sequence[_Terms], crowds: list[tuple[frozenset[int], int]], answers: int) -> Counted | None:
    """Give each answer as many columns as some atom has groups in it."""
    width = [0] * answers
    for atom in atoms:
        for answer, many in Counter(answer for answer, _, _ in atom).items():
            width[answer] = max(width[answer], many)
    columns = tuple(answer for answer in range(answers) for _ in range(width[answer]))
    if len(columns) * len(atoms) > _CELLS:
        return None
    groups, times = (np.zeros((len(atoms), len(columns)), dtype=np.int64) for _ in range(2))
    for row, atom in enumerate(atoms):
        for column, (_, group, often) in zip(_places(atom, width), atom, strict=True):
            groups[row, column], times[row, column] = group, often
    people = np.array(weights(crowds, len(atoms)), dtype=np.int64)
    return Counted(groups, people, crowds, times if times.max(initial=0) > 1 else None, columns)


def _places(atom: _Terms, width: Collection[int]) -> list[int]:
    """Return the column of each group of an atom: those of one answer follow each other, as they do in the atom."""
    first = np.cumsum([0, *width]).tolist()
    taken = Counter[int]()
    places = []
    for answer, _, _ in atom:
        places.append(first[answer] + taken[answer])
        taken[answer] += 1
    return places
