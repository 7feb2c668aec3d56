"""Named checks of all hits of a column together, for rules' `column_check:` key.

Some formats prove nothing one value at a time: an order number can pass as a personal number, a version as an address.
Each check takes the distinct values that hit and says whether, together, they look like the thing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from phantang.classify.rules.codelists import plain, words_in
from phantang.classify.text.check_digits import tax_check_digit
from phantang.classify.text.dates import days_of, years_of
from phantang.classify.values.distributions import DISTRIBUTION_CHECKS, as_days, days_of_birth
from phantang.classify.values.forms_of_papers import PAPER_CHECKS
from phantang.classify.values.issued import ISSUED_CHECKS
from phantang.classify.values.measures import MEASURES
from phantang.classify.values.office_checks import OFFICE_CHECKS
from phantang.classify.values.validators import birth_year
from phantang.classify.values.world_addresses import streets_vary
from phantang.classify.values.world_numbers import NUMBER_CHECKS
from phantang.classify.values.world_people import PEOPLE_CHECKS
from phantang.classify.values.world_phones import PHONE_CHECKS

ColumnCheck = Callable[[Sequence[str]], bool]

_SMALL = 8


def birth_years_spread(values: Sequence[str]) -> bool:
    """12-digit numbers: birth years vary as those of people do; order numbers carry one or two years."""
    years = Counter(birth_year(value) for value in values)
    if sum(years.values()) < _SMALL:
        return len(years) >= min(2, len(values))
    return len(years) >= 5 and max(years.values()) <= 0.5 * sum(years.values())


def births_of_the_living(values: Sequence[str]) -> bool:
    """Personal numbers as numbers, their first zeros lost: years spread, both sexes, hardly anybody over a hundred.

    One number in three of those that merely look like it states a year before 1930; of eight or more both sexes.
    """
    if not birth_years_spread(values):
        return False
    old = sum(birth_year(value) < 1930 for value in values)
    women = sum(int(value.zfill(12)[3]) % 2 for value in values)
    return old * 12 <= len(values) and (len(values) < _SMALL or 0.1 * len(values) <= women <= 0.9 * len(values))


def birth_dates(values: Sequence[str]) -> bool:
    """Dates of birth: over 20 years or more, none in the future, most over two years ago, on any day of the week."""
    years = sorted(years_of(values).values())
    this_year = datetime.now(UTC).year
    return (
        bool(years)
        and years[-1] <= this_year
        and years[-1] - years[0] >= 20
        and years[len(years) // 2] < this_year - 2
        and days_of_birth(as_days(values))
    )


def dates_of_generations(values: Sequence[str]) -> bool:
    """Dates of birth that no name supports: 25 or more, over 45 years, on all days of the month, grown-ups' mostly.

    Dates of hiring, building and release span less, begin on a first of a month or a year, or come up to today. Those
    of the living come up to today, too, but over 70 years or more, and one in twelve at most is of the last two.
    """
    days = sorted(days_of(values))
    if len(days) < 25:
        return False
    today, firsts = datetime.now(UTC).date(), sum(day.day == 1 for day in days)
    if days[-1] > today or firsts * 5 >= len(days) or not days_of_birth(days[:: -(-len(days) // 120)]):
        return False
    spread, recent = days[-1].year - days[0].year, sum(day.year > today.year - 2 for day in days)
    generations = 45 <= spread <= 110 and days[-1].year < today.year
    of_all_ages = 70 <= spread <= 120 and recent * 12 <= len(days)
    return (generations or of_all_ages) and days[len(days) // 2].year <= today.year - 20


#: RFC 1918 and 1122: addresses of machines within an organisation.
_PRIVATE = ("10.", "192.168.", "127.", *(f"172.{part}." for part in range(16, 32)))


def addresses_not_versions(values: Sequence[str]) -> bool:
    """IP addresses: at least half have a part of three digits, which versions do not; not all of a private network."""
    if all(value.startswith(_PRIVATE) for value in values):
        return False
    return sum(":" in value or max(map(len, value.split("."))) > 2 for value in values) * 2 >= len(values)


def _masked(values: Sequence[str], length: int) -> bool:
    lengths = Counter(len(value.removeprefix("+84").removeprefix("84")) for value in values)
    return lengths[length] * 10 >= 8 * len(values)


def masked_twelve(values: Sequence[str]) -> bool:
    """Numbers with stars: nearly all have twelve signs, as personal numbers have."""
    return _masked(values, 12)


def masked_ten(values: Sequence[str]) -> bool:
    """Numbers with stars: nearly all have ten signs, or nine behind the code of the country, as phones have."""
    return _masked(values, 10) or _masked(values, 9)


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


_MORE_MEN = _MEN | {"man", "men", "boy", "he him", "trai", "con trai", "nam gioi", "dan ong"}
_MORE_WOMEN = _WOMEN | {"woman", "women", "girl", "she her", "gai", "con gai", "nu gioi", "dan ba", "phu nu", "miss"}


def words_of_both_sexes(values: Sequence[str]) -> bool:
    """At most eight different values once folded, with a word for men and one for women among them."""
    found = {plain(value) for value in values}
    return len(found) <= _SMALL and bool(found & _MORE_MEN) and bool(found & _MORE_WOMEN)


def two_distinct(values: Sequence[str]) -> bool:
    """At least two different values once folded."""
    return len({plain(value) for value in values}) >= 2


def both_genders_or_more(values: Sequence[str]) -> bool:
    """At least two and at most twelve different values once folded."""
    return 2 <= len({plain(value) for value in values}) <= 12


def people_two_words(values: Sequence[str]) -> bool:
    """Full names in English order: first and last words both vary."""
    parts = [words_in(value) for value in values]
    return min(len({part[0] for part in parts}), len({part[-1] for part in parts})) >= min(3, len(parts))


def disease_codes(values: Sequence[str]) -> bool:
    """ICD-10: several chapters, and a good part with a decimal; shelf, room and seat codes have neither."""
    return len({value[0] for value in values}) >= 3 and sum("." in value for value in values) * 5 >= len(values)


def people_names(values: Sequence[str]) -> bool:
    """Full names: half have three words or more, and surnames differ; streets named after people are shorter."""
    parts = [words_in(value) for value in values]
    return sum(len(part) >= 3 for part in parts) * 2 >= len(parts) and len({part[0] for part in parts}) >= min(
        3, len(parts)
    )


def prefixes_spread(values: Sequence[str]) -> bool:
    """Numbers of many series: at least five different beginnings of three digits, none of most values."""
    starts = Counter(value[:3] for value in values)
    return len(values) >= 20 and len(starts) >= 5 and max(starts.values()) <= 0.6 * len(values)


def several_words(values: Sequence[str]) -> bool:
    """Text: half of the values have two words or more, and they differ in their first, or in their last."""
    parts = [words_in(value) for value in values]
    several, different = sum(len(part) >= 2 for part in parts) * 2 >= len(parts), min(3, len(parts))
    return several and any(len({part[at] for part in parts}) >= different for at in (0, -1))


def names_differ(values: Sequence[str]) -> bool:
    """Single names: a dozen or more, all different once folded, none with digits."""
    return len({plain(value) for value in values}) >= 12


def surnames_differ(values: Sequence[str]) -> bool:
    """Surnames, alone or with middle names: a dozen or more different ones, of three families at least."""
    return names_differ(values) and len({plain(value).partition(" ")[0] for value in values}) >= 3


def logins_differ(values: Sequence[str]) -> bool:
    """User names: a dozen or more, different in more than their number (`hoadon1`, `hoadon2`)."""
    return len({value.lower().rstrip("0123456789") for value in values}) >= 12


def names_inside_differ(values: Sequence[str]) -> bool:
    """Texts with names in them: a dozen or more, most of them different, of several surnames."""
    names = {plain(value) for value in values}
    return len(names) >= 12 and len({word for name in names for word in name.split()}) >= 20


def initials_differ(values: Sequence[str]) -> bool:
    """Surnames behind a letter: a dozen or more, behind six letters or more, few of them twice."""
    return len(values) >= 12 and len({value[0] for value in values}) >= 6 and len({v.split()[-1] for v in values}) >= 6


def groups_of_people(values: Sequence[str]) -> bool:
    """At least two of the words white, black, Asian, mixed, Hispanic: groups as censuses have them."""
    words = {word for value in values for word in plain(value).split()}
    return len(words & {"white", "black", "asian", "mixed", "hispanic", "african", "caucasian", "indian"}) >= 2


def licence_years_spread(values: Sequence[str]) -> bool:
    """Driving licences: years of issue vary, both sexes or several provinces occur; a day's order numbers do not."""
    years, heads = {value[3:5] for value in values}, {value[:2] for value in values}
    return len(values) >= _SMALL and len(years) >= 5 and len(heads) >= 3


