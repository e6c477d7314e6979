"""What may be recorded of a lot, by the table of procedures. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from audit.events import Event
from audit.step import Step
from registry.working_days import day_of
from trading import errors
from trading.events import Method, NoticePublished, NoticeWithdrawn, Trade
from trading.kinds import kind_words
from trading.law.procedures import STAGE_WORDS, Row, Stage, rows_of, table
from trading.lot_state import LotState
from trading.model import METHOD_NAMES


class Standing(Protocol):
    """What a row of the table looks at: a lot's state, or one that is being folded."""

    @property
    def trade(self) -> Trade: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def method(self) -> Method | None: ...


def check_move(lot: LotState, event: Event, now: int) -> Row:
    """The row of the table that lets this be recorded of a lot. now: Unix seconds.

    Raises WrongRound, OtherMethod, NotInThisStage, IsSuspended, LacksPredecessor. Who may, and what else the row asks
    (`row.rules`), is asked by the command.
    """
    facts = facts_of(lot.steps, event)
    row = check_kind(lot, event.kind, facts, now)
    wanted = lot.round + (row.begins and lot.stage == "failed")
    found = facts.get("round", wanted)
    if found != wanted:
        raise errors.WrongRound(lot=lot.lot, found=found, wanted=wanted)
    return row


def check_kind(lot: LotState, kind: str, facts: Mapping[str, Any], now: int) -> Row:
    """The same for a kind of entry whose body does not name the lot. Raises as `check_move`, but for the round."""
    method = facts.get("method")
    if method is not None and lot.method not in (None, method) and lot.stage != "failed":
        assert lot.method is not None
        method_en = lot.method.replace("_", " ")
        raise errors.OtherMethod(lot=lot.lot, method_zh=METHOD_NAMES[lot.method], method_en=method_en)
    row = row_for(lot, kind, facts, law_day(lot.began, now))
    if row is None and "method" in facts and method is None and _needs_method(lot, kind, facts, now):
        raise errors.MethodMissing(lot=lot.lot)
    if row is None:
        stage_zh, stage_en = STAGE_WORDS[lot.stage]
        kind_zh, kind_en = kind_words(kind)
        raise errors.NotInThisStage(lot=lot.lot, stage_zh=stage_zh, stage_en=stage_en, kind_zh=kind_zh, kind_en=kind_en)
    if lot.suspended and not row.suspended:
        raise errors.IsSuspended(lot=lot.lot, reference=lot.suspended[0].reference)
    missing = [one for one in row.after if not lot.has(one)]
    if missing:
        kind_zh, kind_en = kind_words(kind)
        missing_zh, missing_en = kind_words(missing[0])
        raise errors.LacksPredecessor(
            lot=lot.lot, kind_zh=kind_zh, kind_en=kind_en, missing_zh=missing_zh, missing_en=missing_en
        )
    return row


def offers(lot: LotState, role: str, now: int) -> list[Row]:
    """The rows by which this role may record something of a lot now, in the order of the table.

    Rules that look at the content of an event are asked when it is recorded.
    """
    day, found = law_day(lot.began, now), []
    for row in table():
        method = None if lot.stage == "failed" and row.begins else lot.method
        if (
            role in row.by
            and row.holds_on(day)
            and lot.stage in row.stages
            and lot.trade in row.trades
            and (not row.methods or method in row.methods or (method is None and row.begins))
            and (row.suspended or not lot.suspended)
            and all(lot.has(one) for one in row.after)
        ):
            found.append(row)
    return found


def takes_sealed_bids(lot: LotState, now: int) -> bool:
    """Whether bids of this lot are sealed until a deadline."""
    rows = rows_of("trading.bid_closed", law_day(lot.began, now))
    return any(row.is_for(lot.trade, lot.method) for row in rows)


def takes_offers(lot: LotState, now: int) -> bool:
    """Whether this lot is bid for in the open, by those who were given paddles."""
    rows = rows_of("trading.paddle_given", law_day(lot.began, now))
    return lot.method is not None and any(row.is_for(lot.trade, lot.method) for row in rows)


def row_for(lot: Standing, kind: str, facts: Mapping[str, Any], day: date) -> Row | None:
    again = lot.stage == "failed"
    for row in rows_of(kind, day):
        method = facts.get("method") if row.begins and (again or lot.method is None) else lot.method
        if lot.stage in row.stages and row.is_for(lot.trade, method) and row.fits(facts):
            return row
    return None


def _needs_method(lot: LotState, kind: str, facts: Mapping[str, Any], now: int) -> bool:
    """Whether some method would let this notice begin something."""
    rows = rows_of(kind, law_day(lot.began, now))
    return any(row.begins and lot.stage in row.stages and lot.trade in row.trades and row.fits(facts) for row in rows)


def facts_of(steps: Sequence[Step[Any]], event: Event) -> dict[str, Any]:
    """What rows ask about; of a withdrawal, which kind of notice it takes back."""
    if isinstance(event, NoticeWithdrawn):
        shown = (one.event for one in reversed(steps) if isinstance(one.event, NoticePublished))
        return {"notice_kind": next((one.notice_kind for one in shown if one.notice == event.notice), None)}
    return {name: getattr(event, name) for name in type(event).model_fields}


def law_day(began: int | None, at: int) -> date:
    """The day whose law holds: of the beginning of the round's procedure."""
    return day_of(at if began is None else began)
