"""The held-out labelled columns: reads `tests/fixtures/heldout/` into systems, tables and columns; values come lazily.

The labelling rules and the file format stand in that folder's README. `dev`, `test` and `opened` may be read,
`blind` and `blind2` are not tuned on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from .heldout_values import Parsed, Value, values

FOLDER = Path(__file__).parent.parent / "fixtures" / "heldout"
SPLITS = (
    "dev", "test", "opened", "blind", "blind2", "cells", "sealed", "wide1a", "wide1b",
    "wide2a", "wide2b", "wide3a", "wide3b",
)  # fmt: skip
_SYSTEM_KEYS = frozenset({"system", "language", "style", "tables"})
_TABLE_KEYS = frozenset({"name", "comment", "columns", "foreign_keys", "rows"})


@dataclass(frozen=True)
class Column:
    """One labelled column; any of `tags` is right, the first is the best. Without a recipe it is known by name only."""

    name: str
    type: str
    tags: tuple[str, ...]
    recipe: str | None
    comment: str | None
    resembles: str | None
    """The tag a hasty reader would give: set on look-alikes only."""

    @property
    def personal(self) -> bool:
        """Whether the best label is a personal or a sensitive tag."""
        return self.tags[0].startswith(("person.", "sensitive."))

    @property
    def partial(self) -> bool:
        """Whether only a few of its values hold what the personal tag among `tags` says."""
        return self.recipe is not None and " sparse=" in self.recipe


@dataclass(frozen=True)
class Table:
    """One table of a system; `foreign_keys` maps a column to `table.column` of the same system."""

    system: str
    name: str
    comment: str | None
    columns: tuple[Column, ...]
    foreign_keys: dict[str, str]
    rows: int | None
    """How many rows there are, where they are few: code lists."""

    def values(self, column: Column, rows: int = 200) -> list[Value] | None:
        """At most `rows` sampled values of a column, equal at every call; None for a column known by name only."""
        if column.recipe is None:
            return None
        return values(column.recipe, f"{self.system}/{self.name}", column.name, min(rows, self.rows or rows))


@dataclass(frozen=True)
class System:
    """One file: an invented database in the naming style of a kind of real system."""

    path: Path
    name: str
    language: str
    style: str
    tables: tuple[Table, ...]

    @property
    def split(self) -> str:
        return self.path.parent.name

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for table in self.tables for column in table.columns)


def systems(*splits: str) -> Iterator[System]:
    """All systems of the named splits, or of all, in file order; ValueError names the malformed file and column."""
    for split in splits or SPLITS:
        for path in sorted((FOLDER / split).glob("*.yaml")):
            try:
                yield _system(path, yaml.safe_load(path.read_text("utf-8")))
            except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
                raise ValueError(f"{split}/{path.name}: {error}") from error


def _system(path: Path, content: dict[str, Any]) -> System:
    _refuse_others(content, _SYSTEM_KEYS)
    tables = tuple(_table(path.stem, table) for table in content["tables"])
    return System(path, content["system"], content["language"], content["style"], tables)


def _table(system: str, content: dict[str, Any]) -> Table:
    _refuse_others(content, _TABLE_KEYS)
    columns = tuple(_column(name, line) for name, line in content["columns"].items())
    return Table(
        system, content["name"], content.get("comment"), columns, content.get("foreign_keys", {}), content.get("rows")
    )


def _column(name: object, line: str) -> Column:
    """A line reads `type | tag, other tag ~ tag it resembles | recipe or - | comment`; the comment may be missing."""
    parts = [part.strip() for part in line.split(" | ")]
    if not isinstance(name, str) or not 3 <= len(parts) <= 4:
        raise ValueError(f"column {name!r}: {line!r}")
    label, _, resembles = (part.strip() for part in parts[1].partition("~"))
    recipe = None if parts[2] == "-" else parts[2]
    if recipe is not None:
        Parsed.of(recipe)
    tags = tuple(tag.strip() for tag in label.split(","))
    return Column(name, parts[0], tags, recipe, parts[3] if len(parts) == 4 else None, resembles or None)


def _refuse_others(content: dict[str, Any], known: frozenset[str]) -> None:
    if unknown := set(content) - known:
        raise ValueError(f"unknown keys {sorted(unknown)}")
