"""The void record (作废记录): how an attempt ends without a result, and what the next attempt's plan must point to.

It is no part of an evidence file, so it has no codes of its own: E_FORMAT and E_TEXT for its form, E_HASH where it
names other documents than those of the attempt, E_PLAN for a next plan that does not follow it.
"""

from __future__ import annotations

from typing import Final, Literal, TypedDict, cast, get_args

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.canonical import doc_hash
from lottery.protocol.errors import DrawError
from lottery.protocol.forms import closed, equal_to, hex64, null_or, one_of, text, whole
from lottery.protocol.plan import Plan, attempt, draw_id
from lottery.protocol.roster import Roster
from lottery.protocol.seal import Seal

Reason = Literal[
    "QUORUM",
    "ROSTER_ERROR",
    "OBJECTION",
    "SEAT_ABSENT",
    "NETWORK_BEFORE_SEAL",
    "SEAL_LATE",
    "BEACON_HALTED",
    "DICE_IRREGULAR",
    "FORCE_MAJEURE",
]


class Void(TypedDict):
    """A hash is null if the attempt had not got that far. `time` in Unix seconds."""

    v: str
    type: str
    draw_id: str
    attempt: int
    plan_sha256: str
    roster_sha256: str | None
    seal_sha256: str | None
    reason: Reason
    note: str
    time: int


_MEMBERS: Final = closed(
    {
        "v": equal_to(PROTOCOL),
        "type": equal_to("void"),
        "draw_id": draw_id,
        "attempt": attempt,
        "plan_sha256": hex64,
        "roster_sha256": null_or(hex64),
        "seal_sha256": null_or(hex64),
        "reason": one_of(*get_args(Reason)),
        "note": text,
        "time": whole(1),
    }
)


def make_void(plan: Plan, roster: Roster | None, seal: Seal | None, reason: Reason, note: str, time: int) -> Void:
    """Return the record that ends an attempt which got as far as these documents. Raises as `check_void` does.

    Whether the attempt may still end this way is not asked here: that depends on the log and the time.
    """
    return check_void(
        {
            "v": PROTOCOL,
            "type": "void",
            "draw_id": plan["draw_id"],
            "attempt": plan["attempt"],
            "plan_sha256": doc_hash(plan),
            "roster_sha256": None if roster is None else doc_hash(roster),
            "seal_sha256": None if seal is None else doc_hash(seal),
            "reason": reason,
            "note": note,
            "time": time,
        }
    )


def check_void(void: object) -> Void:
    """Return the value as a void record, or raise DrawError E_FORMAT or E_TEXT."""
    canonical.check(void)
    _MEMBERS(void, "E_FORMAT", "void")
    record = cast(Void, void)
    if record["roster_sha256"] is None and record["seal_sha256"] is not None:
        raise DrawError("E_FORMAT", "void：有封存而没有名单", "void: a seal without a roster")
    return record


def check_void_of(void: Void, plan: Plan, roster: Roster | None, seal: Seal | None) -> None:
    """Refuse a record that is not of this attempt, which got as far as these documents. Raises DrawError E_HASH."""
    ends = make_void(plan, roster, seal, void["reason"], void["note"], void["time"])
    for name, wanted in ends.items():
        if void.get(name) != wanted:
            raise DrawError("E_HASH", f"void.{name}：应为 {wanted}", f"void.{name}: not {wanted}")


def check_successor(plan: Plan, void: Void) -> None:
    """Refuse a plan that is not that of the attempt after the one which this record ended.

    Attempts are numbered without gaps, and `prev_sha256` is the hash of the void record, which names the documents
    of the failed attempt: so the newest plan commits to the whole history of the draw.
    Raises DrawError E_PLAN for another draw or number, E_HASH for another record.
    """
    if (plan["draw_id"], plan["attempt"]) != (void["draw_id"], void["attempt"] + 1):
        raise DrawError(
            "E_PLAN",
            f"plan：应为 {void['draw_id']} 第 {void['attempt'] + 1} 次",
            f"plan: not attempt {void['attempt'] + 1} of {void['draw_id']}",
        )
    if plan["prev_sha256"] != (wanted := doc_hash(void)):
        raise DrawError("E_HASH", f"plan.prev_sha256：应为 {wanted}", f"plan.prev_sha256: not {wanted}")
