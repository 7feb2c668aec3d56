from __future__ import annotations

from math import ceil, comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.classify import Classifier, claims
from phantang.classify.claims import ColumnEvidence, Conclusions, conclude
from phantang.classify.rules.confidence import (
    by_name,
    by_values,
    either,
    enough,
    needed,
    none_among,
    none_confidence,
    unsupported,
    wilson_lower,
)
from phantang.classify.values.hits import ColumnHits, ValueHits
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, TableInfo


def test_wilson_against_published_values() -> None:
    # Wilson 95% interval for 9 of 10: 0.596 to 0.982 (Newcombe 1998, method 3).
    assert wilson_lower(9, 10, 1.96) == pytest.approx(0.596, abs=0.001)
    assert wilson_lower(0, 10) == 0.0
    assert wilson_lower(0, 0) == 0.0


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_bound_is_below_the_share_and_grows_with_evidence(hits: int, sampled: int) -> None:
    hits = min(hits, sampled)
    bound = wilson_lower(hits, sampled)
    assert 0.0 <= bound <= hits / sampled + 1e-12
    assert wilson_lower(hits * 2, sampled * 2) >= bound - 1e-12


@given(st.floats(0, 1), st.floats(0, 1))
def test_two_reasons_are_at_least_as_good_as_one(one: float, two: float) -> None:
    assert min(max(one, two), 0.99) <= either(one, two) + 1e-12
    assert 0.0 <= by_name(one, two) <= 0.99


def test_the_stated_rules() -> None:
    assert unsupported(0.9) < 0.9
    assert by_values(0.95, 2, 2) > 0.5 > by_values(0.95, 1, 1)


def test_a_look_at_some_values_ends_where_more_would_hardly_change_the_verdict() -> None:
    # 0 of 9 where 0.445 of all should hit: one time in 201. 10 of 20 where four in five should: one in 390.
    assert enough(9, 0.445)[0] == 1
    assert enough(9, 0.44)[0] == 0
    assert enough(20, 0.8) == (11, 20)
    assert enough(20, 1.0) == (20, 21)  # every failure rules it out, and no number of hits is as sure as more


@given(st.integers(1, 200), st.floats(0.3, 1.0))
def test_what_ends_a_look_is_a_bound_on_each_side(sampled: int, share: float) -> None:
    least, sure = enough(sampled, share)
    assert 0 <= least <= sure
    missed = sum(comb(sampled, hits) * share**hits * (1 - share) ** (sampled - hits) for hits in range(least))
    assert missed < 0.005
    assert least <= ceil(share * sampled)
    if sure <= sampled:
        assert by_values(0.9, sure, sampled, share) == 0.9
        assert sure == 1 or by_values(0.9, sure - 1, sampled, share) < 0.9


@pytest.mark.parametrize("sampled", [False, True])
def test_none_is_the_less_sure_the_less_is_known(sampled: bool) -> None:
    nothing = {"named": False, "refused": False, "opaque": False, "about_people": False, "sampled": sampled}
    known, words, refused, opaque = (
        none_confidence(**nothing | said, doubt=0.0)
        for said in ({"named": True}, {}, {"refused": True}, {"opaque": True})
    )
    assert known > words > refused >= opaque
    assert none_confidence(**nothing | {"opaque": True, "about_people": True}, doubt=0.0) <= 0.55
    assert none_confidence(**nothing | {"named": True}, doubt=0.4) == pytest.approx(0.6)


def test_none_without_any_evidence_is_no_answer() -> None:
    unknown = none_confidence(named=False, refused=False, opaque=True, sampled=False, about_people=False, doubt=0.0)
    assert unknown < 0.5


@pytest.mark.parametrize(("share", "sure"), [(0.0, 0.75), (0.24, 0.75), (0.25, 0.7), (0.5, 0.5), (1.0, 0.5)])
def test_unknown_words_among_personal_columns_are_hardly_none(share: float, sure: float) -> None:
    assert none_among(0.75, share) == sure
    assert none_among(0.3, share) == 0.3


def test_a_person_should_look_at_unknown_columns_of_people(classifier: Classifier) -> None:
    def sure(table: str, *columns: str) -> float:
        infos = tuple(ColumnInfo(name, "VARCHAR") for name in columns)
        return classifier.classify(TableInfo(TableName("s", "main", table), infos), {})[-1].confidence

    assert sure("patients", "full_name", "birth_date", "zorblax") == 0.5
    assert sure("products", "sku", "price", "zorblax") > 0.7


def test_a_name_alone_is_less_sure_where_nothing_is_known_of_the_table(classifier: Classifier) -> None:
    def phone(table: str, *values: str) -> float:
        info = TableInfo(TableName("s", "main", table), (ColumnInfo("dien_thoai", "VARCHAR"),))
        return classifier.classify(info, {"dien_thoai": values} if values else {})[0].confidence

    assert 0.5 <= phone("bang_x") < 0.8 < phone("khach_hang")
    assert phone("bang_x", "0912345678", "0987654321", "0903123456") > 0.9


def test_a_remembered_conclusion_is_the_one_that_would_be_drawn(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "_REMEMBERED", 7)
    conclusions, table = Conclusions(classifier.rules), TableName("s", "main", "benh_nhan")
    names = {one.rule: one for one in classifier.claims("so_cccd")}
    number, other = next(iter(names)), next(n for n, rule in enumerate(classifier.rules) if rule.id == "intl.email")
    for place in range(60):
        hits = ValueHits(place % 5, 0, 5, checked=place % 3 > 0, candidates=5)
        inside = {other: hits} if place % 4 == 0 else {}
        for spoken in (names, {}):
            seen = ColumnEvidence(spoken, {}, (), ColumnHits(5, {number: hits}, inside), place % 2 > 0, not spoken)
            column = ColumnName(table, f"c{place}")
            assert (
                conclusions.of(column, seen) == conclusions.of(column, seen) == conclude(column, seen, classifier.rules)
            )


@given(
    st.integers(1, 20), st.integers(0, 20), st.integers(0, 4), st.integers(0, 20), st.sampled_from([0.45, 0.8, 0.97])
)
def test_a_rule_is_out_where_the_values_that_are_left_cannot_make_it_up(
    sampled: int, rest: int, neutral: int, hits: int, share: float
) -> None:
    """With fewer hits than needed not even hits alone, and any number of neutral values, reach the share."""
    total = sampled + rest
    wanted = needed(sampled, share, total, min(neutral, total))
    assert wanted >= needed(sampled, share, 0, 0) == enough(sampled, share)[0]
    if enough(sampled, share)[0] <= min(hits, sampled) < wanted:
        best = min(hits, sampled) + rest
        assert not best or best < share * (total - min(neutral, total))
    assert needed(total, share, total, 0) >= max(1, share * total)
