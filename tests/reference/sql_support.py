"""Write `docs/sql-support.md` from the allow-lists and the refusals: `python -m tests.reference.sql_support`.

The prose stands in `sql_support.md.in` beside this file; the tables are data.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ALLOW = ROOT / "src" / "phantang" / "sql" / "allow"
ALGEBRA = ALLOW.parent / "rewriting" / "masking" / "algebra.yaml"
REFUSALS = ROOT / "tests" / "fixtures" / "sql" / "refusals.yaml"
PROSE = Path(__file__).with_name("sql_support.md.in")
PAGE = ROOT / "docs" / "sql-support.md"
LISTS = {"common": "Both dialects", "duckdb": "DuckDB", "postgres": "PostgreSQL"}
SECTIONS = ("operators", "functions", "table_functions", "aggregates", "types", "collations")


def _groups(content: dict[str, Any], section: str) -> list[tuple[str, dict[str, Any]]]:
    found = content.get(section) or []
    if isinstance(found, dict):
        return [(f"{section}, {kind}", group) for kind, groups in found.items() for group in groups]
    return [(section.replace("_", " "), group) for group in found]


def accepted() -> str:
    """Return the accepted names with the reason they are accepted for, one table a list."""
    parts = []
    for file, title in LISTS.items():
        content = yaml.safe_load((ALLOW / f"{file}.yaml").read_text(encoding="utf-8"))
        rows = ["| kind | accepted | reason |", "|---|---|---|"]
        for section in SECTIONS:
            for name, group in _groups(content, section):
                names = [*group.get("allow", ()), *(f"`{plain}`" for plain in group.get("plain", ()))]
                rows.append(f"| {name} | {', '.join(names)} | {group['reason']} |")
        parts.append(f"### {title}\n\n" + "\n".join(rows))
    return "\n\n".join(parts)


def masks() -> str:
    """Return the algebra of masks, one row a mask."""
    rows = [
        "| mask | types | repeatable | order | join | a dictionary | result |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in yaml.safe_load(ALGEBRA.read_text(encoding="utf-8"))["masks"]:
        params = ", ".join(f"{name}: {value}" for name, value in one.get("params", {}).items())
        types = one["types"] if isinstance(one["types"], str) else ", ".join(one["types"])
        claims = (one[name] for name in ("repeatable", "order", "join", "dictionary", "result"))
        rows.append(f"| `{one['mask']}{f' {params}' if params else ''}` | {types} | {' | '.join(map(str, claims))} |")
    return "\n".join(rows)


def refused() -> str:
    """Return one row per refused statement of the fixtures, grouped by code."""
    cases: list[dict[str, Any]] = yaml.safe_load(REFUSALS.read_text(encoding="utf-8"))
    rows = ["| code | dialect | statement |", "|---|---|---|"]
    for case in sorted(cases, key=lambda one: str(one["code"])):
        sql = str(case["sql"]).replace("|", "\\|").replace("\0", "\\0").strip()
        rows.append(f"| `{case['code']}` | {case.get('dialect', 'both')} | {f'`` {sql} ``' if sql else '(nothing)'} |")
    return "\n".join(rows)


def page() -> str:
    """Return the whole page."""
    text = PROSE.read_text(encoding="utf-8")
    return text.replace("{{masks}}", masks()).replace("{{accepted}}", accepted()).replace("{{refused}}", refused())


if __name__ == "__main__":
    sys.stdout.write(page())
