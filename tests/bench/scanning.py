"""A scan of many tables end to end: fetching against classifying, and what a second scan costs that finds no change.

Each run is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.table import Table

from phantang import catalog, engines
from phantang.flow.scan.scan import load_classifier, scan_workspace
from phantang.flow.scan.source import ScanOptions
from phantang.store import Workspace

from ..services.postgres import find_binaries, running

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Twenty columns as registers have them, from the number of a row `i` and of a table `t`; the same SQL on both engines.
_EXPRESSIONS = {
    "id": "i",
    "so_cccd": "'0' || CAST(79090000000 + (i * 7919 + t) % 999999 AS VARCHAR)",
    "ho_ten": "'Nguyễn Văn ' || CAST(i % 997 AS VARCHAR)",
    "ngay_sinh": "CAST('1960-01-01' AS DATE) + CAST((i * 13) % 20000 AS INTEGER)",
    "sdt": "'09' || CAST(10000000 + (i * 31) % 89999999 AS VARCHAR)",
    "email": "'u' || CAST(i AS VARCHAR) || '@example.vn'",
    "dia_chi": "'Số ' || CAST(i % 300 AS VARCHAR) || ' đường Lê Lợi, phường Bến Thành'",
    "ma_ho": "'H' || CAST(i % 500 AS VARCHAR)",
    "so_tien": "CAST(i * 1000 AS DECIMAL(18, 2))",
    "trang_thai": "CAST(i % 4 AS VARCHAR)",
    "ghi_chu": "'Hồ sơ đã nhận, chờ bổ sung lần ' || CAST(i % 5 AS VARCHAR)",
    "toa_do": "CAST(i AS DOUBLE PRECISION) / 97",
    "ma_don": "CAST(100000000000 + i * 17 AS VARCHAR)",
    "tao_luc": "CAST('2025-01-01 00:00:00' AS TIMESTAMP)",
    "c15": "CAST(i % 2 AS VARCHAR)",
    "c16": "CAST((i * 104729) % 1000003 AS VARCHAR)",
    "ton_giao": "CASE WHEN i % 9 = 0 THEN 'Phật giáo' ELSE 'Không' END",
    "bien_so": "'51F-' || CAST(10000 + i % 89999 AS VARCHAR)",
    "loai": "CAST(i % 12 AS INTEGER)",
    "mo_ta": "'Mô tả ' || CAST(i AS VARCHAR)",
}


def _statements(tables: int, rows: int, series: str) -> Iterator[str]:
    columns = ", ".join(f"{expression} AS {name}" for name, expression in _EXPRESSIONS.items())
    for number in range(tables):
        yield (
            f"CREATE TABLE bang_{number} AS SELECT {columns} "
            f"FROM (SELECT x AS i, {number} AS t FROM {series.format(rows)} AS s(x)) AS r"
        )


def _measure(url: str) -> dict[str, Any]:
    """Fetch and classify everything at `url`, apart; then scan it twice as a command would."""
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        workspace = Workspace.create(Path(folder) / "w", {"bench": url})
        tags = catalog.parse_snapshot(workspace.catalog_files()).tags
        classifier = load_classifier(workspace.classifier_files(), tags)
        fetching = classifying = 0.0
        with engines.connect(url, "bench") as engine:
            started = time.perf_counter()
            infos = engine.introspect()
            fetching += time.perf_counter() - started
            for info in infos:
                started = time.perf_counter()
                sample = engine.draw(info.name, engines.Sampling(1_000))
                between = time.perf_counter()
                classifier.classify(info, sample.values)
                fetching += between - started
                classifying += time.perf_counter() - between
        options = ScanOptions(rows=1_000)
        times = []
        for _ in range(2):
            started = time.perf_counter()
            report = scan_workspace(workspace, options=options)
            times.append(time.perf_counter() - started)
        remembered = report.scans[0].remembered
    return {
        "tables": len(infos),
        "columns": sum(len(info.columns) for info in infos),
        "fetching": fetching,
        "classifying": classifying,
        "first": times[0],
        "second": times[1],
        "remembered": remembered,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def scanning(tables: int = 1_000, rows: int = 1_000) -> Table:
    """Return the figures for DuckDB, and for PostgreSQL if there is a server."""
    shown = Table(
        title=f"scan of {tables} tables of 20 columns and {rows} rows, 1,000 rows sampled", title_justify="left"
    )
    heads = ("source", "fetch s", "classify s", "classify/fetch", "whole scan s", "columns/s", "again, unchanged s")
    for name in (*heads, "peak MiB"):
        shown.add_column(name, justify="left" if name == "source" else "right")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="phantang-bench-"))
        path = Path(folder) / "bench.duckdb"
        with duckdb.connect(str(path)) as connection:
            for statement in _statements(tables, rows, "range({})"):
                connection.execute(statement)
        urls = {"duckdb": f"duckdb:///{path}"}
        if find_binaries() is not None:
            server = stack.enter_context(running())
            with server.connect() as admin:
                for statement in _statements(tables, rows, "generate_series(0, {} - 1)"):
                    admin.execute(statement.encode())
                admin.execute(b"ANALYZE")
            urls["postgresql"] = server.url()
        for name, url in urls.items():
            command = [sys.executable, "-m", "tests.bench.scanning", url]
            found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            shown.add_row(
                name,
                f"{found['fetching']:.2f}",
                f"{found['classifying']:.2f}",
                f"{found['classifying'] / found['fetching']:.2f}",
                f"{found['first']:.1f}",
                f"{found['columns'] / found['first']:.0f}",
                f"{found['second']:.2f} ({found['remembered']} skipped)",
                f"{found['peak']:.0f}",
            )
    return shown


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1])))
