"""Whole procedures by their commands, on both databases: what is recorded, what follows by itself, what is refused."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from api.forms_asked import asked_for, with_next_offer
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.rebuild import rebuild_check
from audit.tables import EntryRow, PrivateValueRow
from registry.working_days import day_of, is_working_day
from tests.lottery.hall import OPERATOR, PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall, a_code
from tests.trading.builders import TITLE, a_project
from tests.trading.events_of import DAY, an_event
from tests.trading.floor import AUTHORITY, PRICE, Floor, bidder, floor_move, name, receipt, scores, winner
from trading import events, queries
from trading.breaches import write_breaches
from trading.commands import amend_project, assign_code, assign_platform, record_step, register_project
from trading.commands.steps import paddles_of
from trading.transaction_code import check_character, is_right, local_code

HIDDEN = "潜在投标人"
AWARD = events.AwardDecided


def test_construction_from_a_failed_round_to_the_end_of_its_contract(hall: Hall) -> None:
    floor = Floor(hall, "A", "works", "open_tender")
    floor.announce()
    _questions_and_objections(floor)
    _too_few(floor)
    floor.announce()
    assert (floor.lot.round, floor.lot.stage) == (2, "announced")
    _opened_and_evaluated(floor)
    _awarded_revoked_and_awarded_again(floor)
    _contract_in_construction(floor)
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert report.differences == []


def _questions_and_objections(floor: Floor) -> None:
    hall, now = floor.hall, floor.hall.clock.now // 1000
    period: dict[str, Any] = {"issued_from": now, "issued_until": now + 10 * DAY}
    floor.refused("bad-period", events.DocumentIssued, document="tender", issued_from=now, issued_until=now)
    floor.step(events.DocumentIssued, document="tender", **period)
    floor.step(events.QuestionAsked, bidder(0), question="", text=["第 3 页的工期是日历天还是工作日？"])
    assert floor.tail(1) == [("question_asked", "system")]
    with hall.log.reading() as session:
        row = session.scalars(select(EntryRow).order_by(EntryRow.id.desc()).limit(1)).one()
        private = session.scalars(select(PrivateValueRow).where(PrivateValueRow.entry_id == row.id)).one()
    assert name(0).encode() in private.value
    assert b'"b0"' not in row.body + row.private  # alone it may stand in a commitment's digits
    floor.refused("unknown-reference", events.ClarificationIssued, questions=["tw-9"], text=["日历天"])
    floor.step(events.ClarificationIssued, document="tender", questions=["tw-1"], text=["日历天"])
    assert floor.tail(1) == [("clarification_issued", "tenderer")]

    deadline = floor.lot.deadline
    assert deadline is not None
    floor.refused(
        "party-must-be-hidden", events.ObjectionFiled, bidder(0), objection="", stage="documents", party=name(0)
    )
    floor.refused("text-missing", events.ObjectionFiled, bidder(0), "", objection="", stage="documents", party=HIDDEN)
    first = floor.object(0, "documents", HIDDEN)
    assert floor.tail(2) == [("objection_filed", "system"), ("process_suspended", "system")]
    due = floor.last(events.ObjectionFiled).due_at or 0
    assert day_of(due).isoformat() == "2023-08-24"
    second = floor.object(1, "documents", HIDDEN)
    assert (first, second) == ("yy-1", "yy-2")
    floor.refused("is-suspended", events.ClarificationIssued, text=["又一澄清"])
    floor.refused("unknown-reference", events.ProcessResumed, SUPERVISOR, cause="supervisor", reference="令1")
    floor.reply(first)
    assert len(floor.lot.suspended) == 1
    floor.reply(second)
    assert floor.tail(2) == [("objection_replied", "tenderer"), ("process_resumed", "system")]
    floor.refused("unknown-reference", events.ObjectionReplied, objection=second, outcome="rejected")

    floor.wait(17)
    floor.step(events.ClarificationIssued, document="tender", text=["图纸有改动"], affects_bids=True)
    assert floor.tail(2) == [("clarification_issued", "tenderer"), ("deadline_moved", "system")]
    moved = floor.lot.deadline
    assert moved is not None
    assert moved >= hall.clock.now // 1000 + 15 * DAY
    assert (moved - deadline) % DAY == 0
    assert is_working_day(day_of(moved))
    assert floor.lot.opening_at == moved
    floor.refused("not-a-later-deadline", events.DeadlineMoved, old=moved, new=moved - DAY, cause="提前")


def _too_few(floor: Floor) -> None:
    floor.close(bids=2)
    floor.refused("not-a-plain-event", events.BidOpened, receipt=receipt(0))
    floor.refused("bids-miscounted", events.LotFailed, failure="too_few", bids=1)
    floor.refused("failure-does-not-fit", events.LotFailed, failure="all_rejected", bids=2)
    floor.step(events.LotFailed, failure="too_few", reason="投标人不足三家", bids=2)
    assert floor.lot.stage == "failed"


def _opened_and_evaluated(floor: Floor) -> None:
    floor.close(bids=4)
    floor.open(0, 1, 2)
    floor.refused("not-all-opened", events.EvaluationCompleted, scores=scores(0, 1, 2), report_sha256="0" * 64)
    floor.open(3)
    floor.refused("not-that-party", events.OpeningObjected, bidder(1), objection="", bidder=name(2), text=["报价读错"])
    floor.step(events.OpeningObjected, bidder(1), objection="", bidder=name(1), text=["报价读错"])
    floor.step(events.OpeningReplied, objection=floor.last(events.OpeningObjected).objection, text=["已核对无误"])
    floor.step(events.BidRejected, receipt=receipt(3), clause="招标文件 3.2", reason="未盖章")
    floor.refused("not-an-opened-bid", events.BidRejected, receipt=receipt(3), clause="招标文件 3.2", reason="未盖章")
    floor.refused("bad-ranking", events.EvaluationCompleted, scores=scores(0, 3), report_sha256="0" * 64)
    floor.refused("bad-member", events.EvaluationCompleted, scores=scores(0, 1, 2), report_sha256="无")
    floor.evaluate(1, 0, 2)
    floor.refused("evaluation-not-ordered", events.EvaluationCompleted, scores=scores(1), report_sha256="0" * 64)
    now = floor.hall.clock.now // 1000
    times: dict[str, Any] = {"publicised_from": now, "channel": "平台"}
    wrong = floor.candidates(0, 1)
    floor.refused(
        "bad-candidates", events.CandidatesPublicised, candidates=wrong, publicised_until=now + 4 * DAY, **times
    )
    right = floor.candidates(1, 0, 2)
    floor.refused("too-soon", events.CandidatesPublicised, candidates=right, publicised_until=now + DAY, **times)
    floor.publicise(1, 0, 2)
    objection = floor.object(2, "result", name(2))
    floor.wait(5)
    floor.refused("is-suspended", AWARD, winners=winner(1))
    floor.reply(objection)
    floor.refused(
        "objection-first", events.ComplaintFiled, bidder(2),
        complaint="", stage="documents", party=name(2), objection=objection, authority=AUTHORITY, abstract="无",
    )  # fmt: skip
    floor.accept_complaint(2, "result", objection, "evaluate_again")
    floor.refused("order-stands", AWARD, winners=winner(1))
    floor.refused("bad-ranking", events.EvaluationCompleted, scores=scores(0, 1, 2), report_sha256="0" * 64)
    floor.step(events.BidRejected, receipt=receipt(3), clause="招标文件 3.2", reason="未盖章")  # judged anew
    floor.evaluate(0, 1, 2)
    floor.refused("evaluation-not-ordered", events.BidRejected, receipt=receipt(2), clause="3.2", reason="未盖章")
    floor.refused("evaluation-not-ordered", events.EvaluationCompleted, scores=scores(1), report_sha256="0" * 64)
    floor.publicise(0, 1, 2)


def _awarded_revoked_and_awarded_again(floor: Floor) -> None:
    floor.refused("too-soon", AWARD, winners=winner(0))
    floor.wait(4)
    floor.refused("not-to-win", AWARD, winners=winner(3))
    floor.refused("not-to-win", AWARD, winners=winner(0, price_fen=PRICE + 9))
    floor.refused("rank-reason-missing", AWARD, winners=winner(1, rank=2))
    floor.step(AWARD, winners=winner(0))
    floor.step(events.AwardNotified, number="演中2023-1", sent_at=floor.hall.clock.now // 1000)
    floor.refused("recorded-already", events.AwardNotified, number="演中2023-2")
    floor.step(
        events.AwardRevoked,
        ground="winner_renounced",
        legal_basis="招标投标法实施条例第五十五条",
        next="next_candidate",
    )
    assert floor.lot.stage == "publicised"
    asked = asked_for(AWARD, PROJECT, floor.lot, [], 0, "zh")
    assert [one["bidder"] for one in asked.values["winners"]] == [name(1)], "the form names who is next"
    floor.refused("not-to-win", AWARD, winners=winner(0))
    floor.refused("rank-reason-missing", AWARD, winners=winner(1, rank=2))
    floor.step(AWARD, winners=winner(1, rank=2, reason="第一名放弃中标"))
    floor.step(events.AwardNotified, number="演中2023-2", sent_at=floor.hall.clock.now // 1000)


def _contract_in_construction(floor: Floor) -> None:
    floor.refused("not-the-winner", events.ContractSigned, **floor.contract(0))
    floor.refused("not-as-awarded", events.ContractSigned, **floor.contract(1, amount_fen=PRICE))
    floor.step(events.ContractSigned, **floor.contract(1))
    floor.refused("reference-used", events.ContractSigned, **floor.contract(1))
    contract = {"contract": "演合2023-1"}
    floor.refused("old-amount-differs", events.ContractAmended, old_fen=1, new_fen=2, reason="设计变更", **contract)
    floor.step(events.ContractAmended, old_fen=PRICE + 1, new_fen=2 * PRICE, reason="设计变更", **contract)
    now = floor.hall.clock.now // 1000
    floor.step(events.BondReturned, whose="losers", returned_at=now)
    held, back = events.SecurityRecorded, events.SecurityReturned
    performance, retention = contract | {"security": "performance"}, contract | {"security": "retention"}
    floor.refused("security-too-high", held, amount_fen=PRICE // 5 + 1, received_at=now, **performance)
    floor.refused("not-then", held, amount_fen=1, received_at=now + 1, **performance)
    floor.refused("no-security", back, returned_at=now, **performance)
    floor.step(held, amount_fen=PRICE // 5, received_at=now, **performance)  # of the amount that it was changed to
    floor.refused("security-too-high", held, amount_fen=1, received_at=now, **performance)
    floor.refused("security-held", held, amount_fen=1, received_at=now, **retention)
    floor.step(back, returned_at=now, **performance)
    floor.refused("security-too-high", held, amount_fen=2 * PRICE * 3 // 100 + 1, received_at=now, **retention)
    floor.step(held, amount_fen=2 * PRICE * 3 // 100, received_at=now, **retention)
    floor.step(events.PerformanceReported, milestone="begun", description="开工", **contract)
    floor.refused("unknown-reference", events.ContractEnded, contract="另一合同", outcome="completed", final_fen=1)
    floor.step(events.ContractEnded, outcome="completed", final_fen=2 * PRICE, **contract)
    assert floor.lot.stage == "completed"
    floor.refused("unknown-reference", events.PerformanceReported, milestone="payment", description="尾款", **contract)


def test_procurement_is_challenged_complained_of_and_never_grows_by_more_than_a_tenth(hall: Hall) -> None:
    floor = Floor(hall, "D", "goods", "competitive_negotiation")
    floor.announce()
    hidden = floor.object(0, "documents", HIDDEN, events.ChallengeFiled)
    assert floor.tail(1) == [("challenge_filed", "system")]  # the law stops nothing for it
    floor.reply(hidden, events.ChallengeReplied)
    floor.close(bids=3)
    floor.open(0, 1, 2)
    floor.refused("last-quotes-missing", events.EvaluationCompleted, scores=scores(2, 1, 0), report_sha256="0" * 64)
    floor.quote(0, 1, 2)
    floor.evaluate(2, 1, 0)
    floor.refused("rank-reason-missing", AWARD, winners=winner(1, rank=2))
    floor.step(AWARD, winners=winner(2))
    floor.step(events.AwardNotified, number="演成2023-1", sent_at=hall.clock.now // 1000)
    challenge = floor.object(0, "result", name(0), events.ChallengeFiled)
    assert [one.cause for one in floor.lot.suspended] == ["challenge"]
    floor.refused("is-suspended", events.ContractSigned, **floor.contract(2))
    filed = {"complaint": "", "stage": "result", "party": name(0), "authority": AUTHORITY, "abstract": "有误"}
    floor.refused("objection-first", events.ComplaintFiled, bidder(0), objection=challenge, **filed)
    floor.reply(challenge, events.ChallengeReplied)
    assert floor.lot.suspended == ()
    floor.accept_complaint(0, "result", challenge, "revoke_award")
    floor.refused("order-stands", events.ContractSigned, **floor.contract(2))
    floor.step(events.AwardRevoked, ground="complaint", legal_basis="政府采购法第五十六条", next="next_candidate")
    floor.step(AWARD, winners=winner(1, rank=2, reason="第一名成交无效"))
    floor.step(events.AwardNotified, number="演成2023-2", sent_at=hall.clock.now // 1000)
    floor.refused(
        "reference-used", events.ComplaintFiled, bidder(0), objection=challenge, **(filed | {"complaint": "ts-1"})
    )
    floor.step(events.ContractSigned, **floor.contract(1))
    contract, signed = {"contract": "演合2023-1", "reason": "追加"}, PRICE + 1
    most = signed + signed // 10
    floor.refused("above-ten-percent", events.ContractAmended, old_fen=signed, new_fen=most + 1, **contract)
    floor.step(events.ContractAmended, old_fen=signed, new_fen=most, **contract)
    floor.refused("above-ten-percent", events.ContractAmended, old_fen=most, new_fen=most + 1, **contract)
    floor.step(events.ContractFiled, contract="演合2023-1", authority="演示市财政局")
    floor.step(events.ContractEnded, contract="演合2023-1", outcome="dissolved", final_fen=1)
    assert floor.lot.stage == "terminated"


def test_a_sale_goes_to_the_highest_offer_and_fails_below_the_reserve(hall: Hall) -> None:
    floor = Floor(hall, "B", "land", "listing", bidders=2)
    _bidding(floor, reached=False)
    floor.refused("not-to-win", AWARD, winners=winner(1, price_fen=120))
    floor.refused("failure-does-not-fit", events.LotFailed, failure="all_rejected", bids=2)
    floor.step(events.LotFailed, failure="below_reserve", reason="未达底价", bids=2)
    _bidding(floor, reached=True)
    floor.refused("not-to-win", AWARD, winners=winner(1, price_fen=110))
    floor.step(AWARD, winners=winner(1, price_fen=120))
    floor.step(events.AwardNotified, number="演确2023-1", sent_at=hall.clock.now // 1000)
    revoked = {"ground": "no_contract", "legal_basis": "成交确认书第八条"}
    floor.step(events.AwardRevoked, **revoked, next="next_candidate")
    floor.refused("not-to-win", AWARD, winners=winner(1, price_fen=120))
    second: dict[str, Any] = {"rank": 2, "price_fen": 110, "reason": "第一名未签合同"}
    asked = asked_for(AWARD, PROJECT, floor.lot, [], 0, "zh")
    assert asked.values["winners"] == [], "nobody whose award was revoked is proposed again"
    asked = with_next_offer(asked, floor.lot, paddles_of(hall.log.blobs, floor.lot))
    assert asked.values["winners"] == [
        {"bidder": name(0), "bidder_code": winner(0)[0]["bidder_code"], "price_fen": 110, "rank": 2}
    ]
    for other in ({"rank": 1}, {"rank": 3}, {"price_fen": 120}, {"price_fen": 100}, {"bidder_code": a_code(102)}):
        floor.refused("not-to-win", AWARD, winners=winner(0, **(second | other)))
    floor.step(AWARD, winners=winner(0, **second))
    floor.refused("nobody-left", events.AwardRevoked, **revoked, next="next_candidate")
    floor.step(events.AwardRevoked, **revoked, next="new_round")
    assert (floor.lot.stage, floor.lot.round) == ("failed", 2)
    floor.step(events.LotTerminated, reason="规划调整", approval="演政批〔2023〕9号")
    assert floor.lot.stage == "terminated"


def test_an_objection_that_nobody_answers_holds_a_sale_until_the_supervisor_decides(
    hall: Hall,
) -> None:
    floor = Floor(hall, "B", "land", "listing", bidders=1)
    floor.announce()
    objection = floor.object(0, "documents", HIDDEN)
    due = floor.last(events.ObjectionFiled).due_at  # by a rule of this centre, which is published as that
    assert due is not None
    assert day_of(due).isoformat() == "2023-08-28"
    resumed: dict[str, Any] = {"cause": "objection", "reference": objection}
    hall.at(due)
    floor.refused("reply-still-due", events.ProcessResumed, SUPERVISOR, **resumed)
    floor.refused("unknown-reference", events.ProcessResumed, SUPERVISOR, cause="objection", reference="yy-9")
    hall.at(due + 1)
    write_breaches(hall.log)
    assert floor.last(events.RuleBreached).rule.startswith("house-objection-documents@")
    floor.step(events.ProcessResumed, SUPERVISOR, **resumed)
    assert floor.lot.suspended == ()
    floor.refused("unknown-reference", events.ProcessResumed, SUPERVISOR, **resumed)
    floor.reply(objection)
    assert floor.tail(1) == [("objection_replied", "tenderer")]
    filed = {"complaint": "", "stage": "documents", "party": HIDDEN, "authority": AUTHORITY, "abstract": "有误"}
    floor.step(events.ComplaintFiled, bidder(0), whole="全文", objection=objection, due_at=1, **filed)
    assert floor.last(events.ComplaintFiled).due_at is None


def _bidding(floor: Floor, reached: bool) -> None:
    floor.announce()
    opened = floor.event(events.BiddingOpened, starting_fen=100, step_fen=10, extension=0)
    early = opened.model_copy(update={"ends_at": floor.hall.clock.now // 1000 + 30 * DAY})
    floor.hall.refused("trading.too-soon", SYSTEM, floor_move, early)  # twenty days after the announcement at least
    floor.wait(45)
    now = floor.hall.clock.now // 1000
    short = opened.model_copy(update={"ends_at": now + 9 * DAY})
    floor.hall.refused("trading.too-soon", SYSTEM, floor_move, short)  # and for ten days, whatever was announced
    floor.move(events.BiddingOpened, starting_fen=100, step_fen=10, ends_at=now + 30 * DAY, extension=0)
    for number, price in enumerate((110, 120)):
        floor.move(events.OfferMade, bidder(number), paddle=f"{number}", price_fen=price)
    highest: dict[str, Any] = {"paddle": "1", "bidder": name(1), "bidder_code": a_code(101), "price_fen": 120}
    floor.move(events.BiddingClosed, files=floor.paddles(0, 1), offers=2, **highest, reached=reached)


def test_a_deadline_that_passed_in_suspension_comes_after_it(hall: Hall) -> None:
    floor = Floor(hall, "D", "goods", "open_tender", bidders=1)
    floor.announce()
    old = floor.lot.deadline
    assert old is not None
    floor.refused("unknown-reference", events.ProcessSuspended, SUPERVISOR, cause="objection", reference="yy-1")
    floor.step(events.ProcessSuspended, SUPERVISOR, cause="supervisor", reference="演监〔2023〕1号")
    floor.wait(33)
    floor.hall.refused(
        "trading.is-suspended", "bidder:b0", record_step, floor.event(events.QuestionAsked, question="", text=["？"])
    )
    floor.step(events.ProcessResumed, SUPERVISOR, cause="supervisor", reference="演监〔2023〕1号")
    assert floor.tail(2) == [("process_resumed", "supervisor"), ("deadline_moved", "system")]
    assert floor.lot.deadline is not None
    assert floor.lot.deadline > hall.clock.now // 1000
    assert (floor.lot.deadline - old) % DAY == 0
    floor.step(events.QuestionAsked, bidder(0), question="", text=["现在可以提问了吗？"])


def test_only_those_act_whom_the_table_names_and_whom_the_project_concerns(hall: Hall) -> None:
    floor = Floor(hall, "D", "services", "single_source", bidders=1)
    floor.announce("single_source")
    wrong = floor.event(events.LotTerminated, reason="任务取消")
    hall.refused("registry.not-permitted", bidder(0), record_step, wrong)
    hall.refused("registry.not-permitted", REGISTRAR, record_step, wrong)
    hall.refused("trading.not-for-that-tenderer", OPERATOR.replace("operator", "agent"), record_step, wrong)
    hall.refused("trading.no-such-lot", TENDERER, record_step, floor.event(events.LotTerminated, lot="9", reason="无"))
    hall.refused(
        "trading.no-such-project", TENDERER, record_step, floor.event(events.LotTerminated, project="无", reason="无")
    )
    later = floor.event(events.LotTerminated, reason="任务取消", occurred_at=hall.clock.now // 1000 + 1)
    hall.refused("trading.occurs-later", TENDERER, record_step, later)
    hall.refused("trading.not-a-plain-event", TENDERER, record_step, an_event(events.BidClosed, root="0" * 64))
    with pytest.raises(Refusal, match="公示"):
        floor.announce("invitation")
    floor.wait(15)
    floor.announce("invitation")
    floor.close(bids=1)
    floor.open(0)
    floor.refused("failure-does-not-fit", events.LotFailed, failure="too_few", bids=1)  # one is enough here
    assert floor.lot.stage == "opened"
    hall.do(TENDERER, record_step, wrong)
    assert wrong.project == PROJECT


def test_what_is_registered_is_amended_and_gets_its_codes(hall: Hall) -> None:
    floor = Floor(hall, "A", "works", "open_tender", bidders=0)
    platform, reason = a_code(7), "批复调整"
    hall.refused("registry.not-permitted", TENDERER, amend_project, PROJECT, {"title": "新名"}, reason)
    for values in ({"title": TITLE}, {"tenderer": "x"}, {"category": "roads"}, {"title": ""}):
        hall.refused("trading.nothing-amended", REGISTRAR, amend_project, PROJECT, values, reason)
    hall.refused("trading.bad-amount", REGISTRAR, amend_project, PROJECT, {"estimate_fen": "1.5"}, reason)
    hall.do(REGISTRAR, amend_project, PROJECT, {"title": "新名", "estimate_fen": "5", "category": "goods"}, reason)
    hall.do(REGISTRAR, amend_project, PROJECT, {"estimate_fen": "", "title": "新名"}, reason)
    with hall.log.reading() as session:
        known = queries.project(session, PROJECT, placed=True)
    assert known is not None
    assert (known.title, known.estimate_fen, known.category) == ("新名", None, "goods")
    assert floor.lot.category == "goods"

    hall.refused("trading.no-platform", REGISTRAR, assign_code, PROJECT)
    hall.do(REGISTRAR, assign_platform, PROJECT, platform)
    hall.refused("trading.code-exists", REGISTRAR, assign_platform, PROJECT, platform)
    hall.do(REGISTRAR, register_project, a_project(code="XM-2", class_code=None))
    hall.do(REGISTRAR, assign_platform, "XM-2", platform)
    hall.do(REGISTRAR, assign_code, PROJECT)
    hall.do(REGISTRAR, assign_code, "XM-2")
    hall.refused("trading.code-exists", REGISTRAR, assign_code, PROJECT)
    hall.refused("trading.bad-code", REGISTRAR, assign_code, PROJECT, "不是代码")
    hall.refused("trading.no-such-lot", REGISTRAR, assign_code, PROJECT, "E1", "9")
    hall.do(REGISTRAR, assign_code, PROJECT, "E3502060201200048001", "1")
    with hall.log.reading() as session:
        codes = queries.transaction_codes(session, PROJECT, placed=True)
        second = queries.transaction_codes(session, "XM-2")[0].code
    assert [(one.lot, one.issuer) for one in codes] == [(None, "local"), ("1", "superior")]
    assert codes[0].code.startswith(f"A02-{platform}-20230821-000001-")
    assert second.startswith(f"A00-{platform}-20230821-000002-")
    assert all(is_right(one) for one in (codes[0].code, second))
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert report.differences == []


def test_a_local_code_shows_any_single_slip_and_swapped_neighbours() -> None:
    code = local_code("A02", a_code(7), date(2023, 8, 21), 17)
    assert is_right(code)
    for at, character in enumerate(code):
        if character != "-":
            assert not is_right(code[:at] + ("0" if character != "0" else "Z") + code[at + 1 :])
    assert check_character("A12425GABC1234002") == "M"  # the example of ISO 7064 in GRid, MOD 37,36
