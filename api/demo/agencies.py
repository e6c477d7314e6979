"""The sixty fictional agencies of Mingchuan and their four hundred practitioners, as rows of the three forms.

They are made from the lists below and numbered from 1, always alike. The first fifteen are those of `agencies.csv`, the
list that an earlier system left. Nobody here exists: codes and identity numbers have right check characters but belong
to no region, and every person's middle character is 演, of 演示.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import BinaryIO

from api.demo.city import a_code, identity_number
from registry.events import Form
from registry.exporting.files import write_sheets
from registry.sheets import Sheet, read_rows
from registry.sheets.forms import LAYOUTS, TITLES

COUNT = 60
CERTIFICATE = "一级造价工程师"
"""What a call may ask that one of an agency's practitioners holds."""
COMMON_CERTIFICATE = "招标采购从业人员证书"

_FIRMS = (  # two characters each
    "广源恒泰同舟瑞丰博远金桥诚达华信东陆明德正源嘉禾永安建业宏图思远海纳百川长风新元启明智和方圆诚正卓越安达"
    "金石鸿宇天成众信立诚中和远航丰泽景明岳麓润泽清源松柏和顺国信盛世青山云杉望海"
)
_STREETS = (
    "学府路",
    "滨河街",
    "文化路",
    "青年大街",
    "崇山路",
    "黄河街",
    "南京街",
    "长江路",
    "泰山路",
    "昆山路",
    "宁山路",
)
_FIELDS = ("工程建设、政府采购", "工程建设", "工程建设、政府采购、国有产权", "工程建设、政府采购", "政府采购")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶"
_GIVEN = "春夏秋冬晨晓明月星云山川江海松柏梅兰"
_PEOPLE = (7, 6, 7, 7, 6, 7, 8)
"""How many practitioners an agency has, in turn."""


@dataclass(frozen=True)
class Agency:
    """One agency; each row holds the cells of a form by their members."""

    number: int
    code: str
    agency: Mapping[str, str]
    legal_person: Mapping[str, str]
    practitioners: tuple[Mapping[str, str], ...]

    @property
    def name(self) -> str:
        return self.agency["name"]

    @property
    def sign_in_name(self) -> str:
        """Of its own account."""
        return f"agency-{self.number:02}"


# Who is special, and why somebody is out of a draw

SUSPENDED, REMOVED, FORMER_SUSPENDED, APPEALED, POINTS, OBJECTED = 11, 10, 13, 5, 50, 30
BARE = 15
"""On record by the old list alone: it never hands in a form."""
OF_THE_TENDERER = 7
"""Whoever controls the waterworks controls it too."""
OF_ONE_OWNER = (20, 33)
AT_TWO = (36, 48)
"""A practitioner of the first has a form with the second, too."""
UNPROMISED = 45
FEW = 25
"""Has three practitioners."""
LAPSED, UNRENEWED_PROMISE, UNACKNOWLEDGED, MENDED, LATE, NEWCOMER = 55, 56, 57, 58, 59, 60
"""Who joined by themselves, one after the other; the last one is not on record in time."""
OWN_DESKS = (LAPSED, UNRENEWED_PROMISE, UNACKNOWLEDGED, MENDED, LATE, NEWCOMER)


@cache
def old_list() -> Sheet:
    """The agencies that an earlier system had, which the registrar puts on record as they are."""
    return read_rows(files("api.demo").joinpath("agencies.csv").read_bytes(), "agencies.csv")


@cache
def agencies() -> tuple[Agency, ...]:
    """All sixty, by their numbers."""
    made: list[Agency] = []
    persons = 0
    for number in range(1, COUNT + 1):
        count = {BARE: 0, FEW: 3, LATE: 6}.get(number, _PEOPLE[number % len(_PEOPLE)])
        made.append(_agency(number, range(persons, persons + count)))
        persons += count
    shared = dict(made[AT_TWO[0] - 1].practitioners[-1])
    second = made[AT_TWO[1] - 1]
    row = shared | {"code": second.code, "certificate.0.number": f"{shared['certificate.0.number']}-2"}
    made[AT_TWO[1] - 1] = Agency(
        second.number, second.code, second.agency, second.legal_person, (*second.practitioners[:-1], row)
    )
    return tuple(made)


def agency(number: int) -> Agency:
    return agencies()[number - 1]


def imported() -> list[Agency]:
    """Those whose forms the registrar takes over from one workbook."""
    return [one for one in agencies() if one.number != BARE and one.number not in OWN_DESKS]


