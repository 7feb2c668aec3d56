"""Look at a whole workspace and say, check by check, what is fine, what is not, and what to do."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Protocol

import yaml

from phantang import catalog, engines
from phantang.flow.policy.bundle import check_policies, load_bundle, policy_engine
from phantang.flow.scan.scan import load_classifier
from phantang.flow.workspace.doctor_catalog import (
    circles,
    misplaced_agencies,
    misplaced_sources,
    nobodys_consents,
    place_in,
    sample_agencies,
    unbound_databases,
    unknown_registers,
    unregistered_approvals,
    unusable_lists,
)
from phantang.model.errors import PhantangError
from phantang.store import default_folder, read_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.schema import TableInfo
    from phantang.store import Workspace


_PROCEDURES = "law/procedures/data.yaml"


class Say(Protocol):
    """Returns one of `texts()` in the asked language, `{params}` filled in."""

    def __call__(self, key: str, **params: object) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `ok` is `None` for something to know that is neither right nor wrong."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


def examine(workspace: Workspace, lang: str) -> Iterator[Check]:
    """Yield the checks of `workspace`, one after the other; a failing one never stops the rest.

    What one check found is not said again by those that stumble over it too.
    """
    said: set[str] = set()
    for check in _checks(workspace, lang):
        again = check.ok is False and check.detail in said
        yield Check(check.name, None, _say(lang, "as_above")) if again else check
        said.add(check.detail)


def _checks(workspace: Workspace, lang: str) -> Iterator[Check]:
    say = partial(_say, lang)
    yield Check("python", True, sys.version.split()[0])
    yield from _guarded(say("catalog"), lang, lambda: _catalog(workspace, say))
    yield from _guarded(say("classifiers"), lang, lambda: _classifiers(workspace, say))
    yield from _guarded(say("policies"), lang, lambda: _policies(workspace, say))
    for source in sorted(workspace.sources):
        yield from _guarded(say("source", source=source), lang, partial(_source, workspace, source, say))
    yield from _guarded(say("ledger"), lang, lambda: _ledger(workspace, say))
    yield Check(say("opa"), None, shutil.which("opa") or say("opa_not_needed"))


@cache
def texts() -> dict[str, dict[str, str]]:
    """Return what the checks say: `{key: {vi, en}}`, from `doctor.yaml` beside this file."""
    text = resources.files("phantang.flow.workspace").joinpath("doctor.yaml").read_text(encoding="utf-8")
    table: dict[str, dict[str, str]] = yaml.safe_load(text)
    return table


def _say(lang: str, key: str, **params: object) -> str:
    return texts()[key][lang].format(**params)


def _guarded(name: str, lang: str, check: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from check()
    except PhantangError as error:
        yield Check(name, False, f"{error.message(lang)} [{error.code}]", error.remedy(lang))


def _catalog(workspace: Workspace, say: Say) -> Iterator[Check]:
    snapshot = catalog.parse_snapshot(workspace.catalog_files())
    entries = [entry for asset in snapshot.assets.values() for entry in asset.columns]
    waiting = sum(not entry.classified for entry in entries)
    size = say("catalog_size", tables=len(snapshot.assets), columns=len(entries), digest=snapshot.digest[:19])
    yield Check(say("catalog"), True, size)
    if waiting:
        yield Check(say("unclassified"), None, say("unclassified_columns", count=waiting), "phantang catalog diff")
    files = workspace.catalog_files()
    communes = load_bundle(workspace).data.get("law", {}).get("units", {}).get("communes", {})
    yield from _subjects(snapshot, files, communes, say)
    for place, source in misplaced_sources(snapshot, files, communes):
        yield Check(say("source", source=source), False, say("agency_misplaced", agency=source, place=place))
    for place, register in unknown_registers(snapshot, files):
        yield Check(say("cases"), False, say("cases_unknown", name=register, place=place))
    for source in sorted(workspace.sources):
        entry = snapshot.source_entries.get(source)
        if entry is None or not entry.recoded:
            remedy = say("former_codes_remedy", source=source)
            yield Check(say("source", source=source), None, say("former_codes"), remedy)
    for place, name in unusable_lists(snapshot, files):
        yield Check(say("keys"), False, say("keys_unusable", name=name, place=place))
    for place, path in circles(snapshot, files):
        yield Check(say("foreign_keys"), None, say("foreign_keys_circle", path=path, place=place))


def _subjects(
    snapshot: Snapshot, files: Mapping[str, str], communes: Mapping[str, Sequence[str]], say: Say
) -> Iterator[Check]:
    """Yield what is to say of who may ask, and of the consents and approvals they ask under."""
    if samples := sample_agencies(files):
        detail = say("agencies_sample", count=len(samples), names=", ".join(samples))
        yield Check(say("agency"), None, detail, say("agencies_remedy"))
    for place, agency in misplaced_agencies(snapshot, files, communes):
        yield Check(say("agency"), False, say("agency_misplaced", agency=agency, place=place))
    for place, ref in unregistered_approvals(snapshot, files):
        yield Check(say("approvals"), False, say("approvals_unknown", ref=ref, place=place))
    for place, consent in nobodys_consents(snapshot, files):
        yield Check(say("consents"), False, say("consents_nobodys", id=consent, place=place), "phantang catalog person")
    for name in ("consents", "approvals"):
        if getattr(snapshot, name) is None:
            yield Check(say(name), None, say("grants_unchecked"), say("grants_remedy", name=name))


def _classifiers(workspace: Workspace, say: Say) -> Iterator[Check]:
    tags = catalog.parse_snapshot(workspace.catalog_files()).tags
    classifier = load_classifier(workspace.classifier_files(), tags)
    yield Check(say("classifiers"), True, say("rules", count=len(classifier.rules)))
    own, folder = workspace.classifier_files(), default_folder("classifiers")
    other = sum(own.get(path) != text for path, text in read_folder(folder).items() if not path.startswith("feedback/"))
    if other:
        yield Check(say("classifiers"), None, say("rules_other", count=other), say("rules_other_remedy", path=folder))


def _policies(workspace: Workspace, say: Say) -> Iterator[Check]:
    problems = check_policies(workspace)
    if problems:
        detail = say("policy_problems", count=len(problems), first=problems[0])
        yield Check(say("policies"), False, detail, "phantang policy check")
        return
    unknown, left = unbound_databases(load_bundle(workspace).data["law"], workspace.sources)
    if unknown:
        place = place_in(workspace.policy_files(), _PROCEDURES, f"{next(iter(unknown))}:", "policies")
        names = "; ".join(f"{database} [{', '.join(names)}]" for database, names in unknown.items())
        detail = say("procedures_sources", place=place, names=names)
        yield Check(say("procedures"), None, detail, say("procedures_remedy", left=", ".join(left) or "-"))
    engine = policy_engine(workspace, catalog.parse_snapshot(workspace.catalog_files()).tags)
    detail = say("policy_engine", engine=workspace.settings.policy_engine, revision=engine.revision[:19])
    yield Check(say("policies"), True, detail)


def _source(workspace: Workspace, source: str, say: Say) -> Iterator[Check]:
    with engines.connect(workspace.source_url(source), source) as engine:
        tables = engine.introspect()
    name = say("source", source=source)
    yield Check(name, True, say("source_size", dialect=engine.dialect, tables=len(tables)))
    for key, count in _drift(tables, catalog.parse_snapshot(workspace.catalog_files()).tables_of(source)):
        gone = key == "tables_gone"  # no scan takes them out of the catalog
        remedy = "phantang catalog drift; phantang catalog retire" if gone else f"phantang scan {source}"
        yield Check(name, None, say(key, count=count), remedy)


def _drift(tables: Sequence[TableInfo], assets: Sequence[Asset]) -> Iterator[tuple[str, int]]:
    """Yield how the database differs from the catalog: how many tables and columns only one of them has."""
    here = {info.name: {column.name for column in info.columns} for info in tables}
    known = {asset.name: {entry.name for entry in asset.columns if entry.type != catalog.ABSENT} for asset in assets}
    both = here.keys() & known.keys()
    for count, key in (
        (len(here.keys() - known.keys()), "tables_new"),
        (len(known.keys() - here.keys()), "tables_gone"),
        (sum(len(here[name] - known[name]) for name in both), "columns_new"),
        (sum(len(known[name] - here[name]) for name in both), "columns_gone"),
    ):
        if count:
            yield key, count


def _ledger(workspace: Workspace, say: Say) -> Iterator[Check]:
    result = workspace.ledger().verify()
    entries = say("ledger_entries", count=result.entries)
    yield Check(say("ledger"), result.ok, entries, "" if result.ok else "phantang audit verify")
