"""`/ocds/…` and `/ocds-like/sales/…`: what was published, in the form of the Open Contracting Data Standard."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any

import orjson
from fastapi import Query, Request
from starlette.responses import FileResponse, Response

from api.conditional import IMMUTABLE, respond
from api.dependencies import MAX_INTEGER, Site, SiteDep, Visitor
from api.errors import BadMoment, NoSuchOpenData
from api.publication import publication
from api.routing import APIRouter
from trading.ocds import bulk, queries
from trading.ocds.feed import FEEDS, PURCHASES, SALES, Feed, Publication
from trading.ocds.packages import record_package, release_package
from trading.ocds.values import encoded

router = APIRouter(include_in_schema=False)

OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
JSON = "application/json"
MOST = 100
"""Entries whose releases one package holds."""
EXTENSION = ("extension.json", "release-schema.json", "release-package-schema.json")


def _publication(site: Site) -> Publication:
    return publication(site.log, site.settings)


def _answer(request: Request, site: Site, value: Any, published: int) -> Response:
    """published: Unix milliseconds of the newest that it tells of."""
    data = encoded(value)
    second = published // 1000
    modified = second if second < site.log.clock() // 1000 else None
    return respond(request, data, hashlib.sha256(data).hexdigest(), JSON, OPEN, modified)


def _one_release(feed: Feed) -> Callable[..., Response]:
    def get(id: str, request: Request, site: SiteDep) -> Response:
        who = _publication(site)
        with site.log.reading() as session:
            found = None
            if "\0" not in id:
                found = queries.release(session, who, feed, id, site.log.published_size)
        if found is None:
            raise NoSuchOpenData(id=id[:100])
        package = release_package(who, feed, f"/releases/{found.id}", [found], found.published)
        return _answer(request, site, package, found.published)

    return get


def _one_record(feed: Feed) -> Callable[..., Response]:
    def get(ocid: str, request: Request, site: SiteDep) -> Response:
        who = _publication(site)
        with site.log.reading() as session:
            found = [] if "\0" in ocid else queries.record(session, who, feed, ocid, site.log.published_size)
        if not found:
            raise NoSuchOpenData(id=ocid[:100])
        return _answer(request, site, record_package(who, feed, ocid, found), found[-1].published)

    return get


def _packages(feed: Feed) -> Callable[..., Response]:
    def get(
        request: Request,
        site: SiteDep,
        since: Annotated[str | None, Query(max_length=40)] = None,
        cursor: Annotated[int | None, Query(ge=0, le=MAX_INTEGER)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        """Releases in the order of the log. Whoever keeps `links.next` and asks it again later misses none."""
        who, size = _publication(site), site.log.published_size
        with site.log.reading() as session:
            after = -1 if cursor is None else min(cursor, size - 1)
            if cursor is None and since is not None:
                after = queries.first_since(session, _milliseconds(since), size) - 1
            page = queries.page(session, who, feed, after, size, limit)
            told = queries.logged_at(session, max(page.next, 0))
        path = f"/packages?cursor={after}&limit={limit}" if after >= 0 else f"/packages?limit={limit}"
        following = f"{feed.address}/packages?cursor={page.next}&limit={limit}"
        return _answer(request, site, release_package(who, feed, path, page.releases, told, following), told)

    return get


def _milliseconds(text: str) -> int:
    """Raises BadMoment."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped arrives as a blank
    except ValueError as fault:
        raise BadMoment(name="since") from fault
    if moment.tzinfo is None:
        raise BadMoment(name="since")
    return int(moment.timestamp() * 1000)


def _months(feed: Feed) -> Callable[..., Response]:
    def get(request: Request, site: SiteDep) -> Response:
        """Which months there are as files, with digests."""
        who = _publication(site)
        files = [
            {
                "month": one.month,
                "url": f"{who.base_url}{feed.address}/months/{one.month}.jsonl.gz",
                "size": one.size,
                "sha256": one.sha256,
                "releases": one.releases,
                "first": one.first,
                "end": one.end,
            }
            for one in bulk.months(site.log.data, feed)
        ]
        data = orjson.dumps({"publisher": who.publisher, "log": site.log.origin, "months": files})
        return respond(request, data, hashlib.sha256(data).hexdigest(), JSON, OPEN)

    return get


def _one_month(feed: Feed) -> Callable[..., Response]:
    def get(month: str, request: Request, site: SiteDep) -> Response:
        told = next((one for one in bulk.months(site.log.data, feed) if one.month == month), None)
        path = bulk.month_file(site.log.data, feed, month)
        if told is None or path is None:
            raise NoSuchOpenData(id=month[:100])
        headers = OPEN | {"Cache-Control": IMMUTABLE}
        unchanged = respond(request, b"", told.sha256, "application/gzip", headers)
        if unchanged.status_code == 304:
            return unchanged
        headers["ETag"] = f'"{told.sha256}"'
        return FileResponse(path, headers=headers, media_type="application/gzip")

    return get


@router.get("/ocds/extension/{name}")
def extension(name: str, request: Request, site: SiteDep) -> Response:
    """The schema of what the standard's core has no place for."""
    if name not in EXTENSION:
        raise NoSuchOpenData(id=name[:100])
    text = files("trading.ocds").joinpath("extension", name).read_text("utf-8")
    data = text.replace("{base}", site.settings.base_url.rstrip("/")).encode()
    return respond(request, data, hashlib.sha256(data).hexdigest(), JSON, OPEN)


@router.get("/ocds/policy")
def policy(request: Request, site: SiteDep, user: Visitor) -> Response:
    """What is published, how it is to be read, and where."""
    months = {feed.name: bulk.months(site.log.data, feed) for feed in FEEDS}
    return site.pages.render(
        request,
        "trading/open_data.html",
        purchases=PURCHASES.address,
        sales=SALES.address,
        months=months,
        prefix=site.settings.ocds_prefix,
        is_placeholder=site.settings.ocds_prefix == "ocds-000000",
    )


for _feed in FEEDS:
    router.add_api_route(f"{_feed.address}/releases/{{id}}", _one_release(_feed), name=f"{_feed.name}_release")
    router.add_api_route(f"{_feed.address}/records/{{ocid}}", _one_record(_feed), name=f"{_feed.name}_record")
    router.add_api_route(f"{_feed.address}/packages", _packages(_feed), name=f"{_feed.name}_packages")
    router.add_api_route(f"{_feed.address}/months", _months(_feed), name=f"{_feed.name}_months")
    router.add_api_route(f"{_feed.address}/months/{{month}}.jsonl.gz", _one_month(_feed), name=f"{_feed.name}_month")
