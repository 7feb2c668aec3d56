"""Repeat the user's simplest conditions below the fence, where they reach the scan and its indexes.

A condition is copied if it compares a column shown in clear with literals and cannot fail (`phantang.sql.comparisons`):
on a hidden row it then tells nothing, whenever the engine evaluates it. The outer condition stays, so a copy may only
remove rows that would go anyway:

- the WHERE of a SELECT holds for every row it goes on with. Under outer joins a row without the copy's table is made
  of NULLs; it is rejected by the outer condition unless that accepts NULL, so `IS NULL` is not copied there;
- the ON of an inner join is as good as a WHERE where every join is inner;
- ASOF, SEMI and ANTI joins ask which rows are *not* there; nothing is copied next to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect, Mask
from phantang.sql.comparisons import accepts_null, bare, compared, rebuilt, total
from phantang.sql.names import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.sql.draft import Derived, Draft

MAX_COPIES = 32


def push_predicates(draft: Draft) -> None:
    """Add copies after the row filter of every derived table that has one; no others are fenced."""
    for derived in draft.tables:
        where = derived.select.args.get("where")
        if where is None:
            continue
        known = list(_conjuncts(where.this))
        for condition in _copies(draft, derived):
            if condition not in known and len(known) < MAX_COPIES:
                known.append(condition)
                where.set("this", exp.And(this=where.this, expression=condition))


def _copies(draft: Draft, derived: Derived) -> Iterator[exp.Expr]:
    select = derived.select.find_ancestor(exp.Select)
    if not isinstance(select, exp.Select):
        return
    names = _Names(draft, derived, select)
    joins = list(_joins(select))
    sides = {str(join.args.get("side") or "").upper() for join in joins}
    kinds = {str(join.args.get(name) or "").upper() for join in joins for name in ("kind", "method")}
    if not kinds <= {"", "INNER", "CROSS", "OUTER", "NATURAL"}:
        return
    inner = sides <= {""} and "OUTER" not in kinds
    # Equal to a literal by way of join keys, too.
    for known, literal in derived.occurrence.lookups.items() if inner else ():
        if names.is_clear(known) and total(names.type(known), [literal]):
            yield exp.EQ(this=derived.column(known), expression=literal.copy())
    places = [select.args.get("where"), *((join.args.get("on") for join in joins) if inner else ())]
    for place in places:
        for condition in _conjuncts(place.this if isinstance(place, exp.Where) else place):
            found = compared(condition)
            if found is None or (not inner and accepts_null(condition)):
                continue
            name = names.column(found[0])
            if name is not None and total(names.type(name), found[1]):
                yield rebuilt(condition, derived.column(name))


def _conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    stack = [] if node is None else [node]
    while stack:
        one = bare(stack.pop())
        if isinstance(one, exp.And):
            stack += (one.expression, one.this)
        else:
            yield one


def _joins(select: exp.Select) -> Iterator[exp.Join]:
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


class _Names:
    """What a name in the conditions of one SELECT means, as far as it is a column of one derived table.

    The binder has refused every ambiguous name. What may mean something else besides is left alone: a column merged by
    USING or NATURAL, and in DuckDB an output alias.
    """

    def __init__(self, draft: Draft, derived: Derived, select: exp.Select) -> None:
        self._draft, self._derived, self._dialect = draft, derived, draft.dialect
        self._alias = key(derived.occurrence.alias, self._dialect)
        self._columns = {key(entry.name, self._dialect): entry.name for entry in derived.asset.columns}
        joins = list(_joins(select))
        self._natural = any(str(join.args.get("method") or "").upper() == "NATURAL" for join in joins)
        others = [name.name for join in joins for name in join.args.get("using") or ()]
        others += [item.alias for item in select.expressions if isinstance(item, exp.Alias)]
        self._taken = {key(name, self._dialect) for name in others}

    def column(self, node: exp.Column) -> str | None:
        """Return the catalog's name of a column of the derived table that may be read in clear."""
        wanted = key(node.name, self._dialect)
        if node.table:
            mine = key(node.table, self._dialect) == self._alias
        else:
            mine = not self._natural and wanted not in self._taken
        name = self._columns.get(wanted) if mine else None
        return name if name is not None and self.is_clear(name) else None

    def is_clear(self, name: str) -> bool:
        """Tell whether the derived table shows the column as it is."""
        if name not in self._derived.occurrence.uses:
            return False
        decided = self._draft.decided(self._derived.asset, name)
        return decided.effect is Effect.CLEAR or decided.mask is Mask.NONE

    def type(self, name: str) -> str:
        """Return the type of a column as its engine spells it."""
        entry = self._derived.asset.column(name)
        return entry.type if entry is not None else ""
