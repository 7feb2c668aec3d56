"""From the words of a question to a request: what is named must exist, before anything is resolved or decided."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from phantang import engines, sql
from phantang.model.errors import InputError
from phantang.model.request import Grounds, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.model.catalog import Snapshot
    from phantang.store import Workspace


@dataclass(frozen=True, slots=True)
class Question:
    """What a person or a program asked, word for word; without `source` the only one, without `dialect` its own."""

    statement: str
    subject: str
    purpose: str
    source: str | None
    dialect: str | None
    channel: str
    grounds: Grounds


def request_of(asked: Question, workspace: Workspace, snapshot: Snapshot) -> Request:
    """Return the request. Raises `InputError` for an unknown subject, purpose, source or dialect, and bad text."""
    subject, purpose, grounds = asked.subject, asked.purpose, asked.grounds
    for name, text in {"subject": subject, "purpose": purpose, "source": asked.source, **grounds}.items():
        if text is not None and not _is_text(str(text)):
            raise InputError("text_not_utf8", name=name.replace("_", "-"))
    if not _is_day(grounds.get("consent_until")):
        raise InputError("date_malformed", name="consent-until")
    if subject not in snapshot.agencies:
        raise InputError("subject_unknown", subject=subject, known=_names(snapshot.agencies))
    if purpose not in snapshot.purposes:
        raise InputError("purpose_unknown", purpose=purpose, known=_names(snapshot.purposes))
    officer, officers = grounds.get("officer"), snapshot.agencies[subject].officers
    if officer is not None and officer not in officers:
        raise InputError("officer_unknown", subject=subject, known=_names(officers))
    source = asked.source or only_source(workspace)
    if source not in workspace.sources:
        raise InputError("source_unknown", source=source, known=_names(workspace.sources))
    engine_dialect = engines.dialect_of(workspace.source_url(source), source)
    if asked.dialect is not None and asked.dialect not in sql.DIALECTS:
        raise InputError("dialect_unknown", dialect=asked.dialect, known=_names(sql.DIALECTS))
    return Request(
        sql=asked.statement,
        subject=subject,
        purpose=purpose,
        source=source,
        dialect=asked.dialect or engine_dialect,
        channel=asked.channel,
        **grounds,
    )


def same_spelt(one: sql.CachedQuery, other: sql.CachedQuery) -> bool:
    """Tell whether two statements differ in nothing but the letter case and Unicode form of their texts."""
    texts = [[folded(str(literal)) for literal in query.query.literals] for query in (one, other)]
    return one.footprint == other.footprint and texts[0] == texts[1]


def folded(text: str) -> str:
    """Return what two texts have in common that differ in letter case and Unicode form only."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def only_source(workspace: Workspace) -> str:
    """Return the workspace's source if it has one only. Raises `InputError` `source_required`."""
    if len(workspace.sources) != 1:
        raise InputError("source_required", known=_names(workspace.sources))
    return next(iter(workspace.sources))


def _is_text(text: str) -> bool:
    """Tell whether `text` can be logged and hashed: bytes that are not UTF-8 come as lone surrogates from a shell."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_day(text: str | None) -> bool:
    """Tell whether `text` is a date `YYYY-MM-DD`, or left out."""
    try:
        return text is None or date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _names(known: Iterable[str]) -> str:
    """Return what could have been meant, sorted, for an error."""
    return ", ".join(sorted(known)) or "-"
