"""Files as a source: one file, a pattern, or a folder. Nothing is opened for writing, and nothing outside is opened.

A CSV file is a table called like the file; a sheet of a workbook is one called like the sheet; a folder of Parquet
parts (`x.parquet/`, or with `key=value` folders below) is one table. Folders are schemas.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.engines.base import Capabilities
from phantang.engines.sampling import Sample, Sampling
from phantang.engines.scan_only import ScanOnlyEngine
from phantang.model.errors import EngineError, InputError, PhantangError
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo, structure_digest

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


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: what it looks like, the files it is in, and how a sample of it is taken."""

    info: TableInfo
    paths: tuple[Path, ...]
    draw: Callable[[Sampling], Sample]


class FileEngine(ScanOnlyEngine):
    """`Engine` on files. `dialect` is `csv`, `parquet`, `excel`, or `files` for a folder of any of them."""

    capabilities = Capabilities(statistics=True)

    def __init__(self, target: FileTarget) -> None:
        """Find the files. Raises `InputError` `source_missing`, `EngineError` `source_*`."""
        self.source = target.source
        self.dialect = target.kind
        self._options = target.options
        self._base, self._files = find(target)
        self._others = others(target)
        self._tables: dict[TableName, _Table] | None = None

    def ping(self) -> None:
        """See `Engine.ping`."""
        if not self._base.exists():
            raise InputError("source_missing", source=self.source)

    def introspect(self) -> tuple[TableInfo, ...]:
        """See `Engine.introspect`. A file that cannot be read is listed without columns; `draw` says why."""
        self._tables = {table.info.name: table for table in self._describe()}
        return tuple(self._tables[name].info for name in sorted(self._tables))

    def unreadable(self) -> dict[TableName, int | None]:
        """See `Engine.unreadable`: the files of other kinds in the folder, such as databases and documents."""
        placed = ((path.relative_to(self._base), path.name) for path in self._others)
        return {TableName(self.source, ".".join(at.parent.parts) or "main", name): None for at, name in placed}

    def statistics(self) -> dict[TableName, str]:
        """See `Engine.statistics`: the sizes and times of the files."""
        digests = {}
        for name, table in (self._tables or {}).items():
            states = []
            for path in table.paths:
                found = path.stat()
                states.append((str(path), found.st_ino, found.st_size, found.st_mtime_ns))
            digests[name] = hashlib.sha256(repr((states, sorted(self._options.items()))).encode()).hexdigest()
        return digests

    def draw(self, name: TableName, sampling: Sampling) -> Sample:
        """See `Engine.draw`."""
        if self._tables is None:
            self.introspect()
        table = (self._tables or {}).get(name)
        if table is None:
            raise EngineError("table_vanished", source=self.source)
        try:
            return table.draw(sampling)
        except FileNotFoundError:
            problem = "table_vanished"
        except OSError:
            problem = "source_unreadable"
        raise EngineError(problem, source=self.source)

    def _describe(self) -> Iterator[_Table]:
        for (schema, stem), paths in grouped(self._base, self._files).items():
            kind = _kind(paths[0])
            name = TableName(self.source, schema, stem)
            try:
                yield from self._read(kind, name, paths)
            except (PhantangError, OSError) as error:
                code = error.code if isinstance(error, PhantangError) else "source_unreadable"
                yield _Table(TableInfo(name, ()), tuple(paths), partial(_fail, self.source, code))

    def _read(self, kind: str, name: TableName, paths: Sequence[Path]) -> Iterator[_Table]:
        if kind == "csv":
            from phantang.engines import files_csv

            layout = files_csv.look(paths[0], self._options, self.source)
            if layout is None:
                yield _Table(_info(name, (), (), 0), tuple(paths), lambda _: Sample({}, "all", 0))
            else:
                info = _info(name, layout.grid.names, layout.grid.types, layout.rows)
                draw = partial(files_csv.draw, paths[0], layout, source=self.source)
                yield _Table(info, tuple(paths), draw)
        elif kind == "excel":
            from phantang.engines import files_excel

            schema = name.schema if len(self._files) == 1 else f"{name.schema}.{name.table}".removeprefix("main.")
            for sheet in files_excel.look(paths[0], self.source):
                called = TableName(self.source, schema, sheet.name)
                info = _info(called, sheet.grid.names, sheet.grid.types, sheet.rows)
                yield _Table(info, tuple(paths), partial(files_excel.draw, paths[0], sheet, source=self.source))
        else:
            from phantang.engines import files_parquet

            found = files_parquet.look(paths, self.source)
            info = TableInfo(name, found.columns, rows=found.rows, structure=_structure(found.columns))
            yield _Table(info, tuple(paths), partial(files_parquet.draw, found, source=self.source))


def _fail(source: str, code: str, sampling: Sampling) -> Sample:  # noqa: ARG001
    raise EngineError(code, source=source)


def _info(name: TableName, names: Sequence[str], types: Sequence[str], rows: int) -> TableInfo:
    columns = tuple(ColumnInfo(column, kind) for column, kind in zip(names, types, strict=True))
    return TableInfo(name, columns, rows=rows, structure=_structure(columns))


def _structure(columns: Sequence[ColumnInfo]) -> str:
    return structure_digest("table", [(column.name, column.type) for column in columns], None)


def _kind(path: Path) -> str:
    """Return the kind of a file by its name; one that was named outright may be called anything, and is CSV then."""
    suffix = path.suffix.lower()
    return next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), "csv")


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
