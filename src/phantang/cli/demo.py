"""`phantang demo`: the main job on sample national registers, from an empty folder to a verified ledger."""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.padding import Padding
from rich.text import Text

from phantang.cli.audit import ledger_place
from phantang.cli.explained import print_explanation
from phantang.cli.render import (
    heading,
    print_columns,
    print_receipt,
    print_rows,
    quality_table,
    tier_text,
)
from phantang.cli.words import LANGUAGES

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.flow.query.gateway import Gateway
    from phantang.ledger import Verification
    from phantang.store import Workspace

_SHOWN_ROWS = 5
_SHOWN_CHANGES = 4
_OFFICER = "demo"


@click.command(short_help="Sample national databases: scan, classify, query as five people, verify.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False),
    default="demo-workspace",
    show_default=True,
    metavar="DIR",
    help="Where to make the demo's workspace; an earlier demo there is replaced.",
)
@click.option(
    "--citizens",
    type=click.IntRange(min=1000),
    default=200_000,
    show_default=True,
    help="Size of the invented population.",
)
@click.pass_obj
def demo(session: Session, folder: str, citizens: int) -> None:
    """Build sample national databases and do the whole job on them: nothing in it is a real person's data.

    It speaks Vietnamese and English; with --lang only one of them.
    """
    from phantang.flow.query.gateway import Gateway
    from phantang.flow.workspace.demo import prepare_workspace

    session.langs = (session.spoken,) if session.spoken else LANGUAGES
    started = time.monotonic()
    workspace = prepare_workspace(Path(folder))
    _build(session, workspace, citizens)
    _classify(session, workspace)
    with Gateway.open(workspace.path) as gateway:
        allowed, denied = _ask(session, gateway)
        _measure(session, gateway)
    verified = _verify(session, workspace)
    _say_in_short(session, workspace, (allowed, denied), verified, time.monotonic() - started)
    _say_what_next(session, folder)


def _build(session: Session, workspace: Workspace, citizens: int) -> None:
    from phantang.flow.workspace.demo import Register, build_registers

    about = session.words("demo.citizens", count=session.number(citizens))
    heading(session.out, f"1. {session.words('demo.samples')}", about)
    total = 0

    def announce(register: Register) -> None:
        nonlocal total
        total += sum(register.rows.values())
        tables = ", ".join(f"{name} {session.number(rows)}" for name, rows in register.rows.items())
        status.stop()  # its line and ours go to different streams of one terminal
        session.out.print(Text.assemble((f"{register.name:<14}", "bold"), tables))
        status.start()

    with session.err.status(session.words("demo.building")) as status:
        build_registers(workspace, citizens, announce)
    told = session.words("rows_count", count=session.number(total)) if total else session.words("demo.kept")
    session.out.print(Text(told, style="dim"))


def _classify(session: Session, workspace: Workspace) -> None:
    from phantang.flow.catalog.review import accept_proposals
    from phantang.flow.scan.scan import scan_workspace

    heading(session.out, f"2. {session.words('demo.classify')}", session.words("demo.classify_about"))
    with session.err.status(session.words("scanning")):
        report = scan_workspace(workspace)
    rows = report.rows()
    print_columns(session, rows)
    session.out.print()
    tiers = Counter(str(row["tier"]) for row in rows)
    counts = Text("  ").join(Text.assemble(tier_text(tier), f" {tiers[tier]}") for tier in sorted(tiers))
    session.out.print(Text.assemble((session.words("demo.tiers"), "bold"), ": ", counts))
    changes = accept_proposals(workspace, [], by=_OFFICER, reason="demo").settled
    session.out.print(Text(session.words("demo.files"), style="bold"))
    for change in changes[:_SHOWN_CHANGES]:
        session.out.print(Text(f"+ {change.after}", style="green"))
    accepted = session.words("columns_accepted", count=len(changes))
    session.out.print(Text(f"… {accepted} → {workspace.path / 'catalog' / 'assets'}", style="dim"), soft_wrap=True)


