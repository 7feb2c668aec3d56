"""SQL: resolve what a query reads, rewrite it at the source, and check the result. The only importer of sqlglot."""

import logging

from phantang.sql.cache import CachedQuery, QueryCache
from phantang.sql.combination import Member, counted, memberships, systems
from phantang.sql.difference import Counted, isolates, refuted
from phantang.sql.guard import guard
from phantang.sql.multiplicity import repetitions
from phantang.sql.passes.differential_privacy import one_row_each
from phantang.sql.plan import plan
from phantang.sql.resolve import DIALECTS, ResolvedQuery, resolve
from phantang.sql.selection import Selection, listed, repeated_people, selection
from phantang.sql.text import format_sql

__all__ = [
    "DIALECTS",
    "CachedQuery",
    "Counted",
    "Member",
    "QueryCache",
    "ResolvedQuery",
    "Selection",
    "counted",
    "format_sql",
    "guard",
    "isolates",
    "listed",
    "memberships",
    "one_row_each",
    "plan",
    "refuted",
    "repeated_people",
    "repetitions",
    "resolve",
    "selection",
    "systems",
]

# sqlglot's log quotes the statement, literals and all (a JSON path it cannot read, a command it does not know).
logging.getLogger("sqlglot").addFilter(lambda _: False)
