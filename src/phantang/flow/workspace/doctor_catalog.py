"""What `phantang doctor` looks for in a catalog that reads well: sample subjects, tables that go in circles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from phantang.catalog import asset_path, code_list
from phantang.model.noise import KeyList
from phantang.store import default_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from phantang.model.catalog import CaseRegister, Snapshot


def misplaced_agencies(
    snapshot: Snapshot, files: Mapping[str, str], communes: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, agency)` of agencies whose commune is not of their province.

    `communes` are the communes of each province (`policies/law/units`).
    """
    for agency in snapshot.agencies.values():
        if _misplaced(agency.jurisdiction, communes):
            yield place_in(files, f"agencies/{agency.id}.yaml", "jurisdiction:"), agency.id


def misplaced_sources(
    snapshot: Snapshot, files: Mapping[str, str], communes: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, source)` of sources said to be of a commune that is not of its province; see above."""
    for source, entry in sorted(snapshot.source_entries.items()):
        if _misplaced(entry.jurisdiction, communes):
            yield place_in(files, f"sources/{source}.yaml", "jurisdiction:"), source


def _misplaced(units: Mapping[str, str], communes: Mapping[str, Sequence[str]]) -> bool:
    province, commune = units.get("province"), units.get("commune")
    return province is not None and commune is not None and commune not in communes.get(province, ())


def sample_agencies(files: Mapping[str, str]) -> Sequence[str]:
    """Return the ids of the agencies whose files are still as `phantang init` wrote them: samples, which may ask."""
    given = read_folder(default_folder("catalog") / "agencies")
    return [Path(file).stem for file, text in sorted(given.items()) if files.get(f"agencies/{file}") == text]


def unknown_registers(snapshot: Snapshot, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, name)` of tables and columns that a register of cases names and the catalog lacks.

    A source that nobody has scanned yet is not judged.
    """
    for source in sorted(set(snapshot.source_entries) & set(snapshot.sources)):
        declared, file = snapshot.cases_of(source), f"sources/{source}.yaml"
        if declared is None:
            continue
        register, asset = declared
        if asset is None:
            yield place_in(files, file, "table:"), register.table
            continue
        for key, name in [*(("about", name) for name in register.about), *_named(register)]:
            if asset.column(name) is None:
                yield place_in(files, file, f"{key}:"), f"{register.table}.{name}"


def unregistered_approvals(snapshot: Snapshot, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, ref)` of approvals in agency files that the register of approvals, if there is one, lacks."""
    for agency in snapshot.agencies.values():
        for one in agency.approvals:
            entry = (snapshot.approvals or {}).get(one.ref)
            same = entry is not None and (entry.agency, entry.source) == (agency.id, one.source)
            if snapshot.approvals is not None and not (same and entry and one.tier in entry.tiers):
                yield place_in(files, f"agencies/{agency.id}.yaml", one.ref), one.ref


def nobodys_consents(snapshot: Snapshot, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, id)` of registered consents that do not say whose they are, and so count for nothing."""
    for entry in (snapshot.consents or {}).values():
        if entry.person is None:
            yield place_in(files, "consents.yaml", entry.id), entry.id


def unusable_lists(snapshot: Snapshot, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, name)` of code lists that give the keys of noisy groups, and cannot."""
    for name, asset in snapshot.assets.items():
        for wanted in asset.contributions.keys.values() if asset.contributions else ():
            if isinstance(wanted, KeyList) and code_list(wanted, snapshot.tables_of(name.source)) is None:
                yield place_in(files, asset_path(name), wanted.table), str(wanted)


def _named(register: CaseRegister) -> Iterator[tuple[str, str]]:
    yield from ((key, name) for key in ("officer", "case") if (name := getattr(register, key)) is not None)


def circles(snapshot: Snapshot, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield `(file:line, path)` of foreign keys that lead back to their own table over at least one other."""
    points = {
        name: sorted({key.table for key in asset.foreign_keys if key.table != name})
        for name, asset in snapshot.assets.items()
    }
    for start in sorted(points):
        path, seen = [[start]], {start}
        while path:
            steps = path.pop()
            for step in points.get(steps[-1], []):
                if step == start and start == min(steps):
                    shown = " -> ".join(name.local for name in [*steps, start])
                    file = f"assets/{start.source}/{start.schema}.{start.table}.yaml"
                    yield place_in(files, file, "foreign_keys:"), shown
                elif step not in seen:
                    seen.add(step)
                    path.append([*steps, step])


def unbound_databases(law: Mapping[str, Any], sources: Collection[str]) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """Return the national databases that `law/procedures` binds to sources which are none, and the sources it leaves.

    A procedure reads its fields in the sources of their database only (rules/case/procedure_fields).
    """
    bound: Mapping[str, list[str]] = law.get("procedures", {}).get("databases", {})
    missing = {database: [name for name in names if name not in sources] for database, names in bound.items()}
    named = {name for names in bound.values() for name in names}
    return {database: names for database, names in missing.items() if names}, tuple(sorted(set(sources) - named))


def place_in(files: Mapping[str, str], file: str, key: str, folder: str = "catalog") -> str:
    """Return `folder/file:line` of the first line that has `key`."""
    lines = files.get(file, "").split("\n")
    return f"{folder}/{file}:{next((number for number, line in enumerate(lines, start=1) if key in line), 0)}"
