"""What `check_bundle` finds: each hazard of the embedded engine, each gap in the law, with file and line."""

from __future__ import annotations

import pytest

from phantang.pdp import Bundle, check_bundle, check_files, run_tests

RULE = "# METADATA\n# title: Extra\npackage phantang.rules.extra.dropped\n\n"
NARROW = 'narrow contains {"effect": "note"} if input.subject\n'
PATH = "rules/extra/dropped/dropped.rego"
TEST = "package phantang.tests.rules.extra.dropped\n\ntest_x if true\n"


def test_the_repository_bundle_has_no_problem(bundle: Bundle) -> None:
    assert [str(problem) for problem in check_bundle(bundle)] == []


def test_a_sound_extra_rule_has_no_problem(policy_files: dict[str, str]) -> None:
    files = {**policy_files, PATH: RULE + NARROW, PATH.replace(".rego", "_test.rego"): TEST}
    assert check_files(files) == ()


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("x := http.send({})\n", "rego_builtin_not_allowed", 7),
        ("x := crypto.sha256(input.a)\n", "rego_builtin_not_allowed", 7),
        ("x := time.now_ns()\n", "rego_builtin_not_allowed", 7),
        ("x := rand.intn(input.a, 3)\n", "rego_builtin_not_allowed", 7),
        ("x := no_such(input.a)\n", "rego_builtin_not_allowed", 7),
        ("x := count(input.a, 1)\n", "rego_arity", 7),
        ("f(a) := a\n\nx := f(1, 2)\n", "rego_arity", 9),
        ("default x := 1\n\ndefault x := 2\n", "rego_default_repeated", 9),
        ("m[a] contains b if some a, b in input\n", "rego_partial_nested", 7),
        ("m[a][b] := c if some a, b in input; c := 1\n".replace("; ", "\n"), None, 0),
        ("f(a) := f(a)\n", "policy_bundle_invalid", 7),
        ("x if y\n\ny if x\n", "policy_bundle_invalid", None),
        ('x := sprintf("%5d", [1])\n', "rego_format", 7),
        ("x := sprintf(input.a, [1])\n", "rego_format", 7),
        ("x if input.a with input as {}\n", "rego_with_outside_test", 7),
        ("x if not input.a in input.b\n", "rego_negated_expression", 7),
        ("x if not input.a == 1\n", "rego_negated_expression", 7),
        ('x := "MASK_ALL"\n', "mask_unknown", 7),
        ("x := data.phantang.main.permits.granted\n", None, 0),
        ("x := data.phantang.rules.hard.state_secret.suspected(input)\n", "rule_reads_elsewhere", 7),
        ('narrow contains {"effect": "note", "text": "unsaid"} if input.a\n', "text_missing", 7),
        ("x := \n", "policy_bundle_invalid", None),
        ('x := "unfinished\n', "policy_bundle_invalid", None),
        ('x := $"{input.a}"\n', None, 0),
    ],
)
def test_a_bad_rule_is_found(body: str, code: str | None, line: int | None, policy_files: dict[str, str]) -> None:
    text = f"{RULE}{NARROW}\n{body}"
    files = {**policy_files, PATH: text, PATH.replace(".rego", "_test.rego"): TEST}
    problems = [problem for problem in check_files(files) if problem.file == PATH]
    assert problems
    if code:
        assert code in {problem.code for problem in problems}
        assert line is None or line in {problem.line for problem in problems if problem.code == code}


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("law/matrix/data.yaml", "permit: AL", "permit: XX", "letter_unknown"),
        ("law/matrix/data.yaml", "  T5: {permit: D, under: []}\n\ncommune", "\ncommune", "matrix_incomplete"),
        ("law/matrix/data.yaml", "case/single_person, ", "case/single_perso, ", "rule_unknown"),
        ("law/matrix/data.yaml", "min_group_size: 20, ", "min_group_size: 0, ", "group_size"),
        ("law/matrix/data.yaml", "min_group_size: 20, ", "", "group_size"),
        ("law/matrix/data.yaml", "under: [mask/by_tag, limit/sample]", "under: [limit/sample]", "letter_unsound"),
        ("law/matrix/data.yaml", "T5: {permit: D", "T5: {permit: A", "state_secret_permitted"),
        ("law/matrix/data.yaml", "under: [subject/own_rows]", "until: []", "law_malformed"),
        ("law/requesters/data.yaml", "any: subject_self", "any: subject_sel", "requester_unknown"),
        ("law/actors/data.yaml", "may: [S1]", "may: [S9]", "purpose_unknown"),
        ("law/procedures/data.yaml", "[ho_tich]\n", "[ho_tich]\n", None),
        ("law/procedures/data.yaml", "needs: {DANCU: [so_dinh_danh,", "needs: {DANCU: [so_dinh_dan,", "field_unknown"),
        ("law/basis/data.yaml", "status: verified", "status: sure", "basis_malformed"),
        ("law/masks/data.yaml", "person.name: MASK", "person.name: MASQUE", "mask_unknown"),
        ("law/masks/data.yaml", "TOKEN, MASK_HASH", "MASK_HASH, TOKEN", "mask_order"),
        ("law/masks/data.yaml", "step: 0.01}", "step: 0}", "mask_params"),
        ("law/masks/data.yaml", "{kind: year}", "{kind: yesterday}", "mask_params"),
        ("law/masks/data.yaml", "{kind: year}", "{kind: age_band, width: 2.5}", "mask_params"),
        ("law/masks/data.yaml", "{kind: year}", "{kind: place, level: commune}", "mask_params"),
        ("law/statistics/data.yaml", "person.gender: {at_least: 10}", "person.gender: {at_least: 0}", "group_size"),
        ("law/statistics/data.yaml", "person.gender: {", "person.gende: {", "category_unknown"),
        ("law/statistics/data.yaml", "statistics_research:", "statistic_research:", "requester_unknown"),
        ("law/statistics/data.yaml", "may_shape:", "may_shap:", "law_malformed"),
        ("law/texts/hard/data.yaml", "basis: [pdpl_14]", "basis: [pdpl_99]", "basis_unknown"),
        ("law/texts/hard/data.yaml", '      en: "Suspected', '      fr: "Suspected', "text_language"),
        ("law/texts/hard/data.yaml", "Nghi có dấu", "Nghi co\u0301 dấu", "text_not_nfc"),
        ("law/texts/hard/data.yaml", "reidentification:", "reidentificatio:", "text_missing"),
        ("schemas/input.schema.json", '"type": "object"', '"type": "objet"', "policy_bundle_invalid"),
        ("main/decision.rego", "# METADATA", "# NOTES", "metadata_missing"),
        ("rules/limit/sample/sample.rego", "package phantang.rules.limit.sample", "package x", "policy_bundle_invalid"),
        ("rules/limit/sample/sample.rego", "narrow contains", "narow contains", "narrow_missing"),
        ("lib/tags/tags.rego", "tag in vocabulary", "data.phantang.revision == tag", "rule_reads_elsewhere"),
    ],
)
def test_a_broken_law_is_found(path: str, old: str, new: str, code: str | None, policy_files: dict[str, str]) -> None:
    assert old in policy_files[path]
    files = {**policy_files, path: policy_files[path].replace(old, new)}
    codes = {problem.code for problem in check_files(files)}
    assert (code in codes) if code else not codes


