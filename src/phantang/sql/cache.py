"""Resolved queries and finished plans, kept while the process lives.

A query is found by its exact text, or by its *shape*: its tokens, the literals that must stay, and the form of those
that can be exchanged (`phantang.sql.language.literals`); always together with dialect, source and the digest of the
catalog that gave names and types their meaning. A plan is found by its query and the whole of what the decision says,
so that neither subject nor purpose needs to be: whoever gets an equal decision gets an equal plan, written with his own
literals. The decision itself is never kept; policy is asked every time.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from phantang.model.decision import CompoundPredicate, FieldPredicate, LookupPredicate, MembershipPredicate
from phantang.sql.binding.resolve import resolve
from phantang.sql.language.lexis import tokens_of
from phantang.sql.language.literals import exchanged, mark, shape, signature, written

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision, Predicate
    from phantang.model.footprint import Footprint
    from phantang.model.plan import Plan
    from phantang.sql.binding.resolve import ResolvedQuery
    from phantang.sql.language.literals import Literal

Value = TypeVar("Value")

#: Statements kept, and how many characters of SQL they may have together (a tree takes about 100 bytes a character).
MAX_STATEMENTS = 512
MAX_CHARACTERS = 500_000
#: Plans kept for one statement, one for every decision seen lately.
MAX_PLANS = 16


@dataclass(slots=True)
class _Shape:
    """What statements equal up to the literals in `exchanged` share; safe to share between threads."""

    footprint: Footprint
    exchanged: frozenset[int]
    _plans: OrderedDict[str, Plan] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, wanted: str) -> Plan | None:
        with self._lock:
            found = self._plans.get(wanted)
            if found is not None:
                self._plans.move_to_end(wanted)
            return found

    def keep(self, wanted: str, plan: Plan) -> None:
        with self._lock:
            self._plans[wanted] = plan
            while len(self._plans) > MAX_PLANS:
                self._plans.popitem(last=False)


@dataclass(slots=True)
class CachedQuery:
    """One statement: its shape and its literals. Safe to share between threads."""

    sql: str
    dialect: str
    assets: Sequence[Asset]
    literals: Sequence[Literal]
    _shape: _Shape
    _query: ResolvedQuery | None = None

    @property
    def footprint(self) -> Footprint:
        """Return what the statement reads; it holds no literal."""
        return self._shape.footprint

    @property
    def query(self) -> ResolvedQuery:
        """Return the statement resolved with its own literals."""
        if self._query is None:
            self._query = resolve(self.sql, self.dialect, self.assets)
        return self._query

    def plan(self, decision: Decision) -> Plan | None:
        """Return the guarded plan kept for an equal decision, written with this statement's literals."""
        found = self._shape.plan(decision_key(decision))
        return None if found is None else replace(found, sql=written(found.pieces, self.literals))

    def keep(self, decision: Decision, plan: Plan) -> None:
        """Keep a plan that the guard has passed under `decision`, unless it fixes a literal that others exchange."""
        if self._shape.exchanged <= self.query.exchangeable:
            self._shape.keep(decision_key(decision), plan)


class _Kept(Generic[Value]):
    """Values by key while there is room: the least recently used go first."""

    def __init__(self, most: int, characters: int) -> None:
        self._most, self._characters = most, characters
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, wanted: Hashable) -> Value | None:
        with self._lock:
            found = self._values.get(wanted)
            if found is None:
                return None
            self._values.move_to_end(wanted)
            return found[0]

    def put(self, wanted: Hashable, value: Value, characters: int) -> Value:
        """Keep `value` and return it, or the one that another thread has put there meanwhile."""
        if characters > self._characters:
            return value
        with self._lock:
            if wanted in self._values:
                return self._values[wanted][0]
            self._values[wanted] = (value, characters)
            self._size += characters
            while len(self._values) > self._most or self._size > self._characters:
                self._size -= self._values.popitem(last=False)[1][1]
            return value


class QueryCache:
    """The least recently used statements go first. Refusals are not kept; safe to share between threads."""

    def __init__(self, statements: int = MAX_STATEMENTS, characters: int = MAX_CHARACTERS) -> None:
        self._texts: _Kept[CachedQuery] = _Kept(statements, characters)
        self._shapes: _Kept[_Shape] = _Kept(statements, characters)
        self._exchangeable: _Kept[frozenset[int]] = _Kept(statements, characters)

    def __len__(self) -> int:
        """Return the number of shapes."""
        return len(self._shapes)

    def resolve(self, sql: str, dialect: str, assets: Sequence[Asset], revision: str) -> CachedQuery:
        """Return `sql` resolved against the assets of one source; `revision` is the digest of their catalog.

        Raises `Refused` as `phantang.sql.binding.resolve` does.
        """
        place = (dialect, assets[0].name.source if assets else "", revision)
        found = self._texts.get((sql, place))
        if found is None:
            found = self._texts.put((sql, place), self._shaped(sql, dialect, assets, place), len(sql))
        return found

    def _shaped(self, sql: str, dialect: str, assets: Sequence[Asset], place: Hashable) -> CachedQuery:
        tokens = tokens_of(sql, dialect)
        literals = mark(tokens)
        outline = (shape(tokens), place)
        free = self._exchangeable.get(outline)
        if free is not None:
            known = self._shapes.get((outline, signature(literals, free)))
            if known is not None:
                return CachedQuery(sql, dialect, assets, literals, known)
        query = resolve(sql, dialect, assets)  # outside any lock: two threads may both do the work
        free = self._exchangeable.put(outline, query.exchangeable, len(sql))
        found = _Shape(query.footprint, exchanged(literals, free))
        made = self._shapes.put((outline, signature(literals, free)), found, len(sql))
        return CachedQuery(sql, dialect, assets, literals, made, query)


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
            [owed.aggregate_only, owed.min_group_size, owed.max_rows, owed.differential_privacy is not None],
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
        case MembershipPredicate(name, table, column, where):
            return ["membership", name, table, column, [_predicate(one) for one in where]]
