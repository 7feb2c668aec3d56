"""The pieces of `phantang demo`: sample registers on disk, five people's questions, a ledger with one byte flipped."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from phantang import engines, samples
from phantang.model.errors import InputError
from phantang.store import LedgerStore, Workspace, default_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from phantang.ledger import Verification

#: The fixed list of registers the sample generator yields, so that a workspace can be laid out before they exist.
SOURCES = ("dan_cu", "dat_dai", "giao_thong", "y_te", "ho_tich", "dich_vu_cong")
_MARKER = "demo.txt"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the demo, ready to ask; `expect` is the code it must be answered with."""

    subject: str
    purpose: str
    source: str
    legal_ref: str | None
    title: Mapping[str, str]
    sql: str
    expect: str

    @property
    def terms(self) -> dict[str, Any]:
        """Return who asks, for what and where, as the keywords of `Gateway.explain` and `Gateway.query`."""
        return {
            "subject": self.subject,
            "purpose": self.purpose,
            "source": self.source,
            "legal_ref": self.legal_ref,
        }


@dataclass(frozen=True, slots=True)
class Register:
    """A sample database on disk: its name, its file and the rows of each table."""

    name: str
    path: Path
    rows: Mapping[str, int]


def prepare_workspace(folder: Path) -> Workspace:
    """Lay out an empty demo workspace at `folder`; an earlier demo there is replaced, its databases are kept.

    Raises `InputError` code `demo_folder_in_use` for a folder that holds anything else: the demo never deletes it.
    """
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARKER).is_file():
            raise InputError("demo_folder_in_use", path=folder)
        for name in ("phantang.toml", ".phantang", "policies", "classifiers", "catalog", ".gitignore"):
            target = folder / name
            if target.is_dir():
                shutil.rmtree(target)
            else:
                target.unlink(missing_ok=True)
    sources = {name: f"duckdb:///data/{name}.duckdb" for name in SOURCES}
    workspace = Workspace.create(folder, sources, allow_existing=True)
    declared = {f"{name}.yaml": text for name, text in _document()["sources"].items()}
    for file, text in (read_folder(default_folder("catalog") / "sources") | declared).items():
        (folder / "catalog" / "sources" / file).write_text(text, encoding="utf-8")
    (folder / _MARKER).write_text("This folder was made by `phantang demo`, which replaces it.\n", encoding="utf-8")
    return workspace


def build_registers(workspace: Workspace, citizens: int, announce: Callable[[Register], None]) -> None:
    """Generate the sample national databases as DuckDB files; same `citizens`, same bytes in every table.

    Databases of an earlier run of the same size are kept.
    """
    data = workspace.path / "data"
    stamp = data / "citizens.txt"
    known = f"{citizens} {samples.SEED}\n"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == known:
        return
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for database in samples.build_registers(_lists(), citizens):
        path = data / f"{database.name}.duckdb"
        engines.write_duckdb(path, database.statements, database.tables)
        announce(Register(database.name, path, {name: table.num_rows for name, table in database.tables.items()}))
    stamp.write_text(known, encoding="utf-8")


def questions() -> tuple[Question, ...]:
    """Return the demo's questions, with the sample citizen's number filled in."""
    asked: list[dict[str, Any]] = _document()["questions"]
    return tuple(
        Question(
            subject=item["subject"],
            purpose=item["purpose"],
            source=item["source"],
            legal_ref=item.get("legal_ref"),
            title=item["title"],
            sql=item["sql"].format(citizen=samples.DEMO_CITIZEN_CCCD),
            expect=item["expect"],
        )
        for item in asked
    )


def verify_with_flipped_byte(workspace: Workspace) -> tuple[int, Verification]:
    """Copy the ledger, flip one bit in the middle of the copy, verify it; return the byte's offset and the result."""
    with tempfile.TemporaryDirectory(prefix="phantang-") as scratch:
        copy = Path(scratch) / "ledger"
        shutil.copytree(workspace.ledger().directory, copy)
        entries = copy / "entries.jsonl"
        data = bytearray(entries.read_bytes())
        offset = len(data) // 2
        data[offset] ^= 0x01
        entries.write_bytes(data)
        return offset, LedgerStore(copy, workspace.ledger_keys()).verify()


def _document() -> dict[str, Any]:
    text = resources.files("phantang.flow.workspace").joinpath("demo.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def _lists() -> dict[str, str]:
    files = read_folder(default_folder("classifiers"))
    return {path.removeprefix("lists/"): text for path, text in files.items() if path.startswith("lists/")}
