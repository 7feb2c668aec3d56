"""The catalog room: reviewable text to an immutable snapshot, scans to proposals, decisions of people kept.

Pure: text in, text out; `phantang.store` reads and writes the files.
"""

from phantang.catalog.asset_reader import UNKNOWN_TYPE, parse_asset
from phantang.catalog.asset_writer import render_asset
from phantang.catalog.compare import Difference, Pair, Side, compare
from phantang.catalog.decide import Rejection, accept, approve, override, reject, same_person
from phantang.catalog.drift import Drift, DriftKind, judgement_drift, schema_drift
from phantang.catalog.generated import computed
from phantang.catalog.holdings import Holding, holdings
from phantang.catalog.key_lists import code_list
from phantang.catalog.node import normalised
from phantang.catalog.paths import asset_path, retired_path, table_at
from phantang.catalog.propose import ABSENT, SCAN, propose
from phantang.catalog.raising import Measured, identity, measure, raise_tiers
from phantang.catalog.retiring import (
    Retired,
    approve_retirement,
    render_retired,
    restore,
    retire,
    retired_records,
    retired_tables,
)
from phantang.catalog.review import Change, ChangeKind, changes
from phantang.catalog.snapshot import parse_snapshot
from phantang.catalog.undoing import lost, undo
from phantang.catalog.uniqueness import UniqueSet
from phantang.catalog.vocabulary import tag_of
from phantang.catalog.waiving import approve_waivers, unwaive, waive

__all__ = [
    "ABSENT",
    "SCAN",
    "UNKNOWN_TYPE",
    "Change",
    "ChangeKind",
    "Difference",
    "Drift",
    "DriftKind",
    "Holding",
    "Measured",
    "Pair",
    "Rejection",
    "Retired",
    "Side",
    "UniqueSet",
    "accept",
    "approve",
    "approve_retirement",
    "approve_waivers",
    "asset_path",
    "changes",
    "code_list",
    "compare",
    "computed",
    "holdings",
    "identity",
    "judgement_drift",
    "lost",
    "measure",
    "normalised",
    "override",
    "parse_asset",
    "parse_snapshot",
    "propose",
    "raise_tiers",
    "reject",
    "render_asset",
    "render_retired",
    "restore",
    "retire",
    "retired_path",
    "retired_records",
    "retired_tables",
    "same_person",
    "schema_drift",
    "table_at",
    "tag_of",
    "undo",
    "unwaive",
    "waive",
]
