"""Opening the bidding, giving paddles, making offers."""

import secrets
from dataclasses import dataclass

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from registry.authority import account_locks, check_role, organisation_of
from registry.names import check_text
from trading import errors as trading_errors
from trading.bidding import errors, queries, rules
from trading.bidding.tables import PaddleRow
from trading.bids.bonds import bonds_of
from trading.bids.tables import SealedActRow
from trading.commands.steps import record_move
from trading.events import ApplicationRefused, BiddingOpened, OfferMade, PaddleGiven
from trading.lots import LotState, check_kind, check_move
from trading.rules import check_project_code

FIRST_PADDLE, PADDLES = 1000, 9000
"""Numbers of paddles: drawn, so that they do not tell how many there are."""
DEPOSIT = "deposit_fen"
"""The term of a notice that wants a deposit."""


@dataclass(frozen=True)
class Opening:
    """How a lot is bid for. ends_at: Unix seconds; extension: seconds; reserve_fen: None: there is none."""

    starting_fen: int
    step_fen: int
    ends_at: int
    extension: int
    reserve_fen: int | None = None


def open_bidding(act: Act, project: str, lot: str, opening: Opening) -> int:
    """Take offers from now on; return the entry's row id. By the project's tenderer, agent or a registrar.

    Of a reserve only its commitment is published; amount and salt are kept as a private value until the end. Raises
    NoSuchProject, NoSuchLot, NotForThatTenderer, BiddingOpenedAlready, BadBidding, NotAsAnnounced and what the table
    refuses.
    """
    check_project_code(project)
    act.lock(f"project:{project}", shared=account_locks(act))
    state = _lot(act, project, lot)
    reserve, salt = opening.reserve_fen, secrets.token_bytes(rules.SALT)
    event = BiddingOpened(
        project=project,
        lot=lot,
        round=state.round,
        starting_fen=opening.starting_fen,
        step_fen=opening.step_fen,
        ends_at=opening.ends_at,
        extension=opening.extension,
        reserve_commitment=None if reserve is None else rules.reserve_commitment(salt, max(0, reserve)),
    )
    rules.check_opening(state, event, reserve, act.at)
    private = None
    if reserve is not None:
        private = {queries.RESERVE: canonical.encode({"amount_fen": reserve, "salt": salt.hex()})}
    return record_move(act, event, private=private)


