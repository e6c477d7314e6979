"""An empty workbook of the three forms, with a row in each sheet that shows what is meant."""

from typing import BinaryIO

from registry.events import Form
from registry.exporting.files import write_sheets
from registry.sheets.forms import LAYOUTS, TITLES

EXAMPLE = "（示例，请删除本行）"
"""Stands before the code of an example, so that nobody imports it unseen."""

_CODE = f"{EXAMPLE}91210100MA0TEXT129"
_EXAMPLES: dict[Form, dict[str, str]] = {
    "agency": {
        "code": _CODE,
        "name": "明远招标代理有限公司",
        "legal_form": "有限责任公司",
        "founded": "2015-03-01",
        "region": "210100",
        "address": "沈阳市和平区演示路 1 号",
        "premises": "租赁",
        "premises_area": "320",
        "capital": "500",
        "scope": "招标代理；政府采购代理；工程造价咨询",
        "fields": "工程建设、政府采购",
        "recording_equipment": "录音录像设备 2 套",
        "office_equipment": "电脑 12 台、扫描仪 2 台",
        "contact_name": "张某",
        "contact_phone": "024-00000001",
        "bank_name": "演示银行沈阳分行",
        "bank_account": "0000 0000 0000 0001",
        "controller_name": "李某",
        "controller_number": "210100198001010018",
    },
    "legal_person": {
        "code": _CODE,
        "name": "李某",
        "identity_number": "210100198001010018",
        "phone": "024-00000002",
        "term_from": "2020-01-01",
        "term_until": "2026-12-31",
    },
    "practitioner": {
        "code": _CODE,
        "name": "王某",
        "identity_number": "21010019900202001X",
        "key": "是",
        "titles": "高级工程师",
        "employed_since": "2018-05-01",
        "insurance_months": "80",
        "fields": "工程建设",
        "certificate.0.name": "一级造价工程师",
        "certificate.0.number": "演示第 000001 号",
        "certificate.0.issued": "2019-06-01",
        "certificate.0.until": "2027-05-31",
    },
}


def write_template(file: BinaryIO) -> None:
    """A star stands beside the columns that must be filled in."""
    sheets = []
    for form, title in TITLES.items():
        layout = LAYOUTS[form]
        heading = [f"{layout.heading(member)}{'*' if member in layout.required else ''}" for member in layout.columns]
        sheets.append((title, heading, [tuple(_EXAMPLES[form].get(member) for member in layout.columns)]))
    write_sheets(file, sheets, to_fill_in=True)
