import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO

import orjson
import pytest
import xlsxwriter  # type: ignore[import-untyped] # it ships no types
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from audit import keys
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.tables import EntryRow
from registry import commands, documents, errors, queries
from registry.commands.intake import take_in_practitioner_form
from registry.events import AgencyRemoved, Form, FormVersion, PractitionerLeft
from registry.exporting import write_template
from registry.exporting.template import EXAMPLE
from registry.importing import (
    CheckedForms,
    EmptyList,
    FormsReport,
    ImportRejected,
    ImportStopped,
    check_forms,
    record_forms,
    recording,
)
from registry.queries.findings import findings
from registry.queries.forms import states
from registry.queries.persons import private_values
from registry.rules import forms as rules
from registry.sheets import OWN_FILE, UPLOAD, BadFile, BadHeading, FileTooLarge, Limits
from registry.sheets.forms import (
    LAYOUTS,
    TITLES,
    agency_form,
    column_of,
    form_tables,
    holds_forms,
    practitioner_form,
)
from registry.sheets.workbook import Workbook
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code
from tests.registry.form_files import (
    Rows,
    a_legal_person_row,
    a_number,
    a_practitioner_row,
    a_workbook,
    an_agency_row,
    csv_files,
    rows_of,
)

YEAR = 366 * 86_400


def checked(register: Register, rows: Rows | BinaryIO) -> CheckedForms:
    file = a_workbook(rows) if isinstance(rows, Mapping) else rows
    return check_forms(register.log, [(file, "登记表.xlsx")], OWN_FILE)


def put(register: Register, rows: Rows, actor: str = REGISTRAR, **named: Any) -> FormsReport:
    key = keys.load_digest_key(register.log.data / "keys")
    return record_forms(register.log, actor, checked(register, rows), key=key, **named)


def found(register: Register, rows: Rows) -> list[tuple[str, int, str, str]]:
    """What is wrong with a file: sheet, row, column, code."""
    return [(one.sheet, one.row, one.column, one.code) for one in checked(register, rows).gathering.problems()]


def rows(
    agencies: Iterable[Mapping[str, str]] = (),
    legal_persons: Iterable[Mapping[str, str]] = (),
    practitioners: Iterable[Mapping[str, str]] = (),
) -> Rows:
    return {"agency": agencies, "legal_person": legal_persons, "practitioner": practitioners}


def one_agency(number: int = 1, people: int = 1, **changed: str) -> Rows:
    return rows(
        [an_agency_row(number, **changed)],
        [a_legal_person_row(number)],
        [a_practitioner_row(number, number * 100 + person) for person in range(people)],
    )


def entries(register: Register) -> int:
    with register.log.reading() as session:
        return session.scalars(select(func.count()).select_from(EntryRow)).one()


def kinds(register: Register, code: str) -> list[str]:
    with register.log.reading() as session:
        statement = select(EntryRow.kind).where(EntryRow.subject == f"agency:{code}").order_by(EntryRow.id)
        return [kind.removeprefix("registry.") for kind in session.scalars(statement)]


def test_every_form_is_handed_in_and_accepted_and_the_agency_is_on_record(register: Register) -> None:
    assert put(register, rows_of(3, 2)) == FormsReport(added=3, forms=12)
    assert kinds(register, a_code(2)) == [
        "agency_form_submitted",
        "legal_person_form_submitted",
        "practitioner_form_submitted",
        "practitioner_form_submitted",
        "forms_accepted",
        "agency_recorded",
    ]
    with register.log.reading() as session:
        agency = queries.agency(session, a_code(2))
        assert agency is not None
        assert agency.facts.fields == ("工程建设", "政府采购")
        forms = states(session, a_code(2))
        assert {state.decided for state in forms.values()} == {"accepted"}
        assert len(forms) == 4
        own = forms["agency", None]
        assert private_values(session, own.entry_id)["bank_account"] == b"0000000000000002"
        body = orjson.loads(session.get_one(EntryRow, own.entry_id).body)
    assert body["capital"] == 500_000_000
    assert body["scope"] == ["招标代理", "工程造价咨询"]
    assert body["premises"] == "rented"


