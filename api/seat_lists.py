"""What the log has about the public seat 群众席 of a draw: the list that every visitor's telephone looks at.

A hall full of telephones asks for it after each contribution, and it holds a thousand: so it is made once for all.
"""

import threading
from collections import OrderedDict
from typing import Final, TypeVar

from pydantic import BaseModel

from api.draw_state import known_draw
from api.errors import NoSuchDraw
from audit.errors import Refusal
from audit.events import Event
from audit.log import Log
from audit.step import Step
from lottery import rules
from lottery.model import Attempt, Draw
from lottery.protocol.contributions import PUBLIC_SEAT

KEPT: Final = 64
"""Lists in memory; one of a thousand contributions takes a hundred kilobytes."""

E = TypeVar("E", bound=Event)


class ContributionOut(BaseModel):
    seq: int
    contribution: str
    at: int
    """Unix milliseconds at which the log took it."""


class CommitOut(BaseModel):
    seq: int
    commit: str


class RevealOut(BaseModel):
    seq: int
    secret: str


class PublicSeatOut(BaseModel):
    """All that the log has about the public seat of an attempt."""

    draw_id: str
    attempt: int
    size: int
    """Entries that the published checkpoint holds: what is beyond is left out."""
    contributions: list[ContributionOut]
    commit: CommitOut | None
    reveal: RevealOut | None
    sealed: int | None
    """The place of the seal."""
    is_open: bool
    is_over: bool
    """Whether the seat cannot reveal any more."""


class SeatLists:
    """Kept until something is published, or the clock's second is over: seats also close by the clock."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], tuple[tuple[int, int], bytes]] = OrderedDict()
        self._making = threading.Lock()
        self.made = 0
        """How often a list was made."""

    def of(self, log: Log, draw_id: str, attempt: int) -> bytes:
        """The list as JSON. attempt: 0 is the present one. Raises NoSuchDraw."""
        with self._making:
            published, now = log.published_size, log.clock()
            version = published, now // 1000
            found = self._kept.get((draw_id, attempt))
            if found is not None and found[0] == version:
                return found[1]
            with log.reading() as session:
                draw = known_draw(session, draw_id)
            wanted = attempt or len(draw.attempts)
            if not 1 <= wanted <= len(draw.attempts):
                raise NoSuchDraw(draw_id=draw_id[:64])
            body = _out(draw, draw.attempts[wanted - 1], now, published).model_dump_json().encode()
            self.made += 1
            self._kept[draw_id, attempt] = version, body
            self._kept.move_to_end((draw_id, attempt))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return body


def _out(draw: Draw, attempt: Attempt, now: int, published: int) -> PublicSeatOut:
    """published: how many entries the published checkpoint holds; of others nobody could have a receipt."""

    def place(step: Step[E]) -> int | None:
        return step.seq if step.seq is not None and step.seq < published else None

    committed = next((one for one in attempt.commitments if one.event.seat == PUBLIC_SEAT), None)
    revealed = next((one for one in attempt.reveals if one.event.seat == PUBLIC_SEAT), None)
    is_past = attempt.sealed is not None or attempt.voided is not None or attempt.reveals_closed_at(now) is not None
    contributions = [
        ContributionOut(seq=seq, contribution=one.event.contribution, at=one.logged)
        for one in attempt.contributions
        if (seq := place(one)) is not None and one.logged is not None
    ]
    commit = reveal = None
    if committed is not None and (seq := place(committed)) is not None:
        commit = CommitOut(seq=seq, commit=committed.event.commit)
    if revealed is not None and (seq := place(revealed)) is not None:
        reveal = RevealOut(seq=seq, secret=revealed.event.secret)
    return PublicSeatOut(
        draw_id=draw.draw_id,
        attempt=attempt.number,
        size=published,
        contributions=contributions,
        commit=commit,
        reveal=reveal,
        sealed=None if attempt.sealed is None else place(attempt.sealed),
        is_open=attempt is draw.attempt and _may_contribute(draw, now),
        is_over=revealed is None and (is_past or (attempt.closed is not None and committed is None)),
    )


def _may_contribute(draw: Draw, now: int) -> bool:
    try:
        rules.may_contribute(draw, now)
    except Refusal:
        return False
    return True
