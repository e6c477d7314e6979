"""The meeting up to the seal: commitments, the round, reveals, dice."""

from audit.act import Act
from audit.events import Signature
from lottery import authority, errors, queries, rules
from lottery.events import (
    CommitmentsClosed,
    Committed,
    DiceThrown,
    OfAttempt,
    Revealed,
    RevealRefused,
    RoundAnnounced,
)
from lottery.model import Attempt, subject
from lottery.protocol.commitment import commitment
from lottery.protocol.entropy import dice_of
from lottery.protocol.errors import DrawError
from registry.authority import REGISTRY, account_locks, acts_as, check_role, organisation_of


def commit(act: Act, event: Committed) -> int:
    """A seat's commitment (承诺), by an account of the seat's organisation and signed with its key.

    Raises NotNow, TooLate, UnknownAttempt, UnknownSeat, SeatActed, BadHex, NotOfContributions, NotThatOrganisation.
    """
    act.lock(subject(event.draw_id), REGISTRY)
    draw = queries.known_draw(act.session, event.draw_id)
    attempt = rules.check_commitment(draw, act.at, event)
    _check_seat(act, attempt, event.seat, event, event.signatures)
    return act.record(event, subject(event.draw_id, event.attempt))


def close_commitments(act: Act, draw_id: str, reveal_seconds: int = rules.REVEAL_SECONDS) -> int:
    """Fix the set of commitments, at the deadline or once every seat has committed. By an operator or the program.

    reveal_seconds: how long seats may reveal. Raises NotNow, TooSoon, BadTime.
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", "system")
    draw = queries.known_draw(act.session, draw_id)
    rules.may_close_commitments(draw, act.at)
    assert draw.attempt is not None
    event = CommitmentsClosed(
        draw_id=draw_id,
        attempt=draw.attempt.number,
        seats=sorted(draw.attempt.committed),
        reveal_deadline=rules.reveal_deadline(act.at, reveal_seconds),
    )
    return act.record(event, subject(draw_id, draw.attempt.number))


def announce_round(act: Act, draw_id: str) -> int:
    """Say which drand round the seal will use, before the first reveal: it is computed. By an operator or the program.

    Raises NotNow, QuorumMissed, TooLate.
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", "system")
    draw = queries.known_draw(act.session, draw_id)
    rules.may_announce_round(draw, act.at)
    assert draw.attempt is not None
    event = RoundAnnounced(draw_id=draw_id, attempt=draw.attempt.number, round=rules.round_of(draw.attempt))
    return act.record(event, subject(draw_id, draw.attempt.number))


def reveal(act: Act, event: Revealed, published: int) -> int:
    """A seat's secret (揭示), by an account of the seat's organisation and signed with its key.

    published: how many entries the published checkpoint holds (`log.published_size`). A secret that does not open the
    commitment, or comes too late, is recorded as refused, three times at most.
    Raises NotNow, NotYetPublished, UnknownAttempt, UnknownSeat, SeatActed, TriesUsedUp, BadHex, SecretNotOwn,
    NotThatOrganisation.
    """
    act.lock(subject(event.draw_id), REGISTRY)
    draw = queries.known_draw(act.session, event.draw_id)
    attempt = rules.check_reveal(draw, act.at, published, event)
    _check_seat(act, attempt, event.seat, event, event.signatures)
    about = subject(event.draw_id, event.attempt)
    fault = None
    if rules.is_late_reveal(attempt, act.at):
        fault = "LATE"
    elif commitment(event.draw_id, event.attempt, event.seat, event.secret) != attempt.committed[event.seat]:
        fault = "WRONG"
    if fault is None:
        return act.record(event, about)
    body = event.body() | {"reason": fault}
    del body["signatures"]  # they sign a reveal, which this is not
    return act.record(RevealRefused.of(body), about)


def throw_dice(act: Act, event: DiceThrown) -> int:
    """The digits of the dice, signed by the organisations of the seats that confirm them (掷骰).

    By an operator, or an account of one of those organisations.
    Raises NotNow, TooSoon, TooLate, QuorumMissed, BadDice, BadDocument, WrongSigners, NotThatOrganisation.
    """
    act.lock(subject(event.draw_id), REGISTRY)
    draw = queries.known_draw(act.session, event.draw_id)
    attempt = rules.check_dice(draw, act.at, event)
    try:
        dice_of(
            {"digits": event.digits, "time": event.time, "confirmed_by": event.confirmed_by},
            attempt.plan,
        )
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    seats = authority.seat_organisations(act.session, attempt)
    confirming = {seats[seat].id for seat in event.confirmed_by}
    about = subject(event.draw_id, event.attempt)
    if authority.signers(act.session, event, about, event.signatures) != confirming:
        raise errors.WrongSigners(wanted=", ".join(event.confirmed_by))
    if acts_as(act, "operator"):
        check_role(act, "operator")
    elif organisation_of(act) not in confirming:
        raise errors.NotThatOrganisation(organisation=", ".join(event.confirmed_by))
    return act.record(event, about)


def _check_seat(act: Act, attempt: Attempt, seat: str, event: OfAttempt, signatures: list[Signature]) -> None:
    """Refuse whoever is not of the seat's organisation, key and account both."""
    organisation = authority.seat_organisation(act.session, attempt, seat)
    authority.check_acts_for(act, organisation)
    authority.check_signed_by(act.session, event, subject(event.draw_id, event.attempt), signatures, organisation)
