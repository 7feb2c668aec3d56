"""Several answers at once: who was behind which of them, counted in one statement, and which sums single out a few.

An *atom* is the people behind exactly the same answers. A sum of answers with signs is a sum over atoms, each taken as
often as its answers together say; where it is not 0 are the people it tells of.
"""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from phantang.sql.difference import shown_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phantang.sql.selection import Selection

#: Answers told apart in one number of the statement; both engines keep whole numbers of 63 bits.
_BITS = 40
#: The signs of three answers, up to turning all round: one of them made up of the other two.
_SIGNS = ((1, -1, -1), (1, -1, 1), (1, 1, -1))


@dataclass(frozen=True, slots=True)
class Atom:
    """`people` behind exactly the answers whose bits are in `mask`, in a cell; `alone` if each is in no other atom."""

    cell: tuple[object, ...]
    mask: int
    people: int
    alone: bool


def memberships(chosen: Sequence[tuple[Selection, int]], level: Sequence[str]) -> str:
    """Return SQL for the atoms of selections, each with the number of the table compared, by the keys of `level`.

    Each row has `c<n>` for the keys, `m<n>` for the mask, `n` people, and `alone`. With a level only cells that hold
    an atom of fewer people than the largest size come back.
    """
    size = max(one.size for one, _ in chosen)
    cells, masks = [f"c{n}" for n in range(len(level))], [f"m{n}" for n in range(-(-len(chosen) // _BITS))]
    parts, arms = [], []
    for number, (one, table) in enumerate(chosen):
        keys = [f'"k{one.keys.index(key)}" AS c{n}' for n, key in enumerate(level)]
        parts.append(f"p{number} AS ({one.rows})")
        parts.append(f"s{number} AS ({shown_rows(one, f'p{number}', table, keys)})")
        bits = [f"{1 << number % _BITS if number // _BITS == n else 0} AS {mask}" for n, mask in enumerate(masks)]
        arms.append(f'SELECT "r", "u", {", ".join([*cells, *bits])} FROM s{number}')
    sums = ", ".join(f"CAST(sum({mask}) AS BIGINT) AS {mask}" for mask in masks)
    named = ", ".join([*cells, *masks])
    behind = ", ".join(['"r"', '"u"', *cells])
    of_cell = f"PARTITION BY {', '.join(cells)}" if cells else ""
    return " ".join(
        [
            f"WITH {', '.join(parts)},",
            f"m AS (SELECT {behind}, {sums} FROM ({' UNION ALL '.join(arms)}) AS x GROUP BY {behind}),",
            f'g AS (SELECT {named}, count(DISTINCT "u") AS n FROM m GROUP BY {named}),',
            'o AS (SELECT (SELECT count(DISTINCT "u") FROM m) = (SELECT sum(n) FROM g) AS alone),',
            f"z AS (SELECT {named}, n, min(n) OVER ({of_cell}) AS least FROM g)",
            f"SELECT {named}, n, alone FROM z CROSS JOIN o{f' WHERE least < {size}' if cells else ''}",
        ]
    )


def atoms(rows: Iterable[tuple[object, ...]], level: Sequence[str], selections: int) -> Iterator[Atom]:
    """Read the rows of `memberships`."""
    width, masks = len(level), -(-selections // _BITS)
    for row in rows:
        mask = sum(int(str(part)) << _BITS * n for n, part in enumerate(row[width : width + masks]))
        yield Atom(row[:width], mask, int(str(row[width + masks])), bool(row[-1]))


def apart_or_equal(found: Sequence[Atom], number: int) -> bool:
    """Tell whether the answer with bit `number` shares all of its rows with the first one, or none.

    Either way their difference tells of nobody, or of whole groups that were shown. `found` are atoms of no cell.
    """
    both = [atom for atom in found if atom.mask & 1 and atom.mask >> number & 1]
    one = [atom for atom in found if (atom.mask & 1) != (atom.mask >> number & 1)]
    return not both or not one


def three_refute(found: Sequence[Atom], selections: int, size: int) -> bool:
    """Tell whether the first answer with two others, added and subtracted, singles out fewer than `size` people.

    Where a person may be in several atoms their number is not known exactly, and then the largest atom must do.
    """
    cells: defaultdict[tuple[object, ...], list[Atom]] = defaultdict(list)
    for atom in found:
        cells[atom.cell].append(atom)
    return any(
        _few([atom for atom in inside if _weight(atom.mask, (0, *pair), signs)], size)
        for inside in cells.values()
        for pair in combinations(range(1, selections), 2)
        for signs in _SIGNS
    )


def _weight(mask: int, numbers: Sequence[int], signs: Sequence[int]) -> int:
    return sum(sign * (mask >> number & 1) for number, sign in zip(numbers, signs, strict=True))


def _few(inside: Sequence[Atom], size: int) -> bool:
    if not inside or max(atom.people for atom in inside) >= size:
        return False
    return not all(atom.alone for atom in inside) or sum(atom.people for atom in inside) < size
