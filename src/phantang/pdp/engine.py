"""The one question the gateway asks policy, whoever answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.model.decision import Decision


class PolicyEngine(Protocol):
    """Answers `data.phantang.decision` for one pinned bundle."""

    @property
    def revision(self) -> str:
        """Return the digest of the bundle behind every answer."""
        ...

    def decide(self, document: Mapping[str, Any]) -> Decision:
        """Decide one query; `document` follows `schemas/input.schema.json`.

        Raises `PolicyError` for anything but a sound answer. For a query that is a denial.
        """
        ...