def test_a_missing_document_and_a_stray_file_are_found(policy_files: dict[str, str]) -> None:
    files = {path: text for path, text in policy_files.items() if path != "law/basis/data.yaml"}
    files["law/basis/date.yaml"] = policy_files["law/basis/data.yaml"]
    assert {"law_missing", "file_unknown"} <= {problem.code for problem in check_files(files)}


def test_a_rule_without_a_test_is_found(policy_files: dict[str, str]) -> None:
    files = {path: text for path, text in policy_files.items() if not path.endswith("by_tag_test.rego")}
    assert [(p.file, p.code) for p in check_files(files)] == [("rules/mask/by_tag/by_tag.rego", "test_missing")]


def test_unreadable_text_is_a_problem_with_its_line(policy_files: dict[str, str]) -> None:
    (problem,) = check_files({**policy_files, "law/matrix/data.yaml": "a: 1\nb: [\n"})
    assert (problem.file, problem.line, problem.code) == ("law/matrix/data.yaml", 3, "policy_bundle_invalid")


def test_the_bundles_own_tests_pass_in_process(bundle: Bundle) -> None:
    results = run_tests(bundle)
    assert [result for result in results if not result.passed] == []
    assert {result.file for result in results} == {path for path in bundle.tests if not path.startswith("lib/sample/")}


def test_a_failing_test_says_how(policy_files: dict[str, str]) -> None:
    text = (
        "package phantang.tests.rules.extra.dropped\n\ntest_false := false\n\ntest_undefined if input.nothing\n\n"
        'test_failing if to_number("x") > 0\n\ntest_true if true\n'
    )
    files = {**policy_files, PATH: RULE + NARROW, PATH.replace(".rego", "_test.rego"): text}
    found = {r.name.rpartition(".")[2]: r.detail for r in run_tests(Bundle.from_files(files)) if "extra" in r.file}
    assert found["test_false"] == "not true"
    assert found["test_undefined"] == "undefined"
    assert found["test_failing"].startswith("failed at rules/extra/dropped/dropped_test.rego:7")
    assert found["test_true"] == ""
