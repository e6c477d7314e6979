import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import keys
from registry import commands
from registry.events import AgencyRecorded, ConductAcknowledged, CreditFactRecorded, Form, PractitionerLeft
from registry.exporting import PUBLIC, TABLES, Scope, write_csv, write_xlsx
from registry.exporting.files import harmless, write_sheets
from registry.exporting.scope import Cell, last_day, moment
from registry.importing import check_forms, import_agencies, record_forms
from registry.model.supervision import Ruling, Story
from registry.queries.forms import all_states
from registry.queries.persons import all_shown_persons
from registry.sheets import UPLOAD, read_rows
from registry.sheets.workbook import Workbook
from tests.ground import FakeClock
from tests.kept import once
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, a_suspension, an_agency
from tests.registry.form_files import a_legal_person_row, a_practitioner_row, a_workbook, an_agency_row, rows_of
from tests.registry.supervised import AGENT, DAY, GROUND, a_commitment, a_formula, a_promise, supervised

CANARY = "金丝雀"


def put(register: Register, *, agencies: int = 1, people: int = 1) -> None:
    key = keys.load_digest_key(register.log.data / "keys")

    def fill() -> None:
        checked = check_forms(register.log, [(a_workbook(rows_of(agencies, people)), "登记表.xlsx")], UPLOAD)
        record_forms(register.log, REGISTRAR, checked, key=key)

    once(register.log, ("forms of a workbook", key, agencies, people), fill, placed=False)


def as_csv(register: Register, what: str, code: str | None = None) -> bytes:
    file = io.BytesIO()
    register.publish()
    with register.log.reading() as session:
        write_csv(file, TABLES[what], Scope(session, register.log.clock() // 1000, code))
    return file.getvalue()


def table(register: Register, what: str, code: str | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(register, what, code).decode("utf-8-sig"), newline="")))


