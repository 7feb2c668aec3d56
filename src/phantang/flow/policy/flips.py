"""How two decisions on one question differ: what a subject would see more of, less of, or otherwise.

Only an allowed query shows anything, so two denials are the same however they are explained. What is compared is what
the subject gets; the text of reasons is not.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from phantang.model.decision import ColumnDecision, Decision, Effect, FieldPredicate, Mask, Privacy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from phantang.model.decision import Predicate

NARROWED, WIDENED, CHANGED = "narrowed", "widened", "changed"
_STRICTNESS = {mask: position for position, mask in enumerate(Mask)}
_COARSENESS = {"month": 0, "year": 1}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    `what` is `query`, `column`, `rows` or the name of an obligation; `on` is what it concerns (`query`, a table,
    `table.column`). `changed` means that neither answer is known to hold the other. `rules` are those whose
    contributions differ, or, where a rule says the same thing with other data, those behind the answers.
    """

    what: str
    on: str
    verdict: str
    before: str
    after: str
    rules: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return asdict(self)


def differences(before: Decision | str, after: Decision | str) -> Iterator[Difference]:
    """Yield what differs; a decision given as text is the code of a policy failure, which denies."""
    if not _allows(before) and not _allows(after):
        return
    if isinstance(before, str) or isinstance(after, str) or before.allow != after.allow:
        yield from _query(before, after)
        return
    for table in sorted(before.columns):
        for column in sorted(before.columns[table]):
            old, new = before.columns[table][column], after.columns[table][column]
            if old != new:
                on = f"{table}.{column}"
                yield Difference(
                    "column", on, _column_verdict(old, new), _shown(old), _shown(new), _rules(before, after, on, "mask")
                )
        held, holds = before.rows[table], after.rows[table]
        if set(held) != set(holds):
            verdict = _verdict(_at_least(holds, held), _at_least(held, holds))
            yield Difference("rows", table, verdict, _said(held), _said(holds), _rules(before, after, table, "filter"))
    yield from _obligations(before, after)


def _allows(decision: Decision | str) -> bool:
    return isinstance(decision, Decision) and decision.allow


def _query(before: Decision | str, after: Decision | str) -> Iterator[Difference]:
    """Yield one difference for each place the denial speaks of, with the rules that deny there."""
    denial, verdict = (before, WIDENED) if _allows(after) else (after, NARROWED)
    old, new = ("deny", "allow") if verdict == WIDENED else ("allow", "deny")
    if isinstance(denial, str):
        yield Difference("query", "query", verdict, old, new, (denial,))
        return
    places: dict[str, set[str]] = {}
    for reason in denial.reasons:
        if reason.effect == "deny":
            places.setdefault(reason.on, set()).add(reason.rule)
    for on, rules in sorted(places.items()) or [("query", set[str]())]:
        yield Difference("query", on, verdict, old, new, tuple(sorted(rules)))


def _column_verdict(old: ColumnDecision, new: ColumnDecision) -> str:
    return _verdict(_hides_as_much(new, old), _hides_as_much(old, new))


def _verdict(new_within_old: bool, old_within_new: bool) -> str:
    if new_within_old and not old_within_new:
        return NARROWED
    return WIDENED if old_within_new and not new_within_old else CHANGED


def _hides_as_much(one: ColumnDecision, other: ColumnDecision) -> bool:
    """Tell whether `one` shows no more than `other`, by the order of masks that composition itself uses."""
    ranks = [list(Effect).index(column.effect) for column in (one, other)]
    if ranks[0] != ranks[1]:
        return ranks[0] > ranks[1]
    if one.mask is None or other.mask is None:
        return one.mask is other.mask
    if one.mask is not other.mask:
        return _STRICTNESS[one.mask] > _STRICTNESS[other.mask]
    return one.params == other.params or _as_coarse(one.params, other.params)


