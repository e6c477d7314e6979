import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import Refusal
from registry import sheets
from registry.sheets import BadFile, BadHeading, FileTooLarge, read_rows

HEADING = ["统一社会信用代码", "机构名称", "行政区划代码", "住所", "业务范围", "成立日期", "联系人", "联系电话"]
ROW = ["91210100MA0TEXT129", "明远招标", "210100", "沈阳", "工程建设、政府采购", "2015-03-01", "张某", "024-11111111"]


def a_csv(*rows: list[str], encoding: str = "utf-8", heading: list[str] = HEADING) -> bytes:
    return "".join(",".join(cells) + "\r\n" for cells in (heading, *rows)).encode(encoding)


def an_xlsx(rows: list[list[Any]]) -> bytes:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell is not None:
                    sheet.write(number, column, cell)
    return data.getvalue()


def repacked(data: bytes, change: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", compression) as changed:
        for part in archive.namelist():
            if part not in change:
                changed.writestr(part, archive.read(part))
        for part, content in change.items():
            changed.writestr(part, content)
    return out.getvalue()


def a_sheet(*cells: str) -> bytes:
    rows = "".join(cells)
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'.encode()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_every_encoding_that_excel_writes(encoding: str) -> None:
    sheet = read_rows(a_csv(ROW, encoding=encoding), "名单.csv")
    (row,) = sheet.rows
    assert row.number == 2
    assert row.cells["name"] == "明远招标"
    assert row.cells["contact_phone"] == "024-11111111"


@pytest.mark.parametrize(
    "data", ["表".encode("utf-16"), "code,name".encode("utf-16-le"), b"\xff\x00" * 20, b"\x80\x80"]
)
def test_other_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(BadFile):
        read_rows(data, "名单.csv")


def test_xlsx_numbers_and_dates_become_what_the_eye_sees() -> None:
    rows: list[list[Any]] = [HEADING, [*ROW[:2], 210100, *ROW[3:5], date(2015, 3, 1), "张某", 13800000000]]
    (row,) = read_rows(an_xlsx(rows), "名单.xlsx").rows
    assert row.cells["region"] == "210100"
    assert row.cells["founded"] == "2015-03-01"
    assert row.cells["contact_phone"] == "13800000000"


def test_a_code_that_was_stored_as_a_number_never_passes_for_one() -> None:
    (row,) = read_rows(an_xlsx([HEADING, [912101001234567890, *ROW[1:]]]), "名单.xlsx").rows
    assert not row.cells["code"].isdigit()


@pytest.mark.parametrize("formula", ["=1+1", "+86", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_data(formula: str) -> None:
    for data in (a_csv([ROW[0], formula, *ROW[2:]]), an_xlsx([HEADING, [ROW[0], formula, *ROW[2:]]])):
        assert read_rows(data, "名单").rows[0].cells["name"] == formula


def test_of_a_formula_the_stored_value_is_read() -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ROW)
        sheet.write_formula(1, 1, '="明远"&"招标"', None, "明远招标")
    assert read_rows(data.getvalue(), "名单.xlsx").rows[0].cells["name"] == "明远招标"


def a_first_cell(cell: str, **parts: str) -> str:
    """What is read of a cell of the name's column."""
    heading = "".join(f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in HEADING)
    sheet = a_sheet(f"<row>{heading}</row>", f"<row><c><v>1</v></c>{cell}</row>")
    changed = {f"xl/{name}.xml": content.encode() for name, content in parts.items()}
    return read_rows(repacked(an_xlsx([HEADING, ROW]), {SHEET: sheet} | changed), "名单.xlsx").rows[0].cells["name"]


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ('<c t="inlineStr"><is><t>明远</t></is></c>', "明远"),
        ('<c t="inlineStr"><is><r><t>明</t></r><r><rPr><b/></rPr><t>远</t></r></is></c>', "明远"),
        ('<c t="inlineStr"><is><t>明远</t><rPh sb="0" eb="1"><t>ming</t></rPh></is></c>', "明远"),
        ('<c t="str"><f>A1&amp;"远"</f><v>明远</v></c>', "明远"),
        ('<c t="str"><v>明_x0041_远_x005F_x0041__xD800_</v></c>', "明A远_x0041__xD800_"),
        ('<c t="b"><v>1</v></c>', "TRUE"),
        ('<c t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c t="d"><v>2015-03-01T00:00:00</v></c>', "2015-03-01"),
        ("<c><v>1.5</v></c>", "1.5"),
        ("<c><v>2.0</v></c>", "2"),
        ('<c s="0"/>', ""),
    ],
)
def test_every_kind_of_cell_is_read(cell: str, wanted: str) -> None:
    assert a_first_cell(cell) == wanted


