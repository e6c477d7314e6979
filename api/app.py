"""The application: `create_app(log, settings)` serves the pages, the JSON API, the log's files, its stream and feeds.

Time comes with the log; nothing here has a clock or a setting that moves one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from typing import Any, ClassVar

import anyio
import anyio.to_thread
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Scope

from api import accounts, dispatch, problems, security
from api.bidding_stream import Biddings
from api.conditional import IMMUTABLE
from api.dependencies import Site
from api.draw_stream import Draws
from api.following import keeping
from api.pages import STATIC, Pages
from api.routes import (
    agency_forms,
    bidding,
    changes,
    check,
    console,
    desk,
    desk_exports,
    desk_invitations,
    desk_qualification,
    desk_registrations,
    desk_signs,
    disclosure,
    draw_state,
    entries,
    facts,
    fairness,
    feeds,
    following,
    join,
    join_bidder,
    law,
    log_files,
    lottery,
    members,
    minutes,
    notices,
    notices_parties,
    notices_statistics,
    notices_wanted,
    ocds,
    pages,
    public_agencies,
    public_agencies_forms,
    public_draws,
    public_exports,
    public_home,
    public_organisations,
    public_projects,
    public_rules,
    public_seat,
    registry,
    registry_forms,
    registry_intake,
    registry_public,
    registry_rulebook,
    registry_supervision,
    screen,
    sign_in,
    trading,
    trading_bids,
    trading_bids_desk,
    trading_bids_pages,
    trading_events,
    trading_exports,
    trading_invitations,
    trading_qualification,
    why,
)
from api.routing import APIRouter, operation_id
from api.stream import Head
from audit.errors import Refusal
from audit.log import SOFTWARE, Log
from audit.settings import Settings
from lottery.queries.fairness import History
from trading.market import Market

MAX_BODY = 1024 * 1024
"""Bytes of a request; routes that take files say a limit of their own."""
THREADS = 80
"""Requests worked on at once: forms that wait for their entry's place hold a thread, but no connection."""
HOUSEKEEPING = 3600.0
"""Seconds between two looks at what may be forgotten."""

LONG = 20_000
"""Entries of a log of which it is felt when somebody first asks for all counts."""

Background = Callable[[Log], Awaitable[None]]
"""Something that runs beside the requests until it is cancelled, such as the conductor of draws."""

talk = logging.getLogger(__name__)


