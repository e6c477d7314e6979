"""The three forms (三表) as tables: a sheet for each in one workbook, or three CSV files.

What belongs to one agency bears its unified social credit code. No file is attached: a licence's scan is handed in on
the form's own page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from registry.errors import BadFact, FieldFault
from registry.events import Certificate, Form, Premises
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.rules.fields import LABELS, field_fault
from registry.sheets.csv_table import csv_lines
from registry.sheets.heading import BadHeading, Layout, Table, under_heading
from registry.sheets.limits import BadFile, Limits
from registry.sheets.values import fen, identity, iso_day, paragraphs, parts, whole, yes
from registry.sheets.workbook import ZIP, Workbook

TITLES: dict[Form, str] = {"agency": "机构", "legal_person": "法人", "practitioner": "从业人员"}
CERTIFICATES = 5
"""How many certificates of one person a row has columns for; the form's own page takes more."""

Cells = Mapping[str, str]
File = tuple[BinaryIO, str]
"""An open file and how its sender calls it."""

_CODE = ("统一社会信用代码", "社会信用代码", "信用代码", "code")
_PREMISES: dict[str, Premises] = {
    "自有": "owned",
    "租赁": "rented",
    "租用": "rented",
    "借用": "lent",
    "无偿使用": "lent",
}
_CERTIFICATE = {"name": "名称", "number": "编号", "issued": "发证日期", "until": "有效期至"}
_NO_END = ("", "长期", "永久")


def _layout(columns: dict[str, tuple[str, ...]], *optional: str) -> Layout:
    return Layout(columns, tuple(member for member in columns if member not in optional))


_CERTIFICATE_COLUMNS = {
    f"certificate.{place}.{part}": (f"证书{place + 1}{heading}", f"certificate_{place + 1}_{part}")
    for place in range(CERTIFICATES)
    for part, heading in _CERTIFICATE.items()
}

LAYOUTS: dict[Form, Layout] = {
    "agency": _layout(
        {
            "code": _CODE,
            "name": ("机构名称", "名称", "name"),
            "legal_form": ("组织形式", "企业类型", "legal_form"),
            "founded": ("成立日期", "founded"),
            "region": ("行政区划代码", "region"),
            "address": ("住所", "地址", "address"),
            "premises": ("经营场所使用方式", "premises"),
            "premises_area": ("经营场所面积（平方米）", "经营场所面积", "premises_area"),
            "capital": ("注册资本（万元）", "capital"),
            "scope": ("经营范围", "scope"),
            "fields": ("业务范围", "fields"),
            "recording_equipment": ("录音录像设备", "recording_equipment"),
            "office_equipment": ("办公设备", "office_equipment"),
            "contact_name": ("联系人", "contact_name"),
            "contact_phone": ("联系电话", "contact_phone"),
            "bank_name": ("开户银行", "bank_name"),
            "bank_account": ("银行账号", "bank_account"),
            "controller_name": ("实际控制人", "controller_name"),
            "controller_number": ("实际控制人证件号码", "controller_number"),
        }
    ),
    "legal_person": _layout(
        {
            "code": _CODE,
            "name": ("法定代表人姓名", "法定代表人", "姓名", "name"),
            "identity_number": ("公民身份号码", "身份证号", "identity_number"),
            "phone": ("联系电话", "phone"),
            "term_from": ("任职起始日", "term_from"),
            "term_until": ("任职届满日", "term_until"),
        },
        "term_until",
    ),
    "practitioner": _layout(
        {
            "code": _CODE,
            "name": ("从业人员姓名", "姓名", "name"),
            "identity_number": ("公民身份号码", "身份证号", "identity_number"),
            "key": ("主要从业人员", "key"),
            "titles": ("职称", "titles"),
            "employed_since": ("入职日期", "employed_since"),
            "insurance_months": ("社会保险缴纳月数", "insurance_months"),
            "fields": ("业务范围", "fields"),
            **_CERTIFICATE_COLUMNS,
        },
        "key",
        "titles",
        "fields",
        *_CERTIFICATE_COLUMNS,
    ),
}


@dataclass(frozen=True)
class FormTable:
    """One of the three, about to be read."""

    form: Form
    where: str
    """The sheet's name, or the file's: how a report calls it."""
    table: Table


def holds_forms(files: Sequence[File], limits: Limits) -> bool:
    """Whether these are the three forms, and not a plain list of agencies. Raises BadFile, FileTooLarge."""
    if len(files) != 1:
        return True
    ((file, name),) = files
    return _is_workbook(file) and not set(Workbook(file, name, limits).titles).isdisjoint(TITLES.values())


