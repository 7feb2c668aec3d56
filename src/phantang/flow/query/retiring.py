"""Answers on record, as an operator sees them, and the retiring of those that nobody holds any more.

Whoever still has a retired answer can subtract it from a later one, so that it takes a reason, is in the ledger before
anything is forgotten, and waits for a second person where phantang.toml has `[review] two_person = true`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from phantang import catalog
from phantang.flow.clock import timestamp
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from phantang.store import Held, Place, Workspace

#: As much of a digest as says which answer is meant.
_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which answers: those that meet everything that is given.

    `digests` are digests or their first eight characters or more, `table` is a source, `source.schema.table` or
    `source.table`, `before` an ISO date: last given before that day.
    """

    digests: tuple[str, ...] = ()
    organisation: str | None = None
    table: str | None = None
    before: str | None = None

    @property
    def everything(self) -> bool:
        """Tell whether nothing is asked of an answer."""
        return not (self.digests or self.organisation or self.table or self.before)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer of an organisation: the `source.schema.table`s it counts people of, in groups of at least `size`.

    It has `keys` group keys and conditions; `columns` are those that its aggregates read. It was last given on `day`.
    `retiring` is who asked to retire it, and why, if that waits for a second person.
    """

    place: Place
    tables: tuple[str, ...]
    size: int
    keys: int
    columns: tuple[str, ...]
    day: str
    retiring: tuple[str, str] | None

    def to_json(self) -> dict[str, Any]:
        """Return the answer as plain values: no literal of the question, no value."""
        organisation, source, digest = self.place
        by, reason = self.retiring or (None, None)
        return {
            "digest": digest,
            "organisation": organisation,
            "source": source,
            "tables": list(self.tables),
            "columns": list(self.columns),
            "keys": self.keys,
            "size": self.size,
            "day": self.day,
            "retiring_by": by,
            "reason": reason,
        }


def kept_answers(workspace: Workspace, chosen: Chosen) -> tuple[KeptAnswer, ...]:
    """Return the answers on record that are `chosen`, oldest first. Raises `WorkspaceError`."""
    return tuple(one for one in map(_kept, workspace.usage().answers.held()) if _is_chosen(one, chosen))


def retire_answers(
    workspace: Workspace, chosen: Chosen, *, by: str, reason: str
) -> tuple[tuple[KeptAnswer, ...], bool]:
    """Forget the chosen answers, in the name of `by`; return them, and whether that waits for a second person.

    Raises `InputError`: `answers_chosen` (nothing says which), `answers_not_found`, `answers_reason`, `person_unknown`;
    `LedgerError` where it cannot be recorded, and nothing is forgotten then.
    """
    if chosen.everything:
        raise InputError("answers_chosen")
    if not reason.strip():
        raise InputError("answers_reason")
    found, waits = _found(workspace, chosen), workspace.settings.review_two_person
    by, reason = _person(by), catalog.normalised(reason).strip()
    _record(workspace, "answers_retire", found, {"by": by, "reason": reason, "waits": waits})
    store, places = workspace.usage().answers, [one.place for one in found]
    if waits:
        store.ask_to_retire(places, by, reason)
    else:
        store.retire(places)
    return found, waits


def approve_answers(workspace: Workspace, chosen: Chosen, *, by: str) -> tuple[KeptAnswer, ...]:
    """Agree, as a second person, to what others asked to retire of the chosen answers; return these.

    Raises `InputError`: `answers_not_found` where nothing waits, `answers_same_person` where only `by` asked.
    """
    by, agreed = _person(by), list[KeptAnswer]()
    waiting = [one for one in kept_answers(workspace, chosen) if one.retiring is not None]
    if not waiting:
        raise InputError("answers_not_found")
    for asker, reason in sorted({one.retiring for one in waiting if one.retiring is not None}):
        if not catalog.same_person(by, asker):
            found = [one for one in waiting if one.retiring == (asker, reason)]
            _record(workspace, "answers_approve", found, {"by": by, "reason": reason, "retired_by": asker})
            workspace.usage().answers.retire([one.place for one in found])
            agreed += found
    if not agreed:
        raise InputError("answers_same_person", person=by)
    return tuple(agreed)


def _found(workspace: Workspace, chosen: Chosen) -> tuple[KeptAnswer, ...]:
    found = kept_answers(workspace, chosen)
    if not found or not all(any(one.place[2].startswith(digest) for one in found) for digest in chosen.digests):
        raise InputError("answers_not_found")
    return found


def _person(by: str) -> str:
    """Return a name as it is kept. Raises `InputError` `person_unknown` for a blank one."""
    if not by.strip():
        raise InputError("person_unknown")
    return catalog.normalised(by).strip()


def _record(workspace: Workspace, kind: str, answers: Sequence[KeptAnswer], body: dict[str, Any]) -> None:
    """Write into the ledger what is about to be forgotten, or is asked to be."""
    named = [
        {"organisation": one.place[0], "source": one.place[1], "digest": one.place[2], "day": one.day}
        for one in answers
    ]
    tables = sorted({table for one in answers for table in one.tables})
    workspace.ledger().append(kind, {**body, "tables": tables, "answers": named, "timestamp": timestamp()})


def _kept(held: Held) -> KeptAnswer:
    value = json.loads(held.selection)
    source = held.place[1]
    columns = {column for columns in value.get("inputs", ()) for column in columns}
    return KeptAnswer(
        held.place,
        tuple(f"{source}.{table}" for table in dict.fromkeys(value["tables"])),
        value["size"],
        len(value["keys"]),
        tuple(sorted(columns)),
        held.day,
        held.retiring,
    )


def _is_chosen(one: KeptAnswer, chosen: Chosen) -> bool:
    organisation, source, digest = one.place
    if chosen.digests and not any(len(asked) >= _DIGEST and digest.startswith(asked) for asked in chosen.digests):
        return False
    names = {source, *one.tables, *(f"{source}.{table.rpartition('.')[2]}" for table in one.tables)}
    return (
        chosen.organisation in (None, organisation)
        and (chosen.table is None or catalog.normalised(chosen.table) in names)
        and (chosen.before is None or one.day < chosen.before)
    )
