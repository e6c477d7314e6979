"""What every answer and every unsafe request goes through, whatever route it belongs to. Plain ASGI."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`, under which browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
CAMERA_ADDRESS = re.compile(r"/draws/[^/]+/(console|public-seat|seat(/[^/]+)?)|/verify(/.*)?")
"""Pages on which a QR code can be read: a round from a telephone, a seat's backup, evidence on paper."""
CAMERA = (b"permissions-policy", HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)").encode())
HSTS = "max-age=31536000"


class SecurityHeaders:
    """Puts the headers on every answer that does not have its own; over https also HSTS."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        told = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})
        self.headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                own = {name.lower() for name, _ in headers}
                if CAMERA_ADDRESS.fullmatch(scope["path"]) and CAMERA[0] not in own:
                    headers.append(CAMERA)
                    own.add(CAMERA[0])
                message["headers"] = headers + [header for header in self.headers if header[0] not in own]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


Refuse = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class SameSiteOnly:
    """Refuses unsafe requests that another site's page made the browser send (CSRF).

    Browsers say where a request comes from (Sec-Fetch-Site; Origin where the connection is not secure); a request with
    neither was not sent by a browser, and carries no cookie that its sender does not have itself. Origin is compared
    with the Host it was sent to: a page that rebinds its own name to our address has that name's cookies, not ours.
    """

    def __init__(self, app: ASGIApp, base_url: str, refuse: Refuse) -> None:
        self.app = app
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(base_url))
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._is_own(Headers(scope=scope)):
            await self.refuse(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        return origin is None or origin == self.origin or urlsplit(origin).netloc == headers.get("host", "")


class HeadAsGet:
    """Answers HEAD with the head of what GET would answer. Streams look at `scope["mingtang.head"]` and end at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET", "mingtang.head": True}, receive, send_head)
