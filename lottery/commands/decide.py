"""Before the first plan: the tenderer's decision, the call, who answers it."""

from audit.act import Act
from lottery import authority, documents, errors, queries, rules
from lottery.events import CallPublished, Conditions, Decided, SignedUp, SignUpWithdrawn
from lottery.model import subject
from lottery.numbering import read_draw_id
from registry.authority import CREDIT_FORMULA, REGISTRY, account_locks, acts_as, check_role, organisation_of
from registry.queries import agency, organisation_with_code
from registry.working_days import day_of


def decide(act: Act, event: Decided) -> int:
    """Begin a draw: the tenderer's own decision, signed with its key (招标人决定摇号).

    By an account of the tenderer. Whether the project exists is asked by `trading`.
    Raises BadDrawId, DrawIdNotNext, ProjectHasDraw, FormerDrawWrong, NotThatOrganisation, UnknownOrganisation, BadText.
    """
    act.lock(*decision_locks(event))
    return record_decision(act, event)


def decision_locks(event: Decided) -> list[str]:
    """What `record_decision` needs held: the draw, its series of numbers, the project, the draw before, the register.

    Raises BadDrawId.
    """
    number = read_draw_id(event.draw_id)
    former = [] if event.former_draw is None else [subject(event.former_draw)]
    return [
        subject(event.draw_id),
        f"draws:{number.series}-{number.year}",
        f"draws-of:{event.project_code}",
        *former,
        REGISTRY,
    ]


def record_decision(act: Act, event: Decided) -> int:
    """`decide` for a caller that holds `decision_locks` already."""
    rules.check_decision(event)
    check_role(act, "tenderer")
    tenderer = authority.organisation_named(act.session, event.tenderer)
    authority.check_acts_for(act, tenderer)
    authority.check_signed_by(act.session, event, subject(event.draw_id), event.signatures, tenderer)
    _check_number(act, event.draw_id)
    _check_former(act, event)
    return act.record(event, subject(event.draw_id))


def _check_number(act: Act, draw_id: str) -> None:
    number = read_draw_id(draw_id)
    if number.year != day_of(act.at // 1000).year:
        raise errors.BadDrawId(draw_id=draw_id)
    prefix = number.series.removeprefix("DRILL-")
    wanted = queries.next_draw_id(act.session, prefix, number.year, number.is_drill)
    if draw_id != wanted:
        raise errors.DrawIdNotNext(draw_id=draw_id, wanted=wanted)


def _check_former(act: Act, event: Decided) -> None:
    former = None
    if not read_draw_id(event.draw_id).is_drill:  # a rehearsal decides nothing and is in nobody's way
        former = queries.newest_draw_of_project(act.session, event.project_code)
    vacant = 0 if former is None else documents.vacant(act.blobs, former.attempt)
    rules.check_former_draw(event, former, vacant)


def publish_call(act: Act, draw_id: str, conditions: Conditions, sign_up_until: int, draws_at: int) -> int:
    """Call on every agency on record to answer (征集公告). By an operator. Times in Unix seconds.

    Raises NotNow, GivenUp, BadTime, BadText.
    """
    # The formula that holds for the draw is the newest published before this call.
    act.lock(subject(draw_id), shared=[CREDIT_FORMULA, *account_locks(act)])
    check_role(act, *rules.OPERATOR)
    draw = queries.known_draw(act.session, draw_id)
    rules.check_call(draw, act.at, conditions, sign_up_until, draws_at)
    event = CallPublished(draw_id=draw_id, conditions=conditions, sign_up_until=sign_up_until, draws_at=draws_at)
    return act.record(event, subject(draw_id))


def sign_up(act: Act, draw_id: str, code: str) -> int:
    """An agency answers the call (报名). By an agent of that agency, or a registrar who holds its paper.

    Raises TooLate, UnknownAgency, SignUpTwice, NotThatOrganisation.
    """
    _prepare_sign_up(act, draw_id, code, "sign_up")
    if code in queries.sign_ups(act.session, draw_id):
        raise errors.SignUpTwice(agency=code)
    return act.record(SignedUp(draw_id=draw_id, code=code), subject(draw_id))


def withdraw_sign_up(act: Act, draw_id: str, code: str) -> int:
    """An agency takes its answer back. Raises TooLate, UnknownAgency, NotSignedUp, NotThatOrganisation."""
    _prepare_sign_up(act, draw_id, code, "withdraw_sign_up")
    if code not in queries.sign_ups(act.session, draw_id):
        raise errors.NotSignedUp(agency=code)
    return act.record(SignUpWithdrawn(draw_id=draw_id, code=code), subject(draw_id))


def _prepare_sign_up(act: Act, draw_id: str, code: str, action: str) -> None:
    act.lock(subject(draw_id), shared=[f"agency:{code}", *account_locks(act)])
    check_role(act, "agent", "registrar")
    draw = queries.known_draw(act.session, draw_id)
    rules.may_sign_up(draw, act.at, action)
    name, organisation = _who_answers(act, code)
    if not acts_as(act, "registrar") and (organisation is None or organisation != organisation_of(act)):
        raise errors.NotThatOrganisation(organisation=name)


def _who_answers(act: Act, code: str) -> tuple[str, str | None]:
    """Name and organisation record of an agency; one that is not on record yet may answer too, if it has such a record.

    The roster then says that it was out for that. Raises UnknownAgency.
    """
    found, known = agency(act.session, code), organisation_with_code(act.session, code)
    own = known.id if known is not None and "agency" in known.capacities else None
    if found is not None:
        return found.name, found.facts.organisation or own
    if known is None or own is None:
        raise errors.UnknownAgency(agency=code)
    return known.name, own
