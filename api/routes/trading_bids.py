"""`/api/v1`: sealed bids. What comes in is encrypted already; what goes out before the deadline is the bidder's own.

Bids come as forms with the encrypted file in them (`multipart/form-data`): in JSON it would be a third longer.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import File, Form, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import dispatch
from api.accounts import User
from api.dependencies import ACT, PROBLEMS, Do, Doer, Done, SignedIn, SiteDep
from api.opened_bids import opened_archive
from api.opening_view import OpeningOut, public_opening
from api.routing import APIRouter
from audit.log import Log
from audit.queries import place
from audit.tables import PrivateValueRow
from trading import queries as projects
from trading.bids import commands, queries
from trading.bids.commands import Bond, Sealed
from trading.bids.errors import NoSuchBid, NotClosedYet
from trading.bids.opening import give_shares, give_up, open_with_key
from trading.bids.parties import SEAT_ROLES
from trading.bids.rules import MAX_BID, MAX_SEATS
from trading.bids.seats import OpeningWanted, SeatWanted
from trading.commands.standing import organisations_of
from trading.errors import NoSuchLot, NotForThatTenderer
from trading.events import BidClosed

router = APIRouter(prefix="/api/v1", tags=["bids"], responses=PROBLEMS)

PARTIES = ("tenderer", "agent", "registrar")
MAX_UPLOAD = MAX_BID + 1024 * 1024
MAX_SHARES = 4 * 1024 * 1024
Code = Annotated[str, Path(max_length=200)]
Hex64 = Annotated[str, Form(pattern="^[0-9a-f]{64}$")]


class BidDone(Done):
    """A sealed act, and what it is known by."""

    bid: str = Field(description="Its receipt's id, 32 hexadecimal digits")


class ActOut(BaseModel):
    """One's own sealed act."""

    bid: str
    act: str
    project: str
    lot: str
    round: int
    replaces: str | None
    quote: int = Field(description="Which time that quotes were asked for; 0: the bid itself")
    stands: bool = Field(description="Whether it is a bid that was neither replaced nor taken back")
    seq: int | None


class StatementOut(BaseModel):
    """What a sealed entry commits to. With it and the log's receipt its bidder proves what came in and when."""

    entry: int
    seq: int | None
    salt: str = Field(description="64 hexadecimal digits")
    statement: str = Field(description="Canonical JSON: the very bytes that were committed to")


class SeatIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    seat: str = Field(max_length=32, description="Its name here")
    organisation: str = Field(max_length=40, description="Its organisation's id, which has an opening key in force")


class PlanIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    round: int
    seats: list[SeatIn] = Field(max_length=MAX_SEATS, description="Ascending by `seat`; empty: no shares are made")
    threshold: int = Field(description="How many seats open a bid; 0 without seats")
    round_number: int | None = Field(description="drand round of the opening's time; null: no timelock")


class SharesIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    seat: str = Field(max_length=32)
    shares: dict[str, str] = Field(description="Receipt of each bid to the seat's share of its key, 66 digits")
    quote: int = Field(0, ge=0, le=999, description="Which time quotes were asked for; 0: the bids")


class KeyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    identity: str = Field(max_length=200, description="`AGE-SECRET-KEY-1…`, as it was made when the bid was sealed")


class BondIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    bidder: str
    bidder_code: str
    form: Literal["transfer", "guarantee", "insurance", "cheque", "other"]
    amount_fen: int
    account_digest: Annotated[str | None, Field(pattern="^[0-9a-f]{64}$")] = None
    reference: str


@router.get("/projects/{project}/lots/{lot}/opening")
def opening(
    project: Code,
    lot: Code,
    site: SiteDep,
    round: Annotated[int | None, Query(ge=1, le=99)] = None,
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
    quote: Annotated[int, Query(ge=0, le=999)] = 0,
) -> OpeningOut:
    """The opening of a lot's bids, or of a quote asked for after it. `after`: how many opened ones you have already."""
    with site.log.reading() as session:
        found = None if "\0" in project + lot else public_opening(session, site.log, project, lot, round, after, quote)
    if found is None:
        raise NoSuchLot(project=project, lot=lot)
    return found[0]


