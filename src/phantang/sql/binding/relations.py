"""What names mean inside one SELECT: base-table occurrences, derived columns, and how a name finds its column."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from phantang.model.near import near
from phantang.sql.language.names import key, written
from phantang.sql.language.refusal import refuse, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import exp

    from phantang.model.catalog import Asset
    from phantang.model.footprint import Use

#: A base column read by one occurrence of its table: (index of the occurrence, column name as in the catalog).
Ref = tuple[int, str]

SYSTEM_COLUMNS = frozenset(
    {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "rowid", "rowsid", "filename", "file_row_number"}
)


@dataclass(slots=True)
class Occurrence:
    """One base table at one place of the query.

    `uses` has the columns this occurrence reads, in no order; `lookups` the literals its rows are looked up by.
    """

    index: int
    asset: Asset
    alias: str
    uses: dict[str, set[Use]] = field(default_factory=dict)
    lookups: dict[str, exp.Literal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bound:
    """A column in scope: the base columns that influence it, and the base column it is, if it is one unchanged.

    `base` is told of a column of a table in FROM itself, `same` of one handed on by sub-queries and CTEs, too.
    """

    name: str
    sources: frozenset[Ref]
    base: Ref | None = None
    same: Ref | None = None


#: Columns one SELECT may see: `*` over CTEs that join one another doubles with each of them.
MAX_COLUMNS = 4096


class Relation:
    """Something in FROM: a base table or a query result, under an alias."""

    __slots__ = ("alias", "by_key", "columns", "hidden", "occurrence")

    def __init__(
        self, alias: str | None, columns: Sequence[Bound], dialect: str, occurrence: Occurrence | None = None
    ) -> None:
        self.alias = None if alias is None else key(alias, dialect)
        self.columns = columns
        self.occurrence = occurrence
        #: True once a SEMI or ANTI join has used it: such a relation has no columns further out.
        self.hidden = False
        self.by_key: dict[str, list[Bound]] = {}
        for column in columns:
            self.by_key.setdefault(key(column.name, dialect), []).append(column)


class Scope:
    """The names visible in one SELECT, with the enclosing scopes behind it."""

    __slots__ = ("aliases", "dialect", "merged", "parent", "relations", "star", "windows")

    def __init__(self, dialect: str, parent: Scope | None) -> None:
        self.dialect = dialect
        self.parent = parent
        self.relations: list[Relation] = []
        #: USING and NATURAL: key of a merged column -> every column merged into it.
        self.merged: dict[str, list[Bound]] = {}
        #: What an unqualified `*` shows, in order.
        self.star: list[Bound] = []
        #: Named windows and what influences them.
        self.windows: dict[str, frozenset[Ref]] = {}
        #: Output aliases of the SELECT, for the clauses in which the dialect lets them stand for their expressions.
        self.aliases: dict[str, Bound] = {}

    def add(self, relation: Relation) -> None:
        """Bring `relation` into scope; two relations of one name are refused."""
        if relation.alias is not None and any(other.alias == relation.alias for other in self.relations):
            raise refuse("alias_duplicate", relation.alias)
        if sum(len(other.columns) for other in self.relations) + len(relation.columns) > MAX_COLUMNS:
            raise refuse("sql_too_large", limit=f"{MAX_COLUMNS} columns")
        self.relations.append(relation)

    def column(self, name: str, table: str | None, schema: str | None, *, aliases: bool) -> list[Bound]:
        """Return what a column reference can mean: one column, merged columns, or a column and an alias both.

        Where engines differ in which of several meanings they take, all of them are returned: uses add up, and what
        the tables expose does not depend on the choice. Raises `Refused`: `column_unknown`, `column_ambiguous`,
        `whole_row_reference`, `system_column`.
        """
        wanted = key(name, self.dialect)
        scope: Scope | None = self
        while scope is not None:
            found = scope.qualified(wanted, table, schema) if table is not None else scope.unqualified(wanted, name)
            if aliases and table is None and wanted in scope.aliases:
                found = [*found, scope.aliases[wanted]]
            if found:
                return found
            scope = scope.parent
        row = self._row(name) if table is None else None
        if row is not None:
            return [row]
        raise self._unknown(wanted, name, table)

    def _row(self, name: str) -> Bound | None:
        """Return the whole row of the sub-query, CTE or table function called `name`: every column of it is known.

        Both engines look for a column of that name in all scopes first. A base table's row is refused: what stands in
        its place has the columns the query names and no others.
        """
        scope: Scope | None = self
        while scope is not None:
            relation = scope.relation(name)
            if relation is not None:
                if relation.occurrence is not None or relation.hidden:
                    return None
                return Bound(name, frozenset(ref for column in relation.columns for ref in column.sources))
            scope = scope.parent
        return None

    def qualified(self, wanted: str, table: str, schema: str | None) -> list[Bound]:
        """Return the column `wanted` (a key) of `table` in this scope alone."""
        relation = self.relation(table, schema)
        if relation is None or relation.hidden:
            return []
        found = relation.by_key.get(wanted, [])
        if len(found) > 1:
            raise refuse("column_ambiguous", f"{table}.{wanted}")
        return found

    def unqualified(self, wanted: str, name: str) -> list[Bound]:
        """Return the column `wanted` (a key, spelled `name`) of this scope alone."""
        if wanted in self.merged:
            return self.merged[wanted]
        found = [
            column for relation in self.relations if not relation.hidden for column in relation.by_key.get(wanted, ())
        ]
        if len(found) > 1:
            raise refuse("column_ambiguous", name)
        return found

    def relation(self, table: str, schema: str | None = None) -> Relation | None:
        """Return the relation of this scope called `table`, in `schema` if one is given."""
        wanted = key(table, self.dialect)
        for relation in self.relations:
            if relation.alias == wanted:
                if schema is None:
                    return relation
                occurrence = relation.occurrence
                if (
                    occurrence is not None
                    and key(occurrence.asset.name.schema, self.dialect) == key(schema, self.dialect)
                    and key(occurrence.asset.name.table, self.dialect) == wanted
                ):
                    return relation
        return None

    def _unknown(self, wanted: str, name: str, table: str | None) -> Exception:
        scope: Scope | None = self
        while scope is not None:
            if table is None and scope.relation(name) is not None:
                return refuse("whole_row_reference", name)
            scope = scope.parent
        if wanted in SYSTEM_COLUMNS:
            return refuse("system_column", name)
        return refuse("column_unknown", f"{table}.{name}" if table else name, near=self._meant(name, table))

    def _meant(self, name: str, table: str | None) -> str:
        """Return the visible columns that `name` may stand for; `SELECT *` of the same tables would tell them."""
        told: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            for relation in scope.relations:
                if not relation.hidden and (table is None or relation.alias == key(table, self.dialect)):
                    told |= {column.name for column in relation.columns}
            scope = scope.parent
        return ", ".join(shown(written(one, self.dialect)) for one in near(name, told))
