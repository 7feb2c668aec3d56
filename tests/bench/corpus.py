"""Rewriting and execution of a body of queries on a database of yours: `python -m tests.bench.corpus FILE FOLDER`.

FILE is a DuckDB database (opened read-only), FOLDER holds one query a `.sql` file. Nothing of either is in this
repository; docs/benchmarks.md names those that were measured.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import QueryCache

from . import tpch
from .rewriting import ratio, rewritten, seconds, stages_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table


#: The masks of `tpch.THIRD` as one would write them into a view by hand.
VIEW = {
    "c_name": "regexp_replace(c_name, '[A-Za-z0-9]', 'x', 'g')",
    "c_phone": "regexp_replace(left(c_phone, length(c_phone) - 4), '[0-9]', 'n', 'g') || right(c_phone, 4)",
    "c_acctbal": "CAST(floor(c_acctbal / 100) * 100 AS DECIMAL(15,2))",
    "o_totalprice": "CAST(floor(o_totalprice / 1000) * 1000 AS DECIMAL(15,2))",
    "o_orderdate": "CAST(date_trunc('month', o_orderdate) AS DATE)",
    "l_extendedprice": "CAST(floor(l_extendedprice / 100) * 100 AS DECIMAL(15,2))",
    "l_shipmode": "CAST(NULL AS VARCHAR)",
    "l_tax": "CAST(NULL AS DECIMAL(15,2))",
    "l_partkey": "CAST(NULL AS BIGINT)",
}


def main() -> None:
    """Print the time of every stage and the ratios of execution."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=9, help="runs of each figure; its median is taken")
    parser.add_argument("--run", action="store_true", help="execute the queries, too")
    options = parser.parse_args()
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{options.database}' AS corpus (READ_ONLY)")
    connection.execute("USE corpus")
    assets = _assets(connection)
    queries = {path.stem: path.read_text(encoding="utf-8") for path in sorted(options.folder.glob("*.sql"))}
    console = Console(width=120)
    console.print(_stages(queries, assets, options.rounds))
    if options.run:
        console.print(_execution(connection, queries, assets, options.rounds))


def _assets(connection: duckdb.DuckDBPyConnection) -> tuple[Asset, ...]:
    found: dict[str, list[ColumnEntry]] = {}
    for name, column, kind in connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = 'corpus' "
        "ORDER BY 1, column_index"
    ).fetchall():
        entry = ColumnEntry(column, kind, Status.ACCEPTED, "x", (), Tier.T1, PersonalClass.NONE)
        found.setdefault(name, []).append(entry)
    return tuple(Asset(TableName("corpus", "main", name), tuple(columns)) for name, columns in found.items())


def _stages(queries: Mapping[str, str], assets: Sequence[Asset], rounds: int) -> Table:
    made = table("rewriting, ms, everything clear", "", "resolve", "plan", "guard", "cold", "warm, same", "warm, other")
    clear = tpch.decision(tuple(assets), {})
    rows, refused = [], 0
    for sql in queries.values():
        try:
            done, stages = stages_of(sql, clear, assets, rounds)
        except (Refused, GuardError):
            refused += 1
            continue
        cache = QueryCache()
        cache.resolve(sql, "duckdb", assets, "r").keep(clear, done)
        same = seconds(lambda c=cache, sql=sql: c.resolve(sql, "duckdb", assets, "r").plan(clear), rounds)  # type: ignore[misc]
        # Blanks make it another text of the same shape: found by its tokens, and written with its literals.
        texts = iter([sql + " " * number for number in range(1, rounds + 2)])
        other = seconds(
            lambda c=cache, texts=texts: c.resolve(next(texts), "duckdb", assets, "r").plan(clear),  # type: ignore[misc]
            rounds,
        )
        rows.append((*stages, sum(stages), same, other))
    columns = list(zip(*rows, strict=True))
    made.add_row("median", *(f"{1e3 * statistics.median(column):.3f}" for column in columns))
    made.add_row("largest", *(f"{1e3 * max(column):.3f}" for column in columns))
    made.caption = f"{len(rows)} queries, {refused} refused"
    return made


def _execution(
    connection: duckdb.DuckDBPyConnection, queries: Mapping[str, str], assets: Sequence[Asset], rounds: int
) -> Table:
    """Compare with the original, and with the same masks in views written by hand, on the same connection."""
    names = ("query", "nothing masked / original", "masked / view by hand")
    made = table("execution, rewritten over a baseline", *names)
    clear, masked = (tpch.decision(tuple(assets), masks) for masks in ({}, tpch.THIRD))
    views = _views(connection, assets)
    ratios = []
    for name, sql in queries.items():
        try:
            plain, third = (rewritten(sql, assets, allowed) for allowed in (clear, masked))
        except (Refused, GuardError):
            continue
        row = [ratio(connection, sql, plain, rounds)]
        if views is not None:
            row.append(ratio(connection, sql, third, rounds, views))
        ratios.append(row)
        made.add_row(name, *(f"{one:.2f}" for one in row))
    made.add_row("median", *(f"{statistics.median(column):.2f}" for column in zip(*ratios, strict=True)))
    return made


def _views(connection: duckdb.DuckDBPyConnection, assets: Sequence[Asset]) -> duckdb.DuckDBPyConnection | None:
    """Return a connection that finds a view in the place of every table of TPC-H; `None` for another database."""
    if not {"customer", "orders", "lineitem"} <= {asset.name.table for asset in assets}:
        return None
    views = connection.cursor()
    views.execute("USE memory")
    for asset in assets:
        shown = ", ".join(
            f"{VIEW[entry.name]} AS {entry.name}" if entry.name in VIEW else entry.name for entry in asset.columns
        )
        views.execute(f"CREATE VIEW {asset.name.table} AS SELECT {shown} FROM corpus.main.{asset.name.table}")
    return views


if __name__ == "__main__":
    main()
