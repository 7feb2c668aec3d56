"""B1: a bank asks whether what it holds of a person matches; yes or no, and nothing else, anywhere."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang import Denied, Gateway
from phantang.cli.app import run
from phantang.flow.query.match import match_person
from phantang.flow.scan.scan import scan_workspace
from phantang.model.errors import InputError, Refused
from phantang.store import Workspace

if TYPE_CHECKING:
    from pathlib import Path

BANK: dict[str, Any] = {
    "subject": "ngan-hang", "consent_id": "DY-2026-0001", "consent_until": "2099-01-01", "source": "dan_cu",
}  # fmt: skip

LIMITS = "policies/law/limits/data.yaml"


@pytest.fixture
def person(workspace: Workspace) -> dict[str, str]:
    """Return somebody of the sample register whose name has a letter that decomposes."""
    with duckdb.connect(str(workspace.path / "data/dan_cu.duckdb"), read_only=True) as database:
        row = database.execute(
            "SELECT so_cccd, ho_ten, CAST(ngay_sinh AS VARCHAR) FROM cong_dan WHERE ho_ten LIKE '%ễ%' ORDER BY 1"
        ).fetchone()
    assert row is not None
    return dict(zip(("number", "name", "birth_date"), row, strict=True))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_yes_only_if_all_three_are_one_persons(workspace: Workspace, person: dict[str, str]) -> None:
    edit(workspace.path / LIMITS, "business_consent: 5", "business_consent: 50")
    day = "/".join(reversed(person["birth_date"].split("-")))
    with Gateway.open(workspace.path) as gateway:
        assert match_person(gateway, person, **BANK).match
        spaced = unicodedata.normalize("NFD", f"  {person['name']} ")
        assert match_person(gateway, {**person, "name": spaced}, **BANK).match
        assert match_person(gateway, {**person, "birth_date": day}, **BANK).match
        for wrong in (
            {"name": f"{person['name']} Ba"},
            {"birth_date": "1900-01-01"},
            {"number": "001999999999"},
            {"name": "' OR ''='"},
        ):
            assert not match_person(gateway, {**person, **wrong}, **BANK).match


def test_spelling_keeps_nobody_from_being_found(workspace: Workspace, person: dict[str, str]) -> None:
    edit(workspace.path / LIMITS, "business_consent: 5", "business_consent: 50")
    number, name = person["number"], person["name"]
    held = {
        "name": [
            name.upper(),
            name.lower(),
            unicodedata.normalize("NFD", name.upper()),
            f" {name.replace(' ', '  ')} ",
        ],
        "number": [f" {number[:3]} {number[3:6]} {number[6:]}", f"{number[:3]}.{number[3:]}", number.lstrip("0")],
    }
    with Gateway.open(workspace.path) as gateway:
        for field, spellings in held.items():
            for spelling in spellings:
                assert match_person(gateway, {**person, field: spelling}, **BANK).match, (field, spelling)
        bare = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
        assert not match_person(gateway, {**person, "name": bare}, **BANK).match


def test_a_register_may_write_in_capitals_or_decomposed(tmp_path: Path) -> None:
    names = ["NGUYỄN VĂN AN", unicodedata.normalize("NFD", "Trần Thị Bình"), unicodedata.normalize("NFD", "LÊ THỊ ỈNH")]
    with duckdb.connect(str(tmp_path / "dan.duckdb")) as database:
        database.execute("CREATE TABLE dan (so_cccd VARCHAR PRIMARY KEY, ho_ten VARCHAR, ngay_sinh DATE)")
        for place, name in enumerate(names):
            database.execute("INSERT INTO dan VALUES (?, ?, '1985-01-02')", [f"00108500000{place}", name])
    workspace = Workspace.create(tmp_path / "w", {"dan": f"duckdb:///{tmp_path / 'dan.duckdb'}"})
    scan_workspace(workspace, accept_as="thử")
    with Gateway.open(workspace.path) as gateway:
        for place, name in enumerate(["Nguyễn Văn An", "trần thị bình", "Lê Thị Ỉnh"]):
            person = {"number": f"00108500000{place}", "name": name, "birth_date": "1985-01-02"}
            assert match_person(gateway, person, **{**BANK, "source": "dan"}).match


def test_all_spellings_are_counted_as_one(workspace: Workspace, person: dict[str, str]) -> None:
    other = {**person, "name": "Lê Văn Ễm"}
    with Gateway.open(workspace.path) as gateway:
        assert [match_person(gateway, other, **BANK).match for _ in range(5)] == [False] * 5
        with pytest.raises(Refused) as caught:
            match_person(gateway, other, **BANK)
        kinds = Counter(entry.kind for entry in gateway.ledger.entries())
    assert caught.value.code == "person_limit"
    assert kinds["intent"] == kinds["outcome"] > 10


def test_only_another_spelling_is_not_counted(workspace: Workspace, person: dict[str, str]) -> None:
    asked = (
        "SELECT count(*) FROM cong_dan WHERE so_cccd = '{number}' AND ho_ten = '{name}' AND ngay_sinh = '{birth_date}'"
    )
    with Gateway.open(workspace.path) as gateway:
        first = gateway.query(asked.format(**person), purpose="B1", **BANK)
        assert gateway.respell(asked.format(**{**person, "name": person["name"].upper()}), first).table.num_rows == 1
        for change in ({"name": "Lê Văn Tám"}, {"birth_date": "1900-01-01"}, {"number": "001999999999"}):
            with pytest.raises(InputError) as caught:
                gateway.respell(asked.format(**{**person, **change}), first)
            assert caught.value.code == "respelled"


def test_of_two_numbers_the_tables_own_is_compared(workspace: Workspace, person: dict[str, str]) -> None:
    file = workspace.path / "catalog/assets/dan_cu/main.cong_dan.yaml"
    text = file.read_text(encoding="utf-8")
    assert "privacy_unit: so_cccd\n" in text
    second = re.sub(r"(- name: ma_ho\n(?:  .*\n)*?  tag: )\S+", r"\1person.national_id", text)
    assert second != text
    file.write_text(second, encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        assert match_person(gateway, person, **BANK, table="cong_dan").match
    file.write_text(second.replace("privacy_unit: so_cccd\n", ""), encoding="utf-8")
    with Gateway.open(workspace.path) as gateway, pytest.raises(InputError) as caught:
        match_person(gateway, person, **BANK, table="cong_dan")
    assert caught.value.code == "match_table_lacks"


def test_nobody_and_somebody_else_get_the_same_answer(workspace: Workspace, person: dict[str, str]) -> None:
    with Gateway.open(workspace.path) as gateway:
        nobody = match_person(gateway, {**person, "number": "001999999999"}, **BANK)
        differs = match_person(gateway, {**person, "name": "Lê Văn Tám"}, **BANK)
        entries = [dict(entry.body) for entry in gateway.ledger.entries()]
    assert nobody.match is differs.match is False
    assert nobody.to_json().keys() == differs.to_json().keys() == {"match", "decision_id", "receipt", "ignored"}
    outcomes = [body for body in entries if "intent" in body][-2:]
    assert outcomes[0]["rows"] == outcomes[1]["rows"]
    assert outcomes[0]["status"] == outcomes[1]["status"] == "completed"


def test_no_value_is_kept_anywhere(workspace: Workspace, person: dict[str, str]) -> None:
    with Gateway.open(workspace.path) as gateway:
        match_person(gateway, person, **BANK)
    kept = b"".join(path.read_bytes() for path in (workspace.path / ".phantang").rglob("*") if path.is_file())
    for value in person.values():
        assert value.encode() not in kept
        assert json.dumps(value).strip('"').encode() not in kept


@pytest.mark.parametrize(
    "ground",
    [{"consent_id": None}, {"consent_id": " "}, {"consent_until": "2020-01-01"}, {"consent_until": None}],
)
def test_without_a_valid_consent_there_is_no_answer(
    workspace: Workspace, person: dict[str, str], ground: dict[str, str]
) -> None:
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as caught:
        match_person(gateway, person, **{**BANK, **ground})
    assert caught.value.code == "policy_denied"
    assert "consent" in str(caught.value)
    assert "See each reason" not in str(caught.value)


@pytest.mark.parametrize(
    "more", ["GROUP BY ma_xa", "AND ma_xa = '00004'", "AND ma_tinh IN ('01', '79')", "ORDER BY max(ma_xa)"]
)
def test_not_even_the_commune_leaves(workspace: Workspace, person: dict[str, str], more: str) -> None:
    where = "so_cccd = '{number}' AND ho_ten = '{name}' AND ngay_sinh = '{birth_date}'".format(**person)
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as caught:
        gateway.query(f"SELECT count(*) FROM cong_dan WHERE {where} {more}", purpose="B1", **BANK)
    assert caught.value.code == "policy_denied"


def test_others_may_not_match(workspace: Workspace, person: dict[str, str]) -> None:
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied):
        match_person(gateway, person, **{**BANK, "subject": "cong-ty-logistics"})


def test_matches_are_counted_against_the_days_limit(workspace: Workspace, person: dict[str, str]) -> None:
    edit(workspace.path / LIMITS, "business_consent: 1000", "business_consent: 2")
    with Gateway.open(workspace.path) as gateway:
        match_person(gateway, person, **BANK)
        match_person(gateway, {**person, "name": "Lê Văn Tám"}, **BANK)
        with pytest.raises(Refused) as caught:
            match_person(gateway, person, **BANK)
    assert caught.value.code == "lookup_limit"


def test_a_birth_date_cannot_be_guessed(workspace: Workspace, person: dict[str, str]) -> None:
    guesses = [{**person, "birth_date": f"19{year}-01-01"} for year in range(50, 55)]
    with Gateway.open(workspace.path) as gateway:
        assert [match_person(gateway, guess, **BANK).match for guess in guesses] == [False] * 5
        with pytest.raises(Refused) as caught:
            match_person(gateway, person, **BANK)
        assert (caught.value.code, caught.value.params["limit"]) == ("person_limit", "5")
        assert person["number"] not in str(caught.value)
        last = [entry for entry in gateway.ledger.entries() if entry.kind == "outcome"][-1]
        assert last.body["status"] == "person_limit"
        # In SQL of one's own it is the same person, and somebody else may still be asked about.
        where = f"so_cccd = '{person['number']}' AND ho_ten = '{person['name']}' AND ngay_sinh = '1990-01-01'"
        with pytest.raises(Refused):
            gateway.query(f"SELECT count(*) FROM cong_dan WHERE {where}", purpose="B1", **BANK)
        foreseen = gateway.explain(f"SELECT count(*) FROM cong_dan WHERE {where}", purpose="B1", **BANK)
        assert (foreseen.allowed, foreseen.at_run) == (True, "person_limit")
        neighbour = f"{int(person['number']) + 1:012}"
        assert not match_person(gateway, {**person, "number": neighbour}, **BANK).match
    kept = workspace.usage().path.read_bytes()
    assert person["number"].encode() not in kept


def test_subjects_of_one_organisation_guess_together(workspace: Workspace, person: dict[str, str]) -> None:
    edit(workspace.path / LIMITS, "business_consent: 5", "business_consent: 2")
    agencies = workspace.path / "catalog/agencies"
    text = (agencies / "ngan-hang.yaml").read_text(encoding="utf-8").rstrip()
    branch = text.replace("id: ngan-hang", "id: chi-nhanh", 1)
    (agencies / "chi-nhanh.yaml").write_text(f"{branch}\npart_of: ngan-hang\n", encoding="utf-8")
    (agencies / "khac.yaml").write_text(f"{text.replace('id: ngan-hang', 'id: khac', 1)}\n", encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        for subject in ("ngan-hang", "chi-nhanh"):
            assert match_person(gateway, person, **{**BANK, "subject": subject}).match
        for subject in ("ngan-hang", "chi-nhanh"):
            with pytest.raises(Refused) as caught:
                match_person(gateway, person, **{**BANK, "subject": subject})
            assert caught.value.code == "person_limit"
        assert match_person(gateway, person, **{**BANK, "subject": "khac"}).match


def test_a_number_written_otherwise_is_the_same_person(workspace: Workspace, person: dict[str, str]) -> None:
    """A column of numbers, or one padded with blanks, takes these for equal."""
    edit(workspace.path / LIMITS, "business_consent: 5", "business_consent: 2")
    number = person["number"]
    with Gateway.open(workspace.path) as gateway:
        for written in (number.lstrip("0"), f"{number} "):
            where = f"so_cccd = '{written}' AND ho_ten = 'A' AND ngay_sinh = '1990-01-01'"
            gateway.query(f"SELECT count(*) FROM cong_dan WHERE {where}", purpose="B1", **BANK)
        with pytest.raises(Refused):
            match_person(gateway, person, **BANK)


def test_questions_at_once_never_pass_the_limit(workspace: Workspace, person: dict[str, str]) -> None:
    def ask(_: int) -> str:
        with Gateway.open(workspace.path) as gateway:
            try:
                match_person(gateway, person, **BANK)
            except Refused as refused:
                return refused.code
        return "answered"

    with ThreadPoolExecutor(4) as pool:
        said = Counter(pool.map(ask, range(9)))
    assert said == {"answered": 5, "person_limit": 4}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "12"}, "number"),
        ({"number": "٠٠١٠٨٥٠٠٠٠٠١"}, "number"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 1000}, "name"),
        ({"birth_date": "31/02/2000"}, "birth_date"),
        ({"birth_date": "hôm qua"}, "birth_date"),
        ({"address": "Hà Nội"}, "address"),
        ({"name": None}, "name"),
    ],
)
def test_an_unusable_person_is_named_by_its_field(
    workspace: Workspace, person: dict[str, str], change: dict[str, Any], field: str
) -> None:
    with Gateway.open(workspace.path) as gateway, pytest.raises(InputError) as caught:
        match_person(gateway, {**person, **change}, **BANK)
    assert (caught.value.code, caught.value.params) == ("match_person", {"field": field})


def test_the_command(
    workspace: Workspace,
    person: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["-w", str(workspace.path), "--lang", "vi", "match", "--as", "ngan-hang", "--source", "dan_cu"]
    consent = ["--consent-id", "DY-1", "--consent-until", "2099-01-01"]
    pairs = [f"{name}={value}" for name, value in person.items()]
    assert run([*command, *consent, *pairs]) == 0
    assert capsys.readouterr().out.strip() == "KHỚP"
    for name, answer, note in (
        (person["name"].upper(), "KHỚP", ""),
        ("Nguyen Thi Hien", "KHÔNG KHỚP", "dấu của tên có tính"),
    ):
        spelt = [f"name={name}" if pair.startswith("name=") else pair for pair in pairs]
        assert run([*command, *consent, *spelt]) == 0
        told = capsys.readouterr()
        assert told.out.strip() == answer
        assert note in told.err
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps({**person, "name": "X"}).encode())))
    assert run([*command, *consent, "-", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["match"] is False
    assert run([*command, *pairs]) == 3
    assert run([*command, *consent, pairs[0]]) == 2
    assert run([*command, *consent, *pairs, pairs[0]]) == 2
    assert run([*command[:-2], "--source", "giao_thong", *consent, *pairs]) == 2
    said = capsys.readouterr()
    assert not any(value in said.out + said.err for value in person.values())
