"""The roster (候选名单) of an attempt, computed from the register: nobody on record can be left out quietly."""

from sqlalchemy.orm import Session

from audit.act import Act
from lottery import authority
from lottery.errors import BadDocument
from lottery.model import Attempt, Draw
from lottery.protocol import PROTOCOL
from lottery.protocol.errors import DrawError
from lottery.protocol.roster import Agent, Exclusion, Roster, check_roster
from lottery.queries import pool_of
from registry.model.standing import Standing
from registry.queries import organisation_with_code
from registry.rules import In
from registry.standing import standings


def compute_roster(act: Act, draw: Draw, attempt: Attempt) -> Roster:
    """Every agency on record, and who answered without being on it, in exactly one of `agents` and `excluded`.

    As things are now or at the meeting. The caller holds the whole register. Raises SeatIsAgency, UnknownOrganisation,
    BadDocument.
    """
    if draw.is_committee:
        return _checked(_experts(draw), draw, attempt)
    found = standings(act.session)
    on_record = [one.agency for one in found.values() if one.agency is not None]
    authority.check_seats_are_no_agencies(authority.seat_organisations(act.session, attempt), on_record)
    pool = pool_of(act.session, draw, attempt, act.at)
    agents: list[Agent] = []
    excluded: list[Exclusion] = []
    for code, verdict in pool.verdicts(found).items():
        name = _name(act.session, code, found.get(code))
        if isinstance(verdict, In):
            agents.append({"code": code, "name": name, "balls": verdict.balls})
        else:
            excluded.append({"code": code, "name": name, "reason": verdict.reason, "note": verdict.note})
    return _checked((agents, excluded), draw, attempt)


def _experts(draw: Draw) -> tuple[list[Agent], list[Exclusion]]:
    """Of a committee's draw: as listed. Codes stand for names, and everybody has one ball."""
    assert draw.experts is not None  # may_plan
    listed = draw.experts.event
    agents: list[Agent] = [{"code": one.code, "name": one.code, "balls": 1} for one in listed.experts]
    excluded: list[Exclusion] = [
        {"code": one.code, "name": one.code, "reason": one.reason, "note": one.note} for one in listed.avoided
    ]
    return agents, excluded


def _checked(found: tuple[list[Agent], list[Exclusion]], draw: Draw, attempt: Attempt) -> Roster:
    """Raises BadDocument."""
    agents, excluded = found
    roster = {
        "v": PROTOCOL,
        "type": "roster",
        "draw_id": draw.draw_id,
        "attempt": attempt.number,
        "agents": agents,
        "excluded": excluded,
    }
    try:
        return check_roster(roster, attempt.plan)
    except DrawError as fault:
        raise BadDocument.of(fault) from fault


def _name(session: Session, code: str, standing: Standing | None) -> str:
    if standing is not None and standing.agency is not None:
        return standing.agency.name
    organisation = organisation_with_code(session, code)
    assert organisation is not None  # it answered, and a code stays recorded
    return organisation.name
