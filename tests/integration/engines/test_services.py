"""The services the suite relies on: they start, are isolated, and are real."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

    from ...services.opa import OpaServer
    from ...services.postgres import Server


def test_the_server_speaks_utf8(postgres_server: Server) -> None:
    with postgres_server.connect() as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW fsync").fetchone() == ("off",)


def test_each_database_starts_empty(postgres_server: Server, postgres_database: str) -> None:
    name = urlsplit(postgres_database).path[1:]
    with postgres_server.connect(name) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
        connection.execute("CREATE TABLE con_sot (x int)")


def test_each_database_starts_empty_again(postgres_server: Server, postgres_database: str) -> None:
    test_each_database_starts_empty(postgres_server, postgres_database)


def test_opa_answers_from_files_and_bundles(opa_server: OpaServer, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "p.rego").write_text("package p\n\nq := input.x + 1\n", encoding="utf-8")
    for base_url in (opa_server(tmp_path / "bundle" / "p.rego"), opa_server(bundle=tmp_path / "bundle")):
        request = urllib.request.Request(  # noqa: S310 - loopback http
            f"{base_url}/v1/data/p/q", data=b'{"input": {"x": 41}}', headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            assert json.load(answer)["result"] == 42
