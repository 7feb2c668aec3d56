"""What is asked of each person of one table, whatever a question calls its columns: the shape of a selection.

Code lists may be joined to it: tables without people, each reached by its whole primary key. A person has one row of
them at most, so that what they say is the person's, like a column; whether there is such a row is a condition.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.errors import Refused
from phantang.sql.disclosure.fan_out import FanOut
from phantang.sql.disclosure.multiplicity import reached_by_key
from phantang.sql.disclosure.one_form import OtherForm, one_form, qualified
from phantang.sql.disclosure.selection import Part, Shape
from phantang.sql.disclosure.statements import text_of
from phantang.sql.language.names import RESERVED, key
from phantang.sql.rewriting.draft import base_table, identifier
from phantang.sql.rewriting.passes.differential_privacy import one_row_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.disclosure.one_form import Joined
    from phantang.sql.rewriting.draft import Draft

#: What tells in a code list's row that there is one.
_FOUND = f"{RESERVED}_found"


def shape_of(
    draft: Draft,
    where: exp.Expr | None,
    keys: Sequence[exp.Expr],
    values: Sequence[exp.Expr],
    hiding: Sequence[exp.Expr],
) -> Shape | None:
    """Return the shape of a selection over isolated, masked and filtered tables.

    `None` where it is not of one table of one row a person, with code lists that each of its rows meets once at most.
    The table nodes of the draft's tree belong to another one afterwards (`one_form`).
    """
    try:
        shaping = _Shaping(draft)
        return shaping.shape(where, keys, values, hiding)
    except (OtherForm, Refused):
        return None


class _Shaping:
    """Writes expressions over masked columns of a table of people, and over the code lists joined to its rows.

    `columns` are the columns that were read, by names made of their SQL, and `joins` the lists, in their order.
    """

    def __init__(self, draft: Draft) -> None:
        form = one_form(draft)
        first = draft.tables[form.people]
        if not one_row_each(first.asset):
            raise OtherForm
        self._draft, self._form, self._first = draft, form, first
        self._aliases: dict[int, str] = {}
        self.columns: dict[str, str] = {}
        self.joins: list[tuple[str, str]] = []
        self._needed: list[str] = []
        self._known = FanOut(draft, form.select, first=0)
        for place, joined in enumerate(form.lists):
            # Of the joins up to this one: that the row is one must follow from these, not from what comes.
            self._known = FanOut(draft, form.select, first=place + 1)
            self._join(joined)

    def _join(self, joined: Joined) -> None:
        """Join a code list to the people who have a row of it, and to nobody else: an inner join is a condition."""
        number, derived = joined.table, self._draft.tables[joined.table]
        on = exp.and_(*(one.copy() for one in joined.conditions), copy=False)
        if not reached_by_key(self._draft, self._known, self._form.people, number):
            raise OtherForm
        body = derived.select.copy()
        body.append("expressions", exp.Alias(this=exp.true(), alias=identifier(_FOUND)))
        told = text_of(body, self._draft.dialect)
        name = f"j{_hash(told + self._inner(on, number, 'j'))}"
        self._aliases[number] = name
        self.joins.append((name, f'LEFT JOIN ({told}) AS "{name}" ON {self._inner(on, number, name)}'))
        if not joined.optional:
            self._needed.append(self._named(f'("{name}"."{_FOUND}" IS NOT NULL)'))

    def shape(
        self,
        where: exp.Expr | None,
        keys: Sequence[exp.Expr],
        values: Sequence[exp.Expr],
        hiding: Sequence[exp.Expr],
    ) -> Shape:
        filtered, visible = self._first.select.args.get("where"), ""
        chosen = self._part(where if where is not None else exp.true())
        if filtered is not None:
            visible = self._named(text_of(filtered.this, self._draft.dialect))
        needed = tuple(([visible] if visible else []) + self._needed)
        if needed:
            conditions = [*(f'"{one}"' for one in needed), f"({chosen.sql})"]
            chosen = Part(" AND ".join(conditions), (*needed, *chosen.reads))
        base = text_of(base_table(self._first.asset.name), self._draft.dialect)
        asked, valued, hidden = (tuple(map(self._part, trees)) for trees in (keys, values, hiding))
        columns, joins = tuple(sorted(self.columns.items())), tuple(self.joins)
        return Shape(base, columns, visible, chosen, asked, valued, hidden, joins)

    def _part(self, tree: exp.Expr) -> Part:
        reads: dict[str, None] = {}

        def over(node: exp.Expr) -> exp.Expr:
            if not isinstance(node, exp.Column):
                return node
            name = self._named(text_of(self._masked(node), self._draft.dialect))
            reads[name] = None
            return exp.Column(this=identifier(name))

        told = qualified(tree, self._form.merged, self._draft.dialect).transform(over)
        return Part(text_of(told, self._draft.dialect), tuple(reads))

    def _inner(self, on: exp.Expr, number: int, alias: str) -> str:
        """Write the condition of a join where the columns of the table are at hand, not their names."""
        self._aliases[number] = alias

        def over(node: exp.Expr) -> exp.Expr:
            return exp.Paren(this=self._masked(node)) if isinstance(node, exp.Column) else node

        return text_of(exp.Paren(this=on.copy().transform(over)), self._draft.dialect)

    def _masked(self, node: exp.Column) -> exp.Expr:
        """Return what a column stands for: a masked column of the table, or one of a code list."""
        place = self._known.place(node)
        if place is None:
            raise OtherForm
        derived, dialect = self._draft.tables[place.table], self._draft.dialect
        shown = {key(item.alias_or_name, dialect): item for item in derived.select.expressions}
        item = shown.get(key(place.column, dialect))
        if item is None:
            raise OtherForm
        if derived is self._first:
            masked: exp.Expr = item.unalias().copy()
            return masked
        return exp.Column(this=identifier(item.alias_or_name), table=identifier(self._aliases[place.table]))

    def _named(self, sql: str) -> str:
        name = f"c{_hash(sql)}"
        self.columns[name] = sql
        return name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]
