"""Consortia (联合体): who bids together, wins and signs, as it was read out. Pure."""

from collections.abc import Collection, Iterable, Sequence

from trading.events import BidOpened, Member
from trading.lot_state import LotState


def as_led(members: Sequence[Member]) -> list[Member]:
    """The members of a bid, of whom the first leads."""
    return [one.model_copy(update={"lead": not place}) for place, one in enumerate(members)]


def consortium_of(lot: LotState, code: str) -> list[Member]:
    """All members of the consortium that a bidder leads, the lead first; none where it bid alone."""
    for step in lot.all(BidOpened):
        if step.event.bidder_code == code and step.event.members:
            return as_led(step.event.members)
    return []


def consortia_of(lot: LotState, codes: Iterable[str]) -> list[Member]:
    """The members of these bidders' consortia, one consortium after the other."""
    return [member for code in codes for member in consortium_of(lot, code)]


def led_by(code: str, members: Iterable[Member], leads: Collection[str]) -> list[Member]:
    """Of several consortia's members, one after the other, those whom this bidder leads. leads: all leads' codes."""
    found: list[Member] = []
    leading = ""
    for one in members:
        if one.lead or one.code in leads:
            leading = one.code
        if leading == code:
            found.append(one)
    return as_led(found)


def said(members: Iterable[Member]) -> list[str]:
    """As a notice names them, one a line."""
    return [f"{one.name}（{one.code}{'，牵头人' if one.lead else ''}）" for one in members]
