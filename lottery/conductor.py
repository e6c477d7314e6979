"""Does by itself what a draw demands when its time has come, so that nobody has to be there and nobody can delay it.

`serve` calls `advance_all` every second. Each step is an act of its own by `system`, under the same locks and rules as
any other, so two processes may do this at once: the second is refused, or finds nothing to do.
"""

import logging
from collections.abc import Callable

from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from lottery import commands, queries, rules
from lottery.beacon.relays import BeaconClient
from lottery.model import Attempt, Draw

MAX_STEPS = 8
"""In one call for one draw; no draw has more steps that follow each other at once."""

ANNOUNCED_BY_ITSELF = 30
"""Seconds after the closing for which a meeting's operator may announce the round to the hall."""

VOID_NOTE = "封存未在公布轮次前按规定记入日志并由见证人联署，依规则自动作废"

talk = logging.getLogger(__name__)

Step = Callable[[Act], int]


def advance_all(log: Log, beacon: BeaconClient) -> int:
    """Advance every running draw; return how many steps were done.

    No fault of one draw stops another, or the caller.
    """
    done = 0
    try:
        with log.reading() as session:
            running = queries.running_draws(session)
    except Exception:
        talk.exception("the running draws could not be read")
        return 0
    for draw_id in running:
        try:
            for _ in range(MAX_STEPS):
                if advance(log, beacon, draw_id) is None:
                    break
                done += 1
        except Exception:
            talk.exception("draw %s was not advanced", draw_id)
    return done


def advance(log: Log, beacon: BeaconClient, draw_id: str) -> str | None:
    """Do the next automatic step of a draw if its time has come; return its command's name, or None."""
    with log.reading() as session:
        draw = queries.known_draw(session, draw_id)
    now = log.clock()
    for action in rules.next_actions(draw, now, published=log.published_size):
        step = _step(draw, action, now, beacon) if action.automatic else None
        if step is None:
            continue
        try:
            with log.act(SYSTEM) as act:
                step(act)
        except Refusal as refusal:  # another process was first, or the moment has passed
            talk.info("%s of %s: %s %s", action.name, draw_id, refusal.code, refusal.message("en"))
            continue
        return action.name
    return None


def _step(draw: Draw, action: rules.Action, now: int, beacon: BeaconClient) -> Step | None:
    """What to do for an action, or None while its round is not here. Relays are asked in the background."""
    draw_id, attempt = draw.draw_id, draw.attempt
    if attempt is not None and attempt.opened is not None and _is_for_the_hall(attempt, action.name, now):
        return None
    match action.name:
        case "close_commitments":
            return lambda act: commands.close_commitments(act, draw_id)
        case "announce_round":
            return lambda act: commands.announce_round(act, draw_id)
        case "seal":
            return lambda act: commands.seal(act, draw_id)
        case "void":
            return lambda act: commands.void(act, draw_id, "SEAL_LATE", VOID_NOTE)
        case "complete":
            assert attempt is not None
            signature = None if attempt.round is None else beacon.poll(attempt.round)
            if attempt.round is not None and signature is None:
                return None
            return lambda act: commands.complete(act, draw_id, signature)
        case "shadow_draw":
            return _shadow(draw, now, beacon)
    return None


def _is_for_the_hall(attempt: Attempt, action: str, now: int) -> bool:
    """Whether a meeting's operator takes this step for now, for all to see; nobody can delay it by leaving it."""
    if action == "close_commitments":
        return now < attempt.planned.event.commit_deadline * 1000
    if action == "announce_round" and attempt.closed is not None:
        return now < attempt.closed.at + ANNOUNCED_BY_ITSELF * 1000
    return False


def _shadow(draw: Draw, now: int, beacon: BeaconClient) -> Step | None:
    for attempt in draw.attempts:
        if rules.owes_shadow(attempt, now) and attempt.round is not None:
            signature, number = beacon.poll(attempt.round), attempt.number
            if signature is not None:
                return lambda act: commands.shadow_draw(act, draw.draw_id, number, signature)
    return None
