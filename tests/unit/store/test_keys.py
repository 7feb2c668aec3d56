"""Keys: private to their owner, made once, derived apart."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import KeyFolder


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / ".phantang" / "keys")


def test_keys_are_private_and_out_of_version_control(keys: KeyFolder) -> None:
    previous = os.umask(0)
    try:
        keys.create_signer()
        keys.token_key("a", "L2")
    finally:
        os.umask(previous)
    for name in ("ledger.key", "token.key"):
        assert stat.S_IMODE((keys.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert (keys.folder.parent / ".gitignore").read_text() == "*\n"
    assert sorted(path.name for path in keys.folder.iterdir()) == ["ledger.key", "token.key"]


def test_one_token_key_for_a_subject_and_a_purpose(keys: KeyFolder) -> None:
    pairs = [
        ("a", "L2"),
        ("a", "L1"),
        ("b", "L2"),
        ("a,", "L2"),
        ("a", ",L2"),
        ('a", "L', "2"),
        ("", "aL2"),
        ("ă", "L2"),
    ]
    derived = [keys.token_key(*pair) for pair in pairs]
    assert len(set(derived)) == len(pairs)
    assert {len(key) for key in derived} == {32}
    assert [KeyFolder(keys.folder).token_key(*pair) for pair in pairs] == derived
    assert (keys.folder / "token.key").read_bytes() not in derived


def test_another_workspace_has_other_tokens(keys: KeyFolder, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = KeyFolder(tmp_path / "other" / ".phantang" / "keys")
    assert other.token_key("a", "L2") != keys.token_key("a", "L2")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_open_to_others_is_refused(keys: KeyFolder, mode: int) -> None:
    keys.create_signer()
    keys.token_key("a", "L2")
    for name in ("ledger.key", "token.key"):
        (keys.folder / name).chmod(mode)
    with pytest.raises(WorkspaceError) as caught:
        keys.signer()
    assert caught.value.code == "key_permissions_unsafe"
    with pytest.raises(WorkspaceError) as caught:
        keys.token_key("a", "L2")
    assert caught.value.code == "key_permissions_unsafe"


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_token_key_is_not_replaced(keys: KeyFolder, content: bytes) -> None:
    keys.token_key("a", "L2")
    (keys.folder / "token.key").write_bytes(content)
    with pytest.raises(WorkspaceError) as caught:
        keys.token_key("a", "L2")
    assert caught.value.code == "key_unreadable"


def test_a_damaged_signing_key(keys: KeyFolder) -> None:
    keys.create_signer()
    (keys.folder / "ledger.key").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(WorkspaceError) as caught:
        keys.signer()
    assert caught.value.code == "key_unreadable"


def test_links_and_pipes_are_no_keys(keys: KeyFolder, tmp_path: Path) -> None:
    keys.token_key("a", "L2")
    (keys.folder / "token.key").rename(tmp_path / "real")
    (keys.folder / "token.key").symlink_to(tmp_path / "real")
    with pytest.raises(WorkspaceError):
        keys.token_key("a", "L2")
    (keys.folder / "token.key").unlink()
    os.mkfifo(keys.folder / "token.key", 0o600)
    with pytest.raises(WorkspaceError):
        keys.token_key("a", "L2")


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    writer = Path(__file__).with_name("writer.py")
    command = [sys.executable, str(writer), "key", str(tmp_path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(6)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1
    assert {process.returncode for process in started} == {0}
