"""Before the first attempt: the decision, the call, the answers to it."""

from typing import Final

from lottery import errors, events
from lottery.model import Draw
from lottery.rules.moment import check_open, not_now
from lottery.rules.values import LONG_TEXT, check_text

MAX_PRACTITIONERS: Final = 1000
MAX_CERTIFICATES: Final = 20


def check_decision(event: events.Decided) -> None:
    """Refuse texts that will not do. Raises BadText."""
    for member in ("project_code", "project_name", "tenderer"):
        check_text(member, getattr(event, member))
    check_text("scope", event.scope, LONG_TEXT)
    check_text("fee", event.fee, LONG_TEXT)
    if event.former_reason is not None:
        check_text("former_reason", event.former_reason, LONG_TEXT)


def check_former_draw(event: events.Decided, former: Draw | None, vacant: int) -> None:
    """One project, one draw (section 12, rule 13), against running several and publishing the one that suits.

    former: the project's newest draw. vacant: places of its newest standing for which nobody is left.
    Raises ProjectHasDraw, FormerDrawWrong.
    """
    if former is None:
        if event.former_draw is not None or event.former_reason is not None:
            raise errors.FormerDrawWrong(former="-")
        return
    if not (was_given_up_before_seal(former) or vacant > 0):
        raise errors.ProjectHasDraw(project_code=event.project_code, former=former.draw_id)
    if event.former_draw != former.draw_id or event.former_reason is None:
        raise errors.FormerDrawWrong(former=former.draw_id)


def was_given_up_before_seal(draw: Draw) -> bool:
    """Whether a draw stands still and no attempt of it was ever sealed, so that nobody can know what it would give."""
    running = draw.attempt is not None and draw.attempt.is_running
    return not running and all(attempt.sealed is None and attempt.drawn is None for attempt in draw.attempts)


def check_call(draw: Draw, now: int, conditions: events.Conditions, sign_up_until: int, draws_at: int) -> None:
    """Raises NotNow, GivenUp, BadTime, BadText."""
    may_publish_call(draw, now)
    check_text("conditions", conditions.text, LONG_TEXT)
    _check_conditions(conditions)
    if sign_up_until * 1000 <= now:
        raise errors.BadTime(member="sign_up_until", why_zh="须在将来", why_en="it must lie ahead")
    if draws_at <= sign_up_until:
        raise errors.BadTime(member="draws_at", why_zh="须在报名截止之后", why_en="it must follow the end of sign-up")


def _check_conditions(conditions: events.Conditions) -> None:
    """Raises BadText, BadConditions."""
    for text in (*conditions.fields, *conditions.certificates):
        check_text("conditions", text)
    if not 0 <= conditions.practitioners <= MAX_PRACTITIONERS:
        raise errors.BadConditions(
            member="practitioners", why_zh=f"须为 0 至 {MAX_PRACTITIONERS}", why_en=f"0 to {MAX_PRACTITIONERS}"
        )
    if len(conditions.certificates) > MAX_CERTIFICATES:
        most = MAX_CERTIFICATES
        raise errors.BadConditions(member="certificates", why_zh=f"至多 {most} 项", why_en=f"{most} at most")
    for member, listed in (("requires", conditions.requires), ("certificates", conditions.certificates)):
        if len(set(listed)) < len(listed):
            raise errors.BadConditions(member=member, why_zh="不得重复", why_en="none twice")


def may_publish_call(draw: Draw, now: int) -> None:
    check_open(draw)
    if draw.call is not None or draw.attempts or draw.is_committee:
        raise not_now(draw, now, "publish_call")


def may_sign_up(draw: Draw, now: int, action: str = "sign_up") -> None:
    """Answers are taken while the call is open: not a moment longer, so that the roster rests on all of them."""
    check_open(draw)
    if draw.call is None:
        raise not_now(draw, now, action)
    until = draw.call.event.sign_up_until
    if now >= until * 1000:
        raise errors.TooLate(action=action, until=until)
