"""Files of the three forms, of fictional agencies and people: as a workbook, and as three CSV files."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-untyped] # it ships no types

from registry.events import Form
from registry.sheets.forms import LAYOUTS, TITLES
from tests.registry.builders import a_code

Rows = Mapping[Form, Iterable[Mapping[str, str]]]
"""Rows by their members."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH = date(1960, 1, 1)


def a_number(person: int) -> str:
    """A fictional identity number with a right check character; another one for each person."""
    day, turn = divmod(person, 1000)
    body = f"210100{_FIRST_BIRTH + timedelta(days=day):%Y%m%d}{turn:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def an_agency_row(number: int, **changed: str) -> dict[str, str]:
    return {
        "code": a_code(number),
        "name": f"演示代理机构{number}号有限公司",
        "legal_form": "有限责任公司",
        "founded": "2015-03-01",
        "region": "210100",
        "address": f"沈阳市和平区演示路 {number} 号",
        "premises": "租赁",
        "premises_area": "320",
        "capital": "500",
        "scope": "招标代理；工程造价咨询",
        "fields": "工程建设、政府采购",
        "recording_equipment": "录音录像设备 2 套",
        "office_equipment": "电脑 12 台",
        "contact_name": f"联系{number}",
        "contact_phone": f"024-{number:08}",
        "bank_name": "演示银行沈阳分行",
        "bank_account": f"{number:016}",
        "controller_name": f"控制{number}",
        "controller_number": a_number(1_000_000 + number),
    } | changed


def a_legal_person_row(number: int, **changed: str) -> dict[str, str]:
    return {
        "code": a_code(number),
        "name": f"法人{number}",
        "identity_number": a_number(2_000_000 + number),
        "phone": f"024-{50_000_000 + number}",
        "term_from": "2020-01-01",
        "term_until": "",
    } | changed


def a_practitioner_row(agency: int, person: int, **changed: str) -> dict[str, str]:
    """person: of all, so that none is with two agencies."""
    return {
        "code": a_code(agency),
        "name": f"人员{person}",
        "identity_number": a_number(person),
        "key": "是" if person % 3 == 0 else "否",
        "titles": "高级工程师",
        "employed_since": "2018-05-01",
        "insurance_months": "80",
        "fields": "工程建设",
        "certificate.0.name": "一级造价工程师",
        "certificate.0.number": f"演示第 {person:06} 号",
        "certificate.0.issued": "2019-06-01",
        "certificate.0.until": "2035-05-31",
    } | changed


def rows_of(agencies: int, people_each: int = 1) -> dict[Form, Iterable[Mapping[str, str]]]:
    """Agencies 1 to `agencies`, each with its legal person and so many practitioners; made as they are asked for."""

    def people() -> Iterator[Mapping[str, str]]:
        for agency in range(1, agencies + 1):
            for place in range(people_each):
                yield a_practitioner_row(agency, agency * people_each + place)

    return {
        "agency": map(an_agency_row, range(1, agencies + 1)),
        "legal_person": map(a_legal_person_row, range(1, agencies + 1)),
        "practitioner": people(),
    }


def write_workbook(file: BinaryIO, rows: Rows, *, in_place: bool = False) -> None:
    """in_place: texts stand in their cells; else as Excel writes them, all in one part beside the sheets."""
    with xlsxwriter.Workbook(file, {"constant_memory": in_place}) as workbook:
        for form, title in TITLES.items():
            layout = LAYOUTS[form]
            sheet = workbook.add_worksheet(title)
            sheet.write_row(0, 0, [layout.heading(member) for member in layout.columns])
            for number, row in enumerate(rows[form], 1):
                for column, member in enumerate(layout.columns):
                    if row.get(member):
                        sheet.write_string(number, column, row[member])


def a_workbook(rows: Rows) -> io.BytesIO:
    file = io.BytesIO()
    write_workbook(file, rows)
    file.seek(0)
    return file


def csv_files(rows: Rows) -> list[tuple[BinaryIO, str]]:
    """The three tables, practitioners first, since any order will do."""
    files: list[tuple[BinaryIO, str]] = []
    for form, title in reversed(TITLES.items()):
        layout, text = LAYOUTS[form], io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(layout.heading(member) for member in layout.columns)
        writer.writerows([row.get(member, "") for member in layout.columns] for row in rows[form])
        files.append((io.BytesIO(text.getvalue().encode()), f"{title}.csv"))
    return files
