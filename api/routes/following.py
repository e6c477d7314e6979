"""Saved searches: the feeds of any search, saving one, and what its owner does with it; the same as JSON."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from api import problems, throttle
from api.conditional import respond
from api.dependencies import MAX_INTEGER, PROBLEMS, Language, Site, SiteDep, Visitor
from api.feeds import Feed
from api.following import asked, errors, feeds, keeping, keys, webhooks
from api.following.feeds import PAGE
from api.following.keeping import Following, Owner
from api.following.outward import Outward
from api.i18n import Lang
from api.routes.desk_request import PostedDep
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit import entry as entries
from audit import queries
from audit.errors import Refusal
from trading.search import Hit, search

pages = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/api/v1/following", tags=["following"], responses=PROBLEMS)

PER_ADDRESS, PER_MAILBOX = 20, 5
"""Searches saved from one address, and mails that ask one mailbox to confirm, in the throttle's window."""

Before = Annotated[int | None, Query(ge=0, le=MAX_INTEGER)]
Id = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]


# Feeds


@pages.get("/notices.atom")
def notices_atom(request: Request, site: SiteDep, lang: Language, before: Before = None) -> Response:
    """Of any search, by its address; nothing need be saved."""
    return _feed(request, site, lang, asked.query_of(request.query_params), "/notices.atom", before)


@pages.get("/notices.json")
def notices_json(request: Request, site: SiteDep, lang: Language, before: Before = None) -> Response:
    return _feed(request, site, lang, asked.query_of(request.query_params), "/notices.json", before)


@pages.get("/following/{following}.atom")
def following_atom(following: Id, request: Request, site: SiteDep, before: Before = None) -> Response:
    known = keeping.known(site.log, following)
    return _feed(request, site, known.lang, known.query, f"/following/{following}.atom", before, is_saved=True)


@pages.get("/following/{following}.json")
def following_json(following: Id, request: Request, site: SiteDep, before: Before = None) -> Response:
    known = keeping.known(site.log, following)
    return _feed(request, site, known.lang, known.query, f"/following/{following}.json", before, is_saved=True)


def _feed(
    request: Request, site: Site, lang: Lang, query: str, path: str, before: int | None, is_saved: bool = False
) -> Response:
    size = site.log.published_size
    with site.log.reading() as session:
        hits = search(session, asked.wanted_of(query), size, before=before, limit=PAGE + 1)
        opened = entries.parse(queries.entry_data(session, 0, size)).logged
    feed = Feed(
        origin=site.log.origin,
        opened=opened,
        base_url=site.settings.base_url.rstrip("/"),
        lang=lang,
        filters={} if is_saved else dict(asked.pairs(query)),
        entries=(),
        before=before,
        older=hits[PAGE - 1].place.seq if len(hits) > PAGE else None,
    )
    is_atom = path.endswith(".atom")
    write: Callable[[Feed, str, str, Sequence[Hit]], bytes] = feeds.atom if is_atom else feeds.json_feed
    data = write(feed, asked.told(query, lang), path, hits[:PAGE])
    media_type = f"application/{'atom+xml' if is_atom else 'feed+json'}; charset=utf-8"
    headers = {"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language", "Access-Control-Allow-Origin": "*"}
    return respond(request, data, hashlib.sha256(data).hexdigest(), media_type, headers)


# Saving one


def save(request: Request, site: Site, query: str, lang: Lang, email: str | None, account: str | None) -> Following:
    """Raises TooManyFollowings, and what `keeping.save` refuses."""
    query = asked.canonical(query)
    throttle.each(site.log, "following", client_address(request), PER_ADDRESS, errors.TooManyFollowings)
    if email is not None:
        throttle.each(site.log, "following mailbox", email.lower(), PER_MAILBOX, errors.TooManyFollowings)
    return keeping.save(site.log, query, lang, site.settings.base_url, email, account)


@pages.get("/following")
def following_form(request: Request, site: SiteDep, user: Visitor, lang: Language) -> Response:
    return _form(request, site, user.account if user else None, lang, asked.query_of(request.query_params))


@pages.post("/following")
def following_saved(request: Request, site: SiteDep, user: Visitor, lang: Language, posted: PostedDep) -> Response:
    account, query = (user.account if user else None), posted.text("query")
    try:
        saved = save(request, site, query, lang, posted.text("email").strip() or None, account)
    except Refusal as refusal:
        return _form(request, site, account, lang, query, refusal, posted.text("email")[:254])
    if saved.email is None:
        return RedirectResponse(f"/following/{saved.id}", 303)
    return site.pages.render(request, "following/sent.html", 202, query=query, title=asked.told(query, lang))


def _form(
    request: Request,
    site: Site,
    account: str | None,
    lang: Lang,
    query: str,
    refusal: Refusal | None = None,
    email: str = "",
) -> Response:
    try:
        query = asked.canonical(query)
    except errors.BadFollowingQuery:
        query = ""
    mine = [] if account is None else keeping.of_account(site.log, account)
    return site.pages.render(
        request,
        "following/form.html",
        200 if refusal is None else problems.status_of(refusal),
        query=query,
        title=asked.told(query, lang) if query else "",
        refused=None if refusal is None else refusal.message(lang),
        email=email,
        mine=[(one, asked.told(one.query, lang)) for one in mine],
    )


# Its owner


