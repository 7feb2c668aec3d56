"""Generated policy inputs: every kind of subject, tier, purpose, use and shape, drawn from one seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

USES = ("output", "filter", "join", "group", "order", "aggregate", "lookup")
#: Tags with the tier the vocabulary gives them; finer tags and several tags of one column are drawn below.
TAGS = {
    "person.national_id": "T2", "person.name": "T2", "person.birth_date": "T2", "person.gender": "T2",
    "person.address": "T2", "person.phone": "T2", "person.vehicle_plate": "T2", "person.marital_status": "T2",
    "person.family": "T2", "person.other": "T2", "person.national_id.cmnd9": "T2", "person.blood_type": "T2",
    "sensitive.religion": "T3", "sensitive.ethnicity": "T3", "sensitive.health.icd10": "T3", "sensitive.health": "T3",
    "sensitive.location": "T3", "sensitive.bank_account": "T3", "sensitive.id_card_image": "T3",
    "admin.unit_code": "T0", "organisation.name": "T0", "none": "T1",
    "importance.important": "T4", "importance.core": "T4", "secrecy.suspected": "T5",
}  # fmt: skip
COUNTS = (None, 0, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000)
MARKS = ({"epsilon": 0.5, "budget": 5}, {"epsilon": 0.25, "budget": 10.5}, {"epsilon": 1, "budget": 1.125})
CONTRADICTED = ("unknown", "revoked", "elsewhere", "unnamed")
DAYS = (None, "2026-11-20", "2026-11-21", "2026-11-22", "2026-12-31")
SOURCES = ("dan_cu", "dat_dai", "y_te", "ho_tich", "so_cu")
#: Communes with their provinces.
UNITS = {"00004": "01", "00008": "01", "11239": "31", "31480": "92", "26737": "79"}


def generate(
    random: Random, subjects: Mapping[str, Mapping[str, Any]], law: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield inputs without end. Each is sound by the schema; what a requester may have is met often, not always."""
    names = sorted(subjects)
    while True:
        for name in names:
            yield _input(random, name, subjects[name], law)


def _input(random: Random, name: str, subject: Mapping[str, Any], law: Mapping[str, Any]) -> dict[str, Any]:
    grouped = random.random() < 0.5
    calm = random.random() < 0.5
    purpose = random.choice([*subject["purposes"]] * 8 + [*law["requesters"], None, "X9"])
    jurisdiction = dict(subject["jurisdiction"])
    if "commune" in jurisdiction and random.random() < 0.3:
        jurisdiction["commune"] = random.choice(sorted(UNITS))
        jurisdiction["province"] = random.choice((UNITS[jurisdiction["commune"]],) * 3 + ("01", "00"))
    if random.random() < 0.03:
        jurisdiction = {}
    source = random.choice((*SOURCES, "dan_cu", "dan_cu"))
    subject = {
        "id": name,
        "roles": [],
        **subject,
        "kind": subject["kind"] if random.random() < 0.9 else random.choice(("agency", "business", "la")),
        "level": subject["level"]
        if random.random() < 0.9
        else random.choice(("commune", "province", "national", "la")),
        "jurisdiction": jurisdiction,
        "officer": random.choice((None, "cb-1", "cb-1")),
        "clearance": random.choice((subject["clearance"], "T0", "T2", "T3", "T4", "T5")),
        "approvals": [
            {
                "ref": f"A{tier}",
                "source": random.choice((source, "dan_cu")),
                "tier": tier,
                "valid_until": random.choice(DAYS),
                "status": random.choice(("unchecked", "registered", "registered", "unknown", "revoked")),
            }
            for tier in ("T3", "T4a", "T4b")
            if random.random() < 0.4
        ],
    }
    tables = [
        _table(random, f"main.bang_{index}", grouped, calm) for index in range(random.choice((0, 1, 1, 1, 1, 2, 2, 3)))
    ]
    return {
        "subject": subject,
        "action": {"name": "query"},
        "resource": {
            "source": source,
            "recoded": random.random() < 0.7,
            "cases": _cases(random) if random.random() < 0.4 else None,
            "case_required": random.random() < 0.2,
            "statement": "select",
            "tables": tables,
            "shape": {
                "aggregate_only": grouped, "grouped": grouped, "distinct": False, "limit": None,
                "joins": max(len(tables) - 1, 0), "subqueries": 0, "set_operations": 0,
            },
        },
        "context": {
            "purpose": purpose,
            "purpose_valid_until": random.choice((*DAYS, "2027-12-31", "2027-12-31", "2027-12-31")),
            "legal_ref": random.choice((None, "1.014061", "1.001193", "la", *law["procedures"]["procedures"])),
            "case_id": random.choice((None, " ", "VA-1")),
            "consent_id": random.choice((None, "", "CS-1", "CS-1")),
            "consent_valid_until": random.choice((*DAYS, "2027-12-31")),
            "consent_status": random.choice(("unchecked", "registered", "registered", *CONTRADICTED)),
            "channel": "test",
            "time": random.choice(("2026-11-22T16:59:59Z", "2026-11-21T17:00:00Z", "2026-11-22T03:00:00.5Z")),
            "catalog_revision": "sha256:0000",
            "quality": None,
        },
    }  # fmt: skip


