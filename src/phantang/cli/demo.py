"""`phantang demo`: the main job on sample national registers, from an empty folder to a verified ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from phantang.cli.render import (
    columns_table,
    heading,
    print_explanation,
    print_receipt,
    quality_table,
    rows_table,
)

if TYPE_CHECKING:
    from phantang.cli.session import Session
    from phantang.flow.gateway import Gateway
    from phantang.store import Workspace

_SHOWN_ROWS = 5
_OFFICER = "demo"


@click.command(short_help="Sample national databases: scan, classify, query as five people, verify.")
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False), default="demo-workspace", show_default=True, metavar="DIR"
)
@click.option("--citizens", type=click.IntRange(min=1000), default=200_000, show_default=True)
@click.pass_obj
def demo(session: Session, folder: str, citizens: int) -> None:
    """Build sample national databases and do the whole job on them: nothing in it is a real person's data."""
    from phantang.flow.demo import prepare_workspace
    from phantang.flow.gateway import Gateway

    workspace = prepare_workspace(Path(folder))
    _build(session, workspace, citizens)
    _classify(session, workspace)
    with Gateway.open(workspace.path) as gateway:
        _ask(session, gateway)
        _measure(session, gateway)
    _verify(session, workspace)
    _say_what_next(session, folder)


def _build(session: Session, workspace: Workspace, citizens: int) -> None:
    from phantang.flow.demo import Register, build_registers

    heading(session.out, "1. Cơ sở dữ liệu mẫu · Sample national databases", f"{citizens:,} công dân · citizens")
    total = 0

    def announce(register: Register) -> None:
        nonlocal total
        total += sum(register.rows.values())
        tables = ", ".join(f"{name} {rows:,}" for name, rows in register.rows.items())
        session.out.print(Text.assemble((f"{register.name:<14}", "bold"), tables))

    with session.err.status("building the sample databases"):
        build_registers(workspace, citizens, announce)
    if total:
        session.out.print(Text(f"{total:,} dòng · rows", style="dim"))
    else:
        session.out.print(Text("giữ nguyên từ lần chạy trước · kept from the last run", style="dim"))


def _classify(session: Session, workspace: Workspace) -> None:
    from phantang.flow.review import accept_proposals
    from phantang.flow.scan import scan_workspace

    heading(session.out, "2. Quét và phân loại · Scan and classify", "nhãn, tầng, độ tin cậy, bằng chứng")
    with session.err.status("scanning"):
        report = scan_workspace(workspace)
    session.out.print(columns_table(report.rows()))
    changes = accept_proposals(workspace, [], by=_OFFICER, reason="demo")
    session.out.print()
    session.out.print(Text("Đề xuất dưới dạng diff (một phần) · The proposal as a diff (excerpt)", style="bold"))
    for change in changes[:8]:
        session.out.print(Text(f"+ {change.after}", style="green"))
    files = workspace.path / "catalog" / "assets"
    session.out.print(Text(f"… {len(changes)} cột được chấp nhận · columns accepted: {files}", style="dim"))


def _ask(session: Session, gateway: Gateway) -> None:
    from phantang.flow.demo import questions
    from phantang.flow.gateway import Denied

    for number, question in enumerate(questions(), start=1):
        agency = gateway.snapshot.agencies[question.subject]
        heading(
            session.out,
            f"3.{number} {question.title['vi']} · {question.title['en']}",
            f"{agency.name.get('vi', agency.id)} ({agency.id}), mục đích · purpose {question.purpose}",
        )
        try:
            answer = gateway.query(
                question.sql,
                subject=question.subject,
                purpose=question.purpose,
                source=question.source,
                legal_ref=question.legal_ref,
                channel="demo",
            )
        except Denied as denied:
            print_explanation(session, denied.explanation, ("vi", "en"))
            if denied.explanation.receipt:
                print_receipt(session.out, denied.explanation.receipt)
            continue
        print_explanation(session, answer.explanation, ("vi", "en"))
        session.out.print()
        session.out.print(rows_table(answer.table, _SHOWN_ROWS))
        session.out.print(Text(f"{answer.table.num_rows:,} dòng · rows", style="dim"))
        print_receipt(session.out, answer.receipt)


def _measure(session: Session, gateway: Gateway) -> None:
    from phantang.flow.quality import quality_cards

    heading(
        session.out,
        "4. Đúng, đủ, sạch, sống · Correct, complete, clean, live",
        "hợp đồng sinh từ nhãn · contracts from tags",
    )
    assets = tuple(gateway.snapshot.assets[name] for name in sorted(gateway.snapshot.assets))
    with session.err.status("measuring quality"):
        table = quality_table(quality_cards(gateway, assets), session)
    session.out.print(table)


def _verify(session: Session, workspace: Workspace) -> None:
    from phantang.flow.audit import verify_ledger
    from phantang.flow.demo import verify_with_flipped_byte

    heading(session.out, "5. Sổ nhật ký không sửa được mà không lộ · A ledger that cannot be altered unnoticed")
    result = verify_ledger(workspace)
    session.out.print(Text.assemble(("OK      ", "bold green"), f"{result.entries} entries verify"))
    offset, flipped = verify_with_flipped_byte(workspace)
    for problem in flipped.problems[:2]:
        place = "" if problem.entry is None else f"entry #{problem.entry}: "
        session.out.print(
            Text.assemble(("BROKEN  ", "bold red"), f"byte {offset} flipped in a copy → {place}{problem.what}")
        )


def _say_what_next(session: Session, folder: str) -> None:
    heading(session.out, "Thử tiếp · Try next")
    for line in (
        f"phantang -w {folder} catalog show dan_cu.main.cong_dan",
        f"phantang -w {folder} explain --as thanh-tra --purpose A1 --source giao_thong 'TABLE phuong_tien'",
        f"phantang -w {folder} audit list",
        f"phantang -w {folder} policy test",
        "phantang init my-workspace --source mydb=duckdb:///my.duckdb",
    ):
        session.out.print(Text(f"  {line}", style="cyan"))
