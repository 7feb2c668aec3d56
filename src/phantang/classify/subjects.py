"""Whom the values of a table are about, where its name does not say: people, organisations, or nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from phantang.model.finding import Finding

#: Tags that, found by values, say that a table is about people; and how sure they must be.
_PEOPLE = frozenset(
    {
        "person.name", "person.national_id", "person.health_insurance", "person.email", "person.phone",
        "person.passport", "person.account",
    }
)  # fmt: skip
_BY_THEMSELVES = frozenset({"person.name", "person.national_id", "person.health_insurance"})
_ORGANISATIONS = frozenset({"organisation.name", "organisation.id"})
#: What organisations have, too: their phone, mail, address, the date they were founded on.
_CONTACTS = frozenset({"person.phone", "person.email", "person.address", "person.birth_date", "person.tax_code"})
#: The rule that knows names of places and devices.
_FACILITY = "typed.none.facility"
_SPEAKERS = frozenset({"person.name", "person.national_id", "person.other", "sensitive.finance"})
_SURE = 0.55


def by_values_only(finding: Finding) -> bool:
    """Tell whether a tag rests on values alone: nothing in the column's name or comment speaks for it."""
    return not any(part.kind in {"name", "comment"} for part in finding.evidence)


def people_by_values(findings: Sequence[Finding]) -> bool:
    """Tell whether values alone show people: a name or a personal number, or two other kinds of their data."""
    seen = _tags(findings)
    if seen & _BY_THEMSELVES:
        return True
    return len(seen & _PEOPLE) > 1 and not seen & _ORGANISATIONS


def organisations_by_values(findings: Sequence[Finding], own: Collection[str]) -> bool:
    """Tell whether values show a list of organisations.

    It has no data of people but what organisations have as well; or, where each row has an organisation of its own (a
    column named in `own`), none but the name and number of who speaks for it.
    """
    kept = [one for one in findings if one.tag in _ORGANISATIONS and one.confidence >= _SURE]
    people = {one.tag for one in findings if one.tag.startswith(("person.", "sensitive."))}
    listed = any(one.column.column in own for one in kept)
    return bool(kept) and people <= (_CONTACTS | _SPEAKERS if listed else _CONTACTS)


def things_by_values(findings: Sequence[Finding]) -> bool:
    """Tell whether values name places or devices, and show nothing of people but a name, a phone and a place."""
    named = any(part.rule == _FACILITY for one in findings for part in one.evidence if one.tag == "none")
    people = {one.tag for one in findings if one.tag.startswith(("person.", "sensitive."))}
    return named and people <= _CONTACTS | {"person.name", "person.account"}


def identified(findings: Sequence[Finding]) -> bool:
    """Tell whether rows name somebody: by a name, or the number of a card in that name."""
    return not _tags(findings).isdisjoint({"person.name", "person.health_insurance"})


def register_by_values(findings: Sequence[Finding]) -> bool:
    """Tell whether values show a list of people, by name and one kind of number or address of theirs at least."""
    seen = _tags(findings)
    return "person.name" in seen and len(seen & _PEOPLE) > 1


def _tags(findings: Sequence[Finding]) -> set[str]:
    return {
        one.tag for one in findings if one.confidence >= _SURE and any(part.kind == "value" for part in one.evidence)
    }
