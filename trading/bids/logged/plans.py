"""Whose keys bids are sealed for: each seat's is one that its own organisation recorded, signed, and had in force.

Whoever plans an opening, even the owner of the log's key, can put no key of his own into a seat without this showing.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from audit.entry import Entry
from lottery.logged.faults import EntryFault
from lottery.logged.register import Register
from trading.bids.logged.closing import Closed, fault

SIGNING: Final = ("registry.key_recorded", "registry.key_revoked")
RECORDED: Final = "registry.opening_key_recorded"
WITHDRAWN: Final = "registry.opening_key_withdrawn"
PLANNED: Final = "trading.opening_planned"
ASKED: Final = "trading.quotes_asked"
KINDS: Final = (*SIGNING, RECORDED, WITHDRAWN, PLANNED, ASKED)


class Seat(NamedTuple):
    """As a plan names it."""

    seat: str
    organisation: str
    recipient: str
    recorded: int
    """Place of the entry that recorded the key."""


@dataclass(frozen=True)
class Plan:
    """For whose keys bids, or quotes, are sealed."""

    seats: tuple[Seat, ...]
    """Ascending by name."""
    threshold: int
    round: int | None
    """Of the timelock."""


class OpeningKeys:
    """What the log says of organisations' opening keys, at every place of it."""

    def __init__(self) -> None:
        self._register = Register()
        self._recorded: dict[str, tuple[int, str]] = {}
        """Recipient to where it was recorded, and for whom."""
        self._over: dict[str, int] = {}
        """Recipient to where it was first replaced or withdrawn."""

    def add(self, entry: Entry) -> None:
        """Take up an entry of SIGNING, RECORDED or WITHDRAWN. Raises BidFault."""
        if entry.kind in SIGNING:
            self._register.add(entry)
            return
        body = entry.body
        organisation, recipient, replaces = (body.get(name) for name in ("organisation", "recipient", "replaces"))
        if not isinstance(organisation, str) or not isinstance(recipient, str):
            raise fault(entry, "E_SEAT", "没有写明单位和开标公钥", "it names no organisation and key")
        try:
            signed = self._register.signers(entry)
        except EntryFault as wrong:
            raise fault(entry, "E_SEAT", wrong.message("zh"), wrong.message("en")) from None
        if entry.subject != f"organisation:{organisation}" or signed != {organisation}:
            raise fault(
                entry, "E_SEAT", f"不是由单位 {organisation} 自己签名的", f"{organisation} itself has not signed it"
            )
        if entry.kind == WITHDRAWN:
            self._end(entry, organisation, recipient)
            return
        if recipient in self._recorded:
            first = self._recorded[recipient][0]
            raise fault(entry, "E_SEAT", f"该公钥已在第 {first} 条登记", f"entry {first} recorded that key before")
        if replaces is not None:
            self._end(entry, organisation, replaces)
        self._recorded[recipient] = (entry.seq, organisation)

    def _end(self, entry: Entry, organisation: str, recipient: object) -> None:
        if not isinstance(recipient, str) or self._recorded.get(recipient, (0, ""))[1] != organisation:
            raise fault(
                entry, "E_SEAT", f"单位 {organisation} 没有登记过该公钥", f"{organisation} never recorded that key"
            )
        self._over.setdefault(recipient, entry.seq)

    def check_plan(self, entry: Entry) -> Plan:
        """The plan that an entry says, whose seats' keys must be their own. Raises BidFault."""
        plan = _plan(entry)
        for seat, organisation, recipient, recorded in plan.seats:
            if (recorded, organisation) != self._recorded.get(recipient):
                raise fault(
                    entry,
                    "E_SEAT",
                    f"席位 {seat} 的公钥不是单位 {organisation} 在第 {recorded} 条自行登记的",
                    f"the key of seat {seat} is not what {organisation} itself recorded in entry {recorded}",
                )
            if recipient in self._over:
                over = self._over[recipient]
                raise fault(
                    entry,
                    "E_SEAT",
                    f"席位 {seat} 的公钥已在第 {over} 条停用",
                    f"the key of seat {seat} was over by entry {over}",
                )
        return plan


def check_asked(entry: Entry, plans: list[Plan]) -> Plan:
    """For whose keys quotes are sealed: those of the plan in force, with a timelock of their own. Raises BidFault."""
    asked = _plan(entry)
    last = plans[-1] if plans else Plan((), 0, None)
    if (asked.seats, asked.threshold) != (last.seats, last.threshold):
        raise fault(entry, "E_SEAT", "席位不是开标方案的席位", "its seats are not those of the opening's plan")
    return asked


def check_sealed_for(closed: Closed, plans: list[Plan]) -> None:
    """Whether each bid that stands was sealed for a plan of its lot. Raises BidFault."""
    known = [(tuple(seat.seat for seat in one.seats), one.threshold, one.round) for one in plans]
    for receipt, keys in closed.keys.items():
        if (tuple(sorted(keys.commitments)), keys.threshold, keys.round) not in known:
            raise fault(
                closed.entry,
                "E_SEAT",
                f"{receipt} 不是按该标段公布过的开标方案封装的",
                f"{receipt} was sealed for no plan of its lot",
            )


def _plan(entry: Entry) -> Plan:
    said: dict[str, Any] = entry.body
    seats, threshold, round_number = (said.get(name) for name in ("seats", "threshold", "round_number"))
    found = [_seat(one) for one in seats] if isinstance(seats, list) else [None]
    named = [one for one in found if one is not None]
    bad_round = round_number is not None and type(round_number) is not int
    if None in found or type(threshold) is not int or bad_round or not _is_shared(named, threshold):
        raise fault(
            entry,
            "E_SEAT",
            "席位或门限不合规定：席位须升序、公钥各异，任何一个单位达不到门限",
            "seats ascend, each has a key of its own, and no organisation reaches the threshold alone",
        )
    return Plan(tuple(named), threshold, round_number)


def _is_shared(seats: list[Seat], threshold: int) -> bool:
    if not seats:
        return threshold == 0
    names = [one.seat for one in seats]
    most = max(Counter(one.organisation for one in seats).values())
    is_clear = names == sorted(set(names)) and len({one.recipient for one in seats}) == len(seats)
    return is_clear and 2 <= threshold <= len(seats) and most < threshold


def _seat(one: Any) -> Seat | None:
    if not isinstance(one, dict) or type(one.get("recorded")) is not int:
        return None
    seat, organisation, recipient = (one.get(name) for name in ("seat", "organisation", "recipient"))
    if not (isinstance(seat, str) and isinstance(organisation, str) and isinstance(recipient, str)):
        return None
    return Seat(seat, organisation, recipient, one["recorded"])
