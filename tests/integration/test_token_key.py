"""The key of `TOKEN` is a bound parameter: it is in no SQL text, plan, log or record, on either engine."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import duckdb
import pytest

from phantang import Gateway, engines
from phantang.model.decision import Decision, Effect, Mask

from ..unit.sql.test_masks import planned

if TYPE_CHECKING:
    from phantang.store import Workspace

KEY = bytes(range(65, 97))


def _spellings(key: bytes) -> list[str]:
    return [key.hex(), key.hex().upper(), base64.b64encode(key).decode(), repr(key)[2:-1], key.decode("latin-1")]


def _tokenised(decision: Decision) -> Decision:
    columns = {
        table: {
            name: replace(one, mask=Mask.TOKEN, params={}) if one.effect is Effect.MASK else one
            for name, one in decided.items()
        }
        for table, decided in decision.columns.items()
    }
    return replace(decision, columns=columns)


def test_the_key_is_in_no_record_of_a_query(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with Gateway.open(workspace.path) as gateway:
        decide = gateway.policy.decide
        monkeypatch.setattr(gateway.policy, "decide", lambda document: _tokenised(decide(document)), raising=True)
        auditor = next(one for one in gateway.snapshot.agencies.values() if "A1" in one.purposes)
        ask = {"subject": auditor.id, "purpose": "A1", "source": "dan_cu"}
        sql = "SELECT so_cccd, ho_ten FROM cong_dan LIMIT 3"
        explanation = gateway.explain(sql, **ask)
        answer = gateway.query(sql, **ask)
        key = workspace.token_key(ask["subject"], ask["purpose"])
        assert explanation.plan is not None
        assert explanation.plan.parameters == ("token_key",)
        rows = answer.table.to_pylist()
        assert all(row["so_cccd"].startswith("tk_") for row in rows)
        assert len(rows) == 3
        seen = [json.dumps(explanation.to_json(), ensure_ascii=False), repr(explanation), repr(answer)]
        seen += [json.dumps(dict(entry.body), ensure_ascii=False) for entry in gateway.ledger.entries()]
        seen += [path.read_text(errors="replace") for path in gateway.ledger.directory.rglob("*.jsonl")]
    assert not [spelling for spelling in _spellings(key) for text in seen if spelling in text]


@pytest.mark.postgres
def test_the_key_is_not_in_what_postgres_shows_and_logs(postgres_server: Any, postgres_database: str) -> None:
    made = planned("VARCHAR", Mask.TOKEN, {}, "postgres")
    with postgres_server.connect(urlsplit(postgres_database).path[1:]) as owner:
        owner.execute("CREATE TABLE t AS SELECT 'a'::varchar AS c")
        owner.execute("ALTER DATABASE " + owner.info.dbname + " SET log_statement = 'all'")
        owner.execute("ALTER DATABASE " + owner.info.dbname + " SET log_parameter_max_length = 0")
        with engines.connect(postgres_database, "s") as engine:
            assert engine.run(made.sql, [KEY], timeout=10).num_rows == 1
            activity = owner.execute("SELECT query FROM pg_stat_activity").fetchall()
    log = (Path(postgres_server.socket_dir) / "server.log").read_text(errors="replace")
    assert "sha256" in log  # the statement itself is there
    assert not [spelling for spelling in _spellings(KEY) if spelling in log or spelling in repr(activity)]


def test_the_key_is_not_in_duckdbs_plan_or_profile(tmp_path: Path) -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'a' AS c")
    profile = tmp_path / "profile.json"
    connection.execute(f"PRAGMA enable_profiling = 'json'; PRAGMA profiling_output = '{profile}'")
    made = planned("VARCHAR", Mask.TOKEN, {}, "duckdb")
    connection.execute(made.sql, [KEY.decode()]).fetchall()
    connection.execute("PRAGMA disable_profiling")
    assert "SEQ_SCAN" in (text := profile.read_text()) or "Sequential" in text
    assert KEY.decode() not in text
    assert KEY.decode() not in made.sql
