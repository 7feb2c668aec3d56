"""Consents and approvals are held to their registers where a workspace keeps them, and taken as given where not.

Asked of DuckDB and of PostgreSQL.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from phantang import Denied, Gateway
from phantang.cli.app import run
from phantang.flow.policy.grants import person_of
from phantang.flow.query.match import match_person
from phantang.samples import DEMO_CITIZEN_CCCD

if TYPE_CHECKING:
    from phantang.store import Workspace

BANK: dict[str, Any] = {"subject": "ngan-hang", "purpose": "B1", "source": "dan_cu"}
PERSON = f"so_cccd = '{DEMO_CITIZEN_CCCD}' AND ho_ten = 'A' AND ngay_sinh = '1990-03-15'"
MATCH = f"SELECT count(*) FROM cong_dan WHERE {PERSON}"
CONSENTS = """consents:
  DY-1: {business: ngan-hang, sources: [dan_cu], valid_until: 2099-01-31, person: NGUOI}
  DY-OVER: {business: ngan-hang, sources: [dan_cu], valid_until: 2026-01-31, person: NGUOI}
  DY-BACK: {business: ngan-hang, sources: [dan_cu], valid_until: 2099-01-31, person: NGUOI, revoked_on: 2026-01-31}
  DY-LATER: {business: ngan-hang, sources: [dan_cu], valid_until: 2099-01-31, person: NGUOI, revoked_on: 2098-01-31}
  DY-HEALTH: {business: ngan-hang, sources: [y_te], valid_until: 2099-01-31, person: NGUOI}
  DY-OTHERS: {business: bao-hiem, sources: [dan_cu], valid_until: 2099-01-31, person: NGUOI}
  DY-ANOTHER: {business: ngan-hang, sources: [dan_cu], valid_until: 2099-01-31, person: KHAC}
  DY-NOBODY: {business: ngan-hang, sources: [dan_cu], valid_until: 2099-01-31}
"""


@pytest.fixture(params=["workspace", "postgres_workspace"])
def registers(request: pytest.FixtureRequest) -> Workspace:
    """Return a workspace over DuckDB, then one over PostgreSQL."""
    opened: Workspace = request.getfixturevalue(request.param)
    return opened


def keep_consents(workspace: Workspace) -> None:
    text = CONSENTS.replace("NGUOI", person_of(workspace, DEMO_CITIZEN_CCCD))
    text = text.replace("KHAC", person_of(workspace, "001085000001"))
    (workspace.path / "catalog/consents.yaml").write_text(text, encoding="utf-8")


def said(gateway: Gateway, consent: str, until: str | None) -> str:
    """Return `answered`, or the remedy's word for the denial: which text of the rule it is."""
    try:
        gateway.query(MATCH, **BANK, consent_id=consent, consent_until=until)
    except Denied as denied:
        decision = denied.explanation.decision
        assert decision is not None
        (message,) = {reason.message["en"] for reason in decision.reasons if reason.effect == "deny"}
        return message
    return "answered"


#: What is said of a consent, and of the day until which the question says it holds.
SAID = {
    ("DY-1", None): "answered",
    ("DY-1", "2099-01-01"): "answered",
    ("DY-LATER", None): "answered",
    ("DY-1", "2026-01-01"): "The consent has ended",
    ("DY-OVER", "2099-01-01"): "The consent has ended",
    ("DY-BACK", "2099-01-01"): "withdrawn",
    ("DY-HEALTH", "2099-01-01"): "does not speak of the source",
    ("DY-OTHERS", "2099-01-01"): "no such consent",
    ("DY-2", "2099-01-01"): "no such consent",
    ("DY-ANOTHER", None): "not of the person asked about",
    ("DY-NOBODY", None): "does not say whose consent",
}


def test_a_consent_is_what_its_register_says(registers: Workspace) -> None:
    keep_consents(registers)
    with Gateway.open(registers.path) as gateway:
        found = {case: said(gateway, *case) for case in SAID}
    assert {case: text for case, text in found.items() if SAID[case] not in text} == {}


def test_a_consent_is_of_one_person_whatever_is_asked(registers: Workspace) -> None:
    keep_consents(registers)
    with Gateway.open(registers.path) as gateway:
        ask = {**BANK, "consent_id": "DY-1"}
        held = {"name": "A", "birth_date": "1990-03-15"}
        assert match_person(gateway, {**held, "number": DEMO_CITIZEN_CCCD}, **ask).match is False
        for statement in (
            MATCH.replace(DEMO_CITIZEN_CCCD, "001085000001"),
            MATCH.replace(DEMO_CITIZEN_CCCD, "001085000001") + f" AND so_cccd <> '{DEMO_CITIZEN_CCCD}'",
            MATCH.replace(f"= '{DEMO_CITIZEN_CCCD}'", f"IN ('{DEMO_CITIZEN_CCCD}', '001085000001')"),
            f"{MATCH} UNION ALL {MATCH.replace(DEMO_CITIZEN_CCCD, '001085000001')}",
        ):
            with pytest.raises(Denied) as caught:
                gateway.query(statement, **ask)
            assert caught.value.explanation.decision is not None
        with pytest.raises(Denied):
            match_person(gateway, {**held, "number": "001085000001"}, **ask)
        entry = list(gateway.ledger.entries())[-1]
    assert DEMO_CITIZEN_CCCD not in json.dumps(entry.body)


