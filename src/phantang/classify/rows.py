"""What the columns of a row say of each other, in tables about people: sex, day of birth, place.

A personal number states sex and year of birth, a middle name the sex; a column that agrees with them row by row is what
it agrees with, whatever its name. Of two dates in a row, the later is not of birth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from phantang.classify.dates import parse_date
from phantang.classify.folding import fold
from phantang.classify.validators import birth_year
from phantang.model.finding import Evidence, Finding

_NONE, _BIRTH, _GENDER, _LOCATION = "none", "person.birth_date", "person.gender", "sensitive.location"
_NUMBER, _NAME = "person.national_id", "person.name"
#: What ties a point on a map to somebody.
_TIED = frozenset({_NUMBER, _NAME, "person.vehicle_plate", "person.phone", "person.driver_licence", "person.email"})
#: Rows that must be known before anything is concluded; what part of them must agree; how many are looked at.
_ROWS, _AGREE, _LOOKED_AT = 12, 0.95, 120
#: How sure agreement row by row is, and points on a map that two columns make together.
_SURE, _POINT = 0.9, 0.75
#: How sure it is that the later of two dates in a row is not of birth.
_LATER = 0.7
_YEARS_LATER = 8
_DECIMALS = 4
_Values = Sequence[str | None]


def agreeing(findings: Sequence[Finding], samples: Mapping[str, _Values]) -> list[Finding]:
    """Return `findings`, of one table about people, in order, as far as its rows bear them out.

    `samples` maps the names of the findings' columns to values; only where all are of one length are they rows.
    """
    columns = {one.column.column: samples.get(one.column.column, ())[:_LOOKED_AT] for one in findings}
    if len(columns) < len(findings) or len({len(values) for values in columns.values() if values}) != 1:
        return list(findings)
    result = {one.column.column: one for one in findings}
    sexes, years = _sexes(findings, columns), _years(findings, columns)
    born = _born(result, columns, years)
    for name, found in result.items():
        values = columns[name]
        if found.tag == _BIRTH and _by_values(found) and name not in born and _is_later(values, born, columns):
            result[name] = replace(found, tag=_NONE, tags=(_NONE,), confidence=_LATER)
        elif found.tag == _NONE and values:
            if name in born:
                result[name] = _claimed(found, _BIRTH, "vn.birth_date", len(values))
            elif sexes and _tells_sex(values, sexes):
                result[name] = _claimed(found, _GENDER, "vn.gender", len(values))
    tied = any(found.tag in _TIED for found in findings)
    for name in _points(result, columns) if tied else ():
        result[name] = _claimed(result[name], _LOCATION, "vn.coordinates", len(columns[name]), _POINT)
    return list(result.values())


def _claimed(found: Finding, tag: str, rule: str, rows: int, sure: float = _SURE) -> Finding:
    evidence = (*found.evidence, Evidence(rule, "value", rows, rows))
    return replace(found, tag=tag, tags=(tag,), confidence=sure, evidence=evidence)


def _by_values(found: Finding) -> bool:
    return not any(part.kind in {"name", "comment"} for part in found.evidence)


def _new_numbers(values: _Values) -> list[str | None]:
    """Return the personal numbers of 12 digits among `values`, a lost first 0 added; `None` for other values."""
    digits = (value.strip().removesuffix(".0").replace(" ", "") if value else "" for value in values)
    padded = (one.zfill(12) if len(one) == 11 else one for one in digits)
    return [one if len(one) == 12 and one.isdigit() and one[3] in "0123" else None for one in padded]


def _sexes(findings: Sequence[Finding], columns: Mapping[str, _Values]) -> list[int | None]:
    """Return, for each row, 0 for a man, 1 for a woman, `None` where nothing tells: by number, else by middle name."""
    for tag in (_NUMBER, _NAME):
        for found in findings:
            if found.tag != tag:
                continue
            values = columns[found.column.column]
            if tag == _NUMBER:
                sexes = [int(one[3]) % 2 if one else None for one in _new_numbers(values)]
            else:
                sexes = [_sex_of(value) for value in values]
            if sexes.count(0) >= _ROWS // 3 and sexes.count(1) >= _ROWS // 3:
                return sexes
    return []


def _sex_of(name: str | None) -> int | None:
    """Return what the middle name says: `Thị` is of women, `Văn` of men, and of nobody else."""
    middle = fold(name).split()[1:-1] if name else ()
    return 1 if "thi" in middle else 0 if "van" in middle else None


def _tells_sex(values: _Values, sexes: Sequence[int | None]) -> bool:
    """Tell whether each of two values (one may be nothing) stands beside one sex, nearly always."""
    kinds = {value.strip() if value else "" for value in values}
    if len(kinds) != 2:
        return False
    pairs = Counter(
        (value.strip() if value else "", sex) for value, sex in zip(values, sexes, strict=True) if sex is not None
    )
    one, two = sorted(kinds)
    total = sum(pairs.values())
    straight, crossed = pairs[one, 0] + pairs[two, 1], pairs[one, 1] + pairs[two, 0]
    return total >= _ROWS and max(straight, crossed) >= _AGREE * total


def _years(findings: Sequence[Finding], columns: Mapping[str, _Values]) -> list[int | None]:
    """Return the year of birth that each row's personal number states; empty if there are too few."""
    for found in findings:
        if found.tag == _NUMBER:
            numbers = _new_numbers(columns[found.column.column])
            years = [birth_year(one) if one else None for one in numbers]
            if len(years) - years.count(None) >= _ROWS:
                return years
    return []


def _year_of(value: str | None) -> int | None:
    day = parse_date(value) if value and value[0].isdigit() and len(value) < 40 else None
    return day.year if day else None


def _born(found: Mapping[str, Finding], columns: Mapping[str, _Values], years: Sequence[int | None]) -> set[str]:
    """Return the columns of births: those that agree with the personal numbers; or else those known as such, by name.

    Of several known by values alone, the earliest.
    """
    if years:
        dated = [n for n, one in found.items() if one.tag in {_NONE, _BIRTH} and _has_years(columns[n])]
        agreed = {name for name in dated if _agrees([_year_of(value) for value in columns[name]], years)}
        if agreed:
            return agreed
    births = [name for name, one in found.items() if one.tag == _BIRTH and columns[name]]
    named = {name for name in births if not _by_values(found[name])}
    if named or len(births) < 2:
        return named or set(births)
    middle = {name: sorted(year for value in columns[name] if (year := _year_of(value))) for name in births}
    return {min(births, key=lambda name: middle[name][len(middle[name]) // 2] if middle[name] else 9999)}


def _has_years(values: _Values) -> bool:
    """Tell whether the first few values are dates, or years."""
    first = [value for value in values[:40] if value][:5]
    return sum(_year_of(value) is not None for value in first) * 2 > len(first)


def _agrees(one: Sequence[int | None], two: Sequence[int | None]) -> bool:
    both = [first == second for first, second in zip(one, two, strict=True) if first is not None and second is not None]
    return len(both) >= _ROWS and sum(both) >= _AGREE * len(both)


def _is_later(values: _Values, born: set[str], columns: Mapping[str, _Values]) -> bool:
    """Tell whether nearly all of `values` are years after the birth in the same row."""
    later = [_year_of(value) for value in values]
    for name in born:
        years = [_year_of(value) for value in columns[name]]
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
    taken = [value for value in values if value][:40]
    if len(taken) < _ROWS or sum(len(value.partition(".")[2]) >= _DECIMALS for value in taken) < 0.7 * len(taken):
        return False
    try:
        return all(low <= float(value) <= high for value in taken)
    except ValueError:
        return False
