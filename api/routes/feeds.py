"""`/feed.atom` and `/feed.json`: the newest entries, all or of one kind or subject."""

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api import feeds
from api.conditional import respond
from api.dependencies import MAX_INTEGER, Language, Site, SiteDep
from api.endings import still_told
from api.feeds import PAGE, Feed
from api.i18n import Lang
from api.routing import APIRouter
from audit import entry as entries
from audit import queries

router = APIRouter(include_in_schema=False)

Kind = Annotated[str | None, Query(max_length=100, pattern=r"^[a-z]+\.[a-z_]+$")]
Subject = Annotated[str | None, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Before = Annotated[int | None, Query(ge=0, le=MAX_INTEGER)]


@router.get("/feed.atom")
def atom(
    request: Request, site: SiteDep, lang: Language, kind: Kind = None, subject: Subject = None, before: Before = None
) -> Response:
    feed = _feed(site, lang, kind, subject, before)
    return _answer(request, feed, feeds.atom, "application/atom+xml; charset=utf-8")


@router.get("/feed.json")
def json_feed(
    request: Request, site: SiteDep, lang: Language, kind: Kind = None, subject: Subject = None, before: Before = None
) -> Response:
    feed = _feed(site, lang, kind, subject, before)
    return _answer(request, feed, feeds.json_feed, "application/feed+json; charset=utf-8")


def _feed(site: Site, lang: Lang, kind: str | None, subject: str | None, before: int | None) -> Feed:
    size = site.log.published_size
    with site.log.reading() as session:
        found = queries.entries(session, size, kind=kind, subject=subject, before=before, limit=PAGE + 1)
        told = still_told(session, found[:PAGE], site.log.clock() // 1000)
        opened = entries.parse(queries.entry_data(session, 0, size)).logged
    return Feed(
        origin=site.log.origin,
        opened=opened,
        base_url=site.settings.base_url.rstrip("/"),
        lang=lang,
        filters={name: value for name, value in (("kind", kind), ("subject", subject)) if value is not None},
        entries=told,
        before=before,
        older=found[PAGE - 1].seq if len(found) > PAGE else None,
    )


def _answer(request: Request, feed: Feed, write: Callable[[Feed], bytes], media_type: str) -> Response:
    data = write(feed)
    headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language", "Access-Control-Allow-Origin": "*"}
    return respond(request, data, hashlib.sha256(data).hexdigest(), media_type, headers)
