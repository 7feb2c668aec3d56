"""`policy impact`, `audit replay`, `audit prove`: recorded decisions put to other policies, and handed to outsiders."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.flow.policy.grants import person_of
from phantang.flow.policy.impact import policy_impact
from phantang.flow.policy.replay import replay_decisions
from phantang.flow.workspace.demo import questions
from phantang.model.errors import InputError, PolicyError

from ..services.workspaces import copy_workspace
from ..unit.pdp.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace


@pytest.fixture(scope="module")
def asked_template(workspace_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace whose ledger holds the demo's questions, each twice, and one that never reached policy."""
    workspace = copy_workspace(workspace_template, tmp_path_factory.mktemp("asked") / "workspace")
    with Gateway.open(workspace.path) as gateway:
        for question in [*questions(), *questions()]:
            gateway.explain(question.sql, **question.terms)
        gateway.explain("DROP TABLE cong_dan", subject="thanh-tra", purpose="A1", source="dan_cu")
    return workspace.path


@pytest.fixture
def asked(asked_template: Path, tmp_path: Path) -> Workspace:
    """Return a copy of it for a test of its own."""
    return copy_workspace(asked_template, tmp_path / "workspace")


@pytest.fixture
def candidate(asked: Workspace, tmp_path: Path) -> Path:
    """Return a copy of the workspace's policies, for a test to change."""
    folder = tmp_path / "candidate"
    shutil.copytree(asked.path / "policies", folder)
    return folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_the_same_policies_flip_nothing(asked: Workspace, candidate: Path) -> None:
    size = len(list(asked.ledger().entries()))
    found = policy_impact(asked, candidate)
    assert (found.flips, found.may_widen, found.undecided) == ((), False, {"sql_statement": 1})
    assert found.questions == 2 * len(questions()) + 1
    assert found.distinct <= 2 * len(questions())
    assert len(list(asked.ledger().entries())) == size


def test_a_stricter_candidate_narrows(asked: Workspace, candidate: Path) -> None:
    edit(candidate / "law/limits/data.yaml", "sample_rows: 100 ", "sample_rows: 10 ")
    edit(candidate / "law/masks/data.yaml", "person.national_id: MASK_SHOW_LAST_4", "person.national_id: MASK_NULL")
    found = policy_impact(asked, candidate)
    flips = {(flip.agency, flip.difference.what, flip.difference.on): flip for flip in found.flips}
    masked = flips["thanh-tra", "column", "main.cong_dan.so_cccd"]
    assert (masked.difference.verdict, masked.questions) == ("narrowed", 2)
    assert (masked.difference.before, masked.difference.after) == ("MASK_SHOW_LAST_4", "MASK_NULL")
    assert masked.difference.rules == ("mask/by_tag", "mask/clearance")
    assert flips["thanh-tra", "max_rows", "query"].difference.after == "10"
    assert not found.may_widen


