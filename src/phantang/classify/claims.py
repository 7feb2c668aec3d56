"""Fusion: names, comments, values and table context of one column become claims, and claims a finding.

`confidence.py` states the arithmetic; this module states what counts as evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from phantang.classify.names.claim import Claim
from phantang.classify.rules.confidence import (
    THRESHOLD,
    by_name,
    by_values,
    either,
    in_part,
    is_partial,
    none_confidence,
    unsupported,
)
from phantang.classify.rules.rule import IN_PERSON_TABLES, Alone, Level, Rule
from phantang.classify.values.hits import ColumnHits, ValueHits
from phantang.classify.values.standing import Standing, alone_allowed
from phantang.model.finding import Evidence, Finding
from phantang.model.names import ColumnName

NONE = "none"
#: Conclusions that are remembered at the most.
_REMEMBERED = 16384
#: Evidence that looked into values.
_FROM_VALUES = frozenset({"value", "partial", "path"})


class ColumnEvidence(NamedTuple):
    """All that was seen of one column.

    `names` and `comments` are claims whose rules fit the column's type and table, `hits` those of rules that do;
    `refused` are rules whose name fits but whose table does not. `opaque` tells that its name says nothing (`c7`).
    """

    names: Mapping[int, Claim]
    comments: Mapping[int, Claim]
    refused: tuple[int, ...]
    hits: ColumnHits
    about_people: bool
    opaque: bool


class Conclusions:
    """Draws conclusions, and remembers them by what they rest on: claims of names and counts of hits, never a value.

    Names come back from table to table, and with them the counts, as looking ends where more values add nothing.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._known: dict[tuple[object, ...], Finding] = {}

    def of(self, column: ColumnName, seen: ColumnEvidence) -> Finding:
        """Return the finding for `column`: see `conclude`."""
        names, comments, refused, hits, people, opaque = seen
        sampled, whole, in_text, stopped = hits
        key = (
            *names.values(), None, *comments.values(), refused, sampled, people, opaque, stopped,
            *whole.items(), None, *in_text.items(),
        )  # fmt: skip
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = conclude(column, seen, self._rules)
        return Finding(column, found.tag, found.tags, found.confidence, found.evidence)


class _Weighed(NamedTuple):
    """One rule's standing: how sure it is and in which order it is preferred."""

    rule: int
    confidence: float
    order: tuple[int, ...]
    evidence: tuple[Evidence, ...]


def conclude(column: ColumnName, seen: ColumnEvidence, rules: Sequence[Rule]) -> Finding:
    """Return the finding for one column: the best claim, the other tags that also apply, and the evidence for them."""
    if seen.hits.stopped is not None:
        return _stopped(column, seen, rules[seen.hits.stopped])
    weighed = [found for number in _candidates(seen) if (found := _weigh(seen, number, rules)) is not None]
    weighed.sort(key=lambda item: (item.order, item.confidence, -item.rule), reverse=True)
    tagged = [item for item in weighed if item.confidence >= THRESHOLD and rules[item.rule].tag != NONE]
    leading = [item for item in tagged if not rules[item.rule].companion] or tagged
    if not leading:
        return _none(column, seen, weighed, rules)
    best = _best(leading, rules)
    kept = [best, *(item for item in tagged if item is not best and _also_applies(item, best, rules))]
    tags = tuple(dict.fromkeys(rules[item.rule].tag for item in kept))
    same = [item.confidence for item in kept if rules[item.rule].tag == tags[0]]
    evidence = tuple(part for item in kept for part in item.evidence)
    return Finding(column, tags[0], tags, round(max(same), 3), evidence)


def _candidates(seen: ColumnEvidence) -> list[int]:
    return sorted({*seen.names, *seen.comments, *seen.hits.whole, *seen.hits.in_text})


def _weigh(seen: ColumnEvidence, number: int, rules: Sequence[Rule]) -> _Weighed | None:
    rule, hit = rules[number], seen.hits.whole.get(number)
    name, comment = seen.names.get(number), seen.comments.get(number)
    if name is not None or comment is not None:
        return _weigh_named(seen, number, rule, name, comment)
    alone = _value_confidence(rule, hit, with_also=False)
    if alone and alone_allowed(rule, _standing(seen, rules)):
        assert hit is not None  # noqa: S101 - narrows the type: without a hit there is no confidence
        overrules = rule.values is not None and rule.values.alone is Alone.ANYWHERE
        found = (Evidence(rule.id, "value", hit.hits, hit.sampled),)
        return _Weighed(number, alone, (_personal(rule), 4 if overrules else 2, 0, 0), found)
    inside = seen.hits.in_text.get(number)
    if inside is not None and inside.checked:
        kind = "partial" if is_partial(inside.hits, inside.sampled) else "value"
        sure = in_part(rule.confidence.values, inside.hits, inside.sampled, inside.candidates)
        found = (Evidence(rule.id, kind, inside.hits, inside.sampled),)
        return _Weighed(number, sure, (_personal(rule), 1, 0, 0), found)
    return None


