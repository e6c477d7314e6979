"""What a draw offers an account now, and nothing else (`lottery.rules.next_actions` says what).

An action that is not offered has no form either: its address answers with the rule's refusal.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

import registry.queries
from api.routes.desk_draw_words import ACTIONS, Words
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form
from lottery import authority, queries, rules
from lottery.errors import NotNow
from lottery.model import Attempt, Draw
from lottery.rules import Action


@dataclass(frozen=True)
class Offer:
    """An action that the account may take now."""

    name: str
    words: Words
    href: str
    automatic: bool = False


def offers_of(desk: Desk, session: Session, draw: Draw) -> list[Offer]:
    """The actions of this moment that the account's roles allow, in the order of a draw's life."""
    offers = []
    for action in rules.next_actions(draw, desk.now, published=desk.log.published_size):
        if action.name not in ACTIONS or not any(desk.user.holds(role) for role in action.roles):
            continue
        if action.name in ("sign_up", "withdraw_sign_up") and not _concerns_sign_up(desk, session, draw, action.name):
            continue
        words = ACTIONS[action.name]
        offers.append(Offer(action.name, words, f"{back_to(draw)}/{words.address}", action.automatic))
    return offers


def _concerns_sign_up(desk: Desk, session: Session, draw: Draw, name: str) -> bool:
    if desk.user.holds("registrar"):
        return True
    code = own_agency(desk, session)
    has_signed_up = code in queries.sign_ups(session, draw.draw_id)
    return code is not None and has_signed_up == (name == "withdraw_sign_up")


def own_agency(desk: Desk, session: Session) -> str | None:
    """The code of the agency for which the account acts."""
    organisation = desk.organisation("agent")
    if not organisation:
        return None
    found = registry.queries.agency_of(session, organisation)
    if found is not None:
        return found.code
    admitted = registry.queries.organisation(session, organisation)  # and perhaps not on record yet
    return None if admitted is None else admitted.code


def own_seats(desk: Desk, session: Session, draw: Draw) -> list[str]:
    """The seats of the present attempt that the account may act for."""
    if draw.attempt is None:
        return []
    own = {held.organisation for held in desk.user.holdings}
    seats = authority.seat_organisations(session, draw.attempt)
    return [seat for seat, organisation in seats.items() if organisation.id in own]


def offered(desk: Desk, name: str) -> tuple[Draw, Action]:
    """The draw of the address and the action, if it is one of this moment. Raises UnknownDraw, NotNow."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, desk.path("draw_id"))
    for action in rules.next_actions(draw, desk.now, published=desk.log.published_size):
        if action.name == name:
            return draw, action
    raise NotNow(draw_id=draw.draw_id, state=draw.state_at(desk.now), action=name)


def attempt_of(draw: Draw) -> Attempt:
    assert draw.attempt is not None  # no such action is offered before the first plan
    return draw.attempt


def back_to(draw: Draw) -> str:
    """The address of the draw's desk."""
    return f"/desk/draws/{draw.draw_id}"


def form_of(draw: Draw, action: Action) -> Form:
    """What the form of an action begins as; whoever serves it adds what it asks and does."""
    words = ACTIONS[action.name]
    return Form(
        title=words.title,
        roles=action.roles,
        back=back_to(draw),
        note=words.meaning,
        facts={"draw": draw},
        above="desk/for_draw.html",
    )
