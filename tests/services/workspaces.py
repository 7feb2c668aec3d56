"""A scanned and accepted workspace over small sample registers, built once a worker and copied for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from phantang.flow.scan.scan import scan_workspace
from phantang.flow.workspace.demo import Register, build_registers, prepare_workspace
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

#: Enough for a grid cell and hour with ten vehicles, so that the logistics question has an answer.
CITIZENS = 40_000


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder every test's workspace is copied from; tests never write to it."""
    folder = tmp_path_factory.mktemp("template") / "workspace"
    workspace = prepare_workspace(folder)
    build_registers(workspace, CITIZENS, announce=_quietly)
    scan_workspace(workspace, accept_as="tests")
    return folder


@pytest.fixture
def workspace(workspace_template: Path, tmp_path: Path) -> Workspace:
    """Return a workspace of this test's own; the databases are links to the template's files, opened read-only."""
    return copy_workspace(workspace_template, tmp_path / "workspace")


def copy_workspace(template: Path, folder: Path) -> Workspace:
    """Copy a workspace into `folder`; its databases are links to the template's."""
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("*.duckdb"))
    for database in (template / "data").glob("*.duckdb"):
        (folder / "data" / database.name).symlink_to(database.resolve())
    return Workspace.open(folder)


def _quietly(register: Register) -> None:
    """Announce nothing."""
