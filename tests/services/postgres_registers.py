"""Databases a user might bring: sample registers and one of peculiar objects, with a workspace scanned over them."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from phantang import samples
from phantang.cli.app import run
from phantang.store import Workspace, default_folder, read_folder

from .postgres_load import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg

    from phantang.samples.database import SampleDatabase

    from .postgres import Server

CITIZENS = 5_000
REGISTERS = ("dan_cu", "giao_thong", "y_te", "ho_tich")
#: The source of peculiar objects, read by an account of its own whose password comes from this variable.
PECULIAR = "dac_biet"
PASSWORD_VARIABLE, PASSWORD = "MAT_KHAU_DAC_BIET", "p@ss/ w:ord%"
SQL = Path(__file__).parents[1] / "fixtures" / "postgres" / "dac_biet.sql"

_LITERAL_OR_WORD = re.compile(r"'(?:[^']|'')*'|\w+")


def ddl(database: SampleDatabase) -> tuple[str, ...]:
    """Return the statements of a sample database for PostgreSQL: names keep their case, `DOUBLE` has its long name."""
    words = {"DOUBLE": "DOUBLE PRECISION"}
    for table, rows in database.tables.items():
        words |= {name: f'"{name}"' for name in (table, *rows.column_names)}
    return tuple(
        _LITERAL_OR_WORD.sub(lambda match: words.get(match[0], match[0]), statement)
        for statement in database.statements
    )


def repoint(workspace: Workspace, source: str, url: str) -> Workspace:
    """Give `source` another URL in `phantang.toml`, as its user would; return the workspace opened again."""
    file = workspace.path / "phantang.toml"
    head, section, tail = file.read_text(encoding="utf-8").partition(f"[sources.{source}]")
    tail = re.sub(r'url = ".*"', lambda _: f'url = "{url}"', tail, count=1)
    file.write_text(head + section + tail, encoding="utf-8")
    return Workspace.open(workspace.path)


@pytest.fixture(scope="session")
def postgres_registers(postgres_server: Server) -> Iterator[Mapping[str, str]]:
    """Load the databases `goc_<source>`; yield the URL of each as its user writes it. Tests only read them."""
    lists = {
        path.removeprefix("lists/"): text
        for path, text in read_folder(default_folder("classifiers")).items()
        if path.startswith("lists/")
    }
    urls = {name: postgres_server.url(f"goc_{name}") for name in REGISTERS}
    urls[PECULIAR] = f"postgresql://nguoi_doc:${{{PASSWORD_VARIABLE}}}@127.0.0.1:{postgres_server.port}/goc_{PECULIAR}"
    with postgres_server.connect() as admin:
        for name in urls:
            admin.execute(f"CREATE DATABASE goc_{name} TEMPLATE template0".encode())
    for database in samples.build_registers(lists, CITIZENS):
        if database.name in REGISTERS:
            load(urls[database.name], ddl(database), database.tables)
    with postgres_server.connect(f"goc_{PECULIAR}") as owner:
        owner.execute(SQL.read_bytes())
    yield urls
    with postgres_server.connect() as admin:
        for name in urls:
            admin.execute(f"DROP DATABASE goc_{name} WITH (FORCE)".encode())


@contextmanager
def _user_environment() -> Iterator[None]:
    """Set the password variable, and keep the user's own libpq settings out."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PG")]:
            patch.delenv(name)
        patch.setenv("PGPASSFILE", "/nonexistent")
        patch.setenv(PASSWORD_VARIABLE, PASSWORD)
        yield


@pytest.fixture(scope="session")
def postgres_workspace_template(
    postgres_registers: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a workspace made, scanned and accepted by the command line; tests copy it and never write to it."""
    folder = tmp_path_factory.mktemp("postgres") / "workspace"
    sources = [part for name, url in postgres_registers.items() for part in ("--source", f"{name}={url}")]
    with _user_environment():
        assert run(["init", str(folder), *sources]) == 0
        # Two views of dac_biet write when they are read: the read-only session refuses them, and the scan says so.
        assert run(["-w", str(folder), "scan", "--accept", "--by", "tests"]) == 2
    return folder


@pytest.fixture
def postgres_workspace(postgres_workspace_template: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Yield a workspace of this test's own over the shared databases."""
    folder = tmp_path / "workspace"
    shutil.copytree(postgres_workspace_template, folder)
    with _user_environment():
        yield Workspace.open(folder)


@dataclass(frozen=True, slots=True)
class Copy:
    """A database that a test may change: the workspace that reads it as `dan_cu`, its owner's connection, its URL."""

    workspace: Workspace
    owner: psycopg.Connection
    url: str


@pytest.fixture
def dan_cu_copy(postgres_server: Server, postgres_workspace: Workspace) -> Iterator[Copy]:
    """Copy `goc_dan_cu` and point the test's workspace at the copy."""
    with postgres_server.connect() as admin:
        admin.execute("CREATE DATABASE ban_sao TEMPLATE goc_dan_cu")
    url = postgres_server.url("ban_sao")
    try:
        with postgres_server.connect("ban_sao") as owner:
            yield Copy(repoint(postgres_workspace, "dan_cu", url), owner, url)
    finally:
        with postgres_server.connect() as admin:
            admin.execute("DROP DATABASE ban_sao WITH (FORCE)")
