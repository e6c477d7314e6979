"""The state of lots as a fold, and the table of procedures: every method's way from its notice to the end."""

import json
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from audit.errors import Refusal
from audit.events import KINDS, Event
from tests.trading.events_of import DAY, Story, a_beginning, an_event
from trading import events, lots, rules
from trading.errors import IsSuspended, LacksPredecessor, MethodMissing, NotInThisStage, OtherMethod, WrongRound
from trading.events import Category, Method, Trade
from trading.law import procedures

ENDING: list[Event] = [
    an_event(events.AwardNotified),
    an_event(events.ContractSigned),
    an_event(events.PerformanceReported),
    an_event(events.ContractEnded, outcome="completed"),
]
BY_SEALED_BIDS: list[Event] = [
    an_event(events.DocumentIssued, document="tender"),
    an_event(events.BidClosed),
    an_event(events.BidOpened),
    an_event(events.EvaluationCompleted),
]
BY_OFFERS: list[Event] = [
    an_event(events.BiddingOpened),
    an_event(events.OfferMade),
    an_event(events.BiddingClosed),
]
PUBLICISED: list[Event] = [an_event(events.CandidatesPublicised)]
AWARD: list[Event] = [an_event(events.AwardDecided)]
EVERY_WAY: list[tuple[Trade, Category, Method, list[str], list[Event]]] = [
    ("A", "works", "open_tender", ["announcement"], BY_SEALED_BIDS + PUBLICISED),
    ("A", "works", "open_tender", ["prequalification", "invitation"], BY_SEALED_BIDS + PUBLICISED),
    ("A", "works", "invited_tender", ["invitation"], BY_SEALED_BIDS + PUBLICISED),
    ("D", "goods", "open_tender", ["intention", "announcement"], BY_SEALED_BIDS),
    ("D", "services", "invited_tender", ["prequalification", "invitation"], BY_SEALED_BIDS),
    ("D", "goods", "competitive_negotiation", ["announcement"], BY_SEALED_BIDS),
    ("D", "goods", "competitive_consultation", ["announcement"], BY_SEALED_BIDS),
    ("D", "goods", "inquiry", ["announcement"], BY_SEALED_BIDS),
    ("D", "goods", "single_source", ["single_source", "invitation"], BY_SEALED_BIDS),
    ("B", "land", "open_tender", ["announcement"], BY_SEALED_BIDS),
    ("B", "land", "listing", ["announcement"], BY_OFFERS),
    ("B", "mining", "auction", ["announcement"], BY_OFFERS),
    ("C", "equity_transfer", "online_bidding", ["pre_disclosure", "disclosure"], BY_OFFERS),
    ("C", "asset_transfer", "auction", ["disclosure"], BY_OFFERS),
    ("C", "capital_increase", "open_tender", ["disclosure"], BY_SEALED_BIDS),
    ("C", "asset_transfer", "listing", ["disclosure"], BY_OFFERS),
]


@pytest.mark.parametrize(("trade", "category", "method", "notices", "ways"), EVERY_WAY)
def test_every_method_leads_from_its_notice_to_the_end(
    trade: Trade, category: Category, method: Method, notices: list[str], ways: list[Event]
) -> None:
    story = Story(trade=trade, category=category)
    for kind in notices:
        story.tell(a_beginning(kind, None if kind in ("intention", "pre_disclosure") else method))
    assert (story.lot.stage, story.lot.method, story.lot.category) == ("announced", method, category)
    story.tell(*ways, *AWARD, *ENDING)
    assert story.lot.stage == "completed"
    assert story.lots["2"].stage == "registered"
    assert {one.event.kind for one in story.lot.steps} >= {one.kind for one in (*ways, *ENDING)}


def test_every_method_of_every_trade_is_walked_by_the_test_above() -> None:
    day = date(2023, 8, 21)
    known = {(trade, method) for trade in procedures.TRADES for method in procedures.methods_of(trade, day)}
    assert {(trade, method) for trade, _, method, _, _ in EVERY_WAY} == known - {("B", "invited_tender")}