def give_paddle(act: Act, project: str, lot: str, application: str) -> int:
    """Admit an applicant and give it a number; return the entry's row id. By a registrar.

    Raises NoSuchLot, NoSuchApplication, ApplicationAnswered, DepositMissing, PaddleGivenAlready, RoleMissing and what
    the table refuses.
    """
    check_project_code(project)
    receipt = secrets.token_hex(16)
    own = [f"receipt:{receipt}", f"bids:{project}/{lot}"]  # paddles of a lot queue, or two would have one number
    act.lock(*own, shared=[f"project:{project}", *account_locks(act)])
    check_role(act, "registrar")
    state = _lot(act, project, lot)
    check_kind(state, PaddleGiven.kind, {"lot": lot}, act.at // 1000)
    applied = {one.receipt: one for one in queries.applications(act.session, project, lot, state.round)}
    found = applied.get(application)
    if found is None or found.organisation is None:
        raise errors.NoSuchApplication(lot=lot, receipt=application)
    if application in queries.refusals(act.session, project, lot, state.round):
        raise errors.ApplicationAnswered(receipt=application)
    _check_deposit(act, project, state, found.bidder_code)
    given = queries.paddles(act.session, project, lot, state.round)
    if any(one.organisation == found.organisation for one in given):
        raise errors.PaddleGivenAlready(lot=lot)
    paddle = _new_number({one.paddle for one in given})
    statement: dict[str, canonical.Value] = {
        "act": "paddle",
        "project": project,
        "lot": lot,
        "round": state.round,
        "receipt": receipt,
        "application": application,
        "bidder": found.bidder,
        "bidder_code": found.bidder_code,
        "account": act.actor,
        "paddle": paddle,
    }
    private = {"statement": canonical.encode(statement)}
    entry_id = act.record(PaddleGiven(receipt=receipt), f"receipt:{receipt}", private=private, actor=SYSTEM)
    act.session.add(
        PaddleRow(
            entry_id=entry_id,
            receipt=receipt,
            application=application,
            project=project,
            lot=lot,
            round=state.round,
            organisation=found.organisation,
            bidder=found.bidder,
            bidder_code=found.bidder_code,
            paddle=paddle,
        )
    )
    act.session.flush()
    return entry_id


def _check_deposit(act: Act, project: str, state: LotState, code: str) -> None:
    """Where the notice wants a deposit, it came in before a paddle is given. Raises DepositMissing."""
    wanted = state.term(DEPOSIT)
    if isinstance(wanted, int) and wanted > 0:
        found = bonds_of(act.session, project, state.lot, state.round, code)
        if found < wanted:
            raise errors.DepositMissing(wanted=wanted, found=found)


def refuse_application(act: Act, project: str, lot: str, application: str, ground: str) -> int:
    """Say to an applicant why it is not admitted; return the entry's row id. By a registrar. It may apply anew.

    Who it is and why lies in the commitment until the bidding is over, as its application does. Raises BadText,
    NoSuchLot, NoSuchApplication, ApplicationAnswered, RoleMissing and what the table refuses.
    """
    check_project_code(project)
    check_text(ground, "理由")
    receipt = secrets.token_hex(16)
    own = [f"receipt:{receipt}", f"bids:{project}/{lot}"]
    act.lock(*own, shared=[f"project:{project}", *account_locks(act)])
    check_role(act, "registrar")
    state = _lot(act, project, lot)
    check_kind(state, ApplicationRefused.kind, {"lot": lot}, act.at // 1000)
    applied = {one.receipt: one for one in queries.applications(act.session, project, lot, state.round)}
    found = applied.get(application)
    if found is None:
        raise errors.NoSuchApplication(lot=lot, receipt=application)
    admitted = {one.application for one in queries.paddles(act.session, project, lot, state.round)}
    if application in admitted or application in queries.refusals(act.session, project, lot, state.round):
        raise errors.ApplicationAnswered(receipt=application)
    statement: dict[str, canonical.Value] = {
        "act": "refused",
        "project": project,
        "lot": lot,
        "round": state.round,
        "receipt": receipt,
        "application": application,
        "bidder": found.bidder,
        "bidder_code": found.bidder_code,
        "account": act.actor,
        "ground": ground,
    }
    private = {"statement": canonical.encode(statement)}
    entry_id = act.record(ApplicationRefused(receipt=receipt), f"receipt:{receipt}", private=private, actor=SYSTEM)
    act.session.add(
        SealedActRow(
            entry_id=entry_id,
            receipt=receipt,
            act="refused",
            project=project,
            lot=lot,
            round=state.round,
            organisation=found.organisation,
            bidder=found.bidder,
            bidder_code=found.bidder_code,
            replaces=application,
        )
    )
    act.session.flush()
    return entry_id


def make_offer(act: Act, project: str, lot: str, price_fen: int) -> int:
    """Offer a price; return the entry's row id. By a bidder with a paddle. In time is what has the lock in time.

    Raises NoSuchLot, NoBidding, NoPaddle, BiddingOver, OfferTooLow, OfferOffStep and what the table refuses.
    """
    check_project_code(project)
    act.lock(f"project:{project}", shared=account_locks(act))
    check_role(act, "bidder")
    state = _lot(act, project, lot)
    bidding = rules.bidding_of(state)
    if bidding is None:
        raise errors.NoBidding(lot=lot)
    organisation = organisation_of(act) or ""
    paddle = queries.paddle_of(act.session, project, lot, state.round, organisation)
    if paddle is None:
        raise errors.NoPaddle(lot=lot)
    highest = queries.highest(act.session, project, lot, state.round)
    rules.check_offer(lot, bidding, highest, price_fen, act.at)
    event = OfferMade(project=project, lot=lot, round=state.round, paddle=paddle.paddle, price_fen=price_fen)
    check_move(state, event, act.at // 1000)
    private = {"bidder": canonical.encode({"account": act.actor, "bidder": paddle.bidder})}
    return act.record(event, f"project:{project}", private=private, actor=SYSTEM)


def _lot(act: Act, project: str, number: str) -> LotState:
    state = queries.lot(act.session, project, number)
    if state is None:
        raise trading_errors.NoSuchLot(project=project, lot=number)
    return state


def _new_number(taken: set[str]) -> str:
    free = [number for number in range(FIRST_PADDLE, FIRST_PADDLE + PADDLES) if str(number) not in taken]
    return str(secrets.choice(free))
