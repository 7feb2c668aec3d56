"""The form of a rule: what it may read, that it has a test beside it, and words in the law."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.model.decision import Mask
from phantang.pdp.lint.problem import Problem
from phantang.pdp.lint.syntax import fields, strings, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from phantang.pdp.bundle import Bundle
    from phantang.pdp.lint.syntax import Module

_MASKS = frozenset(mask.value for mask in Mask)
#: What a rule or a library may read: the libraries and the law. Not the main package, not other rules.
_READABLE = (("data", "phantang", "lib"), ("data", "law"))


def check_layout(bundle: Bundle, modules: Iterable[Module]) -> Iterator[Problem]:
    """Yield problems of place, package and form."""
    for path in bundle.ignored:
        yield Problem(path, 0, "file_unknown", "neither a module, data.yaml, data.json nor a schema; it has no effect")
    for module in modules:
        if not module.text.startswith("# METADATA\n"):
            yield Problem(module.file, 1, "metadata_missing", "the module starts with a METADATA comment")
        if module.file.startswith("rules/"):
            yield from _check_rule(bundle, module)
        if not module.file.startswith("main/"):
            yield from _check_reads(module)
        for name, line in strings({"rules": [rule.node for rule in module.rules]}):
            if (name.startswith("MASK_") or name in {"TOKEN", "GENERALIZE"}) and name not in _MASKS:
                yield Problem(module.file, line, "mask_unknown", f"there is no mask {name}")


def _check_rule(bundle: Bundle, module: Module) -> Iterator[Problem]:
    if module.file.removesuffix(".rego") + "_test.rego" not in bundle.tests:
        yield Problem(module.file, 0, "test_missing", "the rule has no test beside it")
    narrow = [rule for rule in module.rules if rule.path[-1] == "narrow"]
    if not narrow:
        yield Problem(module.file, 1, "narrow_missing", "the rule defines no `narrow`")
    for rule in narrow:
        if rule.kind != "Set":
            yield Problem(module.file, rule.line, "narrow_form", "write `narrow contains {...} if ...`")
        yield from _check_words(bundle, module, rule.node.get("head", {}))


def _check_reads(module: Module) -> Iterator[Problem]:
    for rule in module.rules:
        for reference, line in module.references(rule.node):
            own = reference[: len(module.package)] == module.package
            if reference[0] == "data" and not own and not any(reference[: len(root)] == root for root in _READABLE):
                name = ".".join(part or "_" for part in reference)
                yield Problem(module.file, line, "rule_reads_elsewhere", f"a rule or a library may not read {name}")


def _check_words(bundle: Bundle, module: Module, head: Mapping[str, Any]) -> Iterator[Problem]:
    domain, folder = module.package[3:5] if len(module.package) == 5 else ("", "")
    words = bundle.data.get("law", {}).get("texts", {}).get(domain, {}).get(folder, {})
    for kind, body in walk(head):
        if kind != "Object":
            continue
        named = fields(body)
        text = named.get("text")
        if text is None:
            continue
        value = text.get("String", {}).get("value")
        if value is not None and value not in words:
            line = body["span"]["line"]
            yield Problem(module.file, line, "text_missing", f"law/texts/{domain} has no words for {folder}.{value}")
