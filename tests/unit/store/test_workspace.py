"""Opening, finding and making workspaces."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import Workspace
from phantang.store.create import render_settings
from phantang.store.settings import Settings, parse_settings

SOURCES = {"dan_cu": "duckdb:///data/dan_cu.duckdb"}


def code_of(path: Path) -> str:
    with pytest.raises(WorkspaceError) as caught:
        Workspace.open(path)
    assert "<" not in caught.value.message("vi") + caught.value.remedy("vi")
    return caught.value.code


def test_open(workspace: Workspace) -> None:
    assert workspace.settings.name == "thử"
    assert workspace.source_url("dan_cu") == f"duckdb:///{workspace.path}/data/a.duckdb"
    assert workspace.policy_files() == {"main/main.rego": "package phantang\n"}
    assert workspace.classifier_files() == {}
    with pytest.raises(WorkspaceError) as caught:
        workspace.source_url("y_te")
    assert (caught.value.code, caught.value.params["known"]) == ("source_unknown", "dan_cu")


def test_find_walks_up(workspace: Workspace, tmp_path: Path) -> None:
    assert Workspace.find(workspace.path / "policies" / "main").path == workspace.path
    assert Workspace.find(workspace.path / "not" / "there").path == workspace.path
    with pytest.raises(WorkspaceError) as caught:
        Workspace.find(tmp_path)
    assert caught.value.code == "workspace_not_found"


def test_a_source_needs_its_password_only_when_it_is_used(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (workspace.path / "phantang.toml").open("a") as file:
        file.write('[sources.ho_tich]\nurl = "postgresql://u:${PHANTANG_TEST_PW}@h/d"\n')
    monkeypatch.delenv("PHANTANG_TEST_PW", raising=False)
    opened = Workspace.open(workspace.path)
    assert opened.source_url("dan_cu")
    with pytest.raises(WorkspaceError) as caught:
        opened.source_url("ho_tich")
    assert caught.value.code == "env_var_missing"
    monkeypatch.setenv("PHANTANG_TEST_PW", "mật khẩu")
    assert opened.source_url("ho_tich") == "postgresql://u:m%E1%BA%ADt%20kh%E1%BA%A9u@h/d"
    assert "mật" not in repr(opened.sources)


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b'[workspace]\nname = "x', "config_syntax"), (b'[workspace]\nname = "\xff"\n', "file_not_utf8"),
     (b"", "config_key_missing"), (b"#" * 2_000_000, "file_too_big"), (b"\0", "config_syntax")],
)  # fmt: skip
def test_damaged_settings(workspace: Workspace, raw: bytes, code: str) -> None:
    (workspace.path / "phantang.toml").write_bytes(raw)
    assert code_of(workspace.path) == code


def test_no_workspace(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "workspace_not_found"
    (tmp_path / "file").write_text("")
    assert code_of(tmp_path / "file") == "workspace_not_found"
    (tmp_path / "phantang.toml").mkdir()
    assert code_of(tmp_path) == "workspace_unreadable"


def test_create_makes_a_whole_workspace(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "a" / "kho", SOURCES)
    assert made.settings == Settings("kho", SOURCES)
    assert sorted(path.name for path in made.path.iterdir()) == [
        ".gitignore", "catalog", "classifiers", "phantang.toml", "policies",
    ]  # fmt: skip
    assert made.path.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["kho"]
    assert list((made.path / "catalog" / "assets").iterdir()) == []
    made.catalog_files()
    made.write_assets({"assets/dan_cu/main.x.yaml": "a: 1\n"})


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://doc:bi%40mat@may/dan_cu", 0o600),
        ("postgresql://doc:${MAT_KHAU}@may/dan_cu", 0o644),
        ("postgresql://doc@may/dan_cu", 0o644),
        ("duckdb:///a.duckdb", 0o644),
    ],
)
def test_settings_that_hold_a_password_are_for_nobody_else_to_read(tmp_path: Path, url: str, mode: int) -> None:
    before = os.umask(0o022)
    try:
        made = Workspace.create(tmp_path / "w", {"dan_cu": url})
    finally:
        os.umask(before)
    assert (made.path / "phantang.toml").stat().st_mode & 0o777 == mode


def test_create_in_an_empty_folder(tmp_path: Path) -> None:
    assert Workspace.create(tmp_path, {}, name="Bộ Y tế").settings.name == "Bộ Y tế"


def test_create_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "mine.rego").write_text("package mine\n")
    for allow in (False, True):
        with pytest.raises(WorkspaceError) as caught:
            Workspace.create(tmp_path, SOURCES, allow_existing=allow)
        assert caught.value.code == "workspace_exists"
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["policies", "policies/mine.rego"]


def test_create_beside_other_things(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / ".gitignore").write_text("data/\n")
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path, SOURCES)
    Workspace.create(tmp_path, SOURCES, allow_existing=True)
    assert (tmp_path / ".gitignore").read_text() == "data/\n"
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path, SOURCES, allow_existing=True)


def test_create_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path / "file", SOURCES, allow_existing=True)
    with pytest.raises(WorkspaceError) as caught:
        Workspace.create(tmp_path / "file" / "below", SOURCES)
    assert caught.value.code == "workspace_unwritable"
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_a_failure_leaves_nothing_behind(tmp_path: Path, failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    real, left = Path.rename, failing

    def rename(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == -1:
            raise OSError(errno.ENOSPC, "full")
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with pytest.raises(WorkspaceError) as caught:
            Workspace.create(tmp_path, SOURCES, allow_existing=True)
    assert (caught.value.code, caught.value.params["reason"]) == ("workspace_unwritable", "ENOSPC")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("sources", [{"Dan Cu": "duckdb:///a"}, {"a": "no url"}, {"../x": "duckdb:///a"}, {"a": "${"}])
def test_unusable_sources_are_refused_before_anything_is_made(tmp_path: Path, sources: dict[str, str]) -> None:
    with pytest.raises(WorkspaceError):
        Workspace.create(tmp_path / "w", sources)
    assert list(tmp_path.iterdir()) == []


def test_any_folder_name_and_url_survive_the_settings_file() -> None:
    name, url = 'a"b\\c \u2028 ' + os.fsdecode("đ".encode()), 'duckdb:///C:\\x\\"y".duckdb'
    text = render_settings(name.replace("\u2028", ""), {"a": url})
    assert parse_settings(text) == Settings(name.replace("\u2028", ""), {"a": url})


def test_keys_and_ledger_live_in_the_state_folder(workspace: Workspace) -> None:
    workspace.ledger().append("scan", {})
    assert workspace.token_key("a", "L2") != workspace.token_key("a", "L1")
    state = workspace.path / ".phantang"
    assert sorted(path.name for path in state.iterdir()) == [".gitignore", "keys", "ledger"]
    assert workspace.ledger().verify().ok
