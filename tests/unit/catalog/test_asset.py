from __future__ import annotations

import unicodedata

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from phantang.catalog import asset_path, parse_asset, render_asset, table_at
from phantang.catalog.vocabulary import strictest
from phantang.model.catalog import Asset, ColumnEntry, Proposal, Status, Tag
from phantang.model.decision import Privacy
from phantang.model.errors import InputError, WorkspaceError
from phantang.model.finding import Evidence
from phantang.model.names import TableName
from phantang.model.schema import ForeignKey
from phantang.model.tier import UNCLASSIFIED_TIER, PersonalClass, Tier


def _tag(tag_id: str, personal_class: PersonalClass, tier: Tier) -> Tag:
    return Tag(tag_id, {"vi": tag_id, "en": tag_id}, personal_class, tier)


TAGS = {
    tag.id: tag
    for tag in (
        _tag("person.name", PersonalClass.BASIC, Tier.T2),
        _tag("person.national_id", PersonalClass.BASIC, Tier.T2),
        _tag("sensitive.health", PersonalClass.SENSITIVE, Tier.T3),
        _tag("admin.unit_code", PersonalClass.NONE, Tier.T0),
        _tag("none", PersonalClass.NONE, Tier.T1),
    )
}
PATH = "assets/s/main.t.yaml"

# Any text a database may use as a name; and text people write, which is kept in NFC.
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
hard_names = st.sampled_from(
    ["null", "~", "no", "00004", "1e5", "a: b", "#x", "- x", "'", '"', "\\", "\n", "\u2028", "\ufeff", "\x85", "=",
     "<<", "te\u0302n", "tên", "Số định danh", " x", "x ", "{a}", "[b]", "*c", "&d", "!e", "%f", "@g", "`h", "😀", "..",
     "a/b"]
)  # fmt: skip
spellings = names | hard_names
prose = (names | hard_names).map(lambda text: unicodedata.normalize("NFC", text))
written = prose.filter(lambda text: bool(text.strip()))
tag_ids = st.sampled_from([*TAGS, "person.national_id.cmnd9"])
confidences = st.floats(0, 1)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    sampled = draw(st.integers(0, 300))
    return Evidence(draw(written), draw(written), draw(st.integers(0, sampled)), sampled)


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    tags = (draw(tag_ids), *draw(st.lists(tag_ids, max_size=2)))
    tier, personal_class = strictest(tags, TAGS)
    found = tuple(draw(st.lists(evidences(), max_size=2)))
    return Proposal(tags[0], tags, tier, personal_class, draw(confidences), found)


@st.composite
def columns(draw: st.DrawFn, name: str) -> ColumnEntry:
    tag = draw(st.none() | tag_ids)
    tags = () if tag is None else tuple(draw(st.lists(tag_ids, max_size=2)))
    tier = draw(st.none() | st.sampled_from(list(Tier)))
    personal_class = draw(st.none() | st.sampled_from(list(PersonalClass)))
    return ColumnEntry(
        name=name,
        type=draw(spellings),
        status=draw(st.sampled_from(list(Status))),
        tag=tag,
        tags=tags,
        tier=tier,
        personal_class=personal_class,
        confidence=draw(st.none() | confidences),
        decided_by=draw(st.none() | written),
        reason=draw(written),
        evidence=tuple(draw(st.lists(evidences(), max_size=2))),
        proposal=draw(st.none() | proposals()),
        comment=draw(st.none() | prose),
    )


@st.composite
def assets(draw: st.DrawFn) -> Asset:
    table = TableName(draw(spellings), draw(spellings), draw(spellings))
    known = draw(st.lists(spellings, min_size=1, max_size=4, unique=True))
    some = st.sampled_from(known)
    keys = st.builds(
        lambda column, other, to: ForeignKey((column,), TableName("s", other, "t"), (to,)), some, spellings, spellings
    )
    unit = draw(st.none() | some)
    return Asset(
        name=table,
        columns=tuple(draw(columns(name)) for name in known),
        comment=draw(st.none() | prose),
        privacy_unit=unit,
        differential_privacy=draw(st.none() | st.just(Privacy(0.5, 5.0))) if unit else None,
        scope=draw(st.dictionaries(st.sampled_from(["commune", "province"]), some)),
        primary_key=tuple(draw(st.lists(some, max_size=2))),
        foreign_keys=tuple(draw(st.lists(keys, max_size=2))),
        rows=draw(st.none() | st.integers(0, 10**12)),
    )


@given(assets())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_rendered_reads_back_the_same(asset: Asset) -> None:
    text = render_asset(asset)
    again = parse_asset(asset_path(asset.name), text, TAGS)
    assert again == asset
    assert render_asset(again) == text


