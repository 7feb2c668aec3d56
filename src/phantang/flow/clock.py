"""How long each stage of a path took, which day it is in Vietnam, and the time of a ledger entry."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

#: Vietnam has one time zone and no summer time.
VIETNAM = timezone(timedelta(hours=7))
#: How a moment is written for people, by language.
_FORMS = {"vi": "%d/%m/%Y %H:%M:%S", "en": "%Y-%m-%d %H:%M:%S"}


class Clock:
    """Seconds by stage; each lap is the time since the one before."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End `stage` now."""
        now = time.perf_counter()
        self.stages[stage], self._last = now - self._last, now


def timestamp() -> str:
    """Return the time of a ledger entry: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_time(moment: str, lang: str) -> str:
    """Return an RFC 3339 moment for people: Vietnamese time, to the second, as `lang` writes it.

    What is no moment, as in a ledger that was altered, is returned as it is.
    """
    try:
        return datetime.fromisoformat(moment).astimezone(VIETNAM).strftime(_FORMS[lang])
    except (ValueError, OverflowError):
        return moment


def today() -> str:
    """Return the Vietnamese date, ISO 8601."""
    return datetime.now(UTC).astimezone(VIETNAM).date().isoformat()
