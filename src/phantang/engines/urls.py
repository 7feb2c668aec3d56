"""SQLAlchemy URLs, parsed strictly: what we would not pass on to the driver is refused, not ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import URL

DUCKDB = ("duckdb",)
POSTGRES = ("postgresql", "postgresql+psycopg")
SUPPORTED = (*DUCKDB, *POSTGRES)

#: Query parameters of a PostgreSQL URL that reach libpq. Nothing that could run code, read a service file, override
#: the settings that keep the session read-only, or carry a password where it is not recognised as one.
POSTGRES_OPTIONS = frozenset({"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs"})

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


def parse(url: str, source: str, base: Path | None = None) -> DuckDBTarget | PostgresTarget:
    """Return what `url` points at. Raises `InputError` `url_invalid` or `engine_unsupported`, never quoting the URL."""
    if plain := _PLAIN_FILE.fullmatch(url):  # importing SQLAlchemy takes longer than answering a question
        return DuckDBTarget(source, (base or Path()) / plain[1])
    parsed = _make_url(url)
    if parsed is None:
        raise InputError("url_invalid", source=source)
    if parsed.drivername in DUCKDB:
        target: DuckDBTarget | PostgresTarget | None = _duckdb(parsed, source, base or Path())
    elif parsed.drivername in POSTGRES:
        target = _postgres(parsed, source)
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
    """Return the SQL dialect of the database at `url`, `duckdb` or `postgres`, unopened. Raises as `parse`."""
    return "duckdb" if isinstance(parse(url, source), DuckDBTarget) else "postgres"


def is_place(target: str) -> bool:
    """Tell whether `target` says where data is, as a URL does, rather than naming a source of the workspace."""
    return "://" in target


def source_name(url: str) -> str:
    """Return a source name for a database scanned by its URL alone: the file's stem, or the database's name."""
    target = parse(url, "-")
    name = target.path.stem if isinstance(target, DuckDBTarget) else str(target.conninfo["dbname"])
    return name or "database"


def absolute_url(url: str, base: Path, source: str = "-") -> str:
    """Return `url` with a relative DuckDB file name taken from `base`; other URLs as they are. Raises as `parse`."""
    target = parse(url, source, base)
    if not isinstance(target, DuckDBTarget):
        return url
    return f"duckdb:///{target.path.absolute()}"
