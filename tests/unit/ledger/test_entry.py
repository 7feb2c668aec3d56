"""Entries: one spelling, strict fields, nothing that JSON cannot hold."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantang.ledger import Entry, Line, leaf_hash
from phantang.ledger.canonical import canonical, parse
from phantang.ledger.entry import MAX_ENTRY
from phantang.model.errors import LedgerError
from phantang.model.tier import Tier

TIME = "2026-03-01T08:00:00.000000Z"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_canonical_form_is_a_fixed_point(value: Any) -> None:
    once = canonical(value)
    assert canonical(parse(once)) == once


def test_canonical_form_of_the_specification() -> None:
    # RFC 8785 section 3.2.2 and 3.2.3: numbers, escapes, and keys ordered by UTF-16 code units.
    value = {
        "€": 1,
        "\r": 333333333.33333329,
        "\ufb33": 1e30,
        "1": 4.50,
        "😀": 2e-3,
        "\x80": 1e-27,
        "ö": "€$\x0f\nA'B\"\\",
    }
    assert canonical(value).decode() == (
        '{"\\r":333333333.3333333,"1":4.5,"\x80":1e-27,"ö":"€$\\u000f\\nA\'B\\"\\\\","€":1,"😀":0.002,"\ufb33":1e+30}'
    )


def test_nfc_and_nfd_stay_what_they_are() -> None:
    nfc = "Phân Tầng"
    nfd = unicodedata.normalize("NFD", nfc)
    assert canonical({"a": nfc}) != canonical({"a": nfd})
    assert parse(canonical({"a": nfd}))["a"] == nfd


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, b"raw", {1: 2}, "\ud800", {"a": {"b": object()}}, {"x"}]
)
def test_what_json_cannot_hold(value: object) -> None:
    with pytest.raises(LedgerError) as caught:
        Entry(0, TIME, "scan", None, {"v": value}).canonical()
    assert caught.value.code == "ledger_entry_invalid"


def test_bottomless_nesting_is_an_error_and_no_crash() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(LedgerError):
        canonical(deep)
    with pytest.raises(LedgerError):
        parse(b"[" * 100_000)


@pytest.mark.parametrize("digits", [400, 5000])
def test_endless_numbers_are_an_error_and_no_crash(digits: int) -> None:
    with pytest.raises(LedgerError):
        canonical(parse(b"9" * digits))


def test_model_types_are_written_as_their_values() -> None:
    assert canonical({"tier": Tier.T3, "tags": ("a", "b")}) == b'{"tags":["a","b"],"tier":"T3"}'


def test_size_is_bounded() -> None:
    with pytest.raises(LedgerError) as caught:
        Entry(0, TIME, "scan", None, {"v": "x" * MAX_ENTRY}).canonical()
    assert caught.value.code == "ledger_entry_too_big"


@pytest.mark.parametrize(
    "wrong",
    [{"index": -1}, {"index": True}, {"time": "2026-03-01 08:00"}, {"time": "2026-03-01T08:00:00+07:00"}, {"kind": ""},
     {"kind": "Intent"}, {"decision_id": ""}, {"decision_id": 7}],
)  # fmt: skip
def test_fields_out_of_form(wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"index": 0, "time": TIME, "kind": "scan", "decision_id": None, "body": {}}
    assert Entry(**good).index == 0
    with pytest.raises(LedgerError):
        Entry(**(good | wrong))


ENTRY = b'{"body":{},"decision_id":null,"index":0,"kind":"scan","time":"2026-03-01T08:00:00Z"}'


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"index":0}',
        ENTRY.replace(b"{}", b"[]"),
        ENTRY.replace(b"{}", b'{"a":NaN}'),
    ],
)
def test_bytes_that_are_no_entry(raw: bytes) -> None:
    assert Entry.parse(ENTRY).kind == "scan"
    with pytest.raises(LedgerError):
        Entry.parse(raw)


def test_a_line_gives_back_its_parts(lines: list[bytes]) -> None:
    line = Line.read(lines[3])
    assert line.sound()
    assert line.index == 3
    assert line.stored_leaf == leaf_hash(Entry.parse(line.data).canonical())
    assert Line.write(line.data, line.seal or b"") == lines[3]


@given(st.binary(max_size=400))
def test_reading_any_bytes_never_raises(raw: bytes) -> None:
    assert not Line.read(raw).sound()
