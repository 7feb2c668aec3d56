"""Denials have a remedy; applied, it is allowed by the engine and by the reference procedure."""

from __future__ import annotations

import json
from itertools import islice
from random import Random
from typing import Any

import pytest

from phantang.flow.policy.remedy import Remedy, Search, find_remedy
from phantang.pdp import Bundle, EmbeddedEngine

from ..reference.decision import decide
from ..reference.inputs import generate
from ..unit.pdp.conftest import build, bundle_files, documents, load

LAW = Bundle.from_files(bundle_files()).data["law"]
REGISTER = dict.fromkeys(("L1", "L2", "L3", "A1", "R1", "B1", "B2", "S1"), "2027-12-31")


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    return EmbeddedEngine(Bundle.from_files(bundle_files()))


def _columns(table: str) -> list[dict[str, Any]]:
    """Return the columns of a sample table, as policy would see them."""
    name = table.removeprefix("main.")
    for source, tables in load("tables.yaml").items():
        if name in tables:
            read = dict.fromkeys(tables[name]["columns"], "")
            columns = build({"as": "c06", "read": {f"{source}.{name}": read}})["resource"]["tables"][0]["columns"]
            return list(columns)
    person = {"type": "VARCHAR", "tier": "T2", "personal_class": "basic", "classified": True, "uses": []}
    tags = {"so": "national_id", "ten": "name", "ngay": "birth_date"}
    return [{"name": name, "tags": [f"person.{tag}"], **person} for name, tag in tags.items()]


def _applied(document: dict[str, Any], remedy: Remedy, engine: EmbeddedEngine) -> dict[str, Any]:
    return Search(document, engine.decide(document), engine.decide, _columns, REGISTER).changed(remedy.changes)


def _share(inputs: list[dict[str, Any]], engine: EmbeddedEngine, law: dict[str, Any]) -> tuple[int, int, list[Any]]:
    denials = remedied = 0
    without = []
    for document in inputs:
        denied = engine.decide(document)
        if denied.allow:
            continue
        denials += 1
        remedy = find_remedy(document, denied, engine.decide, _columns, REGISTER)
        if remedy is None:
            without.append((document["subject"]["id"], sorted({r.rule for r in denied.reasons if r.effect == "deny"})))
            continue
        changed = _applied(document, remedy, engine)
        assert engine.decide(changed).allow
        assert decide(changed, law)["allow"]
        assert bool(changed["resource"]["tables"]) == bool(document["resource"]["tables"])
        for lang in ("vi", "en"):
            assert remedy.text(lang)
            assert "{" not in remedy.text(lang)
        remedied += 1
    return denials, remedied, without


def test_every_denial_of_the_sample_set_has_a_remedy(engine: EmbeddedEngine) -> None:
    denials, remedied, without = _share(list(documents().values()), engine, LAW)
    assert denials >= 60
    assert without == []
    assert remedied == denials


def test_most_generated_denials_have_one(engine: EmbeddedEngine) -> None:
    """What is left asks for what no change of the query or the register gives: such as the purposes of other actors."""
    found = generate(Random(20261125), load("subjects.yaml"), LAW)
    denials, remedied, _ = _share(list(islice(found, 160)), engine, LAW)
    assert remedied >= 0.75 * denials


def test_nothing_of_a_remedy_can_be_left_out(engine: EmbeddedEngine) -> None:
    document = documents()["export-of-names"]
    denied = engine.decide(document)
    remedy = find_remedy(document, denied, engine.decide, _columns, REGISTER)
    assert remedy is not None
    search = Search(document, denied, engine.decide, _columns, REGISTER)
    for change in remedy.changes:
        fewer = [kept for kept in remedy.changes if kept != change]
        assert not engine.decide(search.changed(fewer)).allow


def test_the_question_itself_is_not_changed(engine: EmbeddedEngine) -> None:
    document = documents()["export-of-names"]
    before = json.dumps(document)
    find_remedy(document, engine.decide(document), engine.decide, _columns, REGISTER)
    assert json.dumps(document) == before


def test_a_list_of_very_many_people_may_be_asked_for_one_of_them(engine: EmbeddedEngine) -> None:
    read = {"dan_cu.cong_dan": {"so_cccd": "", "ho_ten": ""}}
    document = build({"as": "xa-ba-dinh", "purpose": "L2", "read": read})
    document["resource"]["tables"][0]["subjects"] = 200_000
    denied = engine.decide(document)
    assert [reason.message["en"][:7] for reason in denied.reasons if reason.effect == "deny"] == ["Listing"]
    remedy = find_remedy(document, denied, engine.decide, _columns, REGISTER)
    assert remedy is not None
    assert remedy.changes[0] == {"do": "lookup", "table": "main.cong_dan", "column": "so_cccd"}
