"""Tables of logins: user names stand beside what is kept of passwords, and each says what the other is.

One hash may be the default password of everybody, so rows are counted, not different values; a user name has no form of
its own. Hashes of files differ from row to row, and stand beside names of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from phantang.classify.rules.codelists import CodeLists
from phantang.classify.values.people_values import user_name
from phantang.model.finding import Evidence, Finding

_NONE, _SECRET, _ACCOUNT = "none", "sensitive.credential", "person.account"
_NAMED = frozenset({"person.account", "person.email", "person.phone", "person.name"})
#: Values a column has at least.
_FEWEST = 3
#: Hashes made for passwords say it by their form; plain ones only where several rows have the same, or beside people.
_KEPT = re.compile(r"\$(?:2[abxy]?|argon2\w*|5|6|1|P|pbkdf2[\w\-]*)\$[^\s]{8,}|pbkdf2_\w+\$[^\s]+|\{SSHA\}[^\s]+")
_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})")
_LOGIN = re.compile(r"(?=[^\n]*[a-z])(?=(?:[^\nA-Za-z]*[A-Za-z]){3})[A-Za-z][A-Za-z0-9._\-]{1,30}")
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
#: User names differ, but for so few; so many of them are made of people's names where nothing else shows people.
_OWN, _MADE_OF_NAMES = 0.97, 0.3
_SURE_SECRET, _SURE_LOGIN = 0.75, 0.66
_Values = Sequence[str | None]


def with_logins(findings: Sequence[Finding], samples: Mapping[str, _Values], lists: CodeLists) -> list[Finding]:
    """Return `findings` of one table, in order, with its hashes of passwords and its user names as far as one shows."""
    columns = {one.column.column: _given(samples.get(one.column.column, ())) for one in findings}
    secret = {one.column.column for one in findings if one.tag == _SECRET}
    hashed = {name: values for name, values in columns.items() if name not in secret and _are_hashes(values)}
    if not secret and not hashed:
        return list(findings)
    open_ones = {one.column.column for one in findings if _is_open(one)}
    logins = [name for name in columns if name in open_ones and name not in hashed and _are_logins(columns[name])]
    people = any(one.tag in _NAMED for one in findings)
    sure = {name for name, values in hashed.items() if _KEPT.fullmatch(values[0]) or len(set(values)) < len(values)}
    if not secret and not people and not sure:
        logins = [name for name in logins if _made_of_names(columns[name], lists)]
    if people or logins:
        secret |= (hashed.keys() if logins else sure) & open_ones
    named = {one.tag for one in findings}
    taken = logins[:1] if secret and _ACCOUNT not in named else []
    return [_claimed(one, secret, taken, len(columns[one.column.column])) for one in findings]


def _claimed(found: Finding, secret: Collection[str], logins: Collection[str], rows: int) -> Finding:
    name = found.column.column
    if found.tag == _NONE and name in secret:
        evidence = (*found.evidence, Evidence("value.hash_of_secret", "value", rows, rows))
        return replace(found, tag=_SECRET, tags=(_SECRET,), confidence=_SURE_SECRET, evidence=evidence)
    if name in logins:
        evidence = (*found.evidence, Evidence("value.vn.user_name", "value", rows, rows))
        return replace(found, tag=_ACCOUNT, tags=(_ACCOUNT,), confidence=_SURE_LOGIN, evidence=evidence)
    return found


def _is_open(found: Finding) -> bool:
    return found.tag == _NONE and not any(part.kind in {"name", "comment", "context"} for part in found.evidence)


def _given(values: _Values) -> list[str]:
    return [value.strip() for value in values if value and value.strip()]


def _are_hashes(values: Sequence[str]) -> bool:
    return len(values) >= _FEWEST and all(_KEPT.fullmatch(value) or _HASH.fullmatch(value) for value in values)


def _are_logins(values: Sequence[str]) -> bool:
    if len(values) < _FEWEST or len(set(values)) < _OWN * len(values):
        return False
    formed = sum(_LOGIN.fullmatch(value) is not None and _FILE.search(value) is None for value in values)
    return formed >= 0.9 * len(values)


def _made_of_names(values: Sequence[str], lists: CodeLists) -> bool:
    return sum(user_name(value, lists) for value in values) >= _MADE_OF_NAMES * len(values)
