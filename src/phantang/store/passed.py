"""Which policy bundles passed the checks, so that each is checked once a workspace and not once a command."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from phantang.store.files import make_state_folder, replace_file

if TYPE_CHECKING:
    from pathlib import Path

#: Bundles kept; a workspace goes back and forth between a few.
_KEPT = 20


class PassedChecks:
    """The file `passed` in `folder`: one line a bundle, its revision and the digest of the checks it passed."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / "passed"

    def __contains__(self, line: str) -> bool:
        return line in self._lines()

    def add(self, line: str) -> None:
        """Remember `line`. Where the folder cannot be written the bundle is checked again the next time."""
        lines = [*(kept for kept in self._lines() if kept != line), line][-_KEPT:]
        with suppress(OSError):
            make_state_folder(self._folder)
            replace_file(self._path, "".join(f"{one}\n" for one in lines).encode(), durable=False)

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8").split("\n")[:_KEPT]
        except (OSError, ValueError):
            return []
