"""The allow-lists against the engines' own catalogs: what is listed is pure, and `counting` aggregates show no value.

An entry added carelessly fails here: a function that the engine itself calls volatile, or one that depends on the
session, needs a reason in `IMPURE`; an aggregate moved from `revealing` to `counting` returns what it saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from sqlglot import exp

from phantang.sql.language.allowlist import allow_list

if TYPE_CHECKING:
    from collections.abc import Callable

#: Functions that are not a function of their arguments alone, and why they may be called all the same.
IMPURE = {
    "the clock, the same for the whole statement": (
        "now", "today", "age", "statement_timestamp", "transaction_timestamp", "get_current_timestamp",
    ),
    "the clock, running": ("clock_timestamp",),
    "the session's time zone and formats, which are ours": (
        "date_part", "date_trunc", "make_timestamptz", "timestamptz", "timezone", "to_char", "to_date", "to_number",
        "to_timestamp", "array_to_json", "json_build_array", "json_build_object", "jsonb_build_array",
        "jsonb_build_object", "quote_literal", "quote_nullable", "row_to_json", "to_json", "to_jsonb",
    ),
    "the types of an expression, not of a table": ("pg_typeof",),
    "the server's encodings": ("convert_from", "convert_to"),
}  # fmt: skip
#: What no list may ever hold: reads files, settings, catalogs or other queries, waits, writes, or differs at each call.
NEVER = {
    "apply", "array_aggregate", "col_description", "current_database", "current_query", "list_aggregate",
    "current_schemas", "current_setting", "currval", "cursor_to_xml", "database_to_xml", "dblink",
    "duckdb_settings", "duckdb_tables", "filter", "gen_random_uuid", "getenv", "getvariable", "glob",
    "has_table_privilege", "in_search_path", "inet_server_addr", "lo_export", "lo_get", "lo_import", "nextval",
    "obj_description",
    "parquet_scan", "parse_duckdb_log_message", "pg_advisory_lock", "pg_backend_pid", "pg_get_viewdef",
    "pg_ls_dir", "pg_notify", "pg_read_binary_file", "pg_read_file", "pg_relation_size", "pg_sleep",
    "pg_stat_file", "pg_table_size", "postgres_scan", "pragma_table_info", "query", "query_table",
    "query_to_xml", "random", "read_blob", "read_csv", "read_csv_auto", "read_json", "read_parquet",
    "read_text", "reduce", "repeat", "schema_to_xml", "set_config", "setseed", "setval", "sniff_csv",
    "sqlite_scan", "table_to_xml", "to_regclass", "ts_stat", "txid_current", "uuid", "version", "write_log",
}  # fmt: skip


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_nothing_dangerous_is_listed(dialect: str) -> None:
    lists = allow_list(dialect)
    assert {*lists.plain, *lists.table_functions} & NEVER == set()


def _excused(names: set[str]) -> set[str]:
    return names - {name for group in IMPURE.values() for name in group}


@pytest.mark.postgres
def test_postgres_calls_every_listed_function_pure(postgres_server: Any) -> None:
    with postgres_server.connect() as connection:
        rows = connection.execute(
            "SELECT proname, max(provolatile), bool_or(prokind IN ('f', 'w')) FROM pg_proc GROUP BY 1"
        )
        volatility = {name: how for name, how, plain in rows.fetchall() if plain}
    plain = allow_list("postgres").plain
    known = plain & volatility.keys()
    assert len(known) > 80
    assert {name for name in _excused(set(known)) if volatility[name] != "i"} == set()


def test_duckdb_calls_every_listed_function_pure() -> None:
    rows = duckdb.connect().execute(
        "SELECT function_name, bool_and(stability = 'CONSISTENT') FROM duckdb_functions() "
        "WHERE function_type IN ('scalar') GROUP BY 1"
    )
    consistent = dict(rows.fetchall())
    plain = allow_list("duckdb").plain
    known = plain & consistent.keys()
    assert len(known) > 150
    assert {name for name in _excused(set(known)) if not consistent[name]} == set()


#: Irregular values that no count, sum or mean of them happens to be.
VALUES = (1009.37, 2003.11, 4001.73, 8009.59, 16007.31, 32003.97, 64007.23, 128021.89, 256019.41, 512009.67, 1024021.53)
#: Revealing out of caution: what they return is none of the values, but tells of one that stands out, or of all.
CAUTIOUS = frozenset(
    {
        "product", "mad", "weighted_avg", "wavg", "Grouping", "LogicalAnd", "LogicalOr", "every", "BitwiseAndAgg",
        "BitwiseOrAgg", "BitwiseXorAgg", "histogram_exact", "bool_and", "bool_or",
    }
)  # fmt: skip


def _calls(name: str, dialect: str) -> list[str]:
    names = [name]
    if name[0].isupper():
        kind = getattr(exp, name)
        written = kind(this=exp.column("x")).sql(dialect) if name != "Grouping" else "GROUPING(g)"
        names = [written.partition("(")[0].strip().lower(), *(one.lower() for one in kind.sql_names())]
    forms = [
        "{f}(x)", "{f}(x, y)", "{f}(y, x)", "{f}(CAST(x AS INTEGER))", "{f}(x, 0.5)", "{f}(CAST(x AS VARCHAR), ',')",
        "{f}(0.5) WITHIN GROUP (ORDER BY x)", "{f}() WITHIN GROUP (ORDER BY x)", "{f}(x, 3)", "{f}(x > 5)", "{f}(*)",
        "{f}(CAST(x AS VARCHAR), x)", "{f}()",
    ]  # fmt: skip
    return [form.format(f=one) for one in names for form in forms]


def _tells(run: Callable[[str], Any], name: str, dialect: str) -> bool | None:
    """Tell whether an aggregate over all values returns one of them; `None` if no call of it runs."""
    for call in _calls(name, dialect):
        try:
            result = run(f"SELECT {call} FROM so")
        except Exception:  # noqa: BLE001, S112 - another form may fit
            continue
        text = repr(result)
        return any(repr(value) in text or repr(round(value)) in text for value in VALUES)
    return None


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> tuple[str, Callable[[str], Any]]:
    """Return the dialect and a function that runs a query over the values."""
    server = request.getfixturevalue("postgres_server") if request.param == "postgres" else None
    connection: Any = server.connect() if server is not None else duckdb.connect()
    request.addfinalizer(connection.close)  # noqa: PT021 - closes for both engines
    connection.execute("CREATE TEMPORARY TABLE so (x DOUBLE PRECISION, y DOUBLE PRECISION, g INTEGER)")
    for position, value in enumerate(VALUES):
        connection.execute(f"INSERT INTO so VALUES ({value}, {(position * 7) % 11 + 0.5}, 1)")
    return str(request.param), lambda sql: connection.execute(sql).fetchall()


def test_counting_aggregates_return_no_value_they_saw(engine: tuple[str, Callable[[str], Any]]) -> None:
    dialect, run = engine
    told = {name: _tells(run, name, dialect) for name in sorted(allow_list(dialect).counting)}
    assert {name for name, tells in told.items() if tells} == set()
    assert {name for name, tells in told.items() if tells is None} <= {"ApproxDistinct"}


def test_a_revealing_aggregate_among_the_counting_would_be_noticed(engine: tuple[str, Callable[[str], Any]]) -> None:
    dialect, run = engine
    told = {name: _tells(run, name, dialect) for name in sorted(allow_list(dialect).revealing - CAUTIOUS)}
    assert {name for name, tells in told.items() if tells is False} == set()
    assert len([name for name, tells in told.items() if tells]) >= 8
