"""False positives a person rejected, kept as near misses for whoever writes the rules: names only, never a value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from phantang.flow.clock import timestamp
from phantang.model.errors import WorkspaceError
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from phantang.catalog import Rejection
    from phantang.classify import Classifier
    from phantang.model.catalog import Asset
    from phantang.model.names import ColumnName
    from phantang.store import Workspace

#: Below `classifiers/`: a list of `{rule, claim, name, table, beside, type, comment, by, reason, time}`, oldest
#: first; `beside` names the other columns, which may be what the rule went by.
NEAR_MISSES = "feedback/near_misses.json"


def add_near_miss(workspace: Workspace, asset: Asset, rejection: Rejection, *, by: str, reason: str) -> None:
    """Append one near miss for each rule whose claim was rejected."""
    entry = asset.column(rejection.column)
    found = [
        {
            "rule": rule,
            "claim": rejection.claim,
            "name": rejection.column,
            "table": asset.name.table,
            "beside": [other.name for other in asset.columns if other.name != rejection.column],
            "type": rejection.type,
            "comment": entry.comment if entry else None,
            "by": by,
            "reason": reason,
            "time": timestamp(),
        }
        for rule in dict.fromkeys(evidence.rule for evidence in rejection.evidence)
    ]
    _write(workspace, (*read_near_misses(workspace), *found))


def forget_near_misses(workspace: Workspace, column: ColumnName, claims: Collection[str]) -> None:
    """Drop the near misses of a column whose rejection was taken back."""
    found = read_near_misses(workspace)
    kept = [
        one
        for one in found
        if one.get("claim") not in claims or (one.get("table"), one["name"]) != (column.table.table, column.column)
    ]
    if len(kept) < len(found):
        _write(workspace, kept)


def _write(workspace: Workspace, near_misses: Iterable[Mapping[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in near_misses)
    workspace.write_classifier(NEAR_MISSES, f"[\n{lines}\n]\n" if lines else "[]\n")


def read_near_misses(workspace: Workspace) -> list[dict[str, Any]]:
    """Return the near misses of the workspace, oldest first. Raises `WorkspaceError` `classifier_pack_broken`."""
    text = workspace.classifier_files().get(NEAR_MISSES, "[]")
    try:
        found = json.loads(text)
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise WorkspaceError("classifier_pack_broken", file=NEAR_MISSES, line=line) from None
    if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
        raise WorkspaceError("classifier_pack_broken", file=NEAR_MISSES, line=1)
    return found


def still_claimed(workspace: Workspace, classifier: Classifier) -> list[dict[str, Any]]:
    """Return the near misses whose claim the packs would still make by names alone, with the rules that make it.

    The rules stand under `claimed_by`: the one that was rejected may have learnt while another took its place.
    """
    tags = {rule.id: rule.tag for rule in classifier.rules}
    wrong = []
    for example in read_near_misses(workspace):
        table = TableName("example", "main", str(example.get("table") or "bang_1"))
        column = ColumnInfo(str(example["name"]), str(example.get("type") or "VARCHAR"), comment=example.get("comment"))
        others = [ColumnInfo(str(name), "VARCHAR") for name in example.get("beside") or () if name != column.name]
        finding = classifier.classify(TableInfo(table, (column, *others)), {})[0]
        if example.get("claim") in finding.tags:
            rules = [one.rule for one in finding.evidence if tags.get(one.rule) == example["claim"]]
            wrong.append({**example, "claimed_by": list(dict.fromkeys(rules))})
    return wrong
