"""Thousands of generated inputs: the embedded engine, a real OPA server and the reference procedure decide alike."""

from __future__ import annotations

import json
import urllib.request
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785

from phantang.pdp import Bundle, EmbeddedEngine, bundle_archive

from ..reference.decision import decide
from ..reference.inputs import generate
from ..unit.pdp.conftest import bundle_files, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..services.opa import OpaServer

#: In parts, so that they share the processors; each part has a seed, and a server, of its own.
PARTS, EACH, BATCH = 4, 1_280, 160
SEED = 20261125


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.from_files(bundle_files())


def _inputs(part: int, bundle: Bundle) -> list[dict[str, Any]]:
    return list(islice(generate(Random(SEED + part), load("subjects.yaml"), bundle.data["law"]), EACH))


def _ask(url: str, documents: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the server's decisions, many to a request: `with` gives each of them an input of its own."""
    query = "answers := [answer | some one in input; answer := data.phantang.decision with input as one]"
    for start in range(0, len(documents), BATCH):
        body = json.dumps({"query": query, "input": documents[start : start + BATCH]}).encode()
        request = urllib.request.Request(f"{url}/v1/query", body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310 - loopback
            (result,) = json.load(answer)["result"]
        yield from result["answers"]


def _canonical(answer: dict[str, Any]) -> bytes:
    def key(item: object) -> str:
        return json.dumps(item, ensure_ascii=False, sort_keys=True)

    rows = {table: sorted(predicates, key=key) for table, predicates in answer["rows"].items()}
    return rfc8785.dumps({**answer, "rows": rows, "reasons": sorted(answer.get("reasons", []), key=key)})


def _effective(answer: dict[str, Any]) -> dict[str, Any]:
    rows = {table: {rfc8785.dumps(predicate) for predicate in found} for table, found in answer["rows"].items()}
    return {**{part: answer[part] for part in ("allow", "columns", "obligations")}, "rows": rows}


@pytest.mark.parametrize("part", range(PARTS))
def test_three_procedures_decide_alike(part: int, bundle: Bundle, opa_server: OpaServer, tmp_path: Path) -> None:
    archive = tmp_path / "phantang.tar.gz"
    archive.write_bytes(bundle_archive(bundle))
    engine, documents = EmbeddedEngine(bundle), _inputs(part, bundle)
    allowed = 0
    for document, theirs in zip(documents, _ask(opa_server(bundle=archive), documents), strict=True):
        ours = dict(engine.decide(document).raw)
        assert _canonical(ours) == _canonical(theirs), json.dumps(document)
        assert _effective(ours) == _effective(decide(document, bundle.data["law"])), json.dumps(document)
        allowed += ours["allow"]
    assert EACH // 20 < allowed < EACH // 2  # neither all refusals nor all the same


def test_the_inputs_are_of_every_kind(bundle: Bundle) -> None:
    documents = [document for part in range(PARTS) for document in _inputs(part, bundle)]
    assert len(documents) >= 5_000
    columns = [column for one in documents for table in one["resource"]["tables"] for column in table["columns"]]
    assert {one["subject"]["actor"] for one in documents} == bundle.data["law"]["actors"].keys()
    assert {one["context"]["purpose"] for one in documents} >= bundle.data["law"]["requesters"].keys()
    assert {column["tier"] for column in columns} == {"T0", "T1", "T2", "T3", "T4", "T5"}
    assert {use for column in columns for use in column["uses"]} == {
        "output", "filter", "join", "group", "order", "aggregate", "lookup",
    }  # fmt: skip
