"""The suite can fail: each weaker rewriter, and each pass made weaker, is caught by an attack or a generated query."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlglot import exp

from phantang.model.decision import Mask
from phantang.model.errors import PhantangError
from phantang.sql import plan, resolve
from phantang.sql.rewriting.passes.fence import fence
from phantang.sql.rewriting.passes.filter_rows import filter_rows
from phantang.sql.rewriting.passes.isolate_tables import isolate_tables
from phantang.sql.rewriting.passes.mask_columns import mask_columns
from phantang.sql.rewriting.plan import PASSES

from .dossiers import abstracted
from .grammar import generate
from .twins import MASKS, all_but, answer, assets, corpus, decision, unguarded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.model.decision import Decision
    from phantang.sql.rewriting.draft import Draft

    from .conftest import Twins

GENERATED = 150


def queries(dialect: str) -> Iterator[str]:
    """Yield the attacks, then generated queries."""
    for case in corpus("attacks"):
        yield case.on(dialect)
    for number in range(GENERATED):
        yield generate(f"đột biến/{number}", dialect)


def caught(dialect: str, twins: Twins, rewrite: Callable[[str, str, Decision], str | None]) -> str | None:
    """Return the first query that tells the twins apart under another rewriter."""
    allowed = decision(dialect, masks=MASKS, hide_rows=True)
    for sql in queries(dialect):
        made = rewrite(sql, dialect, allowed)
        if made is None:
            continue
        shown = abstracted(made, dialect)
        if answer(twins[0], shown) != answer(twins[1], shown):
            return sql
    return None


def every_reference(sql: str, dialect: str, allowed: Decision) -> str | None:
    """Mask each mention of a column instead of its source; a join by USING, a `*` and a merged name mention none."""
    catalog = assets(dialect)
    try:
        query = resolve(sql, dialect, catalog)
        made = plan(query, decision(dialect, hide_rows=True), catalog)
    except PhantangError:
        return None
    tree: exp.Expr = exp.maybe_parse(made.sql, dialect=dialect)
    hidden = {name for columns in MASKS.values() for name in columns}
    for column in list(tree.find_all(exp.Column)):
        select = column.find_ancestor(exp.Select)
        source = select.args.get("from_") if select is not None else None
        if source is not None and isinstance(source.this, exp.Table) and source.this.args.get("db"):
            continue
        if column.name in hidden:
            column.replace(exp.Paren(this=exp.Nullif(this=column.copy(), expression=column.copy())))
    return str(tree.sql(dialect, identify=True))


@pytest.mark.parametrize("rewrite", [every_reference])
def test_weaker_rewriters_are_caught(
    rewrite: Callable[[str, str, Decision], str | None], dialect: str, twins: Twins
) -> None:
    assert caught(dialect, twins, rewrite) is not None


def _first_table_only(one: Callable[[Draft], None]) -> Callable[[Draft], None]:
    def weak(draft: Draft) -> None:
        every = draft.tables
        draft.tables = every[:1]
        one(draft)
        draft.tables = every

    return weak


def _outputs_only(draft: Draft) -> None:
    """Mask only the columns that stand in the outermost SELECT list."""
    shown = {column.name for item in draft.tree.selects for column in item.find_all(exp.Column)}
    whole = {id(derived): list(derived.select.expressions) for derived in draft.tables}
    mask_columns(draft)
    for derived in draft.tables:
        masked = derived.select.expressions
        kept = [new if new.alias_or_name in shown else old for old, new in zip(whole[id(derived)], masked, strict=True)]
        derived.select.set("expressions", kept)


def _no_constant_masks(draft: Draft) -> None:
    whole = {id(derived): list(derived.select.expressions) for derived in draft.tables}
    mask_columns(draft)
    for derived in draft.tables:
        pairs = zip(whole[id(derived)], derived.select.expressions, strict=True)
        derived.select.set("expressions", [old if new.find(exp.Boolean) is not None else new for old, new in pairs])


def _filter_but_for_null(draft: Draft) -> None:
    """Let through what the row filter says nothing of."""
    filter_rows(draft)
    for derived in draft.tables:
        where = derived.select.args.get("where")
        if where is not None:
            where.set("this", exp.Or(this=where.this, expression=exp.Is(this=where.this.copy(), expression=exp.Null())))


def _limit_as_fence(draft: Draft) -> None:
    """Fence with something both optimisers see through."""
    for derived in draft.tables:
        if derived.select.args.get("where") is not None:
            derived.select.set("order", exp.Order(expressions=[exp.Literal.number(1)]))


WEAKER: list[tuple[str, Callable[[Draft], None], Callable[[Draft], None]]] = [
    ("mask the first table only", mask_columns, _first_table_only(mask_columns)),
    ("mask what is output only", mask_columns, _outputs_only),
    ("mask but for constants", mask_columns, _no_constant_masks),
    ("filter the first table only", filter_rows, _first_table_only(filter_rows)),
    ("filter but for NULL", filter_rows, _filter_but_for_null),
    ("fence the first table only", fence, _first_table_only(fence)),
    ("fence with an order", fence, _limit_as_fence),
]


@pytest.mark.parametrize(("what", "strong", "weak"), WEAKER, ids=[one[0] for one in WEAKER])
def test_weaker_passes_are_caught(
    what: str,
    strong: Callable[[Draft], None],
    weak: Callable[[Draft], None],
    dialect: str,
    twins: Twins,
) -> None:
    passes = [weak if one is strong else one for one in PASSES]
    assert caught(dialect, twins, partial(unguarded, passes=passes)) is not None, what


def test_without_isolation_nothing_is_masked(dialect: str, twins: Twins) -> None:
    assert caught(dialect, twins, partial(unguarded, passes=all_but(isolate_tables))) is not None


#: `test_no_copy_can_fail` catches copies of conditions that can fail.
CARELESS: list[tuple[str, str, str, Any]] = [
    ("join raw keys under any mask", "join_raw_keys", "_INJECTIVE", frozenset(Mask)),
]


@pytest.mark.parametrize(("what", "module", "name", "value"), CARELESS, ids=[one[0] for one in CARELESS])
def test_careless_shortcuts_are_caught(
    what: str, module: str, name: str, value: Any, dialect: str, twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"phantang.sql.rewriting.passes.{module}.{name}", value)
    assert caught(dialect, twins, unguarded) is not None, what
