"""The smallest change after which policy would allow a denied question: found by asking policy again, never guessed."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from phantang.flow.policy.input import columns_of
from phantang.model.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from phantang.model.catalog import Asset, Snapshot
    from phantang.model.decision import Decision, Reason
    from phantang.pdp import PolicyEngine

Document = dict[str, Any]
Change = dict[str, str]

#: A change may uncover the next denial; more rounds than this no query of the sample set needed.
_ROUNDS = 6
#: Stands for what the asker knows and we do not: a case number, a procedure's code, an approval's number.
_GIVEN = "?"
_LATER = "2200-01-01"
#: What only others can do, and what is left when they do not.
_OTHERS = "ask"
_OF_PURPOSE = ("base/matrix", "purpose/registered", "purpose/actor")
_WHOLE = ("aggregate", "match")
_PERSON = ("person.national_id", "person.name", "person.birth_date")


@dataclass(frozen=True, slots=True)
class Remedy:
    """`changes` together make policy allow the question, and none of them can be left out.

    Each is `{do, table?, column?, field?, purpose?, whom?, what?, tier?}` (docs/decision-contract.md).
    """

    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the changes as data and as one sentence in each language."""
        return {
            "changes": [dict(change) for change in self.changes],
            "by_others": any(change["do"] == _OTHERS for change in self.changes),
            **{lang: self.text(lang) for lang in ("vi", "en")},
        }

    def text(self, lang: str) -> str:
        """Return the changes in words, such as `leave out cong_dan.ho_ten; add WHERE so_cccd = '...'`."""
        return "; ".join(_words()[_key(change)][lang].format_map(_Shown(change)) for change in self.changes)


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        table = self.get("table", "").removeprefix("main.").removeprefix("public.")
        return ".".join(filter(None, (table, self.get("column")))) if key == "on" else table if key == "name" else ""


