"""Generated queries against the twins: `python -m tests.property --queries 20000 --dialect postgres --seed 7`.

Prints the seed, the share of queries accepted and every failure made small; `--save` keeps failures as attack fixtures,
`--only N` judges one query of a seed again and shows what it becomes.
"""

from __future__ import annotations

import argparse
import secrets
import time
from contextlib import ExitStack
from typing import Any

from .conftest import duckdb_twin, postgres_twins_on, runner
from .grammar import generate
from .judge import Judge, campaign, save
from .shrink import shrink
from .twins import answer


def main() -> int:
    """Run one campaign; exit code 1 if anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.property", description=__doc__)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    parser.add_argument("--queries", type=int, default=20_000)
    parser.add_argument("--dialect", choices=["duckdb", "postgres"], default="duckdb")
    parser.add_argument("--only", type=int)
    parser.add_argument("--save", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        judge = Judge(options.dialect, _twins(options.dialect, stack))
        if options.only is not None:
            return _one(judge, generate(f"{options.seed}/{options.only}", options.dialect))
        print(f"seed {options.seed}, {options.queries} queries on {options.dialect}", flush=True)
        started = time.perf_counter()
        verdicts, failures = campaign(judge, options.seed, options.queries, say=lambda text: print(text, flush=True))
        if options.save:
            save(options.dialect, failures)
    refused = verdicts["refused"]
    print(f"{dict(verdicts)}; accepted {1 - refused / options.queries:.2%}; {time.perf_counter() - started:.0f} s")
    return 1 if failures else 0


def _one(judge: Judge, sql: str) -> int:
    verdict = judge.verdict(sql)
    print(sql, f"-> {verdict}", sep="\n")
    if verdict in {"leak", "changed", "fault"}:
        print("smallest:", small := shrink(sql, judge.dialect, lambda text: judge.verdict(text) == verdict))
        for allowed in (judge.strict, judge.clear):
            rewritten = judge.rewritten(small, allowed)
            print(rewritten)
            for twin in judge.twins:
                print("  ", answer(twin, rewritten or "SELECT 1", ordered=True))
        print("original:", answer(judge.twins[0], small))
    return verdict in {"leak", "changed", "fault"}


def _twins(dialect: str, stack: ExitStack) -> tuple[Any, ...]:
    if dialect == "duckdb":
        return tuple(runner(stack.enter_context(duckdb_twin(twin)), dialect) for twin in (0, 1))
    from ..services.postgres import running

    return stack.enter_context(postgres_twins_on(stack.enter_context(running())))


if __name__ == "__main__":
    raise SystemExit(main())
