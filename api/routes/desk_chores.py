"""What waits for an account beside draws and signatures: told on the desks' first page, with where it is done."""

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.orm import Session

from api.act_words import act_title
from api.routes.desk_draws import winners_of
from api.routes.desk_request import Desk
from api.routes.desk_shares import own_organisations, seats_wanted
from lottery import queries as draws
from registry.queries import bidders, forms
from trading import queries
from trading.bids import queries as bids
from trading.events import AgentEngaged, ShareGiven

OPENINGS = 12
"""The newest openings that are looked through for shares that are wanted."""


@dataclass(frozen=True)
class Chore:
    """Something that waits: what it is about, and the page where it is done."""

    about: str
    words: str
    href: str


def chores(desk: Desk, session: Session) -> list[Chore]:
    return [*_registrations(desk, session), *_engagements(desk, session), *_shares(desk, session)]


def _registrations(desk: Desk, session: Session) -> list[Chore]:
    if not desk.user.holds("registrar"):
        return []
    found = []
    waiting = len(bidders.registrations(session, waiting=True, placed=False))
    if waiting:
        words = desk.say("{count} 件投标人注册待确认", count=waiting)
        found.append(Chore("", words, "/desk/registrations"))
    asking = len(forms.applications(session))
    if asking:
        found.append(Chore("", desk.say("{count} 家代理机构申请入驻", count=asking), "/desk/registry"))
    return found


def _engagements(desk: Desk, session: Session) -> list[Chore]:
    """Projects of the account's tenderer whose drawn agency has no contract on record yet."""
    tenderer = desk.organisation("tenderer")
    if tenderer is None:
        return []
    found = []
    for project in queries.projects(session, tenderer=tenderer, limit=OPENINGS):
        draw = draws.newest_draw_of_project(session, project.code)
        if draw is None:
            continue
        engaged = {one.agent for one in queries.engagements(session, draw_id=draw.draw_id)}
        if any(code not in engaged for code, _ in winners_of(desk, session, draw)):
            words = act_title(AgentEngaged.kind, desk.lang)
            found.append(Chore(project.title, words, f"/desk/projects/{quote(project.code, safe='')}/engage"))
    return found


def _shares(desk: Desk, session: Session) -> list[Chore]:
    """Openings that wait for the shares of a seat of the account's organisation."""
    own = own_organisations(desk)
    if not own:
        return []
    found = []
    for code, lot, number in bids.newest_planned(session, OPENINGS):
        state = bids.lot(session, code, lot)
        project = queries.project(session, code)
        if state is None or project is None or state.round != number or not seats_wanted(state, own):
            continue
        about = f"{project.title} {desk.say('标段')} {lot}"
        href = f"/desk/openings/{quote(code, safe='')}/{quote(lot, safe='')}"
        found.append(Chore(about, act_title(ShareGiven.kind, desk.lang), href))
    return found
