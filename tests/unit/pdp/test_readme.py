"""The table in `policies/README.md` is the matrix; `PHANTANG_RECORD=1` writes it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from phantang.pdp import Bundle

README = Path(__file__).parents[3] / "policies" / "README.md"
BEGIN, END = "<!-- matrix -->\n", "<!-- /matrix -->\n"


def _cell(cell: dict[str, Any]) -> str:
    size = cell.get("min_group_size")
    return f"{cell['permit']} ≥ {size}" if size else str(cell["permit"])


def _table(law: dict[str, Any]) -> str:
    purposes: dict[str, list[str]] = {}
    for purpose, levels in law["requesters"].items():
        for requester in dict.fromkeys(levels.values()):
            purposes.setdefault(requester, []).append(purpose)
    tiers = sorted(next(iter(law["matrix"].values())))
    lines = [f"| purpose | requester | {' | '.join(tiers)} | subject to |", "|" + " --- |" * (len(tiers) + 3)]
    for requester, row in sorted(law["matrix"].items(), key=lambda item: purposes.get(item[0], ["~"])):
        rules = dict.fromkeys(rule for tier in tiers for rule in row[tier]["under"])
        cells = " | ".join(_cell(row[tier]) for tier in tiers)
        lines.append(
            f"| {', '.join(purposes.get(requester, ['none']))} | {requester} | {cells} | {', '.join(rules) or '-'} |"
        )
    return "\n".join(lines) + "\n"


def test_the_readme_shows_the_matrix(bundle: Bundle) -> None:
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    table, _, after = rest.partition(END)
    wanted = _table(bundle.data["law"])
    if os.environ.get("PHANTANG_RECORD") == "1":
        README.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        table = wanted
    assert table == wanted


def test_the_readme_names_every_rule(bundle: Bundle) -> None:
    text = README.read_text(encoding="utf-8")
    rules = {"/".join(path.split("/")[1:3]) for path in bundle.modules if path.startswith("rules/")}
    assert [rule for rule in sorted(rules) if f"`{rule}`" not in text] == []