def _key(change: Change) -> str:
    return "_".join(filter(None, (change["do"], change.get("field"), change.get("what"))))


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (resources.files("phantang.flow.policy") / "remedy.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = yaml.safe_load(text)
    return words


def find_remedy(
    document: Mapping[str, Any],
    denied: Decision,
    decide: Callable[[Document], Decision],
    columns_of: Callable[[str], Sequence[Document]],
    register: Mapping[str, str],
) -> Remedy | None:
    """Return changes after which `decide` allows `document`, the asker's own first; `None` if there are none.

    `columns_of` gives every column of a table as policy sees it, `register` the last day of every purpose.
    """
    search = Search(dict(document), denied, decide, columns_of, register)
    for start in search.starts():
        for others, drop in ((False, False), (False, True), (True, False)):
            changes = search.run(start, others=others, drop=drop)
            if changes is not None:
                return Remedy(tuple(search.pruned(changes)))
    return None


def remedy_of(
    document: Mapping[str, Any], denied: Decision, policy: PolicyEngine, assets: Sequence[Asset], snapshot: Snapshot
) -> Remedy | None:
    """Return the remedy of a question put to `policy` about `assets`, the tables of its source."""
    register = {name: purpose.valid_until.isoformat() for name, purpose in snapshot.purposes.items()}
    return find_remedy(document, denied, policy.decide, partial(columns_of, assets), register)


@dataclass(frozen=True, slots=True)
class Search:
    """One denied question, and the ways to change it."""

    document: Document
    denied: Decision
    decide: Callable[[Document], Decision]
    columns_of: Callable[[str], Sequence[Document]]
    register: Mapping[str, str]

    def starts(self) -> list[list[Change]]:
        """Return what to begin with: the question as it is, then each other purpose registered for the asker.

        A purpose is why somebody asks, not a key to try: another one is proposed only where the purpose was refused.
        """
        subject, now = self.document["subject"], self.document["context"]["purpose"]
        refused = any(reason.effect == "deny" and reason.rule in _OF_PURPOSE for reason in self.denied.reasons)
        others = [name for name in subject["purposes"] if refused and name != now and name in self.register]
        return [[], *([{"do": "purpose", "purpose": name}] for name in others)]

    def run(self, start: list[Change], *, others: bool, drop: bool) -> list[Change] | None:
        """Apply what every denial asks for, round after round; `drop` takes out instead whatever is denied."""
        changes, decision = list(start), self._try(start) if start else self.denied
        for _ in range(_ROUNDS):
            if decision is None or decision.allow:
                break
            wanted = [self._wanted(reason, changes, others=others, drop=drop) for reason in decision.reasons]
            new = [change for change in wanted if change is not None and change not in changes]
            changes += [change for position, change in enumerate(new) if change not in new[:position]]
            decision = self._try(changes) if new else None
        return changes if decision is not None and decision.allow else None

    def pruned(self, changes: list[Change]) -> list[Change]:
        """Return the changes without those that another one made needless."""
        for change in list(changes):
            fewer = [kept for kept in changes if kept is not change]
            again = self._try(fewer) if fewer else None
            if again is not None and again.allow:
                changes = fewer
        return changes

    def _try(self, changes: Sequence[Change]) -> Decision | None:
        document = self.changed(changes)
        if not document["resource"]["tables"] and self.document["resource"]["tables"]:
            return None  # nothing would be left of the question
        try:
            return self.decide(document)
        except PolicyError:
            return None

    def changed(self, changes: Sequence[Change]) -> Document:
        """Return the question with every change made; what is about the whole of it comes first."""
        document = copy.deepcopy(self.document)
        for change in sorted(changes, key=lambda change: "table" in change and change["do"] not in _WHOLE):
            self._apply(document, change)
        if any(map(_another_consent, changes)):
            for column in (one for table in document["resource"]["tables"] for one in table["columns"]):
                column.update({"consented": True} if "lookup" in column["uses"] else {})
        return document

    def _wanted(self, reason: Reason, done: Sequence[Change], *, others: bool, drop: bool) -> Change | None:
        if reason.effect != "deny" or not reason.change:
            return None
        change = dict(reason.change)
        place: Change = {part: change[part] for part in ("table", "column") if part in change}
        dropped: Change | None = {"do": "drop", **place} if place else None
        if change["do"] == "purpose":  # tried as a start
            return None
        if change["do"] == _OTHERS and place and not others:
            return dropped
        if drop and place:
            return dropped if "column" not in place or dropped not in done else {"do": "drop", "table": place["table"]}
        if change["do"] == "lookup" and "column" not in change:
            number = _tagged({column["name"]: column for column in self.columns_of(change["table"])}, _PERSON[0])
            if number is None:
                return dropped
            change["column"] = number["name"]
        # What was tried and refused again goes: first the column, then its table.
        return change if change not in done else dropped

    def _apply(self, document: Document, change: Change) -> None:
        self._to_request(document, change)
        table = next((one for one in document["resource"]["tables"] if one["name"] == change.get("table")), None)
        if table is None:
            return
        self._to_table(table, change)
        register = document["resource"]["cases"]
        if change.get("what") == "cases" and register is not None:
            known = [tag for column in table["columns"] if "lookup" in column["uses"] for tag in column["tags"]]
            register["about"] = [*register["about"], {"column": _GIVEN, "tags": known}]
        if change["do"] == "drop":
            table["columns"] = [column for column in table["columns"] if column["name"] != change.get("column")]
            counted = document["resource"]["shape"]["aggregate_only"]
            if "column" not in change or not (table["columns"] or counted):
                document["resource"]["tables"].remove(table)

    def _to_request(self, document: Document, change: Change) -> None:
        context = document["context"]
        match change["do"]:
            case "give" if change["field"] == "officer":
                document["subject"]["officer"] = _GIVEN
            case "give" if change["field"] == "consent_id":
                status = {"consent_status": "registered"} if _another_consent(change) else {}
                context.update({"consent_id": _GIVEN, "consent_valid_until": _LATER, **status})
            case "give":
                context[change["field"]] = _GIVEN
            case "purpose":
                context.update(purpose=change["purpose"], purpose_valid_until=self.register[change["purpose"]])
            case "ask" if change["what"] == "end_date":
                context["purpose_valid_until"] = _LATER
            case "ask" if change["what"] == "jurisdiction":
                # Of a commune and a province that do not fit, the one of the asker's level stays.
                subject = document["subject"]
                named = subject["jurisdiction"].items()
                subject["jurisdiction"] = {unit: code for unit, code in named if unit == subject["level"]}
            case "ask" if change["what"] == "recoding":
                document["resource"]["recoded"] = True
            case "ask" if change["what"] == "approval":
                approval = {
                    "ref": _GIVEN,
                    "source": document["resource"]["source"],
                    "valid_until": _LATER,
                    "status": "registered",
                }
                document["subject"]["approvals"].append({**approval, "tier": change["tier"]})
            case "aggregate" | "match":
                document["resource"]["shape"].update(aggregate_only=True, grouped=True)

    def _to_table(self, table: Document, change: Change) -> None:
        every = {column["name"]: column for column in [*self.columns_of(table["name"]), *table["columns"]]}
        match change["do"]:
            case "ask" if change["what"] == "scope":
                table["scope"] = {"commune": _GIVEN, "province": _GIVEN}
            case "ask" if change["what"] == "privacy_unit":
                table["privacy_unit"] = _GIVEN
            case "count":
                table["columns"] = [
                    {**column, "uses": ["aggregate"]} if column["name"] == change["column"] else column
                    for column in table["columns"]
                ]
            case "lookup" | "own":
                number = _tagged(every, _PERSON[0]) if "column" not in change else every.get(change["column"])
                if number is not None:
                    others = [column for column in table["columns"] if column["name"] != number["name"]]
                    own = {"own": True} if change["do"] == "own" else {}
                    table["columns"] = [*others, {**number, "uses": sorted({*number["uses"], "lookup"}), **own}]
            case "match":
                named = [_tagged(every, tag) for tag in _PERSON]
                table["columns"] = [{**column, "uses": ["lookup"]} for column in named if column is not None]


def _another_consent(change: Change) -> bool:
    """Tell whether the consent that was named does not serve: only one that the register has of that person would."""
    return change.get("what") == "consent"


def _tagged(columns: Mapping[str, Document], tag: str) -> Document | None:
    found = (one for one in columns.values() if any(it == tag or it.startswith(tag + ".") for it in one["tags"]))
    return next(found, None)
