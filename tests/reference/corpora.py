"""How much of a body of SQL is accepted, and with equal answers: `python -m tests.reference.corpora`.

A developer brings a folder of `.sql` files (queries, or scripts that also build their tables), the dialect, and where
needed a schema. Every statement that is a query and that the engine itself runs is resolved, planned and guarded with
everything clear; columns, types and rows must then equal the original's. Other statements only prepare the database,
which is a throw-away one: in memory for DuckDB, a server of its own for PostgreSQL. No corpus lives in this repository.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier
from phantang.sql import guard, plan, resolve

from .databases import DuckDB, Postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .databases import Engine, Result

_TOKEN = re.compile(
    r"(?P<text>[eE]?'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")|(?P<dollar>\$(?:[A-Za-z_]\w*)?\$)"
    r"|(?P<line>--[^\n]*)|(?P<block>/\*.*?\*/)|(?P<meta>\\[^\n]*)|(?P<end>;)|(?P<begin>\bBEGIN\s+ATOMIC\b)",
    re.DOTALL | re.IGNORECASE,
)
_QUERY = re.compile(r"[\s(]*(SELECT|WITH|VALUES|TABLE|FROM)\b", re.IGNORECASE)
_SESSION = re.compile(
    r"\s*(BEGIN|START|COMMIT|ROLLBACK|ABORT|END|SAVEPOINT|RELEASE|COPY|VACUUM|DROP\s+DATABASE|ALTER\s+SYSTEM)\b",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(r"^(\s*CREATE\s+(?:OR\s+REPLACE\s+)?)(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\b", re.IGNORECASE)
_SYSTEM = re.compile(r"(pg_|information_schema|duckdb_|sqlite_)", re.IGNORECASE)


def statements(text: str) -> Iterator[str]:
    """Split a script at its semicolons; psql's backslash commands end a statement and are dropped."""
    start = position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "dollar":
            end = text.find(match[0], position)
            position = len(text) if end < 0 else end + len(match[0])
        elif kind == "begin":
            closing = re.compile(r"\bEND\s*;", re.IGNORECASE).search(text, position)
            position = closing.start() if closing else len(text)
        elif kind in {"end", "meta"}:
            if statement := _stripped(text[start : match.start()]):
                yield statement
            start = position
    if statement := _stripped(text[start:]):
        yield statement


def script(path: Path) -> Iterator[str]:
    """Return the statements of a script; of a sqllogictest (`.test`, `.slt`), those of its records."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".sql":
        yield from statements(text)
        return
    for record in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        lines = [line for line in record.split("\n") if not line.startswith("#")]
        while lines and not re.match(r"(statement (ok|maybe)|query)\b", lines[0]):
            del lines[0]
        yield from statements("\n".join(lines[1:]).split("\n----")[0])


def load(engine: Engine, folder: Path) -> None:
    """Put the rows of `<folder>/<table>.csv` (with a header, NULL as nothing) into each table that has such a file."""
    for schema, table in dict.fromkeys(row[:2] for row in engine.columns()):
        file = folder / f"{table}.csv"
        if file.is_file():
            engine.load(f'"{schema}"."{table}"', file)


def _stripped(statement: str) -> str:
    return re.sub(r"\A(?:\s+|--[^\n]*\n?|/\*.*?\*/)+", "", statement, flags=re.DOTALL).strip()


def catalog(engine: Engine) -> tuple[Asset, ...]:
    """Return every relation of the database as an accepted asset."""
    tables: dict[tuple[str, str], list[ColumnEntry]] = {}
    for schema, table, column, kind in engine.columns():
        entry = ColumnEntry(column, kind, Status.ACCEPTED, "vn.thu", tier=Tier.T1, personal_class=PersonalClass.BASIC)
        tables.setdefault((schema, table), []).append(entry)
    return tuple(Asset(TableName("thu", *name), tuple(columns)) for name, columns in tables.items())


def fill(engine: Engine, rows: int) -> None:
    """Put `rows` made-up rows into every empty table: small domains, so that joins and groups find partners."""
    source = random.Random(7)
    tables: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, kind in engine.columns():
        tables.setdefault((schema, table), []).append((column, kind.upper()))
    for (schema, table), columns in tables.items():
        name = f'"{schema}"."{table}"'
        try:
            found = engine.run(f"SELECT count(*) FROM {name}")
            if found is not None and str(found[1][0][0]) in {"0", "b'0'"}:
                made = (f"({', '.join(_value(kind, source) for _, kind in columns)})" for _ in range(rows))
                engine.run(f"INSERT INTO {name} VALUES {', '.join(made)}")
        except Exception:  # noqa: BLE001, S110 - a view, or a column of a type that is not made up: stays empty
            pass


def _value(kind: str, source: random.Random) -> str:
    if source.random() < 0.05:
        return "NULL"
    if "INT" in kind and "INTERVAL" not in kind:
        return str(source.randint(0, 40))
    if kind.startswith(("DEC", "NUM", "DOUBLE", "REAL", "FLOAT")):
        return str(source.randint(0, 9900) / 100)
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"'{source.randint(1992, 2002)}-{source.randint(1, 12):02}-{source.randint(1, 28):02}'"
    if kind.startswith("BOOL"):
        return source.choice(("TRUE", "FALSE"))
    if kind.startswith("TIME"):
        return f"'{source.randint(0, 23):02}:00:00'"
    return f"'{source.choice('ABCDEFGHIJ')}'"


@dataclass(slots=True)
class Tally:
    """Counts of one run, and the statements behind every count but `accepted`."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, outcome: str, sql: str) -> None:
        """Count one statement."""
        self.counts[outcome] += 1
        if outcome != "accepted":
            self.examples.setdefault(outcome, []).append(sql)

    def report(self) -> str:
        """Return the share accepted, and every other outcome, most frequent first."""
        elsewhere = sum(count for outcome, count in self.counts.items() if outcome.startswith("not data:"))
        total, accepted = self.counts.total(), self.counts["accepted"]
        asked = total - elsewhere
        share, own_share = accepted / max(total, 1), accepted / max(asked, 1)
        lines = [
            f"queries the engine runs: {total}; accepted, with equal answers: {accepted} ({share:.1%})",
            f"without those on the engine's catalog or the script's own functions: {asked} ({own_share:.1%})",
        ]
        lines += [f"{count:7}  {name}" for name, count in self.counts.most_common() if name != "accepted"]
        return "\n".join(lines)


