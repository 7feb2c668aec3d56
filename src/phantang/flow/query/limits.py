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
    from phantang.store import UsageStore

#: Refusals that tell of the data, beside `aggregate_earlier`, which tells of an earlier answer.
_COUNTED = {"aggregate_difference", "aggregate_unchecked", "group_size_repeats"}


class LimitCheck:
    """What is counted and compared when a query is about to run; `foresee` counts nothing and keeps nothing."""

    def __init__(self, usage: UsageStore, keep_days: int, refusals_a_day: int) -> None:
        self._usage, self._answers = usage, usage.answers
        self._keep_days, self._refusals_a_day = keep_days, refusals_a_day

    def require(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run) -> None:
        """Count the query if it looks somebody up, and compare it with earlier answers if it aggregates.

        `holder` is the organisation that has the answers. Raises `Refused`: `lookup_limit`, `aggregate_difference`,
        `aggregate_refusals`, `aggregate_unchecked`, `aggregate_uncountable`, `aggregate_earlier`, `group_size_repeats`;
        `EngineError` where the source cannot be asked; `WorkspaceError` when the record of usage cannot be kept.
        """
        decision, request = explanation.decision, explanation.request
        limit = decision.obligations.lookups_per_day if decision is not None else None
        if limit is not None and not self._usage.count_lookup(request.subject, today(), limit):
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        self._compare(explanation, holder, assets, run, keep=True)

    def foresee(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run) -> None:
        """Raise what `require` would raise now; of that, count only what tells of the data."""
        decision, request = explanation.decision, explanation.request
        limit = decision.obligations.lookups_per_day if decision is not None else None
        if limit is not None and self._usage.lookups(request.subject, today()) >= limit:
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        self._compare(explanation, holder, assets, run, keep=False)

    def _compare(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run, *, keep: bool) -> None:
        """Refuse what singles out too few people together with earlier answers; else note it, where it is to `keep`.

        What was answered before is compared again on another day, with the answers of that day. The record is per
        organisation and source, whatever the purpose: the same people hold the answers.
        """
        decision, query, source = explanation.decision, _statistics(explanation), explanation.request.source
        chosen = sql.selection(query, decision, assets) if query is not None and decision is not None else None
        if query is None or decision is None or chosen is None:
            return
        answer = Answered(chosen.digest, chosen.to_json())
        new, missing = self._answers.earlier(holder, source, answer.digest, today(), self._since())
        self._require_left(holder, source, answer.digest, new=new)
        roots = sql.repetitions(query, decision, assets)
        with self._counting_refusals(holder, source, answer.digest):
            require_single(roots, run)
            while new:
                before, given = (
                    [sql.Selection.from_json(one.selection, one.digest) for one in missing if one.before is before]
                    for before in (True, False)
                )
                require_apart(chosen, given, run, before)
                if not keep:
                    return
                missing = self._answers.confirm(holder, source, answer, today(), self._since(), missing)
                new = bool(missing)

    def run(self, explanation: Explanation, holder: str, statement: str, run: Callable[[], pa.Table]) -> pa.Table:
        """Return what `run` does with the planned `statement`; count an error of a statistic like a refusal.

        That it failed is an answer too. Raises `EngineError`; `Refused` `aggregate_refusals` after so many different
        ones of a day, since how a statistic is worked out is no part of what was compared.
        """
        if _statistics(explanation) is None:
            return run()
        source, digest = explanation.request.source, hashlib.sha256(statement.encode()).hexdigest()
        if self._answers.failures(holder, source, digest, today()) >= self._refusals_a_day:
            raise Refused("aggregate_refusals", limit=self._refusals_a_day)
        try:
            return run()
        except EngineError as error:
            if tells(error):
                self._answers.count_failure(holder, source, digest, today())
            raise

    def _require_left(self, holder: str, source: str, digest: str, *, new: bool) -> None:
        """Refuse what is to be compared after so many different refusals in a day, whatever it would have come to."""
        if new and self._answers.refusals(holder, source, digest, today()) >= self._refusals_a_day:
            raise Refused("aggregate_refusals", limit=self._refusals_a_day)

    @contextmanager
    def _counting_refusals(self, holder: str, source: str, digest: str) -> Iterator[None]:
        """Count a refusal: it is an answer too, as that some difference is of a few people, or that a row fails.

        Each question counts once a day. Where an earlier answer is what fails, that one is counted: it fails whatever
        is asked, and is one answer.
        """
        try:
            yield
        except Refused as refused:
            if refused.code in _COUNTED:
                self._answers.count_refusal(holder, source, digest, today())
            elif refused.code == "aggregate_earlier":
                self._answers.count_refusal(holder, source, str(refused.params["digest"]), today())
            raise

    def _since(self) -> str:
        """Return the first day whose answers still count."""
        return (date.fromisoformat(today()) - timedelta(days=self._keep_days)).isoformat()


def _statistics(explanation: Explanation) -> sql.ResolvedQuery | None:
    decision, resolved = explanation.decision, explanation.resolved
    if decision is None or decision.obligations.min_group_size is None:
        return None
    if resolved is None:
        raise GuardError("decision_incomplete", name="query")
    return resolved.query
