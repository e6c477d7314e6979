"""Follows biddings for everybody who watches them, as `draw_stream` follows draws: one look for all who watch one."""

import orjson
from starlette.concurrency import run_in_threadpool

from api.bidding_view import BiddingOut, public_bidding
from api.draw_stream import POLL, Channel, Draws, event
from audit.log import Log
from trading.bidding import queries


def key(project: str, lot: str) -> str:
    """What a bidding is known by among those that are watched."""
    return f"{project}\n{lot}"


def see(log: Log, name: str) -> BiddingOut:
    """Raises NoSuchLot, NoBidding."""
    project, _, lot = name.partition("\n")
    with log.reading() as session:
        return public_bidding(session, log, project, lot)


class BiddingChannel(Channel):
    """One bidding that is watched."""

    async def look(self) -> None:
        mark = await run_in_threadpool(self._mark_now)  # before, so that nothing comes between
        seen = await run_in_threadpool(see, self._log, self._draw_id)
        self.looks += 1
        self._mark = mark
        body = orjson.dumps(seen.model_dump(exclude={"server_time"}))[:-1]
        if body != self.body:
            self.body, self.id = body, (seen.sequence, 0)
            self.shared = event(*self.id, body, seen.server_time)
            self._tell()

    def _pause(self) -> float:
        return POLL

    def _is_news(self) -> bool:
        return self._mark_now() != self._mark

    def _mark_now(self) -> tuple[object, ...]:
        with self._log.reading() as session:
            return (queries.newest_place(session, self._draw_id.partition("\n")[0]),)


class Biddings(Draws):
    """The channels of all biddings that are watched."""

    def new_channel(self, draw_id: str) -> Channel:
        return BiddingChannel(self._log, draw_id, self.started)
