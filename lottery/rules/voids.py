"""When an attempt may be voided, when it must be, and when nobody may (section 8.2)."""

from dataclasses import dataclass
from typing import Final

from lottery import errors
from lottery.events import VoidReason
from lottery.model import Attempt, Draw
from lottery.rules.moment import check_open
from lottery.rules.seats import is_late_reveal

VOID_SPARE: Final = 5
"""Seconds before the round within which no void is accepted: the entry gets its time a moment after the command."""
BEACON_HALTED_AFTER: Final = 600
"""Seconds after a round's time before two seats may say that the network did not produce it (section 8.2, 4)."""
WITNESSED_WITHIN: Final = 10
"""Seconds after the round's time for which a cosignature may still be on its way. Until they are over nobody may
complete the attempt or void it: who could do either would choose with the result before him."""


@dataclass(frozen=True, slots=True)
class VoidGrounds:
    """The reasons for which an attempt may be voided now.

    confirmed: whether two seats of different organisations must sign that it is so.
    """

    reasons: tuple[VoidReason, ...]
    confirmed: bool = False


def void_grounds(draw: Draw, now: int) -> VoidGrounds:
    """Section 8.2: free until the seal, then only while the entropy is unknown, then only where it is a duty.

    The program cannot see the dice. So after the seal of mode `dice` two seats have to sign that none was thrown.
    """
    attempt = draw.attempt
    if attempt is None or draw.followed_by is not None or not attempt.is_running:
        return VoidGrounds(())
    if must_void(attempt, now):
        return VoidGrounds(("SEAL_LATE",))
    due = attempt.round_at
    if due is not None and now >= due + BEACON_HALTED_AFTER * 1000:
        return VoidGrounds(("BEACON_HALTED",), confirmed=True)
    if due is not None and now > due - VOID_SPARE * 1000:
        return VoidGrounds(())
    reasons: list[VoidReason] = ["ROSTER_ERROR", "OBJECTION", "SEAT_ABSENT", "FORCE_MAJEURE"]
    if attempt.uses_dice:
        reasons.append("DICE_IRREGULAR")
    if attempt.sealed is not None:
        if due is None and attempt.dice is not None:
            return VoidGrounds(())
        return VoidGrounds(tuple(reasons), confirmed=due is None)
    if attempt.uses_beacon:
        reasons.append("NETWORK_BEFORE_SEAL")
    if is_quorum_missed(attempt, now):
        reasons.insert(0, "QUORUM")
    return VoidGrounds(tuple(reasons))


def must_void(attempt: Attempt, now: int) -> bool:
    """Whether ending the attempt as SEAL_LATE is a duty (section 8.2, 5).

    It is never a choice: who could complete such a seal or void it would choose with the result before him.
    """
    due = attempt.round_at
    if due is None or not attempt.is_running:
        return False
    if attempt.sealed is None:
        return now >= due
    if attempt.seal_time is None:
        return False
    lead = due // 1000 - attempt.seal_time
    if not attempt.plan["min_lead"] <= lead <= attempt.plan["max_lead"]:
        return True
    return attempt.witnessed is False and now >= due + WITNESSED_WITHIN * 1000


def is_quorum_missed(attempt: Attempt, now: int) -> bool:
    """Whether the commitments or the reveals can no longer make a seal."""
    if attempt.frozen is None or attempt.sealed is not None:
        return False
    if attempt.closed is None:
        over = now >= attempt.planned.event.commit_deadline * 1000
        return over and not attempt.has_quorum(attempt.committed)
    if not attempt.has_quorum(attempt.committed):
        return True
    unannounced = attempt.uses_beacon and attempt.announced is None
    over = is_late_reveal(attempt, now) if unannounced else attempt.reveals_closed_at(now) is not None
    return over and not attempt.has_quorum(attempt.revealed)


def check_void(draw: Draw, now: int, reason: str) -> VoidGrounds:
    """Raises VoidForbidden; returns the grounds, which say whether two seats must confirm."""
    check_open(draw)
    grounds = void_grounds(draw, now)
    if reason not in grounds.reasons:
        raise errors.VoidForbidden(reason=reason, allowed=", ".join(grounds.reasons) or "-")
    return grounds
