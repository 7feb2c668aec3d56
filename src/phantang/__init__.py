"""Phân Tầng: classify data, tier it, let policy decide, rewrite the SQL at the source, keep the evidence.

`Gateway.open(workspace)` answers questions, `match_person(gateway, ...)` whether somebody is in a register, `scan(url)`
classifies a database; everything else is the command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phantang.flow.query.gateway import Answer, Denied, Gateway
    from phantang.flow.query.match import Match, match_person
    from phantang.flow.scan.scan import scan

__version__ = "0.1.0"
__all__ = ["Answer", "Denied", "Gateway", "Match", "__version__", "match_person", "scan"]

_HOMES = {
    "Answer": "phantang.flow.query.gateway",
    "Denied": "phantang.flow.query.gateway",
    "Gateway": "phantang.flow.query.gateway",
    "Match": "phantang.flow.query.match",
    "match_person": "phantang.flow.query.match",
    "scan": "phantang.flow.scan.scan",
}


def __getattr__(name: str) -> object:
    # Late imports: `import phantang` alone must not load drivers, parsers and recognisers.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
