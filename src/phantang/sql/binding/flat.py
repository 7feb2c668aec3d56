"""One flat SELECT, clause by clause, while sub-selects are put into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(slots=True)
class Flat:
    """A SELECT over base tables alone: named outputs, what FROM reads, and its clauses, all spelt by base columns."""

    items: list[tuple[str, exp.Expr]]
    table: exp.Expr
    joins: list[exp.Join] = field(default_factory=list)
    where: list[exp.Expr] = field(default_factory=list)
    group: list[exp.Expr] | None = None
    having: list[exp.Expr] = field(default_factory=list)
    order: list[exp.Expr] = field(default_factory=list)
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    aggregated: bool = False

    @property
    def plain(self) -> bool:
        """Tell whether it only names, computes and filters rows; an order without a limit means nothing inside."""
        return not (self.aggregated or self.distinct) and self.limit is None and self.offset is None

    def tree(self, unnamed: Collection[int]) -> exp.Select:
        """Return the statement; the engine names the outputs at the positions `unnamed`."""
        select = exp.Select(
            expressions=[
                one
                if number in unnamed or (isinstance(one, exp.Column) and one.name == name)
                else exp.alias_(one, name, quoted=True)
                for number, (name, one) in enumerate(self.items)
            ],
            from_=exp.From(this=self.table),
            joins=self.joins,
        )
        for clause, made, parts in (("where", exp.Where, self.where), ("having", exp.Having, self.having)):
            if parts:
                select.set(clause, made(this=exp.and_(*parts, copy=False)))
        if self.group is not None:
            select.set("group", exp.Group(expressions=self.group))
        if self.order:
            select.set("order", exp.Order(expressions=self.order))
        for name, node, number in (("limit", exp.Limit, self.limit), ("offset", exp.Offset, self.offset)):
            if number is not None:
                select.set(name, node(expression=exp.Literal.number(number)))
        if self.distinct:
            select.set("distinct", exp.Distinct())
        return select
