"""Engines' column types as a few kinds, so that a rule can say which it fits."""

from __future__ import annotations

import re
from functools import lru_cache

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("boolean", re.compile(r"BOOL|^BIT(\(1\))?$")),
    ("timestamp", re.compile(r"TIMESTAMP|DATETIME|SMALLDATETIME")),
    ("date", re.compile(r"^DATE")),
    ("time", re.compile(r"^TIME|INTERVAL")),
    ("json", re.compile(r"JSON|XML|STRUCT|MAP|VARIANT")),
    ("binary", re.compile(r"BLOB|BYTEA|BINARY|IMAGE|^RAW")),
    ("text", re.compile(r"CHAR|TEXT|STRING|CLOB|ENUM|UUID|INET|MACADDR|CITEXT")),
    ("integer", re.compile(r"^U?(TINY|SMALL|MEDIUM|BIG|HUGE)?INT(EGER|\d|\W|$)|SERIAL|^YEAR")),
    ("number", re.compile(r"DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC|NUMBER|MONEY")),
)


@lru_cache(maxsize=1024)
def kind_of(type_name: str) -> str:
    """Return the kind of a type: one of the names in `_KINDS`, or `other`; an array is of the kind of its elements.

    `type_name` is the engine's spelling (`VARCHAR(12)`, `TIMESTAMP WITH TIME ZONE`, `INTEGER[]`).
    """
    upper = type_name.upper().strip()
    return next((kind for kind, pattern in _KINDS if pattern.search(upper)), "other")
