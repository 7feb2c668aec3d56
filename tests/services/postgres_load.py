"""Put Arrow tables into PostgreSQL, so that one sample can be asked on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa


def load(url: str, statements: Sequence[str], tables: Mapping[str, pa.Table]) -> None:
    """Run DDL `statements`, then COPY `tables` in order into the first schema of the path, in one transaction."""
    parsed = make_url(url)
    named = {"host": parsed.host, "port": parsed.port, "user": parsed.username, "password": parsed.password}
    options = {key: str(value) for key, value in (named | dict(parsed.query)).items() if value is not None}
    conninfo = psycopg.conninfo.make_conninfo(dbname=parsed.database, **options)
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.encode())
        for name, table in tables.items():
            columns = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
            target = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
            with cursor.copy(target) as copy:
                for batch in table.to_batches():
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        copy.write_row(row)
        cursor.execute(b"ANALYZE")
