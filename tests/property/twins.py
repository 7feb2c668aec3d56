"""Twin databases: equal in everything the subject may see, different in everything it may not.

`HIDDEN` has what each twin puts where the decision masks or filters: other values with the same mask, other NULLs where
the mask is NULL, other rows (more of them, too) where the row filter hides them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import (
    ColumnDecision,
    CompoundPredicate,
    Decision,
    Effect,
    FieldPredicate,
    Mask,
    Obligations,
)
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import guard, plan, resolve
from phantang.sql.rewriting.plan import PASSES

from . import dossiers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from phantang.model.decision import Predicate

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sql"
CORPORA = {
    "attacks": FIXTURES.parent / "attacks",
    "found": FIXTURES.parent / "attacks" / "found",
    "honest": FIXTURES / "honest",
}
SCHEMA = {"duckdb": "main", "postgres": "public"}
TABLES: dict[str, dict[str, str]] = {
    "cong_dan": {
        "so_cccd": "VARCHAR", "ho_ten": "VARCHAR", "ngay_sinh": "DATE", "thu_nhap": "INTEGER", "ma_xa": "VARCHAR",
        "ma_tinh": "VARCHAR", "ton_giao": "VARCHAR", "ghi_chu": "VARCHAR", "ma_ho": "VARCHAR",
    },
    "ho_gia_dinh": {"ma_ho": "VARCHAR", "so_nhan_khau": "INTEGER", "ma_xa": "VARCHAR"},
    "hanh_trinh": {
        "bien_so": "VARCHAR", "thoi_diem": "TIMESTAMP", "vi_do": "DOUBLE PRECISION", "kinh_do": "DOUBLE PRECISION",
        "toc_do": "DOUBLE PRECISION",
    },
    "KhaiSinh": {"SoDangKy": "VARCHAR", "nksHoTen": "VARCHAR", "nksNgaySinh": "DATE", "Họ tên mẹ": "VARCHAR"},
    **dossiers.TABLES,
}  # fmt: skip
KEYS = {"ho_gia_dinh": ("ma_ho",)}
UNITS = {"cong_dan": "so_cccd", "hanh_trinh": "bien_so", **dossiers.UNITS}
MASKS: dict[str, dict[str, tuple[Mask, dict[str, Any]]]] = {
    "cong_dan": {
        "so_cccd": (Mask.SHOW_LAST_4, {}),
        "ho_ten": (Mask.MASK, {}),
        "ngay_sinh": (Mask.DATE_SHOW_YEAR, {}),
        "thu_nhap": (Mask.GENERALIZE, {"kind": "bucket", "width": 1_000_000}),
        "ton_giao": (Mask.NULL, {}),
    },
    "hanh_trinh": {
        "bien_so": (Mask.MASK, {}),
        "vi_do": (Mask.GENERALIZE, {"kind": "grid", "step": 0.01}),
        "kinh_do": (Mask.GENERALIZE, {"kind": "grid", "step": 0.05}),
    },
    "KhaiSinh": {"nksHoTen": (Mask.MASK, {}), "Họ tên mẹ": (Mask.NULL, {})},
    **dossiers.MASKS,
}
HOUSEHOLDS: list[tuple[Any, ...]] = [
    ("H1", 4, "00001"), ("H2", 3, "00004"), ("H3", 1, "00004"), ("H4", 5, "26734"), ("H5", 2, "00001"),
]  # fmt: skip
#: Rows of each twin; the second differs from the first only where the decision hides.
ROWS: tuple[dict[str, list[tuple[Any, ...]]], dict[str, list[tuple[Any, ...]]]] = (
    {
        "cong_dan": [
            ("001085000001", "Nguyễn Văn An", "1985-03-02", 12345678, "00001", "01", "Phật giáo", "5", "H1"),
            ("001190000002", "Trần Thị Bình", "1990-07-15", 25000000, "00001", "01", None, "7", "H1"),
            ("001060000003", "Lê Văn Cường", "1960-12-31", 8000000, "00004", "01", "Không", "12", "H2"),
            ("001303000004", "Phạm Thu Hà", "2003-01-01", None, "00004", "01", "Công giáo", None, "H3"),
            ("001077000005", "Vũ Thị Lan", None, 30000001, "00007", "01", "Không", "0", "H9"),
            ("079085000006", "Hồ Ngọc Minh", "1985-05-05", 15000000, "26734", "79", "Phật giáo", "lạ", "H4"),
            ("079085000007", "Đặng Văn Nam", "1970-01-01", 5000000, "26734", "79", None, "9", "H2"),
            ("001188000008", "Mai Thị Oanh", "1988-08-08", 7000000, "00009", None, "Khác", "3", "H5"),
        ],
        "ho_gia_dinh": HOUSEHOLDS,
        "hanh_trinh": [
            ("30A-123.45", "2026-01-01 07:10:00", 21.0345, 105.8412, 42.5),
            ("30A-123.45", "2026-01-01 07:20:00", 21.0361, 105.8499, 38.0),
            ("29B-678.90", "2026-01-01 08:05:00", 21.0277, 105.8342, 51.0),
        ],
        "KhaiSinh": [
            ("KS-01", "Trần Bảo Ngọc", "2020-02-29", "Nguyễn Thị Mai"),
            ("KS-02", "Lê Minh Khôi", "2021-11-20", "Nguyễn Thị Mai"),
            ("KS-03", "Phan Gia Huy", "2022-05-19", None),
        ],
    },
    {
        "cong_dan": [
            ("999912340001", "Phượng Hòa Uy", "1985-11-28", 12999999, "00001", "01", None, "5", "H1"),
            ("777190560002", "Băng Đào Quỳn", "1990-01-02", 25999999, "00001", "01", "Công giáo", "7", "H1"),
            ("111111110003", "Hồ Sáu Trăng", "1960-01-01", 8500000, "00004", "01", None, "12", "H2"),
            ("001303990004", "Ngọc Yên Lý", "2003-12-31", None, "00004", "01", "Phật giáo", None, "H3"),
            ("555555550005", "Uy Bảy Chí", None, 30999999, "00007", "01", "Khác", "0", "H9"),
            ("046085000001", "Không Ai Biết", "2001-09-09", 1, "22222", "46", "Công giáo", "không phải số", "H5"),
            ("046085000002", "Cũng Không Ai", None, None, "22222", "46", "Phật giáo", "2026-13-45", "H1"),
            ("046085000003", "", "1985-03-02", 12345678, "00001", "46", "Phật giáo", "", "H3"),
            ("333344440008", "Chưa Rõ Quê", "1999-09-09", 70, "00002", None, None, "x", "H4"),
        ],
        "ho_gia_dinh": HOUSEHOLDS,
        "hanh_trinh": [
            ("99Z-000.00", "2026-01-01 07:10:00", 21.0301, 105.8001, 42.5),
            ("99Z-000.00", "2026-01-01 07:20:00", 21.0399, 105.8050, 38.0),
            ("88X-111.11", "2026-01-01 08:05:00", 21.0211, 105.8111, 51.0),
        ],
        "KhaiSinh": [
            ("KS-01", "Băng Đào Xuân", "2020-02-29", None),
            ("KS-02", "Mê Linh Phúc", "2021-11-20", "Đào Thị Hoa"),
            ("KS-03", "Quan Văn Tèo", "2022-05-19", "Hoàng Lan"),
        ],
    },
)  # fmt: skip
#: Filters that an optimiser free to order predicates puts after the query's own: PostgreSQL because they cost more,
#: DuckDB because it pulls a disjunction over two columns up through a join.
PROVINCES = {"duckdb": 1, "postgres": 12}
Answer = tuple[str, Any]


def assets(dialect: str) -> tuple[Asset, ...]:
    """Return the catalog of the twins."""
    return tuple(
        Asset(
            TableName("thu", SCHEMA[dialect], table),
            tuple(
                ColumnEntry(name, kind, Status.ACCEPTED, "vn.thu", tier=Tier.T2, personal_class=PersonalClass.BASIC)
                for name, kind in columns.items()
            ),
            privacy_unit=UNITS.get(table),
            primary_key=KEYS.get(table, ()),
        )
        for table, columns in TABLES.items()
    )


def decision(
    dialect: str,
    *,
    masks: Mapping[str, Mapping[str, tuple[Mask, dict[str, Any]]]] | None = None,
    hide_rows: bool = False,
    obligations: Obligations | None = None,
) -> Decision:
    """Return a decision over the twins: everything clear, except what `masks` says and rows of other provinces."""
    masks = masks or {}
    columns = {
        f"{SCHEMA[dialect]}.{table}": {
            name: ColumnDecision(Effect.MASK, *masks[table][name])
            if name in masks.get(table, {})
            else ColumnDecision(Effect.CLEAR)
            for name in names
        }
        for table, names in TABLES.items()
    }
    schema = SCHEMA[dialect]
    hidden = {f"{schema}.cong_dan": (jurisdiction(dialect),), f"{schema}.ho_so": (dossiers.own_cases(schema),)}
    rows = hidden if hide_rows else {}
    return Decision(True, columns, rows, obligations or Obligations(), (), "thu")


def jurisdiction(dialect: str) -> Predicate:
    """Return the row filter: province 01, in the words that most tempt the engine to evaluate it late."""
    codes = (f"{number:02}" for number in range(1, PROVINCES[dialect] + 1))
    provinces = tuple(FieldPredicate("ma_tinh", "eq", code) for code in codes)
    return CompoundPredicate("or", (*provinces, FieldPredicate("ma_xa", "eq", "không có")))


def statements(twin: int, dialect: str) -> Iterator[str]:
    """Yield the SQL that builds a twin."""
    yield dossiers.token_function(twin, dialect)
    for table, columns in TABLES.items():
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        keyed = f", PRIMARY KEY ({', '.join(KEYS[table])})" if table in KEYS else ""
        yield f'CREATE TABLE {SCHEMA[dialect]}."{table}" ({body}{keyed})'
        for row in {**ROWS[twin], **dossiers.ROWS[twin]}[table]:
            yield f'INSERT INTO {SCHEMA[dialect]}."{table}" VALUES ({", ".join(map(_literal, row))})'


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (int, float)) else "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Case:
    """One query of a corpus file."""

    file: str
    number: int
    sql: str
    dialects: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}-{self.number}"

    def on(self, dialect: str) -> str:
        """Return the query with the schema the dialect's tables live in."""
        return self.sql.replace("main.", "public.") if dialect == "postgres" else self.sql


