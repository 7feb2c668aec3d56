"""Statements as real tools write them: a cleared officer gets what the database answers, and so does who asks figures.

`tests/fixtures/sql/tools/` has them, one file a tool and version, by questions over the sample registers.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
import yaml

from phantang import catalog
from phantang.flow.policy.input import present_assets
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.errors import Refused
from phantang.sql import guard, plan, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from phantang.model.catalog import Asset
    from phantang.store import Workspace

    from ..services.postgres import Server

    Answer = tuple[list[str], list[str], Counter[tuple[Any, ...]]]

FOLDER = Path(__file__).parents[1] / "fixtures" / "sql" / "tools"
TOOLS = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.yaml"))}
#: Every group has somebody behind it: what comes of a flat statement is the whole answer.
EVERY_GROUP = Obligations(aggregate_only=True, min_group_size=1)
#: Registers that are loaded into PostgreSQL.
IN_POSTGRES = {"dan_cu", "giao_thong", "y_te", "ho_tich"}


def cell(value: Any) -> Any:
    """Sums of floating-point numbers depend on the order of rows."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else float(f"{value:.9g}")
    return str(value) if isinstance(value, (list, dict)) else value


def answer(names: Sequence[Any], kinds: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Answer:
    return [str(one) for one in names], [str(one) for one in kinds], Counter(tuple(map(cell, row)) for row in rows)


def problem(
    statement: dict[str, Any], dialect: str, assets: Sequence[Asset], run: Callable[[str], Answer], owed: Obligations
) -> str | None:
    """Return what is wrong with one statement under a decision that shows everything, `None` if nothing is."""
    shown = {a.name.local: {e.name: ColumnDecision(Effect.CLEAR) for e in a.columns} for a in assets}
    allowed = Decision(True, shown, {}, owed, (), "tools")
    code = statement.get("unread") or (statement.get("refused") if owed.aggregate_only else None)
    try:
        query = resolve(statement["sql"], dialect, assets)
        made = plan(query, allowed, assets)
    except Refused as refused:
        return None if refused.code == code else f"{refused.code} instead of {code or 'an answer'}"
    if code is not None:
        return f"answered, though {code} is recorded"
    guard(made, allowed, assets)
    expected, found = run(statement["sql"]), run(made.sql)
    if expected[:2] != found[:2]:
        return f"{expected[:2]} became {found[:2]}"
    limited = "LIMIT" in statement["sql"].upper()  # which of equals come first is the engine's choice
    same = expected[2].total() == found[2].total() if limited else expected[2] == found[2]
    if statement.get("fewer") and owed.aggregate_only:
        same = found[2] <= expected[2]
    return None if same else f"{expected[2].total()} rows became {found[2].total()}, or other ones"


def problems(
    tool: str, dialect: str, workspace: Workspace, run: Callable[[str], Callable[[str], Answer]]
) -> Iterator[str]:
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    for statement in TOOLS[tool]["statements"]:
        source = statement["source"]
        if statement.get("dialect", dialect) != dialect or (dialect == "postgres" and source not in IN_POSTGRES):
            continue
        owed = [Obligations(), EVERY_GROUP] if statement["kind"] == "statistics" else [Obligations()]
        for one in owed:
            found = problem(statement, dialect, present_assets(snapshot, source), run(source), one)
            if found is not None:
                yield f"{found}: {statement['sql']}"


@pytest.mark.parametrize("tool", TOOLS)
def test_duckdb_answers_what_real_tools_ask(workspace: Workspace, tool: str) -> None:
    def run(source: str) -> Callable[[str], Answer]:
        def ask(sql: str) -> Answer:
            file = str(workspace.path / "data" / f"{source}.duckdb")
            with closing(duckdb.connect(file, read_only=True)) as connection:
                connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
                cursor = connection.execute(sql)
                named = cursor.description
                return answer([one[0] for one in named], [one[1] for one in named], cursor.fetchall())

        return ask

    assert not (found := list(problems(tool, "duckdb", workspace, run))), "\n".join(found)


@pytest.mark.postgres
@pytest.mark.parametrize("tool", TOOLS)
def test_postgres_answers_what_real_tools_ask(
    postgres_workspace: Workspace, postgres_server: Server, tool: str
) -> None:
    def run(source: str) -> Callable[[str], Answer]:
        def ask(sql: str) -> Answer:
            with postgres_server.connect(f"goc_{source}") as connection:
                connection.execute("SET TimeZone = 'UTC'")
                cursor: psycopg.Cursor[Any] = connection.execute(sql.encode())
                named = cursor.description or []
                return answer([one.name for one in named], [one.type_code for one in named], cursor.fetchall())

        return ask

    assert not (found := list(problems(tool, "postgres", postgres_workspace, run))), "\n".join(found)


def test_the_corpus_is_what_it_is_said_to_be() -> None:
    """At least sixty questions of five tools, most statistics answered; a file names the tool and its version."""
    statements = [one for tool in TOOLS.values() for one in tool["statements"]]
    asked = [one for one in statements if one["kind"] == "statistics"]
    assert len(TOOLS) >= 5
    assert len(statements) >= 200
    assert all(any(character.isdigit() for character in tool["tool"]) for tool in TOOLS.values())
    assert sum("refused" not in one and "unread" not in one for one in asked) >= 0.7 * len(asked)
