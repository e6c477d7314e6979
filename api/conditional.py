"""Conditional requests (RFC 9110 section 13): what the client has already is not sent again."""

from starlette.requests import Request
from starlette.responses import Response

IMMUTABLE = "public, max-age=31536000, immutable"


def respond(request: Request, data: bytes, tag: str, media_type: str, headers: dict[str, str]) -> Response:
    """The data, or 304 where the client's If-None-Match names the entity tag `tag` (without quotation marks)."""
    headers = headers | {"ETag": f'"{tag}"'}
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers | {"Content-Type": media_type})


def _holds(header: str, tag: str) -> bool:
    tags = {item.strip().removeprefix("W/") for item in header.split(",")}
    return f'"{tag}"' in tags or "*" in tags
