"""Several answers at once: SQL that counts, at the source, the people behind the same shown groups of all of them.

What comes back is numbers of groups and of people. Which sums of groups single out a few is found by
`sql/disclosure/difference.py`.
"""
# ruff: noqa: S608 - put together from SQL that was generated here, and from names and numbers of our own

from __future__ import annotations

from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.sql.disclosure.selection import Selection


class Kind(Enum):
    """How a group counts the people of a table."""

    #: Each row once. Where rows are in several groups of an answer, all of its groups are taken for one.
    ROWS = "rows"
    #: Each person once: `count(DISTINCT unit)`. Where people are in several groups of an answer, all of its groups are
    #: taken for one, which counts each person as often as he is in one.
    PEOPLE = "people"
    #: Each row as often as the join repeats it, in every group: sums of the table's own columns.
    REPEATED = "repeated"


class Member(NamedTuple):
    """What an answer tells of the people of one of its tables, by the table's place in `Selection.tables`.

    It tells of all rows, of those with a value for an input, or of those for which conditions inside its aggregates
    hold, by their numbers.
    """

    selection: Selection
    table: int
    input: int | None = None
    kind: Kind = Kind.ROWS
    holding: tuple[int, ...] = ()


def systems(chosen: Selection, earlier: Sequence[Selection], table: str) -> Iterator[tuple[list[Member], list[Member]]]:
    """Yield what is told of the people of a table by a new answer and, to be compared with it, by earlier ones.

    The first are numbers of rows, which can be subtracted whatever was counted: of all, and of those with a value for
    each input whose number is taken to be known. What is left of all are those without. Numbers of people are compared
    with these where a row is a person, and else by themselves. Sums can be subtracted where they have columns in
    common, or are linked by others that have. That earlier ones tell of a few as numbers does not mean that they do as
    sums.
    """
    alone = chosen.alone[chosen.tables.index(table)] if chosen.alone else chosen.single
    yield _numbers(chosen, table, alone), [member for one in earlier for member in _numbers(one, table, alone)]
    if not alone and chosen.distinct:
        yield _people(chosen, table), [member for one in earlier for member in _people(one, table)]
    for own, (new, linked, nested) in _sums(chosen, earlier, table):
        if linked or nested or (own and not chosen.single):
            kind = Kind.REPEATED if own else Kind.ROWS
            yield (
                [member for one, place in [*new, *linked] for member in _members(one, table, [place], kind)],
                [member for one, place in nested for member in _members(one, table, [place], kind)],
            )


#: Answers, each with the number of one of its inputs.
_Inputs = list[tuple["Selection", int]]


def _sums(
    chosen: Selection, earlier: Sequence[Selection], table: str
) -> Iterator[tuple[bool, tuple[_Inputs, _Inputs, _Inputs]]]:
    """Yield whether sums are of a table's own columns; those of the new answer, and earlier ones that are linked.

    A sum over two columns, less one over the second, is one over the first. So columns are linked that one sum reads.
    Earlier sums whose columns are neither among those of a new one nor the other way round were not compared with each
    other: what these two tell is not known from before, and stands in the middle.
    """
    answers = [chosen, *earlier]
    read = [(one, place) for one in answers for place, summed in enumerate(one.summed) if summed]
    left = [place for place, summed in enumerate(chosen.summed) if summed]
    while left:
        columns, before = set(chosen.inputs[left[0]]), set[str]()
        while columns != before:
            before = set(columns)
            columns.update(*(one.inputs[place] for one, place in read if columns & set(one.inputs[place])))
        new = [place for place in left if columns & set(chosen.inputs[place])]
        found: tuple[_Inputs, _Inputs, _Inputs] = ([(chosen, place) for place in new], [], [])
        for one, place in read[sum(chosen.summed) :]:
            some = set(one.inputs[place])
            if columns & some:
                nested = all(some <= set(chosen.inputs[its]) or some >= set(chosen.inputs[its]) for its in new)
                found[2 if nested else 1].append((one, place))
        yield any(column.rpartition(".")[0] == table for column in columns), found
        left = [place for place in left if place not in new]


def _numbers(selection: Selection, table: str, alone: bool) -> list[Member]:
    """Return what is told of rows, and of people where each row of the table is one."""
    known = [None, *(number for number, known in enumerate(selection.counted) if known)]
    rows = _members(selection, table, known) if selection.numbers or selection.single else []
    return [*rows, *(_people(selection, table) if alone and not selection.single else [])]


