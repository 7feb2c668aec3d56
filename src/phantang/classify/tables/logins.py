"""User names and what is kept of passwords: each says what the other is, row by row.

One hash may be the default password of everybody, so rows are counted, not different values; a user name has no form of
its own. It stands beside a password, which may be the same word again or a common one, or is made of the name in the
same row. Hashes of files differ from row to row, and stand beside names of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from phantang.classify.rules.codelists import CodeLists, plain, words_in
from phantang.classify.tables.by_rows import claimed, given, is_open
from phantang.classify.values.people_values import user_name
from phantang.model.finding import Finding

_NONE, _SECRET, _ACCOUNT, _NAME = "none", "sensitive.credential", "person.account", "person.name"
_NAMED = frozenset({"person.account", "person.email", "person.phone", "person.name"})
#: Values a column has at least.
_FEWEST = 3
#: Rows that are looked at; what has neither the form of a user name nor that of a hash.
_LOOKED_AT, _KEY = 120, re.compile(r"(?=[^\n]*[A-Za-z])[A-Za-z0-9$.{_\-][^\s,;:|]{1,300}")
#: Hashes made for passwords say it by their form; plain ones only where several rows have the same, or beside people.
_KEPT = re.compile(r"\$(?:2[abxy]?|argon2\w*|5|6|1|P|pbkdf2[\w\-]*)\$[^\s]{8,}|pbkdf2_\w+\$[^\s]+|\{SSHA\}[^\s]+")
_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9A-F]{32}|[0-9A-F]{40}|[0-9A-F]{64})")
_LOGIN = re.compile(r"(?=(?:[^\nA-Za-z]*[A-Za-z]){2})[A-Za-z][A-Za-z0-9._\-]{2,30}")
_NUMBER, _WORDS = re.compile(r"[\W\d_]+$"), 0.3
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
#: User names differ, but for so few; so many of them are made of people's names where nothing else shows people.
_OWN, _MADE_OF_NAMES = 0.97, 0.3
#: Passwords that the common lists leave out as too short; the share of rows with a common one, or with the user name.
_SHORT, _COMMON, _SAME = frozenset({"123", "abc"}), 0.8, 0.5
#: The share of rows whose user name has the given name, or the first word, of whoever the row names.
_FROM_NAME = 0.5
_SURE_SECRET, _SURE_LOGIN = 0.75, 0.66
_Values = Sequence[str | None]


def with_logins(findings: Sequence[Finding], samples: Mapping[str, _Values], lists: CodeLists) -> list[Finding]:
    """Return `findings` of one table, in order, with its hashes of passwords and its user names as far as one shows."""
    samples = {one.column.column: samples.get(one.column.column, ())[:_LOOKED_AT] for one in findings}
    open_ones = {one.column.column for one in findings if is_open(one)}
    if not any(_may_be_key(samples[name]) for name in open_ones):
        return list(findings)
    columns = {name: given(values) for name, values in samples.items()}
    tags = {one.tag for one in findings}
    secret = {one.column.column for one in findings if one.tag == _SECRET}
    hashed = {name: values for name, values in columns.items() if name in open_ones and _are_hashes(values)}
    logins = [name for name in columns if name in open_ones and name not in hashed and _are_logins(columns[name])]
    if not logins and not hashed:
        return list(findings)
    sure = {name for name, values in hashed.items() if _KEPT.fullmatch(values[0]) or len(set(values)) < len(values)}
    if not sure:
        logins = [name for name in logins if _words_differ(columns[name])]
    if not secret:
        if not sure and tags.isdisjoint(_NAMED):
            logins = [name for name in logins if _made_of_names(columns[name], lists)]
        if logins or not tags.isdisjoint(_NAMED):
            secret = set(hashed) if logins else sure
    if not secret:
        secret, logins = _typed(logins, {name: samples[name] for name in open_ones if columns[name]}, lists)
    if not secret:
        names = [one.column.column for one in findings if one.tag == _NAME]
        logins = [name for name in logins if any(_from_names(samples[name], samples[one]) for one in names)]
    taken = logins[:1] if _ACCOUNT not in tags else []
    return [_claimed(one, secret, taken, len(columns[one.column.column])) for one in findings]


def _typed(logins: Sequence[str], columns: Mapping[str, _Values], lists: CodeLists) -> tuple[set[str], list[str]]:
    """Return the column of passwords kept as typed, and that of the user names they belong to; or nothing."""
    for login in logins:
        for name, values in columns.items():
            rows = [
                (one.strip().lower(), two.strip().lower())
                for one, two in zip(columns[login], values, strict=False)
                if one and two
            ]
            if name == login or len(rows) < _FEWEST:
                continue
            common = sum(two in _SHORT or plain(two) in lists.words["passwords"] for _, two in rows)
            same = sum(len(two) > _FEWEST and (two.startswith(one) or one.startswith(two)) for one, two in rows)
            if common >= _COMMON * len(rows) and len({two for _, two in rows}) * 2 <= len(rows):
                return {name}, [login]
            spaced = any(" " in two for _, two in rows)
            if same >= _SAME * len(rows) and not spaced and _made_of_names(given(columns[login]), lists):
                return {name}, [login]
    return set(), list(logins)


def _from_names(logins: _Values, names: _Values) -> bool:
    """Tell whether the user names hold the first or the last word of the name in their rows."""
    rows = [(one.lower(), words_in(two)) for one, two in zip(logins, names, strict=False) if one and two]
    rows = [(one, words) for one, words in rows if words]
    made = sum(any(len(word) > 1 and word in one for word in (words[0], words[-1])) for one, words in rows)
    return len(rows) >= _FEWEST and made >= _FROM_NAME * len(rows)


def _claimed(found: Finding, secret: Collection[str], logins: Collection[str], rows: int) -> Finding:
    name = found.column.column
    if found.tag == _NONE and name in secret:
        return claimed(found, _SECRET, "value.hash_of_secret", rows, _SURE_SECRET)
    if name in logins:
        return claimed(found, _ACCOUNT, "value.vn.user_name", rows, _SURE_LOGIN)
    return found


def _may_be_key(values: _Values) -> bool:
    """Tell whether the first values leave it open that a column holds user names or hashes."""
    first = [value for value in values[:_FEWEST] if value]
    return bool(first) and all(_KEY.fullmatch(value.strip()) for value in first)


def _are_hashes(values: Sequence[str]) -> bool:
    return len(values) >= _FEWEST and all(_KEPT.fullmatch(value) or _HASH.fullmatch(value) for value in values)


def _are_logins(values: Sequence[str]) -> bool:
    if len(values) < _FEWEST or len(set(values)) < _OWN * len(values):
        return False
    formed = sum(_LOGIN.fullmatch(value) is not None and _FILE.search(value) is None for value in values)
    return formed >= 0.9 * len(values)


def _words_differ(values: Sequence[str]) -> bool:
    """Tell whether values differ in more than their numbers, as the codes of one list do not."""
    return len({_NUMBER.sub("", value.lower()) for value in values}) > max(2, _WORDS * len(values))


def _made_of_names(values: Sequence[str], lists: CodeLists) -> bool:
    return sum(user_name(value, lists) for value in values) >= _MADE_OF_NAMES * len(values)
