"""docs/sources.md says what the engines say of themselves, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from phantang.engines import Capabilities
from phantang.engines.duckdb.engine import DuckDBEngine
from phantang.engines.files.engine import FileEngine
from phantang.engines.postgres.engine import PostgresEngine
from phantang.engines.relational.kinds import Oracle, SQLServer
from phantang.engines.relational.mysql import MySQL
from phantang.engines.relational.sqlite import SQLite
from phantang.engines.sampling import METHODS
from phantang.engines.urls import FILES, SERVERS, SPARK, parse

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
KINDS: dict[str, Capabilities] = {
    "duckdb": DuckDBEngine.capabilities,
    "postgresql": PostgresEngine.capabilities,
    "mysql": MySQL.capabilities,
    "sqlite": SQLite.capabilities,
    "mssql": SQLServer.capabilities,
    "oracle": Oracle.capabilities,
    **dict.fromkeys(FILES, FileEngine.capabilities),
    SPARK[0]: Capabilities(),
}
COLUMNS = ("query", "statistics", "views", "keys", "comments", "timeout")
ROWS = {
    match[1]: [cell.strip() for cell in match[2].split("|")]
    for match in re.finditer(r"^\| .* \| `([\w+]+):/\S*` \| (.*) \|$", PAGE, re.MULTILINE)
}


@pytest.mark.parametrize("scheme", KINDS)
def test_capabilities_are_those_of_the_engine(scheme: str) -> None:
    assert ROWS[scheme] == ["✓" if getattr(KINDS[scheme], column) else "–" for column in COLUMNS]


def test_every_kind_and_method_has_its_line() -> None:
    assert set(ROWS) == {"duckdb", "postgresql", "sqlite", *SERVERS, *FILES, SPARK[0]}
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(METHODS)


def test_every_url_is_one() -> None:
    for url in re.findall(r"`([\w+]+://[^`]+)`", PAGE):
        if url != "files:///":
            assert parse(url, "thu").source == "thu"
