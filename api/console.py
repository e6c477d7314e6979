"""What the operator's console knows beside the public state: what may be done now, the ladder, who has signed."""

from datetime import UTC, datetime
from typing import Final

from pydantic import BaseModel
from sqlalchemy.orm import Session

import registry.queries
from api.draw_wording import ABOUT, OUTCOMES, VOIDS
from api.i18n import Lang
from api.pages import SHANGHAI
from api.routes.desk_draw_words import ACTIONS
from api.routes.desk_offers import back_to
from api.routes.desk_request import Desk
from api.routes.desk_waiting import WaitingAct, owners, waiting_for
from api.wording import Words, kind_title
from audit.errors import Refusal
from lottery import rules
from lottery.errors import TooSoon
from lottery.model import Attempt, Draw, State
from lottery.screen import Screen, shows_seal_until

LADDER: Final[dict[str, tuple[Screen, ...]]] = {
    "drand": ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10"),
    "dice": ("S0", "S1", "S2", "S4", "S5", "S6d", "S7", "S8", "S9", "S10"),
    "drand+dice": ("S0", "S1", "S2", "S3", "S4", "S4d", "S5", "S6", "S7", "S8", "S9", "S10"),
}
"""The states that an attempt of each mode goes through."""
FREEZE_FROM: Final = Words("名单 {time} 起可以冻结。", "The roster can be frozen from {time}.")
PATIENCE: Final = 10_000
"""Milliseconds after the round's time for which its value may be on its way."""


class ReasonOut(BaseModel):
    code: str
    title: str


class ActionOut(BaseModel):
    """Something that an operator may do now; what is not in the list is refused."""

    name: str
    href: str | None
    """Its form at the draw's desk, if it has one."""
    reasons: list[ReasonOut]
    confirmed: bool
    """Whether two seats have to sign first."""


class RungOut(BaseModel):
    screen: str
    at: int | None
    """When it began, Unix milliseconds."""


class ObjectionOut(BaseModel):
    number: int
    about: str
    text: str
    outcome: str | None


class SignerOut(BaseModel):
    name: str
    signed: bool


class WaitingOut(BaseModel):
    """An act that waits for signatures."""

    id: str
    kind: str
    title: str
    signers: list[SignerOut]
    """Whose signature it takes, or, of a void, may take."""
    is_enough: bool


class NowOut(BaseModel):
    draw_id: str
    attempt: int | None
    actions: list[ActionOut]
    ladder: list[RungOut]
    freeze_waits: str | None
    """Why the roster cannot be frozen now, where that would be the next step."""
    is_overdue: bool
    """Whether the round's value should have been here for a while."""
    objections: list[ObjectionOut]
    waiting: list[WaitingOut]


def now_of(desk: Desk, session: Session, draw: Draw) -> NowOut:
    attempt = draw.attempt
    return NowOut(
        draw_id=draw.draw_id,
        attempt=None if attempt is None else attempt.number,
        actions=_actions(desk, draw),
        ladder=[] if attempt is None else ladder(attempt),
        freeze_waits=_freeze_waits(draw, desk.now, desk.lang),
        is_overdue=attempt is not None and _is_overdue(attempt, desk.now),
        objections=[] if attempt is None else _objections(attempt, desk.lang),
        waiting=[
            _waiting(session, draw, one, desk.lang)
            for one in waiting_for(desk, session)
            if attempt is not None and one.subject == draw.subject
        ],
    )


def _actions(desk: Desk, draw: Draw) -> list[ActionOut]:
    return [
        ActionOut(
            name=one.name,
            href=f"{back_to(draw)}/{ACTIONS[one.name].address}" if one.name in ACTIONS else None,
            reasons=[ReasonOut(code=code, title=VOIDS[code].say(desk.lang)) for code in one.reasons],
            confirmed=one.confirmed,
        )
        for one in rules.next_actions(draw, desk.now, published=desk.log.published_size)
        if any(desk.user.holds(role) for role in one.roles)
    ]


def ladder(attempt: Attempt) -> list[RungOut]:
    """Every state of the attempt's mode, and when it began."""
    began: dict[str, int | None] = {
        "S0": attempt.planned.at,
        "S1": None if attempt.opened is None else attempt.opened.at,
        "S2": None if attempt.frozen is None else attempt.frozen.at,
        "S3": None if attempt.closed is None else attempt.closed.at,
        "S5": None if attempt.sealed is None else attempt.sealed.logged,
        "S8": None if attempt.drawn is None else attempt.drawn.logged,
        "S10": None if attempt.meeting_closed is None else attempt.meeting_closed.at,
    }
    reveal = attempt.announced if attempt.uses_beacon else attempt.closed
    began["S4"] = None if reveal is None else reveal.at
    if attempt.sealed is not None:
        shown_until = shows_seal_until(attempt)
        began |= {"S6": shown_until, "S6d": shown_until, "S7": attempt.round_at}
        if attempt.dice is not None:
            began["S7"] = attempt.round_at or attempt.dice.at
    if attempt.dice is not None and attempt.uses_beacon:
        began["S4d"] = attempt.dice.at
    return [RungOut(screen=one, at=began.get(one)) for one in LADDER[attempt.plan["entropy"]]]


def _is_overdue(attempt: Attempt, now: int) -> bool:
    due = attempt.round_at
    return due is not None and attempt.sealed is not None and attempt.is_running and now >= due + PATIENCE


def _freeze_waits(draw: Draw, now: int, lang: Lang) -> str | None:
    if draw.state_at(now) is not State.ROSTER:
        return None
    try:
        rules.may_freeze(draw, now)
    except TooSoon as early:
        return FREEZE_FROM.say(lang).format(time=_beijing(int(str(early.facts["until"])), now // 1000))
    except Refusal as refusal:
        return refusal.message(lang)
    return None


def _beijing(second: int, now: int) -> str:
    """A moment in Beijing's time, with its day where that is not today."""
    moment, today = (datetime.fromtimestamp(one, UTC).astimezone(SHANGHAI) for one in (second, now))
    return f"{moment:%H:%M:%S}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M:%S}"


def _objections(attempt: Attempt, lang: Lang) -> list[ObjectionOut]:
    return [
        ObjectionOut(
            number=one.number,
            about=ABOUT[one.filed.event.about].say(lang),
            text=one.filed.event.text,
            outcome=None if one.answered is None else OUTCOMES[one.answered.event.outcome].say(lang),
        )
        for one in attempt.objections
    ]


def _waiting(session: Session, draw: Draw, act: WaitingAct, lang: Lang) -> WaitingOut:
    signed = owners(session, act)
    named = {one: registry.queries.organisation(session, one) for one in act.signers}
    signers = [SignerOut(name=one.name, signed=one.id in signed) for one in named.values() if one is not None]
    every = act.kind == "lottery.dice_thrown"  # those who confirm the digits are named in them
    return WaitingOut(
        id=act.id,
        kind=act.kind,
        title=kind_title(act.kind, lang),
        signers=signers,
        is_enough=all(one.signed for one in signers) if every else len(signed) >= 2,
    )
