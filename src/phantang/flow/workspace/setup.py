"""Make a workspace from `NAME=URL` pairs, checking each before anything is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from phantang import engines
from phantang.model.errors import InputError
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

_SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def create_workspace(folder: Path, sources: Sequence[str], title: str | None = None) -> Workspace:
    """Create `folder` as a workspace. Relative DuckDB paths are taken from the current folder and stored absolute.

    Raises `InputError` for a pair that is not `NAME=URL`, a repeated or unusable name, or a URL no engine serves, and
    as `Workspace.create`.
    """
    urls: dict[str, str] = {}
    for pair in sources:
        name, separator, url = pair.partition("=")
        if not separator or not _SOURCE_NAME.fullmatch(name):
            raise InputError("source_option", pair=name[:60])
        if name in urls:
            raise InputError("source_repeated", source=name)
        urls[name] = engines.absolute_url(url, Path.cwd(), name)
    return Workspace.create(folder, urls, title=title)
