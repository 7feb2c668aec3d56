"""Several answers at once: SQL that counts, at the source, the people behind the same shown groups of all of them.

What comes back is numbers of groups and of people. Which sums of groups single out a few is found by
`sql/disclosure/difference.py`.
"""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from phantang.sql.disclosure.difference import Counted
from phantang.sql.disclosure.search import weights
from phantang.sql.disclosure.selection import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from phantang.sql.disclosure.selection import Selection

#: An answer's selection, which of its tables is compared, and of which of its inputs: none for all of its rows.
Member = tuple["Selection", int, "int | None"]


def systems(chosen: Selection, earlier: Sequence[Selection], table: str) -> Iterator[tuple[list[Member], list[Member]]]:
    """Yield what is told of the people of a table by a new answer and, to be compared with it, by earlier ones.

    The first are numbers of rows, which can be subtracted whatever was counted: of all, and of those with a value for
    each input whose number is taken to be known. What is left of all are those without. Sums can be subtracted where
    they are of the same columns, or of some and of those with others beside. That earlier ones tell of a few as numbers
    does not mean that they do as sums.
    """
    yield _numbers(chosen, table), [member for one in earlier for member in _numbers(one, table)]
    for number, columns in enumerate(chosen.inputs):
        others = [
            (one, place)
            for one in earlier
            for place, other in enumerate(one.inputs)
            if set(columns) <= set(other) or set(columns) >= set(other)
        ]
        if others:
            yield _members(chosen, table, [number]), [m for one, place in others for m in _members(one, table, [place])]


def _numbers(selection: Selection, table: str) -> list[Member]:
    return _members(selection, table, [None, *(number for number, known in enumerate(selection.counted) if known)])


def _members(selection: Selection, table: str, inputs: Sequence[int | None]) -> list[Member]:
    places = [number for number, name in enumerate(selection.tables) if name == table]
    return [(selection, place, one) for place in places for one in inputs]


def memberships(chosen: Sequence[Member]) -> str:
    """Return SQL that yields what `counted` reads, for members of one table.

    Each row has the groups, `n` people, and `total`, the number of rows there are, so that none goes missing unnoticed.
    Tables of one row a person are told by a number for each member, others by one text: see `_of_rows`. Groups are
    those that HAVING shows: each part of one by conditions inside aggregates is large enough, and of the people whom
    each `h` speaks of it has none or enough.
    """
    if all(one.single and one.of_row for one, _, _ in chosen):
        return _of_table(chosen)
    return _of_people(chosen) if all(one.single for one, _, _ in chosen) else _of_rows(chosen)


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
    answers, of = _answers(chosen)
    asked, cells, shown, groups = [], [], [], []
    for number, one in enumerate(answers):
        selected = [f"a{number}", *(f"a{number}k{key}" for key in range(len(one.keys)))]
        asked.append(f"LEFT JOIN LATERAL ({one.of_row}) AS w{number} ON TRUE")
        cells.append(f'coalesce(w{number}."s", FALSE) AS a{number}')
        told = [*(f"k{key}" for key in range(len(one.keys))), *_told(one)]
        cells += [f'CASE WHEN w{number}."s" THEN w{number}."{name}" END AS a{number}{name}' for name in told]
        by, whole = ", ".join(selected), ", ".join(selected[: one.plain + 1])
        conditions = [f"sum(n) OVER (PARTITION BY {by}) >= {one.size}"]
        for hidden in range(one.hiding):
            few = f"coalesce(sum(n) FILTER (WHERE a{number}h{hidden}) OVER (PARTITION BY {by}), 0)"
            conditions.append(f"({few} = 0 OR {few} >= {one.size})")
        shown.append(f"{' AND '.join(conditions)} AS o{number}")
        for place in of[number]:
            value = "" if chosen[place][2] is None else f" AND a{number}v{chosen[place][2]}"
            large = f"a{number} AND bool_and(o{number}) OVER (PARTITION BY {whole}){value}"
            groups.append((place, f"CASE WHEN {large} THEN dense_rank() OVER (ORDER BY {by}) ELSE 0 END AS g{place}"))
    names = ", ".join(f"g{number}" for number in range(len(chosen)))
    every = ", ".join(str(number) for number in range(1, len(cells) + 1))
    return " ".join(
        [
            f"WITH c AS (SELECT {', '.join(cells)}, count(*) AS n",
            f'FROM {chosen[0][0].base} AS "{ROW}" {" ".join(asked)} GROUP BY {every}),',
            f"d AS (SELECT *, {', '.join(shown)} FROM c),",
            f"f AS (SELECT n, {', '.join(group for _, group in sorted(groups))} FROM d)",
            f"SELECT {names}, CAST(sum(n) AS BIGINT) AS n, count(*) OVER () AS total FROM f GROUP BY {names}",
        ]
    )


