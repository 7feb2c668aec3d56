"""The command line as its users meet it: every command, every exit code, every contract."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from phantang.cli.app import run
from phantang.cli.words import LANGUAGES, words
from phantang.flow.clock import local_time
from phantang.flow.workspace.doctor import texts
from phantang.samples import DEMO_CITIZEN_CCCD

from ..services.cli import Cli

if TYPE_CHECKING:
    from phantang.store import Workspace

ROOT = Path(__file__).parents[2]
MESSAGES = ROOT / "src" / "phantang" / "model" / "messages"
SCHEMAS = ROOT / "docs" / "schemas"
#: Words looked up by a value, not by name.
OPEN_SETS = (
    "change",
    "compare",
    "drift",
    "impact",
    "method",
    "status",
    "evidence",
    "effect",
    "law",
    "duty",
    "outcome",
    "pending",
    "problem",
    "unmet",
)

pytestmark = pytest.mark.e2e


@pytest.fixture
def cli(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(workspace, capsys)


def valid(document: object, schema: str) -> None:
    jsonschema.validate(document, json.loads((SCHEMAS / schema).read_text(encoding="utf-8")))


OFFICER = ("--as", "xa-ba-dinh", "--purpose", "L2", "--source", "dan_cu")
AUDITOR = ("--as", "thanh-tra", "--purpose", "A1", "--source", "dan_cu")
CLEARED = ("--as", "c06", "--purpose", "L3", "--case-id", "VA-2026-17", "--source", "dan_cu")
ONE_CITIZEN = f"SELECT ho_ten, ngay_sinh, ton_giao FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"


def test_help_names_every_command_under_its_user(cli: Cli) -> None:
    assert cli("--help") == 0
    for section in ("Data officers", "Agencies and businesses", "Policy authors", "Auditors"):
        assert section in cli.out
    for command in ("demo", "init", "scan", "catalog", "explain", "query", "policy", "audit", "doctor"):
        assert re.search(rf"^  {command} ", cli.out, re.MULTILINE), command


def test_scan_prints_one_valid_object_a_column(cli: Cli) -> None:
    assert cli("scan", "dan_cu", "--format", "jsonl") == 0
    rows = cli.rows()
    assert {row["column"] for row in rows if row["table"] == "cong_dan"} >= {"so_cccd", "ho_ten", "dan_toc"}
    for row in rows:
        valid(row, "scanned-column.schema.json")
    tags = {(row["table"], row["column"]): row["tag"] for row in rows}
    assert tags["cong_dan", "so_cccd"] == "person.national_id"
    assert tags["cong_dan", "ton_giao"] == "sensitive.religion"


def test_the_table_shows_every_tag_of_a_column(cli: Cli, tmp_path: Path) -> None:
    names = ("An", "Bình", "Cúc")
    rows = "".join(f'{{"hoTen": "Trần Thị {name}", "sdt": "091234567{n}"}}\t{n}\n' for n, name in enumerate(names))
    (tmp_path / "don.tsv").write_text(f"du_lieu\tso\n{rows}", encoding="utf-8")
    assert cli("scan", str(tmp_path / "don.tsv")) == 0
    assert "person.name" in cli.out
    assert "person.phone" in cli.out


def test_scan_of_a_url_writes_nothing(cli: Cli) -> None:
    before = sorted(path for path in cli.workspace.path.rglob("*") if path.is_file())
    database = cli.workspace.path / "data" / "y_te.duckdb"
    assert cli("scan", f"duckdb:///{database}", "--format", "jsonl") == 0
    assert {row["tag"] for row in cli.rows()} >= {"sensitive.health", "person.name"}
    assert sorted(path for path in cli.workspace.path.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("form", ["xlsx", "html", "jsonl"])
def test_export_writes_a_report_without_values(cli: Cli, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"report.{form}"
    assert cli("catalog", "export", "--format", form, "--out", str(out)) == 0
    data = out.read_bytes()
    assert data
    assert DEMO_CITIZEN_CCCD.encode() not in data


def test_explain_json_is_the_contract(cli: Cli) -> None:
    assert cli("explain", *OFFICER, "--format", "json", ONE_CITIZEN) == 0
    [answer] = cli.rows()
    valid(answer, "explanation.schema.json")
    effects = {column["name"]: (column["effect"], column["mask"]) for column in answer["columns"]}
    assert effects["ho_ten"] == ("clear", None)
    assert effects["ton_giao"] == ("mask", "MASK_NULL")


def test_denied_is_exit_3_with_law_and_remedy_in_both_languages(cli: Cli) -> None:
    assert cli("explain", *OFFICER, "--format", "json", "SELECT ho_ten FROM cong_dan") == 3
    [answer] = cli.rows()
    valid(answer, "explanation.schema.json")
    assert answer["decision"] == "deny"
    assert answer["sql"] is None
    denials = [reason for reason in answer["reasons"] if reason["effect"] == "deny"]
    assert denials
    for reason in denials:
        assert reason["message"]["vi"]
        assert reason["message"]["en"]
        assert reason["remedy"]["vi"]
        assert reason["legal_basis"]


def test_batch_answers_every_line_in_order(cli: Cli, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    lines: list[dict[str, Any]] = [
        {"id": 1, "sql": ONE_CITIZEN},
        {"id": "hai", "sql": "SELECT"},
        {"id": 3, "sql": "SELECT 1; SELECT 2"},
        {"id": 4, "sql": "", "dialect": "postgres"},
    ]
    batch.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    assert cli("explain", *OFFICER, "--batch", str(batch), "--format", "json") == 0
    answers = cli.rows()
    assert [answer["id"] for answer in answers] == [1, "hai", 3, 4]
    assert [answer["decision"] for answer in answers] == ["allow", "deny", "deny", "deny"]
    for answer in answers:
        valid(answer, "explanation.schema.json")


def test_a_bad_batch_line_stops_before_any_answer(cli: Cli, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 1, "sql": "SELECT 1"}\n{"id": 2\n', encoding="utf-8")
    assert cli("explain", *OFFICER, "--batch", str(batch)) == 2
    assert not cli.out
    assert "Line 2 of the batch file cannot be used: JSON." in cli.err
    assert "[batch_line]" in cli.err
    for line, what in {
        "[]": "JSON",
        '{"sql": "SELECT 1"}': '"id"',
        '{"id": 1, "sql": 2}': '"sql"',
        '{"id": 1, "sql": "SELECT 1", "dialect": 3}': '"dialect"',
    }.items():
        batch.write_text(line, encoding="utf-8")
        assert cli("explain", *OFFICER, "--batch", str(batch)) == 2
        assert f"cannot be used: {what}." in cli.err
    batch.write_bytes(b'{"id": "\xff"}')
    assert cli("explain", *OFFICER, "--batch", str(batch)) == 2
    assert "[file_not_utf8]" in cli.err


def test_query_masks_and_gives_a_receipt(cli: Cli) -> None:
    assert cli("query", *AUDITOR, "--format", "json", "SELECT * FROM cong_dan LIMIT 500") == 0
    rows = cli.rows()
    assert 0 < len(rows) <= 100
    assert all(row["ton_giao"] is None for row in rows)
    assert all(not row["so_cccd"][:-4].strip("x").isdigit() for row in rows if row["so_cccd"])
    assert "receipt" in cli.err
    assert "mask: so_cccd, ho_ten" in cli.err


def test_an_answer_says_what_it_leaves_out(cli: Cli) -> None:
    assert (
        cli("query", "--as", "ioc-ha-noi", "--purpose", "L1", "--source", "dan_cu", "SELECT count(*) FROM cong_dan")
        == 0
    )
    assert "filter: Only rows of main.cong_dan of province 01." in cli.err
    assert "smaller groups are not shown" in cli.err


@pytest.mark.parametrize("form", ["csv", "json", "arrow", "parquet"])
def test_query_formats(cli: Cli, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"rows.{form}"
    assert cli("query", *CLEARED, "--format", form, "--out", str(out), "SELECT so_cccd FROM cong_dan LIMIT 3") == 0
    assert out.stat().st_size > 0


def test_denied_query_prints_why_on_stderr_and_nothing_on_stdout(cli: Cli) -> None:
    assert cli("query", *OFFICER, "SELECT ho_ten FROM cong_dan") == 3
    assert not cli.out
    assert "DENIED" in cli.err


def test_catalog_review_round(cli: Cli) -> None:
    column = "dan_cu.main.cong_dan.ngay_cap_nhat"
    assert cli("catalog", "list", "--format", "jsonl") == 0
    assert len(cli.rows()) >= 10
    assert cli("catalog", "set", column, "--tag", "person.other", "--reason", "thử", "--by", "Bình") == 0
    assert cli("catalog", "show", "dan_cu.main.cong_dan", "--format", "jsonl") == 0
    entry = next(row for row in cli.rows() if row["column"] == "ngay_cap_nhat")
    assert (entry["tag"], entry["status"]) == ("person.other", "overridden")
    assert cli("scan", "dan_cu") == 0
    assert cli("catalog", "show", "dan_cu.main.cong_dan", "--format", "jsonl") == 0
    entry = next(row for row in cli.rows() if row["column"] == "ngay_cap_nhat")
    assert entry["tag"] == "person.other"


def test_policy_check_and_test_pass_on_the_shipped_bundle(cli: Cli) -> None:
    assert cli("policy", "check") == 0, cli.out
    assert cli("policy", "test") == 0, cli.out


def test_doctor_is_content(cli: Cli) -> None:
    assert cli("doctor") == 0, cli.out


def test_audit_lists_shows_and_verifies(cli: Cli) -> None:
    assert cli("query", *CLEARED, "--format", "csv", "SELECT count(*) FROM cong_dan") == 0
    assert cli("audit", "list", "--subject", "c06", "--format", "jsonl") == 0
    intent, outcome = cli.rows()
    assert (intent["kind"], outcome["kind"]) == ("intent", "outcome")
    assert cli("audit", "show", intent["decision_id"]) == 0
    assert [entry["kind"] for entry in cli.rows()] == ["intent", "outcome"]
    decision = cli.out
    assert cli("audit", "show", str(intent["index"])) == 0
    assert cli.out == decision
    assert cli("audit", "show", "0") == 0
    assert [entry["kind"] for entry in cli.rows()] == ["scan"]
    assert cli("audit", "show", "999") == 2
    assert "[decision_not_found]" in cli.err
    assert cli("audit", "verify") == 0


def test_audit_finds_a_flipped_byte_and_nothing_runs_after_it(cli: Cli) -> None:
    assert cli("query", *CLEARED, "--format", "csv", "SELECT count(*) FROM cong_dan") == 0
    entries = cli.workspace.ledger().directory / "entries.jsonl"
    data = bytearray(entries.read_bytes())
    data[len(data) // 2] ^= 0x01
    entries.write_bytes(data)
    assert cli("audit", "verify") == 3
    assert "BROKEN" in cli.out


def test_messages_come_in_vietnamese(cli: Cli, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = str(cli.workspace.path)
    assert run(["--lang", "vi", "-w", workspace, "explain", "--as", "ai-đó", "--purpose", "L2", "SELECT 1"]) == 2
    assert "Không có chủ thể" in capsys.readouterr().err


@pytest.mark.parametrize(("table", "folder"), [(words(), "cli"), (texts(), "flow")], ids=["words", "doctor"])
def test_every_fixed_word_has_both_languages_and_is_used(table: dict[str, dict[str, str]], folder: str) -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "src" / "phantang" / folder).rglob("*.py"))
    for key, both in table.items():
        assert set(both) == set(LANGUAGES), key
        assert all(text.strip() == text != "" for text in both.values()), key
        fields = [set(re.findall(r"{(\w+)}", text)) for text in both.values()]
        assert fields[0] == fields[1], key
        used = f'"{key}"' in code or f"'{key}'" in code
        assert used or (folder == "cli" and key.split(".")[0] in OPEN_SETS), f"{key} is not used"
    if folder == "cli":
        asked = set(re.findall(r"""session\.words?\(\s*["']([\w.]+)["']""", code))
        assert asked <= set(table)
        assert {prefix for prefix in OPEN_SETS if any(key.startswith(f"{prefix}.") for key in table)} == set(OPEN_SETS)


def test_every_code_that_can_end_a_question_has_its_words() -> None:
    ends = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in MESSAGES.glob("*.json")}
    codes = {*ends["sql"], *(code for code in ends["pdp"] if "bị từ chối" in ends["pdp"][code]["message"]["vi"])}
    assert not [code for code in codes if f"outcome.{code}" not in words()]


def test_a_filter_that_nothing_can_meet_is_no_proof_that_nobody_read(cli: Cli) -> None:
    assert cli("query", *CLEARED, "--format", "csv", "SELECT count(*) FROM cong_dan") == 0
    assert cli("query", *OFFICER, "SELECT 1 FROM cong_dans") == 3
    for table in ("cong_dan", "MAIN.cong_dan", "dan_cu.main.cong_dan"):
        assert cli("audit", "list", "--table", table, "--format", "jsonl") == 0
        assert [row["kind"] for row in cli.rows()] == ["scan", "intent", "outcome"]
        times = [row["time"] for row in cli.rows()]
        assert not cli.err
    assert cli("--lang", "vi", "audit", "list") == 0
    assert local_time(times[-1], "vi") in cli.out
    assert times[-1][:19].replace("T", " ") not in cli.out
    assert "UTC+7" in cli.out
    assert "dan_cu.main.cong_dan" in cli.out
    assert "danh mục không có bảng" in cli.out
    for said, option, near in (
        ("cong_dam", "--table", "cong_dan"),
        ("zzz", "--table", None),
        ("ngan-hag", "--subject", "ngan-hang"),
    ):
        assert cli("--lang", "vi", "audit", "list", option, said) == 0
        assert f"đều không có {'bảng' if option == '--table' else 'chủ thể'} {said}" in cli.err
        assert (near is None) is ("có phải" not in cli.err)
        assert near is None or near in cli.err
    assert cli("audit", "list", "--subject", "ngan-hang") == 0
    assert "no such entry" in cli.err


def test_what_an_officer_reads_is_vietnamese(cli: Cli) -> None:
    steps = {
        ("catalog", "show", "dan_cu.cong_dan"): ("nhãn", "tầng", "bằng chứng", "đã duyệt", "tên cột"),
        ("catalog", "diff"): ("không còn cột nào chờ duyệt",),
        ("catalog", "accept"): ("đã duyệt 0 cột",),
        ("query", *AUDITOR, "SELECT * FROM cong_dan"): ("hiện 4 trong 100 dòng", "biên nhận", "chính sách"),
        ("explain", *OFFICER, "SELECT ho_ten FROM cong_dan"): ("TỪ CHỐI", "từ chối", "đã đối chiếu"),
        ("explain", *OFFICER, ONE_CITIZEN): ("ĐƯỢC PHÉP", "lọc dòng", "cách che"),
        ("audit", "list"): ("thời điểm", "truy vấn", "được phép"),
        ("audit", "verify"): ("ĐÚNG", "chữ ký"),
        ("doctor",): ("danh mục", "sổ nhật ký", "tốt"),
        ("policy", "check"): ("0 lỗi",),
    }
    for arguments, expected in steps.items():
        cli("--lang", "vi", *arguments)
        for text in expected:
            assert text in cli.out + cli.err, arguments
        assert not re.search(r"ALLOWED|DENIED|evidence|proposed|verified|receipt", cli.out + cli.err), arguments


def test_reasons_that_differ_only_in_the_column_are_said_once(cli: Cli) -> None:
    assert cli("explain", *AUDITOR, "SELECT ho_ten, email FROM cong_dan LIMIT 5") == 0
    assert "email, ho_ten" in cli.out
    assert cli.out.count("mask/by_tag") == 1


@pytest.mark.parametrize("width", [80, 120])
def test_no_table_cuts_a_name(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for arguments in (
        ("catalog", "show", "dan_cu"),
        ("catalog", "list"),
        ("audit", "list"),
        ("quality", "check", "y_te"),
    ):
        assert cli(*arguments) == 0
        assert cli.out
        assert max(map(len, cli.out.splitlines())) <= width, arguments
        names = re.sub("[0-9a-z_:]{16,}…", "", cli.out)
        assert "…" not in names, arguments


def test_no_command_is_help_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert capsys.readouterr().err.startswith("Usage: phantang")
