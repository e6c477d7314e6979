"""Works out what `StateOut` says of a draw, from what the log shows and what the console presents."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from api.draw_page import AttemptView, Seat, attempt_view, deadline
from api.errors import NoSuchDraw
from api.state_out import (
    AttemptOut,
    DeadlineOut,
    EndOut,
    FormerOut,
    MeetingOut,
    ObjectionsOut,
    PresentationOut,
    RankOut,
    RosterOut,
    SeatOut,
    ShadowOut,
    StateOut,
    Witnessing,
)
from audit import cosigned
from audit.cosignature import MAX_TIME
from audit.log import Log
from audit.step import Step
from audit.witnesses import in_force
from lottery import presentation, public_queries, queries
from lottery.events import Committed, Revealed, Voided
from lottery.model import Attempt, Draw
from lottery.rules import WITNESSED_WITHIN
from lottery.screen import screen_state

LOG_DOWN: Final = "LOG_DOWN"


@dataclass(frozen=True)
class Seen:
    """A state, with the draw that it was worked out from."""

    draw: Draw
    state: StateOut


def known_draw(session: Session, draw_id: str) -> Draw:
    """Raises NoSuchDraw."""
    found = None if "\0" in draw_id else queries.draw(session, draw_id, placed=True)
    if found is None:
        raise NoSuchDraw(draw_id=draw_id[:64])
    return found


def see(log: Log, draw_id: str, started: int) -> Seen:
    """A draw as it stands now. started: when this server began, Unix milliseconds. Raises NoSuchDraw."""
    size, now = log.published_size, log.clock()
    with log.reading() as session:
        draw = known_draw(session, draw_id)
        return Seen(draw, state_of(session, log, draw, now, size, started))


def state_of(session: Session, log: Log, draw: Draw, now: int, size: int, started: int) -> StateOut:
    attempt, decision = draw.attempt, draw.decided.event
    state = draw.state_at(now)
    waits = deadline(draw, state, now)
    presented = _presentation(session, log, draw)
    return StateOut(
        draw_id=draw.draw_id,
        sequence=public_queries.newest_seq(session, draw.draw_id),
        is_drill=draw.is_drill,
        is_committee=draw.is_committee,
        project_code=decision.project_code,
        project_name=decision.project_name,
        tenderer=decision.tenderer,
        state=state.value,
        screen=screen_state(draw, now, presented.shown if presented else 0),
        deadline=None if waits is None else DeadlineOut(name=waits.name, at=waits.at),
        draws_at=_draws_at(draw),
        commit_deadline=None if attempt is None else attempt.planned.event.commit_deadline,
        reveal_deadline=None if attempt is None or attempt.closed is None else attempt.closed.event.reveal_deadline,
        meeting=_meeting(attempt),
        restored_at=_restored_at(attempt, started),
        objections=ObjectionsOut(
            filed=0 if attempt is None else len(attempt.filed),
            open=0 if attempt is None else sum(one.answered is None for one in attempt.objections),
        ),
        attempts=len(draw.attempts),
        former=[_former_out(log, one) for one in draw.attempts[:-1] if one.voided is not None],
        present=None if attempt is None else _attempt_out(session, log, draw, attempt, now),
        presentation=presented,
        checkpoint=size,
        server_time=now,
    )


def _draws_at(draw: Draw) -> int | None:
    if draw.attempt is not None:
        return draw.attempt.planned.event.draws_at
    asked = draw.call or draw.experts
    return None if asked is None else asked.event.draws_at


def _restored_at(attempt: Attempt | None, started: int) -> int | None:
    if attempt is None:
        return None
    begin = attempt.opened or attempt.frozen
    end = attempt.meeting_closed or attempt.drawn or attempt.voided
    went_on = begin is not None and begin.at < started and (end is None or end.at > started)
    return started // 1000 if went_on else None


def _meeting(attempt: Attempt | None) -> MeetingOut | None:
    if attempt is None or attempt.opened is None:
        return None
    closed = attempt.meeting_closed
    return MeetingOut(
        place=attempt.opened.event.place,
        opened_at=attempt.opened.at // 1000,
        closed_at=None if closed is None else closed.at // 1000,
    )


def is_writable(log: Log) -> bool:
    """Whether the log takes entries now, as far as this process can tell."""
    return log.fault is None and log.has_room


def _presentation(session: Session, log: Log, draw: Draw) -> PresentationOut | None:
    if draw.attempt is None:
        return None
    known = presentation.read(session, draw.draw_id, draw.attempt.number)
    return PresentationOut(
        page=known.page,
        shown=known.shown,
        digits=known.digits,
        invalid_throws=known.invalid_throws,
        second=known.second,
        message=known.message if is_writable(log) else LOG_DOWN,
        version=known.version,
    )


# An attempt


def _attempt_out(session: Session, log: Log, draw: Draw, attempt: Attempt, now: int) -> AttemptOut:
    page = queries.attempt_page(log.blobs, attempt)
    view = attempt_view(draw, page, now)
    plan, drawn, sealed, announced = attempt.plan, attempt.drawn, attempt.sealed, attempt.announced
    have, need = _witnesses(session, attempt)
    end = _end_out(attempt.voided)
    places = plan["winners"] + plan["alternates"]  # the rest stands in the evidence: this goes to every spectator
    lines = [] if view.outcome is None else view.outcome.lines[:places]
    evidence = f"/draws/{draw.draw_id}/{attempt.number}/evidence.json"
    return AttemptOut(
        attempt=attempt.number,
        entropy=plan["entropy"],
        winners=plan["winners"],
        alternates=plan["alternates"],
        plan_sha256=page.plan_sha256,
        dice_digits=plan["dice_digits"],
        min_lead=plan["min_lead"],
        min_reveals=plan["min_reveals"],
        commit_deadline=attempt.planned.event.commit_deadline,
        roster=_roster_out(view),
        seats=[_seat_out(attempt, one) for one in view.seats],
        contributions=len(attempt.contributions),
        round=attempt.round,
        round_at=None if attempt.round_at is None else attempt.round_at // 1000,
        round_announced_at=None if announced is None else announced.logged,
        seal_sha256=page.seal_sha256,
        seal_time=attempt.seal_time,
        sealed_at=None if sealed is None else sealed.logged,
        witness=_witnessing(attempt, need, now),
        witness_have=have,
        witness_need=need,
        slip_noted=any(note.event.topic == "SEAL_SLIP" for note in attempt.notes),
        dice=None if attempt.dice is None else attempt.dice.event.digits,
        randomness=None if drawn is None or drawn.event.beacon is None else drawn.event.beacon.randomness,
        seed=None if drawn is None else drawn.event.seed,
        result_sha256=None if drawn is None else drawn.event.result_sha256,
        result_at=None if drawn is None else drawn.logged,
        evidence_url=None if drawn is None else evidence,
        minutes_sha256=attempt.minutes[-1].event.sha256 if attempt.minutes else None,
        ranking=[
            RankOut(rank=one.rank, code=one.code, name=one.name, ball=one.ball, ticket=one.ticket) for one in lines
        ],
        standing=None if drawn is None else page.winners,
        void=end,
        void_reason=None if end is None else end.reason,
        void_note=None if end is None else end.note,
    )


def _roster_out(view: AttemptView) -> RosterOut | None:
    if view.page.roster is None:
        return None
    sha256 = view.attempt.rosters[-1].event.roster_sha256
    return RosterOut(
        sha256=sha256,
        agents=len(view.page.roster["agents"]),
        excluded=len(view.page.roster["excluded"]),
        balls=view.balls,
        is_frozen=view.attempt.frozen is not None,
        url=f"/log/blob/{sha256}",
    )


def _seat_out(attempt: Attempt, seat: Seat) -> SeatOut:
    return SeatOut(
        seat=seat.name,
        organisation=seat.organisation,
        mark=seat.mark,
        commit=seat.commit,
        committed_seq=_place(attempt.commitments, seat.name),
        revealed_seq=_place(attempt.reveals, seat.name),
        refused=list(seat.refused),
    )


def _place(steps: tuple[Step[Committed], ...] | tuple[Step[Revealed], ...], seat: str) -> int | None:
    return next((step.seq for step in steps if step.event.seat == seat), None)


def _witnesses(session: Session, attempt: Attempt) -> tuple[int, int]:
    """How many of those in force at the plan saw the seal in one tree, before any round; how many have to."""
    if attempt.planned.seq is None:
        return 0, 0
    term = in_force(session, attempt.planned.seq)
    if not term.quorum or attempt.sealed is None or attempt.sealed.seq is None:
        return 0, term.quorum
    due = MAX_TIME if attempt.round_at is None else attempt.round_at // 1000
    return cosigned.most_before(session, attempt.sealed.seq, term, due), term.quorum


def _witnessing(attempt: Attempt, need: int, now: int) -> Witnessing:
    if not need:
        return "none"
    if attempt.witnessed:
        return "witnessed"
    due = attempt.round_at
    return "late" if due is not None and now >= due + WITNESSED_WITHIN * 1000 else "waiting"


def _end_out(voided: Step[Voided] | None) -> EndOut | None:
    if voided is None:
        return None
    record = voided.event.void
    return EndOut(reason=record.reason, note=record.note, time=record.time, who=voided.actor.partition(":")[0])


def _former_out(log: Log, attempt: Attempt) -> FormerOut:
    end = _end_out(attempt.voided)
    assert end is not None
    page = queries.attempt_page(log.blobs, attempt)
    shadow = None
    if page.shadow is not None:
        names = {one["code"]: one["name"] for one in (page.roster["agents"] if page.roster else ())}
        winners = [names.get(code, code) for code in page.shadow["winners"]]
        shadow = ShadowOut(seed=page.shadow["seed"], winners=winners)
    return FormerOut(attempt=attempt.number, seal_sha256=page.seal_sha256, shadow=shadow, **end.model_dump())
