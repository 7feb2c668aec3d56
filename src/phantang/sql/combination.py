"""Several answers at once: SQL that counts, at the source, the people behind the same shown groups of all of them.

What comes back is numbers of groups and of people. Which sums of groups single out a few is found by
`sql/difference.py`.
"""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.difference import Counted
from phantang.sql.search import weights
from phantang.sql.selection import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from phantang.sql.selection import Selection

#: An answer's selection, and which of its tables is compared.
Member = tuple["Selection", int]


def memberships(chosen: Sequence[Member]) -> str:
    """Return SQL that yields what `counted` reads, for selections of one table.

    Each row has the groups, `n` people, and `total`, the number of rows there are, so that none goes missing unnoticed.
    Tables of one row a person are told by a number for each answer, others by one text: see `_of_rows`.
    """
    if all(one.single and one.of_row for one, _ in chosen):
        return _of_table(chosen)
    return _of_people(chosen) if all(one.single for one, _ in chosen) else _of_rows(chosen)


def counted(columns: Sequence[NDArray[np.generic]], answers: int) -> Counted | None:
    """Read the columns of `memberships` for so many answers; `None` where some rows are missing."""
    *groups, people, total = columns
    if len(total) and int(str(total[0])) != len(total):
        return None
    if len(groups) == answers:
        return Counted(np.stack(groups, axis=1).astype(np.int64), people.astype(np.int64))
    places: dict[str, int] = {}
    crowds = [
        (frozenset(places.setdefault(atom, len(places)) for atom in str(text).split(";")), int(str(number)))
        for text, number in zip(groups[0], people, strict=True)
    ]
    atoms = [[int(one or 0) for one in atom.split("|")] for atom in places]
    table = np.array(atoms, dtype=np.int64).reshape(len(atoms), answers)
    return Counted(table, np.array(weights(crowds, len(atoms)), dtype=np.int64), crowds)


def _of_table(chosen: Sequence[Member]) -> str:
    """Select from one table whose rows are people, read once: each row is asked where each answer has it."""
    asked, cells, groups = [], [], []
    for number, (one, _) in enumerate(chosen):
        selected = [f"a{number}", *(f"a{number}k{key}" for key in range(len(one.keys)))]
        asked.append(f"LEFT JOIN LATERAL ({one.of_row}) AS w{number} ON TRUE")
        cells.append(f'coalesce(w{number}."s", FALSE) AS a{number}')
        cells += [
            f'CASE WHEN w{number}."s" THEN w{number}."k{key}" END AS {name}' for key, name in enumerate(selected[1:])
        ]
        by = ", ".join(selected)
        large = f"a{number} AND sum(n) OVER (PARTITION BY {by}) >= {one.size}"
        groups.append(f"CASE WHEN {large} THEN dense_rank() OVER (ORDER BY {by}) ELSE 0 END AS g{number}")
    shown = ", ".join(f"g{number}" for number in range(len(chosen)))
    every = ", ".join(str(number) for number in range(1, len(cells) + 1))
    return " ".join(
        [
            f"WITH c AS (SELECT {', '.join(cells)}, count(*) AS n",
            f'FROM {chosen[0][0].base} AS "{ROW}" {" ".join(asked)} GROUP BY {every}),',
            f"f AS (SELECT n, {', '.join(groups)} FROM c)",
            f"SELECT {shown}, CAST(sum(n) AS BIGINT) AS n, count(*) OVER () AS total FROM f GROUP BY {shown}",
        ]
    )


def _of_people(chosen: Sequence[Member]) -> str:
    """Select from tables whose rows are people. Each answer says in which group a person is, then these are matched."""
    parts, found = [], []
    for number, (one, _) in enumerate(chosen):
        # A row of keys is equal to another one where both have the same and where both have none.
        keys = ", ".join(f'"k{key}"' for key in range(len(one.keys)))
        key, large = f"ROW({keys})" if keys else "TRUE", f"GROUP BY k HAVING count(*) >= {one.size}"
        parts += [
            f'p{number} AS (SELECT "r0" AS r, {key} AS k FROM ({one.rows}) AS w WHERE "s")',
            f"l{number} AS (SELECT k, row_number() OVER () AS g FROM p{number} {large})",
        ]
        found.append(f"(SELECT r, g AS g{number} FROM p{number} JOIN l{number} USING (k)) AS s{number}")
    first, *others = found
    groups = [f"g{number}" for number in range(len(chosen))]
    return " ".join(
        [
            f"WITH {', '.join(parts)},",
            f"c AS (SELECT {', '.join(f'coalesce({group}, 0) AS {group}' for group in groups)}",
            f"FROM {' '.join([first, *(f'FULL JOIN {other} USING (r)' for other in others)])})",
            f"SELECT {', '.join(groups)}, count(*) AS n, count(*) OVER () AS total FROM c GROUP BY {', '.join(groups)}",
        ]
    )


def _of_rows(chosen: Sequence[Member]) -> str:
    """Select from any tables: an atom is rows in the same groups, and a crowd people with rows in the same atoms.

    An atom is a text, the groups of each answer between bars; a crowd is its atoms between semicolons. People of large
    atoms are counted for each of these by itself, since nothing but their size matters.

    Where rows stand in several groups of one answer, as patients with several visits do, all of its groups are taken
    for one: what they add up to is not known of people.
    """
    size, shown = max(one.size for one, _ in chosen), [f"g{number}" for number in range(len(chosen))]
    parts, arms = [], []
    for number, (one, table) in enumerate(chosen):
        keys = ", ".join(f'"k{key}"' for key in range(len(one.keys)))
        units = ", ".join(f'"u{unit}"' for unit in range(len(one.tables)))
        group = f"dense_rank() OVER (ORDER BY {keys})" if keys else "1"
        enough = " AND ".join(f'count(DISTINCT "u{unit}") >= {one.size}' for unit in range(len(one.tables)))
        together = f"n{number} JOIN l{number} USING (g)"
        of_rows = f'SELECT r, "u{table}" AS u, min(g) AS g, min(g) < max(g) AS several FROM {together}'
        parts += [
            f'n{number} AS (SELECT "r{table}" AS r, {units}, {group} AS g FROM ({one.rows}) AS w WHERE "s")',
            f"l{number} AS (SELECT g FROM n{number} GROUP BY g HAVING {enough})",
            f's{number} AS ({of_rows} WHERE r IS NOT NULL GROUP BY r, "u{table}")',
        ]
        mine = f"CASE WHEN (SELECT bool_or(several) FROM s{number}) THEN '1' ELSE CAST(g AS VARCHAR) END"
        columns = ", ".join(f"{mine if name == shown[number] else 'NULL'} AS {name}" for name in shown)
        arms.append(f"SELECT r, u, {columns} FROM s{number}")
    atom = ", ".join(f"coalesce(max({name}), '')" for name in shown)
    return " ".join(
        [
            f"WITH {', '.join(parts)},",
            f"m AS (SELECT u, concat_ws('|', {atom}) AS a FROM ({' UNION ALL '.join(arms)}) AS x GROUP BY r, u),",
            "z AS (SELECT a, count(DISTINCT u) AS n FROM m GROUP BY a),",
            "c AS (SELECT u, string_agg(DISTINCT a, ';' ORDER BY a) AS a FROM m JOIN z USING (a)",
            f"WHERE n < {size} GROUP BY u),",
            f"f AS (SELECT a, n FROM z WHERE n >= {size} UNION ALL SELECT a, count(u) AS n FROM c GROUP BY a)",
            "SELECT a, CAST(n AS BIGINT) AS n, count(*) OVER () AS total FROM f",
        ]
    )
