"""Relations between bidders: each is judged before the evaluation ends, and what is upheld rejects every bid in it."""

from collections.abc import Sequence

from audit.events import Event
from trading import errors
from trading.events import BidRejected, RelationJudged, RelationsListed
from trading.events.relations import Relation, Tie
from trading.lots import LotState
from trading.quotes import still_in
from trading.rules.case import Case, checks, follows

LAWS: dict[Tie, str] = {
    "same_person": "招标投标法实施条例第三十四条第二款",
    "control": "招标投标法实施条例第三十四条第二款",
    "tenderer": "招标投标法实施条例第三十四条第一款",
    "member_twice": "招标投标法实施条例第三十七条第三款",
    "consortium_refused": "招标投标法实施条例第三十七条第一款",
    "agreement_missing": "招标投标法实施条例第五十一条第二项、政府采购法第二十四条第二款",
}
"""Why bids that it connects are invalid; 政府采购法实施条例 18 says the same of the first two."""


def unjudged(lot: LotState) -> list[Relation]:
    """The relations listed in this round on which nothing was found yet."""
    listed = lot.last(RelationsListed)
    judged = {step.event.relation for step in lot.all(RelationJudged)}
    return [] if listed is None else [one for one in listed.event.relations if one.relation not in judged]


@checks
def known_relation(case: Case) -> None:
    """Each relation is judged once."""
    if all(one.relation != case.event.relation for one in unjudged(case.lot)):
        raise errors.NoSuchRelation(lot=case.lot.lot, relation=case.event.relation)


@follows
def rejects_related(case: Case) -> Sequence[Event]:
    """Where it holds, all bids that it connects are invalid (实施条例 34)."""
    event, listed = case.event, case.lot.last(RelationsListed)
    if not event.upheld or listed is None:
        return []
    found = next(one for one in listed.event.relations if one.relation == event.relation)
    standing = still_in(case.lot)
    about = {"project": event.project, "lot": event.lot, "round": event.round, "occurred_at": None}
    return [
        BidRejected.of({**about, "receipt": receipt, "clause": LAWS[found.tie], "reason": event.reason})
        for receipt in found.receipts
        if receipt in standing
    ]


@checks
def relations_settled(case: Case) -> None:
    """No evaluation ends before every relation is judged, and what was upheld is rejected."""
    listed = case.lot.last(RelationsListed)
    if listed is None:
        return
    found, standing = (
        {step.event.relation: step.event.upheld for step in case.lot.all(RelationJudged)},
        still_in(case.lot),
    )
    for one in listed.event.relations:
        upheld = found.get(one.relation)
        if upheld is None or (upheld and any(receipt in standing for receipt in one.receipts)):
            raise errors.RelationsUnsettled(lot=case.lot.lot, relation=one.relation)
