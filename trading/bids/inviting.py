"""Bidding by invitation (邀请): who is invited is committed to, kept to while bids are taken, named at the opening.

What an invitation commits to, its private value `invited`, is canonical JSON:

    {"project": …, "lot": …, "round": 1, "invited": [{"bidder": …, "bidder_code": …}…]}     ascending by code

Of who was recommended in writing it says by whom, `"by": "purchaser"` or `"experts"`.

The file `invited.json` of the entry that names them opens these commitments:

    {"format": "mingtang-invited/1", "lists": [{"salt": HEX, "invited": "{\\"invited\\":…}"}…]}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from audit import canonical
from audit.act import Act
from registry.authority import REGISTRY, account_locks, check_role
from registry.names import check_name
from registry.queries import organisation_with_code
from registry.uscc import check_uscc
from trading import errors
from trading.bids import rules
from trading.bids.commands import lot_of
from trading.bids.invited import VALUE, invited_of
from trading.bids.parties import check_no_party
from trading.bids.tables import InvitedRow
from trading.commands.standing import project_of
from trading.events import BiddersInvited
from trading.events.inviting import HowChosen
from trading.law.procedures import Row
from trading.lots import check_move
from trading.rules import check_project_code

LEAST: Final = 3
MOST: Final = 200
Recommender = Literal["purchaser", "experts"]
WAYS: Final[Mapping[str, frozenset[HowChosen]]] = {
    "chosen_publicly": frozenset({"qualified", "drawn", "recommended"}),
    "drawn_or_recommended": frozenset({"drawn", "recommended"}),
}
"""By a rule of the table of procedures: how suppliers may be chosen (财政部令第87号 14, 第74号 12)."""


@dataclass(frozen=True)
class Invited:
    bidder: str
    bidder_code: str
    by: Recommender | None = None
    """Who recommended it, where it was recommended."""


def invite(act: Act, event: BiddersInvited, invited: Sequence[Invited]) -> int:
    """Invite these, besides whoever was invited in this round before. By the project's tenderer or agent.

    Raises NoSuchProject, NotForThatTenderer, NoSuchLot, LateBid, BadCode, BadText, InvitedAlready,
    InvitedByAnotherName, PartyCannotBid, TooFewInvited, OneSourceOnly, WayOfChoosing, RecommendersUnsaid,
    TooManyRecommended and what the table refuses.
    """
    check_project_code(event.project)
    act.lock(f"project:{event.project}", shared=[REGISTRY, *account_locks(act)])
    project_of(act, event.project)
    state = lot_of(act, event.project, event.lot)
    row = check_move(state, event, act.at // 1000)
    check_role(act, *row.by)
    rules.check_in_time(state, act.at)
    known = {one.bidder_code for one in invited_of(act.session, event.project, event.lot, event.round)}
    fresh = sorted((_checked(act, event, one) for one in invited[: MOST + 1]), key=lambda one: one.bidder_code)
    for one in fresh:
        if one.bidder_code in known:
            raise errors.InvitedAlready(bidder=one.bidder, lot=event.lot)
        known.add(one.bidder_code)
    _check_number(row, event.lot, len(known) if fresh else 0)
    _check_way(row, event, fresh)
    listed: list[canonical.Value] = [_named(one) for one in fresh]
    statement: dict[str, canonical.Value] = {
        "project": event.project,
        "lot": event.lot,
        "round": event.round,
        "invited": listed,
    }
    private = {VALUE: canonical.encode(statement)}
    entry_id = act.record(event, f"project:{event.project}", private=private)
    act.session.add_all(
        InvitedRow(
            entry_id=entry_id,
            position=position,
            project=event.project,
            lot=event.lot,
            round=event.round,
            bidder=one.bidder,
            bidder_code=one.bidder_code,
        )
        for position, one in enumerate(fresh)
    )
    act.session.flush()
    return entry_id


def _checked(act: Act, event: BiddersInvited, one: Invited) -> Invited:
    code = check_uscc(one.bidder_code)
    check_name(one.bidder, "受邀单位")
    found = organisation_with_code(act.session, code)
    if found is not None:
        if found.name != one.bidder:
            raise errors.InvitedByAnotherName(code=code, name=found.name)
        check_no_party(act, event.project, event.lot, found)
    return Invited(one.bidder, code, one.by)


def _named(one: Invited) -> dict[str, canonical.Value]:
    named: dict[str, canonical.Value] = {"bidder": one.bidder, "bidder_code": one.bidder_code}
    return named if one.by is None else named | {"by": one.by}


def _check_way(row: Row, event: BiddersInvited, fresh: Sequence[Invited]) -> None:
    """How the law lets suppliers be chosen: the purchaser itself recommends half of those recommended at most."""
    ways = next((WAYS[rule] for rule in row.rules if rule in WAYS), None)
    if ways is None:
        return
    if event.chosen not in ways:
        raise errors.WayOfChoosing(lot=event.lot, law=row.law)
    if event.chosen != "recommended":
        return
    for one in fresh:
        if one.by is None:
            raise errors.RecommendersUnsaid(bidder=one.bidder)
    own = sum(one.by == "purchaser" for one in fresh)
    if 2 * own > len(fresh):
        raise errors.TooManyRecommended(own=own, found=len(fresh), law=row.law)


def _check_number(row: Row, lot: str, found: int) -> None:
    if "one_invited" in row.rules and found != 1:
        raise errors.OneSourceOnly(lot=lot)
    if "three_invited" in row.rules and not LEAST <= found <= MOST:
        raise errors.TooFewInvited(lot=lot, wanted=LEAST, found=found, law=row.law)
