"""Scans that go on after a crash, skip what did not change, and lose no table to another's fault."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from phantang import catalog
from phantang.cli.app import run
from phantang.flow.scan.memory import code_digest
from phantang.flow.scan.scan import ScanReport, scan_options, scan_workspace
from phantang.model.errors import WorkspaceError
from phantang.store import Workspace

if TYPE_CHECKING:
    from phantang.model.names import TableName

SECRET_VALUE = "079190012345"
TABLES = 6


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """Return a workspace over one DuckDB file of six small tables."""
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        for number in range(TABLES):
            connection.execute(
                f"CREATE TABLE bang_{number} AS SELECT '{SECRET_VALUE}' AS so_cccd, 'Hà Nội' AS tinh FROM range(50)"
            )
    return Workspace.create(tmp_path / "w", {"thu": f"duckdb:///{tmp_path / 'a.duckdb'}"})


def again(place: Workspace, **given: object) -> ScanReport:
    return scan_workspace(place, options=scan_options(place.settings, **given))


def remembered(report: ScanReport) -> int:
    return report.scans[0].remembered


def write(place: Workspace, sql: str) -> None:
    with duckdb.connect(str(place.path.parent / "a.duckdb")) as connection:
        connection.execute(sql)


def state_text(place: Workspace) -> str:
    return (place.scan_folder / "thu.jsonl").read_text(encoding="utf-8")


def revision(place: Workspace) -> tuple[str, str]:
    """Return the catalog's digest as the last entry of the ledger has it, and as its files have it now."""
    *_, last = place.ledger().entries()
    return last.body["catalog_revision"], catalog.parse_snapshot(place.catalog_files()).digest


def test_a_scan_records_the_catalog_that_it_leaves_behind(place: Workspace) -> None:
    for _ in range(2):
        again(place)
        recorded, found = revision(place)
        assert recorded == found
    one = place.path / "catalog" / "assets" / "thu" / "main.bang_0.yaml"
    other = one.with_name("main.bang_99.yaml")

    def meanwhile(name: TableName, position: int, total: int) -> None:  # somebody else adds a table
        other.write_text(one.read_text("utf-8").replace("bang_0", "bang_99"), "utf-8")

    scan_workspace(place, options=scan_options(place.settings), progress=meanwhile)
    assert revision(place)[0] == revision(place)[1] != found


def test_what_did_not_change_is_not_read_again(place: Workspace) -> None:
    first, second = again(place), again(place)
    assert (remembered(first), remembered(second)) == (0, TABLES)
    assert second.rows() == first.rows()
    assert second.assets == first.assets


@pytest.mark.parametrize(
    ("change", "unchanged"),
    [
        ("UPDATE bang_0 SET tinh = 'Huế' WHERE so_cccd <> ''", TABLES - 1),
        ("INSERT INTO bang_0 VALUES ('1', 'x')", TABLES - 1),
        ("DELETE FROM bang_0 WHERE rowid = 7", TABLES - 1),
        ("ALTER TABLE bang_0 ADD COLUMN email VARCHAR", TABLES - 1),
        ("COMMENT ON COLUMN bang_0.tinh IS 'Dân tộc'", TABLES - 1),
        ("DROP TABLE bang_0", TABLES - 1),
        ("CREATE TABLE moi (x INTEGER)", TABLES),
        ("CREATE VIEW nhin AS SELECT * FROM bang_0", TABLES),
    ],
)
def test_a_change_is_seen(place: Workspace, change: str, unchanged: int) -> None:
    again(place)
    write(place, change)
    assert remembered(again(place)) == unchanged


def test_another_question_reads_again(place: Workspace) -> None:
    again(place)
    assert remembered(again(place, seed=7)) == 0
    assert remembered(again(place, rows=10, seed=7)) == 0
    assert remembered(again(place, rows=10, seed=7)) == TABLES
    assert remembered(again(place, rows=10, seed=7, full=True)) == 0
    pack = next((place.path / "classifiers").rglob("*.yaml"))
    pack.write_text(pack.read_text(encoding="utf-8") + "\n# khác\n", encoding="utf-8")
    assert remembered(again(place, rows=10, seed=7)) == 0


