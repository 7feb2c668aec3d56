"""The files of a source: a file, a pattern, or a folder, and which of them are one table."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.model.errors import EngineError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.engines.urls import FileTarget

KINDS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".tsv", ".txt"),
    "parquet": (".parquet", ".pq"),
    "excel": (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
}
#: Files of a folder that are looked at; more is an error rather than half an answer.
MOST = 50_000
#: Hidden files, those that programs keep beside data, and those of a workbook that is open.
_HIDDEN = (".", "_", "~$")
_WILD = frozenset("*?[")
#: A folder with this file is a workspace, and these in it hold its rules and lists, no data.
_WORKSPACE = "phantang.toml"
_OF_WORKSPACES = frozenset({_WORKSPACE, "policies", "classifiers", "catalog"})


def grouped(base: Path, files: Sequence[Path]) -> dict[tuple[str, str], list[Path]]:
    """Return the files by schema and table: one each, but for folders of Parquet parts."""
    groups: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in files:
        parts = path.relative_to(base)
        for depth, part in enumerate(parts.parts[:-1]):
            if part.lower().endswith(".parquet") or (depth and "=" in part):
                whole = depth + 1 if part.lower().endswith(".parquet") else depth
                parts = Path(*parts.parts[:whole])
                break
        groups[parts.parent, parts.name].append(path)
    stems = [(folder, Path(name).stem) for folder, name in groups]
    return {
        # Two files that differ in their ending only keep it.
        (
            ".".join(folder.parts) or "main",
            name if stems.count((folder, Path(name).stem)) > 1 else Path(name).stem,
        ): found
        for (folder, name), found in sorted(groups.items())
    }


def find(target: FileTarget) -> tuple[Path, list[Path]]:
    """Return the folder that names are relative to, and the files, in order."""
    path = target.path
    wild = next((at for at, part in enumerate(path.parts) if _WILD & set(part) and not path.exists()), None)
    if wild is not None:
        base = Path(*path.parts[:wild])
        found = list(_limited(target.source, base.glob(str(Path(*path.parts[wild:])))))
        folders = [one for one in found if one.is_dir()]
        files = [one for one in found if not one.is_dir() and not one.name.startswith(_HIDDEN)]
        files += [file for folder in folders for file in _walk(target, folder)]
    elif path.is_dir():
        # A folder called x.parquet is one table; its name is part of what its files are called by.
        base = path.parent if path.name.lower().endswith(".parquet") else path
        files = list(_walk(target, path))
    elif path.exists():
        base, files = path.parent, [path]
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device would never end
            raise EngineError("source_unreadable", source=target.source)
    else:
        raise InputError("source_missing", source=target.source)
    inside = base.resolve()
    kept = [file for file in files if len(files) == 1 or _is_inside(file, inside)]
    if not kept:
        raise InputError("source_without_files" if path.is_dir() else "source_missing", source=target.source)
    return base, sorted(set(kept))


def others(target: FileTarget) -> list[Path]:
    """Return the files of a folder that no engine of files reads; of a file, a pattern or one kind of files, none."""
    if target.kind != "files" or not target.path.is_dir():
        return []
    suffixes, inside = _suffixes(target), target.path.resolve()
    files = _limited(target.source, _data(target.path))
    return [path for path in files if path.suffix.lower() not in suffixes and _is_inside(path, inside)]


def _walk(target: FileTarget, folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and those below that are of the target's kind, but hidden ones.

    What a workspace keeps in a folder is not data either.
    """
    suffixes = _suffixes(target)
    for path in _limited(target.source, _data(folder)):
        if path.suffix.lower() in suffixes:
            yield path


def _suffixes(target: FileTarget) -> tuple[str, ...]:
    return KINDS.get(target.kind.removeprefix("spark+")) or tuple(one for every in KINDS.values() for one in every)


def _data(folder: Path) -> Iterator[Path]:
    for place, below, files in os.walk(folder):
        kept = _OF_WORKSPACES if _WORKSPACE in files else frozenset[str]()
        below[:] = sorted(name for name in below if name not in kept and not name.startswith("."))
        yield from (Path(place, name) for name in files if name not in kept and not name.startswith(_HIDDEN))


def _limited(source: str, paths: Iterator[Path]) -> Iterator[Path]:
    for number, path in enumerate(paths):
        if number >= MOST:
            raise EngineError("source_files_many", source=source, limit=MOST)
        yield path


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        real = path.resolve(strict=True)
    except OSError:
        return False
    return real.is_relative_to(folder) and real.is_file()
