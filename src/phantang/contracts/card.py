"""The quality card of one table: counts and scores, never a value (invariant 9).

Formula (appendix 3 of official letter 4856/BCA-TTDLQG, secondary source): a rule scores satisfied / assessed x 100; a
criterion, a field and a data set are each the weighted mean of what they are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phantang.contracts.rules import has_tag, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from phantang.model.names import TableName

#: `column` of a check that concerns whole rows.
WHOLE_ROW = "*"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: of `assessed` values of `column`, `satisfied` were good. `criterion` is a key of `rules.yaml`."""

    id: str
    criterion: str
    column: str
    assessed: int
    satisfied: int

    @property
    def value(self) -> float | None:
        """Return the score out of 100; `None` where nothing was assessed."""
        return 100 * self.satisfied / self.assessed if self.assessed else None


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """A criterion over the whole table. `value` is out of 100; `None`, with no light, where nothing was assessed."""

    criterion: str
    value: float | None
    light: str | None
    assessed: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class FieldScore:
    """A column over all criteria."""

    column: str
    value: float | None
    light: str | None


@dataclass(frozen=True, slots=True)
class IdentifierAlert:
    """An identifier below 100% in a criterion that allows nothing less: a serious incident by the letter."""

    column: str
    criterion: str
    assessed: int
    satisfied: int


@dataclass(frozen=True, slots=True)
class QualityCard:
    """Everything measured on one table. `value` is the score of the data set; lights are `green`, `yellow`, `red`."""

    table: TableName
    rows: int
    value: float | None
    light: str | None
    criteria: tuple[CriterionScore, ...]
    fields: tuple[FieldScore, ...]
    checks: tuple[CheckResult, ...]
    identifier_alerts: tuple[IdentifierAlert, ...]


def light_of(value: float | None) -> str | None:
    """Return the traffic light of a score: green from 90, yellow from 75, red below; `None` for no score."""
    if value is None:
        return None
    limits = rules()["thresholds"]
    return "green" if value >= limits["green"] else "yellow" if value >= limits["yellow"] else "red"


def make_card(
    table: TableName, rows: int, tags: Mapping[str, str | None], checks: Sequence[CheckResult]
) -> QualityCard:
    """Return the card for `checks` on a table of `rows` rows, whose columns have `tags`."""
    criteria = tuple(_criterion(name, [check for check in checks if check.criterion == name]) for name in _criteria())
    fields = tuple(_field(column, [check for check in checks if check.column == column]) for column in tags)
    value = _mean((field.value, _field_weight(tags[field.column])) for field in fields)
    alerts = tuple(alert for column, tag in tags.items() if is_identifier(tag) for alert in _alerts(column, checks))
    return QualityCard(table, rows, value, light_of(value), criteria, fields, tuple(checks), alerts)


def is_identifier(tag: str | None) -> bool:
    """Tell whether a column with `tag` must be right in every row."""
    return any(has_tag(tag, identifier) for identifier in rules()["identifiers"]["tags"])


def _criteria() -> Mapping[str, Mapping[str, float]]:
    found: Mapping[str, Mapping[str, float]] = rules()["criteria"]
    return found


def _criterion(name: str, checks: Sequence[CheckResult]) -> CriterionScore:
    value = _rules_mean(checks)
    assessed, satisfied = sum(check.assessed for check in checks), sum(check.satisfied for check in checks)
    return CriterionScore(name, value, light_of(value), assessed, satisfied)


def _field(column: str, checks: Sequence[CheckResult]) -> FieldScore:
    by_criterion = (
        (_rules_mean([check for check in checks if check.criterion == name]), criterion["weight"])
        for name, criterion in _criteria().items()
    )
    value = _mean(by_criterion)
    return FieldScore(column, value, light_of(value))


def _alerts(column: str, checks: Sequence[CheckResult]) -> Iterable[IdentifierAlert]:
    for criterion in rules()["identifiers"]["criteria"]:
        own = [check for check in checks if check.column == column and check.criterion == criterion]
        assessed, satisfied = sum(check.assessed for check in own), sum(check.satisfied for check in own)
        if satisfied < assessed:
            yield IdentifierAlert(column, criterion, assessed, satisfied)


def _rules_mean(checks: Sequence[CheckResult]) -> float | None:
    weights = rules()["check_weights"]
    return _mean((check.value, weights.get(check.id, 1)) for check in checks)


def _field_weight(tag: str | None) -> float:
    weight: float = rules()["field_weights"]["identifier" if is_identifier(tag) else "other"]
    return weight


def _mean(weighted: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the weighted mean of the scores that exist; `None` if there is none."""
    scores = [(value, weight) for value, weight in weighted if value is not None]
    total = sum(weight for _, weight in scores)
    return sum(value * weight for value, weight in scores) / total if total else None