def test_three_csv_files_in_any_order_say_the_same(register: Register) -> None:
    key = keys.load_digest_key(register.log.data / "keys")
    assert holds_forms(csv_files(rows_of(1)), UPLOAD)
    by_csv = check_forms(register.log, csv_files(rows_of(2, 2)), UPLOAD)
    assert record_forms(register.log, REGISTRAR, by_csv, key=key) == FormsReport(added=2, forms=8)
    assert put(register, rows_of(2, 2)) == FormsReport(unchanged=2)


def test_a_file_given_twice_changes_nothing_the_second_time(register: Register) -> None:
    put(register, rows_of(3, 2))
    before = entries(register)
    assert put(register, rows_of(3, 2)) == FormsReport(unchanged=3)
    assert entries(register) == before


def test_only_what_differs_is_handed_in_anew_and_says_why(register: Register) -> None:
    put(register, rows_of(2, 2))
    changed = rows(
        [an_agency_row(1), an_agency_row(2, address="新址 2 号", bank_account="1111222233334444")],
        [a_legal_person_row(1, phone="024-99999999"), a_legal_person_row(2)],
        [a_practitioner_row(2, 4), a_practitioner_row(2, 9)],
    )
    assert put(register, changed, reason="年度更新") == FormsReport(amended=2, forms=3)
    assert kinds(register, a_code(1))[6:] == ["legal_person_form_submitted", "forms_accepted"]
    assert kinds(register, a_code(2))[6:] == [
        "agency_form_submitted",
        "practitioner_form_submitted",
        "forms_accepted",
        "agency_amended",
    ]
    with register.log.reading() as session:
        forms = states(session, a_code(2))
        assert forms["agency", None].version == 2
        body = orjson.loads(session.get_one(EntryRow, forms["agency", None].entry_id).body)
        assert body["reason"] == "年度更新"
        assert len(forms) == 5  # whoever the file does not name stays


def test_forms_that_ran_out_are_renewed_by_the_same_file(register: Register, clock: FakeClock) -> None:
    put(register, one_agency())
    clock.advance(YEAR + 86_400)
    assert put(register, one_agency()) == FormsReport(amended=1, forms=3)
    assert put(register, one_agency()) == FormsReport(unchanged=1)


def test_who_left_and_is_in_the_file_again_comes_back_as_a_new_practitioner(register: Register) -> None:
    put(register, one_agency())
    with register.log.reading() as session:
        (whose,) = [one for form, one in states(session, a_code(1)) if form == "practitioner"]
    assert whose is not None
    left = PractitionerLeft(code=a_code(1), practitioner=whose, day="2025-11-24")
    register.do(REGISTRAR, commands.practitioner_left, left)
    assert put(register, one_agency()) == FormsReport(amended=1, forms=1)
    with register.log.reading() as session:
        assert len([form for form, _ in states(session, a_code(1)) if form == "practitioner"]) == 2


def test_a_version_that_waits_is_overtaken(register: Register) -> None:
    put(register, one_agency())
    key = keys.load_digest_key(register.log.data / "keys")
    form, private = agency_form(an_agency_row(1, address="待审地址 1 号"))
    register.do(REGISTRAR, commands.submit_agency_form, a_code(1), replace(form, reason="迁址"), private, key=key)
    assert put(register, one_agency()) == FormsReport(amended=1, forms=1)
    with register.log.reading() as session:
        state = states(session, a_code(1))["agency", None]
        assert (state.version, state.decided) == (3, "accepted")


