"""Rich renderings shared by commands and the demo. Nothing here decides anything."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from phantang.cli.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from rich.console import Console

    from phantang.cli.session import Session
    from phantang.contracts import QualityCard
    from phantang.flow.query.explanation import Explanation
    from phantang.model.request import Receipt

TIER_STYLE = {"T0": "green", "T1": "green", "T2": "yellow", "T3": "red", "T4": "bold red", "T5": "bold white on red"}
#: Effects that the asker can do something about; of a filter or a duty there is nothing to mend.
_MENDABLE = {"deny", "mask"}
_WIDE, _SIDEWAYS_ROWS = 10, 4
#: Columns of indent: of the text below a reason, and from which an expression of the SQL counts as its inside.
_INSIDE, _DEEP = 10, 6
#: Stands for a column's name where reasons are compared; no name holds it.
_COLUMN = "\0"
_EFFECT_STYLE = {"clear": "green", "mask": "yellow", "deny": "red"}
_LIGHT_STYLE = {"green": "green", "yellow": "yellow", "red": "red"}


def tier_text(tier: str | None) -> Text:
    """Return a tier in its colour, `-` for none."""
    return Text(tier or "-", style=TIER_STYLE.get(tier or "", ""))


def columns_table(session: Session, rows: Sequence[dict[str, Any]]) -> Table:
    """Return the scan result: a line a column under the name of its table, with the evidence of its strongest rules.

    Every tag is there: a tier may come from the second.
    A narrow terminal gets the evidence below the tag.
    """
    table = _table()
    table.add_column(session.word("column"), overflow="fold")
    table.add_column(session.word("tag"), no_wrap=not session.narrow, overflow="fold")
    table.add_column(session.word("tier"), no_wrap=True)
    table.add_column(session.word("confidence"), no_wrap=True, justify="right")
    table.add_column(session.word("status"), no_wrap=True)
    if not session.narrow:
        table.add_column(session.word("evidence"), overflow="fold")
    under = None
    for row in rows:
        if under != (under := short_name(row["source"], row["schema"], row["table"])):
            table.add_row(Text(under, style="bold"))
        why = Text(_evidence(session, row["evidence"]), style="dim")
        tag = Text("\n".join(row["tags"]) or row["tag"] or "-")
        table.add_row(
            Text(f"  {row['column']}"),
            Text.assemble(tag, "\n", why) if session.narrow else tag,
            tier_text(row["tier"]),
            "-" if row["confidence"] is None else f"{row['confidence']:.2f}",
            session.value("status", str(row["status"])),
            *(() if session.narrow else (why,)),
        )
    return table


def short_name(source: str, schema: str, table: str) -> str:
    """Return a table's name as people say it: without the schema that every database has."""
    return f"{source}.{table}" if schema in {"main", "public"} else f"{source}.{schema}.{table}"


def _evidence(session: Session, found: Sequence[dict[str, Any]]) -> str:
    """Return the two strongest rules, each once, with what it rests on: a name, or how many values agreed."""
    rules: dict[str, list[str]] = {}
    for item in found:
        basis = f"{item['hits']}/{item['sampled']}" if item["sampled"] else session.value("evidence", item["kind"])
        rules.setdefault(item["rule"], []).append(basis)
    return "; ".join(f"{rule} ({', '.join(bases)})" for rule, bases in list(rules.items())[:2])


def _table() -> Table:
    return Table(header_style="bold", show_edge=False, pad_edge=False)


def print_sql_diff(session: Session, before: str, after: str, *, fold: bool) -> None:
    """Print two formatted statements as a diff: what left in red, what came in green.

    With `fold` the inside of long expressions, such as the mask of a text, is left out and counted.
    """
    lines = [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=100)
        if not line.startswith(("---", "+++", "@@"))
    ]
    for inside, group in itertools.groupby(lines, key=lambda line: fold and line.startswith("+" + " " * _DEEP)):
        part = list(group)
        if inside and len(part) > 1:
            folded = "+" + " " * _DEEP + session.word("sql_folded", count=len(part))
            session.out.print(Text(folded, style="dim green"))
            continue
        for line in part:
            session.out.print(Text(line, style={"-": "red", "+": "green"}.get(line[:1], "")))


