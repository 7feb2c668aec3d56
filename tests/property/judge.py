"""What a query does on the twins: is it refused, does it tell them apart, and is it itself where all is clear."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import parse_one

from phantang.engines.duckdb import session as duckdb_session
from phantang.engines.postgres import session as postgres_session
from phantang.model.errors import GuardError, Refused
from phantang.sql import guard, plan, resolve

from .dossiers import abstracted
from .grammar import generate
from .shrink import shrink
from .twins import CORPORA, MASKS, Answer, answer, assets, decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantang.model.decision import Decision

_ERRORS = {"duckdb": duckdb_session.query_error, "postgres": postgres_session.query_error}


@dataclass(slots=True)
class Judge:
    """Both twins of one dialect, and the decisions queries are tried under."""

    dialect: str
    twins: tuple[Any, ...]
    rewrite: Callable[[str, str, Decision], str | None] | None = None
    strict: Decision = field(init=False)
    clear: Decision = field(init=False)

    def __post_init__(self) -> None:
        """Make the decisions: everything masked or hidden that can be, and everything clear."""
        self.strict = decision(self.dialect, masks=MASKS, hide_rows=True)
        self.clear = decision(self.dialect)

    def verdict(self, sql: str) -> str:
        """Judge one query.

        Failures are `fault` (the guard or a pass broke), `leak` (the twins differ) and `changed` (other rows than the
        original where all is clear). `reordered` is no failure: either the original or ours met a value that fails, and
        engines may evaluate conditions in any order. Nor is `planned`: an expression that fails on a row the subject
        may see was evaluated in one twin only, because the engine chose its plan by the number of rows in the table;
        the twins agree when it plans by the statement. The rest is `refused`, `error`, `empty` and `rows`.
        """
        try:
            strict = self.rewritten(sql, self.strict)
            if strict is None:
                return "refused"
            clear = self.rewritten(sql, self.clear)
        except GuardError:
            return "fault"
        except Refused:
            return "fault"
        ordered = parse_one(sql, read=self.dialect).args.get("order") is not None
        one, two = (self.shown(twin, strict, ordered=ordered) for twin in self.twins)
        if one != two:
            return self._difference(one, two, strict)
        original, ours = (self.shown(self.twins[0], text, ordered=ordered) for text in (sql, clear or ""))
        if original[0] != ours[0]:
            return "reordered"
        if original != ours:
            return "changed"
        if one[0] == "error":
            return "error"
        return "rows" if one[1][1] != "[]" else "empty"

    def _difference(self, one: Answer, two: Answer, sql: str) -> str:
        """Tell a leak from a choice of plan: one twin met an error that the other's plan passed by."""
        if one[0] != two[0]:
            first, second = (self.shown(twin.by_statement, sql, ordered=True) for twin in self.twins)
            if first == second:
                return "planned"
        return "leak"

    def shown(self, twin: Any, sql: str, *, ordered: bool) -> Answer:
        """Return the answer as a subject sees it: of an error, what our engines say of it."""
        caught: list[BaseException] = []

        def run(text: str) -> tuple[Any, list[Any]]:
            try:
                columns, rows = twin(text)
            except Exception as error:
                caught.append(error)
                raise
            return columns, rows

        found = answer(run, sql, ordered=ordered)
        return found if not caught else ("error", str(_ERRORS[self.dialect]("thu", caught[0])))

    def rewritten(self, sql: str, allowed: Decision) -> str | None:
        """Return what would run, or `None` if the query is refused."""
        if self.rewrite is not None:
            return self.rewrite(sql, self.dialect, allowed)
        catalog = assets(self.dialect)
        try:
            query = resolve(sql, self.dialect, catalog)
        except Refused:
            return None
        made = plan(query, allowed, catalog)
        guard(made, allowed, catalog)
        return abstracted(made.sql, self.dialect)


def campaign(
    judge: Judge, seed: str, queries: int, *, start: int = 0, say: Callable[[str], None] | None = None
) -> tuple[Counter[str], list[tuple[str, str, str]]]:
    """Judge `queries` generated queries; return how many had each verdict, and the failures as (verdict, id, SQL)."""
    verdicts: Counter[str] = Counter()
    failures: list[tuple[str, str, str]] = []
    for number in range(start, start + queries):
        sql = generate(f"{seed}/{number}", judge.dialect)
        verdict = judge.verdict(sql)
        verdicts[verdict] += 1
        if say is not None and (number + 1) % 1000 == 0:
            say(f"{number + 1}: {dict(verdicts)}")
        if verdict in {"fault", "leak", "changed"}:
            small = shrink(sql, judge.dialect, lambda text, wanted=verdict: judge.verdict(text) == wanted)  # type: ignore[misc]
            failures.append((verdict, f"{seed}/{number}", small))
            if say is not None:
                say(f"{verdict} {judge.dialect} {seed}/{number}\n  {small}")
    return verdicts, failures


def save(dialect: str, failures: list[tuple[str, str, str]]) -> None:
    """Keep failures as cases of the attack corpus, in files named by their verdict."""
    CORPORA["found"].mkdir(parents=True, exist_ok=True)
    for verdict, origin, sql in failures:
        path = CORPORA["found"] / f"{verdict}_{dialect}.sql"
        if not path.exists():
            path.write_text(f"-- Found by generated queries on {dialect}: `{verdict}`.\n", encoding="utf-8")
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n-- dialect: {dialect}\n-- {origin}\n{sql}\n")
