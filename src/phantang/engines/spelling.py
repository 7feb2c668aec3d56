"""Names of files as a disk spells them: archives made on a Mac decompose letters, keyboards compose them."""

from __future__ import annotations

import unicodedata
from pathlib import Path


def as_stored(path: Path) -> Path:
    """Return `path`, or where nothing is there the one path that differs from it in the composition of letters only.

    Of two such, neither: which one is meant cannot be told.
    """
    if str(path).isascii() or path.exists():
        return path
    found = Path(path.anchor)
    for part in path.relative_to(path.anchor).parts:
        exact = found / part
        if exact.exists():
            found = exact
            continue
        named = _composed(part)
        try:
            alike = [one for one in found.iterdir() if _composed(one.name) == named]
        except OSError:
            return path
        if len(alike) != 1:
            return path
        found = alike[0]
    return found


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