@pytest.mark.parametrize(
    ("format_", "number", "wanted"),
    [
        ('numFmtId="14"', "42064", "2015-03-01"),
        ('numFmtId="31"', "42064", "2015-03-01"),
        ('numFmtId="22"', "42064.5", "2015-03-01 12:00:00"),
        ('numFmtId="14"', "1", "1900-01-01"),
        ('numFmtId="14"', "59", "1900-02-28"),
        ('numFmtId="14"', "61", "1900-03-01"),
        ('numFmtId="14"', "2958465", "9999-12-31"),
        ('numFmtId="14"', "2958466", "2958466"),
        ('numFmtId="14"', "-1", "-1"),
        ('numFmtId="14"', "1e400", "inf"),
        ('numFmtId="164"', "42064", "2015-03-01"),
        ('numFmtId="165"', "42064", "42064"),
        ('numFmtId="166"', "42064", "42064"),
        ('numFmtId="167"', "42064", "2015-03-01"),
        ('numFmtId="0"', "42064", "42064"),
    ],
)
def test_a_number_is_a_date_where_its_format_shows_one(format_: str, number: str, wanted: str) -> None:
    codes = ('yyyy"年"m"月"d"日"', '[Red]#,##0.00"days"', "General", "[$-804]yyyy/m/d;@")
    numbered = "".join(
        f'<numFmt numFmtId="{164 + place}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for place, code in enumerate(codes)
    )
    styles = (
        f'<styleSheet><numFmts>{numbered}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="0"/><xf {format_}/></cellXfs></styleSheet>'
    )
    assert a_first_cell(f'<c s="1"><v>{number}</v></c>', styles=styles) == wanted


def test_a_workbook_may_count_its_days_from_1904() -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"date_1904": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ROW)
        sheet.write_datetime(1, 5, date(2015, 3, 1), workbook.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_rows(data.getvalue(), "名单.xlsx").rows[0].cells["founded"] == "2015-03-01"


def test_a_title_merged_over_the_heading_is_passed_over() -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range(0, 0, 1, 7, "招标代理机构名单")
        sheet.write_row(3, 0, HEADING)
        sheet.write_row(5, 0, ROW)
    (row,) = read_rows(data.getvalue(), "名单.xlsx").rows
    assert row.number == 6


def test_a_heading_in_english_or_with_a_star_is_known_and_others_are_named() -> None:
    heading = ["code*", "Name", "region", "address ", "业务 范围", "founded", "备注", "序号"]
    sheet = read_rows(a_csv(ROW, heading=heading), "list.csv")
    assert sheet.rows[0].cells["fields"] == ROW[4]
    assert sheet.ignored == ("备注", "序号")
    assert "contact_name" not in sheet.rows[0].cells


def test_a_missing_or_double_column_is_named() -> None:
    with pytest.raises(BadHeading) as refusal:
        read_rows(a_csv(ROW, heading=["统一社会信用代码", "机构名称", "", "", ""]), "名单.csv")
    assert "行政区划代码、住所、业务范围" in refusal.value.message("zh")
    with pytest.raises(BadHeading) as refusal:
        read_rows(a_csv(ROW, heading=[*HEADING[:7], "地址"]), "名单.csv")
    assert "住所" in refusal.value.message("zh")
    with pytest.raises(BadHeading):
        read_rows(b"", "名单.csv")


def test_empty_rows_and_cells_are_passed_over() -> None:
    data = a_csv(["", "", ""], ROW[:5], [], [" ", "\u3000"])
    (row,) = read_rows(data, "名单.csv").rows
    assert row.number == 3
    assert row.cells["founded"] == ""


@pytest.mark.parametrize(
    "data",
    [
        b'code,name,region,address,fields\r\n"open,1,2,3,4',
        b'code,name,region,address,fields\r\n"a"b,1,2,3,4',
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        b"PK\x03\x04" + bytes(100),
        b"PK\x03\x04",
        an_xlsx([HEADING, ROW])[:-200],
        repacked(an_xlsx([HEADING, ROW]), {"xl/workbook.xml": b"<workbook"}),
        repacked(an_xlsx([HEADING, ROW]), {"xl/workbook.xml": b"<a/>"}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet('<row><c r="1A"/></row>')}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet('<row r="2"/><row r="1"/>')}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet('<row r="1"><c r="A2"><v>1</v></c></row>')}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet('<row r="1"><c r="B1"/><c r="A1"/></row>')}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet('<row r="1"><c r="A1" t="s"><v>999</v></c></row>')}),
        repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet(f'<row a="{"x" * 2_000_000}"/>')}),
    ],
)
def test_broken_files_are_refused(data: bytes) -> None:
    with pytest.raises((BadFile, BadHeading)):
        read_rows(data, "名单")


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<a/>")
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(BadFile):
        read_rows(out.getvalue(), "名单.ods")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = b"<a>" + b" " * (sheets.MAX_UNPACKED + 1) + b"</a>"
    bomb = repacked(an_xlsx([HEADING, ROW]), {SHEET: content})
    assert len(bomb) < 1_000_000
    with pytest.raises(FileTooLarge):
        read_rows(bomb, "名单.xlsx")


