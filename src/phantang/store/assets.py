"""Writing catalog files, all or none, with a journal.

1. Every new text is written beside its target under a hidden name and synced. Whatever can fail (space, permissions,
   names) fails here, and nothing has changed.
2. The journal, one file, says what goes where. From the moment it is on disk the change is decided.
3. Files are renamed into place and folders synced; then the journal is removed.

A process that dies in 3 leaves the journal, and the next reader or writer finishes the work before it looks.
"""

from __future__ import annotations

import json
import re
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from phantang.model.errors import WorkspaceError
from phantang.store.files import create_file, locked, make_state_folder, replace_file, sync_folder
from phantang.store.folder import MAX_FILE, read_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Of live tables, and of retired ones.
_ROOTS = ("assets", "retired")
_STAGED = re.compile(r"\.phantang-[0-9a-f]{16}-\d+\.tmp")


@dataclass(frozen=True, slots=True)
class _Step:
    """Put the file `staged`, which stands beside it, at `target`; `None` removes `target`. Both relative paths."""

    target: str
    staged: str | None


class AssetFolder:
    """The folder `catalog/` as one process among several sees it. `state` is `.phantang`."""

    def __init__(self, catalog: Path, state: Path) -> None:
        self._catalog = catalog
        self._lock = state / "catalog" / "lock"
        self._journal = state / "catalog" / "journal.json"

    def read(self) -> dict[str, str]:
        """Return the text files below `catalog/`, never in the middle of a write. Raises `WorkspaceError`."""
        try:
            if self._journal.exists():
                with locked(self._lock, WorkspaceError):
                    self._finish()
            with locked(self._lock, WorkspaceError, shared=True):
                return read_folder(self._catalog)
        except OSError as error:
            raise WorkspaceError("workspace_unreadable", path=self._lock, reason=error) from None

    def write(self, texts: Mapping[str, str | None]) -> None:
        """Write each text to its path, relative to `catalog/`, or remove the file for `None`; all or none.

        A text that is there already is left alone. Raises `WorkspaceError`: `asset_path_invalid`, `file_too_big`,
        `catalog_unwritable` with nothing changed, `catalog_half_written` if the disk failed after step 2.
        """
        new = {_checked(unicodedata.normalize("NFC", path)): _encoded(path, text) for path, text in texts.items()}
        try:
            make_state_folder(self._lock.parent)
            with locked(self._lock, WorkspaceError):
                self._finish()
                steps = self._stage(new)
                if steps:
                    self._decide(steps)
                    self._finish()
        except OSError as error:
            raise WorkspaceError("catalog_unwritable", reason=error) from None

    def _stage(self, new: Mapping[str, bytes | None]) -> list[_Step]:
        token, steps = secrets.token_hex(8), list[_Step]()
        try:
            for number, (path, data) in enumerate(new.items()):
                target = self._target(path)
                relative = target.relative_to(self._catalog).as_posix()
                if data is None:
                    if target.exists():
                        steps.append(_Step(relative, None))
                elif not target.is_file() or target.read_bytes() != data:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _sweep(target.parent, token)
                    staged = target.with_name(f".phantang-{token}-{number}.tmp")
                    steps.append(_Step(relative, staged.relative_to(self._catalog).as_posix()))
                    create_file(staged, data)
            for folder in {(self._catalog / step.target).parent for step in steps}:
                sync_folder(folder)
        except (OSError, WorkspaceError):
            self._discard(steps)
            raise
        return steps

    def _decide(self, steps: Sequence[_Step]) -> None:
        text = json.dumps([[step.target, step.staged] for step in steps], ensure_ascii=False)
        try:
            replace_file(self._journal, text.encode())
        except OSError:
            # The journal may have reached its name although its folder was not synced: then the change stands.
            if not self._journal.exists():
                self._discard(steps)
                raise

    def _finish(self) -> None:
        """Carry out what the journal says, from wherever it was left; each step may have been done before."""
        try:
            steps = [_Step(target, staged) for target, staged in json.loads(self._journal.read_bytes())]
        except FileNotFoundError:
            return
        except (ValueError, TypeError):
            raise WorkspaceError("catalog_half_written", reason="JSON") from None
        try:
            for step in steps:
                self._carry_out(step)
            for folder in {(self._catalog / step.target).parent for step in steps}:
                if folder.is_dir():
                    sync_folder(folder)
            self._journal.unlink()
            sync_folder(self._journal.parent)
        except OSError as error:
            raise WorkspaceError("catalog_half_written", reason=error) from None

    def _carry_out(self, step: _Step) -> None:
        target = self._resolve(_checked(step.target))
        if step.staged is None:
            target.unlink(missing_ok=True)
            return
        staged = target.with_name(PurePosixPath(step.staged).name)
        if _STAGED.fullmatch(staged.name):
            with suppress(FileNotFoundError):
                staged.replace(target)

    def _discard(self, steps: Sequence[_Step]) -> None:
        for step in steps:
            if step.staged is not None:
                staged = self._catalog / step.staged
                with suppress(OSError):
                    staged.unlink()
                with suppress(OSError):
                    staged.parent.rmdir()

    def _target(self, path: str) -> Path:
        target = self._resolve(path)
        if target.is_dir():
            raise WorkspaceError("asset_path_invalid", path=path)
        return target

    def _resolve(self, path: str) -> Path:
        """Return the file that `path` means: an existing one may have its name in another Unicode form.

        Raises `WorkspaceError` `file_outside_folder` if a folder on the way is a link.
        """
        here = self._catalog
        parts = PurePosixPath(path).parts
        for depth, part in enumerate(parts, 1):
            here = _spelled(here, part)
            if depth < len(parts) and here.is_symlink():
                raise WorkspaceError("file_outside_folder", path=path)
        return here


def _sweep(folder: Path, token: str) -> None:
    """Remove what a process that died before its step 2 left here. The lock is ours, so nobody else is at work."""
    for path in folder.iterdir():
        if _STAGED.fullmatch(path.name) and token not in path.name:
            path.unlink(missing_ok=True)


def _spelled(folder: Path, name: str) -> Path:
    """Return `folder/name`, in the Unicode form under which it exists."""
    exact = folder / name
    if name.isascii() or exact.exists() or not folder.is_dir():
        return exact
    wanted = unicodedata.normalize("NFC", name)
    same = (path for path in folder.iterdir() if unicodedata.normalize("NFC", path.name) == wanted)
    return next(same, exact)


def _checked(path: str) -> str:
    """Return `path` if it is a `.yaml` below `assets/` or `retired/`, in plain parts; it may not lead anywhere else."""
    parts = path.split("/")
    plain = all(part and not part.startswith(".") and "\\" not in part and part.isprintable() for part in parts)
    if len(parts) < 2 or parts[0] not in _ROOTS or not plain or not path.endswith(".yaml"):
        raise WorkspaceError("asset_path_invalid", path=path.encode("utf-8", "backslashreplace").decode())
    return path


def _encoded(path: str, text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise WorkspaceError("file_not_utf8", path=path, offset=error.start) from None
    if len(data) > MAX_FILE:
        raise WorkspaceError("file_too_big", path=path, size=len(data), limit=MAX_FILE)
    return data
