"""The end of an attempt: seal, result, void, and what a voided one would have given."""

from collections.abc import Sequence
from typing import Any

from audit import canonical
from audit.act import Act
from audit.blobs import Blobs
from audit.entry import SYSTEM
from audit.events import Signature
from lottery import authority, documents, errors, queries, rules
from lottery.documents import JSON
from lottery.events import Drawn, Sealed, ShadowDrawn, Voided, VoidReason
from lottery.model import Attempt, Draw, subject
from lottery.protocol import PROTOCOL
from lottery.protocol.beacon import verify_round
from lottery.protocol.canonical import doc_hash
from lottery.protocol.draw import make_result
from lottery.protocol.entropy import Beacon, Dice
from lottery.protocol.errors import DrawError
from lottery.protocol.seal import check_seal
from lottery.protocol.verify import verify_evidence
from lottery.protocol.void import Reason, make_void
from registry.authority import REGISTRY, account_locks, check_role

CONFIRM_SECONDS = 600
"""How old a void record may be when its two confirmations are in."""


def seal(act: Act, draw_id: str) -> int:
    """Make the seal (封存) from the log: every commitment, every reveal, the announced round. There is no choice in it.

    By the program or an operator. Raises NotNow, QuorumMissed, SealTooEarly, SealTooLate.
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", SYSTEM)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_seal(draw, act.at)
    attempt = _present(draw)
    roster = documents.roster(act.blobs, attempt)
    assert roster is not None
    document = {
        "v": PROTOCOL,
        "type": "seal",
        "draw_id": draw_id,
        "attempt": attempt.number,
        "plan_sha256": doc_hash(attempt.plan),
        "roster_sha256": doc_hash(roster),
        "seats": [
            {"seat": seat, "commit": commit, "secret": attempt.revealed.get(seat)}
            for seat, commit in sorted(attempt.committed.items())
        ],
        "dice": None if attempt.dice is None else attempt.dice.event.digits,
        "round": attempt.round,
    }
    try:
        check_seal(document, attempt.plan, roster)
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    event = Sealed.of({"draw_id": draw_id, "attempt": attempt.number, "seal": document})
    return act.record(event, subject(draw_id, attempt.number))


def complete(act: Act, draw_id: str, signature: str | None = None) -> int:
    """Compute the result once the entropy is there (摇号结果). By the program or an operator.

    signature: of the drand round, 96 hexadecimal digits, from wherever; None in mode `dice`.
    Raises NotNow, NotYetLogged, SealIsLate, NotYetWitnessed, BadDocument (a signature that does not verify).
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", SYSTEM)
    draw = queries.known_draw(act.session, draw_id)
    rules.may_complete(draw, act.at)
    attempt = _present(draw)
    roster, document = documents.roster(act.blobs, attempt), attempt.seal
    assert roster is not None
    assert document is not None
    beacon = _beacon(attempt, signature) if attempt.uses_beacon else None
    dice = _dice(attempt)
    result = make_result(attempt.plan, roster, document, beacon, dice)
    event = Drawn.of(
        {
            "draw_id": draw_id,
            "attempt": attempt.number,
            "beacon": beacon,
            "dice": dice,
            "result_sha256": doc_hash(result),
            "seed": result["seed"],
        }
    )
    evidence = queries.make_evidence(attempt, roster, result, event)
    try:
        verify_evidence(evidence)  # what a stranger would refuse is never published
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    files = [
        documents.store(act.blobs, "result.json", result),
        act.blobs.put_file("evidence.json", JSON, evidence),
    ]
    return act.record(event, subject(draw_id, attempt.number), files=files)


