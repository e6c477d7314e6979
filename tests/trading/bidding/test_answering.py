"""Who applies to take part in a sale is answered in time, with a ground if refused, and pays its deposit first."""

import orjson
from sqlalchemy import select

from audit.tables import EntryRow, PrivateValueRow
from registry.working_days import end_of
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import PROJECT, REGISTRAR, Hall
from tests.trading.bidding.sale import Sale, bidder, code, name
from trading.bidding import commands, queries
from trading.bidding.answering import due_on, write_unanswered
from trading.bids.commands import Bond, apply_to_take_part, record_bond
from trading.events import ApplicationRefused, ApplicationsUnanswered

__all__ = ["beacon", "clock", "hall"]

DEPOSIT = 500_000


def unanswered(hall: Hall) -> list[str]:
    with hall.log.reading() as session:
        state = queries.lot(session, PROJECT, "1")
    assert state is not None
    return [one.event.due_on for one in state.all(ApplicationsUnanswered)]


def test_no_paddle_comes_before_the_deposit_and_a_refusal_has_a_ground(hall: Hall) -> None:
    sale = Sale(hall)
    sale.begin(deposit_fen=DEPOSIT)
    first = sale.apply(1)
    give, refuse = commands.give_paddle, commands.refuse_application
    hall.refused("trading.deposit-missing", REGISTRAR, give, PROJECT, "1", first)
    for fen in (DEPOSIT - 1, 1):
        hall.refused("trading.deposit-missing", REGISTRAR, give, PROJECT, "1", first)
        hall.do(REGISTRAR, record_bond, PROJECT, "1", Bond(name(1), code(1), "transfer", fen, None, f"电汇-{fen}"))
    hall.do(REGISTRAR, give, PROJECT, "1", first)
    hall.refused("trading.application-answered", REGISTRAR, refuse, PROJECT, "1", first, "材料不全")

    second = sale.apply(2)
    hall.refused("registry.bad-text", REGISTRAR, refuse, PROJECT, "1", second, "")
    hall.refused("registry.not-permitted", bidder(1), refuse, PROJECT, "1", second, "材料不全")
    hall.refused("trading.no-such-application", REGISTRAR, refuse, PROJECT, "1", "0" * 32, "材料不全")
    entry = hall.do(REGISTRAR, refuse, PROJECT, "1", second, "未提交营业执照")
    hall.refused("trading.application-answered", REGISTRAR, give, PROJECT, "1", second)
    hall.refused("trading.application-answered", REGISTRAR, refuse, PROJECT, "1", second, "材料不全")
    with hall.log.reading() as session:
        row = session.scalars(select(EntryRow).where(EntryRow.id == entry)).one()
        value = session.get(PrivateValueRow, (entry, "statement"))
    assert value is not None
    assert (row.kind, row.actor, list(orjson.loads(row.body))) == (ApplicationRefused.kind, "system", ["receipt"])
    assert orjson.loads(value.value)["ground"] == "未提交营业执照"


def test_what_nobody_answers_in_two_working_days_is_said_publicly_and_not_whose_it_is(hall: Hall) -> None:
    sale = Sale(hall)
    sale.begin()
    day = due_on(hall.clock.now // 1000)
    first, second = sale.apply(1), sale.apply(2)
    hall.at(end_of(day) - 0.001)
    assert write_unanswered(hall.log) == 0, "the last day itself is in time"
    hall.do(REGISTRAR, commands.refuse_application, PROJECT, "1", second, "材料不全")
    hall.at(end_of(day))
    assert write_unanswered(hall.log) == 1
    assert write_unanswered(hall.log) == 0
    assert unanswered(hall) == [day.isoformat()]
    with hall.log.reading() as session:
        bodies = session.scalars(select(EntryRow.body).where(EntryRow.kind == ApplicationsUnanswered.kind)).all()
    assert not any(first.encode() in one or name(1).encode() in one for one in bodies)
    hall.do(REGISTRAR, commands.give_paddle, PROJECT, "1", first)


def test_who_applies_anew_waits_for_the_answer_to_that(hall: Hall) -> None:
    sale = Sale(hall)
    sale.begin(sign_up_until=hall.clock.now // 1000 + 30 * 86_400)
    sale.apply(1)
    first = due_on(hall.clock.now // 1000)
    hall.clock.advance(86_400)
    hall.do(bidder(1), apply_to_take_part, PROJECT, "1", "1" * 64)
    second = due_on(hall.clock.now // 1000)
    assert first < second
    hall.at(end_of(second))
    assert write_unanswered(hall.log) == 1
    assert unanswered(hall) == [second.isoformat()]
