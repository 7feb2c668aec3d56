"""Real services for the whole suite. The fixtures live in `services/`; none of them is a mock."""

from __future__ import annotations

import os

import pytest

pytest_plugins = [
    "services.postgres",
    "services.mariadb",
    "services.opa",
    "services.workspaces",
    "services.postgres_registers",
]

#: A test that asks for one of these needs the service, so it carries the marker of the same name.
FIXTURE_MARKERS = {"postgres_server": "postgres", "mariadb_server": "mariadb", "opa_binary": "opa"}


@pytest.fixture(autouse=True)
def _no_terminal_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the width that a test runner's worker pretends to have: output is that of a pipe."""
    monkeypatch.delenv("COLUMNS", raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that reaches a service through its fixtures, so that `-m "not postgres"` is exact."""
    for item in items:
        for fixture, marker in FIXTURE_MARKERS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)


def pytest_report_header() -> list[str]:
    """Say whether a missing service is a skip or a failure."""
    required = os.environ.get("PHANTANG_REQUIRE_SERVICES") == "1"
    return [f"services: {'required (a missing one fails)' if required else 'optional (a missing one is skipped)'}"]
