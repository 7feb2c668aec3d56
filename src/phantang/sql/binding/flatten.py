"""Aggregates over plain sub-selects, as BI tools write them, become one flat SELECT with the same answer.

`SELECT t0.x, count(*) FROM (SELECT a AS x FROM t WHERE p) t0 GROUP BY 1` is `SELECT t.a, count(*) FROM t WHERE p
GROUP BY t.a`; a SELECT around groups that renames, filters or sorts them is their HAVING and ORDER BY. What is not
certainly the same stays as it was written. Everything after (binding, policy, passes, guard) looks at the flat
statement only, so that nothing here is trusted: a mistake would answer another question, not reveal more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.binding.flat import Flat
from phantang.sql.binding.joins import OCCURRENCE
from phantang.sql.binding.substitution import NotPlainError, Source, Substitution
from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.labels import label
from phantang.sql.language.names import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.sql.binding.relations import Occurrence

_CLAUSES = frozenset(
    {"expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "distinct", "with_"}
)
_JOIN = frozenset({"this", "on", "using", "side", "kind", "method"})


def flatten(tree: exp.Expr, dialect: str, occurrences: Sequence[Occurrence], names: Sequence[str]) -> exp.Select | None:
    """Return a bound statement as one flat SELECT of aggregates, `None` if it is not certainly the same as one.

    `names` are those of its outputs. The tables of the result are not bound.
    """
    flattening = _Flattening(dialect, occurrences)
    try:
        flat = flattening.query(tree, {})
    except NotPlainError:
        return None
    if not flat.aggregated or len(flat.items) != len(names):
        return None
    flat.items = [(name, one) for name, (_, one) in zip(names, flat.items, strict=True)]
    revealing = allow_list(dialect).revealing
    if flattening.sorted and any(listed_name(node) in revealing for _, one in flat.items for node in one.walk()):
        return None  # a list is in the order in which the sub-select gave its rows
    written = tree.expressions if len(tree.expressions) == len(names) else []
    return flat.tree({number for number, one in enumerate(written) if not one.find(exp.Alias, exp.Column)})


@dataclass(frozen=True, slots=True)
class _Cte:
    query: exp.Expr
    columns: tuple[str, ...]
    known: Mapping[str, _Cte]


class _Flattening:
    def __init__(self, dialect: str, occurrences: Sequence[Occurrence]) -> None:
        self._dialect, self._occurrences = dialect, occurrences
        self._allow = allow_list(dialect)
        self._aliases: set[str] = set()
        self.sorted = False
        self._budget = [10_000]  # nodes written: CTEs that read one another twice would double with each

    def query(self, node: exp.Expr, ctes: Mapping[str, _Cte]) -> Flat:
        while isinstance(node, exp.Subquery) and {name for name, value in node.args.items() if value} == {"this"}:
            node = node.this
        if not isinstance(node, exp.Select) or any(v for k, v in node.args.items() if k not in _CLAUSES):
            raise NotPlainError
        if node.args.get("from_") is None or getattr(node.args.get("distinct"), "args", {}).get("on"):
            raise NotPlainError
        ctes = self._with(node, ctes)
        source = node.args["from_"].this
        if not node.args.get("joins") and not self._is_base(source):
            inner, alias, columns = self._inner(source, ctes)
            self.sorted |= bool(inner.order)
            if not inner.plain:
                return self._around(node, inner, Source(alias, _renamed(inner.items, columns), self._dialect))
            return self._rows(node, inner, [Source(alias, _renamed(inner.items, columns), self._dialect)])
        return self._joined(node, ctes)

    def _with(self, node: exp.Select, ctes: Mapping[str, _Cte]) -> Mapping[str, _Cte]:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        if clause.args.get("recursive"):
            raise NotPlainError
        for cte in clause.expressions:
            alias = cte.args["alias"]
            columns = tuple(one.name for one in alias.args.get("columns") or ())
            ctes = {**ctes, key(alias.name, self._dialect): _Cte(cte.this, columns, ctes)}
        return ctes

    def _is_base(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.Table) and OCCURRENCE in node.meta

    def _inner(self, node: exp.Expr, ctes: Mapping[str, _Cte]) -> tuple[Flat, str, Sequence[str]]:
        """Return a CTE or sub-select in FROM, flattened, with its alias and the names that the alias gives columns."""
        alias = node.args.get("alias")
        if node.args.get("joins"):
            raise NotPlainError
        columns = [one.name for one in alias.args.get("columns") or ()] if alias is not None else []
        if isinstance(node, exp.Subquery) and alias is not None and alias.name:
            if {name for name, value in node.args.items() if value} - {"this", "alias"}:
                raise NotPlainError
            return self.query(node.this, ctes), alias.name, columns
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier) and not node.args.get("db"):
            cte = ctes.get(key(node.name, self._dialect))
            if cte is not None and not {name for name, value in node.args.items() if value} - {"this", "alias"}:
                flat = self.query(cte.query, cte.known)
                flat.items = _renamed(flat.items, cte.columns)
                return flat, node.alias_or_name, columns
        raise NotPlainError

    def _joined(self, node: exp.Select, ctes: Mapping[str, _Cte]) -> Flat:
        """Merge what stands in FROM; conditions of a sub-select are moved only where no outer join adds rows to it."""
        joins = list(node.args.get("joins") or ())
        members = [node.args["from_"].this, *(join.this for join in joins)]
        bases = all(self._is_base(one) for one in members)
        sources: list[Source] = []
        flat: Flat | None = None
        shared: list[str] = []
        for number, member in enumerate(members):
            join = joins[number - 1] if number else None
            later = any(str(one.args.get("side") or "").upper() in {"RIGHT", "FULL"} for one in joins[number:])
            if self._is_base(member):
                inner, source = self._base(member)
            else:
                inner, alias, columns = self._inner(member, ctes)
                source = Source(alias, _renamed(inner.items, columns), self._dialect)
                self.sorted |= bool(inner.order)
                computed = bool(inner.where) or not all(isinstance(one, exp.Column) for _, one in inner.items)
                outer = later or (join is not None and bool(join.args.get("side")))
                if not inner.plain or (number and inner.joins) or (outer and computed):
                    raise NotPlainError
            sources.append(source)
            if flat is None or join is None:
                inner.joins = [_crossed(one) for one in inner.joins]
                flat = inner
                continue
            made = self._join(join, inner.table, sources, shared, bases=bases)
            flat.joins.append(made)
            flat.where += inner.where
        if flat is None:
            raise NotPlainError
        return self._rows(node, flat, sources, shared)

    def _join(
        self, join: exp.Join, table: exp.Expr, sources: list[Source], shared: list[str], *, bases: bool
    ) -> exp.Join:
        side, kind, method = (str(join.args.get(name) or "").upper() for name in ("side", "kind", "method"))
        using = join.args.get("using") or []
        plain = kind in {"", "INNER", "CROSS", "OUTER"} and not method
        if not plain or {name for name, value in join.args.items() if value} - _JOIN:
            raise NotPlainError
        if using and (not bases or side not in {"", "LEFT"}):
            raise NotPlainError
        shared[:0] = [key(one.name, self._dialect) for one in using]
        made = exp.Join(this=table, **{name: join.args.get(name) for name in ("side", "kind")})
        if using:
            made.set("using", [one.copy() for one in using])
        if join.args.get("on") is not None:
            made.set("on", self._spelling(sources, shared).expression(join.args["on"]))
        return made

    def _base(self, node: exp.Expr) -> tuple[Flat, Source]:
        """Return a base table as a SELECT of its columns, under an alias that no other table has."""
        asset = self._occurrences[node.meta[OCCURRENCE]].asset
        if {name for name, value in node.args.items() if value} - {"this", "db", "alias"}:
            raise NotPlainError
        wanted = alias = node.alias_or_name
        while key(alias, self._dialect) in self._aliases:
            alias = f"{wanted}_{len(self._aliases)}"
        self._aliases.add(key(alias, self._dialect))
        table = exp.Table(this=node.this.copy(), db=node.args["db"].copy() if node.args.get("db") else None)
        if alias != node.name:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
        items: list[tuple[str, exp.Expr]] = [
            (entry.name, exp.column(exp.to_identifier(entry.name, quoted=True), exp.to_identifier(alias, quoted=True)))
            for entry in asset.columns
        ]
        return Flat(items, table), Source(wanted, items, self._dialect)

    def _spelling(self, sources: list[Source], shared: list[str] | None = None) -> Substitution:
        return Substitution(sources, tuple(shared or ()), self._dialect, self._budget)

    def _rows(self, node: exp.Select, flat: Flat, sources: list[Source], shared: list[str] | None = None) -> Flat:
        """Put the clauses of a SELECT over merged tables."""
        spelling = self._spelling(sources, shared)
        flat.items = self._items(node, spelling)
        flat.order = []
        if (where := node.args.get("where")) is not None:
            flat.where.append(spelling.expression(where.this))
        group = node.args.get("group")
        if group is not None:
            if any(value for name, value in group.args.items() if name not in {"expressions", "all"}):
                raise NotPlainError
            flat.group = (
                [one for _, one in flat.items if not self._aggregates(one)]
                if group.args.get("all")
                else [spelling.position(one, flat.items, output_first=False) for one in group.expressions]
            )
            if not all(one.find(exp.Column) for one in flat.group):
                raise NotPlainError  # a constant would be read as a position
        flat.aggregated = group is not None or any(self._aggregates(one) for _, one in flat.items)
        if (having := node.args.get("having")) is not None:
            flat.having.append(spelling.expression(having.this))
            flat.aggregated = True
        self._ends(node, flat, spelling)
        return flat

    def _around(self, node: exp.Select, inner: Flat, source: Source) -> Flat:
        """Put a SELECT that only names, filters and sorts groups into the SELECT that makes them."""
        spelling = self._spelling([source])
        items = self._items(node, spelling)
        where, order = node.args.get("where"), node.args.get("order")
        written = [*(one for one in node.expressions), *(one for one in (where, order) if one is not None)]
        if any(node.args.get(one) for one in ("group", "having", "distinct")) or not inner.aggregated:
            raise NotPlainError
        if any(self._aggregates(one) for one in written) or inner.distinct:
            raise NotPlainError
        limited = inner.limit is not None or inner.offset is not None
        if limited and (where is not None or order is not None or node.args.get("offset")):
            raise NotPlainError
        if inner.group is None and not any(self._aggregates(one) for _, one in items):
            raise NotPlainError
        inner.items = items
        if where is not None:
            inner.having.append(spelling.expression(where.this))
        limit = inner.limit
        if order is not None:
            inner.order = []
        self._ends(node, inner, spelling)
        if limit is not None:
            inner.limit = limit if inner.limit is None else min(limit, inner.limit)
        return inner

    def _items(self, node: exp.Select, spelling: Substitution) -> list[tuple[str, exp.Expr]]:
        items: list[tuple[str, exp.Expr]] = []
        for item in node.expressions:
            star = item.this if isinstance(item, exp.Column) and isinstance(item.this, exp.Star) else item
            if isinstance(star, exp.Star):
                if any(star.args.values()):
                    raise NotPlainError
                items += spelling.star(item.table if star is not item else None)
                continue
            inner = item.unalias()
            named = isinstance(item, (exp.Alias, exp.Column))
            name = item.alias_or_name if named else label(inner, self._dialect)
            made = spelling.expression(inner)
            items.append((name, made))
            if isinstance(item, exp.Alias):
                spelling.define(name, made)
        return items

    def _ends(self, node: exp.Select, flat: Flat, spelling: Substitution) -> None:
        for one in node.args["order"].expressions if node.args.get("order") else ():
            made = one.copy()
            made.set("this", spelling.position(one.this, flat.items, output_first=True))
            if not made.this.find(exp.Column) and not self._aggregates(made.this):
                raise NotPlainError
            flat.order.append(made)
        limit, offset = node.args.get("limit"), node.args.get("offset")
        if limit is not None and not isinstance(limit, exp.Limit):
            raise NotPlainError
        flat.limit = int(limit.expression.this) if limit is not None else None
        flat.offset = int(offset.expression.this) if offset is not None else flat.offset
        flat.distinct = flat.distinct or node.args.get("distinct") is not None

    def _aggregates(self, node: exp.Expr) -> bool:
        return any(self._allow.is_aggregate(one) or isinstance(one, exp.Window) for one in node.walk())


def _renamed(items: list[tuple[str, exp.Expr]], names: Sequence[str]) -> list[tuple[str, exp.Expr]]:
    given = [(name, one) for name, (_, one) in zip(names, items, strict=False)]
    return [*given, *items[len(given) :]]


def _crossed(join: exp.Join) -> exp.Join:
    """Write a comma as CROSS JOIN, which binds as tightly as the joins that may follow it now."""
    if not any(join.args.get(name) for name in ("on", "using", "side", "kind")):
        join.set("kind", "CROSS")
    return join
