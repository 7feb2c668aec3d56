"""Assets to asset files: one fixed order, one line a fact, so that a diff shows exactly what changed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from phantang.catalog.node import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from phantang.model.catalog import Asset, Awaiting, ColumnEntry, Proposal
    from phantang.model.decision import Privacy
    from phantang.model.finding import Evidence
    from phantang.model.names import TableName
    from phantang.model.noise import Contributions, Keys
    from phantang.model.raising import Raise, Waiver
    from phantang.model.schema import ForeignKey

_HEADER = """\
# Phân loại của một bảng. `phantang scan` đề xuất, cán bộ dữ liệu quyết định; mục chưa ai duyệt được coi là nhạy cảm.
# Classification of one table. `phantang scan` proposes, a data officer decides; until then it counts as sensitive.
"""
# Text that every YAML reader takes as text without quotes: it starts with a letter and holds nothing YAML could mean.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w/()-])?")
_RESERVED = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
# Characters that YAML forbids, or takes for a line break, when they stand unescaped.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def render_asset(asset: Asset) -> str:
    """Return the text of the asset's file; `parse_asset` gives the same asset back, and equal assets are equal text.

    Names keep their spelling; comments and reasons are written in Unicode NFC.
    """
    return _HEADER + render_body(asset)


def render_body(asset: Asset) -> str:
    """Return the text without its heading: the canonical form that a catalog's digest is computed over."""
    return "".join(f"{line}\n" for line in _asset(asset))


def _privacy(privacy: Privacy, given: Contributions | None) -> Iterator[str]:
    amounts = f"epsilon: {privacy.epsilon!r}, budget: {privacy.budget!r}"
    if given is None:
        yield f"differential_privacy: {{{amounts}}}"
        return
    yield "differential_privacy:"
    yield from (f"  {amount}" for amount in amounts.split(", "))
    yield f"  rows_per_person: {given.rows}"
    if given.bounds:
        yield "  bounds:"
    for name, bounds in given.bounds.items():
        yield f"    {_name(name)}: {{low: {bounds.low!r}, high: {bounds.high!r}, step: {bounds.step!r}}}"
    if given.keys:
        yield "  keys:"
    for name, values in given.keys.items():
        yield f"    {_name(name)}: {_keys(values)}"


def _keys(values: Keys) -> str:
    if isinstance(values, tuple):
        return _flow(map(_name, values))
    return f"{{table: {_name(values.table)}, column: {_name(values.column)}}}"


def _asset(asset: Asset) -> Iterator[str]:
    yield f"source: {_name(asset.name.source)}"
    yield f"schema: {_name(asset.name.schema)}"
    yield f"table: {_name(asset.name.table)}"
    if asset.comment is not None:
        yield f"comment: {_text(asset.comment)}"
    if asset.rows is not None:
        yield f"rows: {asset.rows}"
    if asset.structure is not None:
        yield f"structure: {_name(asset.structure)}"
    if asset.privacy_unit is not None:
        yield f"privacy_unit: {_name(asset.privacy_unit)}"
    if asset.differential_privacy is not None:
        yield from _privacy(asset.differential_privacy, asset.contributions)
    if asset.scope:
        yield "scope:"
        yield from (f"  {unit}: {_name(column)}" for unit, column in sorted(asset.scope.items()))
    if asset.primary_key:
        yield f"primary_key: {_flow(map(_name, asset.primary_key))}"
    if asset.foreign_keys:
        yield "foreign_keys:"
        yield from (f"- {_foreign_key(key)}" for key in asset.foreign_keys)
    if asset.subjects is not None:
        yield f"subjects: {{count: {asset.subjects.count}, by: {asset.subjects.by}}}"
    yield from _raises(asset)
    yield "columns:" if asset.columns else "columns: []"
    for entry in asset.columns:
        yield from _column(entry)


