"""Noisy counts: spend the budget, run, add noise, and let only that out (docs/adr/0010)."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from phantang import sql
from phantang.model.errors import GuardError, Refused
from phantang.store import Spender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.flow.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.model.names import TableName
    from phantang.store import UsageStore

#: The chance that a group which only one person makes large enough is shown.
DELTA = 1e-6


@dataclass(frozen=True, slots=True)
class Noise:
    """What an answer cost: `epsilon` (a repeated one cost nothing more), and what remains of the budget."""

    epsilon: float
    delta: float
    remaining: float

    def to_json(self) -> dict[str, float]:
        """Return `{epsilon, delta, remaining}`."""
        return {"epsilon": self.epsilon, "delta": self.delta, "remaining": self.remaining}


class NoisyAnswers:
    """Answers under differential privacy, one draw of noise a question."""

    def __init__(self, usage: UsageStore) -> None:
        self._usage = usage

    def answer(
        self,
        explanation: Explanation,
        assets: Mapping[TableName, Asset],
        key: bytes,
        run: Callable[[str], pa.Table],
    ) -> tuple[pa.Table, Noise]:
        """Return the noisy answer of an allowed query that owes `differential_privacy`.

        `run` runs one statement of ours; `key` makes the digest of the question, literals and all, unreadable.
        Raises `Refused`: `dp_unavailable`, `dp_budget`, `dp_unsupported` where a person turns out to have several
        rows; `EngineError`; `WorkspaceError` when the record of usage cannot be kept. What was spent stays spent.
        """
        plan, decision, footprint, request = (
            explanation.plan, explanation.decision, explanation.footprint, explanation.request
        )  # fmt: skip
        owed = decision.obligations if decision else None
        if not (plan and owed and owed.differential_privacy and owed.min_group_size and footprint) or (
            plan.noised is None or len(footprint.tables) != 1
        ):
            raise GuardError("guard_failed", name="differential privacy")
        privacy, [used] = owed.differential_privacy, footprint.tables
        draw = noise_of(privacy.epsilon)
        who = Spender(request.subject, request.purpose, str(used.table))
        said = json.dumps([explanation.catalog_revision, plan.sql, plan.dialect, privacy.epsilon])
        digest = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
        spent = self._usage.spend(who, digest, thousandths(privacy.epsilon, up=True), thousandths(privacy.budget))
        noise = Noise(privacy.epsilon, DELTA, spent.remaining / 1000)
        if not spent.granted:
            raise Refused(
                "dp_budget", subject=who.subject, table=who.dataset, remaining=noise.remaining, epsilon=noise.epsilon
            )
        kept = spent.answer
        if kept is None:
            asset = assets[used.table]
            if sql.one_row_each(asset) and run(sql.repeated_people(asset, plan.dialect)).num_rows:
                raise Refused("dp_unsupported", name=str(asset.privacy_unit))
            least = threshold(privacy.epsilon, owed.min_group_size)
            kept = self._usage.keep_noisy(who, digest, _packed(noised(run(plan.sql), plan.noised, draw, least)))
        return pa.ipc.open_stream(kept).read_all(), noise


def thousandths(amount: float, *, up: bool = False) -> int:
    """Return an amount of budget in whole thousandths: what is spent rounded up, what is had rounded down."""
    return math.ceil(amount * 1000 - 1e-6) if up else math.floor(amount * 1000 + 1e-6)


def threshold(epsilon: float, size: int) -> int:
    """Return the least noisy count that is shown of groups of at least `size` people.

    A group of exactly `size` is missing from the data without one of them. With discrete Laplace noise X of scale
    1/epsilon, P(X >= t) = a^t / (1 + a) where a = exp(-epsilon); `t` is chosen so that it is at most `DELTA`.
    """
    return size + max(math.ceil(math.log(1 / (DELTA * (1 + math.exp(-epsilon)))) / epsilon), 0)


def noise_of(epsilon: float) -> Callable[[int], int]:
    """Return OpenDP's discrete Laplace mechanism for a count that one person changes by one.

    Raises `Refused` `dp_unavailable` without OpenDP, or if it does not confirm `epsilon`.
    """
    try:
        import opendp.prelude as dp
    except (ImportError, OSError):
        raise Refused("dp_unavailable") from None
    dp.enable_features("contrib")
    space: Any = (dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"))
    # A little wider than 1/epsilon: OpenDP rounds what it promises up.
    mechanism = dp.m.make_laplace(*space, scale=1 / epsilon * (1 + 1e-9))
    if mechanism.map(1) > epsilon:
        raise Refused("dp_unavailable")
    return lambda count: int(mechanism(count))


def noised(table: pa.Table, place: int, draw: Callable[[int], int], least: int) -> pa.Table:
    """Return `table` with noise on column `place`, without rows below `least`, in the order of the other columns."""
    counts = [draw(count) for count in table.column(place).to_pylist()]
    others = [table.column(number).to_pylist() for number in range(table.num_columns) if number != place]
    kept = [row for row, count in enumerate(counts) if count >= least]
    kept.sort(key=lambda row: [(column[row] is not None, str(column[row])) for column in others])
    fresh = table.set_column(place, table.field(place).name, pa.array(counts, pa.int64()))
    return fresh.take(pa.array(kept, pa.int64()))


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
