"""The plan of an attempt, and the working day that must lie between publication and draw."""

from collections.abc import Mapping
from typing import Final

from lottery import errors
from lottery.model import Draw, void_hash
from lottery.protocol.plan import Plan
from lottery.rules.former import changed_places, check_in_note
from lottery.rules.moment import check_open, not_now, seconds
from lottery.rules.rounds import ROUND_SPARE
from registry import working_days

MAX_ATTEMPTS: Final = 99


def may_plan(draw: Draw, now: int) -> None:
    """A first plan follows the call, a later one the void record of the attempt before. Raises NotNow, GivenUp."""
    check_open(draw)
    attempt = draw.attempt
    asked = draw.call or draw.experts
    if asked is None or (attempt is not None and attempt.voided is None) or len(draw.attempts) >= MAX_ATTEMPTS:
        raise not_now(draw, now, "plan_draw")


def check_new_plan(draw: Draw, now: int, plan: Plan, draws_at: int, commit_deadline: int) -> None:
    """plan: as the protocol accepts it. Raises NotNow, PlanDiffers, BadTime, ChangeNotInNote, WorkingDayMissing."""
    may_plan(draw, now)
    former = draw.attempt
    decision = draw.decided.event
    wanted: dict[str, object] = {
        "draw_id": draw.draw_id,
        "attempt": len(draw.attempts) + 1,
        "prev_sha256": None if former is None else void_hash(former),
        "project_code": decision.project_code,
        "project_name": decision.project_name,
        "tenderer": decision.tenderer,
        "code_scheme": "opaque" if draw.is_committee else "gb32100",
    }
    given: Mapping[str, object] = {**plan}
    for member, value in wanted.items():
        if given[member] != value:
            raise errors.PlanDiffers(member=member, wanted=value)
    if plan["entropy"] != "dice" and plan["max_lead"] < plan["min_lead"] + ROUND_SPARE:
        raise errors.LeadTooNarrow(wanted=ROUND_SPARE)
    if draws_at * 1000 < now:
        raise errors.BadTime(member="draws_at", why_zh="不得早于现在", why_en="it must not lie in the past")
    if commit_deadline <= draws_at:
        raise errors.BadTime(member="commit_deadline", why_zh="须晚于摇号时间", why_en="it must follow draws_at")
    if former is not None:
        check_in_note(former, changed_places(former.plan, plan))
    if not (former is not None and former.rosters and not changed_places(former.plan, plan)):
        check_working_day("plan", seconds(now), draws_at)


def check_working_day(what: str, published: int, draws_at: int) -> None:
    """Refuse less than a whole working day between two Unix seconds (section 12, rule 1). Raises WorkingDayMissing."""
    if working_days.whole_working_days_between(published, draws_at) < 1:
        raise errors.WorkingDayMissing(what=what)
