"""Limits that one decision cannot see, because they are about what the same subject asked before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol

from phantang import sql
from phantang.model.errors import EngineError, Refused
from phantang.store import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from phantang.flow.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.model.request import Request
    from phantang.store import UsageStore

#: Vietnam has one time zone and no summer time.
_VIETNAM = timezone(timedelta(hours=7))


class Run(Protocol):
    """Runs one statement of ours on the query's source, within the time of a query."""

    def __call__(self, statement: str, *, bound: bool) -> pa.Table:
        """Return its rows; `bound` gives it the token key as `$1`. Raises `EngineError`."""
        ...


class LimitCheck:
    """What is counted and compared when a query is about to run; `explain` counts nothing."""

    def __init__(self, usage: UsageStore) -> None:
        self._usage = usage

    def require(self, explanation: Explanation, assets: Sequence[Asset], run: Run) -> None:
        """Count the query if it looks somebody up, and compare it with earlier answers if it aggregates.

        Raises `Refused`: `lookup_limit`, `aggregate_difference`, `aggregate_unchecked`; `WorkspaceError` when the
        record of usage cannot be kept.
        """
        decision, request = explanation.decision, explanation.request
        if decision is None:
            return
        limit = decision.obligations.lookups_per_day
        if limit is not None and not self._usage.count_lookup(request.subject, today(), limit):
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        if decision.obligations.min_group_size is not None:
            query = sql.resolve(request.sql, request.dialect, assets)
            chosen = sql.selection(query, decision, assets)
            if chosen is not None:
                self._compare(request, chosen, run)

    def _compare(self, request: Request, chosen: sql.Selection, run: Run) -> None:
        """Keep what is about to be answered, unless an earlier answer minus it, or it minus one, is too few people.

        The record is per subject and source, whatever the purpose: the same person holds the answers.
        """
        answer = Answered(chosen.digest, chosen.to_json())
        new, earlier = self._usage.remember(request.subject, request.source, answer)
        if not new:
            return
        try:
            _require_apart(chosen, chosen, run)
            for one in earlier:
                _require_apart(sql.Selection.from_json(one.selection), chosen, run)
            self._usage.confirm(request.subject, request.source, answer)
        except BaseException:
            self._usage.forget(request.subject, request.source, answer.digest)
            raise


def _require_apart(before: sql.Selection, chosen: sql.Selection, run: Run) -> None:
    for statement in sql.comparisons(before, chosen):
        try:
            table = run(statement, bound=before.bound or chosen.bound)
        except EngineError:
            raise Refused("aggregate_unchecked") from None
        [row] = table.to_pylist()
        if sql.refutes(tuple(row.values())):
            raise Refused("aggregate_difference", size=max(before.size, chosen.size))


def today() -> str:
    """Return the Vietnamese date, ISO 8601."""
    return datetime.now(UTC).astimezone(_VIETNAM).date().isoformat()
