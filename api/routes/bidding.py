"""Open bidding: the JSON API, the page that everyone watches and bidders bid on, and what the desks do about it."""

from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api import bidding_stream, dispatch
from api.bidding_view import BiddingOut, public_bidding
from api.dependencies import ACT, PROBLEMS, Do, Done, Language, SignedIn, SiteDep, Visitor
from api.routes.desk_forms import Field as Asked
from api.routes.desk_forms import Given
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.draw_state import EVENTS, HEADERS
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit.act import Act
from trading import queries as projects
from trading.bidding import commands, queries
from trading.bidding.commands import Opening
from trading.bidding.errors import NoBidding
from trading.bidding.rules import MAX_EXTENSION, STARTING, bidding_of
from trading.errors import NoSuchLot
from trading.lots import LotState, takes_offers

router = APIRouter(prefix="/api/v1", tags=["bidding"], responses=PROBLEMS)
pages = APIRouter(include_in_schema=False)
desk = APIRouter(prefix="/desk", include_in_schema=False)

PARTIES = ("tenderer", "agent", "registrar")
Code = Annotated[str, Path(max_length=200)]


def address(project: str, lot: str) -> str:
    return f"/projects/{quote(project, safe='')}/lots/{quote(lot, safe='')}/bidding"


# The API


class OpeningIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    starting_fen: int
    step_fen: int
    ends_at: int = Field(description="Unix seconds")
    extension: int = Field(description="Seconds that must pass after the last offer; 0: none")
    reserve_fen: int | None = Field(None, description="Published only as a commitment until the end")


class OfferIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    price_fen: int


class PaddleIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    application: str = Field(max_length=32, description="Receipt of the application, 32 hexadecimal digits")


class RefusalIn(PaddleIn):
    ground: str = Field(max_length=200)


class ApplicantOut(BaseModel):
    """Who applied; a registrar sees all, a bidder its own organisation."""

    application: str
    bidder: str
    bidder_code: str
    paddle: str | None
    refused: bool


@router.get("/projects/{project}/lots/{lot}/bidding")
def bidding_state(project: Code, lot: Code, site: SiteDep) -> BiddingOut:
    """The bidding for a lot, without names before its end."""
    with site.log.reading() as session:
        return public_bidding(session, site.log, project, lot)


@router.post("/projects/{project}/lots/{lot}/bidding", **ACT)
def open_bidding(project: Code, lot: Code, body: OpeningIn, do: Do) -> Done:
    """Open the bidding for a lot."""
    opening = Opening(**body.model_dump())
    return do(PARTIES, lambda act: commands.open_bidding(act, project, lot, opening))


@router.post("/projects/{project}/lots/{lot}/offers", **ACT)
def make_offer(project: Code, lot: Code, body: OfferIn, do: Do) -> Done:
    """Offer a price. The server's clock counts, when the offer's turn has come."""
    return do(("bidder",), lambda act: commands.make_offer(act, project, lot, body.price_fen))


@router.post("/projects/{project}/lots/{lot}/paddles", **ACT)
def give_paddle(project: Code, lot: Code, body: PaddleIn, do: Do) -> Done:
    """Admit an applicant and give it a number."""
    return do(("registrar",), lambda act: commands.give_paddle(act, project, lot, body.application))


@router.post("/projects/{project}/lots/{lot}/refusals", **ACT)
def refuse_application(project: Code, lot: Code, body: RefusalIn, do: Do) -> Done:
    """Say to an applicant why it is not admitted; only it reads the ground."""
    return do(("registrar",), lambda act: commands.refuse_application(act, project, lot, body.application, body.ground))