def print_rows(session: Session, rows: pa.Table, limit: int, notes: Console | None = None) -> None:
    """Print the first `limit` rows as a table, NULL as such, and on `notes` (standard error) how many there are.

    An answer too wide to read is turned on its side: a line a column, a column a row.
    """
    sideways = rows.num_columns > _WIDE
    shown = rows.slice(0, min(limit, _SIDEWAYS_ROWS) if sideways else limit)
    # A list, not a mapping: two columns of an answer may have one name.
    columns = [
        (Text(name), [_cell(value) for value in column.to_pylist()])
        for name, column in zip(shown.column_names, shown.columns, strict=True)
    ]
    table = _table()
    if sideways:
        table.show_header = False
        table.add_column(style="bold", overflow="fold")
        for _ in range(shown.num_rows):
            table.add_column(overflow="fold")
        for name, cells in columns:
            table.add_row(name, *cells)
    else:
        for name, column in zip(shown.column_names, shown.schema.types, strict=True):
            table.add_column(Text(name), overflow="fold", justify="right" if _is_number(column) else "left")
        for row in zip(*(cells for _, cells in columns), strict=True):
            table.add_row(*row)
    session.out.print(table)
    notes = notes or session.err
    if not rows.num_rows:
        notes.print(Text(session.word("rows_none"), style="dim"))
    elif shown.num_rows < rows.num_rows:
        key = "rows_sideways" if sideways else "rows_shown"
        told = session.word(key, shown=shown.num_rows, total=session.number(rows.num_rows))
        notes.print(Text(told, style="dim"), soft_wrap=True)


