"""What a dishonest tenderer, agent, registrar or bidder would try by the system's own commands, and is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from audit.errors import Refusal
from audit.tables import EntryRow
from tests.api.site import ON_SQLITE
from tests.lottery.hall import PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall
from tests.trading.builders import a_project
from tests.trading.events_of import DAY
from tests.trading.floor import AUTHORITY, PRICE, Floor, bidder, code, name, receipt, scores, winner
from trading import closing, events
from trading.bidding.commands import Opening, open_bidding
from trading.bids.commands import apply_to_take_part
from trading.bids.qualified import check_qualified
from trading.bids.qualifying import judge_applicants
from trading.bids.queries import applicants
from trading.commands import amend_project, correct_notice, register_project, withdraw_notice
from trading.rules.publishing import on_record
from trading.rules.registering import content_of

HIDDEN = "潜在投标人"
FAILED = events.LotFailed
pytestmark = ON_SQLITE


def test_neither_times_nor_bids_nor_winners_are_bent_on_the_way_to_a_contract(hall: Hall) -> None:
    floor = Floor(hall, "A", "works", "open_tender")
    with pytest.raises(Refusal, match="第三十七条"):
        floor.announce(bond_fen=80_000_001)  # which is under 2 % of the estimate
    floor.announce(bond_fen=80_000_000)
    _says_what_it_changes(floor)
    floor.wait(1)
    backdated: dict[str, Any] = {"objection": "", "stage": "documents", "party": HIDDEN}
    yesterday = hall.clock.now // 1000 - DAY
    floor.refused("bad-member", events.ObjectionFiled, bidder(0), **backdated, occurred_at=yesterday + 1)
    floor.refused("bad-member", events.ObjectionFiled, REGISTRAR, **backdated, occurred_at=yesterday - 1)
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=0)  # who knows how many there are?
    deadline = floor.lot.deadline
    assert deadline is not None
    hall.clock.now = deadline * 1000 + 1
    floor.refused("deadline-passed", events.DeadlineMoved, old=deadline, new=deadline + DAY, cause="顺延")
    announced = next(iter(floor.lot.notices))
    taken_back = events.NoticeWithdrawn(notice=announced, reason="撤回")
    hall.refused("trading.deadline-passed", TENDERER, withdraw_notice, PROJECT, taken_back)
    floor.close(bids=4)
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=4)  # none is opened yet
    together = [{"name": name(one), "code": code(one), "share_permille": 500} for one in (1, 9)]
    floor.open(1, members=together, bonds=["guarantee", "transfer"])
    floor.open(0, 2)
    floor.step(events.BidRejected, receipt=receipt(0), clause="招标文件 3.2", reason="未盖章")
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=4)
    floor.open(3)
    floor.refused("bad-ranking", events.EvaluationCompleted, scores=scores(1, 2), report_sha256="0" * 64)
    floor.evaluate(1, 2, 3)
    floor.publicise(1, 2, 3, days=5)
    _named_with_all_members(floor)
    objection = floor.object(2, "result", name(2))
    floor.reply(objection)
    complaint = {"complaint": "", "stage": "result", "objection": objection, "authority": AUTHORITY, "abstract": "无"}
    floor.refused("objection-first", events.ComplaintFiled, bidder(3), **complaint, party=name(3))
    floor.wait(6)
    floor.step(events.AwardDecided, winners=winner(1))
    _published_as_recorded(floor)
    _dated_as_it_was(floor)


def _says_what_it_changes(floor: Floor) -> None:
    notice = next(iter(floor.lot.notices.values())).event
    terms = {one.name: one.value for one in notice.terms} | {"qualification": ["仅限本市企业"]}
    for said, why in (({}, "trading.effect-unsaid"), ({"affects_bids": True}, None)):
        whole = terms | said
        content = replace(
            content_of(notice), terms=tuple(events.Term(name=name, value=whole[name]) for name in sorted(whole))
        )
        correct: Any = (TENDERER, correct_notice, PROJECT, notice.notice, content, "更正")
        if why:
            floor.hall.refused(why, *correct)
        else:
            floor.hall.do(*correct)


MEMBERS = [f"{name(1)}（{code(1)}，牵头人）", f"{name(9)}（{code(9)}）"]


def _named_with_all_members(floor: Floor) -> None:
    """Who stands to win with another is never publicised alone."""
    event = floor.last(events.CandidatesPublicised)
    assert [(one.code, one.lead) for one in event.members] == [(code(1), True), (code(9), False)]
    terms: dict[str, Any] = {"publicised_from": event.publicised_from, "publicised_until": event.publicised_until}
    plain: dict[str, Any] = {"method": None, "valid_until": None}
    for wrong in ({}, {"consortium_members": MEMBERS[:1]}):
        with pytest.raises(Refusal, match=r"consortium_members.*牵头人"):
            floor.announce("candidates", **plain, **(terms | wrong))
    assert on_record("candidates", floor.lot) == terms | {"consortium_members": MEMBERS}
    floor.announce("candidates", **plain, **terms, consortium_members=MEMBERS)


def _published_as_recorded(floor: Floor) -> None:
    said: dict[str, Any] = on_record("result", floor.lot)
    assert said == {
        "winner": name(1), "winner_code": code(1), "amount_fen": PRICE + 1, "consortium_members": MEMBERS
    }  # fmt: skip
    plain: dict[str, Any] = {"method": None, "valid_until": None}
    wrong = {"winner": name(2), "winner_code": code(2), "amount_fen": PRICE + 2, "consortium_members": [name(9)]}
    for other in ({member: value} for member, value in wrong.items()):
        for lot in ("1", None):
            with pytest.raises(Refusal, match="与记载不符"):
                floor.announce("result", lot=lot, **plain, **(said | other))
    floor.announce("result", **plain, **said)


def _dated_as_it_was(floor: Floor) -> None:
    now = floor.hall.clock.now // 1000
    for then in (now + 1, now - DAY):
        floor.refused("not-then", events.AwardNotified, number="演中1号", sent_at=then)
    floor.step(events.AwardNotified, number="演中1号", sent_at=now)
    for then in (now + 1, now - DAY):
        floor.refused("not-then", events.ContractSigned, **floor.contract(1, signed_at=then))
    floor.refused("not-then", events.BondReturned, whose="losers", returned_at=now + 1)
    floor.step(events.ContractSigned, **floor.contract(1))
    _returned_with_interest(floor, now)
    signed: dict[str, Any] = {"contract_number": "演合2023-1", "signed_at": now, "contract_period": "一年"}
    assert floor.last(events.ContractSigned).members == floor.last(events.AwardDecided).members
    terms: dict[str, Any] = signed | {"winner": name(1), "consortium_members": MEMBERS}
    plain: dict[str, Any] = {"method": None, "valid_until": None}
    with pytest.raises(Refusal, match="与记载不符"):
        floor.announce("contract", **plain, **terms, amount_fen=PRICE)
    with pytest.raises(Refusal, match="consortium_members"):
        floor.announce("contract", **plain, **(signed | {"winner": name(1)}), amount_fen=PRICE + 1)
    floor.announce("contract", **plain, **terms, amount_fen=PRICE + 1)


def _returned_with_interest(floor: Floor, now: int) -> None:
    back: dict[str, Any] = {"whose": "winner", "returned_at": now}
    floor.refused("interest-untold", events.BondReturned, **back)
    floor.refused("interest-unexplained", events.BondReturned, **back, interest_fen=0)
    floor.step(events.BondReturned, **back, interest_fen=0, interest_reason="存期不足一日")
    floor.step(events.BondReturned, **(back | {"whose": "losers"}))  # none of theirs was money
    floor.step(events.BondReturned, **back, interest_fen=1)


def test_a_sale_is_neither_shortened_nor_called_off_for_want_of_offers_that_were_made(hall: Hall) -> None:
    floor = Floor(hall, "B", "land", "listing", bidders=2)
    with pytest.raises(Refusal, match="不得低于 200001 分"):
        floor.announce(starting_fen=1_000_001, deposit_fen=200_000)
    floor.announce(starting_fen=1_000_000, deposit_fen=200_000)
    begins, until, signed_up = floor.lot.term("listing_from"), floor.lot.term("listing_until"), floor.lot.deadline
    assert isinstance(begins, int)
    assert isinstance(until, int)
    assert signed_up is not None
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=0)
    opening = Opening(1_000_000, 1_000_000, until, 0, None)
    for moment, ends_at in ((begins - 1, until), (begins, until - 1), (begins, signed_up)):
        hall.at(moment)
        short = Opening(1_000_000, 1_000_000, ends_at, 0, None)
        hall.refused("trading.bad-bidding", TENDERER, open_bidding, PROJECT, "1", short)
    hall.do(TENDERER, open_bidding, PROJECT, "1", opening)
    floor.move(events.OfferMade, bidder(0), paddle="0", price_fen=1_000_000)
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=1)
    highest: dict[str, Any] = {"paddle": "0", "bidder": name(0), "bidder_code": code(0), "price_fen": 1_000_000}
    floor.move(events.BiddingClosed, offers=1, **highest, reached=True)
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=1)
    floor.step(events.AwardDecided, winners=winner(0, price_fen=1_000_000))


def test_the_category_on_which_statutory_times_rest_is_right_and_stays(hall: Hall) -> None:
    for trade, category in (("B", None), ("C", None), ("A", "land"), ("C", "goods")):
        project = a_project(trade=trade, category=category, code="XM-9")
        hall.refused("trading.bad-category", TENDERER, register_project, project)
    floor = Floor(hall, "C", "equity_transfer", "listing", bidders=1)
    floor.announce("pre_disclosure", method=None)
    with pytest.raises(Refusal, match="期满"):
        floor.announce("disclosure")
    floor.wait(80)
    for approval in ({}, {"price_approval": "演国资〔2023〕1号"}):  # which helps once it is disclosed again
        with pytest.raises(Refusal, match="第十七条"):
            floor.announce("disclosure", valuation_fen=1_000_000, asking_fen=999_999, **approval)
    floor.announce("disclosure", valuation_fen=1_000_000, asking_fen=1_000_000)
    hall.refused("trading.category-fixed", REGISTRAR, amend_project, PROJECT, {"category": "asset_transfer"}, "更正")


def test_who_did_not_apply_in_time_or_did_not_pass_cannot_win(hall: Hall) -> None:
    floor = Floor(hall, "A", "works", "open_tender")
    floor.announce("prequalification")
    until = floor.lot.applications_until
    assert until is not None
    assert floor.lot.deadline is None
    apply: Any = (apply_to_take_part, PROJECT, "1", "0" * 64)
    for number in (0, 1, 2, 3):
        hall.do(bidder(number), *apply)
    hall.clock.now = until * 1000
    with hall.log.reading() as session:
        applied = applicants(session, PROJECT, "1", 1)
    judged = [
        {"receipt": one.receipt, "applicant": one.bidder, "applicant_code": one.bidder_code, "passed": True}
        | {"reason": None}
        for one in applied
    ]
    fourth = next(one for one in judged if one["applicant_code"] == code(3))
    unexplained = fourth | {"passed": False}
    told = _with(judged, unexplained | {"reason": "业绩不足"})
    judge: Any = (TENDERER, judge_applicants, PROJECT, "1")
    hall.refused("trading.applications-open", *judge, _judgements(told))
    hall.clock.now = until * 1000 + 1000
    hall.refused("trading.late-bid", bidder(0), *apply)
    assert closing.close_due(hall.log) == 0, "no bids were asked for yet"
    _is_judged_before_bids(floor, judge, judged, fourth, told)
    hall.refused("trading.late-bid", bidder(0), *apply)
    with hall.log.reading() as session:
        check_qualified(session, floor.lot, name(0), code(0))
        for gone in (3, 9):
            with pytest.raises(Refusal, match="没有通过"):
                check_qualified(session, floor.lot, name(gone), code(gone))
    floor.close(bids=4)
    for wrong in (judged[1:], judged, [*told, fourth], _with(judged, unexplained)):
        floor.refused("bad-judgements", events.PrequalificationDecided, judgements=wrong)
    floor.open(0, 1, 2, 3)
    ranking: dict[str, Any] = {"scores": scores(3, 0, 1, 2), "report_sha256": "0" * 64}
    floor.refused("not-prequalified", events.EvaluationCompleted, **ranking)
    floor.step(events.PrequalificationDecided, judgements=told)
    floor.refused("not-prequalified", events.EvaluationCompleted, **ranking)
    floor.step(events.BidRejected, receipt=receipt(3), clause="资格预审文件 2", reason="未通过资格预审")
    floor.evaluate(0, 1, 2)


def _judgements(found: list[dict[str, Any]]) -> list[events.Judgement]:
    return [events.Judgement(**one) for one in found]


def _is_judged_before_bids(
    floor: Floor, judge: Any, judged: list[dict[str, Any]], fourth: dict[str, Any], told: list[dict[str, Any]]
) -> None:
    """In secret: all who applied, with reasons; with fewer than three no bids are invited and the round may fail."""
    hall = floor.hall
    invented = fourth | {"receipt": "f" * 32}
    for wrong in (told[1:], [*told, invented], [*told, fourth], _with(judged, fourth | {"passed": False})):
        hall.refused("trading.bad-judgements", *judge, _judgements(wrong))
    with pytest.raises(Refusal, match="尚未审查"):
        floor.announce("invitation")
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=0)
    two = [one | {"passed": at < 2, "reason": None if at < 2 else "业绩不足"} for at, one in enumerate(judged)]
    hall.do(*judge, _judgements(two))
    with pytest.raises(Refusal, match="不足三个"):
        floor.announce("invitation")
    hall.do(*judge, _judgements(told))
    floor.refused("failure-does-not-fit", FAILED, failure="too_few", bids=0)
    with hall.log.reading() as session:
        rows = session.scalars(select(EntryRow).where(EntryRow.kind == events.ApplicantsJudged.kind)).all()
    assert [json.loads(row.body)["enough"] for row in rows] == [False, True]
    assert not any(name(number) in row.body.decode() + row.private.decode() for row in rows for number in range(4))
    floor.announce("invitation")
    hall.refused("trading.applications-open", *judge, _judgements(told))


def _with(judged: list[dict[str, Any]], one: dict[str, Any]) -> list[dict[str, Any]]:
    return [one if it["receipt"] == one["receipt"] else it for it in judged]


def test_time_lost_in_several_suspensions_is_given_back_whole(hall: Hall) -> None:
    floor = Floor(hall, "D", "goods", "open_tender", bidders=1)
    floor.announce()
    old = floor.lot.deadline
    assert old is not None
    hall.at(old - 2 * DAY)
    floor.step(events.ProcessSuspended, SUPERVISOR, cause="supervisor", reference="令1")
    floor.wait(3)
    floor.step(events.ProcessSuspended, SUPERVISOR, cause="supervisor", reference="令2")
    floor.wait(1)
    floor.step(events.ProcessResumed, SUPERVISOR, cause="supervisor", reference="令1")
    floor.wait(1)
    floor.step(events.ProcessResumed, SUPERVISOR, cause="supervisor", reference="令2")
    assert floor.lot.deadline == hall.clock.now // 1000 + 2 * DAY, "as long as was left when it all stopped"


def test_a_suspension_lets_nobody_in_who_came_too_late(hall: Hall) -> None:
    floor = Floor(hall, "B", "land", "listing", bidders=1)
    floor.announce()
    until = floor.lot.applications_until
    assert until is not None
    hall.at(until + 1)
    floor.step(events.ProcessSuspended, SUPERVISOR, cause="supervisor", reference="令1")
    floor.wait(2)
    floor.step(events.ProcessResumed, SUPERVISOR, cause="supervisor", reference="令1")
    assert (floor.lot.applications_until, floor.lot.deadline) == (until, until)
    hall.refused("trading.late-bid", bidder(0), apply_to_take_part, PROJECT, "1", "0" * 64)


def test_prices_above_the_budget_are_a_cause_only_where_all_are(hall: Hall) -> None:
    floor = Floor(hall, "D", "goods", "open_tender", bidders=3)
    floor.announce(budget_fen=PRICE + 1, ceiling_fen=PRICE + 1)
    floor.close(bids=3)
    floor.open(0, 1, 2)
    ranking: dict[str, Any] = {"scores": scores(0, 1, 2), "report_sha256": "0" * 64}
    floor.refused("above-ceiling", events.EvaluationCompleted, **ranking)
    for number, fits in ((0, False), (1, False), (2, True)):
        if not fits:
            floor.refused("failure-does-not-fit", FAILED, failure="over_budget", bids=3)
            floor.step(events.BidRejected, receipt=receipt(number), clause="3.1", reason="无效")
    floor.step(FAILED, failure="over_budget", bids=3)
