"""What a column of a sub-select is, put in place of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.sql.language.names import key

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEVER = (exp.Window, exp.Subquery, exp.Select, exp.SetOperation, exp.Explode, exp.Unnest, exp.Rollup, exp.Cube,
          exp.GroupingSets)  # fmt: skip


class NotPlainError(Exception):
    """A statement is not certainly the same as a flat one; it then stays as it was written."""


class Source:
    """One relation of FROM: its name, and what each of its columns is."""

    def __init__(self, alias: str, items: Sequence[tuple[str, exp.Expr]], dialect: str) -> None:
        self.alias = key(alias, dialect)
        self.items = list(items)
        self.columns: dict[str, exp.Expr] = {}
        self.doubled: set[str] = set()
        for name, one in items:
            wanted = key(name, dialect)
            if wanted in self.columns:
                self.doubled.add(wanted)
            self.columns[wanted] = one


class Substitution:
    """Expressions over `sources`, spelt anew; `shared` are the keys of columns merged by USING, last join first.

    Everything raises `NotPlainError` where a name could mean two things. `budget` holds how many nodes may be written.
    """

    def __init__(self, sources: Sequence[Source], shared: Sequence[str], dialect: str, budget: list[int]) -> None:
        self._sources, self._shared, self._dialect, self._budget = sources, shared, dialect, budget
        self._outputs: dict[str, exp.Expr] = {}

    def define(self, name: str, meaning: exp.Expr) -> None:
        """Let an output's name stand for what it is."""
        self._outputs[key(name, self._dialect)] = meaning

    def star(self, table: str | None) -> list[tuple[str, exp.Expr]]:
        """Return what `*` or `table.*` shows."""
        wanted = None if table is None else key(table, self._dialect)
        found = [one for one in self._sources if wanted is None or one.alias == wanted]
        if not found or (wanted is None and not all(map(self._merges_all, self._shared))):
            raise NotPlainError
        if wanted is not None or not self._shared:
            return [(name, self._written(meaning)) for one in found for name, meaning in one.items]
        items = self._merged() if self._dialect == "postgres" else []
        seen = set(self._shared) if items else set()
        for one in found:
            shown = [item for item in one.items if key(item[0], self._dialect) not in seen]
            items += [(name, self._written(meaning)) for name, meaning in shown]
            seen |= set(self._shared) & one.columns.keys()
        return items

    def _merges_all(self, wanted: str) -> bool:
        """Tell whether no relation has a column of this name beside those that USING merges."""
        return sum(wanted in one.columns for one in self._sources) == self._shared.count(wanted) + 1

    def _merged(self) -> list[tuple[str, exp.Expr]]:
        """Return what PostgreSQL shows before all else: columns merged by USING, those of the last join first."""
        items = []
        for wanted in dict.fromkeys(self._shared):
            first = next(one for one in self._sources if wanted in one.columns)
            name = next(name for name, _ in first.items if key(name, self._dialect) == wanted)
            items.append((name, self._written(first.columns[wanted])))
        return items

    def expression(self, node: exp.Expr) -> exp.Expr:
        """Return a copy of `node` in which every column is what it stands for."""
        if isinstance(node, exp.Column):
            return self._written(self._meaning(node))
        copy = node.copy()
        for one in list(copy.walk()):
            if isinstance(one, _NEVER):
                raise NotPlainError
            if isinstance(one, exp.Column):
                one.replace(self._written(self._meaning(one)))
        return copy

    def position(self, node: exp.Expr, items: Sequence[tuple[str, exp.Expr]], *, output_first: bool) -> exp.Expr:
        """Return what an item of GROUP BY or ORDER BY is: an ordinal, an output's name, or an expression."""
        if isinstance(node, exp.Literal):
            if node.is_string or not node.this.isdigit() or not 1 <= int(node.this) <= len(items):
                raise NotPlainError
            return self._written(items[int(node.this) - 1][1])
        if output_first and isinstance(node, exp.Column) and not node.table:
            named = [one for name, one in items if key(name, self._dialect) == key(node.name, self._dialect)]
            if named and all(one == named[0] for one in named):
                return self._written(named[0])
        return self.expression(node)

    def _meaning(self, node: exp.Column) -> exp.Expr:
        wanted = key(node.name, self._dialect)
        if node.table:
            alias = key(node.table, self._dialect)
            found = [one for one in self._sources if one.alias == alias]
        else:
            found = [one for one in self._sources if wanted in one.columns]
            if wanted in self._shared and self._merges_all(wanted):
                found = found[:1]
        if len(found) > 1 or any(wanted in one.doubled or wanted not in one.columns for one in found):
            raise NotPlainError
        output = None if node.table else self._outputs.get(wanted)
        meaning = found[0].columns[wanted] if found else output
        if meaning is None or (output is not None and output != meaning):
            raise NotPlainError
        return meaning

    def _written(self, meaning: exp.Expr) -> exp.Expr:
        """Return a copy that keeps its meaning wherever it is put."""
        if isinstance(meaning, (exp.Null, exp.Literal)) and not (isinstance(meaning, exp.Literal) and meaning.is_int):
            raise NotPlainError  # typed by where it stands
        copy = meaning.copy()
        self._budget[0] -= sum(1 for _ in copy.walk())
        if self._budget[0] < 0:
            raise NotPlainError
        if isinstance(copy, (exp.Binary, exp.Unary, exp.Predicate, exp.Not)) and not isinstance(copy, exp.Paren):
            return exp.Paren(this=copy)
        return copy
