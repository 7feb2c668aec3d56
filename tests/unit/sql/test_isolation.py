"""Sums of groups that single out a few, found by algebra: against trying every set of people."""

from __future__ import annotations

import random
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from phantang.sql import Counted, refuted
from phantang.sql.disclosure.search import weights

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from phantang.sql.disclosure.search import Crowds

#: Rows are atoms: their group in each answer, 0 for none; then the people. Some equation has fewer than three people...
FEW = [
    ([(1, 0), (1, 1)], [1, 9]),
    ([(1, 1), (2, 1), (2, 2)], [5, 2, 5]),
    ([(1, 1), (2, 2), (1, 2)], [5, 5, 1]),
    ([(1, 1), (1, 2), (2, 1), (2, 2)], [1, 2, 2, 1]),  # the first group of the one less the second of the other
    # a factor of two: of three pairs of communes and of all three with one person more
    ([(1, 0, 1, 1), (1, 1, 0, 1), (0, 1, 1, 1), (0, 0, 0, 1)], [9, 9, 9, 1]),
    # no two of these three tell of an atom, all three tell of each
    ([(1, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1)], [2, 2, 2, 2]),
    # five answers: four quarters and their whole, but for one person
    ([(1, 0, 0, 0, 1), (0, 1, 0, 0, 1), (0, 0, 1, 0, 1), (0, 0, 0, 1, 1), (0, 0, 0, 0, 1)], [7, 7, 7, 7, 2]),
]
#: ... and none has.
MANY = [
    ([(1, 0), (1, 1)], [3, 9]),
    ([(1, 1), (1, 2), (2, 1), (2, 2)], [2, 1, 2, 2]),
    ([(1, 1), (2, 2)], [5, 4]),
    ([(1, 1), (2, 2), (1, 2), (2, 1)], [1, 9, 9, 9]),  # one person in a corner that no sum tells of
]


def counted(groups: Sequence[tuple[int, ...]], people: list[int]) -> Counted:
    return Counted(np.array(groups, dtype=np.int64), np.array(people, dtype=np.int64))


def isolates(made: Counted, size: int) -> bool:
    """Tell whether some equation that follows from the groups, with nothing known before, is of fewer people."""
    return refuted(made, size, made.columns)


@pytest.mark.parametrize(("groups", "people"), FEW)
def test_few_are_found(groups: list[tuple[int, ...]], people: list[int]) -> None:
    assert isolates(counted(groups, people), 3)


@pytest.mark.parametrize(("groups", "people"), MANY)
def test_many_are_left_alone(groups: list[tuple[int, ...]], people: list[int]) -> None:
    assert not isolates(counted(groups, people), 3)


def drawn(chance: random.Random, *, repeated: bool = False) -> tuple[Counted, int]:
    """Draw who is in which group of up to five answers; groups of fewer people than the size are not shown.

    Where some are `repeated`, they count several times, or in several groups of one answer.
    """
    answers, size = chance.randint(1, 5), chance.choice((3, 5, 8))
    wide = [chance.randint(1, 4) for _ in range(answers)]
    atoms = {
        tuple(chance.randint(1, wide[n]) if chance.random() < 0.75 else 0 for n in range(answers))
        for _ in range(chance.randint(2, 9))
    }
    listed = sorted(atoms)
    crowds: Crowds = [(frozenset([n]), chance.choice((1, 1, 2, 3, size - 1, size + 2))) for n in range(len(listed))]
    if chance.random() < 0.5:
        several = (chance.sample(range(len(listed)), min(len(listed), chance.choice((1, 1, 2, 3)))) for _ in range(20))
        crowds = [(frozenset(one), chance.choice((0, 1, 1, 2))) for one in several]
    groups = np.array(listed, dtype=np.int64)
    for answer in range(answers):
        for group in range(1, wide[answer] + 1):
            inside = {n for n, atom in enumerate(listed) if atom[answer] == group}
            if sum(people for atoms, people in crowds if atoms & inside) < size:
                groups[groups[:, answer] == group, answer] = 0
    alone = all(len(atoms) == 1 for atoms, _ in crowds) and len(crowds) == len(listed)
    people = np.array(weights(crowds, len(listed)), dtype=np.int64)
    times, columns = None, tuple(range(answers))
    if repeated and answers > 1 and chance.random() < 0.7:
        # The second column is of the first answer as well: atoms in two of its groups.
        groups[:, 1] = np.where(groups[:, 1] > 0, groups[:, 1] + wide[0], 0)
        columns = (0, 0, *range(1, answers - 1))
    if repeated:
        drawn_times = [[chance.choice((1, 1, 1, 2, 3)) for _ in range(answers)] for _ in listed]
        times = np.where(groups > 0, np.array(drawn_times, dtype=np.int64), 0)
    made = Counted(groups, people, None if alone else crowds, times, columns)
    return made.of(set(columns)), size


