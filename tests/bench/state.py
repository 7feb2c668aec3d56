"""What remembering costs: a lookup counted, an aggregate compared with earlier ones, a log replayed."""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from phantang.flow.policy.impact import policy_impact
from phantang.flow.workspace.demo import questions
from phantang.store import UsageStore

from .rewriting import seconds

if TYPE_CHECKING:
    from phantang import Gateway
    from phantang.store import Workspace

_LOGGED = 10_000
_EARLIER = (0, 1, 5, 20)


def counting(rounds: int) -> Table:
    """One counted lookup beside one append to a file with the same sync, on the disk of the temporary folder."""
    table = Table(title="a lookup counted", title_justify="left")
    for name in ("what", "ms", "ratio"):
        table.add_column(name, justify="left" if name == "what" else "right")
    with tempfile.TemporaryDirectory(prefix="phantang-bench-") as folder:
        store = UsageStore(Path(folder) / ".phantang" / "usage")
        file = Path(folder) / "plain"

        def append() -> None:

            with file.open("ab") as plain:
                plain.write(b"x")
                plain.flush()
                os.fdatasync(plain.fileno())

        base = seconds(append, rounds)
        counted = seconds(lambda: store.count_lookup("a", "2026-11-25", 10**9), rounds)
    table.add_row("append one byte, fdatasync", f"{1e3 * base:.2f}", "1.00")
    table.add_row("count one lookup", f"{1e3 * counted:.2f}", f"{counted / base:.2f}")
    return table


def comparing(gateway: Gateway) -> Table:
    """A new aggregate after so many different ones of the same subject, over the same query repeated."""
    table = Table(title="an aggregate compared with earlier ones of the subject", title_justify="left")
    for name in ("earlier answers", "new, ms", "repeated, ms", "ratio"):
        table.add_column(name, justify="right")
    ask: dict[str, Any] = {"subject": "vien-nghien-cuu", "purpose": "R1", "source": "dan_cu"}
    asked = 0

    def query(number: int) -> float:
        # Another text, another selection, the same people: nothing is refused.
        started = time.perf_counter()
        gateway.query(f"SELECT count(*) AS n FROM cong_dan WHERE length(ma_xa) < {100 + number}", **ask)
        return time.perf_counter() - started

    for earlier in _EARLIER:
        while asked < earlier:
            query(asked)
            asked += 1
        new = query(asked)
        asked += 1
        repeated = min(query(asked - 1) for _ in range(5))
        table.add_row(str(earlier), f"{1e3 * new:.1f}", f"{1e3 * repeated:.1f}", f"{new / repeated:.1f}")
    return table


def replaying(workspace: Workspace, gateway: Gateway) -> Table:
    """`policy impact` over a log of 10,000 decisions spread over a week, over reading that log."""
    for question in questions():
        gateway.explain(question.sql, **question.terms)
    bodies = [dict(entry.body) for entry in gateway.ledger.entries() if entry.body.get("input")]
    first, have = datetime(2026, 11, 16, tzinfo=UTC), len(list(gateway.ledger.entries()))
    for number in range(_LOGGED - have):
        body = bodies[number % len(bodies)]
        moment = (first + timedelta(seconds=60 * number)).isoformat().replace("+00:00", "Z")
        asked = {**body["input"], "context": {**body["input"]["context"], "time": moment}}
        gateway.ledger.append("explain", {**body, "input": asked}, f"bench-{number}")
    reading = seconds(lambda: sum(1 for _ in gateway.ledger.entries()), 3)
    started = time.perf_counter()
    found = policy_impact(workspace, workspace.path / "policies")
    whole = time.perf_counter() - started
    table = Table(title="policy impact over reading the log", title_justify="left")
    for name in ("decisions", "distinct", "read s", "impact s", "ratio"):
        table.add_column(name, justify="right")
    table.add_row(str(found.questions), str(found.distinct), f"{reading:.1f}", f"{whole:.1f}", f"{whole / reading:.1f}")
    return table
