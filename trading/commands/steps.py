"""Every event of a lot that the tables and their rules decide on: one command for all kinds.

    record_step(act, event, files, private)     # by an account: what needs no command of its own
    record_move(act, event, …)                  # inside another command that holds the project's lock

What follows from an event (a suspension with an objection, a deadline that moves with a clarification) is recorded by
`system` in the same act, so that no moment lies between cause and consequence.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from audit.act import Act
from audit.blobs import Blobs
from audit.canonical import encode
from audit.entry import SYSTEM, File
from audit.events import KINDS, Event
from audit.step import Step
from registry.authority import account_locks, acts_as, check_role, organisation_of
from trading import clocks, errors, rules
from trading.commands.committees import check_standing, draw_lock, members_named, naming_files, with_members
from trading.commands.judging import check_judged
from trading.commands.standing import party_of, project_before, subject
from trading.events import (
    ApplicantsJudged,
    ApplicationsUnanswered,
    BidClosed,
    BiddersInvited,
    BiddingClosed,
    BiddingOpened,
    BidOpened,
    ChallengeFiled,
    ComplaintFiled,
    InvitedNamed,
    LotEvent,
    ObjectionFiled,
    OfferMade,
    OpeningPlanned,
    PrequalificationDecided,
    QuoteOpened,
    QuotesClosed,
    QuoteShareGiven,
    RelationsListed,
    RuleBreached,
    ShareGiven,
)
from trading.history import history
from trading.kinds import kind_words
from trading.law.procedures import Row, table
from trading.lots import LotState, check_move, lot_states
from trading.rules.filling import filled
from trading.rules.members import check_members

_OF_OTHER_COMMANDS = (
    ApplicantsJudged,
    ApplicationsUnanswered,
    BidClosed, BidOpened, BiddersInvited, BiddingClosed, BiddingOpened, InvitedNamed, OfferMade, OpeningPlanned,
    QuoteOpened, QuoteShareGiven, QuotesClosed, RelationsListed, RuleBreached, ShareGiven,
)  # fmt: skip
PLAIN: frozenset[str] = frozenset(row.event for row in table() if issubclass(KINDS[row.event], LotEvent)) - {
    one.kind for one in _OF_OTHER_COMMANDS
}
"""Kinds that `record_step` takes."""
PADDLES = "paddles.json"
"""File of the end of open bidding that says whose paddles made offers."""
_WITH_TEXT = (ObjectionFiled, ChallengeFiled, ComplaintFiled)
"""Their whole text is private, and must be there."""
_HIDDEN_IN = ("registered", "announced", "receiving")
"""Stages in which no bidder may be known."""


def record_step(
    act: Act, event: LotEvent, files: Sequence[File] = (), private: Mapping[str, bytes] | None = None
) -> int:
    """Record an event of a lot; return its row id. private: `text` of an objection, challenge or complaint.

    Numbers of objections and complaints that are empty are given here, and dates by which something is due are
    computed. Raises NotAPlainEvent, BadText and the like, NoSuchProject, NoSuchLot, NotForThatTenderer, NotPermitted,
    RoleMissing, what `check_move` raises, what the row's rules raise, TooSoon, TooLate.
    """
    rules.check_project_code(event.project)
    if event.kind not in PLAIN:
        kind_zh, kind_en = kind_words(event.kind)
        raise errors.NotAPlainEvent(kind_zh=kind_zh, kind_en=kind_en)
    act.lock(subject(event.project), shared=[*draw_lock(event), *account_locks(act)])
    return record_move(act, event, files, private)


def record_move(
    act: Act, event: LotEvent, files: Sequence[File] = (), private: Mapping[str, bytes] | None = None
) -> int:
    """The same for any event of a lot, by whoever the table names, where the project's lock is held already."""
    project_before(act, event.project)
    steps = history(act.session, event.project)
    lot, now = known_lot(steps, event.project, event.lot), act.at // 1000
    event = with_members(act, filled(event, lot, steps, now))
    check_members(event)
    _check_occurred(act, lot, event, now)
    row = check_move(lot, event, now)
    check_role(act, *row.by)
    case = rules.Case(lot, event, now, steps, party_of(act), paddles_of(act.blobs, lot))
    rules.check_rules(row, case)
    if isinstance(event, PrequalificationDecided):
        check_judged(act, lot, event)
    if isinstance(event, _WITH_TEXT) and not (private or {}).get("text"):
        raise errors.TextMissing
    following = rules.following(row, case)
    _check_times(lot, event, following, act.at)
    check_standing(act, lot, event)
    files = [*files, *naming_files(act, lot, event)]
    private, actor = _veiled(act, lot, row, members_named(event, private))
    recorded = act.record(event, subject(event.project), private=private, files=files, actor=actor)
    record_following(act, lot, event, following)
    return recorded


def _check_occurred(act: Act, lot: LotState, event: LotEvent, now: int) -> None:
    """What was done elsewhere is reported by who saw the papers; what a bidder does here is done when it arrives."""
    if event.occurred_at is None:
        return
    if event.occurred_at > now:
        raise errors.OccursLater
    if acts_as(act, "bidder"):
        raise errors.BadMember(field="occurred_at", why_zh="以到达时间为准", why_en="what arrives counts when it does")
    if lot.began is not None and event.occurred_at < lot.began:
        raise errors.BadMember(field="occurred_at", why_zh="不得早于本轮开始", why_en="it is before the round began")


def known_lot(steps: Sequence[Step[Any]], project: str, lot: str) -> LotState:
    """Raises NoSuchLot."""
    found = lot_states(steps).get(lot)
    if found is None:
        raise errors.NoSuchLot(project=project, lot=lot)
    return found


def paddles_of(blobs: Blobs, lot: LotState) -> dict[str, tuple[str, str]]:
    """Whose the paddles of a bidding that is over are, as its closing names them."""
    step = lot.last(BiddingClosed)
    file = None if step is None else next((one for one in step.files if one.name == PADDLES), None)
    data = None if file is None else blobs.get(file.sha256)
    listed = [] if data is None else orjson.loads(data)["paddles"]
    return {one["paddle"]: (one["bidder"], one["bidder_code"]) for one in listed}


def _check_times(lot: LotState, event: LotEvent, following: Sequence[Event], at: int) -> None:
    """Statutory times, with what moves in the same act."""
    moved = [Step(-2, one, SYSTEM, at, None, None) for one in following]
    clocks.check_minimum([*lot.steps, *moved], event, at, lot.trade, lot.category, lot.method)


def _veiled(
    act: Act, lot: LotState, row: Row, private: Mapping[str, bytes] | None
) -> tuple[Mapping[str, bytes] | None, str | None]:
    """Private values and actor: before the deadline the entry does not say which bidder asks; a commitment does."""
    if "asker_hidden" not in row.rules or lot.stage not in _HIDDEN_IN or act.actor == SYSTEM:
        return private, None
    asker = encode({"actor": act.actor, "organisation": organisation_of(act), "name": party_of(act)})
    return {**(private or {}), "asker": asker}, SYSTEM


def record_following(act: Act, lot: LotState, event: LotEvent, following: Sequence[Event]) -> None:
    """Each is asked of the table too, as the lot is after what came before it."""
    for one in following:
        steps = history(act.session, event.project)
        row = check_move(known_lot(steps, event.project, lot.lot), one, act.at // 1000)
        assert "system" in row.by, f"{one.kind} is not recorded by the program"
        act.record(one, subject(event.project), actor=SYSTEM)
