"""The operator's console 主控台 of a live draw. What it does goes through the same commands as everything else.

Acts are posted to `/api/v1/draws/{id}/…` like any program's; here is what only the console needs: its page, what may
be done now, the network lights, what the screens shall show, and the drawing up of what several organisations sign.
"""

from typing import Annotated, Any

import orjson
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.console import NowOut, now_of
from api.console_lights import LightsOut
from api.dependencies import Do, Done
from api.draw_state import known_draw
from api.draw_wording import TABLES, vocabulary
from api.routes.desk_dice import propose_dice
from api.routes.desk_offers import offered
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_signatures import carry_out_act
from api.routes.desk_waiting import waiting_act
from api.routing import APIRouter
from audit.act import Act
from lottery import presentation, rules
from lottery.model import Draw

router = APIRouter(include_in_schema=False)

TABLES_SHOWN = ("seat", "void", "about", "mode", "refusal", "role")
DrawId = Annotated[str, Path(max_length=100)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class PresentationIn(Closed):
    """What is to change of what the screens show."""

    page: int = 0
    shown: int = 0
    digits: str = ""
    invalid_throws: int = 0
    second: bool = False
    message: str = ""


class DiceIn(Closed):
    digits: str
    first_entries: Annotated[list[str], Field(min_length=2, max_length=2)]
    time: int
    confirmed_by: Annotated[list[str], Field(max_length=100)]
    invalid_throws: int


class DrawnUp(BaseModel):
    """Where an act waits for its signatures."""

    url: str


def operated(desk: Desk, draw_id: str) -> Draw:
    """The draw, for an operator. Raises RoleNotYours, NoSuchDraw."""
    desk.roles(*rules.OPERATOR)
    with desk.log.reading() as session:
        return known_draw(session, draw_id)


@router.get("/draws/{draw_id}/console")
def console(draw_id: DrawId, desk: DeskDep) -> Response:
    draw = operated(desk, draw_id)
    say = vocabulary(desk.lang)
    words: dict[str, Any] = {table: {key: say(table, key) for key in TABLES[table]} for table in TABLES_SHOWN}
    return desk.site.pages.render(
        desk.request,
        "console/console.html",
        draw=draw,
        vocabulary=words,
        site_url=desk.site.settings.base_url.rstrip("/"),
    )


@router.get("/draws/{draw_id}/console/now")
def console_now(draw_id: DrawId, desk: DeskDep) -> Response:
    """What may be done at this moment."""
    draw = operated(desk, draw_id)
    with desk.log.reading() as session:
        return _json(now_of(desk, session, draw))


@router.get("/draws/{draw_id}/console/lights")
def console_lights(draw_id: DrawId, desk: DeskDep, fresh: Annotated[str, Query(max_length=1)] = "") -> Response:
    operated(desk, draw_id)
    return _json(desk.site.lights.look(desk.log, desk.site.settings.drand_relays, fresh == "1"))


@router.post("/draws/{draw_id}/console/presentation")
def console_presents(draw_id: DrawId, desk: DeskDep, body: PresentationIn) -> presentation.Presentation:
    """Have the screens show something else; only the members that are given change."""
    draw = operated(desk, draw_id)
    attempt = 1 if draw.attempt is None else draw.attempt.number
    with desk.log.database.writing() as session:
        changed = presentation.change(session, draw_id, attempt, **body.model_dump(exclude_unset=True))
    desk.site.draws.stir(draw_id)
    return changed


@router.post("/draws/{draw_id}/console/dice")
def console_dice(draw_id: DrawId, desk: DeskDep, body: DiceIn) -> DrawnUp:
    """Let the digits wait for the signatures of the seats that confirm them."""
    operated(desk, draw_id)
    draw, _ = offered(desk, "throw_dice")
    # A laptop's clock may run ahead of the log's.
    known = body.model_dump() | {"time": min(body.time, desk.now // 1000)}
    return DrawnUp(url=propose_dice(desk, draw, **known))


@router.post("/draws/{draw_id}/console/signatures/{waiting}", status_code=201)
def console_submits(draw_id: DrawId, waiting: str, desk: DeskDep, do: Do) -> Done:
    """Carry out what was signed."""
    operated(desk, draw_id)

    def command(act: Act) -> int:
        return carry_out_act(act, waiting_act(desk.log, act.session, waiting))

    return do(rules.OPERATOR, command)


def _json(answer: NowOut | LightsOut) -> Response:
    return Response(
        orjson.dumps(answer.model_dump()), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
