"""What is refused because of what was asked before: seen from outside, on real databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang import Gateway
from phantang.cli.app import run
from phantang.flow.clock import today
from phantang.flow.query import comparison, limits
from phantang.model.errors import EngineError, PhantangError, Refused, WorkspaceError
from phantang.samples import DEMO_CITIZEN_CCCD

if TYPE_CHECKING:
    from pathlib import Path

    from phantang.store import Workspace

LOOKUP = f"SELECT ho_ten FROM cong_dan WHERE so_cccd = '{DEMO_CITIZEN_CCCD}'"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_lookups_end_at_the_limit_of_the_day(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    edit(
        workspace.path / "policies/law/limits/data.yaml",
        "commune_officer_single_case: 200",
        "commune_officer_single_case: 2",
    )
    ask = {"subject": "xa-ba-dinh", "purpose": "L2", "source": "dan_cu"}
    with Gateway.open(workspace.path) as gateway:
        for _ in range(2):
            assert gateway.query(LOOKUP, **ask).table.num_rows == 1
        with pytest.raises(Refused) as caught:
            gateway.query(LOOKUP, **ask)
        assert gateway.explain(LOOKUP, **ask).allowed
        assert caught.value.code == "lookup_limit"
        last = [entry for entry in gateway.ledger.entries() if entry.kind == "outcome"][-1]
    assert last.body["status"] == "lookup_limit"
    command = [
        "-w",
        str(workspace.path),
        "query",
        "--as",
        "xa-ba-dinh",
        "--purpose",
        "L2",
        "--source",
        "dan_cu",
        LOOKUP,
    ]
    assert run(command) == 3
    assert "lookup_limit" in capsys.readouterr().err


def test_a_list_is_no_lookup(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query("SELECT ho_ten FROM cong_dan LIMIT 3", subject="thanh-tra", purpose="A1", source="dan_cu")
    assert not (workspace.path / ".phantang/usage").exists()


DASHBOARD = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "dan_cu"}
BY_RELIGION = "SELECT ton_giao, count(*) AS n FROM cong_dan GROUP BY ton_giao"


@pytest.mark.parametrize("turned", [False, True])
def test_a_condition_inside_an_aggregate_is_compared_like_a_group(workspace: Workspace, turned: bool) -> None:
    """All women less those outside one commune: the few of that commune."""
    women = "gioi_tinh = 'Nữ'"
    with closing(duckdb.connect(str(workspace.path / "data/dan_cu.duckdb"), read_only=True)) as database:
        few = f"FROM cong_dan WHERE ma_tinh = '01' AND {women} GROUP BY 1 HAVING count(*) BETWEEN 1 AND 5"
        [(commune,)] = database.execute(f"SELECT ma_xa {few} ORDER BY 1 LIMIT 1").fetchall()
    asked = [
        f"SELECT count(*) FROM cong_dan WHERE {women}",
        f"SELECT count(CASE WHEN {women} AND ma_xa <> '{commune}' THEN 1 END) FROM cong_dan",
    ]
    with Gateway.open(workspace.path) as gateway:
        assert gateway.query(asked[turned], **DASHBOARD).table.num_rows == 1
        with pytest.raises(Refused) as caught:
            gateway.query(asked[not turned], **DASHBOARD)
        assert caught.value.code == "aggregate_difference"


def test_shares_by_commune_are_answered(workspace: Workspace) -> None:
    share = (
        "SELECT ma_xa, count(*) AS n, avg(CASE WHEN gioi_tinh = 'Nữ' THEN 1 ELSE 0 END) AS nu FROM cong_dan GROUP BY 1"
    )
    with Gateway.open(workspace.path) as gateway:
        rows = gateway.query(share, **DASHBOARD).table.to_pylist()
    assert rows
    assert all(min(row["nu"], 1 - row["nu"]) * row["n"] > 9.5 or row["nu"] in {0, 1} for row in rows)


def test_an_answer_that_completes_an_earlier_one_is_refused(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        shown = gateway.query(BY_RELIGION, **DASHBOARD).table
        assert gateway.query(BY_RELIGION, **DASHBOARD).table.num_rows == shown.num_rows
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT count(ton_giao) FROM cong_dan", **DASHBOARD)
        assert caught.value.code == "aggregate_difference"
        last = list(gateway.ledger.entries())[-1]
        assert last.body["status"] == "aggregate_difference"
        # What was refused was not answered, so it does not stand in the way of anything.
        assert gateway.query(f"{BY_RELIGION} ORDER BY n", **DASHBOARD).table.num_rows == shown.num_rows


def another(workspace: Workspace, name: str, *, part_of: str | None) -> None:
    """Let a second subject ask what ioc-ha-noi may ask."""
    agencies = workspace.path / "catalog/agencies"
    text = (agencies / "ioc-ha-noi.yaml").read_text(encoding="utf-8").replace("id: ioc-ha-noi", f"id: {name}", 1)
    added = f"part_of: {part_of}\n" if part_of else ""
    (agencies / f"{name}.yaml").write_text(f"{text.rstrip()}\n{added}", encoding="utf-8")


TOTAL = "SELECT count(ton_giao) FROM cong_dan"


def test_the_record_of_answers_outlives_the_process_and_is_per_subject(workspace: Workspace) -> None:
    another(workspace, "ioc-khac", part_of=None)
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
    with Gateway.open(workspace.path) as gateway:
        with pytest.raises(Refused):
            gateway.query(TOTAL, **DASHBOARD)
        assert gateway.query(TOTAL, **{**DASHBOARD, "subject": "ioc-khac"}).table.num_rows == 1


def test_subjects_of_one_organisation_hold_their_answers_together(workspace: Workspace) -> None:
    another(workspace, "ioc-phong-a", part_of="ioc-ha-noi")
    another(workspace, "ioc-phong-b", part_of="ioc-ha-noi")
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **{**DASHBOARD, "subject": "ioc-phong-a"})
        for subject in ("ioc-phong-b", "ioc-ha-noi"):
            with pytest.raises(Refused) as caught:
                gateway.query(TOTAL, **{**DASHBOARD, "subject": subject})
            assert caught.value.code == "aggregate_difference"
            gateway.query(BY_RELIGION, **{**DASHBOARD, "subject": subject})


def test_an_organisation_that_is_no_id_is_an_error_with_its_line(workspace: Workspace) -> None:
    another(workspace, "ioc-phong-a", part_of="'hai tên'")
    with pytest.raises(WorkspaceError) as caught:
        Gateway.open(workspace.path)
    assert "ioc-phong-a.yaml" in str(caught.value.params["file"])


def test_old_answers_end_after_the_stated_days(workspace: Workspace) -> None:
    with (workspace.path / "phantang.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[query]\nanswers_days = 30\n")
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
    for day, refused in ((29, True), (31, False)):
        old = (datetime.now(UTC) - timedelta(days=day)).date().isoformat()
        with closing(sqlite3.connect(workspace.usage().path)) as usage, usage:
            usage.execute("UPDATE answered SET day = ?", (old,))
        with Gateway.open(workspace.path) as gateway:
            assert (gateway.explain(TOTAL, **DASHBOARD).at_run == "aggregate_difference") is refused
            if refused:
                with pytest.raises(Refused):
                    gateway.query(TOTAL, **DASHBOARD)
            else:
                assert gateway.query(TOTAL, **DASHBOARD).table.num_rows == 1
    with closing(sqlite3.connect(workspace.usage().path)) as usage:
        assert usage.execute("SELECT count(*) FROM answers").fetchone() == (1,)  # what ended is gone


def dumped(usage: sqlite3.Connection) -> list[str]:
    return [line for line in usage.iterdump() if "refusals" not in line]


def test_refusals_are_counted_and_end_for_the_day(workspace: Workspace) -> None:
    with (workspace.path / "phantang.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[query]\nrefusals_a_day = 2\n")
    women, harmless = (f"{TOTAL} WHERE {one}" for one in ("gioi_tinh = 'Nữ'", "ton_giao = 'Không'"))
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
        for _ in range(3):  # the same question tells the same
            with pytest.raises(Refused) as caught:
                gateway.query(TOTAL, **DASHBOARD)
            assert caught.value.code == "aggregate_difference"
        assert (
            gateway.explain(f"{TOTAL} WHERE gioi_tinh IN ('Nam', 'Nữ')", **DASHBOARD).at_run == "aggregate_difference"
        )
        for question in (women, harmless):  # whether or not it would be refused for what it tells
            assert gateway.explain(question, **DASHBOARD).at_run == "aggregate_refusals"
            with pytest.raises(Refused) as caught:
                gateway.query(question, **DASHBOARD)
            assert caught.value.code == "aggregate_refusals"
        gateway.query(BY_RELIGION, **DASHBOARD)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    with closing(sqlite3.connect(workspace.usage().path)) as usage, usage:
        usage.execute("UPDATE refusals SET day = ?", (yesterday,))
    with Gateway.open(workspace.path) as gateway:
        assert gateway.query(harmless, **DASHBOARD).table.num_rows == 1


def test_explain_says_what_would_be_refused_and_keeps_nothing(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    with Gateway.open(workspace.path) as gateway:
        assert gateway.explain(TOTAL, **DASHBOARD).at_run is None
        assert not (workspace.path / ".phantang/usage").exists()
        gateway.query(BY_RELIGION, **DASHBOARD)
        with closing(sqlite3.connect(workspace.usage().path)) as usage:
            before = dumped(usage)
        explanation = gateway.explain(TOTAL, **DASHBOARD)
        assert explanation.allowed
        assert explanation.to_json()["at_run"] == "aggregate_difference"
        assert gateway.explain(BY_RELIGION, **DASHBOARD).at_run is None
        last = list(gateway.ledger.entries())[-2]
        assert last.body["at_run"] == "aggregate_difference"
    with closing(sqlite3.connect(workspace.usage().path)) as usage:
        assert dumped(usage) == before
        assert usage.execute("SELECT count(*) FROM refusals").fetchone() == (1,)  # the forecast is an answer too
    words = ["-w", str(workspace.path), "--lang", "en", "explain", "--as", "ioc-ha-noi", "--purpose", "L1"]
    assert run([*words, "--source", "dan_cu", TOTAL]) == 0
    assert "refused for what was asked before: aggregate_difference" in capsys.readouterr().out


def test_what_cannot_be_compared_is_not_answered(workspace: Workspace) -> None:
    with Gateway.open(workspace.path) as gateway:
        gateway.query(BY_RELIGION, **DASHBOARD)
    database = workspace.usage().path
    with closing(sqlite3.connect(database)) as usage, usage:
        usage.execute("UPDATE answers SET selection = replace(selection, 'ton_giao', 'cot_da_mat')")
        usage.execute("UPDATE answers SET digest = 'of-an-earlier-version'")
    with Gateway.open(workspace.path) as gateway:
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT gioi_tinh, count(*) FROM cong_dan GROUP BY gioi_tinh", **DASHBOARD)
        assert caught.value.code == "aggregate_earlier"
        # An operator finds the answer under the name that it has on record.
        assert caught.value.params["digest"] == "of-an-earlier-version"


def test_a_bi_tool_is_answered_as_the_plain_question_is(workspace: Workspace) -> None:
    wrapped = (
        'SELECT "t0"."tg" AS "tg", "t0"."n" FROM (SELECT "s"."ton_giao" AS "tg", count(*) AS "n" '
        'FROM (SELECT * FROM "cong_dan") AS "s" GROUP BY 1) AS "t0" WHERE NOT "t0"."n" IS NULL LIMIT 1000001'
    )
    with Gateway.open(workspace.path) as gateway:
        plain = sorted(gateway.query(BY_RELIGION, **DASHBOARD).table.to_pydict()["n"])
        assert sorted(gateway.query(wrapped, **DASHBOARD).table.to_pydict()["n"]) == plain
        assert plain
        # What an earlier answer completes stays so in other words.
        with pytest.raises(Refused) as caught:
            gateway.query("SELECT count(s.tg) FROM (SELECT ton_giao AS tg FROM cong_dan) AS s", **DASHBOARD)
        assert caught.value.code == "aggregate_difference"


EVERYBODY = "SELECT count(*) AS n, sum(tro_cap) AS s FROM nguoi_dan"
OF_KNOWN_GENDER = f"{EVERYBODY} WHERE gioi_tinh IN ('Nam', 'Nữ')"


def answered_before(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Make a register, ask two questions that tell of nobody, and then add a person who is in one of them only."""
    register, folder = tmp_path / "so.duckdb", tmp_path / "workspace"
    with duckdb.connect(str(register)) as database:
        database.execute("CREATE TABLE nguoi_dan (so_cccd VARCHAR PRIMARY KEY, gioi_tinh VARCHAR, ma_xa VARCHAR, "
                         "ma_tinh VARCHAR, tro_cap DOUBLE)")  # fmt: skip
        database.execute("INSERT INTO nguoi_dan SELECT '0' || (10850000000 + i * 7), if(i % 2 = 0, 'Nam', 'Nữ'), "
                         "'00004', '01', 500.0 + i FROM range(100) t(i)")  # fmt: skip
    assert run(["init", str(folder), "--source", f"so=duckdb:///{register}"]) == 0
    assert run(["-w", str(folder), "scan", "--accept", "--by", "tests"]) == 0
    ask = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "so"}
    with Gateway.open(folder) as gateway:
        for question in (EVERYBODY, OF_KNOWN_GENDER):
            gateway.query(question, **ask)
    with duckdb.connect(str(register)) as database:
        database.execute("INSERT INTO nguoi_dan VALUES ('001085099999', 'Khác', '00004', '01', 777.25)")
    return folder, ask


