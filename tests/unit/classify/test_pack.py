"""Every way to get a pack wrong is named: file, rule and what."""

from __future__ import annotations

import pytest

from phantang.classify import compile_packs, packs_digest
from phantang.classify.pack import parse_packs
from phantang.model.errors import WorkspaceError, messages

GOOD = """
rules:
  - id: a.rule
    tag: person.other
    sources: [{ref: "Art 1", status: verified}]
    names: {strong: [thẻ thư viện]}
    values: {patterns: ['TV\\d{6}']}
    match: {names: [the_thu_vien], values: [TV012345]}
    near_miss: {values: [TV1]}
"""
TAGS = {"person.other": 1, "none": 1}


def test_a_good_pack_is_read() -> None:
    rules, _ = parse_packs({"x/good.yaml": GOOD}, TAGS)
    assert [rule.id for rule in rules] == ["a.rule"]
    assert rules[0].file == "x/good.yaml"


def test_a_finer_tag_is_known_and_a_stranger_is_not() -> None:
    parse_packs({"p.yaml": GOOD.replace("person.other", "person.other.library")}, TAGS)
    with pytest.raises(WorkspaceError) as error:
        parse_packs({"p.yaml": GOOD.replace("person.other", "person.pet")}, TAGS)
    assert error.value.code == "classifier_tag_unknown"


