"""What the body of an entry of a draw must be, for those kinds on which a result rests.

`lottery.events` says the same to those who write entries; a reader who trusts nobody does not take their word for it.
"""

from dataclasses import dataclass, fields
from typing import Any, Final, cast

from audit.entry import Entry
from lottery.logged.faults import as_document, at
from lottery.protocol import canonical
from lottery.protocol.errors import Code, DrawError
from lottery.protocol.forms import (
    Form,
    array,
    closed,
    hex64,
    matching,
    null_or,
    object_of_any_members,
    one_of,
    seat_name,
    whole,
)
from lottery.protocol.plan import attempt as attempt_number
from lottery.protocol.plan import draw_id


def string(value: object, code: Code, path: str) -> None:
    """Take a string of whatever length."""
    if type(value) is not str:
        raise DrawError(code, f"{path}：应为文本", f"{path}: not a text")


def array_of(inner: Form) -> Form:
    """Take an array of what the inner form takes."""

    def form(value: object, code: Code, path: str) -> None:
        array(value, code, path)
        for index, item in enumerate(cast(list[object], value)):
            inner(item, code, f"{path}[{index}]")

    return form


def _of_draw(**members: Form) -> Form:
    return closed({"draw_id": draw_id, **members})


def _of_attempt(**members: Form) -> Form:
    return closed({"draw_id": draw_id, "attempt": attempt_number, **members})


_DIGITS: Final = matching("[0-9]{1,99}")
_BEACON: Final = closed({"round": whole(1), "signature": matching("[0-9a-f]{96}"), "randomness": hex64})
_DICE: Final = closed({"digits": _DIGITS, "time": whole(1), "confirmed_by": array_of(seat_name)})
_COUNTS: Final = closed({"agents": whole(0), "excluded": whole(0), "balls": whole(0)})

# `signatures` is looked at where they are verified.
BODIES: Final[dict[str, Form]] = {
    "lottery.decided": _of_draw(
        project_code=string,
        project_name=string,
        tenderer=string,
        scope=string,
        fee=string,
        former_draw=null_or(string),
        former_reason=null_or(string),
        signatures=array,
    ),
    "lottery.experts_listed": _of_draw(
        experts=array_of(closed({"code": string, "speciality": string})),
        avoided=array_of(closed({"code": string, "reason": string, "note": string})),
        draws_at=whole(0),
    ),
    "lottery.planned": _of_attempt(plan=object_of_any_members, draws_at=whole(0), commit_deadline=whole(0)),
    "lottery.roster_published": _of_attempt(roster_sha256=hex64, counts=_COUNTS),
    "lottery.roster_frozen": _of_attempt(roster_sha256=hex64),
    "lottery.contributed": _of_attempt(seat=seat_name, contribution=hex64),
    "lottery.committed": _of_attempt(seat=seat_name, commit=hex64, signatures=array),
    "lottery.commitments_closed": _of_attempt(seats=array_of(seat_name), reveal_deadline=whole(1)),
    "lottery.round_announced": _of_attempt(round=whole(1)),
    "lottery.revealed": _of_attempt(seat=seat_name, secret=hex64, signatures=array),
    "lottery.reveal_refused": _of_attempt(seat=seat_name, secret=hex64, reason=one_of("WRONG", "LATE")),
    "lottery.dice_thrown": _of_attempt(
        digits=_DIGITS,
        time=whole(1),
        confirmed_by=array_of(seat_name),
        invalid_throws=whole(0),
        first_entries=array_of(_DIGITS),
        signatures=array,
    ),
    "lottery.sealed": _of_attempt(seal=object_of_any_members),
    "lottery.drawn": _of_attempt(beacon=null_or(_BEACON), dice=null_or(_DICE), result_sha256=hex64, seed=hex64),
    "lottery.voided": _of_attempt(void=object_of_any_members),
    "lottery.shadow_drawn": _of_attempt(beacon=_BEACON, result_sha256=hex64),
    "lottery.standing_changed": _of_attempt(standing_sha256=hex64, changes=whole(1), signatures=array),
}

BEFORE_THE_PLAN: Final = frozenset(
    (
        "lottery.decided",
        "lottery.call_published",
        "lottery.experts_listed",
        "lottery.signed_up",
        "lottery.sign_up_withdrawn",
    )
)
"""Kinds whose subject is the draw, not an attempt of it."""


@dataclass(frozen=True, slots=True)
class Step(Entry):
    """An entry of a draw whose body has been checked."""

    body: dict[str, Any]


def checked(entry: Entry) -> Step:
    """Refuse a body that is not of its kind, and one that is of another draw or attempt than the subject says.

    Raises EntryFault.
    """
    form = BODIES.get(entry.kind)
    if form is not None:
        try:
            canonical.check(entry.body)  # the log allows booleans, of which True == 1; these kinds have none
            form(entry.body, "E_FORMAT", "body")
        except DrawError as fault:
            raise as_document(entry, fault) from None
    of_draw, attempt = entry.body.get("draw_id"), entry.body.get("attempt")
    wanted = f"draw:{of_draw}"
    if entry.kind not in BEFORE_THE_PLAN:
        wanted += f"/{attempt}"
    if type(of_draw) is not str or entry.subject != wanted:
        raise at(entry, f"主体为 {entry.subject}，与正文不符", f"its subject {entry.subject} is not what its body says")
    if entry.kind not in BEFORE_THE_PLAN and type(attempt) is not int:
        raise at(entry, "正文缺少轮次 attempt", "its body names no attempt")
    return Step(**{one.name: getattr(entry, one.name) for one in fields(entry)})
