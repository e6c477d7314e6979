"""The meeting around the draw: opened, noted, recorded in minutes, closed; and what visitors put into it."""

import hashlib
from typing import Final

from audit.act import Act
from audit.entry import SYSTEM
from lottery import errors, queries, rules
from lottery.events import Contributed, MeetingClosed, MeetingNoted, MeetingOpened, MinutesIssued, Topic
from lottery.model import Attempt, Draw, subject
from lottery.protocol.contributions import PUBLIC_SEAT
from registry import documents
from registry.authority import account_locks, check_role

MAX_MINUTES: Final = 20 * 1024 * 1024
"""Bytes of the file."""


def open_meeting(act: Act, draw_id: str, place: str) -> int:
    """The meeting begins (开始会议). By an operator. Raises NotNow, TooSoon, BadText."""
    draw = _locked(act, draw_id, *rules.OPERATOR)
    rules.check_text("place", place)
    rules.may_open_meeting(draw, act.at)
    attempt = _present(draw)
    event = MeetingOpened(draw_id=draw_id, attempt=attempt.number, place=place)
    return act.record(event, subject(draw_id, attempt.number))


def contribute(act: Act, draw_id: str, contribution: str) -> int:
    """A visitor's share in the secret of the seat `public` (群众席). By the program, for whoever sends it.

    Raises NotNow, TooLate, UnknownSeat, SeatActed, ContributionsFull, ContributedTwice, BadHex.
    """
    draw = _locked(act, draw_id, SYSTEM)
    attempt = rules.check_contribution(draw, act.at, contribution)
    event = Contributed(draw_id=draw_id, attempt=attempt.number, seat=PUBLIC_SEAT, contribution=contribution)
    return act.record(event, subject(draw_id, attempt.number))


def note_meeting(
    act: Act, draw_id: str, topic: Topic, text: str, seat: str | None = None, scan: bytes | None = None
) -> int:
    """Put on record what happened at the meeting (会议记事). By an operator, a notary or a supervisor.

    text: stays public for ever. scan: the private file's description (`registry.documents.store`).
    Raises NotNow, BadText, UnknownSeat, SeatNotNamed, BadFact, DocumentMissing.
    """
    draw = _locked(act, draw_id, *rules.NOTERS, shared=[] if scan is None else [documents.DOCUMENTS])
    attempt = rules.check_note(draw, act.at, topic, text, seat)
    private = {}
    if scan is not None:
        documents.check_stored(act.blobs, scan)
        private["scan"] = scan
    event = MeetingNoted(draw_id=draw_id, attempt=attempt.number, topic=topic, text=text, seat=seat)
    return act.record(event, subject(draw_id, attempt.number), private=private)


def issue_minutes(act: Act, draw_id: str, attempt: int, pdf: bytes, pages: int) -> int:
    """Publish the minutes of an attempt that is over (会议记录), and again when they have changed. By an operator.

    pdf: without names of persons, which are written on the paper. Raises NotNow, UnknownAttempt, BadMinutes,
    MinutesUnchanged.
    """
    draw = _locked(act, draw_id, *rules.OPERATOR)
    of = rules.may_issue_minutes(draw, act.at, attempt)
    if not pdf.startswith(b"%PDF-") or len(pdf) > MAX_MINUTES:
        limit = MAX_MINUTES // 2**20
        raise errors.BadMinutes(why_zh=f"须为不超过 {limit} MB 的 PDF", why_en=f"a PDF of at most {limit} MB")
    rules.check_minutes(of, hashlib.sha256(pdf).hexdigest(), pages)
    file = act.blobs.put_file("minutes.pdf", "application/pdf", pdf)
    event = MinutesIssued(draw_id=draw_id, attempt=attempt, sha256=file.sha256, pages=pages)
    return act.record(event, subject(draw_id, attempt), files=[file])


def close_meeting(act: Act, draw_id: str, video_sha256: str | None = None) -> int:
    """The meeting is over (结束会议). By an operator. video_sha256: of the recording, if one was made.

    Raises NotNow, BadHex.
    """
    draw = _locked(act, draw_id, *rules.OPERATOR)
    attempt = rules.may_close_meeting(draw, act.at)
    if video_sha256 is not None:
        rules.check_hex("video_sha256", video_sha256)
    event = MeetingClosed(draw_id=draw_id, attempt=attempt.number, video_sha256=video_sha256)
    return act.record(event, subject(draw_id, attempt.number))


def _locked(act: Act, draw_id: str, *roles: str, shared: list[str] | None = None) -> Draw:
    """The draw, held by an act of one of these roles. Raises UnknownDraw, NotPermitted, RoleMissing."""
    act.lock(subject(draw_id), shared=[*account_locks(act), *(shared or [])])
    check_role(act, *roles)
    return queries.known_draw(act.session, draw_id)


def _present(draw: Draw) -> Attempt:
    assert draw.attempt is not None  # the rules refused before
    return draw.attempt
