"""Typed expressions of generated queries; some of them fail on some values, in different ways on each engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml

if TYPE_CHECKING:
    import random

T = TypeVar("T")
_DATA = yaml.safe_load((Path(__file__).parent / "forms.yaml").read_text("utf-8"))
LITERALS: dict[str, list[str]] = _DATA["literals"]
FORMS: dict[str, list[str]] = _DATA["forms"]
PATTERNS = ("'%a%'", "'X%'", "'001%'", "'.*[0-9]+.*'", "'nnn%'")
TYPES = {
    "text": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "float": "DOUBLE PRECISION", "dec": "DECIMAL(12,2)",
    "date": "DATE", "ts": "TIMESTAMP", "uuid": "UUID", "bool": "BOOLEAN",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A name and a kind of value."""

    name: str
    kind: str


@dataclass(slots=True)
class Source:
    """A relation in scope; `merged` when USING has merged a column of it."""

    alias: str
    columns: list[Column] = field(default_factory=list)
    merged: bool = False


class Terms:
    """Expressions over sources, drawn from one random stream."""

    def __init__(self, rng: random.Random, dialect: str) -> None:
        self.rng, self.dialect, self._names = rng, dialect, 0

    def subquery(self, depth: int, outer: list[Source], kind: str, *, rows: bool = False) -> str:
        """Return a one-column query; the grammar knows how."""
        raise NotImplementedError

    def name(self, letter: str) -> str:
        """Return a new name."""
        self._names += 1
        return f"{letter}{self._names}"

    def chance(self, share: float) -> bool:
        """Return `True` in that share of the cases."""
        return self.rng.random() < share

    def pick(self, weights: dict[T, float]) -> T:
        """Return one of the keys, by weight."""
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def kind(self) -> str:
        """Return a kind of value to ask for."""
        return self.pick(
            {"text": 6, "int": 4, "date": 2, "float": 1, "bool": 1, "bigint": 1, "ts": 0.7, "dec": 0.7, "uuid": 0.4}
        )

    def literal(self, kind: str) -> str:
        """Return a constant."""
        text = self.rng.choice(LITERALS[kind])
        return f"CAST(NULL AS {TYPES[kind]})" if text == "NULL" else text

    def columns_of(self, sources: list[Source], number: int) -> list[tuple[str, Column]]:
        """Return up to `number` different columns."""
        every = [(f"{one.alias}.{column.name}" if column.name.islower() else f'{one.alias}."{column.name}"', column)
                 for one in sources for column in one.columns]  # fmt: skip
        return self.rng.sample(every, min(number, len(every)))

    def pair(self, source: Source, others: list[Source]) -> tuple[str, str]:
        """Return two columns of one kind, of `source` and of the others; empty if there are none."""
        mine = self.columns_of([source], 99)
        theirs = self.columns_of(others, 99)
        same = [(one, two) for one, left in mine for two, right in theirs if left == right]
        alike = [(one, two) for one, left in mine for two, right in theirs if left.kind == right.kind]
        choice = same if same and self.chance(0.7) else alike
        return self.rng.choice(choice) if choice else ("", "")

    def column(self, kind: str, sources: list[Source], outer: list[Source]) -> str:
        """Return a column of a kind, or a constant where there is none."""
        local = [text for text, one in self.columns_of(sources, 99) if one.kind == kind]
        far = [text for text, one in self.columns_of(outer, 99) if one.kind == kind]
        if far and (not local or self.chance(0.2)):
            return self.rng.choice(far)
        return self.rng.choice(local) if local else self.literal(kind)

    def output(self, kind: str, sources: list[Source], outer: list[Source], depth: int) -> str:
        """Return an expression for the SELECT list: a term, or a window."""
        if not self.chance(0.15):
            return self.term(kind, sources, outer, depth)
        frame = [f"PARTITION BY {text}" for text, _ in self.columns_of(sources, 1) if self.chance(0.6)]
        order = ", ".join(text for text, _ in self.columns_of(sources, self.rng.randint(1, 2)))
        if kind == "int":
            function = self.rng.choice(
                ["rank()", "dense_rank()", "count(*)", f"count({self.column('text', sources, [])})"]
            )
            return f"CAST({function} OVER ({' '.join([*frame, f'ORDER BY {order}'])}) AS INTEGER)"
        if kind in {"text", "date", "bigint", "dec"}:
            function = f"{self.rng.choice(['min', 'max'])}({self.column(kind, sources, [])})"
            return f"{function} OVER ({' '.join([*frame, f'ORDER BY {order}'])})"
        return self.term(kind, sources, outer, depth)

    def aggregate(self, sources: list[Source], kind: str) -> str:
        """Return an aggregate of a kind over local columns."""
        text, number = self.column("text", sources, []), self.column("int", sources, [])
        tail = f" FILTER (WHERE {self.comparison(sources, [], 9)})" if self.chance(0.2) else ""
        if kind == "int":
            distinct = self.rng.choice(["", "DISTINCT "])
            calls = ["count(*)", f"count({distinct}{text})", f"sum({number})", f"max(length({text}))", f"min({number})"]
            return f"CAST({self.rng.choice(calls)}{tail} AS INTEGER)"
        if kind == "text" and self.chance(0.4):
            inner = f"{text}, ',' ORDER BY {text}"
            return f"string_agg({inner}){tail}"
        if kind == "bool":
            return f"bool_and({self.comparison(sources, [], 9)}){tail}"
        if kind in {"uuid"}:
            return f"CAST(max(CAST({self.column(kind, sources, [])} AS VARCHAR)){tail} AS UUID)"
        return f"{self.rng.choice(['min', 'max'])}({self.column(kind, sources, [])}){tail}"

    def condition(self, sources: list[Source], outer: list[Source], depth: int) -> str:
        """Return one to three comparisons."""
        one = self.comparison(sources, outer, depth)
        while self.chance(0.25):
            one = f"({one} {self.rng.choice(['AND', 'AND', 'OR'])} {self.comparison(sources, outer, depth)})"
        return f"NOT ({one})" if self.chance(0.1) else one

    def comparison(self, sources: list[Source], outer: list[Source], depth: int) -> str:
        """Return a condition."""
        kind = self.pick(
            {"text": 6, "int": 4, "date": 2, "float": 1, "bigint": 1, "dec": 0.6, "ts": 0.6, "uuid": 0.4, "bool": 0.4}
        )
        deep = depth < 2
        how = self.pick({
            "compare": 8, "null": 2, "in": 2, "between": 1, "like": 2, "distinct": 1, "any": 0.6,
            "exists": 1.5 if deep else 0, "insub": 1.2 if deep else 0, "quantified": 0.6 if deep else 0,
        })  # fmt: skip
        left = self.term(kind, sources, outer, depth + 1)
        if how == "null":
            return f"{left} IS {self.rng.choice(['', 'NOT '])}NULL"
        if how == "in":
            return (
                f"{left} {self.rng.choice(['', 'NOT '])}IN ({self.literal(kind)}, {self.term(kind, sources, outer, 9)})"
            )
        if how == "between":
            return f"{left} BETWEEN {self.literal(kind)} AND {self.term(kind, sources, outer, 9)}"
        if how == "like":
            text = self.term("text", sources, outer, depth + 1)
            operator = self.rng.choice(
                ["LIKE", "NOT LIKE", "ILIKE", "~" if self.dialect == "postgres" else "SIMILAR TO"]
            )
            return f"{text} {operator} {self.rng.choice(PATTERNS)}"
        if how == "distinct":
            return f"{left} IS {self.rng.choice(['', 'NOT '])}DISTINCT FROM {self.term(kind, sources, outer, 9)}"
        if how == "any":
            return f"{left} = ANY(ARRAY[{self.literal(kind)}, {self.column(kind, sources, outer)}])"
        if how == "exists":
            return f"{self.rng.choice(['', 'NOT '])}EXISTS ({self.subquery(depth + 1, [*sources], 'int', rows=True)})"
        if how == "insub":
            return f"{left} {self.rng.choice(['', 'NOT '])}IN ({self.subquery(depth + 1, [*sources], kind, rows=True)})"
        if how == "quantified":
            inner = self.subquery(depth + 1, [*sources], kind, rows=True)
            return f"{left} {self.rng.choice(['=', '<', '<>'])} {self.rng.choice(['ANY', 'ALL'])} ({inner})"
        return (
            f"{left} {self.rng.choice(['=', '<>', '<', '<=', '>', '>='])} {self.term(kind, sources, outer, depth + 1)}"
        )

    def term(self, kind: str, sources: list[Source], outer: list[Source], depth: int) -> str:
        """Return an expression of a kind."""

        def one(of: str = kind) -> str:
            return self.term(of, sources, outer, depth + 1)

        if depth > 3 or self.chance(0.45):
            return self.literal(kind) if self.chance(0.15) else self.column(kind, sources, outer)
        common = ["case", "coalesce", "nullif"] + (["scalar"] if depth < 2 else [])
        form = self.rng.choice([*common, *FORMS[kind], *FORMS[kind]])
        if form == "case":
            return f"CASE WHEN {self.comparison(sources, outer, 9)} THEN {one()} ELSE {one()} END"
        if form == "coalesce":
            return f"coalesce({one()}, {one()})"
        if form == "nullif":
            return f"nullif({one()}, {one()})"
        if form == "scalar":
            return f"({self.subquery(depth + 1, [*sources], kind)})"
        letters = {
            "t": "text",
            "i": "int",
            "d": "date",
            "f": "float",
            "g": "bigint",
            "m": "dec",
            "s": "ts",
            "u": "uuid",
            "b": "bool",
        }
        parts: Any = {"n": lambda: str(self.rng.randint(1, 6))}
        while "{" in form:
            start = form.index("{")
            letter = form[start + 1]
            text = parts[letter]() if letter in parts else one(letters[letter])
            form = form[:start] + text + form[start + 3 :]
        return form
