"""Events of a lot in any order: nothing is taken that the table forbids, nothing moves in suspension, and what was
taken gives the same state again. Pure, so that many thousands of orders can be tried."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.errors import Refusal
from audit.events import KINDS, Event
from tests.trading.events_of import DAY, Story, a_beginning, an_event
from trading import events
from trading.law.procedures import METHODS, ROLES, STAGES, TRADES, Row, Stage, table
from trading.lots import LotState, check_move, fold, offers

NEVER_AGAIN: dict[Stage, set[Stage]] = {
    "completed": {"completed", "terminated"},
    "terminated": {"terminated", "completed"},
    "contracted": {"contracted", "performing", "completed", "terminated"},
}
"""Stages that no event leads out of, into any other than these."""


def _candidates() -> list[Event]:
    """An event for every row of the table, in round 1 and 2, for both lots, and notices by every method."""
    found: list[Event] = []
    for row in table():
        kind = KINDS[row.event]
        for round_ in (1, 2):
            if issubclass(kind, events.LotEvent):
                found.append(an_event(kind, round=round_, **dict(row.when)))
            elif row.event == "trading.notice_published" and row.notice_kind is not None:
                found += [a_beginning(row.notice_kind, method, round_) for method in (None, *METHODS)]
    for cause in ("objection", "challenge", "complaint", "supervisor"):
        for kind in (events.ProcessSuspended, events.ProcessResumed):
            found += [an_event(kind, cause=cause, reference=one) for one in ("yy-1", "yy-2")]
    found += [events.NoticeWithdrawn(notice=f"n-{one}-1", reason="误发") for one in ("announcement", "disclosure")]
    unique: dict[str, Event] = {f"{one.kind}{one.body()}": one for one in found}
    return list(unique.values())


CANDIDATES = _candidates()
ROWS = {one.kind: [row for row in table() if row.event == one.kind] for one in CANDIDATES}
ORDERS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 3 * DAY)), min_size=20, max_size=40)
"""What is tried next, as a number, and after how many seconds."""


def told(trade: str, order: Sequence[tuple[int, int]], likely: bool) -> tuple[Story, list[LotState]]:
    """A story of what was taken, and lot 1's state after each. likely: half of what is tried is offered to somebody."""
    story = Story(trade=trade, category="works" if trade == "A" else "land" if trade == "B" else "goods")
    states = [story.lot]
    for number, seconds in order:
        story.wait(seconds)
        event = _chosen(story, number, likely)
        try:
            story.tell(event, lot=getattr(event, "lot", None) or "1")
        except Refusal:
            continue
        states.append(story.lot)
    return story, states


def _chosen(story: Story, number: int, likely: bool) -> Event:
    """Anything; or, of every four tries, one of what is offered and two of what leads on."""
    kind, number = number % 4, number // 4
    if likely and kind:
        lot = story.lot
        rows = [row for role in ROLES for row in offers(lot, role, story.at)]
        if kind > 1:
            rows = [row for row in rows if row.to is not None and row.to not in ("failed", "terminated")] or rows
        near = _of(rows[number % len(rows)], lot) if rows else []
        if near:
            return near[number // 100 % len(near)]
    return CANDIDATES[number % len(CANDIDATES)]


def _of(row: Row, lot: LotState) -> list[Event]:
    """What might be recorded by a row."""
    found = []
    for one in CANDIDATES:
        if one.kind == row.event and row.fits({name: getattr(one, name) for name in type(one).model_fields}):
            method = getattr(one, "method", None) if row.begins else lot.method
            round_ = getattr(one, "round", lot.round)
            if row.is_for(lot.trade, method) and round_ == lot.round + (row.begins and lot.stage == "failed"):
                found.append(one)
    return found


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(TRADES), ORDERS, st.booleans())
def test_no_order_of_events_gets_past_the_table(trade: str, order: list[tuple[int, int]], likely: bool) -> None:
    story, states = told(trade, order, likely)
    taken = story.steps[1:]
    for before, step, after in zip(states[:-1], taken, states[1:], strict=True):
        rows = [one for one in ROWS[step.event.kind] if trade in one.trades and before.stage in one.stages]
        assert rows, (before.stage, step.event.kind)
        if before.suspended and after != before:
            assert any(row.suspended for row in rows)
            assert (after.stage, after.deadline, after.round, after.method) == (
                before.stage,
                before.deadline,
                before.round,
                before.method,
            )
        if after.stage != before.stage:
            assert any(row.to == after.stage for row in rows), (before.stage, step.event.kind, after.stage)
            assert after.stage in NEVER_AGAIN.get(before.stage, set(STAGES))
        assert after.round in (before.round, before.round + 1)
        if after.round > before.round:
            assert before.stage == "failed"
            assert after.rounds[-1] == replace(before, rounds=())


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(TRADES), ORDERS, ORDERS)
def test_what_was_taken_folds_to_one_state_however_it_is_replayed(
    trade: str, order: list[tuple[int, int]], noise: list[tuple[int, int]]
) -> None:
    story, states = told(trade, order, True)
    assert story.lots["1"] == states[-1]
    halves = [fold(story.project, story.steps[:cut])["1"] for cut in range(1, len(story.steps) + 1)]
    assert halves == states
    # A log that holds what no command would have taken is folded too, and nothing of it moves a suspended lot.
    for number, _ in noise:
        before = story.lot
        after = story.anyway(CANDIDATES[number % len(CANDIDATES)]).lot
        if before.suspended and after.suspended:
            assert (after.stage, after.deadline, after.round) == (before.stage, before.deadline, before.round)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(TRADES), ORDERS)
def test_every_role_is_offered_what_it_could_record_and_nothing_else(trade: str, order: list[tuple[int, int]]) -> None:
    story, _ = told(trade, order, True)
    lot, offered = story.lot, set[tuple[str, Any]]()
    for role in ROLES:
        offered |= {(row.event, row.notice_kind) for row in offers(lot, role, story.at)}
    for event in CANDIDATES:
        try:
            row = check_move(lot, event, story.at)
        except Refusal:
            continue
        assert (row.event, row.notice_kind) in offered
