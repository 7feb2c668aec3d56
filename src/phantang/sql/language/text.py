"""SQL as people read it."""

from __future__ import annotations

from sqlglot.errors import SqlglotError

from phantang.sql.language.lexis import dialect_of
from phantang.sql.language.refusal import refuse


def format_sql(sql: str, dialect: str) -> str:
    """Return `sql` on many lines, for diffs; it is never executed. Raises `Refused` `sql_syntax`."""
    engine = dialect_of(dialect)
    try:
        trees = engine.parser().parse(list(engine.tokenize(sql)), sql)
        return ";\n".join(engine.generator(pretty=True).generate(tree) for tree in trees if tree is not None)
    except (SqlglotError, RecursionError) as error:
        raise refuse("sql_syntax", type(error).__name__) from None
