from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from phantang.classify import Classifier
from phantang.classify.text.folding import codes_of
from phantang.classify.values.lines import MAX_LENGTH, MAX_VALUES, distinct_values, elements, read_lines
from phantang.classify.values.measured import Measured
from phantang.classify.values.placing import Allowed
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo


def _number(classifier: Classifier, rule: str) -> int:
    return next(number for number, item in enumerate(classifier.rules) if item.id == rule)


def _seen(classifier: Classifier, values: Sequence[str | None]) -> Measured:
    return classifier.values.measure(classifier.values.lines(values))


@pytest.mark.parametrize("before", [0, 1, MAX_LENGTH // 2 - 1, MAX_LENGTH // 2, MAX_LENGTH])
@pytest.mark.parametrize("letter", ["x", "ễ"])
def test_a_long_value_is_cut_wherever_it_stands(before: int, letter: str) -> None:
    short, others = "y" * before, ["a", "b"]
    found = distinct_values([short, letter * (MAX_LENGTH + 1), *others])
    assert found[-3:] == (letter * MAX_LENGTH, *others)
    kept = [short, letter * MAX_LENGTH, *others]
    assert distinct_values(kept) == tuple(filter(None, kept))


@given(st.lists(st.text("ab ễ1.0\n'\x01", max_size=4) | st.none(), max_size=6))
@example([str(number) for number in range(MAX_VALUES + 1)])
@example(["1.0", "2.0"])
def test_what_is_known_of_lines_is_of_these_lines(values: list[str | None]) -> None:
    lines, joined, codes = read_lines(values)
    assert joined in {None, "\n".join(lines)}
    assert codes in {None, codes_of("\n".join(lines))}


def test_distinct_values_are_lines() -> None:
    assert distinct_values([None, "", "  ", "a\nb", "a b", "a\r\n\u2028b", "c"]) == ("a b", "c")
    assert distinct_values([unicodedata.normalize("NFD", "Nguyễn"), "Nguyễn"]) == ("Nguyễn",)
    assert distinct_values(["912345678.0", "987654321.0"]) == ("912345678", "987654321")
    assert distinct_values(["1.0", "1.5"]) == ("1.0", "1.5")
    assert distinct_values(["1.085000001E9", "912345678"]) == ("1085000001", "912345678")
    many = distinct_values(str(n) for n in range(MAX_VALUES * 2))
    assert len(many) == MAX_VALUES
    assert int(many[-1]) > 1.9 * MAX_VALUES  # spread over all of them, not the first
    assert len(distinct_values(str(n) for n in range(MAX_VALUES + 1))) == MAX_VALUES
    assert distinct_values(["x" * 10_000]) == ("x" * MAX_LENGTH,)
    assert distinct_values({"a": None, None: None, "b": None}) == ("a", "b")
    assert distinct_values([""]) == distinct_values(["\n", "\u3000"]) == ()
    assert distinct_values(["a b", " c", "d "]) == distinct_values(["a  b", "c", "d"]) == ("a b", "c", "d")
    assert distinct_values(["a\u00a0b", "c d"]) == ("a b", "c d")
    assert distinct_values([1, 2.5, "x"]) == ("1", "2.5", "x")  # type: ignore[list-item]


def test_nothing_matches_across_values(classifier: Classifier) -> None:
    phone = _number(classifier, "vn.phone")
    hits = classifier.values.match(
        _seen(classifier, ["091", "2345678", "0912", "345678"]), Allowed.only(phone), {phone}, people=True
    )
    assert phone not in hits.whole or hits.whole[phone].hits == 0


@pytest.mark.parametrize(
    "values",
    [[], [None], ["\x00"], ["\udcff"], ["('" * 500], ["0" * 100_000], ["\n\n\n"], ["%s%n"], ["🂡" * 50], ["^$[](){}\\"]],
)
def test_hostile_values_do_no_harm(values: list[str | None], classifier: Classifier) -> None:
    everything = range(len(classifier.rules))
    hits = classifier.values.match(_seen(classifier, values), Allowed.only(*everything), everything, people=True)
    assert hits.sampled <= 1


def test_joined_values_give_what_single_values_give(classifier: Classifier) -> None:
    email = _number(classifier, "intl.email")
    values = ["a@b.vn", "no", "c.d@e.com.vn", "x@", "@y.vn", "f@g.org"]
    single = sum(classifier.values.accepts(email, value) for value in values)
    seen = _seen(classifier, values)
    allowed = Allowed.only(email)
    assert classifier.values.match(seen, allowed, {email}, people=False).whole[email].hits == single == 3


def test_elements_of_arrays() -> None:
    assert list(elements(["{a,b}", "['x', 'y, z']", '["0912345678", null]', None, "plain", "[]"])) == [
        "a", "b", "x", "y, z", "0912345678", None, "plain",
    ]  # fmt: skip


def test_few_values_with_an_identifier_are_found_in_text_and_counted(classifier: Classifier) -> None:
    lines = (*(f"ghi chú số {number} của hồ sơ" for number in range(199)), "gọi lại ông An 0912345678 sau")
    phone = _number(classifier, "vn.phone")
    everything = Allowed.only(*range(len(classifier.rules)))
    hits = classifier.values.match(_seen(classifier, lines), everything, set(), people=False)
    assert (hits.in_text[phone].hits, hits.in_text[phone].sampled) == (1, 200)


def _tags(
    classifier: Classifier, name: str, values: list[str | None], table: str = "bang", kind: str = "VARCHAR"
) -> set[str]:
    info = TableInfo(TableName("s", "main", table), (ColumnInfo(name, kind),))
    return set(classifier.classify(info, {name: values})[0].tags)


def _numbers(count: int) -> list[str]:
    return [f"{(1, 4, 31, 79)[n % 4]:03d}{n % 2}{50 + n * 7 % 50:02d}{n * 7919 % 1000000:06d}" for n in range(count)]


@pytest.mark.parametrize("name", ["noi_dung", "c7"])
def test_a_number_in_a_form_letter_is_found_though_all_letters_are_of_one_length(
    classifier: Classifier, name: str
) -> None:
    letters: list[str | None] = [f"Kính gửi ủy ban, tôi số căn cước {n} đề nghị giải quyết" for n in _numbers(120)]
    assert "person.national_id" in _tags(classifier, name, letters)


def test_what_looks_like_an_address_does_not_hide_the_number_beside_it(classifier: Classifier) -> None:
    letters: list[str | None] = [
        f"Kính gửi ủy ban, tôi số căn cước {n} đề nghị giải quyết hồ sơ đất đai tại xã" for n in _numbers(100)
    ]
    letters.append("Đề nghị sửa đường làng cho bà con đi lại thuận tiện hơn")
    for table, name in (("don_thu", "noi_dung"), ("don_thu", "f3"), ("bang", "c7")):
        assert "person.national_id" in _tags(classifier, name, letters, table)


def test_codes_of_one_length_are_not_searched_for_numbers(classifier: Classifier) -> None:
    assert _tags(classifier, "c7", [f"DH-{n}-{n[:4]}" for n in _numbers(120)]) == {"none"}


def test_a_number_far_inside_a_long_text_is_found(classifier: Classifier) -> None:
    long = "Tôi xin trình bày sự việc như sau. " * 40
    texts: list[str | None] = [f"{long}{n} là số căn cước của tôi. {long}" for n in _numbers(60)]
    assert "person.national_id" in _tags(classifier, "c7", texts)
    assert all(len(line) < 3 * MAX_LENGTH for line in distinct_values(texts))
    edge = "x " * (MAX_LENGTH // 2 - 3) + "001090123456 y"
    assert "001090123456" in distinct_values([edge])[0]


@pytest.mark.parametrize("form", ['="{}"', "'{}", '"{}"', "'{}'"])
def test_what_a_spreadsheet_puts_around_a_text_is_no_part_of_it(classifier: Classifier, form: str) -> None:
    assert distinct_values([form.format("001090123456")]) == ("001090123456",)
    assert _tags(classifier, "c7", [form.format(n) for n in _numbers(60)]) == {"person.national_id"}
    assert distinct_values(["=1+1", "'", '""', "l'Isle"]) == ("=1+1", "l'Isle")


def test_any_text_under_a_name_is_no_evidence_of_a_format(classifier: Classifier) -> None:
    info = TableInfo(TableName("s", "main", "nhan_vien"), (ColumnInfo("so_tai_khoan", "VARCHAR"),))
    for values, hits in (("xa ba đình", 0), ("0123456789012", 1)):
        (found,) = classifier.classify(info, {"so_tai_khoan": [values]})
        assert "sensitive.bank_account" in found.tags
        assert {part.hits for part in found.evidence if part.rule == "vn.bank_account" and part.sampled} == {hits}


def test_a_comment_that_no_value_supports_adds_no_second_tag(classifier: Classifier) -> None:
    comment = "Tài khoản được giao giải quyết"  # of whoever works on it; an account all the same, but of no bank
    info = TableInfo(TableName("s", "main", "ho_so"), (ColumnInfo("can_bo_xu_ly", "VARCHAR", comment=comment),))
    (found,) = classifier.classify(info, {"can_bo_xu_ly": [f"Phòng {n} của xã" for n in range(60)]})
    assert "sensitive.bank_account" not in found.tags
