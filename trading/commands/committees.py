"""The evaluation committee of a lot (评标委员会): drawn by lottery from experts' codes, named once the law wants it."""

import lottery.queries
from audit.act import Act
from audit.canonical import Value, encode
from audit.entry import File
from audit.tables import PrivateValueRow
from lottery.committee import committee_code, private_name
from lottery.model import Draw
from trading import errors
from trading.events import CommitteeDrawn, CommitteeNamed, LotEvent
from trading.lots import LotState

NAMES = "committee.json"


def draw_lock(event: LotEvent) -> list[str]:
    """What else must be held while a committee is recorded: its draw, whose standing may change."""
    return [f"draw:{event.draw_id}"] if isinstance(event, CommitteeDrawn) else []


def with_members(act: Act, event: LotEvent) -> LotEvent:
    """A committee as the draw gave it, where its members were left out. Raises NotThatDraw."""
    if not isinstance(event, CommitteeDrawn):
        return event
    members = _members(act, event)
    if event.experts and event.experts != members:
        raise errors.NotTheDrawn(draw_id=event.draw_id)
    return event.model_copy(update={"experts": members})


def _members(act: Act, event: CommitteeDrawn) -> list[str]:
    """Who the draw's places fell to, in the order drawn, those who were removed replaced by alternates."""
    draw = lottery.queries.draw(act.session, event.draw_id)
    wanted = committee_code(event.project, event.lot, event.round)
    if draw is None or draw.is_drill or draw.decided.event.project_code != wanted:
        raise errors.NotThatDraw(draw_id=event.draw_id, lot=event.lot)
    attempt = draw.attempt
    if attempt is None or attempt.drawn is None:
        raise errors.NotThatDraw(draw_id=event.draw_id, lot=event.lot)
    page = lottery.queries.attempt_page(act.blobs, attempt)
    if len(page.winners) < attempt.plan["winners"]:
        raise errors.PlacesVacant(draw_id=event.draw_id, vacant=attempt.plan["winners"] - len(page.winners))
    return page.winners


def naming_files(act: Act, lot: LotState, event: LotEvent) -> list[File]:
    """Of the entry that names the committee: its members' names, each opening the commitment of the experts' list."""
    if not isinstance(event, CommitteeNamed):
        return []
    step = lot.last(CommitteeDrawn)
    assert step is not None  # the table
    draw = lottery.queries.known_draw(act.session, step.event.draw_id)
    listed = _listed_with(draw)
    experts: list[Value] = []
    for code in step.event.experts:
        private = act.session.get(PrivateValueRow, (listed, private_name(code)))
        if private is None:
            raise errors.UnknownReference(lot=lot.lot, reference=code)
        experts.append({"code": code, "name": private.value.decode(), "salt": private.salt.hex()})
    document: dict[str, Value] = {
        "format": "mingtang-committee/1",
        "draw_id": step.event.draw_id,
        "experts": experts,
    }
    return [act.blobs.put_file(NAMES, "application/json", encode(document))]


def _listed_with(draw: Draw) -> int:
    """Row id of the list that was frozen."""
    assert draw.experts is not None
    return draw.experts.entry_id