@given(assets())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_other_yaml_readers_see_the_same_names(asset: Asset) -> None:
    content = yaml.safe_load(render_asset(asset))
    assert (content["source"], content["schema"], content["table"]) == (
        asset.name.source,
        asset.name.schema,
        asset.name.table,
    )
    assert [column["name"] for column in content["columns"]] == [entry.name for entry in asset.columns]


@given(st.builds(TableName, spellings, spellings, spellings))
def test_a_path_is_one_safe_file_and_leads_back(table: TableName) -> None:
    path = asset_path(table)
    folder, source, file = path.split("/")
    assert folder == "assets"
    assert not source.startswith(".")
    assert not file.startswith(".")
    assert file.count(".") == 2
    assert file.endswith(".yaml")
    assert all(char.isprintable() and char not in '\\:*?"<>| ' for char in path)
    assert len(file.encode()) <= 255
    assert unicodedata.is_normalized("NFC", path)
    assert table_at(path) == table or "%~" in path


@given(st.lists(st.builds(TableName, spellings, spellings, spellings), min_size=2, max_size=5, unique=True))
def test_two_tables_never_share_a_path(tables: list[TableName]) -> None:
    assert len({asset_path(table) for table in tables}) == len(tables)


def test_paths_are_readable() -> None:
    assert asset_path(TableName("dan_cu", "main", "cong_dan")) == "assets/dan_cu/main.cong_dan.yaml"
    assert asset_path(TableName("s", "main", "hộ_tịch")) == "assets/s/main.hộ_tịch.yaml"
    assert asset_path(TableName("..", "a/b", ".c\x00")) == "assets/%2E%2E/a%2Fb.%2Ec%00.yaml"
    assert asset_path(TableName("s", "m", "te\u0302n")) == "assets/s/m.te%CC%82n.yaml"


@pytest.mark.parametrize("name", [TableName("", "m", "t"), TableName("s", "m", ""), TableName("s", "m", "\ud800")])
def test_a_name_that_is_no_name_has_no_path(name: TableName) -> None:
    with pytest.raises(InputError, match="catalog_bad_name"):
        asset_path(name)


@pytest.mark.parametrize(
    "path",
    ["assets/s/t.yaml", "assets/s/a.b.c.yaml", "assets/s/a.%62.yaml", "assets/s/a.%zz.yaml", "assets/s/a.%ff.yaml"],
)
def test_a_path_no_table_has_is_no_table(path: str) -> None:
    assert table_at(path) is None


def test_a_very_long_name_keeps_a_short_path_and_its_name_inside() -> None:
    table = TableName("s", "main", "đ" * 400)
    asset = Asset(table, (ColumnEntry("a", "INT", Status.PROPOSED),))
    assert parse_asset(asset_path(table), render_asset(asset), TAGS).name == table
    assert asset_path(table) != asset_path(TableName("s", "main", "đ" * 401))


def test_an_asset_written_by_hand() -> None:
    hand = "- {name: ho_ten, tag: person.name, tier: T2, status: accepted}\n- {name: ma_xa, tag: admin.unit_code}\n"
    text = f"columns:\n{hand}"
    asset = parse_asset(PATH, text, TAGS)
    assert asset.name == TableName("s", "main", "t")
    name, unit = asset.columns
    assert (name.type, name.tags, name.personal_class, name.classified) == (
        "UNKNOWN",
        ("person.name",),
        PersonalClass.BASIC,
        True,
    )
    assert (unit.status, unit.tier, unit.effective_tier) == (Status.PROPOSED, Tier.T0, UNCLASSIFIED_TIER)


def test_a_column_without_a_tag_stays_unclassified_whatever_else_it_says() -> None:
    text = "columns:\n- {name: a, tier: T0, personal_class: none, status: accepted}\n"
    (entry,) = parse_asset(PATH, text, TAGS).columns
    assert (entry.classified, entry.effective_tier) == (False, UNCLASSIFIED_TIER)


def test_the_tier_left_out_is_the_strictest_of_all_tags() -> None:
    text = "columns:\n- {name: a, tag: none, tags: [none, sensitive.health], status: accepted}\n"
    (entry,) = parse_asset(PATH, text, TAGS).columns
    assert (entry.tier, entry.personal_class) == (Tier.T3, PersonalClass.SENSITIVE)


def test_a_lowered_tier_with_a_reason_stands() -> None:
    text = "columns:\n- {name: a, tag: person.name, tier: T1, status: overridden, reason: tên cơ quan}\n"
    assert parse_asset(PATH, text, TAGS).columns[0].tier is Tier.T1


def test_two_files_cannot_describe_one_table() -> None:
    text = render_asset(Asset(TableName("s", "main", "t"), ()))
    with pytest.raises(WorkspaceError, match="catalog_path_mismatch"):
        parse_asset("assets/s/main.u.yaml", text, TAGS)
