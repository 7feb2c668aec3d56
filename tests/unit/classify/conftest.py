"""The repository's own packs, compiled once, and the labelled schemas of tests/fixtures/classify."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from phantang import classify
from phantang.classify.rules.codelists import parse_lists
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo

ROOT = Path(__file__).parents[3]
SCHEMAS = sorted((ROOT / "tests/fixtures/classify").glob("*.yaml"))
_GIVEN = (
    "An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hải", "Hoa", "Hùng", "Lan", "Linh", "Long",
    "Mai", "Minh", "Nam", "Nga", "Ngọc", "Phúc", "Quân", "Sơn", "Thảo", "Trang", "Tuấn", "Vy",
)  # fmt: skip
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_TAX = (31, 29, 23, 19, 17, 13, 7, 5, 3)

Values = list[str | None]


@dataclass(frozen=True)
class LabelledTable:
    """A table of a fixture with its samples and what must come out."""

    info: TableInfo
    samples: Mapping[str, Sequence[str | None]]
    tags: Mapping[str, str]
    structure: Mapping[str, Any] | None


@pytest.fixture(scope="session")
def packs() -> dict[str, str]:
    root = ROOT / "classifiers"
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.yaml"))}


@pytest.fixture(scope="session")
def lists() -> dict[str, str]:
    folder = ROOT / "classifiers/lists"
    return {f"lists/{path.name}": path.read_text("utf-8") for path in sorted(folder.iterdir())}


@pytest.fixture(scope="session")
def tags() -> list[str]:
    return list(yaml.safe_load((ROOT / "catalog/tags.yaml").read_text("utf-8"))["tags"])


@pytest.fixture(scope="session")
def classifier(packs: dict[str, str], lists: dict[str, str], tags: list[str]) -> classify.Classifier:
    return classify.compile_packs(packs, lists, tags)


@pytest.fixture(scope="session")
def generators(lists: dict[str, str]) -> dict[str, Callable[[random.Random], str]]:
    """Generators of one plausible value, by the name that fixtures use under `sample:`."""
    codes = parse_lists(lists)
    communes, provinces = sorted(codes.communes), sorted(codes.birth_provinces)

    def digits(r: random.Random, count: int) -> str:
        return "".join(r.choice("0123456789") for _ in range(count))

    def birth(r: random.Random) -> tuple[int, int, int]:
        return r.randint(1938, 2015), r.randint(1, 12), r.randint(1, 28)

    def national_id(r: random.Random) -> str:
        year = birth(r)[0]
        return f"{r.choice(provinces)}{(year >= 2000) * 2 + r.randint(0, 1)}{year % 100:02d}{digits(r, 6)}"

    def tax(r: random.Random, lead: str) -> str:
        while True:
            nine = lead + digits(r, 8)
            check = 10 - sum(w * int(d) for w, d in zip(_TAX, nine, strict=True)) % 11
            if check < 10:
                return f"{nine}{check}"

    def card(r: random.Random) -> str:
        body = "4" + digits(r, 14)
        doubled = [int(d) * 2 - 9 * (int(d) > 4) if place % 2 == 0 else int(d) for place, d in enumerate(body)]
        return body + str(-sum(doubled) % 10)

    def name(r: random.Random) -> str:
        return f"{r.choice(_SURNAMES)} {r.choice(_GIVEN)} {r.choice(_GIVEN)}"

    def serial(prefix: str, width: int) -> Callable[[random.Random], str]:
        return lambda r: prefix + digits(r, width)

    def mobile(r: random.Random) -> str:
        return r.choice(("091", "098", "035", "077", "056", "086")) + digits(r, 7)

    return {
        "national_id": national_id,
        "national_id_no_zero": lambda r: national_id(r).lstrip("0"),
        "old_or_new_id": lambda r: national_id(r) if r.random() < 0.6 else digits(r, 9),
        "licence": lambda r: f"{r.randint(10, 96)}{r.randint(0, 1)}{r.randint(0, 24):02d}{digits(r, 7)}",
        "order_number": lambda r: f"2{r.randint(4, 6)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}{digits(r, 6)}",
        "order_number_dmy": lambda r: f"{r.randint(1, 28):02d}{r.randint(1, 12):02d}25{digits(r, 6)}",
        "customs": lambda r: f"10{r.randint(1, 6)}{digits(r, 9)}",
        "digits10": serial("", 10),
        "bank": serial("1903", 10),
        "health_card": lambda r: f"{r.choice(('DN', 'TE', 'HN', 'GD'))}{r.randint(1, 5)}{digits(r, 12)}",
        "tax_person": lambda r: tax(r, "8"),
        "tax_company": lambda r: tax(r, "0"),
        "name": name,
        "name_plain": lambda r: classify_fold(name(r)).upper(),
        "birth_iso": lambda r: "{}-{:02d}-{:02d}".format(*birth(r)),
        "birth_compact": lambda r: "{}{:02d}{:02d}".format(*birth(r)),
        "birth_dmy": lambda r: "{2:02d}/{1:02d}/{0}".format(*birth(r)),
        "recent": lambda r: f"2025-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}",
        "recent_time": lambda r: f"2026-0{r.randint(1, 9)}-{r.randint(10, 28)} 1{digits(r, 1)}:{r.randint(10, 59)}:00",
        "phone": mobile,
        "phone_no_zero": lambda r: mobile(r)[1:],
        "phone_plus": lambda r: "+84 " + mobile(r)[1:],
        "email": lambda r: f"{classify_fold(r.choice(_GIVEN))}{digits(r, 3)}@example.vn",
        "plate": lambda r: f"{r.choice((29, 30, 51, 59))}{r.choice('ABCDEFGH')}-{digits(r, 3)}.{digits(r, 2)}",
        "frame": lambda r: "RLHPC" + "".join(r.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(12)),
        "commune": lambda r: r.choice(communes),
        "province": lambda r: r.choice(("01", "79", "48", "31", "92")),
        "address": lambda r: f"Số {r.randint(1, 300)}, đường {name(r)}, phường {r.choice(_GIVEN)}, Hà Nội",
        "lat": lambda r: f"{r.uniform(8.6, 23.3):.5f}",
        "lon": lambda r: f"{r.uniform(102.2, 109.4):.5f}",
        "icd": lambda r: f"{r.choice('ABCEFIJKN')}{digits(r, 2)}.{r.randint(0, 9)}",
        "gcn": lambda r: f"{r.choice(('AA', 'BL', 'CS'))} {digits(r, 8)}",
        "dossier": lambda r: f"H26.{r.randint(1, 30)}-2507{r.randint(10, 28)}-{digits(r, 4)}",
        "procedure": lambda r: f"{r.choice('12')}.00{digits(r, 4)}",
        "gender": lambda r: r.choice(("Nam", "Nữ")),
        "gender_code": lambda r: r.choice(("1", "2", "3")),
        "blood": lambda r: r.choice(("A", "B", "AB", "O", "O+", "A-")),
        "ethnic": lambda r: r.choice(("Kinh", "Tày", "Khơ-me", "H'Mông", "Ê đê", "Nùng")),
        "religion": lambda r: r.choice(("Phật giáo", "Công giáo", "Cao Đài", "Không", "Tin Lành")),
        "bcrypt": lambda r: "$2b$12$" + "".join(r.choice("abcdefghijkABCDEFGH0123456789") for _ in range(53)),
        "card": card,
        "ip": lambda r: f"{r.randint(11, 220)}.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(1, 254)}",
        "version": lambda r: f"{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)}.{r.randint(0, 30)}",
        "mac": lambda r: ":".join(f"{r.randint(0, 255):02X}" for _ in range(6)),
        "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
        "amount": lambda r: f"{r.randint(1, 900)}000",
        "small": lambda r: str(r.randint(0, 40)),
        "real": lambda r: f"{r.uniform(0, 90):.2f}",
        "code": lambda r: f"{r.choice('XYZ')}{digits(r, 3)}",
        "flag": lambda r: r.choice(("true", "false")),
        "word": lambda r: r.choice(("mới", "đang xử lý", "hoàn thành", "hủy")),
        "sentence": lambda r: f"Đề nghị bổ sung thành phần hồ sơ trước ngày {r.randint(1, 28)} tháng sau",
        "text_with_id": lambda r: f"Ông {name(r)}, CCCD {national_id(r)}, đề nghị xác nhận nơi cư trú",
    }  # fmt: skip


def classify_fold(text: str) -> str:
    from phantang.classify.text.folding import fold

    return fold(text)


@pytest.fixture(scope="session")
def schemas(generators: dict[str, Callable[[random.Random], str]]) -> dict[str, list[LabelledTable]]:
    """Every labelled schema, by file name."""
    return {path.stem: [_table(path.stem, entry, generators) for entry in _read(path)] for path in SCHEMAS}


def _read(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text("utf-8"))["tables"])


def _table(
    source: str, entry: dict[str, Any], generators: Mapping[str, Callable[[random.Random], str]]
) -> LabelledTable:
    columns: list[ColumnInfo] = []
    samples: dict[str, Values] = {}
    tags: dict[str, str] = {}
    for text, tag in entry["columns"].items():
        name, type_name, sample, comment = _column(text)
        columns.append(ColumnInfo(name, type_name, comment=comment))
        tags[name] = tag
        draw = random.Random(f"{source}.{entry['name']}.{name}")
        if sample:
            samples[name] = [None, *(generators[sample](draw) for _ in range(60))]
    table = TableName(source, "main", entry["name"])
    keys = tuple(
        ForeignKey((column,), TableName(source, "main", target.split(".")[0]), (target.split(".")[1],))
        for column, target in entry.get("foreign_keys", {}).items()
    )
    info = TableInfo(
        table, tuple(columns), comment=entry.get("comment"), primary_key=tuple(entry.get("key", ())), foreign_keys=keys
    )
    return LabelledTable(info, samples, tags, entry.get("structure"))


def _column(text: str) -> tuple[str, str, str | None, str | None]:
    """Read `name TYPE [sample] [-- comment]`."""
    head, _, comment = text.partition(" -- ")
    name, type_name, *rest = head.split()
    return name, type_name, rest[0] if rest else None, comment or None