def _ask(session: Session, gateway: Gateway) -> tuple[int, int]:
    from phantang.flow.query.gateway import Denied
    from phantang.flow.workspace.demo import questions

    denials = 0
    asked = questions()
    for number, question in enumerate(asked, start=1):
        agency = gateway.snapshot.agencies[question.subject]
        title = " · ".join(question.title[lang] for lang in session.langs)
        name = agency.name.get(session.lang) or agency.name.get("vi") or agency.id
        heading(
            session.out,
            f"3.{number} {title}",
            session.word("demo.asks", name=name, subject=agency.id, purpose=question.purpose),
        )
        try:
            answer = gateway.query(question.sql, **question.terms, channel="demo")
        except Denied as denied:
            denials += 1
            print_explanation(session, denied.explanation, fold=True)
            if denied.explanation.receipt:
                print_receipt(session, session.out, denied.explanation.receipt)
            continue
        print_explanation(session, answer.explanation, fold=True)
        session.out.print()
        print_rows(session, answer.table, _SHOWN_ROWS, session.out)
        print_receipt(session, session.out, answer.receipt)
    return len(asked) - denials, denials


def _measure(session: Session, gateway: Gateway) -> None:
    from phantang.flow.quality import quality_cards

    heading(session.out, f"4. {session.words('demo.quality')}", session.words("demo.quality_about"))
    assets = tuple(gateway.snapshot.assets[name] for name in sorted(gateway.snapshot.assets))
    with session.err.status(session.words("measuring")):
        table = quality_table(quality_cards(gateway, assets), session)
    session.out.print(table)


def _verify(session: Session, workspace: Workspace) -> tuple[Verification, Verification]:
    from phantang.flow.audit.log import verify_ledger
    from phantang.flow.workspace.demo import verify_with_flipped_byte

    heading(session.out, f"5. {session.words('demo.ledger')}")
    result = verify_ledger(workspace)
    ok, broken = session.word("ok"), session.word("broken")
    margin = max(len(ok), len(broken)) + 2
    if result.ok:
        fine = session.word("ledger_agrees", count=result.entries)
        session.out.print(Text.assemble((f"{ok:<{margin}}", "bold green"), fine))
    offset, flipped = verify_with_flipped_byte(workspace)
    session.out.print(Text(" " * margin + session.word("demo.flipped", offset=session.number(offset)), style="dim"))
    for problem in (*result.problems, *flipped.problems[:1]):
        place = ledger_place(session, problem.entry)
        what = f"{place}: {problem.message(session.lang)}"
        session.out.print(Text.assemble((f"{broken:<{margin}}", "bold red"), what))
    return result, flipped


def _say_in_short(
    session: Session,
    workspace: Workspace,
    asked: tuple[int, int],
    verified: tuple[Verification, Verification],
    seconds: float,
) -> None:
    from phantang.flow.catalog.review import read_catalog
    from phantang.flow.catalog.states import find_assets

    heading(session.out, session.words("demo.summary"))
    assets = find_assets(read_catalog(workspace), None)
    classes = Counter(str(entry.personal_class) for asset in assets for entry in asset.columns)
    allowed, denied = asked
    ledger, flipped = verified
    sound = "demo.in_short_ledger" if ledger.ok and not flipped.ok else "demo.in_short_ledger_bad"
    for line in (
        session.words("demo.in_short_columns", tables=len(assets), columns=classes.total()),
        session.words("demo.in_short_personal", basic=classes["basic"], sensitive=classes["sensitive"]),
        session.words("demo.in_short_questions", allowed=allowed, denied=denied),
        session.words(sound, entries=ledger.entries),
        session.words("demo.in_short_time", seconds=f"{seconds:.0f}"),
    ):
        session.out.print(Padding(Text(line), (0, 0, 0, 2), expand=False))


def _say_what_next(session: Session, folder: str) -> None:
    heading(session.out, session.words("demo.next"))
    program = "phantang" if shutil.which("phantang") else shlex.quote(sys.argv[0])
    there = f"{program} -w {shlex.quote(folder)}"
    for line in (
        f"{there} catalog show dan_cu.cong_dan",
        f"{there} catalog export --format xlsx --out columns.xlsx",
        f"{there} explain --as thanh-tra --purpose A1 --source giao_thong 'TABLE phuong_tien'",
        f"{there} audit list",
        f"{program} scan duckdb:///my.duckdb",
    ):
        session.out.print(Text(f"  {line}", style="cyan"), soft_wrap=True)
