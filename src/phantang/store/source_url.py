"""Source URLs as written in `phantang.toml`: secrets from the environment, paths of files relative to the workspace."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from phantang.model.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_URL = re.compile(r"[a-z][a-z0-9+._-]*://[^\s\x00-\x1f]*", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FILES = "duckdb|sqlite|csv|parquet|excel|files|spark"
_PATH = re.compile(rf"((?:{_FILES})(?:\+[a-z_]+)?:///)([^?]*)(.*)", re.IGNORECASE | re.DOTALL)


def check_url(source: str, url: object) -> str:
    """Return `url` if it has the form of a URL, or is one `${VAR}` that will hold it.

    Raises `WorkspaceError` `source_url_invalid`, which never shows the URL: it may hold a password.
    """
    if isinstance(url, str):
        filled = _VARIABLE.sub("x", url)
        if "${" not in filled and (_VARIABLE.fullmatch(url) or _is_url(filled)):
            return url
    raise WorkspaceError("source_url_invalid", source=source)


def fill_url(source: str, url: str, workspace: Path, environment: Mapping[str, str]) -> str:
    """Return the URL to connect with.

    `${VAR}` inside a URL is percent-encoded, so that a password may hold any character; a URL that is one `${VAR}` is
    taken as it is. Raises `WorkspaceError` `env_var_missing`, `source_url_invalid`.
    """

    def value(match: re.Match[str]) -> str:
        found = environment.get(match[1])
        if not found:
            raise WorkspaceError("env_var_missing", source=source, name=match[1])
        return found if match[0] == url else quote(found, safe="")

    filled = _VARIABLE.sub(value, url)
    if not _is_url(filled):
        raise WorkspaceError("source_url_invalid", source=source)
    return _anchor(filled, workspace)


def _is_url(url: str) -> bool:
    # Spaces are common in paths of files, and in nothing else.
    return bool(_URL.fullmatch(url) or (_PATH.fullmatch(url) and url.isprintable()))


def _anchor(url: str, workspace: Path) -> str:
    match = _PATH.fullmatch(url)
    if not match or match[2] in ("", ":memory:") or PurePosixPath(match[2]).is_absolute():
        return url
    return f"{match[1]}{workspace / match[2]}{match[3]}"
