"""The bundle answers Trino's OPA plugin: the plugin's questions, put to a real OPA. No Trino runs here."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from phantang.cli.app import run
from phantang.flow.policy.bundle import load_bundle
from phantang.model.errors import PolicyError
from phantang.pdp import Bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from phantang.store import Workspace

    from ..services.opa import OpaServer

FIXTURE = yaml.safe_load((Path(__file__).parent.parent / "fixtures/trino/requests.yaml").read_text(encoding="utf-8"))
POLICE = FIXTURE["police"]


def asker(url: str) -> Callable[[str, dict[str, Any], dict[str, Any]], Any]:
    def ask(endpoint: str, action: dict[str, Any], who: dict[str, Any]) -> Any:
        context = {"identity": who, "queryId": "20261125_000000_00000_abcde", "softwareStack": {"trinoVersion": "480"}}
        body = json.dumps({"input": {"context": context, "action": action}}).encode()
        request = urllib.request.Request(  # noqa: S310 - loopback http
            f"{url}/v1/data/phantang/trino/{endpoint}", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            said = json.load(answer)
        assert "result" in said, "Trino takes an undefined answer for no restriction"
        return said["result"]

    return ask


def pack(workspace: Workspace, tmp_path: Path, *options: str) -> Path:
    archive = tmp_path / "bundle.tar.gz"
    assert run(["-w", str(workspace.path), "policy", "bundle", "--out", str(archive), *options]) == 0
    return archive


def test_the_plugins_questions(workspace: Workspace, tmp_path: Path, opa_server: OpaServer) -> None:
    ask = asker(opa_server(bundle=pack(workspace, tmp_path, "--trino")))
    for case in FIXTURE["cases"]:
        answer = ask(case["ask"], case["action"], case.get("as", POLICE))
        if isinstance(answer, list):
            answer = sorted(answer, key=json.dumps)
        assert answer == case["answer"], case


def column(name: str, kind: str = "varchar") -> dict[str, Any]:
    return {
        "catalogName": "dan_cu",
        "schemaName": "main",
        "tableName": "cong_dan",
        "columnName": name,
        "columnType": kind,
    }


RULE = """# METADATA
# title: Rows of a test
package phantang.rules.thu.dong

