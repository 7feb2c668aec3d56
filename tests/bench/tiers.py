"""Tiers as a scan proposes them, combinations among them, against tiers written from the law: `heldout/tiers`.

A label there is a tier, or several that the law leaves open, the first the one meant. `python -m tests.bench.tiers`
prints the totals; with `--list` every column that differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from phantang.catalog import Measured, measure
from phantang.classify import Classifier
from phantang.classify.builtin import builtin_classifier
from phantang.flow.scan.memory import ReadTable
from phantang.flow.scan.scan import default_snapshot, propose_table
from phantang.model.tier import Tier

from .classification import samples_of
from .heldout import Column, systems


@dataclass(frozen=True)
class Tiered:
    """One column: where it stands, the tiers that are right, what was proposed and which rules said so."""

    place: str
    column: Column
    tags: tuple[str, ...]
    tier: Tier | None
    rules: tuple[str, ...]

    @property
    def right(self) -> frozenset[Tier]:
        return frozenset(Tier[tier] for tier in self.column.tags)

    @property
    def verdict(self) -> str:
        """`right`, `low` below every tier that is right, `high`, or `unclassified`: nothing proposed."""
        if self.tier is None:
            return "unclassified"
        if self.tier in self.right:
            return "right"
        return "low" if self.tier < min(self.right) else "high"


def tiered(classifier: Classifier, split: str = "tiers", mode: str = "both") -> Iterator[Tiered]:
    """Yield every column of the split as the catalog would hold it after a first scan."""
    snapshot = default_snapshot()
    for system in systems(split):
        tables = [samples_of(system, place, mode) for place in range(len(system.tables))]
        found = [one for info, samples, _ in tables for one in classifier.classify(info, samples)]
        findings = list(classifier.propagate([info for info, _, _ in tables], found))
        for info, samples, columns in tables:
            own = tuple(one for one in findings if one.column.table == info.name)
            measured = Measured(measure(own, samples, snapshot.raise_rules, info.rows))
            asset = propose_table(ReadTable(info, own, {}, measured), snapshot)
            for entry in asset.columns:
                evidence = tuple(one.rule for one in entry.evidence)
                place = f"{system.path.stem}.{info.name.table}.{entry.name}"
                yield Tiered(place, columns[entry.name], entry.tags, entry.tier, evidence)


def main(arguments: list[str]) -> None:
    """Print the totals of each mode, and the columns that differ where asked to."""
    for mode in ("both", "schema only"):
        judged = list(tiered(builtin_classifier(), mode=mode))
        counts = {name: sum(one.verdict == name for one in judged) for name in ("right", "low", "high", "unclassified")}
        print(mode, len(judged), f"{counts['right'] / len(judged):.3f}", counts)
        if "--list" in arguments:
            for one in judged:
                if one.verdict != "right":
                    tier = one.tier.name if one.tier is not None else None
                    print(f"{one.verdict:5} {one.place} wants {one.column.tags} got {tier} {one.tags} {one.rules}")


if __name__ == "__main__":
    main(sys.argv[1:])