def test_a_wider_candidate_is_exit_code_3(
    asked: Workspace, candidate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = candidate / "law/matrix/data.yaml"
    matrix.write_text(
        matrix.read_text(encoding="utf-8").replace("case/single_person, case/own_cases, ", ""), encoding="utf-8"
    )
    arguments = ["-w", str(asked.path), "policy", "impact", "--candidate", str(candidate), "--format", "json"]
    assert run(arguments) == 3
    said = json.loads(capsys.readouterr().out)
    assert said["verdicts"]["widened"] > 0
    opened = [flip for flip in said["flips"] if flip["what"] == "query"]
    assert {(flip["agency"], flip["purpose"]) for flip in opened} == {("xa-ba-dinh", "L2")}
    assert "case/single_person" in {rule for flip in opened for rule in flip["rules"]}
    assert run(["--lang", "vi", *arguments[:-2]]) == 3
    assert "NỚI RỘNG" in capsys.readouterr().out


def test_queries_of_a_file_are_replayed_without_a_ledger(
    asked: Workspace, candidate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(asked.path / ".phantang")
    lines = [
        {"id": "a", "sql": "SELECT ma_xa, count(*) FROM cong_dan GROUP BY ma_xa", "as": "ioc-ha-noi", "purpose": "L1"},
        {"id": "b", "sql": "DROP TABLE cong_dan", "as": "ioc-ha-noi", "purpose": "L1"},
    ]
    file = tmp_path / "queries.jsonl"
    file.write_text("\n".join(json.dumps({**line, "source": "dan_cu"}) for line in lines) + "\n\n", encoding="utf-8")
    edit(
        candidate / "law/matrix/data.yaml", "T2: {permit: G, min_group_size: 10,", "T2: {permit: G, min_group_size: 50,"
    )
    arguments = ["-w", str(asked.path), "policy", "impact", "--candidate", str(candidate), "--queries", str(file)]
    assert run([*arguments, "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["questions"], said["distinct"], said["undecided"]) == (2, 1, {"sql_statement": 1})
    [flip] = said["flips"]
    assert (flip["what"], flip["before"], flip["after"], flip["examples"]) == ("min_group_size", "10", "50", ["a"])
    assert not (asked.path / ".phantang").exists()


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "a", "sql": "SELECT 1", "as": "nobody", "purpose": "L1", "source": "dan_cu"}',
        '{"id": "a", "sql": 1, "as": "ioc-ha-noi", "purpose": "L1"}',
        '{"id": "a", "sql": "SELECT 1", "as": "ioc-ha-noi", "purpose": "L1", "sources": "dan_cu"}',
        '{"id": "a", "sql": "SELECT 1", "as": "ioc-ha-noi", "purpose": "L1"}',
        '{"id": "a", "sql": "SELECT 1", "as": "ioc-ha-noi", "purpose": "L1", "source": null}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_query_is_named(asked: Workspace, candidate: Path, line: str) -> None:
    with pytest.raises(InputError) as caught:
        policy_impact(asked, candidate, "\n" + line)
    assert (caught.value.code, caught.value.params["line"]) == ("question_line", "2")


def test_a_candidate_that_check_would_refuse_is_refused(asked: Workspace, candidate: Path) -> None:
    edit(candidate / "law/masks/data.yaml", "person.name: MASK\n", "person.name: MASKS\n")
    with pytest.raises(PolicyError) as caught:
        policy_impact(asked, candidate)
    assert caught.value.code == "policy_bundle_invalid"


def test_the_log_replays_to_itself(asked: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found = replay_decisions(asked)
    assert (found.same, found.undecided, found.mismatches) == (2 * len(questions()), 1, ())
    assert run(["-w", str(asked.path), "audit", "replay"]) == 0


def test_decisions_of_another_revision_are_replayed_with_that_revision(asked: Workspace, candidate: Path) -> None:
    edit(asked.path / "policies/law/limits/data.yaml", "sample_rows: 100 ", "sample_rows: 10 ")
    found = replay_decisions(asked)
    assert (found.same, sum(found.other.values())) == (0, 2 * len(questions()))
    assert replay_decisions(asked, candidate).same == 2 * len(questions())


def test_a_decision_which_its_policies_do_not_give_is_named(
    asked: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    body = dict(next(entry for entry in asked.ledger().entries() if entry.body.get("result")).body)
    forged = {**body, "result": {**body["result"], "obligations": {"max_rows": 1}}}
    asked.ledger().append("intent", forged, "forged")
    assert run(["-w", str(asked.path), "audit", "replay", "--format", "json"]) == 3
    [mismatch] = json.loads(capsys.readouterr().out)["mismatches"]
    assert (mismatch["decision_id"], mismatch["parts"]) == ("forged", ["obligations"])


def prove(workspace: Workspace, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["-w", str(workspace.path), "audit", "prove", *arguments]) == 0
    proof: dict[str, Any] = json.loads(capsys.readouterr().out)
    return proof


def check(tmp_path: Path, proof: object, key: Path, *more: str) -> int:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof), encoding="utf-8")
    return run(["audit", "verify", "--proof", str(file), "--key", str(key), *more])


def test_a_proof_is_checked_without_the_workspace(
    asked: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "checkpoint"
    shutil.copy(asked.path / ".phantang/ledger/checkpoint", earlier)
    with Gateway.open(asked.path) as gateway:
        recorded = gateway.explain("SELECT 1", subject="thanh-tra", purpose="A1", source="dan_cu")
    proof = prove(asked, capsys, recorded.decision_id, "--since", str(earlier))
    key = tmp_path / "ledger.pub"
    shutil.copy(asked.path / ".phantang/keys/ledger.pub", key)
    shutil.rmtree(asked.path / ".phantang")
    monkeypatch.chdir(tmp_path)
    assert check(tmp_path, proof, key) == 0
    assert check(tmp_path, proof, key, "--checkpoint", str(earlier)) == 0
    assert json.loads(proof["entry"])["decision_id"] == recorded.decision_id
    assert check(tmp_path, {**proof, "entry": proof["entry"].replace('"allow"', '"deny"')}, key) == 3
    assert check(tmp_path, {**proof, "index": proof["index"] - 1}, key) == 3
    assert check(tmp_path, {**proof, "consistency": None}, key, "--checkpoint", str(earlier)) == 3
    root = hashlib.sha256(b"other").hexdigest()
    assert check(tmp_path, {**proof, "consistency": {**proof["consistency"], "root": root}}, key) == 3


@pytest.mark.parametrize(
    "proof", [[], {}, {"index": "1"}, "x", {"index": 0, "entry": "", "path": [1], "checkpoint": ""}]
)
def test_what_is_no_proof_is_bad_input(asked: Workspace, tmp_path: Path, proof: object) -> None:
    assert check(tmp_path, proof, asked.path / ".phantang/keys/ledger.pub") == 2


def test_an_entry_that_is_not_there_and_a_checkpoint_of_another_ledger(
    asked: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-w", str(asked.path), "audit", "prove", "9999"]) == 2
    foreign = tmp_path / "foreign"
    note = (asked.path / ".phantang/ledger/checkpoint").read_text(encoding="utf-8").split("\n")
    note[1:3] = ["3", "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="]
    foreign.write_text("\n".join(note), encoding="utf-8")
    assert run(["-w", str(asked.path), "audit", "prove", "2", "--since", str(foreign)]) == 1
    assert "ledger_rewritten" in capsys.readouterr().err


def test_a_file_of_queries_may_say_what_they_rest_on(asked: Workspace, candidate: Path) -> None:
    number = "001085000001"
    consent = {"business": "ngan-hang", "sources": ["dan_cu"], "valid_until": "2099-01-31"}
    register = {"consents": {"DY-1": {**consent, "person": person_of(asked, number)}}}
    (asked.path / "catalog/consents.yaml").write_text(json.dumps(register), encoding="utf-8")
    match = "SELECT count(*) FROM cong_dan WHERE so_cccd = '{}' AND ho_ten = 'A' AND ngay_sinh = '1990-03-15'"
    line = {"as": "ngan-hang", "purpose": "B1", "source": "dan_cu", "consent_id": "DY-1"}
    lines = [{**line, "id": who, "sql": match.format(who)} for who in (number, "001085000002")]
    edit(candidate / "law/limits/data.yaml", "business_consent: 5", "business_consent: 9")
    found = policy_impact(asked, candidate, "\n".join(map(json.dumps, lines)))
    (flip,) = found.flips  # of the two only the person who consented may be asked about, before and after
    assert (flip.difference.what, flip.examples) == ("lookups_per_person", [number])
    with pytest.raises(InputError) as caught:
        policy_impact(asked, candidate, json.dumps({**lines[0], "officer": "cb-1"}))
    assert caught.value.params["what"] == '"officer"'


def record_older(workspace: Workspace, *inputs: object) -> None:
    """Append decisions as earlier versions recorded them, which counted no versions."""
    ledger = workspace.ledger()
    body = next(dict(entry.body) for entry in ledger.entries() if entry.kind == "explain" and entry.body["input"])
    del body["input_contract"]
    for number, document in enumerate(inputs):
        old = {**body, "input": document, "bundles": {"phantang": {"revision": "sha256:old"}}}
        ledger.append("explain", old, f"00000000-0000-0000-0000-{number:012d}")


def test_what_was_recorded_under_an_older_contract_is_not_passed_over(
    asked: Workspace, candidate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It once counted as a question that nothing changes, whatever the candidate allowed."""
    older = json.loads((ROOT / "tests/fixtures/pdp/older/1-count-by-commune.json").read_text(encoding="utf-8"))
    record_older(asked, older, older, {"subject": {}, "resource": {}, "context": {"time": older["context"]["time"]}})
    matrix = candidate / "law/matrix/data.yaml"
    text = matrix.read_text(encoding="utf-8")
    head, mark, tail = text.partition("leadership_dashboard:")
    matrix.write_text(head + mark + tail.replace("min_group_size: 10", "min_group_size: 5", 1), encoding="utf-8")
    found = policy_impact(asked, candidate)
    (flip,) = [flip for flip in found.flips if "00000000-0000-0000-0000-000000000000" in flip.examples]
    assert (flip.difference.verdict, flip.difference.before, flip.difference.after) == ("widened", "10", "5")
    assert found.older == 3
    assert found.undecided == {"sql_statement": 1, "input_contract_older": 1}
    command = ["-w", str(asked.path), "--lang", "en"]
    assert run([*command, "policy", "impact", "--candidate", str(candidate)]) == 3
    assert "3 questions were recorded with an older contract" in capsys.readouterr().err
    replayed = replay_decisions(asked)
    assert (len(replayed.older), replayed.mismatches, replayed.other) == (3, (), {"sha256:old": 3})
    assert run([*command, "audit", "replay"]) == 0
    assert f"#{replayed.older[0]}: recorded with an older contract" in capsys.readouterr().err
