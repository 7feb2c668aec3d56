"""One bench for each kind of source: the same tables, made by whatever makes such sources, read through our engines."""

from __future__ import annotations

import csv
import sqlite3
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from phantang.engines import Engine, connect
from phantang.model.names import TableName

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ...services.mariadb import MariaDB
    from ...services.postgres import Server

    Table = Mapping[str, Sequence[str | bytes | None]]


class ScanBench(ABC):
    """A place that tables of text can be put into. The class attributes say what such a source cannot hold."""

    dialect: str
    schema: str
    #: Names of tables and columns may hold these characters.
    odd_names: tuple[str, ...]
    binary: bool = True
    #: A text that is empty is kept apart from none.
    empty_text: bool = True
    columns: int = 300
    #: How a table of so many rows is sampled, and one that fits.
    spread: str

    def __init__(self, place: Path) -> None:
        self.place = place

    @abstractmethod
    def put(self, name: str, table: Table) -> None:
        """Make a table; its first column, if called `id`, holds whole numbers as text and is the key."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL."""

    def open(self) -> Engine:
        """Open an engine called `thu`; close it in the test."""
        return connect(self.url, "thu")

    def name(self, table: str) -> TableName:
        """Return the full name of a table."""
        return TableName("thu", self.schema, table)


ODD = ('Bảng "trong" ngoặc', "SELECT", "'; DROP TABLE x; --", "%s {x} :y", "Số căn cước", "có dấu cách 😀", "a`b")


class _SQLBench(ScanBench):
    """A database that takes statements."""

    odd_names: tuple[str, ...] = (*ODD, "có.dấu.chấm")
    key_type = "BIGINT"
    text_type = "TEXT"
    binary_type = "BLOB"

    @abstractmethod
    def run(self, statement: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        """Run one statement, once or for each of `rows`."""

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    mark = "?"

    def put(self, name: str, table: Table) -> None:
        parts = []
        for column, values in table.items():
            kind = self.binary_type if any(isinstance(one, bytes) for one in values) else self.text_type
            parts.append(f"{self.quote(column)} " + (f"{self.key_type} PRIMARY KEY" if column == "id" else kind))
        self.run(f"CREATE TABLE {self.quote(name)} ({', '.join(parts)})")
        rows = list(zip(*table.values(), strict=True))
        if rows:
            self.run(f"INSERT INTO {self.quote(name)} VALUES ({', '.join([self.mark] * len(table))})", rows)


class DuckDBScan(_SQLBench):
    dialect, schema, spread = "duckdb", "main", "row_id_stride"

    def run(self, statement: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        with duckdb.connect(str(self.place / "a.duckdb")) as connection:
            if rows is None:
                connection.execute(statement)
            else:
                columns = {f"c{at}": pa.array(values) for at, values in enumerate(zip(*rows, strict=True))}
                connection.register("moi", pa.table(columns))
                connection.execute(statement.partition(" VALUES ")[0] + " SELECT * FROM moi")

    @property
    def url(self) -> str:
        return f"duckdb:///{self.place / 'a.duckdb'}"


class SQLiteScan(_SQLBench):
    dialect, schema, spread = "sqlite", "main", "key_ranges"
    key_type = "INTEGER"

    def run(self, statement: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        connection = sqlite3.connect(self.place / "a.sqlite")
        with connection:
            if rows is None:
                connection.execute(statement)
            else:
                connection.executemany(statement, rows)
        connection.close()

    @property
    def url(self) -> str:
        return f"sqlite:///{self.place / 'a.sqlite'}"


class PostgresScan(_SQLBench):
    dialect, schema, spread = "postgres", "public", "random_rows"
    binary_type = "BYTEA"
    mark = "%s"

    def __init__(self, place: Path, server: Server, url: str) -> None:
        super().__init__(place)
        self.server = server
        self._url = url

    def run(self, statement: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        with self.server.connect(self._url.partition("@/")[2].partition("?")[0]) as connection:
            if rows is None:
                connection.execute(statement.encode())
                return
            table = statement.removeprefix("INSERT INTO ").partition(" VALUES ")[0]
            with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)

    @property
    def url(self) -> str:
        return self._url


class MariaDBScan(_SQLBench):
    dialect, spread = "mysql", "key_ranges"
    odd_names = (*(name for name in ODD if "😀" not in name), "có dấu cách", "có.dấu.chấm")  # three bytes a character
    text_type, binary_type = "LONGTEXT", "LONGBLOB"
    mark = "%s"

    def __init__(self, place: Path, server: MariaDB, database: str) -> None:
        super().__init__(place)
        self.server = server
        self.schema = database

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def run(self, statement: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        if rows is None:
            self.server.execute(statement, database=self.schema)
        else:
            table, _, marks = statement.rpartition(" VALUES ")  # a "%" in a name is no parameter
            self.server.insert(f"{table.replace('%', '%%')} VALUES {marks}", rows, database=self.schema)

    @property
    def url(self) -> str:
        return self.server.url(self.schema)


class _FolderBench(ScanBench):
    schema = "main"
    odd_names = ODD

    def put(self, name: str, table: Table) -> None:
        (self.place / "kho").mkdir(exist_ok=True)
        self.write(self.place / "kho" / name, table)

    @abstractmethod
    def write(self, path: Path, table: Table) -> None:
        """Make a file at `path`, which lacks its ending."""

    @property
    def url(self) -> str:
        (self.place / "kho").mkdir(exist_ok=True)
        return f"{self.dialect}:///{self.place / 'kho'}"


class CSVScan(_FolderBench):
    dialect, spread = "csv", "row_stride"
    binary = empty_text = False

    def write(self, path: Path, table: Table) -> None:
        with path.with_name(f"{path.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows(zip(*table.values(), strict=True))


class ParquetScan(_FolderBench):
    dialect, spread = "parquet", "row_groups"

    def write(self, path: Path, table: Table) -> None:
        columns = {
            name: pa.array(values, pa.binary() if any(isinstance(v, bytes) for v in values) else pa.string())
            for name, values in table.items()
        }
        pq.write_table(pa.table(columns), path.with_name(f"{path.name}.parquet"), row_group_size=200)


class ExcelScan(ScanBench):
    dialect, schema, spread = "excel", "main", "row_stride"
    odd_names = ("Bảng (1)", "SELECT", "%s {x}", "Số căn cước", "có dấu cách 😀", "a`b")
    binary = empty_text = False

    @property
    def path(self) -> Path:
        return self.place / "a.xlsx"

    def put(self, name: str, table: Table) -> None:
        book = openpyxl.load_workbook(self.path) if self.path.exists() else openpyxl.Workbook()
        if not self.path.exists() and book.active is not None:
            book.remove(book.active)
        sheet = book.create_sheet(name)
        sheet.append(list(table))
        for row in zip(*table.values(), strict=True):
            sheet.append(row)
        book.save(self.path)
        book.close()

    @property
    def url(self) -> str:
        return f"excel:///{self.path}"
