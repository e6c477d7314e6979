"""From the opening to the award: enough bids, all read out, ranked, and won by who stands first for a listed cause."""

from collections.abc import Iterable, Mapping, Sequence

from trading import errors
from trading.events import (
    ApplicantsJudged,
    AwardDecided,
    AwardRevoked,
    BidClosed,
    BiddingClosed,
    BiddingOpened,
    BidOpened,
    Candidate,
    CandidatesPublicised,
    ComplaintDecided,
    EvaluationCompleted,
    OfferMade,
    PrequalificationDecided,
    Score,
    Winner,
)
from trading.law.procedures import rows_of
from trading.lots import LotState, takes_sealed_bids
from trading.moves import law_day
from trading.quotes import as_quoted, still_in
from trading.quotes import least as least_quotes
from trading.rules.case import Case, checks

LEAST_BIDS = 3
"""招标投标法 28, 政府采购法 36."""
PURCHASES = ("A", "D")
"""Trades in which who asks least wins; in the others a price is what is paid to the seller."""
MAX_CANDIDATES = 3
"""招标投标法实施条例 53."""


# Opening and evaluation


@checks
def three_bids(case: Case) -> None:
    _enough_bids(case, LEAST_BIDS)


@checks
def one_bid(case: Case) -> None:
    _enough_bids(case, 1)


def _enough_bids(case: Case, wanted: int) -> None:
    found = bids_of(case)
    if found < wanted:
        raise errors.TooFewBids(lot=case.lot.lot, found=found, wanted=wanted)


@checks
def opened_bid(case: Case) -> None:
    """A bid is rejected once, after it was read out."""
    if case.event.receipt not in _standing(case):
        raise errors.NotAnOpenedBid(lot=case.lot.lot, receipt=case.event.receipt)


@checks
def all_opened(case: Case) -> None:
    bids, opened = bids_of(case), len(_opened(case))
    if opened < bids:
        raise errors.NotAllOpened(lot=case.lot.lot, bids=bids, opened=opened)


@checks
def ranked(case: Case) -> None:
    """Ranks run from 1; every bid that stands has one, so that none is left out without a rejection and its reason."""
    scores: Sequence[Score] = case.event.scores
    if not scores or [one.rank for one in scores] != list(range(1, len(scores) + 1)):
        raise errors.BadRanking(lot=case.lot.lot)
    standing = _standing(case)
    if sorted(one.receipt for one in scores) != sorted(standing):
        raise errors.BadRanking(lot=case.lot.lot)
    _check_prequalified(case, standing.values())
    _check_ceiling(case, standing.values())


def _check_prequalified(case: Case, bids: Iterable[BidOpened]) -> None:
    """Where applicants were to be prequalified, only those who passed can be ranked (实施条例 19)."""
    if not case.lot.has("trading.notice_published:prequalification"):
        return
    decided = case.lot.last(PrequalificationDecided)
    judgements = () if decided is None else decided.event.judgements
    passed = {one.applicant_code for one in judgements if one.passed}
    for bid in bids:
        if bid.bidder_code not in passed:
            raise errors.NotPrequalified(lot=case.lot.lot, bidder=bid.bidder)


def _check_ceiling(case: Case, bids: Iterable[BidOpened]) -> None:
    """What is bought for more than the published ceiling or budget is rejected (实施条例 51, 政府采购法 36)."""
    limit = _limit(case)
    if case.lot.trade not in PURCHASES or limit is None:
        return
    for bid in bids:
        if bid.price_fen is not None and bid.price_fen > limit:
            raise errors.AboveCeiling(lot=case.lot.lot, bidder=bid.bidder, limit_fen=limit)


@checks
def evaluation_ordered(case: Case) -> None:
    """A second evaluation follows a decision of the supervisor, and each decision lets one be made."""
    orders = [step for step in case.lot.all(ComplaintDecided) if step.event.order == "evaluate_again"]
    done = case.lot.last(EvaluationCompleted)
    if not orders or (done is not None and orders[-1].entry_id < done.entry_id):
        raise errors.EvaluationNotOrdered(lot=case.lot.lot)


