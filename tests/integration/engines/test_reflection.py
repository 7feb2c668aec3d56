"""SQL Server and Oracle without a server: the statements that would be sent, the settings, and the errors told apart.

What the inspector of each dialect answers is SQLAlchemy's, and is not tested here; the same engine runs on a real
MariaDB and real SQLite files.
"""

from __future__ import annotations

import socket
from importlib import import_module
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from phantang.engines import connect
from phantang.engines.relational.catalog import type_name
from phantang.engines.relational.engine import _column, _ranges
from phantang.engines.relational.errors import query_error
from phantang.engines.relational.kinds import Kind, Oracle, SQLServer
from phantang.model.errors import InputError, PhantangError

# Their classes have no annotations.
mssql: Any = import_module("sqlalchemy.dialects.mssql")
oracle: Any = import_module("sqlalchemy.dialects.oracle")

KINDS: list[tuple[type[Kind], sa.Dialect]] = [(SQLServer, mssql.dialect()), (Oracle, oracle.dialect())]
HOSTILE = "x'; DROP TABLE y; --\"]"


def sent(statement: sa.Select[tuple[object, ...]], dialect: sa.Dialect) -> str:
    """Return the SQL as it would be sent, values filled in."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("kind", "dialect", "expected"),
    [
        (
            *KINDS[0],
            "SELECT TOP 11 LEFT(CAST([x'; DROP TABLE y; --\"]]] AS NVARCHAR(max)), 4000) AS c0 FROM [lược đồ].[bảng]",
        ),
        (
            *KINDS[1],
            (
                'SELECT substr(to_char("x\'; DROP TABLE y; --""]"), 1, 4000) AS c0 FROM "lược đồ"."bảng" '
                "FETCH FIRST 11 ROWS ONLY"
            ),
        ),
    ],
)
def test_first_rows(kind: type[Kind], dialect: sa.Dialect, expected: str) -> None:
    text = kind(make_url("mssql://")).text(_column(HOSTILE), sa.Integer(), 4000).label("c0")
    quoted = sa.sql.quoted_name("bảng", quote=True), sa.sql.quoted_name("lược đồ", quote=True)
    statement = sa.select(text).select_from(sa.table(quoted[0], schema=quoted[1])).limit(11)
    assert sent(statement, dialect).upper() == expected.upper()


@pytest.mark.parametrize(("kind", "dialect"), KINDS)
def test_key_ranges_are_one_statement(kind: type[Kind], dialect: sa.Dialect) -> None:
    key = sa.column(sa.sql.quoted_name("id", quote=True), sa.Integer)
    every = sa.select(key.label("c0")).select_from(sa.table("t"))
    sql = sent(_ranges(every, key, 1, 10_000, 100, 42), dialect)
    assert sql.count("UNION ALL") == 24
    assert sql.count("ORDER BY") == 25


@pytest.mark.parametrize(("kind", "dialect"), KINDS)
@pytest.mark.parametrize(
    "binary", [sa.LargeBinary(), mssql.IMAGE(), mssql.TIMESTAMP(), oracle.RAW(), sa.types.NULLTYPE]
)
def test_binary_columns_are_not_asked_for(
    kind: type[Kind], dialect: sa.Dialect, binary: sa.types.TypeEngine[object]
) -> None:
    assert kind(make_url("mssql://")).text(_column("x"), binary, 10) is None


@pytest.mark.parametrize(
    ("kind", "dialect", "expected"),
    [
        (mssql.NVARCHAR(50, collation="Vietnamese_CI_AS"), mssql.dialect(), "NVARCHAR(50)"),
        (mssql.UNIQUEIDENTIFIER(), mssql.dialect(), "UNIQUEIDENTIFIER"),
        (mssql.DATETIME2(3), mssql.dialect(), "DATETIME2(3)"),
        (oracle.NUMBER(12, 0), oracle.dialect(), "NUMBER(12, 0)"),
        (oracle.VARCHAR2(20), oracle.dialect(), "VARCHAR2(20 CHAR)"),
        (oracle.CLOB(), oracle.dialect(), "CLOB"),
        (sa.types.NULLTYPE, oracle.dialect(), ""),
    ],
)
def test_types_in_their_own_spelling(kind: sa.types.TypeEngine[object], dialect: sa.Dialect, expected: str) -> None:
    assert type_name(kind, dialect) == expected


def _raised(module: str, *arguments: object) -> BaseException:
    """Return an error that looks as if a driver had raised it."""
    error: BaseException = type("DatabaseError", (Exception,), {"__module__": module})(*arguments)
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (_raised("pymssql._pymssql", (18456, b"Login failed for user 'bi-mat'.")), "source_auth"),
        (_raised("pymssql._pymssql", 20009, "Unable to connect"), "source_unreachable"),
        (_raised("pymssql._pymssql", 4060, b"Cannot open database"), "source_database_missing"),
        (_raised("pymssql._pymssql", 229, b"permission was denied"), "source_permission"),
        (_raised("pymssql._pymssql", 208, b"Invalid object name"), "table_vanished"),
        (_raised("oracledb.exceptions", "ORA-01017: invalid bi-mat"), "source_auth"),
        (_raised("oracledb.exceptions", "DPY-6005: cannot connect"), "source_unreachable"),
        (_raised("oracledb.exceptions", "DPY-6001: Service is not registered"), "source_database_missing"),
        (_raised("oracledb.exceptions", "ORA-00942: table or view does not exist"), "table_vanished"),
        (_raised("oracledb.exceptions", "DPY-4024: call timeout"), "query_timeout"),
        (_raised("oracledb.exceptions", "ORA-99999: bi-mat"), "query_failed"),
    ],
)
def test_errors_keep_their_class_and_lose_their_words(error: BaseException, code: str) -> None:
    problem = query_error("thu", error)
    assert problem.code == code
    assert "bi-mat" not in f"{problem} {problem.params}"


@pytest.mark.parametrize(("scheme", "driver"), [("mssql", "pymssql"), ("oracle", "oracledb")])
def test_a_driver_that_is_missing_or_a_server(scheme: str, driver: str) -> None:
    with socket.socket() as closed:  # bound but not listening
        closed.bind(("127.0.0.1", 0))
        url = f"{scheme}://u:bi-mat@127.0.0.1:{closed.getsockname()[1]}/d"
        with pytest.raises(PhantangError) as error:
            connect(url, "thu").close()
    if isinstance(error.value, InputError):
        assert (error.value.code, error.value.params["driver"]) == ("driver_missing", driver)
    else:
        assert error.value.code == "source_unreachable"
    assert "bi-mat" not in str(error.value)
