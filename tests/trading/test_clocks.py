"""Which times run for a lot as its entries tell it, and what an act is refused for."""

from typing import Any

import pytest

from tests.trading.events_of import Story, a_beginning, an_event
from tests.trading.lives import Life, construction, land, procurement
from tests.trading.test_law_clocks import at
from trading import events as e
from trading.clocks import Running, check_minimum, rounds, running
from trading.law import clocks as law
from trading.law.errors import TooLate, TooSoon
from trading.moments import told

DAY = 86_400
WEDNESDAY = at("2025-03-12", 10)
ANNOUNCED = {
    "documents_from": at("2025-03-13", 9),
    "documents_until": at("2025-03-19", 17),
    "bid_deadline": at("2025-04-02", 9, 30),
    "opening_at": at("2025-04-02", 9, 30),
}
NEVER_SEEN = {
    "bid_withdrawn",
    "records_destroyed",
    "disclosure_requested",
    "disclosure_first_due",
    "disclosure_answered",
}
"""Moments that no entry about a project tells: they are secret, do not happen, or are another subject's."""


def announcement(method: e.Method = "open_tender", **terms: Any) -> e.NoticePublished:
    return a_beginning("announcement", method, **ANNOUNCED | terms)


def a_story(*events: Any, trade: str = "A", category: str = "works", begins: int = WEDNESDAY) -> Story:
    story = Story(at=begins, trade=trade, category=category)
    for event in events:
        story.anyway(event)
    return story


def check(story: Story, event: Any, now: int | None = None) -> list[str]:
    lot = story.lot
    method = lot.method or getattr(event, "method", None)
    return check_minimum(lot.steps, event, (now or story.at) * 1000, lot.trade, lot.category, method)


def terms(story: Story, id_: str, now: int | None = None) -> list[Running]:
    lot = story.lot
    found = running(lot.steps, lot.trade, lot.category, lot.method, now or story.at)
    return [one for one in found if one.clock.id == id_]