def test_a_part_that_no_sheet_needs_is_never_unpacked() -> None:
    content = b"<a>" + b" " * (sheets.MAX_UNPACKED + 1) + b"</a>"
    assert len(read_rows(repacked(an_xlsx([HEADING, ROW]), {"xl/bomb.xml": content}), "名单.xlsx").rows) == 1


def test_a_size_that_lies_in_the_archive_changes_nothing() -> None:
    content = b"<a>" + b" " * 5_000_000 + b"</a>"
    bomb = repacked(an_xlsx([HEADING, ROW]), {SHEET: content})
    lying = bomb.replace(len(content).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(BadFile):
        read_rows(lying, "名单.xlsx")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        '<row r="1"><c r="AG1"><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * (sheets.MAX_COLUMNS + 1) + "</row>",
        "<row/>" * (sheets.MAX_ROWS + sheets.HEADER_WITHIN + 1),
        f'<row r="1"><c r="A1" t="str"><v>{"x" * (sheets.MAX_CELL + 1)}</v></c></row>',
        '<row r="99999999999"/>',
    ],
)
def test_cells_far_out_or_too_long_are_refused_before_memory_is_taken_for_them(cells: str) -> None:
    with pytest.raises(FileTooLarge):
        read_rows(repacked(an_xlsx([HEADING, ROW]), {SHEET: a_sheet(cells)}), "名单.xlsx")


def test_each_limit_of_a_csv_file_is_named() -> None:
    with pytest.raises(FileTooLarge):
        read_rows(b" " * (sheets.MAX_BYTES + 1), "名单.csv")
    with pytest.raises(FileTooLarge):
        read_rows(a_csv([*ROW, *[""] * sheets.MAX_COLUMNS, "x"]), "名单.csv")
    with pytest.raises(FileTooLarge):
        read_rows(a_csv([*ROW[:3], "长" * (sheets.MAX_CELL + 1), *ROW[4:]]), "名单.csv")
    with pytest.raises(FileTooLarge):
        read_rows(a_csv(*[["x"]] * (sheets.MAX_ROWS + sheets.HEADER_WITHIN)), "名单.csv")
    assert len(read_rows(a_csv([*ROW, *[""] * 100]), "名单.csv").rows) == 1


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_rows_or_refused(data: bytes, as_zip: bool) -> None:
    try:
        read_rows(b"PK\x03\x04" + data if as_zip else data, "名单")
    except Refusal as refusal:
        assert refusal.code.startswith("registry.")  # noqa: PT017 - the property is about whatever is refused


GOOD = an_xlsx([HEADING, ROW])


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_flipped_byte_of_a_workbook_never_crashes(place: int, flip: int) -> None:
    data = bytearray(GOOD)
    data[place] ^= flip
    try:
        read_rows(bytes(data), "名单.xlsx")
    except Refusal as refusal:
        assert refusal.code.startswith("registry.")  # noqa: PT017 - the property is about whatever is refused
