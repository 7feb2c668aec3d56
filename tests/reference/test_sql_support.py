"""The page on accepted and refused SQL is current, and the corpus runner reads scripts as the engines do."""

from __future__ import annotations

from .corpora import Tally, catalog, fill, judge, statements
from .databases import DuckDB
from .sql_support import PAGE, page


def test_the_page_is_current() -> None:
    current = PAGE.read_text(encoding="utf-8") == page()
    assert current, "run: python -m tests.reference.sql_support > docs/sql-support.md"


def test_scripts_are_split_at_their_statements() -> None:
    script = "-- a;b\nSELECT ';' ; /* ; */ SELECT $x$;$x$;\n\\d t\nSELECT \"a;b\" \\gset\nSELECT 1"
    assert list(statements(script)) == ["SELECT ';'", "SELECT $x$;$x$", 'SELECT "a;b"', "SELECT 1"]


def test_a_corpus_is_judged_by_equal_answers() -> None:
    engine = DuckDB()
    engine.run("CREATE TABLE t(a INTEGER, b VARCHAR)")
    fill(engine, 20)
    tally = Tally()
    for sql in (
        "SELECT a, upper(b) FROM t ORDER BY a, b",
        "SELECT pg_sleep(0)",
        "SELECT count(*) FROM duckdb_tables()",
    ):
        expected = engine.run(sql)
        assert expected is not None
        tally.add(judge(engine, catalog(engine), set(), sql, expected), sql)
    engine.close()
    assert tally.counts["accepted"] == 1
    assert tally.counts["sql_function pg_sleep"] == 1
    assert "accepted, with equal answers: 1 (33.3%)" in tally.report()
