"""The plan cache: what resolving, planning and guarding gave, kept for the same question under the same decision.

Only pure results are kept. A resolved query depends on its text, dialect, source and catalog; a guarded plan on that
and on everything in the decision but its reasons. All of these are in the keys, so neither subject nor purpose needs to
be: whoever gets an equal decision gets an equal plan. The decision itself is never kept; policy is asked every time.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate
from phantang.sql.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision, Predicate
    from phantang.model.plan import Plan
    from phantang.sql.resolve import ResolvedQuery

#: Statements kept, and how many characters of SQL they may have together (a tree takes about 100 bytes a character).
MAX_STATEMENTS = 512
MAX_CHARACTERS = 500_000
#: Plans kept for one statement, one for every decision seen lately.
MAX_PLANS = 16


@dataclass(slots=True)
class CachedQuery:
    """A resolved query and its guarded plans by decision; safe to share between threads."""

    query: ResolvedQuery
    _plans: OrderedDict[str, Plan] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, decision: Decision) -> Plan | None:
        """Return the guarded plan kept for an equal decision, if there is one."""
        wanted = decision_key(decision)
        with self._lock:
            found = self._plans.get(wanted)
            if found is not None:
                self._plans.move_to_end(wanted)
            return found

    def keep(self, decision: Decision, plan: Plan) -> None:
        """Keep a plan that the guard has passed under `decision`."""
        wanted = decision_key(decision)
        with self._lock:
            self._plans[wanted] = plan
            while len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)


class QueryCache:
    """The least recently used statements go first. Refusals are not kept; safe to share between threads."""

    def __init__(self, statements: int = MAX_STATEMENTS, characters: int = MAX_CHARACTERS) -> None:
        self._statements, self._characters = statements, characters
        self._kept: OrderedDict[tuple[str, str, str, str], CachedQuery] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def resolve(self, sql: str, dialect: str, assets: Sequence[Asset], revision: str) -> CachedQuery:
        """Return `sql` resolved against the assets of one source; `revision` is the digest of their catalog.

        Raises `Refused` as `phantang.sql.resolve` does.
        """
        wanted = (sql, dialect, assets[0].name.source if assets else "", revision)
        with self._lock:
            found = self._kept.get(wanted)
            if found is not None:
                self._kept.move_to_end(wanted)
                return found
        made = CachedQuery(resolve(sql, dialect, assets))  # outside the lock: two threads may both do the work
        if len(sql) > self._characters:
            return made
        with self._lock:
            if wanted in self._kept:
                return self._kept[wanted]
            self._kept[wanted] = made
            self._size += len(sql)
            while len(self._kept) > self._statements or self._size > self._characters:
                (text, *_), _ = self._kept.popitem(last=False)
                self._size -= len(text)
        return made


def decision_key(decision: Decision) -> str:
    """Return the canonical JSON of all of a decision that a plan depends on; `1`, `1.0` and `true` stay different."""
    owed = decision.obligations
    return json.dumps(
        [
            decision.allow,
            decision.revision,
            {
                table: {name: [one.effect, one.mask, dict(one.params)] for name, one in columns.items()}
                for table, columns in decision.columns.items()
            },
            {table: [_predicate(one) for one in predicates] for table, predicates in decision.rows.items()},
            [owed.aggregate_only, owed.min_group_size, owed.max_rows],
        ],
        sort_keys=True,
    )


def _predicate(predicate: Predicate) -> list[Any]:
    match predicate:
        case FieldPredicate(name, operator, value):
            return ["field", name, operator, isinstance(value, tuple), value]
        case CompoundPredicate(operator, operands):
            return ["compound", operator, [_predicate(one) for one in operands]]
        case LookupPredicate(name):
            return ["lookup", name]
