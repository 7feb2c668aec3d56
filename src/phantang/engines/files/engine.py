"""Files as a source: one file, a pattern, or a folder. Nothing is opened for writing, and nothing outside is opened.

A CSV file is a table called like the file; a sheet of a workbook is one called like the sheet; a folder of Parquet
parts (`x.parquet/`, or with `key=value` folders below) is one table. Folders are schemas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from phantang.engines.base import Capabilities
from phantang.engines.files.finding import KINDS, find, grouped, others
from phantang.engines.sampling import Sample, Sampling
from phantang.engines.scan_only import ScanOnlyEngine
from phantang.model.errors import EngineError, InputError, PhantangError
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo, structure_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.engines.urls import FileTarget


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
            from phantang.engines.files import csv

            layout = csv.look(paths[0], self._options, self.source)
            if layout is None:
                yield _Table(_info(name, (), (), 0), tuple(paths), lambda _: Sample({}, "all", 0))
            else:
                info = _info(name, layout.grid.names, layout.grid.types, layout.rows)
                draw = partial(csv.draw, paths[0], layout, source=self.source)
                yield _Table(info, tuple(paths), draw)
        elif kind == "excel":
            from phantang.engines.files import excel

            schema = name.schema if len(self._files) == 1 else f"{name.schema}.{name.table}".removeprefix("main.")
            for sheet in excel.look(paths[0], self.source):
                called = TableName(self.source, schema, sheet.name)
                info = _info(called, sheet.grid.names, sheet.grid.types, sheet.rows)
                yield _Table(info, tuple(paths), partial(excel.draw, paths[0], sheet, source=self.source))
        else:
            from phantang.engines.files import parquet

            found = parquet.look(paths, self.source)
            info = TableInfo(name, found.columns, rows=found.rows, structure=_structure(found.columns))
            yield _Table(info, tuple(paths), partial(parquet.draw, found, source=self.source))


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