def _people(selection: Selection, table: str) -> list[Member]:
    """Return which different people are told of: in a group, and by each of its conditions and several together."""
    if not selection.distinct:
        return []
    conditions = range(len(selection.keys) - selection.plain)
    some = [one for many in range(len(conditions) + 1) for one in combinations(conditions, many)]
    return [one._replace(holding=held) for one in _members(selection, table, [None], Kind.PEOPLE) for held in some]


def _members(selection: Selection, table: str, inputs: Sequence[int | None], kind: Kind = Kind.ROWS) -> list[Member]:
    places = [number for number, name in enumerate(selection.tables) if name == table]
    kind = Kind.ROWS if selection.single else kind
    return [Member(selection, place, one, kind) for place in places for one in inputs]


def memberships(chosen: Sequence[Member]) -> str:
    """Return SQL that yields what `atoms.counted` reads, for members of one table.

    Each row has the groups, `n` people, and `total`, the number of rows there are, so that none goes missing unnoticed.
    Tables of one row a person are told by a number for each member, others by one text: see `_of_rows`. Groups are
    those that HAVING shows: each part of one by conditions inside aggregates is large enough, and of the people whom
    each `h` speaks of it has none or enough.
    """
    return _of_people(chosen) if all(one.selection.single for one in chosen) else _of_rows(chosen)


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
            value = "" if chosen[place].input is None else f' WHERE "v{chosen[place].input}"'
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

    An atom is a text, `member:group:times` for each of its groups between bars; a crowd is its atoms between
    semicolons. People of large atoms are counted for each of these by itself, since nothing but their size matters.
    """
    answers, of = _answers(chosen)
    size = max(one.size for one in answers)
    parts, arms = [], []
    for number, one in enumerate(answers):
        rows = ", ".join(f'"r{table}", "u{table}"' for table in range(len(one.tables)))
        told = "".join(f', "{name}"' for name in [*_told(one), *(f"k{key}" for key in range(one.plain, len(one.keys)))])
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
            parts.append(f"s{place} AS ({_terms_of(chosen[place], number)})")
            term = f"'{place}:' || CAST(g AS VARCHAR) || ':' || CAST(n AS VARCHAR)"
            if chosen[place].kind is not Kind.REPEATED:
                whole = f"'{place}:1:' || CAST(n AS VARCHAR)"
                term = f"CASE WHEN (SELECT bool_or(several) FROM s{place}) THEN {whole} ELSE {term} END"
            arms.append(f"SELECT r, u, {term} AS t FROM s{place}")
    return " ".join(
        [
            f"WITH {', '.join(parts)},",
            f"y AS ({' UNION ALL '.join(arms)}),",
            "m AS (SELECT u, string_agg(t, '|' ORDER BY t) AS a FROM y GROUP BY r, u),",
            "z AS (SELECT a, count(DISTINCT u) AS n FROM m GROUP BY a),",
            "c AS (SELECT u, string_agg(DISTINCT a, ';' ORDER BY a) AS a FROM m JOIN z USING (a)",
            f"WHERE n < {size} GROUP BY u),",
            f"f AS (SELECT a, n FROM z WHERE n >= {size} UNION ALL SELECT a, count(u) AS n FROM c GROUP BY a)",
            "SELECT a, CAST(n AS BIGINT) AS n, count(*) OVER () AS total FROM f",
        ]
    )


def _terms_of(member: Member, number: int) -> str:
    """Select of whose rows a member tells, in which of its groups and how often: `r, u, g, n`."""
    one, table = member.selection, member.table
    row, unit = f'"r{table}"', f'"u{table}"'
    value = "" if member.input is None else f' AND "v{member.input}"'
    known = f"FROM n{number} JOIN l{number} USING (g) WHERE {row} IS NOT NULL{value}"
    if member.kind is Kind.REPEATED:
        return f"SELECT {row} AS r, {unit} AS u, g, count(*) AS n {known} GROUP BY {row}, {unit}, g"
    if member.kind is Kind.ROWS:
        of_row = f"{row} AS r, {unit} AS u, min(g) AS g, 1 AS n, min(g) < max(g) AS several"
        return f"SELECT {of_row} {known} GROUP BY {row}, {unit}"
    held = "".join(f' AND "k{one.plain + condition}"' for condition in member.holding)
    of_person = f"{unit} AS r, {unit} AS u, min(b) AS g, count(DISTINCT b) AS n, min(b) < max(b) AS several"
    return f"SELECT {of_person} {known} AND {unit} IS NOT NULL{held} GROUP BY {unit}"


def _answers(chosen: Sequence[Member]) -> tuple[list[Selection], list[list[int]]]:
    """Return the different answers, and the places of the members of each."""
    places: dict[Selection, list[int]] = {}
    for place, one in enumerate(chosen):
        places.setdefault(one.selection, []).append(place)
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