@router.post("/projects/{project}/lots/{lot}/opening", **ACT)
def plan_opening(project: Code, lot: Code, body: PlanIn, do: Do) -> Done:
    """Plan the opening: who holds its seats, how many of them open a bid, and the timelock's round.

    The seats' keys are those that their organisations have recorded themselves; nobody else can name one.
    """
    seats = tuple(SeatWanted(one.seat, one.organisation) for one in body.seats)
    wanted = OpeningWanted(project, lot, body.round, seats, body.threshold, body.round_number)
    return do(PARTIES, lambda act: commands.plan_opening(act, wanted))


@router.post("/projects/{project}/lots/{lot}/bids", max_body_size=MAX_UPLOAD, **(ACT | {"response_model": BidDone}))
def seal_bid(
    project: Code,
    lot: Code,
    do: Do,
    user: SignedIn,
    sealed: Annotated[UploadFile, File(description="The bid as an age file")],
    keys: Annotated[str, Form(max_length=64 * 1024, description="`mingtang-bid-keys/1`")],
    plain_sha256: Hex64,
    replaces: Annotated[str | None, Form(max_length=32)] = None,
    quote: Annotated[int, Form(ge=0, le=999, description="Which time it was asked for; 0: the bid itself")] = 0,
) -> BidDone:
    """Submit a sealed bid, a quote that was asked for after the opening, or one in the place of another."""
    data = _stored(do, user, sealed, MAX_BID + 1)
    made = Sealed(data.sha256, data.size, keys.encode(), plain_sha256)
    return _done(
        do.log, do(("bidder",), lambda act: commands.seal_bid(act, project, lot, made, replaces or None, quote))
    )


@router.post("/bids/{bid}/withdrawals", **(ACT | {"response_model": BidDone}))
def withdraw_bid(bid: Code, do: Do) -> BidDone:
    """Take a bid back before the deadline."""
    return _done(do.log, do(("bidder",), lambda act: commands.withdraw_bid(act, bid)))


@router.post("/bids/{bid}/key", **ACT)
def open_bid(bid: Code, body: KeyIn, do: Do) -> Done:
    """Open one's own bid at the opening, with the key that was kept."""
    return do(("bidder",), lambda act: open_with_key(act, bid, body.identity))


@router.post("/projects/{project}/lots/{lot}/shares", max_body_size=MAX_SHARES, **ACT)
def give(project: Code, lot: Code, body: SharesIn, do: Do) -> Done:
    """Give a seat's shares of the bids' keys, at the opening."""
    return do(SEAT_ROLES, lambda act: give_shares(act, project, lot, body.seat, body.shares, body.quote))


@router.post("/projects/{project}/lots/{lot}/unopened", **ACT)
def give_up_rest(project: Code, lot: Code, do: Do, quote: Annotated[int, Query(ge=0, le=999)] = 0) -> Done:
    """Record of every bid that is left, or every quote of that time, that no key came for it in time."""
    return do(PARTIES, lambda act: give_up(act, project, lot, quote))


@router.get(
    "/projects/{project}/lots/{lot}/bids/{bid}/content",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}, "description": "`statement.json` and the bid's files"}},
)
def bid_content(project: Code, lot: Code, bid: Code, site: SiteDep, user: SignedIn) -> Response:
    """The files of an opened bid, or quote, as a ZIP: for the tenderer of the project and its engaged agent."""
    return opened_archive(site, user, project, lot, bid)


@router.post("/projects/{project}/lots/{lot}/bonds", **(ACT | {"response_model": BidDone}))
def record_bond(project: Code, lot: Code, body: BondIn, do: Do) -> BidDone:
    """Record that a bid bond has come in."""
    bond = Bond(**body.model_dump())
    return _done(do.log, do(("registrar", "bidder"), lambda act: commands.record_bond(act, project, lot, bond)))


@router.post(
    "/projects/{project}/lots/{lot}/applications", max_body_size=MAX_UPLOAD, **(ACT | {"response_model": BidDone})
)
def apply(
    project: Code,
    lot: Code,
    do: Do,
    user: SignedIn,
    application: Annotated[
        UploadFile, File(description="Of a prequalification: an age file to its readers' recorded opening keys")
    ],
) -> BidDone:
    """Apply to be prequalified, or to take part in a sale."""
    data = _stored(do, user, application, MAX_BID)
    return _done(do.log, do(("bidder",), lambda act: commands.apply_to_take_part(act, project, lot, data.sha256)))


