from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from phantang.catalog import parse_snapshot
from phantang.model.errors import WorkspaceError, messages
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier

ROOT = Path(__file__).parents[3]
INVALID = sorted((ROOT / "tests/fixtures/catalog/invalid").glob("*.yaml"))
_HEADER = re.compile(r"# path: (.*)\n# code: (.*)\n# line: (.*)\n")


def repository() -> dict[str, str]:
    folder = ROOT / "catalog"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).as_posix().startswith("assets/")
    }


def digest(**files: str) -> str:
    return parse_snapshot({**repository(), **files}).digest


def agency(text: str) -> dict[str, str]:
    return {"agencies/x.yaml": text}


MINIMAL = "id: x\nkind: agency\nactor: can_bo_mot_cua_xa\n"


def test_the_repositorys_own_catalog_is_whole() -> None:
    snapshot = parse_snapshot(repository())
    assert list(snapshot.tiers) == list(Tier)
    assert set(snapshot.purposes) == {"L1", "L2", "L3", "B1", "B2", "R1", "A1", "S1"}
    assert all(purpose.valid_until == date(2027, 12, 31) for purpose in snapshot.purposes.values())
    assert all(purpose.legal_basis for purpose in snapshot.purposes.values())
    assert snapshot.tags["sensitive.religion"].tier is Tier.T3
    assert snapshot.tags["none"].tier is Tier.T1
    assert all(tag.tier >= Tier.T2 for tag in snapshot.tags.values() if tag.personal_class is not PersonalClass.NONE)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", snapshot.digest)


def test_the_people_of_the_sample() -> None:
    agencies = parse_snapshot(repository()).agencies
    officer = agencies["xa-ba-dinh"]
    assert (officer.jurisdiction, officer.purposes, officer.clearance) == (
        {"province": "01", "commune": "00004"},
        ("L2",),
        Tier.T3,
    )
    assert agencies["ioc-ha-noi"].jurisdiction == {"province": "01"}
    assert agencies["c06"].clearance is Tier.T3
    assert {agencies[name].clearance for name in ("cong-ty-logistics", "cong-ty-bat-dong-san")} == {Tier.T1}


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_its_place(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    header = _HEADER.match(text)
    assert header is not None
    name, code, line = header.groups()
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**repository(), name: text})
    error = caught.value
    assert (error.code, error.params.get("line", "0")) == (code, line)
    assert error.params["file"] == name
    for lang in ("vi", "en"):
        assert "\n" not in f"{error.message(lang)} {error.remedy(lang)}"
        for part in ("message", "remedy"):
            template = messages()[code][part][lang]
            assert {name for _, name, _, _ in Formatter().parse(template) if name} <= error.params.keys()


def test_every_message_is_complete() -> None:
    own = {code: entry for code, entry in messages().items() if code.startswith(("catalog_", "contracts_"))}
    assert own
    for code, entry in own.items():
        assert entry["exit"] in {1, 2, 3}, code
        assert re.fullmatch(r"[0-9A-Z]{5}", entry["sqlstate"]), code
        for part in ("message", "remedy"):
            assert set(entry[part]) == {"vi", "en"}, code


def test_a_huge_file_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot({**repository(), "agencies/x.yaml": "#" * (4 * 1024 * 1024 + 1)})
    assert caught.value.code == "catalog_file_too_large"


@pytest.mark.parametrize("name", ["tags.yaml", "tiers.yaml", "purposes.yaml", "actors.yaml"])
def test_the_vocabulary_must_be_there(name: str) -> None:
    files = repository()
    del files[name]
    with pytest.raises(WorkspaceError) as caught:
        parse_snapshot(files)
    assert (caught.value.code, caught.value.params["file"]) == ("catalog_missing_file", name)


def test_an_agency_written_by_hand_gets_the_most_restrictive_defaults() -> None:
    found = parse_snapshot({**repository(), **agency(MINIMAL)}).agencies["x"]
    assert (found.clearance, found.purposes, found.roles, found.jurisdiction, found.level) == (
        Tier.T1,
        (),
        (),
        {},
        "none",
    )
    assert found.name == {"vi": "x", "en": "x"}


def test_text_stays_text() -> None:
    text = MINIMAL + "name: no\nroles: [2026-01-01, 1.50, off, 0x10]\njurisdiction: {province: 01, commune: 00004}\n"
    found = parse_snapshot({**repository(), **agency(text)}).agencies["x"]
    assert found.name == {"vi": "no", "en": "no"}
    assert found.roles == ("2026-01-01", "1.50", "off", "0x10")
    assert found.jurisdiction == {"province": "01", "commune": "00004"}


