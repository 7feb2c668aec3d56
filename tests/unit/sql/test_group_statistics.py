"""What statistics of people may call, as data: refused by the pass, and by the guard where the pass is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from phantang.model.catalog import Asset
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.errors import GuardError, Refused
from phantang.model.names import TableName
from phantang.sql import DIALECTS, guard, plan, resolve, selection
from phantang.sql.language.allowlist import allow_list
from phantang.sql.language.literals import form

from ...property.twins import SCHEMA, assets, decision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phantang.model.plan import Plan

CASES = yaml.safe_load((Path(__file__).parents[2] / "fixtures" / "sql" / "group_size.yaml").read_text(encoding="utf-8"))
OWED = Obligations(aggregate_only=True, min_group_size=10)
EVENTS = {"ma": "VARCHAR", "so_cccd": "VARCHAR", "co": "BOOLEAN", "so": "INTEGER"}


def cases(kind: str) -> list[Any]:
    return list(_cases(kind))


def _cases(kind: str) -> Iterator[Any]:
    for group in CASES[kind]:
        for dialect in DIALECTS if "only" not in group else [group["only"]]:
            for text in group["sql"]:
                yield pytest.param(dialect, text, group, id=f"{dialect}: {text}")


def planned(text: str, dialect: str, allowed: Decision | None = None) -> Plan:
    catalog, given = known(dialect)
    made = plan(resolve(text, dialect, catalog), allowed or given, catalog)
    guard(made, allowed or given, catalog)
    return made


def known(dialect: str) -> tuple[tuple[Asset, ...], Decision]:
    """Return the twins' tables and one of events of people, and a decision that shows all of them."""
    catalog, allowed = tuple(assets(dialect)), decision(dialect, obligations=OWED)
    entry = catalog[0].columns[0]
    columns = tuple(replace(entry, name=name, type=kind) for name, kind in EVENTS.items())
    name = TableName(catalog[0].name.source, SCHEMA[dialect], "su_kien")
    events = Asset(name, columns, privacy_unit="so_cccd", primary_key=("ma",))
    shown = {**allowed.columns, name.local: dict.fromkeys(EVENTS, ColumnDecision(Effect.CLEAR))}
    return (*catalog, events), replace(allowed, columns=shown, rows={**allowed.rows, name.local: ()})


@pytest.mark.parametrize(("dialect", "text", "case"), cases("refused"))
def test_it_is_refused(dialect: str, text: str, case: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as refused:
        planned(text, dialect)
    assert refused.value.code == case["code"]
    for name in ("require_fit", "require_certain"):
        monkeypatch.setattr(f"phantang.sql.rewriting.passes.group_size.{name}", lambda *_: None)
    with pytest.raises(GuardError) as failed:
        planned(text, dialect)
    assert failed.value.params["name"] == case["guard"]


@pytest.mark.parametrize(("dialect", "text", "case"), cases("answered"))
def test_it_is_answered(dialect: str, text: str, case: dict[str, str]) -> None:
    assert planned(text, dialect).sql


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_masked_unit_is_counted_only_if_the_mask_tells_people_apart(dialect: str) -> None:
    _, allowed = known(dialect)
    table = f"{SCHEMA[dialect]}.cong_dan"
    for mask, answered in ((Mask.HASH, True), (Mask.TOKEN, True), (Mask.SHOW_LAST_4, False), (Mask.NULL, False)):
        masked = {**allowed.columns[table], "so_cccd": ColumnDecision(Effect.MASK, mask)}
        given = replace(allowed, columns={**allowed.columns, table: masked})
        if answered:
            assert planned("SELECT count(DISTINCT so_cccd) FROM cong_dan", dialect, given)
            continue
        with pytest.raises(Refused, match="group_size_function"):
            planned("SELECT count(DISTINCT so_cccd) FROM cong_dan", dialect, given)


@pytest.mark.parametrize(
    ("fine", "other"),
    [
        (
            "ngay_sinh < CAST('1980-01-01T00:00:00Z' AS TIMESTAMP)",
            "ngay_sinh < CAST('1980-01-01T00:00:0xZ' AS TIMESTAMP)",
        ),
        ("thu_nhap = CAST('12' AS INTEGER)", "thu_nhap = CAST('1x' AS INTEGER)"),
        ("ngay_sinh < '2026-01-01'", "ngay_sinh < 'today 00:00'"),
    ],
)
def test_a_cached_plan_is_not_used_for_a_text_that_is_read_otherwise(fine: str, other: str) -> None:
    forms = []
    for condition in (fine, other):
        query = resolve(f"SELECT count(*) FROM cong_dan WHERE {condition}", "postgres", known("postgres")[0])
        forms.append([form(one) for one in query.literals])
    assert forms[0] != forms[1]


def test_every_aggregate_is_of_a_kind_or_named_here() -> None:
    """One that is added to the lists is refused under a group size until somebody says what its answers tell."""
    without = {name for dialect in DIALECTS for name in allow_list(dialect).counting - allow_list(dialect).kinds.keys()}
    assert without == {
        "ApproxDistinct", "Kurtosis", "Skewness", "entropy", "kurtosis_pop", "geomean", "geometric_mean", "countif",
    }  # fmt: skip


def test_all_but_an_average_alone_is_taken_to_tell_the_number() -> None:
    catalog, allowed = known("duckdb")
    for aggregates, counted in (
        ("avg(thu_nhap)", False),
        ("sum(thu_nhap), fsum(thu_nhap), kahan_sum(thu_nhap)", True),  # the average may be asked for next
        ("mean(thu_nhap), favg(thu_nhap)", True),  # not avg by name: held to more
        ("fsum(thu_nhap) / favg(thu_nhap)", True),
        ("fsum(thu_nhap), mean(thu_nhap)", True),
        ("stddev(thu_nhap), sem(thu_nhap)", True),
        ("var_pop(thu_nhap), var_samp(thu_nhap)", True),
    ):
        made = selection(resolve(f"SELECT {aggregates} FROM cong_dan", "duckdb", catalog), allowed, catalog)
        assert made is not None
        assert made.counted == (counted,)


def test_a_ratio_by_other_names_owes_what_sum_over_avg_owes() -> None:
    text = "SELECT sum(thu_nhap) / avg(thu_nhap), sum(so) / avg(so) FROM cong_dan JOIN su_kien USING (so_cccd)"
    other = text.replace("sum", "fsum").replace("avg", "favg")
    made, wanted = (planned(one, "duckdb").sql.upper() for one in (other, text))
    assert made.replace("FSUM", "SUM").replace("FAVG", "AVG") == wanted
