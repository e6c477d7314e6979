"""The desks of sealed bids: a bidder submits and keeps receipts, a seat gives shares, the parties plan the opening.

Sealing needs the script, since nothing may leave the browser before it is encrypted; everything else goes without it.
"""

from typing import Any
from urllib.parse import quote as escape

import orjson
from sqlalchemy.orm import Session
from starlette.responses import Response

import registry.queries
from api.opened_bids import READERS, may_read, opened_archive
from api.routes.desk_applications import application
from api.routes.desk_forms import Field, Given
from api.routes.desk_lots_record import MAX_FORM
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_shares import own_organisations, seats_wanted
from api.routes.desk_steps import Form, mount
from api.routes.trading_bids import PARTIES
from api.routes.trading_bids_pages import DAYS, address
from api.routes.trading_invitations import invitations_for
from api.routing import APIRouter
from audit.act import Act
from audit.queries import place
from audit.tables import PrivateValueRow
from lottery.protocol.beacon import first_round_at
from trading import queries as projects
from trading import quotes
from trading.bids import commands, queries
from trading.bids.errors import BadPlan, NoPlan, NoSuchBid, NotABidder
from trading.bids.invited import check_invited
from trading.bids.opening import give_up, open_with_key
from trading.bids.parties import SEAT_ROLES
from trading.bids.reading import readable
from trading.bids.seats import OpeningWanted, SeatWanted
from trading.bids.tables import SealedActRow
from trading.errors import NoSuchLot, NoSuchProject
from trading.events import BidClosed
from trading.lots import LotState

router = APIRouter(prefix="/desk", include_in_schema=False)

BIDDER = ("bidder",)
ACTS = {
    "sealed": "递交投标文件",
    "replaced": "替换投标文件",
    "withdrawn": "撤回投标文件",
    "bond": "投标保证金",
    "applied": "资格预审申请",
    "refused": "竞买申请未获准",
}


@router.get("/bids")
def own_bids(desk: DeskDep) -> Response:
    """A bidder's sealed acts, and the lots for which an opening is planned."""
    desk.roles(*BIDDER, *SEAT_ROLES)
    now = desk.now // 1000
    with desk.log.reading() as session:
        own = [
            one for organisation in desk.user.organisations("bidder") for one in queries.acts_of(session, organisation)
        ]
        gone = {one.replaces for one in own}
        titles = {
            code: found.title
            for code in {one.project for one in own}
            if (found := projects.project(session, code)) is not None
        }
        places = {one.receipt: place(session, one.entry_id) for one in own}
        lots = []
        for code, lot, round_number in queries.newest_planned(session):
            state = queries.lot(session, code, lot, placed=True)
            project = projects.project(session, code, placed=True)
            if state is not None and project is not None and state.round == round_number:
                lots.append((project, state, address(code, lot)))
        invitations = [
            (found, row)
            for row in invitations_for(session, desk.user.organisations("bidder"))
            if (found := projects.project(session, row.project, placed=True)) is not None
        ]
    handed = {(one.project, one.lot, one.round, one.quote) for one in queries.standing(own)}
    takes = [
        (project, state, href, until, (project.code, state.lot, state.round, quotes.number(state)) in handed)
        for project, state, href in lots
        if (until := _until(state, now)) is not None
    ]
    return _render(
        desk,
        "bid_desk.html",
        own=own,
        gone=gone,
        titles=titles,
        places=places,
        acts=ACTS,
        takes=takes,
        invitations=invitations,
        lots=lots,
        is_bidder=desk.user.holds("bidder"),
    )


def _until(state: LotState, now: int) -> int | None:
    """Until when a lot takes bids or quotes, Unix seconds; None: it takes none now."""
    asked = quotes.asked(state)
    if asked is not None:
        return asked.event.quotes_until if quotes.is_taking(state, now) else None
    return state.deadline if state.deadline is not None and state.deadline >= now else None


