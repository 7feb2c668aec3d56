"""Generated queries: a share of the nightly campaign, and the machinery that finds, shrinks and replays failures."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from phantang.sql import plan, resolve

from .dossiers import abstracted
from .grammar import generate
from .judge import Judge, campaign, save
from .shrink import shrink
from .twins import CORPORA, MASKS, assets, corpus, decision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from phantang.model.decision import Decision

    Twins = tuple[Callable[[str], tuple[Any, list[Any]]], ...]

#: Queries judged here; a night has 20,000 a dialect: `python -m tests.property --dialect ...`.
QUERIES = int(os.environ.get("PHANTANG_GENERATED_QUERIES", "500"))
#: The same queries by day; by night others, whose seed is printed.
SEED = os.environ.get("PHANTANG_GENERATED_SEED") or (
    f"{random.SystemRandom().getrandbits(32):08x}" if os.environ.get("PHANTANG_NIGHTLY") else "20261126"
)


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def judge(request: pytest.FixtureRequest) -> Judge:
    """Judge on both engines."""
    return Judge(str(request.param), tuple(request.getfixturevalue(f"{request.param}_twins")))


def test_generated_queries_tell_nothing_and_stay_themselves(judge: Judge) -> None:
    verdicts, failures = campaign(judge, SEED, QUERIES)
    print(f"seed {SEED}: {dict(verdicts)}")
    assert not failures, "\n".join(f"{verdict} {origin} on {judge.dialect}\n{sql}" for verdict, origin, sql in failures)
    assert verdicts["refused"] < 0.1 * QUERIES, verdicts  # else the test says little
    assert verdicts["rows"] > 0.2 * QUERIES, verdicts
    assert verdicts["error"] > 0.02 * QUERIES, verdicts  # errors are compared, too
    assert verdicts["reordered"] + verdicts["planned"] < 0.1 * QUERIES, verdicts


def test_what_was_found_stays_mended(judge: Judge) -> None:
    cases = [case for case in corpus("found") if judge.dialect in case.dialects]
    assert [case.sql for case in cases if judge.verdict(case.sql) in {"leak", "changed", "fault"}] == []


def test_failures_are_saved_as_cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CORPORA, "found", tmp_path / "found")
    save("postgres", [("leak", "s/1", "SELECT 1"), ("leak", "s/2", "SELECT 2")])
    assert [(case.file, case.dialects) for case in corpus("found")] == [("leak_postgres", ("postgres",))] * 2
    assert corpus("found")[1].sql.endswith("\nSELECT 2")


def test_a_seed_is_a_query() -> None:
    assert generate("7/3", "duckdb") == generate("7/3", "duckdb") != generate("7/4", "duckdb")


def output_only(sql: str, dialect: str, allowed: Decision) -> str | None:
    """Rewrite as the weakest gateways do: nothing is masked but the result's own columns."""
    clear = decision(dialect, hide_rows=bool(allowed.rows))
    inner = resolve(sql, dialect, assets(dialect))
    made = abstracted(plan(inner, clear, assets(dialect)).sql, dialect)
    if not any(one.mask for columns in allowed.columns.values() for one in columns.values()):
        return made
    outputs = inner.footprint.outputs
    hidden = [any(s.column in MASKS.get(s.table.table, {}) for s in output.sources) for output in outputs]
    shown = ", ".join("NULL" if hide else f"c{position}" for position, hide in enumerate(hidden))
    return f"SELECT {shown} FROM ({made}) AS t({', '.join(f'c{position}' for position in range(len(outputs)))})"


def test_a_failure_is_found_and_made_small(judge: Judge) -> None:
    """Output-only masking is caught by the first generated queries, and its failures shrink to a few words."""
    weak = Judge(judge.dialect, judge.twins, output_only)
    failures: list[str] = []
    for number in range(150):
        sql = generate(f"yếu/{number}", judge.dialect)
        if weak.verdict(sql) == "leak":
            failures.append(sql)
    assert len(failures) > 3
    longest = max(failures, key=len)
    small = shrink(longest, judge.dialect, lambda text: weak.verdict(text) == "leak")
    assert weak.verdict(small) == "leak"
    assert len(small) < 0.5 * len(longest)
    assert judge.verdict(small) != "leak"
