"""Decisions, embedded and by an OPA server, and what a larger catalog changes: `python -m tests.bench.policy`."""

from __future__ import annotations

import copy
import statistics
import subprocess
import tempfile
import time
import urllib.request
from itertools import cycle, islice, pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from phantang.catalog import parse_snapshot
from phantang.flow.policy.input import columns_of
from phantang.pdp import Bundle, EmbeddedEngine, OpaServerEngine, bundle_archive
from phantang.pdp.contract import Contract
from phantang.pdp.embedded import ENTRYPOINT, compile_bundle

from ..reference.inputs import generate
from ..services.opa import find
from ..services.tether import free_port
from ..unit.pdp.conftest import ROOT, bundle_files, documents, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TAGS = ("person.name", "person.national_id", "sensitive.health", "admin.unit_code", "none")


def percentiles(ask: Callable[[dict[str, Any]], object], inputs: Iterable[dict[str, Any]]) -> tuple[float, float]:
    """Return p50 and p99 of `ask`, in milliseconds."""
    taken = []
    for document in inputs:
        started = time.perf_counter()
        ask(document)
        taken.append((time.perf_counter() - started) * 1000)
    marks = statistics.quantiles(taken, n=100)
    return marks[49], marks[98]


def stages(bundle: Bundle, inputs: Iterable[dict[str, Any]]) -> list[float]:
    """Return the median milliseconds of writing and checking the input, of the engine, and of checking its answer."""
    contract, interpreter = Contract(bundle), compile_bundle(bundle.modules, bundle.documents)
    taken = []
    for document in inputs:
        marks = [time.perf_counter()]
        text = contract.encode(document)
        marks.append(time.perf_counter())
        value = interpreter.evaluate(ENTRYPOINT, text)
        marks.append(time.perf_counter())
        contract.decode(value, document)
        marks.append(time.perf_counter())
        taken.append([(after - before) * 1000 for before, after in pairwise(marks)])
    return [statistics.median(stage) for stage in zip(*taken, strict=True)]


def catalog_files(columns: int) -> dict[str, str]:
    """Return the repository's catalog with `columns` columns in tables of 20."""
    root = ROOT / "catalog"
    files = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.yaml")}
    for table in range(columns // 20):
        lines = [f"source: kho\nschema: main\ntable: bang_{table}\nprivacy_unit: c1\ncolumns:"]
        lines += [
            f"- {{name: c{i}, type: VARCHAR, tag: {_TAGS[i % 5]}, status: accepted, decided_by: x}}" for i in range(20)
        ]
        files[f"assets/kho/main.bang_{table}.yaml"] = "\n".join(lines) + "\n"
    return files


def main() -> None:
    """Print the figures of one run."""
    bundle = Bundle.from_files(bundle_files())
    embedded = EmbeddedEngine(bundle)
    sample = list(documents().values())
    generated = list(islice(generate(Random(1), load("subjects.yaml"), bundle.data["law"]), 300))
    for name, inputs in (("sample questions", sample), ("generated", generated)):
        low, high = percentiles(embedded.decide, inputs)
        print(f"embedded, {name:17} p50 {low:6.2f}  p99 {high:6.2f} ms")
    print("embedded, of the median: {:.2f} ms to the engine, {:.2f} in it, {:.2f} back".format(*stages(bundle, sample)))
    binary = find()
    if binary is not None:
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "phantang.tar.gz"
            archive.write_bytes(bundle_archive(bundle))
            port = free_port()
            command: list[str | Path] = [binary, "run", "--server", "--addr", f"127.0.0.1:{port}", "--bundle", archive]
            server = subprocess.Popen([*command, "--log-level", "error"], stderr=subprocess.DEVNULL)
            try:
                _wait(f"http://127.0.0.1:{port}/health?bundles")
                engine = OpaServerEngine(bundle, f"http://127.0.0.1:{port}", timeout=10)
                for name, inputs in (("sample questions", sample), ("generated", generated)):
                    low, high = percentiles(engine.decide, inputs)
                    print(f"OPA server, {name:15} p50 {low:6.2f}  p99 {high:6.2f} ms")
                engine.close()
            finally:
                server.terminate()
                server.wait()
    for columns in (1_000, 10_000, 100_000):
        snapshot = parse_snapshot(catalog_files(columns))
        assets = snapshot.tables_of("kho")
        asked: list[dict[str, Any]] = []
        for document in islice(cycle(sample), 300):
            table = assets[len(asked) * 7919 % len(assets)].name.local
            columns_used = columns_of(assets, table)[:6]
            for column in columns_used:
                column["uses"] = ["lookup"] if column["name"] == "c1" else ["output"]
            resource = copy.deepcopy(document["resource"])
            for entry in resource["tables"][:1]:
                entry.update(name=table, columns=columns_used, privacy_unit="c1")
            asked.append({**document, "resource": {**resource, "tables": resource["tables"][:1]}})
        low, high = percentiles(embedded.decide, asked)
        print(f"catalog of {columns:>7,} columns: p50 {low:6.2f}  p99 {high:6.2f} ms")


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
