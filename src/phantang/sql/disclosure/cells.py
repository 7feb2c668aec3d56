"""Answers about one table in which each row is a person: everybody is counted once, and the rest is worked out here.

People are alike for all of these answers if they have the same keys and meet the same conditions: a *cell*. One
statement counts the people of each; what leaves the database are numbers of keys, of people, and which conditions hold.
"""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.disclosure.difference import Counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from phantang.sql.disclosure.combination import Member
    from phantang.sql.disclosure.selection import Part, Selection, Shape

#: Conditions that are written into one whole number.
_BITS = 60
#: Conditions of answers by which rows of no answer are left out; with more that costs more than it saves.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Cells:
    """The statement that counts the people of each cell, with the token key as `$1` if `bound`."""

    statement: str
    bound: bool
    keys: tuple[str, ...]
    conditions: tuple[str, ...]

    def read(self, columns: Sequence[NDArray[np.generic]]) -> People | None:
        """Read the columns of the statement; `None` where some rows are missing."""
        *told, people, total = columns
        if not len(total):
            nobody = np.zeros(0, dtype=np.int64)
            return People(dict.fromkeys(self.keys, nobody), dict.fromkeys(self.conditions, nobody > 0), nobody)
        if int(str(total[0])) != len(total):
            return None
        numbers = [column.astype(np.int64) for column in told]
        words = numbers[len(self.keys) :]
        met = {one: (words[at // _BITS] >> (at % _BITS)) % 2 > 0 for at, one in enumerate(self.conditions)}
        keys = dict(zip(self.keys, numbers[: len(self.keys)], strict=True))
        return People(keys, met, people.astype(np.int64))


def cells(answers: Iterable[Selection]) -> Cells | None:
    """Return how to count the people of answers; `None` where they are not of one table of one row a person."""
    different = list(dict.fromkeys(answers))
    shapes = [one.shape for one in different if one.single and one.shape is not None]
    if len(shapes) < len(different) or len({one.base for one in shapes}) != 1:
        return None
    keys = tuple({part.sql: None for shape in shapes for part in shape.keys})
    conditions = tuple({part.sql: None for shape in shapes for part in (shape.where, *shape.values, *shape.hiding)})
    bits = [f"CASE WHEN {sql} THEN {1 << at % _BITS} ELSE 0 END" for at, sql in enumerate(conditions)]
    words = [f"CAST({' + '.join(bits[at : at + _BITS])} AS BIGINT)" for at in range(0, len(bits), _BITS)]
    # Everything is asked of each row, nothing of one row for a whole cell: what an engine takes for one key, as 1.0 and
    # 1.00 or texts of a collation, may not be one to a condition.
    asked = [*(f"{sql} AS k{at}" for at, sql in enumerate(keys)), *(f"{sql} AS w{at}" for at, sql in enumerate(words))]
    rows, bound = _rows(shapes)
    by = ", ".join(str(at + 1) for at in range(len(asked)))
    counted = f"SELECT {', '.join(asked)}, count(*) AS n FROM ({rows}) AS r GROUP BY {by}"
    ranks = [f"dense_rank() OVER (ORDER BY k{at}) AS g{at}" for at in range(len(keys))]
    told = ", ".join([*ranks, *(f"w{at}" for at in range(len(words)))])
    statement = f"SELECT {told}, n, count(*) OVER () AS total FROM ({counted}) AS c"
    return Cells(statement, bound and any(one.bound for one in different), keys, conditions)


def _rows(shapes: Sequence[Shape]) -> tuple[str, bool]:
    """Select the masked columns of the rows that some answer may read; tell whether they need the token key."""
    read = {name for shape in shapes for part in _parts(shape) for name in part.reads}
    columns = dict(column for shape in shapes for column in shape.columns)
    listed = ", ".join(f'{columns[name]} AS "{name}"' for name in sorted(read)) or "1 AS one"
    seen = {columns[shape.filter] if shape.filter else "TRUE" for shape in shapes}
    joins = dict(join for shape in shapes for join in shape.joins)
    rows = f"SELECT {listed} FROM {' '.join([shapes[0].base, *joins.values()])}{_any_of(seen)}"
    chosen = _any_of({shape.where.sql for shape in shapes})
    bound = any("$1" in sql for sql in (*joins.values(), *(columns[name] for name in read)))
    return (f"SELECT * FROM ({rows}) AS b{chosen}" if chosen else rows), bound


def _parts(shape: Shape) -> tuple[Part, ...]:
    return shape.where, *shape.keys, *shape.values, *shape.hiding


def _any_of(conditions: set[str]) -> str:
    if "TRUE" in conditions or len(conditions) > _FEW:
        return ""
    return f" WHERE {' OR '.join(f'({one})' for one in sorted(conditions))}"


@dataclass(frozen=True, slots=True)
class People:
    """The people of each cell: the numbers of its keys, which conditions it meets, and how many they are."""

    keys: Mapping[str, NDArray[np.int64]]
    met: Mapping[str, NDArray[np.bool_]]
    people: NDArray[np.int64]

    def counted(self, members: Sequence[Member]) -> Counted:
        """Return the people by the groups of some members, of answers that were asked about."""
        shown = {one: self._groups(one) for one in dict.fromkeys(member.selection for member in members)}
        columns = []
        for member in members:
            groups, shape = shown[member.selection], member.selection.shape
            if member.input is not None and shape is not None:
                groups = np.where(self.met[shape.values[member.input].sql], groups, 0)
            columns.append(groups)
        return _alike(np.stack(columns, axis=1), self.people)

    def _groups(self, one: Selection) -> NDArray[np.int64]:
        """Give a number to each group that HAVING shows: each part is large, and has none or enough of some people."""
        shape, found = one.shape, np.zeros(len(self.people), dtype=np.int64)
        if shape is None:
            return found
        chosen = np.flatnonzero(self.met[shape.where.sql] & (self.people > 0))
        if not len(chosen):
            return found
        keys = [self.keys[part.sql][chosen] for part in shape.keys]
        people = self.people[chosen]
        group, whole = _numbered(keys, len(chosen)), _numbered(keys[: one.plain], len(chosen))
        enough = np.bincount(group, weights=people) >= one.size
        for part in shape.hiding:
            few = np.bincount(group, weights=people * self.met[part.sql][chosen])
            enough &= (few == 0) | (few >= one.size)
        hidden = np.bincount(whole, weights=~enough[group]) > 0
        found[chosen] = np.where(hidden[whole], 0, group + 1)
        return found


def _numbered(keys: Sequence[NDArray[np.int64]], rows: int) -> NDArray[np.int64]:
    """Give different rows of keys different numbers, from 0 on."""
    number = np.zeros(rows, dtype=np.int64)
    for key in keys:
        # Both are less than the number of rows, give or take one, of which there are a million at most.
        number = np.unique(number * (int(key.max(initial=0)) + 1) + key, return_inverse=True)[1].reshape(-1)
    return number


def _alike(groups: NDArray[np.int64], people: NDArray[np.int64]) -> Counted:
    """Put people who are in the same groups together, and leave out who is in none."""
    inside = groups.any(axis=1)
    groups, people = groups[inside], people[inside]
    atom = _numbered(list(groups.T), len(groups))
    first = np.unique(atom, return_index=True)[1]
    return Counted(groups[first], np.bincount(atom, weights=people, minlength=len(first)).astype(np.int64))
