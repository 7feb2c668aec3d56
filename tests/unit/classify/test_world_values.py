"""Columns without a telling name of what people in other countries have, alone and beside people; look-alikes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from phantang.classify import Classifier
from phantang.classify.rules.codelists import parse_lists
from phantang.classify.values.validators import VALIDATORS
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, TableInfo

Draw = Callable[[random.Random], str]
_ROWS = 120
_GIVEN: tuple[str, ...] = (
    "Arnetta",
    "Tobias",
    "Priya",
    "Mireille",
    "Callum",
    "Beatriz",
    "Kraig",
    "Joanne",
    "Dwayne",
    "Hortense",
)
_GIVEN += ("Sanjay", "Lorena", "Keith", "Roslyn", "Clement")
_LAST: tuple[str, ...] = (
    "Lambert",
    "Abernathy",
    "Deshpande",
    "Delaunay",
    "Estrada",
    "Swanson",
    "Rutherford",
    "Kowalski",
    "Hodges",
)
_LAST += ("Marchand", "Iyer", "Quintana", "Pruitt", "Vogel", "Fairchild")
_KINDS = ("Forest", "Trace", "Meadows", "Street", "Ridge", "Lane", "Crossing", "Walk", "Ave", "Shoals")
_HEADS = (
    "Truck Driver",
    "Scientist",
    "Officer",
    "Chimney Sweep",
    "Surveyor",
    "Ward Clerk",
    "Physiotherapist",
    "Welder",
)
_NATIONS = ("Uruguayan", "Belgian", "Kenyan", "Finnish", "Mexican", "Sri Lankan", "Canadian", "Swiss")
_SCHOOLS = ("Metropolitan State College", "University", "Polytechnic University", "College of Art")


def _digits(r: random.Random, count: int) -> str:
    return "".join(r.choice("0123456789") for _ in range(count))


def _letters(r: random.Random, count: int) -> str:
    return "".join(r.choice("ABCDEFGHJKLMNPRSTUVWXY") for _ in range(count))


def _pattern(*forms: str) -> Draw:
    """Return a draw of one of `forms`, each 9 a digit, each 8 one from 2 to 9, each A a letter."""

    def draw(r: random.Random) -> str:
        made = (
            r.choice("0123456789")
            if s == "9"
            else r.choice("23456789")
            if s == "8"
            else _letters(r, 1)
            if s == "A"
            else s
            for s in r.choice(forms)
        )
        return "".join(made)

    return draw


def _name(r: random.Random) -> str:
    return f"{r.choice(_GIVEN)} {r.choice(_LAST)}"


def _typed_name(r: random.Random) -> str:
    given, last = r.choice(_GIVEN), r.choice(_LAST)
    forms = (f"{last.upper()}, {given}", f"Dr. {given} {last}", f"{given} {last} Jr.", f"{last}, {given} M.")
    return r.choice(forms)


def _street(r: random.Random) -> str:
    return f"{r.randrange(1, 9999)} {r.choice(_LAST)} {r.choice(_KINDS)}"


def _american(r: random.Random) -> str:
    town = f"{r.choice(_LAST)}ville, {r.choice(('AL', 'OH'))} {_digits(r, 5)}"
    return f"{_street(r)}{r.choice(('', ' Apt. 12', ' Suite 410'))}\n{town}"


def _british(r: random.Random) -> str:
    street = f"{r.choice(('', 'Flat 5, '))}{r.randrange(1, 90)} {r.choice(_LAST)} {r.choice(_KINDS)}"
    return f"{street}\nPort {r.choice(_LAST)}\n{_pattern('AA9 9AA', 'A99 9AA')(r)}"


def _french(r: random.Random) -> str:
    return (
        f"{r.randrange(1, 200)}, {r.choice(('rue', 'avenue', 'chemin'))} {_name(r)}\n{_digits(r, 5)} {r.choice(_LAST)}"
    )


def _school(r: random.Random) -> str:
    return f"{r.choice(_LAST)} {r.choice(_SCHOOLS)}"


def _goods(r: random.Random) -> str:
    return (
        f"{r.choice(('Rustic', 'Small', 'Steel', 'Cotton'))} {r.choice(('Chair', 'Kettle', 'Table', 'Lamp', 'Lock'))}"
    )


def _packed(r: random.Random) -> str:
    return f"{r.randrange(2, 24)} {r.choice(('Pack', 'Inch', 'Way'))} {r.choice(('Door Lock', 'LED Light', 'Radio'))}"


def _tags(classifier: Classifier, draw: Draw, *, people: bool) -> tuple[str, ...]:
    r = random.Random(11)
    samples: dict[str, list[str | None]] = {"c1": [str(row) for row in range(1, _ROWS + 1)]}
    if people:
        samples["c2"] = [_name(r) for _ in range(_ROWS)]
        samples["c3"] = [f"{r.choice(_GIVEN).lower()}{r.randrange(999)}@example.org" for _ in range(_ROWS)]
    samples["c4"] = [draw(r) for _ in range(_ROWS)]
    table = TableInfo(TableName("s", "main", "t1"), tuple(ColumnInfo(name, "VARCHAR") for name in samples))
    return classifier.classify(table, samples)[-1].tags


@pytest.mark.parametrize(
    ("tag", "draw"),
    [
        ("person.name", _name),
        ("person.name", _typed_name),
        ("person.address", _street),
        ("person.address", _american),
        ("person.address", _british),
        ("person.address", _french),
        ("person.address", lambda r: f"PSC {_digits(r, 4)}, Box {_digits(r, 4)}\nAPO AE {_digits(r, 5)}"),
        ("person.occupation", lambda r: f"{r.choice(('', 'Senior ', 'Assistant '))}{r.choice(_HEADS)}"),
        ("person.phone", _pattern("(899)899-9999x99999", "001-899-899-9999", "8998999999", "899.899.9999")),
        ("person.phone", _pattern("+44(0)9998999999", "(0121) 4969999", "01979 99999", "0199 496 0999")),
        ("person.phone", _pattern("(07).6499.9999", "1479-9999", "+61-8-4999-9999")),
        ("person.phone", _pattern("+33 3 59 09 99 96", "04 65 99 99 66", "0608799977")),
        ("sensitive.bank_account", _pattern("AAAA99999999999999")),
        ("person.vehicle_plate", _pattern("AA99 AAA", "AA99AAA")),
        ("person.vehicle_plate", _pattern("AA-999-AA")),
        ("person.social_insurance", _pattern("AA 99 99 99 C", "AA 999999 T")),
        (
            "person.national_id",
            lambda r: f"{r.randrange(50, 99)}{r.randrange(10, 13)}{r.randrange(10, 29)}-1{_digits(r, 6)}",
        ),
    ],
)
@pytest.mark.parametrize("people", [False, True])
def test_values_of_other_countries_tell_what_they_are(
    classifier: Classifier, tag: str, draw: Draw, *, people: bool
) -> None:
    assert _tags(classifier, draw, people=people)[0] == tag


@pytest.mark.parametrize(
    ("tag", "draw"),
    [
        ("person.nationality", lambda r: r.choice(_NATIONS)),
        ("person.education", _school),
        ("person.vehicle_plate", _pattern("A99 9AA", "999 AAAA", "AAA 999", "AAA9999", "9AAA 99", "99A A99")),
        ("person.phone", _pattern("8998999999")),
    ],
)
def test_some_values_say_it_beside_people_only(classifier: Classifier, tag: str, draw: Draw) -> None:
    assert _tags(classifier, draw, people=True)[0] == tag
    assert not any(one.startswith(("person.", "sensitive.")) for one in _tags(classifier, draw, people=False))


@pytest.mark.parametrize(
    "draw",
    [
        _pattern("978-0-999-99999-9", "979-9-99-999999-9"),
        _pattern("ORD-99999999"),
        _pattern("AA-99999", "AAA-9999"),
        lambda r: f"2026-{r.randrange(10, 13)}-{r.randrange(10, 29)} {r.randrange(10, 24)}:{_digits(r, 2)}",
        _goods,
        _packed,
        lambda r: f"{r.choice(_LAST)}, {r.choice(_LAST)} and {r.choice(_LAST)}",
        lambda r: r.choice(
            ("Red", "Green", "Gold", "Violet", "Coral", "Olive", "Ruby", "Teal", "Plum", "Ivory", "Amber")
        ),
        lambda r: r.choice(("English", "French", "Thai", "Swahili", "Finnish", "Korean", "Hindi", "Arabic")),
        lambda r: r.choice(("Coffee Maker", "Vacuum Cleaner", "Label Printer", "Screw Driver", "Media Player")),
        lambda r: r.choice(("Italian", "Mexican", "Indian", "Thai", "American", "Lebanese", "Greek", "Peruvian")),
        _pattern("AAAU9999999"),
        _pattern("99.99 x 99.99"),
    ],
)
def test_what_only_looks_like_it_stays_untagged(classifier: Classifier, draw: Draw) -> None:
    assert not any(one.startswith(("person.", "sensitive.")) for one in _tags(classifier, draw, people=False))


def test_lines_of_an_address_are_one_value(classifier: Classifier) -> None:
    lines = classifier.values.lines(
        ["12 Oak Lane\nReno, NV 89501", "a note of\none long line " + "x" * 80, '{\n"a": 1\n}']
    )
    assert lines[0] == "12 Oak Lane, Reno, NV 89501"
    assert "," not in lines[1]
    assert lines[2] == '{ "a": 1 }'


@pytest.mark.parametrize(
    ("validator", "right", "wrong"),
    [
        ("pesel", "44051401359", "44051401358"),
        ("thai_identity_number", "1-1017-00203-45-0", "1-1017-00203-45-1"),
        ("aadhaar", "2341 2341 2346", "2341 2341 2364"),
        ("cpf", "529.982.247-25", "529.982.247-52"),
        ("insee_number", "255081416802538", "255081416802583"),
        ("resident_number_china", "11010519491231002X", "110105194912310020"),
        ("iban_check", "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 23"),
    ],
)
def test_check_digits_of_other_countries(lists: dict[str, str], validator: str, right: str, wrong: str) -> None:
    accepts = VALIDATORS[validator]
    assert accepts(right, parse_lists(lists))
    assert not accepts(wrong, parse_lists(lists))
