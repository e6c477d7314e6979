"""Notices in the course of a procedure: what they refer to, follow and say must be what is on record."""

from datetime import UTC, datetime, timedelta
from typing import Final

from registry.working_days import day_of
from trading import errors
from trading.consortia import led_by, said
from trading.events import (
    AwardDecided,
    BiddingClosed,
    CandidatesPublicised,
    ContractAmended,
    ContractSigned,
    Member,
    NoticeKind,
)
from trading.lots import LotState, lot_states
from trading.rules.case import Case, checks
from trading.rules.disputes import unsettled

_BEIJING: Final = timedelta(hours=8)
_PUBLICITY: Final = {"single_source": "publicised_until", "pre_disclosure": "disclosure_until"}
"""Notices to which anybody may object for a time, before what they announce begins; until when they say so."""

MEMBERS: Final = "consortium_members"
"""The particular of a notice that names all members of a consortium, the lead first."""


@checks
def known_notice(case: Case) -> None:
    """What refers to a notice refers to one of this round."""
    if case.event.notice not in case.lot.notices:
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.notice)


@checks
def result_notice(case: Case) -> None:
    """Evaluators' names become public with the result, and not before (招标投标法 37, 政府采购法实施条例 43)."""
    step = case.lot.notices.get(case.event.notice)
    if step is None or step.event.notice_kind != "result":
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.notice)


@checks
def former_settled(case: Case) -> None:
    """A failed round's objections and complaints are answered before the lot is announced again."""
    if case.lot.stage == "failed" and (left := unsettled(case)):
        raise errors.Unsettled(lot=case.lot.lot, reference=min(left))


@checks
def publicity_over(case: Case) -> None:
    """What was publicised so that anybody might object begins when the time for it is over."""
    if case.lot.stage == "failed":
        return  # that was of the former round
    for step in case.lot.notices.values():
        name = _PUBLICITY.get(step.event.notice_kind)
        for term in step.event.terms:
            if term.name == name and isinstance(term.value, int) and case.now < term.value:
                until = datetime.fromtimestamp(term.value, UTC) + _BEIJING
                raise errors.PublicityRuns(lot=case.lot.lot, until=f"{until:%Y-%m-%d %H:%M:%S}")


@checks
def candidates_as_publicised(case: Case) -> None:
    """The notice says until when one may object as it is on record."""
    publicised = case.lot.last(CandidatesPublicised)
    if publicised is not None:
        until, members = publicised.event.publicised_until, said(publicised.event.members)
        _check_terms(case, [{"publicised_until": until, MEMBERS: members}])


@checks
def result_as_awarded(case: Case) -> None:
    """A result notice names a winner who was awarded a lot that it is about, at that price."""
    _check_terms(case, [terms for lot in _concerned(case) for terms in awarded_terms(lot)])


def awarded_terms(lot: LotState) -> list[dict[str, object]]:
    """What a notice says of each winner of a lot."""
    award = lot.last(AwardDecided)
    if award is None:
        return []
    winners, members = award.event.winners, award.event.members
    leads = [one.bidder_code for one in winners]
    return [
        {
            "winner": one.bidder,
            "winner_code": one.bidder_code,
            "amount_fen": one.price_fen,
        }
        | _named(lot, led_by(one.bidder_code, members, leads))
        for one in winners
    ]


@checks
def contract_as_signed(case: Case) -> None:
    """A notice of a contract says its number, other party and amount as signed, or as amended since."""
    allowed, given = [], _terms(case).get("signed_at")
    for lot in _concerned(case):
        for step in lot.all(ContractSigned):
            signed = step.event
            is_that_day = isinstance(given, int) and day_of(given) == day_of(signed.signed_at)
            amended = [one.event.new_fen for one in lot.all(ContractAmended) if one.event.contract == signed.contract]
            for amount in (signed.amount_fen, *amended):
                stands = signed_terms(lot, signed) | {"amount_fen": amount}
                allowed.append(stands | ({"signed_at": given} if is_that_day else {}))
    _check_terms(case, allowed)


def signed_terms(lot: LotState, signed: ContractSigned) -> dict[str, object]:
    """What a notice says of a contract."""
    return {
        "contract_number": signed.contract,
        "winner": signed.supplier,
        "winner_code": signed.supplier_code,
        "amount_fen": signed.amount_fen,
        "signed_at": signed.signed_at,
    } | _named(lot, signed.members)


def _named(lot: LotState, members: list[Member]) -> dict[str, object]:
    """All of a consortium, or none; of who makes open offers for whom nothing is on record."""
    return {} if lot.last(BiddingClosed) is not None else {MEMBERS: said(members)}


def on_record(kind: NoticeKind, lot: LotState) -> dict[str, object]:
    """What a notice of this kind has to say as it is on record; of several winners the first, of contracts the last."""
    publicised, signed = lot.last(CandidatesPublicised), lot.last(ContractSigned)
    if kind == "candidates" and publicised is not None:
        event = publicised.event
        period = {"publicised_from": event.publicised_from, "publicised_until": event.publicised_until}
        return period | _named(lot, event.members)
    if kind == "result":
        return next(iter(awarded_terms(lot)), {})
    return signed_terms(lot, signed.event) if kind == "contract" and signed is not None else {}


def _check_terms(case: Case, allowed: list[dict[str, object]]) -> None:
    """Whether what the notice states of these members is one of what is on record, and names every member of a
    consortium. Raises NoticeDiffers."""
    terms = {MEMBERS: []} | _terms(case)
    wrong = [[name for name, value in one.items() if name in terms and terms[name] != value] for one in allowed]
    if wrong and all(wrong):
        nearest = min(range(len(allowed)), key=lambda at: len(wrong[at]))
        field = wrong[nearest][0]
        wanted = allowed[nearest][field]
        raise errors.NoticeDiffers(field=field, wanted="；".join(wanted) or "—" if isinstance(wanted, list) else wanted)


def _terms(case: Case) -> dict[str, object]:
    return {term.name: term.value for term in case.event.terms}


def _concerned(case: Case) -> list[LotState]:
    """The lots that a notice may speak of."""
    return [case.lot] if case.event.lot is not None else list(lot_states(case.history).values())
