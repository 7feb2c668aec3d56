"""Only a bundle that cannot read the time of day lets a question be decided once a day."""

from __future__ import annotations

import pytest

from phantang.flow.policy.moments import slot, whole_days
from phantang.pdp import Bundle
from phantang.store import default_folder, read_folder


def shipped(rule: str = "") -> Bundle:
    files = read_folder(default_folder("policies"))
    return Bundle.from_files({**files, "rules/thu/gio/gio.rego": f"package phantang.rules.thu.gio\n{rule}\n"})


def test_the_shipped_policies_know_whole_days() -> None:
    assert whole_days([shipped(), shipped("# a time of its own")])


@pytest.mark.parametrize(
    "rule",
    [
        'narrow contains {"effect": "deny"} if split(input.context.time, "T")[1] < "08"',
        'moment := input.context["time"]',
        'moment := object.get(input.context, "time", "")',
        'moment := object.get(input, ["context", "ti"], "")',
        "some_key contains value if some _, value in input.context",
        "everything := input",
        'narrow contains {"effect": "deny"} if holds(input.context, {"x"}) == input.context',
    ],
)
def test_a_rule_that_could_read_the_time_of_day_is_noticed(rule: str) -> None:
    assert not whole_days([shipped(), shipped(rule)])


def test_another_end_of_the_day_is_noticed() -> None:
    files = read_folder(default_folder("policies"))
    path = "lib/dates/dates.rego"
    moved = Bundle.from_files({**files, path: files[path].replace("23:59:59.999999999", "16:30:00")})
    assert not whole_days([moved])


def test_slots() -> None:
    assert slot("2026-11-25T16:59:59Z", day=True) == slot("2026-11-24T17:00:00Z", day=True) == "2026-11-25"
    assert slot("2026-11-25T17:00:00Z", day=True) == "2026-11-26"
    assert slot("2026-11-25T01:14:59Z", day=False) == slot("2026-11-25T01:00:00Z", day=False)
    assert slot("2026-11-25T01:15:00Z", day=False) != slot("2026-11-25T01:00:00Z", day=False)
    assert slot("no time", day=True) == "no time"
