"""A second reading of the law, in plain Python: what `data.phantang.decision` must answer, without its reasons.

It shares the documents of `policies/law` with the Rego, and nothing else. A finding is an effect on a place (`()` the
query, `(table,)` or `(table, column)`) and what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

Doc = Mapping[str, Any]
#: Whether it holds, an effect, its place, and what it does.
Finding = tuple[Any, str, tuple[str, ...], Any]
NULL: Doc = {"mask": "MASK_NULL", "params": {}}
TOKEN: Doc = {"mask": "TOKEN", "params": {}}
LOOKUP: Doc = {"mask": "LOOKUP", "params": {}}
FOLD: Mapping[str, Any] = {"aggregate_only": any, "min_group_size": max, "max_rows": min, "lookups_per_day": min}


def decide(document: Doc, law: Doc) -> dict[str, Any]:
    """Fold every finding: a denial anywhere denies, of masks the strictest holds, filters and duties add up."""
    tables, reading = document["resource"]["tables"], Reading(document, law)
    found = [(effect, on, what) for holds, effect, on, what in reading.findings() if holds]
    denied = {on for effect, on, _ in found if effect == "deny"}

    def shown(on: tuple[str, str]) -> Doc:
        masks = [what for effect, place, what in found if effect == "mask" and place == on]
        mask = {"effect": "mask", **strictest(masks, law)} if masks else {"effect": "clear"}
        return {"effect": "deny"} if denied & {(), on[:1], on} else mask

    columns = {one["name"]: {it["name"]: shown((one["name"], it["name"])) for it in one["columns"]} for one in tables}
    duties = {key: [what[key] for effect, _, what in found if effect == "oblige" and key in what] for key in FOLD}
    rows = {one["name"]: [w for e, on, w in found if e == "filter" and on == (one["name"],)] for one in tables}
    owed = {key: FOLD[key](values) for key, values in duties.items() if values}
    return {"allow": not denied, "columns": columns, "rows": rows, "obligations": owed}


def has(item: Doc, vocabulary: Any, judge: Any = any) -> bool:
    """Tell whether a tag (judged by `all`, every tag) of a table or column is of the vocabulary or below it."""
    below = [any(tag == known or tag.startswith(known + ".") for known in vocabulary) for tag in item["tags"]]
    return bool(below) and bool(judge(below))


def strictest(masks: Sequence[Doc], law: Doc) -> Doc:
    """Return the last in the law's order; of several of one kind nothing is shown."""
    order: list[str] = law["masks"]["order"]
    top = [mask for mask in masks if mask["mask"] == order[max(order.index(one["mask"]) for one in masks)]]
    return top[0] if all(mask == top[0] for mask in top) else NULL


