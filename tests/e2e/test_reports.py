"""What leaves the catalog: reports for people and exports for tools, from a schema whose names are hostile."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
import rdflib
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from phantang.cli.app import run
from phantang.flow.catalog.review import CATALOG_KINDS
from phantang.flow.clock import VIETNAM
from phantang.flow.report.texts import cited, texts
from phantang.flow.scan.scan import default_snapshot
from phantang.store import Workspace

from ..services.browser import rendered
from ..services.cli import Cli

pytestmark = pytest.mark.e2e

SECRET = "001203000017"
FORMULA, MARKUP, NOISE = "=1+1", "<script>alert(1)</script>", "@SUM(A1)\x1b[31m"
NAME = "Nguyễn Văn Bí Mật"
VALUES = (SECRET, NAME, "Tuyệt mật")
MADE = (
    f"""CREATE TABLE nguoi (so_cccd VARCHAR PRIMARY KEY, ho_ten VARCHAR, ton_giao VARCHAR, ngay_sinh DATE,
        do_mat VARCHAR, "{FORMULA}" INTEGER, "{MARKUP}" VARCHAR, "{NOISE}" VARCHAR, "tên.cột" VARCHAR)""",
    f"""INSERT INTO nguoi SELECT lpad(('{SECRET}'::BIGINT + n)::VARCHAR, 12, '0'), '{NAME}', 'Không',
        DATE '1990-01-01' + n::INTEGER, 'Tuyệt mật', n, 'x', 'y', 'z' FROM range(12000) t(n)""",
    'CREATE TABLE "-2+3" (ma VARCHAR, ten VARCHAR)',
)
OTHER = ("CREATE TABLE NguoiDan (SoDinhDanh VARCHAR PRIMARY KEY, HoVaTen VARCHAR, NgaySinh VARCHAR, email VARCHAR)",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workspace `w` over two sources, scanned, one table accepted. Tests only read it."""
    folder = tmp_path_factory.mktemp("bao_cao")
    for name, statements in (("nguon", MADE), ("xa_moi", OTHER)):
        with duckdb.connect(str(folder / f"{name}.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)
    sources = {name: f"duckdb:///{folder / f'{name}.duckdb'}" for name in ("nguon", "xa_moi")}
    Workspace.create(folder / "w", sources)
    assert run(["-w", str(folder / "w"), "scan", "--accept", "--by", "An"]) == 0
    return folder


class Reporter(Cli):
    """An officer who writes files, in which no value stands."""

    def __init__(self, workspace: Workspace, capsys: pytest.CaptureFixture[str], out: Path) -> None:
        super().__init__(workspace, capsys, unsaid=VALUES)
        self._out = out

    @property
    def folder(self) -> Path:
        return self.workspace.path.parent

    def file(self, *arguments: str, lang: str | None = None) -> Path:
        out = self._out.with_suffix(".xlsx") if "xlsx" in arguments else self._out
        self.does(*arguments, "--out", str(out), lang=lang)
        for value in VALUES:
            assert value.encode() not in out.read_bytes()
        return out


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reporter:
    monkeypatch.delenv("PHANTANG_LANG", raising=False)
    capsys.readouterr()
    return Reporter(Workspace.open(folder / "w"), capsys, tmp_path / "ra")


class Page(HTMLParser):
    """Counts tags and keeps what could load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "action", "data"}]


def test_the_page_stands_alone_and_says_it_in_vietnamese_first(cli: Reporter) -> None:
    text = cli.file("catalog", "report").read_text(encoding="utf-8")
    page = Page(text)
    assert '<html lang="vi">' in text
    assert "script" not in page.tags
    assert all(link.startswith(("#", "data:")) for link in page.links)
    assert {"main", "nav", "caption", "h1", "h2", "h3"} <= set(page.tags)
    for key in ("thresholds", "holdings", "checklist", "columns", "progress", "unclassified"):
        assert texts()[f"section.{key}"]["vi"] in text
    assert "điểm b khoản 1 Điều 4 Nghị định 356/2025/NĐ-CP" in text
    assert "nghi, chuyển người có thẩm quyền" in text
    assert "T4a quan trọng" in text  # 12,000 people and their religion
    assert "12.000" in text
    assert "người: 12.000, ngưỡng: 10.000" in text
    assert "&lt;script&gt;" in text
    assert "\x1b" not in text
    english = cli.file("catalog", "report", lang="en").read_text(encoding="utf-8")
    assert "Decree 356/2025/NĐ-CP Art 4(1)(b)" in english
    assert "Data subjects against the thresholds" in english
    assert "Different people of a whole source" in english


def test_the_page_renders_in_a_browser_without_asking_for_anything(cli: Reporter, tmp_path: Path) -> None:
    page = cli.file("catalog", "report").rename(tmp_path / "bao_cao.html")
    document, complaints = rendered(page, tmp_path)
    assert complaints == ""
    assert document.count("<table") >= 8
    assert "<script>alert" not in document


@pytest.mark.parametrize(
    "command", [["catalog", "report"], ["catalog", "export"], ["catalog", "compare", "nguon", "xa_moi"]]
)
def test_the_ending_of_the_file_says_its_format(cli: Reporter, command: list[str], tmp_path: Path) -> None:
    cli.does(*command, "--out", str(tmp_path / "ra.xlsx"))
    assert len(openpyxl.load_workbook(tmp_path / "ra.xlsx").worksheets) > 1
    cli.does(*command, "--out", str(tmp_path / "ra.html"))
    assert (tmp_path / "ra.html").read_text(encoding="utf-8").startswith("<!")
    cli.does(*command, "--format", "html", "--out", str(tmp_path / "trang.xlsx"))  # what is asked for comes first
    assert (tmp_path / "trang.xlsx").read_bytes().startswith(b"<!")


@pytest.mark.parametrize(
    "command", [["catalog", "report"], ["catalog", "export"], ["catalog", "compare", "nguon", "xa_moi"], ["scan"]]
)
def test_no_file_is_what_its_name_denies(cli: Reporter, command: list[str], tmp_path: Path) -> None:
    for name in ("bao-cao.pdf", "bao-cao.docx"):
        assert cli("--lang", "vi", *command, "--out", str(tmp_path / name)) == 2
        assert Path(name).suffix in cli.err
        assert ".html" in cli.err
        assert not (tmp_path / name).exists()


def test_a_terminal_is_not_flooded_with_a_page(cli: Reporter) -> None:
    command = [str(Path(sys.executable).with_name("phantang")), "-w", str(cli.workspace.path), "catalog", "report"]
    ours, theirs = os.openpty()
    told = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    os.close(ours)
    assert told.returncode == 2
    assert b"--out" in told.stderr
    piped = subprocess.run(command, capture_output=True, check=True)
    assert piped.stdout.startswith(b"<!")


def test_the_workbook_holds_text_and_numbers_and_no_formula(cli: Reporter) -> None:
    book = openpyxl.load_workbook(cli.file("catalog", "report", "--format", "xlsx"))
    assert len(book.sheetnames) == 10
    assert not [name for name in book.sheetnames if "  " in name]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert FORMULA in {cell.value for cell in cells}
    columns = book[next(name for name in book.sheetnames if name.startswith("8"))]
    head, *rows = [row for row in columns.iter_rows(values_only=True, min_row=3) if row[0] is not None]
    found = {row[head.index("Cột")]: dict(zip(head, row, strict=True)) for row in rows if row[1] == "main.nguoi"}
    assert found["so_cccd"]["Tầng"] == "T2"
    assert found["so_cccd"]["Người quyết định"] == "An"
    assert found["do_mat"]["Trạng thái"] == "nghi, chuyển người có thẩm quyền"


def test_every_row_of_the_workbook_is_as_high_as_its_text(cli: Reporter) -> None:
    book = openpyxl.load_workbook(cli.file("catalog", "report", "--format", "xlsx"))
    columns = book[next(name for name in book.sheetnames if name.startswith("8"))]
    head = [cell.value for cell in columns[3]]
    at = head.index("Bằng chứng") + 1
    width = columns.column_dimensions[openpyxl.utils.get_column_letter(at)].width
    heights = {}
    for line in range(4, columns.max_row + 1):
        text = columns.cell(line, at).value or ""
        heights[len(text) > 2 * width] = height = columns.row_dimensions[line].height
        assert height >= 15 * -(-len(text) // (width + 1))
    assert heights.keys() == {True, False}


def test_a_report_says_whose_it_is_and_when_in_vietnamese_time(
    cli: Reporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (
        run(["init", "so", "--title", "Sở Tư pháp & Nội vụ", "--source", f"a=duckdb:///{cli.folder / 'xa_moi.duckdb'}"])
        == 0
    )
    made = Cli(Workspace.open("so"), cli._capsys)
    made.does("scan")
    made.does("catalog", "report", "--out", "so.html")
    made.does("catalog", "report", "--out", "so.xlsx")
    told = f"Sở Tư pháp & Nội vụ · lập lúc {datetime.now(VIETNAM):%d/%m/%Y %H}:"
    page = html.unescape(Path("so.html").read_text(encoding="utf-8"))
    assert told in page
    assert "(giờ Việt Nam)" in page
    assert "Phạm vi: 1 bảng; nguồn: a" in page
    assert "UTC)" not in page
    cover = openpyxl.load_workbook("so.xlsx").worksheets[0]
    assert str(cover["A2"].value).startswith(told)
    assert "Sở Tư pháp && Nội vụ" in str(cover.oddFooter.left.text)
    assert "Không gian làm việc: w" in cli.file("catalog", "report").read_text(encoding="utf-8")


def test_samples_are_shapes_and_only_where_asked_for(cli: Reporter) -> None:
    text = cli.file("catalog", "report", "nguon", "--with-samples").read_text(encoding="utf-8")
    assert "999999999999" in text
    assert "xxxxxx xxx xx xxx" in text
    assert "xxxx xxx" not in cli.file("catalog", "report").read_text(encoding="utf-8")
    cli.does("catalog", "export", "--format", "csv", "--with-samples", code=2)


def test_a_table_that_is_gone_is_reported_without_samples(cli: Reporter) -> None:
    def rename(one: str, two: str) -> None:
        with duckdb.connect(str(cli.folder / "xa_moi.duckdb")) as connection:
            connection.execute(f"ALTER TABLE {one} RENAME TO {two}")

    rename("NguoiDan", "doi_ten")
    try:
        text = cli.file("catalog", "report", "--with-samples").read_text(encoding="utf-8")
    finally:
        rename("doi_ten", "NguoiDan")
    assert "xa_moi.main.NguoiDan" in cli.err
    assert "[table_vanished]" in cli.err
    assert texts()["unsampled"]["vi"].format(names="xa_moi.main.NguoiDan") in text
    assert "SoDinhDanh" in text
    assert "999999999999" in text


def test_a_scan_writes_the_same_report(cli: Reporter) -> None:
    text = cli.file("scan", f"duckdb:///{cli.folder / 'xa_moi.duckdb'}", "--format", "html").read_text(encoding="utf-8")
    assert texts()["section.checklist"]["vi"] in text
    assert "NguoiDan" in text


def test_no_name_becomes_a_formula_in_csv(cli: Reporter) -> None:
    text = cli.file("catalog", "export", "--format", "csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {f"'{FORMULA}", f"'{NOISE}"} <= {row["column"] for row in rows}
    assert "'-2+3" in {row["table"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_odcs_is_what_the_standards_own_model_reads(cli: Reporter) -> None:
    text = cli.file("catalog", "export", "--format", "odcs").read_text(encoding="utf-8")
    contracts = [OpenDataContractStandard.from_string(part) for part in re.split(r"(?m)^---\n", text) if part.strip()]
    assert [contract.name for contract in contracts] == ["nguon", "xa_moi"]
    assert {contract.apiVersion for contract in contracts} == {"v3.1.0"}
    table = next(one for one in contracts[0].schema_ or [] if one.name == "nguoi")
    columns = {one.name: one for one in table.properties or []}
    assert columns["so_cccd"].primaryKey
    assert columns["so_cccd"].tags == ["person.national_id"]
    assert (columns["ton_giao"].classification, columns["ngay_sinh"].logicalType) == ("T3", "date")
    from importlib import resources

    import jsonschema

    schema = json.loads(resources.files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    for document in yaml.safe_load_all(text):
        jsonschema.validate(document, schema)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own parser uses it
def test_dcat_is_a_graph_with_access_rights(cli: Reporter) -> None:
    graph = rdflib.Graph().parse(cli.file("catalog", "export", "--format", "dcat"), format="json-ld")
    dcat, dct = rdflib.Namespace("http://www.w3.org/ns/dcat#"), rdflib.Namespace("http://purl.org/dc/terms/")
    sets = list(graph.subjects(rdflib.RDF.type, dcat.Dataset))
    assert len(sets) == 3
    person = next(one for one in sets if str(graph.value(one, dct.identifier)) == "nguon.main.nguoi")
    assert str(graph.value(person, dct.accessRights)).endswith("/NON_PUBLIC")
    words = [str(word) for word in graph.objects(person, dcat.keyword)]
    assert "Not personal" not in words
    assert len(words) == len(set(words))
    laws = list(graph.objects(person, rdflib.URIRef("http://data.europa.eu/r5r/applicableLegislation")))
    assert laws
    wanted = {"http://data.europa.eu/eli/ontology#LegalResource"}
    assert {str(kind) for law in laws for kind in graph.objects(law, rdflib.RDF.type)} == wanted
    [catalog] = graph.subjects(rdflib.RDF.type, dcat.Catalog)
    for needed in (dct.title, dct.description, dct.publisher):
        assert graph.value(catalog, needed) is not None


def test_datahub_proposals_name_every_tag_they_use(cli: Reporter) -> None:
    proposals: list[dict[str, Any]] = json.loads(
        cli.file("catalog", "export", "--format", "datahub").read_text(encoding="utf-8")
    )
    aspects = {(one["entityType"], one["aspectName"]) for one in proposals}
    assert aspects == {("tag", "tagProperties"), ("dataset", "globalTags"), ("dataset", "editableSchemaMetadata")}
    fields = {
        field["fieldPath"]: [tag["tag"] for tag in field["globalTags"]["tags"]]
        for one in proposals
        if one["aspectName"] == "editableSchemaMetadata" and ".nguoi," in one["entityUrn"]
        for field in one["aspect"]["json"]["editableSchemaFieldInfo"]
    }
    assert "urn:li:tag:person.national_id" in fields["so_cccd"]
    assert "urn:li:tag:tier.T2" in fields["so_cccd"]
    assert all(re.fullmatch(r"urn:li:(tag:[\w.-]+|dataset:\([^()]+\))", one["entityUrn"]) for one in proposals)


def test_openmetadata_labels_are_quoted_as_its_names_are(cli: Reporter) -> None:
    made = json.loads(cli.file("catalog", "export", "--format", "openmetadata").read_text(encoding="utf-8"))
    assert {one["name"] for one in made["classifications"]} == {"PhanTang", "PhanTangTier"}
    table = next(one for one in made["tables"] if one["fullyQualifiedName"].endswith(".nguoi"))
    assert table["fullyQualifiedName"] == "nguon.default.main.nguoi"
    labels = {one["name"]: {label["tagFQN"] for label in one["tags"]} for one in table["columns"]}
    assert labels["so_cccd"] == {'PhanTang."person.national_id"', "PhanTangTier.T2"}
    states = {label["state"] for one in table["columns"] for label in one["tags"]}
    assert states == {"Confirmed"}
    names = {_fqn(one["name"]) for one in made["tags"] if one["classification"] == "PhanTang"}
    assert {fqn for fqns in labels.values() for fqn in fqns if fqn.startswith("PhanTang.")} <= names


def _fqn(tag: str) -> str:
    return f'PhanTang."{tag}"' if "." in tag else f"PhanTang.{tag}"


def test_json_holds_tables_with_raises_and_counts(cli: Reporter) -> None:
    made = json.loads(cli.file("catalog", "export", "nguon", "--format", "json").read_text(encoding="utf-8"))
    table = next(one for one in made["tables"] if one["table"] == "nguoi")
    assert table["subjects"] == {"count": 12000, "by": "key"}
    assert table["level"] == "T4a"
    assert "count_sensitive_important" in {one["rule"] for one in table["raised"]}


def test_two_sources_are_compared_concept_by_concept(cli: Reporter) -> None:
    cli.does("catalog", "compare", "nguon", "xa_moi", "--format", "jsonl")
    pairs = [json.loads(line) for line in cli.out.splitlines()]
    both = {one["a"]["column"]: one for one in pairs if one["by"]}
    assert both["so_cccd"]["b"]["column"] == "SoDinhDanh"
    assert {"tag", "privacy_unit"} <= set(both["so_cccd"]["by"])
    assert both["ho_ten"]["b"]["column"] == "HoVaTen"
    assert {"name", "type"} <= set(both["ngay_sinh"]["differences"])
    assert {one["b"]["column"] for one in pairs if one["differences"] == ["only_b"]} == {"email"}
    assert "ton_giao" in {one["a"]["column"] for one in pairs if one["differences"] == ["only_a"]}
    for form in ("json", "jsonl", "table"):
        written = cli.file("catalog", "compare", "nguon", "xa_moi", "--format", form).read_text(encoding="utf-8")
        assert "so_cccd" in written
        assert "xa_moi" in written
    cli.does("catalog", "compare", "nguon", "xa_moi", lang="vi")
    assert "SoDinhDanh" in cli.out
    book = openpyxl.load_workbook(cli.file("catalog", "compare", "nguon", "xa_moi", "--format", "xlsx"))
    assert len(book.sheetnames) == 2
    cli.does("catalog", "compare", "nguon", "khong_co", code=2)
    assert "[table_not_found]" in cli.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalog", "report", "khong_co"),
        ("catalog", "report", "--format", "xlsx"),
        ("catalog", "report", "--format", "pdf"),
        ("catalog", "report", "--out", "/khong/co/thu_muc/a.html"),
        ("catalog", "export", "--format", "csv", "--out", "/khong/co/thu_muc/a.csv"),
        ("catalog", "export", "--format", "khong"),
    ],
)
def test_bad_input_is_an_error_with_a_code(cli: Reporter, arguments: tuple[str, ...]) -> None:
    cli.does(*arguments, code=2)
    assert re.search(r"\[\w+\]", cli.err)


def test_citations_are_written_as_each_language_writes_them() -> None:
    decree = "Nghị định 356/2025/NĐ-CP"
    assert cited("Decree 356/2025/NĐ-CP Art 3 item 7", "vi") == f"khoản 7 Điều 3 {decree}"
    assert cited("Decree 356/2025/NĐ-CP Art 4(1)(i), Art 4(1)(k)", "vi") == (
        f"điểm i khoản 1 Điều 4, điểm k khoản 1 Điều 4 {decree}"
    )
    assert cited("Law 25/2018/QH14 (Denunciation) Art 9; Decree 356/2025/NĐ-CP Art 4(1)(đ)", "vi") == (
        f"Điều 9 Luật Tố cáo 25/2018/QH14; điểm đ khoản 1 Điều 4 {decree}"
    )
    assert cited("Data Law 60/2024/QH15 Art 3(4)", "vi") == "khoản 4 Điều 3 Luật Dữ liệu 60/2024/QH15"
    assert cited("Decision 20/2025/QĐ-TTg I.26(b)", "vi") == "Quyết định 20/2025/QĐ-TTg I.26(b)"
    assert cited("Decision 20/2025/QĐ-TTg I.26(b)", "en") == "Decision 20/2025/QĐ-TTg I.26(b)"


def test_no_citation_of_the_catalog_stays_half_english() -> None:
    snapshot = default_snapshot()
    tags = {tag.basis for tag in snapshot.tags.values() if tag.basis}
    refs = tags | {rule.basis for rule in snapshot.raise_rules}
    assert len(refs) > 20
    for ref in refs:
        assert not re.search(r"\b(Art|item|Law|Decree|Decision|Identification|Denunciation)\b", cited(ref, "vi")), ref


@pytest.mark.parametrize("kind", CATALOG_KINDS)
def test_every_change_of_the_catalog_has_a_word(kind: str) -> None:
    assert texts()[f"kind.{kind}"].keys() == {"vi", "en"}
