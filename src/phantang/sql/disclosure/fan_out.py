"""Which columns the joins of one flat SELECT hold equal, and which tables may be missing from its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from phantang.sql.language.comparisons import bare
from phantang.sql.language.families import Family, compared_as
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.selects import conjuncts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.rewriting.draft import Draft


class Place(NamedTuple):
    """A column of one occurrence of a table: the number of the occurrence in `Draft.tables`, the catalog's name."""

    table: int
    column: str


class Link(NamedTuple):
    """A column that equals another one in every row that has its table.

    With `roots` it does so only in the rows that have one of these tables: those of the other side of an outer join.
    """

    column: str
    other: Place
    roots: frozenset[int] | None = None


class FanOut:
    """What the FROM and WHERE of a flat SELECT over isolated tables say about how rows meet.

    `links` has, by table, both directions of every equality of two columns; `fixed` the columns that equal one
    literal; `optional` the tables that each outer join may leave out. Raises `Refused` `group_size_repeats` for what
    is not understood: NATURAL, conditions of outer joins other than an equality across them, names of no column.
    """

    def __init__(self, draft: Draft, select: exp.Select, first: int | None = None) -> None:
        """Read the joins and WHERE of `select`, or nothing but its `first` joins."""
        self._draft = draft
        self._numbers = {id(derived.select): number for number, derived in enumerate(draft.tables)}
        self._merged: dict[str, list[int]] = {}
        self.links: dict[int, list[Link]] = {number: [] for number in range(len(draft.tables))}
        self.fixed: set[Place] = set()
        self.optional: list[set[int]] = []
        source, where = select.args.get("from_"), select.args.get("where") if first is None else None
        if source is None:
            raise refuse("group_size_repeats", "SELECT")
        self._joins(self._item(source.this), (select.args.get("joins") or [])[:first])
        for one in conjuncts(where.this if where is not None else None):
            self._condition(one)

    def place(self, node: exp.Column) -> Place | None:
        """Return the column that a name means; a merged one is that of the first table. `None` for anything else."""
        if node.table:
            wanted = self._key(node.table)
            tables = enumerate(self._draft.tables)
            numbers = [number for number, one in tables if self._key(one.occurrence.alias) == wanted]
        else:
            numbers = self._merged.get(self._key(node.name), [])[:1] or list(range(len(self._draft.tables)))
        found = [place for number in numbers if (place := self._column(number, node.name)) is not None]
        return found[0] if len(found) == 1 else None

    def one_to_one(self, mine: Place, other: Place) -> bool:
        """Tell whether equal means the same: `'01'` and `'1'` of a text column both equal the number 1."""
        families = [compared_as(self._type(place)) for place in (mine, other)]
        return families[0] is families[1] or families[1] is Family.TEXT

    def _key(self, name: str) -> str:
        return key(name, self._draft.dialect)

    def _type(self, place: Place) -> str:
        entry = self._draft.tables[place.table].asset.column(place.column)
        return entry.type if entry is not None else ""

    def _column(self, number: int, name: str) -> Place | None:
        columns = self._draft.tables[number].asset.columns
        return next((Place(number, one.name) for one in columns if self._key(one.name) == self._key(name)), None)

    def _item(self, node: exp.Expr) -> set[int]:
        inner = node.this if isinstance(node, exp.Subquery) else None
        if id(inner) in self._numbers:
            tables = {self._numbers[id(inner)]}
        elif isinstance(inner, exp.Subquery):
            tables = self._item(inner)
        else:
            raise refuse("group_size_repeats", type(node).__name__.upper())
        return self._joins(tables, node.args.get("joins") or ())

    def _joins(self, left: set[int], joins: Sequence[exp.Join]) -> set[int]:
        tables = set(left)
        for join in joins:
            right = self._item(join.this)
            side, kind, method = (str(join.args.get(name) or "").upper() for name in ("side", "kind", "method"))
            if method or kind not in {"", "INNER", "CROSS", "OUTER"}:  # what NATURAL compares, only the engine says
                raise refuse("group_size_repeats", f"{method or kind} JOIN")
            across = _Across(left, right, side) if side else None
            if across is not None:
                self.optional += across.optional
            for name in join.args.get("using") or ():
                self._using(name.name, left, right, across)
            for one in conjuncts(join.args.get("on")):
                self._condition(one, across)
            comma = not (side or kind or join.args.get("on") or join.args.get("using"))
            left = set(right) if comma else left | right  # a comma binds less than the joins after it
            tables |= right
        return tables

    def _using(self, name: str, left: set[int], right: set[int], across: _Across | None) -> None:
        sides = [[place for one in sorted(side) if (place := self._column(one, name))] for side in (left, right)]
        for one in sides[0]:
            for other in sides[1]:
                self._link(one, other, across)
        known = self._merged.setdefault(self._key(name), [])
        known += [place.table for side in sides for place in side if place.table not in known]

    def _condition(self, node: exp.Expr, across: _Across | None = None) -> None:
        """Note an equality; that of an outer join holds for what it joins, and says nothing of either side alone."""
        sides = [bare(node.left), bare(node.right)] if isinstance(node, exp.EQ) else []
        columns = [one for one in sides if isinstance(one, exp.Column)]
        places = [place for one in columns if (place := self.place(one)) is not None]
        if len(columns) == 2:
            if len(places) < 2 or (across is not None and not across.joins(*places)):
                raise refuse("group_size_repeats", node.sql(dialect=self._draft.dialect))
            self._link(places[0], places[1], across)
        elif across is not None and node.find(exp.Column):
            raise refuse("group_size_repeats", "OUTER JOIN")
        elif places:
            literal = sides[sides[0] is columns[0]]
            as_text = compared_as(self._type(places[0])) is Family.TEXT
            if isinstance(literal, exp.Literal) and (literal.is_string or not as_text):
                self.fixed.add(places[0])

    def _link(self, one: Place, other: Place, across: _Across | None) -> None:
        for mine, theirs in ((one, other), (other, one)):
            roots = across.roots(mine.table, theirs.table) if across is not None else None
            self.links[mine.table].append(Link(mine.column, theirs, roots))


class _Across:
    """An outer join of the tables `left` and `right`."""

    def __init__(self, left: set[int], right: set[int], side: str) -> None:
        self._sides = (frozenset(left), frozenset(right))
        self.optional = [set(right)] if side in {"LEFT", "FULL"} else []
        self.optional += [set(left)] if side in {"RIGHT", "FULL"} else []
        self._kept = {*(left if side != "RIGHT" else ()), *(right if side != "LEFT" else ())}

    def joins(self, one: Place, other: Place) -> bool:
        """Tell whether two columns are of one side each."""
        left, right = self._sides
        return (one.table in left and other.table in right) or (one.table in right and other.table in left)

    def roots(self, mine: int, other: int) -> frozenset[int] | None:
        """Return the tables whose rows have met: a row of a side that is kept may stand alone."""
        return next(side for side in self._sides if other in side) if mine in self._kept else None
