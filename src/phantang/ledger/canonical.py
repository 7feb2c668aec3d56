"""One spelling for every JSON value: RFC 8785 (JSON Canonicalization Scheme)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

from phantang.model.errors import LedgerError

#: RFC 8785 numbers are IEEE 754 doubles; larger integers have no canonical integer form.
_MAX_SAFE_INTEGER = 2**53 - 1


def canonical(value: object) -> bytes:
    """Return the RFC 8785 bytes of `value`: mappings, sequences, text, numbers, booleans and `None`.

    Raises `LedgerError` `ledger_entry_invalid` for anything else: bytes, sets, NaN, integers beyond 2**53, lone
    surrogates, nesting deeper than the interpreter's stack.
    """
    try:
        return rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise LedgerError("ledger_entry_invalid", what=f"not canonical JSON ({type(error).__name__})") from None


def parse(raw: bytes) -> Any:
    """Return the JSON value of `raw`, UTF-8. Raises `LedgerError` `ledger_entry_invalid`."""
    try:
        return json.loads(raw.decode("utf-8"), parse_int=_integer, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise LedgerError("ledger_entry_invalid", what=f"not JSON ({type(error).__name__})") from None


def _plain(value: object) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [_plain(item) for item in value]
    return value


def _integer(digits: str) -> int | float:
    # A double such as 1.5e20 is spelled in RFC 8785 as an integer; it must come back as the double it was.
    if len(digits) > 17:
        return float(digits)
    number = int(digits)
    return number if abs(number) <= _MAX_SAFE_INTEGER else float(number)


def _no_constant(name: str) -> float:
    raise ValueError(name)
