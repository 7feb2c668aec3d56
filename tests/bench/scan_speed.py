"""What classification costs over fetching the samples: tables of 20 columns and 1,000 rows in one DuckDB file."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.table import Table

from phantang import engines
from phantang.classify import Classifier

from .heldout_values import values

_COLUMNS = {
    "ma_nv": "code(NV, 6)", "ho_ten": "name", "ngay_sinh": "birth_text(%d/%m/%Y)", "gioi_tinh": "gender(Nam, Nữ)",
    "so_cccd": "digits(12, 0)", "sdt": "phone", "dia_chi": "address", "c8": "digits(10, 9)",
    "so_luong": "number(1, 400)",
    "don_gia": "money(1000, 900000)", "ghi_chu": "list(plain_notes)", "trang_thai": "pick(mới, đang xử lý, hoàn thành)",
    "created_at": "moment", "updated_at": "moment", "c15": "hex(32)", "c16": "digits(12, 25)",
    "he_so": "decimal(1, 9, 2)",
    "chan_doan": "list(diagnosis)", "ngay_vao": "day", "dan_toc": "list(ethnic)",
}  # fmt: skip
_ROWS, _BASES = 1_000, 8


def scan_speed(classifier: Classifier, tables: int) -> Table:
    """Fetch and classify `tables` tables at several sample sizes, on one core; seconds are of processor time."""
    view = Table(
        title=f"{tables} tables of {len(_COLUMNS)} columns and {_ROWS} rows, one process", title_justify="left"
    )
    for name in (
        "rows sampled",
        "fetch s",
        "classify s",
        "classify/fetch",
        "columns/s",
        "s per 1,000 tables",
        "tagged",
        "peak MB",
    ):
        view.add_column(name, justify="right")
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        file = Path(folder) / "wide.duckdb"
        _build(file, tables)
        with engines.connect(f"duckdb:///{file}", "bench") as engine:
            infos = engine.introspect()
            classifier.classify(infos[0], engine.sample(infos[0].name, 50))
            for rows in (50, 200, _ROWS):
                view.add_row(str(rows), *_measured(engine, classifier, infos, rows))
    return view


def _measured(engine: engines.Engine, classifier: Classifier, infos: tuple[object, ...], rows: int) -> list[str]:
    fetch = spent = 0.0
    tagged = 0
    for info in infos:
        start = time.process_time()
        samples = engine.sample(info.name, rows)  # type: ignore[attr-defined]
        middle = time.process_time()
        found = classifier.classify(info, samples)  # type: ignore[arg-type]
        fetch, spent = fetch + middle - start, spent + time.process_time() - middle
        tagged += sum(one.tag != "none" for one in found)
    columns = len(infos) * len(_COLUMNS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        f"{fetch:.2f}", f"{spent:.2f}", f"{spent / fetch:.2f}", f"{columns / (fetch + spent):.0f}",
        f"{1000 * (fetch + spent) / len(infos):.1f}", str(tagged), f"{peak:.0f}",
    ]  # fmt: skip


def _build(file: Path, tables: int) -> None:
    with duckdb.connect(str(file)) as connection:
        for base in range(min(_BASES, tables)):
            columns = {
                name: [None if one is None else str(one) for one in values(recipe, f"speed/{base}", name, _ROWS)]
                for name, recipe in _COLUMNS.items()
            }
            connection.register("arrived", pa.table(columns))
            connection.execute(f"CREATE TABLE base_{base} AS SELECT * FROM arrived")
            connection.unregister("arrived")
        for number in range(tables - min(_BASES, tables)):
            connection.execute(f"CREATE TABLE bang_{number} AS SELECT * FROM base_{number % _BASES}")
