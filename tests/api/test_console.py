"""A whole draw at the console by keyboard only, in each of the three modes."""

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.api.console_hall import (
    Meeting,
    a_meeting,
    begin,
    commit,
    complete,
    freeze,
    reveal,
    sealed,
    show_and_close,
    throw,
)
from tests.api.desk_people import findings
from tests.lottery.hall import SEATS

FORBIDDEN = re.compile("重摇|撤销|编辑")
AFTER_ENTROPY = {"S7", "S8", "S9", "S10"}


def look(meeting: Meeting, state: str) -> None:
    """What holds in every state: nothing scrolls, something has the focus, the state is said, no forbidden word."""
    page = meeting.page
    fits = "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(fits), state
    expect(page.locator("[data-part=say]")).not_to_be_empty()
    expect(page.locator(".ladder [aria-current=step] b")).to_have_text(state.partition("-")[0])
    assert page.evaluate("document.activeElement !== document.body"), state
    assert page.locator("button:not([data-command])").count() == 0
    if state in AFTER_ENTROPY:
        assert not FORBIDDEN.search(page.locator("body").inner_text()), state
        expect(page.locator("[data-command=void]")).to_have_count(0)  # what is offered follows the state by a request
    if state in ("S1", "S9") and meeting.hall.attempt.plan["entropy"] == "drand":  # the others look the same
        assert findings(page) == []


def test_a_draw_with_a_beacon_and_a_missing_seat_goes_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    with a_meeting(chromium, tmp_path) as meeting:
        begin(meeting, look)
        meeting.press("F8")
        expect(meeting.page.locator(".dialog textarea")).to_be_focused()
        meeting.page.keyboard.type("主持人来晚了三分钟。")
        meeting.press("Shift+Tab", "ArrowDown", "ArrowDown", "Control+Enter")
        expect(meeting.page.locator("[data-part=objections]")).to_contain_text("主持人来晚了三分钟。")
        meeting.press("F1")
        expect(meeting.page.locator(".help")).to_contain_text("Ctrl+Enter")
        meeting.press("F1", "Control+Enter")
        meeting.says("冻结后名单不能再改。确认？")
        meeting.press("Escape")
        expect(meeting.page.locator(".question")).to_have_count(0)
        freeze(meeting)
        commit(meeting, look, "centre", "notary")
        meeting.sees("S3")
        meeting.offers("announce")
        look(meeting, "S3")
        meeting.press("Enter")
        reveal(meeting, look, "centre", "notary")
        sealed(meeting, look)
        meeting.sees("S6")
        look(meeting, "S6")
        round_at = meeting.hall.attempt.round_at
        assert round_at is not None
        meeting.press("Escape", "Enter", "Control+Enter", "Space")
        meeting.at(round_at / 1000)
        meeting.sees("S7")
        look(meeting, "S7")
        complete(meeting)
        show_and_close(meeting, look)
        closed = meeting.hall.attempt.meeting_closed
        assert closed is not None
        assert closed.event.video_sha256 is None


def test_a_draw_with_dice_after_the_seal_goes_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    with a_meeting(chromium, tmp_path, "dice") as meeting:
        begin(meeting, look)
        freeze(meeting)
        commit(meeting, look, *SEATS)
        reveal(meeting, look, "centre", "notary")
        sealed(meeting, look)
        meeting.sees("S6d")
        throw(meeting, look, "S6d")
        meeting.sees("S7")
        complete(meeting)
        show_and_close(meeting, look)
        dice = meeting.hall.attempt.dice
        assert dice is not None
        assert dice.event.invalid_throws == 1
        assert [entry[6] for entry in dice.event.first_entries] == ["2", "7"]


def test_a_draw_with_dice_before_the_seal_goes_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    with a_meeting(chromium, tmp_path, "drand+dice") as meeting:
        begin(meeting, look)
        freeze(meeting)
        commit(meeting, look, *SEATS)
        meeting.sees("S3")
        meeting.offers("announce")
        meeting.press("Enter")
        reveal(meeting, look, "supervisor", "notary")
        meeting.sees("S4d")
        throw(meeting, look, "S4d")
        meeting.sees("S4")
        round_at = meeting.hall.attempt.round_at
        assert round_at is not None
        meeting.at(round_at / 1000 - meeting.hall.attempt.plan["max_lead"])
        sealed(meeting, look)
        meeting.sees("S6")
        meeting.at(round_at / 1000)
        complete(meeting)
        show_and_close(meeting, look)