class ApplicationOut(BaseModel):
    """Who applied to be prequalified."""

    application: str = Field(description="Its receipt, 32 hexadecimal digits")
    bidder: str
    bidder_code: str


@router.get("/projects/{project}/lots/{lot}/applications")
def applications(
    project: Code,
    lot: Code,
    site: SiteDep,
    user: SignedIn,
    round: Annotated[int | None, Query(ge=1, le=99)] = None,
) -> list[ApplicationOut]:
    """Who applied in time, once bids are closed: for the project's tenderer, its agent and a registrar."""
    role = dispatch.acting_role(user, PARTIES)
    with site.log.reading() as session:
        state = None if "\0" in project + lot else queries.in_round(queries.lot(session, project, lot), round)
        known = None if state is None else projects.project(session, project)
        if state is None or known is None:
            raise NoSuchLot(project=project[:64], lot=lot[:64])
        if role != "registrar" and not user.organisations(role) & organisations_of(session, known, role):
            raise NotForThatTenderer(actor=f"{role}:{user.account}", tenderer=known.tenderer_name)
        if state.last(BidClosed) is None:
            raise NotClosedYet(lot=lot)
        return [
            ApplicationOut(application=one.receipt, bidder=one.bidder, bidder_code=one.bidder_code)
            for one in queries.applicants(session, project, lot, state.round)
        ]


@router.get("/bids")
def own_acts(site: SiteDep, user: SignedIn) -> list[ActOut]:
    """The sealed acts of the organisations that this account bids for, newest first; nobody else sees them."""
    dispatch.acting_role(user, ("bidder",))
    with site.log.reading() as session:
        acts = [one for organisation in user.organisations("bidder") for one in queries.acts_of(session, organisation)]
        gone = {one.replaces for one in acts}
        return [
            ActOut(
                bid=one.receipt,
                act=one.act,
                project=one.project,
                lot=one.lot,
                round=one.round,
                replaces=one.replaces,
                quote=one.quote,
                stands=one.act in queries.BIDS and one.receipt not in gone,
                seq=None if (found := place(session, one.entry_id)) is None else found.seq,
            )
            for one in acts
        ]


@router.get("/bids/{bid}/sealed", response_class=Response)
def sealed_file(bid: Code, site: SiteDep, user: SignedIn) -> Response:
    """The encrypted file of one's own bid, as the centre keeps it."""
    dispatch.acting_role(user, ("bidder",))
    with site.log.reading() as session:
        row = None if "\0" in bid else queries.act_of(session, bid)
    if row is None or row.act not in queries.BIDS or row.organisation not in user.organisations("bidder"):
        raise NoSuchBid(receipt=bid)
    data = site.log.blobs.get(row.sealed_sha256 or "")
    if data is None:
        raise NoSuchBid(receipt=bid)
    headers = {"Content-Disposition": f'attachment; filename="bid-{bid[:8]}.age"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/bids/{bid}/statement")
def statement(bid: Code, site: SiteDep, user: SignedIn) -> StatementOut:
    """What the entry of one's own sealed act commits to, with the salt."""
    dispatch.acting_role(user, ("bidder",))
    with site.log.reading() as session:
        row = None if "\0" in bid else queries.act_of(session, bid)
        value = None if row is None else session.get(PrivateValueRow, (row.entry_id, "statement"))
        if row is None or value is None or row.organisation not in user.organisations("bidder"):
            raise NoSuchBid(receipt=bid)
        found = place(session, row.entry_id)
        return StatementOut(
            entry=row.entry_id,
            seq=None if found is None else found.seq,
            salt=value.salt.hex(),
            statement=value.value.decode(),
        )


@dataclass(frozen=True)
class _Stored:
    sha256: str
    size: int


def _stored(do: Doer, user: User, upload: UploadFile, most: int) -> _Stored:
    """Keep a bidder's file before the act, which others wait for while it holds its locks."""
    dispatch.acting_role(user, ("bidder",))
    data = upload.file.read(most)
    return _Stored(do.log.blobs.put(data), len(data))


def _done(log: Log, done: Done) -> BidDone:
    with log.reading() as session:
        row = queries.act_of_entry(session, done.entry)
    assert row is not None
    return BidDone(**done.model_dump(), bid=row.receipt)
