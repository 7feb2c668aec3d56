"""From SQL text to a bound query and its footprint. What is not understood is refused here, before policy is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError

from phantang.model.errors import Refused
from phantang.model.footprint import Footprint, OutputColumn, TableUse, Use
from phantang.model.names import ColumnName
from phantang.sql.binding import lookups
from phantang.sql.binding.binder import bind_query
from phantang.sql.binding.context import Context
from phantang.sql.binding.flatten import flatten
from phantang.sql.binding.shape import shape
from phantang.sql.language.lexis import dialect_of, fingerprint, keep_intervals, keep_names, refuse_misread, tokens_of
from phantang.sql.language.literals import Literal, exchangeable, mark
from phantang.sql.language.refusal import LITERAL, refuse
from phantang.sql.language.spelling import bare_time, spell
from phantang.sql.language.vet import vet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlglot.tokenizer_core import Token

    from phantang.model.catalog import Asset
    from phantang.model.names import TableName
    from phantang.sql.binding.relations import Bound, Occurrence

DIALECTS = ("duckdb", "postgres")


@dataclass(frozen=True, slots=True)
class ResolvedQuery:
    """A query whose every name is bound. `tree` holds one marked table node per occurrence; treat it as read-only.

    The lookup literals live in `occurrences` only: the footprint, which policy and ledger see, has none.
    `literals` are all of the statement's, `exchangeable` the positions of those a plan can be written anew with.
    """

    dialect: str
    footprint: Footprint
    tree: exp.Query
    occurrences: tuple[Occurrence, ...]
    literals: tuple[Literal, ...]
    exchangeable: frozenset[int]

    def literals_at(self, places: Collection[tuple[str, str]]) -> frozenset[str]:
        """Return the literals by which the `(schema.table, column)` of `places` are looked up."""
        return frozenset(
            literal.this
            for occurrence in self.occurrences
            for name, literal in occurrence.lookups.items()
            if (occurrence.asset.name.local, name) in places
        )

    def looked_up_by(self, value: str) -> frozenset[tuple[str, str]]:
        """Return the `(schema.table, column)` whose every occurrence is looked up by exactly `value`."""
        return self.looked_up_as(value.__eq__)

    def looked_up_as(self, accepts: Callable[[str], bool]) -> frozenset[tuple[str, str]]:
        """Return the `(schema.table, column)` whose every occurrence is looked up by a literal `accepts` takes."""
        return frozenset(
            (occurrence.asset.name.local, name)
            for occurrence in self.occurrences
            for name, literal in occurrence.lookups.items()
            if accepts(str(literal.this))
        )


def resolve(sql: str, dialect: str, assets: Sequence[Asset]) -> ResolvedQuery:
    """Parse, vet and bind one SELECT against the assets of one source.

    Raises `Refused` with `sql_*`, `table_unknown`, `column_unknown`, `column_ambiguous`, `whole_row_reference`,
    `system_column`, `alias_duplicate`, `reserved_name` or `placeholder`.
    """
    if dialect not in DIALECTS:
        raise refuse("sql_dialect", dialect)
    tokens = tokens_of(sql, dialect)
    literals = mark(tokens)
    digest = fingerprint(tokens, dialect)
    refuse_misread(tokens, dialect)
    keep_names(tokens, dialect)
    keep_intervals(tokens, dialect)
    try:
        tree = _statement(_parse(tokens, sql, dialect), dialect)
        vet(tree, dialect)
        bare_time(tree)
        if dialect == "duckdb":
            spell(tree, tokens)
        context = Context(dialect, assets, bind_query)
        outputs = bind_query(context, tree, None, (Use.OUTPUT,), {})
        flat = _flat(tree, context, [column.name for column in outputs])
        if flat is not None:
            tree, context, outputs = flat
    except RecursionError:
        raise refuse("sql_too_deep") from None
    lookups.settle(context)
    source = assets[0].name.source if assets else ""
    footprint = Footprint(
        source=source,
        statement="select",
        tables=_tables(context),
        outputs=tuple(_output(context, column) for column in outputs),
        shape=shape(context, tree),
        fingerprint=digest,
    )
    return ResolvedQuery(dialect, footprint, tree, tuple(context.occurrences), literals, exchangeable(tree))


def _flat(tree: exp.Query, context: Context, names: list[str]) -> tuple[exp.Query, Context, list[Bound]] | None:
    """Return statistics over plain sub-selects as one flat statement, bound anew; `None` for any other."""
    if not context.subqueries or context.set_operations:
        return None
    flat = flatten(tree, context.dialect, context.occurrences, names)
    if flat is None:
        return None
    again = Context(context.dialect, context.assets, bind_query)
    try:
        outputs = bind_query(again, flat, None, (Use.OUTPUT,), {})
    except Refused:
        return None
    return (flat, again, outputs) if shape(again, flat).aggregate_only else None


def _parse(tokens: list[Token], sql: str, dialect: str) -> exp.Expr:
    try:
        trees = dialect_of(dialect).parser().parse(tokens, sql)
    except Refused:
        raise
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        # sqlglot reports most bad input as ParseError; on stranger input its parser trips over itself.
        raise refuse("sql_syntax", _near(error, tokens)) from None
    if len(trees) != 1 or trees[0] is None:
        raise refuse("sql_multiple_statements" if len(trees) > 1 else "sql_empty")
    return trees[0]


def _near(error: Exception, tokens: list[Token]) -> str:
    """Return the text where sqlglot stopped; of a literal, which may be somebody's number, only that it is one."""
    details = getattr(error, "errors", None)
    if details and details[0].get("highlight"):
        text = str(details[0]["highlight"])
        literal = text[0].isdigit() or any(char in text for char in "'$")
        return LITERAL if literal else text
    return LITERAL if isinstance(tokens[-1].text, Literal) else tokens[-1].text


