"""The rows behind an aggregate, spelled so that two answers can be set against each other.

Whoever holds answers can add and subtract them. `combination.memberships` counts who is behind the same groups of
several, `difference.refuted` finds what their sums single out. See `docs/adr/0008-answered-aggregates.md` for what is,
and what is not, noticed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple


class Part(NamedTuple):
    """What is asked of one person: SQL over columns of `Shape.columns`, and which of these it reads."""

    sql: str
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A selection of one table in which each row is a person, by columns that selections of the same table share.

    `columns` are masked columns over the table `base`: a name that is made of the SQL, and that SQL. `filter` is the
    name of that which policy shows rows by, if there is one. `where` selects people, `keys`, `values` and `hiding` are
    the `k`, `v` and `h` of `Selection.rows`. `joins` are code lists of which each person has one row at most: a name,
    and the SQL that joins the list to `base` and to those before it.
    """

    base: str
    columns: tuple[tuple[str, str], ...]
    filter: str
    where: Part
    keys: tuple[Part, ...]
    values: tuple[Part, ...]
    hiding: tuple[Part, ...]
    joins: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Shape:
        """Return the shape of plain values."""
        parts = {name: tuple(_part(one) for one in value[name]) for name in ("keys", "values", "hiding")}
        columns = tuple((name, sql) for name, sql in value["columns"])
        joins = tuple((name, sql) for name, sql in value.get("joins", ()))
        return cls(value["base"], columns, value["filter"], _part(value["where"]), **parts, joins=joins)


def _part(value: list[Any]) -> Part:
    sql, reads = value
    return Part(sql, tuple(reads))


@dataclass(frozen=True, slots=True)
class Selection:
    """What an aggregate query counts, before it groups.

    `rows` is SQL that yields, for each joined row, `r0, u0, r1, u1, ...` (row and person of each table that has a
    privacy unit, in the order of `tables`), the group keys `k0, k1, ...`, the first `plain` of which the query groups
    by while the others are conditions inside its aggregates, `v0, v1, ...`, whether it has all the values of each of
    `inputs`, `h0, h1, ...`, whether it is one of the rows of which each part of a group must have none or enough (there
    are `hiding` of these, see `inputs.between`), and `s`, whether the query's own condition selects it.

    `keys` says what each key is in terms of base columns and masks, `inputs` which base columns the aggregates read.
    Groups of fewer than `size` people were not shown. `counted` tells of each of `inputs` whether the number of its
    rows is taken to be known: unless `avg` alone reads it, since a sum and an average may be asked for in turn.
    `summed` tells whether more than this number is told.
    `numbers` tells whether rows are counted or added up, `distinct` whether different people are counted; `alone` tells
    of each of `tables` whether each of its rows is another person: its key is the privacy unit. `bound` tells whether
    `rows` needs the token key as `$1`, `single` whether all rows are those of one such table, each once, for which
    `shape` says the same again. `recorded` is the digest of one that was read from the record.
    """

    dialect: str
    rows: str
    tables: tuple[str, ...]
    keys: tuple[str, ...]
    size: int
    bound: bool
    single: bool = False
    inputs: tuple[tuple[str, ...], ...] = ()
    counted: tuple[bool, ...] = ()
    summed: tuple[bool, ...] = ()
    shape: Shape | None = None
    plain: int = 0
    hiding: int = 0
    numbers: bool = True
    distinct: bool = True
    alone: tuple[bool, ...] = ()
    recorded: str = field(default="", compare=False)

    def to_json(self) -> str:
        """Return the selection as text to keep."""
        return json.dumps(self._told(), sort_keys=True)

    def _told(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "recorded"}

    @classmethod
    def from_json(cls, text: str, recorded: str = "") -> Selection:
        """Return the selection of `to_json`, which is on record under the digest `recorded`."""
        value = json.loads(text)
        for name in ("counted", "summed"):
            value.setdefault(name, [True for _ in value.get("inputs", ())])
        value.setdefault("plain", len(value["keys"]))
        lists = {name: tuple(value.get(name, ())) for name in ("tables", "keys", "counted", "summed", "alone")}
        known = {name: value[name] for name in cls.__dataclass_fields__ if name in value}
        shape = Shape.from_json(value["shape"]) if value.get("shape") else None
        inputs = tuple(tuple(one) for one in value.get("inputs", ()))
        return cls(**{**known, **lists, "inputs": inputs, "shape": shape, "recorded": recorded})

    @property
    def digest(self) -> str:
        """Return a digest that equal selections share, whatever a question calls its table and in which order it asks.

        `rows` says nothing that `shape` does not say. One on record keeps the digest it has there, which an earlier
        version may have made otherwise.
        """
        if self.recorded:
            return self.recorded
        told = {**self._told(), **({"rows": ""} if self.shape else {})}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