def test_a_lot_that_failed_is_announced_again_in_a_new_round_by_another_method_if_need_be() -> None:
    story = Story(trade="D", category="goods").tell(a_beginning("announcement", "open_tender", bid_deadline=100))
    with pytest.raises(OtherMethod):
        story.tell(a_beginning("invitation", "inquiry"))
    story.tell(an_event(events.LotFailed))
    assert story.lot.stage == "failed"
    with pytest.raises(NotInThisStage):
        story.tell(an_event(events.BidClosed))
    with pytest.raises(WrongRound):
        story.tell(a_beginning("announcement", "inquiry", round=1))
    story.tell(a_beginning("announcement", "inquiry", round=2, bid_deadline=200))
    lot = story.lot
    assert (lot.round, lot.stage, lot.method, lot.deadline) == (2, "announced", "inquiry", 200)
    assert [(one.round, one.stage, one.method, one.deadline) for one in lot.rounds] == [
        (1, "failed", "open_tender", 100)
    ]
    with pytest.raises(WrongRound):
        story.tell(an_event(events.BidClosed, round=1))


def test_what_is_suspended_does_not_move_before_the_last_cause_is_resumed() -> None:
    story = Story().tell(a_beginning("announcement", "open_tender"))
    first = an_event(events.ProcessSuspended, cause="objection", reference="yy-1")
    second = an_event(events.ProcessSuspended, cause="supervisor", reference="令1")
    story.tell(first, second)
    for event in (an_event(events.BidClosed), an_event(events.LotTerminated), an_event(events.DeadlineMoved, new=9)):
        with pytest.raises(IsSuspended):
            story.tell(event)
    assert not any(row.to for row in lots.offers(story.lot, "tenderer", story.at))
    story.tell(an_event(events.ProcessResumed, cause="objection", reference="yy-1"))
    with pytest.raises(IsSuspended):
        story.tell(an_event(events.BidClosed))
    assert story.anyway(an_event(events.BidClosed)).lot.stage == "announced"
    story.tell(an_event(events.ProcessResumed, cause="supervisor", reference="令1"), an_event(events.BidClosed))
    assert story.lot.stage == "closed"


def test_a_deadline_follows_what_changes_it_and_nothing_else() -> None:
    story = Story().tell(a_beginning("announcement", "open_tender", bid_deadline=1000, opening_at=1000, scope="旧"))
    story.tell(an_event(events.DeadlineMoved, old=1000, new=5000))
    assert (story.lot.deadline, story.lot.opening_at) == (5000, 5000)
    former = story.lot.notices["n-announcement-1"].event
    body = former.body() | {"version": 2, "changed": ["terms"], "reason": "笔误"}
    for term in body["terms"]:
        term["value"] = "新" if term["name"] == "scope" else term["value"]
    story.tell(events.NoticeCorrected.of(body))
    assert (story.lot.deadline, story.lot.term("scope")) == (5000, "新")


def test_a_notice_without_a_method_begins_nothing() -> None:
    with pytest.raises(MethodMissing):
        Story().tell(a_beginning("announcement", None))
    assert Story().anyway(a_beginning("announcement", None)).lot.stage == "registered"


def test_what_needs_something_before_it_is_refused_without() -> None:
    story = Story(trade="D", category="goods").tell(a_beginning("single_source", "single_source"))
    story.tell(*BY_SEALED_BIDS, *AWARD)
    with pytest.raises(LacksPredecessor) as caught:
        story.tell(an_event(events.ContractSigned))
    assert caught.value.message("zh") == "标段 1 本轮还没有“中标通知书”，不能办理“合同订立”"
    assert caught.value.message("en") == "“contract signed” of lot 1 needs “award notified” in this round first"
    story.tell(*ENDING)


def test_a_withdrawn_announcement_ends_its_round() -> None:
    story = Story().tell(a_beginning("announcement", "open_tender"))
    story.tell(events.NoticeWithdrawn(notice="n-announcement-1", reason="资金未落实"))
    assert (story.lot.stage, story.lot.notices) == ("failed", {})
    story.tell(a_beginning("announcement", "open_tender", round=2))
    assert (story.lot.round, story.lot.stage) == (2, "announced")


