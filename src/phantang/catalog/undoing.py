"""A decision taken back: a column as it was before it, from what the ledger keeps of that."""

from __future__ import annotations

from dataclasses import asdict, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from phantang.catalog.decide import require_decider
from phantang.catalog.node import normalised, shown
from phantang.catalog.propose import SCAN
from phantang.model.catalog import Asset, Awaiting, ColumnEntry, Proposal, Status
from phantang.model.errors import InputError
from phantang.model.finding import Evidence, PathTag
from phantang.model.tier import PersonalClass, Tier, protects_less

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a decision may change of a column; name, type and comment are the database's.
_OF_DATABASE = frozenset({"name", "type", "comment", "generated", "inherited"})
_DECIDED = tuple(one.name for one in fields(ColumnEntry) if one.name not in _OF_DATABASE)
#: What an acceptance that left no more in the ledger than its number, as that of `scan --accept`, changed.
_ACCEPTED: Mapping[str, Any] = {
    "status": "proposed",
    "decided_by": SCAN,
    "reason": None,
    "approved_by": None,
    "awaiting": None,
}


def lost(before: ColumnEntry, after: ColumnEntry) -> dict[str, Any]:
    """Return, as JSON, what `before` said that `after` says otherwise: what `undo` needs. Counts, no value."""
    return {name: _plain(getattr(before, name)) for name in _DECIDED if getattr(before, name) != getattr(after, name)}


def undo(
    asset: Asset, column: str, was: Mapping[str, Any] | None, by: str, reason: str, *, two_person: bool = False
) -> Asset:
    """Return `asset` with `column` as it was before the last decision on it, of which `was` is what was `lost`.

    Without `was` an acceptance is taken back: the proposal waits for a person again. With `two_person` an earlier
    decision of a lower tier waits for somebody other than `by`. Raises `InputError`: `catalog_decider_required`,
    `catalog_undo_reason`, `catalog_unknown_column_named`; `catalog_nothing_to_undo` where nothing says what was
    before; `catalog_undo_lowers` where a second person would have to agree that nobody decided.
    """
    require_decider(by)
    if not reason.strip():
        raise InputError("catalog_undo_reason", name=shown(column))
    entry = asset.column(column)
    if entry is None:
        raise InputError("catalog_unknown_column_named", table=shown(str(asset.name)), column=shown(column))
    if was is None and entry.status is not Status.ACCEPTED:
        raise InputError("catalog_nothing_to_undo", column=shown(column))
    before = replace(entry, **{name: _read(name, value) for name, value in (was or _ACCEPTED).items()})
    if entry.generated is not None:  # an earlier decision may have been of another expression
        before = replace(before, generated=replace(entry.generated, judged=False))
    if two_person and _lowers(entry, before):
        before = _waiting(entry, before, by, reason)
    return replace(asset, columns=tuple(before if other.name == column else other for other in asset.columns))


def _lowers(entry: ColumnEntry, before: ColumnEntry) -> bool:
    """Tell whether less is protected as it was `before`; an undecided column counts as the highest personal tier."""
    now = (entry.effective_tier, entry.effective_class)
    return protects_less((before.effective_tier, before.effective_class), now)


def _waiting(entry: ColumnEntry, before: ColumnEntry, by: str, reason: str) -> ColumnEntry:
    tag, tier, personal_class = before.tag, before.tier, before.personal_class
    if not before.classified or tag is None or tier is None or personal_class is None:
        raise InputError("catalog_undo_lowers", column=shown(entry.name), tier=entry.effective_tier)
    asked = Awaiting(tag, before.tags, tier, personal_class, before.status, normalised(by), normalised(reason))
    return replace(entry, awaiting=asked)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _read(name: str, value: Any) -> Any:
    """Return the field `name` of its JSON."""
    if value is None:
        return None
    match name:
        case "status":
            return Status(value)
        case "tier":
            return Tier(value)
        case "personal_class":
            return PersonalClass(value)
        case "tags" | "rejected":
            return tuple(value)
        case "evidence":
            return tuple(Evidence(**{**one, "paths": tuple(PathTag(**path) for path in one["paths"])}) for one in value)
        case "proposal":
            return Proposal(**{key: _read(key, part) for key, part in value.items()})
        case "awaiting":
            return Awaiting(**{key: _read(key, part) for key, part in value.items()})
    return value
