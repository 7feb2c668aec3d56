"""Asking a workspace over PostgreSQL, as the people its tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from phantang.model.errors import EngineError

if TYPE_CHECKING:
    from phantang import Gateway
    from phantang.flow.query.gateway import Answer

#: Runs for hours on the sample registers, in little memory.
HOURS_LONG = "SELECT count(*) FROM cong_dan a CROSS JOIN cong_dan b CROSS JOIN cong_dan c WHERE a.ho_ten < b.ho_ten"


def cleared(gateway: Gateway, sql: str, source: str = "dan_cu") -> Answer:
    """Ask as the subject who may see everything."""
    return gateway.query(sql, subject="c06", purpose="L3", source=source, case_id="VA-2026-17")


def officer(gateway: Gateway, sql: str) -> Answer:
    """Ask as the commune officer, who sees single citizens of the own commune."""
    return gateway.query(sql, subject="xa-ba-dinh", purpose="L2", source="dan_cu", legal_ref="1.004873")


def failure(gateway: Gateway, sql: str, source: str = "dan_cu") -> tuple[str, dict[str, object]]:
    """Return code and parameters of the error a query ends in; it must be recorded and carry nothing of the driver."""
    with pytest.raises(EngineError) as error:
        cleared(gateway, sql, source)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    assert set(error.value.params) <= {"source", "state"}
    *_, intent, outcome = gateway.ledger.entries()
    assert (intent.kind, outcome.kind) == ("intent", "outcome")
    assert outcome.body["intent"] == intent.index
    assert outcome.body["status"] == error.value.code
    return error.value.code, dict(error.value.params)
