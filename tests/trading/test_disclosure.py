"""Disclosure requests: their numbers, the time for an answer, and what the log says of those who ask."""

from datetime import date
from typing import Any

import pytest

from audit import queries as log_queries
from audit.errors import Refusal
from audit.rebuild import rebuild_check
from registry.queries.persons import private_values
from registry.working_days import add_working_days, end_of
from tests.api.site import ON_SQLITE
from tests.lottery.hall import MONDAY, PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall
from tests.trading.builders import a_project
from trading.commands import register_project
from trading.disclosure import overdue
from trading.disclosure.commands import Asked, answer_disclosure, extend_disclosure, request_disclosure
from trading.disclosure.model import Disclosure
from trading.disclosure.overdue import write_overdue
from trading.disclosure.queries import disclosure, disclosures

ASKED = Asked("演示中学食堂项目评标报告全文\n以及评分明细", "虚构人苗青禾", "miao.qinghe@example.org")
FIRST = "YK-2023-0001"
DUE = date(2023, 9, 18)
"""Twenty working days after Monday, 21 August 2023."""
EXTENDED = date(2023, 10, 20)
"""Twenty more, over the holiday from 29 September to 6 October, with two make-up days."""


def known(hall: Hall, number: str = FIRST) -> Disclosure:
    with hall.log.reading() as session:
        found = disclosure(session, number)
    assert found is not None
    return found


def answer(hall: Hall, outcome: str = "refused", number: str = FIRST, **more: object) -> int:
    arguments = (number, outcome, "《政府信息公开条例》第十五条", "涉及商业秘密，不予公开")
    return int(hall.do(REGISTRAR, answer_disclosure, *arguments, **more))


def test_a_request_has_a_number_and_twenty_working_days_and_names_nobody(hall: Hall) -> None:
    hall.do(TENDERER, register_project, a_project())
    asked = hall.do("system", request_disclosure, ASKED)
    again = hall.do("system", request_disclosure, Asked("合同", "虚构人", "电话", PROJECT))
    assert (asked.number, asked.project, again.number, again.project) == (FIRST, None, "YK-2023-0002", PROJECT)
    assert asked.due_on == DUE.isoformat() == add_working_days(date(2023, 8, 21), 20).isoformat()
    step = known(hall).requested
    assert step.actor == "system"
    with hall.log.reading() as session:
        assert [one.number for one in disclosures(session)] == ["YK-2023-0002", FIRST]
        values = private_values(session, step.entry_id)
        size = hall.log.published_size
        data = b"".join(data for _, data in log_queries.entries_data(session, 0, size))
    assert {name: value.decode() for name, value in values.items()} == {
        "text": ASKED.text,
        "name": ASKED.name,
        "contact": ASKED.contact,
        "language": "zh",
    }
    for canary in ("评标报告全文", "苗青禾", "miao.qinghe"):
        assert canary.encode() not in data
    assert rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key).differences == []


@ON_SQLITE
def test_a_new_year_numbers_from_one(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    hall.clock.advance(140 * 86_400)  # January 2024
    assert hall.do("system", request_disclosure, ASKED).number == "YK-2024-0001"


@ON_SQLITE
def test_the_end_of_the_calendar_is_told_and_takes_no_number(hall: Hall) -> None:
    hall.at(end_of(date(2026, 12, 10)))
    hall.refused("registry.calendar-unknown", "system", request_disclosure, ASKED)


@ON_SQLITE
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked("", "某", "某"), "trading.bad-disclosure-text"),
        (Asked("字" * 2001, "某", "某"), "trading.bad-disclosure-text"),
        (Asked("响铃\x07", "某", "某"), "trading.bad-disclosure-text"),
        (Asked("合同", "", "某"), "registry.bad-text"),
        (Asked("合同", "某", " 某"), "registry.bad-text"),
        (Asked("合同", "某", "某", "XM-none"), "trading.no-such-project"),
    ],
)
def test_what_is_not_whole_is_refused(hall: Hall, asked: Asked, code: str) -> None:
    hall.refused(code, "system", request_disclosure, asked)


