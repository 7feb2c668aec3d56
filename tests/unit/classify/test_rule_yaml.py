"""Packs' YAML: what it means, as PyYAML's own safe loader has it, and what is refused with the line it stands in."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from phantang.classify.rules.rule_yaml import load_yaml

_SAME = (
    "", "~", "a: [1, 2.5, 'x', \"y\", null, 010]", "a: |\n  two\n  lines\nb: >\n  one\n  line", "- {a: 1}\n- [[2]]",
    "base: &b {k: 1, j: 2}\nx: {<<: *b, k: 3}\ny: {<<: [*b, {j: 5, m: 7}]}\nz: *b", "a: !!int '3'", "'<<': 3", "? a\n",
)  # fmt: skip


@pytest.mark.parametrize("text", _SAME)
def test_it_means_what_safe_yaml_means(text: str) -> None:
    assert load_yaml(text) == yaml.safe_load(text)


def test_only_true_and_false_are_booleans() -> None:
    assert load_yaml("[yes, no, on, off, Y, true, false]") == ["yes", "no", "on", "off", "Y", True, False]
    assert load_yaml("on: 2026-11-26") == {"on": date(2026, 11, 26)}


def test_an_alias_is_the_same_object_and_costs_nothing() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))
    found = load_yaml(bomb)
    assert isinstance(found, dict)
    assert found["a39"][0] is found["a39"][8] is found["a38"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2", 1),
        ("1: 2\n'1': 3", 1),
        ("a:\n  b: 2026-02-30", 1),
        ("x: 1\n? [1]\n: 2", 1),
        ("x: *nothing", 0),
        ("&a [*a]", 0),
        ("a: !!python/object:os.system x", 0),
        ("a: !!set {b}", 0),
        ("<<: 3", 0),
        ("a: 1\n---\nb: 1", 1),
        ("[1,\n2", 2),
        ("[" * 65 + "]" * 65, 0),
        ("{a: " * 100_000, 0),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        load_yaml(text)
    assert caught.value.problem_mark is not None
    assert caught.value.problem_mark.line == line


def test_half_a_character_is_refused() -> None:
    with pytest.raises(yaml.YAMLError):
        load_yaml("a: \ud800")
    assert load_yaml("[" * 64 + "]" * 64) is not None
