"""`/log/…`: the log as anyone may copy and check it. What lies in the data folder under log/ is served just so."""

import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from api.conditional import IMMUTABLE, respond
from api.dependencies import MAX_INTEGER, SiteDep
from api.errors import NoSuchBlob
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit import queries
from audit.queries import NoSuchEntry
from audit.tiles import BadTilePath, parse_tile_path

router = APIRouter(prefix="/log", include_in_schema=False)

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
OPEN = {"Access-Control-Allow-Origin": "*"}
"""Any site may read the log: a checker in the browser need not be ours."""
ALWAYS_ASK = OPEN | {"Cache-Control": "no-cache"}
FOR_EVER = OPEN | {"Cache-Control": IMMUTABLE}
# A blob is what somebody uploaded: whatever it claims to be, no browser runs it or shows it as ours.
BLOB = FOR_EVER | {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}

_decimal = re.compile("0|[1-9][0-9]{0,15}")
_sha256 = re.compile("[0-9a-f]{64}")


@router.get("/checkpoint")
def checkpoint(request: Request, site: SiteDep) -> Response:
    data = site.log.checkpoint()
    return respond(request, data, hashlib.sha256(data).hexdigest(), TEXT, ALWAYS_ASK)


@router.get("/vkey")
def vkey(request: Request, site: SiteDep) -> Response:
    data = f"{site.log.vkey}\n".encode()
    return respond(request, data, hashlib.sha256(data).hexdigest(), TEXT, ALWAYS_ASK)


@router.get("/tile/{path:path}")
def tile(path: str, request: Request, site: SiteDep) -> Response:
    name = f"tile/{path}"
    parse_tile_path(name)  # nothing but a tile's own path reaches the disk
    data = site.log.folder.read(name)
    if data is None:
        raise BadTilePath(path=name)
    return respond(request, data, hashlib.sha256(data).hexdigest(), BYTES, FOR_EVER)


@router.get("/entry/{seq}")
def entry(seq: str, request: Request, site: SiteDep) -> Response:
    index = place(seq)
    with site.log.reading() as session:
        data = queries.entry_data(session, index, site.log.published_size)
    return respond(request, data, hashlib.sha256(data).hexdigest(), "application/json", FOR_EVER)


@router.get("/receipt/{seq}")
def receipt(seq: str, request: Request, site: SiteDep) -> Response:
    index = place(seq)
    size = site.log.published_size
    with site.log.reading() as session:
        data = queries.receipt(session, site.log.folder, index, size)
    name = {"Content-Disposition": f'attachment; filename="entry-{index}.tlog-proof"'}
    return respond(request, data, hashlib.sha256(data).hexdigest(), TEXT, ALWAYS_ASK | name)


@router.get("/blob/{sha256}")
def blob(sha256: str, request: Request, site: SiteDep) -> Response:
    path = site.log.folder.path(f"blob/{sha256}")
    if not _sha256.fullmatch(sha256) or not path.is_file():
        raise NoSuchBlob
    name = {"Content-Disposition": f'attachment; filename="{sha256}"'}
    unchanged = respond(request, b"", sha256, BYTES, BLOB | name)
    if unchanged.status_code == 304:
        return unchanged
    return FileResponse(path, headers=BLOB | name | {"ETag": f'"{sha256}"'}, media_type=BYTES)


@router.get("/stream")
async def stream(
    request: Request,
    site: SiteDep,
    after: Annotated[int | None, Query(ge=0, le=MAX_INTEGER)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Entries as they are published, `event: entry`, `id:` the seq, `data:` the entry's bytes.

    A reconnecting browser says in Last-Event-ID what it had, which therefore wins over the address it began with.
    """
    headers = ALWAYS_ASK | {"X-Accel-Buffering": "no"}
    if request.scope.get("mingtang.head"):
        return Response(headers=headers, media_type="text/event-stream")
    head = site.head.size - 1
    if last_event_id is not None and _decimal.fullmatch(last_event_id):
        after = int(last_event_id)
    # Who names a place that is not there yet has read another log, or guessed: it gets what comes from now on.
    start = head if after is None else min(after, head)
    address = client_address(request)
    site.audience.check(address)
    events = site.audience.seated(address, _events(site.head.follow(start)))
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _events(following: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    yield b"retry: 2000\n\n"
    async for events in following:
        yield events


def place(seq: str) -> int:
    """A seq in the one form it is written in. Raises NoSuchEntry."""
    if not _decimal.fullmatch(seq):
        raise NoSuchEntry(seq=seq[:20])
    return int(seq)
