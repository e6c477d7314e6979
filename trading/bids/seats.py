"""Whose keys a plan of an opening names: those that each seat's own organisation recorded, and no others.

Who plans an opening names seats and organisations. Could he name keys as well, he could name his own for all of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry.model.opening_keys import OpeningKey
from registry.queries import opening_key, opening_keys_in_force
from trading.bids.errors import SeatHasNoKey, SeatKeyNotOwn
from trading.events import OpeningPlanned, OpeningSeat, Sealing


@dataclass(frozen=True)
class SeatWanted:
    """A seat as it is asked for."""

    seat: str
    organisation: str


@dataclass(frozen=True)
class OpeningWanted:
    """A plan as it is asked for: the program adds the keys."""

    project: str
    lot: str
    round: int
    seats: tuple[SeatWanted, ...]
    threshold: int
    round_number: int | None


def with_own_keys(session: Session, wanted: OpeningWanted) -> OpeningPlanned:
    """The plan with the keys in force, the newest of each organisation first where it holds several seats.

    A key counts once its entry has its place, which the plan names. Raises SeatHasNoKey.
    """
    seats = _seats(session, wanted.seats)
    return OpeningPlanned(
        project=wanted.project,
        lot=wanted.lot,
        round=wanted.round,
        seats=seats,
        threshold=wanted.threshold,
        round_number=wanted.round_number,
    )


def _seats(session: Session, wanted: Sequence[SeatWanted]) -> list[OpeningSeat]:
    own: dict[str, list[SeatWanted]] = defaultdict(list)
    for one in wanted:
        own[one.organisation].append(one)
    found: dict[SeatWanted, OpeningSeat] = {}
    for organisation, seats in own.items():
        keys = [one for one in opening_keys_in_force(session, organisation) if one.seq is not None]
        if len(keys) < len(seats):
            raise SeatHasNoKey(organisation=organisation, wanted=len(seats), found=len(keys))
        for seat, key in zip(seats, keys, strict=False):
            found[seat] = OpeningSeat(
                seat=seat.seat, organisation=organisation, recipient=key.recipient, recorded=key.seq or 0
            )
    return [found[one] for one in wanted]


def check_own_keys(session: Session, sealing: Sealing, entry_id: int) -> None:
    """Whether each seat's key was its organisation's, and in force when a plan was entered. entry_id: of this entry.

    Quotes are sealed for the plan's keys, whatever became of them since. Asked when the entry is applied, so that a log
    is refused on replay in which it is not so. Raises SeatKeyNotOwn.
    """
    for one in sealing.seats:
        key = opening_key(session, one.recipient)
        is_own = key is not None and (key.organisation, key.seq) == (one.organisation, one.recorded)
        if key is None or not is_own or (isinstance(sealing, OpeningPlanned) and _is_over(key, entry_id)):
            raise SeatKeyNotOwn(seat=one.seat, organisation=one.organisation)


def _is_over(key: OpeningKey, entry_id: int) -> bool:
    return any(one.entry_id < entry_id for one in key.ends)
