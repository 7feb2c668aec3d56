"""SQL: resolve what a query reads, rewrite it at the source, and check the result. The only importer of sqlglot."""

import logging

from phantang.sql.binding.resolve import DIALECTS, ResolvedQuery, resolve
from phantang.sql.binding.views import mentioned, view_columns
from phantang.sql.cache import CachedQuery, QueryCache
from phantang.sql.disclosure.atoms import counted
from phantang.sql.disclosure.cells import Cells, cells
from phantang.sql.disclosure.combination import Member, memberships, systems
from phantang.sql.disclosure.difference import Counted, refuted
from phantang.sql.disclosure.multiplicity import repetitions
from phantang.sql.disclosure.selecting import selection
from phantang.sql.disclosure.selection import Selection
from phantang.sql.disclosure.statements import listed, repeated_people
from phantang.sql.guarding.guard import guard
from phantang.sql.language.generated import columns_read
from phantang.sql.language.text import format_sql
from phantang.sql.rewriting.passes.differential_privacy import one_row_each
from phantang.sql.rewriting.plan import plan

__all__ = [
    "DIALECTS",
    "CachedQuery",
    "Cells",
    "Counted",
    "Member",
    "QueryCache",
    "ResolvedQuery",
    "Selection",
    "cells",
    "columns_read",
    "counted",
    "format_sql",
    "guard",
    "listed",
    "memberships",
    "mentioned",
    "one_row_each",
    "plan",
    "refuted",
    "repeated_people",
    "repetitions",
    "resolve",
    "selection",
    "systems",
    "view_columns",
]

# sqlglot's log quotes the statement, literals and all (a JSON path it cannot read, a command it does not know).
logging.getLogger("sqlglot").addFilter(lambda _: False)
