from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.catalog import (
    ABSENT,
    ChangeKind,
    accept,
    changes,
    override,
    parse_asset,
    propose,
    render_asset,
    tag_of,
)
from phantang.model.catalog import Asset, Status, Tag
from phantang.model.errors import InputError
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, TableInfo
from phantang.model.tier import PersonalClass, Tier

TABLE = TableName("dan_cu", "main", "cong_dan")
LABEL = {"vi": "nhãn", "en": "label"}
TAGS = {
    "person.name": Tag("person.name", LABEL, PersonalClass.BASIC, Tier.T2),
    "person.national_id": Tag("person.national_id", LABEL, PersonalClass.BASIC, Tier.T2),
    "person.national_id.old": Tag("person.national_id.old", LABEL, PersonalClass.BASIC, Tier.T3),
    "sensitive.health": Tag("sensitive.health", LABEL, PersonalClass.SENSITIVE, Tier.T3),
    "none": Tag("none", LABEL, PersonalClass.NONE, Tier.T1),
}


def info(*columns: str) -> TableInfo:
    return TableInfo(TABLE, tuple(ColumnInfo(name, "VARCHAR", comment="Ghi chu\u0301") for name in columns), rows=7)


def finding(column: str, tag: str, *others: str, confidence: float = 0.9) -> Finding:
    return Finding(ColumnName(TABLE, column), tag, (tag, *others), confidence, (Evidence("r", "value", 9, 10),))


def scan(existing: Asset | None, columns: str, **found: str) -> Asset:
    return propose(existing, info(*columns.split()), [finding(c, t) for c, t in found.items()], TAGS, None, {})


def status_of(asset: Asset, column: str) -> tuple[str | None, Status]:
    entry = asset.column(column)
    assert entry is not None
    return entry.tag, entry.status


def test_a_first_scan_proposes_and_leaves_the_rest_open() -> None:
    asset = scan(None, "a b", a="person.name")
    a, b = asset.columns
    assert (a.tag, a.tier, a.personal_class, a.status, a.decided_by) == (
        "person.name",
        Tier.T2,
        PersonalClass.BASIC,
        Status.PROPOSED,
        "scan",
    )
    assert (b.tag, b.tier, b.status) == (None, None, Status.PROPOSED)
    assert asset.rows == 7
    assert a.comment == "Ghi ch\u00fa"
    assert [change.kind for change in changes([asset])] == [ChangeKind.PROPOSED, ChangeKind.UNCLASSIFIED]
    assert asset.tier is Tier.T3


def test_tier_and_class_are_the_strictest_of_all_tags_found() -> None:
    asset = propose(None, info("a"), [finding("a", "none", "sensitive.health")], TAGS, None, {})
    assert (asset.columns[0].tier, asset.columns[0].personal_class) == (Tier.T3, PersonalClass.SENSITIVE)


def test_of_two_findings_for_a_column_the_stricter_counts() -> None:
    both = [finding("a", "sensitive.health", confidence=0.4), finding("a", "none", confidence=0.9)]
    for order in (both, both[::-1]):
        assert propose(None, info("a"), order, TAGS, None, {}).columns[0].tag == "sensitive.health"


@pytest.mark.parametrize(
    "kind",
    ["STRUCT(a VARCHAR)", "JSONB", "VARCHAR[]", "LIST", "BLOB", "LONGBLOB", "BYTEA", "BINARY(16)", "LONG RAW", "XML"],
)
def test_what_holds_other_values_is_not_called_harmless_by_a_scan(kind: str) -> None:
    column = ColumnInfo("a", kind)
    for tag, claimed in (("none", None), ("person.name", "person.name")):
        asset = propose(None, replace(info("a"), columns=(column,)), [finding("a", tag)], TAGS, None, {})
        assert [entry.tag for entry in asset.columns] == [claimed]


def test_a_finding_with_an_unknown_tag_is_refused() -> None:
    with pytest.raises(InputError, match="catalog_unknown_tag"):
        scan(None, "a", a="person.soul")


