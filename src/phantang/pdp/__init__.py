"""The policy decision point: the Rego bundle, and the two engines that answer for it.

    bundle = Bundle.from_files({"main/decision.rego": ..., ...})
    decision = EmbeddedEngine(bundle).decide(document)

The only place that imports a Rego engine or the OPA client. The contract is in `docs/decision-contract.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from phantang.pdp.archive import bundle_archive
from phantang.pdp.bundle import Bundle
from phantang.pdp.check import check_bundle, check_deciding, check_files, checks_digest
from phantang.pdp.embedded import EmbeddedEngine
from phantang.pdp.engine import PolicyEngine
from phantang.pdp.lint.problem import Problem
from phantang.pdp.signatures import BundleSigner
from phantang.pdp.testing import TestResult, run_tests

if TYPE_CHECKING:
    from phantang.pdp.opa_server import OpaServerEngine

__all__ = [
    "Bundle",
    "BundleSigner",
    "EmbeddedEngine",
    "OpaServerEngine",
    "PolicyEngine",
    "Problem",
    "TestResult",
    "bundle_archive",
    "check_bundle",
    "check_deciding",
    "check_files",
    "checks_digest",
    "run_tests",
]


def __getattr__(name: str) -> Any:
    """Import the OPA client, three HTTP stacks with it, only for a workspace that asks a server (PEP 562)."""
    if name == "OpaServerEngine":
        from phantang.pdp.opa_server import OpaServerEngine

        return OpaServerEngine
    raise AttributeError(name)
