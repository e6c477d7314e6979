"""What the home page and the lists ask of the draws beside `queries`. Only what has its place in the log."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from audit.queries import placed
from audit.tables import EntryRow
from lottery import queries
from lottery.events import Drawn
from lottery.model import Draw
from lottery.tables import DrawRow, DrawStepRow


def unfinished(session: Session) -> list[Draw]:
    """The draws that have no result yet and that no later draw took the place of, by number; no rehearsals.

    Those whose last attempt is void are among them: the next attempt is due.
    """
    drawn = aliased(DrawStepRow)
    has_result = (
        select(drawn.entry_id)
        .join(EntryRow, EntryRow.id == drawn.entry_id)
        .where(drawn.draw_id == DrawRow.draw_id, drawn.kind == Drawn.kind, EntryRow.seq.is_not(None))
        .correlate(DrawRow)
        .exists()
    )
    statement = placed(select(DrawRow.draw_id), DrawRow).where(DrawRow.is_drill.is_(False), ~has_result)
    found = [queries.draw(session, draw_id, placed=True) for draw_id in session.scalars(statement)]
    return sorted((one for one in found if one and one.followed_by is None), key=lambda one: one.draw_id)


def latest_results(session: Session, limit: int) -> list[Draw]:
    """The draws with the newest results, newest first; no rehearsals."""
    statement = (
        placed(select(DrawStepRow.draw_id), DrawStepRow)
        .join(DrawRow, DrawRow.draw_id == DrawStepRow.draw_id)
        .where(DrawStepRow.kind == Drawn.kind, DrawRow.is_drill.is_(False))
        .order_by(EntryRow.seq.desc())
        .limit(limit)
    )
    found = [queries.draw(session, draw_id, placed=True) for draw_id in session.scalars(statement)]
    return [one for one in found if one]


def years(session: Session) -> list[int]:
    """The years in which draws are numbered, newest first."""
    return sorted(session.scalars(placed(select(DrawRow.year), DrawRow).distinct()), reverse=True)


def newest_seq(session: Session, draw_id: str) -> int:
    """The place of the newest entry that a draw's page tells: its own, or the decision that ended it. It only grows."""
    own = select(func.max(EntryRow.seq)).where(
        or_(EntryRow.subject == f"draw:{draw_id}", EntryRow.subject.startswith(f"draw:{draw_id}/", autoescape=True))
    )
    later = select(func.max(EntryRow.seq)).join(DrawRow, DrawRow.entry_id == EntryRow.id)
    followed = session.scalar(later.where(DrawRow.former_draw == draw_id))
    return max(session.scalar(own) or 0, followed or 0)
