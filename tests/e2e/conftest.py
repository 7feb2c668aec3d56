"""An officer at the command line, with a small database of people that was scanned and that nobody decided on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang.store import Workspace

from ..services.cli import Cli

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "001203000017"
MADE = (
    "CREATE TABLE nguoi (so_cccd VARCHAR PRIMARY KEY, ho_ten VARCHAR, email VARCHAR, ton_giao VARCHAR, ghi_chu TEXT)",
    f"INSERT INTO nguoi VALUES ('{SECRET}', 'Nguyễn Văn An', 'an@vi.du.vn', 'Không', 'x')",
)
NAME = "nguon.main.nguoi"


class Review(Cli):
    """An officer at the command line, beside the database whose owner changes it."""

    @property
    def folder(self) -> Path:
        return self.workspace.path.parent

    def sql(self, *statements: str) -> None:
        with duckdb.connect(str(self.folder / "nguon.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)

    def columns(self) -> dict[str, tuple[str | None, str | None, str]]:
        rows = self.does("catalog", "show", NAME, "--format", "jsonl")
        return {row["column"]: (row["tag"], row["tier"], row["status"]) for row in rows}

    def pending(self) -> dict[str, str]:
        rows = self.does("catalog", "diff", "--format", "jsonl")
        return {row["column"].removeprefix(f"{NAME}."): row["kind"] for row in rows}


@pytest.fixture
def review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Review:
    workspace = Workspace.create(tmp_path / "w", {"nguon": f"duckdb:///{tmp_path / 'nguon.duckdb'}"})
    made = Review(workspace, capsys, "--lang", "en", unsaid=(SECRET,))
    made.sql(*MADE)
    made.does("scan")
    return made
