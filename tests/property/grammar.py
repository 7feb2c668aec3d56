"""Queries at random over the twins' catalog: what they are made of, for both dialects.

One query is a pure function of its seed. Expressions are typed, so that most queries run; a few fail on some values on
purpose. What engines leave open is avoided, because it would differ without telling anything: rows under a LIMIT are
ordered by every output, windows number only what their order tells apart, and floats are not summed up.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from .terms import Column, Source, Terms
from .twins import TABLES

KINDS = {
    "VARCHAR": "text", "DATE": "date", "INTEGER": "int", "BIGINT": "bigint", "DOUBLE PRECISION": "float",
    "TIMESTAMP": "ts", "BOOLEAN": "bool", "UUID": "uuid", "DECIMAL(12,2)": "dec",
}  # fmt: skip
MAX_DEPTH = 3


@dataclass(slots=True)
class Query:
    """SQL and the columns it gives."""

    sql: str
    columns: list[Column] = field(default_factory=list)


def generate(seed: str, dialect: str) -> str:
    """Return the query of `seed`."""
    return Grammar(random.Random(seed), dialect).query(0, []).sql


class Grammar(Terms):
    """Clauses and queries; `Terms` has the expressions."""

    def query(self, depth: int, outer: list[Source], ctes: tuple[Source, ...] = ()) -> Query:
        """Return any query; `outer` is in scope of it as of a sub-query, `ctes` by name."""
        shape = self.pick({"select": 10, "with": 2, "set": 2, "grouped": 4, "values": 0.3})
        if depth >= MAX_DEPTH:
            shape = "select"
        if shape == "with":
            return self._with(depth, outer, ctes)
        if shape == "set":
            return self._set(depth, outer, ctes)
        if shape == "grouped":
            return self._grouped(depth, outer, ctes)
        return self._values() if shape == "values" else self._select(depth, outer, ctes)

    def subquery(self, depth: int, outer: list[Source], kind: str, *, rows: bool = False) -> str:
        """Return a one-column query of a kind: of at most one row, unless `rows`."""
        source, sql = self._table()
        conditions = [self.condition([source], outer, depth + 1)] if self.chance(0.8) else []
        if outer and self.chance(0.6):
            mine, theirs = self.pair(source, outer)
            if mine:
                conditions.append(f"{mine} = {theirs}")
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        if not rows:
            return f"SELECT {self.aggregate([source], kind)} FROM {sql}{where}"
        return f"SELECT {self.term(kind, [source], [], depth + 1)} FROM {sql}{where}"

    def _with(self, depth: int, outer: list[Source], ctes: tuple[Source, ...]) -> Query:
        known, parts = list(ctes), []
        for _ in range(self.rng.randint(1, 2)):
            inner = self.query(depth + 1, [], tuple(known))
            name = self.name("q")
            names = [Column(self.name("k"), one.kind) for one in inner.columns]
            parts.append(f"{name}({', '.join(one.name for one in names)}) AS ({inner.sql})")
            known.append(Source(name, names))
        body = self._select(depth + 1, outer, tuple(known))
        return Query(f"WITH {', '.join(parts)} {body.sql}", body.columns)

    def _set(self, depth: int, outer: list[Source], ctes: tuple[Source, ...]) -> Query:
        kinds = [self.pick({"text": 4, "int": 3, "date": 1}) for _ in range(self.rng.randint(1, 3))]
        operator = self.rng.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"])
        arms = [self._select(depth + 1, outer, ctes, kinds=kinds, bare=True) for _ in range(2)]
        sql = f"{arms[0].sql} {operator} {arms[1].sql}"
        if self.chance(0.3):
            sql += self._ordered(len(kinds))
        return Query(sql, arms[0].columns)

    def _values(self) -> Query:
        rows = ", ".join(f"({self.literal('text')}, {self.literal('int')})" for _ in range(self.rng.randint(1, 3)))
        names = [Column(self.name("k"), "text"), Column(self.name("k"), "int")]
        alias = self.name("v")
        return Query(f"SELECT * FROM (VALUES {rows}) AS {alias}({names[0].name}, {names[1].name})", names)

    def _select(
        self,
        depth: int,
        outer: list[Source],
        ctes: tuple[Source, ...],
        kinds: list[str] | None = None,
        *,
        bare: bool = False,
    ) -> Query:
        sources, clause = self._from(depth, ctes)
        asked = kinds or [self.kind() for _ in range(self.rng.randint(1, 4))]
        star = kinds is None and self.chance(0.08) and all(not one.merged for one in sources)
        columns = [Column(self.name("c"), kind) for kind in asked]
        items = [
            f"{self.output(kind, sources, outer, depth)} AS {one.name}"
            for kind, one in zip(asked, columns, strict=True)
        ]
        if star and len(sources) == 1 and depth == 0:
            items.insert(0, f"{sources[0].alias}.*")
        where = f" WHERE {self.condition(sources, outer, depth)}" if self.chance(0.6) else ""
        distinct = "DISTINCT " if self.chance(0.12) else ""
        sql = f"SELECT {distinct}{', '.join(items)} FROM {clause}{where}"
        if not bare and len(items) == len(columns) and self.chance(0.3):
            sql += self._ordered(len(items))
        return Query(sql, columns)

    def _grouped(self, depth: int, outer: list[Source], ctes: tuple[Source, ...]) -> Query:
        sources, clause = self._from(depth, ctes)
        keys = self.columns_of(sources, self.rng.randint(0, 2))
        columns = [Column(self.name("c"), one.kind) for _, one in keys]
        items = [f"{text} AS {one.name}" for (text, _), one in zip(keys, columns, strict=True)]
        for _ in range(self.rng.randint(1, 3)):
            kind = self.pick({"int": 5, "text": 3, "date": 1})
            columns.append(Column(self.name("a"), kind))
            items.append(f"{self.aggregate(sources, kind)} AS {columns[-1].name}")
        where = f" WHERE {self.condition(sources, outer, depth)}" if self.chance(0.45) else ""
        sql = f"SELECT {', '.join(items)} FROM {clause}{where}"
        if keys:
            names = [text for text, _ in keys]
            sets = {"plain": 8, "rollup": 1, "cube": 0.5, "ordinal": 1.5}
            how = self.pick(sets)
            if how == "ordinal":
                names = [str(position + 1) for position in range(len(names))]
            listed = ", ".join(names)
            sql += " GROUP BY " + (f"{how.upper()} ({listed})" if how in {"rollup", "cube"} else listed)
        if self.chance(0.3):
            sql += (
                f" HAVING {self.aggregate(sources, 'int')} {self.rng.choice(['>', '<=', '<>'])} {self.literal('int')}"
            )
        if self.chance(0.3):
            sql += self._ordered(len(items))
        return Query(sql, columns)

    def _ordered(self, outputs: int) -> str:
        """Order by every output, so that what LIMIT keeps does not depend on the engine."""
        positions = list(range(1, outputs + 1))
        self.rng.shuffle(positions)
        how = ["", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"]
        sql = " ORDER BY " + ", ".join(f"{one}{self.rng.choice(how)}" for one in positions)
        if self.chance(0.5):
            sql += f" LIMIT {self.rng.randint(0, 5)}"
            sql += f" OFFSET {self.rng.randint(0, 2)}" if self.chance(0.3) else ""
        return sql

    def _table(self) -> tuple[Source, str]:
        table = self.rng.choice(
            ["cong_dan", "cong_dan", "ho_gia_dinh", "hanh_trinh", "KhaiSinh", "ho_so", "ho_so", "phan_cong"]
        )
        alias = self.name("t")
        written = table if table.islower() else f'"{table}"'
        columns = [Column(name, KINDS[kind]) for name, kind in TABLES[table].items()]
        return Source(alias, columns), f"{written} {self.rng.choice(['', 'AS '])}{alias}"

    def _source(self, depth: int, ctes: tuple[Source, ...]) -> tuple[Source, str]:
        how = self.pick(
            {"table": 8, "derived": 1.5 if depth < MAX_DEPTH else 0, "cte": 6 if ctes else 0, "values": 0.4}
        )
        if how == "table":
            return self._table()
        alias = self.name("t")
        if how == "cte":
            one = self.rng.choice(ctes)
            return Source(alias, one.columns), f"{one.alias} AS {alias}"
        inner = self._values() if how == "values" else self.query(depth + 1, [], ctes)
        names = [Column(self.name("k"), one.kind) for one in inner.columns]
        return Source(alias, names), f"({inner.sql}) AS {alias}({', '.join(one.name for one in names)})"

    def _from(self, depth: int, ctes: tuple[Source, ...]) -> tuple[list[Source], str]:
        first, sql = self._source(depth, ctes)
        sources = [first]
        for _ in range(self.pick({0: 5, 1: 4, 2: 1})):
            kind = self.pick(
                {"JOIN": 5, "LEFT JOIN": 3, "RIGHT JOIN": 1, "FULL JOIN": 1, "CROSS JOIN": 0.7, "LATERAL": 0.8}
            )
            if kind == "LATERAL":
                alias, inner_kind = self.name("t"), self.pick({"text": 3, "int": 2})
                name = self.name("k")
                inner = self.subquery(depth + 1, [*sources], inner_kind)
                sql += f" CROSS JOIN LATERAL ({inner}) AS {alias}({name})"
                sources.append(Source(alias, [Column(name, inner_kind)]))
                continue
            other, text = self._source(depth, ctes)
            shared = [one.name for one in first.columns if any(one == two for two in other.columns)]
            if kind == "CROSS JOIN":
                sql += f" CROSS JOIN {text}"
            elif shared and len(sources) == 1 and self.chance(0.3):
                sql += f" {kind} {text} USING ({self.rng.choice(shared)})"
                other.merged = first.merged = True
            else:
                mine, theirs = self.pair(other, sources)
                on = f"{theirs} = {mine}" if mine else ("1 = 1" if kind == "FULL JOIN" else "TRUE")
                if kind != "FULL JOIN" and self.chance(0.4):
                    on += f" AND {self.condition([*sources, other], [], MAX_DEPTH)}"
                sql += f" {kind} {text} ON {on}"
            sources.append(other)
        return sources, sql
