"""What the conditions of one SELECT speak about once its base tables are derived tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.comparisons import bare
from phantang.sql.language.names import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.sql.rewriting.draft import Derived, Draft


def conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the conditions that an AND holds together, without parentheses."""
    stack = [] if node is None else [node]
    while stack:
        one = bare(stack.pop())
        if isinstance(one, exp.And):
            stack += (one.expression, one.this)
        else:
            yield one


def joins_of(select: exp.Select) -> Iterator[exp.Join]:
    """Yield every join of a FROM, those in parentheses too."""
    source = select.args.get("from_")
    stack: list[exp.Expr] = [*(select.args.get("joins") or ()), *([source.this] if source is not None else ())]
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Join):
            yield node
            stack.append(node.this)
        else:
            stack += node.args.get("joins") or ()
            if isinstance(node, exp.Subquery) and isinstance(node.this, (exp.Subquery, exp.Table)):
                stack.append(node.this)


class Names:
    """What a name in the conditions of one SELECT means, as far as it is a column of one derived table.

    The binder has refused every ambiguous name. What may mean something else besides is left alone: a column merged by
    USING or NATURAL, and in DuckDB an output alias.
    """

    def __init__(self, draft: Draft, derived: Derived, select: exp.Select) -> None:
        self._derived, self._dialect = derived, draft.dialect
        self._alias = key(derived.occurrence.alias, self._dialect)
        self._columns = {key(entry.name, self._dialect): entry.name for entry in derived.asset.columns}
        joins = list(joins_of(select))
        self._natural = any(str(join.args.get("method") or "").upper() == "NATURAL" for join in joins)
        others = [name.name for join in joins for name in join.args.get("using") or ()]
        others += [item.alias for item in select.expressions if isinstance(item, exp.Alias)]
        self._taken = {key(name, self._dialect) for name in others}

    def column(self, node: exp.Column) -> str | None:
        """Return the catalog's name of the column that `node` means, `None` if it is none of this table's."""
        wanted = key(node.name, self._dialect)
        if node.table:
            mine = key(node.table, self._dialect) == self._alias
        else:
            mine = not self._natural and wanted not in self._taken
        return self._columns.get(wanted) if mine else None

    def type(self, name: str) -> str:
        """Return the type of a column as its engine spells it."""
        entry = self._derived.asset.column(name)
        return entry.type if entry is not None else ""
