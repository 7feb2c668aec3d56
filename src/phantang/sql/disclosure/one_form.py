"""FROM of a flat SELECT over people and lists in one form: the people first, each list joined by ON to those before it.

An inner join says the same in any order, and its condition as well in WHERE. A right join of two tables is the left
join of the other. USING is an equality, after which its column is that of the side that has every row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.names import key
from phantang.sql.rewriting.draft import identifier
from phantang.sql.rewriting.selects import conjuncts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from phantang.sql.rewriting.draft import Derived, Draft


class OtherForm(Exception):  # noqa: N818 - no error: such a FROM is read in another way
    """Raised for a FROM that has no such form."""


@dataclass(slots=True)
class Joined:
    """A list with what holds it to the tables before it, and whether it may be missing."""

    table: int
    optional: bool
    conditions: list[exp.Expr] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OneForm:
    """The number in `Draft.tables` of the people, the lists in an order in which each is held to those before it.

    `merged` says of which table a name is that USING made one of two tables'. `select` is a SELECT of that FROM alone.
    """

    people: int
    lists: tuple[Joined, ...]
    merged: Mapping[str, exp.Column]
    select: exp.Select


def one_form(draft: Draft) -> OneForm:
    """Read the FROM of the draft's tree, whose table nodes then belong to the SELECT returned.

    Raises `OtherForm` where it has no such form: other joins, joins in parentheses, several tables of people or none.
    """
    form = _Reading(draft)
    return form.found()


class _Reading:
    def __init__(self, draft: Draft) -> None:
        if not isinstance(draft.tree, exp.Select):
            raise OtherForm
        self._draft = draft
        self._bodies = {id(one.select): number for number, one in enumerate(draft.tables)}
        self._nodes: dict[int, exp.Expr] = {}
        self._merged: dict[str, exp.Column] = {}
        self._where = list(conjuncts(where.this if (where := draft.tree.args.get("where")) is not None else None))
        people = [number for number, one in enumerate(draft.tables) if one.asset.countable]
        if len(people) != 1:
            raise OtherForm
        self._people = people[0]

    def found(self) -> OneForm:
        source, *others = self._sequence()
        inner = next((at for at, one in enumerate(others) if one.optional), len(others))
        mixed, rest = [source, *others[:inner]], others[inner:]
        lists = [*self._from_people(mixed), *rest]
        if len(lists) + 1 != len(self._draft.tables) or not all(one.conditions for one in lists):
            raise OtherForm
        joins = [
            exp.Join(
                this=self._nodes[one.table],
                side="LEFT" if one.optional else None,
                on=exp.and_(*(part.copy() for part in one.conditions), copy=False),
            )
            for one in lists
        ]
        select = exp.Select(from_=exp.From(this=self._nodes[self._people]), joins=joins)
        return OneForm(self._people, tuple(lists), self._merged, select)

    def _sequence(self) -> list[Joined]:
        """Return the tables in their order, each with its own conditions; a right join is turned round."""
        tree = self._draft.tree
        sequence = [Joined(self._number(tree.args["from_"].this), optional=False)]
        left = {sequence[0].table}
        for place, join in enumerate(tree.args.get("joins") or []):
            side, kind, method = (str(join.args.get(name) or "").upper() for name in ("side", "kind", "method"))
            number, turned = self._number(join.this), side == "RIGHT" and place == 0
            if method or kind not in {"", "INNER", "CROSS", "OUTER"} or not (side in {"", "LEFT"} or turned):
                raise OtherForm
            on = [self._qualified(one) for one in conjuncts(join.args.get("on"))]
            on += [self._using(one.name, left, number, turned=turned) for one in join.args.get("using") or ()]
            if turned:
                sequence = [Joined(number, optional=False), Joined(sequence[0].table, optional=True, conditions=on)]
            else:
                sequence.append(Joined(number, optional=bool(side), conditions=on))
            comma = not (side or kind or on)
            left = {number} if comma else left | {number}  # a comma binds less than the joins after it
        return sequence

    def _from_people(self, mixed: list[Joined]) -> list[Joined]:
        """Put tables that are joined innerly in an order in which each is held to those before it by an equality."""
        tables = {one.table for one in mixed}
        if self._people not in tables:
            raise OtherForm
        own = [part for one in mixed for part in one.conditions]
        waiting = {id(part): part for part in own}
        equal = [part for part in self._where if self._is_link(part) and self._tables(part) <= tables]
        waiting |= {id(part): self._qualified(part) for part in equal}
        placed, remaining, lists = {self._people}, [one.table for one in mixed if one.table != self._people], []
        while remaining:
            number = next((one for one in remaining if self._held(one, placed, waiting.values())), None)
            if number is None:
                raise OtherForm
            placed.add(number)
            remaining.remove(number)
            met = [name for name, part in waiting.items() if self._tables(part) <= placed]
            lists.append(Joined(number, optional=False, conditions=[waiting.pop(name) for name in met]))
        if waiting:
            raise OtherForm
        return lists

    def _held(self, number: int, placed: set[int], conditions: Iterable[exp.Expr]) -> bool:
        found = (self._tables(one) for one in conditions if self._is_link(one))
        return any(number in tables and tables <= {*placed, number} for tables in found)

    def _is_link(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.EQ) and len(self._tables(node)) == 2

    def _tables(self, node: exp.Expr) -> set[int]:
        """Return the numbers of the tables that a condition reads."""
        return {self._table(self._qualified(column)) for column in node.find_all(exp.Column)}

    def _table(self, column: exp.Expr) -> int:
        name, alias = (self._key(column.text(part)) for part in ("this", "table"))
        found = [
            number
            for number, one in enumerate(self._draft.tables)
            if (not alias or self._key(one.occurrence.alias) == alias) and self._column(number, name) is not None
        ]
        if len(found) != 1:
            raise OtherForm
        return found[0]

    def _number(self, node: exp.Expr) -> int:
        number = self._bodies.get(id(node.this)) if isinstance(node, exp.Subquery) else None
        if number is None or node.args.get("joins"):
            raise OtherForm
        self._nodes[number] = node
        return number

    def _using(self, name: str, left: set[int], right: int, *, turned: bool) -> exp.Expr:
        """Write one name of USING as an equality, and note of which table it is from now on."""
        wanted = self._key(name)
        mine = self._merged.get(wanted)
        if mine is None:
            found = [column for number in sorted(left) if (column := self._column(number, wanted)) is not None]
            if len(found) != 1:
                raise OtherForm
            mine = found[0]
        other = self._column(right, wanted)
        if other is None or self._type(mine) != self._type(other):
            raise OtherForm
        self._merged[wanted] = other if turned else mine
        return exp.EQ(this=mine.copy(), expression=other.copy())

    def _qualified(self, node: exp.Expr) -> exp.Expr:
        return qualified(node, self._merged, self._draft.dialect)

    def _column(self, number: int, wanted: str) -> exp.Column | None:
        derived = self._draft.tables[number]
        name = next((one.name for one in derived.asset.columns if self._key(one.name) == wanted), None)
        return None if name is None else _of(derived, name)

    def _type(self, column: exp.Column) -> str:
        derived = self._draft.tables[self._table(column)]
        return next(one.type for one in derived.asset.columns if self._key(one.name) == self._key(column.name))

    def _key(self, name: str) -> str:
        return key(name, self._draft.dialect)


def qualified(node: exp.Expr, merged: Mapping[str, exp.Column], dialect: str) -> exp.Expr:
    """Return a copy in which names that USING made one of two tables' say of which table they are."""

    def over(one: exp.Expr) -> exp.Expr:
        if not isinstance(one, exp.Column) or one.table:
            return one
        found = merged.get(key(one.name, dialect))
        return one if found is None else found.copy()

    return node.copy().transform(over)


def _of(derived: Derived, name: str) -> exp.Column:
    return exp.Column(this=identifier(name), table=identifier(derived.occurrence.alias))
