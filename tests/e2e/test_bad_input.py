"""Bad input gets one line with a code and what to do; nothing is half done, and there is never a traceback."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace

pytestmark = pytest.mark.e2e

AUDITOR = ["--as", "thanh-tra", "--purpose", "A1", "--source", "dan_cu"]


def state(workspace: Workspace) -> str:
    """Return a digest of everything a command could half do: the catalog and the ledger."""
    digest = hashlib.sha256()
    for folder in (workspace.path / "catalog", workspace.path / ".phantang" / "ledger"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".lock":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def break_toml(workspace: Workspace) -> None:
    file = workspace.path / "phantang.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[sources.", encoding="utf-8")


def break_asset(workspace: Workspace) -> None:
    file = workspace.path / "catalog/assets/dan_cu/main.cong_dan.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text[: len(text) // 2] + "\n  - name: [", encoding="utf-8")


def break_encoding(workspace: Workspace) -> None:
    file = workspace.path / "catalog/agencies/thanh-tra.yaml"
    file.write_bytes(file.read_bytes() + b"\n# \xff\xfe\n")


def break_policy(workspace: Workspace) -> None:
    file = workspace.path / "policies" / "main" / "decision.rego"
    file.write_text(file.read_text(encoding="utf-8") + "\nallow if {", encoding="utf-8")


def point_at_nothing(workspace: Workspace) -> None:
    (workspace.path / "data" / "dan_cu.duckdb").unlink()


def point_at_garbage(workspace: Workspace) -> None:
    file = workspace.path / "data" / "dan_cu.duckdb"
    file.unlink()
    file.write_bytes(b"not a database" * 1000)


def unknown_policy_engine(workspace: Workspace) -> None:
    file = workspace.path / "phantang.toml"
    file.write_text(file.read_text(encoding="utf-8") + '\n[policy]\nengine = "cedar"\n', encoding="utf-8")


CASES: list[tuple[str, Callable[[Workspace], None] | None, list[str], int, str]] = [
    ("half-written toml", break_toml, ["query", *AUDITOR, "SELECT 1"], 2, ""),
    ("half-written asset", break_asset, ["query", *AUDITOR, "SELECT 1"], 2, "main.cong_dan.yaml"),
    ("bytes that are not UTF-8", break_encoding, ["query", *AUDITOR, "SELECT 1"], 2, "thanh-tra.yaml"),
    ("bundle that does not compile", break_policy, ["query", *AUDITOR, "SELECT ho_ten FROM cong_dan"], 2, ""),
    ("unknown policy engine", unknown_policy_engine, ["query", *AUDITOR, "SELECT 1"], 2, "[policy] engine"),
    ("missing database, scan", point_at_nothing, ["scan", "dan_cu"], 2, "source_missing"),
    ("garbage database, scan", point_at_garbage, ["scan", "dan_cu"], 2, ""),
    ("unknown subject", None, ["query", "--as", "ma", "--purpose", "A1", "SELECT 1"], 2, "subject_unknown"),
    ("unknown purpose", None, ["query", "--as", "thanh-tra", "--purpose", "Z9", "SELECT 1"], 2, "purpose_unknown"),
    ("no source said", None, ["query", "--as", "thanh-tra", "--purpose", "A1", "SELECT 1"], 2, "source_required"),
    (
        "unknown source",
        None,
        ["query", "--as", "thanh-tra", "--purpose", "A1", "--source", "x", "SELECT 1"],
        2,
        "source_unknown",
    ),
    ("unknown dialect", None, ["explain", *AUDITOR, "--dialect", "mysql", "SELECT 1"], 2, "dialect_unknown"),
    ("no SQL", None, ["query", *AUDITOR], 2, "usage"),
    ("unknown command", None, ["truy-van"], 2, "usage"),
    ("unreadable file", None, ["query", *AUDITOR, "--file", "/nonexistent/q.sql"], 2, "file_unreadable"),
    ("column that is not there", None, ["catalog", "set", "a.b.c.d", "--tag", "none"], 2, "column_not_found"),
    (
        "unknown tag",
        None,
        ["catalog", "set", "dan_cu.main.cong_dan.ho_ten", "--tag", "person.zodiac", "--reason", "x"],
        2,
        "",
    ),
    ("decision that is not there", None, ["audit", "show", "00000000"], 2, "decision_not_found"),
    ("checkpoint that is none", None, ["audit", "verify", "--checkpoint", "/dev/null"], 2, ""),
]


@pytest.mark.parametrize(("spoil", "command", "code", "says"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_bad_input(
    workspace: Workspace,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Workspace], None] | None,
    command: list[str],
    code: int,
    says: str,
) -> None:
    if spoil:
        spoil(workspace)
    before = state(workspace)
    assert run(["-w", str(workspace.path), *command]) == code
    out, err = capsys.readouterr()
    assert not out
    assert len(err.splitlines()) == 1, err
    assert says in err
    assert err.rstrip().endswith("]")
    assert state(workspace) == before


DENIED = [
    ("empty query", ""),
    ("only a comment", "-- nothing"),
    ("two statements", "SELECT 1; SELECT 2"),
    ("a megabyte", "SELECT '" + "x" * 1_000_000 + "'"),
    ("ten thousand parentheses", "SELECT " + "(" * 10_000 + "1" + ")" * 10_000),
    ("unfinished", "SELECT ho_ten FROM"),
    ("not SQL", "xin chào"),
    ("NUL byte", "SELECT 'a\x00b'"),
    ("a statement that writes", "DELETE FROM cong_dan"),
    ("unknown table", "SELECT * FROM khong_co"),
    ("unknown column", "SELECT khong_co FROM cong_dan"),
    ("a file as a table", "SELECT * FROM '/etc/passwd'"),
    ("lone surrogate", "SELECT '\udcff'"),
]


@pytest.mark.parametrize("sql", [case[1] for case in DENIED], ids=[case[0] for case in DENIED])
def test_queries_that_are_denied(workspace: Workspace, capsys: pytest.CaptureFixture[str], sql: str) -> None:
    file = workspace.path / "q.sql"
    try:
        file.write_text(sql, encoding="utf-8")
        arguments = ["--file", str(file)]
    except UnicodeEncodeError:
        arguments = [sql]
    assert run(["-w", str(workspace.path), "explain", *AUDITOR, "--format", "json", *arguments]) == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["decision"] == "deny"
    assert answer["sql"] is None
    assert answer["code"] != "internal"
    assert answer["reasons"][0]["remedy"]["vi"]
    assert workspace.ledger().verify().ok


def test_decomposed_vietnamese_is_understood_or_refused(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    sql = unicodedata.normalize("NFD", "SELECT ho_ten AS \"họ và tên\" FROM cong_dan WHERE ho_ten = 'Nguyễn Thị Hoà'")
    assert run(["-w", str(workspace.path), "explain", *AUDITOR, "--format", "json", sql]) in {0, 3}
    assert json.loads(capsys.readouterr().out)["code"] != "internal"


_HOLD_OPEN = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_locked_database_is_named_as_such(workspace: Workspace, tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "locked.duckdb"
    duckdb.connect(str(path)).close()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD_OPEN, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline().strip() == "held"
        assert run(["-w", str(workspace.path), "scan", f"duckdb:///{path}"]) == 2
        holder.stdin.close()


def test_a_table_that_vanished_since_the_scan(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    path = workspace.path / "data" / "dan_cu.duckdb"
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE ho_gia_dinh (ma_ho VARCHAR)")
    code = run(["-w", str(workspace.path), "query", *AUDITOR, "SELECT ho_ten FROM cong_dan LIMIT 1"])
    _, err = capsys.readouterr()
    assert code == 2
    assert "table_vanished" in err
    assert workspace.ledger().verify().ok


def test_an_opa_server_that_is_down_is_a_denial(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    file = workspace.path / "phantang.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text + '\n[policy]\nengine = "opa"\nopa_url = "http://127.0.0.1:9"\ntimeout_seconds = 0.5\n', encoding="utf-8"
    )
    arguments = ["-w", str(workspace.path), "explain", *AUDITOR, "--format", "json", "SELECT ho_ten FROM cong_dan"]
    assert run(arguments) == 3
    assert json.loads(capsys.readouterr().out)["code"].startswith("policy_")
