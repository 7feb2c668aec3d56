"""Where answers go: a full disk, a closed standard output and a reader that leaves are no faults of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..services.cli import Cli

if TYPE_CHECKING:
    from phantang.store import Workspace

pytestmark = pytest.mark.e2e

PROGRAM = [sys.executable, "-c", "from phantang.cli.app import main; main()"]
#: What click prints, what rich prints, and bytes.
PRINTED = {
    "click": ("--help",),
    "rich": ("audit", "list"),
    "bytes": ("query", "--as", "thanh-tra", "--purpose", "A1", "--source", "dan_cu", "--format", "csv", "SELECT 1"),
}


def _command(workspace: Workspace, *arguments: str) -> list[str]:
    return [*PROGRAM, "-w", str(workspace.path), "--lang", "en", *arguments]


@pytest.fixture
def asked(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Workspace:
    """Return a workspace with something in its ledger."""
    assert Cli(workspace, capsys)("explain", *PRINTED["bytes"][1:7], "SELECT 1") in {0, 3}
    return workspace


@pytest.mark.parametrize("printed", PRINTED)
def test_a_full_disk_is_said_to_be_so(asked: Workspace, printed: str) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = subprocess.run(
            _command(asked, *PRINTED[printed]), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    finally:
        os.close(full)
    assert done.returncode == 2
    assert "[output_unwritable]" in done.stderr
    assert "stdout cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("printed", PRINTED)
def test_a_reader_that_leaves_is_no_fault(asked: Workspace, printed: str) -> None:
    with subprocess.Popen(
        _command(asked, *PRINTED[printed]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0
    assert not [line for line in said.splitlines() if not line.startswith("receipt")]


def test_without_standard_output_nothing_is_done(workspace: Workspace) -> None:
    shell = ["sh", "-c", '"$@" >&-', "sh"]
    query = _command(workspace, *PRINTED["bytes"])
    done = subprocess.run([*shell, *query], stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "[output_unwritable]" in done.stderr
    assert not [entry for entry in workspace.ledger().entries() if entry.kind == "intent"]


def test_without_standard_error_a_command_does_what_it_did(workspace: Workspace) -> None:
    shell = ["sh", "-c", '"$@" 2>&-', "sh"]
    done = subprocess.run([*shell, *_command(workspace, "khong-co")], stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "command", [("catalog", "report"), ("catalog", "export", "--format", "csv"), ("policy", "bundle")]
)
def test_a_file_that_cannot_be_written_is_named(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    cli = Cli(workspace, capsys, "--lang", "vi")
    for out in (tmp_path / "khong" / "a.html", tmp_path / "khong" / "a.xlsx", Path("/dev/full")):
        assert cli(*command, "--out", str(out)) == 2
        assert "[output_unwritable]" in cli.err
        assert str(out) in cli.err
