"""When dice may be thrown, and what a record of them must hold."""

import re
from typing import Final

from lottery import errors, events
from lottery.model import Attempt, Draw
from lottery.rules.moment import not_now, present, running, seal_time, seconds
from lottery.rules.seats import check_quorum

DICE_AFTER_SEAL: Final = 900
"""Seconds after the seal within which the last digit is logged (section 11.5)."""


def may_throw_dice(draw: Draw, now: int) -> None:
    """Mode `drand+dice`: after the reveals and before the seal. Mode `dice`: after the seal, within 15 minutes.

    Raises NotNow, NotYetLogged, QuorumMissed, TooSoon, TooLate.
    """
    attempt = running(draw, now, "throw_dice")
    if attempt.dice is not None or not attempt.uses_dice:
        raise not_now(draw, now, "throw_dice")
    if attempt.uses_beacon:
        if attempt.sealed is not None or attempt.reveals_closed_at(now) is None:
            raise not_now(draw, now, "throw_dice")
        check_quorum(attempt)
        return
    if attempt.sealed is None:
        raise not_now(draw, now, "throw_dice")
    sealed = seal_time(attempt)
    if seconds(now) <= sealed:
        raise errors.TooSoon(action="throw_dice", until=sealed + 1)
    if now >= (sealed + DICE_AFTER_SEAL) * 1000:
        raise errors.TooLate(action="throw_dice", until=sealed + DICE_AFTER_SEAL)


def check_dice(draw: Draw, now: int, event: events.DiceThrown) -> Attempt:
    """Raises NotNow, TooSoon, TooLate, BadDice; returns the attempt. Confirmers are the protocol's to check."""
    attempt = present(draw, event.attempt)
    may_throw_dice(draw, now)
    if event.time > seconds(now):
        raise errors.BadDice(why_zh="最后一位的时间在将来", why_en="the last digit lies in the future")
    if attempt.uses_beacon:
        closed_at = attempt.reveals_closed_at(now)
        assert closed_at is not None  # may_throw_dice
        earliest = seconds(closed_at)
    else:
        earliest = seal_time(attempt) + 1
    if event.time < earliest:
        raise errors.BadDice(why_zh=f"不得早于 {earliest} 秒掷出", why_en=f"thrown before second {earliest}")
    _check_entries(event, attempt.plan["dice_digits"])
    return attempt


def _check_entries(event: events.DiceThrown, count: int) -> None:
    """Both first entries are kept; where the two agree, that digit stands."""
    form = re.compile(f"[0-9]{{{count}}}")
    if len(event.first_entries) != 2 or not all(form.fullmatch(entry) for entry in event.first_entries):
        raise errors.BadDice(why_zh=f"首次录入须为两份各 {count} 位", why_en=f"not two first entries of {count} digits")
    if form.fullmatch(event.digits) is None:
        raise errors.BadDice(why_zh=f"须为 {count} 位数字", why_en=f"not {count} digits")
    for place, (digit, one, other) in enumerate(zip(event.digits, *event.first_entries, strict=True), start=1):
        if one == other != digit:
            raise errors.BadDice(
                why_zh=f"第 {place} 位两次录入一致而结果不同", why_en=f"digit {place} is not what both people entered"
            )
