"""What the catalog and the law of the policies both state, they state alike: each has readers who see only that one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def _load(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
    return loaded


CATALOG = {name: _load(f"catalog/{name}.yaml") for name in ("actors", "purposes", "tags", "tiers")}
LAW = {
    path.parent.name: _load(f"policies/law/{path.parent.name}/data.yaml")
    for path in ROOT.glob("policies/law/*/data.yaml")
}
AGENCIES = {path.stem: _load(f"catalog/agencies/{path.name}") for path in ROOT.glob("catalog/agencies/*.yaml")}
#: How well a citation was checked, the surest first.
STATUSES = ("verified", "secondary", "unverified")
TAGS, PURPOSES = CATALOG["tags"]["tags"], CATALOG["purposes"]["purposes"]


def _tags_of_the_law() -> dict[str, set[str]]:
    """Return every tag that a document of the law names, by the part that names it."""
    combinations = LAW["combinations"]
    return {
        "combinations.together": {
            tag for item in combinations["together"].values() for group in item["when"] for tag in group
        },
        "combinations.importance": {*combinations["important"], *combinations["core"], *combinations["bank_payment"]},
        "masks.by_tag": set(LAW["masks"]["by_tag"]),
        "masks.generalize": set(LAW["masks"]["generalize"]),
        "statistics.categories": set(LAW["statistics"]["categories"]),
        "procedures.fields": {tag for tags in LAW["procedures"]["fields"].values() for tag in tags},
        "limits.state_secret": set(LAW["limits"]["state_secret"]["tags"]),
        **{f"identifiers.{name}": set(tags) for name, tags in LAW["identifiers"].items()},
    }


def _known(tag: str) -> str | None:
    """Return the entry a tag inherits from, its longest known prefix: a single word is no tag."""
    parts = tag.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 1, -1))
    return next((prefix for prefix in prefixes if prefix in TAGS), None)


def test_the_documents_were_found() -> None:
    assert {"actors", "matrix", "masks", "statistics", "basis"} <= LAW.keys()
    assert len(AGENCIES) >= 6


def test_actors_may_the_same() -> None:
    catalog = {actor: sorted(entry["may"]) for actor, entry in CATALOG["actors"]["actors"].items()}
    assert {actor: sorted(entry["may"]) for actor, entry in LAW["actors"].items()} == catalog


def test_purposes_are_the_same() -> None:
    assert PURPOSES.keys() == LAW["requesters"].keys()
    assert set(LAW["limits"]["business"]["purposes"]) <= PURPOSES.keys()
    assert {purpose for entry in CATALOG["actors"]["actors"].values() for purpose in entry["may"]} <= PURPOSES.keys()


def test_every_row_of_the_matrix_is_asked_for_and_has_every_tier() -> None:
    requesters = {row for levels in LAW["requesters"].values() for row in levels.values()}
    assert requesters | {"public_citizen"} == LAW["matrix"].keys()
    tiers = CATALOG["tiers"]["tiers"]
    classes = {tier for tier in tiers if tier != "T4"} | tiers["T4"]["levels"].keys()
    for row in LAW["matrix"].values():
        assert row.keys() == classes


def test_kinds_of_business_are_known() -> None:
    assert set(LAW["limits"]["business"]["kinds"]) <= CATALOG["actors"]["kinds"].keys()


@pytest.mark.parametrize("name", sorted(AGENCIES))
def test_an_agency_is_registered_for_what_its_actor_may(name: str) -> None:
    agency = AGENCIES[name]
    assert agency["kind"] in CATALOG["actors"]["kinds"]
    assert set(agency["purposes"]) <= set(LAW["actors"][agency["actor"]]["may"])
    for purpose in agency["purposes"]:
        levels = LAW["requesters"][purpose]
        assert "any" in levels or agency["level"] in levels


@pytest.mark.parametrize(("part", "tags"), sorted(_tags_of_the_law().items()), ids=sorted(_tags_of_the_law()))
def test_the_law_names_known_tags(part: str, tags: set[str]) -> None:
    assert tags
    assert sorted(tag for tag in tags if _known(tag) is None) == []
    # Only a coded diagnosis is named more finely than the vocabulary: the other half of health data is free text.
    assert tags - TAGS.keys() <= {"sensitive.health.icd10"}, part


def test_no_business_shapes_statistics_by_what_the_catalog_calls_sensitive() -> None:
    tags = LAW["statistics"]["may_shape"]["business_data_exchange"]
    assert {TAGS[_known(tag) or ""]["class"] for tag in tags} == {"basic"}


def test_a_category_asks_for_groups_as_large_as_its_tier_does() -> None:
    for requester, tags in LAW["statistics"]["may_shape"].items():
        for tag in tags:
            tier = TAGS[_known(tag) or ""]["tier"]
            assert LAW["statistics"]["categories"][tag]["at_least"] == LAW["matrix"][requester][tier]["min_group_size"]


def test_group_sizes_are_those_the_tiers_promise() -> None:
    """The handling of T2 and of T3 names the group size; positions on a grid have a rule of their own."""
    for tier in ("T2", "T3"):
        promised = re.search(r"groups of (\d+) or more", CATALOG["tiers"]["tiers"][tier]["handling"]["rows"])
        assert promised
        for row in LAW["matrix"].values():
            if row[tier]["permit"] == "G" and "business/location_grid" not in row[tier]["under"]:
                assert row[tier]["min_group_size"] == int(promised[1])


def test_what_the_catalog_calls_sensitive_begins_where_the_law_says() -> None:
    limits = LAW["limits"]
    for tag, entry in TAGS.items():
        if entry["class"] == "sensitive":
            assert entry["tier"] >= limits["sensitive_from"], tag
        elif entry["class"] == "basic":
            assert limits["personal_from"] <= entry["tier"] < limits["sensitive_from"], tag
    suspected = {TAGS[tag]["tier"] for tag in limits["state_secret"]["tags"]}
    assert suspected <= set(limits["state_secret"]["tiers"])


def _catalog_basis() -> list[tuple[str, str]]:
    entries = [item for entry in PURPOSES.values() for item in entry["legal_basis"]]
    entries += [item for entry in CATALOG["tiers"]["tiers"].values() for item in entry["legal_basis"]]
    entries += [{"ref": entry["basis"], "status": entry["status"]} for entry in TAGS.values() if "basis" in entry]
    return [(item["ref"], item["status"]) for item in entries]


_NUMBER = re.compile(r"\b\d+(?:\.\d+)?/\d{4}(?:/[\w-]+)?|66\.7/2025")
_PLACE_VI = re.compile(r"Điều (\d+)(?: khoản (\d+))?(?: mục (\d+))?(?: điểm (\w))?")
_PLACE_EN = re.compile(r"(?:Art |, |; )(\d+)(?:\((\d+)\)| item (\d+))?(?:\((\w)\))?")


def _cited(ref: str, place: re.Pattern[str]) -> set[tuple[str, ...]]:
    """Return what a reference cites: number of the text, article, clause or item, point; an empty part is the whole."""
    number = _NUMBER.search(ref)
    if number is None:
        return set()
    short = "/".join(number[0].split("/")[:2])
    places = place.findall(ref[number.end() :])
    return {(short, article, *rest) for article, *rest in places} or {(short, "", "", "", "")}


def test_no_reason_claims_more_than_the_catalog_checked() -> None:
    """Of an article, clause and point that both cite, the law may be the more careful, never the surer."""
    shared, surer = 0, []
    checked = [(cited, status) for ref, status in _catalog_basis() for cited in _cited(ref, _PLACE_EN)]
    for entry in LAW["basis"].values():
        for cited in _cited(entry["ref"], _PLACE_VI):
            others = [status for place, status in checked if place == cited]
            shared += len(others)
            if any(STATUSES.index(entry["status"]) < STATUSES.index(status) for status in others):
                surer.append((entry["ref"], entry["status"], others))
    assert shared >= 20
    assert surer == []


def test_statuses_are_of_one_vocabulary() -> None:
    assert {entry["status"] for entry in LAW["basis"].values()} <= set(STATUSES)
    assert {status for _, status in _catalog_basis()} <= set(STATUSES)
