"""A limit of questions about the same person, where a yes or no could be used to guess: what a business matches.

A person is counted by a keyed digest of the identifier looked up; no identifier is kept, and no digest beyond its day.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from phantang.flow.clock import today
from phantang.flow.policy.grants import same_number
from phantang.model.decision import LookupPredicate
from phantang.model.errors import GuardError, Refused

if TYPE_CHECKING:
    from phantang.flow.query.explanation import Explanation
    from phantang.store import UsageStore


class PersonLimit:
    """What `lookups_per_person` owes: counted by `require` when a query is about to run, asked by `foresee`."""

    def __init__(self, usage: UsageStore) -> None:
        self._usage = usage

    def require(self, explanation: Explanation, holder: str, key: bytes) -> None:
        """Count the query for each person it looks up, against the limit of the organisation `holder`.

        What its subjects were told they can put together. `key` makes digests of people, the same for all of them.

        Raises `Refused` `person_limit`, `GuardError` `decision_incomplete` where nobody is looked up, and
        `WorkspaceError` when the record of usage cannot be kept.
        """
        limit, day = _limit(explanation), today()
        if limit is None:
            return
        for person in _people(explanation, key):
            if not self._usage.count_person(holder, day, person, limit):
                raise Refused("person_limit", subject=holder, limit=limit)

    def foresee(self, explanation: Explanation, holder: str, key: bytes) -> None:
        """Raise what `require` would raise now, and leave no trace in the record of usage."""
        limit, day = _limit(explanation), today()
        if limit is None or not self._usage.path.exists():
            return
        for person in _people(explanation, key):
            if self._usage.asked_about(holder, day, person) >= limit:
                raise Refused("person_limit", subject=holder, limit=limit)


def _limit(explanation: Explanation) -> int | None:
    return explanation.decision.obligations.lookups_per_person if explanation.decision else None


def _people(explanation: Explanation, key: bytes) -> set[str]:
    """Return digests of the identifiers looked up, equal whatever zeros and blanks an engine passes over."""
    decision, resolved = explanation.decision, explanation.resolved
    places = {
        (table, one.field)
        for table, predicates in (decision.rows if decision else {}).items()
        for one in predicates
        if isinstance(one, LookupPredicate)
    }
    found = resolved.query.literals_at(places) if resolved else frozenset[str]()
    if not found:
        raise GuardError("decision_incomplete", name="lookups_per_person")
    told = {same_number(text) for text in found}
    return {hmac.new(key, b"person\0" + text.encode(), hashlib.sha256).hexdigest() for text in told}
