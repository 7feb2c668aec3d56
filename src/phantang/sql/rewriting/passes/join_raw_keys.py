"""Join on raw keys where both sides carry the same injective mask: the rows are the same, and nothing is hashed for it.

`hash(a) = hash(b)` holds exactly where the bytes of `a` and `b` are equal, collisions of SHA-256 aside. Each side's
derived table shows those bytes under a reserved name, which stands in this one equality and nowhere else; `guard`
checks that. As bytes they compare without a collation, which could call equal what the hash tells apart.

An engine may join by sorting, and then rows come in the order of the raw keys. So only a SELECT that returns groups or
totals is changed, by aggregates that give the same for every order of their rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect, Mask
from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.comparisons import bare
from phantang.sql.language.families import Family, family
from phantang.sql.language.names import RESERVED
from phantang.sql.rewriting.draft import identifier
from phantang.sql.rewriting.selects import Names, conjuncts, joins_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.sql.rewriting.draft import Derived, Draft

#: Followed by the numbers of the occurrence and of the column, so that NATURAL never joins on it.
KEY = f"{RESERVED}_key"
_INJECTIVE = frozenset({Mask.HASH, Mask.TOKEN})
_WITHOUT_ORDER = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max)


def join_raw_keys(draft: Draft) -> None:
    """Replace both sides of every such equality in a WHERE or ON, unless a `*` in the query would show the keys."""
    decided = (one for columns in draft.decision.columns.values() for one in columns.values())
    if not any(one.mask in _INJECTIVE for one in decided):
        return
    if any(isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count) for node in draft.tree.walk()):
        return
    selects: dict[int, tuple[exp.Select, list[Derived]]] = {}
    for derived in draft.tables:
        select = derived.select.find_ancestor(exp.Select)
        if isinstance(select, exp.Select):
            selects.setdefault(id(select), (select, []))[1].append(derived)
    for select, tables in selects.values():
        if len(tables) < 2 or not _hides_order(select, draft.dialect):
            continue
        names = [(derived, Names(draft, derived, select)) for derived in tables]
        for condition in list(_equalities(select)):
            sides = (bare(condition.this), bare(condition.expression))
            found = [_masked(draft, side, names) for side in sides]
            if found[0] is not None and found[1] is not None and found[0][2] is found[1][2]:
                for side, (derived, name, *_) in zip(sides, (found[0], found[1]), strict=True):
                    side.replace(_key(draft, derived, name))


def _hides_order(select: exp.Select, dialect: str) -> bool:
    """Tell whether nothing that `select` returns depends on the order in which its tables are joined."""
    allow = allow_list(dialect)
    aggregates = [node for node in select.walk() if allow.is_aggregate(node)]
    grouped = select.args.get("group") is not None or any(
        allow.is_aggregate(node) for item in select.expressions for node in item.walk()
    )
    return (
        grouped
        and all(isinstance(node, _WITHOUT_ORDER) for node in aggregates)
        and not any(isinstance(node, exp.Window) for node in select.walk())
    )


def _equalities(select: exp.Select) -> Iterator[exp.EQ]:
    where = select.args.get("where")
    for place in (where.this if where is not None else None, *(join.args.get("on") for join in joins_of(select))):
        yield from (one for one in conjuncts(place) if isinstance(one, exp.EQ))


def _masked(draft: Draft, node: exp.Expr, names: list[tuple[Derived, Names]]) -> tuple[Derived, str, Mask] | None:
    """Return where a column comes from and how it is masked, if that is injective."""
    if not isinstance(node, exp.Column):
        return None
    for derived, known in names:
        name = known.column(node)
        if name is not None:
            decided = draft.decided(derived.asset, name)
            is_text = family(known.type(name)) is Family.TEXT
            if decided.effect is Effect.MASK and decided.mask in _INJECTIVE and is_text:
                return derived, name, decided.mask
            return None
    return None


def _key(draft: Draft, derived: Derived, name: str) -> exp.Column:
    number = [entry.name for entry in derived.asset.columns].index(name)
    alias = f"{KEY}{derived.occurrence.index}_{number}"
    if alias not in derived.select.named_selects:
        raw = derived.column(name)
        if draft.dialect == "duckdb":
            shown: exp.Expr = exp.Anonymous(this="encode", expressions=[raw])
        else:
            shown = exp.Anonymous(this="convert_to", expressions=[raw, exp.Literal.string("UTF8")])
        derived.select.append("expressions", exp.Alias(this=shown, alias=identifier(alias)))
    return exp.Column(this=identifier(alias), table=identifier(derived.occurrence.alias))
