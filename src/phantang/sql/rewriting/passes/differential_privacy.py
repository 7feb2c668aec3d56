"""Let through only what one person changes by a known amount: statistics of one table (docs/adr/0010)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import CompoundPredicate, Effect, FieldPredicate
from phantang.model.noise import Measure, NoisePlan
from phantang.sql.language.names import key
from phantang.sql.language.refusal import refuse
from phantang.sql.rewriting.passes.noisy_measures import noisy_measures

if TYPE_CHECKING:
    from phantang.model.catalog import Asset, ColumnEntry
    from phantang.model.decision import Predicate
    from phantang.sql.rewriting.draft import Draft

_PARTS = frozenset(["expressions", "from_", "where", "group"])
_TEXT = re.compile(r"(VARCHAR|TEXT|STRING|CHARACTER VARYING|CHARACTER|CHAR|BPCHAR)(\(\d+\))?", re.IGNORECASE)


def differential_privacy(draft: Draft) -> None:
    """Note which outputs get noise. Raises `Refused` `dp_unsupported`, naming the part that is not answered.

    Conditions compare text with text: nothing in them can fail for one row, so that no error tells of a person.
    """
    if draft.decision.obligations.differential_privacy is None:
        return
    asset = _only_table(draft)
    keys = _keys(draft, asset)
    where, group = draft.tree.args.get("where"), draft.tree.args.get("group")
    if where is not None:
        _require_plain(draft, asset, where.this)
    items = [item.unalias() for item in draft.tree.expressions]
    places = [place for place, item in enumerate(items) if not isinstance(item, exp.Column)]
    for place, item in enumerate(items):
        if place not in places and _entry(draft, asset, item).name not in keys:
            raise refuse("dp_unsupported", item.sql())
    if asset.contributions is not None:
        noisy_measures(draft, asset, keys, places)
        return
    if len(places) != 1:
        raise refuse("dp_unsupported", "SELECT")
    _require_people(draft, asset, items[places[0]], grouped=group is not None)
    draft.noise = NoisePlan((Measure(places[0], 1),), places[0], len(items))


def _only_table(draft: Draft) -> Asset:
    """Return the table of one flat SELECT, whose rows are filtered one by one and whose groups have a size."""
    tree, owed = draft.tree, draft.decision.obligations
    if not isinstance(tree, exp.Select) or len(draft.tables) != 1 or len(list(tree.find_all(exp.Subquery))) != 1:
        raise refuse("dp_unsupported", "JOIN, UNION, WITH")
    for part, value in tree.args.items():
        if value and part not in _PARTS:
            raise refuse("dp_unsupported", part.strip("_").upper())
    asset = draft.tables[0].asset
    if owed.min_group_size is None or owed.max_rows is not None or owed.lookups_per_day is not None:
        raise refuse("dp_unsupported", "obligations")
    if asset.privacy_unit is None or not all(map(_fixed, draft.decision.rows.get(asset.name.local, ()))):
        raise refuse("dp_unsupported", asset.name.local)
    return asset


def one_row_each(asset: Asset) -> bool:
    """Tell whether the table has at most one row a person, by its key: then one person is in one group only."""
    return asset.privacy_unit is not None and asset.primary_key == (asset.privacy_unit,)


def _fixed(predicate: Predicate) -> bool:
    """Tell whether a row filter looks at one row alone."""
    if isinstance(predicate, CompoundPredicate):
        return all(map(_fixed, predicate.operands))
    return isinstance(predicate, FieldPredicate)


def _keys(draft: Draft, asset: Asset) -> set[str]:
    group = draft.tree.args.get("group")
    if group is None:
        return set()
    if any(value for part, value in group.args.items() if part != "expressions"):
        raise refuse("dp_unsupported", "GROUP BY")
    for item in list(group.expressions):
        place = int(item.this) if isinstance(item, exp.Literal) and item.is_int else 0
        if place and isinstance(draft.tree.expressions[place - 1].unalias(), exp.Column):
            item.replace(draft.tree.expressions[place - 1].unalias().copy())
    return {_clear(draft, asset, item).name for item in group.expressions}


def _require_people(draft: Draft, asset: Asset, item: exp.Expr, *, grouped: bool) -> None:
    """Require `count(DISTINCT unit)`, or `count(*)` of a table of one row a person; groups of such a table only."""
    what = item.this if isinstance(item, exp.Count) and not item.expressions else None
    if isinstance(what, exp.Distinct) and len(what.expressions) == 1 and not what.args.get("on"):
        counted = _entry(draft, asset, what.expressions[0]).name == asset.privacy_unit
        single = not grouped
    else:
        counted, single = isinstance(what, exp.Star) and not any(what.args.values()), False
    if not counted:
        raise refuse("dp_unsupported", item.sql())
    if not (single or one_row_each(asset)):
        raise refuse("dp_unsupported", "GROUP BY" if grouped else item.sql())


def _require_plain(draft: Draft, asset: Asset, node: exp.Expr) -> None:
    match node:
        case exp.And() | exp.Or():
            _require_plain(draft, asset, node.this)
            _require_plain(draft, asset, node.expression)
        case exp.Not() | exp.Paren():
            _require_plain(draft, asset, node.this)
        case exp.Is(this=column, expression=exp.Null()):
            _clear(draft, asset, column)
        case exp.EQ() | exp.NEQ():
            _require_text(draft, asset, node.this, [node.expression])
        case exp.In() if not any(value for part, value in node.args.items() if part not in {"this", "expressions"}):
            _require_text(draft, asset, node.this, node.expressions)
        case _:
            raise refuse("dp_unsupported", node.sql())


def _require_text(draft: Draft, asset: Asset, column: exp.Expr, values: list[exp.Expr]) -> None:
    entry = _clear(draft, asset, column)
    if not _TEXT.fullmatch(entry.type) or not all(isinstance(one, exp.Literal) and one.is_string for one in values):
        raise refuse("dp_unsupported", entry.name)


def _clear(draft: Draft, asset: Asset, node: exp.Expr) -> ColumnEntry:
    entry = _entry(draft, asset, node)
    if draft.decided(asset, entry.name).effect is not Effect.CLEAR:
        raise refuse("dp_unsupported", entry.name)
    return entry


def _entry(draft: Draft, asset: Asset, node: exp.Expr) -> ColumnEntry:
    if isinstance(node, exp.Column):
        for entry in asset.columns:
            if key(entry.name, draft.dialect) == key(node.name, draft.dialect):
                return entry
    raise refuse("dp_unsupported", node.sql())
