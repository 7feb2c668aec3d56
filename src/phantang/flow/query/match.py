"""A business asks whether what it holds of a person matches a register: yes or no, never a value."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from phantang.classify import about_others
from phantang.flow.query.asked import folded, only_source
from phantang.model.errors import InputError
from phantang.model.near import near

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from phantang.flow.query.gateway import Answer, Gateway
    from phantang.model.catalog import Asset
    from phantang.model.request import Receipt

#: What identifies a person here, and the tag of the column it is compared with.
FIELDS = {"number": "person.national_id", "name": "person.name", "birth_date": "person.birth_date"}
_NUMBER = re.compile(r"\d{9,12}")
#: What people and spreadsheets put between the digits of a number.
_BETWEEN = re.compile(r"[\s.\-\u00a0]+")
#: Digits of a number of today; ten or eleven digits are one whose leading zeros a spreadsheet took.
_DIGITS = 12
#: What does not keep a person from being found, by what identifies one.
COMPARED = {"number": ("spaces", "dots", "leading_zeros"), "name": ("letter_case", "unicode_form", "spaces")}
_MAX_NAME = 200


class Asked(TypedDict, total=False):
    """What `match_person` is asked with: who, under which consent, on which source, about which person."""

    subject: str
    consent_id: str | None
    consent_until: str | None
    purpose: str
    source: str | None
    table: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Match:
    """The answer, the same shape whatever it is: nobody of that number and somebody who differs are both `False`."""

    match: bool
    receipt: Receipt

    def to_json(self) -> dict[str, Any]:
        """Return the answer as printed by `phantang match`."""
        told = {"match": self.match, "decision_id": self.receipt.decision_id, "receipt": self.receipt.to_json()}
        return {**told, "ignored": {field: list(names) for field, names in COMPARED.items()}}


def match_person(gateway: Gateway, person: Mapping[str, str], **asked: Unpack[Asked]) -> Match:
    """Ask whether one row has the person's `number`, `name` and `birth_date` (ISO, or day/month/year) together.

    It is one query like any other: decided, recorded, counted against the day's lookups and run; the values are in its
    text only, which is kept nowhere. A name that is not found as it is written is asked for again in capitals, with
    capitals at the beginning of words, and in either form of Unicode: each is recorded, and all are counted as one.
    Diacritics count: they tell names apart. `table` (`schema.table`) is needed where several tables could answer.
    Raises `InputError` `match_person` naming the field, never its value, `match_table_*` naming what stands in the way,
    and as `Gateway.query`.
    """
    values = _values(person)
    source = asked.get("source") or only_source(gateway.workspace)
    asset = _table(gateway.snapshot.tables_of(source), source, asked.get("table"))
    first, *others = [_question(asset, {**values, "name": name}) for name in _spellings(values["name"])]
    answer = gateway.query(
        first,
        subject=asked["subject"],
        purpose=asked.get("purpose", "B1"),
        source=source,
        consent_id=asked.get("consent_id"),
        consent_until=asked.get("consent_until"),
        channel=asked.get("channel", "python"),
    )
    for question in others:
        if _found(answer):
            break
        answer = gateway.respell(question, answer)
    return Match(_found(answer), answer.receipt)


def _question(asset: Asset, values: Mapping[str, str]) -> str:
    conditions = " AND ".join(
        f"{_quoted(column)} = {_literal(values[field])}" for field, column in _columns(asset).items()
    )
    name = f"{_quoted(asset.name.schema)}.{_quoted(asset.name.table)}"
    return f"SELECT count(*) AS n FROM {name} WHERE {conditions}"  # noqa: S608 - parsed, decided and rebuilt like any query


def _found(answer: Answer) -> bool:
    counts = answer.table.column(0).to_pylist()
    return bool(counts) and counts[0] is not None and counts[0] > 0


def _spellings(name: str) -> list[str]:
    """Return how a register may write a name, as given first: letter case, and both forms of Unicode."""
    words = " ".join(word[:1].upper() + word[1:].lower() for word in name.split())
    written = [name, name.upper(), words]
    spelt = [unicodedata.normalize(form, one) for form in ("NFC", "NFD") for one in written]
    return [one for one in dict.fromkeys(spelt) if folded(one) == folded(name)]


def _values(person: Mapping[str, str]) -> dict[str, str]:
    unknown = next((name for name in person if name not in FIELDS), None)
    missing = next((name for name in FIELDS if not isinstance(person.get(name), str)), None)
    if unknown is not None or missing is not None:
        raise InputError("match_person", field=(missing or str(unknown))[:40])
    name = unicodedata.normalize("NFC", " ".join(person["name"].split()))
    if not name or len(name) > _MAX_NAME:
        raise InputError("match_person", field="name")
    number = _BETWEEN.sub("", person["number"])
    if not (_NUMBER.fullmatch(number) and number.isascii()):
        raise InputError("match_person", field="number")
    number = number if len(number) == 9 else number.zfill(_DIGITS)
    return {"number": number, "name": name, "birth_date": _day(person["birth_date"].strip())}


def _day(text: str) -> str:
    try:
        if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text, re.ASCII):
            return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day, not a moment
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError("match_person", field="birth_date") from None


def _table(tables: Sequence[Asset], source: str, wanted: str | None) -> Asset:
    """Return the table that is asked, `schema.table` or the table's name alone. Raises `InputError` saying why none."""
    able = [asset for asset in tables if len(_columns(asset)) == len(FIELDS)]
    known = ", ".join(asset.name.local for asset in able) or "-"
    if wanted is None:
        if len(able) > 1:
            raise InputError("match_table_several", source=source, known=known)
        if not able:
            raise InputError("match_table_none", source=source, why=_lacks(tables) or "-")
        return able[0]
    named = [asset for asset in tables if wanted == asset.name.local]
    named = named or [asset for asset in tables if wanted == asset.name.table]
    if len(named) != 1:
        meant = near(wanted, [asset.name.local for asset in able])
        raise InputError("match_table_unknown", source=source, table=wanted[:80], known=", ".join(meant) or known)
    if named[0] not in able:
        raise InputError("match_table_lacks", table=named[0].name.local, why=_lack(named[0]), known=known)
    return named[0]


