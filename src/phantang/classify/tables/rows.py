"""What the columns of a row say of each other, in tables about people: sex, day of birth, place.

A personal number states sex and year of birth, a middle name the sex; a column that agrees with them row by row is what
it agrees with, whatever its name. Of two dates in a row, the later is not of birth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from phantang.classify.names.naming import is_opaque
from phantang.classify.rules.codelists import CodeLists
from phantang.classify.tables.births import (
    ages,
    agree,
    are_ages,
    are_deaths,
    are_few,
    have_years,
    may_agree,
    spread_as_ages,
    years_by_numbers,
    years_in,
)
from phantang.classify.tables.by_rows import claimed, given
from phantang.classify.tables.own_codes import are_own_codes
from phantang.classify.tables.registers import completed
from phantang.classify.tables.sexes import known, may_tell_sex, sexes_by_names, sexes_by_numbers, tells_sex
from phantang.model.finding import Finding

_NONE, _BIRTH, _GENDER, _LOCATION = "none", "person.birth_date", "person.gender", "sensitive.location"
_NUMBER, _NAME = "person.national_id", "person.name"
#: What ties a point on a map to somebody.
_TIED = frozenset({_NUMBER, _NAME, "person.vehicle_plate", "person.phone", "person.driver_licence", "person.email"})
#: Rows that must be known before anything is concluded; how many are looked at, and for their dates, which all tell.
_ROWS, _LOOKED_AT, _DATED = 12, 120, 60
#: How sure agreement row by row is, and points on a map that two columns make together.
_SURE, _POINT = 0.9, 0.75
#: How sure it is that numbers spread as ages are such, in rows of people without a birth.
_SPREAD = 0.58
#: Beside one of these, ages may be of children, too.
_BESIDE_AGES = frozenset({_GENDER, "sensitive.health", "sensitive.ethnicity", "person.family"})
#: How sure it is that the later of two dates in a row is not of birth.
_LATER = 0.7
_YEARS_LATER = 8
_OTHER = "person.other"
_DEATH, _DEAD = "person.death_date", 0.56
_CODED = 0.6
#: What must stand in a row beside what has only the length of an account or of a hash; how unlikely it is without.
_SUPPORT = {
    "mark.account_of_one_bank": frozenset(
        {"sensitive.finance", "person.tax_code", "sensitive.payment_card", "person.social_insurance"}
    ),
    "value.hash_of_secret": frozenset({"sensitive.credential", "person.account", "person.email", "person.phone"}),
}
_UNLIKELY = 0.55
#: Degrees have so many decimals, in this share of the rows at least.
_DECIMALS, _POINTED = 4, 0.7
_Values = Sequence[str | None]


def agreeing(findings: Sequence[Finding], samples: Mapping[str, _Values], lists: CodeLists) -> list[Finding]:
    """Return `findings`, of one table about people, in order, as far as its rows bear them out.

    `samples` maps the names of the findings' columns to values; only where all are of one length are they rows.
    """
    columns = {one.column.column: samples.get(one.column.column, ())[:_LOOKED_AT] for one in findings}
    if len(columns) < len(findings) or len({len(values) for values in columns.values() if values}) != 1:
        return list(findings)
    result = {one.column.column: one for one in findings}
    dated = {name: values[:_DATED] for name, values in columns.items()}
    born = _born(result, dated, _years(findings, dated))
    twofold = {name for name, one in result.items() if one.tag == _NONE and may_tell_sex(columns[name])}
    tells = _sexes(findings, columns, lists) if twofold else None
    for name, found in result.items():
        values = columns[name]
        if found.tag == _BIRTH and _by_values(found) and name not in born and _is_later(dated[name], born, dated):
            result[name] = replace(found, tag=_NONE, tags=(_NONE,), confidence=_LATER)
        elif found.tag == _NONE and values:
            if name in born:
                result[name] = claimed(found, _BIRTH, "vn.birth_date", len(dated[name]), _SURE)
            elif tells is not None and name in twofold and tells(values):
                result[name] = claimed(found, _GENDER, "vn.gender", len(values), _SURE)
    for name in _unsupported(result):
        result[name] = replace(result[name], tag=_NONE, tags=(_NONE,), confidence=_UNLIKELY)
    for name, sure in _ages(result, columns, born):
        result[name] = claimed(result[name], _BIRTH, "vn.birth_date", len(columns[name]), sure)
    for name in _codes(result, columns):
        result[name] = claimed(result[name], _OTHER, "value.vn.code_of_person", len(columns[name]), _CODED)
    for name in _deaths(result, {name: samples.get(name, ()) for name in columns}, born):
        result[name] = claimed(result[name], _DEATH, "vn.death_date", len(given(samples[name])), _DEAD)
    tied = any(found.tag in _TIED for found in findings)
    for name in _points(result, columns) if tied else ():
        result[name] = claimed(result[name], _LOCATION, "vn.coordinates", len(columns[name]), _POINT)
    return completed(list(result.values()), columns, lists)


def _by_values(found: Finding) -> bool:
    return not any(part.kind in {"name", "comment"} for part in found.evidence)


def _sexes(
    findings: Sequence[Finding], columns: Mapping[str, _Values], lists: CodeLists
) -> Callable[[_Values], bool] | None:
    """Return what tells whether a column says the sex of each row; `None` if nobody's sex is known."""
    for tag in (_NUMBER, _NAME):
        for found in findings:
            if found.tag == tag:
                values = columns[found.column.column]
                sexes = sexes_by_numbers(values) if tag == _NUMBER else sexes_by_names(values, lists)
                if known(sexes):
                    return partial(tells_sex, sexes=sexes, by_names=tag == _NAME)
    return None


