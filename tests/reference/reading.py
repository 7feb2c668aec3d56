"""What each table and column of a request counts as under the law, before any rule has spoken: tier, cell, people."""

from __future__ import annotations

from .law import Doc, Law, named, tagged, vietnamese_day


class Reading:
    """One request under the law: who asks, what for, and each table and column with its cell of the matrix."""

    def __init__(self, document: Doc, law: Law) -> None:
        self.subject, self.context, resource = document["subject"], document["context"], document["resource"]
        self.law, self.limits, self.ids, self.source = law, law["limits"], law["identifiers"], resource["source"]
        self.grouped, self.purpose = resource["shape"]["aggregate_only"], self.context["purpose"]
        self.today = vietnamese_day(self.context["time"])
        self.who = law.requester(self.purpose, self.subject["level"])
        self.cells, self.business = law["matrix"][self.who], law.business(self.subject["kind"], self.purpose)
        self.recoded, self.register, self.case = resource["recoded"], resource["cases"], named(self.context["case_id"])
        self.caseless = not resource["case_required"]
        self.mine = law.own_cases(self.register, self.subject, self.case)
        columns = [column for table in resource["tables"] for column in table["columns"]]
        met = law.combined([tag for one in columns if {*one["uses"]} - {"aggregate"} for tag in one["tags"]])
        self.combined, self.measured = list(filter(self.counts, met)), law["combinations"]["measured"]
        self.singled = law.singled_out(resource["tables"]) if self.counts(self.measured) else set()
        self.tables = [self.table(one) for one in resource["tables"]]
        self.located = any(tagged(self.ids["location"], one["tags"]) for one in [*self.tables, *columns])

    def counts(self, combination: Doc) -> bool:
        seen: bool = self.law["letters"][self.cells[combination["to"]]["permit"]]["clear"]
        return seen and not (combination["rows_only"] and self.grouped)

    def placed(self, item: Doc, on: tuple[str, ...], *tiers: str) -> Doc:
        """Join a table or column with the cell of the matrix for the highest of its tiers."""
        return {"min_group_size": 0, **item, **self.cells[max(tiers)], "tier": max(tiers), "on": on}

    def column(self, column: Doc, table: Doc) -> Doc:
        part = [one["to"] for one in self.combined if any(tagged(group, column["tags"]) for group in one["when"])]
        part = part if {*column["uses"]} - {"aggregate"} else []
        part += [self.measured["to"]] if (table["name"], column["name"]) in self.singled else []
        return self.placed(column, (table["name"], column["name"]), self.law.tier(column), *part)

    def table(self, table: Doc) -> Doc:
        """Read its rows: personal data where it speaks of people; listed, they may be a register of very many."""
        columns, own = [self.column(one, table) for one in table["columns"]], [*map(self.law.tier, table["columns"])]
        named = {table["privacy_unit"], *(one["name"] for one in columns if tagged(self.ids["lookup"], one["tags"]))}
        plain = [one for one in columns if "lookup" in one["uses"] and not one.get("generated")]
        found = [one for one in plain if one["name"] in named]
        personal = table["privacy_unit"] is not None or max([self.law.tier(table), *own]) >= "T2"
        row = self.law.tier(table) if table["tier"] > "T3" else "T2" if personal else "T0"
        listed = not (found or self.grouped or "limit/sample" in self.cells["T2"]["under"])
        register = self.law.register(table) if listed else []
        read = {**table, "columns": columns, "found": found, "personal": personal}
        return self.placed(read, (table["name"],), row, *register)