@pytest.mark.parametrize(
    ("consent", "until", "option"),
    [(None, None, True), ("DY-1", "2026-01-01", True), ("DY-2", None, False), ("DY-2", "2099-01-01", False),
     ("DY-ANOTHER", None, False), ("DY-BACK", None, False), ("DY-HEALTH", None, False), ("DY-NOBODY", None, False)],
)  # fmt: skip
def test_an_option_is_a_remedy_only_where_it_was_left_out(
    registers: Workspace, consent: str | None, until: str | None, option: bool
) -> None:
    keep_consents(registers)
    with Gateway.open(registers.path) as gateway, pytest.raises(Denied) as caught:
        gateway.query(MATCH, **BANK, consent_id=consent, consent_until=until)
    remedy = caught.value.explanation.remedy
    assert remedy is not None
    for lang in ("vi", "en"):
        assert ("--consent-id" in remedy.text(lang)) is option
        assert ("catalog/consents.yaml" in remedy.text(lang)) is not option


def test_the_register_holds_no_number(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["-w", str(workspace.path), "--lang", "en", "catalog", "person"]
    printed = []
    for typed in (f" {DEMO_CITIZEN_CCCD}\n", DEMO_CITIZEN_CCCD, "001085000001\n"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
            assert run(command) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] == f"person: {person_of(workspace, DEMO_CITIZEN_CCCD)}\n"
    assert printed[2] != printed[0]
    assert not any(number in text for text in printed for number in (DEMO_CITIZEN_CCCD, "001085000001"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"khong phai so\n")))
        assert run(command) == 2
    # Another workspace makes something else of the same number.
    (workspace.path / ".phantang/keys/token.key").unlink()
    assert person_of(workspace, DEMO_CITIZEN_CCCD) not in printed[0]


def test_doctor_names_consents_that_are_nobodys(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    keep_consents(workspace)
    assert run(["-w", str(workspace.path), "--lang", "en", "doctor"]) == 2
    assert "catalog/consents.yaml:9: DY-NOBODY" in capsys.readouterr().out


def test_without_a_register_ids_are_taken_as_given(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with Gateway.open(workspace.path) as gateway:
        assert said(gateway, "DY-2", "2099-01-01") == "answered"
    run(["-w", str(workspace.path), "--lang", "en", "doctor"])
    assert "ids in questions or agency files are taken as given" in " ".join(capsys.readouterr().out.split())
    (workspace.path / "catalog/consents.yaml").write_text("consents: {}\n", encoding="utf-8")
    with Gateway.open(workspace.path) as gateway:
        assert "no such consent" in said(gateway, "DY-2", "2099-01-01")


@pytest.mark.parametrize(
    ("register", "clear"),
    [
        (None, True),
        ("{agency: so-tu-phap, source: dan_cu, tiers: [T3], valid_until: 2099-01-31}", True),
        ("{agency: so-tu-phap, source: dan_cu, tiers: [T3], valid_until: 2026-01-31}", False),
        ("{agency: so-tu-phap, source: dan_cu, tiers: [T3], valid_until: 2099-01-31, revoked_on: 2026-10-01}", False),
        ("{agency: so-tu-phap, source: y_te, tiers: [T3], valid_until: 2099-01-31}", False),
        ("{agency: so-tu-phap, source: dan_cu, tiers: [T4a], valid_until: 2099-01-31}", False),
        ("{agency: c06, source: dan_cu, tiers: [T3], valid_until: 2099-01-31}", False),
    ],
)
def test_an_approval_is_what_its_register_says(registers: Workspace, register: str | None, clear: bool) -> None:
    workspace = registers
    file = workspace.path / "catalog/agencies/so-tu-phap.yaml"
    claim = "approvals: [{ref: P-1, source: dan_cu, tier: T3, valid_until: 2099-12-31}]"
    text = file.read_text(encoding="utf-8").replace("clearance: T2", "clearance: T3")
    file.write_text(f"{text.rstrip()}\n{claim}\n", encoding="utf-8")
    if register is not None:
        (workspace.path / "catalog/approvals.yaml").write_text(f"approvals:\n  P-1: {register}\n", encoding="utf-8")
    ask = {"subject": "so-tu-phap", "purpose": "L2", "source": "dan_cu", "legal_ref": "1.014061"}
    sql = f"SELECT dan_toc FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"
    with Gateway.open(workspace.path) as gateway:
        (row,) = gateway.query(sql, **ask).table.to_pylist()
    assert (row["dan_toc"] is not None) is clear
