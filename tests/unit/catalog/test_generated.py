"""Generated columns in the catalog: written, read back, and never less than what they are computed from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from phantang.catalog import (
    accept,
    approve,
    changes,
    computed,
    lost,
    override,
    parse_asset,
    propose,
    render_asset,
    undo,
)
from phantang.catalog.generated import inherit as inherit_all
from phantang.catalog.paths import asset_path
from phantang.model.catalog import Asset, ColumnEntry
from phantang.model.errors import InputError, WorkspaceError
from phantang.model.schema import Generation, expression_digest

from .test_review import TAGS, info, scan

MADE = Generation(("a",), expression_digest("right(a, 12)"))


def entry(asset: Asset, column: str = "b") -> ColumnEntry:
    found = asset.column(column)
    assert found is not None
    return found


def inherit(asset: Asset) -> Asset:
    return inherit_all([asset])[0]


def made(asset: Asset, generation: Generation | None = MADE) -> Asset:
    """Return `asset` with `b` computed from `a`."""
    return inherit(replace(asset, columns=(entry(asset, "a"), replace(entry(asset), generated=generation))))


@pytest.fixture
def asset() -> Asset:
    """Return a table whose column `a` is health and whose `b`, computed from it, was accepted as nothing."""
    return made(accept(scan(None, "a b", a="sensitive.health", b="none"), "An"))


def test_it_counts_as_what_it_is_computed_from(asset: Asset) -> None:
    plain = entry(made(asset, None))
    assert (plain.effective_tier, plain.effective_tags) == ("T1", ("none",))
    assert (entry(asset).tier, entry(asset).tag) == ("T1", "none")
    assert (entry(asset).effective_tier, entry(asset).effective_class) == ("T3", "sensitive")
    assert entry(asset).effective_tags == ("sensitive.health",)
    assert entry(asset).effectively_classified
    assert asset.tier == "T3"


def test_what_is_not_there_and_what_nobody_decided_counts_as_sensitive(asset: Asset) -> None:
    gone = entry(made(asset, Generation(("khong_co",), "x")))
    undecided = entry(made(scan(None, "a b", a="none", b="none")))
    for one in (gone, undecided):
        assert (one.effective_tier, one.effective_class, one.effectively_classified) == ("T3", "sensitive", False)


def test_passed_on_unchanged_it_stays_computed_until_somebody_judges_it_below(asset: Asset) -> None:
    above = Asset(
        replace(asset.name, table="v"),
        (replace(entry(asset), name="c", generated=Generation(("main.t.b",), "x", unchanged=True)),),
    )
    below = replace(asset, name=replace(asset.name, schema="main", table="t"))
    assert entry(inherit_all([below, above])[1], "c").computed
    judged = inherit(override(below, "b", "none", TAGS, by="An", reason="chỉ là mã"))
    assert not entry(inherit_all([judged, above])[1], "c").computed
    unknown = replace(above, name=replace(above.name, schema="khac"))
    assert entry(inherit_all([unknown])[0], "c").computed


def test_it_is_written_and_read_back(asset: Asset) -> None:
    judged = override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã")
    for one in (asset, judged, override(asset, "b", "none", TAGS, by="An", reason="mã", two_person=True)):
        again = parse_asset(asset_path(one.name), render_asset(one), TAGS)
        assert again == one
        assert render_asset(inherit(again)) == render_asset(one)
    text = render_asset(judged).replace("judged: true", "judged: maybe")
    with pytest.raises(WorkspaceError, match="maybe"):
        parse_asset(asset_path(asset.name), text, TAGS)


def test_only_a_reason_makes_it_less_and_only_of_this_expression(asset: Asset) -> None:
    with pytest.raises(InputError) as refused:
        override(asset, "b", "none", TAGS, by="An", reason=" ")
    assert (refused.value.code, refused.value.params["reads"]) == ("catalog_generated_reason", "a")
    assert entry(inherit(override(asset, "b", "sensitive.health", TAGS, by="An", reason=None))).effective_tier == "T3"
    judged = inherit(override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã"))
    assert (entry(judged).effective_tier, entry(judged).effective_tags) == ("T1", ("none",))
    assert entry(inherit(accept(asset, "An", ["b"], "đợt 1"))).effective_tier == "T3"
    other = inherit(replace(made(judged, replace(MADE, expression=expression_digest("reverse(a)")))))
    assert entry(other).effective_tier == "T3"


def test_a_scan_keeps_the_judgement_of_the_same_expression_only(asset: Asset) -> None:
    judged = override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã")
    for generation, kept in ((MADE, True), (replace(MADE, expression="sha256:x"), False), (None, None)):
        found = propose(judged, info("a", "b"), (), TAGS, None, {})
        found = computed(found, {"b": generation} if generation else {})
        now = entry(found).generated
        assert (now.judged if now else None) is kept
        assert (entry(found).tag, entry(found).reason) == ("none", "chỉ là mã")


def test_a_second_person_agrees_to_this_expression(asset: Asset) -> None:
    waiting = inherit(override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã", two_person=True))
    assert entry(waiting).awaiting is not None
    assert entry(waiting).effective_tier == "T3"
    assert entry(inherit(approve(waiting, "Bình"))).effective_tier == "T1"
    changed = made(waiting, replace(MADE, expression="sha256:x"))
    assert entry(inherit(approve(changed, "Bình"))).effective_tier == "T3"


def test_taken_back_nobody_has_judged_it(asset: Asset) -> None:
    first = inherit(override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã"))
    second = override(first, "b", "person.name", TAGS, by="Bình", reason="là tên")
    back = inherit(undo(second, "b", lost(entry(first), entry(second)), "Cúc", "nhầm"))
    assert (entry(back).tag, entry(back).reason) == ("none", "chỉ là mã")
    assert entry(back).effective_tier == "T3"


def test_a_decision_without_effect_waits_for_a_person(asset: Asset) -> None:
    assert [(one.column.column, one.kind, one.proposed_tier) for one in changes([asset])] == [("b", "computed", "T3")]
    judged = inherit(override(asset, "b", "none", TAGS, by="An", reason="chỉ là mã"))
    assert changes([judged]) == ()
    other = inherit(replace(made(judged, replace(MADE, expression=expression_digest("reverse(a)")))))
    assert [one.kind for one in changes([other])] == ["computed"]
    assert changes([inherit(override(other, "b", "sensitive.health", TAGS, by="An", reason=None))]) == ()