def _weigh_named(seen: ColumnEvidence, number: int, rule: Rule, name: Claim | None, comment: Claim | None) -> _Weighed:
    """Weigh a rule that the name or the comment of the column speaks for."""
    hit = seen.hits.whole.get(number)
    claim = max((item for item in (name, comment) if item is not None), key=lambda item: item.rank)
    evidence = [Evidence(rule.id, kind) for kind, item in (("name", name), ("comment", comment)) if item is not None]
    if hit is not None:
        agreeing = 0 if _takes_any_text(rule) else hit.also
        evidence.append(Evidence(rule.id, "value", hit.hits + agreeing, hit.sampled))
    by_words = by_name(_by_level(rule, name), _by_level(rule, comment))
    supporting = _value_confidence(rule, hit, with_also=claim.level is not Level.WEAK)
    confidence = _named(rule, by_words, supporting, hit, seen.hits.sampled)
    return _Weighed(number, confidence, (_personal(rule), *claim.rank), tuple(evidence))


def _standing(seen: ColumnEvidence, rules: Sequence[Rule]) -> Standing:
    """Return where values would claim a column for a rule that its name does not speak for."""
    named = {*seen.names, *seen.comments}
    return Standing(seen.about_people, bool(named), any(rules[item].tag != NONE for item in named), seen.opaque)


def _takes_any_text(rule: Rule) -> bool:
    """Tell whether a form under `also` takes any text: it keeps a name from being doubted, and no value shows it."""
    return rule.values is not None and any(form.startswith(r"[^\n") for form in rule.values.also)


def _by_level(rule: Rule, claim: Claim | None) -> float:
    if claim is None or claim.level is Level.WEAK:
        return 0.0
    return rule.confidence.person if claim.level in IN_PERSON_TABLES else rule.confidence.name


def _value_confidence(rule: Rule, hit: ValueHits | None, *, with_also: bool) -> float:
    """Return the confidence from values, 0 unless enough of them hit and the column check agrees."""
    if rule.values is None or hit is None or not hit.sampled or not hit.checked:
        return 0.0
    hits = hit.hits + (hit.also if with_also else 0)
    share = rule.values.share
    return by_values(rule.confidence.values, hits, hit.sampled, share) if hits >= share * hit.sampled else 0.0


def _named(rule: Rule, by_words: float, supporting: float, hit: ValueHits | None, sampled: int) -> float:
    if supporting:
        return either(by_words, supporting)
    nothing = hit is None or not hit.hits + hit.also
    return unsupported(by_words) if rule.values is not None and sampled and nothing else by_words


def _personal(rule: Rule) -> int:
    """Return 1 for a tag that outranks `none`, else 0: missing a person costs more than reviewing a column."""
    return 0 if rule.tag == NONE else 1


def _best(leading: Sequence[_Weighed], rules: Sequence[Rule]) -> _Weighed:
    """Return the first claim, unless values alone would make less of a column than its name does.

    A column called a password that holds e-mail addresses stays a password; the e-mail tag is added.
    """
    first = leading[0]
    if _by_values_only(first) and not rules[first.rule].sensitive:
        return next((item for item in leading if rules[item.rule].sensitive and not _by_values_only(item)), first)
    return first


def _by_values_only(item: _Weighed) -> bool:
    return all(part.kind in _FROM_VALUES for part in item.evidence)


def _also_applies(item: _Weighed, best: _Weighed, rules: Sequence[Rule]) -> bool:
    """Tell whether a second tag stands: a companion by design, or values that contradict the name."""
    rule = rules[item.rule]
    if rule.companion or rule.tag == rules[best.rule].tag or _by_values_only(best):
        return True
    return any(part.kind in _FROM_VALUES and part.hits != 0 for part in item.evidence)


def _none(column: ColumnName, seen: ColumnEvidence, weighed: Sequence[_Weighed], rules: Sequence[Rule]) -> Finding:
    named = [item for item in weighed if rules[item.rule].tag == NONE]
    doubt = max((item.confidence for item in weighed if rules[item.rule].tag != NONE), default=0.0)
    sure = none_confidence(
        named=bool(named),
        refused=bool(seen.refused),
        opaque=seen.opaque,
        sampled=seen.hits.sampled > 0,
        about_people=seen.about_people,
        doubt=doubt,
    )
    evidence = [part for item in (*named, *weighed) for part in item.evidence]
    evidence += [Evidence(rules[number].id, "context") for number in seen.refused]
    return Finding(column, NONE, (NONE,), round(sure, 3), tuple(dict.fromkeys(evidence)))


def _stopped(column: ColumnName, seen: ColumnEvidence, rule: Rule) -> Finding:
    """Return a suspicion and nothing else: what else the column may hold is not looked at any further."""
    assert seen.hits.stopped is not None  # noqa: S101 - narrows the type; the caller checked
    hit = seen.hits.whole[seen.hits.stopped]
    evidence = (Evidence(rule.id, "value", hit.hits, hit.sampled),)
    return Finding(column, rule.tag, (rule.tag,), rule.confidence.values, evidence)
