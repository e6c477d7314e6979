"""`/draws/{id}/state`: a draw at one moment, or, for who asks for events, at every moment from now on."""

import orjson
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.dependencies import SiteDep
from api.draw_state import see
from api.routes.sign_in import client_address
from api.routing import APIRouter

router = APIRouter(include_in_schema=False)

EVENTS = "text/event-stream"
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept"}


@router.get("/draws/{draw_id}/state")
async def draw_state(draw_id: str, request: Request, site: SiteDep) -> Response:
    """JSON; as events `event: state`, `id: SEQUENCE.VERSION`, `data:` the same JSON, now and after each change."""
    if EVENTS not in request.headers.get("accept", ""):
        seen = await run_in_threadpool(see, site.log, draw_id, site.draws.started)
        return Response(orjson.dumps(seen.state.model_dump()), headers=HEADERS, media_type="application/json")
    headers, address = HEADERS | {"X-Accel-Buffering": "no"}, client_address(request)
    site.audience.check(address)
    following = await site.draws.follow(draw_id)
    if request.scope.get("mingtang.head"):
        return Response(headers=headers, media_type=EVENTS)
    return StreamingResponse(site.audience.seated(address, following), headers=headers, media_type=EVENTS)
