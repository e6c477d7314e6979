"""Bid bonds (投标保证金) of a lot: secret as its bids are, and their form read out with them (招标投标法 36)."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.tables import PrivateValueRow
from trading.bids.tables import SealedActRow
from trading.events import BidOpened


def bond_forms(session: Session, project: str, lot: str, round_number: int) -> dict[str, list[str]]:
    """Bidder's code to the forms of the bonds that came in for it, ascending."""
    statement = (
        select(SealedActRow.bidder_code, PrivateValueRow.value)
        .join(PrivateValueRow, PrivateValueRow.entry_id == SealedActRow.entry_id)
        .where(
            SealedActRow.act == "bond",
            SealedActRow.project == project,
            SealedActRow.lot == lot,
            SealedActRow.round == round_number,
            PrivateValueRow.name == "statement",
        )
    )
    forms: dict[str, set[str]] = {}
    for code, value in session.execute(statement):
        forms.setdefault(code, set()).add(json.loads(value)["form"])
    return {code: sorted(found) for code, found in forms.items()}


def bonds_of(session: Session, project: str, lot: str, round_number: int, code: str) -> int:
    """Fen of the bonds or deposits that came in for who has this code."""
    statement = (
        select(PrivateValueRow.value)
        .join(SealedActRow, PrivateValueRow.entry_id == SealedActRow.entry_id)
        .where(
            SealedActRow.act == "bond",
            SealedActRow.project == project,
            SealedActRow.lot == lot,
            SealedActRow.round == round_number,
            SealedActRow.bidder_code == code,
            PrivateValueRow.name == "statement",
        )
    )
    return sum(int(json.loads(value)["amount_fen"]) for value in session.scalars(statement))


def with_bonds(event: BidOpened, forms: dict[str, list[str]]) -> BidOpened:
    """What is read out of a bid, with its bidder's bonds; a later quote has none of its own."""
    found = forms.get(event.bidder_code) if type(event) is BidOpened else None
    return event.model_copy(update={"bonds": found}) if found else event
