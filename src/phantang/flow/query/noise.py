"""Noisy statistics: spend the budget, run, add noise, and let only that out (docs/adr/0010)."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from phantang import catalog, sql
from phantang.model.errors import GuardError, Refused
from phantang.model.noise import KeyList
from phantang.store import Spender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.flow.query.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.model.decision import Privacy
    from phantang.model.names import TableName
    from phantang.model.noise import Keys, Measure, NoisePlan
    from phantang.model.plan import Plan
    from phantang.store import UsageStore

#: The chance that a group which only one person makes large enough is shown.
DELTA = 1e-6
_LARGEST = 2**62


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
        members: tuple[str, ...],
        assets: Mapping[TableName, Asset],
        key: bytes,
        run: Callable[[str], pa.Table],
    ) -> tuple[pa.Table, Noise]:
        """Return the noisy answer of an allowed query that owes `differential_privacy`.

        `members` have the budget in common; `run` runs one statement of ours; `key` makes the digest of the question,
        literals and all, unreadable. Raises `Refused`: `dp_unavailable`, `dp_budget`, `dp_unsupported` where a person
        turns out to have several rows; `EngineError`; `WorkspaceError` when the record of usage cannot be kept. What
        was spent stays spent.
        """
        question = _question(explanation, members, key)
        plan, privacy, who, digest = question.plan, question.privacy, question.who, question.digest
        noise_plan = _listed(question.noise, assets, lambda asset, name: run(sql.listed(asset, name, plan.dialect)))
        draws = draws_of(noise_plan, privacy.epsilon)
        spent = self._usage.spend(who, digest, thousandths(privacy.epsilon, up=True), thousandths(privacy.budget))
        noise = Noise(privacy.epsilon, DELTA, spent.remaining / 1000)
        if not spent.granted:
            raise Refused(
                "dp_budget", subject=who.subject, table=who.dataset, remaining=noise.remaining, epsilon=noise.epsilon
            )
        kept = spent.answer
        if kept is None:
            asset = assets[question.table]
            keyed = asset.contributions is None and sql.one_row_each(asset)
            if keyed and run(sql.repeated_people(asset, plan.dialect)).num_rows:
                raise Refused("dp_unsupported", name=str(asset.privacy_unit))
            least = threshold(noise_plan, privacy.epsilon, question.size)
            kept = self._usage.keep_noisy(who, digest, _packed(noised(run(plan.sql), noise_plan, draws, least)))
        return pa.ipc.open_stream(kept).read_all(), noise

    def foresee(
        self, explanation: Explanation, members: tuple[str, ...], assets: Mapping[TableName, Asset], key: bytes
    ) -> None:
        """Raise `Refused` `dp_budget` or `dp_keys` if `answer` would now; spend and read nothing."""
        question, path = _question(explanation, members, key), self._usage.path
        for wanted in question.noise.lists:
            _code_list(wanted, assets)
        need, budget = thousandths(question.privacy.epsilon, up=True), thousandths(question.privacy.budget)
        spent = self._usage.remaining(question.who, question.digest, need, budget) if path.exists() else None
        if spent is not None and not spent.granted:
            raise Refused(
                "dp_budget",
                subject=question.who.subject,
                table=question.who.dataset,
                remaining=spent.remaining / 1000,
                epsilon=question.privacy.epsilon,
            )


@dataclass(frozen=True, slots=True)
class _Question:
    plan: Plan
    noise: NoisePlan
    privacy: Privacy
    size: int
    table: TableName
    who: Spender
    digest: str


def _question(explanation: Explanation, members: tuple[str, ...], key: bytes) -> _Question:
    plan, decision, footprint, request = (
        explanation.plan, explanation.decision, explanation.footprint, explanation.request
    )  # fmt: skip
    owed = decision.obligations if decision else None
    if not (plan and plan.noise and owed and owed.differential_privacy and owed.min_group_size and footprint) or (
        len(footprint.tables) != 1
    ):
        raise GuardError("guard_failed", name="differential privacy")
    privacy, [used] = owed.differential_privacy, footprint.tables
    said = json.dumps([explanation.catalog_revision, plan.sql, plan.dialect, privacy.epsilon])
    digest = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
    who = Spender(request.subject, request.purpose, str(used.table), members)
    return _Question(plan, plan.noise, privacy, owed.min_group_size, used.table, who, digest)


def _listed(plan: NoisePlan, assets: Mapping[TableName, Asset], read: Callable[[Asset, str], pa.Table]) -> NoisePlan:
    """Return the plan with the keys that its code lists hold now. Raises `Refused` `dp_keys` for an unusable one."""
    keys: list[tuple[int, Keys]] = []
    for place, wanted in plan.keys:
        values: Keys = wanted
        if isinstance(wanted, KeyList):
            asset = _code_list(wanted, assets)
            values = tuple(str(one) for one in read(asset, wanted.column).column(0).to_pylist() if one is not None)
        keys.append((place, values))
    return replace(plan, keys=tuple(keys))


def _code_list(wanted: KeyList, assets: Mapping[TableName, Asset]) -> Asset:
    asset = catalog.code_list(wanted, assets.values())
    if asset is None:
        raise Refused("dp_keys", name=str(wanted))
    return asset


def thousandths(amount: float, *, up: bool = False) -> int:
    """Return an amount of budget in whole thousandths: what is spent rounded up, what is had rounded down."""
    return math.ceil(amount * 1000 - 1e-6) if up else math.floor(amount * 1000 + 1e-6)


def scale_of(reach: int, measures: int, epsilon: float) -> float:
    """Return the scale of noise on a measure that one person moves by `reach` and that gets its share of `epsilon`."""
    return reach * measures / epsilon


def threshold(plan: NoisePlan, epsilon: float, size: int) -> int:
    """Return the least noisy count that is shown of groups of at least `size` people.

    A group of exactly `size` is missing from the data without one of them. With discrete Laplace noise X of scale b,
    P(X >= t) = a^t / (1 + a) where a = exp(-1/b); `t` is chosen so that for all the groups one person can complete,
    which are as many as he moves the counts of people by, it is at most `DELTA` together.
    """
    reach = next(one.reach for one in plan.measures if one.place == plan.people)
    scale = scale_of(reach, len(plan.measures), epsilon)
    return size + max(math.ceil(math.log(reach / (DELTA * (1 + math.exp(-1 / scale)))) * scale), 0)


def draws_of(plan: NoisePlan, epsilon: float) -> dict[int, Callable[[int], int]]:
    """Return OpenDP's discrete Laplace mechanism for each measure, by its place; all of them together spend `epsilon`.

    Raises `Refused` `dp_unavailable` without OpenDP, or if it does not confirm a measure's share.
    """
    try:
        import opendp.prelude as dp
    except (ImportError, OSError):
        raise Refused("dp_unavailable") from None
    dp.enable_features("contrib")
    space: Any = (dp.atom_domain(T="i64"), dp.absolute_distance(T="i64"))
    share = epsilon / len(plan.measures)
    draws: dict[int, Callable[[int], int]] = {}
    for one in plan.measures:
        # A little wider than the share asks for: OpenDP rounds what it promises up.
        mechanism = dp.m.make_laplace(*space, scale=scale_of(one.reach, len(plan.measures), epsilon) * (1 + 1e-9))
        if one.reach < 1 or mechanism.map(one.reach) > share:
            raise Refused("dp_unavailable")
        draws[one.place] = partial(_drawn, mechanism)
    return draws


def _drawn(mechanism: Any, value: int) -> int:
    # A sum beyond the mechanism's integers is moved to their edge, which brings no two databases further apart.
    return int(mechanism(max(min(value, _LARGEST), -_LARGEST)))


def noised(table: pa.Table, plan: NoisePlan, draws: Mapping[int, Callable[[int], int]], least: int) -> pa.Table:
    """Return what may leave of `table`: noisy figures of groups with at least `least` noisy people, by their keys.

    Only here are values of the result looked at, and each measure once, to draw its noise; a sum over nothing is 0.
    """
    exact = [table.column(number).to_pylist() for number in range(table.num_columns)]
    noisy = {place: [draws[place](int(value or 0)) for value in exact[place]] for place in sorted(draws)}
    public = {place: {*values, None} if isinstance(values, tuple) else {None} for place, values in plan.keys}
    rows = [
        row
        for row, count in enumerate(noisy[plan.people])
        if count >= least
        and all(exact[place][row] is None or str(exact[place][row]) in public[place] for place in public)
    ]
    others = [exact[place] for place in range(plan.shown) if place not in noisy]
    rows.sort(key=lambda row: [(column[row] is not None, str(column[row])) for column in others])
    measures = {one.place: one for one in plan.measures}
    columns = [
        _figures(measures[place], noisy) if place in measures else table.column(place) for place in range(plan.shown)
    ]
    shown = pa.table(columns, names=table.column_names[: plan.shown])
    return shown.take(pa.array(rows, pa.int64()))


def _figures(measure: Measure, noisy: Mapping[int, list[int]]) -> pa.Array:
    """Return a noisy measure in the unit of its column: counts and whole sums as integers, the rest as doubles."""
    values, bounds = noisy[measure.place], measure.bounds
    if bounds is None:
        return pa.array(values, pa.int64())
    if measure.beside is not None:
        means = [
            None if count < 1 else min(max(value * bounds.step / count, bounds.low), bounds.high)
            for value, count in zip(values, noisy[measure.beside], strict=True)
        ]
        return pa.array(means, pa.float64())
    if bounds.step == 1:
        return pa.array(values, pa.int64())
    return pa.array([value * bounds.step for value in values], pa.float64())


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