def test_a_part_of_the_tables(place: Workspace) -> None:
    assert len(again(place, tables=("bang_[01]", "main.bang_5")).assets) == 3
    assert remembered(again(place)) == 3
    assert again(place, tables=("khong_co",)).assets == ()


class _CutOffError(BaseException):
    """What a Ctrl-C or the end of the process looks like from inside."""


@pytest.mark.parametrize("damage", ["", "half a line", "a line of another kind"])
def test_a_scan_that_was_cut_off_goes_on(place: Workspace, damage: str) -> None:
    write(place, "CREATE VIEW a_nhin AS SELECT * FROM bang_0")  # nothing tells whether a view changed

    def stop(name: TableName, position: int, total: int) -> None:
        if position == 4:
            raise _CutOffError

    with pytest.raises(_CutOffError):
        scan_workspace(place, progress=stop)
    assert not list((place.path / "catalog" / "assets").rglob("*.yaml"))
    if damage:
        with (place.scan_folder / "thu.jsonl").open("ab") as file:
            file.write(b'{"table": "main.bang_5", "key"' if damage == "half a line" else b"[1]\n{}\n\xff\n")
    report = again(place)
    assert (report.scans[0].resumed, remembered(report)) == (True, 4)
    report = again(place)
    assert (report.scans[0].resumed, remembered(report)) == (False, TABLES), "the view is read again"


