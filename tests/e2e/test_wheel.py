"""The wheel carries the default policies, classifiers and catalog, and works without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [built] = out.glob("*.whl")
    return built


def test_the_defaults_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {
        "phantang/defaults/policies/main/decision.rego",
        "phantang/defaults/classifiers/vn/identity.yaml",
        "phantang/defaults/catalog/tags.yaml",
        "phantang/sql/allow/duckdb.yaml",
        "phantang/model/messages/sql.json",
    } <= names
    assert not [name for name in names if name.startswith("phantang/defaults/catalog/assets")]


def test_a_workspace_is_made_and_answers_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    script = f"""
import sys
sys.path = [p for p in sys.path if p != {str(ROOT / "src")!r}]
sys.path.insert(0, {str(site)!r})
import phantang
assert phantang.__file__.startswith({str(site)!r}), phantang.__file__
from phantang.cli.app import run
assert run(["demo", "--dir", "d", "--citizens", "1000"]) == 0
assert run(["-w", "d", "policy", "check"]) == 0
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr[-2000:]
