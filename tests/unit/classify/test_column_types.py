from __future__ import annotations

import pytest

from phantang.classify.text.column_types import kind_of


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (["VARCHAR", "character varying(12)", "NVARCHAR2", "UUID", "ENUM('Nam', 'Nữ')", "VARCHAR[]", "citext"], "text"),
        (["INTEGER", "BIGINT", "UTINYINT", "HUGEINT", "int4", "INT(11)", "bigserial"], "integer"),
        (["DOUBLE", "DECIMAL(18,2)", "numeric", "REAL"], "number"),
        (["DATE"], "date"),
        (["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "DATETIME2"], "timestamp"),
        (["TIME", "INTERVAL"], "time"),
        (["BOOLEAN", "BIT(1)"], "boolean"),
        (["BLOB", "bytea"], "binary"),
        (["JSON", "jsonb", "STRUCT(a VARCHAR)"], "json"),
        (["GEOMETRY", "POINT", "", "tsvector"], "other"),
    ],
)
def test_types_of_every_engine_have_a_kind(types: list[str], kind: str) -> None:
    assert {name: kind_of(name) for name in types} == dict.fromkeys(types, kind)
