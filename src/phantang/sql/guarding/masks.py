"""What a masked column must look like, told a second time.

These templates are written down independently of `masks.py` and compared as SQL text after parsing both: whoever
changes one side alone is stopped by the guard. `{c}` is the raw column, `{v}` the literal of a lookup.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

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
_BAND = (
    "CASE WHEN {c} BETWEEN CAST('{width:04}-01-02' AS DATE) AND CAST('9999-12-30' AS DATE) "
    "THEN CAST(make_date({year} - {year} % {width}, 1, 1) AS {type}) END"
)
_YEAR = "CAST(date_part('year', {c}) AS INTEGER)"
_HEX = {"duckdb": "sha256({x})", "postgres": "encode(sha256(convert_to({x}, 'UTF8')), 'hex')"}
_HASHED = {"MASK_HASH": "CAST({c} AS VARCHAR)", "TOKEN": "CAST($1 AS VARCHAR) || CAST({c} AS VARCHAR)"}
_SIXTY_BITS = {
    "duckdb": "CAST('0x' || left({hex}, 15) AS {type})",
    "postgres": "CAST(CAST('x' || left({hex}, 15) AS BIT(60)) AS {type})",
}
_END = {"duckdb": "regexp_extract({c}, '[^,]*$')", "postgres": "substring({c}, '[^,]*$')"}
_FLOOR = "CASE WHEN {c} = 0 OR abs({c}) BETWEEN 1e-30 AND 1000000000000 THEN {cast}({lower} AS {type}) END"
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
        elif name == "GENERALIZE" and decided.params.get("kind") == "place":
            texts.add(_address(decided.params, dialect).replace("{type}", "TEXT" if base == "TEXT" else "VARCHAR"))
    elif name in _HASHED:
        texts |= _pseudonym(name, base, dialect)
    elif name == "MASK_DATE_SHOW_YEAR":
        texts |= _dates(base, {"kind": "year"})
    elif name == "GENERALIZE":
        texts |= _dates(base, decided.params) | _numbers(base, column_type, dialect, decided.params)
    return {text.replace("{c}", column) for text in texts}


def _pseudonym(name: str, base: str, dialect: str) -> set[str]:
    hexadecimal = _HEX[dialect].replace("{x}", _HASHED[name])
    if base == "UUID":
        return {f"CAST(left({hexadecimal}, 32) AS UUID)"}
    if base in {"BIGINT", "INT8", "LONG", "BIGSERIAL", "UBIGINT"}:
        kind = "UBIGINT" if base == "UBIGINT" else "BIGINT"
        return {_SIXTY_BITS[dialect].replace("{hex}", hexadecimal).replace("{type}", kind)}
    return set()


def _dates(base: str, params: Mapping[str, object]) -> set[str]:
    moments = {"DATETIME": "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP"}
    kind = moments.get(base, base.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"))
    if kind not in {"DATE", "TIMESTAMP", "TIMESTAMPTZ"}:
        return set()
    unit, width = params.get("kind"), params.get("width")
    if unit in ("year", "month"):
        value = "CAST({c} AS TIMESTAMP)" if kind == "DATE" else "{c}"
        return {_TRUNCATED.format(c="{c}", unit=unit, value=value, type=kind)}
    if unit == "age_band" and isinstance(width, int) and 1 <= width <= 100:
        return {_BAND.format(c="{c}", width=width, year=_YEAR, type=kind)}
    return set()


@cache
def _places() -> Any:
    return yaml.safe_load(resources.files("phantang.sql").joinpath("provinces.yaml").read_text("utf-8"))


def _province(quote: str) -> str:
    """Tell the chain of comparisons of a commune code with where the next province's codes begin."""
    starts = [int(one["from"]) for one in _places()["ranges"]]
    text = "CASE"
    for end, one in zip([*starts[1:], int(_places()["last"]) + 1], _places()["ranges"], strict=True):
        bound, code = (f"'{end:05}'", f"'{one['province']}'") if quote else (str(end), str(int(one["province"])))
        text += f" WHEN {{c}} < {bound} THEN {code}"
    return text + " END"


def _address(params: Mapping[str, object], dialect: str) -> str:
    if params.get("level") != "province":
        return NULL
    listed = "".join(f"|{name}={code}" for name, code in _places()["names"].items())
    name = f"rtrim(regexp_replace({_END[dialect]}, '^ *(([Tt]ỉnh|[Tt]hành phố|TP[.]?) *)?', ''), ' .')"
    found = f"NULLIF(left(split_part('{listed}', '|' || {name} || '=', 2), 2), '')"
    matches = "REGEXP_MATCHES({c}, '^[0-9]{5}$')" if dialect == "duckdb" else "{c} ~ '^[0-9]{5}$'"
    return f"CAST(CASE WHEN {matches} THEN {_province(chr(39))} ELSE {found} END AS {{type}})"


def _numbers(base: str, column_type: str, dialect: str, params: Mapping[str, object]) -> set[str]:
    kind = params.get("kind")
    if kind == "place" and base in _INTEGERS and params.get("level") == "province":
        most, first = int(_places()["last"]), int(_places()["ranges"][0]["from"])
        return {f"CASE WHEN {{c}} BETWEEN {first} AND {most} THEN CAST({_province('')} AS {base}) END"}
    step = params.get("step") if kind == "grid" else params.get("width") if kind == "bucket" else None
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
