"""The checks a table owes, from the tags of its columns. A check is two expressions: what is assessed, what is good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from phantang.contracts import values
from phantang.contracts.card import WHOLE_ROW
from phantang.contracts.rules import format_of, has_tag, rules, says, whose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from phantang.contracts.lists import ReferenceLists
    from phantang.model.catalog import Asset, ColumnEntry

NATIONAL_ID, BIRTH_DATE, GENDER = "person.national_id", "person.birth_date", "person.gender"
UNIT_CODE = "admin.unit_code"


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one column (`WHOLE_ROW` for rows). `id` is stable and unique for its column.

    `assessed` (`None`: every row) and `good` are boolean expressions over the table; a row passes unless it is assessed
    and not good.
    """

    id: str
    criterion: str
    column: str
    assessed: pl.Expr | None
    good: pl.Expr

    @property
    def passes(self) -> pl.Expr:
        """Return for every row whether it passes; never null."""
        good = self.good.fill_null(value=False)
        return good if self.assessed is None else good | ~self.assessed.fill_null(value=False)

    @property
    def count(self) -> pl.Expr:
        """Return the number of rows assessed."""
        return pl.len() if self.assessed is None else self.assessed.sum()


def checks_of(asset: Asset, columns: Sequence[ColumnEntry], lists: ReferenceLists, today: date) -> tuple[Check, ...]:
    """Return every check that the tags of `columns`, the columns of `asset` that exist, ask for."""
    found: list[Check] = []
    for entry in columns:
        level = unit_level(asset, entry)
        if level != "district":
            found.extend(_completeness(entry))
        found.extend(_format(entry, level))
        found.extend(_accuracy(entry, today))
        if level is not None:
            found.extend(_unit(entry, level, asset, columns, lists))
        if says(entry.name, "updated"):
            found.append(_updated(entry, today))
    found.extend(_personal_number(columns, today))
    found.append(_unique(asset, columns))
    return tuple(found)


def unit_level(asset: Asset, entry: ColumnEntry) -> str | None:
    """Return `commune`, `province` or `district` for a column of unit codes; `None` when it cannot be told."""
    if not has_tag(entry.tag, UNIT_CODE):
        return None
    for level in ("commune", "province", "district"):
        if has_tag(entry.tag, f"{UNIT_CODE}.{level}") or asset.scope.get(level) == entry.name:
            return level
    return next((level for level in ("commune", "district", "province") if says(entry.name, level)), None)


def _completeness(entry: ColumnEntry) -> Iterator[Check]:
    if not any(has_tag(entry.tag, optional) for optional in rules()["optional"]["tags"]):
        yield Check("du.value.present", "du", entry.name, None, values.text(entry.name).is_not_null())


def _format(entry: ColumnEntry, level: str | None) -> Iterator[Check]:
    value = values.text(entry.name)
    form = rules()["unit_formats"].get(level) if level else format_of(entry.tag)
    if form is not None:
        yield Check(f"sach.{_short(entry)}.format", "sach", entry.name, value.is_not_null(), values.fits(value, form))
    if any(has_tag(entry.tag, tag) for tag in rules()["tidy"]["tags"]):
        raw = values.raw(entry.name)
        tidy = (raw == raw.str.strip_chars()) & ~raw.str.contains(r"\s\s") & (raw == raw.str.normalize("NFC"))
        yield Check(f"sach.{_short(entry)}.tidy", "sach", entry.name, value.is_not_null(), tidy)


def _short(entry: ColumnEntry) -> str:
    parts = (entry.tag or "value").split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def _accuracy(entry: ColumnEntry, today: date) -> Iterator[Check]:
    value = values.text(entry.name)
    form = format_of(entry.tag)
    well_formed = values.fits(value, form) if form else value.is_not_null()
    if has_tag(entry.tag, BIRTH_DATE) or has_tag(entry.tag, "person.death_date"):
        year, day = values.year(value), values.day(value)
        only_year = value.str.contains(r"\A(?:00/00/)?[0-9]{4}\z")
        plausible = year.is_between(rules()["birth"]["earliest_year"], today.year) & (only_year | (day <= today))
        yield Check(f"dung.{_short(entry)}.possible", "dung", entry.name, well_formed, plausible)
    elif has_tag(entry.tag, "organisation.id"):
        yield Check("dung.id.check_digit", "dung", entry.name, well_formed, values.tax_check(value))
    elif has_tag(entry.tag, "person.tax_code"):
        old = well_formed & (value.str.len_chars() == 10)
        yield Check("dung.tax_code.check_digit", "dung", entry.name, old, values.tax_check(value))
    elif has_tag(entry.tag, "sensitive.payment_card"):
        yield Check("dung.payment_card.luhn", "dung", entry.name, well_formed, values.luhn(value))


