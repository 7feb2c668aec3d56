"""How many honest questions are refused for what was asked before: those of `tests/fixtures/sql/dashboards.yaml`."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import yaml
from rich.table import Table

from phantang.flow.query.comparison import require_apart
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.errors import Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import Selection, resolve, selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.flow.query.comparison import Run


SIZE = 20
COLUMNS = {
    **dict.fromkeys(("so", "xa", "tinh", "gioi", "dan_toc", "ton_giao", "nghe"), "VARCHAR"),
    **dict.fromkeys(("tuoi", "thang"), "INTEGER"),
    "tro_cap": "DOUBLE",
}
ETHNIC = (("Kinh", 8700), ("Tày", 700), ("Thái", 400), ("Mường", 150), ("Dao", 45), ("Ngái", 5))
RELIGIONS = (("Không", 8000), ("Phật giáo", 1200), ("Công giáo", 700), ("Tin Lành", 95), ("Baha'i", 5))
ASSET = Asset(
    TableName("s", "main", "nguoi"),
    tuple(
        ColumnEntry(name, kind, Status.ACCEPTED, "none", (), Tier("T1"), PersonalClass("none"))
        for name, kind in COLUMNS.items()
    ),
    privacy_unit="so",
    primary_key=("so",),
)
DECISION = Decision(
    True,
    {"main.nguoi": dict.fromkeys(COLUMNS, ColumnDecision(Effect.CLEAR))},
    {"main.nguoi": ()},
    Obligations(aggregate_only=True, min_group_size=SIZE),
    (),
    "r",
)


def sequences() -> list[tuple[str, list[str], list[int]]]:
    """Return the sequences: name, questions, and the numbers of those to be refused."""
    file = Path(__file__).parent.parent / "fixtures/sql/dashboards.yaml"
    return [
        (one["name"], one["ask"], one.get("refused", [])) for one in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def register(people: int = 40_000) -> duckdb.DuckDBPyConnection:
    """Make the register: the same people at every call."""
    chance = random.Random(20261126)
    communes = [f"X{number:02}" for number in range(24)]
    sizes = [60, *(6000 / (1 + number * 0.6) for number in range(23))]

    def one_of(pairs: tuple[tuple[str, int], ...]) -> str:
        return chance.choices([name for name, _ in pairs], [share for _, share in pairs])[0]

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(people):
            commune = chance.choices(communes, sizes)[0]
            yield (
                f"{number:06}",
                commune,
                f"0{1 + int(commune[1:]) % 3}",
                chance.choice(("Nam", "Nữ")),
                one_of(ETHNIC),
                one_of(RELIGIONS),
                f"N{int(chance.paretovariate(0.8)) % 9}",
                min(int(chance.triangular(0, 95, 30)), 94),
                chance.randint(1, 12),
                float(chance.randint(300, 900)) if chance.random() < 0.3 else None,
            )

    database = duckdb.connect()
    database.execute(f"CREATE TABLE nguoi ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
    table = list(zip(*rows(), strict=True))
    made = pa.table(dict(zip(COLUMNS, map(list, table), strict=True)))  # noqa: F841 - read by name
    database.execute("INSERT INTO nguoi SELECT * FROM made")
    return database


def asked(statements: list[str], database: duckdb.DuckDBPyConnection) -> list[bool]:
    """Ask one after the other; tell of each whether it is refused."""

    def chosen(statement: str) -> Selection:
        new = selection(resolve(statement, "duckdb", [ASSET]), DECISION, [ASSET])
        assert new is not None
        return new

    def run(statement: str, *, bound: bool) -> pa.Table:
        assert not bound
        return database.sql(statement).to_arrow_table()

    return refusals(map(chosen, statements), run)


def refusals(selections: Iterable[Selection], run: Run) -> list[bool]:
    """Compare each with those answered before it; tell of each whether it is refused, which is then not answered."""
    answered: list[Selection] = []
    refused = []
    for new in selections:
        try:
            require_apart(new, answered, run)
        except Refused:
            refused.append(True)
        else:
            answered.append(new)
            refused.append(False)
    return refused


def dashboards() -> Table:
    """Honest sequences of questions: how many of each are refused."""
    table = Table(title="honest sequences over 40,000 people, groups of 20", title_justify="left")
    for name in ("sequence", "asked", "refused", "s"):
        table.add_column(name, justify="left" if name == "sequence" else "right")
    whole, few = 0, 0
    with register() as database:
        for name, statements, _ in sequences():
            started = time.perf_counter()
            found = asked(statements, database)
            table.add_row(name, str(len(found)), str(sum(found)), f"{time.perf_counter() - started:.1f}")
            whole, few = whole + len(found), few + sum(found)
    table.add_row("all", str(whole), str(few), "")
    return table
