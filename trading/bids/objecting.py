"""Objections on the spot of an opening (开标异议), and their answers."""

import secrets
from collections.abc import Sequence

from audit.act import Act
from registry.authority import account_locks, acts_as, check_role
from registry.names import check_text
from trading.bids import errors, queries
from trading.bids.commands import lot_of
from trading.bids.parties import bidder_of, check_party
from trading.events import OpeningObjected, OpeningReplied
from trading.lots import check_move


def object_to_opening(act: Act, project: str, lot: str, text: Sequence[str]) -> int:
    """Object on the spot (开标异议). By a bidder of the lot, or by a registrar for one in the room.

    Raises NoBidThere, NotClosedYet, BadText and what the table refuses.
    """
    _check_texts(text, "异议内容")
    act.lock(f"project:{project}", shared=account_locks(act))
    check_role(act, "bidder", "registrar")
    found = queries.opening(lot_of(act, project, lot), act.blobs)
    if found.closed is None:
        raise errors.NotClosedYet(lot=lot)
    name = "开标现场投标人"
    if not acts_as(act, "registrar"):
        bidder, _ = bidder_of(act)
        acts = queries.acts_of_lot(act.session, project, lot, found.state.round)
        if not any(one.organisation == bidder.id for one in queries.standing(acts)):
            raise errors.NoBidThere(lot=lot)
        name = bidder.name
    event = OpeningObjected(
        project=project,
        lot=lot,
        round=found.state.round,
        objection=f"kb-{secrets.token_hex(6)}",
        bidder=name,
        text=list(text),
    )
    check_move(found.state, event, act.at // 1000)
    return act.record(event, f"project:{project}")


def reply_to_objection(act: Act, project: str, lot: str, objection: str, text: Sequence[str]) -> int:
    """Answer an objection on the spot. By the project's parties. Raises NoSuchObjection and as above."""
    _check_texts(text, "答复内容")
    act.lock(f"project:{project}", shared=account_locks(act))
    check_party(act, project)
    found = queries.opening(lot_of(act, project, lot), act.blobs)
    open_ones = {one.event.objection for one in found.objections} - {one.event.objection for one in found.replies}
    if objection not in open_ones:
        raise errors.NoOpenObjection(objection=objection[:40])
    event = OpeningReplied(project=project, lot=lot, round=found.state.round, objection=objection, text=list(text))
    check_move(found.state, event, act.at // 1000)
    return act.record(event, f"project:{project}")


def _check_texts(text: Sequence[str], field: str) -> None:
    if not 1 <= len(text) <= 50:
        raise errors.BadSealedAct(field=field, why_zh="1 至 50 段", why_en="1 to 50 paragraphs")
    for one in text:
        check_text(one, field, 2000)
