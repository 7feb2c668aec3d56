"""The guard's own look for what could fail on a value of one person: an error would tell that there is one."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from phantang.sql.guarding.syntax import is_aggregate, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.sql.guarding.guarded import Guarded

_TEXT = re.compile(r"(VARCHAR|TEXT|CHAR|CHARACTER|CHARACTER VARYING|BPCHAR|STRING)\s*(\(.*\))?")
_FAMILIES = (
    ("integer", re.compile(r"U?(TINYINT|SMALLINT|INTEGER|INT|INT2|INT4|INT8|BIGINT)")),
    ("decimal", re.compile(r"(DECIMAL|NUMERIC).*")),
    ("float", re.compile(r"DOUBLE|DOUBLE PRECISION|REAL|FLOAT[48]?")),
    ("date", re.compile(r"DATE")),
    ("timestamp", re.compile(r"TIMESTAMP.*")),
    ("boolean", re.compile(r"BOOL(EAN)?")),
)
_NUMBERS = {"INT", "BIGINT", "DOUBLE", "FLOAT", "DECIMAL"}
_DAYS = {"DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPNTZ"}
_DAY = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])([ T]\d\d:\d\d:\d\d(\.\d{1,6})?Z?)?")
_COMPARED = {"EQ", "NEQ", "GT", "GTE", "LT", "LTE", "NullSafeEQ", "NullSafeNEQ", "Nullif", "In", "Between"}
_PARTS = {"Extract", "DateTrunc", "TimestampTrunc", "DateDiff"}
_PARTS |= {"date_part", "date_trunc", "datetrunc", "datepart", "date_diff", "datediff"}
_DIVISIONS = {"Div", "IntDiv", "Mod"}


@cache
def _content() -> tuple[frozenset[str], dict[str, Any]]:
    content = read("certain")
    listed = (group.get(kind, ()) for group in content["certain"] for kind in ("allow", "plain"))
    return frozenset(name for names in listed for name in names), content


def holds(outside: Sequence[exp.Expr], tables: Sequence[Guarded], dialect: str) -> bool:
    """Tell whether everything that is worked out for single rows is certain to succeed."""
    groups = {id(node) for node in outside if is_aggregate(node, dialect)}
    return all(
        _succeeds(node, tables, dialect)
        for node in outside
        if id(node) not in groups and not any(id(one) in groups for one in node.walk())
    )


def _succeeds(node: exp.Expr, tables: Sequence[Guarded], dialect: str) -> bool:
    names, content = _content()
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else type(node).__name__
    operands = [one.unnest() for one in node.iter_expressions() if not isinstance(one, exp.DataType)]
    if name == "Cast":
        return _read(operands[0], node.args["to"], tables)
    if name in _DIVISIONS:
        return operands[1].is_number and float(operands[1].name) != 0
    if name in {"Add", "Sub", "Mul"}:
        return _moved(node, operands, tables, dialect)
    if name in {"Like", "ILike"}:
        return operands[1].is_string and "\\" not in operands[1].name
    if name in {"make_date", "DateFromParts"}:
        return all(one.is_number for one in operands) and _is_day(*(one.name for one in operands))
    if name == "Interval":
        return isinstance(operands[0], exp.Literal) and re.fullmatch(r"\d{1,3}", operands[0].name) is not None
    texts = {one.name.lower() for one in operands if one.is_string or isinstance(one, exp.Var)}
    if name in {"AtTimeZone", "timezone"}:
        return bool(texts) and texts <= set(content["zones"])
    if name in _PARTS:
        return texts <= set(content["units"])
    if name in _COMPARED and not _compared(operands, tables):
        return False
    return name in names


def _moved(node: exp.Expr, operands: Sequence[exp.Expr], tables: Sequence[Guarded], dialect: str) -> bool:
    """Tell whether a sum or product stays within bounds: by small constants, and none larger than it was divided by."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if above is not None and is_aggregate(above, dialect):
        return True
    constants = [one for one in operands if isinstance(one, exp.Literal)]
    if not all(one.is_number and float(one.name) < 10_000 for one in constants):
        return False
    if not isinstance(node, exp.Mul):
        return not any(isinstance(one, exp.Add | exp.Sub) for one in operands)
    if _dated(node) == 1:
        return True
    value = next((one for one in operands if not isinstance(one, exp.Literal)), None)
    while isinstance(value, exp.Floor | exp.Trunc | exp.Round | exp.Paren):
        value = value.this
    if isinstance(value, exp.Column) and len(constants) == 1 and _family(value, tables) == {"float"}:
        return True
    if not isinstance(value, exp.Div | exp.IntDiv) or len(constants) != 1:
        return False
    divisor = value.expression.unnest()
    return divisor.is_number and float(constants[0].name) <= float(divisor.name)


