"""Limits that one decision cannot see, because they are about what the same subject asked before."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from phantang import sql
from phantang.flow.clock import VIETNAM
from phantang.model.errors import EngineError, GuardError, PhantangError, Refused
from phantang.store import Answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

    from phantang.flow.query.explanation import Explanation
    from phantang.model.catalog import Asset
    from phantang.store import UsageStore

#: Errors that tell of the statement, not of the moment.
_UNREADABLE = {"query_failed", "table_vanished"}
#: Errors that may tell of the data. That the source cannot be asked tells nothing of anybody.
_TELLING = {"query_failed", "query_timeout", "query_resources"}
#: Classes of errors that a statement has before it reads a row: 42 it makes no sense, 0A it is not supported.
_OF_STATEMENTS = {"42000", "0A000"}
#: Refusals that tell of the data, beside `aggregate_earlier`, which tells of an earlier answer.
_COUNTED = {"aggregate_difference", "aggregate_unchecked", "group_size_repeats"}


class Run(Protocol):
    """Runs one statement of ours on the query's source, within the time of a query."""

    def __call__(self, statement: str, *, bound: bool) -> pa.Table:
        """Return its rows; `bound` gives it the token key as `$1`. Raises `EngineError`."""
        ...


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
            _require_single(roots, run)
            while new:
                before, given = (
                    [sql.Selection.from_json(one.selection) for one in missing if one.before is before]
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
            if _tells(error):
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


def _require_single(roots: Sequence[Sequence[tuple[str, str]]], run: Run) -> None:
    """Refuse joins that repeat some people's rows (`group_size_repeats`): `roots` are those of `sql.repetitions`."""
    repeated = ""
    for checks in roots:
        try:
            repeated = next((table for table, statement in checks if run(statement, bound=False).num_rows), "")
        except EngineError as error:
            raise _unchecked(error) from None
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
    `aggregate_unchecked`, `aggregate_uncountable` where its rows cannot be told apart, `aggregate_earlier` where it is
    an earlier one that cannot be counted any more; `EngineError` where the source cannot be asked.
    """
    for table in dict.fromkeys(chosen.tables):
        for new, others in sql.systems(chosen, [*earlier, *before], table):
            if not new:
                continue
            try:
                _require_apart(new, others, run, before)
            except EngineError as error:
                if error.code in _UNREADABLE:
                    _require_readable([new, *([one] for one in others)], run)
                raise _unchecked(error) from None


def _require_apart(
    new: Sequence[sql.Member], earlier: Sequence[sql.Member], run: Run, before: Sequence[sql.Selection]
) -> None:
    together = [*new, *earlier]
    size = max(one.selection.size for one in together)
    counted = _counted(together, run)
    if counted is None:
        raise Refused("aggregate_unchecked")
    given = [number for number, one in enumerate(together) if number < len(new) or one.selection not in before]
    fewer = [counted.of(given)] if len(given) < len(together) else []
    if any(sql.refuted(one, size, range(len(new))) for one in (counted, *fewer)):
        raise Refused("aggregate_difference", size=size)


def _counted(members: Sequence[sql.Member], run: Run) -> sql.Counted | None:
    found = run(sql.memberships(members), bound=any(one.selection.bound for one in members))
    return sql.counted([column.to_numpy() for column in found.columns], len(members))


def _require_readable(answers: Sequence[Sequence[sql.Member]], run: Run) -> None:
    """Count each answer alone, the new one first, and name an earlier one that does not let itself be counted."""
    for number, members in enumerate(answers):
        try:
            _counted(members, run)
        except EngineError as error:
            if number and error.code in _UNREADABLE:
                raise Refused("aggregate_earlier", digest=members[0].selection.digest) from None
            return


def _tells(error: EngineError) -> bool:
    """Tell whether an error may depend on the rows that were read."""
    return error.code in _TELLING and error.params.get("state") not in _OF_STATEMENTS


def _unchecked(error: EngineError) -> PhantangError:
    """Return what an error of a comparison is refused with; that the source cannot be asked stays what it is."""
    if _tells(error):
        return Refused("aggregate_unchecked")
    return Refused("aggregate_uncountable") if error.code in _UNREADABLE else error


def today() -> str:
    """Return the Vietnamese date, ISO 8601."""
    return datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
