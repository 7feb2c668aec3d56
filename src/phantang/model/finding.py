"""A classifier's claim about one column, with its evidence. Evidence holds counts and rule ids, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantang.model.names import ColumnName


@dataclass(frozen=True, slots=True)
class PathTag:
    """The tag of one path of JSON or XML documents (`$.nguoi_nop.cccd`); keys that look like data are written `*`."""

    path: str
    tag: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a rule spoke.

    `kind` is one of `name`, `comment`, `value`, `partial` (in few of the values only), `path` (of documents, named in
    `paths`), `context`, `foreign_key`, `generated` (computed from the column named in `rule`). `hits` of `sampled`
    distinct non-null values matched; both are 0 for evidence that looks at no value.
    """

    rule: str
    kind: str
    hits: int = 0
    sampled: int = 0
    paths: tuple[PathTag, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """The classification claimed for one column.

    `tag` is the best tag, or `none` when the evidence says the column is not personal; `tags` holds it and every other
    tag that also applies, best first. `confidence` is between 0 and 1.
    """

    column: ColumnName
    tag: str
    tags: tuple[str, ...]
    confidence: float
    evidence: tuple[Evidence, ...]
