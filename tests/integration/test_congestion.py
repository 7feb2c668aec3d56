"""docs/examples/congestion.md: the product of journeys a business may have, and the variants it may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from phantang import Gateway
from phantang.flow.query.gateway import Denied
from phantang.model.errors import PhantangError

if TYPE_CHECKING:
    from phantang.store import Workspace

DOCUMENT = (Path(__file__).parents[2] / "docs/examples/congestion.md").read_text(encoding="utf-8")
PRODUCT = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)[0]
ASK: dict[str, Any] = {"subject": "cong-ty-logistics", "purpose": "B2", "source": "giao_thong"}
REFUSED = [
    ("SELECT vi_do, kinh_do, thoi_diem, toc_do FROM hanh_trinh", "policy_denied", "hard/personal_data_sale"),
    ("SELECT bien_so, vi_do FROM hanh_trinh", "policy_denied", "hard/location_identifier"),
    ("SELECT bien_so, count(*) FROM hanh_trinh GROUP BY bien_so", "policy_denied", "aggregate/statistics"),
    (
        "SELECT vi_do, count(*) FROM hanh_trinh WHERE bien_so = 'x' GROUP BY vi_do",
        "policy_denied",
        "hard/location_identifier",
    ),
    (
        "SELECT ho_ten_chu_xe, vi_do, count(*) FROM hanh_trinh JOIN phuong_tien USING (bien_so) GROUP BY ALL",
        "policy_denied",
        "hard/location_identifier",
    ),
    ("SELECT vi_do, min(thoi_diem) FROM hanh_trinh GROUP BY vi_do", "group_size_value", "group_size_value"),
    ("SELECT vi_do, max(toc_do) FROM hanh_trinh GROUP BY vi_do", "group_size_value", "group_size_value"),
    ("SELECT vi_do, quantile_cont(toc_do, 0.5) FROM hanh_trinh GROUP BY vi_do", "group_size_value", "group_size_value"),
    ("SELECT vi_do, list(toc_do) FROM hanh_trinh GROUP BY vi_do", "group_size_value", "group_size_value"),
    (
        "SELECT vi_do, rank() OVER (ORDER BY count(*)) FROM hanh_trinh GROUP BY vi_do",
        "policy_denied",
        "aggregate/statistics",
    ),
]  # fmt: skip


def test_the_product_has_coarse_cells_and_no_small_group(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        rows = gateway.query(PRODUCT, **ASK).table.to_pylist()
        direct = gateway.engine("giao_thong").run(
            "SELECT floor(vi_do * 100) / 100 AS v, floor(kinh_do * 100) / 100 AS k, "
            "date_trunc('hour', thoi_diem) AS g, count(DISTINCT bien_so) AS n, "
            "count(DISTINCT bien_so) FILTER (WHERE toc_do IS NOT NULL) AS measured "
            "FROM main.hanh_trinh GROUP BY 1, 2, 3",
            timeout=60,
        )
    # As many must have a speed, else the average would be that of fewer.
    large = {(row["v"], row["k"], row["g"]): row["n"] for row in direct.to_pylist() if row["measured"] >= 10}
    assert rows
    assert {(row["vi_do"], row["kinh_do"], row["gio"]): row["so_xe"] for row in rows} == large
    assert len(large) < direct.num_rows


@pytest.mark.parametrize(("sql", "code", "rule"), REFUSED)
def test_the_leaky_variants_are_refused(workspace: Workspace, sql: str, code: str, rule: str) -> None:
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied) as caught:
        gateway.query(sql, **ASK)
    assert caught.value.code == code
    assert rule in {reason["rule"] for reason in caught.value.explanation.to_json()["reasons"]}
    assert rule in DOCUMENT or rule == "aggregate/statistics"


@pytest.mark.parametrize(
    "fast", ["sum(CASE WHEN toc_do > 80 THEN 1 ELSE 0 END)", "count(*) FILTER (WHERE toc_do > 80)"]
)
def test_a_condition_inside_a_count_splits_no_cell_into_few_cars(workspace: Workspace, fast: str) -> None:
    with Gateway.open(workspace.path) as gateway:
        rows = gateway.query(f"SELECT vi_do, {fast} AS fast FROM hanh_trinh GROUP BY vi_do", **ASK).table.to_pylist()
        direct = gateway.engine("giao_thong").run(
            "SELECT floor(vi_do * 100) / 100 AS v, CAST(count(*) FILTER (WHERE toc_do > 80) AS INTEGER) AS fast, "
            "count(DISTINCT bien_so) FILTER (WHERE toc_do > 80) AS over, "
            "count(DISTINCT bien_so) FILTER (WHERE toc_do > 80 IS NOT TRUE) AS others "
            "FROM main.hanh_trinh GROUP BY 1",
            timeout=60,
        )
    cells = direct.to_pylist()
    large = {row["v"]: row["fast"] for row in cells if {row["over"], row["others"]}.isdisjoint(range(1, 10))}
    assert rows
    assert {row["vi_do"]: row["fast"] for row in rows} == large
    assert len(large) < len(cells)


def test_finer_cells_are_not_finer(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        fine = gateway.query("SELECT floor(vi_do * 1000) / 1000 AS v, count(*) FROM hanh_trinh GROUP BY 1", **ASK).table
    # The user's floor may fall one thousandth short of a cell's corner, which is no finer.
    assert all(abs(row["v"] * 100 - round(row["v"] * 100)) < 0.11 for row in fine.to_pylist())


def test_the_product_with_one_condition_more_is_refused(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query(PRODUCT, **ASK)
        with pytest.raises(PhantangError) as caught:
            gateway.query(PRODUCT.replace("GROUP BY", "WHERE toc_do < 60 GROUP BY"), **ASK)
        assert caught.value.code == "aggregate_difference"
        assert gateway.query(PRODUCT, **ASK).table.num_rows
