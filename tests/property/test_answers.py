"""A red team of chance: it asks grouped and filtered questions, and solves all that it was answered for a few people.

What it may solve for is found without the code under test: each question is asked of the database itself, with the
people of each group in place of a number, and every set of too few people is tried. So what is refused must tell of a
few, and what is answered must not, whatever was answered before.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from phantang.flow.query.comparison import require_apart
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.errors import Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import resolve, selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from phantang.sql import Selection

SIZE = 3
ROUNDS = 400 if os.environ.get("PHANTANG_NIGHTLY") else 20
COLUMNS = {"xa": 4, "gioi": 2, "nghe": 3, "thang": 3}
#: People, and visits of people: several rows of one person, some of nobody who is known.
TABLES = {"nguoi": ("so", ("so",)), "luot": ("nguoi", ("so",))}


def assets() -> list[Asset]:
    return [
        Asset(
            TableName("s", "main", table),
            tuple(
                ColumnEntry(name, "VARCHAR", Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
                for name in ("so", "nguoi", *COLUMNS)
            ),
            privacy_unit=unit,
            primary_key=key,
        )
        for table, (unit, key) in TABLES.items()
    ]


def decision() -> Decision:
    clear = dict.fromkeys(("so", "nguoi", *COLUMNS), ColumnDecision(Effect.CLEAR))
    tables = {f"main.{table}": clear for table in TABLES}
    return Decision(
        True, tables, dict.fromkeys(tables, ()), Obligations(aggregate_only=True, min_group_size=SIZE), (), "r"
    )


def rows(chance: random.Random, table: str) -> Iterator[tuple[str | None, ...]]:
    for number in range(24):
        person = f"p{number if table == 'nguoi' else chance.randint(0, 11)}"
        unknown = table == "luot" and chance.random() < 0.03
        values = (str(min(chance.randint(1, wide), chance.randint(1, wide))) for wide in COLUMNS.values())
        yield (f"r{number}", None if unknown else person, *(None if chance.random() < 0.02 else one for one in values))


def question(chance: random.Random, table: str) -> tuple[str, list[str]]:
    """Return FROM and WHERE of a question, and its keys."""

    def condition() -> str:
        name, wide = chance.choice(list(COLUMNS.items()))
        some = ", ".join(f"'{chance.randint(1, wide)}'" for _ in range(chance.randint(1, 2)))
        return f"{name} {chance.choice(('IN', 'IN', 'NOT IN'))} ({some})"

    said = [condition() for _ in range(chance.choice((0, 0, 1, 1, 2)))]
    where = f" WHERE {chance.choice((' AND ', ' OR ')).join(said)}" if said else ""
    return f"FROM {table}{where}", chance.sample(list(COLUMNS), chance.choice((0, 1, 1, 2)))


def groups(database: duckdb.DuckDBPyConnection, asked: tuple[str, list[str]], unit: str) -> list[frozenset[str]]:
    """Return the rows of each group that is shown."""
    source, keys = asked
    by = f" GROUP BY {', '.join(keys)}" if keys else ""
    found = database.execute(f"SELECT list(so) {source}{by} HAVING count(DISTINCT {unit}) >= {SIZE}").fetchall()
    return [frozenset(one) for (one,) in found]


def tells_of_few(shown: list[frozenset[str]], people: dict[str, str | None]) -> bool:
    """Tell whether some sum of groups is about fewer people than a group may have."""
    alike: dict[tuple[bool, ...], list[str]] = {}
    for row in people:
        alike.setdefault(tuple(row in group for group in shown), []).append(row)
    atoms = [atom for atom in alike if any(atom)]
    table = np.array(atoms, dtype=float).T
    behind = [{people[row] for row in alike[atom]} - {None} for atom in atoms]
    small = [number for number, crowd in enumerate(behind) if len(crowd) < SIZE]
    rank = np.linalg.matrix_rank(table) if atoms else 0

    def solved(some: tuple[int, ...]) -> bool:
        rest = [number for number in range(len(atoms)) if number not in some]
        return bool((np.linalg.matrix_rank(table[:, rest]) if rest else 0) < rank)

    # Of atoms of the same one or two people, all together tell at least what some of them do.
    crowds = {frozenset(behind[one] | behind[other]) for one in small for other in small}
    several = [crowd for crowd in crowds if len(crowd) < SIZE]
    return any(solved(tuple(number for number in small if behind[number] <= crowd)) for crowd in several)


@pytest.mark.parametrize("table", TABLES)
def test_no_sum_of_answers_tells_of_a_few(table: str) -> None:
    chance = random.Random(20261126)
    answered = refused = 0
    unit, _ = TABLES[table]
    for number in range(ROUNDS):
        with duckdb.connect() as database:
            database.execute(
                f"CREATE TABLE {table} (so VARCHAR, nguoi VARCHAR, {', '.join(f'{c} VARCHAR' for c in COLUMNS)})"
            )
            made = list(rows(chance, table))
            database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(made[0]))})", made)
            people = {str(row[0]): row[0] if unit == "so" else row[1] for row in made}

            def run(statement: str, *, bound: bool, database: duckdb.DuckDBPyConnection = database) -> pa.Table:
                assert not bound
                return database.sql(statement).to_arrow_table()

            held: list[Selection] = []
            shown: list[frozenset[str]] = []
            for _ in range(8):
                asked = question(chance, table)
                keys = ", ".join(asked[1])
                text = f"SELECT count(*) {asked[0]}" + (f" GROUP BY {keys}" if keys else "")
                new = selection(resolve(text, "duckdb", assets()), decision(), assets())
                assert new is not None
                more = [*shown, *groups(database, asked, unit)]
                try:
                    require_apart(new, held, run)
                except Refused:
                    assert tells_of_few(more, people), (number, text)
                    refused += 1
                else:
                    held, shown = [*held, new], more
                    assert not tells_of_few(shown, people), (number, text)
                    answered += 1
    assert answered > ROUNDS
    assert refused > ROUNDS
