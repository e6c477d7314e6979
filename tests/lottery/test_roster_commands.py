"""Plan, roster, objections and freeze, each refusal at its boundary."""

from typing import Any

import pytest

from lottery import commands, queries
from lottery.protocol.roster import Roster
from registry import commands as registry
from registry.events import AgencyReinstated, OrganisationRecorded
from tests.lottery.hall import (
    HOUR,
    MONDAY,
    OPERATOR,
    ORGANISATIONS,
    REGISTRAR,
    ROUND,
    SUPERVISOR,
    TENDERER,
    Hall,
    closing_second,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MIDNIGHT = MONDAY - 9 * HOUR
"""When Monday, 21 August 2023 begins in Beijing."""
DAY = 24 * HOUR


def called(hall: Hall) -> None:
    """A draw whose sign-up has ended."""
    hall.decide()
    hall.call(hall.clock.now // 1000 + HOUR)
    hall.sign_up(hall.codes[:-1])
    hall.clock.advance(HOUR)


def roster(hall: Hall) -> Roster:
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.roster is not None
    return page.roster


# The plan


def test_a_plan_follows_the_call(hall: Hall) -> None:
    hall.decide()
    plan = hall.plan()
    later = MONDAY + 3 * DAY
    hall.refused("lottery.not-now", OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + HOUR)
    hall.call()
    hall.refused("registry.not-permitted", TENDERER, commands.plan_draw, hall.draw_id, plan, later, later + HOUR)
    hall.do(OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + HOUR)
    again = hall.plan(prev_sha256=None, attempt=1)
    hall.refused("lottery.not-now", OPERATOR, commands.plan_draw, hall.draw_id, again, later, later + HOUR)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("lottery.bad-document", {"winners": 0}),
        ("lottery.bad-document", {"min_reveals": 4}),
        ("lottery.bad-document", {"prev_sha256": "0" * 64}),
        ("lottery.bad-document", {"min_lead": 29}),
        ("lottery.bad-document", {"surplus": 1}),
        ("lottery.bad-document", {"beacon": None}),
        ("lottery.plan-differs", {"attempt": 2, "prev_sha256": "0" * 64}),
        ("lottery.plan-differs", {"draw_id": "MT-2023-0002"}),
        ("lottery.plan-differs", {"project_code": "XM-2023-0002"}),
        ("lottery.plan-differs", {"project_name": "另一项目"}),
        ("lottery.plan-differs", {"tenderer": "另一招标人"}),
        ("lottery.lead-too-narrow", {"max_lead": 89}),
    ],
)
def test_a_plan_says_what_the_decision_says(hall: Hall, code: str, changed: dict[str, Any]) -> None:
    called(hall)
    plan, later = hall.plan(**changed), MONDAY + 3 * DAY
    hall.refused(code, OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + HOUR)


def test_leads_thirty_seconds_apart_are_enough(hall: Hall) -> None:
    called(hall)
    later = MONDAY + 3 * DAY
    hall.do(OPERATOR, commands.plan_draw, hall.draw_id, hall.plan(max_lead=90), later, later + HOUR)


def test_a_whole_working_day_lies_between_plan_and_draw(hall: Hall) -> None:
    called(hall)
    command, plan = commands.plan_draw, hall.plan()
    # Planned on Monday: Tuesday is the first whole day, so the earliest draw is at midnight that ends it.
    early, first = MIDNIGHT + 2 * DAY - 1, MIDNIGHT + 2 * DAY
    hall.refused("lottery.working-day-missing", OPERATOR, command, hall.draw_id, plan, early, early + HOUR)
    hall.do(OPERATOR, command, hall.draw_id, plan, first, first + HOUR)


def test_a_weekend_is_no_working_day(hall: Hall) -> None:
    hall.decide()
    friday = MIDNIGHT + 4 * DAY
    hall.call(friday + HOUR)
    hall.at(friday + 2 * HOUR)
    monday, tuesday = friday + 3 * DAY + 12 * HOUR, friday + 4 * DAY
    plan = hall.plan()
    command = commands.plan_draw
    hall.refused("lottery.working-day-missing", OPERATOR, command, hall.draw_id, plan, monday, monday + HOUR)
    hall.do(OPERATOR, command, hall.draw_id, plan, tuesday, tuesday + HOUR)


def test_the_times_of_a_plan_are_in_order(hall: Hall) -> None:
    called(hall)
    later = MONDAY + 3 * DAY
    command, plan = commands.plan_draw, hall.plan()
    hall.refused("lottery.bad-time", OPERATOR, command, hall.draw_id, plan, later, later)
    past = hall.clock.now // 1000 - 1
    hall.refused("lottery.bad-time", OPERATOR, command, hall.draw_id, plan, past, later)


