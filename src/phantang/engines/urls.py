"""SQLAlchemy URLs, parsed strictly: what we would not pass on to the driver is refused, not ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import URL

DUCKDB = ("duckdb",)
POSTGRES = ("postgresql", "postgresql+psycopg")
SQLITE = ("sqlite",)
FILES = ("csv", "parquet", "excel", "files")
#: Servers that are scanned and not queried: the schemes of each kind, and the driver that its dialect is used with.
SERVERS = {
    "mysql": (("mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"), "mysql+pymysql"),
    "mssql": (("mssql", "mssql+pymssql"), "mssql+pymssql"),
    "oracle": (("oracle", "oracle+oracledb"), "oracle+oracledb"),
}
SPARK = ("spark+parquet", "spark+csv")
#: What is told to somebody who asked for something else: the plain scheme of each kind.
SUPPORTED = ("duckdb", "postgresql", *SQLITE, "mariadb", *SERVERS, *FILES, "spark+parquet")

#: Query parameters of the URL of CSV files.
CSV_OPTIONS = {
    "encoding": ("utf-8", "utf-16-le", "utf-16-be", "cp1258", "cp1252", "latin-1"),
    "delimiter": (",", ";", "\t", "|"),
    "header": ("yes", "no"),
}

#: What the names of files end in, where a file is given instead of a URL.
_SUFFIXES = {
    ".duckdb": "duckdb",
    ".ddb": "duckdb",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db3": "sqlite",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
}

#: Query parameters of a PostgreSQL URL that reach libpq. Nothing that could run code, read a service file, override
#: the settings that keep the session read-only, or carry a password where it is not recognised as one.
POSTGRES_OPTIONS = frozenset({"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"})

#: Query parameters of the URLs of other servers. None that reads a file of options, runs code, or weakens a check.
SERVER_OPTIONS = {
    "mysql": frozenset({"ssl_ca", "ssl_cert", "ssl_key", "ssl_check_hostname", "unix_socket"}),
    "mssql": frozenset(),
    "oracle": frozenset({"service_name"}),
}

#: A DuckDB file as most workspaces name it: nothing in it that a URL could mean otherwise.
_PLAIN_FILE = re.compile(r"duckdb:///([\w./-]+)")


@dataclass(frozen=True, slots=True)
class DuckDBTarget:
    """A DuckDB file."""

    source: str
    path: Path = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostgresTarget:
    """A PostgreSQL database. `conninfo`, the arguments for libpq, holds the password and so is in no repr."""

    source: str
    conninfo: Mapping[str, str | int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FileTarget:
    """Files: `path` is a file, a folder or a pattern; `kind` one of `FILES` or `SPARK`, or `sqlite`."""

    source: str
    kind: str
    path: Path = field(repr=False)
    options: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerTarget:
    """A database server behind SQLAlchemy; `kind` is a key of `SERVERS`. The URL holds the password."""

    source: str
    kind: str
    url: URL = field(repr=False)


Target = DuckDBTarget | PostgresTarget | FileTarget | ServerTarget


def parse(url: str, source: str, base: Path | None = None) -> Target:
    """Return what `url` points at. Raises `InputError` `url_invalid` or `engine_unsupported`, never quoting the URL."""
    if plain := _PLAIN_FILE.fullmatch(url):  # importing SQLAlchemy takes longer than answering a question
        return DuckDBTarget(source, (base or Path()) / plain[1])
    parsed = _make_url(_as_url(url))
    if parsed is None:
        raise InputError("url_invalid", source=source)
    scheme = parsed.drivername
    server = next((kind for kind, (schemes, _) in SERVERS.items() if scheme in schemes), None)
    target: Target | None
    if scheme in DUCKDB:
        target = _duckdb(parsed, source, base or Path())
    elif scheme in POSTGRES:
        target = _postgres(parsed, source)
    elif scheme in (*SQLITE, *FILES, *SPARK):
        target = _files(parsed, source, base or Path())
    elif server is not None:
        target = _server(parsed, source, server)
    else:
        # SQLAlchemy takes [\w+]+ before "://" as the scheme, so no part of a credential can be in it.
        raise InputError(
            "engine_unsupported", source=source, scheme=parsed.drivername, supported=", ".join(sorted(SUPPORTED))
        )
    if target is None:
        raise InputError("url_invalid", source=source)
    return target


def _make_url(url: str) -> URL | None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url.encode("utf-8")
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter: lone surrogates, a port that is no number
        return None
    parts = (parsed.username, parsed.password, parsed.host, parsed.database, *map(str, parsed.query.values()))
    return None if any(ord(char) < 32 for part in parts if part for char in part) else parsed


def _duckdb(url: URL, source: str, base: Path) -> DuckDBTarget | None:
    beyond_the_file = (url.host, url.port, url.username, url.password, *url.query)
    if not url.database or url.database.startswith(":") or any(part is not None for part in beyond_the_file):
        return None
    return DuckDBTarget(source, base / url.database)


def _files(url: URL, source: str, base: Path) -> FileTarget | None:
    beyond_the_path = (url.host, url.port, url.username, url.password)
    if not url.database or url.database.startswith(":") or any(part is not None for part in beyond_the_path):
        return None
    options = {key: str(value) for key, value in url.query.items()}
    allowed = CSV_OPTIONS if url.drivername == "csv" else {}
    if any(value not in allowed.get(key, ()) for key, value in options.items()):
        return None
    return FileTarget(source, url.drivername, base / url.database, options)


def _server(url: URL, source: str, kind: str) -> ServerTarget | None:
    options = dict(url.query)
    if not set(options) <= SERVER_OPTIONS[kind] or not all(isinstance(value, str) for value in options.values()):
        return None
    if "@" in (url.host or "") or not (url.host or "unix_socket" in options):
        return None
    return ServerTarget(source, kind, url.set(drivername=SERVERS[kind][1]))


def _postgres(url: URL, source: str) -> PostgresTarget | None:
    options = dict(url.query)
    if not set(options) <= POSTGRES_OPTIONS or not all(isinstance(value, str) for value in options.values()):
        return None
    # An unescaped "@" in a password would make the rest of it part of the host name, and so of error messages.
    if "@" in (url.host or "") or (url.host and "host" in options) or not url.database:
        return None
    named = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    conninfo = {key: value for key, value in named.items() if value is not None}
    return PostgresTarget(source, conninfo | {key: str(value) for key, value in options.items()})


def dialect_of(url: str, source: str = "-") -> str:
    """Return the SQL dialect of the database at `url`, `duckdb` or `postgres`, unopened.

    Raises as `parse`, and `InputError` `source_scan_only` for what is scanned and not queried.
    """
    target = parse(url, source)
    if isinstance(target, DuckDBTarget | PostgresTarget):
        return "duckdb" if isinstance(target, DuckDBTarget) else "postgres"
    raise InputError("source_scan_only", source=source, kind=target.kind)


def platform_of(url: str, source: str = "-") -> tuple[str | None, str | None]:
    """Return what kind of database `url` is of, unopened, and its name.

    The kind is `None` for files; the name is where schemas do not stand in a database of their own, as in MySQL.
    Raises as `parse`.
    """
    target = parse(url, source)
    if isinstance(target, PostgresTarget):
        return "postgres", str(target.conninfo["dbname"])
    if isinstance(target, DuckDBTarget):
        return "duckdb", None
    if isinstance(target, ServerTarget):
        return target.kind, target.url.database if target.kind == "mssql" else None
    return ("sqlite" if target.kind == "sqlite" else None), None


def is_place(target: str) -> bool:
    """Tell whether `target` says where data is, as a URL or a path does, rather than naming a source of a workspace."""
    return "://" in target or "/" in target or target in (".", "..") or Path(target).suffix.lower() in _SUFFIXES


def _as_url(place: str) -> str:
    """Return the URL of a file or folder given by its path, and a URL as it is."""
    if "://" in place or not is_place(place):
        return place
    path = Path(place)
    kind = _SUFFIXES.get(path.suffix.lower())
    if kind is None or (path.is_dir() and kind != "parquet"):
        kind = "files" if path.is_dir() else "csv"
    # Not `quote`: a URL of SQLAlchemy's is decoded after it was cut at these.
    shown = place.replace("%", "%25").replace("?", "%3F")
    return f"{kind}:///{shown}"


def source_name(url: str) -> str:
    """Return a source name for a database scanned by its URL alone: the file's stem, or the database's name."""
    target = parse(url, "-")
    if isinstance(target, DuckDBTarget | FileTarget):
        path = target.path.absolute()
        name = path.stem if "*" not in path.name else path.parent.name
    elif isinstance(target, PostgresTarget):
        name = str(target.conninfo["dbname"])
    else:
        name = target.url.database or target.kind
    return name or "database"


def absolute_url(url: str, base: Path, source: str = "-") -> str:
    """Return `url` with a relative file name taken from `base`; URLs of servers as they are. Raises as `parse`."""
    target = parse(url, source, base)
    if isinstance(target, DuckDBTarget):
        return f"duckdb:///{target.path.absolute()}"
    if isinstance(target, FileTarget):
        options = "&".join(f"{key}={quote(value)}" for key, value in target.options.items())
        return f"{target.kind}:///{target.path.absolute()}" + (f"?{options}" if options else "")
    return url
