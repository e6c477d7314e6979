"""The roster (候选名单) of an attempt, computed from the register: nobody on record can be left out quietly."""

from audit.act import Act
from lottery import authority, queries
from lottery.errors import BadDocument
from lottery.model import Attempt, Draw
from lottery.protocol import PROTOCOL
from lottery.protocol.errors import DrawError
from lottery.protocol.roster import Agent, Exclusion, Roster, check_roster
from registry.queries import agencies
from registry.rules import In, eligibility


def compute_roster(act: Act, draw: Draw, attempt: Attempt) -> Roster:
    """Every agency on record in exactly one of `agents` and `excluded`, as things are now or at the meeting.

    The caller holds the whole register. Raises SeatIsAgency, UnknownOrganisation, BadDocument.
    """
    assert draw.call is not None  # no attempt without a call
    on_record = agencies(act.session)
    seats = authority.seat_organisations(act.session, attempt)
    authority.check_seats_are_no_agencies(seats, on_record)
    decided = draw.decided
    tenderer = authority.organisation_meant(act.session, decided.event.tenderer, decided.entry_id)
    answered = set(queries.sign_ups(act.session, draw.draw_id))
    at = max(act.at // 1000, attempt.planned.event.draws_at)
    agents: list[Agent] = []
    excluded: list[Exclusion] = []
    for agency in sorted(on_record, key=lambda each: each.code):
        fields = draw.call.event.conditions.fields
        verdict = eligibility(agency, fields, agency.code in answered, [tenderer, *seats.values()], at)
        if isinstance(verdict, In):
            agents.append({"code": agency.code, "name": agency.name, "balls": verdict.balls})
        else:
            out: Exclusion = {
                "code": agency.code,
                "name": agency.name,
                "reason": verdict.reason,
                "note": verdict.note,
            }
            excluded.append(out)
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
