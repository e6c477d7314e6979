"""The meeting around the draw: when it opens and closes, what is noted, what visitors contribute, its minutes."""

from typing import Final

from lottery import errors, events
from lottery.model import Attempt, Draw
from lottery.protocol.contributions import MAX_CONTRIBUTIONS, PUBLIC_SEAT
from lottery.rules.moment import not_now, running
from lottery.rules.seats import may_commit
from lottery.rules.values import LONG_TEXT, check_hex, check_text

OPENS_BEFORE: Final = 1800
"""Seconds before the time that was called for."""
NOTERS: Final = ("operator", "notary", "supervisor")
MAX_PAGES: Final = 10_000


def may_open_meeting(draw: Draw, now: int) -> None:
    """Once in an attempt, with a published roster, from half an hour before its time. Raises NotNow, TooSoon."""
    attempt = running(draw, now, "open_meeting")
    if not attempt.rosters or attempt.frozen is not None or attempt.opened is not None:
        raise not_now(draw, now, "open_meeting")
    earliest = attempt.planned.event.draws_at - OPENS_BEFORE
    if now < earliest * 1000:
        raise errors.TooSoon(action="open_meeting", until=earliest)


def may_contribute(draw: Draw, now: int) -> None:
    """While seats commit and until the seat `public` has, if the plan has one. Raises NotNow, TooLate, UnknownSeat,
    SeatActed, ContributionsFull."""
    may_commit(draw, now)
    attempt = _present(draw, now, "contribute")
    if PUBLIC_SEAT not in attempt.seats:
        raise errors.UnknownSeat(seat=PUBLIC_SEAT)
    if PUBLIC_SEAT in attempt.committed:
        raise errors.SeatActed(seat=PUBLIC_SEAT)
    if len(attempt.contributions) >= MAX_CONTRIBUTIONS:
        raise errors.ContributionsFull(limit=MAX_CONTRIBUTIONS)


def check_contribution(draw: Draw, now: int, contribution: str) -> Attempt:
    """Raises BadHex, ContributedTwice, and as `may_contribute`; returns the attempt."""
    may_contribute(draw, now)
    check_hex("contribution", contribution)
    attempt = _present(draw, now, "contribute")
    if any(step.event.contribution == contribution for step in attempt.contributions):
        raise errors.ContributedTwice
    return attempt


def may_note(draw: Draw, now: int) -> Attempt:
    """From the published roster until the meeting is closed; returns the attempt. Raises NotNow."""
    attempt = _present(draw, now, "note_meeting")
    if not attempt.rosters or attempt.meeting_closed is not None:
        raise not_now(draw, now, "note_meeting")
    return attempt


def check_note(draw: Draw, now: int, topic: events.Topic, text: str, seat: str | None) -> Attempt:
    """Raises NotNow, BadText, UnknownSeat, SeatNotNamed; returns the attempt."""
    check_text("text", text, LONG_TEXT)
    attempt = may_note(draw, now)
    if topic == "SEAL_SLIP" and attempt.sealed is None:
        raise not_now(draw, now, "note_meeting")
    if topic == "SEAT_REFUSES" and seat is None:
        raise errors.SeatNotNamed
    if seat is not None and seat not in attempt.seats:
        raise errors.UnknownSeat(seat=seat)
    return attempt


def may_issue_minutes(draw: Draw, now: int, number: int | None = None) -> Attempt:
    """Once the attempt has its result or its void record, also later; returns it. number: None is the present one.

    Raises NotNow, UnknownAttempt.
    """
    if number is not None and not 1 <= number <= len(draw.attempts):
        raise errors.UnknownAttempt(draw_id=draw.draw_id, attempt=number)
    attempt = _present(draw, now, "issue_minutes") if number is None else draw.attempts[number - 1]
    if attempt.is_running:
        raise not_now(draw, now, "issue_minutes")
    return attempt


def check_minutes(attempt: Attempt, sha256: str, pages: int) -> None:
    """Raises BadMinutes, MinutesUnchanged."""
    if not 1 <= pages <= MAX_PAGES:
        raise errors.BadMinutes(why_zh=f"页数须为 1 至 {MAX_PAGES}", why_en=f"1 to {MAX_PAGES} pages")
    if attempt.minutes and attempt.minutes[-1].event.sha256 == sha256:
        raise errors.MinutesUnchanged


def may_close_meeting(draw: Draw, now: int) -> Attempt:
    """Once in an attempt whose meeting was opened, after its result or void record; returns it. Raises NotNow."""
    attempt = _present(draw, now, "close_meeting")
    if attempt.opened is None or attempt.is_running or attempt.meeting_closed is not None:
        raise not_now(draw, now, "close_meeting")
    return attempt


def _present(draw: Draw, now: int, action: str) -> Attempt:
    if draw.attempt is None:
        raise not_now(draw, now, action)
    return draw.attempt
