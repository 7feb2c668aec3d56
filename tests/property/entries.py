"""Calls of the allow-lists' entries, and the lists without one of them."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from phantang.sql import guard, plan, resolve
from phantang.sql.guarding import syntax
from phantang.sql.language import allowlist

from .twins import FIXTURES, assets, decision

if TYPE_CHECKING:
    import pytest

Path = tuple[str | int, ...]

_MARK = re.compile(r"\s+-- (types only|since (\d+)|with ICU)$")
#: The dialect of a list; what is common must serve each.
FILES = {"duckdb": ("common", "duckdb"), "postgres": ("common", "postgres")}


@dataclass(frozen=True)
class Call:
    """One line: a statement, whether only its types are comparable (the clock), and what the server needs for it."""

    sql: str
    types_only: bool = False
    since: int = 0
    icu: bool = False


@dataclass(frozen=True)
class Entry:
    """One name of one list: the keys that lead to it in the YAML file, and the name."""

    file: str
    path: Path
    name: str

    def word(self) -> str:
        """Return how `words` calls the entry."""
        if self.path[0] == "nodes" and self.path[-1] != "allow":
            return f"{self.path[-1]}.{self.name}"
        return self.name

    def __str__(self) -> str:
        return f"{self.file}.yaml {'.'.join(str(step) for step in self.path if isinstance(step, str))} {self.name}"


def calls(dialect: str) -> list[Call]:
    """Read the calls for both dialects and for this one: a statement a line, comments aside."""
    found = []
    for name in FILES[dialect]:
        for line in (FIXTURES / "entries" / f"{name}.sql").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("--"):
                mark = _MARK.search(line)
                said = mark[1] if mark else ""
                since = int(mark[2]) if mark and mark[2] else 0
                sql = line[: mark.start()] if mark else line
                sql = sql.replace("main.", "public.") if dialect == "postgres" else sql
                found.append(Call(sql, said == "types only", since, said == "with ICU"))
    return found


def entries(dialect: str) -> list[Entry]:
    """Return every name of the lists of `dialect`; of a node, every argument, or itself if it has none.

    `kind` and `clock` allow nothing: they say what is refused where a group size is owed (`test_group_statistics.py`).
    """
    found: list[Entry] = []

    def collect(file: str, node: Any, path: Path) -> None:
        for step, value in node.items() if isinstance(node, dict) else enumerate(node):
            if step in {"reason", "columns", "kind", "clock"}:
                continue
            if value and isinstance(value, (dict, list)):
                collect(file, value, (*path, step))
            else:
                found.append(Entry(file, path, str(value or step)))

    for file in FILES[dialect]:
        collect(file, _content(file), ())
    return found


#: The lists as they are, also while `allowlist.read` is replaced.
_content = cache(allowlist.read)


def without(entry: Entry, patch: pytest.MonkeyPatch) -> None:
    """Take one entry off the lists, for the rewriter and for the guard."""
    content = copy.deepcopy(_content(entry.file))
    names: Any = content
    for step in entry.path:
        names = names[step]
    names.pop(entry.name if isinstance(names, dict) else names.index(entry.name))
    for module in (allowlist, syntax):
        patch.setattr(module, "read", lambda file: content if file == entry.file else _content(file))
    forget()


def forget() -> None:
    """Read the lists anew."""
    allowlist.allow_list.cache_clear()
    syntax.permitted.cache_clear()


def rewritten(sql: str, dialect: str) -> str:
    """Return the SQL that would run for someone cleared for everything. Raises `Refused` and `GuardError`."""
    catalog, allowed = assets(dialect), decision(dialect)
    made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    guard(made, allowed, catalog)
    return made.sql


def words(sql: str, dialect: str) -> set[str]:
    """Return what lists may call the parts of a call's tree, as the query is read and as the result is read again."""
    found: set[str] = set()
    query = resolve(sql, dialect, assets(dialect))
    for tree in (query.tree, exp.maybe_parse(rewritten(sql, dialect), dialect=dialect)):
        for node in tree.walk():
            kind = type(node).__name__
            found |= {kind, allowlist.listed_name(node).lower(), node.name.lower()}
            for name, value in node.args.items():
                if value is not None and value is not False and value != []:
                    found |= {f"{kind}.{name}", str(getattr(value, "name", value)).lower()}
    return found
