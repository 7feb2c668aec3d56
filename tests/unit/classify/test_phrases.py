from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable

import pytest

from phantang.classify import Classifier
from phantang.classify.names.phrases import PhraseIndex
from phantang.classify.pack import parse_packs
from phantang.classify.text.folding import fold
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

from ...bench.heldout import systems


def _best(classifier: Classifier, name: str) -> str | None:
    claims = classifier.claims(name)
    return classifier.rules[claims[0].rule].tag if claims else None


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("hoten", "person.name"),
        ("sodienthoai", "person.phone"),
        ("ngaysinh", "person.birth_date"),
        ("MAXA_CU_TRU", "admin.unit_code.commune"),
        ("GTinh", "person.gender"),
        ("diachi_tt", "person.address"),
        ("dia_chi_email", "person.email"),
        ("Số hộ chiếu", "person.passport"),
        ("quan_he_voi_chu_ho", "person.family"),
        ("cmthochieu", "person.national_id"),
        ("choohientai", "person.address"),
        ("NGQUAN", "person.birth_place"),
        ("SoCMNDTN", "person.national_id"),
        ("NGVDANG", "sensitive.political"),
        ("chdanh", "person.occupation"),
        ("nhanvien_dantoc", "sensitive.ethnicity"),
        ("npt_socmnd", "person.national_id"),
    ],
)
def test_glued_abbreviated_and_overlapping_names(classifier: Classifier, name: str, tag: str) -> None:
    assert _best(classifier, name) == tag


@pytest.mark.parametrize(
    ("table", "name", "tag"),
    [
        ("customers", "projected_balance", "sensitive.finance"),
        ("customers", "salary_old", "sensitive.finance"),
        ("customers", "second_witness", "person.name"),
        ("items", "projected_balance", "none"),  # no table about people
        ("customers", "branch_city", "none"),
        ("customers", "vehicle_photo", "none"),
        ("customers", "witness_kind", "none"),  # the words do not end the name
    ],
)
def test_an_english_name_ends_in_what_it_is(classifier: Classifier, table: str, name: str, tag: str) -> None:
    info = TableInfo(TableName("s", "main", table), (ColumnInfo(name, "text"),))
    assert classifier.classify(info, {})[0].tag == tag


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("gift_recipient_email", "person.email"),  # the head of an English name is its last word
        ("emergency_2_phone", "person.phone"),  # and a number inside it says nothing
        ("salary_slip_url", "sensitive.finance"),  # a carrier is no head
        ("email_nguoi_nhan", "person.email"),  # Vietnamese heads come first
        ("pasport_no", "person.passport"),
        ("telehpone", "person.phone"),
    ],
)
def test_the_head_of_a_name_and_its_typos(classifier: Classifier, name: str, tag: str) -> None:
    table = TableInfo(TableName("s", "main", "customers"), (ColumnInfo(name, "text"),))
    assert classifier.classify(table, {})[0].tag == tag


@pytest.mark.parametrize("name", ["participating", "separately", "tolerance", "insider"])
def test_an_english_word_is_not_made_of_short_forms(classifier: Classifier, name: str) -> None:
    assert [word.folded for word in classifier._index.words(name)] == [name]


@pytest.mark.parametrize(
    ("name", "tag"), [("gtbn", "person.gender"), ("nghebn", "person.occupation"), ("DCKH", "person.address")]
)
def test_two_letters_behind_a_field_say_whose_it_is(classifier: Classifier, name: str, tag: str) -> None:
    table = TableInfo(TableName("s", "main", "x"), (ColumnInfo(name, "text"),))
    assert classifier.classify(table, {})[0].tag == tag


@pytest.mark.parametrize(
    "name",
    [
        "ngay_cap_gplx",
        "noi_cap_giay_phep",
        "so_luong_benh_nhan",
        "email_verified",
        "phone_count",
        "is_email",
        "trang_thai_sdt",
    ],
)
def test_a_name_headed_by_something_else_is_about_that(classifier: Classifier, name: str) -> None:
    assert _best(classifier, name) in {None, "none"}


def test_parts_of_words_are_never_matched(classifier: Classifier) -> None:
    assert _best(classifier, "thongTin") == "none"
    assert _best(classifier, "ngayDangKy") == "none"
    assert _best(classifier, "maternal_code") is None


def test_marks_keep_colliding_words_apart(classifier: Classifier) -> None:
    assert _best(classifier, "Giọng nói") == "sensitive.biometric"
    assert _best(classifier, "Giống nội") is None
    assert _best(classifier, "Tiền sự") == "sensitive.criminal"
    assert _best(classifier, "Tiền sử bệnh") == "sensitive.health"


def test_a_comment_speaks_early_or_not_at_all(classifier: Classifier) -> None:
    table = "Mã đơn hàng do hệ thống sinh, gửi kèm email cho khách"
    tags = {classifier.rules[claim.rule].tag: claim.level for claim in classifier._index.claims(table, comment=True)}
    assert tags.get("person.email") in {None, "weak"}


@pytest.mark.parametrize("name", ["ngay_cap_cccd", "noi_cap_cmnd"])
def test_issue_of_an_identity_card_is_of_the_person_and_no_number(classifier: Classifier, name: str) -> None:
    assert _best(classifier, name) == "person.other"


@pytest.mark.parametrize(
    ("name", "of_role"),
    [("kh_gt", True), ("gt_kh", True), ("benhnhan_ns", True), ("gt", False), ("gt_hop_dong", False), ("tb_gt", False)],
)
def test_short_forms_say_a_field_beside_a_role_in_any_table(classifier: Classifier, name: str, of_role: bool) -> None:
    assert any(claim.of_role for claim in classifier.claims(name)) == of_role


@pytest.mark.parametrize("name", ["bank_account_id", "access_token_id", "home_address_id", "email_fk"])
def test_a_key_of_another_table_says_nothing_of_its_own(classifier: Classifier, name: str) -> None:
    assert _best(classifier, name) in {None, "none"}


@pytest.mark.parametrize(
    ("name", "tag"), [("marital_status_id", "person.marital_status"), ("religion_id", "sensitive.religion")]
)
def test_a_coded_answer_is_the_answer(classifier: Classifier, name: str, tag: str) -> None:
    assert _best(classifier, name) == tag


def test_placeholders_mean_what_they_stand_for(packs: dict[str, str], tags: list[str]) -> None:
    """Every claim on a name is the one that phrases written out make."""
    rules, lexicon = parse_packs(packs, tags)
    index = PhraseIndex(rules, lexicon)
    written = PhraseIndex(
        [
            dataclasses.replace(
                rule,
                names={level: _written_out(index, phrases) for level, phrases in rule.names.items()},
                never=_written_out(index, rule.never),
            )
            for rule in rules
        ],
        lexicon,
    )
    chance = random.Random(11)
    phrases = [one for rule in rules for some in (*rule.names.values(), rule.never) for one in some]
    names = [column.name for system in systems("dev") for table in system.tables for column in table.columns]
    names = chance.sample(names, 80)
    for phrase in chance.sample([one for one in phrases if "<" in one], 60):
        full = chance.choice(index.expand(phrase))
        names += [
            full,
            fold(full).replace(" ", "_"),
            f"{full} {chance.choice(lexicon.roles)}",
            fold(full).replace(" ", ""),
        ]
    for name in names:
        assert index.words(name) == written.words(name), name
        assert repr(index.claims(name)) == repr(written.claims(name)), name


def _written_out(index: PhraseIndex, phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(full for phrase in phrases for full in index.expand(phrase))