def judge(engine: Engine, assets: Sequence[Asset], own: set[str], sql: str, expected: Result) -> str:
    """Return `accepted`, or how the statement was refused or answered otherwise."""
    names = {asset.name.local: {c.name: ColumnDecision(Effect.CLEAR) for c in asset.columns} for asset in assets}
    allowed = Decision(True, names, {}, Obligations(), (), "thu")
    try:
        made = plan(resolve(sql, engine.dialect, assets), allowed, assets)
        guard(made, allowed, assets)
    except Refused as error:
        name = str(error.params.get("name", ""))
        system = error.code == "table_unknown" and _SYSTEM.match(name)
        made_here = error.code == "sql_function" and name.lower() in own
        return f"{'not data: ' if system or made_here else ''}{error.code} {name}".strip()
    except GuardError as error:
        return f"guard: {error.params.get('name', error.code)}"
    try:
        got = engine.run(made.sql)
    except Exception as error:  # noqa: BLE001 - whatever the engine raises is an answer that is not equal
        return f"different: {type(error).__name__} {str(error).splitlines()[0][:60]}"
    if got is None or got[0] != expected[0]:
        return "different: columns"
    if repr(got[1]) == repr(expected[1]):
        return "accepted"
    if sorted(map(repr, got[1])) == sorted(map(repr, expected[1])):
        return "accepted" if not re.search(r"\bORDER\s+BY\b", sql, re.IGNORECASE) else "different: order"
    again = engine.run(sql)
    return "different: rows" if again is not None and repr(again[1]) == repr(expected[1]) else "accepted"


def prepare(engine: Engine, scripts: Iterable[Path], rows: int, data: Path | None = None) -> None:
    """Build the tables of a corpus; what the engine does not accept is left out."""
    for path in scripts:
        for statement in script(path):
            if not _SESSION.match(statement):
                _attempt(engine, statement)
    if data is not None:
        load(engine, data)
    if rows:
        fill(engine, rows)


def _attempt(engine: Engine, statement: str) -> Result | None:
    """Run a statement of a script; a temporary table is made to stay, as the tables of a source do."""
    try:
        return engine.run(_TEMPORARY.sub(r"\1", statement))
    except Exception:  # noqa: BLE001 - scripts are made for another version, or try errors on purpose
        return None


def measure(engine: Engine, path: Path, tally: Tally) -> None:
    """Judge the queries of one script, in order, running everything else between them."""
    assets, own = catalog(engine), engine.own_functions()
    changed = False
    for statement in script(path):
        if _SESSION.match(statement):
            continue
        expected = _attempt(engine, statement)
        if expected is None or not _QUERY.match(statement):
            changed = True
            continue
        if changed:
            assets, own, changed = catalog(engine), engine.own_functions(), False
        tally.add(judge(engine, assets, own, statement, expected), statement)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.reference.corpora", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder of .sql or sqllogictest files, or one file")
    parser.add_argument("--dialect", choices=("duckdb", "postgres"), required=True)
    parser.add_argument("--schema", type=Path, action="append", default=[], help="a script run first; repeatable")
    parser.add_argument("--fill", type=int, default=0, metavar="ROWS", help="made-up rows for every empty table")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="<table>.csv files with headers, loaded then")
    parser.add_argument("--fresh", action="store_true", help="give every file a database of its own")
    parser.add_argument("--only", default="*.sql", metavar="GLOB", help="which files of the folder")
    parser.add_argument("--examples", type=Path, metavar="FILE", help="write the statements behind each count")
    return parser.parse_args()


def main() -> int:
    """Print the shares of one corpus; 1 if an accepted query was answered otherwise."""
    options = _arguments()
    scripts = [options.folder] if options.folder.is_file() else sorted(options.folder.glob(options.only))
    tally = Tally()
    if options.dialect == "duckdb":
        _all(lambda _: DuckDB(), scripts, options, tally)
    else:
        from tests.services.postgres import running

        with running() as server:
            base = Postgres(server, "mau")
            prepare(base, options.schema, options.fill, options.data)
            base._connection.close()
            options.schema, options.fill, options.data = [], 0, None
            _all(lambda number: Postgres(server, f"thu_{number}", "mau"), scripts, options, tally)
    print(tally.report())
    if options.examples:
        text = "".join(
            f"\n== {name}\n" + "".join(f"{sql};\n" for sql in found) for name, found in tally.examples.items()
        )
        options.examples.write_text(text, encoding="utf-8")
    return int(any(name.startswith(("different", "guard")) for name in tally.counts))


def _all(connect: Any, scripts: Sequence[Path], options: argparse.Namespace, tally: Tally) -> None:
    engine: Engine | None = None
    for number, path in enumerate(scripts):
        if engine is None:
            engine = connect(number)
            prepare(engine, options.schema, options.fill, options.data)
        measure(engine, path, tally)
        if options.fresh:
            engine.close()
            engine = None
    if engine is not None:
        engine.close()


if __name__ == "__main__":
    sys.exit(main())
