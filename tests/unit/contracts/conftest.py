from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from phantang.contracts import ReferenceLists, parse_lists
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.names import TableName

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def list_files() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "classifiers/lists").glob("*.csv")}


@pytest.fixture(scope="session")
def lists(list_files: dict[str, str]) -> ReferenceLists:
    return parse_lists(list_files)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture
def table() -> Callable[..., Asset]:
    def make(columns: Sequence[tuple[str, str | None]], *primary_key: str) -> Asset:
        entries = tuple(
            ColumnEntry(name, "VARCHAR", Status.ACCEPTED, tag, () if tag is None else (tag,)) for name, tag in columns
        )
        return Asset(TableName("s", "main", "t"), entries, primary_key=primary_key)

    return make
