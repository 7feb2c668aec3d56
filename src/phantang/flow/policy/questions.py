"""Questions once asked, as policy saw them: from the decision log, or from a file of queries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from phantang import catalog, engines, sql
from phantang.flow.policy.contract import brought_up, is_older
from phantang.flow.policy.input import policy_input, present_assets
from phantang.model.errors import InputError, Refused
from phantang.model.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.model.catalog import Snapshot
    from phantang.store import Workspace

#: Ledger entries of these kinds hold a decision.
DECISIONS = frozenset({"explain", "intent"})
_FIELDS = {"id": True, "sql": True, "as": True, "purpose": True, "source": False, "legal_ref": False, "case_id": False}


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
    """Yield the queries of a JSON-lines text: `{"id", "sql", "as", "purpose", "source"?, "legal_ref"?, "case_id"?}`.

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
        raise InputError("question_line", line=number, what="not JSON") from None
    if not isinstance(value, dict):
        raise InputError("question_line", line=number, what="not an object")
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
    if agency is None or purpose is None or source not in workspace.sources:
        wrong = "as" if agency is None else "purpose" if purpose is None else "source"
        raise InputError("question_line", line=number, what=f'"{wrong}"')
    request = Request(
        sql=line["sql"],
        subject=agency.id,
        purpose=purpose.id,
        source=source,
        dialect=engines.dialect_of(workspace.source_url(source)),
        legal_ref=line.get("legal_ref"),
        case_id=line.get("case_id"),
        channel="cli",
    )
    try:
        footprint = sql.resolve(request.sql, request.dialect, present_assets(snapshot, source)).footprint
    except Refused as refused:
        return Question(line["id"], None, refused.code)
    return Question(line["id"], policy_input(request, agency, purpose, footprint, snapshot, datetime.now(UTC)))