def _cases(random: Random) -> dict[str, Any]:
    tags: Sequence[list[str]] = (
        ["person.national_id"], ["person.national_id.cmnd9", "person.name"], ["person.vehicle_plate"], [],
    )  # fmt: skip
    about = [{"column": f"nguoi_{index}", "tags": random.choice(tags)} for index in range(random.choice((0, 1, 1, 2)))]
    return {
        "table": random.choice(("main.ho_so", "main.ho_so", "main.bang_0")),
        "officer": random.choice((None, "can_bo", "can_bo")),
        "case": random.choice((None, "so_ho_so", "so_ho_so")),
        "assigned_to": random.choice(("agency", "officer")),
        "about": about,
    }


def _table(random: Random, name: str, grouped: bool, calm: bool) -> dict[str, Any]:
    columns = [_column(random, f"c{index}", grouped, calm) for index in range(random.choice((0, 1, 2, 3, 4, 6)))]
    if random.random() < 0.5:
        columns += [
            _identifier(random, *item) for item in (("so", "national_id"), ("ten", "name"), ("ngay", "birth_date"))
        ]
    tier = max([column["tier"] for column in columns] + (["T4", "T5"] if random.random() < 0.02 else ["T0"]))
    scope = {unit: f"ma_{unit}" for unit in ("commune", "province") if random.random() < 0.8}
    return {
        "name": name,
        "tier": tier,
        "tags": sorted({tag for column in columns for tag in column["tags"]}) if random.random() < 0.7 else [],
        "privacy_unit": random.choice((None, "so", "so")),
        "scope": scope,
        **({"jurisdiction": _unit(random)} if random.random() < 0.2 else {}),
        "subjects": random.choice(COUNTS),
        "singled_out_by": [_measured(random, columns) for _ in range(random.choice((0, 0, 1, 2)))],
        "columns": columns,
        **({"followed": True} if random.random() < 0.1 else {}),
        **({"differential_privacy": random.choice(MARKS)} if random.random() < 0.15 else {}),
    }


def _unit(random: Random) -> dict[str, str]:
    """Return the unit that a whole table is of: mostly one that askers are of, now and then a commune elsewhere."""
    commune = random.choice((*UNITS, "00004", "00004"))
    province = random.choice((UNITS[commune],) * 4 + ("79",))
    return {"province": province} if random.random() < 0.3 else {"province": province, "commune": commune}


def _measured(random: Random, columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a set of columns of the table, or of tags, by which people are told apart."""
    tags = (
        "admin.unit_code",
        "person.birth_date",
        "person.gender",
        "organisation.name",
        "none",
        "person.family.mother",
    )
    drawn = [{"column": f"d{index}", "tags": [random.choice(tags)]} for index in range(random.choice((0, 1, 2)))]
    here = random.sample(columns, min(len(columns), random.choice((0, 1, 1, 2))))
    return [*drawn, *({"column": one["name"], "tags": one["tags"]} for one in here)] or [{"column": "d", "tags": []}]


def _column(random: Random, name: str, grouped: bool, calm: bool) -> dict[str, Any]:
    usual: Sequence[str] = [tag for tag, tier in TAGS.items() if tier < ("T3" if calm else "T6")]
    tags = random.sample(usual, random.choice((1, 1, 1, 1, 2, 0)))
    tier = max([TAGS[tag] for tag in tags], default="T1")
    tier = tier if random.random() < 0.9 else random.choice(("T0", "T1", "T2", "T3", "T4"))
    uses = random.sample(USES if random.random() < 0.3 else (("aggregate", "group") if grouped else ("output",)), 1)
    if random.random() < 0.15:
        uses = random.sample(USES, random.randint(0, 4))
    return {
        "name": name,
        "type": "VARCHAR",
        "tier": tier,
        "tags": sorted(tags),
        "personal_class": random.choice(("none", "basic", "sensitive") * 5 + ("deidentified",)),
        "classified": random.random() < 0.95,
        "uses": sorted(uses),
        **({"generated": True} if random.random() < 0.1 else {}),
    }


def _identifier(random: Random, name: str, tag: str) -> dict[str, Any]:
    uses = ["lookup"] if random.random() < 0.85 else ["output"]
    return {
        "name": name, "type": "VARCHAR", "tier": "T2", "tags": [f"person.{tag}"], "personal_class": "basic",
        "classified": True, "uses": uses,
        **{flag: random.random() < 0.7 for flag in ("own", "consented") if tag == "national_id"},
        **({"generated": True} if random.random() < 0.05 else {}),
    }  # fmt: skip
