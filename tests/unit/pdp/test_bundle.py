"""Loading bundle text: what counts, what is refused with file and line, and the digest."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

from phantang.model.errors import PolicyError
from phantang.pdp import Bundle, bundle_archive

MODULE = {"main/decision.rego": "package phantang\n\ndecision := {}\n"}


def test_the_revision_changes_with_what_decides(policy_files: dict[str, str], bundle: Bundle) -> None:
    assert bundle.revision.startswith("sha256:")
    for path, old, new in (
        ("main/decision.rego", "count(collected.denials) == 0", "count(collected.denials) == 1"),
        ("law/matrix/data.yaml", "min_group_size: 10", "min_group_size: 9"),
        ("schemas/input.schema.json", "Input of", "The input of"),
    ):
        assert old in policy_files[path]
        changed = {**policy_files, path: policy_files[path].replace(old, new)}
        assert Bundle.from_files(changed).revision != bundle.revision


def test_the_revision_ignores_tests_comments_in_data_and_line_ends(
    policy_files: dict[str, str], bundle: Bundle
) -> None:
    same = {path: text.replace("\n", "\r\n") for path, text in policy_files.items()}
    same["law/matrix/data.yaml"] += "# a remark\n"
    same["rules/hard/bulk_export/bulk_export_test.rego"] += "# a remark\n"
    assert Bundle.from_files(same).revision == bundle.revision


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("law/a/data.yaml", "a: 1\na: 2\n", 1),
        ("law/a/data.yaml", "a: &x 1\nb: *x\n", 2),
        ("law/a/data.yaml", "a: [1,\n", 2),
        ("law/a/data.yaml", "- 1\n", 1),
        ("law/a/data.yaml", "1: a\n", 1),
        ("law/a/data.yaml", "", 1),
        ("law/a/data.yaml", "b: 1\na: .nan\n", 2),
        ("law/a/data.yaml", "a: \x00\n", 0),
        ("law/a/data.yaml", "a: " + "[" * 5000, 0),
        ("law/a/data.yaml", "a: !!python/object/apply:os.getcwd []\n", 1),
        ("law/a/data.json", '{"a": 1,}\n', 1),
        ("phantang/data.yaml", "a: 1\n", 1),
        ("data.yaml", "bundle: {revision: x}\n", 1),
        ("lib/deep/deep.rego", "package phantang.lib.deep\n\nx := " + "[" * 40 + "]" * 40 + "\n", 3),
        ("lib/long/long.rego", "# " + "x" * 600_000, 0),
    ],
)
def test_unreadable_text_is_named(path: str, text: str, line: int) -> None:
    with pytest.raises(PolicyError) as caught:
        Bundle.from_files({**MODULE, path: text})
    assert caught.value.code == "policy_bundle_invalid"
    assert int(caught.value.params["line"]) == line


def test_deep_literals_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(PolicyError):
        Bundle.from_files({"main/x.rego": "package phantang.main.x\n\nx := " + '{"a":' * 60 + "1" + "}" * 60 + "\n"})


def test_brackets_in_strings_and_comments_do_not_count() -> None:
    text = 'package phantang\n\n# [[[[[[[[[[[[[[[[\nx := "[[[[[[\\"[[[[[[[[[["\n'
    assert Bundle.from_files({"main/decision.rego": text}).modules


def test_dates_and_yes_stay_text_or_truth_as_json_has_them() -> None:
    bundle = Bundle.from_files({**MODULE, "law/a/data.yaml": "day: 2026-01-01\nname: Đỗ Thị Hương\n"})
    assert bundle.data["law"]["a"] == {"day": "2026-01-01", "name": "Đỗ Thị Hương"}


def test_an_empty_bundle_is_refused() -> None:
    with pytest.raises(PolicyError, match="policy_bundle_invalid"):
        Bundle.from_files({})


def test_the_archive_is_reproducible_and_carries_the_revision(bundle: Bundle) -> None:
    archive = bundle_archive(bundle)
    assert archive == bundle_archive(bundle)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as tar:
        content = {member.name.lstrip("/"): tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    assert json.loads(content[".manifest"])["revision"] == bundle.revision
    assert json.loads(content["data.json"])["bundle"]["revision"] == bundle.revision
    assert not [name for name in content if name.endswith("_test.rego")]
