"""How each dialect compares identifiers, and the names nobody but us may use."""

from __future__ import annotations

import re
import string
import unicodedata
from functools import lru_cache

#: Prefix of every name the rewriter adds. No identifier of a query may start with it, in any spelling.
RESERVED = "__phantang"

#: Put before the name of a function that must keep it through the parser, taken off again by the allow-list walk.
KEEP = f"{RESERVED}_keep_"

#: What each dialect takes as it is without quotes.
_PLAIN = {"duckdb": re.compile(r"[A-Za-z_][A-Za-z0-9_]*"), "postgres": re.compile(r"[a-z_][a-z0-9_]*")}

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def ascii_lower(name: str) -> str:
    """Lower-case A to Z only, as both engines do for identifiers in UTF-8 databases."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def nfc(name: str) -> str:
    """Return `name` in Unicode normal form C; identifiers that differ only in their normal form are one name here."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


@lru_cache(maxsize=1 << 14)
def key(name: str, dialect: str) -> str:
    """Return what two spellings of one identifier have in common.

    PostgreSQL identifiers are exact once unquoted ones are folded (the caller folds them); DuckDB ignores ASCII case.
    """
    return nfc(name) if dialect == "postgres" else ascii_lower(nfc(name))


def written(name: str, dialect: str) -> str:
    """Return `name` as a person writes it in a query: in double quotes where it would be folded or misread."""
    return name if _PLAIN[dialect].fullmatch(name) else '"' + name.replace('"', '""') + '"'


def reserved(name: str) -> bool:
    """Tell whether `name` could be taken for one of ours under any folding an engine might apply."""
    return unicodedata.normalize("NFKC", name).casefold().startswith(RESERVED)