@pages.get("/following/{following}")
def following_page(
    following: Id,
    request: Request,
    site: SiteDep,
    user: Visitor,
    lang: Language,
    key: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    owner = Owner(key, user.account if user else None)
    return _owned(request, site, lang, keeping.owned(site.log, following, owner), key)


@pages.post("/following/{following}")
def following_changed(
    following: Id, request: Request, site: SiteDep, user: Visitor, lang: Language, posted: PostedDep
) -> Response:
    log, key = site.log, posted.text("key")[:100]
    owner = Owner(key, user.account if user else None)
    try:
        if posted.step == "confirm":
            keeping.confirm(log, following, key)
        elif posted.step == "end":
            keeping.end(log, following, owner)
            return site.pages.render(request, "following/ended.html")
        elif posted.step == "webhook":
            keeping.set_webhook(log, following, owner, posted.text("webhook").strip() or None, Outward())
        elif posted.step == "rotate":
            keeping.rotate(log, following, owner)
    except (errors.BadWebhook, errors.NoWebhook, errors.NotConfirmed) as refusal:
        return _owned(request, site, lang, keeping.owned(log, following, owner), key, refusal)
    keeping.owned(log, following, owner)
    return RedirectResponse(f"/following/{following}" + (f"?key={key}" if key else ""), 303)


@pages.post("/following/{following}/stop")
def following_stopped(
    following: Id, request: Request, site: SiteDep, user: Visitor, key: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """What a mail program asks for (RFC 8058): one click ends it."""
    keeping.end(site.log, following, Owner(key))
    return site.pages.render(request, "following/ended.html")


def _owned(
    request: Request, site: Site, lang: Lang, one: Following, key: str, refusal: Refusal | None = None
) -> Response:
    page = site.pages.render(
        request,
        "following/one.html",
        200 if refusal is None else problems.status_of(refusal),
        one=one,
        title=asked.told(one.query, lang),
        key=key,
        secret=webhooks.shown(one.secrets(site.log, site.log.clock())[0]) if one.webhook else "",
        sent=keeping.deliveries(site.log, one.id),
        refused=None if refusal is None else refusal.message(lang),
    )
    page.headers["Cache-Control"] = "no-store"
    return page


# JSON


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class FollowIn(Closed):
    query: Annotated[
        str, Field(max_length=asked.MOST, description="As in the address of the list of notices: `q=…&trade=A`")
    ]
    email: Annotated[str | None, Field(max_length=254, description="Asked to confirm first; null: the account's")] = (
        None
    )
    lang: Literal["zh", "en"] = "zh"


class FollowingOut(BaseModel):
    """A saved search."""

    id: str
    query: str
    confirmed: bool
    atom: str
    json_feed: str
    key: str | None = Field(description="With which its owner changes it; a mailbox gets it by mail only")
    webhook: str | None = None
    webhook_ended: str | None = Field(None, description="`gone`: the receiver answered 410")
    secret: str | None = Field(None, description="Of the webhook, `whsec_…`")

    @classmethod
    def of(cls, site: Site, one: Following, is_owner: bool) -> "FollowingOut":
        base = f"{site.settings.base_url.rstrip('/')}/following/{one.id}"
        return cls(
            id=one.id,
            query=one.query,
            confirmed=one.confirmed is not None,
            atom=f"{base}.atom",
            json_feed=f"{base}.json",
            key=keys.owner_key(site.log, one.id) if is_owner else None,
            webhook=one.webhook if is_owner else None,
            webhook_ended=one.webhook_ended if is_owner else None,
            secret=webhooks.shown(one.secrets(site.log, site.log.clock())[0]) if is_owner and one.webhook else None,
        )


class KeyIn(Closed):
    key: Annotated[str, Field(max_length=100)]


class WebhookIn(KeyIn):
    url: Annotated[str | None, Field(max_length=600, description="null: call no more")]


@router.post("", status_code=201)
def save_following(body: FollowIn, request: Request, site: SiteDep, user: Visitor) -> FollowingOut:
    """Save a search. With `email` it begins once that mailbox confirms; without, whoever is signed in owns it."""
    saved = save(request, site, body.query, body.lang, body.email, user.account if user else None)
    return FollowingOut.of(site, saved, is_owner=saved.email is None)


@router.get("/{following}")
def one_following(following: Id, site: SiteDep) -> FollowingOut:
    """A saved search and its feeds, without anything of its owner."""
    return FollowingOut.of(site, keeping.known(site.log, following), is_owner=False)


@router.post("/{following}/confirmation")
def confirm_following(following: Id, body: KeyIn, site: SiteDep) -> FollowingOut:
    """Confirm the mailbox, with the key of the mail."""
    return FollowingOut.of(site, keeping.confirm(site.log, following, body.key), is_owner=True)


@router.post("/{following}/webhook")
def set_following_webhook(following: Id, body: WebhookIn, site: SiteDep) -> FollowingOut:
    """Let this address be called, or none. The answer has the secret."""
    return FollowingOut.of(
        site, keeping.set_webhook(site.log, following, Owner(body.key), body.url, Outward()), is_owner=True
    )


@router.post("/{following}/webhook/rotation")
def rotate_following_secret(following: Id, body: KeyIn, site: SiteDep) -> FollowingOut:
    """Sign with a new secret; for a day with both."""
    return FollowingOut.of(site, keeping.rotate(site.log, following, Owner(body.key)), is_owner=True)


@router.post("/{following}/end", status_code=204)
def end_following(following: Id, body: KeyIn, site: SiteDep) -> None:
    """Forget a saved search and the address with it."""
    keeping.end(site.log, following, Owner(body.key))
