"""Benchmarks as ratios in one run: `make bench`. Nothing here is a test, and no figure here is asserted."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from phantang import Gateway, engines
from phantang.classify.builtin import builtin_classifier
from phantang.flow.scan.scan import load_classifier, scan_workspace
from phantang.flow.workspace.demo import build_registers, prepare_workspace, questions

from .classification import quality
from .dashboards import dashboards
from .rewriting import rewriting, seconds
from .scan_speed import scan_speed, scan_speed_postgres
from .scanning import scanning
from .state import comparing, counting, replaying

if TYPE_CHECKING:
    from phantang.flow.workspace.demo import Question
    from phantang.store import Workspace

_ROUNDS = 30
_STAGES = ("resolve", "decide", "plan", "guard", "ledger")


def explain_stages(gateway: Gateway) -> Table:
    """Explain latency split by stage, in milliseconds and as a share of the whole; warm is from the plan cache."""
    table = Table(title="explain, cold, median ms by stage (share of the whole)", title_justify="left")
    for name in ("question", *_STAGES, "whole", "warm", "cold/warm"):
        table.add_column(name, justify="left" if name == "question" else "right")
    for question in questions():

        def stages(sql: str, question: Question = question) -> dict[str, float]:
            return dict(gateway.explain(sql, **question.terms).stages)

        stages(question.sql)
        # Blanks make it another text to the plan cache and the same statement to all else.
        cold = [stages(question.sql + " " * number) for number in range(1, _ROUNDS + 1)]
        warm = statistics.median(sum(stages(question.sql).values()) for _ in range(_ROUNDS))
        medians = {stage: statistics.median(run.get(stage, 0.0) for run in cold) for stage in _STAGES}
        whole = sum(medians.values())
        cells = [f"{1e3 * medians[stage]:.2f} ({medians[stage] / whole:.0%})" for stage in _STAGES]
        cells += [f"{1e3 * whole:.2f}", f"{1e3 * warm:.2f}", f"{whole / warm:.2f}"]
        table.add_row(f"{question.subject} {question.purpose}", *cells)
    return table


def query_over_direct(gateway: Gateway) -> Table:
    """Query time through the gateway over the same rewritten SQL run directly on the same connection."""
    table = Table(title="query through the gateway over the rewritten SQL run directly", title_justify="left")
    for name in ("question", "direct ms", "gateway ms", "ratio"):
        table.add_column(name, justify="left" if name == "question" else "right")
    for question in questions():
        plan = gateway.explain(question.sql, **question.terms).plan
        if plan is None or plan.parameters:
            continue
        engine, sql = gateway.engine(question.source), plan.sql
        direct = seconds(lambda engine=engine, sql=sql: engine.run(sql, timeout=60), _ROUNDS)  # type: ignore[misc]
        through = seconds(
            lambda question=question: gateway.query(question.sql, **question.terms),  # type: ignore[misc]
            _ROUNDS,
        )
        table.add_row(question.subject, f"{1e3 * direct:.2f}", f"{1e3 * through:.2f}", f"{through / direct:.2f}")
    return table


def scan_over_samples(workspace: Workspace) -> Table:
    """Scan time over the time to fetch the same samples alone."""
    table = Table(title="scan over fetching its samples alone", title_justify="left")
    for name in ("source", "columns", "samples ms", "scan ms", "ratio", "columns/s"):
        table.add_column(name, justify="left" if name == "source" else "right")
    with Gateway.open(workspace.path) as gateway:
        classifier = load_classifier(workspace.classifier_files(), gateway.snapshot.tags)
        limit = workspace.settings.scan_sample_rows
        for source in sorted(workspace.sources):
            engine = gateway.engine(source)
            tables = engine.introspect()
            samples = {info.name: engine.sample(info.name, limit) for info in tables}
            columns = sum(len(info.columns) for info in tables)

            def fetch(engine: engines.Engine = engine) -> None:
                for info in engine.introspect():
                    engine.sample(info.name, limit)

            def classify() -> None:
                for info in tables:  # noqa: B023
                    classifier.classify(info, samples[info.name])  # noqa: B023

            fetching, classifying = seconds(fetch, 5), seconds(classify, 5)
            whole = fetching + classifying
            table.add_row(
                source,
                str(columns),
                f"{1e3 * fetching:.1f}",
                f"{1e3 * whole:.1f}",
                f"{whole / fetching:.2f}",
                f"{columns / whole:.0f}",
            )
    return table


def main(citizens: int = 20_000) -> None:
    """Build a sample workspace and print every table."""
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors")
    for one in rewriting(_ROUNDS):
        console.print(one)
    console.print(counting(_ROUNDS))
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        workspace = prepare_workspace(Path(folder) / "workspace")
        build_registers(workspace, citizens, lambda _: None)
        scan_workspace(workspace, accept_as="bench")
        with Gateway.open(workspace.path) as gateway:
            console.print(explain_stages(gateway))
            console.print(query_over_direct(gateway))
            console.print(comparing(gateway))
            console.print(replaying(workspace, gateway))
        console.print(scan_over_samples(workspace))
    console.print(dashboards())
    console.print(scanning())
    console.print(scan_speed(1_000))
    console.print(scan_speed_postgres(200))
    for one in quality(builtin_classifier()):
        console.print(one)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