def test_a_killed_process_loses_one_table_at_most(place: Workspace) -> None:
    script = (
        "import os, signal, sys\n"
        "from phantang.flow.scan.scan import scan_workspace\n"
        "from phantang.store import Workspace\n"
        "def stop(name, position, total):\n"
        "    if position == 3: os.kill(os.getpid(), signal.SIGKILL)\n"
        "scan_workspace(Workspace.open(sys.argv[1]), progress=stop)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(place.path)], check=False)
    assert done.returncode == -signal.SIGKILL
    report = again(place)
    assert (report.scans[0].resumed, remembered(report), len(report.assets)) == (True, 3, TABLES)


def test_state_holds_no_value_and_may_be_lost_or_spoilt(place: Workspace) -> None:
    again(place)
    assert SECRET_VALUE not in state_text(place)
    assert "Hà Nội" not in state_text(place)
    file = place.scan_folder / "thu.jsonl"
    spoilt = state_text(place).replace('"confidence"', '"tin_cay"')
    for text in ("", "{}\n", "null\n", spoilt, spoilt.replace('"rule":', '"rule":{},"x":')):
        file.write_text(text, encoding="utf-8")
        report = again(place)
        assert (remembered(report), len(report.assets)) == (0, TABLES)


def test_two_scans_of_one_source_wait_for_each_other(place: Workspace) -> None:
    def second(name: TableName, position: int, total: int) -> None:
        if position == 0:
            with pytest.raises(WorkspaceError) as busy:
                scan_workspace(Workspace.open(place.path))
            assert busy.value.code == "state_busy"

    scan_workspace(place, progress=second)


def test_one_failing_table_loses_no_other(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    write(place, "CREATE TABLE goc AS SELECT 1 AS x; CREATE VIEW vo AS SELECT x FROM goc; DROP TABLE goc")
    assert run(["-w", str(place.path), "--lang", "en", "scan", "--format", "jsonl"]) == 2
    out, err = capsys.readouterr()
    assert {json.loads(line)["table"] for line in out.splitlines()} == {f"bang_{n}" for n in range(TABLES)}
    assert "thu.main.vo could not be read" in err
    assert "[table_vanished]" in err
    assert len(err.splitlines()) == 1, "with lines for a program, only what failed is said"


def test_one_failing_source_loses_no_other(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    settings = place.path / "phantang.toml"
    more = '\n[sources.mat]\nurl = "duckdb:///khong-co.duckdb"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert run(["-w", str(place.path), "scan"]) == 2
    assert "[source_missing]" in capsys.readouterr().err
    assert len(list((place.path / "catalog" / "assets" / "thu").glob("*.yaml"))) == TABLES


def test_the_command_says_how_it_sampled(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["-w", str(place.path), "--lang", "en", "scan", "--sample-rows", "10", "--seed", "3"]
    assert run(command) == 0
    err = capsys.readouterr().err
    assert "at most 10 rows a table, seed 3; every n-th row id: 6" in err
    assert "6 tables read, 0 unchanged" in err
    assert run([*command, "--tables", "bang_1", "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert {json.dumps(json.loads(line)["sampling"]) for line in out.splitlines()} == {
        '{"method": "row_id_stride", "rows": 10, "seed": 3}'
    }
    assert run([*command, "--sample-rows", "0"]) == 2
    entry = next(place.ledger().entries()).body
    assert entry["sampling"] == {"rows": 10, "seed": 3, "seconds": 60.0}
    assert entry["sources"]["thu"]["methods"] == {"row_id_stride": 6}


def test_an_interrupt_ends_with_130_and_can_be_gone_on_from(place: Workspace) -> None:
    script = (
        "import sys\n"
        "from phantang.cli import app\n"
        "from phantang.flow.scan import source\n"
        "look = source._secret_by_name\n"
        "def slow(classifier, info, tags):\n"
        "    if info.name.table == 'bang_3': print('here', flush=True); import time; time.sleep(60)\n"
        "    return look(classifier, info, tags)\n"
        "source._secret_by_name = slow\n"
        "sys.exit(app.run(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", script, "-w", str(place.path), "--lang", "en", "scan"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "[interrupted]" in err
    assert "Traceback" not in err
    assert remembered(again(place)) == 3


def test_columns_suspected_of_state_secrets_are_not_read_again(place: Workspace) -> None:
    again(place)
    file = next((place.path / "catalog" / "assets" / "thu").glob("*bang_0*"))
    code = run(
        ["-w", str(place.path), "catalog", "set", "thu.main.bang_0.so_cccd", "--tag", "secrecy.suspected", "--by", "t"]
    )
    assert code == 0
    assert "secrecy.suspected" in file.read_text(encoding="utf-8")
    report = again(place)
    assert remembered(report) == TABLES - 1
    (table,) = [one for one in report.scans[0].tables if one.info.name.table == "bang_0"]
    assert all(item.sampled == 0 for item in table.findings[0].evidence)
    assert any(item.sampled for item in report.scans[0].tables[1].findings[0].evidence)


def test_no_command_reads_a_column_suspected_by_its_name(place: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    write(
        place,
        "CREATE VIEW so_van_ban AS SELECT range AS so, 'Nguyễn Văn An' AS ho_ten, error('was read') AS do_mat "
        "FROM range(40); CREATE VIEW toan_mat AS SELECT error('was read') AS do_mat FROM range(40)",
    )
    workspace = ["-w", str(place.path)]
    assert run([*workspace, "scan"]) == 0
    out = str(place.path / "report.html")
    assert run([*workspace, "catalog", "report", "--with-samples", "--out", out]) == 0
    for command in ("catalog drift", "catalog impact", "catalog accept", "scan --full", "doctor"):
        assert run([*workspace, *command.split()]) == 0, command
    capsys.readouterr()
    assert run([*workspace, "quality", "check", "thu", "--format", "jsonl"]) == 0
    measured = capsys.readouterr().out
    assert "so_van_ban" in measured
    assert "do_mat" not in measured


def test_code_that_changed_in_any_folder_of_the_package_is_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "goi_thu" / "trong"
    inner.mkdir(parents=True)
    (inner.parent / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    seen = []
    for file, text in (("luat.py", "x = 1"), ("luat.py", "x = 2"), ("__pycache__", "")):
        (inner / file).mkdir() if file == "__pycache__" else (inner / file).write_text(text, encoding="utf-8")
        code_digest.cache_clear()
        seen.append(code_digest("goi_thu"))
    code_digest.cache_clear()
    assert seen[0] != seen[1] == seen[2]
