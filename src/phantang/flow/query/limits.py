"""Limits that one decision cannot see, because they are about what the same subject asked before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from phantang import sql
from phantang.flow.clock import VIETNAM
from phantang.model.errors import EngineError, GuardError, Refused
from phantang.store import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from phantang.flow.query.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.store import UsageStore

#: Errors that tell of the statement, not of the moment.
_UNREADABLE = {"query_failed", "table_vanished"}


class Run(Protocol):
    """Runs one statement of ours on the query's source, within the time of a query."""

    def __call__(self, statement: str, *, bound: bool) -> pa.Table:
        """Return its rows; `bound` gives it the token key as `$1`. Raises `EngineError`."""
        ...


class LimitCheck:
    """What is counted and compared when a query is about to run; `foresee` counts nothing and keeps nothing."""

    def __init__(self, usage: UsageStore, keep_days: int, refusals_a_day: int) -> None:
        self._usage, self._keep_days, self._refusals_a_day = usage, keep_days, refusals_a_day

    def require(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run) -> None:
        """Count the query if it looks somebody up, and compare it with earlier answers if it aggregates.

        `holder` is the organisation that has the answers. Raises `Refused`: `lookup_limit`, `aggregate_difference`,
        `aggregate_refusals`, `aggregate_unchecked`, `aggregate_earlier`, `group_size_repeats`; `WorkspaceError` when
        the record of usage cannot be kept.
        """
        decision, request = explanation.decision, explanation.request
        if decision is None:
            return
        limit = decision.obligations.lookups_per_day
        if limit is not None and not self._usage.count_lookup(request.subject, today(), limit):
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        query = _statistics(explanation)
        if query is None:
            return
        _require_single(query, decision, assets, run)
        chosen = sql.selection(query, decision, assets)
        if chosen is not None:
            self._compare(holder, request.source, chosen, run)

    def foresee(self, explanation: Explanation, holder: str, assets: Sequence[Asset], run: Run) -> None:
        """Raise what `require` would raise now; of that, count only what tells of a difference between answers."""
        decision, request = explanation.decision, explanation.request
        if decision is None:
            return
        query, known = _statistics(explanation), self._usage.path.exists()
        if query is not None:
            _require_single(query, decision, assets, run)
        limit = decision.obligations.lookups_per_day
        if known and limit is not None and self._usage.lookups(request.subject, today()) >= limit:
            raise Refused("lookup_limit", subject=request.subject, limit=limit)
        chosen = sql.selection(query, decision, assets) if query is not None and known else None
        if chosen is None:
            return
        new, earlier = self._usage.earlier(holder, request.source, chosen.digest, today(), self._since())
        if new:
            self._require_apart(holder, request.source, chosen, earlier, run)

    def _compare(self, holder: str, source: str, chosen: sql.Selection, run: Run) -> None:
        """Keep what is about to be answered, unless it singles out too few people together with earlier answers.

        What was answered before is compared again on another day, with the answers of that day. The record is per
        organisation and source, whatever the purpose: the same people hold the answers.
        """
        answer = Answered(chosen.digest, chosen.to_json())
        new, missing = self._usage.earlier(holder, source, answer.digest, today(), self._since())
        while new:
            self._require_apart(holder, source, chosen, missing, run)
            missing = self._usage.confirm(holder, source, answer, today(), self._since(), missing)
            new = bool(missing)

    def _require_apart(
        self, holder: str, source: str, chosen: sql.Selection, earlier: Sequence[Answered], run: Run
    ) -> None:
        """Compare, and count a refusal: it is an answer too, that some difference is of a few people.

        After so many different ones in a day nothing more is compared, whatever it would have come to.
        """
        day, limit = today(), self._refusals_a_day
        if self._usage.refusals(holder, source, chosen.digest, day) >= limit:
            raise Refused("aggregate_refusals", limit=limit)
        try:
            before, given = (
                [sql.Selection.from_json(one.selection) for one in earlier if one.before is before]
                for before in (True, False)
            )
            require_apart(chosen, given, run, before)
        except Refused as refused:
            if refused.code == "aggregate_difference":
                self._usage.count_refusal(holder, source, chosen.digest, day)
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


def _require_single(query: sql.ResolvedQuery, decision: Decision, assets: Sequence[Asset], run: Run) -> None:
    """Refuse joins that repeat some people's rows (`group_size_repeats`)."""
    repeated = ""
    for checks in sql.repetitions(query, decision, assets):
        repeated = next((table for table, statement in checks if _rows(run, statement, bound=False).num_rows), "")
        if not repeated:
            return
    raise Refused("group_size_repeats", name=repeated)


def require_apart(
    chosen: sql.Selection, earlier: Sequence[sql.Selection], run: Run, before: Sequence[sql.Selection] = ()
) -> None:
    """Compare a selection with itself and with all earlier ones that count people of the same tables.

    What earlier ones tell already is no reason to refuse it. Those given on days `before` may tell it on the data of
    today only, on which nobody has them, so that it is compared without them as well.
    The database counts, the rest is algebra. A first answer is counted as well: what cannot be counted must not come on
    record, where it would stand in the way of every later one. Raises `Refused` `aggregate_difference`,
    `aggregate_unchecked`, or `aggregate_earlier` where it is an earlier one that cannot be counted any more.
    """
    for table in dict.fromkeys(chosen.tables):
        for new, others in sql.systems(chosen, [*earlier, *before], table):
            try:
                _require_apart(new, others, run, before)
            except EngineError as error:
                if error.code in _UNREADABLE:
                    _require_readable([new, *([one] for one in others)], run)
                raise Refused("aggregate_unchecked") from None


def _require_apart(
    new: Sequence[sql.Member], earlier: Sequence[sql.Member], run: Run, before: Sequence[sql.Selection]
) -> None:
    together = [*new, *earlier]
    size = max(one.size for one, _, _ in together)
    counted = _counted(together, run)
    if counted is None:
        raise Refused("aggregate_unchecked")
    given = [number for number, (one, _, _) in enumerate(together) if number < len(new) or one not in before]
    fewer = [counted.of(given)] if len(given) < len(together) else []
    if any(sql.refuted(one, size, range(len(new))) for one in (counted, *fewer)):
        raise Refused("aggregate_difference", size=size)


def _counted(members: Sequence[sql.Member], run: Run) -> sql.Counted | None:
    found = run(sql.memberships(members), bound=any(one.bound for one, _, _ in members))
    return sql.counted([column.to_numpy() for column in found.columns], len(members))


def _require_readable(answers: Sequence[Sequence[sql.Member]], run: Run) -> None:
    """Count each answer alone, the new one first, and name an earlier one that does not let itself be counted."""
    for number, members in enumerate(answers):
        try:
            _counted(members, run)
        except EngineError:
            if number:
                raise Refused("aggregate_earlier", digest=members[0][0].digest) from None
            return


def _rows(run: Run, statement: str, bound: bool) -> pa.Table:
    try:
        return run(statement, bound=bound)
    except EngineError:
        raise Refused("aggregate_unchecked") from None


def today() -> str:
    """Return the Vietnamese date, ISO 8601."""
    return datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