def _is_day(*parts: str) -> bool:
    try:
        return date(*map(int, parts)).year >= 1000
    except (TypeError, ValueError):
        return False


def _compared(operands: Sequence[exp.Expr], tables: Sequence[Guarded]) -> bool:
    families = {family for one in operands if isinstance(one, exp.Column) for family in _family(one, tables)}
    other = any(one.is_number or isinstance(one, exp.Boolean) for one in operands)
    words = [one.name for one in operands if one.is_string]
    if "text" in families:
        return families == {"text"} and not other
    if families & {"date", "timestamp"}:
        return all(_DAY.fullmatch(word) for word in words)
    return not (words and families & {"integer", "decimal", "float", "boolean"})


def _read(value: exp.Expr, to: exp.Expr, tables: Sequence[Guarded]) -> bool:
    target = to.this.name if isinstance(to.this, exp.DType) else ""
    if target in {"TEXT", "VARCHAR", "NVARCHAR", "CHAR", "BPCHAR"} and not to.expressions:
        return True
    if isinstance(value, exp.Literal):
        if target in _DAYS:
            return _DAY.fullmatch(value.name) is not None
        small = re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value.name) is not None
        if target == "INTERVAL":
            return re.fullmatch(r"\d{1,3} [a-z]+", value.name) is not None
        return target in {"TIME", "TEXT", "VARCHAR", "CHAR", "BPCHAR"} or (target in _NUMBERS and small)
    if isinstance(value, exp.Column):
        families = _family(value, tables)
        return bool(families) and all(target.lower() in _content()[1]["casts"].get(one, ()) for one in families)
    if isinstance(value, exp.Predicate | exp.Connector | exp.Not | exp.Boolean):
        return target in _NUMBERS | {"BOOLEAN"}
    if isinstance(value, exp.Cast):
        return target in _DAYS and value.to.this.name in _DAYS
    if isinstance(value, exp.DateTrunc | exp.TimestampTrunc):
        return target in _DAYS
    if isinstance(value, exp.Floor | exp.Ceil | exp.Round | exp.Null) and target == "DOUBLE":
        return True
    return target in _NUMBERS | {"SMALLINT"} and _dated(value) is not None and (_dated(value) or 0) <= 1


def _dated(node: exp.Expr) -> int | None:
    """Return how often what began as a part of a day is multiplied by constants, `None` for anything else."""
    node = node.unnest()
    if isinstance(node, exp.Year | exp.Month | exp.Day):
        return 0
    if isinstance(node, exp.Extract):
        return None if node.name.lower() in {"epoch", "second"} else 0
    if isinstance(node, exp.Floor | exp.Ceil | exp.Round | exp.Trunc | exp.Cast):
        return _dated(node.this)
    if not isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.IntDiv | exp.Mod):
        return None
    sides = [one.unnest() for one in (node.this, node.expression)]
    constants = [float(one.name) for one in sides if one.is_number and isinstance(one, exp.Literal)]
    divides = isinstance(node, exp.Div | exp.IntDiv | exp.Mod)
    if len(constants) != 1 or constants[0] >= 10_000 or (divides and (sides[0].is_number or constants[0] < 1)):
        return None
    times = _dated(sides[1] if sides[0].is_number else sides[0])
    return None if times is None else times + isinstance(node, exp.Mul)


def _family(column: exp.Column, tables: Sequence[Guarded]) -> set[str]:
    found: set[str] = set()
    for table in tables:
        if column.table.lower() in {"", table.alias.lower()}:
            for entry in table.asset.columns:
                if entry.name.lower() == column.name.lower():
                    spelt = entry.type.upper().strip()
                    text = "text" if _TEXT.fullmatch(spelt) else "other"
                    found.add(next((name for name, one in _FAMILIES if one.fullmatch(spelt)), text))
    return found