def provinces_spread(values: Sequence[str]) -> bool:
    """Numbers that begin with a province: four or more of them, none of most values, few valid as tax codes."""
    heads = Counter(value[:2] for value in values)
    return (
        len(values) >= 2 * _SMALL
        and len(heads) >= 4
        and max(heads.values()) <= 0.7 * len(values)
        and sum(tax_check_digit(value) == int(value[-1]) for value in values) * 3 <= len(values)
    )


def serials_spread(values: Sequence[str]) -> bool:
    """Numbers of documents given to strangers, not one after the other: their first digits differ."""
    starts = Counter(value[1:3] for value in values)
    return len(values) >= _SMALL and len(starts) >= 5 and max(starts.values()) <= 0.5 * len(values)


def identity_numbers_mixed(values: Sequence[str]) -> bool:
    """Old and new identity numbers: a quarter or more of 11 or 12 digits, with century and year; the others short."""
    new = [value.zfill(12) for value in values if len(value) > 9]
    if len(new) > 0.97 * len(values):
        return False
    born = [value for value in new if int(value[:3]) <= 96 and value[3] in "0123"]
    years = {birth_year(value) for value in born}
    enough = len(new) * 4 >= len(values) >= _SMALL and len(born) >= 0.9 * len(new) and len(years) >= 5
    return enough and serials_spread(values)


