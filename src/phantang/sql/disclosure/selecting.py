"""From a planned aggregate query to the selection that stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.disclosure.selection import Selection
from phantang.sql.disclosure.shaping import shape_of
from phantang.sql.disclosure.statements import text_of
from phantang.sql.language import choices
from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.names import RESERVED, key
from phantang.sql.rewriting.draft import Draft, identifier
from phantang.sql.rewriting.inputs import Inputs, between, inputs_of, present
from phantang.sql.rewriting.passes.differential_privacy import one_row_each
from phantang.sql.rewriting.passes.filter_rows import filter_rows
from phantang.sql.rewriting.passes.isolate_tables import isolate_tables
from phantang.sql.rewriting.passes.mask_columns import mask_columns
from phantang.sql.rewriting.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision
    from phantang.sql.binding.resolve import ResolvedQuery
    from phantang.sql.rewriting.draft import Derived


def selection(query: ResolvedQuery, decision: Decision, assets: Sequence[Asset]) -> Selection | None:
    """Return the selection of a planned aggregate query; `None` where no group size is owed or nobody is counted."""
    size = decision.obligations.min_group_size
    if size is None or not isinstance(query.tree, exp.Select):
        return None
    draft = Draft.of(query, decision, {asset.name.local: asset for asset in assets})
    for one in (isolate_tables, mask_columns, filter_rows):
        one(draft)
    counted = [derived for derived in draft.tables if derived.asset.countable]
    if not counted:
        return None
    bodies = {id(derived.select) for derived in draft.tables}
    written = list(draft.tree.walk(prune=lambda node: id(node) in bodies))
    # What is counted under a condition is a sum over a finer grouping: whoever has it is taken to have that one.
    grouped, conditions = _keys(draft), choices.conditions(written, draft.dialect)
    keys = [*sorted(grouped, key=_text), *map(choices.holds, sorted(conditions, key=_text))]
    meanings = tuple(_meaning(draft, one) for one in keys)
    for number, derived in enumerate(counted):
        row, unit = _row_id(derived, draft.dialect), unit_of(derived)
        for name, expression in ((f"{RESERVED}_r{number}", row), (f"{RESERVED}_u{number}", unit)):
            derived.select.append("expressions", exp.Alias(this=expression, alias=identifier(name)))
    shown = [
        exp.Alias(
            this=exp.Column(this=identifier(f"{RESERVED}_{part}{number}"), table=identifier(derived.occurrence.alias)),
            alias=identifier(f"{part}{number}"),
        )
        for number, derived in enumerate(counted)
        for part in "ru"
    ]
    found = draft.tree.args.get("where")
    where = None if found is None else _ordered(found.this.copy())
    shown += [exp.Alias(this=one.copy(), alias=identifier(f"k{number}")) for number, one in enumerate(keys)]
    every = inputs_of(written, draft.dialect)
    inputs, hiding = [one for one in every if one.columns], list(between(every))
    shown += [
        exp.Alias(this=exp.and_(*present(one), copy=False), alias=identifier(f"v{number}"))
        for number, one in enumerate(inputs)
    ]
    shown += [
        exp.Alias(this=exp.and_(*one, copy=False), alias=identifier(f"h{number}")) for number, one in enumerate(hiding)
    ]
    chosen: exp.Expr = exp.true()
    if where is not None:
        chosen = exp.Case(ifs=[exp.If(this=where.copy(), true=exp.true())], default=exp.false())
    shown.append(exp.Alias(this=chosen, alias=identifier("s")))
    tree = exp.Select(expressions=shown, from_=draft.tree.args.get("from_"), joins=draft.tree.args.get("joins"))
    rows = text_of(tree, draft.dialect)
    tables = tuple(derived.asset.name.local for derived in counted)
    alone = tuple(one_row_each(derived.asset) for derived in counted)
    values, hidden = ([exp.and_(*one, copy=False) for one in many] for many in (map(present, inputs), hiding))
    people = [_of_people(draft, node) for node in written if allow_list(draft.dialect).is_aggregate(node)]
    shape = shape_of(draft, where, keys, values, hidden)
    return Selection(
        dialect=draft.dialect,
        rows=rows,
        shape=shape,
        tables=tables,
        keys=meanings,
        size=size,
        bound=bool(draft.parameters),
        single=shape is not None,
        inputs=tuple(_base_columns(draft, one) for one in inputs),
        counted=tuple(one.counted for one in inputs),
        summed=tuple(one.summed for one in inputs),
        plain=len(grouped),
        hiding=len(hiding),
        numbers=not all(people) or not people,
        distinct=any(people),
        alone=alone,
    )


def _text(tree: exp.Expr) -> str:
    return tree.sql(identify=True)


def _of_people(draft: Draft, aggregate: exp.Expr) -> bool:
    """Tell whether an aggregate counts different people: DISTINCT, and of no table what tells apart its rows only."""
    distinct = aggregate.find(exp.Distinct)
    if distinct is None:
        return False
    names = {key(column.name, draft.dialect) for column in distinct.find_all(exp.Column)}
    rows = (one.asset.primary_key for one in draft.tables if one.asset.primary_key != (one.asset.privacy_unit,))
    return not any(key(column, draft.dialect) in names for columns in rows for column in columns)


def _ordered(condition: exp.Expr) -> exp.Expr:
    """Write what must hold together, and lists of values, in one order: the order tells nothing."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return exp.and_(*sorted((_ordered(one) for one in condition.flatten()), key=_text), copy=False)
    for one in condition.find_all(exp.In):
        # Of one kind: which type an engine compares others in may go by the first.
        kinds = {isinstance(value, exp.Literal) and ("number", "text")[value.is_string] for value in one.expressions}
        if kinds in ({"number"}, {"text"}):
            values = {_text(value): value for value in one.expressions}
            one.set("expressions", [values[text] for text in sorted(values)])
    return condition


