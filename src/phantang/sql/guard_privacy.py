"""The guard's check of differential privacy: one count of people, of one table, and noise where the count is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect
from phantang.model.errors import GuardError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.decision import Decision
    from phantang.model.plan import Plan
    from phantang.sql.guarded import Guarded

_OWN = frozenset(["expressions", "from_", "where", "group", "having"])
_CONDITION = (
    exp.And,
    exp.Or,
    exp.Not,
    exp.Paren,
    exp.EQ,
    exp.NEQ,
    exp.In,
    exp.Is,
    exp.Null,
    exp.Literal,
    exp.Column,
    exp.Identifier,
)


def check(tree: exp.Query, tables: Sequence[Guarded], decision: Decision, plan: Plan) -> None:
    """Raise `GuardError` unless one person changes one number of the answer by one, and that number gets noise."""
    failure = GuardError("guard_failed", name="differential privacy")
    if decision.obligations.differential_privacy is None:
        if plan.noised is not None:
            raise failure
        return
    if not isinstance(tree, exp.Select) or len(tables) != 1 or any(v for k, v in tree.args.items() if k not in _OWN):
        raise failure
    asset, having, where = tables[0].asset, tree.args.get("having"), tree.args.get("where")
    if asset.privacy_unit is None or having is None or having.find(exp.Case):
        raise failure
    if where is not None and not all(isinstance(node, _CONDITION) for node in where.this.walk()):
        raise failure
    counts = [number for number, item in enumerate(tree.expressions) if not isinstance(item.unalias(), exp.Column)]
    if plan.noised is None or counts != [plan.noised]:
        raise failure
    count = tree.expressions[plan.noised].unalias()
    what = count.this if isinstance(count, exp.Count) else None
    distinct = isinstance(what, exp.Distinct) and [one.name for one in what.expressions] == [asset.privacy_unit]
    by_key = asset.primary_key == (asset.privacy_unit,)
    if not ((distinct and (by_key or not tree.args.get("group"))) or (isinstance(what, exp.Star) and by_key)):
        raise failure
    effects = {name: one.effect for name, one in decision.columns.get(asset.name.local, {}).items()}
    shown = [item for number, item in enumerate(tree.expressions) if number != plan.noised]
    for clause in (*shown, tree.args.get("group"), where):
        for column in clause.find_all(exp.Column) if clause is not None else ():
            known = [effect for name, effect in effects.items() if name.lower() == column.name.lower()]
            if known != [Effect.CLEAR]:
                raise failure
