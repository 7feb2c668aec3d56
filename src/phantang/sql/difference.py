"""SQL that counts the people between two selections of one subject."""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.sql.selection import Selection


def comparisons(one: Selection, other: Selection) -> Iterator[str]:
    """Yield one SELECT for each table both count people of, under each of its names: five numbers in one row.

    A selection is compared with itself too: `FROM p a, p b WHERE b.x <> 'few'` selects once all, once all but a few.

    They are: cells of the keys they share in which the rows of one selection alone belong to at least one person and
    too few; then, for each selection, the groups of it that spread over several groups of the other (0 means that its
    groups add up to groups of the other), and the cells with too few people at the level of the other's groups.
    `refutes` reads them.
    """
    for first, table in enumerate(one.tables):
        for second, same in enumerate(other.tables):
            if table == same and (one != other or first < second):
                yield _comparison(one, other, first, second)


def refutes(row: tuple[int, int, int, int, int]) -> bool:
    """Tell whether two answers single out too few people, given a row of `comparisons`."""
    shared, spread_one, at_other, spread_other, at_one = row
    return bool(shared or (not spread_one and at_other) or (not spread_other and at_one))


def _comparison(one: Selection, other: Selection, first: int, second: int) -> str:
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
            f"a AS ({_shown(one, 'p', first)}), b AS ({_shown(other, 'q', second)}),",
            'd AS (SELECT 0 AS side, a."r", a."u" FROM a LEFT JOIN b ON a."r" = b."r" WHERE b."r" IS NULL UNION ALL',
            'SELECT 1 AS side, b."r", b."u" FROM b LEFT JOIN a ON a."r" = b."r" WHERE a."r" IS NULL)',
            f"SELECT (SELECT count(*) FROM ({sides[0]} UNION ALL {sides[1]}) AS z) AS n0,",
            f"{_spread('a', ('p', first, one), ('q', second, other))} AS n1,",
            f"{_at('q', second, other, few)} AS n2,",
            f"{_spread('b', ('q', second, other), ('p', first, one))} AS n3,",
            f"{_at('p', first, one, few)} AS n4",
        ]
    )


def _shown(chosen: Selection, name: str, number: int) -> str:
    """Select row and person of the rows in groups large enough to have been shown."""
    keys = [f'"k{position}"' for position in range(len(chosen.keys))]
    enough = " AND ".join(f'count(DISTINCT "u{unit}") >= {chosen.size}' for unit in range(len(chosen.tables)))
    large = f'SELECT {", ".join([*keys, "1 AS one"])} FROM {name} WHERE "s"{_group(keys)} HAVING {enough}'
    same = " AND ".join(f"{name}.{key} IS NOT DISTINCT FROM large.{key}" for key in keys) or "TRUE"
    return (
        f'SELECT DISTINCT {name}."r{number}" AS "r", {name}."u{number}" AS "u" '
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
