"""Repeat the user's simplest conditions below the fence, where they reach the scan and its indexes.

A condition is copied if it compares a column shown in clear with literals and cannot fail (`language/comparisons.py`):
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
from phantang.sql.language.comparisons import accepts_null, compared, rebuilt, total
from phantang.sql.rewriting.selects import Names, conjuncts, joins_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.sql.rewriting.draft import Derived, Draft

MAX_COPIES = 32


def push_predicates(draft: Draft) -> None:
    """Add copies after the row filter of every derived table that has one; no others are fenced."""
    for derived in draft.tables:
        where = derived.select.args.get("where")
        if where is None:
            continue
        known = list(conjuncts(where.this))
        for condition in _copies(draft, derived):
            if condition not in known and len(known) < MAX_COPIES:
                known.append(condition)
                where.set("this", exp.And(this=where.this, expression=condition))


def _copies(draft: Draft, derived: Derived) -> Iterator[exp.Expr]:
    select = derived.select.find_ancestor(exp.Select)
    if not isinstance(select, exp.Select):
        return
    names = Names(draft, derived, select)
    joins = list(joins_of(select))
    sides = {str(join.args.get("side") or "").upper() for join in joins}
    kinds = {str(join.args.get(name) or "").upper() for join in joins for name in ("kind", "method")}
    if not kinds <= {"", "INNER", "CROSS", "OUTER", "NATURAL"}:
        return
    inner = sides <= {""} and "OUTER" not in kinds
    # Equal to a literal by way of join keys, too.
    for known, literal in derived.occurrence.lookups.items() if inner else ():
        if _is_clear(draft, derived, known) and total(names.type(known), [literal]):
            yield exp.EQ(this=derived.column(known), expression=literal.copy())
    places = [select.args.get("where"), *((join.args.get("on") for join in joins) if inner else ())]
    for place in places:
        for condition in conjuncts(place.this if isinstance(place, exp.Where) else place):
            found = compared(condition)
            if found is None or (not inner and accepts_null(condition)):
                continue
            name = names.column(found[0])
            if name is not None and _is_clear(draft, derived, name) and total(names.type(name), found[1]):
                yield rebuilt(condition, derived.column(name))


def _is_clear(draft: Draft, derived: Derived, name: str) -> bool:
    """Tell whether the derived table shows the column as it is."""
    if name not in derived.occurrence.uses:
        return False
    decided = draft.decided(derived.asset, name)
    return decided.effect is Effect.CLEAR or decided.mask is Mask.NONE