def test_seats_are_held_by_organisations_on_record(hall: Hall) -> None:
    called(hall)
    later = MONDAY + 3 * DAY
    for name in ("无此单位", ORGANISATIONS["notary"][0].replace("演示市", "演示市 ")):
        plan = hall.plan(seats=[{"seat": "a", "org": name}, {"seat": "b", "org": ORGANISATIONS["centre"][0]}])
        refusal = hall.refused(
            "lottery.unknown-organisation", OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + HOUR
        )
        assert name in str(refusal)


def test_no_seat_belongs_to_an_agency(hall: Hall) -> None:
    called(hall)
    hall.tie_agency(2)
    seats = [
        {"seat": "agency", "org": "演示招标代理2号有限公司"},
        {"seat": "notary", "org": ORGANISATIONS["notary"][0]},
    ]
    later = MONDAY + 3 * DAY
    plan = hall.plan(seats=seats)
    hall.refused("lottery.seat-is-agency", OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + HOUR)


# The roster


def test_a_roster_waits_for_the_end_of_sign_up(hall: Hall) -> None:
    hall.decide()
    end = hall.clock.now // 1000 + HOUR
    hall.call(end)
    hall.sign_up(hall.codes)
    hall.refused("lottery.not-now", OPERATOR, commands.publish_roster, hall.draw_id)
    hall.publish_plan()
    hall.clock.now = end * 1000 - 1
    hall.refused("lottery.too-soon", OPERATOR, commands.publish_roster, hall.draw_id)
    hall.at(end)
    hall.refused("registry.not-permitted", REGISTRAR, commands.publish_roster, hall.draw_id)
    hall.publish_roster()


def test_the_same_roster_is_not_published_twice(hall: Hall) -> None:
    hall.prepare()
    hall.refused("lottery.roster-unchanged", OPERATOR, commands.publish_roster, hall.draw_id)
    hall.suspend(hall.codes[0])
    hall.publish_roster()
    assert hall.attempt.rosters[-1].event.counts.model_dump() == {"agents": 4, "excluded": 2, "balls": 4}