class Reading:
    """One request under the law: its tiers first, then what each rule takes away."""

    def __init__(self, document: Doc, law: Doc) -> None:
        self.subject, self.context, resource = document["subject"], document["context"], document["resource"]
        self.law, self.source, self.tables = law, resource["source"], resource["tables"]
        self.grouped, self.purpose = resource["shape"]["aggregate_only"], self.context["purpose"]
        self.limits, self.ids, self.known = law["limits"], law["identifiers"], law["combinations"]
        levels, business = law["requesters"].get(self.purpose, {}), self.limits["business"]
        self.who = levels.get("any") or levels.get(self.subject["level"], "public_citizen")
        self.cells, self.all = law["matrix"][self.who], [one for table in self.tables for one in table["columns"]]
        self.combined = [known for known in self.known["together"].values() if self.complete(known)]
        sound = [one for one in self.subject["approvals"] if not self.over(one["valid_until"])]
        self.approved = {one["tier"] for one in sound if one["source"] == self.source}
        self.business = self.subject["kind"] in business["kinds"] or self.purpose in business["purposes"]
        consent = (self.context["consent_id"] or "").strip()
        self.consented = bool(consent) and not self.over(self.context["consent_valid_until"])

    def over(self, day: str | None) -> bool:
        now = datetime.fromisoformat(self.context["time"].replace("Z", "+00:00")) + timedelta(hours=7)
        return day is None or now.date() > date.fromisoformat(day)

    def complete(self, known: Doc) -> bool:
        used = [column for column in self.all if set(column["uses"]) - {"aggregate"}]
        clear = self.law["letters"][self.cells[known["to"]]["permit"]]["clear"]
        met = all(any(has(column, group) for column in used) for group in known["when"])
        return clear and met and not (known["rows_only"] and self.grouped)

    def own_tier(self, item: Doc) -> str:
        floors = {tier for tag, tier in self.known["floors"].items() if has(item, [tag])}
        floors = set() if item.get("personal_class") == "deidentified" else floors
        tier: str = max({item["tier"], *floors} | (set() if item.get("classified", True) else {"T3"}))
        important = has(item, self.known["important"]) and not has(item, self.known["core"])
        return tier if tier != "T4" else "T4a" if important else "T4b"

    def tier(self, column: Doc) -> str:
        used = bool(set(column["uses"]) - {"aggregate"})
        raised: list[str] = [
            one["to"] for one in self.combined if used and any(has(column, group) for group in one["when"])
        ]
        return max([self.own_tier(column), *raised])

    def personal(self, table: Doc) -> bool:
        return table["privacy_unit"] is not None or max(map(self.own_tier, [table, *table["columns"]])) >= "T2"

    def looked_up(self, table: Doc) -> list[Doc]:
        found = [column for column in table["columns"] if "lookup" in column["uses"]]
        return [one for one in found if one["name"] == table["privacy_unit"] or has(one, self.ids["lookup"])]

    def row_tier(self, table: Doc) -> str:
        tier = self.own_tier(table) if table["tier"] > "T3" else "T2" if self.personal(table) else "T0"
        if self.looked_up(table) or self.grouped or "limit/sample" in self.cells["T2"]["under"]:
            return tier
        kinds = {"basic"} | {"sensitive" for column in table["columns"] if self.own_tier(column) >= "T3"}
        kinds |= {"bank_payment" for column in table["columns"] if has(column, self.known["bank_payment"])}
        steps = [
            one for one in self.known["by_count"] if one["class"] in kinds and (table["subjects"] or 0) >= one["ge"]
        ]
        reached: list[str] = [one["tier"] for one in steps]
        return max([tier, *reached])

    def mask(self, column: Doc, tier: str) -> Doc:
        by_tag, match = self.law["masks"]["by_tag"], "business/consent" in self.cells[tier]["under"]
        masks = [{"mask": mask, "params": {}} for tag, mask in by_tag.items() if has(column, [tag])]
        masks = masks if has(column, by_tag, all) else [{"mask": self.law["masks"]["otherwise"], "params": {}}]
        granted = "lookup" in column["uses"] and self.who in self.limits["may_look_up"]
        granted = granted and has(column, self.ids["match" if match else "lookup"])
        return NULL if tier >= "T3" else LOOKUP if granted else strictest(masks, self.law)

    def category(self, column: Doc, tier: str) -> bool:
        law, tags, least = self.law["statistics"], column["tags"], self.cells[tier].get("min_group_size", 0)
        finest = {tag for tag in tags if not any(other.startswith(tag + ".") for other in tags)}
        small = {tag for tag in law["may_shape"].get(self.who, []) if least >= law["categories"][tag]["at_least"]}
        return bool(column["classified"] and tags) and finest <= small

    def listed(self, column: Doc) -> bool:
        law = self.law["procedures"]
        here = {base for base, sources in law["databases"].items() if self.source in sources}
        here_too = {name for name, bases in law["held_also"].items() if here & set(bases)}
        needs = law["procedures"].get(self.context["legal_ref"], {"needs": {}})["needs"]
        names = {name for base, fields in needs.items() for name in fields if base in here or name in here_too}
        tags = [tag for name in names | set(law["identity"]) for tag in law["fields"][name]]
        return bool(column["classified"]) and has(column, tags, all)

    def refused(self, item: Doc, tier: str) -> bool:
        secret = "T5" in {tier, item["tier"]} or has(item, self.limits["state_secret"]["tags"])
        unapproved = "approval/required" in self.cells[tier]["under"] and tier not in self.approved
        return secret or unapproved or not self.law["letters"][self.cells[tier]["permit"]]["permits"]

    def findings(self) -> Iterator[Finding]:
        may = self.law["actors"].get(self.subject["actor"], {"may": []})["may"]
        registered = self.purpose in self.subject["purposes"] and self.purpose in may
        yield self.purpose and (self.over(self.context["purpose_valid_until"]) or not registered), "deny", (), None
        for table in self.tables:
            yield from self.rows(table, (table["name"],), self.row_tier(table))
            for column in table["columns"]:
                yield from self.column(table, column, (table["name"], column["name"]), self.tier(column))

    def rows(self, table: Doc, on: tuple[str, ...], tier: str) -> Iterator[Finding]:
        found, under = self.looked_up(table), self.cells[tier]["under"]
        held = [column for column in table["columns"] if "lookup" in column["uses"]]
        match = self.grouped and all(any(has(column, [tag]) for column in held) for tag in self.ids["match"])
        own, mine = "subject/own_rows" in under, [one for one in found if one.get("own")]
        one_person = "case/single_person" in under or "business/consent" in under
        sizes = [self.cells[one].get("min_group_size", 0) for one in {tier, *map(self.tier, table["columns"])}]
        others = [other for other in self.tables if other is not table and self.personal(other)]
        recorded = any(column["personal_class"] == "deidentified" for column in table["columns"])
        a_day = self.limits["lookups_a_day"]
        for one in found:
            lookup = {"type": "lookup", "operator": "eq", "field": one["name"]}
            yield one_person or (own and one in mine), "filter", on, lookup
        yield (one_person and not found) or (own and not mine), "deny", on, None
        yield self.refused(table, tier) or (recorded and others), "deny", on, None
        yield "aggregate/statistics" in under and not self.grouped, "deny", on, None
        yield any(sizes) and table["privacy_unit"] is None, "deny", on, None
        yield any(sizes), "oblige", on, {"aggregate_only": True, "min_group_size": max(sizes)}
        yield "business/consent" in under and not match, "deny", on, None
        yield "business/consent" in under and not self.consented, "deny", (), None
        yield "limit/sample" in under, "oblige", on, {"max_rows": self.limits["sample_rows"]}
        limit = a_day.get(self.who, a_day["otherwise"])
        yield found and self.personal(table), "oblige", on, {"lookups_per_day": limit}
        unit, bound = self.limits["levels"].get(self.subject["level"], ""), "scope/jurisdiction" in under
        bound = bound and self.subject["level"] not in self.limits["unbounded_levels"]
        code, field = self.subject["jurisdiction"].get(unit), table["scope"].get(unit)
        codes = [code] if self.source in self.limits["recoded"] else self.law["units"].get(unit, {}).get(code, [code])
        several = {"operator": "in", "value": codes} if len(codes) > 1 else {"operator": "eq", "value": [*codes, 0][0]}
        yield bound and not (code and codes), "deny", (), None
        yield bound and unit and not field, "deny", on, None
        yield bound and field and code and codes, "filter", on, {"type": "field", "field": field, **several}

    def column(self, table: Doc, column: Doc, on: tuple[str, ...], tier: str) -> Iterator[Finding]:
        under, uses, mask = self.cells[tier]["under"], set(column["uses"]), self.mask(column, tier)
        groups, plain, shaping = (
            "aggregate/statistics" in under,
            self.category(column, tier),
            uses - {"aggregate", "join"},
        )
        known = [params for tag, params in self.law["masks"]["generalize"].items() if has(column, [tag])]
        coarse = known and strictest([{"mask": "GENERALIZE", "params": params} for params in known], self.law)
        located = any(has(item, self.ids["location"]) for item in [*self.tables, *self.all])
        beside = located and has(column, self.ids["linkable"]) and uses - {"aggregate"}
        sold = not self.grouped and tier >= "T2" and "output" in uses
        exempt = self.who in self.limits["bulk_exempt"] or self.grouped or self.looked_up(table)
        uncased = "case/case_number" in under and not (self.context["case_id"] or "").strip()
        above = tier[:2] > self.subject["clearance"] and not groups
        grid, position = "business/location_grid" in under, has(column, self.ids["location"], all)
        joined = tier < "T3" and "join" in uses and mask != LOOKUP
        yield self.refused(column, tier) or (self.business and (beside or sold)), "deny", on, None
        yield "business/consent" in under and uses - {"lookup"}, "deny", on, None
        yield "business/consent" in under and not self.consented, "deny", (), None
        yield "approval/reveal" in under and tier not in self.approved, "mask", on, NULL
        yield uncased or (tier >= "T3" and "output" in uses and not exempt), "mask", on, NULL
        yield "case/procedure_fields" in under and not self.listed(column), "mask", on, TOKEN if joined else mask
        yield "mask/by_tag" in under or above, "mask", on, mask
        yield groups and not self.grouped, "deny", on[:1], None
        yield groups and "join" in uses and not plain, "mask", on, TOKEN
        yield groups and shaping and coarse, "mask", on, coarse
        yield groups and shaping and not coarse and not plain, "deny", on, None
        yield grid, *(("mask", on, coarse) if position else ("deny", on, None))
