"""What classification costs over fetching the samples: tables of 20 columns and 1,000 rows in one DuckDB file.

No two tables hold the same values, and three of their twenty names are their own; the others come in four writings.
Else a memory of names or values would answer here what it could not answer in life.
"""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.table import Table
from tests.services import postgres

from phantang import engines
from phantang.classify.builtin import builtin_classifier

from .heldout_values import values

#: A recipe for each column, and how the values of one table are made its own: `h` is a number of the row and table.
_COLUMNS = {
    "ma_nv": ("code(NV, 6)", "'NV' || lpad(CAST({n} * 1000 + place AS VARCHAR), 7, '0')"),
    "ho_ten": ("name", None),
    "ngay_sinh": ("birth_text(%d/%m/%Y)", None),
    "gioi_tinh": ("gender(Nam, Nữ)", None),
    "so_cccd": ("digits(12, 0)", "left(so_cccd, 6) || lpad(CAST(h % 1000000 AS VARCHAR), 6, '0')"),
    "sdt": ("phone", "left(sdt, 3) || lpad(CAST(h % 10000000 AS VARCHAR), 7, '0')"),
    "dia_chi": ("address", "regexp_replace(dia_chi, '[0-9]+', CAST(h % 400 + 1 AS VARCHAR))"),
    "c8": ("digits(10, 9)", "'9' || lpad(CAST(h // 7 % 1000000000 AS VARCHAR), 9, '0')"),
    "so_luong": ("number(1, 400)", None),
    "don_gia": ("money(1000, 900000)", "CAST((h % 899 + 1) * 1000 AS VARCHAR)"),
    "ghi_chu": ("list(plain_notes)", None),
    "trang_thai": ("pick(mới, đang xử lý, hoàn thành)", None),
    "created_at": ("moment", "CAST(CAST(created_at AS TIMESTAMP) + to_seconds(CAST(h % 80000 AS INT)) AS VARCHAR)"),
    "updated_at": ("moment", "CAST(CAST(updated_at AS TIMESTAMP) + to_seconds(CAST(h % 70001 AS INT)) AS VARCHAR)"),
    "c15": ("hex(32)", "md5(CAST(h AS VARCHAR))"),
    "c16": ("digits(12, 25)", "'25' || lpad(CAST(h // 3 % 10000000000 AS VARCHAR), 10, '0')"),
    "he_so": ("decimal(1, 9, 2)", None),
    "chan_doan": ("list(diagnosis)", None),
    "ngay_vao": ("day", None),
    "dan_toc": ("list(ethnic)", None),
}
_OWN = frozenset({"c8", "c15", "c16"})
_ROWS, _POOLS = 1_000, 16
_HEADS = (
    "rows sampled", "fetch s", "classify s", "classify/fetch", "columns/s", "s per 1,000 tables", "tagged", "peak MB",
)  # fmt: skip


def scan_speed(tables: int) -> Table:
    """Fetch and classify `tables` tables at several sample sizes, on one core; seconds are of processor time."""
    view = Table(
        title=f"{tables} tables of {len(_COLUMNS)} columns and {_ROWS} rows, one process", title_justify="left"
    )
    for name in _HEADS:
        view.add_column(name, justify="right")
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        file = Path(folder) / "wide.duckdb"
        build_tables(file, tables)
        for rows in (50, 200, _ROWS):
            view.add_row(str(rows), *measured(file, rows))
    return view


def measured(file: Path, rows: int) -> list[str]:
    """Measure one sample size in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, "-m", "tests.bench.scan_speed", str(file), str(rows)]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def scan_speed_postgres(tables: int) -> Table:
    """Wait for `tables` of the same tables from a PostgreSQL server on this machine, and for their classification.

    Seconds are of the clock, as most of the fetch is the server's work: they mean something on a quiet machine only.
    """
    view = Table(title=f"{tables} of the same tables in PostgreSQL, seconds of the clock", title_justify="left")
    for name in _HEADS:
        view.add_column(name, justify="right")
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder, postgres.running() as server:
        file = Path(folder) / "wide.duckdb"
        build_tables(file, tables)
        _copy(file, server)
        for rows in (50, 200, _ROWS):
            view.add_row(str(rows), *_measure(server.url(), rows, time.perf_counter))
    return view


def _copy(file: Path, server: postgres.Server) -> None:
    """Copy the tables of a DuckDB file, all columns as text, into the database of a server, and analyse them."""
    with duckdb.connect(str(file), read_only=True) as source, server.connect() as target:
        for (name,) in source.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            rows = source.execute(f"FROM {name}")
            heads = [f'"{column[0]}"' for column in rows.description or ()]
            target.execute(f"CREATE TABLE {name} ({', '.join(f'{head} text' for head in heads)})")
            with target.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows.fetchall():
                    copy.write_row([None if value is None else str(value) for value in row])
        target.execute("ANALYZE")


def _measure(url: str, rows: int, clock: Callable[[], float] = time.process_time) -> list[str]:
    classifier = builtin_classifier()
    fetch = spent = 0.0
    tagged = 0
    with engines.connect(url, "bench") as engine:
        infos = engine.introspect()
        classifier.classify(infos[0], engine.sample(infos[0].name, rows))
        gc.collect()
        for info in infos:
            start = clock()
            samples = engine.sample(info.name, rows)
            middle = clock()
            found = classifier.classify(info, samples)
            fetch, spent = fetch + middle - start, spent + clock() - middle
            tagged += sum(one.tag != "none" for one in found)
    columns = sum(len(info.columns) for info in infos)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        f"{fetch:.2f}", f"{spent:.2f}", f"{spent / fetch:.2f}", f"{columns / (fetch + spent):.0f}",
        f"{1000 * (fetch + spent) / len(infos):.1f}", str(tagged), f"{peak:.0f}",
    ]  # fmt: skip


def build_tables(file: Path, tables: int) -> None:
    """Write `tables` tables with values of their own into a new DuckDB file."""
    with duckdb.connect(str(file)) as connection:
        pool = {
            name: [
                None if one is None else str(one)
                for part in range(_POOLS)
                for one in values(recipe, f"speed/{part}", name, _ROWS)
            ]
            for name, (recipe, _) in _COLUMNS.items()
        }
        connection.register("pool", pa.table(pool | {"place": pa.array(range(_POOLS * _ROWS), pa.int64())}))
        connection.execute("CREATE TEMP TABLE everything AS FROM pool")
        for number in range(tables):
            chosen = f"SELECT *, hash(place, {number}) AS h FROM everything ORDER BY h LIMIT {_ROWS}"
            renumbered = f"SELECT * REPLACE (row_number() OVER () AS place) FROM ({chosen})"
            wanted = ", ".join(
                f'{(own or name).format(n=number)} AS "{_written(name, number)}"' for name, (_, own) in _COLUMNS.items()
            )
            connection.execute(f"CREATE TABLE bang_{number} AS SELECT {wanted} FROM ({renumbered})")


def _written(name: str, number: int) -> str:
    """Return the name of a column in one table."""
    if name in _OWN:
        return f"{name}_{number}"
    camel = "".join(part.capitalize() for part in name.split("_"))
    return (name, camel, name.upper(), camel[0].lower() + camel[1:])[number % 4]


if __name__ == "__main__":
    print(json.dumps(_measure(f"duckdb:///{sys.argv[1]}", int(sys.argv[2]))))
