"""The whole path on PostgreSQL databases as a user brings them: what is asked, and what is answered."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
import yaml

from phantang import Denied, Gateway, catalog
from phantang.flow.catalog.publish import publish_assets
from phantang.flow.catalog.review import read_catalog
from phantang.flow.workspace.demo import questions
from phantang.model.errors import PhantangError

from ..services.postgres_asking import cleared
from ..services.postgres_registers import PECULIAR, repoint

if TYPE_CHECKING:
    import psycopg

    from phantang.store import Workspace

    from ..services.postgres import Server
    from ..services.postgres_registers import Copy

FIXTURE = Path(__file__).parents[1] / "fixtures" / "postgres" / "honest.yaml"
HONEST: dict[str, list[str]] = yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))


def as_text_where_text(direct: psycopg.Cursor[Any], answer: pa.Table) -> list[tuple[Any, ...]]:
    """Return the rows of a direct query; columns that the answer has as text in PostgreSQL's own spelling."""
    rows, result = direct.fetchall(), direct.pgresult
    assert result is not None
    spelled = [field.type == pa.string() for field in answer.schema]

    def cell(row: int, column: int, value: Any) -> Any:
        text = result.get_value(row, column)
        return text.decode() if text is not None and spelled[column] else value

    return [tuple(cell(row, at, value) for at, value in enumerate(values)) for row, values in enumerate(rows)]


def same(left: Any, right: Any) -> bool:
    """Tell whether two values are equal, NaN being equal to itself."""
    nan = isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right)
    return nan or bool(left == right)


@pytest.mark.parametrize("question", questions(), ids=lambda q: f"{q.subject}-{q.expect}")
def test_the_demo_people_get_the_same_answers(postgres_workspace: Workspace, question: Any) -> None:
    with Gateway.open(postgres_workspace.path) as gateway:
        ask = {"subject": question.subject, "purpose": question.purpose, "source": question.source}
        explanation = gateway.explain(question.sql, **ask, legal_ref=question.legal_ref)
        assert explanation.code == question.expect
        if not explanation.allowed:
            with pytest.raises(Denied):
                gateway.query(question.sql, **ask, legal_ref=question.legal_ref)
            return
        rows = gateway.query(question.sql, **ask, legal_ref=question.legal_ref).table.to_pylist()
    if question.subject == "xa-ba-dinh":
        assert len(rows) == 1
        assert rows[0]["ho_ten"]
        assert rows[0]["ton_giao"] is None
    elif question.subject == "ioc-ha-noi":
        assert rows
        assert all(row["so_dan"] >= 10 for row in rows)
    elif question.subject == "thanh-tra":
        assert len(rows) == 20
        assert all(row["dan_toc"] is None and row["ton_giao"] is None for row in rows)
        assert all(row["so_cccd"].startswith("nnnnnnnn") for row in rows)


def test_congestion_cells_hold_ten_vehicles(dan_cu_copy: Copy) -> None:
    """The logistics question: a cell and hour of thirty vehicles is shown, thirty passes of one vehicle are not."""
    dan_cu_copy.owner.execute(
        """
        CREATE TABLE hanh_trinh (bien_so VARCHAR, thoi_diem TIMESTAMP, vi_do FLOAT8, kinh_do FLOAT8, toc_do FLOAT8);
        INSERT INTO hanh_trinh
        SELECT '30A-' || i, timestamp '2026-01-05 08:00' + i * interval '1 minute', 21.0312 + (i % 5) / 1e4, 105.8541,
            20 + i FROM generate_series(1, 30) r (i);
        INSERT INTO hanh_trinh
        SELECT '30A-1', timestamp '2026-01-05 12:00' + i * interval '1 minute', 21.2, 105.9, 5
        FROM generate_series(1, 30) r (i)
        """
    )
    workspace = repoint(dan_cu_copy.workspace, "giao_thong", dan_cu_copy.url)
    [question] = [q for q in questions() if q.subject == "cong-ty-logistics"]
    with Gateway.open(workspace.path) as gateway:
        answer = gateway.query(question.sql, subject=question.subject, purpose="B2", source="giao_thong")
    rows = answer.table.to_pylist()
    assert [(row["so_xe"], row["luot"], row["toc_do_tb"]) for row in rows] == [(30, 30, 35.5)]
    assert (round(rows[0]["vi_do"], 6), round(rows[0]["kinh_do"], 6)) == (21.03, 105.85)


