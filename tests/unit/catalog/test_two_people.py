"""With `two_person` nobody lowers a tier alone, in one step or in several; raising needs nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.catalog import (
    accept,
    approve,
    asset_path,
    lost,
    override,
    parse_asset,
    reject,
    render_asset,
    retire,
    undo,
)
from phantang.model.catalog import Asset, ColumnEntry, Status, Tag
from phantang.model.errors import InputError
from phantang.model.tier import PersonalClass, Tier

from .test_review import LABEL, TABLE, scan
from .test_review import TAGS as FEW

TAGS = {
    **FEW,
    "org.code": Tag("org.code", LABEL, PersonalClass.NONE, Tier.T2),
    "secrecy.suspected": Tag("secrecy.suspected", LABEL, PersonalClass.NONE, Tier.T5),
}
HEALTH, SECRET = "sensitive.health", "secrecy.suspected"


def entry(asset: Asset, column: str = "a") -> ColumnEntry:
    found = asset.column(column)
    assert found is not None
    return found


def decided(tag: str, *more: str) -> Asset:
    """Return a table whose column `a` a person, An, said to be `tag`, and `b` too."""
    asset = scan(None, "a b", a="person.name", b="person.name")
    for column in "ab":
        asset = override(asset, column, tag, TAGS, "An", "x")
    return scan(asset, "a b", a=more[0], b=more[0]) if more else asset


def lower(asset: Asset, tag: str = "none", by: str = "An", column: str = "a") -> Asset:
    return override(asset, column, tag, TAGS, by, "mã cơ sở", two_person=True)


@pytest.mark.parametrize(
    ("stands", "asked", "waits"),
    [
        (HEALTH, "none", True),
        ("person.name", "org.code", True),  # the tier stays, the class is less
        (SECRET, HEALTH, True),
        ("none", HEALTH, False),
        (HEALTH, HEALTH, False),
        ("org.code", "person.name", False),
    ],
)
def test_what_lowers_waits_and_nothing_else(stands: str, asked: str, waits: bool) -> None:
    before = decided(stands)
    after = entry(lower(before, asked))
    assert (after.awaiting is not None) is waits
    assert after.tag == (stands if waits else asked)
    assert replace(after, awaiting=None) == entry(before) or not waits


@pytest.mark.parametrize("second", ["An", " an ", "AN", "Ａｎ", "a\N{LATIN SMALL LETTER N}"])
def test_the_same_person_however_spelled_does_not_agree(second: str) -> None:
    with pytest.raises(InputError) as caught:
        approve(lower(decided(HEALTH)), second)
    assert caught.value.code == "catalog_same_person"


def test_who_agreed_is_kept_with_that_decision_and_no_longer() -> None:
    waiting = lower(lower(accept(scan(None, "a b", a=HEALTH, b=HEALTH), "An")), column="b")
    assert entry(waiting).evidence
    agreed = approve(waiting, "Bình", ["a"])
    assert entry(agreed, "b") == entry(waiting, "b")
    one = entry(agreed)
    assert (one.tag, one.decided_by, one.approved_by, one.reason) == ("none", "An", "Bình", "mã cơ sở")
    assert one.evidence == ()
    for later in (lower(agreed, HEALTH, "Cúc"), accept(scan(agreed, "a b", a=HEALTH), "Cúc", ["a"])):
        assert (entry(later).decided_by, entry(later).approved_by) == ("Cúc", None)


def test_agreeing_with_a_scan_may_lower_as_well() -> None:
    asset = decided(HEALTH, "person.name")
    waiting = entry(accept(asset, "An", ["a"], two_person=True))
    assert (waiting.tag, waiting.awaiting and waiting.awaiting.tag) == (HEALTH, "person.name")
    assert entry(accept(asset, "An", ["a"])).tag == "person.name"


def test_no_scan_and_no_general_acceptance_ends_the_waiting() -> None:
    waiting = lower(scan(None, "a", a=HEALTH))
    assert parse_asset(asset_path(TABLE), render_asset(waiting), TAGS) == waiting
    for later in (scan(waiting, "a", a=HEALTH), accept(waiting, "Bình"), accept(waiting, "Bình", ["a"])):
        assert (entry(later).status, entry(later).awaiting) == (Status.PROPOSED, entry(waiting).awaiting)


def test_rejecting_first_lowers_no_more_than_deciding_at_once() -> None:
    asset, _ = reject(scan(None, "a b", a=HEALTH), "a", "An", "không phải", two_person=True)
    waiting = lower(asset)
    assert (entry(waiting).tag, entry(waiting).effective_tier) == (None, Tier.T3)
    assert parse_asset(asset_path(TABLE), render_asset(waiting), TAGS) == waiting
    with pytest.raises(InputError) as same:
        approve(waiting, "An")
    assert same.value.code == "catalog_same_person"
    assert entry(approve(waiting, "Bình")).tag == "none"
    assert entry(lower(asset, HEALTH)).tag == HEALTH
    assert entry(lower(asset, column="b"), "b").tag == "none"  # nobody claimed anything: a first decision
    undone = undo(accept(scan(None, "a", a=HEALTH), "An"), "a", None, "An", "nhầm", two_person=True)
    assert entry(lower(reject(undone, "a", "An", "không phải", two_person=True)[0])).awaiting is not None


def test_nobody_alone_rejects_a_suspected_secret() -> None:
    asset = decided(SECRET)
    suspected = replace(asset, columns=(replace(entry(asset), status=Status.PROPOSED, decided_by="scan"),))
    with pytest.raises(InputError) as caught:
        reject(suspected, "a", "An", "không mật", two_person=True)
    assert caught.value.code == "catalog_reject_lowers"
    assert entry(reject(suspected, "a", "An", "không mật")[0]).tag is None


@pytest.mark.parametrize(
    ("earlier", "stands", "waits"),
    [("none", HEALTH, True), ("org.code", "person.name", True), (HEALTH, "none", False)],
)
def test_taking_back_may_lower_as_well(earlier: str, stands: str, waits: bool) -> None:
    before = decided(earlier)
    after = override(before, "a", stands, TAGS, "An", "x")
    was = lost(entry(before), entry(after))
    undone = entry(undo(after, "a", was, "Bình", "nhầm", two_person=True))
    assert (undone.tag, undone.awaiting is not None) == ((stands, True) if waits else (earlier, False))
    assert undone.awaiting is None or (undone.awaiting.by, undone.awaiting.tag) == ("Bình", earlier)


def test_retiring_waits_where_it_would_forget_a_decision_or_a_high_tier() -> None:
    asset = scan(None, "a", a=HEALTH)
    secret = replace(asset, columns=(replace(entry(asset), tier=Tier.T5),))
    for one, waits in (
        (asset, False),
        (accept(asset, "An"), True),
        (reject(asset, "a", "An", "x")[0], True),
        (secret, True),
    ):
        assert retire(one, "An", "bỏ", "2026-11-26T00:00:00Z", two_person=True).waits is waits
        assert not retire(one, "An", "bỏ", "2026-11-26T00:00:00Z").waits
