"""The fictional city of Mingchuan (明川市): its organisations, people, projects, and when what happens.

Nobody and nothing here exists. Codes have right check characters and belong to an unassigned region.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.events import Capacity, Role
from registry.uscc import check_character, has_right_inner_code

ORIGIN = "demo.mingtang.example/mingchuan"
"""The demo's log. A log of any other name is never served with the demo's clock."""

DRAW_PREFIX = "MC"

ROUND = 1_000_000
"""The recorded drand round that both meetings of the afternoon wait for: 27 September 2023, 16:29:24."""


def moment(text: str) -> int:
    """Unix seconds of a time in Shanghai, `2023-09-27 16:00`."""
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp())


OPENING = "2022-09-13"
"""The day on which the register opens, a year before the draws."""
MONDAY, WEDNESDAY = "2023-09-25", "2023-09-27"


@dataclass(frozen=True)
class Organisation:
    id: str
    name: str
    capacity: Capacity


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `born` makes the identity number, which is as fictional as the person."""

    key: str
    sign_in_name: str
    role: Role
    organisation: str | None
    born: str | None = None


ORGANISATIONS = (
    Organisation("centre", "明川市公共资源交易中心", "centre"),
    Organisation("notary", "明川市公证处", "notary"),
    Organisation("supervisor", "明川市发展和改革局", "supervisor"),
    Organisation("water", "明川市水务建设有限公司", "tenderer"),
    Organisation("school", "明川市教育局", "tenderer"),
    Organisation("bridge", "明川市城市道桥中心", "tenderer"),
)

PEOPLE = (
    Person("registrar", "registrar", "registrar", "centre", "19850412"),
    Person("operator", "operator", "operator", "centre", "19880923"),
    Person("notary", "notary", "notary", "notary", "19790115"),
    Person("supervisor", "supervisor", "supervisor", "supervisor", "19821130"),
    Person("reviewer", "reviewer", "supervisor", "supervisor", "19770526"),
    Person("inspector", "inspector", "inspector", None, "19760708"),
    Person("water", "water", "tenderer", "water"),
    Person("school", "school", "tenderer", "school"),
    Person("bridge", "bridge", "tenderer", "bridge"),
)

SEATS = ("centre", "notary", "supervisor")
"""Seats that every plan has, named as their organisations; the tenderer of the project holds a fourth."""


def person_of(organisation: str) -> str:
    """The key of the person who acts for an organisation at its seat."""
    return {"centre": "operator"}.get(organisation, organisation)


@dataclass(frozen=True)
class Project:
    code: str
    title: str
    tenderer: str
    trade: Literal["A", "B", "C", "D"]
    legal_basis: str
    estimate_fen: int
    field: str
    """The line of business that an agent must have on record."""
    scope: str
    draw: str
    """The draw's number."""


WATERWORKS = Project(
    "XM-2023-0117",
    "明川市第三水厂扩建工程",
    "water",
    "A",
    "《中华人民共和国招标投标法》第三条",
    18_650_000_000,
    "工程建设",
    "施工、监理及主要设备的招标代理",
    "MC-2023-0001",
)
SCHOOL = Project(
    "XM-2023-0121",
    "明川市中小学教学设备采购",
    "school",
    "D",
    "《中华人民共和国政府采购法》第十九条",
    946_000_000,
    "政府采购",
    "教学设备的采购代理",
    "MC-2023-0002",
)
BRIDGE = Project(
    "XM-2023-0124",
    "明川市沿河大桥维修加固工程",
    "bridge",
    "A",
    "《中华人民共和国招标投标法》第三条",
    4_280_000_000,
    "工程建设",
    "施工招标代理",
    "MC-2023-0003",
)
PROJECTS = (WATERWORKS, SCHOOL, BRIDGE)


def identity_number(born: str, turn: int = 7) -> str:
    """A number with a right check digit, of nobody: its county does not exist. turn: among those born on one day."""
    digits = f"219999{born}{turn:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def a_code(body: str) -> str:
    """The unified social credit code that begins with these sixteen characters; two check characters follow."""
    inner = next(body + character for character in "0123456789X" if has_right_inner_code(body + character))
    return inner + check_character(inner)
