"""Tags travel along foreign keys: both ends of a key hold the same values, so what one is known to be, the other is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName
from phantang.model.schema import TableInfo

RULE = "foreign_key"
_STEP = 0.95
_FIRM = 0.6
_PERSONAL = ("person.", "sensitive.")


def propagate(tables: Sequence[TableInfo], findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return `findings`, in order, with tags carried over foreign keys, in both directions, until nothing changes.

    A tag replaces a `none` or a claim below 0.6 at 0.95 times its own confidence; beside a firm other tag it is
    added to `tags`. Only tags about people travel. Every step lowers the confidence, so cycles end.
    """
    current = {finding.column: finding for finding in findings}
    edges = [edge for edge in _edges(tables) if edge[0] in current and edge[1] in current]
    changed = True
    while changed:
        changed = False
        for one, other in edges:
            for giver, taker in ((one, other), (other, one)):
                carried = _carry(current[giver], current[taker])
                if carried is not None:
                    current[taker] = carried
                    changed = True
    return tuple(current[finding.column] for finding in findings)


def _edges(tables: Sequence[TableInfo]) -> Iterator[tuple[ColumnName, ColumnName]]:
    for table in tables:
        for key in table.foreign_keys:
            for column, to in zip(key.columns, key.to, strict=False):
                yield ColumnName(table.name, column), ColumnName(key.table, to)


def _carry(giver: Finding, taker: Finding) -> Finding | None:
    """Return the taker's new finding, or `None` if the giver has nothing to add."""
    confidence = round(giver.confidence * _STEP, 3)
    if not giver.tag.startswith(_PERSONAL) or giver.tag in taker.tags or confidence < 0.5:
        return None
    evidence = (*taker.evidence, Evidence(RULE, "foreign_key"))
    if taker.tag == "none" or taker.confidence < min(_FIRM, confidence):
        others = tuple(tag for tag in taker.tags if tag not in {"none", giver.tag})
        return Finding(taker.column, giver.tag, (giver.tag, *others), confidence, evidence)
    return Finding(taker.column, taker.tag, (*taker.tags, giver.tag), taker.confidence, evidence)
