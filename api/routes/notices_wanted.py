"""What somebody looks for, from an address; and the notices found, as JSON."""

from datetime import date, datetime, timedelta
from typing import Annotated, get_args

from fastapi import Query
from pydantic import BaseModel, Field

from api.dependencies import MAX_INTEGER, PROBLEMS, SiteDep
from api.pages import SHANGHAI
from api.routes.facts import Id, Limit, Out, PlaceOut, Words
from api.routing import APIRouter
from trading import queries
from trading.errors import NoSuchNotice
from trading.events import Field as Member
from trading.events import Method, NoticeKind, Term, Trade
from trading.model import Notice
from trading.search import COUNTED, Tally, Wanted, search_page, tally
from trading.search_tokens import BANDS

router = APIRouter(prefix="/api/v1", tags=["facts"], responses=PROBLEMS)

TRADES: tuple[Trade, ...] = get_args(Trade)
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
Fen = Annotated[int | None, Query(ge=0, le=MAX_INTEGER)]
Region = Annotated[str, Query(max_length=6, pattern=r"^(\d\d|\d{4}|\d{6}|)$", description="Two, four or six digits")]
Code = Annotated[str, Query(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


def midnight(day: date) -> int:
    """When a day begins in Beijing, Unix seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp())


def day_of(text: str) -> date | None:
    """A day as typed or linked; anything else asks for nothing."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 2200 else None


def span(since: date | None, until: date | None) -> tuple[int | None, int | None]:
    """Both days belong to it: (first second, first second after it)."""
    return (
        None if since is None else midnight(since),
        None if until is None else midnight(until + timedelta(days=1)),
    )


class HitOut(Out):
    id: str
    version: int
    title: str
    kind: NoticeKind
    trade: Trade
    region: str
    project: str
    project_title: str
    lot: str | None
    tenderer: str = Field(description="The organisation's id")
    tenderer_name: str
    agent: str | None = Field(description="Code of the agency engaged when it was published")
    amount_fen: int | None
    valid_until: int | None = Field(description="Unix seconds")
    withdrawn: str | None = Field(description="Why it counts no longer")
    place: PlaceOut = Field(description="Of the newest version")


class CountOut(BaseModel):
    value: str
    count: int


class CountsOut(BaseModel):
    total: int
    is_all: bool = Field(description=f"Whether all were counted; else only the newest {COUNTED}, or fewer")
    facets: dict[str, list[CountOut]] = Field(description=f"`band` counts amounts; its bounds in fen are {BANDS}")

    @classmethod
    def of(cls, counted: Tally) -> "CountsOut":
        facets = {
            name: [CountOut(value=value, count=count) for value, count in values]
            for name, values in counted.facets.items()
        }
        return cls(total=counted.total, is_all=counted.is_all, facets=facets)


class FoundOut(BaseModel):
    items: list[HitOut]
    next: int | None = Field(description="Give it as `before` for the page that follows; null at the end")
    counts: CountsOut


class FileOut(Out):
    name: str
    media_type: str
    size: int
    sha256: str


class NoticeVersionOut(BaseModel):
    id: str
    version: int
    kind: NoticeKind
    project: str
    lot: str | None
    round: int
    method: Method | None
    predecessor: str | None
    title: str
    text: list[str]
    terms: list[Term]
    valid_from: int
    valid_until: int | None
    media: list[str]
    files: list[FileOut]
    changed: list[Member]
    reason: str | None
    withdrawn: str | None
    place: PlaceOut

    @classmethod
    def of(cls, notice: Notice) -> "NoticeVersionOut":
        content = notice.content
        return cls(
            id=notice.id,
            version=notice.version,
            kind=notice.kind,
            project=notice.project,
            lot=notice.lot,
            round=notice.round,
            method=notice.method,
            predecessor=notice.predecessor,
            title=content.title,
            text=list(content.text),
            terms=list(content.terms),
            valid_from=content.valid_from,
            valid_until=content.valid_until,
            media=list(content.media),
            files=[FileOut.model_validate(file) for file in notice.files],
            changed=list(notice.changed),
            reason=notice.reason,
            withdrawn=notice.withdrawn,
            place=PlaceOut.model_validate(notice.place),
        )


@router.get("/notices")
def search_notices(
    site: SiteDep,
    q: Words = "",
    trade: Trade | None = None,
    kind: NoticeKind | None = None,
    region: Region = "",
    tenderer: Code = "",
    agent: Code = "",
    least_fen: Fen = None,
    most_fen: Fen = None,
    since: date | None = None,
    until: date | None = None,
    before: Annotated[int | None, Query(ge=0, le=MAX_INTEGER)] = None,
    limit: Limit = 50,
) -> FoundOut:
    """Notices, the ones published or corrected last first. `q`: words apart by spaces; two characters of Chinese do.

    `since` and `until` are days in Beijing, both included. Of common words that hardly ever stand together a page may
    hold fewer than `limit`, or none, and yet have a `next`: it looks through so many of the newest and no more at once.
    """
    starts, ends = span(_sane(since), _sane(until))
    wanted = Wanted(q, trade, kind, region, tenderer, agent, None, least_fen, most_fen, starts, ends)
    size = site.log.published_size
    with site.log.reading() as session:
        page = search_page(session, wanted, size, before=before, limit=limit)
        counts = site.market.upto(session, size).tally(wanted) or tally(session, wanted, size)
    return FoundOut(
        items=[HitOut.model_validate(hit) for hit in page.hits],
        next=None if counts.is_all and not counts.total else page.further,
        counts=CountsOut.of(counts),
    )


@router.get("/notices/{notice}")
def notice_versions(notice: Id, site: SiteDep) -> list[NoticeVersionOut]:
    """A notice in all its versions, the newest first."""
    with site.log.reading() as session:
        found = queries.notice_versions(session, notice, placed=True)
    if not found:
        raise NoSuchNotice(project="—", notice=notice)
    return [NoticeVersionOut.of(one) for one in found]


def _sane(day: date | None) -> date | None:
    return day if day is None else day_of(day.isoformat())
