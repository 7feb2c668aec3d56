"""Limits that one decision cannot see, because they are about what the same subject asked before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from phantang.model.errors import Refused

if TYPE_CHECKING:
    from phantang.flow.explanation import Explanation
    from phantang.store import UsageStore

#: Vietnam has one time zone and no summer time.
_VIETNAM = timezone(timedelta(hours=7))


class LimitCheck:
    """What is counted and compared when a query is about to run; `explain` counts nothing."""

    def __init__(self, usage: UsageStore) -> None:
        self._usage = usage

    def require(self, explanation: Explanation) -> None:
        """Count what the query uses up.

        Raises `Refused` `lookup_limit`, `WorkspaceError` when the counters cannot be kept.
        """
        decision, subject = explanation.decision, explanation.request.subject
        if decision is None:
            return
        limit = decision.obligations.lookups_per_day
        if limit is not None and not self._usage.count_lookup(subject, today(), limit):
            raise Refused("lookup_limit", subject=subject, limit=limit)


def today() -> str:
    """Return the Vietnamese date, ISO 8601."""
    return datetime.now(UTC).astimezone(_VIETNAM).date().isoformat()
