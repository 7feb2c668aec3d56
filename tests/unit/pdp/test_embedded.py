"""The engine in this process: threads, failures, broken bundles."""

from __future__ import annotations

import gc
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, EmbeddedEngine
from phantang.pdp.embedded import _INTERPRETERS, compile_bundle

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_many_threads_share_one_engine(engine: EmbeddedEngine, inputs: dict[str, Any]) -> None:
    names = ["one-citizen", "auditor-sample", "congestion", "export-of-names"] * 6
    alone = [engine.decide(inputs[name]) for name in names]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda name: engine.decide(inputs[name]), names)) == alone


def test_an_interpreter_of_another_thread_is_a_denial_not_a_crash(bundle: Bundle) -> None:
    foreign = compile_bundle(bundle.modules, bundle.documents)
    caught: list[BaseException] = []

    def use() -> None:
        with pytest.raises(BaseException) as raised:  # noqa: PT011 - what the engine itself raises is a BaseException
            foreign.evaluate("data.phantang.decision", "{}")
        caught.append(raised.value)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert [type(error) for error in caught] == [PolicyError]


def test_a_failing_builtin_is_a_denial_and_the_next_question_is_answered(
    policy_files: dict[str, str], document: dict[str, Any]
) -> None:
    rule = (
        "# METADATA\n# title: Fails\npackage phantang.rules.extra.fails\n\n"
        'narrow contains {"effect": "note"} if to_number(input.subject.id) > 0\n'
    )
    engine = EmbeddedEngine(Bundle.from_files({**policy_files, "rules/extra/fails/fails.rego": rule}))
    with pytest.raises(PolicyError) as caught:
        engine.decide(document)
    assert caught.value.code == "policy_failed"
    assert caught.value.params["place"] == "rules/extra/fails/fails.rego:5"
    assert _INTERPRETERS.take(engine.revision) is None, "what failed half-way is not asked again"
    document["subject"]["id"] = "0"
    assert engine.decide(document).allow


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("package phantang.lib.broken\n\nx := \n", 4),
        ("package phantang.lib.broken\n\nf(n) := f(n - 1)\n", 3),
        ("package phantang.lib.broken\n\na if b\n\nb if a\n", None),
        ("package phantang.lib.broken\n\na := data.phantang.decision\n\nb := a\n", None),
        ("package phantang.lib.broken\n\nx := data.phantang[name] if some name in [1]\n", None),
    ],
)
def test_a_bundle_that_does_not_compile_names_file_and_line(
    text: str, line: int | None, policy_files: dict[str, str]
) -> None:
    files = {**policy_files, "lib/broken/broken.rego": text}
    if "decision" in text or "data.phantang[" in text:
        files["rules/limit/sample/sample.rego"] += "\nuses := data.phantang.lib.broken.x\n"
        files["rules/limit/sample/sample.rego"] += "\nuses_b := data.phantang.lib.broken.b\n"
    with pytest.raises(PolicyError) as caught:
        EmbeddedEngine(Bundle.from_files(files))
    assert caught.value.code == "policy_bundle_invalid"
    assert caught.value.params["file"].endswith(".rego")
    assert line is None or int(caught.value.params["line"]) == line


def test_a_bundle_that_allows_an_empty_request_is_not_loaded(policy_files: dict[str, str]) -> None:
    text = policy_files["main/decision.rego"].replace("allow if count(collected.denials) == 0", "allow if true")
    files = {**policy_files, "main/decision.rego": text}
    with pytest.raises(PolicyError, match="an empty request is not denied"):
        EmbeddedEngine(Bundle.from_files(files))


def test_names_with_braces_and_nfd_are_only_names(document: dict[str, Any], engine: EmbeddedEngine) -> None:
    table = document["resource"]["tables"][0]
    table["privacy_unit"] = None
    table["columns"] = [{**table["columns"][0], "name": "{table}", "uses": ["output"], "tags": ["person.national_id"]}]
    decision = engine.decide(document)
    assert not decision.allow
    assert any("(table)" in reason.remedy["en"] for reason in decision.reasons)
    table["columns"][0]["name"] = "họ_tên\u0301"
    assert "họ_tên\u0301" in engine.decide(document).columns["main.cong_dan"]


def test_what_a_failure_leaves_behind_may_be_collected_by_any_thread(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Freed by another thread, regorus' engine complains where nobody can catch it, and leaks."""
    unraisable: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda event: unraisable.append(str(event.exc_value)))

    def fail() -> None:
        interpreter = compile_bundle(bundle.modules, bundle.documents)
        try:
            interpreter.evaluate("data.phantang.decision", "{")
        except PolicyError as error:
            circle: list[object] = [error, interpreter]
            circle.append(circle)

    fail()
    collector = threading.Thread(target=gc.collect)
    collector.start()
    collector.join()
    assert unraisable == []


def test_nothing_is_decided_without_a_fact_a_rule_could_read(bundle: Bundle, document: dict[str, Any]) -> None:
    """Past the schema, a missing part must not read as 'no objection'. The rest are parts that only inform."""
    interpreter = compile_bundle(bundle.modules, bundle.documents)
    informing = {"type", "statement", "grouped", "distinct", "limit", "joins", "subqueries", "set_operations"}
    informing |= {"channel", "catalog_revision", "quality"}
    document["subject"]["jurisdiction"] = {"commune": "00004"}
    document["resource"]["tables"][0]["scope"] = {"commune": "ma_xa"}
    removed = 0
    for place in _objects(document):
        for key in sorted(place.keys() - informing):
            value = place.pop(key)
            answer = interpreter.evaluate("data.phantang.decision", json.dumps(document))
            assert isinstance(answer, dict)
            assert answer["allow"] is False, key
            place[key] = value
            removed += 1
    assert removed > 40
    assert interpreter.evaluate("data.phantang.allow", json.dumps(document)) is True


def _objects(node: object) -> Iterator[dict[str, Any]]:
    children: list[object] = []
    if isinstance(node, dict):
        yield node
        children = list(node.values())
    elif isinstance(node, list):
        children = node
    for child in children:
        yield from _objects(child)