@router.get("/projects/{project}/lots/{lot}/paddles")
def paddles(project: Code, lot: Code, site: SiteDep, user: SignedIn) -> list[ApplicantOut]:
    """Applicants with their paddles, in the order of arrival: of all for a registrar, of one's own for a bidder."""
    role = dispatch.acting_role(user, ("registrar", "bidder"))
    with site.log.reading() as session:
        state = None if "\0" in project + lot else queries.lot(session, project, lot)
        if state is None:
            raise NoSuchLot(project=project[:64], lot=lot[:64])
        # Where bids are sealed no paddles are given, and who applied is nobody's business before the deadline.
        sees_all = role == "registrar" and takes_offers(state, site.log.clock() // 1000)
        own = None if sees_all else user.organisations("bidder")
        given = {one.application: one.paddle for one in queries.paddles(session, project, lot, state.round)}
        refused = queries.refusals(session, project, lot, state.round)
        return [
            ApplicantOut(
                application=one.receipt,
                bidder=one.bidder,
                bidder_code=one.bidder_code,
                paddle=given.get(one.receipt),
                refused=one.receipt in refused,
            )
            for one in queries.applications(session, project, lot, state.round)
            if own is None or one.organisation in own
        ]


# The page


@pages.get("/projects/{project}/lots/{lot}/bidding")
def bidding_page(project: str, lot: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    paddle = None
    with site.log.reading() as session:
        known = None if "\0" in project + lot else projects.project(session, project, placed=True)
        state = None if known is None else queries.lot(session, project, lot, placed=True)
        if known is None or state is None:
            raise NoSuchLot(project=project[:64], lot=lot[:64])
        try:
            bidding = public_bidding(session, site.log, project, lot)
        except NoBidding:
            bidding = None
        for one in user.organisations("bidder") if user else ():
            paddle = paddle or queries.paddle_of(session, project, lot, state.round, one)
    title = next((one.title for one in known.lots if one.lot == lot), "")
    here = address(project, lot)
    return site.pages.render(
        request,
        "trading/bidding.html",
        project=known,
        lot=lot,
        title=title,
        bidding=bidding,
        paddle=None if paddle is None else paddle.paddle,
        stream=f"{here}/state",
        offers=f"/api/v1{here.removesuffix('/bidding')}/offers",
        desk=f"/desk/bidding/{quote(project, safe='')}/{quote(lot, safe='')}",
        is_party=user is not None and any(user.holds(role) for role in PARTIES),
        is_registrar=user is not None and user.holds("registrar"),
    )


@pages.get("/projects/{project}/lots/{lot}/bidding/state")
async def bidding_stream_state(project: str, lot: str, request: Request, site: SiteDep) -> Response:
    """JSON; as events like a draw's: `event: state` now and after each change, `event: time` in between."""
    name = bidding_stream.key(project, lot)
    if EVENTS not in request.headers.get("accept", ""):
        seen = await run_in_threadpool(bidding_stream.see, site.log, name)
        return Response(orjson.dumps(seen.model_dump()), headers=HEADERS, media_type="application/json")
    headers, client = HEADERS | {"X-Accel-Buffering": "no"}, client_address(request)
    site.audience.check(client)
    following = await site.biddings.follow(name)
    if request.scope.get("mingtang.head"):
        return Response(headers=headers, media_type=EVENTS)
    return StreamingResponse(site.audience.seated(client, following), headers=headers, media_type=EVENTS)


# The desks


def _lot(desk: Desk) -> tuple[str, str, LotState]:
    """Raises NoSuchLot."""
    project, lot = desk.path("project"), desk.path("lot")
    with desk.log.reading() as session:
        state = None if "\0" in project + lot else queries.lot(session, project, lot)
    if state is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    return project, lot, state


def _announced(state: LotState, *names: str) -> str:
    """Yuan of the first of these terms that a notice has, to stand in the form."""
    found = next((found for name in names if type(found := state.term(name)) is int), None)
    return "" if found is None else f"{found // 100}.{found % 100:02}"


def begin(desk: Desk) -> Form:
    project, lot, state = _lot(desk)

    def command(act: Act, given: Given) -> int:
        opening = Opening(
            starting_fen=given.number("starting"),
            step_fen=given.number("step"),
            ends_at=given.number("ends_at"),
            extension=given.number("extension"),
            reserve_fen=given.optional_number("reserve"),
        )
        return commands.open_bidding(act, project, lot, opening)

    return Form(
        title="开始竞价",
        roles=PARTIES,
        back=address(project, lot),
        note="起始价、加价幅度须与公告一致。底价只公布其承诺，竞价结束时由系统公开。",
        fields=(
            Asked(name="starting", label="起始价（元）", type="money", value=_announced(state, *STARTING)),
            Asked(name="step", label="加价幅度（元）", type="money", value=_announced(state, "step_fen")),
            Asked(name="ends_at", label="结束时间", type="moment"),
            Asked(name="extension", label="延时（秒）", type="number", most=MAX_EXTENSION, value="300"),
            Asked(name="reserve", label="底价（元）", type="money", needed=False, hint="没有底价则留空。"),
        ),
        command=command,
    )


def _waiting(desk: Desk, project: str, lot: str, state: LotState) -> tuple[tuple[str, str], ...]:
    """The applications that are not answered yet, with who made them."""
    if not takes_offers(state, desk.now // 1000):
        return ()
    with desk.log.reading() as session:
        answered = {one.application for one in queries.paddles(session, project, lot, state.round)}
        answered |= queries.refusals(session, project, lot, state.round).keys()
        applied = queries.applications(session, project, lot, state.round)
        return tuple(
            (one.receipt, f"{one.bidder}（{one.bidder_code}）") for one in applied if one.receipt not in answered
        )


def refuse(desk: Desk) -> Form:
    project, lot, state = _lot(desk)

    def command(act: Act, given: Given) -> int:
        return commands.refuse_application(act, project, lot, given.text("application"), given.text("ground"))

    return Form(
        title="不予竞买资格",
        roles=("registrar",),
        back=address(project, lot),
        note="理由只告知申请人，申请人可以改正后重新申请。公开日志只显示有一件密封事项。",
        fields=(
            Asked(name="application", label="竞买申请", type="choice", choices=_waiting(desk, project, lot, state)),
            Asked(name="ground", label="理由", type="long", visibility="只告知申请人"),
        ),
        command=command,
    )


def admit(desk: Desk) -> Form:
    project, lot, state = _lot(desk)

    def command(act: Act, given: Given) -> int:
        return commands.give_paddle(act, project, lot, given.text("application"))

    return Form(
        title="发放竞买号牌",
        roles=("registrar",),
        back=address(project, lot),
        note="号牌随机发放。竞价结束前，申请人的名称和数量不得泄露；公开日志只显示有一件密封事项。",
        fields=(
            Asked(
                name="application",
                label="竞买申请",
                type="choice",
                choices=_waiting(desk, project, lot, state),
            ),
        ),
        command=command,
    )


def offer(desk: Desk) -> Form:
    project, lot, state = _lot(desk)
    if bidding_of(state) is None:
        raise NoBidding(lot=lot)

    def command(act: Act, given: Given) -> int:
        return commands.make_offer(act, project, lot, given.number("price"))

    return Form(
        title="报价",
        roles=("bidder",),
        back=address(project, lot),
        note="报价不能撤回。公开日志只显示号牌和价格。",
        fields=(Asked(name="price", label="报价（元）", type="money"),),
        command=command,
    )


mount(desk, "/bidding/{project}/{lot}/open", begin)
mount(desk, "/bidding/{project}/{lot}/paddles", admit)
mount(desk, "/bidding/{project}/{lot}/refusal", refuse)
mount(desk, "/bidding/{project}/{lot}/offer", offer)
