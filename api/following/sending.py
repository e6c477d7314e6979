"""Sends what is queued: each mail and call at least once, under an id that stays the same.

Whoever takes one moves its time on first, by as long as an attempt may take, so that no other process takes it too. A
process that ends while it sends has said nothing: after that time another one sends it again.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.following import webhooks
from api.following.keeping import known
from api.following.mail import Mail, NotTaken, Post, message_of, post_of
from api.following.outward import Outward, Unreached
from api.following.tables import FollowingRow, OutgoingRow
from audit.errors import Refusal
from audit.log import Log
from audit.settings import Settings

AT_ONCE = 8
LEASE = 120_000
"""Milliseconds for which an attempt is its process's own: longer than any may take."""

talk = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What this process sends now."""

    id: str
    following: str | None
    channel: str
    target: str
    body: bytes
    attempts: int
    """This one counted."""


@dataclass(frozen=True)
class Result:
    """What came of an attempt: `outcome` in a word; whether it is over."""

    outcome: str
    is_over: bool


class Sender:
    """Carries what is queued. outward: whom webhooks may reach; post: who takes the mails."""

    def __init__(self, log: Log, settings: Settings, outward: Outward | None = None, post: Post | None = None) -> None:
        self.log, self.settings = log, settings
        self.outward, self.post = outward or Outward(), post or post_of(settings)

    def send_due(self) -> int:
        """Make what attempts are due, some at once; return how many."""
        taken = self.take()
        if taken:
            with ThreadPoolExecutor(AT_ONCE, "sending") as pool:
                for one, result in zip(taken, pool.map(self._attempt, taken), strict=True):
                    self._note(one, result)
        return len(taken)

    def take(self) -> list[Taken]:
        """Make those that are due this process's own for a while."""
        now = self.log.clock()
        due = (
            select(OutgoingRow)
            .where(OutgoingRow.ended.is_(None), OutgoingRow.due <= now)
            .order_by(OutgoingRow.due)
            .limit(AT_ONCE)
        )
        with self.log.reading() as session:
            rows = [(row.due, _taken(row)) for row in session.scalars(due)]
        if not rows:
            return []
        with self.log.database.writing() as session:
            return [one for was_due, one in rows if _is_ours(session, one, was_due, now)]

    def _attempt(self, one: Taken) -> Result:
        try:
            return self._mail(one) if one.channel == "mail" else self._call(one)
        except Exception:  # what nobody thought of is tried again like anything else
            talk.exception("%s could not be sent", one.id)
            return Result("failed", is_over=False)

    def _mail(self, one: Taken) -> Result:
        told = orjson.loads(one.body)
        mail = Mail(one.id, one.target, told["subject"], told["text"], told["stop"])
        sender = self.settings.mail_from
        message = message_of(mail, sender, self.settings.base_url, self.log.clock() // 1000)
        try:
            self.post.send(message, one.id)
        except NotTaken as refused:
            return Result("refused", refused.for_good)
        except OSError:
            return Result("unreached", is_over=False)
        return Result("sent", is_over=True)

    def _call(self, one: Taken) -> Result:
        try:
            following = known(self.log, one.following or "")
        except Refusal:  # ended meanwhile
            return Result("dropped", is_over=True)
        if following.webhook != one.target:
            return Result("dropped", is_over=True)
        now = self.log.clock()
        headers = webhooks.headers(following.secrets(self.log, now), one.id, now // 1000, one.body)
        try:
            status = self.outward.post(one.target, headers, one.body)
        except Unreached as fault:
            return Result(str(fault), is_over=False)
        if status == webhooks.GONE:
            return Result("gone", is_over=True)
        return Result("sent", is_over=True) if 200 <= status < 300 else Result(str(status), is_over=False)

    def _note(self, one: Taken, result: Result) -> None:
        now = self.log.clock()
        after = None if result.is_over else webhooks.delay(one.attempts)
        values: dict[str, object] = {"outcome": result.outcome}
        if after is not None:
            values |= {"due": now + after}
        else:
            values |= {"ended": now} | ({} if result.is_over else {"outcome": "given_up"})
            values |= {"body": b""} if one.channel == "mail" else {}
        statement = update(OutgoingRow).where(OutgoingRow.id == one.id).values(values)
        with self.log.database.writing() as session:
            session.execute(statement)
            if result.outcome == "gone":
                _disable(session, one)


def _disable(session: Session, one: Taken) -> None:
    """The other side asked for no more: neither what waits nor anything new."""
    session.execute(
        update(FollowingRow)
        .where(FollowingRow.id == one.following, FollowingRow.webhook == one.target)
        .values(webhook=None, webhook_ended="gone")
    )
    session.execute(
        delete(OutgoingRow).where(
            OutgoingRow.following == one.following, OutgoingRow.channel == "webhook", OutgoingRow.ended.is_(None)
        )
    )


def _is_ours(session: Session, one: Taken, was_due: int, now: int) -> bool:
    moved = session.execute(
        update(OutgoingRow)
        .where(OutgoingRow.id == one.id, OutgoingRow.due == was_due, OutgoingRow.ended.is_(None))
        .values(due=now + LEASE, attempts=one.attempts)
    )
    return bool(moved.rowcount)  # type: ignore[attr-defined]  # of an update


def _taken(row: OutgoingRow) -> Taken:
    return Taken(row.id, row.following, row.channel, row.target, row.body, row.attempts + 1)
