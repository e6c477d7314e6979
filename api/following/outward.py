"""Calls to addresses that strangers name: never to this machine or its network, whatever a name resolves to.

A name is resolved once, every address that it has is looked at, and the connection goes to the very address that was
looked at, so that no second answer of the resolver can lead elsewhere. Nothing is followed: a redirect is an answer.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import SplitResult, urlsplit

from api.following.errors import BadWebhook

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PATIENCE = 10.0
"""Seconds for a whole call, however slowly the other side sends."""
MAX_URL = 500
_WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
"""Networks whose addresses lead to an IPv4 address (RFC 6052, 8215), which may be any."""


class Unreached(Exception):  # noqa: N818 - tried again later
    """The call met nobody who answers, or somebody who may not be called; says which, without saying what is there."""


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether it is an address of the public internet; one that wraps another is as that one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return False
        if any(address in network for network in _WRAPPED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates this machine trusts, read once: that takes longer than to make a page."""
    return ssl.create_default_context()


@dataclass(frozen=True)
class Outward:
    """Who may be called, and how names are resolved."""

    schemes: frozenset[str] = frozenset({"https"})
    allows: Callable[[Address], bool] = is_public
    resolve: Callable[[str, int], Sequence[str]] = resolved
    tls: ssl.SSLContext = field(default_factory=trusted)

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be named; what its name resolves to is asked at each call.

        Raises BadWebhook.
        """
        if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url:
            raise BadWebhook(why_zh=f"须为不超过 {MAX_URL} 个字符的网址", why_en="it is too long, or not ASCII")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadWebhook(why_zh="不是网址", why_en="it is no URL") from None
        if parts.scheme not in self.schemes or not parts.hostname or port == 0:
            raise BadWebhook(why_zh="须以 https:// 开头", why_en="it must begin with https://")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise BadWebhook(why_zh="不得含用户名、口令或 #", why_en="it has a user name, a password or a #")
        with suppress(ValueError):
            if not self.allows(ipaddress.ip_address(parts.hostname)):
                raise BadWebhook(why_zh="不是公网地址", why_en="it is not on the public internet")
        return parts

    def address(self, host: str, port: int) -> str:
        """The address to connect to. Raises Unreached where there is none, or one of them may not be called."""
        try:
            found = [ipaddress.ip_address(one.partition("%")[0]) for one in self.resolve(host, port)]
        except (OSError, ValueError, UnicodeError):
            raise Unreached("the name does not resolve") from None
        if not found:
            raise Unreached("the name does not resolve")
        if not all(map(self.allows, found)):
            raise Unreached("not on the public internet")
        return str(found[0])

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer; nothing else of it is read. Raises Unreached."""
        try:
            parts = self.check(url)
        except BadWebhook:
            raise Unreached("the address may not be called") from None
        host, is_tls = str(parts.hostname), parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        connection = _Pinned(host, port, self.address(host, port), self.tls if is_tls else None)
        guard = threading.Timer(PATIENCE, connection.cut)
        guard.daemon = True
        guard.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            with connection.getresponse() as response:
                status = response.status
        except (OSError, http.client.HTTPException, ValueError):
            raise Unreached("no answer") from None
        finally:
            guard.cancel()
            connection.close()
        if connection.was_cut:
            raise Unreached("no answer")
        return status


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that it was asked for."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=PATIENCE)
        self.default_port = 80 if tls is None else 443  # what of the port goes into the Host header
        self._address, self._tls = address, tls
        self.was_cut = False

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), PATIENCE)
        self.sock = raw
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)

    def cut(self) -> None:
        """End it from another thread, where it takes too long."""
        self.was_cut, held = True, self.sock
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)
