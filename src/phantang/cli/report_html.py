"""A report as one self-contained page: no script, nothing loaded from anywhere, fit for print and screen readers."""

from __future__ import annotations

import html
from itertools import groupby
from typing import TYPE_CHECKING

from phantang.cli.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phantang.flow.report.report import Report, Section

    Cell = str | int | float | None

# Contrast of text to background is 4.5 or more everywhere (WCAG 2.2 AA); a tier is always written, never colour alone.
_STYLE = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;margin:0 auto;padding:1.5rem;max-width:84rem;
color:#1b1b1b;background:#fff}
h1{font-size:1.7rem;margin:.2rem 0}h2{font-size:1.3rem;margin:2.2rem 0 .4rem;border-bottom:2px solid #1f4e79}
h3{font-size:1.05rem;margin:1.4rem 0 .3rem;overflow-wrap:anywhere}
p.note{color:#444;margin:.2rem 0 .6rem;max-width:60rem;overflow-wrap:anywhere}
a{color:#0b5394}a:focus-visible{outline:3px solid #0b5394}
.skip{position:absolute;left:-999rem}.skip:focus{position:static}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.8rem}
caption{text-align:left;position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.3rem .4rem;border:1px solid #c9c9c9;text-align:left;vertical-align:top;overflow-wrap:break-word}
thead th{background:#1f4e79;color:#fff}tbody th{font-weight:600}
thead th{overflow-wrap:normal}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.T0,.T1{background:#e3f4e3}.T2{background:#fff3c4}.T3{background:#fbd5d0}.T4{background:#f3a59b}
.T5{background:#8f1d1d;color:#fff}
td.T0,td.T1,td.T2,td.T3,td.T4,td.T5{font-weight:700}
thead th.w{min-width:8rem}
@media (max-width:60rem){body{padding:1rem}thead th{min-width:5rem}thead th.w{min-width:14rem}thead th.s{min-width:0}}
@media print{body{font-size:10pt;padding:0;max-width:none}nav,.skip{display:none}h2{break-after:avoid}
tr{break-inside:avoid}thead{display:table-header-group}.scroll{overflow:visible}@page{size:A4 landscape;margin:12mm}
table{font-size:7.5pt}thead th{min-width:0}th,td{padding:.15rem .3rem}
thead th.w{min-width:7rem}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_TIERS = frozenset({"T0", "T1", "T2", "T3", "T4", "T5"})
#: Columns by key that need room for sentences, and those that hold a few characters: classes of the style.
_ROOM = dict.fromkeys(("evidence", "basis", "column_names", "content", "rule", "proposed"), "w")
_ROOM |= dict.fromkeys((*_TIERS, "tier", "item", "decree_13"), "s")


def report_html(report: Report) -> str:
    """Return the page."""
    links = "".join(f'<li><a href="#{part.key}">{_text(part.title)}</a></li>' for part in report.sections)
    notes = "".join(f'<p class="note">{_text(note)}</p>' for note in report.notes)
    parts = "".join(_section(part, report) for part in report.sections)
    return (
        f'<!doctype html>\n<html lang="{report.lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{_text(report.title)} · {_text(report.subtitle)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">{_text(report.words["skip"])}</a>\n'
        f"<header><h1>{_text(report.title)}</h1><p>{_text(report.subtitle)}</p>{notes}</header>\n"
        f'<nav aria-label="{_text(report.words["contents"])}"><ol>{links}</ol></nav>\n'
        f'<main id="main">\n{parts}</main>\n</body>\n</html>\n'
    )


def _section(section: Section, report: Report) -> str:
    head = f'<section id="{section.key}"><h2>{_text(section.title)}</h2>'
    if section.note:
        head += f'<p class="note">{_text(section.note)}</p>'
    if not section.rows:
        nothing = _text(report.words["nothing"])
        return f"{head}<p>{nothing}</p></section>\n"
    if not section.group:
        return f"{head}{_table(section, section.title, section.rows, report.lang)}</section>\n"
    count = section.group
    for name, rows in groupby(section.rows, key=lambda row: row[:count]):
        title = ".".join(str(part) for part in name)
        head += f"<h3>{_text(title)}</h3>{_table(section, title, rows, report.lang, count)}"
    return f"{head}</section>\n"


def _table(section: Section, caption: str, rows: Iterable[tuple[Cell, ...]], lang: str, skip: int = 0) -> str:
    heads = "".join(
        f'<th scope="col"{f" class={_ROOM[key]}" if key in _ROOM else ""}>{_text(title)}</th>'
        for key, title in section.heads[skip:]
    )
    keys = [key for key, _ in section.heads[skip:]]
    body = "".join(f"<tr>{_cells(keys, row[skip:], lang)}</tr>\n" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{_text(caption)}"><table>'
        f"<caption>{_text(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>\n{body}</tbody></table></div>"
    )


def _cells(keys: Sequence[str], cells: Sequence[Cell], lang: str) -> str:
    numbered = enumerate(zip(keys, cells, strict=True))
    return "".join(_cell(key, cell, position, lang) for position, (key, cell) in numbered)


def _cell(key: str, cell: Cell, position: int, lang: str) -> str:
    text = _text(shown(cell, lang))
    if key == "tier" and cell in _TIERS:
        return f'<td class="{cell}">{text}</td>'
    if position == 0:
        return f'<th scope="row">{text}</th>'
    return f'<td class="n">{text}</td>' if isinstance(cell, int | float) else f"<td>{text}</td>"


def shown(cell: Cell, lang: str) -> str:
    """Return a cell as people write it in `lang`: nothing for none, two places of a fraction, thousands apart."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    return number(cell, lang, places=2 if isinstance(cell, float) else 0)


def _text(text: str) -> str:
    """Return `text` for HTML; what is not printable in a name must not reach the page."""
    return html.escape("".join(char if char.isprintable() else "\ufffd" for char in text))
