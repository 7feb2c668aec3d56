"""A decision taken back: whatever a column said comes back from JSON, and what cannot be taken back is an error."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from phantang.catalog import accept, lost, override, restore, retire, undo
from phantang.model.catalog import Asset, ColumnEntry
from phantang.model.errors import InputError
from phantang.model.finding import Evidence, PathTag

from .test_review import TAGS, scan


def entry(asset: Asset, column: str = "a") -> ColumnEntry:
    found = asset.column(column)
    assert found is not None
    return found


def test_what_was_lost_comes_back_through_json() -> None:
    asset = scan(None, "a b", a="person.name")
    evidence = (Evidence("r", "path", 3, 4, (PathTag("$.ho_ten", "person.name"),)),)
    asset = replace(asset, columns=(replace(entry(asset), evidence=evidence, confidence=0.75), asset.columns[1]))
    for decided in (
        accept(asset, "An"),
        override(asset, "a", "sensitive.health", TAGS, by="An", reason="x"),
        override(accept(asset, "An"), "a", "none", TAGS, by="Bình", reason="x", two_person=True),
    ):
        was = json.loads(json.dumps(lost(entry(asset), entry(decided))))
        assert undo(decided, "a", was, "Cúc", "nhầm") == replace(
            asset, columns=tuple(entry(asset) if one.name == "a" else one for one in decided.columns)
        )


@pytest.mark.parametrize(
    ("column", "by", "reason", "code"),
    [
        ("a", " ", "nhầm", "catalog_decider_required"),
        ("a", "An", " ", "catalog_undo_reason"),
        ("khong", "An", "nhầm", "catalog_unknown_column_named"),
        ("b", "An", "nhầm", "catalog_nothing_to_undo"),
    ],
)
def test_what_cannot_be_taken_back(column: str, by: str, reason: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        undo(accept(scan(None, "a b", a="person.name"), "An", ["a"]), column, None, by, reason)
    assert caught.value.code == code


def test_a_table_comes_back_in_somebodys_name_and_for_a_reason() -> None:
    asset = scan(None, "a", a="person.name")
    record = retire(asset, "An", "bỏ", "2026-11-26T00:00:00Z")
    assert restore(record, "Bình", "nhầm") == asset
    for by, reason, code in ((" ", "nhầm", "catalog_decider_required"), ("Bình", " ", "catalog_undo_reason")):
        with pytest.raises(InputError) as caught:
            restore(record, by, reason)
        assert caught.value.code == code
