"""Agreement with the labelled schemas, column by column; the figure is printed (`pytest -rP`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from phantang.classify import Classifier, propose_structure
from phantang.model.finding import Finding

SCHEMAS = sorted((Path(__file__).parents[2] / "fixtures/classify").glob("*.yaml"))


def _findings(classifier: Classifier, tables: list[Any]) -> tuple[Finding, ...]:
    findings = [found for table in tables for found in classifier.classify(table.info, table.samples)]
    return classifier.propagate([table.info for table in tables], findings)


@pytest.mark.parametrize("schema", [path.stem for path in SCHEMAS])
def test_every_column_gets_its_label(schema: str, schemas: dict[str, list[Any]], classifier: Classifier) -> None:
    tables = schemas[schema]
    findings = _findings(classifier, tables)
    got = {(found.column.table.table, found.column.column): found.tag for found in findings}
    wanted = {(table.info.name.table, name): tag for table in tables for name, tag in table.tags.items()}
    agreed = sum(got[column] == tag for column, tag in wanted.items())
    print(f"{schema}: {agreed} of {len(wanted)} columns agree")
    assert got == wanted


@pytest.mark.parametrize("schema", [path.stem for path in SCHEMAS if path.stem.startswith("sample_")])
def test_structure_of_the_sample_databases(schema: str, schemas: dict[str, list[Any]], classifier: Classifier) -> None:
    tables = schemas[schema]
    findings = _findings(classifier, tables)
    for table in tables:
        assert table.structure is not None
        unit, scope = propose_structure(table.info, findings)
        assert (table.info.name.table, unit, scope) == (
            table.info.name.table,
            table.structure["privacy_unit"],
            table.structure["scope"],
        )


def test_agreement_over_all_schemas(schemas: dict[str, list[Any]], classifier: Classifier) -> None:
    """Print the agreement on tags, with samples and by schema alone, and the look-alikes wrongly called personal."""
    for way in ("with samples", "schema only"):
        right = total = alarms = calm = 0
        for tables in schemas.values():
            bare = way == "schema only"
            findings = [
                found for table in tables for found in classifier.classify(table.info, {} if bare else table.samples)
            ]
            got = {
                (found.column.table, found.column.column): found.tag
                for found in classifier.propagate([table.info for table in tables], findings)
            }
            for table in tables:
                for name, tag in table.tags.items():
                    tagged = got[(table.info.name, name)]
                    total += 1
                    right += tagged == tag
                    calm += tag == "none"
                    alarms += tag == "none" and tagged.startswith(("person.", "sensitive."))
        print(f"{way}: {right} of {total} columns agree ({right / total:.1%}); {alarms} of {calm} look-alikes flagged")
        assert right / total >= (1.0 if way == "with samples" else 0.9)
        assert alarms == 0
