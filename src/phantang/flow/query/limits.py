"""Limits that one decision cannot see, because they are about what the same subject asked before."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING

from phantang import sql
from phantang.flow.clock import today
from phantang.flow.query.comparison import require_apart, require_single, tells
from phantang.model.errors import EngineError, GuardError, Refused
from phantang.store import Answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from phantang.flow.query.comparison import Run
    from phantang.flow.query.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.store import Place, Standing, UsageStore

#: Refusals that tell of the data, beside `aggregate_earlier`, which tells of an earlier answer.
_COUNTED = {"aggregate_difference", "aggregate_unchecked", "group_size_repeats"}


class LimitCheck:
    """What is counted and compared when a query is about to run; `foresee` counts nothing and keeps nothing."""

    def __init__(self, usage: UsageStore, keep_days: int, refusals_a_day: int) -> None:
        self._usage, self._answers = usage, usage.answers
        self._keep_days, self._refusals_a_day = keep_days, refusals_a_day

    def answer(
        self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run, rows: Callable[[], pa.Table]
    ) -> pa.Table:
        """Return `rows()`, which runs the plan, once the query is compared as far as it has to be.

        It is compared with earlier answers if it aggregates; `holder` is the organisation that has these. What is
        compared on one day and read on the next is compared and read again, since later answers of that day are
        compared with those of that day. Raises `Refused`: `aggregate_difference`, `aggregate_refusals`,
        `aggregate_unchecked`, `aggregate_uncountable`, `aggregate_earlier`, `group_size_repeats`; `EngineError`;
        `WorkspaceError` when the record of usage cannot be kept.
        """
        if _statistics(explanation) is None:
            return rows()
        while True:
            day = today()
            standing = self._compare(explanation, holder, assets, run, day, keep=True)
            table = self._read(explanation, holder, standing, day, rows)
            if today() == day:
                return table

    def count_lookup(self, explanation: Explanation) -> None:
        """Count a query that looks somebody up. Raises `Refused` `lookup_limit`."""
        decision, request = explanation.decision, explanation.request
        limit = decision.obligations.lookups_per_day if decision is not None else None
        if limit is not None and not self._usage.count_lookup(request.subject, today(), limit):
            raise Refused("lookup_limit", subject=request.subject, limit=limit)

    def foresee(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run) -> None:
        """Raise what `answer` would raise now before it reads; of that, count only what tells of the data."""
        decision, request = explanation.decision, explanation.request
        limit = decision.obligations.lookups_per_day if decision is not None else None
        if limit is not None and self._usage.lookups(request.subject, today()) >= limit:
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        if _statistics(explanation) is not None:
            self._compare(explanation, holder, assets, run, today(), keep=False)

    def _compare(
        self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run, day: str, *, keep: bool
    ) -> Standing:
        """Refuse what singles out too few people together with earlier answers; else note it, where it is to `keep`.

        What was answered before is compared again on another day, with the answers of that day. The record is per
        organisation and source, whatever the purpose: the same people hold the answers.
        """
        decision, query, source = explanation.decision, _statistics(explanation), explanation.request.source
        chosen = sql.selection(query, decision, assets) if query is not None and decision is not None else None
        answer = Answered("", "") if chosen is None else Answered(chosen.digest, chosen.to_json())
        place, since = (holder, source, answer.digest), self._since(day)
        standing = self._answers.standing(place, _digest(explanation), day, since)
        if query is None or decision is None or chosen is None:
            return standing
        if standing.new and standing.refusals + standing.failures >= self._refusals_a_day:
            raise Refused("aggregate_refusals", limit=self._refusals_a_day)
        roots, new, missing = sql.repetitions(query, decision, assets), standing.new, standing.others
        with self._counting_refusals(place, day):
            require_single(roots, run)
            while new:
                before, given = (
                    [sql.Selection.from_json(one.selection, one.digest) for one in missing if one.before is before]
                    for before in (True, False)
                )
                require_apart(chosen, given, run, before)
                if not keep:
                    break
                missing = self._answers.confirm(holder, source, answer, day, since, missing)
                new = bool(missing)
        return standing

    def _read(
        self, explanation: Explanation, holder: str, standing: Standing, day: str, rows: Callable[[], pa.Table]
    ) -> pa.Table:
        """Return `rows()`; count an error of a statistic like a refusal: that it failed is an answer too.

        Raises `EngineError`; `Refused` `aggregate_refusals` after so many different ones of a day, since how a
        statistic is worked out is no part of what was compared.
        """
        if standing.failures >= self._refusals_a_day:
            raise Refused("aggregate_refusals", limit=self._refusals_a_day)
        try:
            return rows()
        except EngineError as error:
            if tells(error):
                self._answers.count_failure(holder, explanation.request.source, _digest(explanation), day)
            raise

    @contextmanager
    def _counting_refusals(self, place: Place, day: str) -> Iterator[None]:
        """Count a refusal: it is an answer too, as that some difference is of a few people, or that a row fails.

        Each question counts once a day. Where an earlier answer is what fails, that one is counted: it fails whatever
        is asked, and is one answer.
        """
        try:
            yield
        except Refused as refused:
            if refused.code in _COUNTED:
                self._answers.count_refusal(*place, day)
            elif refused.code == "aggregate_earlier":
                self._answers.count_refusal(*place[:2], str(refused.params["digest"]), day)
            raise

    def _since(self, day: str) -> str:
        """Return the first day whose answers still count on `day`."""
        return (date.fromisoformat(day) - timedelta(days=self._keep_days)).isoformat()


def _digest(explanation: Explanation) -> str:
    """Return a digest of the planned statement."""
    if explanation.plan is None:
        raise GuardError("decision_incomplete", name="plan")
    return hashlib.sha256(explanation.plan.sql.encode()).hexdigest()


def _statistics(explanation: Explanation) -> sql.ResolvedQuery | None:
    decision, resolved = explanation.decision, explanation.resolved
    if decision is None or decision.obligations.min_group_size is None:
        return None
    if resolved is None:
        raise GuardError("decision_incomplete", name="query")
    return resolved.query
