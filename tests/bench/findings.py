"""Every finding of the classifier on the fixtures, one JSON object a line, and what changed of them.

`python -m tests.bench.findings > before`, then `python -m tests.bench.findings --against before`, which ends with 1 if
any differs. What makes classification faster must not change a tag, a count or a confidence. The blind columns are not
read.
"""

from __future__ import annotations

import dataclasses
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import zip_longest
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

_FIXTURES = Path(__file__).parent.parent / "fixtures"
_TYPES = {"int": "INTEGER", "number": "NUMERIC", "bool": "BOOLEAN"}
_Read = tuple[TableInfo, dict[str, list[str | None]]]


def dump(classifier: Classifier) -> Iterator[dict[str, Any]]:
    """Yield the findings of every body of columns, at several sample sizes."""
    for rows in (50, 200, 1_000):
        for mode in MODES:
            for system in (one for split in ("dev", "test") for one in systems(split)):
                read = [samples_of(system, place, mode, rows)[:2] for place in range(len(system.tables))]
                yield from _found(classifier, f"{system.path.parent.name}/{rows}/{mode}/{system.path.stem}", read)
                if mode == "both":
                    mixed = _mixed(read, f"{system.name}/{rows}")
                    yield from _found(classifier, f"mixed/{rows}/{system.path.stem}", mixed)
    for path in sorted((_FIXTURES / "labelled").glob("*.yaml")):
        yield from _found(classifier, f"labelled/{path.stem}", list(_labelled(path)))
    for path in sorted((_FIXTURES / "names_en").glob("*.txt")):
        yield from _found(classifier, f"names_en/{path.stem}", list(_english(path)))
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


def compare(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """Print each finding that differs, and return how many there are and how many do."""
    total = different = 0
    for one, two in zip_longest(before, after):
        total += 1
        if one != two:
            different += 1
            print(f"- {json.dumps(one, ensure_ascii=False)}\n+ {json.dumps(two, ensure_ascii=False)}")
    return total, different


def _found(classifier: Classifier, body: str, tables: Iterable[_Read]) -> Iterator[dict[str, Any]]:
    read = list(tables)
    findings: list[Finding] = [one for info, samples in read for one in classifier.classify(info, samples)]
    for one in classifier.propagate([info for info, _ in read], findings):
        yield {"body": body, **dataclasses.asdict(one), "column": str(one.column)}


def _mixed(read: list[_Read], seed: str) -> Iterator[_Read]:
    """Yield the tables with the values of each column under the name of another: names and values that disagree."""
    draw = random.Random(seed)
    pool = [values for _, samples in read for values in samples.values()]
    for info, _ in read:
        if pool:
            yield info, {column.name: draw.choice(pool) for column in info.columns}


def _labelled(path: Path) -> Iterator[_Read]:
    for entry in yaml.safe_load(path.read_text("utf-8"))["tables"]:
        columns = [line.split() for line in entry["columns"]]
        infos = tuple(ColumnInfo(one[0], one[1] if len(one) > 1 else "VARCHAR") for one in columns)
        yield TableInfo(TableName(path.stem, "main", entry["name"]), infos), {}


def _english(path: Path) -> Iterator[_Read]:
    for line in path.read_text("utf-8").splitlines():
        name, _, columns = line.partition(" | ")
        said = (column.partition("=")[0].partition(":") for column in columns.split())
        infos = tuple(ColumnInfo(spoken, _TYPES.get(kind, kind or "TEXT")) for spoken, _, kind in said)
        yield TableInfo(TableName(path.stem, "main", name), infos), {}


if __name__ == "__main__":
    found = dump(builtin_classifier())
    if sys.argv[1:2] == ["--against"]:
        with Path(sys.argv[2]).open(encoding="utf-8") as lines:
            # Through JSON, as the others went: tuples become lists.
            total, different = compare(map(json.loads, lines), (json.loads(json.dumps(one)) for one in found))
        print(f"{total} findings, {different} differ")
        sys.exit(different > 0)
    for one in found:
        sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