def _is_number(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _cell(value: Any) -> Text:
    return Text("NULL", style="dim") if value is None else Text(str(value))


def print_reasons(session: Session, explanation: Explanation) -> None:
    """Print why: each rule with its message, its law and what would pass, in the session's languages.

    Of a denial only what denies is printed: the filters and duties it would also have had are in the JSON form. What a
    rule says alike of several columns is said once, of all of them.
    """
    reasons = explanation.to_json()["reasons"]
    shown = [reason for reason in reasons if explanation.allowed or reason["effect"] == "deny"]
    for alike in _alike(shown).values():
        reason = alike[0]
        style = _EFFECT_STYLE.get(reason["effect"], "cyan")
        effect = session.value("effect", reason["effect"])
        on = reason["on"] if len(alike) == 1 else reason["on"].rpartition(".")[0]
        session.out.print(Text.assemble((f"{effect:>9} ", style), (reason["rule"], "bold"), f"  {on}"))
        for lang in session.langs:
            _print_inside(session, "", _of_all(alike, "message", lang))
            if reason["effect"] in _MENDABLE and reason["remedy"].get(lang):
                _print_inside(session, "→ ", _of_all(alike, "remedy", lang), "italic")
        laws = (f"{basis['ref']} ({session.value('law', basis['status'])})" for basis in reason["legal_basis"])
        if text := "; ".join(laws):
            _print_inside(session, "§ ", text, "dim")


def _alike(reasons: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Group reasons that differ in nothing but the column they are about, in the order of the first of each."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for reason in reasons:
        table, _, column = reason["on"].rpartition(".")
        said = {name: value for name, value in reason.items() if name != "classified"}  # the column's own evidence
        kind = json.dumps({**said, "on": table}, ensure_ascii=False)
        if reason["on"].count(".") > 1:  # schema.table.column, not a table or the whole query
            kind = re.sub(rf"\b{re.escape(column)}\b", _COLUMN, kind)
        else:
            kind += reason["on"]
        groups.setdefault(kind, []).append(reason)
    return groups


def _of_all(alike: Sequence[dict[str, Any]], part: str, lang: str) -> str:
    text = str(alike[0][part].get(lang, ""))
    if len(alike) == 1:
        return text
    names = [reason["on"].rpartition(".")[2] for reason in alike]
    return re.sub(rf"\b{re.escape(names[0])}\b", lambda _: ", ".join(names), text)


def _print_inside(session: Session, mark: str, text: str, style: str = "") -> None:
    session.out.print(Padding(Text(mark + text, style=style), (0, 0, 0, _INSIDE), expand=False))


def print_explanation(session: Session, explanation: Explanation, *, fold: bool = False) -> None:
    """Print a decision for a person: the verdict, the reasons, the SQL before and after, the columns."""
    from phantang.sql import format_sql

    verdict, style = ("allowed", "bold green") if explanation.allowed else ("denied", "bold red")
    code = "" if explanation.allowed else f"  {explanation.code}"
    session.out.print(Text.assemble((session.words(verdict), style), code, (f"  {explanation.decision_id}", "dim")))
    print_reasons(session, explanation)
    if explanation.at_run is not None:
        session.out.print(Text(session.word("at_run", code=explanation.at_run), style="yellow"), soft_wrap=True)
    if explanation.remedy is not None:
        text = session.word("remedy", changes=explanation.remedy.text(session.lang))
        session.out.print(Text(text, style="bold green"), soft_wrap=True)
    if explanation.plan is None:
        return
    dialect = explanation.plan.dialect
    before, after = format_sql(explanation.request.sql, dialect), format_sql(explanation.plan.sql, dialect)
    print_sql_diff(session, before, after, fold=fold)
    table = _table()
    for name in ("output", "tier", "effect", "mask", "from"):
        table.add_column(session.word(name), overflow="fold")
    for column in explanation.plan.columns:
        effect = Text(session.value("effect", column.effect), style=_EFFECT_STYLE[column.effect])
        table.add_row(Text(column.name), tier_text(column.tier), effect, column.mask or "", ", ".join(column.sources))
    session.out.print(table)
    if explanation.obligations:
        duties = "; ".join(_duty(session, name, value) for name, value in explanation.obligations.items())
        session.out.print(Text(f"{session.word('obligations')}: {duties}", style="cyan"))


def _duty(session: Session, name: str, value: object) -> str:
    key = f"duty.{name}"
    if isinstance(value, dict):
        value = ", ".join(f"{one:g}" for one in value.values())
    return session.word(key, value=value) if key in words() else f"{name}={value}"


def print_denial(session: Session, explanation: Explanation) -> int:
    """Print why on standard error, where nobody takes it for rows, and return the exit code of a denial."""
    session.out = session.err
    print_explanation(session, explanation)
    return 3


def print_receipt(session: Session, console: Console, receipt: Receipt) -> None:
    """Print a receipt on three lines of `console`, a case number on a fourth."""
    head = session.word("receipt")
    first = session.word("receipt.line", decision=receipt.decision_id, index=receipt.index, size=receipt.tree_size)
    tree = session.word("receipt.tree", leaf=receipt.entry_hash[:16], root=receipt.root_hash[:16])
    basis = session.word("receipt.basis", catalog=receipt.catalog_revision[:19], policy=receipt.policy_revision[:19])
    margin = " " * (len(head) + 2)
    lines = [f"{head}  {first}", margin + tree, margin + basis]
    if receipt.case_id is not None:
        lines.append(margin + session.word("receipt.case", case=receipt.case_id))
    console.print(Text("\n".join(lines), style="dim"))


def quality_table(cards: Iterable[QualityCard], session: Session) -> Table:
    """Return quality cards side by side: a line a table, a column a criterion, scores out of 100."""
    criteria = ("dung", "du", "sach", "song")
    table = _table()
    table.add_column(session.word("table"), overflow="fold")
    for name in ("rows", *criteria, "dqi"):
        table.add_column(session.word(name), justify="right", no_wrap=True)
    table.add_column(session.word("alerts"), overflow="fold")
    for card in cards:
        scores = {score.criterion: score for score in card.criteria}
        cells = [
            _score(session, scores[key].value, scores[key].light) if key in scores else Text("-") for key in criteria
        ]
        alerts = ", ".join(sorted({alert.column for alert in card.identifier_alerts}))
        name = short_name(card.table.source, card.table.schema, card.table.table)
        table.add_row(
            name, session.number(card.rows), *cells, _score(session, card.value, card.light), Text(alerts, style="red")
        )
    return table


def _score(session: Session, value: float | None, light: str | None) -> Text:
    if value is None:
        return Text("-")
    return Text(session.number(value, places=1), style=_LIGHT_STYLE.get(light or "", ""))


def heading(console: Console, title: str, subtitle: str = "") -> None:
    """Print a section heading."""
    console.print()
    console.print(Panel(Text.assemble((title, "bold"), ("\n" + subtitle) if subtitle else ""), expand=False))