def as_xlsx(register: Register, what: Sequence[str]) -> Workbook:
    file = io.BytesIO()
    register.publish()
    with register.log.reading() as session:
        write_xlsx(file, [TABLES[one] for one in what], Scope(session, register.log.clock() // 1000))
    return Workbook(file, "导出.xlsx", UPLOAD)


def test_an_agency_is_exported_as_the_log_shows_it(register: Register) -> None:
    put(register, agencies=2)
    first, second = table(register, "agencies")
    assert list(first) == list(TABLES["agencies"].columns)
    assert first["统一社会信用代码"] == a_code(1)
    assert first["业务范围"] == "工程建设、政府采购"
    assert first["状态"] == "在册"
    assert first["登记表有效期至"] == "2026-11-24"
    assert first["号球数"] == "1"
    assert table(register, "agencies", a_code(2)) == [second]


def test_a_csv_file_is_what_spreadsheet_programs_expect(register: Register) -> None:
    register.agency(1)
    data = as_csv(register, "agencies")
    assert data.startswith("\ufeff统一社会信用代码,".encode())
    assert data.count(b"\r\n") == data.count(b"\n") == 2


def test_exported_agencies_can_be_imported_as_they_are(register: Register) -> None:
    register.agency(1)
    register.agency(2, name="演示（沈阳）招标")
    report = register.do(REGISTRAR, import_agencies, read_rows(as_csv(register, "agencies"), "导出.csv"))
    assert report.unchanged == (a_code(1), a_code(2))


def test_only_what_has_its_place_in_the_log_is_exported(register: Register) -> None:
    register.log.stop()
    with register.log.act(REGISTRAR) as act:
        commands.record_agency(act, an_agency(1))
    file = io.BytesIO()
    with register.log.reading() as session:
        write_csv(file, TABLES["agencies"], Scope(session, register.log.clock() // 1000))
    assert file.getvalue().count(b"\r\n") == 1


def test_a_suspension_and_a_removal_show(register: Register) -> None:
    register.agency(1)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    assert [one["状态"] for one in table(register, "agencies")] == ["暂停"]
    (decision,) = table(register, "decisions")
    assert (decision["决定"], decision["决定书文号"]) == ("暂停", "演示监决〔2025〕1号")


def test_practitioners_are_exported_with_their_names_and_certificates(register: Register) -> None:
    put(register, people=2)
    people = table(register, "practitioners")
    assert [one["姓名"] for one in people] == ["人员2", "人员3"]
    assert people[0]["证书"] == "一级造价工程师 演示第 000002 号 2019-06-01 至 2035-05-31"
    assert [one["主要从业人员"] for one in people] == ["否", "是"]


def test_who_was_erased_has_no_name_and_no_number(register: Register) -> None:
    put(register)
    register.publish()
    whose = table(register, "practitioners")[0]["人员编号"]
    register.do(REGISTRAR, commands.erase_person, a_code(1), "practitioner", whose, "《个人信息保护法》第四十七条")
    (person,) = table(register, "practitioners")
    assert person["姓名"] == "（已删除）"
    assert person["证书"] == "一级造价工程师 （已删除） 2019-06-01 至 2035-05-31"


def test_the_practitioners_of_a_file_are_those_that_pages_show(register: Register, clock: FakeClock) -> None:
    put(register, agencies=3, people=3)
    people = table(register, "practitioners")
    left = PractitionerLeft(code=a_code(1), practitioner=people[0]["人员编号"], day="2025-11-24")
    register.do(REGISTRAR, commands.practitioner_left, left)
    register.do(REGISTRAR, commands.erase_person, a_code(2), "practitioner", people[4]["人员编号"], "第四十七条")
    clock.advance(400 * DAY)
    again: dict[Form, list[dict[str, str]]] = {
        "agency": [an_agency_row(3)],
        "legal_person": [a_legal_person_row(3)],
        "practitioner": [a_practitioner_row(3, 9, name="新名")],
    }
    checked = check_forms(register.log, [(a_workbook(again), "登记表.xlsx")], UPLOAD)
    record_forms(register.log, REGISTRAR, checked, key=keys.load_digest_key(register.log.data / "keys"))
    exported = {
        (one["统一社会信用代码"], one["人员编号"]): (one["姓名"], one["登记表有效期至"])
        for one in table(register, "practitioners")
    }
    assert len(exported) == 8
    with register.log.reading() as session:
        states = all_states(session, placed=True)
        shown = {
            (code, whose): (
                "（已删除）" if one.name is None else one.name.value,
                last_day(states[code]["practitioner", whose].until),
            )
            for code, persons in all_shown_persons(session).items()
            for whose, one in persons.practitioners.items()
        }
    assert exported == shown
    assert ("新名", "2027-12-29") in exported.values()


def test_promises_acknowledgements_and_formulas_are_exported_with_their_entries(
    register: Register, clock: FakeClock
) -> None:
    supervised(register, clock)
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    register.do(SUPERVISOR, commands.publish_formula, a_formula())
    register.do(AGENT, commands.sign_commitment, a_promise(register))
    register.do(AGENT, commands.acknowledge_conduct, ConductAcknowledged(code=a_code(1), version=1, practitioners=[]))
    (promise,) = table(register, "promises")
    assert (promise["方式"], promise["承诺书版本"], promise["有效期至"]) == ("电子签名", "1", "2026-11-24")
    assert int(promise["日志序号"]) > 0
    (acknowledged,) = table(register, "acknowledgements")
    assert (acknowledged["准则版本"], acknowledged["确认人数"]) == ("1", "0")
    (formula,) = table(register, "formulas")
    assert formula["等级与号球"] == "甲：≥90 分，3 球；乙：≥0 分，1 球"
    assert table(register, "promises", a_code(2)) == []


def test_balls_are_those_of_a_call_made_now(register: Register, clock: FakeClock) -> None:
    supervised(register, clock)
    register.do(SUPERVISOR, commands.publish_formula, a_formula())
    assert table(register, "agencies")[0]["号球数"] == "1"
    for number in (1, 2):
        fact = CreditFactRecorded(
            code=a_code(1),
            fact="commission_completed",
            project_code=f"演示-{number}",
            reference=f"演示验收 {number} 号",
            day="2025-11-20",
        )
        with register.log.act("system") as act:
            act.lock(f"agency:{a_code(1)}")
            act.record(fact, f"agency:{a_code(1)}")
    (agency,) = table(register, "agencies")
    assert (agency["信用分"], agency["信用等级"], agency["号球数"]) == ("90", "甲", "3")


def test_a_decision_is_exported_until_it_ends_and_never_its_story(register: Register, clock: FakeClock) -> None:
    supervised(register, clock)
    now = clock.now // 1000
    story = Story(f"{CANARY}室", f"{CANARY}经过", f"{CANARY}见证")
    register.do(SUPERVISOR, commands.record_incident, a_code(1), "A-2", now, story)
    register.do(AGENT, commands.answer_incident, a_code(1), "JC-2025-0001", f"{CANARY}申辩")
    ruling = Ruling("points", points=1, ends=now + 30 * DAY)
    register.do(SUPERVISOR, commands.decide_incident, a_code(1), "JC-2025-0001", ruling, GROUND, "决1", f"{CANARY}理由")
    (decision,) = table(register, "decisions")
    assert (decision["决定"], decision["记分"], decision["监察记录编号"]) == ("记分", "1", "JC-2025-0001")
    assert CANARY.encode() not in as_csv(register, "decisions")
    clock.advance(31 * DAY)
    assert table(register, "decisions") == []


def test_no_private_value_is_in_any_export(register: Register) -> None:
    rows: dict[Form, list[dict[str, str]]] = {
        "agency": [
            an_agency_row(
                1,
                contact_name=f"{CANARY}联系",
                contact_phone="024-31031031",
                bank_name=f"{CANARY}银行",
                bank_account="3103103103103103",
                controller_name=f"{CANARY}控制",
            )
        ],
        "legal_person": [a_legal_person_row(1, name=f"{CANARY}法人", phone="024-31031032")],
        "practitioner": [a_practitioner_row(1, 310)],
    }
    checked = check_forms(register.log, [(a_workbook(rows), "登记表.xlsx")], UPLOAD)
    record_forms(register.log, REGISTRAR, checked, key=keys.load_digest_key(register.log.data / "keys"))
    secrets = [CANARY, "31031031", "31031032", "3103103103103103"]
    secrets += [row[name] for table in rows.values() for row in table for name in row if name.endswith("_number")]
    exported = b"".join(as_csv(register, what) for what in TABLES).decode()
    workbook = as_xlsx(register, list(TABLES))
    exported += "".join(cell for title in workbook.titles for _, cells in workbook.lines(title) for cell in cells)
    assert "人员310" in exported
    assert not [secret for secret in secrets if secret in exported]


def test_findings_are_for_those_who_look_after_the_register(register: Register) -> None:
    put(register)
    (finding,) = table(register, "findings")
    assert (finding["代码"], finding["甲方"]) == ("TOO_FEW_PRACTITIONERS", f"agency:{a_code(1)}")
    assert finding["甲方名称"] == "演示代理机构1号有限公司"
    assert "findings" not in PUBLIC


def test_a_workbook_has_a_sheet_for_each_table_with_codes_as_text_and_numbers_as_numbers(register: Register) -> None:
    put(register, agencies=2)
    workbook = as_xlsx(register, PUBLIC)
    assert workbook.titles == [TABLES[what].title for what in PUBLIC]
    heading, first, second = [cells for _, cells in workbook.lines("机构")]
    assert tuple(heading) == TABLES["agencies"].columns
    assert first[0] == a_code(1)
    assert second[1] == "演示代理机构2号有限公司"


@pytest.mark.parametrize("name", ["=1+1", "+代理", "-代理", "@代理", "＝代理"])
def test_what_looks_like_a_formula_is_made_harmless(register: Register, name: str) -> None:
    register.do(REGISTRAR, commands.record_agency, AgencyRecorded.of(an_agency(1).body() | {"name": name}))
    assert table(register, "agencies")[0]["机构名称"] == f"'{name}"
    cells = [cells for _, cells in as_xlsx(register, ["agencies"]).lines("机构")]
    assert cells[1][1] == name


def test_cells_are_told_from_formulas_by_their_beginning_alone() -> None:
    assert [harmless(cell) for cell in ("\t=1", "\r1", "\n1", "a=1", "", -1, None)] == [
        "'\t=1",
        "'\r1",
        "'\n1",
        "a=1",
        "",
        -1,
        None,
    ]


@given(st.lists(st.tuples(st.text(max_size=20) | st.integers(-(2**40), 2**40) | st.none()), max_size=5))
def test_no_cell_of_a_csv_file_begins_a_formula(lines: list[tuple[Cell]]) -> None:
    for (cell,) in lines:
        said = harmless(cell)
        assert not (isinstance(said, str) and said.startswith(("=", "+", "-", "@", "\t", "\r", "\n")))


def test_a_workbook_never_computes_what_it_was_given() -> None:
    file = io.BytesIO()
    write_sheets(file, [("表", ["列"], [("=1+1",), ("http://example.org",), ("000123",), (12,), (None,)])])
    lines = [cells for _, cells in Workbook(file, "表.xlsx", UPLOAD).lines("表")]
    assert lines[:5] == [["列"], ["=1+1"], ["http://example.org"], ["000123"], ["12"]]


def test_moments_are_those_of_beijing() -> None:
    assert moment(0) == "1970-01-01 08:00:00"
    assert moment(None) is None
    assert moment(2**53) == str(2**53)
    assert last_day(1_763_913_600) == "2025-11-23"  # the midnight at which the 24th begins