def test_the_clock_writes_once_that_the_time_ran_out(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    hall.at(end_of(DUE) - 1)
    assert write_overdue(hall.log) == 0
    assert known(hall).days_left(end_of(DUE) - 1) == 0
    hall.at(end_of(DUE))
    assert write_overdue(hall.log) == 1
    overdue._watches.clear()  # as in another process
    assert write_overdue(hall.log) == 0
    found = known(hall)
    assert found.overdue is not None
    assert (found.overdue.actor, found.overdue.at, found.is_late) == ("system", end_of(DUE) * 1000, True)
    refused = hall.refused("trading.disclosure-extended-late", REGISTRAR, extend_disclosure, FIRST, "工作量大")
    assert DUE.isoformat() in refused.message("en")
    answer(hall)  # late: it is answered, and was late for ever
    assert known(hall).is_late
    hall.refused("trading.disclosure-is-answered", REGISTRAR, extend_disclosure, FIRST, "工作量大")


def test_the_time_is_extended_once_to_its_exact_end(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    hall.at(end_of(DUE) - 1)
    hall.do(REGISTRAR, extend_disclosure, FIRST, "须征求第三方意见")
    assert known(hall).due_on == EXTENDED.isoformat()
    hall.refused("trading.disclosure-is-extended", REGISTRAR, extend_disclosure, FIRST, "还要")
    hall.at(end_of(EXTENDED) - 1)
    assert write_overdue(hall.log) == 0
    hall.at(end_of(EXTENDED))
    assert write_overdue(hall.log) == 1


def test_an_answer_in_time_ends_the_clock(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    hall.at(MONDAY + 86_400)
    assert write_overdue(hall.log) == 0
    answer(hall, "sent", sent="评标报告见附件，\n随信寄出。")
    hall.at(end_of(EXTENDED))
    assert write_overdue(hall.log) == 0
    found = known(hall)
    assert found.answered is not None
    assert not found.is_late
    with hall.log.reading() as session:
        assert private_values(session, found.answered.entry_id)["sent"].decode().startswith("评标报告见附件")
    with pytest.raises(Refusal, match="已经答复"):
        answer(hall)


@ON_SQLITE
def test_an_answer_comes_with_what_its_outcome_says(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    file = hall.log.blobs.put_file("contract.txt", "text/plain", b"contract")
    lacking: list[tuple[str, dict[str, Any]]] = [
        ("published", {}),
        ("published", {"sent": "信"}),
        ("sent", {}),
        ("partly", {}),
    ]
    for outcome, more in lacking:
        with pytest.raises(Refusal, match="须附"):
            answer(hall, outcome, **more)
    too_much: list[tuple[str, dict[str, Any]]] = [
        ("sent", {"sent": "信", "files": [file]}),
        ("refused", {"files": [file]}),
        ("not_held", {"sent": "信"}),
    ]
    for outcome, more in too_much:
        with pytest.raises(Refusal, match="不得附"):
            answer(hall, outcome, **more)
    answer(hall, "partly", files=[file], sent="其余部分随信寄出")
    found = known(hall).answered
    assert found is not None
    assert [one.name for one in found.files] == ["contract.txt"]


@ON_SQLITE
def test_only_a_registrar_extends_and_answers(hall: Hall) -> None:
    hall.do("system", request_disclosure, ASKED)
    for actor in (SUPERVISOR, TENDERER):
        hall.refused("registry.not-permitted", actor, extend_disclosure, FIRST, "工作量大")
        hall.refused("registry.not-permitted", actor, answer_disclosure, FIRST, "refused", "法", "不予公开")
    hall.refused("trading.no-such-disclosure", REGISTRAR, extend_disclosure, "YK-2023-0009", "工作量大")
