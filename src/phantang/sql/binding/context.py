"""What one resolution keeps while it walks: the occurrences found so far and every use of every column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phantang.model.footprint import Use
from phantang.sql.binding.relations import Bound, Occurrence, Ref
from phantang.sql.language.allowlist import AllowList, allow_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlglot import exp

    from phantang.model.catalog import Asset
    from phantang.sql.binding.relations import Scope

Uses = tuple[Use, ...]


@dataclass(slots=True)
class Context:
    """Mutable state of one `resolve`; never shared between queries."""

    dialect: str
    assets: Sequence[Asset]
    #: Binds a sub-query met inside an expression; set by the module that knows queries.
    bind_query: Callable[[Context, exp.Expr, Scope | None, Uses, Mapping[str, Sequence[Bound]]], list[Bound]]
    occurrences: list[Occurrence] = field(default_factory=list)
    #: The one meaning of a column node, by `id`, where there is one.
    meanings: dict[int, Bound] = field(default_factory=dict)
    #: CTEs in scope of the SELECT being bound.
    ctes: Mapping[str, Sequence[Bound]] = field(default_factory=dict)
    #: Base columns touched since the innermost sub-query was entered.
    touched: set[Ref] = field(default_factory=set)
    #: Equalities with a literal that count as `lookup` only if the whole query agrees.
    constants: list[Ref] = field(default_factory=list)
    joins: int = 0
    subqueries: int = 0
    set_operations: int = 0

    @property
    def allow(self) -> AllowList:
        """Return the allow-list of the dialect."""
        return allow_list(self.dialect)

    def mark(self, column: Bound, *uses: Use) -> None:
        """Record `uses` for every base column behind `column`."""
        for index, name in column.sources:
            self.occurrences[index].uses.setdefault(name, set()).update(uses)
        self.touched |= column.sources