@checks
def ranked_candidates(case: Case) -> None:
    """Candidates are the first of the ranking, as they were read out."""
    candidates: Sequence[Candidate] = case.event.candidates
    if not 1 <= len(candidates) <= MAX_CANDIDATES:
        raise errors.BadCandidates(lot=case.lot.lot, limit=MAX_CANDIDATES)
    for number, (found, wanted) in enumerate(zip(candidates, _ranking(case), strict=False), 1):
        if (found.rank, found.bidder, found.bidder_code) != (number, wanted.bidder, wanted.bidder_code):
            raise errors.BadCandidates(lot=case.lot.lot, limit=MAX_CANDIDATES)
        if wanted.price_fen is not None and found.price_fen != wanted.price_fen:
            raise errors.BadCandidates(lot=case.lot.lot, limit=MAX_CANDIDATES)
    if len(candidates) > len(_ranking(case)):
        raise errors.BadCandidates(lot=case.lot.lot, limit=MAX_CANDIDATES)
    if case.event.publicised_until <= case.event.publicised_from:
        raise errors.BadPeriod(field="公示期")


# The award


@checks
def winner_is_candidate(case: Case) -> None:
    """The winner is one of the candidates publicised last (实施条例 55)."""
    publicised = case.lot.last(CandidatesPublicised)
    candidates = [] if publicised is None else publicised.event.candidates
    _check_winners(case, [(one.bidder, one.bidder_code, one.price_fen, one.rank) for one in candidates])


@checks
def winner_is_evaluated(case: Case) -> None:
    """The winner is one of the bidders that the evaluation ranked (政府采购法实施条例 43)."""
    _check_winners(
        case, [(bid.bidder, bid.bidder_code, bid.price_fen, rank) for rank, bid in enumerate(_ranking(case), 1)]
    )


def _check_winners(case: Case, allowed: Iterable[tuple[str, str, int | None, int]]) -> None:
    known = {code: (name, price, rank) for name, code, price, rank in allowed}
    gone = _revoked(case)
    winners: Sequence[Winner] = case.event.winners
    if not winners or len({one.bidder_code for one in winners}) < len(winners):
        raise errors.NotToWin(bidder="", lot=case.lot.lot)
    for one in winners:
        name, price, rank = known.get(one.bidder_code, ("", None, 0))
        fits = (one.bidder, one.rank) == (name, rank) and price in (None, one.price_fen)
        if one.bidder_code in gone or not fits:
            raise errors.NotToWin(bidder=one.bidder, lot=case.lot.lot)


@checks
def rank_reason(case: Case) -> None:
    """Who wins without being the first of the ranking wins for a listed cause, and that is said (实施条例 55)."""
    firsts = sorted(one.rank for one in case.event.winners)
    for wanted, winner in zip(
        range(1, len(firsts) + 1), sorted(case.event.winners, key=lambda one: one.rank), strict=True
    ):
        if winner.rank != wanted and not (winner.reason or "").strip():
            raise errors.RankReasonMissing


@checks
def highest_offer(case: Case) -> None:
    """In open bidding wins who offered most, at that price; where that award was revoked, who offered most after it."""
    winners = case.event.winners
    name = winners[0].bidder if winners else ""
    left = _offers_left(case)
    found = [(one.bidder, one.bidder_code, one.price_fen, one.rank) for one in winners]
    if not left or found != left[:1]:
        raise errors.NotToWin(bidder=name, lot=case.lot.lot)


def _offers_left(case: Case) -> list[tuple[str, str, int, int]]:
    return offers_left(case.lot, case.paddles)


def offers_left(lot: LotState, paddles: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, int, int]]:
    """Name, code, highest offer and rank of the bidders who reached the reserve and lost no award, best first."""
    closed, gone = lot.last(BiddingClosed), revoked(lot)
    if closed is None or not closed.event.reached:
        return []
    result = closed.event
    parties = dict(paddles)
    if result.paddle is not None and result.bidder is not None and result.bidder_code is not None:
        parties[result.paddle] = (result.bidder, result.bidder_code)
    best: dict[str, int] = {}
    for step in lot.all(OfferMade):
        best[step.event.paddle] = max(best.get(step.event.paddle, 0), step.event.price_fen)
    ranked = sorted(best.items(), key=lambda one: -one[1])
    return [
        (*parties[paddle], price, rank)
        for rank, (paddle, price) in enumerate(ranked, 1)
        if price >= (result.reserve_fen or 0) and paddle in parties and parties[paddle][1] not in gone
    ]


@checks
def next_remains(case: Case) -> None:
    """Only where somebody else is left can the next one follow."""
    revoked = _revoked(case) | {one.bidder_code for one in _award(case)}
    publicised = case.lot.last(CandidatesPublicised)
    if publicised is not None:
        left = {one.bidder_code for one in publicised.event.candidates}
    elif case.lot.last(EvaluationCompleted) is not None:
        left = {bid.bidder_code for bid in _ranking(case)}
    else:  # open bidding
        left = {code for _, code, _, _ in _offers_left(case)}
    if not left - revoked:
        raise errors.NobodyLeft(lot=case.lot.lot)


