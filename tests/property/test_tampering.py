"""Item by item, over the plans of both corpora and of generated queries: no tampering gets past the guard."""

from __future__ import annotations

import logging
import os
import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from phantang.model.decision import Obligations
from phantang.model.errors import GuardError, Refused
from phantang.sql import DIALECTS, guard, plan, resolve

from .grammar import generate
from .tampering import tamper, ways
from .twins import MASKS, SCHEMA, assets, corpus, decision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.model.decision import Decision
    from phantang.model.plan import Plan

#: Tamperings tried on one plan; a nightly run tries all.
EACH = 10_000 if os.environ.get("PHANTANG_NIGHTLY") == "1" else 2
RARE = 5
GENERATED = 2000 if EACH > 100 else 60
#: Kinds of tampering there are; each must have been tried.
KINDS = 48


def _plans(dialect: str, rng: random.Random) -> Iterator[tuple[Plan, Decision]]:
    catalog, schema = assets(dialect), SCHEMA[dialect]
    queries = [case.sql.replace("main.", f"{schema}.") for name in ("honest", "attacks") for case in corpus(name)]
    queries += [generate(f"giả mạo/{number}", dialect) for number in range(GENERATED)]
    for sql in queries:
        owed = rng.choice([Obligations(), Obligations(max_rows=9), Obligations(True, min_group_size=5)])
        allowed = decision(dialect, masks=MASKS, hide_rows=True, obligations=owed)
        try:
            made = plan(resolve(sql, dialect, catalog), allowed, catalog)
        except Refused:
            continue
        guard(made, allowed, catalog)
        yield made, allowed


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_tampering_gets_past_the_guard(
    dialect: str, record_property: Callable[[str, object], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, logger="sqlglot")  # it warns of the nonsense we make
    rng, catalog, schema = random.Random(20261125), assets(dialect), SCHEMA[dialect]
    tried: Counter[str] = Counter()
    passed = []
    for made, allowed in _plans(dialect, rng):
        every = ways(made, allowed, catalog, schema)
        rare = [position for position, what in enumerate(every) if tried[what] < RARE]
        for position in {*rng.sample(range(len(every)), min(EACH, len(every))), *rare[:EACH]}:
            sql = tamper(made, allowed, catalog, schema, position)
            if sql is None:
                continue
            tried[every[position]] += 1
            try:
                guard(replace(made, sql=sql), allowed, catalog)
            except GuardError:
                continue
            passed.append(f"{every[position]}\n  {made.sql}\n  {sql}")
    print(f"{dialect}: {tried.total()} tamperings of {len(tried)} kinds, {len(passed)} passed")
    record_property("tamperings", tried.total())
    assert not passed, f"{len(passed)} of {tried.total()}\n" + "\n".join(passed[:5])
    assert len(tried) >= KINDS, sorted(tried)