def test_every_fault_of_every_row_is_told_by_sheet_row_and_column_and_nothing_is_recorded(register: Register) -> None:
    before = entries(register)
    faulty = rows(
        [
            an_agency_row(1, founded="2015-02-30", capital="五百", premises="占用"),
            an_agency_row(2, controller_number="210100198001010011", contact_phone="无"),
            an_agency_row(3, code=a_code(3)[:17] + "#"),
            an_agency_row(4),
        ],
        [
            a_legal_person_row(1, identity_number="x", term_until="2019-01-01"),
            a_legal_person_row(2),
            a_legal_person_row(9),
        ],
        [
            a_practitioner_row(1, 1, key="也许", insurance_months="很多"),
            a_practitioner_row(
                1,
                2,
                **{
                    "certificate.2.name": "二级造价工程师",
                    "certificate.2.issued": "2030-01-01",
                    "certificate.2.number": "2",
                },
            ),
            a_practitioner_row(2, 3, **{"certificate.0.number": ""}),
            a_practitioner_row(8, 4),
        ],
    )
    wrong = found(register, faulty)
    assert wrong == [
        ("机构", 2, "成立日期", "registry.bad-fact"),
        ("机构", 2, "经营场所使用方式", "registry.bad-fact"),
        ("机构", 2, "注册资本（万元）", "registry.bad-fact"),
        ("机构", 3, "联系电话", "registry.bad-fact"),
        ("机构", 3, "实际控制人证件号码", "registry.bad-fact"),
        ("机构", 4, "统一社会信用代码", "registry.bad-code-form"),
        ("机构", 4, "统一社会信用代码", "registry.no-legal-person"),
        ("机构", 5, "统一社会信用代码", "registry.no-legal-person"),
        ("法人", 2, "公民身份号码", "registry.bad-identity-number"),
        ("法人", 2, "任职届满日", "registry.bad-fact"),
        ("法人", 4, "统一社会信用代码", "registry.not-in-agencies"),
        ("从业人员", 2, "社会保险缴纳月数", "registry.bad-fact"),
        ("从业人员", 2, "主要从业人员", "registry.bad-fact"),
        ("从业人员", 3, "证书3名称", "registry.bad-fact"),
        ("从业人员", 4, "证书1编号", "registry.bad-text"),
        ("从业人员", 5, "统一社会信用代码", "registry.not-in-agencies"),
    ]
    with pytest.raises(ImportRejected) as refusal:
        put(register, faulty)
    assert refusal.value.facts["count"] == len(wrong)
    assert "机构 第 2 行“成立日期”" in refusal.value.message("zh")
    assert entries(register) == before


def test_no_fault_tells_what_is_private(register: Register) -> None:
    canary = "金丝雀310000"
    faulty = rows(
        [
            an_agency_row(
                1,
                contact_name=f"{canary}\u00a0",
                contact_phone=canary,
                bank_name=f"{canary}  行",
                bank_account=canary,
                controller_name=f"{canary}  人",
                controller_number=canary,
            )
        ],
        [a_legal_person_row(1, name=f"{canary}  人", identity_number=canary, phone=canary)],
        [a_practitioner_row(1, 1, name=f"{canary}  人", identity_number=canary)],
    )
    problems = list(checked(register, faulty).gathering.problems())
    assert len(problems) >= 9
    assert not [one for one in problems if canary in f"{one.zh}{one.en}{one.column}"]


def test_codes_names_and_persons_that_come_twice_are_told(register: Register) -> None:
    twice = rows(
        [an_agency_row(1), an_agency_row(1, name="另一名称"), an_agency_row(2, name="演示代理机构 1号有限公司")],
        [a_legal_person_row(1), a_legal_person_row(2), a_legal_person_row(1)],
        [a_practitioner_row(1, 1), a_practitioner_row(2, 1), a_practitioner_row(1, 1, name="别名")],
    )
    assert found(register, twice) == [
        ("机构", 3, "统一社会信用代码", "registry.duplicate-in-file"),
        ("机构", 4, "机构名称", "registry.duplicate-in-file"),
        ("法人", 4, "统一社会信用代码", "registry.duplicate-in-file"),
        ("从业人员", 4, "公民身份号码", "registry.duplicate-in-file"),
    ]


def test_clashes_with_the_record_are_told(register: Register) -> None:
    register.organisation("tenderer-1", "演示招标人", "tenderer")
    register.agency(8, name="已登记（沈阳）招标")
    code = register.agency(3)
    register.do(SUPERVISOR, commands.remove_agency, AgencyRemoved(code=code, ground="第十二条", decision_number="1号"))
    clashing = rows(
        [an_agency_row(1, name="已登记(沈阳)招标"), an_agency_row(2, name="演示招标人"), an_agency_row(3)],
        map(a_legal_person_row, (1, 2, 3)),
    )
    assert found(register, clashing) == [
        ("机构", 2, "机构名称", "registry.name-taken"),
        ("机构", 3, "机构名称", "registry.name-taken"),
        ("机构", 4, "统一社会信用代码", "registry.agency-is-removed"),
    ]


