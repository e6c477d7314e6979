"""What a draw's page works out: chances, deadlines, the ladder, the seats, the places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.draw_page import BAR, GROUPS, Phase, attempt_view, chance, deadline, group_of, ladder, outcome, progress
from api.draw_wording import TABLES, vocabulary
from lottery import commands
from lottery.model import State
from lottery.protocol.draw import Result
from lottery.queries import attempt_page
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import OPERATOR, Hall

__all__ = ["beacon", "clock", "hall"]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("balls", "total", "shown"),
    [(1, 37, "2.70 %"), (1, 3, "33.33 %"), (2, 3, "66.67 %"), (1, 1, "100.00 %"), (1, 20_000, "0.01 %")],
)
def test_a_chance_is_balls_by_total_in_percent(balls: int, total: int, shown: str) -> None:
    assert chance(balls, total) == shown


@given(st.integers(1, 1000), st.integers(0, 10_000_000))
def test_a_shown_chance_is_the_nearest_hundredth(balls: int, others: int) -> None:
    total = balls + others
    whole, rest = chance(balls, total).removesuffix(" %").split(".")
    assert abs((int(whole) * 100 + int(rest)) * total - balls * 10_000) * 2 <= total


def test_every_state_belongs_to_one_group_and_has_its_words() -> None:
    assert sorted(state for states in GROUPS.values() for state in states) == sorted(State)
    for state in State:
        assert group_of(state) in TABLES["group"]
        assert state in TABLES["state"]
        assert state in TABLES["now"]


def test_what_a_table_does_not_know_keeps_its_name() -> None:
    assert vocabulary("zh")("seat", "notary") == "公证"
    assert vocabulary("en")("seat", "village") == "village"


def marks(phases: list[Phase]) -> dict[str, str]:
    return {phase.name: phase.mark for phase in phases}


@on_sqlite
def test_the_ladder_climbs_with_the_draw(hall: Hall) -> None:
    hall.decide()
    draw = hall.draw()
    assert marks(ladder(draw, None, State.DECIDED, True)) == {"decided": "done", "call": "now", "publish": "ahead"}
    assert deadline(draw, State.DECIDED, hall.clock.now) is None


@on_sqlite
def test_a_countdown_is_shown_only_for_what_lies_ahead_within_a_day(hall: Hall) -> None:
    hall.prepare()
    draw = hall.draw()
    assert draw.attempt is not None
    meeting = draw.attempt.planned.event.draws_at
    for before, counts in ((86_400, False), (86_399, True), (1, True), (0, False), (-1, False)):
        found = deadline(draw, State.ROSTER, (meeting - before) * 1000)
        assert found is not None
        assert (found.name, found.at, found.counts) == ("meeting", meeting, counts)


@on_sqlite
def test_a_void_attempt_did_not_reach_what_has_no_entry(hall: Hall) -> None:
    hall.prepare()
    hall.at(hall.attempt.planned.event.draws_at)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "演示厅")
    hall.freeze()
    hall.commit("notary")
    hall.void("SEAT_ABSENT")
    hall.do(OPERATOR, commands.note_meeting, hall.draw_id, "SEAT_REFUSES", "离场", "centre")
    view = attempt_view(hall.draw(), attempt_page(hall.log.blobs, hall.attempt), hall.clock.now)
    assert marks(view.phases) == {
        "decided": "done",
        "call": "done",
        "publish": "done",
        "freeze": "done",
        "commit": "done",
        "announce": "never",
        "reveal": "never",
        "seal": "never",
        "entropy": "never",
        "result": "never",
        "void": "void",
        "meeting": "done",
    }
    assert [step.event.kind for step in view.phases[-1].steps] == ["lottery.meeting_opened", "lottery.meeting_noted"]
    assert progress(view.phases) == (5, 10)
    assert {seat.name: seat.mark for seat in view.seats} == {
        "centre": "absent",
        "notary": "committed",
        "supervisor": "absent",
    }


def test_a_bar_is_as_long_as_its_real_ticket() -> None:
    tickets = ["00000000" + "0" * 56, "80000000" + "0" * 56, "ffffffff" + "f" * 56]
    result: Result = {
        "v": "",
        "type": "result",
        "draw_id": "X-1",
        "attempt": 1,
        "seal_sha256": "",
        "entropy": "",
        "seed": "",
        "ranking": [
            {"rank": rank, "code": f"A{rank}", "ball": 1, "ticket": ticket} for rank, ticket in enumerate(tickets, 1)
        ],
        "winners": ["A1"],
        "alternates": ["A2"],
    }
    shown = outcome(result, {"A1": "甲"})
    assert [line.bar for line in shown.lines] == [1, BAR // 2, BAR - 1]
    assert [line.place for line in shown.lines] == ["winner", "alternate", "not-drawn"]
    assert [line.name for line in shown.lines] == ["甲", "A2", "A3"]
