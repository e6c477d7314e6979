"""The contract: as awarded, and what becomes of it."""

from collections.abc import Sequence

from registry.working_days import day_of
from trading import errors
from trading.events import (
    AwardDecided,
    AwardNotified,
    BidOpened,
    BondReturned,
    ContractAmended,
    ContractEnded,
    ContractSigned,
    LotEvent,
    SecurityReturned,
    Winner,
)
from trading.rules.case import Case, checks

TENTH = 10
"""政府采购法 49: what is added is at most a tenth of the first amount."""

MONEY = frozenset({"transfer", "cheque"})
"""Forms of a bid bond on which a bank pays interest; 0 is told of any other money that bore none."""


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


@checks
def sent_since_award(case: Case) -> None:
    """The notice of award was sent once there was an award, and not in the future: the time for the contract runs."""
    _check_then(case, "sent_at", case.event.sent_at, AwardDecided)


@checks
def signed_since_notice(case: Case) -> None:
    """A contract was signed after the notice of award, and not in the future: the time for its publication runs."""
    sent = case.lot.last(AwardNotified)
    _check_then(case, "signed_at", case.event.signed_at, AwardNotified, None if sent is None else sent.event.sent_at)


@checks
def returned_by_now(case: Case) -> None:
    """Bonds that go back one day did not go back yet."""
    assert isinstance(case.event, BondReturned)
    _check_then(case, "returned_at", case.event.returned_at, None, case.lot.began)


@checks
def interest_told(case: Case) -> None:
    """Bid bonds in money go back with the interest that the bank paid on them (实施条例 57); of none is said why."""
    event = case.event
    assert isinstance(event, BondReturned | SecurityReturned)
    if event.interest_fen == 0 and not (event.interest_reason or "").strip():
        raise errors.InterestUnexplained
    if isinstance(event, BondReturned) and event.interest_fen is None and _was_money(case, event.whose):
        raise errors.InterestUntold(lot=case.lot.lot)


def _was_money(case: Case, whose: str) -> bool:
    """Whether money is known to have come from these; of who withdrew nothing is read out."""
    award = case.lot.last(AwardDecided)
    won = {one.bidder_code for one in award.event.winners} if award is not None else set()
    return any(
        (step.event.bidder_code in won) == (whose == "winner") and not MONEY.isdisjoint(step.event.bonds)
        for step in case.lot.all(BidOpened)
        if whose != "withdrawn"
    )


def _check_then(case: Case, field: str, at: int, after: type[LotEvent] | None, since: int | None = None) -> None:
    """Days are what is known of papers, so the day of what came before will do."""
    former = None if after is None else case.lot.last(after)
    since = former.at // 1000 if since is None and former is not None else since
    if at > case.now or (since is not None and day_of(at) < day_of(since)):
        raise errors.NotThen(field=field, earliest="" if since is None else day_of(since).isoformat())


def _signed(case: Case) -> ContractSigned | None:
    signed = (step.event for step in case.lot.all(ContractSigned))
    return next((one for one in signed if one.contract == case.event.contract), None)


def _winner(case: Case) -> Winner | None:
    award = case.lot.last(AwardDecided)
    winners: Sequence[Winner] = () if award is None else award.event.winners
    return next((one for one in winners if one.bidder_code == case.event.supplier_code), None)