def test_an_agency_on_record_without_forms_gets_them_under_its_own_name(register: Register) -> None:
    register.organisation("agency-1", "演示代理机构1号有限公司", "agency", code=a_code(1))
    register.agency(1, name="演示代理机构1号有限公司", organisation="agency-1")
    assert put(register, one_agency()) == FormsReport(added=1, forms=3)
    with register.log.reading() as session:
        agency = queries.agency(session, a_code(1))
        assert agency is not None
        assert agency.facts.organisation == "agency-1"


def test_a_wrong_inner_code_is_a_warning_only(register: Register) -> None:
    file = checked(register, one_agency())
    assert file.gathering.problem_count == 0
    assert [one.code for one in file.gathering.problems(warnings=True)] == ["registry.inner-code-wrong"]


def test_only_a_registrar_or_the_command_line_may_import(register: Register) -> None:
    for actor in ("operator:o1", SUPERVISOR, "admin:a1"):
        with pytest.raises(errors.NotPermitted):
            put(register, one_agency(), actor)
    assert put(register, one_agency(), SYSTEM).added == 1
    with pytest.raises(EmptyList):
        put(register, rows())


def test_who_is_found_in_two_agencies_is_found_once_all_are_recorded(register: Register) -> None:
    both = rows(
        [an_agency_row(1), an_agency_row(2)],
        [a_legal_person_row(1), a_legal_person_row(2)],
        [a_practitioner_row(1, 7), a_practitioner_row(2, 7)],
    )
    put(register, both)
    with register.log.reading() as session:
        grounds = {one.ground for one in findings(session)}
    assert grounds == {"SAME_PRACTITIONER", "TOO_FEW_PRACTITIONERS"}


def test_what_stops_an_import_leaves_whole_agencies_and_the_same_file_goes_on(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "AT_ONCE", 2)
    file = checked(register, rows_of(5, 2))
    key = keys.load_digest_key(register.log.data / "keys")
    register.organisation("other", "演示代理机构4号有限公司", "tenderer")  # since the file was checked
    told: list[tuple[int, int]] = []
    with pytest.raises(ImportStopped) as refusal:
        record_forms(register.log, REGISTRAR, file, key=key, tell=lambda *done: told.append(done))
    assert refusal.value.facts["code"] == a_code(4)
    assert refusal.value.facts["done"] == 2
    assert told == [(2, 5)]
    assert len(kinds(register, a_code(2))) == 6
    assert kinds(register, a_code(3)) == []  # of its own transaction with the fourth
    freed = rows_of(5, 2)
    renamed = [*freed["agency"]]
    renamed[3] = an_agency_row(4, name="演示代理机构四号有限公司")
    assert put(register, {**freed, "agency": renamed}) == FormsReport(added=3, unchanged=2, forms=12)


