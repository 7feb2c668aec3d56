"""Every finding of the classifier on the fixtures, one JSON object a line: `python -m tests.bench.findings > before`.

What makes classification faster must not change a tag, a count or a confidence: run it before and after, and compare
the files. The held-out `test` split is not read.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from phantang import engines
from phantang.classify import Classifier
from phantang.classify.builtin import builtin_classifier
from phantang.flow.workspace.demo import build_registers
from phantang.model.finding import Finding
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo
from phantang.store import Workspace

from .classification import MODES, samples_of
from .heldout import systems
from .scan_speed import build_tables

_LABELLED = Path(__file__).parent.parent / "fixtures" / "labelled"
_Read = tuple[TableInfo, dict[str, list[str | None]]]


def dump(classifier: Classifier) -> Iterator[dict[str, Any]]:
    """Yield the findings of every body of columns, at several sample sizes."""
    for rows in (50, 200, 1_000):
        for mode in MODES:
            for system in systems("dev"):
                read = [samples_of(system, place, mode, rows)[:2] for place in range(len(system.tables))]
                yield from _found(classifier, f"dev/{rows}/{mode}/{system.path.stem}", read)
    for path in sorted(_LABELLED.glob("*.yaml")):
        yield from _found(classifier, f"labelled/{path.stem}", list(_labelled(path)))
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        workspace = Workspace.create(Path(folder) / "w", {})
        build_registers(workspace, 2_000, lambda _: None)
        urls = {path.stem: f"duckdb:///{path}" for path in sorted(Path(folder).rglob("*.duckdb"))}
        build_tables(Path(folder) / "speed.duckdb", 24)
        for name, url in {**urls, "speed": f"duckdb:///{folder}/speed.duckdb"}.items():
            with engines.connect(url, name) as engine:
                for rows in (50, 1_000):
                    read = [(info, engine.sample(info.name, rows)) for info in engine.introspect()]
                    yield from _found(classifier, f"{name}/{rows}", read)


def _found(classifier: Classifier, body: str, tables: Iterable[_Read]) -> Iterator[dict[str, Any]]:
    read = list(tables)
    findings: list[Finding] = [one for info, samples in read for one in classifier.classify(info, samples)]
    for one in classifier.propagate([info for info, _ in read], findings):
        yield {"body": body, **dataclasses.asdict(one), "column": str(one.column)}


def _labelled(path: Path) -> Iterator[_Read]:
    for entry in yaml.safe_load(path.read_text("utf-8"))["tables"]:
        columns = [line.split() for line in entry["columns"]]
        infos = tuple(ColumnInfo(one[0], one[1] if len(one) > 1 else "VARCHAR") for one in columns)
        yield TableInfo(TableName(path.stem, "main", entry["name"]), infos), {}


if __name__ == "__main__":
    for one in dump(builtin_classifier()):
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