def test_what_was_compared_on_one_day_is_compared_again_on_another(tmp_path: Path) -> None:
    folder, ask = answered_before(tmp_path)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    with closing(sqlite3.connect(folder / ".phantang/usage/usage.sqlite")) as usage, usage:
        usage.execute("UPDATE answered SET day = ?", (yesterday,))
        usage.execute("UPDATE agreed SET day = ?", (yesterday,))
    with Gateway.open(folder) as gateway:
        assert gateway.query(EVERYBODY, **ask).table.to_pylist()[0]["n"] == 101
        # In other words it is a new question, which tells nothing that yesterday's two would not tell of today.
        for question in (OF_KNOWN_GENDER, OF_KNOWN_GENDER, f"{EVERYBODY} WHERE gioi_tinh <> 'Khác'"):
            with pytest.raises(Refused) as caught:
                gateway.query(question, **ask)
            assert caught.value.code == "aggregate_difference"
        assert gateway.query(EVERYBODY, **ask).table.to_pylist()[0]["n"] == 101


def test_what_is_read_after_midnight_is_compared_with_what_others_read_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both agreed today. One is asked a moment before midnight; while it is read, another process asks the other."""
    folder, ask = answered_before(tmp_path)
    day, said = datetime.fromisoformat(today()), []
    now = [day.date().isoformat(), (day + timedelta(days=1)).date().isoformat()]
    monkeypatch.setattr(limits, "today", lambda: now[0])
    with Gateway.open(folder) as gateway:
        engine = gateway.engine("so")
        read = engine.run

        def slowly(statement: str, *of: Any, **bounds: Any) -> Any:
            if len(now) > 1 and "count(*) OVER () AS total" not in statement:
                del now[0]
                with Gateway.open(folder) as other:
                    said.append(other.query(OF_KNOWN_GENDER, **ask).table.to_pylist()[0]["n"])
            return read(statement, *of, **bounds)

        monkeypatch.setattr(engine, "run", slowly)
        with pytest.raises(Refused) as caught:
            gateway.query(EVERYBODY, **ask)
    assert (said, caught.value.code) == ([100], "aggregate_difference")


def place_of(folder: Path, create: str) -> Gateway:
    """Make a workspace over a register of citizens, `create` being what else is done to it."""
    with duckdb.connect(str(folder / "x.duckdb")) as database:
        database.execute(
            "CREATE TABLE nguoi_dan (so_cccd VARCHAR PRIMARY KEY, gioi_tinh VARCHAR, ma_xa VARCHAR, ma_tinh VARCHAR,"
            " nghe_nghiep VARCHAR, ton_giao VARCHAR, tro_cap DOUBLE, luong_huu DOUBLE, dien_tich DOUBLE);"
            "INSERT INTO nguoi_dan SELECT '0' || (10850000000 + i * 7), if(i % 2 = 0, 'Nam', 'Nữ'),"
            " CASE WHEN i < 100 THEN '00004' WHEN i < 185 THEN '00008' ELSE '00013' END, '01',"
            " if(i % 5 < 3, 'Nông dân', 'Công nhân'), 'Không', 500 + i, 1000 + i, 10 + i FROM range(200) t(i);"
            f"{create}"
        )
    assert run(["init", str(folder / "w"), "--source", f"x=duckdb:///{folder / 'x.duckdb'}"]) == 0
    assert run(["-w", str(folder / "w"), "scan", "x", "--accept"]) == 0
    return Gateway.open(folder / "w")


ASK = {"subject": "ioc-ha-noi", "purpose": "L1", "source": "x"}


def outcome(gateway: Gateway, sql: str) -> str:
    try:
        gateway.query(sql, **ASK)
    except PhantangError as refused:
        return refused.code
    return "answered"


def test_a_group_that_was_shown_from_fewer_people_hides_nothing(tmp_path: Path) -> None:
    """Communes are shown from 10 people, religions from 20; one commune has 15. One believer is not told of."""
    with place_of(tmp_path, "UPDATE nguoi_dan SET ton_giao = 'Công giáo' WHERE luong_huu = 1007") as gateway:
        by = "SELECT ma_xa, count(*) AS n, sum(dien_tich) AS s FROM nguoi_dan {} GROUP BY ma_xa"
        assert outcome(gateway, by.format("")) == "answered"
        assert outcome(gateway, by.format("WHERE ton_giao = 'Không'")) == "aggregate_difference"


@pytest.mark.parametrize(
    ("create", "sql"),
    [
        ("", "SELECT count(*) AS n FROM nguoi_dan WHERE CAST(gioi_tinh AS INTEGER) = 1"),
        ("CREATE VIEW v_dan AS SELECT * FROM nguoi_dan", "SELECT count(*) AS n FROM v_dan"),
    ],
)
def test_what_cannot_be_counted_stands_in_nobodys_way(tmp_path: Path, create: str, sql: str) -> None:
    """A question that fails at the source, and a view, whose rows nothing tells apart."""
    with place_of(tmp_path, create) as gateway:
        for _ in range(2):
            assert outcome(gateway, sql) != "answered"
        assert outcome(gateway, "SELECT count(*) AS n FROM nguoi_dan") == "answered"


#: Forty newborn of the first commune have no allowance but one of them.
NEWBORN = (
    "UPDATE nguoi_dan SET tro_cap = NULL, nghe_nghiep = 'Mới sinh' WHERE luong_huu < 1040;"
    "UPDATE nguoi_dan SET nghe_nghiep = 'Mới sinh' WHERE luong_huu = 1050;"
)
COUNTS = "SELECT ma_xa, count(*) AS n, count(tro_cap) AS c FROM nguoi_dan GROUP BY ma_xa"
OF_NEWBORN = "SELECT count(*) AS n FROM nguoi_dan WHERE ma_xa = '00004' AND nghe_nghiep = 'Mới sinh'"
IN_TURN = {
    # who lacks an allowance in a group that was shown, beside one that was not
    "with a value": (NEWBORN, COUNTS, OF_NEWBORN),
    "the other way round": (NEWBORN, OF_NEWBORN, COUNTS),
    "a group not shown": (f"{NEWBORN} UPDATE nguoi_dan SET tro_cap = NULL WHERE luong_huu = 1150", COUNTS, OF_NEWBORN),
    # a sum, and for the same people the average: their number
    "sum": (
        NEWBORN,
        "SELECT sum(tro_cap) AS s FROM nguoi_dan WHERE ma_xa = '00004'",
        f"{OF_NEWBORN[: OF_NEWBORN.index(' AND')]} AND nghe_nghiep <> 'Mới sinh'",
    ),
    "two sums": (
        (
            "UPDATE nguoi_dan SET tro_cap = if(luong_huu < 1040, NULL, tro_cap),"
            " luong_huu = if(luong_huu < 1040 OR luong_huu = 1050, NULL, luong_huu)"
        ),
        "SELECT sum(tro_cap) AS s FROM nguoi_dan",
        "SELECT sum(luong_huu) AS s FROM nguoi_dan",
    ),
}


@pytest.mark.parametrize("case", IN_TURN)
def test_who_has_a_value_is_compared_as_it_was_shown(case: str, tmp_path: Path) -> None:
    create, first, second = IN_TURN[case]
    with place_of(tmp_path, create) as gateway:
        assert outcome(gateway, first) == "answered"
        assert outcome(gateway, second) == "aggregate_difference"


def test_what_is_answered_while_another_is_compared_is_compared_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same is asked once more and stopped, then all but one person: the first one has to wait for that."""
    compare, asked = comparison.require_apart, []
    with (
        place_of(tmp_path, "UPDATE nguoi_dan SET nghe_nghiep = 'Giám đốc' WHERE luong_huu = 1007") as gateway,
        Gateway.open(gateway.workspace.path) as other,
    ):

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        def meanwhile(*of: Any) -> None:
            compare(*of)
            monkeypatch.setattr(limits, "require_apart", stop)
            with pytest.raises(KeyboardInterrupt):
                other.query(EVERYBODY, **ASK)
            monkeypatch.setattr(limits, "require_apart", compare)
            asked.append(outcome(other, f"{EVERYBODY} WHERE nghe_nghiep <> 'Giám đốc'"))

        monkeypatch.setattr(limits, "require_apart", meanwhile)
        assert outcome(gateway, EVERYBODY) == "aggregate_difference"
    assert asked == ["answered"]


