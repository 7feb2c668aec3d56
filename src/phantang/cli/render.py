"""Rich renderings shared by commands and the demo. Nothing here decides anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from rich.console import Console

    from phantang.cli.session import Session
    from phantang.contracts import QualityCard
    from phantang.model.request import Receipt

TIER_STYLE = {"T0": "green", "T1": "green", "T2": "yellow", "T3": "red", "T4": "bold red", "T5": "bold white on red"}
#: More columns of tables than this are printed as plain lines.
_MANY = 500
#: More columns than this make an answer too wide to read, and then so many rows of it are shown.
_WIDE, _SIDEWAYS_ROWS = 10, 4
_LIGHT_STYLE = {"green": "green", "yellow": "yellow", "red": "red"}


def tier_text(tier: str | None) -> Text:
    """Return a tier in its colour, `-` for none."""
    return Text(tier or "-", style=TIER_STYLE.get(tier or "", ""))


def print_columns(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Print the scan result: a line a column under the name of its table, with the evidence of its strongest rules.

    Every tag is there: a tier may come from the second. A narrow terminal gets the evidence below the tag.
    Many columns are plain lines, however wide: nobody reads thousands of them one by one, and to fit each cell takes
    longer than to find what it says. Without a column nothing is printed: a head alone would look like an answer.
    """
    if not rows:
        return
    if len(rows) <= _MANY:
        session.out.print(_columns_table(session, rows))
        return
    cells = [[session.word(key) for key in ("column", "tag", "tier", "confidence", "status", "evidence")]]
    under = None
    for row in rows:
        if under != (under := short_name(row["source"], row["schema"], row["table"])):
            cells.append([under])
        tags = ", ".join(row["tags"]) or row["tag"] or "-"
        sure = "-" if row["confidence"] is None else f"{row['confidence']:.2f}"
        status = session.value("status", str(row["status"]))
        why = _evidence(session, row["evidence"])
        cells.append([f"  {row['column']}", tags, row["tier"] or "-", sure, status, why])
    lines = [[one if one.isprintable() else _printable(one) for one in row] for row in cells]
    widths = [max(map(cell_len, column)) for column in zip(*(row for row in lines if len(row) > 1), strict=True)]
    for start in range(0, len(lines), _MANY):
        part = (map(set_cell_size, row[:-1], widths) for row in lines[start : start + _MANY])
        ends = (row[-1] for row in lines[start : start + _MANY])
        session.out.out("\n".join("  ".join([*row, end]) for row, end in zip(part, ends, strict=True)), highlight=False)


def _printable(text: str) -> str:
    """Return `text` on one line; no control character of a name may drive the terminal or feign a line."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _columns_table(session: Session, rows: Sequence[dict[str, Any]]) -> Table:
    table, narrow = plain_table(), session.narrow
    table.add_column(session.word("column"), overflow="fold")
    table.add_column(session.word("tag"), no_wrap=not narrow, overflow="fold")
    table.add_column(session.word("tier"), no_wrap=True)
    table.add_column(session.word("confidence"), no_wrap=True, justify="right")
    table.add_column(session.word("status"), no_wrap=True)
    if not narrow:
        table.add_column(session.word("evidence"), overflow="fold")
    under = None
    for row in rows:
        if under != (under := short_name(row["source"], row["schema"], row["table"])):
            table.add_row(Text(under, style="bold"))
        why = Text(_evidence(session, row["evidence"]), style="dim")
        tag = Text("\n".join(row["tags"]) or row["tag"] or "-")
        table.add_row(
            Text(f"  {row['column']}"),
            Text.assemble(tag, "\n", why) if narrow else tag,
            tier_text(row["tier"]),
            "-" if row["confidence"] is None else f"{row['confidence']:.2f}",
            session.value("status", str(row["status"])),
            *(() if narrow else (why,)),
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


def plain_table() -> Table:
    """Return an empty table without a frame."""
    return Table(header_style="bold", show_edge=False, pad_edge=False)


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
    table = plain_table()
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
    table = plain_table()
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
