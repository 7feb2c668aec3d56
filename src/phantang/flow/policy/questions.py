"""Questions once asked, as policy saw them: from the decision log, or from a file of queries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phantang import catalog, engines, sql
from phantang.flow.policy.contract import brought_up, is_older
from phantang.flow.policy.grants import consented
from phantang.flow.policy.input import policy_input, present_assets
from phantang.model.errors import InputError, Refused
from phantang.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.model.catalog import Snapshot
    from phantang.store import Workspace

#: Ledger entries of these kinds hold a decision.
DECISIONS = frozenset({"explain", "intent"})
_GROUNDS = ("legal_ref", "case_id", "officer", "consent_id", "consent_until")
_FIELDS = {"id": True, "sql": True, "as": True, "purpose": True, "source": False, **dict.fromkeys(_GROUNDS, False)}


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `document` is the policy input, `None` for one that never reached policy; then `code` says why.

    `older` tells that it was recorded under an earlier version of the input, and brought up to this one.
    """

    id: str
    document: dict[str, Any] | None
    code: str = ""
    older: bool = False


def logged_questions(workspace: Workspace) -> Iterator[Question]:
    """Yield the decisions of the ledger, oldest first. Raises `LedgerError`."""
    for entry in workspace.ledger().entries():
        if entry.kind in DECISIONS:
            document, older = entry.body.get("input"), is_older(entry.body)
            yield Question(
                str(entry.decision_id),
                brought_up(document) if older and document else document,
                str(entry.body.get("code")),
                older,
            )


def asked_questions(workspace: Workspace, text: str) -> Iterator[Question]:
    """Yield the queries of a JSON-lines text: `{"id", "sql", "as", "purpose", "source"?}` and what a query rests on.

    That is `legal_ref`, `case_id`, `officer`, `consent_id` and `consent_until`, each as the command line takes it.
    Raises `InputError`: `question_line` for a line that is not that, and the codes of an unknown name.
    """
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _asked(workspace, snapshot, _parse(number, line), number)


def _parse(number: int, line: str) -> dict[str, str]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise InputError("question_line", line=number, what="JSON") from None
    if not isinstance(value, dict):
        raise InputError("question_line", line=number, what="JSON")
    for name, required in _FIELDS.items():
        if not isinstance(value.get(name, None if required else ""), str | None) or (required and not value.get(name)):
            raise InputError("question_line", line=number, what=f'"{name}"')
    unknown = next((name for name in value if name not in _FIELDS), None)
    if unknown is not None:
        raise InputError("question_line", line=number, what=f'"{unknown[:40]}"')
    return value


def _asked(workspace: Workspace, snapshot: Snapshot, line: dict[str, str], number: int) -> Question:
    agency, purpose = snapshot.agencies.get(line["as"]), snapshot.purposes.get(line["purpose"])
    source = line.get("source") or (next(iter(workspace.sources)) if len(workspace.sources) == 1 else "")
    officer = line.get("officer")
    strange = agency is not None and officer is not None and officer not in agency.officers
    if agency is None or purpose is None or source not in workspace.sources or strange:
        wrong = "as" if agency is None else "purpose" if purpose is None else "officer" if strange else "source"
        raise InputError("question_line", line=number, what=f'"{wrong}"')
    request = Request(
        sql=line["sql"],
        subject=agency.id,
        purpose=purpose.id,
        source=source,
        dialect=engines.dialect_of(workspace.source_url(source)),
        channel="cli",
        **{name: line.get(name) for name in _GROUNDS},
    )
    try:
        query = sql.resolve(request.sql, request.dialect, present_assets(snapshot, source))
    except Refused as refused:
        return Question(line["id"], None, refused.code)
    established = {"consented": consented(request, snapshot, query, workspace.consent_key)}
    now = datetime.now(UTC)
    return Question(line["id"], policy_input(request, agency, purpose, query.footprint, snapshot, now, established))