def _of_people(chosen: Sequence[Member]) -> str:
    """Select from tables whose rows are people. Each answer says in which group a person is, then these are matched."""
    answers, of = _answers(chosen)
    parts: list[str] = []
    found: dict[int, str] = {}
    for number, one in enumerate(answers):
        # A row of keys is equal to another one where both have the same and where both have none.
        key, whole = (f"ROW({_keys(keys)})" if keys else "TRUE" for keys in (len(one.keys), one.plain))
        told = "".join(f', "{name}"' for name in _told(one))
        few = (f'count(*) FILTER (WHERE "h{hidden}")' for hidden in range(one.hiding))
        large = " AND ".join([f"count(*) >= {one.size}", *(f"({many} = 0 OR {many} >= {one.size})" for many in few)])
        parts += [
            f'p{number} AS (SELECT "r0" AS r, {key} AS k, {whole} AS b{told} FROM ({one.rows}) AS w WHERE "s")',
            f"q{number} AS (SELECT k, b, {large} AS o FROM p{number} GROUP BY k, b)",
            f"x{number} AS (SELECT k, bool_and(o) OVER (PARTITION BY b) AS o FROM q{number})",
            f"l{number} AS (SELECT k, row_number() OVER () AS g FROM x{number} WHERE o)",
        ]
        for place in of[number]:
            value = "" if chosen[place][2] is None else f' WHERE "v{chosen[place][2]}"'
            found[place] = f"(SELECT r, g AS g{place} FROM p{number} JOIN l{number} USING (k){value}) AS s{place}"
    first, *others = (found[place] for place in range(len(chosen)))
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

    An atom is a text, the groups of each member between bars; a crowd is its atoms between semicolons. People of large
    atoms are counted for each of these by itself, since nothing but their size matters.

    Where rows stand in several groups of one answer, as patients with several visits do, all of its groups are taken
    for one: what they add up to is not known of people.
    """
    answers, of = _answers(chosen)
    size, shown = max(one.size for one in answers), [f"g{number}" for number in range(len(chosen))]
    parts, arms = [], []
    for number, one in enumerate(answers):
        rows = ", ".join(f'"r{table}", "u{table}"' for table in range(len(one.tables)))
        told = "".join(f', "{name}"' for name in _told(one))
        group, whole = (
            f"dense_rank() OVER (ORDER BY {_keys(keys)})" if keys else "1" for keys in (len(one.keys), one.plain)
        )
        people = [f'count(DISTINCT "u{table}")' for table in range(len(one.tables))]
        enough = " AND ".join(f"{many} >= {one.size}" for many in people)
        large = " AND ".join(few for table in range(len(one.tables)) for few in _none_or_enough(one, table)) or "TRUE"
        parts += [
            f'n{number} AS (SELECT {rows}{told}, {group} AS g, {whole} AS b FROM ({one.rows}) AS w WHERE "s")',
            f"q{number} AS (SELECT g, b, {large} AS o FROM n{number} GROUP BY g, b)",
            f"e{number} AS (SELECT b FROM n{number} GROUP BY b HAVING {enough})",
            f"x{number} AS (SELECT g, b, bool_and(o) OVER (PARTITION BY b) AS o FROM q{number})",
            f"l{number} AS (SELECT g FROM x{number} JOIN e{number} USING (b) WHERE o)",
        ]
        for place in of[number]:
            table, value = chosen[place][1:]
            having = f'"r{table}" IS NOT NULL' + ("" if value is None else f' AND "v{value}"')
            parts.append(
                f's{place} AS (SELECT "r{table}" AS r, "u{table}" AS u, min(g) AS g, min(g) < max(g) AS several'
                f' FROM n{number} JOIN l{number} USING (g) WHERE {having} GROUP BY "r{table}", "u{table}")'
            )
            mine = f"CASE WHEN (SELECT bool_or(several) FROM s{place}) THEN '1' ELSE CAST(g AS VARCHAR) END"
            columns = ", ".join(f"{mine if name == shown[place] else 'NULL'} AS {name}" for name in shown)
            arms.append(f"SELECT r, u, {columns} FROM s{place}")
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


def _answers(chosen: Sequence[Member]) -> tuple[list[Selection], list[list[int]]]:
    """Return the different answers, and the places of the members of each."""
    places: dict[Selection, list[int]] = {}
    for place, (one, _, _) in enumerate(chosen):
        places.setdefault(one, []).append(place)
    return list(places), list(places.values())


def _told(one: Selection) -> list[str]:
    """Name the columns that tell which rows have values, and of which HAVING wants none or enough."""
    return [*(f"v{number}" for number in range(len(one.inputs))), *(f"h{number}" for number in range(one.hiding))]


def _keys(many: int) -> str:
    return ", ".join(f'"k{number}"' for number in range(many))


def _none_or_enough(one: Selection, table: int) -> Iterator[str]:
    """Yield what HAVING wants of the people of a table in each part of a group: see `passes.group_size`."""
    others = [f'"u{number}" IS NULL' for number in range(len(one.tables)) if number != table]
    somebody = f' AND ("u{table}" IS NOT NULL OR {" AND ".join(others)})' if others else ""
    for rows in [*(["TRUE"] if len(one.keys) > one.plain else []), *(f'"h{number}"' for number in range(one.hiding))]:
        enough = f'count(DISTINCT "u{table}") FILTER (WHERE {rows}) >= {one.size}'
        yield f"(count(*) FILTER (WHERE {rows}{somebody}) = 0 OR {enough})"
