"""Conditional requests (RFC 9110 section 13): what the client has already is not sent again."""

from email.utils import formatdate, parsedate_to_datetime

from starlette.requests import Request
from starlette.responses import Response

IMMUTABLE = "public, max-age=31536000, immutable"


def respond(
    request: Request, data: bytes, tag: str, media_type: str, headers: dict[str, str], modified: int | None = None
) -> Response:
    """The data, or 304 where the client's If-None-Match names the entity tag `tag` (without quotation marks).

    modified: when the data last changed, Unix seconds, for clients that know no tags. HTTP tells whole seconds only, so
    whoever says it says it of a second that is over.
    """
    headers = headers | {"ETag": f'"{tag}"'}
    if modified is not None:
        headers["Last-Modified"] = formatdate(modified, usegmt=True)
    tags, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since", "")
    unchanged = modified is not None and modified <= _seconds(since) if tags is None else _holds(tags, tag)
    if unchanged:
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers | {"Content-Type": media_type})


def _holds(header: str, tag: str) -> bool:
    tags = {item.strip().removeprefix("W/") for item in header.split(",")}
    return f'"{tag}"' in tags or "*" in tags


def _seconds(date: str) -> float:
    """A date of HTTP as Unix seconds; before all time where it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return float("-inf")