@pytest.mark.parametrize("source", HONEST)
def test_cleared_for_everything_sees_what_the_database_returns(
    postgres_workspace: Workspace, postgres_server: Server, source: str
) -> None:
    problems: list[str] = []
    with Gateway.open(postgres_workspace.path) as gateway, postgres_server.connect(f"goc_{source}") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for sql in HONEST[source]:
            direct = connection.execute(sql.replace("SELECT * FROM mot_phan", "SELECT ma, ngay FROM mot_phan"))
            try:
                answer = cleared(gateway, sql, source).table
            except PhantangError as error:
                problems.append(f"{error.code} {error.params}: {sql}")
                continue
            assert direct.description is not None
            expected = as_text_where_text(direct, answer)
            got = list(zip(*(column.to_pylist() for column in answer.columns), strict=True))
            names = [column.name for column in direct.description]
            equal = len(got) == len(expected) and all(
                same(left, right) for one, other in zip(got, expected, strict=True)
                for left, right in zip(one, other, strict=True)
            )  # fmt: skip
            if names != answer.column_names or not equal:
                problems.append(f"{names} {expected[:2]} but got {answer.column_names} {got[:2]}: {sql}")
    assert not problems, "\n".join(problems)


def test_only_what_the_account_may_read_is_catalogued(postgres_workspace: Workspace) -> None:
    with Gateway.open(postgres_workspace.path) as gateway:
        assets = {asset.name.local: asset for asset in gateway.snapshot.tables_of(PECULIAR)}
    assert sorted(assets) == [
        "kho.kieu", "kho.tong", "kho.xem", "public.Hồ sơ", "public.bang_trong", "public.giao_dich", "public.mot_phan",
    ]  # fmt: skip
    assert [entry.name for entry in assets["public.mot_phan"].columns] == ["ma", "ngay"]
    types = {entry.name: entry.type for entry in assets["kho.kieu"].columns}
    assert types["so_tien"] == "NUMERIC(18,2)"
    assert types["trang_thai"] == '"Trạng thái"'
    assert types["so_giay_to"] == "CHARACTER(12)"
    assert types["nhan"] == "TEXT[]"


@pytest.mark.parametrize("tag", ["person.name", "person.national_id", "person.birth_date", "sensitive.health"])
def test_masks_hold_on_every_type(postgres_workspace: Workspace, tag: str) -> None:
    """Whatever an officer decides a column is, the auditor's masked sample runs and shows no original value of it."""
    by_chance = {"ma", "co"}  # a mask may map a small number or a Boolean to itself
    snapshot = read_catalog(postgres_workspace)
    [asset] = [asset for asset in snapshot.tables_of(PECULIAR) if asset.name.table == "kieu"]
    names = [entry.name for entry in asset.columns]
    for name in names:
        asset = catalog.override(asset, name, tag, snapshot.tags, by="tests", reason="every mask on every type")
    publish_assets(postgres_workspace, [asset], "override", {})
    with Gateway.open(postgres_workspace.path) as gateway:
        original = cleared(gateway, "SELECT * FROM kho.kieu", PECULIAR).table
        sample = gateway.query("SELECT * FROM kho.kieu", subject="thanh-tra", purpose="A1", source=PECULIAR).table
    assert sample.column_names == names
    assert sample.num_rows == original.num_rows
    for name in set(names) - by_chance:
        shown = {str(value) for value in sample.column(name).to_pylist() if value is not None}
        assert not shown & {str(value) for value in original.column(name).to_pylist()}, name
