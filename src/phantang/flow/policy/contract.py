"""The versions of the policy input: an old entry of the decision log can be put to the policies of today."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The version of the input that is recorded now. Entries that name none were recorded under the first five.
CONTRACT = 6


def is_older(body: Mapping[str, Any]) -> bool:
    """Tell whether an entry's body holds an input that was recorded under an earlier version."""
    version = body.get("input_contract", 0)
    return body.get("input") is not None and (not isinstance(version, int) or version < CONTRACT)


def brought_up(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recorded input with what later versions added, as `contract.yaml` says; nothing recorded is changed.

    What is not shaped like an input comes back as it is: policy will not take it.
    """
    added = _added()
    try:
        subject = {**added["subject"], **document["subject"]}
        resource = {**added["resource"], **document["resource"]}
        register = resource["cases"]
        return {
            **document,
            "subject": {**subject, "approvals": [{**added["approval"], **one} for one in subject["approvals"]]},
            "resource": {
                **resource,
                "cases": None if register is None else {**added["cases"], **register},
                "tables": [{**added["table"], **table} for table in resource["tables"]],
            },
            "context": {**added["context"], **document["context"]},
        }
    except (KeyError, TypeError):
        return dict(document)


@cache
def _added() -> dict[str, dict[str, Any]]:
    text = resources.files("phantang.flow.policy").joinpath("contract.yaml").read_text(encoding="utf-8")
    added: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return added
