"""Invariants 3 and 4: twins that differ in hidden values give equal answers; a cleared subject gets the original's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from phantang.model.errors import Refused
from phantang.sql import plan, resolve
from phantang.sql.rewriting.passes.fence import fence
from phantang.sql.rewriting.passes.filter_rows import filter_rows
from phantang.sql.rewriting.passes.mask_columns import mask_columns
from phantang.sql.rewriting.plan import PASSES

from .twins import MASKS, Case, answer, assets, corpus, decision, rewritten

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantang.model.decision import Decision

Twins = tuple["Callable[[str], tuple[Any, list[Any]]]", ...]
ATTACKS, HONEST = corpus("attacks"), corpus("honest")


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def dialect(request: pytest.FixtureRequest) -> str:
    """Run on both engines."""
    return str(request.param)


@pytest.fixture
def twins(dialect: str, request: pytest.FixtureRequest) -> Twins:
    """Return the twins of the dialect's engine."""
    return tuple(request.getfixturevalue(f"{dialect}_twins"))


def here(case: Case, dialect: str) -> str:
    """Return the query with the schema the dialect's tables live in."""
    return case.sql.replace("main.", "public.") if dialect == "postgres" else case.sql


def test_the_twins_differ_where_something_is_hidden(dialect: str, twins: Twins) -> None:
    raw = "SELECT so_cccd, ton_giao FROM cong_dan ORDER BY 1"
    assert answer(twins[0], raw) != answer(twins[1], raw)


def test_attacks_are_refused_or_see_nothing(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    leaks = []
    for case in ATTACKS:
        sql = rewritten(here(case, dialect), dialect, allowed)
        if sql is not None and answer(twins[0], sql) != answer(twins[1], sql):
            leaks.append(f"{case}: {case.sql}")
    assert not leaks, "\n".join(leaks)


def test_honest_queries_return_what_the_original_returns(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect)
    problems = []
    for case in HONEST:
        if dialect not in case.dialects:
            continue
        original = here(case, dialect)
        expected = answer(twins[0], original)
        sql = rewritten(original, dialect, allowed)
        if expected[0] == "error" or sql is None or answer(twins[0], sql) != expected:
            got = answer(twins[0], sql) if sql is not None else "refused"
            problems.append(f"{case}: {original}\n  expected {expected}\n  got {got}\n  from {sql}")
    assert not problems, "\n".join(problems)


def test_honest_queries_see_nothing_hidden(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    for case in HONEST:
        sql = rewritten(here(case, dialect), dialect, allowed) if dialect in case.dialects else None
        if sql is not None:
            assert answer(twins[0], sql) == answer(twins[1], sql), case.sql


def unguarded(sql: str, dialect: str, allowed: Decision) -> str | None:
    """Return what the passes make of a query, without asking the guard."""
    catalog = assets(dialect)
    try:
        return plan(resolve(sql, dialect, catalog), allowed, catalog).sql
    except Refused:
        return None


def leaking(dialect: str, twins: Twins, rewrite: Callable[[str], str | None]) -> int:
    """Count the attacks that tell the twins apart under another rewriter."""
    queries = [rewrite(here(case, dialect)) for case in ATTACKS]
    return sum(sql is not None and answer(twins[0], sql) != answer(twins[1], sql) for sql in queries)


@pytest.mark.parametrize("left_out", [mask_columns, filter_rows, fence])
def test_the_corpus_notices_a_pass_left_out(
    left_out: Callable[..., None], dialect: str, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    assert leaking(dialect, twins, lambda sql: unguarded(sql, dialect, allowed)) == 0
    monkeypatch.setattr("phantang.sql.rewriting.plan.PASSES", tuple(one for one in PASSES if one is not left_out))
    assert leaking(dialect, twins, lambda sql: unguarded(sql, dialect, allowed)) > 0


def test_the_corpus_notices_output_only_masking(dialect: str, twins: Twins) -> None:
    """Hide masked columns in the result alone, the rows being filtered at the source: dozens of queries leak."""
    allowed = decision(dialect, hide_rows=True)

    def rewrite(sql: str) -> str | None:
        inner = unguarded(sql, dialect, allowed)
        if inner is None:
            return None
        outputs = resolve(sql, dialect, assets(dialect)).footprint.outputs
        hidden = [any(s.column in MASKS.get(s.table.table, {}) for s in output.sources) for output in outputs]
        shown = ", ".join("NULL" if hide else f"c{position}" for position, hide in enumerate(hidden))
        names = ", ".join(f"c{position}" for position in range(len(outputs)))
        return f"SELECT {shown} FROM ({inner}) AS t({names})"

    assert leaking(dialect, twins, rewrite) > 30