def test_a_number_that_is_known_makes_no_sum_known(tmp_path: Path) -> None:
    """Fifteen people of a commune are counted, from ten on; their allowances are added up from twenty on only."""
    with place_of(tmp_path, "") as gateway:
        assert outcome(gateway, "SELECT ma_xa, count(*) AS n FROM nguoi_dan GROUP BY ma_xa") == "answered"
        total = "SELECT sum(tro_cap) AS s FROM nguoi_dan"
        assert outcome(gateway, total) == "answered"
        assert outcome(gateway, f"{total} WHERE ma_xa <> '00013'") == "aggregate_difference"


#: One person's area does not fit a product: a sum over him fails.
TOO_LARGE = (
    "ALTER TABLE nguoi_dan ALTER dien_tich TYPE BIGINT; ALTER TABLE nguoi_dan ADD COLUMN so_luong BIGINT DEFAULT 7;"
    "UPDATE nguoi_dan SET dien_tich = 9000000000000000000 WHERE luong_huu = 1007"
)
PRODUCT = "SELECT sum(dien_tich * so_luong) AS s FROM nguoi_dan"
OF_FARMERS = f"{PRODUCT} WHERE nghe_nghiep = 'Nông dân'"
HARMLESS = "SELECT gioi_tinh, count(*) AS n FROM nguoi_dan GROUP BY gioi_tinh"