def _values(tree: exp.Values) -> exp.Select:
    """Read `VALUES (...)` as a SELECT from it, under the column names the engine gives."""
    rows = exp.Values(expressions=tree.expressions, alias=exp.TableAlias(this=exp.to_identifier("valueslist")))
    return exp.Select(expressions=[exp.Star()], from_=exp.From(this=rows))


def _statement(tree: exp.Expr, dialect: str) -> exp.Query:
    """Take the statement out of meaningless parentheses and give FETCH FIRST its ordinary name."""
    if isinstance(tree, exp.Values):
        tree = _values(tree)
    while isinstance(tree, exp.Subquery) and set(_set(tree)) == {"this"} and isinstance(tree.this, exp.Query):
        tree = tree.this
        tree.pop()
    if isinstance(tree, exp.Subquery) or not isinstance(tree, (exp.Select, exp.SetOperation)):
        raise refuse("sql_statement", type(tree).__name__.upper())
    if dialect == "duckdb" and any(not select.expressions for select in tree.find_all(exp.Select)):
        raise refuse("sql_syntax", "SELECT")  # without columns it is PostgreSQL's
    for fetch in list(tree.find_all(exp.Fetch)):
        options = fetch.args.get("limit_options")
        ties = options is not None and options.args.get("with_ties")
        if options is not None and options.args.get("percent"):
            raise refuse("sql_construct", "FETCH ... PERCENT")
        if ties and dialect == "postgres":
            continue
        if ties:
            raise refuse("sql_construct", "FETCH ... WITH TIES")
        count = fetch.args.get("count") or exp.Literal.number(1)
        fetch.replace(exp.Limit(expression=count))
    for limit in list(tree.find_all(exp.Limit, exp.Offset)):
        _count(limit)
    return tree


def _count(limit: exp.Expr) -> None:
    """Give a LIMIT or OFFSET its number: arithmetic on literals is done here, ALL and NULL mean no limit."""
    value = limit.expression
    if isinstance(value, exp.Null) or (isinstance(value, exp.Var) and value.name.upper() == "ALL"):
        limit.pop()
        return
    number = _whole(value)
    if number is not None and number >= 0 and not isinstance(value, exp.Literal):
        limit.set("expression", exp.Literal.number(number))


def _whole(node: exp.Expr, depth: int = 0) -> int | None:
    if depth > 8:
        return None
    if isinstance(node, exp.Paren):
        return _whole(node.this, depth + 1)
    if isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit() and len(node.this) < 10:
        return int(node.this)
    if isinstance(node, (exp.Add, exp.Sub, exp.Mul)):
        left, right = _whole(node.this, depth + 1), _whole(node.expression, depth + 1)
        if left is not None and right is not None:
            return (
                left + right
                if isinstance(node, exp.Add)
                else left - right
                if isinstance(node, exp.Sub)
                else left * right
            )
    return None


def _set(node: exp.Expr) -> list[str]:
    return [name for name, value in node.args.items() if value not in (None, False, [])]


def _tables(context: Context) -> tuple[TableUse, ...]:
    uses: dict[TableName, dict[str, set[Use]]] = {}
    for occurrence in context.occurrences:
        columns = uses.setdefault(occurrence.asset.name, {})
        for name, roles in occurrence.uses.items():
            columns.setdefault(name, set()).update(roles)
    return tuple(
        TableUse(table, tuple((name, frozenset(columns[name])) for name in sorted(columns)))
        for table, columns in sorted(uses.items())
    )


def _output(context: Context, column: Bound) -> OutputColumn:
    sources = {ColumnName(context.occurrences[index].asset.name, name) for index, name in column.sources}
    return OutputColumn(column.name, tuple(sorted(sources)), column.same is not None)
