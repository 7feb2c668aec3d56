"""A real MariaDB server for tests: own data directory, own socket, no superuser needed, gone when the tests end.

Binaries are looked for in `$PHANTANG_MARIADB_BIN`, on the PATH and in `/usr/sbin`. The account `phantang` needs
`PASSWORD`, over TCP and over the socket.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pymysql
import pytest

from .postgres import _unprivileged_user
from .tether import account, free_port, tethered, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USER = "phantang"
PASSWORD = "matkhau-thu-nghiem"
HOW_TO_GET = (
    "install MariaDB 10.6 or newer (Debian: mariadb-server-core and mariadb-client-core), or set PHANTANG_MARIADB_BIN"
)
#: By itself it takes a log of 96 MB and 128 MB of memory, and asynchronous I/O that not every machine gives.
FRUGAL = (
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--innodb-use-native-aio=0",
)
PLACES = ("/usr/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")


@dataclass(frozen=True, slots=True)
class MariaDB:
    """A running server: its socket, and its port on 127.0.0.1."""

    socket: str
    port: int

    def url(self, database: str = "", *, user: str = USER, password: str = PASSWORD, scheme: str = "mariadb") -> str:
        """Return the SQLAlchemy URL of `database`, or of every database, over TCP."""
        return f"{scheme}://{user}:{quote(password)}@127.0.0.1:{self.port}/{quote(database)}"

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run statements as the superuser, each committed."""
        connection = pymysql.connect(
            unix_socket=self.socket, user="root", database=database, charset="utf8mb4", autocommit=True
        )
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Return the rows of one query of the superuser."""
        connection = pymysql.connect(unix_socket=self.socket, user="root", charset="utf8mb4")
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

    def insert(self, statement: str, rows: Sequence[Sequence[object]], *, database: str) -> None:
        """Run an `INSERT ... VALUES (%s, ...)` for each of `rows`, in a few round trips."""
        connection = pymysql.connect(
            unix_socket=self.socket, user="root", database=database, charset="utf8mb4", autocommit=True
        )
        try:
            with connection.cursor() as cursor:
                cursor.executemany(statement, rows)
        finally:
            connection.close()


@cache
def find(program: str) -> Path | None:
    """Return the path of `program`, or `None`."""
    if chosen := os.environ.get("PHANTANG_MARIADB_BIN"):
        found = Path(chosen) / program
        return found if found.exists() else None
    if on_path := shutil.which(program):
        return Path(on_path)
    return next((Path(place, program) for place in PLACES if Path(place, program).exists()), None)


def _await_ready(process: subprocess.Popen[bytes], server: MariaDB) -> bool:
    for _ in range(1200):
        if process.poll() is not None:
            return False
        with socket.socket(socket.AF_UNIX) as probe:  # the driver leaves its socket open when it is refused
            if probe.connect_ex(server.socket) == 0:
                return True
        time.sleep(0.05)
    return False


def _make_data(install: Path, base: Path, user: str | None) -> str:
    """Make the data directory below `base`; return what the server complained of, empty once it is made.

    Three tries: what a machine under load lacks for a moment (files, memory, disk) is there a few seconds later.
    """
    complaint = ""
    for pause in (0, 2, 10):
        time.sleep(pause)
        shutil.rmtree(base / "data", ignore_errors=True)
        made = subprocess.run(
            [
                install,
                "--no-defaults",
                f"--datadir={base / 'data'}",
                f"--tmpdir={base}",
                *FRUGAL,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=base,
            **account(user),
        )
        if not made.returncode:
            return ""
        lines = (made.stderr + made.stdout).splitlines()
        free = shutil.disk_usage(base).free // 2**20
        told = [line.strip() for line in lines if "ERROR" in line] or lines[-3:] or ["no word"]
        complaint = "\n".join([*told[:8], f"({free} MB free on its disk)"])
    return complaint


@contextmanager
def running() -> Iterator[MariaDB]:
    """Run a server for the block; skip (or fail) the calling test if there is none to run."""
    server_program, install = find("mariadbd"), find("mariadb-install-db")
    if server_program is None or install is None:
        unavailable(f"no MariaDB server: {HOW_TO_GET}")
    user = _unprivileged_user()
    base = Path(tempfile.mkdtemp(prefix="pt-my-", dir="/tmp"))  # a socket's path must be short
    try:
        if user is not None:
            shutil.chown(base, user)
        complaint = _make_data(install, base, user)
        if complaint:
            unavailable(f"MariaDB cannot make a data directory: {complaint}\n{HOW_TO_GET}")
        for _ in range(3):
            server = MariaDB(str(base / "s"), free_port())
            command: list[str | Path] = [
                server_program,
                "--no-defaults",
                f"--datadir={base / 'data'}",
                f"--socket={server.socket}",
                f"--port={server.port}",
                f"--pid-file={base / 'pid'}",
                "--bind-address=127.0.0.1",
                f"--tmpdir={base}",
                *FRUGAL,
                "--innodb-flush-log-at-trx-commit=0",
                "--skip-log-bin",
                "--character-set-server=utf8mb4",
            ]
            with tethered(command, stop="TERM", log=base / "server.log", user=user) as process:
                if _await_ready(process, server):
                    server.execute(
                        f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}'", f"GRANT SELECT ON *.* TO '{USER}'@'%'"
                    )
                    yield server
                    return
        unavailable(f"MariaDB does not start: {HOW_TO_GET}")
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    """Run one server for the session (one a worker under xdist)."""
    with running() as server:
        yield server


def pytest_report_header() -> str:
    """Show the version found."""
    program = find("mariadbd")
    if program is None:
        return f"mariadb: none ({HOW_TO_GET})"
    done = subprocess.run([program, "--no-defaults", "--version"], capture_output=True, text=True, check=False)
    return f"mariadb: {done.stdout.strip() or 'unusable'}"