@checks
def once(case: Case) -> None:
    """Once for each award: a revoked one takes its consequences with it."""
    award, found = case.lot.last(AwardDecided), case.lot.last(type(case.event))
    if found is not None and award is not None and found.entry_id > award.entry_id:
        raise errors.RecordedAlready(lot=case.lot.lot)


# Failure


@checks
def bids_counted(case: Case) -> None:
    wanted = bids_of(case)
    if case.event.bids != wanted:
        raise errors.BidsMiscounted(lot=case.lot.lot, found=case.event.bids, wanted=wanted)


@checks
def failure_fits(case: Case) -> None:
    """What can be seen from the log must be as it says: too few, all rejected, below the reserve."""
    cause, fits = case.event.failure, True
    closed = case.lot.last(BiddingClosed)
    all_open = 0 < bids_of(case) <= len(_opened(case))
    if cause == "too_few":
        fits = _are_too_few(case, all_open)
    elif cause == "all_rejected":
        fits = all_open and not _standing(case)
    elif cause == "over_budget":
        fits = all_open and all(_is_over_budget(case, bid) for bid in _standing(case).values())
    elif cause == "below_reserve":
        fits = closed is not None and not closed.event.reached
    if not fits:
        raise errors.FailureDoesNotFit(lot=case.lot.lot)


def _are_too_few(case: Case, all_open: bool) -> bool:
    """Only what was counted can be too few: nobody may say so while bids are still taken, or before they are opened."""
    lot = case.lot
    if lot.last(BidClosed) is not None:
        least = least_bids(case)
        return bids_of(case) < least or (all_open and len(_standing(case)) < min(least, least_quotes(lot)))
    if lot.has("trading.notice_published:prequalification") and lot.deadline is None:
        judged = lot.last(ApplicantsJudged)
        return judged is not None and not judged.event.enough
    if takes_sealed_bids(lot, case.now):
        return lot.deadline is None and lot.applications_until is not None and case.now > lot.applications_until
    if lot.last(BiddingOpened) is not None:
        return lot.last(BiddingClosed) is not None and bids_of(case) == 0
    return lot.deadline is not None and case.now > lot.deadline


def least_bids(case: Case) -> int:
    """How many bids the table of procedures wants to be opened."""
    rows = rows_of(BidOpened.kind, law_day(case.lot.began, case.now))
    return (
        LEAST_BIDS
        if any("three_bids" in row.rules and row.is_for(case.lot.trade, case.lot.method) for row in rows)
        else 1
    )


def _is_over_budget(case: Case, bid: BidOpened) -> bool:
    """Whether its price is above what was announced as budget or ceiling, if either was."""
    limit = _limit(case)
    return limit is None or bid.price_fen is None or bid.price_fen > limit


def _limit(case: Case) -> int | None:
    """Fen that were announced as the most that is paid."""
    known = [value for name in ("budget_fen", "ceiling_fen") if type(value := case.lot.term(name)) is int]
    return min(known, default=None)


# What is known of bids


def bids_of(case: Case) -> int:
    """How many bids, responses or offers a round has, as far as the log may say."""
    closed = case.lot.last(BidClosed)
    return len(case.lot.all(OfferMade)) if closed is None else closed.event.bids


def _opened(case: Case) -> dict[str, BidOpened]:
    """By receipt, at the price last quoted."""
    return as_quoted(case.lot)


def _standing(case: Case) -> dict[str, BidOpened]:
    """Bids that were opened and not rejected, whose bidders did not leave when quotes were asked for."""
    return still_in(case.lot)


def _ranking(case: Case) -> list[BidOpened]:
    done, opened = case.lot.last(EvaluationCompleted), _opened(case)
    return [] if done is None else [opened[one.receipt] for one in done.event.scores if one.receipt in opened]


def _award(case: Case) -> Sequence[Winner]:
    award = case.lot.last(AwardDecided)
    return () if award is None else award.event.winners


def _revoked(case: Case) -> set[str]:
    return revoked(case.lot)


def revoked(lot: LotState) -> set[str]:
    """Codes of who won once and no longer does."""
    gone: set[str] = set()
    winners: Sequence[Winner] = ()
    for step in lot.steps:
        if isinstance(step.event, AwardDecided):
            winners = step.event.winners
        elif isinstance(step.event, AwardRevoked):
            gone |= {one.bidder_code for one in winners}
    return gone