def test_a_second_scan_replaces_what_nobody_decided() -> None:
    asset = scan(scan(None, "a", a="person.name"), "a", a="none")
    assert status_of(asset, "a") == ("none", Status.PROPOSED)
    assert scan(asset, "a").columns[0].tag is None


def test_a_second_scan_never_overrides_a_person() -> None:
    decided = accept(scan(None, "a b", a="person.name", b="none"), "an")
    decided = override(decided, "b", "sensitive.health", TAGS, "bình", "hồ sơ bệnh án")
    again = scan(decided, "a b", a="none", b="none")
    assert status_of(again, "a") == ("person.name", Status.ACCEPTED)
    assert status_of(again, "b") == ("sensitive.health", Status.OVERRIDDEN)
    assert [change.kind for change in changes([again])] == [ChangeKind.DISAGREES] * 2
    assert [change.proposed_tag for change in changes([again])] == ["none", "none"]
    # the disagreement goes when the scan agrees again
    assert changes([scan(again, "a b", a="person.name", b="sensitive.health")]) == ()


decisions = st.sampled_from(["accept", "override"])
claims = st.none() | st.sampled_from(["person.name", "sensitive.health", "none"])


@given(decisions, st.lists(st.tuples(claims, st.booleans()), max_size=6))
def test_no_sequence_of_scans_and_accepts_undoes_a_decision(how: str, later: list[tuple[str | None, bool]]) -> None:
    asset = scan(None, "a b", a="person.name", b="person.name")
    asset = accept(asset, "an", ["a"]) if how == "accept" else override(asset, "a", "none", TAGS, "an", "lý do")
    stands = asset.column("a")
    assert stands is not None
    for claim, present in later:
        found = {"a": claim} if claim and present else {}
        asset = accept(scan(asset, "a b" if present else "b", **found), "bình")
        entry = asset.column("a")
        assert entry is not None
        assert replace(entry, type="VARCHAR", comment=None, proposal=None) == replace(stands, comment=None)


def test_a_column_dropped_from_the_database() -> None:
    asset = accept(scan(None, "a b c", a="person.name", b="none"), "an", ["a"])
    drifted = scan(asset, "c")
    assert [entry.name for entry in drifted.columns] == ["c", "a"]
    assert drifted.columns[1].type == ABSENT
    (change,) = (change for change in changes([drifted]) if change.kind is ChangeKind.ABSENT)
    assert change.before == "dan_cu.main.cong_dan.a: person.name T2"
    assert accept(drifted, "an").column("a") is not None
    assert accept(drifted, "an", ["a"]).column("a") is None
    returned = scan(drifted, "a c", a="person.name")
    assert status_of(returned, "a") == ("person.name", Status.ACCEPTED)
    assert returned.columns[0].type == "VARCHAR"


def test_removing_an_absent_column_leaves_no_dangling_name() -> None:
    asset = replace(accept(scan(None, "a b", a="person.name"), "an"), privacy_unit="a", scope={"commune": "a"})
    left = accept(scan(asset, "b"), "an", ["a"])
    assert (left.privacy_unit, left.scope) == (None, {})
    parse_asset("assets/dan_cu/main.cong_dan.yaml", render_asset(left), TAGS)


def test_structure_set_by_hand_is_kept_once_somebody_decided() -> None:
    first = propose(None, info("a", "b"), [finding("a", "none")], TAGS, "a", {"commune": "a"})
    edited = replace(first, privacy_unit="b", scope={"commune": "b"})
    again = propose(edited, info("a", "b"), [], TAGS, "a", {"commune": "a", "province": "a"})
    assert (again.privacy_unit, again.scope) == ("a", {"commune": "a", "province": "a"})
    again = propose(accept(edited, "an"), info("a", "b"), [], TAGS, "a", {"commune": "a", "province": "a"})
    assert (again.privacy_unit, again.scope) == ("b", {"commune": "b", "province": "a"})


