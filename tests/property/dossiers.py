"""Dossiers of the twins: pseudonymous keys, provinces, age bands, and rows hidden by membership in another table.

A pseudonym is an *uninterpreted* token here. Each twin calls the same person, officer or dossier by another name (pairs
in `NAMES`, `NUMBERS`, `KEYS`), and `token_of` stands in for SHA-256: of the names of one thing it makes one token, in
both twins. So a query may do with tokens whatever it likes, and what it learns is what a renaming leaves alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

from phantang.model.decision import FieldPredicate, Mask, MembershipPredicate

TABLES: dict[str, dict[str, str]] = {
    "ho_so": {
        "ma_ho_so": "BIGINT", "khoa": "UUID", "nguoi_nop": "VARCHAR", "nguoi_nhan": "VARCHAR", "can_bo": "VARCHAR",
        "sinh": "DATE", "noi_o": "VARCHAR", "ma_xa": "VARCHAR", "le_phi": "DECIMAL(12,2)", "nop_luc": "TIMESTAMP",
        "don_vi": "VARCHAR", "so_to": "INTEGER", "xong": "BOOLEAN",
    },
    "phan_cong": {"don_vi": "VARCHAR", "ma_ho_so": "BIGINT", "bac": "INTEGER", "tu_ngay": "DATE"},
}  # fmt: skip
UNITS = {"ho_so": "nguoi_nop"}
MASKS: dict[str, dict[str, tuple[Mask, dict[str, Any]]]] = {
    "ho_so": {
        "ma_ho_so": (Mask.TOKEN, {}),
        "khoa": (Mask.TOKEN, {}),
        "nguoi_nop": (Mask.TOKEN, {}),
        "nguoi_nhan": (Mask.TOKEN, {}),
        "can_bo": (Mask.HASH, {}),
        "sinh": (Mask.GENERALIZE, {"kind": "age_band", "width": 10}),
        "noi_o": (Mask.GENERALIZE, {"kind": "place", "level": "province"}),
        "ma_xa": (Mask.GENERALIZE, {"kind": "place", "level": "province"}),
        "le_phi": (Mask.GENERALIZE, {"kind": "bucket", "width": 100}),
        "nop_luc": (Mask.GENERALIZE, {"kind": "month"}),
        "xong": (Mask.NULL, {}),
    },
    "phan_cong": {"ma_ho_so": (Mask.TOKEN, {})},
}
NAMES = [
    ("001085000001", "046099111111"), ("001190000002", "x"), ("001060000003", ""), ("001303000004", "Ω 日本"),
    ("cb-hoa", "cb-01"), ("cb-lan", "CB-HOA"), ("cb-minh", "-"),
]  # fmt: skip
NUMBERS = [(101, 9_223_372_036_854_775_807), (102, -5), (103, 0), (104, 77), (105, 104_000)]
KEYS = [(f"00000000-0000-4000-8000-00000000000{one}", f"ffffffff-0000-4000-8000-0000000000a{one}") for one in range(5)]
_PLACES = [
    ("Số 1, Ba Đình, Hà Nội", "ngách 5, Xã Sóc Sơn, Thành phố Hà Nội"), ("Hà Giang", "thôn 2, tỉnh Tuyên Quang"),
    ("Paris", "Hà Nội, nhà cũ"),
]  # fmt: skip
_COMMUNES = [("00004", "00025"), ("00001", "00622"), ("26734", "27004")]
_BIRTHS = [("1985-03-02", "1989-12-31"), ("1990-07-15", "1999-01-01"), ("1960-12-31", "1961-06-06"), (None, None)]
_FEES = [("12.50", "99.99"), ("100", "123.45"), ("-1", "-99.01"), (None, None)]
_TIMES = [
    ("2026-01-01 07:10:00", "2026-01-31 23:59:59"), ("2026-01-15 00:00:00", "2026-01-01 00:00:01"),
    ("2026-02-28 12:00:00", "2026-02-01 12:00:00"),
]  # fmt: skip
_DONE = [("true", "false"), (None, "true"), ("false", None)]


def _dossiers(twin: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    units = ("A", "B", "A", "C", "B", "A")
    for one, unit in enumerate(units):  # units A and B are assigned, C is not
        rows.append(
            (
                NUMBERS[one % 5][twin], KEYS[one % 5][twin], NAMES[one % 4][twin], NAMES[(one * 3 + 1) % 4][twin],
                NAMES[4 + one % 3][twin], _BIRTHS[one % 4][twin], _PLACES[one % 3][twin], _COMMUNES[one % 3][twin],
                _FEES[one % 4][twin], _TIMES[one % 3][twin], unit, one % 4 if one != 2 else None, _DONE[one % 3][twin],
            )
        )  # fmt: skip
        if unit == "C":  # hidden: other values, and in one twin another row
            rows[-1] = (
                twin,
                None,
                f"ẩn {twin}",
                "ẩn",
                "ẩn",
                None,
                "x" * twin,
                "y",
                twin,
                None,
                f"C{twin}",
                -twin,
                None,
            )
            rows += [rows[-1]] * twin
    return rows


ROWS: tuple[dict[str, list[tuple[Any, ...]]], ...] = tuple(
    {
        "ho_so": _dossiers(twin),
        "phan_cong": [
            ("A", NUMBERS[0][twin], 1, "2026-01-01"), ("A", NUMBERS[2][twin], 2, "2025-06-30"),
            ("B", NUMBERS[1][twin], 1, None), ("D", NUMBERS[4][twin], None, "2024-02-29"), ("A", None, 3, "2026-01-01"),
        ],
    }
    for twin in (0, 1)
)  # fmt: skip


def own_cases(schema: str) -> MembershipPredicate:
    """Return the row filter of dossiers: those of units that anyone is assigned to."""
    return MembershipPredicate("don_vi", f"{schema}.phan_cong", "don_vi", (FieldPredicate("bac", "gte", 1),))


KEY = "khoá của phép thử"
_PLAIN = r'((?:CAST\(\$1 AS \w+\) \|\| )?(?:CAST\()?"\w+"\."\w+"(?: AS \w+\))?)'
_DIGEST = {
    "duckdb": re.compile(rf"SHA256\({_PLAIN}\)", re.IGNORECASE),
    "postgres": re.compile(rf"ENCODE\(SHA256\(CONVERT_TO\({_PLAIN}, 'UTF8'\)\), 'hex'\)", re.IGNORECASE),
}


def abstracted(sql: str, dialect: str) -> str:
    """Put `token_of` in the place of our digests, and the key in the place of its parameter."""
    if "$1" not in sql and "sha256" not in sql.lower():
        return sql
    return _DIGEST[dialect].sub(r"token_of(\1)", sql).replace("$1", f"'{KEY}'")


def token_function(twin: int, dialect: str) -> str:
    """Return the statement that creates `token_of`: SHA-256 of what the first twin calls the same thing."""
    pairs = [(str(one), str(other)) for one, other in (*NAMES, *NUMBERS, *KEYS)]
    renamed = {prefix + other: prefix + one for one, other in pairs for prefix in ("", KEY)} if twin else {}
    if dialect == "duckdb":
        known = ", ".join(f"{_quoted(new)}: {_quoted(old)}" for new, old in renamed.items()) or "'-': '-'"
        return f"CREATE MACRO token_of(x) AS sha256(coalesce(MAP {{{known}}}[x], x))"
    known = _quoted(json.dumps(renamed))
    body = f"SELECT encode(sha256(convert_to(coalesce({known}::jsonb ->> x, x), 'UTF8')), 'hex')"
    return f"CREATE FUNCTION token_of(x text) RETURNS text IMMUTABLE LANGUAGE sql AS $body$ {body} $body$"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
