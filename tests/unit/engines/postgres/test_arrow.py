"""PostgreSQL's text form becomes Arrow without loss."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest

from phantang.engines.postgres.arrow import column


def modifier(precision: int, scale: int) -> int:
    """Return the type modifier of `numeric(precision, scale)`, as numeric.c makes it."""
    return (precision << 16 | scale & 0x7FF) + 4


@pytest.mark.parametrize(
    ("oid", "mod", "values", "kind", "expected"),
    [
        (16, -1, [b"t", b"f", None], pa.bool_(), [True, False, None]),
        (20, -1, [b"-9223372036854775808"], pa.int64(), [-(2**63)]),
        (701, -1, [b"Infinity", b"-1e-300"], pa.float64(), [float("inf"), -1e-300]),
        (17, -1, [b"\\x", b"\\x00ff", None], pa.binary(), [b"", b"\x00\xff", None]),
        (1700, modifier(10, 2), [b"1.50", None], pa.decimal128(10, 2), [Decimal("1.50"), None]),
        (1700, modifier(40, 2), [b"1.50"], pa.decimal128(38, 2), [Decimal("1.50")]),
        (1700, modifier(2, -3), [b"12000"], pa.decimal128(38, 0), [Decimal(12000)]),
        (1700, -1, [b"1", b"-2.125", b"3.5"], pa.decimal128(38, 3), [Decimal(1), Decimal("-2.125"), Decimal("3.5")]),
        (1700, -1, [], pa.decimal128(38, 0), []),
        (1700, -1, [None], pa.decimal128(38, 0), [None]),
        (1700, -1, [b"NaN", b"1"], pa.string(), ["NaN", "1"]),
        (1700, -1, [b"Infinity"], pa.string(), ["Infinity"]),
        (1700, -1, [b"0." + b"1" * 60], pa.string(), ["0." + "1" * 60]),
        (1082, -1, [b"2025-07-01", b"infinity"], pa.string(), ["2025-07-01", "infinity"]),
        (1184, -1, [b"1890-01-01 00:00:00+07:06:40"], pa.string(), ["1890-01-01 00:00:00+07:06:40"]),
        (25, -1, ["Đặng".encode(), b"\xff"], pa.string(), ["Đặng", "\ufffd"]),
        (999_999, -1, [b"(1,a)"], pa.string(), ["(1,a)"]),
    ],
)
def test_columns(oid: int, mod: int, values: list[bytes | None], kind: pa.DataType, expected: list[object]) -> None:
    made = column(oid, mod, values)
    assert made.type == kind
    assert made.to_pylist() == expected
