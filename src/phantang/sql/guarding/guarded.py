"""What the guard found in place of a base table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

    from phantang.model.catalog import Asset


@dataclass(slots=True)
class Guarded:
    """A derived table found in the finished statement, checked and set aside.

    `literals` has the literal each column is looked up by, `copies` the user's conditions that stand beside the row
    filter. `unit` is the reserved name under which the privacy unit is shown, if it is; `keys` has the reserved names
    under which raw bytes are shown to be compared, with the mask of their column; `steps` those that differential
    privacy needs, with the column each holds the value of; `apart` the columns that are equal where the base's are.
    """

    asset: Asset
    alias: str
    body: exp.Select
    literals: dict[str, str] = field(default_factory=dict)
    copies: list[exp.Expr] = field(default_factory=list)
    unit: str | None = None
    keys: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    steps: dict[str, str | None] = field(default_factory=dict)
    apart: set[str] = field(default_factory=set)
