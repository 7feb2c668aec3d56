"""Tags that tell of a table, borne by its columns' names, that its rows are about people."""

from __future__ import annotations

#: A column with one of these tags, by a strong name, makes a table one about people.
ANCHORS = frozenset(
    {
        "person.name", "person.birth_date", "person.national_id", "person.passport", "person.gender",
        "person.marital_status", "person.health_insurance", "person.social_insurance", "person.driver_licence",
    }
)  # fmt: skip
#: Two columns with different tags of these by strong names: a list of people, be it called a catalogue or a report.
IDENTIFYING = ANCHORS | {"person.phone", "person.email"} - {"person.gender", "person.birth_date"}
#: One of these in a list called after people: it lists them.
LISTED = ANCHORS - {"person.gender", "person.marital_status"}
#: What is nobody's but a person's.
ONLY_PEOPLES = frozenset({"person.birth_date", "person.gender", "person.marital_status"})
#: Several of them, of the row's own and not of a role's, and a partner or a member is somebody.
OWN = ONLY_PEOPLES | {"person.nationality", "person.occupation", "person.national_id", "person.passport"}
#: Several of them, of the row's own, and so is a row of an agency, a shelter or a site.
TELLING = OWN | {
    "person.death_date", "person.family", "person.education", "person.blood_type", "person.driver_licence",
    "person.health_insurance", "person.social_insurance", "sensitive.ethnicity", "sensitive.religion",
    "sensitive.political", "sensitive.health", "sensitive.genetic", "sensitive.biometric", "sensitive.sexual_life",
    "sensitive.criminal", "sensitive.private_life",
}  # fmt: skip
