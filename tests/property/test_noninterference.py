"""Invariants 3 and 4: twins that differ in hidden values give equal answers; a cleared subject gets the original's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang.sql import resolve
from phantang.sql.rewriting.passes.fence import fence
from phantang.sql.rewriting.passes.filter_rows import filter_rows
from phantang.sql.rewriting.passes.mask_columns import mask_columns

from .twins import MASKS, all_but, answer, assets, corpus, decision, rewritten, unguarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Twins

ATTACKS, HONEST = corpus("attacks"), corpus("honest")


def test_the_twins_differ_where_something_is_hidden(dialect: str, twins: Twins) -> None:
    raw = "SELECT so_cccd, ton_giao FROM cong_dan ORDER BY 1"
    assert answer(twins[0], raw) != answer(twins[1], raw)


def test_attacks_are_refused_or_see_nothing(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    leaks = []
    for case in ATTACKS:
        sql = rewritten(case.on(dialect), dialect, allowed)
        if sql is not None and answer(twins[0], sql) != answer(twins[1], sql):
            leaks.append(f"{case}: {case.sql}")
    assert not leaks, "\n".join(leaks)


def test_honest_queries_return_what_the_original_returns(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect)
    problems = []
    for case in HONEST:
        if dialect not in case.dialects:
            continue
        original = case.on(dialect)
        expected = answer(twins[0], original)
        sql = rewritten(original, dialect, allowed)
        if expected[0] == "error" or sql is None or answer(twins[0], sql) != expected:
            got = answer(twins[0], sql) if sql is not None else "refused"
            problems.append(f"{case}: {original}\n  expected {expected}\n  got {got}\n  from {sql}")
    assert not problems, "\n".join(problems)


def test_honest_queries_see_nothing_hidden(dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    for case in HONEST:
        sql = rewritten(case.on(dialect), dialect, allowed) if dialect in case.dialects else None
        if sql is not None:
            assert answer(twins[0], sql) == answer(twins[1], sql), case.sql


def leaking(dialect: str, twins: Twins, rewrite: Callable[[str], str | None]) -> int:
    """Count the attacks that tell the twins apart under another rewriter."""
    queries = [rewrite(case.on(dialect)) for case in ATTACKS]
    return sum(sql is not None and answer(twins[0], sql) != answer(twins[1], sql) for sql in queries)


@pytest.mark.parametrize("left_out", [mask_columns, filter_rows, fence])
def test_the_corpus_notices_a_pass_left_out(left_out: Callable[..., None], dialect: str, twins: Twins) -> None:
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    assert leaking(dialect, twins, lambda sql: unguarded(sql, dialect, allowed)) == 0
    assert leaking(dialect, twins, lambda sql: unguarded(sql, dialect, allowed, all_but(left_out))) > 0


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
