"""Shape, determinism and scale of the six databases."""

from __future__ import annotations

import hashlib
import inspect
import io
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest

from phantang.model.errors import InputError
from phantang.samples import DEMO_CITIZEN_CCCD, DEMO_COMMUNE, SampleDatabase, build_registers
from phantang.samples.registers import dan_cu

if TYPE_CHECKING:
    import duckdb

NAMES = ["dan_cu", "dat_dai", "giao_thong", "y_te", "ho_tich", "dich_vu_cong"]

# The names every other part of the project refers to: table -> columns with their DuckDB types.
COLUMNS = {
    "dan_cu.ho_gia_dinh": "ma_ho VARCHAR, cccd_chu_ho VARCHAR, dia_chi VARCHAR, ma_xa VARCHAR, so_nhan_khau INTEGER",
    "dan_cu.cong_dan": (
        "so_cccd VARCHAR, ho_ten VARCHAR, ngay_sinh DATE, gioi_tinh VARCHAR, dan_toc VARCHAR, ton_giao VARCHAR, "
        "que_quan VARCHAR, dia_chi_thuong_tru VARCHAR, ma_xa VARCHAR, ma_tinh VARCHAR, so_dien_thoai VARCHAR, "
        "email VARCHAR, tinh_trang_hon_nhan VARCHAR, nhom_mau VARCHAR, ma_ho VARCHAR, ngay_cap_nhat TIMESTAMP"
    ),
    "dan_cu.ho_so_mot_cua": (
        "ma_ho_so VARCHAR, so_cccd VARCHAR, ma_thu_tuc VARCHAR, ngay_tiep_nhan DATE, ma_xa VARCHAR, ma_tinh VARCHAR, "
        "can_bo_xu_ly VARCHAR"
    ),
    "dat_dai.THUA_DAT": (
        "MA_THUA VARCHAR, MA_XA VARCHAR, SO_TO INTEGER, SO_THUA INTEGER, DIEN_TICH DOUBLE, MUC_DICH_SU_DUNG VARCHAR"
    ),
    "dat_dai.GIAY_CHUNG_NHAN": (
        "SO_GCN VARCHAR, MA_THUA VARCHAR, CHU_SU_DUNG VARCHAR, SO_CCCD VARCHAR, NGAY_CAP DATE, MA_XA VARCHAR"
    ),
    "giao_thong.phuong_tien": (
        "bien_so VARCHAR, so_khung VARCHAR, loai_xe VARCHAR, nhan_hieu VARCHAR, ho_ten_chu_xe VARCHAR, "
        "cccd_chu_xe VARCHAR, ngay_dang_ky DATE, ma_tinh VARCHAR"
    ),
    "giao_thong.hanh_trinh": "bien_so VARCHAR, thoi_diem TIMESTAMP, vi_do DOUBLE, kinh_do DOUBLE, toc_do DOUBLE",
    "y_te.BENH_NHAN": (
        "MA_BN VARCHAR, HO_TEN VARCHAR, NGAY_SINH VARCHAR, GIOI_TINH INTEGER, SO_CCCD VARCHAR, MA_THE_BHYT VARCHAR, "
        "DIEN_THOAI VARCHAR, MAXA_CU_TRU VARCHAR"
    ),
    "y_te.HO_SO_KHAM": (
        "MA_LK VARCHAR, MA_BN VARCHAR, NGAY_VAO TIMESTAMP, MA_BENH_CHINH VARCHAR, CHAN_DOAN_RV VARCHAR, "
        "MA_CSKCB VARCHAR, T_TONGCHI DOUBLE"
    ),
    "y_te.DM_BENH": "MA_BENH VARCHAR, TEN_BENH VARCHAR",
    "ho_tich.KhaiSinh": (
        "SoDangKy VARCHAR, nksHoTen VARCHAR, nksNgaySinh DATE, nksGioiTinh VARCHAR, nksDanToc VARCHAR, "
        "nksNoiSinh VARCHAR, meHoTen VARCHAR, meSoGiayToTuyThan VARCHAR, chaHoTen VARCHAR, "
        "chaSoGiayToTuyThan VARCHAR, maXa VARCHAR, ngayDangKy DATE"
    ),
    "ho_tich.KetHon": (
        "SoDangKy VARCHAR, chongHoTen VARCHAR, chongSoGiayToTuyThan VARCHAR, voHoTen VARCHAR, "
        "voSoGiayToTuyThan VARCHAR, ngayDangKy DATE, maXa VARCHAR"
    ),
    "dich_vu_cong.ho_so": (
        "maHoSo VARCHAR, maThuTuc VARCHAR, tenNguoiNop VARCHAR, soGiayToTuyThan VARCHAR, sdt VARCHAR, "
        "ngayTiepNhan TIMESTAMP, ngayTra TIMESTAMP, trangThai VARCHAR, maXa VARCHAR, c7 VARCHAR"
    ),
    "dich_vu_cong.thu_tuc": "maThuTuc VARCHAR, tenThuTuc VARCHAR, linhVuc VARCHAR, capThucHien VARCHAR",
}


