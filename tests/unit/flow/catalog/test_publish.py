"""The catalog changes only once that is on record: where the ledger cannot be written, every file stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang.catalog import asset_path
from phantang.flow.catalog.publish import publish_assets
from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.errors import LedgerError
from phantang.model.names import TableName
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_is_written_that_is_not_on_record(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", {"s": "duckdb:///s.duckdb"})
    tables = [Asset(TableName("s", "main", table), (ColumnEntry("a", "DATE", Status.PROPOSED),)) for table in "xy"]
    publish_assets(workspace, tables[:1], "scan", {"tables": ["s.main.x"]})
    before = workspace.catalog_files()
    assert asset_path(tables[0].name) in before
    (tmp_path / "w/.phantang/ledger/checkpoint").unlink()
    with pytest.raises(LedgerError) as caught:
        publish_assets(workspace, tables[1:], "scan", {"tables": ["s.main.y"]})
    assert caught.value.code == "ledger_tampered"
    assert workspace.catalog_files() == before
