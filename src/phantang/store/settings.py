"""`phantang.toml`: every key, its default and its form, in one table; an unknown key is an error."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from phantang.model.errors import WorkspaceError
from phantang.store.source_url import check_url

FILE = "phantang.toml"
_SOURCE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a workspace.

    `title` is whose workspace it is, as reports say it. `sources` maps names to URLs as written, `${VAR}` not yet
    filled in. `lang` is the language of messages, `None` for that of the reader's locale.
    """

    name: str
    sources: Mapping[str, str]
    title: str | None = None
    lang: str | None = None
    policy_engine: str = "embedded"
    opa_url: str = "http://127.0.0.1:8181"
    policy_timeout_seconds: float = 5.0
    query_timeout_seconds: float = 60.0
    query_max_rows: int = 100_000
    query_answers_days: int = 3_650
    query_refusals_a_day: int = 20
    review_two_person: bool = False
    scan_sample_rows: int = 1_000
    scan_seed: int = 42
    scan_table_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class _Key:
    """Where a key goes, what a good value is, and its form, written so that no language is needed to read it."""

    field: str
    accepts: Callable[[Any], bool]
    expected: str


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _number(low: float, high: float) -> Callable[[Any], bool]:
    return lambda value: type(value) in (int, float) and low <= value <= high


def _count(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*names: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in names


def _line_of_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 200 and value.isprintable()


def _http_url(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value))


_SECONDS = "0.1-3600 (s)"
_KEYS: dict[str, dict[str, _Key]] = {
    "": {"lang": _Key("lang", _one_of("vi", "en"), '"vi" | "en"')},
    "workspace": {
        "name": _Key("name", _line_of_text, '"..." (1-200)'),
        "title": _Key("title", _line_of_text, '"..." (1-200)'),
    },
    "policy": {
        "engine": _Key("policy_engine", _one_of("embedded", "opa"), '"embedded" | "opa"'),
        "opa_url": _Key("opa_url", _http_url, "http(s)://HOST[:PORT][/PATH]"),
        "timeout_seconds": _Key("policy_timeout_seconds", _number(0.1, 3600), _SECONDS),
    },
    "query": {
        "timeout_seconds": _Key("query_timeout_seconds", _number(0.1, 3600), _SECONDS),
        "max_rows": _Key("query_max_rows", _count(1, 100_000_000), "1-100000000"),
        "answers_days": _Key("query_answers_days", _count(1, 36_500), "1-36500"),
        "refusals_a_day": _Key("query_refusals_a_day", _count(0, 100_000), "0-100000"),
    },
    "review": {"two_person": _Key("review_two_person", _flag, "true | false")},
    "scan": {
        "sample_rows": _Key("scan_sample_rows", _count(1, 1_000_000), "1-1000000"),
        "seed": _Key("scan_seed", _count(0, 2**31 - 1), "0-2147483647"),
        "table_seconds": _Key("scan_table_seconds", _number(0.1, 3600), _SECONDS),
    },
}


def parse_settings(text: str) -> Settings:
    """Return the settings of the text of `phantang.toml`.

    Raises `WorkspaceError`: `config_syntax`, `config_key_unknown`, `config_key_missing`, `config_value_invalid`,
    `source_url_invalid`; with the line where it is known.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Only the position: the parser's own sentence may quote a password.
        found = re.search(r"line (\d+)", str(error))
        line = found[1] if found else text.count("\n") + 1
        raise WorkspaceError("config_syntax", line=line) from None
    values: dict[str, Any] = {}
    for key, value in document.items():
        if key == "sources":
            values["sources"] = _sources(text, value)
        elif key in _KEYS[""]:
            values |= _table(text, "", {key: value})
        elif key in _KEYS:
            values |= _table(text, key, value)
        else:
            raise _unknown(text, "", key, {*_KEYS, *_KEYS[""], "sources"} - {""})
    if "name" not in values:
        raise WorkspaceError("config_key_missing", key="[workspace] name")
    return Settings(**{"sources": {}, **values})


def _table(text: str, table: str, content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise WorkspaceError("config_value_invalid", key=table, line=_line(text, "", table), expected=f"[{table}]")
    known, values = _KEYS[table], {}
    for name, value in content.items():
        key = known.get(name)
        if key is None:
            raise _unknown(text, table, name, known)
        if not key.accepts(value):
            shown = f"[{table}] {name}" if table else name
            raise WorkspaceError(
                "config_value_invalid", key=shown, line=_line(text, table, name), expected=key.expected
            )
        values[key.field] = value
    return values


def _sources(text: str, content: Any) -> dict[str, str]:
    if not isinstance(content, dict):
        expected = "[sources.NAME]"
        raise WorkspaceError("config_value_invalid", key="sources", line=_line(text, "", "sources"), expected=expected)
    urls: dict[str, str] = {}
    for name, source in content.items():
        table = f"sources.{name}"
        if not _SOURCE_NAME.fullmatch(name) or not isinstance(source, dict):
            expected = "[sources.NAME], NAME: a-z 0-9 _"
            raise WorkspaceError("config_value_invalid", key=table, line=_line(text, table, None), expected=expected)
        for key in source:
            if key != "url":
                raise _unknown(text, table, key, {"url"})
        if "url" not in source:
            raise WorkspaceError("config_key_missing", key=f"[{table}] url")
        urls[name] = check_url(name, source["url"])
    return urls


def _unknown(text: str, table: str, key: str, known: Any) -> WorkspaceError:
    shown = f"[{table}] {key}" if table else key
    return WorkspaceError("config_key_unknown", key=shown, line=_line(text, table, key), known=", ".join(sorted(known)))


def _line(text: str, table: str, key: str | None) -> str:
    """Return the line that `key` of `[table]` (or the table's header) is on, or `?` for an unusual spelling of it."""
    current = ""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        header = re.match(r"\[+\s*(.*?)\s*\]+\s*(#.*)?$", line)
        if header:
            current = header[1].replace('"', "").replace("'", "").replace(" ", "")
            if (key is None and current == table) or (table == "" and key == current.partition(".")[0]):
                return str(number)
        elif key and current == table and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return str(number)
    return "?"