def test_a_privacy_unit_is_never_replaced_by_none() -> None:
    first = propose(None, info("a"), [], TAGS, "a", {})
    assert propose(first, info("a"), [], TAGS, None, {}).privacy_unit == "a"
    assert propose(first, info("b"), [], TAGS, None, {}).privacy_unit is None


def test_accept_takes_what_is_proposed_and_says_who() -> None:
    asset = accept(scan(None, "a b", a="person.name"), "an", reason="đợt 1")
    assert status_of(asset, "a") == ("person.name", Status.ACCEPTED)
    assert status_of(asset, "b") == (None, Status.PROPOSED)
    assert (asset.columns[0].decided_by, asset.columns[0].reason) == ("an", "đợt 1")
    assert accept(asset, "bình") == asset


def test_a_disagreement_is_accepted_only_by_name() -> None:
    asset = scan(accept(scan(None, "a", a="person.name"), "an"), "a", a="none")
    assert status_of(accept(asset, "bình"), "a") == ("person.name", Status.ACCEPTED)
    taken = accept(asset, "bình", ["a"])
    assert status_of(taken, "a") == ("none", Status.ACCEPTED)
    assert changes([taken]) == ()


@pytest.mark.parametrize(
    ("columns", "by", "code"),
    [
        (["x"], "an", "catalog_unknown_column_named"),
        (["b"], "an", "catalog_nothing_to_accept"),
        (None, " ", "catalog_decider_required"),
    ],
)
def test_what_accept_refuses(columns: list[str] | None, by: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        accept(scan(None, "a b", a="none"), by, columns)
    assert caught.value.code == code
    assert "<" not in caught.value.message("vi")


def test_override_takes_tier_and_class_from_the_tag() -> None:
    asset = override(scan(None, "a", a="none"), "a", "sensitive.health", TAGS, "an", None)
    (entry,) = asset.columns
    assert (entry.tier, entry.personal_class, entry.status) == (Tier.T3, PersonalClass.SENSITIVE, Status.OVERRIDDEN)
    assert (entry.evidence, entry.confidence) == ((), None)


def test_override_may_raise_but_lowers_only_with_a_reason() -> None:
    asset = scan(None, "a", a="none")
    assert override(asset, "a", "person.name", TAGS, "an", None, Tier.T3).columns[0].tier is Tier.T3
    with pytest.raises(InputError, match="catalog_reason_required"):
        override(asset, "a", "person.name", TAGS, "an", " ", Tier.T1)
    lowered = override(asset, "a", "person.name", TAGS, "an", "đã công bố", Tier.T1)
    assert parse_asset("assets/dan_cu/main.cong_dan.yaml", render_asset(lowered), TAGS) == lowered


@pytest.mark.parametrize("tag", ["person.soul", "person", "", "person.name.", "person.name.Ten", "vn.person.name"])
def test_a_tag_is_never_invented(tag: str) -> None:
    with pytest.raises(InputError, match="catalog_unknown_tag"):
        override(scan(None, "a"), "a", tag, TAGS, "an", None)


def test_a_finer_tag_inherits_from_its_longest_known_prefix() -> None:
    found = tag_of("person.national_id.old.paper", TAGS)
    assert (found.id, found.tier) == ("person.national_id.old.paper", Tier.T3)
    assert tag_of("person.national_id.new", TAGS).tier is Tier.T2


def test_a_pending_change_is_told_in_a_line_each_for_what_stands_and_what_is_proposed() -> None:
    asset = scan(None, "a b", a="person.name")
    asset = scan(accept(asset, "An", ["a"]), "a b", a="sensitive.health")
    told = {change.kind: (change.before, change.after) for change in changes([asset])}
    name = f"{TABLE}."
    assert told == {
        ChangeKind.DISAGREES: (f"{name}a: person.name T2", f"{name}a: sensitive.health T3 0.90"),
        ChangeKind.UNCLASSIFIED: ("", f"{name}b: (unclassified)"),
    }
