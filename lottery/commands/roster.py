"""An attempt up to its freeze: plan, rosters, objections."""

from typing import Any

import registry.queries
from audit.act import Act
from lottery import authority, documents, errors, queries, rules
from lottery.events import (
    About,
    ObjectionAnswered,
    ObjectionFiled,
    Outcome,
    Planned,
    RosterFrozen,
    RosterPublished,
)
from lottery.model import Attempt, Draw, subject
from lottery.pool import compute_roster
from lottery.protocol.canonical import doc_hash
from lottery.protocol.errors import DrawError
from lottery.protocol.plan import check_plan, organisations
from lottery.protocol.roster import Roster
from registry.authority import REGISTRY, account_locks, check_role


def plan_draw(act: Act, draw_id: str, plan: dict[str, Any], draws_at: int, commit_deadline: int) -> int:
    """Publish the rules of the next attempt (摇号方案). By an operator. Times in Unix seconds.

    plan: a plan of the protocol; each seat's `org` is the name of an organisation on record.
    Raises NotNow, BadDocument, PlanDiffers, BadTime, WorkingDayMissing, ChangeNotInNote, SeatIsAgency,
    UnknownOrganisation.
    """
    act.lock(subject(draw_id), REGISTRY)
    check_role(act, *rules.OPERATOR)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_plan(draw, act.at)
    try:
        checked = check_plan(plan)
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    rules.check_new_plan(draw, act.at, checked, draws_at, commit_deadline)
    seats = {seat: authority.organisation_named(act.session, name) for seat, name in organisations(checked).items()}
    authority.check_seats_are_no_agencies(seats, registry.queries.agencies(act.session))
    body = {
        "draw_id": draw_id,
        "attempt": checked["attempt"],
        "plan": plan,
        "draws_at": draws_at,
        "commit_deadline": commit_deadline,
    }
    return act.record(Planned.of(body), subject(draw_id, checked["attempt"]))


def publish_roster(act: Act, draw_id: str) -> int:
    """Compute the roster from the register and show it to all (名单公示). By an operator, again after each change.

    Raises NotNow, TooSoon, RosterUnchanged, ChangeNotInNote, SeatIsAgency, BadDocument.
    """
    act.lock(subject(draw_id), REGISTRY)
    check_role(act, *rules.OPERATOR)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_publish_roster(draw, act.at)
    attempt = _present(draw)
    roster = compute_roster(act, draw, attempt)
    rules.check_new_roster(attempt, doc_hash(roster))
    if former := _former(act, draw):
        rules.check_balls_in_note(*former, roster)
    file = documents.store(act.blobs, "roster.json", roster)
    event = RosterPublished.of(
        {
            "draw_id": draw_id,
            "attempt": attempt.number,
            "roster_sha256": file.sha256,
            "counts": {
                "agents": len(roster["agents"]),
                "excluded": len(roster["excluded"]),
                "balls": sum(agent["balls"] for agent in roster["agents"]),
            },
        }
    )
    return act.record(event, subject(draw_id, attempt.number), files=[file])


def freeze_roster(act: Act, draw_id: str) -> int:
    """Open the meeting: the roster computed now must be the one last published (名单冻结). By an operator.

    Holds the whole register, so that a suspension that the log shows before the freeze was seen by it.
    Raises NotNow, TooSoon, TooLate, ObjectionOpen, RosterChanged, WorkingDayMissing.
    """
    act.lock(subject(draw_id), REGISTRY)
    check_role(act, *rules.OPERATOR)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_freeze(draw, act.at)
    attempt = _present(draw)
    roster = compute_roster(act, draw, attempt)
    published, computed = attempt.rosters[-1].event.roster_sha256, doc_hash(roster)
    if computed != published:
        raise errors.RosterChanged(published=published[:8], computed=computed[:8])
    former = _former(act, draw)
    repeats = former is not None and rules.repeats(former[0].plan, former[1], attempt.plan, roster)
    rules.may_freeze(draw, act.at, repeats_former=repeats)
    event = RosterFrozen(draw_id=draw_id, attempt=attempt.number, roster_sha256=published)
    return act.record(event, subject(draw_id, attempt.number))


def file_objection(act: Act, draw_id: str, about: About, text: str) -> int:
    """Put an objection on record (异议), from whom the operator hears it or who has an account.

    text: stays public for ever. Raises NotNow, BadText.
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, *rules.OBJECTORS)
    rules.check_text("text", text, rules.LONG_TEXT)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_object(draw, act.at)
    attempt = _present(draw)
    event = ObjectionFiled(
        draw_id=draw_id, attempt=attempt.number, objection=len(attempt.filed) + 1, about=about, text=text
    )
    return act.record(event, subject(draw_id, attempt.number))


def answer_objection(act: Act, draw_id: str, objection: int, outcome: Outcome, reason: str) -> int:
    """Answer an objection of the present attempt. By an operator or a supervisor. Raises UnknownObjection, BadText."""
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", "supervisor")
    rules.check_text("reason", reason, rules.LONG_TEXT)
    draw = queries.known_draw(act.session, draw_id)
    rules.check_answer(draw, act.at, objection)
    attempt = _present(draw)
    event = ObjectionAnswered(
        draw_id=draw_id, attempt=attempt.number, objection=objection, outcome=outcome, reason=reason
    )
    return act.record(event, subject(draw_id, attempt.number))


def _present(draw: Draw) -> Attempt:
    assert draw.attempt is not None  # the rules refused before
    return draw.attempt


def _former(act: Act, draw: Draw) -> tuple[Attempt, Roster] | None:
    """The attempt before, if it came as far as a roster."""
    if len(draw.attempts) < 2:
        return None
    former = draw.attempts[-2]
    roster = documents.roster(act.blobs, former)
    return None if roster is None else (former, roster)
