"""Open bidding by its commands: at its boundaries to the millisecond, on both databases."""

import json

from audit.canonical import encode
from audit.entry import commitment
from audit.tables import EntryRow
from tests.lottery.hall import PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall
from tests.trading.bidding.sale import STARTING, STEP, Sale, bidder, code, name
from trading.bidding import closing, commands, queries
from trading.bidding.rules import reserve_commitment
from trading.commands import record_step
from trading.events import (
    AwardDecided,
    AwardRevoked,
    BiddingOpened,
    LotFailed,
    LotTerminated,
    OfferMade,
    PaddleGiven,
    ProcessResumed,
    ProcessSuspended,
)

ABOUT = {"project": PROJECT, "lot": "1", "round": 1, "occurred_at": None}


def a_sale(hall: Hall, *bidders: int, **changed: object) -> Sale:
    sale = Sale(hall)
    sale.begin()
    sale.admit(*bidders)
    sale.open(**changed)
    return sale


def test_offers_rise_by_steps_and_put_the_end_off_until_nobody_offers_any_more(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2)
    end = sale.ends_at * 1000
    sale.refused("offer-too-low", 1, -1)
    sale.refused("offer-off-step", 1, 0.5)
    sale.offer(1, 0)  # the starting price is an offer
    sale.refused("offer-too-low", 2, 0)
    sale.refused("offer-too-low", 2, 0.5)
    sale.refused("offer-off-step", 2, 1.5)
    sale.refused("offer-too-low", 2, 2**53 // STEP)
    sale.offer(2, 1)
    hall.clock.now = end
    assert closing.close_due(hall.log) == 0  # the end's own millisecond is in time
    sale.offer(1, 5)
    hall.clock.now = end + 1
    assert closing.close_due(hall.log) == 0
    sale.offer(2, 6)
    hall.clock.now = end + 1 + 300_000
    sale.offer(1, 7)
    hall.clock.now += 300_001
    sale.refused("bidding-over", 2, 8)
    assert closing.close_due(hall.log) == 1
    assert closing.close_due(hall.log) == 0
    sale.refused("bidding-over", 2, 8)
    hall.refused("trading.bidding-goes-on", "system", closing.close_bidding, PROJECT, "1", 1)
    result = sale.result
    assert (result.offers, result.price_fen, result.reached) == (5, STARTING + 7 * STEP, True)
    assert (result.paddle, result.bidder, result.bidder_code) == (sale.paddles[1], name(1), code(1))
    offers = [one.event.price_fen for one in sale.state.all(OfferMade)]
    assert offers == [STARTING + steps * STEP for steps in (0, 1, 5, 6, 7)]
    assert {one.actor for one in sale.state.all(OfferMade)} == {"system"}
    _award(hall)


def _award(hall: Hall) -> None:
    """Only who offered most, under its own name."""
    won = {"bidder": name(2), "bidder_code": code(2), "price_fen": STARTING + 7 * STEP, "rank": 1, "reason": None}
    hall.refused("trading.not-to-win", TENDERER, record_step, AwardDecided.of({**ABOUT, "winners": [won]}))
    won |= {"bidder": name(1), "bidder_code": code(1)}
    hall.do(TENDERER, record_step, AwardDecided.of({**ABOUT, "winners": [won]}))
    with hall.log.reading() as session:
        state = queries.lot(session, PROJECT, "1")
    assert state is not None
    assert state.stage == "decided"


def test_without_an_extension_the_end_is_the_end(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2, extension=0)
    hall.clock.now = sale.ends_at * 1000
    sale.offer(1, 0)
    hall.clock.now += 1
    sale.refused("bidding-over", 2, 1)
    assert closing.close_due(hall.log) == 1
    assert sale.result.reached


def test_a_reserve_is_sealed_until_the_end_and_not_a_fen_below_it_sells(hall: Hall) -> None:
    reserve = STARTING + 3 * STEP
    sale = a_sale(hall, 1, reserve_fen=reserve)
    opened = sale.state.last(BiddingOpened)
    assert opened is not None
    assert opened.event.reserve_commitment
    assert str(reserve).encode() not in public_bytes(hall)
    sale.offer(1, 2)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    result, failed = sale.result, sale.state.last(LotFailed)
    assert (result.reached, result.reserve_fen) == (False, reserve)
    assert reserve_commitment(bytes.fromhex(result.reserve_salt or ""), reserve) == opened.event.reserve_commitment
    assert failed is not None
    assert (failed.event.failure, failed.event.bids, failed.actor) == ("below_reserve", 1, "system")
    assert sale.state.stage == "failed"


def test_who_offers_the_reserve_itself_gets_it(hall: Hall) -> None:
    sale = a_sale(hall, 1, reserve_fen=STARTING + 3 * STEP)
    sale.offer(1, 3)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    assert (sale.result.reached, sale.state.stage) == (True, "opened")


def test_where_nobody_offers_the_lot_fails(hall: Hall) -> None:
    sale = a_sale(hall)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    failed = sale.state.last(LotFailed)
    assert failed is not None
    assert (failed.event.failure, failed.event.bids) == ("too_few", 0)
    assert (sale.result.paddle, sale.result.bidder, sale.result.price_fen) == (None, None, None)


def test_names_are_committed_to_before_and_proved_after(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2, 3)
    sale.offer(1, 0)
    sale.offer(2, 1)
    hall.log.settle()
    before = public_bytes(hall)
    for secret in (*map(name, (1, 2, 3)), *map(code, (1, 2, 3)), "sale1", "sale2"):
        assert secret.encode() not in before, "somebody is named before the result"
    hall.clock.now = sale.ends_at * 1000 + 1
    closing.close_due(hall.log)
    closed = next(one for one in sale.state.steps if one.event.kind == "trading.bidding_closed")
    document = json.loads(hall.log.blobs.get(closed.sha256("paddles.json")) or b"")
    assert {one["paddle"]: one["bidder"] for one in document["paddles"]} == {
        sale.paddles[1]: name(1), sale.paddles[2]: name(2),
    }  # fmt: skip
    with hall.log.reading() as session:
        given = {
            row.subject: json.loads(row.private)
            for row in session.query(EntryRow).filter(EntryRow.kind == PaddleGiven.kind)
        }
    assert len(given) == 3
    for one in document["paddles"]:
        proved = commitment(bytes.fromhex(one["salt"]), one["statement"].encode())
        assert given[f"receipt:{one['receipt']}"] == {"statement": proved}
        said = json.loads(one["statement"])
        assert (said["paddle"], said["bidder_code"]) == (one["paddle"], one["bidder_code"])
        assert encode(said).decode() == one["statement"]


def public_bytes(hall: Hall) -> bytes:
    """Everything about trading that entries and public tables say of who bids."""
    with hall.log.reading() as session:
        rows = session.query(EntryRow).filter(EntryRow.subject.like("project:%") | EntryRow.subject.like("receipt:%"))
        return b"\n".join(b"%b %b %b" % (row.body, row.private, row.actor.encode()) for row in rows)


def test_only_admitted_applicants_offer_and_only_what_was_announced_is_opened(hall: Hall) -> None:
    sale = Sale(hall)
    sale.begin(reserve=True)
    sale.enrol(8)
    application = sale.apply(1)
    open_it = (commands.open_bidding, PROJECT, "1")
    for why, changed in (
        ("bidding-not-as-announced", {"starting_fen": STARTING + 1, "reserve_fen": STARTING + 1}),
        ("bidding-not-as-announced", {"step_fen": STEP + 1, "reserve_fen": STARTING}),
        ("bidding-not-as-announced", {"reserve_fen": None}),
        ("bad-bidding", {"reserve_fen": STARTING - 1}),
        ("bad-bidding", {"starting_fen": 0}),
        ("bad-bidding", {"step_fen": 0}),
        ("bad-bidding", {"extension": -1}),
        ("bad-bidding", {"ends_at": hall.clock.now // 1000}),
        ("bad-bidding", {"ends_at": hall.clock.now // 1000 + 3600}),
    ):
        hall.refused(f"trading.{why}", TENDERER, *open_it, sale.opening(**changed))
    sale.refused("no-such-bidding", 8, 0)
    hall.refused("trading.no-such-lot", TENDERER, open_it[0], PROJECT, "9", sale.opening())
    hall.refused("registry.not-permitted", bidder(8), *open_it, sale.opening(reserve_fen=STARTING))
    sale.open(reserve_fen=STARTING)
    hall.refused("trading.bidding-opened-already", TENDERER, *open_it, sale.opening(reserve_fen=STARTING))
    sale.refused("no-paddle", 1, 0)
    give = (commands.give_paddle, PROJECT, "1")
    hall.refused("registry.not-permitted", TENDERER, *give, application)
    hall.refused("trading.no-such-application", REGISTRAR, *give, "0" * 32)
    hall.do(REGISTRAR, *give, application)
    hall.refused("trading.paddle-given-already", REGISTRAR, *give, application)
    sale.offer(1, 0)
    sale.refused("no-paddle", 8, 1)
    hall.refused("registry.not-permitted", TENDERER, commands.make_offer, PROJECT, "1", STARTING + STEP)


def test_while_a_lot_is_suspended_no_time_of_the_bidding_passes(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2)
    sale.offer(1, 0)
    hall.clock.now = sale.ends_at * 1000 - 1000
    cause = {**ABOUT, "cause": "supervisor", "reference": "演监〔2023〕1号"}
    suspended = cause | {"until": None, "reason": "核查"}
    hall.do(SUPERVISOR, record_step, ProcessSuspended.of(_fitting(ProcessSuspended, suspended)))
    sale.refused("is-suspended", 2, 1)
    hall.clock.advance(3 * 86_400)
    assert closing.close_due(hall.log) == 0
    hall.do(SUPERVISOR, record_step, ProcessResumed.of(_fitting(ProcessResumed, cause | {"reason": "核查完毕"})))
    hall.clock.now += 1000
    sale.offer(2, 1)
    hall.clock.now += 300_001
    assert closing.close_due(hall.log) == 1
    assert sale.result.paddle == sale.paddles[2]


def _fitting(kind: type, members: dict[str, object]) -> dict[str, object]:
    return {one: value for one, value in members.items() if one in kind.model_fields}  # type: ignore[attr-defined]


def an_award(number: int, steps: int, rank: int) -> AwardDecided:
    price = STARTING + steps * STEP
    won = {"bidder": name(number), "bidder_code": code(number), "price_fen": price, "rank": rank, "reason": "递补"}
    return AwardDecided.of({**ABOUT, "winners": [won]})


REVOKED = {"ground": "no_contract", "legal_basis": "成交确认书第八条", "next": "next_candidate"}


def test_after_a_revoked_award_wins_who_offered_most_after_it(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2, 3)
    for number, steps in ((1, 0), (2, 1), (1, 2), (2, 3), (3, 4), (1, 5)):
        sale.offer(number, steps)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    revoked = AwardRevoked.of({**ABOUT, **REVOKED})
    hall.do(TENDERER, record_step, an_award(1, 5, 1))
    hall.do(TENDERER, record_step, revoked)
    for wrong in ((1, 5, 1), (3, 3, 2), (3, 4, 1), (2, 4, 2), (2, 3, 3), (2, 3, 2), (4, 4, 2)):
        hall.refused("trading.not-to-win", TENDERER, record_step, an_award(*wrong))
    hall.do(TENDERER, record_step, an_award(3, 4, 2))
    hall.do(TENDERER, record_step, revoked)
    hall.refused("trading.not-to-win", TENDERER, record_step, an_award(2, 1, 3))
    hall.do(TENDERER, record_step, an_award(2, 3, 3))
    hall.refused("trading.nobody-left", TENDERER, record_step, revoked)


def test_an_offer_below_the_reserve_is_no_next_one(hall: Hall) -> None:
    sale = a_sale(hall, 1, 2, reserve_fen=STARTING + 3 * STEP)
    sale.offer(2, 2)
    sale.offer(1, 3)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 1
    hall.do(TENDERER, record_step, an_award(1, 3, 1))
    hall.refused("trading.nobody-left", TENDERER, record_step, AwardRevoked.of({**ABOUT, **REVOKED}))


def test_what_was_terminated_is_not_closed(hall: Hall) -> None:
    sale = a_sale(hall, 1)
    event = LotTerminated.of({**ABOUT, "reason": "规划调整", "approval": "演政批〔2023〕9号"})
    hall.do(TENDERER, record_step, event)
    sale.refused("not-in-this-stage", 1, 0)
    hall.clock.now = sale.ends_at * 1000 + 1
    assert closing.close_due(hall.log) == 0
    assert closing.close_due(hall.log) == 0
    assert sale.state.stage == "terminated"