def void(
    act: Act,
    draw_id: str,
    reason: VoidReason,
    note: str,
    *,
    time: int | None = None,
    confirmations: Sequence[Signature] = (),
) -> int:
    """End the present attempt without a result (作废). By an operator; as SEAL_LATE also by the program.

    time, confirmations: where two seats must confirm it, the time in the record they signed (`void_to_sign`) and the
    signatures of two organisations that hold seats.
    Raises VoidForbidden, WrongSigners, BadTime, BadText.
    """
    act.lock(subject(draw_id), REGISTRY)
    check_role(act, "operator", *([SYSTEM] if reason == "SEAL_LATE" else []))
    rules.check_text("note", note)
    draw = queries.known_draw(act.session, draw_id)
    grounds = rules.check_void(draw, act.at, reason)
    now = act.at // 1000
    if not grounds.confirmed:
        event = void_to_sign(act.blobs, draw, reason, note, now)
        return act.record(event, subject(draw_id, event.attempt))
    if time is None or not now - CONFIRM_SECONDS <= time <= now:
        raise errors.BadTime(member="time", why_zh="须为十分钟内", why_en="it must lie within the last ten minutes")
    _check_earliest(_present(draw), time)
    event = void_to_sign(act.blobs, draw, reason, note, time)
    about = subject(draw_id, event.attempt)
    _check_confirmed(act, draw, event, confirmations)
    signed: Any = sorted((item.model_dump() for item in confirmations), key=lambda item: str(item["key"]))
    file = act.blobs.put_file("confirmations.json", JSON, canonical.encode(signed))
    return act.record(event, about, files=[file])


def void_to_sign(blobs: Blobs, draw: Draw, reason: Reason, note: str, time: int) -> Voided:
    """The body of `lottery.voided` that ends the present attempt, for those who confirm it to sign.

    time: Unix seconds. Raises BadDocument.
    """
    attempt = _present(draw)
    try:
        record = make_void(attempt.plan, documents.roster(blobs, attempt), attempt.seal, reason, note, time)
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    return Voided.of({"draw_id": draw.draw_id, "attempt": attempt.number, "void": record})


def _check_earliest(attempt: Attempt, time: int) -> None:
    """Refuse a confirmation of what could not be known yet. Raises BadTime."""
    if attempt.round_at is not None:
        earliest = attempt.round_at // 1000 + rules.BEACON_HALTED_AFTER
    else:
        earliest = rules.seal_time(attempt)
    if time < earliest:
        raise errors.BadTime(member="time", why_zh=f"不得早于 {earliest}", why_en=f"it is before {earliest}")


def _check_confirmed(act: Act, draw: Draw, event: Voided, confirmations: Sequence[Signature]) -> None:
    """Refuse unless two different organisations, each holding a seat, signed the body. Raises WrongSigners."""
    about = subject(draw.draw_id, event.attempt)
    seated = {one.id for one in authority.seat_organisations(act.session, _present(draw)).values()}
    signed = authority.signers(act.session, event, about, confirmations)
    if len(signed) < 2 or not signed <= seated:
        raise errors.WrongSigners(wanted="两个不同机构的席位 / seats of two organisations")


def shadow_draw(act: Act, draw_id: str, attempt: int, signature: str) -> int:
    """Publish what a voided attempt with a seal would have given (影子结果), as information.

    By the program or an operator.

    Raises NotNow, UnknownAttempt, BadDocument.
    """
    act.lock(subject(draw_id), shared=account_locks(act))
    check_role(act, "operator", SYSTEM)
    draw = queries.known_draw(act.session, draw_id)
    if not 1 <= attempt <= len(draw.attempts):
        raise errors.UnknownAttempt(draw_id=draw_id, attempt=attempt)
    voided = draw.attempts[attempt - 1]
    rules.may_shadow(voided, draw, act.at)
    roster, document = documents.roster(act.blobs, voided), voided.seal
    assert roster is not None
    assert document is not None
    beacon = _beacon(voided, signature)
    result = make_result(voided.plan, roster, document, beacon, _dice(voided))
    file = documents.store(act.blobs, "result.json", result)
    event = ShadowDrawn.of({"draw_id": draw_id, "attempt": attempt, "beacon": beacon, "result_sha256": file.sha256})
    return act.record(event, subject(draw_id, attempt), files=[file])


def _beacon(attempt: Attempt, signature: str | None) -> Beacon:
    """The announced round with its randomness, computed and never taken from a relay. Raises BadDocument."""
    assert attempt.round is not None
    try:
        randomness = verify_round(attempt.round, signature or "")
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    return {"round": attempt.round, "signature": signature or "", "randomness": randomness}


def _dice(attempt: Attempt) -> Dice | None:
    if attempt.dice is None:
        return None
    thrown = attempt.dice.event
    return {"digits": thrown.digits, "time": thrown.time, "confirmed_by": thrown.confirmed_by}


def _present(draw: Draw) -> Attempt:
    if draw.attempt is None:
        raise errors.UnknownAttempt(draw_id=draw.draw_id, attempt=1)
    return draw.attempt
