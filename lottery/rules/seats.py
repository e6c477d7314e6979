"""What the seats do: they commit, then, once all can see who did, they reveal."""

from typing import Final

from lottery import errors, events
from lottery.model import Attempt, Draw
from lottery.protocol.contributions import PUBLIC_SEAT, public_commitment
from lottery.rules.moment import not_now, placed, present, running
from lottery.rules.values import check_hex

MIN_REVEAL_SECONDS: Final = 60
MAX_REVEAL_SECONDS: Final = 3600
REVEAL_SECONDS: Final = 300
"""How long seats may reveal after the commitments are closed, unless the operator says otherwise."""
MAX_REFUSED_REVEALS: Final = 3


def may_commit(draw: Draw, now: int) -> None:
    """From the freeze until the deadline or the closing, whichever comes first."""
    attempt = running(draw, now, "commit")
    if attempt.frozen is None or attempt.closed is not None:
        raise not_now(draw, now, "commit")
    deadline = attempt.planned.event.commit_deadline
    if now >= deadline * 1000:
        raise errors.TooLate(action="commit", until=deadline)


def check_commitment(draw: Draw, now: int, event: events.Committed) -> Attempt:
    """Raises NotNow, TooLate, UnknownSeat, SeatActed, BadHex, NotOfContributions; returns the attempt."""
    attempt = present(draw, event.attempt)
    may_commit(draw, now)
    if event.seat not in attempt.seats:
        raise errors.UnknownSeat(seat=event.seat)
    if event.seat in attempt.committed:
        raise errors.SeatActed(seat=event.seat)
    check_hex("commit", event.commit)
    _check_public_seat(attempt, event)
    return attempt


def _check_public_seat(attempt: Attempt, event: events.Committed) -> None:
    """Refuse a secret of the holder's choice where visitors have made one. Raises NotOfContributions."""
    made = [step.event.contribution for step in attempt.contributions]
    if event.seat != PUBLIC_SEAT or not made:
        return
    if event.commit != public_commitment(event.draw_id, event.attempt, made):
        raise errors.NotOfContributions(contributions=len(made))


def may_close_commitments(draw: Draw, now: int) -> None:
    """At the deadline, or earlier once every seat has acted: nobody is cut off by a fast operator."""
    attempt = running(draw, now, "close_commitments")
    if attempt.frozen is None or attempt.closed is not None:
        raise not_now(draw, now, "close_commitments")
    deadline = attempt.planned.event.commit_deadline
    if now < deadline * 1000 and not attempt.all_committed:
        raise errors.TooSoon(action="close_commitments", until=deadline)


def reveal_deadline(now: int, reveal_seconds: int) -> int:
    """When reveals close at the latest, Unix seconds. Raises BadTime."""
    if not MIN_REVEAL_SECONDS <= reveal_seconds <= MAX_REVEAL_SECONDS:
        bounds = f"{MIN_REVEAL_SECONDS}..{MAX_REVEAL_SECONDS}"
        raise errors.BadTime(member="reveal_seconds", why_zh=f"应为 {bounds} 秒", why_en=f"not within {bounds} s")
    return -(-now // 1000) + reveal_seconds


def may_reveal(draw: Draw, now: int, published: int) -> None:
    """After the closing is public (and the round announced), until the dice or the seal.

    After the deadline it is recorded as late.

    published: how many entries the published checkpoint holds.
    Raises NotNow, NotYetLogged, NotYetPublished.
    """
    attempt = running(draw, now, "reveal")
    last = attempt.announced if attempt.uses_beacon else attempt.closed
    over = attempt.sealed is not None or attempt.dice is not None or attempt.all_revealed
    if attempt.closed is None or last is None or over:
        raise not_now(draw, now, "reveal")
    if placed(last) >= published:
        raise errors.NotYetPublished(kind=last.event.kind)


def check_reveal(draw: Draw, now: int, published: int, event: events.Revealed) -> Attempt:
    """Refuse what is not even a reveal; a wrong or late one passes here and is recorded as refused.

    Raises NotNow, NotYetPublished, UnknownSeat, SeatActed, TriesUsedUp, BadHex, SecretNotOwn; returns the attempt.
    """
    attempt = present(draw, event.attempt)
    may_reveal(draw, now, published)
    if event.seat not in attempt.committed:
        raise errors.UnknownSeat(seat=event.seat)
    if event.seat in attempt.revealed:
        raise errors.SeatActed(seat=event.seat)
    check_hex("secret", event.secret)
    if sum(step.event.seat == event.seat for step in attempt.refused) >= MAX_REFUSED_REVEALS:
        raise errors.TriesUsedUp(seat=event.seat, limit=MAX_REFUSED_REVEALS)
    if event.secret in attempt.revealed.values():
        raise errors.SecretNotOwn(seat=event.seat)
    return attempt


def is_late_reveal(attempt: Attempt, now: int) -> bool:
    """Whether the reveal deadline has come."""
    assert attempt.closed is not None
    return now >= attempt.closed.event.reveal_deadline * 1000


def check_quorum(attempt: Attempt) -> None:
    """Raises QuorumMissed."""
    if not attempt.has_quorum(attempt.revealed):
        raise errors.QuorumMissed(revealed=len(attempt.revealed), wanted=attempt.plan["min_reveals"])
