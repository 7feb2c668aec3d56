"""Reading folders: what is taken, what is passed over, what is refused."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from phantang.model.errors import WorkspaceError
from phantang.store import default_folder, folder, read_folder


def code_of(path: Path) -> str:
    with pytest.raises(WorkspaceError) as caught:
        read_folder(path)
    assert "<" not in caught.value.message("vi") + caught.value.remedy("vi")
    return caught.value.code


def test_texts_by_relative_path(tmp_path: Path) -> None:
    (tmp_path / "vn").mkdir()
    (tmp_path / "vn" / "họ tên.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    (tmp_path / "b.rego").write_text("package b\n")
    (tmp_path / ".manifest").write_text("{}")
    for ignored in ("README.md", ".b.rego.swp", "b.rego~", "vn/README.md"):
        (tmp_path / ignored).write_bytes(b"\xff")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_bytes(b"\xff")
    assert read_folder(tmp_path) == {".manifest": "{}", "b.rego": "package b\n", "vn/họ tên.yaml": "a: 1\r\n"}


def test_decomposed_names_are_composed_and_text_is_left_alone(tmp_path: Path) -> None:
    name, text = unicodedata.normalize("NFD", "hộ tịch.yaml"), unicodedata.normalize("NFD", "tên: họ\n")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_folder(tmp_path) == {"hộ tịch.yaml": text}
    (tmp_path / unicodedata.normalize("NFC", name)).write_text("khác\n", encoding="utf-8")
    if len(list(tmp_path.iterdir())) == 2:
        assert code_of(tmp_path) == "file_name_clash"


@pytest.mark.parametrize("raw", [b"\xff\xfea\0", b"ho: \xe1\xba", b"\xc0\x80", "tên".encode("utf-16")])
def test_other_encodings_are_refused_with_the_file(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(raw)
    with pytest.raises(WorkspaceError) as caught:
        read_folder(tmp_path)
    assert (caught.value.code, caught.value.params["path"]) == ("file_not_utf8", "a.yaml")


@pytest.mark.parametrize("name", ["rule.yml", "rule.YAML", "rule", "rule.yaml.bak"])
def test_a_rule_with_the_wrong_suffix_is_not_left_out_silently(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert code_of(tmp_path) == "file_kind_unknown"


def test_links_stay_inside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out.yaml"
    inside.mkdir()
    outside.write_text("secret: 1\n")
    (inside / "a.yaml").write_text("a: 1\n")
    (inside / "b.yaml").symlink_to("a.yaml")
    assert read_folder(inside) == {"a.yaml": "a: 1\n", "b.yaml": "a: 1\n"}
    (inside / "c.yaml").symlink_to(outside)
    assert code_of(inside) == "file_outside_folder"
    (inside / "c.yaml").unlink()
    (inside / "d").symlink_to(tmp_path, target_is_directory=True)
    assert code_of(inside) == "file_outside_folder"


def test_pipes_loops_and_dangling_links_do_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    assert code_of(tmp_path) == "file_outside_folder"
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("a.yaml")
    assert code_of(tmp_path) == "workspace_unreadable"
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("nothing")
    assert code_of(tmp_path) == "workspace_unreadable"


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"a\xff.yaml")).write_text("")
    assert code_of(tmp_path) == "file_not_utf8"


def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("12345")
    (tmp_path / "b.yaml").write_text("12345")
    with monkeypatch.context() as patched:
        patched.setattr(folder, "MAX_FOLDER", 9)
        assert code_of(tmp_path) == "folder_too_big"
    with monkeypatch.context() as patched:
        patched.setattr(folder, "MAX_FILES", 1)
        assert code_of(tmp_path) == "folder_too_big"
    with (tmp_path / "c.yaml").open("wb") as file:
        file.truncate(folder.MAX_FILE + 1)
    assert code_of(tmp_path) == "file_too_big"


def test_missing_folders(tmp_path: Path) -> None:
    assert code_of(tmp_path / "policies") == "folder_missing"
    with pytest.raises(WorkspaceError) as caught:
        default_folder("no such folder")
    assert caught.value.code == "defaults_missing"


@pytest.mark.parametrize("name", ["policies", "classifiers", "catalog"])
def test_defaults_are_found_in_the_checkout(name: str) -> None:
    assert default_folder(name).name == name
