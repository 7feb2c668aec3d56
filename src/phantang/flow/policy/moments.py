"""How finely a bundle can tell moments apart, so that questions equal but for their time need not be decided again."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from phantang.flow.clock import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from phantang.pdp import Bundle

_SLOT_MINUTES = 15
#: The one comparison with the clock that the policies here make: the end of a Vietnamese day.
_DAY_RULE = "time.parse_rfc3339_ns(input.context.time) <= time.parse_rfc3339_ns(last_moment)"
_DAY_END = 'last_moment := concat("T", [last_day, "23:59:59.999999999+07:00"])'
#: Ways to the clock: its name, or the context or the input taken whole. `holds` asks which keys there are.
_WAY = re.compile(r"\btime\b|\binput\.context\b(?!\.[a-z])|\binput\b(?!\.[a-z])")
_HARMLESS = re.compile(
    r'holds\(input\.context, \{("[a-z_]+"(, )?)+\}\)|object\.get\(input\.context, "(?!time")[a-z_]+"'
)


def whole_days(bundles: Iterable[Bundle]) -> bool:
    """Tell whether no module can tell two moments of one Vietnamese day apart; in doubt it can."""
    return all(_by_day(text) for bundle in bundles for text in bundle.modules.values())


def slot(text: str, *, day: bool) -> str:
    """Return what stands for a moment (RFC 3339): its Vietnamese day, or else its quarter of an hour."""
    try:
        moment = datetime.fromisoformat(text).astimezone(VIETNAM)
    except ValueError:
        return text
    if day:
        return moment.date().isoformat()
    return moment.replace(minute=moment.minute - moment.minute % _SLOT_MINUTES, second=0, microsecond=0).isoformat()


def _by_day(text: str) -> bool:
    code = [line.strip() for line in text.splitlines() if not line.strip().startswith("#")]
    ways = [line for line in code if _WAY.search(_HARMLESS.sub("", line))]
    return all(line == _DAY_RULE for line in ways) and (not ways or _DAY_END in code)
