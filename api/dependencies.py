"""What routes ask for: the site, who is asking, and the one way to act."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import accounts, dispatch
from api.accounts import User
from api.audience import Audience
from api.bidding_stream import Biddings
from api.console_lights import Lights
from api.counting import KindCounts
from api.directory import Directory
from api.dispatch import Intent, Outcome
from api.draw_stream import Draws
from api.errors import NotSignedIn
from api.i18n import Lang, language
from api.pages import Pages
from api.seat_lists import SeatLists
from api.shared_reads import SharedReads
from api.stream import Head
from audit.act import Act
from audit.log import Log
from audit.settings import Settings
from trading.market import Market

MAX_INTEGER = 2**53 - 1
FORM_KEY = "idempotency_key"
"""The hidden field by which a form says its Idempotency-Key."""


@dataclass(frozen=True)
class Site:
    """Everything that the application was built with."""

    log: Log
    settings: Settings
    pages: Pages
    head: Head
    draws: Draws
    biddings: Biddings
    kinds: KindCounts = field(default_factory=KindCounts)
    market: Market = field(default_factory=Market)
    directory: Directory = field(default_factory=Directory)
    lights: Lights = field(default_factory=Lights)
    audience: Audience = field(default_factory=Audience)
    reads: SharedReads = field(default_factory=SharedReads)
    seat_lists: SeatLists = field(default_factory=SeatLists)

    @property
    def https(self) -> bool:
        return self.settings.base_url.startswith("https:")

    @property
    def session_cookie(self) -> str:
        # With the prefix, browsers take the cookie over https only, from no other host, and for the whole site.
        return "__Host-session" if self.https else "session"


def site(request: Request) -> Site:
    found: Site = request.app.state.site
    return found


async def _site(request: Request) -> Site:
    return site(request)


# Whatever only looks at what is there is `async`: each plain function among a route's dependencies is a trip to another
# thread and back, which costs more than the function. What every command asks for has few dependencies of its own,
# since solving one costs about as much as a query.
SiteDep = Annotated[Site, Depends(_site)]


def token(request: Request) -> str | None:
    """The session's token: from the Authorization header if there is one, else from the cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    return request.cookies.get(site(request).session_cookie)


def visitor(request: Request) -> User | None:
    """Who is asking, if anybody is signed in."""
    held = token(request)
    user = accounts.who(site(request).log, held) if held else None
    request.state.user = user
    return user


Visitor = Annotated[User | None, Depends(visitor)]


def signed_in(request: Request) -> User:
    """Who is asking. Raises NotSignedIn."""
    user = visitor(request)
    if user is None:
        raise NotSignedIn
    return user


SignedIn = Annotated[User, Depends(signed_in)]


async def _language(request: Request) -> Lang:
    return language(request)


Language = Annotated[Lang, Depends(_language)]


IdempotencyKey = Annotated[str | None, Header(description="Repeated with it, a request is not done twice.")]


async def intent(request: Request, idempotency_key: IdempotencyKey = None) -> Intent:
    """What the client wants, in a form that a repetition can be compared with. Form and body were read before."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}\n".encode())
    content_type = request.headers.get("content-type", "")
    if content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        form = await request.form()  # a form's bytes differ between two equal sendings, its values do not
        key = form.get(FORM_KEY)
        idempotency_key = key if isinstance(key, str) else idempotency_key
        for name, value in form.multi_items():
            data = await _file_digest(value) if isinstance(value, UploadFile) else value.encode()
            digest.update(b"%d %b %d %b\n" % (len(name), name.encode(), len(data), data))
    else:
        digest.update(await request.body())
    return Intent(idempotency_key, digest.hexdigest())


async def _file_digest(file: UploadFile) -> bytes:
    digest = hashlib.sha256()
    while chunk := await file.read(1 << 16):
        digest.update(chunk)
    await file.seek(0)
    return digest.digest()


class Done(BaseModel):
    """What a command did: an entry, and its place in the log."""

    entry: int = Field(description="Id under which `/api/v1/entries/{entry}` tells its place")
    seq: int | None = Field(description="Place in the log, once a signed checkpoint holds it; null with status 202")
    receipt: str | None = Field(description="Where its receipt is; null with status 202")

    @classmethod
    def of(cls, outcome: Outcome) -> "Done":
        receipt = None if outcome.seq is None else f"/log/receipt/{outcome.seq}"
        return cls(entry=outcome.entry, seq=outcome.seq, receipt=receipt)


class Acknowledgement(Response):
    """`Done`, sent when the entry has its place: 201 with it, or 202 where it takes too long.

    The wait is here, on the event loop, and not in the command, which would hold a thread all the while.
    """

    def __init__(self, done: Done) -> None:
        super().__init__(status_code=201)
        self.done = done.model_dump()

    @classmethod
    def made_of(cls, done: Done) -> "Acknowledgement":
        """See `routing.Route`: of what is ours nothing need be checked once more, on another trip to a thread."""
        return cls(done)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry, status_code = self.done["entry"], self.status_code
        if self.done["seq"] is None:
            seq = await scope["app"].state.site.log.wait_on_loop(entry, dispatch.PATIENCE)
            status_code = 202 if seq is None else status_code
            self.done |= Done.of(Outcome(entry, seq)).model_dump()
        headers = {"Location": f"/api/v1/entries/{entry}"}
        await Response(orjson.dumps(self.done), status_code, headers, "application/json")(scope, receive, send)


@dataclass(frozen=True)
class Doer:
    """Runs a command as whoever is signed in; `Acknowledgement` then waits for the place."""

    request: Request
    intent: Intent
    wanted_role: str | None

    @property
    def log(self) -> Log:
        return site(self.request).log

    def __call__(self, roles: tuple[str, ...], command: Callable[[Act], object]) -> Done:
        """roles: those in which this may be done. The answer is without its place, which is not there yet."""
        return Done.of(Outcome(self._carry_out(roles, command), None))

    def perform(self, roles: tuple[str, ...], command: Callable[[Act], object]) -> Outcome:
        """The same with the place. Raises NotSignedIn and whatever `dispatch.carry_out` does."""
        entry = self._carry_out(roles, command)
        return Outcome(entry, self.log.wait(entry, dispatch.PATIENCE))

    def _carry_out(self, roles: tuple[str, ...], command: Callable[[Act], object]) -> int:
        asked = accounts.Asked(self.log, token(self.request) or "")

        def whoever(connection: Connection) -> tuple[User, str]:
            user = asked.user(connection)
            if user is None:
                raise NotSignedIn
            return user, dispatch.acting_role(user, roles, self.wanted_role)

        try:
            return dispatch.carry_out(self.log, whoever, self.intent, command)
        finally:
            asked.note()


async def doer(
    request: Request,
    mingtang_role: Annotated[str | None, Header(description="The role to act in, where several would do.")] = None,
    idempotency_key: IdempotencyKey = None,
) -> Doer:
    # Whose token it is, is asked where the command runs: a look-up in a thread of its own costs twice as much.
    if not token(request):
        raise NotSignedIn
    return Doer(request, await intent(request, idempotency_key), mingtang_role)


Do = Annotated[Doer, Depends(doer)]

PROBLEM: dict[str, Any] = {
    "description": "A problem document (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "code"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                    "facts": {"type": "object"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    },
}
PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": PROBLEM, "5XX": PROBLEM}
ACT: dict[str, Any] = {
    "status_code": 201,
    "response_model": Done,
    "response_class": Acknowledgement,
    "responses": PROBLEMS
    | {202: {"model": Done, "description": "Accepted; the place will stand at the address in `Location`"}},
}
"""Options of a route that acts."""
