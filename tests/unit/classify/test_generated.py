from __future__ import annotations

from phantang.classify.tables.generated import carry
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName

TABLE = TableName("s", "main", "dan")
A, B, C = (ColumnName(TABLE, name) for name in "abc")


def _finding(column: ColumnName, *tags: str, confidence: float = 0.9) -> Finding:
    return Finding(column, tags[0], tags, confidence, (Evidence("r", "name"),))


def test_tags_travel_through_what_is_computed_from_what_is_computed() -> None:
    found = carry(
        [_finding(C, "none"), _finding(A, "person.name", "person.family"), _finding(B, "none")], {C: [B], B: [A]}
    )
    assert [one.column for one in found] == [C, A, B]
    assert [one.tag for one in found] == ["person.name"] * 3
    assert {one.tags for one in found} == {("person.name", "person.family")}
    assert found[2].evidence[-1] == Evidence("generated_from.a", "generated")
    assert found[0].evidence[-1] == Evidence("generated_from.b", "generated")


def test_a_firm_claim_stays_first_and_a_weak_one_does_not() -> None:
    for confidence, tag in ((0.9, "person.tax_code"), (0.4, "person.name")):
        found = carry([_finding(A, "person.name"), _finding(B, "person.tax_code", confidence=confidence)], {B: [A]})
        assert (found[1].tag, {*found[1].tags}) == (tag, {"person.name", "person.tax_code"})


def test_a_circle_ends_and_what_says_nothing_of_anybody_does_not_travel() -> None:
    found = carry([_finding(A, "admin.unit_code"), _finding(B, "none"), _finding(C, "none")], {B: [A, C], C: [B]})
    assert [one.tag for one in found] == ["admin.unit_code", "none", "none"]
    assert carry([_finding(A, "secrecy.suspected"), _finding(B, "none")], {B: [A]})[1].tag == "secrecy.suspected"
