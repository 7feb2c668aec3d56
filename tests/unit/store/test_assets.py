"""Catalog files: all or none, whatever happens in between."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import Workspace

A, B, C = (f"assets/dan_cu/main.{name}.yaml" for name in ("a", "b", "c"))


def assets(workspace: Workspace) -> dict[str, str]:
    return {path: text for path, text in workspace.catalog_files().items() if path.startswith("assets/")}


def leftovers(workspace: Workspace) -> list[str]:
    return [str(path) for path in workspace.path.rglob("*") if ".tmp" in path.name or path.name == "journal.json"]


def test_write_replace_remove(workspace: Workspace) -> None:
    workspace.write_assets({A: "a: 1\n", B: "b: 1\n", "assets/mới/main.x.yaml": "x: 1\n"})
    workspace.write_assets({A: "a: 2\n", B: None, C: "c: 1\n", "assets/none/main.x.yaml": None})
    assert assets(workspace) == {A: "a: 2\n", C: "c: 1\n", "assets/mới/main.x.yaml": "x: 1\n"}
    assert leftovers(workspace) == []
    assert not (workspace.path / "catalog" / "assets" / "none").exists()


def test_an_equal_text_is_left_alone(workspace: Workspace) -> None:
    workspace.write_assets({A: "a: 1\n"})
    before = (workspace.path / "catalog" / A).stat()
    workspace.write_assets({A: "a: 1\n"})
    after = (workspace.path / "catalog" / A).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "assets/../../x.yaml", "/etc/x.yaml", "assets//x.yaml", "assets/./x.yaml", "assets/.hidden.yaml",
     "tags.yaml", "assets.yaml", "assets/a/x.rego", "assets/a\\..\\x.yaml", "assets/a/x\0.yaml", "assets/a/\n.yaml",
     "assets/a/\udcff.yaml", "", "assets/"],
)  # fmt: skip
def test_paths_lead_nowhere_else(workspace: Workspace, path: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        workspace.write_assets({A: "a: 1\n", path: "x: 1\n"})
    assert caught.value.code == "asset_path_invalid"
    assert str(caught.value).encode()
    assert assets(workspace) == {}


def test_a_linked_folder_is_not_written_through(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (workspace.path / "catalog" / "assets" / "y_te").symlink_to(tmp_path / "outside", target_is_directory=True)
    with pytest.raises(WorkspaceError) as caught:
        workspace.write_assets({A: "a: 1\n", "assets/y_te/main.x.yaml": "x: 1\n"})
    assert caught.value.code == "file_outside_folder"
    assert list((tmp_path / "outside").iterdir()) == []


@pytest.mark.parametrize("kind", ["folder at target", "file as folder", "long name", "surrogate"])
def test_what_cannot_be_written_changes_nothing(workspace: Workspace, kind: str) -> None:
    workspace.write_assets({A: "a: 1\n"})
    folder = workspace.path / "catalog" / "assets"
    bad, text = B, "b: 1\n"
    if kind == "folder at target":
        (folder / "dan_cu" / "main.b.yaml").mkdir()
    elif kind == "file as folder":
        (folder / "y_te").write_text("")
        bad = "assets/y_te/main.b.yaml"
    elif kind == "long name":
        bad = "assets/dan_cu/" + "x" * 300 + ".yaml"
    else:
        text = "\ud800"
    with pytest.raises(WorkspaceError):
        workspace.write_assets({A: "a: 2\n", "assets/new/main.c.yaml": "c: 1\n", bad: text})
    assert (folder / "dan_cu" / "main.a.yaml").read_text() == "a: 1\n"
    assert leftovers(workspace) == []
    assert not (folder / "new").exists()


def test_decomposed_file_names_are_replaced_not_doubled(workspace: Workspace) -> None:
    composed = "assets/hộ_tịch/main.khai_sinh.yaml"
    folder = workspace.path / "catalog" / "assets" / unicodedata.normalize("NFD", "hộ_tịch")
    folder.mkdir()
    (folder / "main.khai_sinh.yaml").write_text("a: 1\n")
    workspace.write_assets({composed: "a: 2\n"})
    assert assets(workspace) == {composed: "a: 2\n"}
    workspace.write_assets({unicodedata.normalize("NFD", composed): None})
    assert assets(workspace) == {}


# A process that dies: it kills itself at the n-th rename.

CRASH = """
import os, signal, sys
from pathlib import Path
from phantang.store import Workspace
left, real = int(sys.argv[2]), Path.replace
def replace(self, target):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return real(self, target)
Path.replace = replace
texts = {name: None if name.endswith("c.yaml") else "new: 1\\n" for name in sys.argv[3:]}
Workspace.open(sys.argv[1]).write_assets(texts)
"""


@pytest.mark.parametrize("renames", range(4))
def test_killed_between_renames(workspace: Workspace, renames: int) -> None:
    old = {A: "old: 1\n", B: "old: 1\n", C: "old: 1\n"}
    workspace.write_assets(old)
    done = subprocess.run([sys.executable, "-c", CRASH, workspace.path, str(renames), A, B, C], check=False, timeout=60)
    if renames == 3:
        assert done.returncode == 0, "journal and two files: there is no fourth rename"
    else:
        assert done.returncode == -signal.SIGKILL
    # The first rename puts the journal in place, and decides.
    assert assets(workspace) == (old if renames == 0 else {A: "new: 1\n", B: "new: 1\n"})
    workspace.write_assets({A: "next: 1\n"})
    assert assets(workspace)[A] == "next: 1\n"
    assert [path for path in leftovers(workspace) if "assets" in path or "journal" in path] == []


def test_a_disk_that_fails_after_the_decision(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.write_assets({A: "old: 1\n", B: "old: 1\n"})
    real, left = Path.replace, 2

    def replace(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.EIO, "gone")
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with pytest.raises(WorkspaceError) as caught:
            workspace.write_assets({A: "new: 1\n", B: "new: 1\n"})
        assert caught.value.code == "catalog_half_written"
        with pytest.raises(WorkspaceError) as caught:
            workspace.catalog_files()
        assert caught.value.code == "catalog_half_written", "half a catalog is never read"
    assert assets(workspace) == {A: "new: 1\n", B: "new: 1\n"}


@pytest.mark.parametrize("text", ["", "{", "[1]", '[["../../x.yaml", "assets/.phantang-0000000000000000-0.tmp"]]',
                                  '[["phantang.toml", null]]'])  # fmt: skip
def test_a_journal_of_somebody_else_is_not_carried_out(workspace: Workspace, text: str) -> None:
    workspace.write_assets({A: "a: 1\n"})
    (workspace.path / ".phantang" / "catalog" / "journal.json").write_text(text)
    with pytest.raises(WorkspaceError):
        workspace.catalog_files()
    assert (workspace.path / "phantang.toml").exists()


def test_reading_writes_nothing(workspace: Workspace) -> None:
    before = sorted(workspace.path.rglob("*"))
    workspace.catalog_files()
    workspace.policy_files()
    assert sorted(workspace.path.rglob("*")) == before
    assert os.listdir(workspace.path) != []  # noqa: PTH208
