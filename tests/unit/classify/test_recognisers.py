"""Our recognisers inside Presidio, without NLP models and without the network."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from phantang.classify import Classifier, presidio_registry

TEXT = (
    "Ông Nguyễn Văn An, CCCD 001090123456, thẻ DN4010000000000, điện thoại 0912345678, hộp thư an@example.vn, "
    "thẻ 4111111111111111, mã đơn 250715000123."
)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("no_network")
def test_any_presidio_application_can_use_them(classifier: Classifier) -> None:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    registry = presidio_registry(classifier)
    nlp = NoOpNlpEngine(models=[{"lang_code": "vi", "model_name": "none"}, {"lang_code": "en", "model_name": "none"}])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["vi", "en"])
    found = {(item.entity_type, TEXT[item.start : item.end]) for item in engine.analyze(TEXT, language="vi")}
    assert {
        ("VN_NATIONAL_ID", "001090123456"),
        ("VN_HEALTH_INSURANCE", "DN4010000000000"),
        ("VN_PHONE", "0912345678"),
        ("INTL_EMAIL", "an@example.vn"),
        ("INTL_PAYMENT_CARD", "4111111111111111"),
    } <= found
    assert not any(text == "250715000123" for entity, text in found if entity == "VN_NATIONAL_ID")


@pytest.mark.usefixtures("no_network")
def test_what_proves_nothing_alone_is_found_behind_its_name(classifier: Classifier) -> None:
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    nlp = NoOpNlpEngine(models=[{"lang_code": "vi", "model_name": "none"}])
    registry = presidio_registry(classifier, languages=["vi"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["vi"])

    def found(text: str) -> set[tuple[str, str]]:
        return {(item.entity_type, text[item.start : item.end]) for item in engine.analyze(text, language="vi")}

    for text, entity, value in (
        ("hộ chiếu C1234567 cấp tại Hà Nội", "VN_PASSPORT", "C1234567"),
        ("ho chieu so: C1234567", "VN_PASSPORT", "C1234567"),
        ("xe biển số 29A-123.45", "VN_VEHICLE_PLATE", "29A-123.45"),
        ("Số BHXH: 7911234567", "VN_SOCIAL_INSURANCE", "7911234567"),
        ("chuyển vào số tài khoản 0123456789012", "VN_BANK_ACCOUNT", "0123456789012"),
        ("sinh ngày 02/03/1985", "VN_BIRTH_DATE", "02/03/1985"),
        ("STK: 0123456789012 Agribank", "VN_BANK_ACCOUNT", "0123456789012"),
        ("xe BKS 29A-123.45", "VN_VEHICLE_PLATE", "29A-123.45"),
    ):
        assert (entity, value) in found(text), text
    named = {"VN_PASSPORT", "VN_VEHICLE_PLATE", "VN_SOCIAL_INSURANCE", "VN_BANK_ACCOUNT", "VN_BIRTH_DATE"}
    for text in ("linh kiện C1234567", "đơn hàng 7911234567", "ngày 02/03/1985", "số tài khoản:\n0123456789012"):
        assert not named & {entity for entity, _ in found(text)}, text


def test_a_validator_speaks_through_validate_result(classifier: Classifier) -> None:
    card = next(item for item in presidio_registry(classifier).recognizers if item.name == "intl.payment_card")
    assert card.validate_result("4111111111111111") is True
    assert card.validate_result("4111111111111112") is False


def test_presidio_is_imported_late() -> None:
    code = "import sys, phantang.classify; sys.exit('presidio_analyzer' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_lines_of_the_readme_run_as_they_stand() -> None:
    text = (Path(__file__).parents[3] / "classifiers" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    promised = set(re.findall(r"[A-Z]+(?:_[A-Z]+)+", block.rpartition("#")[2]))
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=True)
    assert promised
    assert promised <= set(re.findall(r"type: (\w+)", done.stdout))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("language", ["vi", "en"])
def test_context_words_raise_a_bare_format(language: str) -> None:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    registry = presidio_registry()
    assert all(isinstance(item, EntityRecognizer) for item in registry.recognizers)
    nlp = NoOpNlpEngine(models=[{"lang_code": code, "model_name": "none"} for code in ("vi", "en")])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["vi", "en"])
    bare = engine.analyze("G12 536-90-4399", language=language, entities=["PRESIDIO_US_SSN"])
    helped = engine.analyze("G12 536-90-4399", language=language, entities=["PRESIDIO_US_SSN"], context=["ssn"])
    assert bare
    assert max(item.score for item in helped) >= max(item.score for item in bare)


def test_presidio_is_asked_for_foreign_numbers_only(classifier: Classifier) -> None:
    from phantang.model.names import TableName
    from phantang.model.schema import ColumnInfo, TableInfo

    info = TableInfo(TableName("s", "main", "t1"), (ColumnInfo("c1", "VARCHAR"),))
    assert classifier.classify(info, {"c1": ["AA 12 34 56 B", "AB 65 43 21 C", "CE 11 22 33 D"]})[0].tag == (
        "person.social_insurance"
    )
