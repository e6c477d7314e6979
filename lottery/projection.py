"""From an entry of a draw to its rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from lottery import events
from lottery.numbering import read_draw_id
from lottery.tables import DrawRow, DrawStepRow, SignUpRow

_STEPS = (
    events.CallPublished,
    events.ExpertsListed,
    events.Planned,
    events.RosterPublished,
    events.ObjectionFiled,
    events.ObjectionAnswered,
    events.MeetingOpened,
    events.MeetingNoted,
    events.RosterFrozen,
    events.Contributed,
    events.Committed,
    events.CommitmentsClosed,
    events.RoundAnnounced,
    events.Revealed,
    events.RevealRefused,
    events.DiceThrown,
    events.Sealed,
    events.Drawn,
    events.Voided,
    events.ShadowDrawn,
    events.StandingChanged,
    events.MinutesIssued,
    events.MeetingClosed,
)


@projects(events.Decided)
def _decided(session: Session, recorded: Recorded, event: events.Decided) -> None:
    number = read_draw_id(event.draw_id)
    session.add(
        DrawRow(
            entry_id=recorded.id,
            draw_id=event.draw_id,
            series=number.series,
            year=number.year,
            number=number.number,
            is_drill=number.is_drill,
            project_code=event.project_code,
            project_name=event.project_name,
            tenderer=event.tenderer,
            former_draw=event.former_draw,
        )
    )
    session.add(DrawStepRow(entry_id=recorded.id, draw_id=event.draw_id, attempt=None, kind=recorded.kind))


@projects(events.SignedUp)
def _signed_up(session: Session, recorded: Recorded, event: events.SignedUp) -> None:
    session.add(SignUpRow(entry_id=recorded.id, draw_id=event.draw_id, agency=event.code, withdrawn=False))


@projects(events.SignUpWithdrawn)
def _sign_up_withdrawn(session: Session, recorded: Recorded, event: events.SignUpWithdrawn) -> None:
    session.add(SignUpRow(entry_id=recorded.id, draw_id=event.draw_id, agency=event.code, withdrawn=True))


def _step(session: Session, recorded: Recorded, event: events.OfDraw) -> None:
    session.add(DrawStepRow(entry_id=recorded.id, draw_id=event.draw_id, attempt=event.of_attempt, kind=recorded.kind))


for _kind in _STEPS:
    projects(_kind)(_step)
