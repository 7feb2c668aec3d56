"""What a statement may call where a minimum group size is owed: aggregates by a list, and nothing that asks the time.

The lists are `kind` and `clock` of `allow/*.yaml`. A large group answers for one person through a sum over different
values, through how many values there are in a class (`WHERE job IN ('common', 'rare')`), and through a sum of TRUE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Mask
from phantang.sql.language import choices
from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.certain import uncertain
from phantang.sql.language.literals import clock_word
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.sql.rewriting.draft import Derived, Draft

_INJECTIVE = (None, Mask.NONE, Mask.TOKEN, Mask.HASH)


def require_fit(draft: Draft, written: Sequence[exp.Expr]) -> None:
    """Check the nodes of a statement outside its derived tables.

    Raises `Refused` `group_size_function` for an aggregate without a kind, for DISTINCT but in a count of people, for
    the sum or mean of a BOOLEAN column, and `group_size_clock` for the present time. What noise is added to is looked
    at by `passes.differential_privacy`, which has written its own aggregates.
    """
    noisy = draft.decision.obligations.differential_privacy is not None
    allow = allow_list(draft.dialect)
    people = any(derived.asset.countable for derived in draft.tables)
    for node in written:
        if (called := clock(node, draft.dialect)) is not None:
            raise refuse("group_size_clock", called)
        name = listed_name(node)
        if not allow.is_aggregate(node) or name in allow.revealing:
            continue
        if name not in allow.kinds:
            raise refuse("group_size_function", name)
        if noisy:
            continue
        distinct = node.find(exp.Distinct)
        if distinct is not None and not (isinstance(node, exp.Count) and (not people or _of_people(draft, distinct))):
            raise refuse("group_size_function", f"{name}(DISTINCT)")
        if not isinstance(node, exp.Count) and any(_is_boolean(draft, column) for column in _values(node)):
            raise refuse("group_size_function", f"{name}(BOOLEAN)")


def require_certain(draft: Draft, written: Sequence[exp.Expr]) -> None:
    """Raise `Refused` `group_size_fails` for what could fail on a value of one row: see `certain`."""

    def type_of(column: exp.Column) -> str:
        entries = [derived.asset.column(name) for derived, name in _meant(draft, column)]
        types = {entry.type for entry in entries if entry is not None}
        return types.pop() if len(types) == 1 else ""

    found = uncertain(written, draft.dialect, type_of)
    if found is not None:
        raise refuse("group_size_fails", found)


def clock(node: exp.Expr, dialect: str) -> str | None:
    """Return what in `node` asks for the present time, `None` if nothing does."""
    allow = allow_list(dialect)
    if isinstance(node, exp.Literal):
        return clock_word(node.this, allow.clock_words) if node.is_string else None
    name = node.name.lower() if isinstance(node, exp.Var) else listed_name(node)
    alone = name in allow.clock_alone and len(list(node.iter_expressions())) == 1
    return name if alone or name in allow.clock else None


def _of_people(draft: Draft, distinct: exp.Expr) -> bool:
    """Tell whether different values of what is counted are different people, or rows of one person each."""
    value = distinct.expressions[0].unnest() if len(distinct.expressions) == 1 else None
    if isinstance(value, exp.Case):
        choice = choices.inside(distinct.parent) if distinct.parent is not None else None
        value = choice.values[0] if choice is not None and choice.values else None
    if not isinstance(value, exp.Column):
        return False
    meant = list(_meant(draft, value))
    return bool(meant) and all(
        name in _told_apart(derived) and draft.decided(derived.asset, name).mask in _INJECTIVE
        for derived, name in meant
    )


def _told_apart(derived: Derived) -> set[str | None]:
    asset, followed = derived.asset, derived.asset.followed
    found = {asset.privacy_unit}
    if asset.countable and len(asset.primary_key) == 1:
        found.add(asset.primary_key[0])
    if followed is not None and len(followed.links) == 1 and followed.links[0].key == followed.unit:
        found.add(followed.links[0].column)
    return found


def _values(aggregate: exp.Expr) -> Iterator[exp.Column]:
    choice = choices.inside(aggregate)
    for value in [aggregate] if choice is None else choice.values:
        yield from value.find_all(exp.Column)


def _is_boolean(draft: Draft, column: exp.Column) -> bool:
    entries = [derived.asset.column(name) for derived, name in _meant(draft, column)]
    return any(entry is not None and entry.type.upper().startswith("BOOL") for entry in entries)


def _meant(draft: Draft, column: exp.Column) -> Iterator[tuple[Derived, str]]:
    """Yield every table and column that a name may mean, several where a join merges them."""
    wanted, table = key(column.name, draft.dialect), key(column.table, draft.dialect)
    for derived in draft.tables:
        if not table or table == key(derived.occurrence.alias, draft.dialect):
            names = (entry.name for entry in derived.asset.columns)
            yield from ((derived, name) for name in names if key(name, draft.dialect) == wanted)
