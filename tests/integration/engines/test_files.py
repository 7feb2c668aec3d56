"""What is particular to files: encodings, headers as people write them, folders, and what is not what it says."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from phantang.cli.app import run
from phantang.engines import Sampling, connect
from phantang.model.errors import EngineError, PhantangError
from phantang.model.names import TableName
from phantang.model.schema import TableInfo

TEXT = "Mã số;Họ và tên;Ghi chú\n0123;Nguyễn Thị Ánh Tuyết;Xã Hướng Hóa, Quảng Trị\n0456;Đặng Hữu Phước;\n"
VALUES = {
    "Mã số": ["0123", "0456"],
    "Họ và tên": ["Nguyễn Thị Ánh Tuyết", "Đặng Hữu Phước"],
    "Ghi chú": ["Xã Hướng Hóa, Quảng Trị", None],
}
#: Windows-1258 writes ễ as ê and a tone.
_1258 = {"ễ": "ê\u0303", "ị": "i\u0323", "ế": "ê\u0301", "ọ": "o\u0323", "ã": "a\u0303", "ố": "ô\u0301"}
_1258 |= {"ướ": "ươ\u0301", "ặ": "ă\u0323", "ữ": "ư\u0303", "ả": "a\u0309", "ó": "o\u0301", "Á": "A\u0301"}


def only(place: str | Path) -> tuple[TableInfo, dict[str, list[str | None]]]:
    with connect(str(place), "thu") as engine:
        (info,) = engine.introspect()
        return info, engine.sample(info.name, 100)


def refusal(place: str | Path) -> str:
    with pytest.raises(PhantangError) as error:
        only(place)
    assert error.value.__context__ is None
    assert str(place) not in str(error.value)
    return error.value.code


def as_1258(text: str) -> bytes:
    for char, pair in _1258.items():
        text = text.replace(char, pair)
    return text.encode("cp1258")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"),
        as_1258(TEXT),
        TEXT.replace("\n", "\r\n").encode(),
        ("sep=;\n" + TEXT).encode(),
        ("DANH SÁCH HỘ NGHÈO\n\n" + TEXT).encode(),
        ("\n\n" + TEXT.rstrip()).encode(),
    ],
    ids=["utf-8", "bom", "utf-16-le", "utf-16-be", "utf-16 bare", "utf-32", "cp1258", "crlf", "sep", "title", "blank"],
)
def test_text_files_as_they_come(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    info, values = only(tmp_path / "a.csv")
    assert values == VALUES
    assert [column.type for column in info.columns] == ["VARCHAR"] * 3
    assert info.rows == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_quotes_and_lines_within_cells(tmp_path: Path, delimiter: str) -> None:
    lines = [["a", "b"], ["1", '"x\ny, z; ""q"" | \t"'], ["2", ""], ["3", "thường"]]
    (tmp_path / "a.csv").write_text("\n".join(map(delimiter.join, lines)), encoding="utf-8")
    info, values = only(tmp_path / "a.csv")
    assert values == {"a": ["1", "2", "3"], "b": ['x\ny, z; "q" |', None, "thường"]}
    assert [column.type for column in info.columns] == ["INTEGER", "VARCHAR"]


def test_rows_of_another_length_lose_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b,c\n1,2\n3,4,5,6\n\n7,8,9\n", encoding="utf-8")
    assert only(tmp_path / "a.csv")[1] == {"a": ["1", "3", "7"], "b": ["2", "4", "8"], "c": [None, "5", "9"]}


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    rows = "".join(f"{n},x{n}\n" for n in range(2000))
    (tmp_path / "a.csv").write_text('a,b\n1,"mở\n' + rows, encoding="utf-8")
    with connect(str(tmp_path / "a.csv"), "thu") as engine:
        (info,) = engine.introspect()
        assert engine.draw(info.name, Sampling(50)).rows == 50


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("079090000001,Hà Nội\n079090000002,Huế\n", ["c1", "c2"]),
        ("Nguyễn Văn An,Nam\nTrần Thị Bé,Nữ\n", ["c1", "c2"]),
        ("Hà Nội,Nam\nHuế,Nữ\nHà Nội,Nam\n", ["c1", "c2"]),
        ("a@b.vn,x\nc@d.vn,y\n", ["c1", "c2"]),
        ("ten,ten,,ten_2\na,b,c,d\n", ["ten", "ten_2", "c3", "ten_2_2"]),
        ("STT,Họ tên,Năm sinh\n(1),(2),(3)\n1,An,1990\n", ["STT", "Họ tên", "Năm sinh"]),
    ],
)
def test_values_never_become_names(tmp_path: Path, text: str, names: list[str]) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    info, _ = only(tmp_path / "a.csv")
    assert [column.name for column in info.columns] == names


def test_whoever_knows_may_say_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mot;hai\nba;bon\n", encoding="utf-16-le")
    place = f"csv:///{tmp_path / 'a.csv'}?header=no&delimiter=%3B&encoding=utf-16-le"
    assert only(place)[1] == {"c1": ["mot", "ba"], "c2": ["hai", "bon"]}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-20", "0"], "INTEGER"),
        (["01", "20"], "VARCHAR"),
        (["1.5", "2"], "DOUBLE"),
        (["2025-07-01", ""], "DATE"),
        (["2025-07-01 10:00:00"], "TIMESTAMP"),
        (["true", "False"], "BOOLEAN"),
        (["01/07/2025"], "VARCHAR"),
        (["9" * 30], "VARCHAR"),
    ],
)
def test_types_are_told_from_all_that_is_seen(tmp_path: Path, cells: list[str], kind: str) -> None:
    (tmp_path / "a.csv").write_text("ten cot,x\n" + "".join(f"{cell},y\n" for cell in cells), encoding="utf-8")
    assert only(tmp_path / "a.csv")[0].columns[0].type == kind


def test_a_large_file_is_read_in_ranges(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    size = 700_000
    with path.open("w", encoding="utf-8") as file:
        file.write("so,ten,ghi\n")
        file.writelines(f'{n},người thứ {n},"ghi chú, số {n}"\n' for n in range(size))
    assert path.stat().st_size > 16 * 2**20
    with connect(str(path), "thu") as engine:
        (info,) = engine.introspect()
        assert info.rows == pytest.approx(size, rel=0.25)
        sample = engine.draw(info.name, Sampling(500))
    assert (sample.method, sample.rows) == ("byte_ranges", 500)
    numbers = [int(value or -1) for value in sample.values["so"]]
    assert len(set(numbers)) == 500
    assert {number * 5 // size for number in numbers} == set(range(5))
    assert all(name == f"người thứ {n}" for n, name in zip(numbers, sample.values["ten"], strict=True))


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.sqlite"])
def test_files_that_are_not_what_they_say(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    book = openpyxl.Workbook()
    book.save(tmp_path / "book")
    pq.write_table(pa.table({"x": ["a"] * 1000}), tmp_path / "table")
    bad = [bytes(2000), os.urandom(3000).replace(b"\xff\xfe", b"") + b"\0" * 9, (tmp_path / "table").read_bytes()[:-9]]
    bad.append((tmp_path / "book").read_bytes()[:-50])
    for data in bad:
        path.write_bytes(data)
        assert refusal(path) in ("source_file_damaged", "source_not_a_database")
    assert refusal(tmp_path / "khong_co" / name) == "source_missing"
    path.unlink()
    os.mkfifo(path)
    assert refusal(path) in ("source_unreadable", "source_not_a_database")


def test_empty_files(tmp_path: Path) -> None:
    for text in ("", "\n\n", " "):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        info, values = only(tmp_path / "a.csv")
        assert (info.columns, info.rows, values) == ((), 0, {})


def test_a_small_archive_of_a_large_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(1100):
            part.write(bytes(2**20))
    assert path.stat().st_size < 4 * 2**20
    assert refusal(path) == "source_file_too_big"


def test_workbooks_as_offices_make_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Hộ nghèo"
    rows = [
        ["DANH SÁCH HỘ NGHÈO XÃ A", None, None, None, None],
        [None] * 5,
        ["STT", "Họ và tên", "Nơi ở", None, "Ngày sinh"],
        [None, None, "Thôn", "Xã", None],
        [1, 2, 3, 4, 5],
        [1, "An", "Thôn 1", "Xã A", "01/02/1990"],
        [2.0, "Bình", None, "Xã A", None],
    ]
    for row in rows:
        sheet.append(row)
    for cells in ("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"):
        sheet.merge_cells(cells)
    book.create_sheet("Trống")
    other = book.create_sheet("Khác")
    other.append(["ma", "so"])
    other.append(["007", 123456789012])
    book.save(tmp_path / "so_lieu.xlsx")
    with connect(str(tmp_path / "so_lieu.xlsx"), "thu") as engine:
        found = {info.name.table: info for info in engine.introspect()}
        assert set(found) == {"Hộ nghèo", "Khác"}
        assert found["Hộ nghèo"].rows == 2
        assert engine.sample(found["Hộ nghèo"].name, 9) == {
            "STT": ["1", "2"],
            "Họ và tên": ["An", "Bình"],
            "Nơi ở / Thôn": ["Thôn 1", None],
            "Nơi ở / Xã": ["Xã A", "Xã A"],
            "Ngày sinh": ["01/02/1990", None],
        }
        assert engine.sample(found["Khác"].name, 9) == {"ma": ["007"], "so": ["123456789012"]}


def test_types_of_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "i": pa.array([1, None], pa.int64()),
            "d": pa.array(["1.50", None]).cast(pa.decimal128(10, 2)),
            "l": pa.array([["a", "ô"], None], pa.list_(pa.string())),
            "s": pa.array([{"x": 1}, None], pa.struct({"x": pa.int32()})),
            "e": pa.array(["a", None]).dictionary_encode(),
            "t": pa.array([0, None], pa.timestamp("us", tz="UTC")),
            "b": pa.array([b"\xff", None], pa.binary(1)),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    info, values = only(tmp_path / "a.parquet")
    expected = ["BIGINT", "DECIMAL(10,2)", "VARCHAR[]", "STRUCT", "VARCHAR", "TIMESTAMP WITH TIME ZONE", "BLOB"]
    assert [column.type for column in info.columns] == expected
    first = {name: column[0] for name, column in values.items()}
    assert (first["i"], first["d"], first["l"], first["s"]) == ("1", "1.50", '["a", "ô"]', '{"x": 1}')
    assert (first["e"], first["b"]) == ("a", None)
    assert all(column[1] is None for column in values.values())


def test_a_folder_of_everything(tmp_path: Path) -> None:
    base, outside = tmp_path / "kho", tmp_path / "ngoai"
    for folder in (base / "xa_a", base / "lon.parquet", base / "nam" / "y=2025", outside):
        folder.mkdir(parents=True)
    for folder in (base / ".an", base / "xa_a/catalog", base / "w/classifiers/lists", base / "w/data/policies"):
        folder.mkdir(parents=True)
    (base / "w/phantang.toml").touch()  # a workspace in it: its own lists are no data, but what lies beside them is
    (base / "w/classifiers/lists/communes.csv").write_text("x\n1\n", encoding="utf-8")
    for name in (
        "a.csv",
        "xa_a/a.csv",
        "xa_a/b.tsv",
        ".an.csv",
        ".an/a.csv",
        "xa_a/catalog/c.csv",
        "w/data/policies/d.csv",
    ):
        (base / name).write_text("x\ty\n1\t2\n", encoding="utf-8")
    (outside / "mat.csv").write_text("x\n1\n", encoding="utf-8")
    (base / "lien_ket.csv").symlink_to(outside / "mat.csv")
    (base / "ra_ngoai").symlink_to(outside)
    (base / "ghi chú.docx").write_bytes(b"x")
    (base / "hong.parquet.parquet").write_bytes(b"x")
    one = pa.table({"x": ["a", "b"]})
    for name in ("a.parquet", "lon.parquet/part-0.parquet", "lon.parquet/part-1.parquet", "nam/y=2025/p.parquet"):
        pq.write_table(one, base / name)
    with connect(str(base), "thu") as engine:
        infos = {info.name: info for info in engine.introspect()}
        named = {name.local: info.rows for name, info in infos.items()}
        assert {name.table for name in engine.unreadable()} == {"ghi chú.docx"}
        broken = TableName("thu", "main", "hong.parquet")
        with pytest.raises(EngineError) as error:
            engine.draw(broken, Sampling(5))
        assert engine.sample(TableName("thu", "main", "lon"), 9) == {"x": ["a", "b", "a", "b"]}
    assert error.value.code == "source_file_damaged"
    assert infos[broken].columns == ()
    assert named == {
        "main.a.csv": 1,
        "main.a.parquet": 2,
        "main.hong.parquet": None,
        "main.lon": 4,
        "main.nam": 2,
        "xa_a.a": 1,
        "xa_a.b": 1,
        "xa_a.catalog.c": 1,
        "w.data.policies.d": 1,
    }
    with connect(f"csv:///{base}/*.csv", "thu") as engine:
        assert [info.name.table for info in engine.introspect()] == ["a"]
    assert refusal(f"parquet:///{base}/khong*.parquet") == "source_missing"


def test_the_command_scans_paths_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "công dân.csv"
    path.write_text("Số CCCD;Họ và tên\n" + "079090001234;Nguyễn Thị Ánh\n" * 30, encoding="utf-16")
    before = path.read_bytes(), path.stat().st_mtime_ns
    for place in (path, tmp_path, f"csv:///{path}"):
        assert run(["scan", str(place), "--format", "jsonl"]) == 0
        out, err = capsys.readouterr()
        rows = [json.loads(line) for line in out.splitlines()]
        assert [(row["table"], row["column"], row["tag"]) for row in rows] == [
            ("công dân", "Số CCCD", "person.national_id"),
            ("công dân", "Họ và tên", "person.name"),
        ]
        assert err == ""
        assert "079090001234" not in out
        assert "Ánh" not in out
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    (tmp_path / "hong.xlsx").write_bytes(b"PK")
    assert run(["--lang", "vi", "scan", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert "[source_file_damaged]" in err
    assert "Số CCCD" in out, "the other file is not lost"