def write_workbook(file: BinaryIO) -> None:
    """The workbook in which the three forms of those agencies came."""
    rows: dict[Form, list[Mapping[str, str]]] = {
        "agency": [one.agency for one in imported()],
        "legal_person": [one.legal_person for one in imported()],
        "practitioner": [row for one in imported() for row in one.practitioners],
    }
    sheets = []
    for form, title in TITLES.items():
        layout = LAYOUTS[form]
        heading = [layout.heading(member) for member in layout.columns]
        lines = [tuple(row.get(member) or None for member in layout.columns) for row in rows[form]]
        sheets.append((title, heading, lines))
    write_sheets(file, sheets)


def owner_number(number: int) -> str:
    """Identity number of who controls an agency."""
    return _number(6_000 + (OF_ONE_OWNER[0] if number in OF_ONE_OWNER else number))


def _agency(number: int, persons: range) -> Agency:
    code = a_code(f"91219900MA0MC{number:03}")
    row = {"code": code} | _facts(number)
    row |= {
        "legal_form": "有限责任公司",
        "premises": ("租赁", "自有", "租赁", "无偿使用")[number % 4],
        "premises_area": str(120 + 15 * (number % 17)),
        "capital": str(200 + 100 * (number % 9)),
        "scope": "招标代理；政府采购代理；工程造价咨询",
        "recording_equipment": f"固定机位录音录像设备 {2 + number % 3} 套",
        "office_equipment": f"计算机 {8 + number % 12} 台、扫描仪 2 台",
        "contact_name": _name(700 + number),
        "contact_phone": f"024-555{10000 + number}",
        "bank_name": "演示银行明川分行",
        "bank_account": f"6217 9999 0000 {number:04}",
        "controller_name": _name(900 + (OF_ONE_OWNER[0] if number in OF_ONE_OWNER else number)),
        "controller_number": owner_number(number),
    }
    legal_person = {
        "code": code,
        "name": _name(500 + number),
        "identity_number": _number(5_000 + number),
        "phone": f"024-555{20000 + number}",
        "term_from": f"20{18 + number % 4}-05-01",
        "term_until": "",
    }
    people = tuple(_practitioner(code, person, place) for place, person in enumerate(persons))
    return Agency(number, code, row, legal_person, people)


def _facts(number: int) -> dict[str, str]:
    """Of the old list, as it has them; of the others, from the lists above."""
    rows = old_list().rows
    members = ("name", "region", "address", "fields", "founded")
    if number <= len(rows):
        return {member: rows[number - 1].cells[member] for member in members}
    firm = 2 * (number - len(rows) - 1)
    return {
        "name": f"明川市{_FIRMS[firm : firm + 2]}招标代理有限公司",
        "region": "219900",
        "address": f"明川市演示区{_STREETS[number % len(_STREETS)]}{3 + 7 * number}号",
        "fields": _FIELDS[number % len(_FIELDS)] if number not in OWN_DESKS else _FIELDS[0],
        "founded": f"{2006 + number % 14}-{1 + number % 12:02}-{1 + number % 28:02}",
    }


def _practitioner(code: str, person: int, place: int) -> dict[str, str]:
    """place: among those of the agency, of whom the first is a key one and holds the certificate that calls ask for."""
    return {
        "code": code,
        "name": _name(person),
        "identity_number": _number(person),
        "key": "是" if place == 0 else "否",
        "titles": ("高级工程师", "工程师", "经济师")[person % 3],
        "employed_since": f"20{16 + person % 5}-{1 + person % 12:02}-01",
        "insurance_months": str(20 + person % 3),
        "fields": "工程建设",
        "certificate.0.name": CERTIFICATE if place == 0 else COMMON_CERTIFICATE,
        "certificate.0.number": f"演示第{person + 1:06}号",
        "certificate.0.issued": f"2019-0{1 + person % 9}-15",
        # Of a few the certificate runs out in the year that is played.
        "certificate.0.until": "2023-05-31" if place == 1 and person % 11 == 0 else "2027-12-31",
    }


def _name(person: int) -> str:
    """Of nobody; four hundred and more are all different."""
    given, surname = divmod(person, len(_SURNAMES))
    return f"{_SURNAMES[surname]}演{_GIVEN[given % len(_GIVEN)]}{'' if given < len(_GIVEN) else _GIVEN[given // 18]}"


def _number(person: int) -> str:
    """Another identity number for each person."""
    born = date(1965, 1, 1) + timedelta(days=person * 37 % 10_000)
    return identity_number(f"{born:%Y%m%d}", 100 + person % 900)