def test_a_law_that_changes_holds_for_rounds_that_begin_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    last = "2023-08-21"
    rows = json.loads(files("trading.law").joinpath("procedures.json").read_text("utf-8"))
    changed = [row | {"until": last} if row["event"] == "trading.candidates_publicised" else row for row in rows]
    table = procedures.read(json.dumps(changed))
    monkeypatch.setattr(procedures, "_by_event", lambda: _by_event(table))
    old = Story().tell(a_beginning("announcement", "open_tender")).wait(40 * DAY).tell(*BY_SEALED_BIDS, *PUBLICISED)
    assert old.lot.stage == "publicised"
    with pytest.raises(NotInThisStage):
        Story().wait(DAY).tell(a_beginning("announcement", "open_tender"), *BY_SEALED_BIDS, *PUBLICISED)


def _by_event(table: tuple[procedures.Row, ...]) -> dict[str, list[procedures.Row]]:
    found: dict[str, list[procedures.Row]] = {}
    for row in table:
        found.setdefault(row.event, []).append(row)
    return found


def test_the_table_names_real_kinds_and_members_and_refuses_slips() -> None:
    for known in procedures.table():
        members = KINDS[known.event].model_fields
        assert {name for name, _ in known.when} <= set(members), known
        assert {one.partition(":")[0] for one in known.after} <= set(KINDS), known
        assert known.by, known
    named = {name for one in procedures.table() for name in one.rules}
    assert named == set(rules.CHECKS) | set(rules.FOLLOWS) | rules.MARKS == set(procedures.rule_words())
    row: dict[str, Any] = {
        "event": "trading.bid_closed", "trades": ["A"], "stages": ["announced"], "by": ["system"],
        "from": "2000-01-01", "law": "某法",
    }  # fmt: skip
    assert len(procedures.read(json.dumps([row, row | {"trades": ["B"]}]))) == 2
    slips: tuple[dict[str, Any], ...] = ({"stages": ["begun"]}, {"by": ["mayor"]}, {"to": "gone"}, {"colour": 1})
    for slip in slips:
        with pytest.raises(ValueError, match="row 1"):
            procedures.read(json.dumps([row | slip]))
    with pytest.raises(ValueError, match="two rows"):
        procedures.read(json.dumps([row, row | {"when": {"root": "x"}}]))
    with pytest.raises(ValueError, match="moves nothing"):
        procedures.read(json.dumps([row | {"suspended": True, "to": "closed"}]))


def test_a_role_is_offered_exactly_what_would_be_accepted() -> None:
    story = Story(trade="D", category="goods").tell(a_beginning("announcement", "open_tender"))
    for event in (*BY_SEALED_BIDS, *AWARD, *ENDING):
        kinds = {row.event for role in procedures.ROLES for row in lots.offers(story.lot, role, story.at)}
        for kind, known in KINDS.items():
            if kind.startswith("trading.") and issubclass(known, events.LotEvent):
                rows = [row for row in procedures.table() if row.event == kind]
                accepted = any(_is_accepted(story, an_event(known, **dict(row.when))) for row in rows)
                assert accepted == (kind in kinds), (story.lot.stage, kind)
        story.tell(event)


def _is_accepted(story: Story, event: Event) -> bool:
    try:
        lots.check_move(story.lot, event, story.at)
    except Refusal:
        return False
    return True


def test_the_page_on_trading_tells_every_stage_and_every_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "trading.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (\S+)", page, re.MULTILINE)
    told = [(name, second) for first, second in rows for name in re.findall(r"`(\w+)`", first)]
    stages = {stage: zh for stage, (zh, _) in procedures.STAGE_WORDS.items()}
    assert {name: second for name, second in told if name in stages} == stages
    rules_told = sorted(name for name, _ in told if name not in stages)
    assert rules_told == sorted({name for row in procedures.table() for name in row.rules})