def _years(findings: Sequence[Finding], columns: Mapping[str, _Values]) -> list[int | None]:
    """Return the year of birth that each row's personal number states; empty if there are too few."""
    stated = (years_by_numbers(columns[one.column.column]) for one in findings if one.tag == _NUMBER)
    return next(filter(None, stated), [])


def _ages(found: Mapping[str, Finding], columns: Mapping[str, _Values], born: set[str]) -> list[tuple[str, float]]:
    """Return the columns of ages and how sure that is: they agree with births, or stand in the place of births."""
    open_ones = {name: ages(columns[name]) for name, one in found.items() if one.tag == _NONE and columns[name]}
    open_ones = {name: values for name, values in open_ones.items() if values}
    if not open_ones:
        return []
    dated = [_years(list(found.values()), columns), *(years_in(columns[name]) for name in born)]
    agreed = [(name, _SURE) for name, one in open_ones.items() if any(are_ages(one, each) for each in dated if each)]
    if agreed or born or not _named(found):
        return agreed
    of_all = any(one.tag in _BESIDE_AGES for one in found.values())
    spread = [name for name, one in open_ones.items() if spread_as_ages(one, of_all=of_all)]
    return [(spread[0], _SPREAD)] if len(spread) == 1 else []


def _unsupported(found: Mapping[str, Finding]) -> list[str]:
    """Return the columns whose only rule proves too little where no other column is of the kind that goes with it."""
    lonely = []
    for name, one in found.items():
        rules = {part.rule for part in one.evidence if part.kind == "value"}
        wanted = _SUPPORT.get(next(iter(rules))) if len(rules) == 1 else None
        if wanted is not None and _by_values(one):
            others = {tag for other, each in found.items() if other != name for tag in each.tags}
            if wanted.isdisjoint(others):
                lonely.append(name)
    return lonely


def _codes(found: Mapping[str, Finding], columns: Mapping[str, _Values]) -> list[str]:
    """Return the columns of codes of which every row has its own, in a register: with names and births or sexes.

    Of those whose names say something only the first, of letters and digits, where no other code is known.
    """
    tags = {one.tag for one in found.values()}
    if not _named(found) or tags.isdisjoint({_BIRTH, _GENDER}):
        return []
    kept: list[str] = []
    for name, one in found.items():
        if one.tag == _NONE and not one.evidence:
            opaque = is_opaque(name)
            if (opaque or not (kept or _OTHER in tags)) and are_own_codes(given(columns[name]), numbers=opaque):
                kept.append(name)
    return kept


def _deaths(found: Mapping[str, Finding], samples: Mapping[str, _Values], born: set[str]) -> list[str]:
    """Return the one column of dates that few rows of a register have, all after the birth of the same row."""
    if not born or not _named(found) or any(one.tag == _DEATH for one in found.values()):
        return []
    few = [n for n, one in found.items() if one.tag == _NONE and not one.evidence and are_few(samples[n])]
    if not few:
        return []
    births = years_in(samples[min(born)])
    dead = [name for name in few if are_deaths(samples[name], births)]
    return dead if len(dead) == 1 else []


def _named(found: Mapping[str, Finding]) -> bool:
    return any(one.tag == _NAME for one in found.values())


def _born(found: Mapping[str, Finding], columns: Mapping[str, _Values], years: Sequence[int | None]) -> set[str]:
    """Return the columns of births: those that agree with the personal numbers; or else those known as such, by name.

    Of several known by values alone, the earliest.
    """
    if years:
        dated = [n for n, one in found.items() if one.tag in {_NONE, _BIRTH} and have_years(columns[n])]
        open_ones = [name for name in dated if may_agree(columns[name], years)]
        agreed = {name for name in open_ones if agree(years_in(columns[name]), years)}
        if agreed:
            return agreed
    births = [name for name, one in found.items() if one.tag == _BIRTH and columns[name]]
    named = {name for name in births if not _by_values(found[name])}
    if named or len(births) < 2:
        return named or set(births)
    middle = {name: sorted(filter(None, years_in(columns[name]))) for name in births}
    return {min(births, key=lambda name: middle[name][len(middle[name]) // 2] if middle[name] else 9999)}


def _is_later(values: _Values, born: set[str], columns: Mapping[str, _Values]) -> bool:
    """Tell whether nearly all of `values` are years after the birth in the same row."""
    later = years_in(values)
    for name in born:
        years = years_in(columns[name])
        gaps = [two - one for one, two in zip(years, later, strict=True) if one is not None and two is not None]
        if len(gaps) >= _ROWS and sum(gap >= _YEARS_LATER for gap in gaps) >= 0.9 * len(gaps):
            return True
    return False


def _points(found: Mapping[str, Finding], columns: Mapping[str, _Values]) -> list[str]:
    """Return the columns that are degrees north and east in Viet Nam, if there are both."""
    open_ones = [name for name, one in found.items() if one.tag == _NONE and columns[name]]
    north = [name for name in open_ones if _are_degrees(columns[name], 8.0, 23.5)]
    east = [name for name in open_ones if _are_degrees(columns[name], 102.0, 110.0)] if north else []
    return [*north, *east] if len(north) == len(east) else []


def _are_degrees(values: _Values, low: float, high: float) -> bool:
    taken = list(islice(filter(None, values), 40))
    if len(taken) < _ROWS or "".join(taken).count(".") < _POINTED * len(taken):
        return False
    if sum(len(value.partition(".")[2]) >= _DECIMALS for value in taken) < _POINTED * len(taken):
        return False
    try:
        return all(low <= float(value) <= high for value in taken)
    except ValueError:
        return False