def test_a_pool_below_the_least_is_refused(hall: Hall) -> None:
    hall.decide()
    hall.call(hall.clock.now // 1000 + HOUR)
    hall.sign_up(hall.codes[:2])
    hall.clock.advance(HOUR)
    hall.publish_plan()
    refusal = hall.refused("lottery.bad-document", OPERATOR, commands.publish_roster, hall.draw_id)
    assert refusal.facts["draw_code"] == "E_POOL"


def test_a_suspension_counts_as_of_the_meeting(hall: Hall) -> None:
    draws_at = closing_second(ROUND) - 600
    hall.suspend(hall.codes[0], "演监决〔2023〕1号", starts=draws_at)
    hall.suspend(hall.codes[1], "演监决〔2023〕2号", starts=draws_at + 1)
    hall.prepare()
    assert [item["code"] for item in roster(hall)["excluded"]] == sorted([hall.codes[0], hall.codes[-1]])


def test_the_tenderers_own_agency_is_left_out_openly(hall: Hall) -> None:
    name = "演示招标代理0号有限公司"
    event = OrganisationRecorded(
        organisation="own-agency", name=name, code=hall.codes[0], capacities=["tenderer", "agency"]
    )
    hall.do(REGISTRAR, registry.record_organisation, event)
    hall.lend_key("own-agency")
    hall.grant("tenderer:te2", "own-agency")
    hall.do("tenderer:te2", commands.decide, hall.decision(tenderer=name, by="own-agency"))
    hall.call(hall.clock.now // 1000 + HOUR)
    hall.sign_up(hall.codes)
    hall.clock.advance(HOUR)
    hall.publish_plan()
    hall.publish_roster()
    assert {item["code"]: item["reason"] for item in roster(hall)["excluded"]} == {hall.codes[0]: "CONFLICT"}


# Objections


def test_an_open_objection_to_the_roster_holds_the_freeze(hall: Hall) -> None:
    hall.prepare()
    hall.do("supervisor:su1", commands.file_objection, hall.draw_id, "roster", "三号机构应当回避")
    hall.do(OPERATOR, commands.file_objection, hall.draw_id, "conduct", "会场座位不足")
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.objection-open", OPERATOR, commands.freeze_roster, hall.draw_id)
    command = commands.answer_objection
    hall.refused("lottery.unknown-objection", OPERATOR, command, hall.draw_id, 3, "rejected", "无此异议")
    hall.refused("registry.not-permitted", TENDERER, command, hall.draw_id, 1, "rejected", "不成立")
    hall.do(OPERATOR, command, hall.draw_id, 1, "rejected", "经核查不存在关联关系")
    hall.refused("lottery.unknown-objection", OPERATOR, command, hall.draw_id, 1, "upheld", "再答")
    hall.freeze()
    assert [(item.number, item.answered is None) for item in hall.attempt.objections] == [(1, False), (2, True)]


def test_an_upheld_objection_wants_another_roster_and_another_day(hall: Hall) -> None:
    hall.prepare()
    hall.do(OPERATOR, commands.file_objection, hall.draw_id, "roster", "名单公示不清")
    hall.do(OPERATOR, commands.answer_objection, hall.draw_id, 1, "upheld", "重新公示")
    draws_at = hall.attempt.planned.event.draws_at
    hall.at(draws_at - DAY)
    hall.publish_roster()
    hall.at(draws_at)
    hall.refused("lottery.working-day-missing", OPERATOR, commands.freeze_roster, hall.draw_id)


def test_an_upheld_objection_holds_the_freeze_until_then(hall: Hall) -> None:
    hall.prepare()
    hall.do(OPERATOR, commands.file_objection, hall.draw_id, "roster", "名单公示不清")
    hall.do(OPERATOR, commands.answer_objection, hall.draw_id, 1, "upheld", "重新公示")
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.objection-open", OPERATOR, commands.freeze_roster, hall.draw_id)


@pytest.mark.parametrize("text", ["", " 前空格", "长" * 2001])
def test_an_objection_has_a_text(hall: Hall, text: str) -> None:
    hall.prepare()
    hall.refused("lottery.bad-text", OPERATOR, commands.file_objection, hall.draw_id, "plan", text)


# The freeze


def test_the_freeze_is_at_the_meeting_and_before_the_commit_deadline(hall: Hall) -> None:
    hall.prepare()
    plan = hall.attempt.planned.event
    hall.clock.now = plan.draws_at * 1000 - 1
    hall.refused("lottery.too-soon", OPERATOR, commands.freeze_roster, hall.draw_id)
    hall.at(plan.draws_at)
    hall.refused("registry.not-permitted", SUPERVISOR, commands.freeze_roster, hall.draw_id)
    hall.clock.now = plan.commit_deadline * 1000
    hall.refused("lottery.too-late", OPERATOR, commands.freeze_roster, hall.draw_id)
    hall.clock.now = plan.commit_deadline * 1000 - 1
    hall.do(OPERATOR, commands.freeze_roster, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, commands.freeze_roster, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, commands.publish_roster, hall.draw_id)


def test_a_plan_without_a_roster_is_not_frozen(hall: Hall) -> None:
    called(hall)
    hall.publish_plan()
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.not-now", OPERATOR, commands.freeze_roster, hall.draw_id)


def test_a_roster_less_than_a_whole_working_day_old_is_not_frozen(hall: Hall) -> None:
    called(hall)
    hall.publish_plan()
    draws_at = hall.attempt.planned.event.draws_at
    hall.at(MIDNIGHT + DAY)
    hall.clock.now += 1000  # one second into Tuesday: that day is no longer whole
    hall.publish_roster()
    hall.at(draws_at)
    hall.refused("lottery.working-day-missing", OPERATOR, commands.freeze_roster, hall.draw_id)


def test_a_roster_published_as_tuesday_begins_is_old_enough_on_wednesday(hall: Hall) -> None:
    called(hall)
    hall.publish_plan()
    hall.at(MIDNIGHT + DAY)
    hall.publish_roster()
    hall.freeze()


def test_a_suspension_after_the_roster_stops_the_freeze(hall: Hall) -> None:
    hall.prepare()
    hall.suspend(hall.codes[0])
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.roster-changed", OPERATOR, commands.freeze_roster, hall.draw_id)
    ended = AgencyReinstated(code=hall.codes[0], reason="撤销决定", decision_number="演监决〔2023〕2号")
    hall.do(SUPERVISOR, registry.reinstate_agency, ended)
    hall.freeze()


def test_an_agency_put_on_record_after_the_roster_stops_the_freeze(hall: Hall) -> None:
    hall.prepare()
    hall.record_agency(50)
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.roster-changed", OPERATOR, commands.freeze_roster, hall.draw_id)
