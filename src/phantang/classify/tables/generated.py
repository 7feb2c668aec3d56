"""A generated column tells what those columns tell that it is computed from, whatever its own name and values are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName

#: Of a place, an organisation or nothing of note, a value computed from it is no longer known to be one.
_CARRIED = ("person.", "sensitive.", "importance.", "secrecy.")
_STEP = 0.95
_FIRM = 0.6


def carry(findings: Sequence[Finding], made_of: Mapping[ColumnName, Sequence[ColumnName]]) -> tuple[Finding, ...]:
    """Return `findings`, in order, each generated column with the tags of the columns it is `made_of`.

    A tag replaces a `none` or a claim below 0.6, and is added to `tags` beside any other; columns generated from
    generated ones have it too. The evidence names each column read.
    """
    current = {finding.column: finding for finding in findings}
    known = {taker: [one for one in givers if one in current] for taker, givers in made_of.items() if taker in current}
    changed = True
    while changed:  # each round adds tags, and there are so many
        changed = False
        for taker, givers in known.items():
            for giver in givers:
                found = _with(current[taker], current[giver])
                changed = changed or found is not current[taker]
                current[taker] = found
    return tuple(current[finding.column] for finding in findings)


def _with(taker: Finding, giver: Finding) -> Finding:
    carried = tuple(tag for tag in giver.tags if tag.startswith(_CARRIED))
    if not carried or {*taker.tags} >= {*carried}:
        return taker
    evidence = (*taker.evidence, Evidence(f"generated_from.{giver.column.column}", "generated"))
    if taker.tag == "none" or taker.confidence < _FIRM:
        others = tuple(tag for tag in (*carried, *taker.tags) if tag not in {"none", carried[0]})
        tags = tuple(dict.fromkeys((carried[0], *others)))
        return Finding(taker.column, tags[0], tags, round(giver.confidence * _STEP, 3), evidence)
    tags = tuple(dict.fromkeys((*taker.tags, *carried)))
    return Finding(taker.column, taker.tag, tags, taker.confidence, evidence)