def test_entries_tell_every_moment_of_the_table_but_those_that_none_can_tell() -> None:
    found: set[str] = set()
    for life in (construction(), procurement(), land(), *the_rest()):
        for one in rounds(life.steps, life.now // 1000):
            found |= {moment.name for moment in told(one.lot.steps).moments}
    names = set(law.table().moments)
    assert found <= names
    assert names - found == NEVER_SEEN


def the_rest() -> list[Life]:
    """What the lives of others leave out."""
    first = Life("A", "works")
    days = {"documents_from": first.at(0), "documents_until": first.at(6), "sign_up_until": first.at(12)}
    first.notice("prequalification", None, "open_tender", terms=days)
    first.notice("prequalification", None, terms=days | {"affects_bids": True}, notice="gg-1", version=2, reason="更正",
                 changed=["terms"])  # fmt: skip
    first.notice("announcement", None, terms=days | {"bid_deadline": first.at(25)}, valid_until=first.at(5))
    for stage in ("prequalification", "documents", "result"):
        about: dict[str, Any] = {"stage": stage, "party": "潜在投标人", "abstract": "要求", "due_at": 0}
        first.lot(e.ObjectionFiled, objection=f"yy-{stage}", **about)
    first.lot(e.CandidatesPublicised, candidates=[], publicised_from=0, publicised_until=first.at(3), channel="电话")
    for whose in ("winner", "withdrawn"):
        first.lot(e.BondReturned, whose=whose, returned_at=first.at(0))
    first.lot(e.ProcessSuspended, cause="complaint", reference="ts-1", until=None)
    first.lot(e.ProcessResumed, cause="complaint", reference="ts-1")
    result = {"publicised_from": first.at(0), "publicised_until": first.at(12)}
    first.notice("result", "1", terms=result, valid_until=first.at(12))
    second = Life("D", "goods", code="SDGP-2")
    span = {"publicised_from": second.at(0), "publicised_until": second.at(9)}
    second.notice("single_source", "1", "single_source", terms=span)
    third = Life("C", "equity_transfer", code="CQ-1")
    span = {"disclosure_from": third.at(0), "disclosure_until": third.at(30)}
    third.notice("pre_disclosure", None, terms=span)
    more = {"opening_at": third.at(40), "viewing_from": third.at(5), "viewing_until": third.at(9), "asking_fen": 100}
    disclosed = third.notice("disclosure", None, "auction", terms=span | more)
    third.notice("disclosure", None, "auction", terms=span | more | {"asking_fen": 90}, notice=disclosed, version=2,
                 reason="调整", changed=["terms"])  # fmt: skip
    return [first, second, third]


# What an act is refused for


def test_twenty_days_exactly_are_enough_and_a_day_less_is_refused_with_the_article_and_the_day() -> None:
    story = a_story()
    assert check(story, announcement()) == [
        "a-bid-window@2000-01-01",
        "a-opening-not-after@2000-01-01",
        "a-opening-not-before@2000-01-01",
        "a-sale@2012-02-01",
    ]
    first = at("2025-04-02")  # 13 March and twenty days, a Wednesday
    assert check(story, announcement(bid_deadline=first, opening_at=first))
    with pytest.raises(TooSoon) as refused:
        check(story, announcement(bid_deadline=first - 1, opening_at=first - 1))
    assert refused.value.facts["bound"] == "2025-04-02 00:00:00"
    assert "第二十四条" in refused.value.message("zh")
    assert "20 days after first issue of the documents" in refused.value.message("en")


def test_a_least_time_that_ends_on_a_holiday_ends_with_the_next_working_day() -> None:
    story = a_story()
    issued = at("2025-03-15", 9)  # a Saturday; twenty days later is 4 April, Qingming, before a weekend
    for deadline, accepted in ((at("2025-04-04", 9), False), (at("2025-04-06", 9), False), (at("2025-04-07"), True)):
        event = announcement(documents_from=issued, documents_until=at("2025-03-21", 9), bid_deadline=deadline,
                             opening_at=deadline)  # fmt: skip
        if accepted:
            assert check(story, event)
        else:
            with pytest.raises(TooSoon):
                check(story, event)


def test_documents_cannot_have_been_issued_before_they_were_announced() -> None:
    """Else a late notice would name an early day, and leave bidders less time than the law."""
    story = a_story(begins=at("2025-03-14", 8))
    with pytest.raises(TooSoon) as refused:
        check(story, announcement())
    assert refused.value.facts["bound"] == "2025-04-03 00:00:00"
    told_late = a_story(announcement())
    late = an_event(e.DocumentIssued, document="tender", issued_from=0, issued_until=at("2025-04-01"), price_fen=0)
    assert check(told_late, late, at("2025-03-13", 23))
    with pytest.raises(TooSoon):
        check(told_late, late, at("2025-03-14"))
    other = an_event(e.DocumentIssued, document="drawings", issued_from=0, issued_until=at("2025-04-01"), price_fen=0)
    assert check(told_late, other, at("2025-03-20")) == []


def test_bids_are_opened_when_their_time_ends_and_neither_sooner_nor_later() -> None:
    story = a_story()
    deadline = ANNOUNCED["bid_deadline"]
    with pytest.raises(TooSoon):
        check(story, announcement(opening_at=deadline - 1))
    with pytest.raises(TooLate):
        check(story, announcement(opening_at=deadline + 1))
    moved = an_event(e.DeadlineMoved, old=deadline, new=deadline + 7 * DAY, cause="澄清")
    announced = a_story(announcement())
    assert "a-opening-not-before@2000-01-01" in check(announced, moved)
    (opening,) = told([*announced.lot.steps, *a_story(moved).lot.steps]).named("opening_at")
    assert opening.at == deadline + 7 * DAY


def test_a_change_that_may_affect_bids_leaves_fifteen_days_or_the_deadline_moves_first() -> None:
    story = a_story(announcement())
    members = {"document": "tender", "questions": [], "text": ["四台。"], "affects_bids": True}
    change = an_event(e.ClarificationIssued, **members)
    last = at("2025-03-18", 23, 59, 59)
    assert check(story, change, last) == ["a-clarification@2000-01-01"]
    with pytest.raises(TooLate) as refused:
        check(story, change, last + 1)
    assert refused.value.facts["bound"] == "2025-03-18 23:59:59"
    harmless = an_event(e.ClarificationIssued, **members | {"affects_bids": False})
    assert check(story, harmless, last + 5 * DAY) == []
    moved = an_event(e.DeadlineMoved, old=ANNOUNCED["bid_deadline"], new=at("2025-04-03", 9, 30), cause="澄清")
    assert check(a_story(announcement(), moved), change, last + 1) == ["a-clarification@2000-01-01"]


def test_a_correction_is_checked_for_what_it_changes_and_keeps_the_rules_of_what_it_leaves() -> None:
    story = a_story(announcement())
    correction = correct(announcement(), documents_until=at("2025-03-20", 17))
    assert "a-bid-window@2000-01-01" in check(story, correction, at("2025-03-17", 9))
    with pytest.raises(TooSoon):
        check(story, correct(announcement(), documents_until=at("2025-03-17")), at("2025-03-14"))
    with pytest.raises(TooLate):
        check(story, correct(announcement(), affects_bids=True), at("2025-03-19"))
    new = at("2025-04-10", 9, 30)
    moved = correct(announcement(), affects_bids=True, bid_deadline=new, opening_at=new)
    assert "a-clarification@2000-01-01" in check(story, moved, at("2025-03-19"))


def correct(event: e.NoticePublished, **changed: Any) -> e.NoticeCorrected:
    values = {term.name: term.value for term in event.terms} | changed
    members = {"terms": [{"name": name, "value": values[name]} for name in sorted(values)], "version": 2}
    return e.NoticeCorrected.of(event.body() | members | {"changed": ["terms"], "reason": "更正"})


def test_a_moved_deadline_holds_until_a_correction_names_another() -> None:
    old = ANNOUNCED["bid_deadline"]
    moved = an_event(e.DeadlineMoved, old=old, new=old + DAY, cause="澄清")
    again = an_event(e.DeadlineMoved, old=old + DAY, new=old + 3 * DAY, cause="澄清")
    for events, wanted in (
        ([announcement(), moved], old + DAY),
        ([announcement(), moved, again], old + 3 * DAY),
        ([announcement(), moved, correct(announcement(), bond_fen=1)], old + DAY),
        ([announcement(), moved, correct(announcement(), bid_deadline=old + 9 * DAY)], old + 9 * DAY),
        ([moved], old + DAY),
    ):
        (found,) = told(a_story(*events).lot.steps).named("bid_deadline")
        assert found.at == wanted


def test_objections_to_the_documents_come_ten_days_before_the_deadline() -> None:
    story = a_story(announcement())
    about = {"objection": "yy-1", "stage": "documents", "party": "潜在投标人", "abstract": "资格", "due_at": 0}
    objection = an_event(e.ObjectionFiled, **about)
    (ahead,) = terms(story, "a-objection-documents")
    last = at("2025-03-23", 23, 59, 59)
    assert (ahead.state, ahead.due_at) == ("ahead", last)
    assert check(story, objection, last)
    with pytest.raises(TooLate) as refused:
        check(story, objection, last + 1)
    assert "对招标文件提出异议" in refused.value.message("zh")


def test_the_award_waits_for_the_end_of_the_publicity_and_objections_to_the_result_do_not_outlast_it() -> None:
    publicity = {"publicised_from": 0, "publicised_until": at("2025-03-17", 18), "channel": "电话"}
    candidates = an_event(e.CandidatesPublicised, candidates=[], **publicity)
    assert check(a_story(), candidates)
    with pytest.raises(TooSoon):  # 15 March is a Saturday: three days after the 12th end on Monday
        check(a_story(), candidates.model_copy(update={"publicised_until": at("2025-03-16", 18)}))
    story = a_story(candidates)
    award = an_event(e.AwardDecided, winners=[])
    objection = an_event(e.ObjectionFiled, objection="yy-1", stage="result", party="甲", abstract="评分", due_at=0)
    end = at("2025-03-17", 18)
    assert check(story, award, end)
    assert check(story, objection, end)
    with pytest.raises(TooSoon):
        check(story, award, end - 1)
    with pytest.raises(TooLate):
        check(story, objection, end + 1)
    evaluated_again = candidates.model_copy(update={"publicised_until": at("2025-04-01", 18)})
    awarded = a_story(candidates, award).wait(10 * DAY)
    assert check(awarded, evaluated_again)  # the former award was not too soon for this
    assert check(a_story(candidates, award, evaluated_again), objection, at("2025-04-01", 18))


# What runs


def test_a_reply_is_owed_three_days_long_and_only_the_reply_to_that_objection_ends_it() -> None:
    about = {"stage": "result", "party": "甲", "abstract": "评分", "due_at": 0}
    filed = [an_event(e.ObjectionFiled, objection=f"yy-{n}", **about) for n in (1, 2)]
    reply = an_event(e.ObjectionReplied, objection="yy-2", outcome="rejected", abstract="无误")
    story = a_story(*filed).wait(3600).anyway(reply)
    due = at("2025-03-17", 23, 59, 59)  # the 15th is a Saturday
    first, second = terms(story, "a-objection-result-reply", due)
    assert (first.about, first.state, first.due_at) == ("yy-1", "running", due)
    assert (second.about, second.state, second.met_at) == ("yy-2", "met", WEDNESDAY + 3600)
    first, second = terms(story, "a-objection-result-reply", due + 1)
    assert (first.state, first.breached, second.state) == ("breached", True, "met")


def test_what_cannot_be_done_while_the_lot_is_suspended_is_not_owed_meanwhile() -> None:
    story = a_story(an_event(e.AwardNotified, number="演中1号", sent_at=WEDNESDAY))
    story.anyway(an_event(e.ContractSigned, contract="HT-0", signed_at=WEDNESDAY - 1))
    (plain,) = terms(story, "a-contract")
    assert (plain.due_at, plain.stands_still) == (at("2025-04-11", 23, 59, 59), False)
    story.at = at("2025-04-01", 10)
    about = {"cause": "supervisor", "reference": "演监1号"}
    story.anyway(an_event(e.ProcessSuspended, **about))
    # Nineteen of thirty days are over on 31 March. After 20 April eleven more end on 1 May, a holiday until the 5th.
    (stopped,) = terms(story, "a-contract", at("2025-04-20", 12))
    assert (stopped.state, stopped.due_at, stopped.stands_still) == ("running", at("2025-05-06", 23, 59, 59), True)
    (bond, *_) = terms(story, "a-bond-winner", at("2025-04-20", 12))
    assert (bond.state, bond.due_at) == ("breached", at("2025-03-17", 23, 59, 59))  # that is owed all the same
    story.at = at("2025-04-10", 16)
    story.anyway(an_event(e.ProcessResumed, **about))
    due = at("2025-04-21", 23, 59, 59)
    (resumed,) = terms(story, "a-contract", due)
    assert (resumed.state, resumed.due_at, resumed.stands_still) == ("running", due, False)
    assert terms(story, "a-contract", due + 1)[0].state == "breached"
    again = an_event(e.ProcessSuspended, **about)  # by the same order, on the last day: that one is not lost any more
    story.at = at("2025-04-22", 9)
    assert terms(story.anyway(again), "a-contract", at("2025-06-01"))[0].state == "breached"
    report = a_story(an_event(e.EvaluationCompleted, scores=[], report_sha256="cd" * 32), trade="D", category="goods")
    report.anyway(an_event(e.ProcessSuspended, **about)).wait(DAY).anyway(an_event(e.ProcessResumed, **about))
    (award,) = terms(report, "d-award")  # five working days from the 12th, without the 13th
    assert award.due_at == at("2025-03-20", 23, 59, 59)


def test_an_act_that_was_reported_late_counts_when_it_happened_and_a_late_one_is_late_for_ever() -> None:
    evaluated = an_event(e.EvaluationCompleted, scores=[], report_sha256="cd" * 32, occurred_at=at("2025-03-07", 17))
    story = a_story(announcement("open_tender"), evaluated, trade="D", category="goods")
    (report,) = terms(story, "d-report")  # Friday; two working days are Monday and Tuesday, and it came on Wednesday
    assert (report.due_at, report.met_at, report.breached) == (at("2025-03-11", 23, 59, 59), WEDNESDAY, True)
    on_time = evaluated.model_copy(update={"occurred_at": at("2025-03-10")})
    assert terms(a_story(announcement(), on_time, trade="D", category="goods"), "d-report")[0].state == "met"


def test_a_withdrawn_notice_lets_nothing_run() -> None:
    story = a_story(announcement())
    assert terms(story, "a-bid-window")
    story.anyway(e.NoticeWithdrawn(notice=announcement().notice, reason="误发"))
    assert terms(story, "a-bid-window") == []


def test_an_asset_is_disclosed_for_as_long_as_its_price_asks_and_begins_anew_where_terms_change() -> None:
    span = {"disclosure_from": at("2025-03-12", 10), "disclosure_until": at("2025-04-10", 17)}
    disclosure = a_beginning("disclosure", "online_bidding", asking_fen=2_000_000_000, **span)
    asset = a_story(trade="C", category="asset_transfer")
    assert check(asset, disclosure) == ["c-asset-large@2016-06-24"]
    with pytest.raises(TooSoon):
        check(asset, a_beginning("disclosure", "online_bidding", asking_fen=2_000_000_000,
                                 **span | {"disclosure_until": at("2025-04-09", 17)}))  # fmt: skip
    equity = a_story(disclosure, trade="C", category="equity_transfer")
    changed = correct(disclosure, asking_fen=1_900_000_000)
    with pytest.raises(TooSoon) as refused:
        check(equity, changed, at("2025-03-20", 9))
    assert refused.value.facts["rule"] == "c-disclosure-changed@2016-06-24"
    later = correct(disclosure, asking_fen=1_900_000_000, disclosure_until=at("2025-04-18"))
    assert check(equity, later, at("2025-03-20", 9)) == ["c-disclosure-changed@2016-06-24", "c-disclosure@2016-06-24"]


def test_a_contract_is_paid_at_once_or_the_rest_within_a_year() -> None:
    signed = an_event(e.ContractSigned, contract="HT-1", amount_fen=300, signed_at=WEDNESDAY)
    payment = {"contract": "HT-1", "milestone": "payment", "description": "首付"}
    first = an_event(e.PerformanceReported, amount_fen=100, **payment)
    rest = an_event(e.PerformanceReported, amount_fen=200, **payment)
    story = a_story(signed, trade="C", category="equity_transfer")
    due = at("2025-03-19", 23, 59, 59)
    assert terms(story, "c-payment", due)[0].state == "running"
    assert terms(story, "c-payment", due + 1)[0].state == "breached"
    story.wait(DAY).anyway(first)
    assert terms(story, "c-payment", due + 1)[0].state == "met"
    assert terms(story, "c-payment-rest", at("2026-03-12", 23, 59, 59))[0].state == "running"
    assert terms(story, "c-payment-rest", at("2026-03-13"))[0].state == "breached"
    story.anyway(rest)
    assert terms(story, "c-payment-rest", at("2026-03-13"))[0].state == "met"
    ended = an_event(e.ContractEnded, contract="HT-1", outcome="dissolved", final_fen=0)
    assert terms(a_story(signed, ended, trade="C", category="equity_transfer"), "c-payment", due + 1) == []


def test_a_former_round_owes_nothing_more_once_the_next_one_has_begun() -> None:
    notified = an_event(e.AwardNotified, number="演中1号", sent_at=WEDNESDAY)
    failed = an_event(e.LotFailed, failure="irregular", reason="违法", bids=3)
    objection = an_event(e.ObjectionFiled, objection="yy-1", stage="result", party="甲", abstract="评分", due_at=0)
    story = a_story(announcement(), notified, objection, failed).wait(DAY)
    second = announcement().model_copy(update={"round": 2, "notice": "n-second"})
    story.anyway(second)
    present, former = (one for one in rounds(story.steps, at("2025-06-01")) if one.lot.lot == "1")
    assert (present.lot.round, present.is_present, former.lot.round, former.is_present) == (2, True, 1, False)
    assert all(not one.breached for one in former.terms)
    assert {one.clock.id for one in former.terms if one.state == "running"} == {"a-objection-result-reply"}


def test_every_life_of_a_project_is_told_without_a_fault() -> None:
    for life in (construction(), procurement(), land(), *the_rest()):
        for at_ in range(life.steps[0].at // 1000, life.now // 1000 + 200 * DAY, 10 * DAY):
            for one in rounds(life.steps, at_):
                for term in one.terms:
                    assert term.state in ("running", "met", "breached", "expired", "ahead", "unknown")
                    assert term.breached == (term.state == "breached")
