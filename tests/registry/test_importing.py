"""Lists put on record whole or not at all, on both databases."""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from audit.tables import EntryRow, PrivateValueRow
from registry import commands, errors, queries
from registry.events import AgencyAmended, AgencyRemoved
from registry.importing import EmptyList, ImportRejected, Report, import_agencies
from registry.model import Contact
from registry.sheets import COLUMNS, MAX_ROWS, read_rows
from registry.uscc import check_character
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, a_suspension, an_agency

MEMBERS = tuple(COLUMNS)


def a_row(number: int, **changed: str) -> dict[str, str]:
    row = {
        "code": a_code(number),
        "name": f"演示代理机构{number}号",
        "region": "210100",
        "address": "沈阳市和平区演示路 1 号",
        "fields": "工程建设、政府采购",
        "founded": "2015/3/1",
        "contact_name": "张某",
        "contact_phone": f"024-{number:08}",
    }
    return row | changed


def a_list(*rows: dict[str, str], members: tuple[str, ...] = MEMBERS) -> bytes:
    lines = [[COLUMNS[member][0] for member in members], *([row[member] for member in members] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode()


def put(
    register: Register, *rows: dict[str, str], members: tuple[str, ...] = MEMBERS, actor: str = REGISTRAR
) -> Report:
    sheet = read_rows(a_list(*rows, members=members), "名单.csv")
    report: Report = register.do(actor, import_agencies, sheet)
    return report


def rejected(register: Register, *rows: dict[str, str]) -> Report:
    """The report of a list that is refused and leaves nothing behind."""
    before = counts(register)
    with pytest.raises(ImportRejected) as refusal:
        put(register, *rows)
    assert counts(register) == before
    return refusal.value.report


def counts(register: Register) -> tuple[Any, ...]:
    with register.log.reading() as session:
        return tuple(session.scalar(select(func.count()).select_from(row)) for row in (EntryRow, PrivateValueRow))


def found(report: Report) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in report.problems]


def test_a_list_is_recorded_with_one_entry_for_each_agency(register: Register) -> None:
    report = put(register, a_row(1), a_row(2))
    assert report.added == (a_code(1), a_code(2))
    assert (report.amended, report.unchanged, report.problems) == ((), (), ())
    with register.log.reading() as session:
        recorded = queries.agency(session, a_code(1))
        assert recorded is not None
        assert recorded.facts == commands.facts_of(an_agency(1))
        assert queries.contacts(session)[a_code(2)] == Contact("张某", "024-00000002")
        kinds = session.scalars(select(EntryRow.kind).where(EntryRow.subject.startswith("agency:"))).all()
        assert kinds == ["registry.agency_recorded"] * 2


def test_a_list_given_twice_changes_nothing_the_second_time(register: Register) -> None:
    put(register, a_row(1), a_row(2))
    before = counts(register)
    report = put(register, a_row(1), a_row(2))
    assert report.unchanged == (a_code(1), a_code(2))
    assert counts(register) == before


def test_only_what_differs_is_amended(register: Register) -> None:
    put(register, a_row(1), a_row(2), a_row(3))
    report = put(register, a_row(1, address="新址 2 号"), a_row(2, contact_phone="024-99999999"), a_row(3), a_row(4))
    assert report.added == (a_code(4),)
    assert report.amended == (a_code(1), a_code(2))
    assert report.unchanged == (a_code(3),)
    with register.log.reading() as session:
        assert queries.contacts(session)[a_code(2)] == Contact("张某", "024-99999999")
        newest = session.scalars(
            select(EntryRow).where(EntryRow.subject == f"agency:{a_code(1)}").order_by(EntryRow.id.desc())
        ).first()
        assert newest is not None
        assert newest.kind == AgencyAmended.kind
        assert newest.private == b"{}"  # the contact did not change


def test_columns_that_a_list_does_not_have_stay_as_recorded(register: Register) -> None:
    register.organisation("agency-1", "演示代理机构1号", "agency", code=a_code(1))
    register.agency(1, organisation="agency-1")
    report = put(register, a_row(1), members=("code", "name", "region", "address", "fields"))
    assert report.unchanged == (a_code(1),)


def test_every_fault_of_every_row_is_reported_and_nothing_is_recorded(register: Register) -> None:
    report = rejected(
        register,
        a_row(1),
        a_row(2, code=a_code(2)[:17] + "#", name="两  格"),
        a_row(3, fields="", founded="2015-02-30"),
        a_row(4, contact_phone="无", contact_name="张\u00a0某"),
        a_row(5),
    )
    assert found(report) == [
        (3, "统一社会信用代码", "registry.bad-code-form"),
        (3, "机构名称", "registry.bad-text"),
        (4, "业务范围", "registry.bad-fact"),
        (4, "成立日期", "registry.bad-fact"),
        (5, "联系人", "registry.bad-text"),
        (5, "联系电话", "registry.bad-fact"),
    ]


def test_codes_and_names_that_come_twice_are_reported(register: Register) -> None:
    register.agency(8, name="已登记（沈阳）招标")
    register.organisation("tenderer-1", "演示招标人", "tenderer")
    report = rejected(
        register,
        a_row(1),
        a_row(1, name="又一家"),
        a_row(2, name="演示代理机构 1号"),
        a_row(3, name="已登记(沈阳)招标"),
        a_row(4, name="演示招标人"),
    )
    assert found(report) == [
        (3, "统一社会信用代码", "registry.duplicate-in-file"),
        (4, "机构名称", "registry.duplicate-in-file"),
        (5, "机构名称", "registry.name-taken"),
        (6, "机构名称", "registry.name-taken"),
    ]


def test_two_agencies_may_exchange_their_names_in_one_list(register: Register) -> None:
    put(register, a_row(1), a_row(2))
    report = put(register, a_row(1, name=a_row(2)["name"]), a_row(2, name=a_row(1)["name"]))
    assert report.amended == (a_code(1), a_code(2))


def test_who_was_struck_off_does_not_come_back_by_a_list(register: Register) -> None:
    code = register.agency(1)
    removed = AgencyRemoved(code=code, ground="第十二条", decision_number="1号")
    register.do(SUPERVISOR, commands.remove_agency, removed)
    assert found(rejected(register, a_row(1))) == [(2, "统一社会信用代码", "registry.agency-is-removed")]


def test_a_suspension_is_untouched_by_a_list(register: Register) -> None:
    code = register.agency(1)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    put(register, a_row(1, address="新址"))
    with register.log.reading() as session:
        agency = queries.agency(session, code)
        assert agency is not None
        assert len(agency.suspensions) == 1


def test_a_wrong_inner_code_is_a_warning_only(register: Register) -> None:
    body = "91210100MA0TEXT13"
    report = put(register, a_row(1, code=body + check_character(body)))
    assert [(warning.row, warning.code) for warning in report.warnings] == [(2, "registry.inner-code-wrong")]
    assert len(report.added) == 1


def test_only_a_registrar_may_import(register: Register) -> None:
    for actor in ("operator:o1", SUPERVISOR, "admin:a1"):
        with pytest.raises(errors.NotPermitted):
            put(register, a_row(1), actor=actor)
    with pytest.raises(EmptyList):
        put(register)


def test_the_refusal_tells_the_first_problem_in_both_languages(register: Register) -> None:
    with pytest.raises(ImportRejected) as refusal:
        put(register, a_row(1, region="x"))
    assert "第 2 行“行政区划代码”" in refusal.value.message("zh")
    assert "row 2" in refusal.value.message("en")


def test_a_thousand_agencies_are_recorded_in_one_transaction_under_a_few_locks(register: Register) -> None:
    size, before = 1_000, counts(register)[0]
    sheet = read_rows(a_list(*(a_row(number) for number in range(size))), "名单.csv")
    with register.as_(REGISTRAR) as act:
        report = import_agencies(act, sheet)
        if not register.log.database.is_sqlite:  # whose lock table has no room for one for each of ten thousand
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            assert 0 < (act.connection.scalar(text(held)) or 0) < 10
    assert len(report.added) == size
    assert counts(register)[0] == before + size
    with register.log.reading() as session:
        assert len(queries.agencies(session)) == size
    assert len(rejected(register, *(a_row(number, name="同名") for number in range(500))).problems) == 499
    assert MAX_ROWS >= 10_000
