"""A plain list of agencies: what is public of each, and whom to call there."""

import io
from dataclasses import dataclass

from registry.sheets.csv_table import csv_lines
from registry.sheets.heading import Layout, Row, under_heading
from registry.sheets.limits import UPLOAD, BadFile, Limits
from registry.sheets.workbook import OLE, ZIP, Workbook

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码", "社会信用代码", "信用代码", "code", "uscc"),
    "name": ("机构名称", "代理机构名称", "单位名称", "名称", "name"),
    "region": ("行政区划代码", "行政区划", "地区代码", "region"),
    "address": ("住所", "地址", "注册地址", "address"),
    "fields": ("业务范围", "业务类别", "fields"),
    "founded": ("成立日期", "成立时间", "founded"),
    "contact_name": ("联系人", "contact_name"),
    "contact_phone": ("联系电话", "电话", "contact_phone"),
}
REQUIRED = ("code", "name", "region", "address", "fields")
LIST = Layout(COLUMNS, REQUIRED)


@dataclass(frozen=True)
class Sheet:
    rows: list[Row]
    ignored: tuple[str, ...]
    """Headings that stand for nothing here."""


def read_rows(data: bytes, name: str, limits: Limits = UPLOAD) -> Sheet:
    """The rows under the heading of a CSV file, or of the first sheet of an XLSX file; the content says which it is.

    name: as the sender calls the file, for messages only. Raises BadFile, FileTooLarge, BadHeading.
    """
    limits.check_bytes(len(data))
    file = io.BytesIO(data)
    if data.startswith(OLE):
        raise BadFile(name=name, why_zh="是旧版 .xls 或加密文件，请另存为 .xlsx", why_en="save it as a plain .xlsx")
    if data.startswith(ZIP):
        workbook = Workbook(file, name, limits)
        lines = workbook.lines(workbook.titles[0])
    else:
        lines = csv_lines(file, name, limits)
    table = under_heading(lines, LIST)
    return Sheet(list(table.rows), table.ignored)