def _row_id(derived: Derived, dialect: str) -> exp.Expr:
    """Tell one row of a base table from another: its primary key, or what the engine calls it."""
    named = derived.asset.primary_key
    if len(named) == 1:
        return derived.column(named[0])
    if named:
        parts = [derived.column(name) for name in named]
    elif dialect == "postgres":
        parts = [derived.column(name) for name in ("tableoid", "ctid")]
    else:
        return derived.column("rowid")
    return exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string("/"), *parts])


def _base_columns(draft: Draft, inputs: Inputs) -> tuple[str, ...]:
    """Name the base columns of an input, whatever the query called their tables and however they are masked."""
    found = set()
    for column in inputs.columns:
        table, name = column.text("table"), key(column.name, draft.dialect)
        holders = (
            f"{derived.asset.name.local}.{item.alias_or_name}"
            for derived in draft.tables
            if not table or key(table, draft.dialect) == key(derived.occurrence.alias, draft.dialect)
            for item in derived.select.expressions
            if key(item.alias_or_name, draft.dialect) == name
        )
        found.add(next(holders, name))
    return tuple(sorted(found))


def _keys(draft: Draft) -> list[exp.Expr]:
    """Return the group keys as expressions over what FROM shows; ordinals and aliases are what they stand for."""
    group, items = draft.tree.args.get("group"), draft.tree.expressions
    if group is None:
        return []
    if group.args.get("all"):
        aggregate = allow_list(draft.dialect).is_aggregate
        return [item.unalias() for item in items if not any(aggregate(node) for node in item.walk())]
    columns = {key(name, draft.dialect) for derived in draft.tables for name in derived.occurrence.uses}
    aliased = {key(item.alias, draft.dialect): item.this for item in items if isinstance(item, exp.Alias)}
    keys: list[exp.Expr] = []
    for item in group.expressions:
        name = key(item.name, draft.dialect) if isinstance(item, exp.Column) and not item.table else None
        if isinstance(item, exp.Literal):
            keys += [] if item.is_string else [items[int(item.this) - 1].unalias()]
        elif name is not None and name not in columns and name in aliased:
            keys.append(aliased[name])
        else:
            keys.append(item)
    return keys


def _meaning(draft: Draft, one: exp.Expr) -> str:
    """Spell a key by base columns and their masks, so that it reads the same whatever the query called its tables."""
    repeated = len({derived.asset.name for derived in draft.tables}) < len(draft.tables)

    def base(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Column):
            return node
        for derived in draft.tables:
            if node.table and key(node.table, draft.dialect) != key(derived.occurrence.alias, draft.dialect):
                continue
            for item in derived.select.expressions:
                if key(item.alias_or_name, draft.dialect) == key(node.name, draft.dialect):
                    return exp.Paren(this=item.unalias().copy())
        return node

    spelt = text_of(one.copy().transform(base), draft.dialect)
    # Two occurrences of one table cannot be told apart by its name: such a key is like no other.
    return f"{spelt} of {text_of(draft.tree, draft.dialect)}" if repeated else spelt
