"""The documents of `policies/law` as look-ups in plain Python: what they say of a tag, a mask, a procedure or a place.

No request is known here and nothing is decided; `decision.py` does both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

Doc = Mapping[str, Any]
NULL: Doc = {"mask": "MASK_NULL", "params": {}}
LOOKUP: Doc = {"mask": "LOOKUP", "params": {}}
TOKEN: Doc = {"mask": "TOKEN", "params": {}}
LEAST: Doc = {"max_rows": min, "lookups_per_day": min, "lookups_per_person": min}
#: Of several marks of differential privacy the least epsilon and the least budget hold.
NOISE: Doc = {"differential_privacy": lambda marks: {key: min(mark[key] for mark in marks) for key in marks[0]}}


def tagged(vocabulary: Collection[str], tags: Collection[str]) -> list[str]:
    """Return what of the vocabulary the tags say; a tag also says every tag above it."""
    return [known for known in vocabulary if any(f"{tag}.".startswith(f"{known}.") for tag in tags)]


def wholly(vocabulary: Collection[str], tags: Collection[str]) -> bool:
    """Tell whether there are tags and each of them is of the vocabulary or below it."""
    return len(tags) > 0 and all(tagged(vocabulary, [tag]) for tag in tags)


def kindred(tags: Collection[str], others: Collection[str]) -> bool:
    """Tell whether a tag that says something is the same as, above or below one of the others."""
    pairs = [(f"{tag}.", f"{other}.") for tag in tags for other in others if tag != "none"]
    return any(tag.startswith(other) or other.startswith(tag) for tag, other in pairs)


def named(text: str | None) -> str:
    return (text or "").strip()


def vietnamese_day(time: str) -> str:
    return datetime.fromisoformat(time).astimezone(timezone(timedelta(hours=7))).date().isoformat()


def current(last_day: str | None, today: str) -> bool:
    """Tell whether a last day is named and not over; days are written so that they sort."""
    return last_day is not None and today <= last_day


def coarsest(asked: Sequence[Doc]) -> Doc:
    """Return the generalisation that tells no more than any of those asked for; nothing where there is none."""
    kinds = {params["kind"] for params in asked}
    size = "step" if kinds == {"grid"} else "width"
    widest = max((params.get(size, 0) for params in asked), default=0)
    parts = [widest / params[size] for params in asked if size in params]
    even = all(abs(part - round(part)) < 1e-6 for part in parts)
    if kinds <= {"month", "year"}:
        return {"mask": "GENERALIZE", "params": {"kind": "year"}}
    if even and (kinds in ({"grid"}, {"bucket"}) or ("age_band" in kinds and kinds <= {"age_band", "month", "year"})):
        kind = "age_band" if "age_band" in kinds else kinds.pop()
        return {"mask": "GENERALIZE", "params": {"kind": kind, size: widest}}
    return NULL


def granted(status: str, last_day: str | None, today: str) -> bool:
    """Tell whether a consent or an approval counts: no register contradicts it, and it is not over."""
    return status in ("unchecked", "registered") and current(last_day, today)


def holder_of(register: Doc | None, subject: Doc) -> str | None:
    """Return whom of those who ask a register of cases names: the subject, or the officer; nobody where neither."""
    ids: Mapping[str, str | None] = {"agency": subject["id"], "officer": subject["officer"]}
    return ids.get(register["assigned_to"]) if register else None


class Law:
    """The documents by name (`limits`, `identifiers`, ...), and what follows from a look into several of them."""

    def __init__(self, documents: Doc) -> None:
        self.documents = documents

    def __getitem__(self, name: str) -> Any:
        return self.documents[name]

    def requester(self, purpose: str | None, level: str) -> str:
        rows = self["requesters"].get(purpose, {})
        row: str = rows.get("any") or rows.get(level, "public_citizen")
        return row

    def business(self, kind: str, purpose: str | None) -> bool:
        return kind in self["limits"]["business"]["kinds"] or purpose in self["limits"]["business"]["purposes"]

    def tier(self, item: Doc) -> str:
        """Return the class of a table or column by itself: the catalog's tier, never below the floors of its tags."""
        known, tags = self["combinations"], item["tags"]
        floors = {} if item.get("personal_class") == "deidentified" else known["floors"]
        unknown = [] if item.get("classified", True) else ["T3"]
        tier: str = max([item["tier"], *unknown, *(floors[tag] for tag in tagged(floors, tags))])
        important = tagged(known["important"], tags) and not tagged(known["core"], tags)
        return tier if tier != "T4" else "T4a" if important else "T4b"

    def combined(self, used: Collection[str]) -> list[Doc]:
        """Return the combinations of which a tag of every group is used."""
        known = self["combinations"]["together"].values()
        return [one for one in known if all(tagged(group, used) for group in one["when"])]

    def singled_out(self, tables: Sequence[Doc]) -> set[tuple[str, str]]:
        """Return the used columns of measured sets of which each member, or one of its kind, is used in the query."""
        used = [(table["name"], one) for table in tables for one in table["columns"] if {*one["uses"]} - {"aggregate"}]
        found: set[tuple[str, str]] = set()
        for table in tables:
            for members in table["singled_out_by"]:
                like = [
                    [(at, it["name"]) for at, it in used
                     if (at, it["name"]) == (table["name"], one["column"]) or kindred(it["tags"], one["tags"])]
                    for one in members
                ]  # fmt: skip
                found |= {place for places in like for place in places} if all(like) else set()
        return found

    def register(self, table: Doc) -> list[str]:
        """Return the classes of a whole register of so many people, given the columns read of it."""
        known, columns, people = self["combinations"], table["columns"], table["subjects"] or 0
        read = {"basic": True, "sensitive": any(self.tier(one) >= "T3" for one in columns)}
        read["bank_payment"] = any(tagged(known["bank_payment"], one["tags"]) for one in columns)
        return [one["tier"] for one in known["by_count"] if read[one["class"]] and people >= one["ge"]]

    def lookups_a_day(self, requester: str) -> int:
        limits: Mapping[str, int] = self["limits"]["lookups_a_day"]
        return limits.get(requester, limits["otherwise"])

    def lookups_of_a_person(self, requester: str) -> int:
        limits: Mapping[str, int] = self["limits"]["lookups_of_a_person_a_day"]
        return limits.get(requester, 0)

    def strictest(self, masks: Sequence[Doc]) -> Doc:
        """Return the last in the law's order; of two generalisations the coarser, if its steps end where others do."""
        top = max((mask["mask"] for mask in masks), key=self["masks"]["order"].index)
        first, *others = (mask for mask in masks if mask["mask"] == top)
        return (
            first
            if all(mask == first for mask in others)
            else coarsest([first["params"], *(m["params"] for m in others)])
        )

    def mask(self, tags: Collection[str]) -> Doc:
        by_tag = self["masks"]["by_tag"]
        names = [by_tag[tag] for tag in tagged(by_tag, tags)] if wholly(by_tag, tags) else [self["masks"]["otherwise"]]
        return self.strictest([{"mask": name, "params": {}} for name in names])

    def generalization(self, tags: Collection[str]) -> Doc | None:
        known = self["masks"]["generalize"]
        masks = [{"mask": "GENERALIZE", "params": known[tag]} for tag in tagged(known, tags)]
        return self.strictest(masks) if masks else None

    def category(self, tags: Collection[str], requester: str, size: int) -> bool:
        """Tell whether each tag is a category for groups of this size, or is above one that stands beside it."""
        may, known = self["statistics"]["may_shape"].get(requester, []), self["statistics"]["categories"]
        beside = [tag for tag in tags if tag in may and size >= known[tag]["at_least"]]
        return len(tags) > 0 and all(tagged([tag], beside) for tag in tags)

    def procedure_tags(self, code: str | None, source: str) -> list[str]:
        """Return the tags a procedure may read at a source: those of its fields held there, and whom it is about."""
        law = self["procedures"]
        here = {base for base, sources in law["databases"].items() if source in sources}
        needs = law["procedures"].get(code, {"needs": {}})["needs"].items()
        names = {name for base, some in needs for name in some if here & {base, *law["held_also"].get(name, [])}}
        return [tag for name in {*names, *law["identity"]} for tag in law["fields"][name]]

    def codes(self, unit: str | None, code: str | None, recoded: bool) -> list[str]:
        """Return the codes by which rows of a source may mean the unit; none where that cannot be told."""
        former = {} if recoded else self["units"].get(unit, {})
        codes: list[str] = former.get(code, [code] if code else [])
        return codes

    def torn(self, jurisdiction: Mapping[str, str]) -> bool:
        """Tell whether a province and a commune are named that is none of its communes."""
        named = [jurisdiction[unit] for unit in ("province", "commune") if unit in jurisdiction]
        return len(named) == 2 and named[1] not in self["units"]["communes"].get(named[0], [])

    def own_cases(self, register: Doc | None, subject: Doc, case: str) -> list[Doc]:
        """Return what makes an entry of the register of cases one of the officer's, or the one that was named."""
        holder = holder_of(register, subject)
        wanted = [(register["officer"], holder), (register["case"], case)] if register else []
        return [{"type": "field", "operator": "eq", "field": at, "value": one} for at, one in wanted if at and one]

    def ties(self, register: Doc, found: Sequence[Doc], conditions: Sequence[Doc]) -> list[Doc]:
        """Return, for each column a table is looked up by, that whom it names is whom one of the cases is about."""
        kinds: list[str] = self["identifiers"]["lookup"]
        ties: list[Doc] = []
        for column in found:
            among: list[Doc] = [
                {"type": "membership", "operator": "in", "field": column["name"], "table": register["table"],
                 "column": one["column"], "where": conditions}
                for one in register["about"] if {*tagged(kinds, one["tags"])} & {*tagged(kinds, column["tags"])}
            ]  # fmt: skip
            ties += among if len(among) < 2 else [{"type": "compound", "operator": "or", "value": among}]
        return ties
