"""Every way in which a database, or a new judgement of it, differs from the catalog is told, each once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.catalog import DriftKind, accept, judgement_drift, override, schema_drift
from phantang.model.catalog import Asset
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo
from phantang.model.tier import Tier

from .test_review import TABLE, TAGS, info, scan

Told = list[tuple[str | None, DriftKind, str, str, bool]]


def of_schema(asset: Asset, live: TableInfo) -> Told:
    return [(one.column, one.kind, one.before, one.after, one.decided) for one in schema_drift([asset], [live])]


def of_judgement(before: Asset, after: Asset) -> Told:
    found = judgement_drift({before.name: before}, [after])
    return [(one.column, one.kind, one.before, one.after, one.decided) for one in found]


def test_what_the_database_has_otherwise() -> None:
    asset = replace(accept(scan(None, "a b", a="person.name"), "An"), structure="x")
    same = replace(info("a", "b"), structure="x")
    assert of_schema(asset, same) == []
    assert of_schema(asset, replace(same, structure="y")) == [(None, DriftKind.STRUCTURE, "", "", False)]
    assert of_schema(asset, replace(same, structure=None)) == []  # locked just now
    changed = replace(same, columns=(ColumnInfo("a", "DATE"), ColumnInfo("c", "DATE")), structure="y")
    assert of_schema(asset, changed) == [
        ("a", DriftKind.TYPE, "VARCHAR", "DATE", True),
        ("b", DriftKind.COLUMN_GONE, "VARCHAR", "", False),
        ("c", DriftKind.COLUMN_NEW, "", "DATE", False),
    ]
    other = replace(same, name=TableName(TABLE.source, TABLE.schema, "z"))
    assert [(one.table, one.kind) for one in schema_drift([asset], [other])] == [
        (TABLE, DriftKind.TABLE_GONE),
        (other.name, DriftKind.TABLE_NEW),
    ]


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("person.name", []),
        ("sensitive.health", [("a", DriftKind.TAG, "person.name T2", "sensitive.health T3", False)]),
        (None, [("a", DriftKind.TAG, "person.name T2", "", False)]),
    ],
)
def test_what_would_be_judged_otherwise(claim: str | None, told: Told) -> None:
    before = scan(None, "a", a="person.name")
    assert of_judgement(before, scan(before, "a", **({"a": claim} if claim else {}))) == told


def test_a_tier_alone_is_told() -> None:
    before = scan(None, "a", a="person.name")
    after = replace(before, columns=(replace(before.columns[0], tier=Tier.T3),))
    assert of_judgement(before, after) == [("a", DriftKind.TIER, "person.name T2", "person.name T3", False)]


def test_a_disagreement_with_a_decision_is_told_while_it_is_new() -> None:
    before = override(scan(None, "a", a="person.name"), "a", "none", TAGS, "An", "x")
    after = scan(before, "a", a="sensitive.health")
    assert of_judgement(before, after) == [("a", DriftKind.TAG, "none T1", "sensitive.health T3", True)]
    assert of_judgement(after, scan(after, "a", a="sensitive.health")) == []
    assert [one.kind for one in judgement_drift({}, [after])] == [DriftKind.TABLE_NEW]