narrow contains {"effect": "filter", "table": "main.cong_dan", "predicate": predicate, "text": "x"} if {
	some predicate in PREDICATES
}
"""


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_masks_and_filters_are_trinos_sql(workspace: Workspace, tmp_path: Path, opa_server: OpaServer) -> None:
    agency = workspace.path / "catalog/agencies/c06.yaml"
    edit(agency, "clearance: T3", "clearance: T1")
    folder = workspace.path / "policies/rules/thu/dong"
    folder.mkdir(parents=True)
    predicates = [
        {"type": "field", "operator": "eq", "field": "gioi_tinh", "value": "N'am"},
        {"type": "field", "operator": "in", "field": "ma_xa", "value": ["1", "2"]},
        {
            "type": "compound",
            "operator": "or",
            "value": [{"type": "field", "operator": "gte", "field": "Nam", "value": 3}],
        },
        {
            "type": "compound",
            "operator": "not",
            "value": [{"type": "field", "operator": "eq", "field": "a", "value": 1}],
        },
        {"type": "lookup", "operator": "eq", "field": "so_cccd"},
    ]
    (folder / "dong.rego").write_text(RULE.replace("PREDICATES", json.dumps(predicates)), encoding="utf-8")
    ask = asker(opa_server(bundle=pack(workspace, tmp_path, "--trino")))
    table = {"table": FIXTURE["people"]}
    filters = ask("rowFilters", {"operation": "GetRowFilters", "resource": table}, POLICE)
    assert sorted(one["expression"] for one in filters) == [
        """"gioi_tinh" = 'N''am'""",
        """"ma_xa" IN ('1', '2')""",
        """("nam" >= 3)""",
        "false",
    ]

    def mask(name: str, kind: str = "varchar") -> str:
        action = {"operation": "GetColumnMask", "resource": {"column": column(name, kind)}}
        return str(ask("columnMask", action, POLICE)["expression"])

    assert mask("ho_ten").startswith("CAST(regexp_replace(")
    assert mask("ho_ten").endswith(" AS varchar)")
    assert mask("so_cccd", "varchar(12)").endswith(" AS varchar(12))")
    assert 'substr("so_cccd", -4)' in mask("so_cccd")
    assert mask("ngay_sinh", "date") == """CAST(date_trunc('year', "ngay_sinh") AS date)"""
    assert mask("ngay_sinh", "varbinary") == "NULL"
    assert mask("ho_ten", "varchar); DROP TABLE x") == "NULL"
    # DuckDB reads these functions alike, but for the names of character classes and the flag of replace-all.
    local = mask("ho_ten").replace(r"\p{Lu}", "[A-ZĐÀ]").replace("'X')", "'X', 'g')")
    local = local.replace("'x')", "'x', 'g')").replace("'n')", "'n', 'g')").replace('"ho_ten"', "'Đỗ Thị Ba 12'")
    with duckdb.connect() as database:
        assert database.execute(f"SELECT {local}").fetchone() == ("Xx Xxx Xx nn",)


def test_without_the_catalog_everything_is_refused(workspace: Workspace, tmp_path: Path, opa_server: OpaServer) -> None:
    url = opa_server(bundle=workspace.path / "policies")
    ask = asker(url)
    assert ask("allow", {"operation": "ExecuteQuery"}, POLICE) is False
    assert ask("rowFilters", {"operation": "GetRowFilters", "resource": {"table": FIXTURE["people"]}}, POLICE) == [
        {"expression": "false"}
    ]
    answer = ask(
        "batchColumnMasks", {"operation": "GetColumnMask", "filterResources": [{"column": column("ma_xa")}]}, POLICE
    )
    assert answer == [{"index": 0, "viewExpression": {"expression": "NULL"}}]


def test_the_archive_names_both_revisions(workspace: Workspace, tmp_path: Path) -> None:
    with tarfile.open(pack(workspace, tmp_path, "--trino")) as tar:
        names = {name.lstrip("/") for name in tar.getnames()}
        member = tar.extractfile(next(name for name in tar.getnames() if name.endswith(".manifest")))
        assert member is not None
        revision = json.load(member)["revision"]
    assert "trino/trino.rego" in names
    policy, word, catalog = revision.split()
    assert (policy, word) == (load_bundle(workspace).revision, "catalog")
    assert catalog.startswith("sha256:")


def test_a_trino_module_defines_its_own_package_only() -> None:
    for path, text in (
        ("trino/x.rego", "package phantang.main.permits\n"),
        ("trino/x.rego", "package phantang.trino\n"),
        ("trino/x/y.rego", "package phantang.trino.y\n"),
    ):
        with pytest.raises(PolicyError) as caught:
            Bundle.from_files({"main/decision.rego": "package phantang\n", path: text})
        assert caught.value.code == "policy_bundle_invalid"


def keys(tmp_path: Path, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> tuple[Path, Path]:
    pem, public = tmp_path / "key.pem", tmp_path / "key.pub"
    pem.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    public.write_bytes(
        private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return pem, public


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_server_verifies_a_signed_bundle(
    workspace: Workspace, tmp_path: Path, opa_server: OpaServer, opa_binary: Path, algorithm: str
) -> None:
    private = rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
    pem, public = keys(tmp_path, private)
    # Characters that serialisers escape differently are in the signed data.
    edit(
        workspace.path / "policies/law/limits/data.yaml",
        "sample_rows: 100",
        'note: "<&>\\u2028\\u007f"\nsample_rows: 100',
    )
    archive = pack(workspace, tmp_path, "--trino", "--sign", str(pem))
    options = ["--verification-key", str(public), "--signing-alg", algorithm, "--verification-key-id", "phantang"]
    ask = asker(opa_server(bundle=archive, options=options))
    assert ask("allow", {"operation": "ExecuteQuery"}, POLICE) is True
    changed, unsigned = tampered(archive, tmp_path), tmp_path / "unsigned"
    unsigned.mkdir()
    for wrong in (changed, pack(workspace, unsigned)):
        command = [str(opa_binary), "run", "--bundle", str(wrong), *options, "--format", "pretty"]
        done = subprocess.run(command, input="", capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode != 0
        assert ("digest mismatch" if wrong is changed else "missing .signatures.json") in done.stdout + done.stderr


def tampered(archive: Path, tmp_path: Path) -> Path:
    out = tmp_path / "tampered.tar.gz"
    with tarfile.open(archive) as source, tarfile.open(out, "w:gz") as target:
        for member in source:
            file = source.extractfile(member)
            assert file is not None
            data = file.read()
            if member.name.endswith("decision.rego"):
                data = data.replace(b"default allow := false", b"default allow := true ")
            copy = tarfile.TarInfo(member.name)
            copy.size = len(data)
            target.addfile(copy, io.BytesIO(data))
    return out


@pytest.mark.parametrize("text", [b"", b"not a key", b"\xff\xfe"])
def test_an_unusable_key_is_bad_input(workspace: Workspace, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(text)
    out = str(tmp_path / "b.tar.gz")
    assert run(["-w", str(workspace.path), "policy", "bundle", "--out", out, "--sign", str(tmp_path / "key.pem")]) == 2
    assert not Path(out).exists()


def test_a_weak_key_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    pem, _ = keys(tmp_path, ec.generate_private_key(ec.SECP384R1()))
    assert run(["-w", str(workspace.path), "policy", "bundle", "--out", str(tmp_path / "b"), "--sign", str(pem)]) == 2
