"""Type families: how a column's type, as its engine spells it, behaves under masks and in comparisons."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache


class Family(StrEnum):
    """Types that share masks and literals. `OTHER` can only be shown, compared by the user, or nulled."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"
    UUID = "uuid"
    OTHER = "other"


#: Smallest and largest value by integer type, in both engines' spellings.
INTEGER_RANGE = {
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
    "BIGINT": (-(2**63), 2**63 - 1),
    "UTINYINT": (0, 2**8 - 1),
    "USMALLINT": (0, 2**16 - 1),
    "UINTEGER": (0, 2**32 - 1),
    "UBIGINT": (0, 2**64 - 1),
}
_SYNONYMS = {
    "INT": "INTEGER", "INT2": "SMALLINT", "INT4": "INTEGER", "INT8": "BIGINT", "SIGNED": "INTEGER", "SHORT": "SMALLINT",
    "LONG": "BIGINT", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT", "SMALLSERIAL": "SMALLINT",
    "CHARACTER VARYING": "VARCHAR", "STRING": "VARCHAR", "FLOAT8": "DOUBLE", "DOUBLE PRECISION": "DOUBLE",
    "FLOAT4": "REAL", "FLOAT": "REAL", "NUMERIC": "DECIMAL", "BOOL": "BOOLEAN", "DATETIME": "TIMESTAMP",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
}  # fmt: skip
_FAMILIES = {
    **dict.fromkeys(INTEGER_RANGE, Family.INTEGER),
    "VARCHAR": Family.TEXT, "TEXT": Family.TEXT,
    "DECIMAL": Family.DECIMAL, "DOUBLE": Family.FLOAT, "REAL": Family.FLOAT,
    "DATE": Family.DATE, "TIMESTAMP": Family.TIMESTAMP, "TIMESTAMP WITH TIME ZONE": Family.TIMESTAMP,
    "BOOLEAN": Family.BOOLEAN, "UUID": Family.UUID,
}  # fmt: skip
_FIXED_TEXT = re.compile(r"(CHAR|CHARACTER|BPCHAR)\s*(\(\s*\d+\s*\))?")
_SPELLING = re.compile(
    r"([A-Z][A-Z0-9_]*(?: [A-Z]+)*)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*((?:WITH|WITHOUT) TIME ZONE)?"
)


@lru_cache(maxsize=4096)
def canonical(type_name: str) -> tuple[str, tuple[int, ...]]:
    """Return `(name, parameters)` of a type: `("DECIMAL", (18, 2))`; `("", ())` for one we do not know.

    Arrays, structures, enumerations and fixed-length `CHAR(n)` (whose padding makes length and equality special) are
    not known on purpose.
    """
    match = _SPELLING.fullmatch(" ".join(type_name.upper().split()))
    if match is None:
        return "", ()
    name = " ".join(part for part in (match[1], match[4]) if part)
    name = _SYNONYMS.get(name, name)
    return (name, tuple(int(group) for group in match.group(2, 3) if group)) if name in _FAMILIES else ("", ())


def compared_as(type_name: str) -> Family:
    """Return the family whose literals equal a column of this type: that of the type, and text for `CHAR(n)`.

    Equality ignores the padding of `CHAR(n)` wherever it is evaluated, so a literal may stand in a row filter.
    """
    return Family.TEXT if _FIXED_TEXT.fullmatch(type_name.strip().upper()) else family(type_name)


def family(type_name: str) -> Family:
    """Return the family of a type as spelled in the catalog."""
    return _FAMILIES.get(canonical(type_name)[0], Family.OTHER)