def truth(made: Counted, size: int, new: Collection[int] | None = None) -> bool:
    """Try every set of atoms of too few people: do more equations speak of them alone than without the new answers?"""
    atoms = range(len(made.groups))
    times = np.where(made.groups > 0, 1, 0) if made.times is None else made.times
    ids = sorted(
        {(answer, group) for row in made.groups for answer, group in zip(made.columns, row, strict=True) if group}
    )
    crowds = made.crowds or [(frozenset([atom]), int(made.people[atom])) for atom in atoms]

    def often(atom: int, answer: int, group: int) -> float:
        columns = [n for n, of in enumerate(made.columns) if of == answer and made.groups[atom][n] == group]
        return float(sum(times[atom][n] for n in columns))

    tables = [
        np.array([[often(atom, *one) for atom in atoms] for one in some])
        for some in (ids, [one for one in ids if new is not None and one[0] not in new])
    ]

    def rank(table: NDArray[np.float64], columns: Sequence[int]) -> int:
        return int(np.linalg.matrix_rank(table[:, columns])) if len(table) and columns else 0

    for many in atoms:
        for some in combinations(atoms, many + 1):
            if sum(people for members, people in crowds if not members.isdisjoint(some)) < size:
                rest = [atom for atom in atoms if atom not in some]
                told, before = (rank(table, list(atoms)) - rank(table, rest) for table in tables)
                if told > before:
                    return True
    return False


@pytest.mark.parametrize("repeated", [False, True])
def test_the_algebra_finds_what_trying_all_finds(repeated: bool) -> None:
    chance = random.Random(20261126)
    systems = [drawn(chance, repeated=repeated) for _ in range(400)]
    found = [(isolates(made, size), truth(made, size)) for made, size in systems]
    assert all(one == other for one, other in found)
    assert 100 < sum(one for one, _ in found) < 300


@pytest.mark.parametrize("repeated", [False, True])
def test_earlier_answers_that_single_out_by_themselves_hide_nothing(repeated: bool) -> None:
    """They were shown from fewer people, or data have changed: refused is what the new ones add, and only that."""
    chance = random.Random(20261127)
    found, alone = [], 0
    for _ in range(400):
        made, shown = drawn(chance, repeated=repeated)
        size, answers = shown + chance.choice((0, 2, 4)), sorted(set(made.columns))
        new = {number for number in answers if chance.random() < 0.4} or {answers[-1]}
        found.append((refuted(made, size, new), truth(made, size, new)))
        alone += truth(made.of({number for number in answers if number not in new}), size)
    assert all(one == other for one, other in found)
    assert 100 < sum(one for one, _ in found) < 350
    assert alone > 100


def test_what_takes_too_long_to_find_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    # Twenty groups each way of twenty people, one in each corner: nobody is told of, but bounds alone do not see it.
    crossed = counted([(row, column) for row in range(1, 9) for column in range(1, 9)], [1] * 64)
    assert not isolates(crossed, 5)
    with monkeypatch.context() as short:
        short.setattr("phantang.sql.disclosure.difference._TERMS", 100)
        assert isolates(crossed, 5)
        assert refuted(crossed, 5, {1})
    monkeypatch.setattr("phantang.sql.disclosure.search._NODES", 0)
    monkeypatch.setattr("phantang.sql.disclosure.difference._tie", lambda *_: [])
    assert isolates(crossed, 5)


def test_many_atoms_are_looked_at_in_parts() -> None:
    """More atoms than are looked at in one go; one person more is out of the last answer."""
    chance = random.Random(1)
    groups = [tuple(chance.randint(1, 4) for _ in range(6)) for _ in range(4_000)]
    assert not isolates(counted(groups, [1] * 4_000).of(range(6)), 10)
    groups[-1] = (*groups[-1][:5], 0)
    assert isolates(counted(groups, [1] * 4_000).of(range(6)), 10)


def test_earlier_answers_that_fell_out_do_not_refuse_another() -> None:
    """On the data of today the first two differ by one person; the third tells nothing more, the fourth does."""
    atoms = [(1, 1, 1, 1), (1, 1, 0, 0), (1, 0, 0, 0), (1, 1, 0, 1)]
    made = counted(atoms, [9, 9, 1, 1])
    assert isolates(made.of({0, 1}), 3)
    assert not refuted(made.of({0, 1, 2}), 3, {2})
    assert refuted(made.of({1, 2, 3}), 3, {3})
    assert refuted(made, 3, {3})
