"""What a table's rows are about: the column that tells one data subject from another, and where a row belongs."""

from __future__ import annotations

from collections.abc import Sequence

from phantang.classify.text.words import words_of
from phantang.model.finding import Finding
from phantang.model.schema import TableInfo

#: Tags whose values identify a person (or a vehicle, in the personal-data law), best first.
_IDENTIFIERS = (
    "person.national_id",
    "person.health_insurance",
    "person.social_insurance",
    "person.passport",
    "person.driver_licence",
    "person.tax_code",
    "person.vehicle_plate",
    "person.phone",
    "person.email",
    "person.account",
)
#: A rule whose id has this part recognises keys of people (a patient number); `.case.` marks keys of papers about
#: people.
_SUBJECT, _CASE = ".subject.", ".case."
#: A column with one of these words is about a relative, an agent or a representative, not the row's own subject.
_OTHERS = frozenset(
    (
        "me",
        "cha",
        "bo",
        "vo",
        "chong",
        "con",
        "ong",
        "ba",
        "giam",
        "mother",
        "father",
        "spouse",
        "guardian",
        "emergency",
        "parent",
    )
)
_RESIDENCE = frozenset({"cu", "tru", "thuong", "residence"})
_UNITS = {"commune": "admin.unit_code.commune", "province": "admin.unit_code.province"}
_NOT_RESIDENCE = frozenset({"sinh", "que", "quan", "birth", "kham", "cskcb"})


def propose_structure(table: TableInfo, findings: Sequence[Finding]) -> tuple[str | None, dict[str, str]]:
    """Return the privacy unit of `table`, a column or `None`, and its scope `{commune: column, province: column}`.

    The privacy unit is, in order: the single-column primary key if it identifies a person or vehicle; the best
    identifier of the row's own subject; a key of people that a foreign key brings; a key of papers about people; an
    identifier of somebody else in the row. The scope prefers a residence to any other place. A column computed from
    others may be the same for several people, or places: it is neither.
    """
    found = {finding.column.column: finding for finding in findings if finding.column.table == table.name}
    ordered = [found[one.name] for one in table.columns if one.name in found and one.generated is None]
    return _privacy_unit(table, ordered), _scope(ordered)


def _privacy_unit(table: TableInfo, findings: Sequence[Finding]) -> str | None:
    key = table.primary_key[0] if len(table.primary_key) == 1 else None
    own = [finding for finding in findings if not about_others(finding.column.column)]
    identifiers = sorted(
        (finding for finding in own if finding.tag in _IDENTIFIERS), key=lambda item: _IDENTIFIERS.index(item.tag)
    )
    subjects = [finding for finding in own if _kept_by(finding, _SUBJECT)]
    papers = [finding for finding in own if _kept_by(finding, _CASE)]
    for finding in (*identifiers, *subjects):
        if finding.column.column == key:
            return key
    strong = [
        finding for finding in identifiers if finding.tag not in {"person.phone", "person.email", "person.account"}
    ]
    keyed = [finding for finding in papers if finding.column.column == key]
    others = sorted(
        (finding for finding in findings if finding.tag in _IDENTIFIERS), key=lambda item: _IDENTIFIERS.index(item.tag)
    )
    for finding in (*strong, *subjects, *keyed, *identifiers, *papers, *others):
        return finding.column.column
    return None


def about_others(column: str) -> bool:
    """Tell whether a column's name says that it is about a relative or a representative, not the row's own subject."""
    return not _OTHERS.isdisjoint(word.folded for word in words_of(column))


def _kept_by(finding: Finding, part: str) -> bool:
    return finding.tag.startswith("person.") and any(part in evidence.rule for evidence in finding.evidence)


def _words(finding: Finding) -> set[str]:
    return {word.folded for word in words_of(finding.column.column)}


def _scope(findings: Sequence[Finding]) -> dict[str, str]:
    scope: dict[str, str] = {}
    for unit, tag in _UNITS.items():
        columns = [finding for finding in findings if finding.tag == tag]
        if columns:
            scope[unit] = min(columns, key=_distance).column.column
    return scope


def _distance(finding: Finding) -> int:
    """0 for a residence, 1 for a place not said to be anything, 2 for a place of birth or of work."""
    words = _words(finding)
    if words & _RESIDENCE:
        return 0
    return 2 if words & _NOT_RESIDENCE else 1
