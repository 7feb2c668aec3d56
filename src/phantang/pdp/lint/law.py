"""The data a lawyer reads: complete, of known words, in both languages."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from phantang.model.decision import Mask
from phantang.model.tier import Tier
from phantang.pdp.lint.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from phantang.pdp.bundle import Bundle

_STATUSES = frozenset({"verified", "secondary", "unverified"})
_DOCUMENTS = (
    "matrix", "letters", "requesters", "actors", "masks", "statistics", "identifiers", "limits", "procedures", "basis",
    "combinations", "units", "texts",
)  # fmt: skip
#: The columns of the matrix: the tiers, T4 as important (T4a) and core (T4b) data.
_CLASSES = ("T0", "T1", "T2", "T3", "T4a", "T4b", "T5")


def check_law(bundle: Bundle) -> Iterator[Problem]:
    """Yield problems of the documents below `law/`; a document that is missing altogether is one."""
    law = bundle.data.get("law")
    missing = [name for name in _DOCUMENTS if not isinstance(law, dict) or not isinstance(law.get(name), dict)]
    if missing or not isinstance(law, dict):
        for name in missing:
            yield _problem(name, "law_missing", f"law/{name}/data.yaml is missing or is not a mapping")
        return
    rules = {"/".join(path.split("/")[1:3]) for path in bundle.modules if path.startswith("rules/")}
    try:
        yield from _matrix(law, rules)
        yield from _references(law)
        yield from _masks(law["masks"])
        yield from _statistics(law)
        yield from _limits(law)
        yield from _combinations(law)
        yield from _texts(law)
    except (KeyError, TypeError, AttributeError) as error:
        yield _problem("", "law_malformed", f"a document below law/ lacks or misplaces {error}")


def _problem(document: str, code: str, detail: str) -> Problem:
    return Problem(f"law/{document}/data.yaml" if document else "law", 0, code, detail)


def _matrix(law: dict[str, Any], rules: set[str]) -> Iterator[Problem]:
    letters = law["letters"]
    for requester, row in law["matrix"].items():
        if row.keys() != set(_CLASSES):
            wanted = ", ".join(_CLASSES)
            yield _problem("matrix", "matrix_incomplete", f"{requester} must have a cell for each of {wanted}")
        for tier, cell in row.items():
            place = f"{requester}.{tier}"
            letter = letters.get(cell.get("permit"))
            if letter is None:
                yield _problem("matrix", "letter_unknown", f"{place} has no known letter")
                continue
            for rule in sorted(set(cell["under"]) - rules):
                yield _problem("matrix", "rule_unknown", f"{place} is subject to {rule}, which does not exist")
            for rule in sorted(set(letter["requires"]) - set(cell["under"])):
                yield _problem("matrix", "letter_unsound", f"{place} is {cell['permit']} without {rule}")
            size = cell.get("min_group_size")
            if "aggregate/group_size" in cell["under"] and (not isinstance(size, int) or size < 2):
                yield _problem("matrix", "group_size", f"{place} needs a min_group_size of at least 2")
            if tier == Tier.T5 and letter["permits"]:
                yield _problem("matrix", "state_secret_permitted", f"{place}: T5 is never permitted")


def _references(law: dict[str, Any]) -> Iterator[Problem]:
    for purpose, levels in law["requesters"].items():
        for requester in sorted(set(levels.values()) - law["matrix"].keys()):
            yield _problem("requesters", "requester_unknown", f"{purpose} names {requester}, which the matrix lacks")
    for actor, entry in law["actors"].items():
        for purpose in sorted(set(entry["may"]) - law["requesters"].keys()):
            yield _problem("actors", "purpose_unknown", f"{actor} may {purpose}, which law/requesters lacks")
    procedures = law["procedures"]
    for code, entry in procedures["procedures"].items():
        for name in sorted({name for names in entry["needs"].values() for name in names} - procedures["fields"].keys()):
            yield _problem("procedures", "field_unknown", f"{code} needs {name}, which has no tags under fields")
    for basis, entry in law["basis"].items():
        if not entry.get("ref") or entry.get("status") not in _STATUSES:
            yield _problem("basis", "basis_malformed", f"{basis} needs a ref, and a status of legal_basis")


def _masks(masks: dict[str, Any]) -> Iterator[Problem]:
    if masks["order"] != [mask.value for mask in Mask]:
        yield _problem("masks", "mask_order", "order must list the masks of the decision contract, weakest first")
    for name in sorted({*masks["by_tag"].values(), masks["otherwise"]} - {mask.value for mask in Mask}):
        yield _problem("masks", "mask_unknown", f"there is no mask {name}")
    for tag, params in masks["generalize"].items():
        wanted = _GENERALIZATIONS.get(params.get("kind"))
        known = wanted is not None and params.keys() == {"kind", *wanted}
        if wanted is None or not known or not all(fits(params[name]) for name, fits in wanted.items()):
            yield _problem("masks", "mask_params", f"{tag} has wrong parameters for GENERALIZE")


def _statistics(law: dict[str, Any]) -> Iterator[Problem]:
    categories, may_shape = law["statistics"]["categories"], law["statistics"]["may_shape"]
    for tag, entry in categories.items():
        size = entry.get("at_least")
        if not isinstance(size, int) or size < 2:
            yield _problem("statistics", "group_size", f"{tag} needs an at_least of 2 or more")
    for requester in sorted(may_shape.keys() - law["matrix"].keys()):
        yield _problem("statistics", "requester_unknown", f"may_shape names {requester}, which the matrix lacks")
    for requester, tags in may_shape.items():
        for tag in sorted(set(tags) - categories.keys()):
            yield _problem("statistics", "category_unknown", f"{requester} may use {tag}, which is not a category")


def _limits(law: dict[str, Any]) -> Iterator[Problem]:
    limits = law["limits"]
    if type(limits["sample_rows"]) is not int or limits["sample_rows"] < 1:
        yield _problem("limits", "limit_size", "sample_rows is not a whole number of 1 or more")
    for name in ("lookups_a_day", "lookups_of_a_person_a_day"):
        for requester, size in limits[name].items():
            if type(size) is not int or size < 1:
                yield _problem("limits", "limit_size", f"{name}.{requester} is not a whole number of 1 or more")
            if requester != "otherwise" and requester not in law["matrix"]:
                yield _problem("limits", "requester_unknown", f"{name}.{requester} is no row of the matrix")


def _combinations(law: dict[str, Any]) -> Iterator[Problem]:
    known = law["combinations"]
    words = law["texts"].get("combination", {}).get("raised", {})
    for name, entry in {**known["together"], "measured": known["measured"]}.items():
        if entry.get("to") not in _CLASSES or not isinstance(entry.get("rows_only"), bool):
            yield _problem("combinations", "combination", f"{name} needs `to`, a class, and `rows_only`, true or false")
        if name not in words:
            yield _problem("combinations", "text_missing", f"{name} has no words in law/texts/combination")
        groups = entry.get("when", [["*"]])
        if not groups or not all(groups):
            yield _problem("combinations", "combination", f"{name} has an empty group of tags, which nothing meets")


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


#: Parameters of GENERALIZE by kind, besides the kind itself, with what they may be.
_GENERALIZATIONS: dict[str, dict[str, Callable[[object], bool]]] = {
    "grid": {"step": _positive},
    "bucket": {"width": _positive},
    "month": {},
    "year": {},
    "age_band": {"width": lambda value: type(value) is int and 1 <= value <= 100},
    "place": {"level": lambda value: value == "province"},
}


def _texts(law: dict[str, Any]) -> Iterator[Problem]:
    for domain, rules in law["texts"].items():
        for rule, entries in rules.items():
            for name, words in entries.items():
                place = f"{domain}/{rule}.{name}"
                for id_ in sorted(set(words["basis"]) - law["basis"].keys()):
                    yield _problem(f"texts/{domain}", "basis_unknown", f"{place} cites {id_}, which law/basis lacks")
                for part in ("message", "remedy"):
                    for lang in ("vi", "en"):
                        text = words.get(part, {}).get(lang)
                        if not isinstance(text, str) or not text.strip():
                            yield _problem(f"texts/{domain}", "text_language", f"{place} has no {part} in {lang}")
                        elif unicodedata.normalize("NFC", text) != text:
                            yield _problem(f"texts/{domain}", "text_not_nfc", f"{place} is not in NFC")
