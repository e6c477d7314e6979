"""The roster: published until nobody objects, then frozen as the first act of the meeting."""

from lottery import errors
from lottery.model import Attempt, Draw
from lottery.rules.moment import not_now, running, seconds
from lottery.rules.objections import check_objections, upheld_since_roster
from lottery.rules.plan import check_working_day


def may_publish_roster(draw: Draw, now: int) -> None:
    """After the plan and the end of sign-up, as often as the register changes, until the freeze."""
    attempt = running(draw, now, "publish_roster")
    if attempt.frozen is not None:
        raise not_now(draw, now, "publish_roster")
    if draw.call is not None and now < draw.call.event.sign_up_until * 1000:
        raise errors.TooSoon(action="publish_roster", until=draw.call.event.sign_up_until)


def check_new_roster(attempt: Attempt, roster_sha256: str) -> None:
    """Refuse the roster that is already published, unless an objection to it was upheld. Raises RosterUnchanged."""
    if not attempt.rosters or upheld_since_roster(attempt):
        return
    if attempt.rosters[-1].event.roster_sha256 == roster_sha256:
        raise errors.RosterUnchanged


def may_freeze(draw: Draw, now: int, *, repeats_former: bool | None = None) -> None:
    """The freeze is the first act of the meeting, after a published roster.

    repeats_former: whether agents, balls, exclusions, winners and alternates are those of the attempt before, which
    needs no new waiting day; None where that is not known (a page asks), which leaves the waiting day out.
    Raises NotNow, TooSoon, TooLate, ObjectionOpen, WorkingDayMissing.
    """
    attempt = running(draw, now, "freeze_roster")
    if attempt.frozen is not None or not attempt.rosters:
        raise not_now(draw, now, "freeze_roster")
    plan = attempt.planned.event
    if now < plan.draws_at * 1000:
        raise errors.TooSoon(action="freeze_roster", until=plan.draws_at)
    if now >= plan.commit_deadline * 1000:
        raise errors.TooLate(action="freeze_roster", until=plan.commit_deadline)
    check_objections(attempt)
    if repeats_former is False:
        check_working_day("plan", seconds(attempt.planned.at), seconds(now))
        check_working_day("roster", seconds(attempt.rosters[-1].at), seconds(now))
