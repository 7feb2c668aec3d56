"""The same bundle in a real OPA server and in this process: byte-equal decisions on every recorded input."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785

from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, EmbeddedEngine, OpaServerEngine, bundle_archive

if TYPE_CHECKING:
    from ..services.opa import OpaServer


ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
INPUTS = sorted((ROOT / "tests" / "fixtures" / "pdp" / "inputs").glob("*.json"))


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    files = {str(path.relative_to(POLICIES)): path for path in POLICIES.rglob("*") if path.is_file()}
    return Bundle.from_files({name: path.read_text(encoding="utf-8") for name, path in files.items()})


def _archive(bundle: Bundle, folder: Path) -> Path:
    path = folder / "phantang.tar.gz"
    path.write_bytes(bundle_archive(bundle))
    return path


def _variants(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the document and what happens to it when something is undefined, odd or turned around."""
    unclassified = json.loads(json.dumps(document))
    for table in unclassified["resource"]["tables"]:
        for column in table["columns"]:
            column["classified"] = False
    nobody = json.loads(json.dumps(document))
    nobody["subject"].update(actor="{la}", level="none", jurisdiction={}, purposes=[], clearance="T0")
    counted = json.loads(json.dumps(document))
    counted["resource"]["shape"]["aggregate_only"] = True
    for table in counted["resource"]["tables"]:
        table["privacy_unit"] = None
        for column in table["columns"]:
            column["uses"] = ["aggregate", "join"]
    endless = json.loads(json.dumps(document))
    endless["context"].update(purpose_valid_until=None, time="2026-11-22T16:59:59.123456789Z")
    return [document, unclassified, nobody, counted, endless]


def test_both_engines_decide_alike(bundle: Bundle, opa_server: OpaServer, tmp_path: Path) -> None:
    embedded = EmbeddedEngine(bundle)
    server = OpaServerEngine(bundle, opa_server(bundle=_archive(bundle, tmp_path)), timeout=10)
    assert len(INPUTS) >= 60
    try:
        for path in INPUTS:
            for number, document in enumerate(_variants(json.loads(path.read_text(encoding="utf-8")))):
                ours, theirs = embedded.decide(document), server.decide(document)
                assert rfc8785.dumps(dict(ours.raw)) == rfc8785.dumps(dict(theirs.raw)), (
                    f"{path.name}, variant {number}"
                )
                assert ours == theirs
    finally:
        server.close()


def test_both_engines_deny_what_they_cannot_read(bundle: Bundle, opa_server: OpaServer, tmp_path: Path) -> None:
    """Whoever asks OPA directly, past our schemas, gets a denial for a request with any part missing."""
    from phantang.pdp.embedded import compile_bundle

    embedded = compile_bundle(bundle.modules, bundle.documents)
    client = _client(opa_server(bundle=_archive(bundle, tmp_path)))
    whole = json.loads((INPUTS[0].parent / "one-citizen.json").read_text(encoding="utf-8"))
    for broken in [{}, *_without_one_part(whole)]:
        answer = client.query_rule(
            broken, package_path="phantang", rule_name="decision", query_params={"strict-builtin-errors": "true"}
        )["result"]
        mine = embedded.evaluate("data.phantang.decision", json.dumps(broken))
        assert isinstance(mine, dict)
        assert (answer["allow"], mine["allow"]) in {(False, False), (True, True)}
        assert rfc8785.dumps(_sorted(answer)) == rfc8785.dumps(_sorted(mine))
    client.close_connection()


def _client(url: str) -> Any:
    from opa_client.opa import OpaClient

    return OpaClient(host="127.0.0.1", port=int(url.rpartition(":")[2]), timeout=10)


def _without_one_part(document: dict[str, Any]) -> list[dict[str, Any]]:
    paths: list[tuple[Any, ...]] = []

    def visit(node: object, path: tuple[Any, ...]) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                paths.append((*path, key))
                visit(value, (*path, key))
        elif isinstance(node, list):
            for position, value in enumerate(node):
                visit(value, (*path, position))

    visit(document, ())
    found = []
    for path in paths:
        copy = json.loads(json.dumps(document))
        place = copy
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]
        found.append(copy)
    return found


def _sorted(answer: dict[str, Any]) -> dict[str, Any]:
    def key(item: object) -> str:
        return json.dumps(item, ensure_ascii=False, sort_keys=True)

    rows = {table: sorted(predicates, key=key) for table, predicates in answer["rows"].items()}
    return {**answer, "rows": rows, "reasons": sorted(answer["reasons"], key=key)}


def test_a_server_with_another_revision_is_a_denial(bundle: Bundle, opa_server: OpaServer, tmp_path: Path) -> None:
    document = json.loads((INPUTS[0].parent / "one-citizen.json").read_text(encoding="utf-8"))
    changed = {**bundle.modules, "main/decision.rego": bundle.modules["main/decision.rego"] + "\n# later\n"}
    schemas = {f"schemas/{name}": json.dumps(schema) for name, schema in bundle.schemas.items()}
    stale = Bundle.from_files({**changed, "law/data.json": json.dumps(bundle.data["law"]), **schemas})
    for held in (_archive(stale, tmp_path), POLICIES):
        server = OpaServerEngine(bundle, opa_server(bundle=held), timeout=10)
        with pytest.raises(PolicyError) as caught:
            server.decide(document)
        server.close()
        assert caught.value.code == "policy_revision_mismatch"


def test_a_server_without_a_bundle_is_a_denial(bundle: Bundle, opa_server: OpaServer) -> None:
    document = json.loads((INPUTS[0].parent / "one-citizen.json").read_text(encoding="utf-8"))
    server = OpaServerEngine(bundle, opa_server(), timeout=10)
    with pytest.raises(PolicyError) as caught:
        server.decide(document)
    server.close()
    assert caught.value.code == "policy_undefined"


@pytest.mark.parametrize(
    "command",
    [["check", "--strict"], ["check", "--strict", "--bundle"], ["test", "--bundle"], ["fmt", "--fail", "--list"]],
)
def test_opa_itself_finds_nothing(command: list[str], opa_binary: Path) -> None:
    done = subprocess.run([opa_binary, *command, POLICIES], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_both_engines_read_the_same_data(bundle: Bundle, opa_binary: Path) -> None:
    command = ["eval", "--bundle", str(POLICIES), "--format", "json", "data.law"]
    done = subprocess.run([opa_binary, *command], capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["result"][0]["expressions"][0]["value"] == bundle.data["law"]