@router.get("/bids/new")
def new_bid(desk: DeskDep) -> Response:
    """The page on which a bid is sealed and sent."""
    desk.roles(*BIDDER)
    code, lot = desk.query("project"), desk.query("lot")
    with desk.log.reading() as session:
        project = projects.project(session, code, placed=True)
        state = None if project is None else queries.lot(session, code, lot)
        if project is None or state is None:
            raise NoSuchLot(project=code, lot=lot)
        asked = quotes.asked(state)
        quote = 0 if asked is None else asked.event.quote
        plan = queries.plan_of(state) if asked is None else asked
        if plan is None:
            raise NoPlan(lot=lot)
        organisation = registry.queries.organisation(session, desk.organisation("bidder") or "")
        if organisation is None or organisation.code is None:
            raise NotABidder
        check_invited(session, code, state, organisation.name, organisation.code, desk.now // 1000)
        acts = queries.acts_of_bidder(session, code, lot, state.round, organisation.id, quote)
        own = next(iter(queries.standing(acts)), None)
        lost = [one.seat for one in plan.event.seats if _is_compromised(session, one.recipient)]
    seats = [{"seat": one.seat, "recipient": one.recipient} for one in plan.event.seats]
    sealing = {"seats": seats, "threshold": plan.event.threshold, "round_number": plan.event.round_number}
    return _render(
        desk,
        "bid_submit.html",
        project=project,
        state=state,
        plan=plan.event,
        lost=lost,
        plan_json=orjson.dumps(sealing).decode(),
        bidder=organisation,
        replaces=None if own is None else own.receipt,
        days=DAYS.get(state.category or "works", ""),
        ceiling=_fen(state, "ceiling_fen"),
        bond=None if asked is not None else _fen(state, "bond_fen", "deposit_fen"),
        bonds=f"/desk/bonds/{escape(code, safe='')}/{escape(lot, safe='')}",
        consortium=state.term("consortium") is not False,
        asked=None if asked is None else asked.event,
        until=state.deadline if asked is None else asked.event.quotes_until,
        opening=address(code, lot),
    )


def _fen(state: LotState, *names: str) -> int | None:
    """The first of these particulars of the lot's notices that is there."""
    return next((value for name in names if type(value := state.term(name)) is int), None)


def _is_compromised(session: Session, recipient: str) -> bool:
    """Whether its organisation says that somebody else may have what opens a seat's shares."""
    key = registry.queries.opening_key(session, recipient, placed=True)
    return key is not None and key.is_compromised


def _render(desk: Desk, template: str, **facts: Any) -> Response:
    return desk.site.pages.render(desk.request, f"trading/{template}", desk=desk, **facts)


@router.get("/bids/{receipt}")
def own_bid(desk: DeskDep) -> Response:
    """A bidder's own receipt, with what may be done about its bid."""
    desk.roles(*BIDDER)
    row = _own(desk)
    with desk.log.reading() as session:
        found = place(session, row.entry_id)
        acts = queries.acts_of_lot(session, row.project, row.lot, row.round, row.quote)
        state = queries.in_round(queries.lot(session, row.project, row.lot), row.round)
        statement = session.get(PrivateValueRow, (row.entry_id, "statement")) if row.act == "refused" else None
        ground = "" if statement is None else orjson.loads(statement.value)["ground"]
    return _render(
        desk,
        "bid_receipt.html",
        row=row,
        place=found,
        what=ACTS[row.act],
        ground=ground,
        stands=any(one.receipt == row.receipt for one in queries.standing(acts)),
        is_open=_is_open(state, row, desk.now),
        is_closed=state is not None and _is_closed(state, row),
        opening=address(row.project, row.lot),
        plan_changed=_plan_changed(state, row),
    )


def _is_open(state: LotState | None, row: SealedActRow, now: int) -> bool:
    """Whether it may still be replaced or taken back. now: Unix milliseconds."""
    if state is None:
        return False
    if row.quote:
        return quotes.number(state) == row.quote and quotes.is_taking(state, now // 1000)
    return state.deadline is not None and now <= state.deadline * 1000


def _is_closed(state: LotState, row: SealedActRow) -> bool:
    return quotes.closed(state, row.quote) is not None if row.quote else state.last(BidClosed) is not None


def _plan_changed(state: LotState | None, row: SealedActRow) -> bool:
    """Whether a newer plan stands than the one for which the bid was sealed: its timelock may open too early."""
    plan = None if state is None or row.quote else queries.plan_of(state)
    return plan is not None and row.plan is not None and plan.entry_id != row.plan


def _own(desk: Desk) -> SealedActRow:
    receipt = desk.path("receipt")
    with desk.log.reading() as session:
        row = None if "\0" in receipt else queries.act_of(session, receipt)
    if row is None or row.organisation not in desk.user.organisations("bidder"):
        raise NoSuchBid(receipt=receipt[:64])
    return row


def withdraw(desk: Desk) -> Form:
    row = _own(desk)

    def command(act: Act, given: Given) -> int:
        return commands.withdraw_bid(act, row.receipt)

    return Form(
        title="撤回投标文件",
        roles=BIDDER,
        back=f"/desk/bids/{row.receipt}",
        note="截止时间前可以撤回，撤回后可以重新递交。公开日志只显示有一件密封事项，不显示标段和投标人。",
        warning="撤回后该投标文件不再有效。",
        done="/desk/bids",
        command=command,
    )


def open_own(desk: Desk) -> Form:
    row = _own(desk)

    def command(act: Act, given: Given) -> int:
        return open_with_key(act, row.receipt, given.text("identity"))

    return Form(
        title="用密钥开启投标文件",
        roles=BIDDER,
        back=f"/desk/bids/{row.receipt}",
        note="开标时间到后，用封装时保存的密钥开启本单位的投标文件。唱标内容将永久公开。",
        fields=(Field(name="identity", label="密钥（AGE-SECRET-KEY-1…）", most=120),),
        blame={"trading.wrong-bid-key": "identity"},
        done=address(row.project, row.lot),
        command=command,
    )


# Openings


@router.get("/openings/{project}/{lot}")
def seat_page(desk: DeskDep) -> Response:
    """What a seat and the project's parties do at an opening."""
    desk.roles(*SEAT_ROLES)
    project, lot = desk.path("project"), desk.path("lot")
    with desk.log.reading() as session:
        state = None if "\0" in project + lot else queries.lot(session, project, lot)
        known = projects.project(session, project)
    if state is None or known is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    with desk.log.reading() as session:
        opened = [one.event for one in readable(session, state)] if may_read(session, desk.user, known) else []
    plan = quotes.asked(state) or queries.plan_of(state)
    own = {one.organisation for role in SEAT_ROLES for one in desk.user.holdings if one.role == role}
    seats = () if plan is None else plan.event.seats
    with desk.log.reading() as session:
        known_names = {
            one.organisation: found.name
            for one in seats
            if (found := registry.queries.organisation(session, one.organisation)) is not None
        }
    mine = [(one.recipient, one.seat) for one in seats if one.organisation in own]
    return _render(
        desk,
        "opening_seat.html",
        project=known,
        state=state,
        plan=None if plan is None else plan.event,
        quote=quotes.number(state),
        opened=opened,
        own=own,
        mine=mine,
        names=known_names,
        wanted=seats_wanted(state, own_organisations(desk)),
        is_closed=state.last(BidClosed) is not None,
        own_seats=sorted(one for one in own if one is not None),
        is_party=any(desk.user.holds(role) for role in PARTIES),
        opening=address(project, lot),
        here=f"/desk{address(project, lot)}",
    )


@router.get("/openings/{project}/{lot}/bids/{receipt}")
def bid_files(desk: DeskDep) -> Response:
    """The files of an opened bid, for those who evaluate it."""
    desk.roles(*READERS)
    return opened_archive(desk.site, desk.user, desk.path("project"), desk.path("lot"), desk.path("receipt"))


def plan(desk: Desk) -> Form:
    project, lot = desk.path("project"), desk.path("lot")
    state = _lot(desk, project, lot)
    times = [one for one in (state.deadline, state.opening_at) if one is not None]
    round_number = first_round_at(max(times)) if times else None
    with desk.log.reading() as session:
        known = projects.project(session, project)
        have_keys = registry.queries.key_holders(session)
        holders = [(one.id, one.name) for one in registry.queries.organisations(session) if one.id in have_keys]

    def command(act: Act, given: Given) -> int:
        seats = (*(SeatWanted(one, one) for one in given.list("holders")), *_seats(given.list("seats")))
        wanted = OpeningWanted(
            project,
            lot,
            state.round,
            tuple(sorted(seats, key=lambda one: one.seat)),
            given.number("threshold"),
            round_number if given.text("timelock") == "yes" else None,
        )
        return commands.plan_opening(act, wanted)

    return Form(
        title="公布开标方案",
        roles=PARTIES,
        back=f"/desk{address(project, lot)}",
        note="投标文件按此方案封装：任意达到门限的席位一起可以开启，时间锁在开标时间后任何人可以开启。",
        fields=(
            Field(
                name="holders",
                label="席位",
                type="choices",
                choices=holders,
                hint="至少两家单位；都不选则不设席位。这里只有已登记开标公钥的单位：其他单位先在“机构密钥”中自行登记。",
                public=True,
                needed=False,
            ),
            Field(name="threshold", label="门限", type="number", most=15, public=True, value="2"),
            Field(
                name="timelock",
                label="时间锁",
                type="choice",
                choices=(("yes", "开标时间的随机信标轮次"), ("no", "不设")),
                public=True,
            ),
            Field(
                name="seats",
                label="另行命名的席位",
                type="lines",
                most=200,
                hint="一行一个：席位名、单位编号，用空格隔开；同一单位持有几个席位时才需要。",
                public=True,
                needed=False,
                group="更多席位",
                folded=True,
            ),
        ),
        blame={
            "trading.bad-opening-plan": "holders",
            "trading.seat-has-no-key": "holders",
            "registry.bad-organisation-id": "seats",
        },
        facts={"project": known, "lot": lot, "until": state.deadline, "applicant": None},
        above="trading/lot_above.html",
        done=address(project, lot),
        command=command,
    )


def _seats(lines: list[str]) -> tuple[SeatWanted, ...]:
    """Raises BadPlan."""
    seats = []
    for line in lines:
        parts = line.split()
        if len(parts) != 2:
            raise BadPlan(why_zh=f"“{line[:40]}”不是两项", why_en=f"{line[:40]!r} is not two things")
        seats.append(SeatWanted(*parts))
    return tuple(seats)


def unopened(desk: Desk) -> Form:
    project, lot = desk.path("project"), desk.path("lot")
    quote = quotes.number(_lot(desk, project, lot))

    def command(act: Act, given: Given) -> int:
        return give_up(act, project, lot, quote)

    return Form(
        title="认定未能开启的投标文件",
        roles=PARTIES,
        back=f"/desk{address(project, lot)}",
        note="解密时限过后，对没有任何密钥可以开启的投标文件逐份记录为未能开启。",
        done=address(project, lot),
        command=command,
    )


def _lot(desk: Desk, project: str, lot: str) -> LotState:
    with desk.log.reading() as session:
        if "\0" in project + lot or projects.project(session, project) is None:
            raise NoSuchProject(project=project[:64])
        state = queries.lot(session, project, lot)
    if state is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    return state


mount(router, "/bids/{receipt}/withdraw", withdraw)
mount(router, "/bids/{receipt}/open", open_own)
mount(router, "/applications/{project}/{lot}", application, max_body=MAX_FORM)
mount(router, "/openings/{project}/{lot}/plan", plan)
mount(router, "/openings/{project}/{lot}/unopened", unopened)
