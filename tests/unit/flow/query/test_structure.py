"""Which tables an answer depends on beside those that the query names."""

from __future__ import annotations

import pytest

from phantang.flow.query.explanation import Explanation
from phantang.flow.query.structure import compared_tables
from phantang.model.decision import (
    CompoundPredicate,
    Decision,
    FieldPredicate,
    LookupPredicate,
    MembershipPredicate,
    Obligations,
    Predicate,
)
from phantang.model.noise import KeyList, Measure, NoisePlan
from phantang.model.plan import Plan
from phantang.model.request import Request

FIELD = FieldPredicate("ma_xa", "eq", "00001")
CASES = MembershipPredicate("so_cccd", "main.ho_so", "so_cccd", (FIELD,))
OFFICERS = MembershipPredicate("can_bo", "main.can_bo", "ma", ())
BOTH = MembershipPredicate("so_cccd", "main.ho_so", "so_cccd", (FIELD, OFFICERS))


def explained(*predicates: Predicate, lists: tuple[KeyList, ...] = ()) -> Explanation:
    decision = Decision(True, {}, {"main.cong_dan": predicates, "main.ho": ()}, Obligations(), (), "r", {})
    noise = NoisePlan((Measure(0, 1),), 0, 1, tuple(enumerate(lists, start=1)))
    plan = Plan("SELECT 1", "duckdb", (), (), (), noise)
    request = Request("SELECT 1", "a", "L1", "s", "duckdb")
    return Explanation(request, "d", "c", "p", decision=decision, plan=plan)


@pytest.mark.parametrize(
    ("predicates", "tables"),
    [
        ((FIELD, LookupPredicate("so_cccd")), set()),
        ((FIELD, CASES), {"main.ho_so"}),
        ((BOTH,), {"main.ho_so", "main.can_bo"}),
        ((CompoundPredicate("or", (FIELD, CompoundPredicate("not", (BOTH,)))),), {"main.ho_so", "main.can_bo"}),
    ],
)
def test_registers_are_found_however_deep_a_row_filter_looks(
    predicates: tuple[Predicate, ...], tables: set[str]
) -> None:
    assert compared_tables(explained(*predicates)) == tables
    lists = (KeyList("main.dm_xa", "ma"), KeyList("main.dm_benh", "ma"))
    assert compared_tables(explained(*predicates, lists=lists)) == {*tables, "main.dm_xa", "main.dm_benh"}
