"""What a masked column must look like, told a second time.

These templates are written down independently of `masks.py` and compared as SQL text after parsing both: whoever
changes one side alone is stopped by the guard. `{c}` is the raw column, `{v}` the literal of a lookup.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.decision import ColumnDecision

NULL = "CASE WHEN FALSE THEN {c} END"
_VIETNAMESE = (
    "ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"  # every capital of the alphabet with a mark
)
_LETTERS = (
    "regexp_replace(regexp_replace(regexp_replace({x}, '[A-Z" + _VIETNAMESE + "]', 'X', 'g'), "
    "'[a-z]|[^ -~]', 'x', 'g'), '[0-9]', 'n', 'g')"
)
_WHOLE = _LETTERS.replace("{x}", "{c}")
_TAIL = _LETTERS.replace("{x}", "right({c}, length({c}) - 4)")
_HEAD = _LETTERS.replace("{x}", "left({c}, length({c}) - 4)")
_LONG = "CASE WHEN length({c}) > 4 THEN"
_TEXT = {
    "MASK": f"CAST({_WHOLE} AS {{type}})",
    "MASK_SHOW_FIRST_4": f"CAST({_LONG} left({{c}}, 4) || {_TAIL} ELSE {_WHOLE} END AS {{type}})",
    "MASK_SHOW_LAST_4": f"CAST({_LONG} {_HEAD} || right({{c}}, 4) ELSE {_WHOLE} END AS {{type}})",
}
_DIGESTS = {
    "duckdb": {
        "MASK_HASH": "CAST(sha256({c}) AS {type})",
        "TOKEN": "CAST('tk_' || left(sha256(CAST($1 AS VARCHAR) || {c}), 32) AS {type})",
    },
    "postgres": {
        "MASK_HASH": "CAST(encode(sha256(convert_to({c}, 'UTF8')), 'hex') AS {type})",
        "TOKEN": (
            "CAST('tk_' || left(encode(sha256(convert_to(CAST($1 AS VARCHAR) || {c}, 'UTF8')), 'hex'), 32) AS {type})"
        ),
    },
}
_TRUNCATED = (
    "CASE WHEN {c} BETWEEN CAST('0001-01-02' AS DATE) AND CAST('9999-12-30' AS DATE) "
    "THEN CAST(date_trunc('{unit}', {value}) AS {type}) END"
)
_FLOOR = "CASE WHEN {c} BETWEEN -1000000000000 AND 1000000000000 THEN {cast}({lower} AS {type}) END"
_INTEGERS = {
    "TINYINT": -128, "SMALLINT": -32768, "INT2": -32768,
    "INTEGER": -2147483648, "INT": -2147483648, "INT4": -2147483648,
    "BIGINT": -9223372036854775808, "INT8": -9223372036854775808,
    "UTINYINT": 0, "USMALLINT": 0, "UINTEGER": 0, "UBIGINT": 0,
}  # fmt: skip
_REALS = {"DOUBLE", "DOUBLE PRECISION", "FLOAT8", "REAL", "FLOAT", "FLOAT4"}


def expected(decided: ColumnDecision, column_type: str, dialect: str, column: str, literal: str | None) -> set[str]:
    """Return every text the masked column may have; the typed NULL is always among them, being stricter than any."""
    name = str(decided.mask)
    base = " ".join(re.sub(r"\(.*?\)", " ", column_type.upper()).split())
    texts = {NULL}
    if name == "LOOKUP" and literal is not None:
        texts.add("CASE WHEN {c} = {v} THEN {c} END".replace("{v}", literal))
    elif base in {"VARCHAR", "TEXT", "CHARACTER VARYING", "STRING"}:
        template = {**_TEXT, **_DIGESTS[dialect]}.get(name)
        if template:
            texts.add(template.replace("{type}", "TEXT" if base == "TEXT" else "VARCHAR"))
    else:
        unit = "year" if name == "MASK_DATE_SHOW_YEAR" else decided.params.get("kind") if name == "GENERALIZE" else None
        if unit in ("year", "month"):
            texts |= _dates(base, str(unit))
        elif unit in ("grid", "bucket"):
            texts |= _numbers(base, column_type, dialect, decided.params)
    return {text.replace("{c}", column) for text in texts}


def _dates(base: str, unit: str) -> set[str]:
    if base == "DATE":
        return {_TRUNCATED.format(c="{c}", unit=unit, value="CAST({c} AS TIMESTAMP)", type="DATE")}
    if base in {"TIMESTAMP", "DATETIME", "TIMESTAMP WITHOUT TIME ZONE"}:
        return {_TRUNCATED.format(c="{c}", unit=unit, value="{c}", type="TIMESTAMP")}
    if base in {"TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"}:
        return {_TRUNCATED.format(c="{c}", unit=unit, value="{c}", type="TIMESTAMPTZ")}
    return set()


def _numbers(base: str, column_type: str, dialect: str, params: Mapping[str, object]) -> set[str]:
    step = params.get("step" if params.get("kind") == "grid" else "width")
    if isinstance(step, bool) or not isinstance(step, (int, float)) or not 1e-9 <= step <= 1e12:
        return set()
    if base in _INTEGERS:
        low, width = _INTEGERS[base], int(step)
        bound = low + width if low else 0
        return {
            f"CASE WHEN {{c}} >= {bound} THEN CAST({{c}} - ((({{c}} % {width}) + {width}) % {width}) AS {base}) END"
        }
    if base not in _REALS and base not in {"DECIMAL", "NUMERIC"}:
        return set()
    parts = Decimal(1) / Decimal(repr(step))
    if step < 1 and parts == int(parts):
        lower = f"floor(CAST({{c}} AS DOUBLE PRECISION) * {int(parts)}) / {float(parts)!r}"
    else:
        lower = f"floor(CAST({{c}} AS DOUBLE PRECISION) / {float(step)!r}) * {float(step)!r}"
    cast, target = "CAST", column_type if base in _REALS else "DECIMAL"
    if dialect == "duckdb" and base not in _REALS:
        cast, target = "TRY_CAST", column_type
    return {_FLOOR.replace("{cast}", cast).replace("{lower}", lower).replace("{type}", target)}
