"""Rich renderings shared by commands and the demo. Nothing here decides anything."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from rich.console import Console

    from phantang.cli.session import Session
    from phantang.contracts import QualityCard
    from phantang.flow.explanation import Explanation
    from phantang.model.request import Receipt

TIER_STYLE = {"T0": "green", "T1": "green", "T2": "yellow", "T3": "red", "T4": "bold red", "T5": "bold white on red"}
#: Effects that the asker can do something about; of a filter or a duty there is nothing to mend.
_MENDABLE = {"deny", "mask"}
_WIDE, _SIDEWAYS_ROWS = 10, 4
_EFFECT_STYLE = {"clear": "green", "mask": "yellow", "deny": "red"}
_LIGHT_STYLE = {"green": "green", "yellow": "yellow", "red": "red"}


def tier_text(tier: str | None) -> Text:
    """Return a tier in its colour, `-` for none."""
    return Text(tier or "-", style=TIER_STYLE.get(tier or "", ""))


def columns_table(rows: Iterable[dict[str, Any]], title: str | None = None) -> Table:
    """Return the scan result as a table: one line a column, with its strongest evidence."""
    table = Table(title=title, title_justify="left", header_style="bold", show_edge=False, pad_edge=False)
    for name in ("table", "column", "tag", "tier", "conf.", "status", "evidence"):
        table.add_column(name, overflow="fold" if name in {"column", "tag", "evidence"} else "ellipsis")
    for row in rows:
        evidence = ", ".join(
            item["rule"] + (f" {item['hits']}/{item['sampled']}" if item["sampled"] else f" ({item['kind']})")
            for item in row["evidence"][:2]
        )
        table.add_row(
            f"{row['source']}.{row['table']}",
            Text(row["column"]),
            Text(row["tag"] or "-"),
            tier_text(row["tier"]),
            "-" if row["confidence"] is None else f"{row['confidence']:.2f}",
            str(row["status"]),
            Text(evidence, style="dim"),
        )
    return table


def print_sql_diff(console: Console, before: str, after: str) -> None:
    """Print two formatted statements as a diff: what left in red, what came in green."""
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=100):
        if line.startswith(("---", "+++", "@@")):
            continue
        style = {"-": "red", "+": "green"}.get(line[:1], "")
        console.print(Text(line, style=style))


def rows_table(rows: pa.Table, limit: int) -> Table:
    """Return the first `limit` rows as a table; NULL is shown as such, dimmed.

    An answer too wide to read is turned on its side: a line a column, a column a row.
    """
    shown = rows.slice(0, limit)
    # A list, not a mapping: two columns of an answer may have one name.
    columns = [
        (Text(name), [_cell(value) for value in column.to_pylist()])
        for name, column in zip(shown.column_names, shown.columns, strict=True)
    ]
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    if len(columns) > _WIDE:
        table.show_header = False
        table.add_column(style="bold")
        for _ in range(min(shown.num_rows, _SIDEWAYS_ROWS)):
            table.add_column(overflow="fold")
        for name, cells in columns:
            table.add_row(name, *cells[:_SIDEWAYS_ROWS])
        return table
    for name, _ in columns:
        table.add_column(name, overflow="fold")
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    return table


def _cell(value: Any) -> Text:
    return Text("NULL", style="dim") if value is None else Text(str(value))


def print_reasons(session: Session, explanation: Explanation, langs: Sequence[str]) -> None:
    """Print why: each rule with its message, its law and what would pass, in `langs`.

    Of a denial only what denies is printed: the filters and duties it would also have had are in the JSON form.
    """
    for reason in explanation.to_json()["reasons"]:
        if not explanation.allowed and reason["effect"] != "deny":
            continue
        style = _EFFECT_STYLE.get(reason["effect"], "cyan")
        head = Text.assemble((f"{reason['effect']:>5} ", style), (reason["rule"], "bold"), f"  {reason['on']}")
        session.out.print(head)
        for lang in langs:
            session.out.print(Text(f"      {reason['message'].get(lang, '')}"))
            if reason["effect"] in _MENDABLE and reason["remedy"].get(lang):
                session.out.print(Text(f"      → {reason['remedy'][lang]}", style="italic"))
        laws = "; ".join(f"{basis['ref']} ({basis['status']})" for basis in reason["legal_basis"])
        if laws:
            session.out.print(Text(f"      § {laws}", style="dim"))


def print_explanation(session: Session, explanation: Explanation, langs: Sequence[str]) -> None:
    """Print a decision for a person: the verdict, the reasons, the SQL before and after, the columns."""
    from phantang.sql import format_sql

    verdict, style = ("ALLOWED", "bold green") if explanation.allowed else ("DENIED", "bold red")
    session.out.print(Text.assemble((verdict, style), f"  {explanation.code}  ", (explanation.decision_id, "dim")))
    print_reasons(session, explanation, langs)
    if explanation.plan is None:
        return
    dialect = explanation.plan.dialect
    print_sql_diff(session.out, format_sql(explanation.request.sql, dialect), format_sql(explanation.plan.sql, dialect))
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for name in ("output", "tier", "effect", "mask", "from"):
        table.add_column(name, overflow="fold")
    for column in explanation.plan.columns:
        effect = Text(column.effect, style=_EFFECT_STYLE[column.effect])
        table.add_row(Text(column.name), tier_text(column.tier), effect, column.mask or "", ", ".join(column.sources))
    session.out.print(table)
    if explanation.obligations:
        duties = ", ".join(f"{name}={value}" for name, value in explanation.obligations.items())
        session.out.print(Text(f"obligations: {duties}", style="cyan"))


def print_receipt(console: Console, receipt: Receipt) -> None:
    """Print a receipt on three lines."""
    console.print(
        Text(
            f"receipt  decision {receipt.decision_id}  entry #{receipt.index} of {receipt.tree_size}\n"
            f"         leaf {receipt.entry_hash[:16]}…  root {receipt.root_hash[:16]}…\n"
            f"         catalog {receipt.catalog_revision[:19]}…  policy {receipt.policy_revision[:19]}…",
            style="dim",
        )
    )


def quality_table(cards: Iterable[QualityCard], session: Session) -> Table:
    """Return quality cards side by side: a line a table, a column a criterion, scores out of 100."""
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    labels = {"dung": "đúng", "du": "đủ", "sach": "sạch", "song": "sống"}
    table.add_column("bảng" if session.lang == "vi" else "table")
    table.add_column("số dòng" if session.lang == "vi" else "rows", justify="right")
    for label in labels.values():
        table.add_column(label, justify="right")
    table.add_column("DQI", justify="right")
    table.add_column("cảnh báo định danh" if session.lang == "vi" else "identifier alerts", overflow="fold")
    for card in cards:
        scores = {score.criterion: score for score in card.criteria}
        cells = [_score(scores[key].value, scores[key].light) if key in scores else Text("-") for key in labels]
        alerts = ", ".join(sorted({alert.column for alert in card.identifier_alerts}))
        table.add_row(
            str(card.table), f"{card.rows:,}", *cells, _score(card.value, card.light), Text(alerts, style="red")
        )
    return table


def _score(value: float | None, light: str | None) -> Text:
    if value is None:
        return Text("-")
    return Text(f"{value:.1f}", style=_LIGHT_STYLE.get(light or "", ""))


def heading(console: Console, title: str, subtitle: str = "") -> None:
    """Print a section heading."""
    console.print()
    console.print(Panel(Text.assemble((title, "bold"), ("\n" + subtitle) if subtitle else ""), expand=False))
