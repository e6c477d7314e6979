"""What every agency is asked for one attempt."""

from sqlalchemy.orm import Session

from lottery import authority
from lottery.model import Attempt, Draw
from lottery.queries.folding import answers
from lottery.rules.pool import Pool, asked_for, moment, parties_of
from registry.standing import rulebook


def pool_of(
    session: Session, draw: Draw, attempt: Attempt | None, now: int, *, placed: bool = False, before: int | None = None
) -> Pool:
    """What everyone is asked in an attempt, or before the first plan, when no seats are known. now: Unix ms.

    placed, before: as in `registry.standing`. Raises UnknownOrganisation.
    """
    assert draw.call is not None  # no attempt without a call
    tenderer = authority.organisation_meant(session, draw.decided.event.tenderer, draw.decided.entry_id, before)
    seats = {} if attempt is None else authority.seat_organisations(session, attempt, before)
    planned = draw.call if attempt is None else attempt.planned
    return Pool(
        call=asked_for(draw, rulebook(session, placed=placed, before=before)),
        parties=parties_of(draw, tenderer, planned.entry_id, seats),
        answers=answers(session, draw.draw_id, placed=placed),
        at=moment(planned.event.draws_at, now),
    )
