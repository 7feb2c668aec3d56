"""Named checks of all hits of a column together, for rules' `column_check:` key.

Some formats prove nothing one value at a time: an order number can pass as a personal number, a version as an address.
Each check takes the distinct values that hit and says whether, together, they look like the thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from phantang.classify.codelists import plain
from phantang.classify.dates import parse_date
from phantang.classify.validators import birth_year

ColumnCheck = Callable[[Sequence[str]], bool]

_SMALL = 8


def birth_years_spread(values: Sequence[str]) -> bool:
    """12-digit numbers: birth years vary as those of people do; order numbers carry one or two years."""
    years = Counter(birth_year(value) for value in values)
    if sum(years.values()) < _SMALL:
        return len(years) >= min(2, len(values))
    return len(years) >= 5 and max(years.values()) <= 0.5 * sum(years.values())


def birth_dates(values: Sequence[str]) -> bool:
    """Dates of birth: spread over 20 years or more, none in the future, most of them over two years ago."""
    years = sorted(day.year for value in values if (day := parse_date(value)))
    this_year = datetime.now(UTC).year
    return (
        bool(years) and years[-1] <= this_year and years[-1] - years[0] >= 20 and years[len(years) // 2] < this_year - 2
    )


def addresses_not_versions(values: Sequence[str]) -> bool:
    """IP addresses: at least half have a part over 40, which four-part version numbers do not."""
    return sum(":" in value or max(map(int, value.split("."))) > 40 for value in values) * 2 >= len(values)


def three_distinct(values: Sequence[str]) -> bool:
    """At least three different values once folded."""
    return len({plain(value) for value in values}) >= 3


_MEN, _WOMEN = (
    frozenset({"nam", "male", "m", "anh", "ong", "mr"}),
    frozenset({"nu", "female", "f", "chi", "ba", "ms", "mrs"}),
)


def both_genders(values: Sequence[str]) -> bool:
    """At most four different values once folded, with a word for men and one for women among them."""
    found = {plain(value) for value in values}
    return len(found) <= 4 and bool(found & _MEN) and bool(found & _WOMEN)


def both_genders_or_more(values: Sequence[str]) -> bool:
    """At least two and at most twelve different values once folded."""
    return 2 <= len({plain(value) for value in values}) <= 12


def people_two_words(values: Sequence[str]) -> bool:
    """Full names in English order: first and last words both vary."""
    parts = [plain(value).split() for value in values]
    return min(len({part[0] for part in parts}), len({part[-1] for part in parts})) >= min(3, len(parts))


def disease_codes(values: Sequence[str]) -> bool:
    """ICD-10: several chapters, and a good part with a decimal; shelf, room and seat codes have neither."""
    return len({value[0] for value in values}) >= 3 and sum("." in value for value in values) * 5 >= len(values)


def people_names(values: Sequence[str]) -> bool:
    """Full names: half have three words or more, and surnames differ; streets named after people are shorter."""
    parts = [plain(value).split() for value in values]
    return sum(len(part) >= 3 for part in parts) * 2 >= len(parts) and len({part[0] for part in parts}) >= min(
        3, len(parts)
    )


def prefixes_spread(values: Sequence[str]) -> bool:
    """Numbers of many series: at least five different beginnings of three digits, none of most values."""
    starts = Counter(value[:3] for value in values)
    return len(values) >= 20 and len(starts) >= 5 and max(starts.values()) <= 0.6 * len(values)


def several_words(values: Sequence[str]) -> bool:
    """Text: half of the values have two words or more, and they differ in their first."""
    parts = [plain(value).split() for value in values]
    return sum(len(part) >= 2 for part in parts) * 2 >= len(parts) and len({part[0] for part in parts}) >= min(
        3, len(parts)
    )


def names_differ(values: Sequence[str]) -> bool:
    """Single names: a dozen or more, all different once folded, none with digits."""
    return len({plain(value) for value in values}) >= 12


COLUMN_CHECKS: Mapping[str, ColumnCheck] = {
    check.__name__: check
    for check in (
        birth_years_spread, birth_dates, addresses_not_versions, three_distinct, both_genders, both_genders_or_more,
        people_two_words, disease_codes,
        people_names, prefixes_spread, several_words, names_differ,
    )
}  # fmt: skip