def _as_coarse(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    kinds = (one.get("kind"), other.get("kind"))
    if kinds[0] in _COARSENESS and kinds[1] in _COARSENESS:
        return _COARSENESS[str(kinds[0])] >= _COARSENESS[str(kinds[1])]
    size = {"grid": "step", "bucket": "width"}.get(str(kinds[0]))
    if kinds[0] != kinds[1] or size is None or one[size] < other[size]:
        return False
    # A cell of a coarser grid holds whole cells of a finer one only if the one step is a multiple of the other.
    times = one[size] / other[size]
    return bool(abs(times - round(times)) < 1e-9)


def _at_least(strict: tuple[Predicate, ...], loose: tuple[Predicate, ...]) -> bool:
    """Tell whether rows that pass all of `strict` are known to pass all of `loose`."""
    return all(any(_implies(one, other) for one in strict) for other in loose)


def _implies(one: Predicate, other: Predicate) -> bool:
    if one == other:
        return True
    if isinstance(one, FieldPredicate) and isinstance(other, FieldPredicate) and one.field == other.field:
        few, many = _values(one), _values(other)
        return few is not None and many is not None and few <= many
    return False


def _values(predicate: FieldPredicate) -> frozenset[object] | None:
    if predicate.operator == "eq":
        return frozenset([predicate.value])
    return frozenset(predicate.value) if predicate.operator == "in" and isinstance(predicate.value, tuple) else None


def _obligations(before: Decision, after: Decision) -> Iterator[Difference]:
    for name in sorted(before.obligations.__slots__):
        old, new = getattr(before.obligations, name), getattr(after.obligations, name)
        if old == new:
            continue
        if old in (None, False):
            verdict = NARROWED
        elif new in (None, False):
            verdict = WIDENED
        elif isinstance(old, int) and isinstance(new, int):
            more_is_stricter = name not in {"max_rows", "lookups_per_day", "lookups_per_person"}
            verdict = NARROWED if (new > old) == more_is_stricter else WIDENED
        elif isinstance(old, Privacy) and isinstance(new, Privacy):
            verdict = _noise(old, new)
        else:
            verdict = CHANGED
        rules = tuple(sorted({r.rule for r in (*before.reasons, *after.reasons) if r.effect == "oblige"}))
        yield Difference(name, "query", verdict, _text(old), _text(new), rules)


def _noise(old: Privacy, new: Privacy) -> str:
    if new.epsilon <= old.epsilon and new.budget <= old.budget:
        return NARROWED
    return WIDENED if new.epsilon >= old.epsilon and new.budget >= old.budget else CHANGED


def _rules(before: Decision, after: Decision, on: str, effect: str) -> tuple[str, ...]:
    """Return the rules that had this effect on `on` in one decision only; failing that, in either."""
    old, new = (
        {reason.rule for reason in decision.reasons if (reason.on, reason.effect) == (on, effect)}
        for decision in (before, after)
    )
    return tuple(sorted((old ^ new) or (old | new)))


def _shown(column: ColumnDecision) -> str:
    said = "".join(f" {name}={value}" for name, value in sorted(column.params.items()))
    return f"{column.mask or column.effect}{said}"


def _said(predicates: tuple[Predicate, ...]) -> str:
    return " and ".join(sorted(map(_predicate, predicates))) or "-"


def _predicate(predicate: Predicate) -> str:
    if isinstance(predicate, FieldPredicate):
        value = (
            "(" + ", ".join(map(str, predicate.value)) + ")" if isinstance(predicate.value, tuple) else predicate.value
        )
        return f"{predicate.field} {predicate.operator} {value}"
    operands = getattr(predicate, "operands", None)
    if operands is None:
        return f"{getattr(predicate, 'field', '?')} lookup"
    return f"{getattr(predicate, 'operator', '?')}({'; '.join(map(_predicate, operands))})"


def _text(value: object) -> str:
    return "-" if value in (None, False) else str(value).lower() if isinstance(value, bool) else str(value)


def differing_parts(recorded: Mapping[str, Any] | None, answer: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the names of the parts in which two JSON answers of policy differ; `result` where only one is there."""
    if recorded is None or answer is None:
        return () if recorded is answer else ("result",)
    return tuple(sorted(name for name in recorded.keys() | answer.keys() if recorded.get(name) != answer.get(name)))