def _column(entry: ColumnEntry) -> Iterator[str]:
    yield f"- name: {_name(entry.name)}"
    yield f"  type: {_name(entry.type)}"
    if entry.comment is not None:
        yield f"  comment: {_text(entry.comment)}"
    if entry.generated is not None:
        flags = ", unchanged: true" if entry.generated.unchanged else ""
        flags += ", judged: true" if entry.generated.judged else ""
        made_of = f"from: {_flow(map(_name, entry.generated.reads))}, expression: {_name(entry.generated.expression)}"
        yield f"  generated: {{{made_of}{flags}}}"
    yield f"  tag: {'null' if entry.tag is None else _name(entry.tag)}"
    if entry.tags != (() if entry.tag is None else (entry.tag,)):
        yield f"  tags: {_flow(map(_name, entry.tags))}"
    yield f"  tier: {entry.tier or 'null'}"
    yield f"  personal_class: {entry.personal_class or 'null'}"
    yield f"  status: {entry.status}"
    if entry.decided_by is not None:
        yield f"  decided_by: {_text(entry.decided_by)}"
    if entry.approved_by is not None:
        yield f"  approved_by: {_text(entry.approved_by)}"
    if entry.reason is not None:
        yield f"  reason: {_text(entry.reason)}"
    if entry.confidence is not None:
        yield f"  confidence: {entry.confidence!r}"
    yield from _evidence(entry.evidence, "  ")
    if entry.proposal is not None:
        yield "  proposal:"
        yield from _proposal(entry.proposal)
    if entry.rejected:
        yield f"  rejected: {_flow(map(_name, entry.rejected))}"
    if entry.awaiting is not None:
        yield "  awaiting:"
        yield from _awaiting(entry.awaiting)


def _proposal(proposal: Proposal) -> Iterator[str]:
    yield f"    tag: {_name(proposal.tag)}"
    if proposal.tags != (proposal.tag,):
        yield f"    tags: {_flow(map(_name, proposal.tags))}"
    yield f"    tier: {proposal.tier}"
    yield f"    personal_class: {proposal.personal_class}"
    yield f"    confidence: {proposal.confidence!r}"
    yield from _evidence(proposal.evidence, "    ")


def _awaiting(awaiting: Awaiting) -> Iterator[str]:
    yield f"    tag: {_name(awaiting.tag)}"
    if awaiting.tags != (awaiting.tag,):
        yield f"    tags: {_flow(map(_name, awaiting.tags))}"
    yield f"    tier: {awaiting.tier}"
    yield f"    personal_class: {awaiting.personal_class}"
    yield f"    status: {awaiting.status}"
    yield f"    by: {_text(awaiting.by)}"
    if awaiting.reason is not None:
        yield f"    reason: {_text(awaiting.reason)}"
    if awaiting.expression is not None:
        yield f"    expression: {_name(awaiting.expression)}"


def _raises(asset: Asset) -> Iterator[str]:
    if asset.raised:
        yield "raised:"
        yield from (f"- {_raise(found)}" for found in asset.raised)
    if asset.waived:
        yield "waived:"
        yield from (f"- {_waiver(one)}" for one in asset.waived)


def _raise(found: Raise) -> str:
    parts = [f"rule: {_name(found.rule)}", f"tier: {found.tier}"]
    parts += [f"level: {_name(found.level)}"] if found.level else []
    parts += [f"scope: {found.scope}", f"columns: {_flow(map(_name, found.columns))}"]
    if found.counts:
        parts.append(f"counts: {{{', '.join(f'{_name(key)}: {count}' for key, count in found.counts.items())}}}")
    parts += [f"basis: {_text(found.basis)}", f"status: {found.status}"]
    return f"{{{', '.join(parts)}}}"


def _waiver(one: Waiver) -> str:
    parts = [f"by: {_text(one.by)}", f"reason: {_text(one.reason)}"]
    parts += [f"approved_by: {_text(one.approved_by)}"] if one.approved_by else []
    parts += ["state: waits"] if one.waits else []
    return f"{{{', '.join([*parts, f'raise: {_raise(one.raised)}'])}}}"


def _evidence(evidence: tuple[Evidence, ...], indent: str) -> Iterator[str]:
    if not evidence:
        return
    yield f"{indent}evidence:"
    for item in evidence:
        counts = f", hits: {item.hits}, sampled: {item.sampled}" if item.sampled else ""
        paths = ", ".join(f"{{path: {_text(one.path)}, tag: {_name(one.tag)}}}" for one in item.paths)
        paths = f", paths: [{paths}]" if paths else ""
        yield f"{indent}- {{rule: {_text(item.rule)}, kind: {_text(item.kind)}{counts}{paths}}}"


def _foreign_key(key: ForeignKey) -> str:
    columns, to = _flow(map(_name, key.columns)), _flow(map(_name, key.to))
    return f"{{columns: {columns}, refers_to: {_table(key.table)}, to: {to}}}"


def _table(name: TableName) -> str:
    return f"{{source: {_name(name.source)}, schema: {_name(name.schema)}, table: {_name(name.table)}}}"


def _flow(items: Iterable[str]) -> str:
    return f"[{', '.join(items)}]"


def quoted(text: str) -> str:
    """Return text of a person, in NFC, as YAML on one line."""
    return _text(text)


def _text(text: str) -> str:
    return _name(normalised(text))


def _name(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED and "  " not in text:
        return text
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04X}", json.dumps(text, ensure_ascii=False))
