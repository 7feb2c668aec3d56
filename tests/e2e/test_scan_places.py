"""What a person may give `phantang scan` to look at: a folder by its bare name, and a name that nothing has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from phantang.cli.app import run
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "f3").mkdir()
    (tmp_path / "f3/nguoi.csv").write_text("so_cccd,ho_ten\n001203000017,Nguyễn Văn An\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _scanned(capsys: pytest.CaptureFixture[str]) -> set[tuple[str, str, str]]:
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {(row["source"], row["table"], row["column"]) for row in rows}


@pytest.mark.usefixtures("folder")
def test_a_folder_is_scanned_by_its_bare_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "f3", "--format", "jsonl"]) == 0
    assert _scanned(capsys) == {("f3", "nguoi", "so_cccd"), ("f3", "nguoi", "ho_ten")}


def test_a_source_comes_before_a_folder_of_its_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "khac.csv").write_text("email\nan@vi.du.vn\n", encoding="utf-8")
    Workspace.create(folder / "w", {"f3": f"csv:///{folder / 'khac.csv'}"})
    assert run(["-w", "w", "scan", "f3", "--format", "jsonl"]) == 0
    assert _scanned(capsys) == {("f3", "khac", "email")}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("lang", "says"), [("en", "does not exist"), ("vi", "không tồn tại")])
def test_a_file_that_is_not_there_is_said_to_be_so(lang: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", lang, "scan", "khongco.csv"]) == 2
    err = " ".join(capsys.readouterr().err.split())
    assert says in err
    assert "duckdb:" not in err
    assert "[source_missing]" in err


@pytest.mark.usefixtures("folder")
def test_a_pattern_that_no_table_is_like_is_said_to_be_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "scan", "f3", "--tables", "nguoi", "--tables", "khong_co"]) == 0
    assert "no table is like --tables" not in capsys.readouterr().err
    assert run(["--lang", "en", "scan", "f3", "--tables", "khong_co"]) == 2
    assert "no table is like --tables" in capsys.readouterr().err


def test_empty_files_are_counted_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, data in {"rong": b"", "dau": b"\xef\xbb\xbf", "chi_tieu_de": b"so_cccd\n"}.items():
        (folder / f"f3/{name}.csv").write_bytes(data)
    assert run(["--lang", "en", "scan", "f3"]) == 0
    assert "f3: 2 empty tables or files without a column to classify: dau, rong" in capsys.readouterr().err
    for number in range(30):
        (folder / f"f3/z{number:02}.csv").touch()
    assert run(["--lang", "vi", "scan", "f3", "--tables", "z*"]) == 0
    said = capsys.readouterr().err
    assert "30 bảng hoặc tệp rỗng" in said
    assert "z19, …" in said
    assert "z20" not in said


def test_who_writes_a_password_down_is_told_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "bi-mat-9x"
    for url, told in ((f"postgresql://doc:{secret}@may/d", True), ("postgresql://doc:${MAT_KHAU}@may/d", False)):
        assert run(["--lang", "en", "init", str(tmp_path / str(told)), "--source", f"dan_cu={url}"]) == 0
        said = " ".join(capsys.readouterr().err.split())
        assert ("a password stands in" in said) is told
        assert secret not in said


def test_doctor_says_that_rule_packs_are_not_those_of_the_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = Workspace.create(tmp_path / "w", {})
    doctor = ["-w", str(workspace.path), "--lang", "en", "doctor"]
    run(doctor)
    assert "differ from those of this program" not in " ".join(capsys.readouterr().out.split())
    pack = workspace.path / "classifiers/vn/contact.yaml"
    pack.write_text(pack.read_text("utf-8") + "# edited here\n", "utf-8")
    run(doctor)
    assert "1 files differ from those of this program" in " ".join(capsys.readouterr().out.split())


def test_files_of_other_kinds_in_a_folder_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "f3/xa").mkdir()
    (folder / "f3/xa/hoi.sqlite").touch()
    (folder / "f3/ghi_chu.docx").touch()
    (folder / "f3/.an").touch()
    assert run(["--lang", "en", "scan", "f3", "--format", "jsonl"]) == 0
    out, err = capsys.readouterr()
    assert "f3: 2 files of kinds that are not read in a folder" in err
    assert "ghi_chu.docx, xa.hoi.sqlite" in err
    assert {json.loads(line)["sampling"]["unreadable_tables"] for line in out.splitlines()} == {2}
    assert run(["--lang", "vi", "scan", "f3/xa"]) == 2
    assert "không có tệp CSV, Parquet hay Excel nào" in " ".join(capsys.readouterr().err.split())


def test_a_new_workspace_says_nothing_of_its_sources_and_names_sample_subjects(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "dan_cu.csv").write_text("email\nan@vi.du.vn\n", encoding="utf-8")
    assert run(["--lang", "en", "init", "w", "--source", "dan_cu=csv:///dan_cu.csv"]) == 0
    assert not list((folder / "w/catalog/sources").iterdir())
    for agency in (folder / "w/catalog/agencies").iterdir():
        if agency.stem != "thanh-tra":
            agency.unlink()
    capsys.readouterr()
    assert run(["-w", "w", "--lang", "en", "doctor"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "1 sample subjects of the program may still ask: thanh-tra" in said
    assert "rows may keep former unit codes" in said
