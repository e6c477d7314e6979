"""Sums of money in notices and contracts: what the table of limits allows them to be."""

from collections.abc import Mapping
from typing import Final

from audit.errors import Refusal
from registry.working_days import day_of
from trading import errors
from trading.events import (
    ContractAmended,
    ContractEnded,
    ContractSigned,
    ProjectAmended,
    ProjectRegistered,
    SecurityRecorded,
    SecurityReturned,
)
from trading.law.limits import limits
from trading.moves import law_day
from trading.rules.case import Case, checks

_REFUSALS: Final[Mapping[str, type[Refusal]]] = {
    "bond_fen": errors.BondTooHigh,
    "deposit_fen": errors.DepositTooLow,
    "asking_fen": errors.AskingTooLow,
    "performance": errors.SecurityTooHigh,
    "retention": errors.SecurityTooHigh,
}


@checks
def bond_within(case: Case) -> None:
    """A bid bond is 2 % of the estimate (A) or the budget (D) at most (实施条例 26, 政府采购法实施条例 33)."""
    _check_notice(case, "bond_fen")


@checks
def deposit_enough(case: Case) -> None:
    """The deposit for land is a fifth of the starting price at least (国土资发〔2010〕34号)."""
    _check_notice(case, "deposit_fen")


@checks
def asking_price(case: Case) -> None:
    """What is asked for state property is not under its valuation, or only as the law allows (32号令 17, 18)."""
    _check_notice(case, "asking_fen")


@checks
def security_within(case: Case) -> None:
    """What is held for a contract, with this, is no larger a share of it than the law allows (实施条例 58)."""
    event = case.event
    assert isinstance(event, SecurityRecorded)
    held = _held(case, event.contract, event.security)
    _check(case, event.security, held + event.amount_fen, {"contract": _amount(case, event.contract)})


@checks
def no_double_security(case: Case) -> None:
    """No retention beside a performance bond before the works are done (建质〔2017〕138号 6)."""
    event = case.event
    done = any(
        step.event.contract == event.contract and step.event.outcome == "completed"
        for step in case.lot.all(ContractEnded)
    )
    if event.security == "retention" and not done and _held(case, event.contract, "performance"):
        raise errors.SecurityHeld(contract=event.contract)


@checks
def known_security(case: Case) -> None:
    """A security is for a contract that was signed; a retention is kept when it has ended too."""
    if _amount(case, case.event.contract) is None:
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.contract)


@checks
def security_held(case: Case) -> None:
    if not _held(case, case.event.contract, case.event.security):
        raise errors.NoSecurity(contract=case.event.contract)


@checks
def moved_by_now(case: Case) -> None:
    """What came in or went back did so since the round began, and not in the future."""
    event = case.event
    field = "received_at" if isinstance(event, SecurityRecorded) else "returned_at"
    at = getattr(event, field)
    began = case.lot.began
    if at > case.now or (began is not None and day_of(at) < day_of(began)):
        raise errors.NotThen(field=field, earliest="" if began is None else day_of(began).isoformat())


def _check_notice(case: Case, what: str) -> None:
    terms = {term.name: term.value for term in case.event.terms}
    amount = terms.get(what)
    if isinstance(amount, int):
        _check(case, what, amount, terms | {"estimate_fen": _estimate(case)}, terms)


def _check(
    case: Case, what: str, amount: int, bases: Mapping[str, object], terms: Mapping[str, object] | None = None
) -> None:
    lot = case.lot
    again = bool(lot.rounds) or lot.stage == "failed"
    for limit in limits(what, lot.trade, lot.category, law_day(lot.began, case.now), again=again):
        base = bases.get(limit.of) if limit.of else None
        lifted = limit.unless is not None and bool((terms or {}).get(limit.unless))
        if not lifted and not limit.allows(amount, base if isinstance(base, int) else None):
            fen = limit.bound_fen(base if isinstance(base, int) else None)
            raise _REFUSALS[what](limit_fen=fen, law=f"{limit.law}{limit.article}")


def _held(case: Case, contract: str, security: str) -> int:
    """Fen of a kind of security that came in for a contract since the last went back."""
    found = 0
    for step in case.lot.steps:
        event = step.event
        if isinstance(event, SecurityRecorded) and (event.contract, event.security) == (contract, security):
            found += event.amount_fen
        elif isinstance(event, SecurityReturned) and (event.contract, event.security) == (contract, security):
            found = 0
    return found


def _amount(case: Case, contract: str) -> int | None:
    """The amount of a contract that stands."""
    found: int | None = None
    for step in case.lot.steps:
        if isinstance(step.event, ContractSigned) and step.event.contract == contract:
            found = step.event.amount_fen
        elif isinstance(step.event, ContractAmended) and step.event.contract == contract:
            found = step.event.new_fen
    return found


def _estimate(case: Case) -> int | None:
    """The estimated price of the lot, or of the whole project where the lot has none."""
    whole: int | None = None
    for step in case.history:
        event = step.event
        if isinstance(event, ProjectRegistered):
            own = next((one.estimate_fen for one in event.lots if one.lot == case.lot.lot), None)
            if own is not None and case.event.lot is not None:
                return own
            whole = event.estimate_fen
        elif isinstance(event, ProjectAmended):
            new = next((one.new for one in event.changed if one.field == "estimate_fen"), None)
            whole = whole if new is None else int(new) if new else None
    return whole
