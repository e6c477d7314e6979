"""The contract: as awarded, and what becomes of it."""

from collections.abc import Sequence

from trading import errors
from trading.events import AwardDecided, ContractAmended, ContractEnded, ContractSigned, Winner
from trading.rules.case import Case, checks

TENTH = 10
"""政府采购法 49: what is added is at most a tenth of the first amount."""


@checks
def winner_signs(case: Case) -> None:
    if _winner(case) is None:
        raise errors.NotTheWinner(supplier=case.event.supplier, lot=case.lot.lot)


@checks
def award_price(case: Case) -> None:
    """The contract departs in nothing of substance from the bid (招标投标法 46, 政府采购法 46)."""
    winner = _winner(case)
    if winner is None or (winner.bidder, winner.price_fen) != (case.event.supplier, case.event.amount_fen):
        wanted = ("", 0) if winner is None else (winner.bidder, winner.price_fen)
        raise errors.NotAsAwarded(supplier=wanted[0], amount_fen=wanted[1])


@checks
def new_contract(case: Case) -> None:
    """One contract with each winner, with a number of its own."""
    signed = [step.event for step in case.lot.all(ContractSigned)]
    if any(case.event.contract == one.contract for one in signed):
        raise errors.ReferenceUsed(reference=case.event.contract)
    if any(case.event.supplier_code == one.supplier_code for one in signed):
        raise errors.RecordedAlready(lot=case.lot.lot)


@checks
def known_contract(case: Case) -> None:
    """A contract that was signed and has not ended."""
    ended = {step.event.contract for step in case.lot.all(ContractEnded)}
    if case.event.contract in ended or _signed(case) is None:
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.contract)


@checks
def old_amount(case: Case) -> None:
    amended = [one.event for one in case.lot.all(ContractAmended) if one.event.contract == case.event.contract]
    signed = _signed(case)
    assert signed is not None
    stands = amended[-1].new_fen if amended else signed.amount_fen
    if case.event.old_fen != stands:
        raise errors.OldAmountDiffers(contract=case.event.contract, amount_fen=stands)


@checks
def ten_percent(case: Case) -> None:
    signed = _signed(case)
    assert signed is not None
    limit = signed.amount_fen + signed.amount_fen // TENTH
    if case.event.new_fen > limit:
        raise errors.AboveTenPercent(contract=case.event.contract, limit_fen=limit)


def _signed(case: Case) -> ContractSigned | None:
    signed = (step.event for step in case.lot.all(ContractSigned))
    return next((one for one in signed if one.contract == case.event.contract), None)


def _winner(case: Case) -> Winner | None:
    award = case.lot.last(AwardDecided)
    winners: Sequence[Winner] = () if award is None else award.event.winners
    return next((one for one in winners if one.bidder_code == case.event.supplier_code), None)
