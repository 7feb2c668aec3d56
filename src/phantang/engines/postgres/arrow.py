"""PostgreSQL's text results as Arrow columns: typed where Arrow can hold every value, text otherwise.

Text is the only form in which nothing is lost: `NaN` numerics, infinite dates, years before Christ, arrays. A column
gets its Arrow type from its OID; if one value does not fit (`infinity` in a date), the whole column stays text.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

# Object identifiers of built-in types, src/include/catalog/pg_type.dat; they never change.
BOOL, BYTEA, NUMERIC = 16, 17, 1700
_PLAIN: dict[int, pa.DataType] = {
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    26: pa.uint32(),  # oid
    700: pa.float32(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}
_MAX_PRECISION = 38


def text_column(values: Sequence[bytes | None] | pa.ChunkedArray) -> pa.Array:
    """Return values as strings. Bytes that are not UTF-8 (a database in `SQL_ASCII`) become replacement characters."""
    known = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else pa.array(values, pa.binary())
    try:
        return known.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in known.to_pylist()], pa.string())


def column(oid: int, modifier: int, values: Sequence[bytes | None]) -> pa.Array:
    """Return one column from its type's OID, its type modifier, and the values as PostgreSQL writes them."""
    if oid == BYTEA:  # bytea_output is set to hex: \x00ff
        return pa.array([None if v is None else binascii.unhexlify(v[2:]) for v in values], pa.binary())
    text = text_column(values)
    if oid == BOOL:
        return pc.equal(text, "t")
    try:
        if oid == NUMERIC:
            return pc.cast(text, _decimal(modifier, text))
        return pc.cast(text, _PLAIN[oid]) if oid in _PLAIN else text
    except pa.ArrowInvalid:
        return text


def _decimal(modifier: int, text: pa.Array) -> pa.DataType:
    """Return the declared precision and scale, or for a free `numeric` the scale that the values need.

    A modifier holds `(precision << 16 | scale) + 4`, the scale in 11 bits, signed since PostgreSQL 15 (numeric.c).
    Raises `pa.ArrowInvalid` if 38 digits cannot hold it.
    """
    if modifier >= 4:
        precision = (modifier - 4) >> 16 & 0xFFFF
        scale = ((modifier - 4 & 0x7FF) ^ 1024) - 1024
        if 0 <= scale <= precision <= _MAX_PRECISION:
            return pa.decimal128(precision, scale)
    point = pc.find_substring(text, ".")
    digits = pc.subtract(pc.subtract(pc.utf8_length(text), point), 1)
    scale = pc.max(pc.if_else(pc.less(point, 0), 0, digits)).as_py() or 0
    if scale > _MAX_PRECISION:
        raise pa.ArrowInvalid("scale")
    return pa.decimal128(_MAX_PRECISION, scale)
