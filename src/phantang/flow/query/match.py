"""A business asks whether what it holds of a person matches a register: yes or no, never a value."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from phantang.flow.query.asked import only_source
from phantang.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phantang.flow.query.gateway import Gateway
    from phantang.model.catalog import Asset
    from phantang.model.request import Receipt

#: What identifies a person here, and the tag of the column it is compared with.
FIELDS = {"number": "person.national_id", "name": "person.name", "birth_date": "person.birth_date"}
_NUMBER = re.compile(r"\d{9}|\d{12}")
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
        return {"match": self.match, "decision_id": self.receipt.decision_id, "receipt": self.receipt.to_json()}


def match_person(gateway: Gateway, person: Mapping[str, str], **asked: Unpack[Asked]) -> Match:
    """Ask whether one row has the person's `number`, `name` and `birth_date` (ISO, or day/month/year) together.

    It is one query like any other: decided, recorded, counted against the day's lookups and run; the values are in its
    text only, which is kept nowhere. `table` (`schema.table`) is needed where several tables could answer. Raises
    `InputError` `match_person` naming the field, never its value, `match_table`, and as `Gateway.query`.
    """
    values = _values(person)
    source = asked.get("source") or only_source(gateway.workspace)
    asset = _table(gateway, source, asked.get("table"))
    conditions = " AND ".join(
        f"{_quoted(column)} = {_literal(values[field])}" for field, column in _columns(asset).items()
    )
    name = f"{_quoted(asset.name.schema)}.{_quoted(asset.name.table)}"
    answer = gateway.query(
        f"SELECT count(*) AS n FROM {name} WHERE {conditions}",  # noqa: S608 - parsed, decided and rebuilt like any query
        subject=asked["subject"],
        purpose=asked.get("purpose", "B1"),
        source=source,
        consent_id=asked.get("consent_id"),
        consent_until=asked.get("consent_until"),
        channel=asked.get("channel", "python"),
    )
    found = answer.table.column(0).to_pylist()
    return Match(bool(found) and found[0] is not None and found[0] > 0, answer.receipt)


def _values(person: Mapping[str, str]) -> dict[str, str]:
    unknown = next((name for name in person if name not in FIELDS), None)
    missing = next((name for name in FIELDS if not isinstance(person.get(name), str)), None)
    if unknown is not None or missing is not None:
        raise InputError("match_person", field=(missing or str(unknown))[:40])
    name = unicodedata.normalize("NFC", " ".join(person["name"].split()))
    if not name or len(name) > _MAX_NAME:
        raise InputError("match_person", field="name")
    number = person["number"].strip()
    if not (_NUMBER.fullmatch(number) and number.isascii()):
        raise InputError("match_person", field="number")
    return {"number": number, "name": name, "birth_date": _day(person["birth_date"].strip())}


def _day(text: str) -> str:
    try:
        if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", text, re.ASCII):
            return datetime.strptime(text, "%d/%m/%Y").date().isoformat()  # noqa: DTZ007 - a day, not a moment
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InputError("match_person", field="birth_date") from None


def _table(gateway: Gateway, source: str, wanted: str | None) -> Asset:
    able = [asset for asset in gateway.snapshot.tables_of(source) if len(_columns(asset)) == len(FIELDS)]
    chosen = [asset for asset in able if wanted in (None, asset.name.local)]
    if len(chosen) != 1:
        known = ", ".join(asset.name.local for asset in able) or "-"
        raise InputError("match_table", source=source, known=known)
    return chosen[0]


def _columns(asset: Asset) -> dict[str, str]:
    """Return field -> column, for each field that exactly one column of the table has the tag of."""
    found: dict[str, str] = {}
    for field, tag in FIELDS.items():
        named = [entry.name for entry in asset.columns if entry.tag == tag or (entry.tag or "").startswith(f"{tag}.")]
        if len(named) == 1:
            found[field] = named[0]
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