@pytest.mark.parametrize(
    ("before", "after", "code", "says"),
    [
        ("rules:", "rules: [", "classifier_pack_broken", "p.yaml"),
        ("[thẻ thư viện]", "[" * 50_000 + "]" * 50_000, "classifier_pack_broken", "p.yaml"),
        ("[thẻ thư viện]", "[\ud800]", "classifier_pack_broken", "p.yaml"),
        ("rules:", "- rules:", "classifier_key_invalid", "mapping"),
        ("    tag:", "    tagg:", "classifier_key_invalid", "tag"),
        ("    names:", "    nmes:", "classifier_key_unknown", "nmes"),
        ("strong:", "storng:", "classifier_key_unknown", "names.storng"),
        ("[thẻ thư viện]", "thẻ thư viện", "classifier_key_invalid", "names.strong"),
        ("TV\\d{6}", "TV(\\d{6}", "classifier_pattern_broken", "a.rule"),
        ("TV\\d{6}", "a)|(b", "classifier_pattern_broken", "position 1"),
        ("TV\\d{6}", "(?i)TV", "classifier_pattern_broken", "position 0"),
        ("TV\\d{6}", "TV(?P<digits>1)", "classifier_pattern_broken", "position 2"),
        ("TV\\d{6}", "(T)\\\\\\1", "classifier_pattern_broken", "position 5"),
        ("TV\\d{6}", "TV\\s\\d", "classifier_pattern_crosses_lines", "a.rule"),
        ("TV\\d{6}", "[^a]+", "classifier_pattern_crosses_lines", "a.rule"),
        ("TV\\d{6}", "(a+)+$", "classifier_pattern_explodes", "line 7"),
        ("TV\\d{6}']", "TV\\d{6}'], also: ['(?:[a-z]+ ?)*x']", "classifier_pattern_explodes", "line 7"),
        ("TV\\d{6}']", "TV\\d{6}'], validator: nonesuch", "classifier_key_invalid", "values.validator"),
        ("TV\\d{6}']", "TV\\d{6}'], presidio: EmailRecognizer", "classifier_key_invalid", "values.presidio"),
        ("status: verified", "status: sure", "classifier_key_invalid", "status"),
        ("    sources: [{ref: \"Art 1\", status: verified}]\n", "", "classifier_key_invalid", "sources"),
        ("    near_miss: {values: [TV1]}\n", "", "classifier_key_invalid", "near_miss"),
        ("TV\\d{6}']", "TV\\d{6}'], share: 2", "classifier_key_invalid", "values.share"),
        ("    tag: person.other", "    tag: person.other\n    tag: none", "classifier_pack_broken", "p.yaml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(before: str, after: str, code: str, says: str) -> None:
    assert before in GOOD
    with pytest.raises(WorkspaceError) as error:
        parse_packs({"p.yaml": GOOD.replace(before, after, 1)}, TAGS)
    assert error.value.code == code
    assert "p.yaml" in str(error.value)
    assert says in str(error.value)
    assert error.value.message("vi") != error.value.message("en")


def test_one_id_twice_is_refused_with_both_files() -> None:
    with pytest.raises(WorkspaceError) as error:
        parse_packs({"one.yaml": GOOD, "two.yaml": GOOD}, TAGS)
    assert error.value.code == "classifier_rule_duplicate"
    assert "one.yaml" in str(error.value)
    assert "two.yaml" in str(error.value)


@pytest.mark.parametrize("text", ["", "just words", "[]", "\x00"])
def test_empty_or_shapeless_packs_are_refused(text: str) -> None:
    with pytest.raises(WorkspaceError):
        parse_packs({"p.yaml": text}, TAGS)


def test_no_pack_is_refused() -> None:
    with pytest.raises(WorkspaceError) as error:
        parse_packs({}, TAGS)
    assert error.value.code == "classifier_packs_empty"


def test_words_that_yaml_calls_booleans_stay_words() -> None:
    rules, _ = parse_packs({"p.yaml": GOOD.replace("thẻ thư viện", "on, no, yes")}, TAGS)
    assert [phrase for phrases in rules[0].names.values() for phrase in phrases] == ["on", "no", "yes"]


def test_a_missing_or_broken_list_is_named(packs: dict[str, str], lists: dict[str, str], tags: list[str]) -> None:
    for file in ("lists/communes_2025.csv", "lists/religions.txt"):
        with pytest.raises(WorkspaceError) as missing:
            compile_packs(packs, {path: text for path, text in lists.items() if path != file}, tags)
        assert missing.value.code == "classifier_list_missing"
        with pytest.raises(WorkspaceError) as broken:
            compile_packs(packs, lists | {file: "half,a\n1"}, tags)
        assert broken.value.code == "classifier_list_broken"
        assert file in str(broken.value)


def test_the_digest_changes_with_any_byte(packs: dict[str, str], lists: dict[str, str], tags: list[str]) -> None:
    first = compile_packs(packs, lists, tags).digest
    assert first == packs_digest(packs, lists)
    assert first == compile_packs(dict(reversed(packs.items())), lists, tags).digest
    assert first != compile_packs(packs | {"vn/person.yaml": packs["vn/person.yaml"] + "\n"}, lists, tags).digest
    changed = lists | {"lists/religions.txt": lists["lists/religions.txt"] + "\tĐạo mới\n"}
    assert first != compile_packs(packs, changed, tags).digest


def test_the_last_classifiers_are_remembered_by_what_they_are_made_of(
    packs: dict[str, str], lists: dict[str, str], tags: list[str]
) -> None:
    first = compile_packs(packs, lists, tags)
    assert compile_packs(dict(reversed(packs.items())), dict(lists), set(tags)) is first
    longer = compile_packs(packs | {"vn/person.yaml": packs["vn/person.yaml"] + "\n"}, lists, tags)
    assert longer is not first
    assert longer.digest != first.digest
    assert compile_packs(packs, lists, [*tags, "person.other.new"]) is not first  # another vocabulary
    with pytest.raises(WorkspaceError):  # nor do rules outlive their tags
        compile_packs(packs, lists, [])
    compile_packs(packs, lists, [*tags, "person.other.newer"])
    assert compile_packs(packs, lists, tags) is not first  # two are kept


def test_every_code_has_both_languages() -> None:
    codes = {code: entry for code, entry in messages().items() if code.startswith("classifier_")}
    assert len(codes) >= 10
    for entry in codes.values():
        assert entry["exit"] == 2
        assert all(entry[part][lang] for part in ("message", "remedy") for lang in ("vi", "en"))


def test_patterns_are_judged_unless_their_pack_is_the_programs_own_to_the_byte(lists: dict[str, str]) -> None:
    exploding = {"p.yaml": GOOD.replace("TV\\d{6}", "(a+)+$", 1)}
    assert compile_packs(exploding, lists, TAGS, own=exploding).rules
    for own in ({}, {"p.yaml": GOOD}, {"p.yaml": exploding["p.yaml"] + "\n"}, {"q.yaml": exploding["p.yaml"]}):
        with pytest.raises(WorkspaceError) as error:
            compile_packs(exploding, lists, TAGS, own=own)
        assert error.value.code == "classifier_pattern_explodes"