def _columns(asset: Asset) -> dict[str, str]:
    """Return field -> the column it is compared with, for each field that one column of the table stands for.

    Of several columns with the tag, one of a relative or a representative is left aside; if several are left, the one
    that is the table's privacy unit counts. So an answer is about the row's own person, as it is for one column.
    """
    found: dict[str, str] = {}
    for field in FIELDS:
        named = _held(asset, field)
        if len(named) > 1:
            own = [name for name in named if not about_others(name)]
            named = own if len(own) == 1 else [name for name in own if name == asset.privacy_unit]
        if named:
            found[field] = named[0]
    return found


def _held(asset: Asset, field: str) -> list[str]:
    tag = FIELDS[field]
    return [entry.name for entry in asset.columns if entry.tag == tag or (entry.tag or "").startswith(f"{tag}.")]


def _lack(asset: Asset) -> str:
    """Return what stands in the way: each field that no column, or more than one, has the tag of."""
    able = _columns(asset)
    return "; ".join(
        f"{FIELDS[field]}: {', '.join(_held(asset, field)) or '0'}" for field in FIELDS if field not in able
    )


def _lacks(tables: Sequence[Asset]) -> str:
    """Return the same of the tables that hold all of a person, some of it more than once, or of those nearest to it."""
    held = [sum(bool(_held(asset, field)) for field in FIELDS) for asset in tables]
    nearest = [asset for asset, fields in zip(tables, held, strict=True) if fields and fields == max(held)]
    return " / ".join(f"{asset.name.local} ({_lack(asset)})" for asset in nearest[:3])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
