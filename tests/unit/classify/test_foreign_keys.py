from __future__ import annotations

from phantang.classify.tables.foreign_keys import RULE, propagate
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName, TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo

A, B, C = (TableName("s", "main", name) for name in "abc")


def _table(name: TableName, *keys: ForeignKey) -> TableInfo:
    return TableInfo(name, (ColumnInfo("k", "VARCHAR"),), foreign_keys=keys)


def _finding(table: TableName, tag: str, confidence: float) -> Finding:
    return Finding(ColumnName(table, "k"), tag, (tag,), confidence, (Evidence("r", "name"),))


CHAIN = [_table(A), _table(B, ForeignKey(("k",), A, ("k",))), _table(C, ForeignKey(("k",), B, ("k",)))]


def test_a_tag_travels_along_a_chain_and_fades() -> None:
    found = propagate(
        CHAIN, [_finding(A, "person.national_id", 0.95), _finding(B, "none", 0.8), _finding(C, "none", 0.3)]
    )
    assert [item.tag for item in found] == ["person.national_id"] * 3
    assert 0.95 > found[1].confidence > found[2].confidence
    assert found[2].evidence[-1] == Evidence(RULE, "foreign_key")


def test_it_travels_back_to_the_referenced_key() -> None:
    found = propagate(CHAIN, [_finding(A, "none", 0.6), _finding(B, "person.other", 0.9), _finding(C, "none", 0.6)])
    assert {item.tag for item in found} == {"person.other"}


def test_a_firm_other_tag_is_kept_and_the_new_one_added() -> None:
    found = propagate(CHAIN[:2], [_finding(A, "person.national_id", 0.95), _finding(B, "person.tax_code", 0.9)])
    assert found[1].tag == "person.tax_code"
    assert found[1].tags == ("person.tax_code", "person.national_id")


def test_what_is_not_personal_does_not_travel_and_cycles_end() -> None:
    ring = [_table(A, ForeignKey(("k",), B, ("k",))), _table(B, ForeignKey(("k",), A, ("k",)))]
    quiet = [_finding(A, "organisation.id", 0.9), _finding(B, "none", 0.9)]
    assert propagate(ring, quiet) == tuple(quiet)
    assert {item.tag for item in propagate(ring, [_finding(A, "person.name", 0.9), _finding(B, "none", 0.9)])} == {
        "person.name"
    }


def test_a_key_to_a_table_not_scanned_is_ignored() -> None:
    findings = [_finding(B, "none", 0.8)]
    assert propagate([CHAIN[1]], findings) == tuple(findings)


def test_what_nobody_is_sure_of_does_not_travel() -> None:
    unsure = [_finding(A, "person.name", 0.5), _finding(B, "none", 0.2)]
    assert propagate(CHAIN[:2], unsure) == tuple(unsure)
