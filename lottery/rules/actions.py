"""What may be done now: the checks of the other files, asked one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from audit.entry import SYSTEM
from audit.errors import Refusal
from lottery.events import VoidReason
from lottery.model import Attempt, Draw
from lottery.rules.deciding import may_publish_call, may_sign_up
from lottery.rules.dice import may_throw_dice
from lottery.rules.experts import may_list_experts
from lottery.rules.finish import may_change_standing, may_complete, may_seal, owes_shadow
from lottery.rules.meeting import (
    NOTERS,
    may_close_meeting,
    may_contribute,
    may_issue_minutes,
    may_note,
    may_open_meeting,
)
from lottery.rules.objections import OBJECTORS, open_objections
from lottery.rules.plan import may_plan
from lottery.rules.roster import may_freeze, may_publish_roster
from lottery.rules.rounds import may_announce_round
from lottery.rules.seats import may_close_commitments, may_commit, may_reveal
from lottery.rules.voids import void_grounds

OPERATOR: Final = ("operator",)
LISTERS: Final = ("operator", "registrar")
"""Who may say which experts there are to draw from."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done now. `name` is the command's.

    roles: who may do it (`system`: anybody, through the program); with `seats`, accounts of those seats' organisations
    whatever their role.
    reasons: for `void`. confirmed: two seats must sign. automatic: the program does it by itself.
    """

    name: str
    roles: tuple[str, ...] = OPERATOR
    seats: tuple[str, ...] = ()
    reasons: tuple[VoidReason, ...] = ()
    confirmed: bool = False
    automatic: bool = False


def next_actions(draw: Draw, now: int, *, published: int) -> list[Action]:
    """What may be done now, and by which role: what is not in the list is refused, so pages show exactly this.

    now: Unix milliseconds. published: how many entries the published checkpoint holds.
    """
    attempt = draw.attempt
    seats = _seats_to_act(attempt)
    grounds = void_grounds(draw, now)
    offers: list[tuple[Action, Callable[[], object]]] = [
        (Action("publish_call"), lambda: may_publish_call(draw, now)),
        (Action("list_experts", LISTERS), lambda: may_list_experts(draw, now)),
        (Action("sign_up", ("agent", "registrar")), lambda: may_sign_up(draw, now)),
        (Action("withdraw_sign_up", ("agent", "registrar")), lambda: may_sign_up(draw, now)),
        (Action("plan_draw"), lambda: may_plan(draw, now)),
        (Action("publish_roster"), lambda: may_publish_roster(draw, now)),
        (Action("open_meeting"), lambda: may_open_meeting(draw, now)),
        (Action("freeze_roster"), lambda: may_freeze(draw, now)),
        (Action("contribute", (SYSTEM,)), lambda: may_contribute(draw, now)),
        (Action("commit", (), seats), lambda: may_commit(draw, now)),
        (Action("close_commitments", automatic=True), lambda: may_close_commitments(draw, now)),
        (Action("announce_round", automatic=True), lambda: may_announce_round(draw, now)),
        (Action("reveal", (), seats), lambda: may_reveal(draw, now, published)),
        (Action("throw_dice"), lambda: may_throw_dice(draw, now)),
        (Action("seal", automatic=True), lambda: may_seal(draw, now)),
        (
            Action("complete", automatic=True),
            lambda: may_complete(draw, now),
        ),
        (Action("issue_minutes"), lambda: may_issue_minutes(draw, now)),
        (Action("close_meeting"), lambda: may_close_meeting(draw, now)),
        (Action("note_meeting", NOTERS), lambda: may_note(draw, now)),
    ]
    actions = [action for action, check in offers if _is_allowed(check)]
    if grounds.reasons:
        duty = grounds.reasons == ("SEAL_LATE",)
        actions.append(Action("void", reasons=grounds.reasons, confirmed=grounds.confirmed, automatic=duty))
    if attempt is not None:
        if open_objections(draw):
            actions.append(Action("answer_objection", ("operator", "supervisor")))
        actions.append(Action("file_objection", OBJECTORS))
        if _is_allowed(lambda: may_change_standing(draw, now)):
            actions.append(Action("change_standing"))
    if any(owes_shadow(each, now) for each in draw.attempts):
        actions.append(Action("shadow_draw", automatic=True))
    return actions


def _seats_to_act(attempt: Attempt | None) -> tuple[str, ...]:
    """The seats that have not committed yet, or, after the closing, those that have not revealed."""
    if attempt is None:
        return ()
    if attempt.closed is None:
        return tuple(seat for seat in attempt.seats if seat not in attempt.committed)
    return tuple(seat for seat in attempt.committed if seat not in attempt.revealed)


def _is_allowed(check: Callable[[], object]) -> bool:
    try:
        check()
    except Refusal:
        return False
    return True