def fingerprint(database: SampleDatabase) -> dict[str, str]:
    digests = {}
    for name, table in database.tables.items():
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        digests[name] = hashlib.sha256(sink.getvalue()).hexdigest()
    return digests


def test_databases_come_in_a_fixed_order(databases: dict[str, SampleDatabase]) -> None:
    assert list(databases) == NAMES


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_the_agreed_ones(table: str, db: duckdb.DuckDBPyConnection) -> None:
    described = ", ".join(f"{row[0]} {row[1]}" for row in db.execute(f"DESCRIBE {table}").fetchall())
    assert described == COLUMNS[table]


def test_no_table_is_forgotten_and_arrow_columns_stand_in_order(databases: dict[str, SampleDatabase]) -> None:
    built = {
        f"{database.name}.{table}": [part.split()[0] for part in COLUMNS[f"{database.name}.{table}"].split(", ")]
        for database in databases.values()
        for table in database.tables
    }
    assert built.keys() == COLUMNS.keys()
    for database in databases.values():
        for table, rows in database.tables.items():
            assert rows.column_names == built[f"{database.name}.{table}"]


def test_every_table_has_a_primary_key_except_the_pings(db: duckdb.DuckDBPyConnection) -> None:
    keyed = db.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY'"
    ).fetchall()
    assert {row[0] for row in keyed} == COLUMNS.keys() - {"giao_thong.hanh_trinh"}


