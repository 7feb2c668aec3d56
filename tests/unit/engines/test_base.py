"""Errors keep their class and lose everything else; names are quoted or refused."""

from __future__ import annotations

import json
import string
import subprocess
import sys
import unicodedata
from importlib import resources

import pytest

from phantang.engines.base import clean_sql, failure, quoted, shielded
from phantang.engines.duckdb.catalog import type_name
from phantang.model.errors import EngineError, PhantangError

SECRET = "079090001234"


class Talker:
    """An engine whose driver quotes a value."""

    source = "thu"

    @shielded(
        (ValueError,), lambda source, error: EngineError("query_failed", source=source, state=str(len(str(error))))
    )
    def ask(self, number: int, *, fail: bool = False) -> int:
        if fail:
            raise ValueError(SECRET)
        return number


def test_a_drivers_words_end_at_the_shield() -> None:
    assert Talker().ask(3) == 3
    with pytest.raises(EngineError) as error:
        Talker().ask(3, fail=True)
    assert error.value.params == {"source": "thu", "state": "12"}
    assert error.value.__context__ is None
    assert error.value.__cause__ is None


def test_a_bug_of_ours_is_not_hidden() -> None:
    with pytest.raises(TypeError):
        Talker().ask()  # type: ignore[call-arg]


def test_data_errors_look_alike() -> None:
    assert {failure("thu", state).params["state"] for state in ("22003", "22P02", "22012", "22007")} == {"22000"}


@pytest.mark.parametrize(
    ("name", "expected"), [("a", '"a"'), ('a"b', '"a""b"'), ("a.b", '"a.b"'), ('"', '""""'), ("", '""')]
)
def test_identifiers_are_quoted(name: str, expected: str) -> None:
    assert quoted(name, "thu") == expected


@pytest.mark.parametrize("name", ["\0", "a\0", "\ud800"])
def test_impossible_identifiers_and_statements_are_refused(name: str) -> None:
    with pytest.raises(EngineError) as refused:
        quoted(name, "thu")
    assert refused.value.code == "table_vanished"
    assert refused.value.__context__ is None
    with pytest.raises(EngineError) as failed:
        clean_sql(f"SELECT '{name}'", "thu")
    assert failed.value.params["state"] == "22000"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("ENUM('a', 'b')", "ENUM"),
        ("ENUM('it''s)', 'b')[]", "ENUM[]"),
        ("STRUCT(a ENUM('x'), b VARCHAR)", "STRUCT(A ENUM, B VARCHAR)"),
        ("decimal(10,2)", "DECIMAL(10,2)"),
    ],
)
def test_type_names_hold_no_labels(spelling: str, expected: str) -> None:
    assert type_name(spelling) == expected


def test_messages_are_complete() -> None:
    text = resources.files("phantang.model").joinpath("messages", "engines.json").read_text(encoding="utf-8")
    assert text == unicodedata.normalize("NFC", text)
    for code, entry in json.loads(text).items():
        assert set(entry) == {"sqlstate", "exit", "message", "remedy"}, code
        assert entry["exit"] in (1, 2)
        assert len(entry["sqlstate"]) == 5
        known = {"source", "scheme", "supported", "state", "file", "kind", "driver", "limit"}
        for part in ("message", "remedy"):
            for lang in ("vi", "en"):
                line = entry[part][lang]
                assert line.endswith(".")
                assert "\n" not in line
                assert {field for _, field, _, _ in string.Formatter().parse(line) if field} <= known
        assert "<" not in str(PhantangError(code, **dict.fromkeys(known, "x")))


def test_no_driver_is_loaded_before_a_database_is_opened() -> None:
    drivers = {"duckdb", "psycopg", "pyarrow", "pymysql", "python_calamine"}
    script = f"import sys, phantang.engines; print(sorted({drivers} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