def limited(folder: Path, create: str, limit: int) -> Gateway:
    with place_of(folder, create) as gateway:
        file = gateway.workspace.path / "phantang.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[query]\nrefusals_a_day = {limit}\n", encoding="utf-8")
    return Gateway.open(file.parent)


def test_an_error_of_a_statistic_is_counted_like_a_refusal(tmp_path: Path) -> None:
    with limited(tmp_path, TOO_LARGE, 2) as gateway:
        assert outcome(gateway, HARMLESS) == "answered"
        for _ in range(3):  # the same question fails the same, and counts once
            assert outcome(gateway, PRODUCT) == "query_failed"
        assert outcome(gateway, OF_FARMERS) == "query_failed"
        # What is new is not asked any more, nor how else one could work out what was compared.
        for question in ("SELECT count(*) AS n FROM nguoi_dan", f"{HARMLESS} HAVING count(*) > 20"):
            assert outcome(gateway, question) == "aggregate_refusals"
            assert gateway.explain("SELECT count(*) AS n FROM nguoi_dan", **ASK).at_run == "aggregate_refusals"
    with closing(sqlite3.connect(gateway.workspace.usage().path)) as usage, usage:
        assert usage.execute("SELECT count(*) FROM failures").fetchone() == (2,)
        usage.execute("UPDATE failures SET day = '2026-01-01'")
    with Gateway.open(gateway.workspace.path) as gateway:
        assert outcome(gateway, "SELECT count(*) AS n FROM nguoi_dan") == "answered"


