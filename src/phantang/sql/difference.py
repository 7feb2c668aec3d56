"""SQL that counts the people between two selections of one subject."""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from phantang.sql.selection import Selection


def comparisons(one: Selection, other: Selection) -> Iterator[str]:
    """Yield `comparison` for each table both count people of, under each of its names."""
    for first, second in shared_tables(one, other):
        yield comparison(one, other, first, second)


def shared_tables(one: Selection, other: Selection) -> Iterator[tuple[int, int]]:
    """Yield the numbers that a table has in two selections which both count people of it.

    A selection is compared with itself too: `FROM p a, p b WHERE b.x <> 'few'` selects once all, once all but a few.
    """
    for first, table in enumerate(one.tables):
        for second, same in enumerate(other.tables):
            if table == same and (one != other or first < second):
                yield first, second


def comparison(one: Selection, other: Selection, first: int, second: int) -> str:
    """Return a SELECT that compares two selections by one table: five numbers in one row.

    They are: cells of the keys they share in which the rows of one selection alone belong to at least one person and
    too few; then, for each selection, the groups of it that spread over several groups of the other (0 means that its
    groups add up to groups of the other), and the cells with too few people at the level of the other's groups.
    `refutes` reads them.
    """
    if one.single and other.single:
        return _by_cells(one, other)
    size = max(one.size, other.size)
    # Rows without a person's identifier are of one person at least.
    few = f'HAVING count(*) > 0 AND count(DISTINCT d."u") < {size}'
    shared = [(i, other.keys.index(key)) for i, key in enumerate(one.keys) if key in other.keys]
    sides = []
    for side, (name, number) in enumerate((("p", first), ("q", second))):
        cell = _group(f'{name}."k{pair[side]}"' for pair in shared)
        sides.append(
            f'SELECT 1 AS x FROM d JOIN {name} ON {name}."r{number}" = d."r" AND {name}."s" '
            f"WHERE d.side = {side}{cell} {few}"
        )
    return " ".join(
        [
            f"WITH p AS ({one.rows}), q AS ({other.rows}),",
            f"a AS ({shown_rows(one, 'p', first)}), b AS ({shown_rows(other, 'q', second)}),",
            'd AS (SELECT 0 AS side, a."r", a."u" FROM a LEFT JOIN b ON a."r" = b."r" WHERE b."r" IS NULL UNION ALL',
            'SELECT 1 AS side, b."r", b."u" FROM b LEFT JOIN a ON a."r" = b."r" WHERE a."r" IS NULL)',
            f"SELECT (SELECT count(*) FROM ({sides[0]} UNION ALL {sides[1]}) AS z) AS n0,",
            f"{_spread('a', ('p', first, one), ('q', second, other))} AS n1,",
            f"{_at('q', second, other, few)} AS n2,",
            f"{_spread('b', ('q', second, other), ('p', first, one))} AS n3,",
            f"{_at('p', first, one, few)} AS n4",
        ]
    )


def _by_cells(one: Selection, other: Selection) -> str:
    """Compare two selections of one table whose rows are people: rows are matched once, and cells counted after."""
    p, q = ([f"{name}{n}" for n in range(len(chosen.keys))] for name, chosen in (("p", one), ("q", other)))
    size, named = max(one.size, other.size), ", ".join([*p, *q, "ps", "qs", "ip", "iq"])
    shared = [(i, other.keys.index(key)) for i, key in enumerate(one.keys) if key in other.keys]
    few = f"HAVING sum(n) < {size}"
    sides = [
        f"SELECT 1 AS x FROM f WHERE {mine} AND NOT {theirs}{_group(keys[pair[place]] for pair in shared)} {few}"
        for place, (keys, mine, theirs) in enumerate(((p, "sa", "sb"), (q, "sb", "sa")))
    ]
    spread = [_spread_cells(p, q, "sa", "iq"), _spread_cells(q, p, "sb", "ip")]
    at = [
        f"(SELECT count(*) FROM (SELECT 1 AS x FROM f WHERE sa <> sb{_group(['sa', *keys])} {few}) AS z)"
        for keys in (q, p)
    ]
    return " ".join(
        [
            f"WITH p AS ({one.rows}), q AS ({other.rows}),",
            f'c AS (SELECT {_as("p", p)}{_as("q", q)}coalesce(p."s", FALSE) AS ps, coalesce(q."s", FALSE) AS qs,',
            'p."r0" IS NOT NULL AS ip, q."r0" IS NOT NULL AS iq FROM p FULL JOIN q ON p."r0" = q."r0"),',
            f"g AS (SELECT {named}, count(*) AS n FROM c GROUP BY {named}),",
            "f AS (SELECT *, ps AND sum(CASE WHEN ps THEN n ELSE 0 END)",
            f"OVER ({_of(p)}) >= {one.size} AS sa, qs AND sum(CASE WHEN qs THEN n ELSE 0 END)",
            f"OVER ({_of(q)}) >= {other.size} AS sb FROM g)",
            f"SELECT (SELECT count(*) FROM ({sides[0]} UNION ALL {sides[1]}) AS z) AS n0,",
            f"{spread[0]} AS n1, {at[0]} AS n2, {spread[1]} AS n3, {at[1]} AS n4",
        ]
    )


