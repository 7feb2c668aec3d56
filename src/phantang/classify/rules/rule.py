"""What a rule says, as frozen data. `pack.py` reads these from YAML; nothing else creates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much a phrase says: anywhere in a name, as its head, as all of it, in a table about people, beside values.

    `tail` counts there, too, but as the end of a name only, whatever stands before it: English puts the head last.
    """

    STRONG = "strong"
    HEAD = "head"
    WHOLE = "whole"
    PERSON = "person"
    TAIL = "tail"
    WEAK = "weak"


#: Levels that say what a column is in any table, and those that say something in a table about people only.
BY_ITSELF = frozenset({Level.STRONG, Level.HEAD, Level.WHOLE})
IN_PERSON_TABLES = frozenset({Level.PERSON, Level.TAIL})


class Alone(StrEnum):
    """Where values may claim a column without help from its name.

    `anywhere` is for validators so strong that they also overrule a name; `unnamed` needs a name that no rule knows;
    `unclaimed` needs a name that no rule knows as anything but `none`; `unnamed_or_people` needs that, too, in a table
    about people, and elsewhere what `unnamed` needs; `person_table` needs an unknown name and a table
    about people; `person_rows` is the same, also where the name is known as not personal; `person_opaque`
    is the same only where the name says nothing (`c7`); `never` only confirms a name.
    """

    ANYWHERE = "anywhere"
    UNCLAIMED = "unclaimed"
    UNNAMED = "unnamed"
    UNNAMED_OR_PEOPLE = "unnamed_or_people"
    PERSON_TABLE = "person_table"
    PERSON_ROWS = "person_rows"
    PERSON_OPAQUE = "person_opaque"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule's fact comes from. `status` is `verified`, `secondary` or `unverified`."""

    ref: str
    status: str


class Spread(StrEnum):
    """How often values occur in the rows of a column that they claim without its name.

    `repeated`: a list of codes has each value once, people share them. `own`: every row has one of its own.
    """

    REPEATED = "repeated"
    OWN = "own"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class ValueTest:
    """How values are recognised.

    `patterns` match a whole value and, with `validator`, count as hits; `also` are forms that agree with a name but
    prove nothing (a lost leading zero). `presidio` names one of Presidio's own recognisers instead of patterns; it is
    asked only where a value has the `form`.
    `share` is the smallest part of the distinct values that must hit; `column_check` judges all hits together.
    `spread` is how often a value must occur, where no name claims the column.
    `in_text` also looks for the pattern inside longer text. `stop` ends the reading of a column at the first hit.
    """

    patterns: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    presidio: str | None = None
    form: str | None = None
    validator: str | None = None
    column_check: str | None = None
    share: float = 0.8
    alone: Alone = Alone.NEVER
    spread: Spread = Spread.ANY
    ignore_case: bool = False
    in_text: bool = False
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A condition on the rest of the table; it holds when any part holds.

    `table` lists kinds of table, `tags` tags that another column bears by its name, `names` phrases in another
    column's name.
    """

    table: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confidence:
    """Probability that the rule is right: by a strong name, by a name in a person table, by every value hitting."""

    name: float = 0.9
    person: float = 0.75
    values: float = 0.9


@dataclass(frozen=True, slots=True)
class NameExample:
    """A column that must (or must not) get the rule's tag by name alone, in the table and beside the columns given."""

    name: str
    table: str = ""
    beside: tuple[str, ...] = ()
    comment: str | None = None
    type: str = "VARCHAR"


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples, which are the rule's tests."""

    names: tuple[NameExample, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack. `file` is the pack it came from, for messages."""

    id: str
    tag: str
    file: str
    sources: tuple[Source, ...]
    names: Mapping[Level, tuple[str, ...]] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    values: ValueTest | None = None
    types: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    needs: tuple[Group, ...] = ()
    without: tuple[Group, ...] = ()
    confidence: Confidence = Confidence()
    companion: bool = False
    match: Examples = Examples()
    near_miss: Examples = Examples()

    @property
    def personal(self) -> bool:
        """Tell whether the tag is about a person (`person.*` or `sensitive.*`)."""
        return self.tag.startswith(("person.", "sensitive."))

    @property
    def sensitive(self) -> bool:
        """Tell whether the tag is one of sensitive personal data."""
        return self.tag.startswith("sensitive.")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that all rules share; several files add up.

    `abbreviations` expand one word. `roles` and `organisations` fill `<person>` and `<organisation>` in phrases.
    `short` are concepts that names cut short by rule, commonest first.
    `things` fill `<thing>`: what has a name, an address or a picture and is no person. `tables` maps a kind of table to
    phrases of its name, `columns` to phrases of its columns' names. `first`, `last` and `anywhere` turn a name into one
    about something else (`ngày cấp` CCCD, e-mail `verified`); `counts` do so even for tags in `keeps`. `keys` at
    the end make a name the key of a row elsewhere (`bank_account_id`), except for tags in `coded`: kept as such keys.
    `trailing` are words that may follow what a name ends in (`phone_home`, `salary_old`).
    `what` and `whose` are letters for a field and for a role, which mean that beside each other only (`ht_ch`);
    `glued` are more fields that programs write together with whose they are (`anhhs`).
    `ordinary` are phrases that letters behind a word stand for as well (`ma_km`: mã khuyến mãi), and nobody's field.
    """

    abbreviations: Mapping[str, str] = field(default_factory=dict)
    short: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()
    generic: tuple[str, ...] = ()
    trailing: tuple[str, ...] = ()
    what: Mapping[str, str] = field(default_factory=dict)
    whose: Mapping[str, str] = field(default_factory=dict)
    glued: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()
