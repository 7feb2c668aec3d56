"""The mark of a table whose statistics are noisy: how much an answer costs, and what one person can add to it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from phantang.model.decision import Privacy
from phantang.model.noise import Bounds, Contributions, KeyList

if TYPE_CHECKING:
    from collections.abc import Collection

    from phantang.catalog.node import Node
    from phantang.model.noise import Keys

_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?(e\+?[0-9]{1,2}|e-0?[1-6])?", re.ASCII)
#: Sums stay below 2^63 for nine thousand million rows, and every bound is exact in a double.
_MOST = 1e12
_MOST_STEPS = 1e9
_MOST_ROWS = 1000
_MOST_VALUES = 20_000


def read_privacy(node: Node, unit: str | None, known: Collection[str]) -> tuple[Privacy, Contributions | None]:
    """Return the mark, and the bounds of what may be summed if it gives any; `known` are the table's columns.

    Raises `WorkspaceError`: `catalog_missing_key`, `catalog_unknown_column`, `catalog_wrong_type`.
    """
    keys = node.fields(("epsilon", "budget"), ("rows_per_person", "bounds", "keys"))
    epsilon, budget = keys["epsilon"].epsilon(), keys["budget"].epsilon()
    if budget < epsilon:
        raise keys["budget"].wrong("number >= epsilon")
    if unit is None:
        raise node.error("catalog_missing_key", key="privacy_unit")
    return Privacy(epsilon, budget), _contributions(node, keys, known)


def _contributions(node: Node, keys: dict[str, Node], known: Collection[str]) -> Contributions | None:
    if "rows_per_person" not in keys:
        if "bounds" in keys or "keys" in keys:
            raise node.error("catalog_missing_key", key="rows_per_person")
        return None
    rows = keys["rows_per_person"].integer()
    if not 1 <= rows <= _MOST_ROWS:
        raise keys["rows_per_person"].wrong(f"whole number 1..{_MOST_ROWS}")
    bounds = keys["bounds"].entries() if "bounds" in keys else {}
    values = keys["keys"].entries() if "keys" in keys else {}
    for name, one in {**bounds, **values}.items():
        if name not in known:
            raise one.error("catalog_unknown_column", column=name)
    return Contributions(
        rows,
        {name: _bounds(one) for name, one in bounds.items()},
        {name: _values(one) for name, one in values.items()},
    )


def _bounds(node: Node) -> Bounds:
    keys = node.fields(("low", "high"), ("step",))
    low, high = _number(keys["low"]), _number(keys["high"])
    step = _number(keys["step"]) if "step" in keys else 1.0
    if not low < high:
        raise keys["high"].wrong("number > low")
    if not step > 0 or max(abs(low), abs(high)) / step > _MOST_STEPS:
        raise node.wrong(f"step > 0, at most {_MOST_STEPS:.0f} steps from 0")
    return Bounds(low, high, step)


def _number(node: Node) -> float:
    text = node.exact()
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not abs(number) <= _MOST:  # NaN is not either
        raise node.wrong(f"number -{_MOST:.0f}..{_MOST:.0f}")
    return number


def _values(node: Node) -> Keys:
    if isinstance(node.value, Mapping):
        keys = node.fields(("table", "column"))
        if "." not in keys["table"].exact():
            raise keys["table"].wrong("schema.table")
        return KeyList(keys["table"].exact(), keys["column"].exact())
    values = tuple(item.text() for item in node.items())
    if not values or len(set(values)) != len(values) or len(values) > _MOST_VALUES:
        raise node.wrong("list of different values")
    return values
