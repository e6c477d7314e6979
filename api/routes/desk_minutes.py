"""Issuing the minutes of an attempt that is over (签发会议记录): the very file that the page shows becomes public.

The file is set before the act begins, since setting it takes seconds in which nobody else could write.
"""

from dataclasses import replace

from api import minutes as papers
from api.routes.desk_draw_words import ACTIONS
from api.routes.desk_forms import Given
from api.routes.desk_offers import back_to
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.public_draws import number
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, queries, rules
from lottery.model import Draw

router = APIRouter(prefix="/desk", include_in_schema=False)


def issue_minutes(desk: Desk) -> Form:
    """Of the present attempt if it is over, else of the one before."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, desk.path("draw_id"), placed=True)
    over = [one.number for one in draw.attempts if not one.is_running]
    return _form(desk, draw, over[-1] if over else None)


def issue_minutes_of(desk: Desk) -> Form:
    with desk.log.reading() as session:
        draw = queries.known_draw(session, desk.path("draw_id"), placed=True)
    return _form(desk, draw, number(desk.path("attempt")) or 0)


def _form(desk: Desk, draw: Draw, wanted: int | None) -> Form:
    desk.roles("operator")  # before anything is set for somebody who may not issue it
    attempt = rules.may_issue_minutes(draw, desk.now, wanted)
    with desk.log.reading() as session:
        evidence = queries.evidence(session, desk.log.blobs, draw.draw_id, attempt.number)
    minutes = papers.minutes_of(desk.log, draw, attempt.number, desk.site.settings.base_url, evidence)
    paper = papers.minutes_pdf(desk.site.pages, minutes, "zh", draft=False)
    words = ACTIONS["issue_minutes"]

    def command(act: Act, given: Given) -> int:
        return commands.issue_minutes(act, draw.draw_id, attempt.number, paper.data, paper.pages)

    return replace(
        Form(title=words.title, roles=("operator",), back=back_to(draw)),
        note=words.meaning,
        command=command,
        done=f"/draws/{draw.draw_id}/{attempt.number}/minutes",
        facts={"draw": draw, "attempt": attempt, "paper": paper},
        above="desk/for_minutes.html",
    )


mount(router, "/draws/{draw_id}/minutes", issue_minutes)
mount(router, "/draws/{draw_id}/{attempt}/minutes", issue_minutes_of)
