"""A log's files from a web server: whatever answers there, nothing is taken on trust, in size least of all."""

import http.client
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from audit.errors import Unreadable
from audit.source import FileUnreadable, digest_and_size, limited

TIMEOUT = 30  # seconds without a byte
ATTEMPTS = 3
_GONE = (403, 404, 410)  # object stores answer 403 for what is not there

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Web:
    """A URL prefix, without a slash at its end, under which a server has the same files."""

    prefix: str

    def read(self, path: str, limit: int) -> bytes | None:
        """The file's bytes, at most `limit`; None if it is not there. Raises FileFault, Unreadable."""
        return self._take(path, lambda response: limited(_unpacked(response, path, limit), path, limit))

    def blob_digest(self, name: str) -> tuple[str, int] | None:
        """SHA-256 in hex and size of a blob's bytes; None if it is not there. Raises Unreadable."""
        return self._take(f"blob/{name}", _read_digest, packed="identity")

    def _take(
        self, path: str, take: Callable[[http.client.HTTPResponse], T], packed: str = "gzip, identity"
    ) -> T | None:
        """What `take` makes of an answer; None if there is none. A server that fails or hesitates is asked again."""
        url = f"{self.prefix}/{path}"
        why: object = None
        for attempt in range(ATTEMPTS):
            time.sleep(attempt / 2)
            try:
                request = urllib.request.Request(url, headers={"Accept-Encoding": packed, "User-Agent": "mingtang"})  # noqa: S310 - open_source lets only http and https in
                with _opener.open(request, timeout=TIMEOUT) as response:
                    return take(response)
            except urllib.error.HTTPError as error:
                error.close()
                if error.code in _GONE:
                    return None
                why = f"HTTP {error.code}"
            except (OSError, http.client.HTTPException) as error:
                why = error
            except ValueError as error:  # not a URL after all
                raise Unreadable(what=url, why=error) from None
        raise Unreadable(what=url, why=why)


def _make_opener() -> urllib.request.OpenerDirector:
    """As urllib's own, without the handlers for file:, ftp: and data: that a redirect could reach."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


_opener = _make_opener()


def _unpacked(response: http.client.HTTPResponse, path: str, limit: int) -> bytes:
    """The answer's body, of which at most `limit` + 1 bytes are kept, also of one packed to grow without end."""
    if response.headers.get("Content-Encoding", "").strip().lower() != "gzip":
        return _whole(response, limit + 1)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(_whole(response, 2 * limit + 1024), limit + 1)
    except zlib.error as error:
        raise FileUnreadable(path=path, why=error) from None
    if len(data) <= limit and not unpacker.eof:
        raise FileUnreadable(path=path, why="gzip")
    return data


def _whole(response: http.client.HTTPResponse, limit: int) -> bytes:
    """Up to `limit` bytes. Raises HTTPException where the connection ends before the answer does."""
    data = response.read(limit)
    if len(data) < limit and response.length:
        raise http.client.IncompleteRead(data, response.length)
    return data


def _read_digest(response: http.client.HTTPResponse) -> tuple[str, int]:
    found = digest_and_size(response)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return found