def form_tables(files: Sequence[File], limits: Limits) -> Iterator[FormTable]:
    """The three tables, agencies first, each to be read before the next is asked for.

    files: one workbook, or three CSV files in any order. Raises BadFile, FileTooLarge, BadHeading.
    """
    if len(files) == 1:
        yield from _workbook_tables(*files[0], limits)
        return
    found: dict[Form, FormTable] = {}
    for file, name in files:
        if _is_workbook(file):
            raise BadFile(name=name, why_zh="三份表须在同一个 .xlsx 文件中", why_en="one .xlsx file holds all three")
        one = _csv_table(file, name, limits)
        if one.form in found:
            raise BadHeading(why_zh=f"“{TITLES[one.form]}”表重复", why_en=f"two files hold the form {one.form!r}")
        found[one.form] = one
    for form, title in TITLES.items():
        if form not in found:
            raise BadHeading(why_zh=f"缺少“{title}”表", why_en=f"no file holds the form {form!r}")
        yield found[form]


def _is_workbook(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(len(ZIP)) == ZIP


def _workbook_tables(file: BinaryIO, name: str, limits: Limits) -> Iterator[FormTable]:
    workbook = Workbook(file, name, limits)
    missing = [title for title in TITLES.values() if title not in workbook.titles]
    if missing:
        raise BadHeading(why_zh=f"缺少工作表：{'、'.join(missing)}", why_en=f"sheets that are missing: {missing}")
    for form, title in TITLES.items():
        yield FormTable(form, title, under_heading(workbook.lines(title), LAYOUTS[form]))


def _csv_table(file: BinaryIO, name: str, limits: Limits) -> FormTable:
    table = under_heading(csv_lines(file, name, limits), *LAYOUTS.values())
    return FormTable(next(form for form, layout in LAYOUTS.items() if layout is table.layout), name, table)


# One row


def agency_form(cells: Cells) -> tuple[AgencyForm, AgencyPrivate]:
    form = AgencyForm(
        name=cells["name"],
        legal_form=cells["legal_form"],
        founded=iso_day(cells["founded"]),
        region=cells["region"],
        address=cells["address"],
        premises=cast(Premises, _PREMISES.get(cells["premises"], cells["premises"])),
        premises_area=whole(cells["premises_area"]),
        capital=fen(cells["capital"]),
        scope=paragraphs(cells["scope"]),
        fields=parts(cells["fields"]),
        recording_equipment=cells["recording_equipment"],
        office_equipment=cells["office_equipment"],
    )
    private = AgencyPrivate(
        contact_name=cells["contact_name"],
        contact_phone=cells["contact_phone"],
        bank_name=cells["bank_name"],
        bank_account=cells["bank_account"],
        controller_name=cells["controller_name"],
        controller_number=identity(cells["controller_number"]),
        licence=None,
    )
    return form, private


def legal_person_form(cells: Cells) -> tuple[LegalPersonForm, LegalPersonPrivate]:
    form = LegalPersonForm(iso_day(cells["term_from"]), _last_day(cells.get("term_until", "")))
    return form, LegalPersonPrivate(cells["name"], identity(cells["identity_number"]), cells["phone"])


def practitioner_form(cells: Cells) -> tuple[PractitionerForm, PractitionerPrivate]:
    filled = _filled_certificates(cells)
    form = PractitionerForm(
        key=yes(cells.get("key", "")) or False,
        titles=parts(cells.get("titles", "")),
        certificates=tuple(
            Certificate(
                name=_certificate(cells, place, "name"),
                issued=iso_day(_certificate(cells, place, "issued")),
                until=_last_day(_certificate(cells, place, "until")),
            )
            for place in filled
        ),
        employed_since=iso_day(cells["employed_since"]),
        insurance_months=whole(cells["insurance_months"]),
        fields=parts(cells.get("fields", "")),
    )
    numbers = tuple(_certificate(cells, place, "number") for place in filled)
    return form, PractitionerPrivate(cells["name"], identity(cells["identity_number"]), numbers)


def key_fault(cells: Cells) -> FieldFault | None:
    """Where neither yes nor no is said of a practitioner: what no form could hold."""
    if yes(cells.get("key", "")) is not None:
        return None
    return field_fault("key", BadFact(field=LABELS["key"], why_zh="须填“是”或“否”", why_en="yes or no"))


def column_of(form: Form, cells: Cells, field: str) -> str:
    """The heading under which a fault's field stands in this row."""
    member, _, number = field.partition(".")
    if form == "practitioner" and member.startswith("certificate"):
        filled = _filled_certificates(cells) or [0]
        part = "number" if member == "certificate_numbers" else "name"
        member = f"certificate.{filled[int(number or 0)]}.{part}"
    return LAYOUTS[form].heading(member)


def _filled_certificates(cells: Cells) -> list[int]:
    return [place for place in range(CERTIFICATES) if any(_certificate(cells, place, part) for part in _CERTIFICATE)]


def _certificate(cells: Cells, place: int, part: str) -> str:
    return cells.get(f"certificate.{place}.{part}", "")


def _last_day(text: str) -> str | None:
    return None if text in _NO_END else iso_day(text)