class Static(StaticFiles):
    """Files whose address names their content (`pages.asset`) are kept for ever, any others are asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = IMMUTABLE if scope["query_string"].startswith(b"v=") else "no-cache"
        return response


class Application(FastAPI):
    """FastAPI, with what must hold for every answer put around what it answers by itself (413, 500)."""

    _document: ClassVar[dict[str, Any]] = {}

    def openapi(self) -> dict[str, Any]:
        """Made once in a process, in seconds: every application of it has the same routes."""
        if not Application._document:
            Application._document = super().openapi()
        return Application._document

    def build_middleware_stack(self) -> ASGIApp:
        https = self.state.site.https
        return security.SecurityHeaders(problems.TooLargeAsProblem(super().build_middleware_stack()), https)


def create_app(
    log: Log,
    settings: Settings,
    *,
    demo: bool = False,
    background: Sequence[Background] = (),
    sequencing: bool = True,
) -> FastAPI:
    """The application over an open log.

    demo: every page says 演示. background: run beside the requests, each until the end. sequencing: start and stop
    the log's own thread with the application; False where whoever built it does that.
    """
    head, draws, biddings = Head(log), Draws(log), Biddings(log)
    drawn = Pages(log, settings, demo)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        if sequencing:
            log.start()
        # Ended by the scope and not task by task, which waits for the threads they have at work in the database.
        async with anyio.create_task_group() as beside:
            counted = _counting(app.state.site.market)
            for run in (_follow(head), _follow(draws), _follow(biddings), _housekeep, counted, *background):
                beside.start_soon(_run, run, log)
            try:
                yield
            finally:
                head.close()
                draws.close()
                biddings.close()
                beside.cancel_scope.cancel()
        if sequencing:
            await anyio.to_thread.run_sync(log.stop)

    app = Application(
        title="Mingtang 明堂",
        summary="公共资源交易中心的公开日志与业务接口",
        version=SOFTWARE.partition("/")[2],
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        max_body_size=MAX_BODY,
        generate_unique_id_function=operation_id,
        # Spans and logs of the framework can hold request bodies; nothing of that leaves this process.
        telemetry={
            "auto_configure": False,
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
        },
    )
    app.state.site = Site(log, settings, drawn, head, draws, biddings)
    app.state.pages = drawn
    app.state.history = History()
    problems.install(app)
    app.add_middleware(security.SameSiteOnly, base_url=settings.base_url, refuse=problems.cross_site)
    app.add_middleware(security.HeadAsGet)
    app.router.routes.extend(_routes())
    app.mount("/static", Static(directory=STATIC), name="static")
    return app


@cache
def _routes() -> list[BaseRoute]:
    """The routes, for every application of this process."""
    site = APIRouter()
    # Routes are tried in this order, one after the other, and there are many: what programs ask for comes first, since
    # they wait for nothing else, and the desks last, which have by far the most.
    for router in (
        registry.router,
        trading.router,
        trading_bids.router,
        trading_qualification.router,
        trading_invitations.router,
        desk_signs.programs,
        bidding.router,
        trading_events.router,
        lottery.router,
        log_files.router,
        entries.router,
        changes.router,
    ):
        site.include_router(router)
    for router in (
        registry_forms.router,
        members.router,
        facts.router,
        notices_wanted.router,
        notices_statistics.api,
        fairness.router,
        registry_public.router,
        why.router,
        disclosure.router,
        following.router,
    ):
        site.include_router(router)
    for router in (registry_intake.router, registry_rulebook.router, registry_supervision.router):
        site.include_router(router)
    for router in (
        feeds.router,
        ocds.router,
        sign_in.router,
        join.router,
        join_bidder.router,
        join_bidder.programs,
        pages.router,
        check.router,
    ):
        site.include_router(router)
    # Before pages whose addresses look like theirs.
    for router in (public_exports.router, trading_exports.router, desk_exports.router):
        site.include_router(router)
    for router in (
        public_home.router,
        public_draws.router,
        fairness.pages,
        screen.router,
        draw_state.router,
        console.router,
        minutes.router,
        why.pages,
        public_agencies.router,
        public_agencies_forms.router,
        public_rules.router,
        public_organisations.router,
        law.router,
        disclosure.pages,
        following.pages,
        bidding.pages,
        public_projects.router,
        notices.router,
        notices_parties.router,
        notices_statistics.router,
        public_seat.router,
        trading_bids_pages.router,
        agency_forms.router,
    ):
        site.include_router(router)
    site.include_router(trading_bids_desk.router)
    site.include_router(desk_invitations.router)
    site.include_router(desk_registrations.router)
    site.include_router(desk_signs.router)
    site.include_router(desk_qualification.router)
    site.include_router(bidding.desk)
    site.include_router(desk.router)
    return site.routes


def _follow(streams: Head | Draws) -> Background:
    async def run(_: Log) -> None:
        await streams.run()

    return run


def _counting(market: Market) -> Background:
    """Count what is traded where that takes a while, before the first visitor would wait for it."""

    def count(log: Log) -> None:
        size = log.published_size
        with log.reading() as session:
            market.upto(session, size)

    async def run(log: Log) -> None:
        if log.published_size >= LONG:
            await anyio.to_thread.run_sync(count, log)

    return run


async def _run(run: Background, log: Log) -> None:
    try:
        await run(log)
    except Exception:  # one that fails must not take the pages with it
        talk.exception("something that runs beside the requests has ended")


async def _housekeep(log: Log) -> None:
    while True:
        with suppress(DBAPIError, Refusal):  # what could not be forgotten now is forgotten in an hour
            await anyio.to_thread.run_sync(accounts.forget_ended, log)
            await anyio.to_thread.run_sync(dispatch.forget_old_keys, log)
            await anyio.to_thread.run_sync(desk.forget_old, log)
            await anyio.to_thread.run_sync(keeping.forget_old, log)
        await asyncio.sleep(HOUSEKEEPING)