def corpus(name: str) -> list[Case]:
    """Read one of the `CORPORA`: files with a story in comments, then queries between empty lines.

    `-- dialect: x` on the line above a query keeps it to that dialect.
    """
    cases = []
    for path in sorted(CORPORA[name].glob("*.sql")):
        blocks = path.read_text(encoding="utf-8").strip("\n").split("\n\n")
        for number, block in enumerate(blocks[1:], start=1):
            option = re.match(r"-- dialect: (\w+)\n", block)
            dialects = (option[1],) if option else ("duckdb", "postgres")
            cases.append(Case(path.stem, number, block[option.end() :] if option else block, dialects))
    return cases


def rewritten(sql: str, dialect: str, allowed: Decision) -> str | None:
    """Return the SQL that would run, or `None` if the query is refused. A guard failure is a fault of ours."""
    catalog = assets(dialect)
    try:
        made = plan(resolve(sql, dialect, catalog), allowed, catalog)
    except Refused:
        return None
    guard(made, allowed, catalog)
    return dossiers.abstracted(made.sql, dialect)


def unguarded(sql: str, dialect: str, allowed: Decision, passes: Sequence[Callable[..., None]] = PASSES) -> str | None:
    """Return what the `passes` make of a query, without asking the guard; `None` if it is refused."""
    catalog = assets(dialect)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("phantang.sql.rewriting.plan.PASSES", tuple(passes))
        try:
            return plan(resolve(sql, dialect, catalog), allowed, catalog).sql
        except Refused:
            return None


def all_but(left_out: Callable[..., None]) -> tuple[Callable[..., None], ...]:
    """Return the passes without one."""
    return tuple(one for one in PASSES if one is not left_out)


def answer(run: Callable[[str], tuple[Any, list[Any]]], sql: str, *, ordered: bool | None = None) -> Answer:
    """Run `sql` and return everything a subject could see: columns with types and rows, or the error's text.

    The order of rows counts if the query asks for one; unless told, any ORDER BY in it is taken for that.
    """
    try:
        columns, rows = run(sql)
    except GuardError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is the answer
        return "error", f"{type(error).__name__}: {error}"
    if not (" ORDER BY " in sql.upper() if ordered is None else ordered):
        rows = sorted(rows, key=repr)
    return "rows", (columns, repr(rows))  # NaN differs from itself, its text does not
