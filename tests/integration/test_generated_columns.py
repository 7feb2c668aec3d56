"""A generated column, or one of a view, shows no more than what it is computed from, whatever it was accepted as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from phantang import Denied, Gateway
from phantang.catalog import accept, parse_snapshot
from phantang.flow.catalog.publish import publish_assets
from phantang.flow.catalog.review import override_column
from phantang.flow.scan.drift import find_drift
from phantang.flow.scan.scan import scan_workspace
from phantang.model.errors import InputError, Refused
from phantang.store import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from phantang.model.catalog import Asset, ColumnEntry

    from ..services.postgres import Server

INSPECTOR: dict[str, Any] = {"subject": "thanh-tra", "purpose": "A1", "source": "nguon"}
CLEARED: dict[str, Any] = {"subject": "c06", "purpose": "L3", "source": "nguon", "case_id": "VA-2026-17"}
TABLE = (
    'CREATE TABLE dan (so_cccd varchar(12), ho_ten text, "Nặng" integer, '
    "ma text GENERATED ALWAYS AS (right(so_cccd, 12)) {kind}, dau text GENERATED ALWAYS AS (left(so_cccd, 6)) {kind}, "
    'gap integer GENERATED ALWAYS AS ("Nặng" * 2) {kind})'
)
ROWS = "INSERT INTO dan VALUES ('001203000017', 'Nguyễn Văn An', 60), ('001203000018', 'Trần Thị Bình', 50)"
OTHERWISE = ("DROP TABLE dan", TABLE.replace("right(so_cccd, 12)", "right(so_cccd, 11)"), ROWS)


class Place:
    """A database with the table, whose text can be changed; `run` opens it for writing and closes it again."""

    def __init__(self, url: str, kind: str, run: Callable[[tuple[str, ...]], None]) -> None:
        self.url = url
        self._kind = kind
        self._run = run

    def run(self, *statements: str) -> None:
        self._run(tuple(one.format(kind=self._kind) for one in statements))


@pytest.fixture(params=["duckdb", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "duckdb":
        path = tmp_path / "dan.duckdb"

        def change(statements: tuple[str, ...]) -> None:
            with duckdb.connect(str(path)) as database:
                for statement in statements:
                    database.execute(statement)

        yield Place(f"duckdb:///{path}", "VIRTUAL", change)
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.connect() as admin:
        admin.execute("DROP DATABASE IF EXISTS sinh_ra WITH (FORCE)")
        admin.execute("CREATE DATABASE sinh_ra")
    with server.connect("sinh_ra") as connection:

        def alter(statements: tuple[str, ...]) -> None:
            for statement in statements:
                connection.execute(statement.encode())

        yield Place(server.url("sinh_ra"), "STORED", alter)


@pytest.fixture
def workspace(place: Place, tmp_path: Path) -> Workspace:
    """Return a workspace whose scan nobody has looked at."""
    place.run(TABLE, ROWS)
    workspace = Workspace.create(tmp_path / "w", {"nguon": place.url})
    scan_workspace(workspace)
    return workspace


def asset(workspace: Workspace, table: str = "dan") -> Asset:
    found = parse_snapshot(workspace.catalog_files()).tables_of("nguon")
    return next(one for one in found if one.name.table == table)


def column(workspace: Workspace, name: str, table: str = "dan") -> ColumnEntry:
    found = asset(workspace, table).column(name)
    assert found is not None
    return found


def accepted_as_clear(workspace: Workspace, table: str, *names: str) -> None:
    """Write what an officer could have accepted before generation was known: these columns say nothing."""
    before = asset(workspace, table)
    path = workspace.path / f"catalog/assets/nguon/{before.name.local}.yaml"
    publish_assets(workspace, [accept(before, "cán bộ")], "accept", {"by": "cán bộ"})
    blocks = path.read_text(encoding="utf-8").split("\n- name: ")
    for place, block in enumerate(blocks):
        if block.splitlines()[0] in names:
            kept = [line for line in block.splitlines() if line.startswith(("  type:", "  generated:"))]
            said = ["  tag: none", "  tier: T1", "  personal_class: none", "  status: accepted", "  decided_by: cán bộ"]
            blocks[place] = "\n".join([block.splitlines()[0], *kept, *said])
    path.write_text("\n- name: ".join(blocks).rstrip() + "\n", encoding="utf-8")


def rows(workspace: Workspace, sql: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with Gateway.open(workspace.path) as gateway:
        table = gateway.query(sql, **asked).table
    return list(zip(*(one.to_pylist() for one in table.columns), strict=True))


def test_a_scan_finds_in_it_what_it_is_computed_from(workspace: Workspace) -> None:
    computed = column(workspace, "dau")
    assert (computed.tag, computed.tier) == ("person.national_id", "T2")
    assert ("generated_from.so_cccd", "generated") in [(one.rule, one.kind) for one in computed.evidence]
    assert computed.generated is not None
    assert computed.generated.reads == ("so_cccd",)
    plain = column(workspace, "gap")
    assert plain.generated is not None
    assert plain.generated.reads == ("Nặng",)
    assert "person.national_id" not in plain.tags
    assert asset(workspace).privacy_unit == "so_cccd"


def test_accepted_as_clear_it_shows_nothing_that_is_masked(workspace: Workspace) -> None:
    accepted_as_clear(workspace, "dan", "ma", "dau", "gap")
    assert column(workspace, "ma").tag == "none"
    asked = "SELECT so_cccd, ma, dau FROM dan ORDER BY ho_ten"
    for shown in rows(workspace, asked, INSPECTOR):
        assert shown[0].startswith("nnnn")
        assert shown[1:] == (None, None)
    assert rows(workspace, "SELECT ma FROM dan WHERE dau = '001203' ORDER BY ma", INSPECTOR) == []
    assert rows(workspace, "SELECT ma, dau, gap FROM dan ORDER BY ma LIMIT 1", CLEARED) == [
        ("001203000017", "001203", 120)
    ]


def test_what_a_person_says_of_it_with_a_reason_stands_until_the_expression_changes(
    workspace: Workspace, place: Place
) -> None:
    accepted_as_clear(workspace, "dan", "ma", "dau", "gap")
    name = f"nguon.{asset(workspace).name.local}.ma"
    with pytest.raises(InputError) as refused:
        override_column(workspace, name, tag="none", by="cán bộ", reason=None)
    assert refused.value.code == "catalog_generated_reason"
    override_column(workspace, name, tag="none", by="cán bộ", reason="chỉ là mã nội bộ")
    asked = "SELECT ma FROM dan ORDER BY ma LIMIT 1"
    assert rows(workspace, asked, INSPECTOR) == [("001203000017",)]
    place.run(*OTHERWISE)
    with pytest.raises(Refused) as drift:
        rows(workspace, asked, INSPECTOR)
    assert drift.value.code == "catalog_drift"
    assert [one.kind for one in find_drift(workspace)] == ["structure"]
    scan_workspace(workspace)
    entry = column(workspace, "ma")
    assert (entry.tag, entry.reason, entry.status) == ("none", "chỉ là mã nội bộ", "overridden")
    assert rows(workspace, asked, INSPECTOR) == [(None,)]


VIEWS = (
    "CREATE VIEW nhin AS SELECT right(so_cccd, 12) AS ma, so_cccd AS so, length(ho_ten) AS dai, 1 AS mot FROM dan",
    "CREATE VIEW nhin_nua AS SELECT ma || '.' AS ma, so FROM nhin",
    "CREATE VIEW kho AS SELECT so_cccd AS x FROM dan WHERE random() >= 0",
    "CREATE VIEW khong AS SELECT random() AS x",
)


def test_a_view_shows_no_more_than_the_tables_below_it(workspace: Workspace, place: Place) -> None:
    place.run(*VIEWS)
    scan_workspace(workspace)
    accepted_as_clear(workspace, "dan")
    for table, names in (("nhin", ["ma", "so", "dai", "mot"]), ("nhin_nua", ["ma", "so"]), ("kho", ["x"])):
        proposed = {name: column(workspace, name, table) for name in names}
        assert all("person.national_id" in proposed[name].tags for name in names if name in {"ma", "so", "x"})
        accepted_as_clear(workspace, table, *names)
    accepted_as_clear(workspace, "khong", "x")
    assert rows(workspace, "SELECT ma, so, dai, mot FROM nhin ORDER BY so LIMIT 1", INSPECTOR) == [
        (None, "nnnnnnnn0017", None, 1)
    ]
    assert rows(workspace, "SELECT ma, so FROM nhin_nua ORDER BY so LIMIT 1", INSPECTOR) == [(None, "nnnnnnnn0017")]
    assert rows(workspace, "SELECT x FROM kho", INSPECTOR) == [(None,), (None,)]
    assert rows(workspace, "SELECT x FROM khong", INSPECTOR) == [(None,)]
    assert rows(workspace, "SELECT ma, so, dai, mot FROM nhin ORDER BY so LIMIT 1", CLEARED) == [
        ("001203000017", "001203000017", 13, 1)
    ]
    name = f"nguon.{asset(workspace, 'nhin').name.local}.dai"
    override_column(workspace, name, tag="none", by="cán bộ", reason="chỉ là độ dài")
    assert rows(workspace, "SELECT dai FROM nhin ORDER BY so LIMIT 1", INSPECTOR) == [(13,)]


def test_a_view_that_passes_on_what_is_computed_shows_no_more_of_it(workspace: Workspace, place: Place) -> None:
    place.run(
        "CREATE VIEW ke AS SELECT so_cccd AS so, dau FROM dan",
        "CREATE VIEW phan AS SELECT so_cccd AS so, left(so_cccd, 8) AS p8, left(so_cccd, 5) AS p5 FROM dan",
        "CREATE VIEW tren AS SELECT so, p8, p5 FROM phan",
    )
    scan_workspace(workspace)
    for table, names in (("dan", ("ma", "dau", "gap")), ("ke", ("dau",)), ("phan", ("p8", "p5")), ("tren", ())):
        accepted_as_clear(workspace, table, *names)
    assert rows(workspace, "SELECT so, dau FROM ke ORDER BY so LIMIT 1", INSPECTOR) == [("nnnnnnnn0017", None)]
    assert rows(workspace, "SELECT * FROM tren ORDER BY so LIMIT 1", INSPECTOR) == [("nnnnnnnn0017", None, None)]
    assert rows(workspace, "SELECT p5 FROM tren ORDER BY so LIMIT 1", CLEARED) == [("00120",)]


def test_it_identifies_nobody(workspace: Workspace) -> None:
    accepted_as_clear(workspace, "dan")
    with Gateway.open(workspace.path) as gateway, pytest.raises(Denied):
        gateway.query(
            "SELECT ho_ten FROM dan WHERE dau = '001203'",
            subject="xa-ba-dinh",
            purpose="L2",
            source="nguon",
            legal_ref="1.004873",
        )