def _spread_cells(mine: Sequence[str], theirs: Sequence[str], shown: str, there: str) -> str:
    if not theirs:
        return "0"
    cells = ", ".join([*mine, *theirs, "1 AS one"])
    return (
        f"(SELECT count(*) FROM (SELECT 1 AS x FROM (SELECT DISTINCT {cells} FROM f WHERE {shown} AND {there}) AS y"
        f"{_group(mine)} HAVING count(*) > 1) AS z)"
    )


def _as(name: str, keys: Sequence[str]) -> str:
    return "".join(f'{name}."k{n}" AS {key}, ' for n, key in enumerate(keys))


def _of(keys: Sequence[str]) -> str:
    return f"PARTITION BY {', '.join(keys)}" if keys else ""


def refutes(row: tuple[int, int, int, int, int]) -> bool:
    """Tell whether two answers single out too few people, given a row of `comparisons`."""
    shared, spread_one, at_other, spread_other, at_one = row
    return bool(shared or (not spread_one and at_other) or (not spread_other and at_one))


def shown_rows(chosen: Selection, name: str, number: int, cells: Iterable[str] = ()) -> str:
    """Return SQL for row and person of the rows in groups large enough to have been shown, with `cells` beside them.

    `name` is a relation with the selection's rows; what comes out is `"r"` and `"u"` of the table `number`.
    """
    keys = [f'"k{position}"' for position in range(len(chosen.keys))]
    if chosen.single:
        of_group = f"PARTITION BY {', '.join(keys)}" if keys else ""
        beside = "".join(f", {cell}" for cell in cells)
        return (
            f'SELECT "r0" AS "r", "u0" AS "u"{beside} FROM (SELECT {name}.*, count(*) OVER ({of_group}) AS n '
            f'FROM {name} WHERE "s") AS x WHERE n >= {chosen.size}'
        )
    enough = " AND ".join(f'count(DISTINCT "u{unit}") >= {chosen.size}' for unit in range(len(chosen.tables)))
    large = f'SELECT {", ".join([*keys, "1 AS one"])} FROM {name} WHERE "s"{_group(keys)} HAVING {enough}'
    same = " AND ".join(f"{name}.{key} IS NOT DISTINCT FROM large.{key}" for key in keys) or "TRUE"
    beside = "".join(f", {name}.{cell}" for cell in cells)
    return (
        f'SELECT DISTINCT {name}."r{number}" AS "r", {name}."u{number}" AS "u"{beside} '
        f'FROM {name} JOIN ({large}) AS large ON {same} WHERE {name}."s" AND {name}."r{number}" IS NOT NULL'
    )


def _spread(shown: str, mine: tuple[str, int, Selection], theirs: tuple[str, int, Selection]) -> str:
    """Count my shown groups whose rows lie in several groups of theirs."""
    name, number, chosen = mine
    other, place, _ = theirs
    theirs_of = [f"coalesce(CAST({other}.\"k{position}\" AS VARCHAR), '')" for position in range(len(theirs[2].keys))]
    if not theirs_of:
        return "0"
    keys = [f'{name}."k{position}"' for position in range(len(chosen.keys))]
    together = f"count(DISTINCT concat_ws('/', {', '.join(theirs_of)}))"
    return (
        f'(SELECT count(*) FROM (SELECT 1 AS x FROM {shown} JOIN {name} ON {name}."r{number}" = {shown}."r" '
        f'AND {name}."s" JOIN {other} ON {other}."r{place}" = {shown}."r"{_group(keys)} HAVING {together} > 1) AS z)'
    )


def _at(name: str, number: int, chosen: Selection, few: str) -> str:
    keys = ["d.side", *(f'{name}."k{position}"' for position in range(len(chosen.keys)))]
    return (
        f'(SELECT count(*) FROM (SELECT 1 AS x FROM d LEFT JOIN {name} ON {name}."r{number}" = d."r"'
        f"{_group(keys)} {few}) AS z)"
    )


def _group(keys: Iterable[str]) -> str:
    named = ", ".join(keys)
    return f" GROUP BY {named}" if named else ""
