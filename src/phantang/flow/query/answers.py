"""Running what was planned, within what the same subject asked before: limits, earlier answers, privacy budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.flow.query.limits import LimitCheck
from phantang.flow.query.noise import NoisyAnswers
from phantang.flow.query.people import PersonLimit
from phantang.model.errors import EngineError, GuardError, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from phantang.flow.query.comparison import Run
    from phantang.flow.query.explanation import Explanation
    from phantang.flow.query.noise import Noise
    from phantang.model.catalog import Asset
    from phantang.model.requesters import Organisation
    from phantang.store import UsageStore

#: Rows of counts that a comparison reads, whatever a subject may be shown; with more it is not made.
_COUNTED = 1_000_000


class Answers:
    """Answers of planned queries; exact ones are held to the limits, those that owe noise to `NoisyAnswers`."""

    def __init__(self, usage: UsageStore, keep_days: int, refusals_a_day: int) -> None:
        self._limits, self._noisy = LimitCheck(usage, keep_days, refusals_a_day), NoisyAnswers(usage)
        self._people = PersonLimit(usage)

    def answer(
        self,
        explanation: Explanation,
        holder: Organisation,
        assets: Sequence[Asset],
        secrets: Mapping[str, bytes],
        run: Callable[..., pa.Table],
        *,
        counted: bool = True,
    ) -> tuple[pa.Table, Noise | None]:
        """Return the rows and, where figures are noisy, what they cost. `assets` are the catalog's of the source.

        `holder` is the organisation that has the answers, `run` runs a statement of ours with its parameters, as
        `Engine.run` does. Not `counted` is one that was, in another spelling: its lookups were. Raises as
        `PersonLimit.require`, `LimitCheck.answer` and `NoisyAnswers.answer`.
        """
        plan, key = explanation.plan, secrets["token_key"]
        if plan is None:
            raise GuardError("decision_incomplete", name="plan")
        bound = [secrets[name] for name in plan.parameters]
        if "differential_privacy" not in explanation.obligations:
            if counted:
                self._people.require(explanation, holder.id, secrets["person_key"])
                self._limits.count_lookup(explanation)
            asking = _with_key(run, key)
            return self._limits.answer(explanation, holder.id, assets, asking, lambda: run(plan.sql, bound)), None
        return self._noisy.answer(
            explanation,
            holder.members,
            {asset.name: asset for asset in assets},
            key,
            lambda statement: run(statement, bound if statement == plan.sql else []),
        )

    def foresee(
        self,
        explanation: Explanation,
        holder: Organisation,
        assets: Sequence[Asset],
        secrets: Mapping[str, bytes],
        run: Callable[..., pa.Table],
    ) -> str | None:
        """Return the code that `answer` would be refused with now because of what was asked before; keep nothing."""
        key = secrets["token_key"]
        try:
            if "differential_privacy" in explanation.obligations:
                self._noisy.foresee(explanation, holder.members, {asset.name: asset for asset in assets}, key)
            else:
                self._people.foresee(explanation, holder.id, secrets["person_key"])
                self._limits.foresee(explanation, holder.id, assets, _with_key(run, key))
        except (Refused, EngineError) as error:
            return error.code
        return None


def _with_key(run: Callable[..., pa.Table], key: bytes) -> Run:
    return lambda statement, *, bound: run(statement, [key] if bound else [], max_rows=_COUNTED)
