"""How evidence becomes a confidence between 0 and 1.

The rules, in order:

1. **Name.** A strong phrase (or one that is the whole name) gives the rule's `confidence.name`; a phrase that means a
   person only in a table about people gives `confidence.person` there and nothing elsewhere; a weak phrase gives
   nothing until values agree. The comment counts like a name, times 0.9. Name and comment together: p = 1 - (1 -
   n)(1 - c).
2. **Values.** q = `confidence.values` x the Wilson lower bound (80% two-sided) of hits over distinct values sampled,
   taken as 1 from halfway between the rule's `share` and all of them. Hits below the rule's `share`, or refused by its
   column check, give nothing.
3. **Name and values agree:** p = 1 - (1 - n)(1 - q). Forms under `also` count as hits here, and only here.
4. **A weak name and values agree:** q.
5. **Name stands, values were looked at and none hit:** n x 0.75; a name without any support from a format it demands is
   less sure, but stays proposed: missing a personal column costs more than reviewing one.
6. **Values alone:** q, where the rule's `alone` allows it. A name of another rule is overruled only by `anywhere`.
7. A claim of 0.5 or more is a tag. A column without one is `none` (rule 10).
8. **Part of the values** holds an identifier, in a text or as one of several kinds of content: `confidence.values` x
   0.85, or x 0.62 where under 5% of the values do (partial content), times the share of texts of that form which the
   validator accepts, if that is 0.6 or less.
9. **Names alone, in a table of which nothing is known** (no values, and neither its name nor its columns say what it
   is about): 0.5 + 0.6 x (p - 0.5). Of 117 columns so tagged in public schemas (each name once, drawn by chance, read
   by hand, doubtful ones out) 0.64 were right, 0.63 of those given 0.85 or more; of 92 in the labelled sets of names
   0.92. What is said lies between. No tag is lost by it.
10. **None** is as sure as such columns turned out to be; below 0.5: nobody knows, a person should look.

   | what is known of the column | no values | values |
   |---|---|---|
   | a rule knows the name as not personal | 0.82 | 0.84 |
   | the name has words, and no rule knows them as personal | 0.71 | 0.77 |
   | a rule knows the name, but its table is not of the kind | 0.58 | 0.7 |
   | the name says nothing (`c7`, `field_12`), rows not known to be of people | 0.45 | 0.7 |
   | the name says nothing, rows of people | 0.45 | 0.55 |
   | words no rule knows, rows of people, of whose columns a quarter or more are personal | 0.7 | 0.82 |
   | the same, half or more | 0.5 | 0.82 |

   Measured first on 1,170 columns called `none` out of 196 tables in the naming of public products, written down before
   the rules were widened for them (0.87, 0.75, 0.57 without values). On the blind columns such claims were right less
   often, by four or five in a hundred over all rows of the table: what is said here is lower by so much. Of opaque
   columns, those called `none` in tables not known to be of people were right 0.82 of the time on the open columns of
   the bench, which the rules have seen, and 0.91 on 115 they had not; in tables of people 0.54 and 0.59.

Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", JASA 22, 209-212.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, comb, sqrt

#: Two-sided 80% normal quantile: one bad value in ten does not sink a column, three good ones can carry it.
Z = 1.2816
#: How seldom a look at some values may rule out what all of them would bear out.
_MISSED = 0.005
#: Claims below this are not tags.
THRESHOLD = 0.5
_COMMENT = 0.9
_UNSUPPORTED = 0.75
#: What is left, of what exceeds the threshold, of a name in a table of which nothing is known.
_UNPLACED = 0.6
#: Below this share of the values a content is partial; how sure a tag is that only part of the values bears.
_PARTIAL, _IN_PART, _IN_FEW = 0.05, 0.85, 0.62
_CEILING = 0.99


def wilson_lower(hits: int, sampled: int, z: float = Z) -> float:
    """Return the lower Wilson bound of the true share behind `hits` of `sampled`; 0 for an empty sample."""
    if sampled <= 0 or hits <= 0:
        return 0.0
    share = min(hits / sampled, 1.0)
    centre = share + z * z / (2 * sampled)
    margin = z * sqrt(share * (1 - share) / sampled + z * z / (4 * sampled * sampled))
    return max(0.0, (centre - margin) / (1 + z * z / sampled))


@lru_cache(maxsize=4096)
def enough(sampled: int, share: float) -> tuple[int, int]:
    """Return the hits of `sampled` values below which a rule is out, and those from which more values add nothing.

    A rule that demands `share` of all values is out where so few hits, or fewer, would come less than once in 200 times
    if its share were just reached (binomial, one-sided). From the second number on, `by_values` is as sure as it can
    be. In between, only more values tell: a sequential test (Wald, A. (1945), "Sequential tests of statistical
    hypotheses", Annals of Mathematical Statistics 16, 117-186), with a bound of its own for each side.
    """
    chance, least = 0.0, 0
    for hits in range(sampled):
        chance += comb(sampled, hits) * share**hits * (1 - share) ** (sampled - hits)
        if chance >= _MISSED:
            break
        least = hits + 1
    sure = (hits for hits in range(1, sampled + 1) if by_values(1.0, hits, sampled, share) >= 1.0)
    return least, next(sure, sampled + 1)


@lru_cache(maxsize=8192)
def needed(sampled: int, share: float, total: int, neutral: int) -> int:
    """Return the hits of `sampled` values below which a rule is out: by `enough`, or as the rest could not make it up.

    There are `total` values, of which so many may be `neutral`, and are not counted then; 0 if that is not told.
    """
    least = enough(sampled, share)[0]
    if not total:
        return least
    rest = total - sampled
    return max(least, ceil(share * (total - neutral)) - rest, 0 if rest else 1)


def either(*probabilities: float) -> float:
    """Return 1 - prod(1 - p), capped at 0.99: independent evidence for one claim."""
    doubt = 1.0
    for probability in probabilities:
        doubt *= 1 - probability
    return min(1 - doubt, _CEILING)


def by_name(name: float, comment: float) -> float:
    """Combine the confidence from a column's name with that from its comment (rule 1)."""
    return either(name, comment * _COMMENT)


def by_values(strength: float, hits: int, sampled: int, share: float = 1.0) -> float:
    """Return the confidence from values alone (rule 2); `share` is the part of the values that the rule demands."""
    return strength * min(1.0, wilson_lower(hits, sampled) * 2 / (1 + share))


def unsupported(name: float) -> float:
    """Return the confidence of a name whose column holds no value of the format (rule 5)."""
    return name * _UNSUPPORTED


def unplaced(name: float) -> float:
    """Return the confidence of a tag that a name alone gives in a table of which nothing is known (rule 9)."""
    return THRESHOLD + _UNPLACED * (name - THRESHOLD) if name > THRESHOLD else name


def is_partial(hits: int, sampled: int) -> bool:
    """Tell whether so few values bear a tag that a report calls it partial content."""
    return hits < _PARTIAL * sampled


def in_part(strength: float, hits: int, sampled: int, candidates: int) -> float:
    """Return the confidence of an identifier inside text or among other values (rule 8).

    `candidates` distinct texts have its form; what the validator accepts of them by chance stays below the threshold.
    """
    genuine = min(hits / candidates, 1.0) if candidates else 0.0
    share = _IN_FEW if is_partial(hits, sampled) else _IN_PART
    return strength * share * (1.0 if genuine > 0.6 else genuine)


def none_confidence(
    *, named: bool, refused: bool, opaque: bool, sampled: bool, about_people: bool, doubt: float
) -> float:
    """Return how sure `none` is (rule 10): a row of its table, never above 1 - `doubt`, the best rejected claim."""
    if named:
        sure = 0.84 if sampled else 0.82
    elif opaque and sampled:
        sure = 0.55 if about_people else 0.7
    elif opaque:
        sure = 0.45
    elif refused:
        sure = 0.7 if sampled else 0.58
    else:
        sure = 0.77 if sampled else 0.71
    return min(sure, 1 - doubt)


def none_among(sure: float, share: float) -> float:
    """Return how sure a `none` of unknown words is where `share` of a table's columns, of people, are personal.

    Columns of text, numbers that are no integers, and flags. Of 4,519 columns in nine sets of names, labelled before
    any rule knew them, 606 were such: `none` was right for 0.83, 0.71 and 0.51 of them where less than a quarter, less
    than half and more of the columns were personal.
    """
    return min(sure, 0.5 if share >= 0.5 else 0.7 if share >= 0.25 else sure)