def test_references_inside_a_file_are_declared(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute("SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'FOREIGN KEY'").fetchall()
    declared = {row[0] for row in rows}
    assert {"cong_dan", "GIAY_CHUNG_NHAN", "hanh_trinh", "HO_SO_KHAM", "ho_so"} <= declared


def test_about_half_of_the_columns_have_a_comment(db: duckdb.DuckDBPyConnection) -> None:
    rows = db.execute(
        "SELECT comment FROM duckdb_columns() WHERE schema_name NOT IN ('main') AND NOT internal"
    ).fetchall()
    comments = [row[0] for row in rows]
    share = sum(comment is not None for comment in comments) / len(comments)
    assert 0.35 <= share <= 0.65
    assert all(unicodedata.is_normalized("NFC", comment) for comment in comments if comment)


def test_equal_arguments_give_equal_bytes(lists: dict[str, str], databases: dict[str, SampleDatabase]) -> None:
    for again in build_registers(lists, 5_000):
        assert fingerprint(again) == fingerprint(databases[again.name])


def test_another_process_gives_equal_bytes(databases: dict[str, SampleDatabase]) -> None:
    """Neither the order of hashes nor the number of threads shows in the rows."""
    script = f"""
from __future__ import annotations
import hashlib, io, sys
from pathlib import Path
import pyarrow as pa
from phantang.samples import LISTS, build_registers, SampleDatabase
{inspect.getsource(fingerprint)}
lists = {{name: Path(sys.argv[1], name).read_text(encoding="utf-8") for name in LISTS}}
for database in build_registers(lists, 5_000):
    print(sorted(fingerprint(database).items()))
"""
    fixtures = Path(__file__).parents[2] / "fixtures" / "samples"
    run = subprocess.run(
        [sys.executable, "-c", script, str(fixtures)],
        env=os.environ
        | {"PYTHONHASHSEED": "12345", "POLARS_MAX_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [str(sorted(fingerprint(database).items())) for database in databases.values()]


def test_order_of_the_lists_does_not_matter(lists: dict[str, str], databases: dict[str, SampleDatabase]) -> None:
    turned = dict(reversed(lists.items()))
    header, *rows = turned["communes_2025.csv"].splitlines()
    turned["communes_2025.csv"] = "\n".join([header, *reversed(rows)]) + "\n"
    first = next(build_registers(turned, 5_000))
    assert fingerprint(first) == fingerprint(databases["dan_cu"])


def test_another_seed_gives_other_rows(lists: dict[str, str], databases: dict[str, SampleDatabase]) -> None:
    for other in build_registers(lists, 5_000, seed=7):
        ours = fingerprint(databases[other.name])
        for table, digest in fingerprint(other).items():
            assert (digest == ours[table]) == (table in {"DM_BENH", "thu_tuc"}), table


@pytest.mark.parametrize("citizens", [1_000, 20_000])
def test_counts_scale_with_citizens(lists: dict[str, str], citizens: int) -> None:
    share = {
        "cong_dan": (1.0, 1.0),
        "ho_gia_dinh": (0.27, 0.33),
        "THUA_DAT": (0.55, 0.55),
        "GIAY_CHUNG_NHAN": (0.45, 0.45),
        "phuong_tien": (0.4, 0.4),
        "hanh_trinh": (1.25, 1.25),
        "BENH_NHAN": (0.35, 0.35),
        "HO_SO_KHAM": (0.45, 0.45),
        "KhaiSinh": (0.11, 0.2),
        "KetHon": (0.05, 0.11),
        "ho_so": (0.2, 0.2),
    }
    counts = {name: rows.num_rows for base in build_registers(lists, citizens) for name, rows in base.tables.items()}
    for table, (least, most) in share.items():
        assert least * citizens <= counts[table] <= most * citizens, table


@pytest.mark.parametrize("seed", [0, 1, -1, 2026, 2**70])
def test_the_citizen_of_the_demo_is_there_whatever_the_seed(lists: dict[str, str], seed: int) -> None:
    citizens = next(build_registers(lists, 1_000, seed)).tables["cong_dan"].to_pylist()
    (one,) = [row for row in citizens if row["so_cccd"] == DEMO_CITIZEN_CCCD]
    assert (one["ma_xa"], one["gioi_tinh"], str(one["ngay_sinh"])) == (DEMO_COMMUNE, "Nữ", "1990-03-15")
    assert one["ton_giao"] == "Phật giáo"
    assert all(value is not None for key, value in one.items() if key not in {"email", "nhom_mau"})
    assert sum(row["ma_xa"] == DEMO_COMMUNE for row in citizens) >= 30


def test_the_row_of_the_demo_is_spared_from_gaps() -> None:
    assert dan_cu._missing(np.random.default_rng(1), 4, share=1.0).tolist() == [False, True, True, True]


@pytest.mark.parametrize("citizens", [-1, 0, 999, 2_000_001])
def test_sizes_out_of_range_are_refused_at_once(lists: dict[str, str], citizens: int) -> None:
    with pytest.raises(InputError) as caught:
        build_registers(lists, citizens)
    assert caught.value.code == "sample_size_out_of_range"
