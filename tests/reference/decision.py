"""A second reading of the law, in plain Python: what `data.phantang.decision` must answer, without its reasons.

It shares the documents of `policies/law` (`law.py`) with the Rego, and nothing else. Their matrix (`reading.py`) says
where a rule is in force (`under`); what it does is a finding: an effect on `()` the query, `(table,)` or a column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .law import (
    LEAST,
    LOOKUP,
    NOISE,
    NULL,
    TOKEN,
    Doc,
    Law,
    current,
    granted,
    holder_of,
    named,
    tagged,
    wholly,
)
from .reading import Reading

#: Whether it holds, the effect, its place (of an obligation: its name), and what it does.
Finding = tuple[Any, str, tuple[str, ...], Any]
JOIN: Doc = {"aggregate_only": any, "min_group_size": max, **LEAST, **NOISE}


def decide(document: Doc, documents: Doc) -> dict[str, Any]:
    """Compose the findings: a denial denies all below it, the strictest mask holds, filters and obligations add up."""
    law = Law(documents)
    reading = Rules(document, law)
    found = [(effect, on, what) for holds, effect, on, what in reading.findings() if holds]

    def said(effect: str, *places: tuple[str, ...]) -> list[Any]:
        return [what for one, on, what in found if one == effect and on in places]

    def shown(one: Doc) -> Doc:
        on, masks = one["on"], said("mask", one["on"])
        left = [*masks, NULL] if one.get("generated") else masks
        mask = {"effect": "mask", **law.strictest(left)} if masks else {"effect": "clear"}
        return {"effect": "deny"} if said("deny", (), on[:1], on) else mask

    return {
        "allow": all(effect != "deny" for effect, _, _ in found),
        "columns": {one["name"]: {it["name"]: shown(it) for it in one["columns"]} for one in reading.tables},
        "rows": {one["name"]: said("filter", one["on"]) for one in reading.tables},
        "obligations": {duty: join(said("oblige", (duty,))) for duty, join in JOIN.items() if said("oblige", (duty,))},
    }


class Rules(Reading):
    """What each rule takes away from a request."""

    def findings(self) -> Iterator[Finding]:
        may, last_day = self.law["actors"].get(self.subject["actor"], {}), self.context["purpose_valid_until"]
        registered = self.purpose in self.subject["purposes"] and self.purpose in may.get("may", [])
        yield self.purpose and not (registered and current(last_day, self.today)), "deny", (), None
        for table in self.tables:
            yield from self.rows(table, table["on"], {*table["under"]})
            for item in [table, *table["columns"]]:
                yield from self.either(item, item["on"], {*item["under"]}, table)
            for column in table["columns"]:
                yield from self.values(column, {*column["under"]}, {*column["uses"]}, table)

    def either(self, item: Doc, on: tuple[str, ...], under: set[str], table: Doc) -> Iterator[Finding]:
        sound = [one for one in self.subject["approvals"] if granted(one["status"], one["valid_until"], self.today)]
        unapproved = (self.source, item["tier"]) not in [(one["source"], one["tier"]) for one in sound]
        consent, last_day = self.context["consent_id"], self.context["consent_valid_until"]
        consented = named(consent) and granted(self.context["consent_status"], last_day, self.today)
        size, countable = item["min_group_size"], self.grouped and (table["privacy_unit"] or table.get("followed"))
        yield not self.law["letters"][item["permit"]]["permits"], "deny", on, None
        yield tagged(self.limits["state_secret"]["tags"], item["tags"]), "deny", on, None
        yield "approval/required" in under and unapproved, "deny", on, None
        yield "approval/reveal" in under and unapproved, "mask", on, NULL
        yield "business/consent" in under and not consented, "deny", (), None
        yield size and not countable, "deny", on[:1], None
        yield size, "oblige", ("aggregate_only",), True
        yield size, "oblige", ("min_group_size",), size
        yield size and table.get("differential_privacy"), "oblige", tuple(NOISE), table.get("differential_privacy")

    def rows(self, table: Doc, on: tuple[str, ...], under: set[str]) -> Iterator[Finding]:
        by = [one["name"] for one in table["found"] if one.get("own") or "subject/own_rows" not in under]
        one_person = under & {"subject/own_rows", "case/single_person", "business/consent"}
        own = [one for one in table["columns"] if "lookup" in one["uses"] and not one.get("generated")]
        held = [tag for one in own for tag in one["tags"]]
        matched = self.grouped and all(tagged([kind], held) for kind in self.ids["match"])
        owned, register, itself = "case/own_cases" in under, self.register, (self.register or {}).get("table") == on[0]
        ties = self.mine if itself else self.law.ties(register, table["found"], self.mine) if register else []
        yield owned and not (self.mine if register else self.case or self.caseless), "deny", (), None
        nobody = register and register["officer"] and not holder_of(register, self.subject)
        yield owned and nobody, "deny", (), None
        yield owned and register and not itself and not ties, "deny", on, None
        yield from ((owned, "filter", on, tie) for tie in ties)
        recorded = any(column["personal_class"] == "deidentified" for column in table["columns"])
        yield from ((one_person, "filter", on, {"type": "lookup", "operator": "eq", "field": name}) for name in by)
        yield one_person and not by, "deny", on, None
        yield "business/consent" in under and not matched, "deny", on, None
        theirs = self.context["consent_status"] != "registered" or any(one.get("consented") for one in table["found"])
        yield "business/consent" in under and not theirs, "deny", on, None
        for one in table["columns"]:
            tells = set(one["uses"]) - {"lookup"} or one not in own or not tagged(self.ids["match"], one["tags"])
            yield "business/consent" in under and tells, "deny", one["on"], None
        yield recorded and any(one["personal"] for one in self.tables if one is not table), "deny", on, None
        yield "limit/sample" in under, "oblige", ("max_rows",), self.limits["sample_rows"]
        yield table["found"] and table["personal"], "oblige", ("lookups_per_day",), self.law.lookups_a_day(self.who)
        asked, each = "limit/same_person" in under and table["found"], self.law.lookups_of_a_person(self.who)
        yield asked and each < 1, "deny", (), None
        yield asked and each > 0, "oblige", ("lookups_per_person",), each
        level, unit = self.subject["level"], self.limits["levels"].get(self.subject["level"])
        bound = "scope/jurisdiction" in under and level not in self.limits["unbounded_levels"]
        field, said = table["scope"].get(unit), table.get("jurisdiction", {})
        whole = unit in said and said[unit] == self.subject["jurisdiction"].get(unit) and not self.law.torn(said)
        codes = self.law.codes(unit, self.subject["jurisdiction"].get(unit), self.recoded)
        match = {"operator": "in", "value": codes} if len(codes) > 1 else {"operator": "eq", "value": "".join(codes)}
        yield bound and (not codes or self.law.torn(self.subject["jurisdiction"])), "deny", (), None
        yield bound and not field and not whole, "deny", on, None
        yield bound and codes and field, "filter", on, {"type": "field", "field": field, **match}

    def values(self, column: Doc, under: set[str], uses: set[str], table: Doc) -> Iterator[Finding]:
        on, tags, tier, beyond, law = column["on"], column["tags"], column["tier"], uses - {"aggregate"}, self.law
        held = self.ids["match" if "business/consent" in under else "lookup"]
        looked_up = "lookup" in uses and not column.get("generated")
        granted = looked_up and self.who in self.limits["may_look_up"] and tagged(held, tags)
        mask = NULL if tier >= "T3" else LOOKUP if granted else law.mask(tags)
        token = TOKEN if "join" in uses and mask not in (NULL, LOOKUP) else mask
        listed = column["classified"] and wholly(law.procedure_tags(self.context["legal_ref"], self.source), tags)
        uncased = "case/case_number" in under and not self.case
        several = not (self.who in self.limits["bulk_exempt"] or self.grouped or table["found"])
        coarse, grid = law.generalization(tags), "business/location_grid" in under
        plain = column["classified"] and law.category(tags, self.who, column["min_group_size"])
        stated = "aggregate/statistics" in under
        shown = tier >= "T2" and law["letters"][column["permit"]]["clear"]
        groups = stated or ("aggregate/statistics" in table["under"] and shown)
        shaping = groups and beyond - {"join"}
        yield self.business and self.located and beyond and tagged(self.ids["linkable"], tags), "deny", on, None
        yield self.business and not self.grouped and tier >= "T2" and "output" in uses, "deny", on, None
        yield "business/consent" in under and uses - {"lookup"}, "deny", on, None
        yield shaping and not (coarse or plain), "deny", on, None
        yield grid and not wholly(self.ids["location"], tags), "deny", on, None
        yield coarse and (grid or shaping), "mask", on, coarse
        yield groups and "join" in uses and not plain, "mask", on, TOKEN
        yield uncased or (several and tier >= "T3" and "output" in uses), "mask", on, NULL
        yield "case/procedure_fields" in under and not listed, "mask", on, token
        yield "mask/by_tag" in under or (not stated and tier[:2] > self.subject["clearance"]), "mask", on, mask