def birth_years_of_adults(values: Sequence[str]) -> bool:
    """Years over two generations, the middle one in the last century: not of admissions or products."""
    years = sorted(map(int, values))
    return len(years) >= _SMALL and years[-1] - years[0] >= 25 and years[0] <= 1972 and years[len(years) // 2] <= 1993


COLUMN_CHECKS: Mapping[str, ColumnCheck] = {
    **DISTRIBUTION_CHECKS,
    **MEASURES,
    **OFFICE_CHECKS,
    **PAPER_CHECKS,
    **ISSUED_CHECKS,
    **NUMBER_CHECKS,
    **PEOPLE_CHECKS,
    **PHONE_CHECKS,
} | {
    check.__name__: check
    for check in (
        birth_years_spread, births_of_the_living, birth_dates, dates_of_generations,
        addresses_not_versions, masked_twelve, masked_ten, three_distinct, both_genders, both_genders_or_more,
        words_of_both_sexes,        two_distinct,
        people_two_words, disease_codes,
        people_names, prefixes_spread, several_words, names_differ, surnames_differ, logins_differ,
        names_inside_differ, groups_of_people, initials_differ,
        streets_vary,
        licence_years_spread, provinces_spread, serials_spread, identity_numbers_mixed, birth_years_of_adults,
    )
}  # fmt: skip
#: Checks that refuse any values which are digits and nothing else; and any that are equally long.
REFUSING = (
    frozenset({"phones_mixed", "phones_written", "phones_of_abroad"}),
    frozenset({"identity_numbers_mixed", "numbers_of_accounts"}),
)
