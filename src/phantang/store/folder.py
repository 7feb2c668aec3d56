"""Reading a folder of text: bounded, UTF-8 only, nothing from outside the folder."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.model.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kinds of file that rooms are given. Notes (`*.md`) and hidden files are passed over; anything else is an error, so
#: that a rule saved as `.yml` is never silently left out.
SUFFIXES = frozenset({".yaml", ".rego", ".json", ".csv", ".txt"})
MAX_FILE = 16 * 1024 * 1024
MAX_FOLDER = 256 * 1024 * 1024
MAX_FILES = 50_000

#: The manifest of an OPA bundle is the one hidden file that counts.
_BUNDLE_MANIFEST = ".manifest"


def default_folder(name: str) -> Path:
    """Return the built-in folder `policies`, `classifiers` or `catalog`.

    It is inside the installed package, or at the root of the checkout for an editable install. Raises `WorkspaceError`
    `defaults_missing`.
    """
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent.parent
    if (installed := package / "defaults" / name).is_dir():
        return installed
    if (checkout / "pyproject.toml").is_file() and (root := checkout / name).is_dir():
        return root
    raise WorkspaceError("defaults_missing", name=name)


def read_folder(folder: Path) -> dict[str, str]:
    """Return the text files below `folder`: relative path with `/`, in Unicode NFC, to text; sorted by path.

    A byte-order mark is dropped. The text is otherwise as it is: names of columns must keep the form their database
    gave them. Raises `WorkspaceError`: `folder_missing`, `file_kind_unknown`, `file_outside_folder`, `file_not_utf8`,
    `file_too_big`, `folder_too_big`, `file_name_clash`, `workspace_unreadable`.
    """
    if not folder.is_dir():
        raise WorkspaceError("folder_missing", path=folder)
    files: dict[str, str] = {}
    total = 0
    for path in _walk(folder):
        relative = path.relative_to(folder).as_posix()
        name = unicodedata.normalize("NFC", relative)
        if name in files:
            raise WorkspaceError("file_name_clash", path=name)
        raw = _read(path, folder, relative)
        total += len(raw)
        if total > MAX_FOLDER or len(files) >= MAX_FILES:
            raise WorkspaceError("folder_too_big", path=folder.name, limit=f"{MAX_FILES} / {MAX_FOLDER}")
        files[name] = _text(raw, relative)
    return dict(sorted(files.items()))


def _walk(folder: Path) -> Iterator[Path]:
    def fail(error: OSError) -> None:
        raise WorkspaceError("workspace_unreadable", path=folder, reason=error) from None

    for parent, folders, names in os.walk(folder, onerror=fail):
        here = Path(parent)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (here / name).is_symlink():
                raise WorkspaceError("file_outside_folder", path=_shown(here / name, folder))
        for name in sorted(names):
            if name == _BUNDLE_MANIFEST or not _passed_over(name):
                path = here / name
                if name != _BUNDLE_MANIFEST and path.suffix not in SUFFIXES:
                    known = ", ".join(sorted(SUFFIXES))
                    raise WorkspaceError("file_kind_unknown", path=_shown(path, folder), known=known)
                yield path


def _passed_over(name: str) -> bool:
    return name.startswith(".") or name.endswith(("~", ".md"))


def _read(path: Path, folder: Path, relative: str) -> bytes:
    shown = _printable(relative)
    try:
        state = path.stat()
        outside = path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())
        # Opening a pipe would wait for its writer for ever.
        if outside or not stat.S_ISREG(state.st_mode):
            raise WorkspaceError("file_outside_folder", path=shown)
        if state.st_size > MAX_FILE:
            raise WorkspaceError("file_too_big", path=shown, size=state.st_size, limit=MAX_FILE)
        return path.read_bytes()
    except OSError as error:
        raise WorkspaceError("workspace_unreadable", path=shown, reason=error) from None


def _text(raw: bytes, relative: str) -> str:
    try:
        relative.encode()
        return raw.decode("utf-8-sig")
    except UnicodeEncodeError:
        offset = "-"
    except UnicodeDecodeError as error:
        offset = str(error.start)
    raise WorkspaceError("file_not_utf8", path=_printable(relative), offset=offset)


def _shown(path: Path, folder: Path) -> str:
    return _printable(path.relative_to(folder).as_posix())


def _printable(path: str) -> str:
    # A name that is not UTF-8 reaches us with surrogates, which no terminal or log can take.
    return path.encode("utf-8", "backslashreplace").decode()
