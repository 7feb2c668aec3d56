"""An output without a name is called what the engine calls it, whatever was rewritten or made flat on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import duckdb
import yaml
from sqlglot import exp, parse_one

from phantang.model.errors import Refused
from phantang.sql import guard, plan, resolve
from phantang.sql.language.allowlist import allow_list, listed_name
from phantang.sql.language.duckdb_text import keywords
from phantang.sql.language.lexis import dialect_of

from .entries import calls
from .twins import FIXTURES, answer, assets, decision

if TYPE_CHECKING:
    from collections.abc import Callable

    Runner = Callable[[str], tuple[Any, list[Any]]]

UNNAMED: dict[str, list[str]] = yaml.safe_load((FIXTURES / "unnamed.yaml").read_text(encoding="utf-8"))
FROM = (
    "FROM cong_dan AS t",
    "FROM (SELECT * FROM cong_dan) AS t",
    "FROM (SELECT so_cccd, ngay_sinh, thu_nhap + 0 AS thu_nhap, upper(ma_xa) AS ma_xa, ma_tinh FROM cong_dan) AS t",
)
#: A tree that says `if` and `CASE`, `^` and `power` alike: docs/sql-support.md says to give such an output a name.
ALIKE = {"If", "Pow", "Struct", "Interval", "JSONExtract", "JSONExtractScalar", "Array", "WithinGroup"}


def compared(run: Runner, dialect: str, text: str) -> tuple[list[str], list[str], bool] | None:
    """Return the engine's names and ours, and whether the statement was made flat; `None` if one refuses it."""
    kind, content = answer(run, text)
    catalog, allowed = assets(dialect), decision(dialect)
    if kind != "rows":
        return None
    try:
        query = resolve(text, dialect, catalog)
        made = plan(query, allowed, catalog)
    except Refused:
        return None
    guard(made, allowed, catalog)
    names = [name for name, _ in run(made.sql)[0]]
    return [name for name, _ in content[0]], names, query.footprint.shape.aggregate_only and "(SELECT" in text


def test_unnamed_outputs_keep_the_engines_name(run: Runner, dialect: str) -> None:
    wrong, flat, tried = [], 0, 0
    for item in (*UNNAMED["both"], *UNNAMED[dialect]):
        for source in FROM:
            found = compared(run, dialect, f"SELECT {item} {source}")
            if found is not None:
                tried, flat = tried + 1, flat + found[2]
                wrong += [(item, source, *found)] if found[0] != found[1] else []
    assert wrong == []
    assert (tried > 300, flat > 200) == (True, True), (tried, flat)


def test_every_aggregate_of_the_lists_is_among_them(dialect: str) -> None:
    text = ", ".join((*UNNAMED["both"], *UNNAMED[dialect]))
    used = {listed_name(node) for node in parse_one(f"SELECT {text}", dialect=dialect_of(dialect)).walk()}
    used |= set(re.findall(r"\w+", text.lower()))
    lists = allow_list(dialect)
    assert {*lists.counting, *lists.revealing} - used == set()


def test_every_listed_function_keeps_its_name_in_a_flat_statement(run: Runner, dialect: str) -> None:
    """A call over columns is grouped by; one of constants stands beside a column, where DuckDB's name shows it."""
    wrong, flat = [], 0
    for call in calls(dialect):
        tree = parse_one(call.sql, dialect=dialect_of(dialect))
        source = tree.args.get("from_")
        if not isinstance(tree, exp.Select) or (source is not None and source.sql() != "FROM cong_dan"):
            continue
        for item in tree.expressions:
            if {type(node).__name__ for node in item.walk()} & ALIKE:
                continue
            text, ends = item.unalias().sql(dialect, normalize_functions=False), ""
            if item.find(exp.Column):
                ends = f" GROUP BY {text}"
            else:
                text = f"CASE WHEN max(ma_xa) IS NULL THEN {text} END"
            found = compared(run, dialect, f"SELECT {text} FROM (SELECT * FROM cong_dan) AS s{ends}")
            if found is not None:
                flat += found[2]
                wrong += [(text, *found)] if found[0] != found[1] else []
    assert not wrong, "\n".join(map(str, wrong))
    assert flat > 150


def test_the_keywords_are_the_engines() -> None:
    found = {word for (word,) in duckdb.sql("SELECT keyword_name FROM duckdb_keywords()").fetchall()}
    assert found == keywords()
