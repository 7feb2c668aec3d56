"""Which rules may speak of a column: by its type, by the kind of its table, and by what else the table holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from phantang.classify.values.screen import members

if TYPE_CHECKING:
    from phantang.classify.names.tables import TableContext, TableReader
    from phantang.classify.rules.rule import Rule


class Placing:
    """The conditions of all rules on types and tables, rules as the bits of a number."""

    def __init__(self, rules: Sequence[Rule], tables: TableReader) -> None:
        self._rules, self._tables = rules, tables
        self._conditional = sum(1 << number for number, rule in enumerate(rules) if rule.needs or rule.without)
        self._fitting = lru_cache(maxsize=1024)(self._fitting_rules)

    def within(self, context: TableContext) -> Surroundings:
        """Return what may speak of the columns of one table."""
        return Surroundings(self, context)

    def fitting(self, kind: str, context: TableContext) -> tuple[int, int]:
        """Return the rules that fit a type and a table, and those of them that need to know the other columns."""
        found = self._fitting(kind, context.kinds)
        return found, found & self._conditional

    def _fitting_rules(self, kind: str, kinds: frozenset[str]) -> int:
        return sum(
            1 << number
            for number, rule in enumerate(self._rules)
            if (not rule.types or kind in rule.types) and kinds.isdisjoint(rule.not_in)
        )

    def conditions(self, number: int, context: TableContext) -> tuple[list[bool | str], list[bool | str]]:
        """Return whether what a rule needs is there, and what it must not have: see `TableReader.holds`."""
        rule, holds = self._rules[number], self._tables.holds
        return [holds(group, context) for group in rule.needs], [holds(group, context) for group in rule.without]


class Surroundings:
    """One table: each condition on its columns is looked at once, and holds for all of them or for all but one."""

    def __init__(self, placing: Placing, context: TableContext) -> None:
        self._placing, self._context = placing, context
        self._known: dict[int, tuple[list[bool | str], list[bool | str]]] = {}
        #: Rules, as bits, whose conditions hold, or do not hold, for every column.
        self.held, self.barred = 0, 0

    def allowed(self, kind: str, column: str) -> Allowed:
        """Return the rules that may speak of a column, by its kind of type and its name."""
        return Allowed(*self._placing.fitting(kind, self._context), self, column)

    def placed(self, number: int, column: str) -> bool:
        """Tell whether the columns, and kinds of table, that a rule needs are there, and none that it forbids."""
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._placing.conditions(number, self._context)
            if False in known[0] or True in known[1]:
                self.barred |= 1 << number
            elif not any(isinstance(one, str) for one in (*known[0], *known[1])):
                self.held |= 1 << number
        needs, without = known
        # `False` holds for no column, `True` for every one, a name for all others.
        return all(one is not False and one != column for one in needs) and not any(
            one is not False and one != column for one in without
        )


class Allowed:
    """The rules that may speak of one column: `fitting`, and those of them that are `conditional` where placed."""

    def __init__(
        self, fitting: int, conditional: int, surroundings: Surroundings | None = None, column: str = ""
    ) -> None:
        self._fitting, self._conditional = fitting, conditional
        self._surroundings, self._column = surroundings, column

    @classmethod
    def only(cls, *numbers: int) -> Allowed:
        """Return a permission for some rules, whatever the table."""
        return cls(sum(1 << number for number in set(numbers)), 0)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int) or not self._fitting >> number & 1:
            return False
        return not self._conditional >> number & 1 or self._is_placed(number)

    def among(self, rules: int) -> int:
        """Return those of `rules`, as bits, that may speak."""
        found = rules & self._fitting
        known = self._surroundings
        if known is not None:
            found &= ~(known.barred & self._conditional)
        for number in members(found & self._conditional & ~(known.held if known is not None else 0)):
            if not self._is_placed(number):
                found ^= 1 << number
        return found

    def _is_placed(self, number: int) -> bool:
        return self._surroundings is None or self._surroundings.placed(number, self._column)
