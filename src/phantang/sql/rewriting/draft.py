"""The statement while the passes work on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import ColumnDecision, Effect
from phantang.model.errors import GuardError
from phantang.sql.binding.joins import OCCURRENCE
from phantang.sql.language.refusal import refuse, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.model.names import TableName
    from phantang.model.noise import NoisePlan
    from phantang.sql.binding.relations import Occurrence
    from phantang.sql.binding.resolve import ResolvedQuery


@dataclass(slots=True)
class Derived:
    """The derived table that stands for one occurrence of a base table. `select` is its body."""

    occurrence: Occurrence
    select: exp.Select

    @property
    def asset(self) -> Asset:
        """Return the base table."""
        return self.occurrence.asset

    def column(self, name: str) -> exp.Expr:
        """Build a reference to a raw column, qualified: no alias and no outer name can stand in its way."""
        return exp.Column(this=identifier(name), table=identifier(self.asset.name.table))


@dataclass(slots=True)
class Draft:
    """A private copy of the resolved tree and what the passes have learnt. `tables` is filled by the first pass.

    `assets` are those of the source by `schema.table`.
    """

    query: ResolvedQuery
    decision: Decision
    tree: exp.Query
    assets: Mapping[str, Asset]
    tables: list[Derived] = field(default_factory=list)
    parameters: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    noise: NoisePlan | None = None

    @classmethod
    def of(cls, query: ResolvedQuery, decision: Decision, assets: Mapping[str, Asset]) -> Draft:
        """Copy the tree of `query`, which stays as it was."""
        return cls(query, decision, query.tree.copy(), assets)

    @property
    def dialect(self) -> str:
        """Return the dialect that is read and written."""
        return self.query.dialect

    def base_tables(self) -> list[tuple[exp.Table, Occurrence]]:
        """Return the table nodes still to be replaced, each with its occurrence."""
        nodes = [node for node in self.tree.walk() if isinstance(node, exp.Table) and OCCURRENCE in node.meta]
        return [(node, self.query.occurrences[node.meta[OCCURRENCE]]) for node in nodes]

    def decided(self, asset: Asset, column: str) -> ColumnDecision:
        """Return what policy decided on a column.

        Raises `GuardError` `decision_incomplete` for a column policy said nothing about, and `Refused`
        `column_denied` for one it denied.
        """
        decided = self.decision.columns.get(asset.name.local, {}).get(column)
        name = f"{asset.name.local}.{column}"
        if decided is None or (decided.effect is Effect.MASK) != (decided.mask is not None):
            raise GuardError("decision_incomplete", name=shown(name))
        if decided.effect is Effect.DENY:
            raise refuse("column_denied", name)
        return decided


def identifier(name: str) -> exp.Identifier:
    """Build a quoted identifier: exactly this name, in every dialect."""
    return exp.Identifier(this=name, quoted=True)


def base_table(name: TableName) -> exp.Table:
    """Build the table of a database that has exactly this name."""
    return exp.Table(this=identifier(name.table), db=identifier(name.schema))
