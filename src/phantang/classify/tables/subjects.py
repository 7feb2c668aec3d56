"""Whom the values of a table are about, where its name does not say: people, organisations, or nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from phantang.model.finding import Finding

#: Tags that, found by values, say that a table is about people; and how sure they must be.
_PEOPLE = frozenset(
    {
        "person.name", "person.national_id", "person.health_insurance", "person.email", "person.phone",
        "person.passport", "person.account", "person.driver_licence", "person.vehicle_plate",
        "sensitive.id_card_image", "person.photo",
    }
)  # fmt: skip
_BY_THEMSELVES = frozenset({"person.name", "person.national_id", "person.health_insurance"})
#: What, in two kinds repeated over the rows, people alone are told apart by.
_OF_PEOPLE_ALONE = frozenset(
    {
        "person.gender", "person.marital_status", "person.family", "sensitive.religion", "sensitive.ethnicity",
        "sensitive.sexual_life", "sensitive.political",
    }
)  # fmt: skip
#: The rule that knows the codes of staff, patients and students.
_CODE = "value.vn.code_of_person"
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
    """Tell whether values alone show people: a name, a personal number or a code of theirs, or two kinds of data."""
    seen = _tags(findings)
    if seen & _BY_THEMSELVES or _coded(findings) or len(seen & _OF_PEOPLE_ALONE) > 1:
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
    """Tell whether rows name somebody: by a name, the number of a card in that name, or a code of staff or patients."""
    return not _tags(findings).isdisjoint({"person.name", "person.health_insurance"}) or _coded(findings)


def _coded(findings: Sequence[Finding]) -> bool:
    return any(part.rule == _CODE for one in findings if one.tag == "person.other" for part in one.evidence)


def register_by_values(findings: Sequence[Finding]) -> bool:
    """Tell whether values show a list of people, by name and one kind of number or address of theirs at least."""
    seen = _tags(findings)
    return "person.name" in seen and len(seen & _PEOPLE) > 1


def _tags(findings: Sequence[Finding]) -> set[str]:
    return {
        one.tag for one in findings if one.confidence >= _SURE and any(part.kind == "value" for part in one.evidence)
    }
