"""The guard's own idea of a condition that may stand beside a row filter: told as patterns of text.

Such a condition is copied from the query to reach the scan. It must be unable to fail and must read a column that is
shown in clear: then it tells nothing about the rows the filter hides, in whatever order an engine evaluates them.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from phantang.model.decision import Effect, Mask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.model.catalog import Asset
    from phantang.model.decision import Decision

_TEXT = r"'(?:[^'\\\x00]|'')*'"
_DAY = r"'(?:\d{4}-\d\d-\d\d)'"
_MOMENT = r"'(?:\d{4}-\d\d-\d\d(?: (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)?)'"
_LITERALS = {
    "VARCHAR": _TEXT, "TEXT": _TEXT, "CHARACTER VARYING": _TEXT, "STRING": _TEXT,
    **dict.fromkeys(("SMALLINT", "INT2", "INTEGER", "INT", "INT4", "BIGINT", "INT8"), r"-?\d{1,18}"),
    **dict.fromkeys(("SIGNED", "SHORT", "LONG", "SERIAL", "BIGSERIAL", "SMALLSERIAL"), r"-?\d{1,18}"),
    **dict.fromkeys(("DOUBLE", "DOUBLE PRECISION", "FLOAT8", "REAL", "FLOAT", "FLOAT4"), r"-?\d{1,18}(?:\.\d{1,18})?"),
    "BOOLEAN": "(?:TRUE|FALSE)", "BOOL": "(?:TRUE|FALSE)",
    "DATE": rf"(?:{_DAY}|CAST\({_DAY} AS DATE\))",
    **dict.fromkeys(
        ("TIMESTAMP", "DATETIME", "TIMESTAMP WITHOUT TIME ZONE"),
        rf"(?:{_MOMENT}|CAST\({_DAY} AS DATE\)|CAST\({_MOMENT} AS TIMESTAMP\))",
    ),
}  # fmt: skip
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\((\d+)(?:,\s*(\d+))?\)")
_DATES = re.compile(r"'(\d{4}-\d\d-\d\d)[^']*'")


def harmless(node: exp.Expr, text: str, asset: Asset, decision: Decision) -> bool:
    """Tell whether `node`, whose SQL is `text`, compares a clear column of `asset` with literals and cannot fail."""
    columns = list(node.find_all(exp.Column))
    name = columns[0].name if len(columns) == 1 else ""
    decided, entry = decision.columns.get(asset.name.local, {}).get(name), asset.column(name)
    if decided is None or entry is None or (decided.effect is not Effect.CLEAR and decided.mask is not Mask.NONE):
        return False
    column = ".".join('"' + part.replace('"', '""') + '"' for part in (asset.name.table, name))
    kind = " ".join(entry.type.upper().split())
    if not _pattern(column, kind).fullmatch(text):
        return False
    return not kind.startswith(("DATE", "TIMESTAMP")) or all(_exists(day) for day in _DATES.findall(text))


def copied(node: exp.Expr, outside: Sequence[exp.Expr]) -> bool:
    """Tell whether the query itself makes the comparison, with these literals, on some column."""
    wanted = _signature(node)
    return any(type(one) is type(node) and _signature(one) == wanted for one in outside)


def _signature(node: exp.Expr) -> tuple[list[str], int]:
    leaves = [str(leaf.this) for leaf in node.find_all(exp.Literal, exp.Boolean)]
    return sorted(leaves), sum(isinstance(part, exp.Neg) for part in node.walk())


@lru_cache(maxsize=4096)
def _pattern(column: str, kind: str) -> re.Pattern[str]:
    name = re.escape(column)
    literal = _decimal(kind) or _LITERALS.get(re.sub(r"\(.*?\)", "", kind).strip())
    forms = [rf"(?:NOT ){{0,2}}{name} IS (?:NOT )?NULL"]
    if literal is not None:
        forms += [
            rf"{name} (?:=|<>|<|<=|>|>=) {literal}",
            rf"{literal} (?:=|<>|<|<=|>|>=) {name}",
            rf"(?:NOT )?{name} IN \({literal}(?:, {literal})*\)",
            rf"(?:NOT )?{name} BETWEEN {literal} AND {literal}",
        ]
    return re.compile("|".join(f"(?:{form})" for form in forms))


def _decimal(kind: str) -> str | None:
    """Return the numbers that DECIMAL(p, s) itself can hold, up to 18 digits."""
    found = _DECIMAL.fullmatch(kind)
    if found is None or int(found[1]) > 18:
        return None
    scale = int(found[2] or 0)
    fraction = rf"(?:\.\d{{1,{scale}}})?" if scale else ""
    return rf"-?\d{{1,{int(found[1]) - scale}}}{fraction}" if int(found[1]) > scale else None


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
