"""Real workspaces and ledgers on the real file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from phantang.store import KeyFolder, LedgerStore, Workspace


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerStore:
    """An empty ledger with its keys beside it; nothing is on disk yet."""
    return open_ledger(tmp_path)


def open_ledger(folder: Path) -> LedgerStore:
    return LedgerStore(folder / ".phantang" / "ledger", KeyFolder(folder / ".phantang" / "keys"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with a little of everything."""
    root = tmp_path / "kho dữ liệu"
    (root / "catalog" / "assets" / "dan_cu").mkdir(parents=True)
    (root / "policies" / "main").mkdir(parents=True)
    (root / "classifiers").mkdir()
    (root / "phantang.toml").write_text(
        '[workspace]\nname = "thử"\n[sources.dan_cu]\nurl = "duckdb:///data/a.duckdb"\n'
    )
    (root / "catalog" / "tags.yaml").write_text("tags: []\n")
    (root / "policies" / "main" / "main.rego").write_text("package phantang\n")
    return Workspace.open(root)
