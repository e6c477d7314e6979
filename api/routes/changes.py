"""`/api/v1/changes`: everything that is published, in order and without a gap, for programs that keep a copy."""

import asyncio
import hashlib
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.conditional import respond
from api.dependencies import MAX_INTEGER, PROBLEMS, Site, SiteDep
from api.endings import ended
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit.entry import Entry
from trading.changes import About, Filter, abouts, changes, concerns
from trading.events import Trade
from trading.ocds.values import instant

router = APIRouter(prefix="/api/v1", tags=["log"], responses=PROBLEMS)

MAX_LIMIT = 500
MAX_WAIT = 30
LITTLE = 1024
"""New entries of which it is looked up once, for all who wait, what they are about."""
_TOMBSTONES = frozenset({"trading.notice_withdrawn"})


class ChangeOut(BaseModel):
    """One entry, and what it is about."""

    seq: int
    logged: str = Field(description="When it was published, RFC 3339")
    kind: str
    subject: str
    project: str | None = Field(description="The project's code, where the entry is about one")
    lot: str | None
    notice: str | None = Field(description="The notice's id, where it is about one")
    tombstone: bool = Field(description="It takes back what is named: nothing is ever deleted")
    ended: int | None = Field(
        description="When the decision that it tells of was over, Unix seconds: no longer to be told"
    )
    entry: str = Field(description="Address of its exact bytes")
    body: dict[str, Any]

    @classmethod
    def of(cls, entry: Entry, over: int | None) -> "ChangeOut":
        kind, _, identifier = entry.subject.partition(":")
        lot, notice = entry.body.get("lot"), entry.body.get("notice")
        return cls(
            seq=entry.seq,
            logged=instant(entry.logged),
            kind=entry.kind,
            subject=entry.subject,
            project=identifier if kind == "project" else None,
            lot=lot if isinstance(lot, str) else None,
            notice=notice if isinstance(notice, str) else None,
            tombstone=entry.kind in _TOMBSTONES,
            ended=over,
            entry=f"/log/entry/{entry.seq}",
            body=entry.body,
        )


class ChangesOut(BaseModel):
    size: int = Field(description="Entries in the published log")
    items: list[ChangeOut]
    next: int = Field(description="What to give as `after` next time: no entry up to here is missing")
    more: bool = Field(description="Whether the log goes on after `next` already")


@router.get("/changes", response_model=ChangesOut)
async def list_changes(
    request: Request,
    site: SiteDep,
    after: Annotated[
        int | None,
        Query(ge=0, le=MAX_INTEGER, description="The place after which to begin; none: at the log's beginning"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
    wait: Annotated[int, Query(ge=0, le=MAX_WAIT, description="Seconds to wait for something new")] = 0,
    kind: Annotated[str | None, Query(max_length=100, pattern=r"^[a-z]+\.[a-z_]*$")] = None,
    project: Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")] = None,
    trade: Trade | None = None,
    region: Annotated[str | None, Query(pattern=r"^[0-9]{2,6}$")] = None,
    tenderer: Annotated[str | None, Query(max_length=64, pattern=r"^[a-z0-9-]+$")] = None,
) -> Response:
    """Entries in the order of the log, oldest first, with a cursor that misses none.

    A `kind` that ends in `.` means all that begin so; so does a `region` of fewer digits. `trade`, `region` and
    `tenderer` are a project's, so that only entries about projects are left. With `wait`, an answer that would be empty
    comes when there is something, or after so many seconds.
    """
    wanted = Filter(kind, project, trade, region, tenderer)
    begin = -1 if after is None else after
    if wait and not request.scope.get("mingtang.head"):
        found = await _waited(request, site, wanted, begin, limit, wait)
    else:
        found = await run_in_threadpool(_read, site, wanted, site.log.published_size, begin, limit)
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return respond(request, found.data, found.tag, "application/json", headers)


@dataclass(frozen=True)
class Found:
    """An answer, and how it is sent."""

    answer: ChangesOut
    data: bytes
    tag: str

    @classmethod
    def of(cls, answer: ChangesOut) -> "Found":
        data = answer.model_dump_json().encode()
        return cls(answer, data, hashlib.sha256(data).hexdigest())


async def _waited(request: Request, site: Site, wanted: Filter, begin: int, limit: int, wait: int) -> Found:
    """The answer as soon as there is something in it. Who waits holds no thread and no connection."""
    address = client_address(request)
    site.audience.check(address)
    until = asyncio.get_running_loop().time() + wait
    found = await _shared(site, wanted, begin, limit)
    with site.audience.seat(address):
        while not found.answer.items and (left := until - asyncio.get_running_loop().time()) > 0:
            if not found.answer.more:
                await site.head.beyond(found.answer.size, left)
                if site.head.size <= found.answer.size:
                    break
            found = await _shared(site, wanted, found.answer.next, limit)
    return found


async def _shared(site: Site, wanted: Filter, after: int, limit: int) -> Found:
    """What thousands wait for is read once. Which of them it concerns is told without a look-up for each."""
    size = site.log.published_size
    if 0 <= size - 1 - after <= LITTLE:
        about = []
        if after < size - 1:
            about = await site.reads.get(("about", size, after), partial(_abouts, site, size, after))
        if not any(concerns(wanted, one) for one in about):
            return Found.of(ChangesOut(size=size, items=[], next=max(size - 1, 0), more=False))
    return await site.reads.get(
        ("changes", wanted, size, after, limit), partial(_read, site, wanted, size, after, limit)
    )


def _abouts(site: Site, size: int, after: int) -> list[About]:
    with site.log.reading() as session:
        return abouts(session, size, after)


def _read(site: Site, wanted: Filter, size: int, after: int, limit: int) -> Found:
    with site.log.reading() as session:
        found, upto = changes(session, size, wanted, after, limit)
        over = ended(session, found, site.log.clock() // 1000)
    items = [ChangeOut.of(entry, over.get(entry.seq)) for entry in found]
    return Found.of(ChangesOut(size=size, items=items, next=max(upto, 0), more=upto < size - 1))