def test_an_interruption_anywhere_leaves_no_agency_half_recorded(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interruption(BaseException):
        pass

    calls = 0

    def interrupted(*arguments: Any, **named: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise Interruption
        return take_in_practitioner_form(*arguments, **named)

    monkeypatch.setattr(recording, "AT_ONCE", 1)
    monkeypatch.setattr(recording, "take_in_practitioner_form", interrupted)
    with pytest.raises(Interruption):
        put(register, rows_of(4, 2))
    assert [len(kinds(register, a_code(number))) for number in (1, 2, 3, 4)] == [6, 6, 0, 0]
    assert put(register, rows_of(4, 2)) == FormsReport(added=2, unchanged=2, forms=8)


def test_a_scan_that_was_handed_in_before_stays_with_the_form(register: Register) -> None:
    key = keys.load_digest_key(register.log.data / "keys")
    form, private = agency_form(an_agency_row(1))
    scan = documents.store(register.log.blobs, b"%PDF-1.7", "营业执照.pdf", "application/pdf")
    register.do(REGISTRAR, commands.submit_agency_form, a_code(1), form, replace(private, licence=scan), key=key)
    accepted = [FormVersion(form="agency", practitioner=None, version=1)]
    register.do(REGISTRAR, commands.accept_forms, a_code(1), accepted)
    assert put(register, one_agency()) == FormsReport(amended=1, forms=2)
    put(register, one_agency(address="新址 3 号"))
    with register.log.reading() as session:
        state = states(session, a_code(1))["agency", None]
        assert state.version == 2
        assert private_values(session, state.entry_id)["licence"] == scan


# Files


def test_a_plain_list_is_told_from_the_forms() -> None:
    assert holds_forms([(a_workbook(rows()), "登记表.xlsx")], UPLOAD)
    assert not holds_forms([(io.BytesIO("统一社会信用代码,机构名称".encode()), "名录.csv")], UPLOAD)


@pytest.mark.parametrize("missing", TITLES)
def test_a_missing_table_is_named(missing: Form) -> None:
    three = [one for one in csv_files(rows_of(1)) if one[1] != f"{TITLES[missing]}.csv"]
    with pytest.raises(BadHeading) as refusal:
        list(form_tables(three, UPLOAD))
    assert f"缺少“{TITLES[missing]}”表" in refusal.value.message("zh")


def test_a_table_that_comes_twice_or_is_none_of_the_three_is_refused() -> None:
    def two() -> list[tuple[BinaryIO, str]]:
        return csv_files(rows_of(1))[:2]

    with pytest.raises(BadHeading):
        list(form_tables([*two(), two()[0]], UPLOAD))
    with pytest.raises(BadHeading):
        list(form_tables([*two(), (io.BytesIO(b"a,b,c"), "x.csv")], UPLOAD))
    with pytest.raises(BadFile):
        list(form_tables([*two(), (a_workbook(rows_of(1)), "x.xlsx")], UPLOAD))


def test_a_workbook_without_one_of_the_sheets_says_which() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        workbook.add_worksheet("机构")
    with pytest.raises(BadHeading) as refusal:
        list(form_tables([(file, "登记表.xlsx")], UPLOAD))
    assert "法人、从业人员" in refusal.value.message("zh")


def test_the_limits_of_an_own_file_hold_too(register: Register) -> None:
    small = Limits(bytes=10**6, unpacked=10**6, rows=3)
    with pytest.raises(FileTooLarge):
        check_forms(register.log, [(a_workbook(rows_of(20)), "登记表.xlsx")], small)


def test_the_template_has_every_column_and_its_examples_are_right_once_the_mark_is_taken_away(
    register: Register,
) -> None:
    file = io.BytesIO()
    write_template(file)
    workbook = Workbook(file, "模板.xlsx", UPLOAD)
    assert workbook.titles == list(TITLES.values())
    example: dict[Form, list[Mapping[str, str]]] = {}
    for one in form_tables([(file, "模板.xlsx")], UPLOAD):
        assert one.table.ignored == ()
        (row,) = one.table.rows
        assert set(row.cells) == set(LAYOUTS[one.form].columns)
        example[one.form] = [row.cells]
    marked = [code for *_, code in found(register, example)]
    assert marked == ["registry.bad-code-form"] * 3
    clean: dict[Form, Iterable[Mapping[str, str]]] = {
        form: [{**row, "code": row["code"].removeprefix(EXAMPLE)} for row in table] for form, table in example.items()
    }
    assert found(register, clean) == []


TEXTS = st.text(max_size=30)


@given(
    st.dictionaries(st.sampled_from(sorted(LAYOUTS["practitioner"].columns)), TEXTS),
    st.dictionaries(st.sampled_from(sorted(LAYOUTS["agency"].columns)), TEXTS),
)
def test_whatever_stands_in_the_cells_is_a_form_or_has_faults(
    practitioner: dict[str, str], agency: dict[str, str]
) -> None:
    day = date(2025, 11, 24)
    person = a_practitioner_row(1, 1) | practitioner
    for fault in rules.practitioner_form_faults(*practitioner_form(person), 1, day):
        assert column_of("practitioner", person, fault.field)
    firm = an_agency_row(1) | agency
    for fault in rules.agency_form_faults(firm["code"], *agency_form(firm), 1, day):
        assert column_of("agency", firm, fault.field)


@given(st.binary(max_size=200))
def test_any_bytes_are_tables_or_refused(data: bytes) -> None:
    three = [(io.BytesIO(data), "a.csv"), *csv_files(rows_of(1))[:2]]
    try:
        for one in form_tables(three, UPLOAD):
            list(one.table.rows)
    except Refusal as refusal:
        assert refusal.code.startswith("registry.")  # noqa: PT017 - the property is about whatever is refused


def test_identity_numbers_of_the_builders_differ() -> None:
    assert len({a_number(person) for person in range(5000)}) == 5000