def test_what_was_answered_today_is_answered_whatever_was_refused(tmp_path: Path) -> None:
    """Somebody's refused questions do not close everybody's dashboard."""
    with limited(tmp_path, "UPDATE nguoi_dan SET nghe_nghiep = 'Giám đốc' WHERE luong_huu = 1007", 1) as gateway:
        assert outcome(gateway, EVERYBODY) == "answered"
        assert outcome(gateway, f"{EVERYBODY} WHERE nghe_nghiep <> 'Giám đốc'") == "aggregate_difference"
        assert outcome(gateway, HARMLESS) == "aggregate_refusals"
        assert outcome(gateway, EVERYBODY) == "answered"


@pytest.mark.parametrize(
    ("code", "state", "seen", "counted"),
    [
        ("query_timeout", "", "aggregate_unchecked", 1),
        ("query_failed", "22000", "aggregate_unchecked", 1),
        ("query_failed", "42000", "aggregate_uncountable", 0),
        ("source_unreachable", "", "source_unreachable", 0),
    ],
)
def test_a_comparison_that_fails_is_counted_where_that_may_tell_of_the_data(
    code: str, state: str, seen: str, counted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place_of(tmp_path, "") as gateway:
        engine = gateway.engine("x")
        answer = engine.run

        def fail(statement: str, *of: Any, **bounds: Any) -> Any:
            if "count(*) OVER () AS total" in statement:
                raise EngineError(code, source="x", **({"state": state} if state else {}))
            return answer(statement, *of, **bounds)

        monkeypatch.setattr(engine, "run", fail)
        assert gateway.explain(HARMLESS, **ASK).at_run == seen
        assert outcome(gateway, HARMLESS) == seen
        monkeypatch.undo()
        assert outcome(gateway, HARMLESS) == "answered"
        with closing(sqlite3.connect(gateway.workspace.usage().path)) as usage:
            assert usage.execute("SELECT count(*) FROM refusals").fetchone() == (counted,)


def test_questions_of_a_view_without_a_key_close_nothing(tmp_path: Path) -> None:
    with limited(tmp_path, "CREATE VIEW v_dan AS SELECT * FROM nguoi_dan", 2) as gateway:
        for condition in ("", "WHERE gioi_tinh = 'Nam'", "WHERE nghe_nghiep = 'Nông dân'"):
            assert outcome(gateway, f"SELECT count(*) AS n FROM v_dan {condition}") == "aggregate_uncountable"
        assert outcome(gateway, HARMLESS) == "answered"
        # An earlier answer that fails is counted once, for itself.
        with closing(sqlite3.connect(gateway.workspace.usage().path)) as usage, usage:
            usage.execute("UPDATE answers SET selection = replace(selection, 'gioi_tinh', 'cot_da_mat')")
        for condition in ("", "WHERE gioi_tinh = 'Nam'", "WHERE nghe_nghiep = 'Nông dân'"):
            assert outcome(gateway, f"SELECT count(*) AS n FROM nguoi_dan {condition}") == "aggregate_earlier"
