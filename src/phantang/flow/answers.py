"""Running what was planned, within what the same subject asked before: limits, earlier answers, privacy budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.flow.limits import LimitCheck
from phantang.flow.noise import NoisyAnswers
from phantang.model.errors import GuardError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

    from phantang.flow.explanation import Explanation
    from phantang.flow.noise import Noise
    from phantang.model.catalog import Asset
    from phantang.store import UsageStore


class Answers:
    """Answers of planned queries; exact ones are held to `LimitCheck`, those that owe noise to `NoisyAnswers`."""

    def __init__(self, usage: UsageStore) -> None:
        self._limits, self._noisy = LimitCheck(usage), NoisyAnswers(usage)

    def answer(
        self,
        explanation: Explanation,
        assets: Sequence[Asset],
        secrets: Mapping[str, bytes],
        run: Callable[[str, list[bytes]], pa.Table],
    ) -> tuple[pa.Table, Noise | None]:
        """Return the rows and, where counts are noisy, what they cost. `assets` are the catalog's of the source.

        `run` runs a statement of ours with its parameters. Raises as `LimitCheck.require` and `NoisyAnswers.answer`.
        """
        plan, key = explanation.plan, secrets["token_key"]
        if plan is None:
            raise GuardError("decision_incomplete", name="plan")
        bound = [secrets[name] for name in plan.parameters]
        if "differential_privacy" not in explanation.obligations:
            self._limits.require(
                explanation, assets, lambda statement, *, bound: run(statement, [key] if bound else [])
            )
            return run(plan.sql, bound), None
        return self._noisy.answer(
            explanation,
            {asset.name: asset for asset in assets},
            key,
            lambda statement: run(statement, bound if statement == plan.sql else []),
        )
