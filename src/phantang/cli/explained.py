"""A decision told to a person: the verdict, why, what would pass, and the SQL before and after. Decides nothing."""

from __future__ import annotations

import difflib
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from phantang.cli.render import plain_table, tier_text
from phantang.cli.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from phantang.cli.session import Session
    from phantang.flow.query.explanation import Explanation

_EFFECT_STYLE = {"clear": "green", "mask": "yellow", "deny": "red"}
#: Effects that the asker can do something about; of a filter or a duty there is nothing to mend.
_MENDABLE = {"deny", "mask"}
#: Duties by which groups are missing in an answer.
_LEAVE_OUT = {"aggregate/group_size"}
#: Columns of indent: of the text below a reason, and from which an expression of the SQL counts as its inside.
_INSIDE, _DEEP = 10, 6
#: Stands for a column's name where reasons are compared; no name holds it.
_COLUMN = "\0"


def print_explanation(session: Session, explanation: Explanation, *, fold: bool = False) -> None:
    """Print a decision for a person: the verdict, the reasons, the SQL before and after, the columns."""
    from phantang.sql import format_sql

    verdict, style = ("allowed", "bold green") if explanation.allowed else ("denied", "bold red")
    code = "" if explanation.allowed else f"  {explanation.code}"
    session.out.print(Text.assemble((session.words(verdict), style), code, (f"  {explanation.decision_id}", "dim")))
    _print_reasons(session, explanation)
    if explanation.at_run is not None:
        session.out.print(Text(session.word("at_run", code=explanation.at_run), style="yellow"), soft_wrap=True)
    if explanation.remedy is not None:
        text = session.word("remedy", changes=explanation.remedy.text(session.lang))
        session.out.print(Text(text, style="bold green"), soft_wrap=True)
    if explanation.plan is None:
        return
    dialect = explanation.plan.dialect
    before, after = format_sql(explanation.request.sql, dialect), format_sql(explanation.plan.sql, dialect)
    _print_sql_diff(session, before, after, fold=fold)
    table = plain_table()
    for name in ("output", "tier", "effect", "mask", "from"):
        table.add_column(session.word(name), overflow="fold")
    for column in explanation.plan.columns:
        effect = Text(session.value("effect", column.effect), style=_EFFECT_STYLE[column.effect])
        table.add_row(Text(column.name), tier_text(column.tier), effect, column.mask or "", ", ".join(column.sources))
    session.out.print(table)
    if explanation.obligations:
        duties = "; ".join(_duty(session, name, value) for name, value in explanation.obligations.items())
        session.out.print(Text(f"{session.word('obligations')}: {duties}", style="cyan"))


def print_denial(session: Session, explanation: Explanation) -> int:
    """Print why on standard error, where nobody takes it for rows, and return the exit code of a denial."""
    session.out = session.err
    print_explanation(session, explanation)
    return 3


def print_limits(session: Session, explanation: Explanation) -> None:
    """Say on standard error what an answer does not show: rows left out, groups too small, columns masked."""
    reasons = explanation.decision.reasons if explanation.decision else ()
    lines = [
        (reason.effect, reason.message[session.lang])
        for reason in reasons
        if reason.effect == "filter" or reason.rule in _LEAVE_OUT
    ]
    masked = [column.name for column in explanation.plan.columns if column.effect == "mask"] if explanation.plan else []
    if masked:
        lines.append(("mask", ", ".join(masked)))
    for effect, text in dict.fromkeys(lines):
        told = Text.assemble((session.value("effect", effect), "yellow"), f": {text}")
        session.err.print(told, soft_wrap=True)


def _print_reasons(session: Session, explanation: Explanation) -> None:
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


def _print_sql_diff(session: Session, before: str, after: str, *, fold: bool) -> None:
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


def _duty(session: Session, name: str, value: object) -> str:
    key = f"duty.{name}"
    if isinstance(value, dict):
        value = ", ".join(f"{one:g}" for one in value.values())
    return session.word(key, value=value) if key in words() else f"{name}={value}"