def test_a_quoted_null_is_text_and_a_plain_one_is_not() -> None:
    found = parse_snapshot({**repository(), **agency(MINIMAL + 'name: "null"\n')}).agencies["x"]
    assert found.name["vi"] == "null"
    with pytest.raises(WorkspaceError, match="catalog_wrong_type"):
        parse_snapshot({**repository(), **agency(MINIMAL + "name: null\n")})


@pytest.mark.parametrize(
    "same",
    [
        "# a comment\n" + MINIMAL,
        MINIMAL.replace("\n", "\r\n"),
        "\ufeff" + MINIMAL,
        "{actor: can_bo_mot_cua_xa, 'kind': \"agency\", id: x}",
        MINIMAL + "clearance: T1\npurposes: []\n",
        MINIMAL + "name: x\n",
    ],
)
def test_the_digest_ignores_form(same: str) -> None:
    assert digest(**agency(same)) == digest(**agency(MINIMAL))


@pytest.mark.parametrize(
    "other",
    [
        MINIMAL + "clearance: T2\n",
        MINIMAL + "purposes: [L2]\n",
        MINIMAL + 'jurisdiction: {commune: "00004"}\n',
        MINIMAL + "name: {vi: x, en: y}\n",
        MINIMAL.replace("agency", "business"),
    ],
)
def test_the_digest_sees_every_difference(other: str) -> None:
    assert digest(**agency(other)) != digest(**agency(MINIMAL))


def test_the_digest_is_the_same_for_two_spellings_of_one_word() -> None:
    composed = digest(**agency(MINIMAL + "name: H\u00e0 N\u1ed9i\n"))
    assert composed == digest(**agency(MINIMAL + "name: Ha\u0300 No\u0323\u0302i\n"))


def test_the_digest_does_not_depend_on_the_order_or_on_other_files() -> None:
    files = repository()
    expected = parse_snapshot(files).digest
    assert parse_snapshot(dict(reversed(files.items()))).digest == expected
    others = {"README.md": "x", "agencies/.x.yaml": "x: [", "agencies/x.yaml~": "half"}
    assert parse_snapshot({**files, **others}).digest == expected


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tags.yaml", "en: Religion", "en: Faith"),
        ("purposes.yaml", "2027-12-31", "2027-12-30"),
        ("tiers.yaml", "govdata: 2", "govdata: 3"),
        ("actors.yaml", "may: [B1]", "may: [B1, B2]"),
    ],
)
def test_the_digest_covers_the_vocabulary(name: str, old: str, new: str) -> None:
    files = repository()
    assert old in files[name]
    assert digest(**{name: files[name].replace(old, new, 1)}) != parse_snapshot(files).digest


def test_the_digest_tells_names_apart_that_differ_only_in_unicode_form() -> None:
    def asset(column: str) -> str:
        return digest(**{"assets/s/main.t.yaml": f'columns:\n- {{name: "{column}", tag: none, status: accepted}}\n'})

    assert asset("t\u00ean") != asset("te\u0302n")


def test_an_asset_path_decomposed_by_the_file_system_is_found() -> None:
    path = "assets/s/main.b\u1ea3ng.yaml"
    decomposed = "assets/s/main.ba\u0309ng.yaml"
    files = {**repository(), decomposed: "columns: []\n"}
    assert TableName("s", "main", "b\u1ea3ng") in parse_snapshot(files).assets
    with pytest.raises(WorkspaceError, match="catalog_unexpected_file"):
        parse_snapshot({**files, path: "columns: []\n"})


def test_the_last_catalogs_are_remembered_by_every_character() -> None:
    files = repository()
    first = parse_snapshot(files)
    assert parse_snapshot(dict(reversed(files.items()))) is first
    assert parse_snapshot(files | {"tags.yaml": files["tags.yaml"] + "\n# x\n"}) is not first
    assert parse_snapshot(files) is first
    asked = dict(files)
    parse_snapshot(asked)
    del asked["tags.yaml"]  # what the caller does with its files changes nothing that is remembered
    with pytest.raises(WorkspaceError):
        parse_snapshot(asked)
    assert parse_snapshot(files) is first
    for number in range(2):
        parse_snapshot(files | {"tiers.yaml": f"{files['tiers.yaml']}\n# {number}\n"})
    assert parse_snapshot(files) is not first  # two are kept