def _unit(
    entry: ColumnEntry, level: str, asset: Asset, columns: Sequence[ColumnEntry], lists: ReferenceLists
) -> Iterator[Check]:
    value = values.text(entry.name)
    if level == "district":
        absent = value.is_null()
        yield Check("song.unit_code.district_abolished", "song", entry.name, None, absent)
        return
    current, legacy = (
        (list(lists.communes), sorted(lists.legacy))
        if level == "commune"
        else (sorted(lists.provinces), sorted(lists.legacy_provinces))
    )
    well_formed = values.fits(value, rules()["unit_formats"][level])
    known = value.is_in([*current, *legacy])
    yield Check(f"dung.unit_code.{level}_known", "dung", entry.name, well_formed, known)
    good = value.is_in(current)
    if level == "commune":
        good = good & ~_may_be_the_old_unit(value, columns, lists)
    yield Check(f"song.unit_code.{level}_current", "song", entry.name, known, good)
    province = _column_at(asset, columns, "province")
    if level == "commune" and province is not None and whose(province.name) == whose(entry.name):
        belongs = value.replace_strict(lists.communes, default=None, return_dtype=pl.String)
        stated = values.text(province.name)
        assessed = belongs.is_not_null() & stated.is_in(sorted(lists.provinces))
        yield Check("dung.unit_code.commune_in_province", "dung", entry.name, assessed, belongs == stated)


def _may_be_the_old_unit(value: pl.Expr, columns: Sequence[ColumnEntry], lists: ReferenceLists) -> pl.Expr:
    """Tell where a code that a new unit took over stands in a record older than the reorganisation."""
    dated = next((entry for entry in columns if says(entry.name, "updated")), None)
    if dated is None:
        return pl.lit(value=False)
    merger = date.fromisoformat(rules()["merger"]["date"])
    older = (values.day(values.text(dated.name)) < merger).fill_null(value=False)
    return value.is_in(sorted(lists.reassigned)) & older


def _column_at(asset: Asset, columns: Sequence[ColumnEntry], level: str) -> ColumnEntry | None:
    found = [entry for entry in columns if unit_level(asset, entry) == level]
    return found[0] if len(found) == 1 else None


def _updated(entry: ColumnEntry, today: date) -> Check:
    value = values.text(entry.name)
    oldest = today - timedelta(days=rules()["updated"]["max_age_days"])
    return Check(
        "song.record.updated", "song", entry.name, value.is_not_null(), values.day(value).is_between(oldest, today)
    )


def _personal_number(columns: Sequence[ColumnEntry], today: date) -> Iterator[Check]:
    """Yield what a personal number says of its holder, against today and against the same person's other columns."""
    for entry in columns:
        if not has_tag(entry.tag, NATIONAL_ID) or has_tag(entry.tag, f"{NATIONAL_ID}.cmnd9"):
            continue
        value = values.text(entry.name)
        whole = values.fits(value, rules()["formats"][NATIONAL_ID])
        born, digit = values.born(value), values.digit(value, 3)
        yield Check("dung.national_id.born_by_now", "dung", entry.name, whole, born <= today.year)
        if (birth := _same_person(entry, columns, BIRTH_DATE)) is not None:
            year = values.year(values.text(birth.name))
            yield Check("dung.national_id.birth_year", "dung", entry.name, whole & year.is_not_null(), born == year)
        if (gender := _same_person(entry, columns, GENDER)) is not None:
            female = values.is_female(values.text(gender.name))
            agrees = (digit % 2 == 1) == female
            yield Check("dung.national_id.gender", "dung", entry.name, whole & female.is_not_null(), agrees)


def _same_person(entry: ColumnEntry, columns: Sequence[ColumnEntry], tag: str) -> ColumnEntry | None:
    """Return the one column with `tag` whose name says it belongs to the person of `entry`."""
    found = [other for other in columns if has_tag(other.tag, tag) and whose(other.name) == whose(entry.name)]
    return found[0] if len(found) == 1 else None


def _unique(asset: Asset, columns: Sequence[ColumnEntry]) -> Check:
    """Return the check against duplicates: of the primary key where the table has one, else of whole rows.

    The first of equal rows is good, each repeat is not.
    """
    names = {entry.name for entry in columns}
    key = asset.primary_key if asset.primary_key and names.issuperset(asset.primary_key) else ()
    if len(key) == 1:
        return Check(
            "sach.primary_key.unique", "sach", key[0], pl.col(key[0]).is_not_null(), pl.col(key[0]).is_first_distinct()
        )
    together = pl.struct(*(key or sorted(names)))
    name = "sach.primary_key.unique" if key else "sach.row.unique"
    return Check(name, "sach", WHOLE_ROW, None, together.is_first_distinct())
